"""Projects of a test's own as they stand in the real sandbox."""

import sys
from collections.abc import Mapping
from pathlib import Path

from improver.records import File, Tree
from improver.verify import configuration
from improver.verify.sandbox import best_sandbox
from improver.verify.suite import Rig
from improver.verify.target import find_layout
from tests.improver.judging import PACKAGED


def rig_of(texts: Mapping[str, str], folder: Path) -> tuple[Rig, Tree]:
    """Return what runs a project of these files, by path, with its tree, as if it were checked out in `folder`."""
    tree: Tree = {path: File(text.encode()) for path, text in texts.items()}
    layout = find_layout(tree, folder, sys.executable, PACKAGED)
    return Rig(best_sandbox(layout.python), layout, PACKAGED, configuration.read(tree)), tree
