"""Calls on files that lie in a fresh folder."""

import pytest

from improver.experiments import Case
from improver.source import Source
from improver.writing.inputs.harvest import Index
from improver.writing.inputs.pathlike import Paths
from improver.writing.inputs.storing import FOLDER, NEEDS, opened, stored

LOAD = "def load(path, sep=','):\n    return parse(open(path).read())\n"
LOG = """\
class Log:
    def __init__(self, path: str) -> None:
        self.path = path

    def add(self, line: str) -> None:
        with open(self.path, "a") as file:
            file.write(line)

    def __enter__(self):
        return open(self.path, "w")

    def __exit__(self, *_):
        return None
"""


def source_of(text: str) -> Source:
    source = Source.read("quay.py", text.encode())
    assert isinstance(source, Source)
    return source


def calls(text: str, name: str, index: Index | None = None) -> list[tuple[str, ...]]:
    """Return the calls with what lies there before."""
    source = source_of(text)
    cases = [*stored(source, Paths.of(source), "quay", f"quay.py::{name}", index or {})]
    assert all(
        case.setup[0] == FOLDER and {*NEEDS, ("quay", name.partition(".")[0])} <= {*case.imports} for case in cases
    )
    return [(*case.setup[1:], case.call) for case in cases]


FILE = "path = tmp_path / 'a.txt'"
TREE = (
    "(tmp_path / 'a.txt').write_text('a\\n')",
    "(tmp_path / 'b').mkdir()",
    "(tmp_path / 'b' / 'c.txt').write_text('c\\n')",
)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("def load(path):\n    return tree[path]\n", id="nothing is done on a disk"),
        pytest.param("def load(sea):\n    return open(sea)\n", id="it is not called a path"),
    ],
)
def test_no_file_is_made_for_others(text: str) -> None:
    assert calls(text, "load") == []


def test_a_function_gets_a_file_none_a_folder_and_other_ends_of_lines() -> None:
    paths = [
        (FILE, "path.write_text('a\\nb\\n')", "load(path)"),
        (FILE, "load(path)"),
        (*TREE, "load(tmp_path)"),
        (FILE, "path.write_bytes(b'a\\r\\nb\\r\\n')", "load(path)"),
    ]
    as_texts = [(*lines, call.replace("path)", "path))").replace("load(", "load(str(")) for *lines, call in paths]
    assert calls(LOAD, "load") == [*paths, *as_texts]


def test_a_file_holds_what_tests_give_to_what_reads_it() -> None:
    known = {"parse": [Case("", "parse('k = 1\\n')"), Case("", "parse(4)"), Case("", "parse('" + "k" * 50 + "')")]}
    texts = [line for lines in calls(LOAD, "load", known) for line in lines if "path.write" in line]
    assert dict.fromkeys(texts[: len(texts) // 2]) == dict.fromkeys(
        ["path.write_text('k = 1\\n')", "path.write_bytes(b'k = 1\\r\\n')", "path.write_text('a\\nb\\n')"]
    )


def test_an_annotation_says_how_a_path_is_written() -> None:
    typed = LOAD.replace("path,", "path: {},")
    assert {call for *_, call in calls(typed.format("str"), "load")} == {"load(str(path))", "load(str(tmp_path))"}
    assert {call for *_, call in calls(typed.format("Path"), "load")} == {"load(path)", "load(tmp_path)"}


def test_the_first_of_two_paths_is_there() -> None:
    found = calls("def move(src, dst):\n    os.rename(src, dst)\n", "move")
    file = ("src = tmp_path / 'a.txt'", "src.write_text('a\\nb\\n')", "dst = tmp_path / 'b.txt'")
    folder = ("src = tmp_path / 'a'", "src.mkdir()", "(src / 'c.txt').write_text('c\\n')", "dst = tmp_path / 'b'")
    moves = "move(src, dst)"
    assert found[:3] == [(*file, moves), (*file, "dst.write_text('c\\n')", moves), (*folder, moves)]


def test_names_are_sought_by_a_pattern() -> None:
    found = calls("def find(root, pattern):\n    return fnmatch(os.listdir(root), pattern)\n", "find")
    assert {"find(tmp_path, '*.txt')", "find(tmp_path, '*')"} <= {call for *_, call in found}


def test_an_object_that_is_made_with_a_path_is_called_and_one_that_is_entered_is_not() -> None:
    assert calls(LOG, "Log.add") == []
    assert (FILE, "Log(str(path)).add('a')") in calls(LOG.replace("__enter__", "begin"), "Log.add")
    assert calls(LOG, "Log.__init__")[1] == (FILE, "Log(str(path))")


def test_what_is_only_for_heirs_is_made_as_one_of_them() -> None:
    mixin = LOG.replace("Log", "LogMixin").replace("__enter__", "begin")
    assert calls(mixin, "LogMixin.add") == []
    source = source_of(f"{mixin}\n\nclass Log(LogMixin):\n    pass\n")
    first = next(stored(source, Paths.of(source), "quay", "quay.py::LogMixin.add", {}))
    assert (first.call.startswith("Log(str(path)).add("), ("quay", "Log") in first.imports) == (True, True)


def test_a_folder_that_is_made_has_the_name_of_one() -> None:
    assert calls("def make(path):\n    os.makedirs(path)\n", "make")[1] == ("path = tmp_path / 'b'", "make(path)")


def test_a_path_is_never_called_as_what_stands_in_its_way() -> None:
    first, *_ = calls("def dir(tmp_path: Path):\n    return tmp_path\n", "dir")
    assert first == (FILE, "path.write_text('a\\nb\\n')", "dir(path)")


# --- what is opened -----------------------------------------------------------------------------------------------


def entered(text: str, name: str) -> list[tuple[str, ...]]:
    source = source_of(text)
    cases = opened(source, Paths.of(source), "quay", f"quay.py::{name}")
    return [(*case.setup[1:], case.call) for case in cases]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        pytest.param(LOAD, "load", id="what reads a file gives none"),
        pytest.param("def save(path, sea):\n    return sea[path]\n", "save", id="nothing is done on a disk"),
    ],
)
def test_others_are_not_entered(text: str, name: str) -> None:
    assert entered(text, name) == []


def test_what_is_written_in_a_context_is_read_from_the_file() -> None:
    writes = "with Log(path) as file:\n    file.write({})"
    reads = "with Log(path) as file:\n    content = file.read()"
    assert entered(LOG, "Log.__exit__") == [
        (FILE, writes.format("'a\\nb\\n'"), "path.read_text()"),
        (FILE, "path.write_text('c\\n')", writes.format("'a\\nb\\n'"), "path.read_text()"),
        (FILE, writes.format("b'a\\nb\\n'"), "path.read_bytes()"),
        (FILE, "path.write_text('c\\n')", writes.format("b'a\\nb\\n'"), "path.read_bytes()"),
        (FILE, "path.write_text('a\\nb\\n')", reads, "content"),
    ]


def test_a_context_of_an_event_loop_is_entered_there() -> None:
    found = entered("def aopen(path, mode='r'):\n    return AsyncFile(open(path, mode))  # async def read\n", "aopen")
    assert (
        FILE,
        "async with aopen(path, mode='w') as file:\n    await file.write('a\\nb\\n')",
        "path.read_text()",
    ) in found
