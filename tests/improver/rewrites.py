"""Codemods, what leads to them, and a file rewritten by one until it has nothing more to say."""

from collections.abc import Iterator
from importlib.resources import files

import yaml

from improver.codemod import Abstain, Codemod, Rewrite, apply, findings
from improver.discover import discover, discover_classes
from improver.observer import Observer, Project
from improver.records import File, Finding
from improver.source import Source
from improver.verify.ruff import RuffTool

PATH = "package/module.py"
CODEMODS = tuple(codemod() for codemod in discover_classes("improver.codemods", Codemod))  # type: ignore[type-abstract] # the base names the kind
OBSERVERS = tuple(discover("improver.observers", Observer))
RULES = tuple(yaml.safe_load(files("improver").joinpath("defaults/review.yaml").read_bytes())["ruff_rules"])
ROUNDS = 50  # far more than any example has findings


def project_of(data: bytes) -> Project:
    """Return a project of one file."""
    source = Source.read(PATH, data)
    assert isinstance(source, Source), source
    return Project({PATH: source}, {PATH: File(data)}, RuffTool(), ruff_rules=RULES)


def found(codemod: Codemod, project: Project) -> list[Finding]:
    """Return what leads `codemod` to places of the file."""
    if not codemod.ANSWERS:
        return list(findings([codemod], project.sources[PATH]))
    leading = [one for one in OBSERVERS if any(codemod.answers(rule) for rule in one.rules)]
    return [finding for observer in leading for finding in observer(project) if codemod.answers(finding.rule)]


def rewritten(codemod: Codemod, data: bytes) -> tuple[bytes, int]:
    """Apply the first applicable finding again and again; return the last bytes and the number of rewrites."""
    for count in range(ROUNDS):
        project = project_of(data)
        edited = next(rewrites(codemod, project), None)
        if edited is None:
            return data, count
        assert set(edited) == {PATH}
        data = edited[PATH]
    raise AssertionError(f"{codemod.name} comes to no end: {data!r}")


def rewrites(codemod: Codemod, project: Project) -> Iterator[Rewrite]:
    """Yield what `codemod` makes of each place that it does not abstain from."""
    for finding in found(codemod, project):
        edited = apply(codemod, finding, project.sources[PATH], project)
        if not isinstance(edited, Abstain):
            yield edited
