"""Calls on files in memory, in place of those that tests open."""

import pytest

from improver.experiments import Case
from improver.writing.inputs.filing import OPENED, filed

LOG = ("quay.log", "Log")


@pytest.mark.parametrize(
    ("setup", "call", "wanted"),
    [
        pytest.param((), "Log(open(PATH))", "Log(io.StringIO('1\\n2\\n'))", id="a file of text"),
        pytest.param((), "Log(open(PATH, 'rb'), 2)", "Log(io.BytesIO(b'1\\n2\\n'), 2)", id="a file of bytes"),
        pytest.param((), "Log(open(PATH, mode='rb'))", "Log(io.BytesIO(b'1\\n2\\n'))", id="which its name says"),
        pytest.param(
            ("log = open(PATH)",), "Log(log)", "log = io.StringIO('1\\n2\\n')|Log(log)", id="a file with a name"
        ),
    ],
)
def test_a_file_in_memory_is_read_instead(setup: tuple[str, ...], call: str, wanted: str) -> None:
    case = Case("src/log.py::Log.__init__", call, (LOG,), ("PATH = '/log'",), setup)
    (made,) = filed([case])
    assert ("|".join((*made.setup, made.call)), made.imports, made.prelude) == (wanted, (("io", ""), LOG), ())


def test_what_the_call_needs_besides_stays() -> None:
    prelude = ("PATH = '/log'", "def limit():\n    return low(MOST)", "def low(most):\n    return most", "MOST = 3")
    (made,) = filed([Case("src/log.py::Log.__init__", "Log(open(PATH), limit())", (LOG,), prelude)])
    assert made.prelude == prelude[1:]


@pytest.mark.parametrize("call", ["Log(open(PATH, 'w'))", "Log(a.open(PATH))", "Log(open)", "Log(1)"])
def test_others_are_left_alone(call: str) -> None:
    assert filed([Case("src/log.py::Log.__init__", call)]) == ()


def test_so_many_are_made() -> None:
    assert len(filed([Case("src/log.py::Log.__init__", f"Log(open(PATH), {at})") for at in range(9)])) == OPENED
