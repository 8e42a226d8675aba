"""What is only reported is reported where it stands, and not where it is meant."""

import pytest

from improver.observer import Observer, Project
from improver.observers.naive_datetime import naive_datetime
from improver.records import File, Finding
from improver.source import Source
from improver.verify.ruff import RuffTool


def project(files: dict[str, str]) -> Project:
    tree = {path: File(text.encode()) for path, text in files.items()}
    read = {path: Source.read(path, file.data) for path, file in tree.items() if path.endswith(".py")}
    return Project({path: item for path, item in read.items() if isinstance(item, Source)}, tree, RuffTool())


def reported(observer: Observer, text: str) -> list[Finding]:
    return observer(project({"a.py": text}))


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        pytest.param("from datetime import datetime\nx = datetime.utcnow()\n", [2], id="UTC that does not say so"),
        pytest.param("import datetime as d\n\nx = [d.datetime.utcfromtimestamp(1)]\n", [3], id="by another name"),
        pytest.param(
            "from datetime import datetime\nx.y = datetime.now()\nx[1] = datetime.today()\n", [2, 3], id="kept"
        ),
        pytest.param("from datetime import datetime\nx = datetime.fromtimestamp(y) < z\n", [2], id="compared"),
        pytest.param(
            "from datetime import datetime\nx = datetime.now(tz)\ny.z = datetime.now(tz=tz)\n", [], id="aware"
        ),
        pytest.param("from datetime import datetime\nx = datetime.utcnow().replace(tzinfo=y)\n", [], id="made aware"),
        pytest.param("from datetime import datetime\nx.y = datetime.now().strftime('%H')\n", [], id="shown"),
        pytest.param("from datetime import datetime\nx.y = datetime.now().timestamp()\n", [], id="a number of seconds"),
        pytest.param("from pendulum import datetime\nx.y = datetime.now()\n", [], id="somebody else's"),
        pytest.param("import datetime\nx.y = datetime.date.today()\n", [], id="a date"),
        pytest.param("from datetime import datetime\ndatetime = fake\nx.y = datetime.now()\n", [], id="bound anew"),
    ],
)
def test_a_naive_moment_is_reported_where_it_matters(text: str, lines: list[int]) -> None:
    assert [finding.line for finding in reported(naive_datetime, text)] == lines
