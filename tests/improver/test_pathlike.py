"""Which parameters name a file or a folder."""

import pytest

from improver.experiments import Case
from improver.source import Source
from improver.writing.inputs.arguments import definition
from improver.writing.inputs.pathlike import Paths


def parameters(text: str, name: str) -> list[str]:
    source = Source.read("quay.py", text.encode())
    assert isinstance(source, Source)
    node = definition(source, name.split(".")) or definition(source, [name, "__init__"])
    assert node is not None
    return Paths.of(source).parameters(name, node)


@pytest.mark.parametrize(
    ("head", "body", "wanted"),
    [
        pytest.param("sea, path", "return sea[path]", [], id="a way through a mapping is called path as well"),
        pytest.param("path", "return os.path.basename(path)", [], id="a text is taken apart and no file is touched"),
        pytest.param("name", "return open(name)", [], id="what is opened may be called anything and be a number"),
        pytest.param("path: int", "return os.listdir(path)", [], id="a number that an annotation asks for is no path"),
        pytest.param("path: PurePath", "return path.name", [], id="a path that leads nowhere"),
        pytest.param("paths: list[Path]", "return paths[0].name", [], id="several paths"),
        pytest.param("file", "return file.read()", [], id="a file that somebody else opened"),
        pytest.param("path", "return cache.open(1, path)", [], id="something else is opened with it"),
        pytest.param("path", "return open(path)", ["path"], id="it is opened"),
        pytest.param("path: str", "return open(path)", ["path"], id="it is a text and opened"),
        pytest.param(
            "log_file", "with open(log_file) as f: return f", ["log_file"], id="it is a file by its last word"
        ),
        pytest.param("src, dst", "shutil.move(src, dst)", ["src", "dst"], id="two of them"),
        pytest.param("root", "for one in os.walk(root): yield one", ["root"], id="a folder is walked through"),
        pytest.param("path", "full = os.fspath(path)\n    return open(full)", ["path"], id="under another name"),
        pytest.param("path", "return Path(path).read_text()", ["path"], id="it is made a path"),
        pytest.param("path", "return inner(1, path)", ["path"], id="it is handed on"),
        pytest.param("file", "return partial(sync_open, file)", ["file"], id="it is opened later"),
        pytest.param("where: 'str | os.PathLike[str]'", "return where", ["where"], id="its annotation says so"),
        pytest.param("where: StrPath | None", "return where", ["where"], id="its annotation says so by another name"),
    ],
)
def test_a_path_is_told_by_its_annotation_or_by_what_is_done_with_it(head: str, body: str, wanted: list[str]) -> None:
    inner = "def inner(sea, path):\n    return os.listdir(path)\n\n"
    assert parameters(f"{inner}def load({head}):\n    {body}\n", "load") == wanted


@pytest.mark.parametrize(
    ("function", "setup", "call", "is_none"),
    [
        pytest.param("load", (), "load('a.txt')", False, id="a text"),
        pytest.param("load", (), "load(path, 1)", False, id="a number for something else"),
        pytest.param("load", (), "reload(1)", False, id="a number for another function"),
        pytest.param("load", (), "load(None)", False, id="nothing"),
        pytest.param("load", (), "load(1)", True, id="a number"),
        pytest.param("load", ("x = load(['a'])",), "len(x)", True, id="a list before"),
        pytest.param("Log.read", (), "Log(1).read()", False, id="what makes an object is asked of that"),
        pytest.param("Log.__init__", (), "Log(1)", True, id="what makes an object"),
    ],
)
def test_a_number_is_no_path(function: str, setup: tuple[str, ...], call: str, is_none: bool) -> None:
    text = "def load(path, more=1):\n    return open(path)\n\n\nclass Log:\n    def __init__(self, path):\n"
    text += "        self.path = path\n\n    def read(self):\n        return open(self.path)\n"
    source = Source.read("quay.py", text.encode())
    assert isinstance(source, Source)
    node = definition(source, function.split("."))
    assert node is not None
    assert Paths.of(source).misgiven(Case(f"quay.py::{function}", call, setup=setup), node) is is_none


def test_what_an_object_remembers_is_a_path_where_a_method_opens_it() -> None:
    text = "class Log:\n    def __init__(self, path):\n        self._path = path\n\n    def read(self):\n        {}\n"
    assert parameters(text.format("return open(self._path)"), "Log") == ["path"]
    assert parameters(text.format("return self._path"), "Log") == []
