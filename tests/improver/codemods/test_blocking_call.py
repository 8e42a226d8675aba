"""Whose event loop it is, other files of the project may tell; and they may still want an import."""

import pytest

from improver.codemod import Abstain, apply, findings
from improver.codemods.blocking_call import BlockingCall
from improver.observer import Project
from improver.records import File
from improver.source import Source
from improver.verify.ruff import RuffTool

TEXT = "import os\nimport time\n\n\nasync def wait():\n    time.sleep(1)\n    return os.sep\n"
AWAITED = "import asyncio\nimport os\n\n\nasync def wait():\n    await asyncio.sleep(1)\n    return os.sep\n"
UNKNOWN = "nothing says that the event loop is asyncio's"


def result(other: str) -> str:
    source, beside = Source.read("waits.py", TEXT.encode()), Source.read("main.py", other.encode())
    assert isinstance(source, Source)
    assert isinstance(beside, Source)
    sources = {item.path: item for item in (source, beside)}
    project = Project(sources, {path: File(item.data) for path, item in sources.items()}, RuffTool())
    (finding,) = findings([BlockingCall()], source)
    rewrite = apply(BlockingCall(), finding, source, project)
    return rewrite.reason if isinstance(rewrite, Abstain) else rewrite["waits.py"].decode()


@pytest.mark.parametrize(
    ("other", "expected"),
    [
        pytest.param("import asyncio\n", AWAITED, id="another file runs asyncio"),
        pytest.param("", UNKNOWN, id="nobody says which loop it is"),
        pytest.param("import asyncio\nimport trio\n", UNKNOWN, id="another file runs two kinds of loops"),
        pytest.param(
            "import asyncio\nfrom waits import time\n",
            AWAITED.replace("import os\n", "import os\nimport time\n"),
            id="another file takes the import from this one",
        ),
    ],
)
def test_the_rest_of_the_project_counts(other: str, expected: str) -> None:
    assert result(other) == expected
