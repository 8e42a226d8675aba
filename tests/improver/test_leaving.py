"""What a call leaves behind is told without where it lies."""

import contextlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from improver.experiments import Case, Exploration, Wanted
from improver.judging.mutants import mutants_of
from improver.source import Source
from improver.verify import leaving
from improver.verify.exploring import explored
from improver.writing.inputs.pathlike import Paths
from improver.writing.inputs.storing import stored
from tests.improver.rigs import rig_of


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Path]:
    leaving.FRESH.append(str(tmp_path))
    yield tmp_path
    leaving.FRESH.remove(str(tmp_path))


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        pytest.param("{0}x/a.txt", None, id="a folder whose name begins alike"),
        pytest.param("{0}/a b: c", None, id="a text with a path in it"),
        pytest.param("a.txt", None, id="no path in the folder"),
        pytest.param("{0}", "tmp_path", id="the folder itself"),
        pytest.param("{0}/a.txt", "path", id="what a variable holds"),
        pytest.param("{0}/b/c.txt", "tmp_path / 'b' / 'c.txt'", id="what lies deeper"),
        pytest.param("{0}/a.txt/d", "path / 'd'", id="by the nearest variable"),
    ],
)
def test_a_path_is_written_by_a_variable(place: Path, text: str, wanted: str | None) -> None:
    assert leaving.told(text.format(place), {"tmp_path": place, "path": place / "a.txt"}) == wanted


def test_a_folder_that_was_made_and_what_is_in_it_are_fresh(place: Path) -> None:
    assert leaving.places_of({"a": place, "b": place / "b", "c": place.parent, "d": str(place), "e": 1}) == {
        "a": place,
        "b": place / "b",
    }


def test_where_a_folder_lies_is_left_out_of_a_text(place: Path) -> None:
    assert leaving.without(f"<{place}/a and {place.parent}>") == f"</a and {place.parent}>"


def test_what_was_entered_before_a_call_has_been_left() -> None:
    setup = [
        "with open('a') as file, lock:\n    made = file.read()",
        "async with tide() as (low, high):\n    pass",
        "b = 1",
    ]
    assert leaving.left([*setup, "async with sea() as wave:\n    pass"]) == {"file", "wave"}


def test_only_several_paths_of_the_folder_are_a_listing(place: Path) -> None:
    places = {"tmp_path": place}
    assert leaving.is_listing([place / "b", place / "a"], places)
    assert not leaving.is_listing([place / "a"], places)
    assert not leaving.is_listing([place / "b", "c"], places)
    assert not leaving.is_listing((place / "b", place / "a"), places)


def test_a_place_is_looked_at_as_what_it_is(place: Path) -> None:
    (place / "b").mkdir()
    (place / "a.txt").write_text("a\n")
    (place / "c.bin").write_bytes(b"a\r\n")
    assert leaving.views(place / "a.txt", "path") == [("path.read_text()", "a\n")]
    assert leaving.views(place / "c.bin", "path") == [("path.read_bytes()", b"a\r\n")]
    assert leaving.views(place / "b", "path") == [("path.is_dir()", True)]
    assert leaving.views(place / "d", "path") == [("path.exists()", False)]
    assert leaving.views(place, "tmp_path") == [
        ("sorted(tmp_path.iterdir())", [place / "a.txt", place / "b", place / "c.bin"]),
        ("(tmp_path / 'a.txt').read_text()", "a\n"),
        ("(tmp_path / 'c.bin').read_bytes()", b"a\r\n"),
    ]


def test_an_empty_folder_of_a_test_is_told_from_one_that_the_call_made(place: Path) -> None:
    assert leaving.views(place, "tmp_path") == [("list(tmp_path.iterdir())", [])]
    (place / "b").mkdir()
    assert leaving.views(place, "tmp_path") == [("list(tmp_path.iterdir())", [place / "b"])]
    (place / "a").mkdir()
    assert leaving.views(place, "tmp_path") == [("sorted(tmp_path.iterdir())", [place / "a", place / "b"])]
    assert leaving.views(place / "a", "path") == [("path.is_dir()", True)]


def test_elsewhere_a_disk_has_another_order_and_other_rights(tmp_path: Path) -> None:
    names = ["a", "b", "c"]
    with leaving.elsewhere(last_first=True):
        for name in names:
            (tmp_path / name).write_text(name)
        assert [one.name for one in tmp_path.iterdir()] == names[::-1]
        assert [one.name for one in os.scandir(tmp_path)] == names[::-1]
        assert next(os.walk(tmp_path))[2] == os.listdir(path=tmp_path) == names[::-1]  # noqa: PTH208 - what is tried
        with os.scandir(path=tmp_path) as entries:
            assert [one.name for one in entries] == names[::-1]
        assert (tmp_path / "a").stat().st_mode & 0o777 == 0o600
        with os.scandir(tmp_path) as left:
            assert next(left).name == "c"
        closed = os.scandir(tmp_path)
        closed.close()
        assert [*left] == [*closed] == []
    with leaving.elsewhere(last_first=False):
        assert [one.name for one in os.scandir(tmp_path)] == next(os.walk(tmp_path))[2] == names


def test_what_was_so_before_elsewhere_is_so_again(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    listed, scanned, rights = os.listdir, os.scandir, os.umask(0o027)
    try:
        with leaving.elsewhere(last_first=True):
            Path("a").touch()
        with leaving.elsewhere(last_first=False):
            Path("b").touch()
        Path("c").touch()
    finally:
        os.umask(rights)
    assert [Path(name).stat().st_mode & 0o777 for name in "abc"] == [0o600, 0o644, 0o640]
    assert (os.listdir, os.scandir) == (listed, scanned)


def test_folders_are_gone_when_a_look_has_ended(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(tempfile, "mkdtemp", tempfile.mkdtemp)  # so that it is put back
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    Path("kept").touch()
    leaving.settle()
    Path("litter").touch()
    checking = SimpleNamespace(within=contextlib.nullcontext)
    leaving.watch(checking)
    with checking.within(1.0):
        made = Path(tempfile.mkdtemp())
        assert leaving.places_of({"path": made / "a", "far": tmp_path}) == {"path": made / "a"}
        assert Path(tempfile.mkdtemp("-low", "tide-", tmp_path)).match("*/tide-*-low")
    assert not made.exists()
    assert ([*Path().iterdir()], leaving.LITTER, leaving.FRESH) == ([Path("kept")], ["litter"], [])
    leaving.LITTER.clear()


def test_what_lies_there_stays_where_nobody_has_settled(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(leaving, "PLACE", [])
    monkeypatch.setattr(leaving, "HERE", set[str]())
    monkeypatch.setattr(leaving, "LITTER", list[str]())
    monkeypatch.chdir(tmp_path)
    Path("kept").touch()
    leaving.clear()
    assert ([*Path().iterdir()], leaving.LITTER) == ([Path("kept")], [])


def test_what_lay_elsewhere_is_not_taken_for_given(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("far", "here"):
        (tmp_path / name).mkdir()
    (tmp_path / "far" / "a").touch()
    monkeypatch.setattr(leaving, "LITTER", list[str]())
    for name in ("far", "here"):
        monkeypatch.chdir(tmp_path / name)
        leaving.settle()
    Path("a").touch()
    leaving.clear()
    assert ([*Path().iterdir()], leaving.LITTER) == ([], ["a"])


def test_who_leaves_is_brought_back(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(tempfile, "mkdtemp", tempfile.mkdtemp)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    (tmp_path / "here").mkdir()
    (tmp_path / "far").mkdir()
    (tmp_path / "far" / "kept").touch()
    monkeypatch.chdir(tmp_path / "here")
    leaving.settle()
    checking = SimpleNamespace(within=contextlib.nullcontext)
    leaving.watch(checking)
    for place in (str(tmp_path / "far"), None):  # a folder that stays, and one that is gone afterwards
        with checking.within(1.0):
            os.chdir(place or tempfile.mkdtemp())
            shutil.rmtree(leaving.FRESH[0] if leaving.FRESH else tmp_path / "none", ignore_errors=True)
        assert (Path.cwd(), leaving.LITTER) == (tmp_path / "here", ["."])
        leaving.LITTER.clear()
    assert (tmp_path / "far" / "kept").exists()


# --- in a real sandbox --------------------------------------------------------------------------------------------

QUAY = '''\
import os


def turn(path):
    """Turn the lines of a file around."""
    with open(path) as file:
        lines = file.read().splitlines()
    with open(path, "w") as file:
        file.write("\\n".join(reversed(lines)))


def found(root):
    return [os.path.join(root, name) for name in os.listdir(root) if name != "b"]


def first(root):
    return os.listdir(root)[0]


def make(path):
    os.mkdir(path)
'''


@pytest.fixture(scope="module")
def exploration(tmp_path_factory: pytest.TempPathFactory) -> Exploration:
    files = {"quay/__init__.py": "", "quay/a.py": QUAY, "tests/test_a.py": "def test_a():\n    assert True\n"}
    rig, tree = rig_of(files, tmp_path_factory.mktemp("quay"))
    source = Source.read("quay/a.py", QUAY.encode())
    assert isinstance(source, Source)
    names = ["turn", "found", "first", "make"]
    functions = [f"quay/a.py::{name}" for name in names]
    asked = [Wanted(one, tuple(stored(source, Paths.of(source), "quay.a", one, {}))) for one in functions]
    asked.append(Wanted(functions[-1], (Case(functions[-1], "make('here')", (("quay.a", "make"),)),)))
    return explored(rig, tree, asked, mutants_of(source, names, 20))


@pytest.mark.host
def test_what_a_call_did_to_a_file_and_what_it_found_is_demanded_and_notices_faults(exploration: Exploration) -> None:
    assert exploration.trouble == ""
    turned = next(one for one in exploration.cases if "path.write_text('a\\nb\\n')" in one.setup and "turn" in one.call)
    assert turned.checks[0] == ("eq", "path.read_text()", "'b\\na'")
    assert any("reversed" in name for name in turned.kills)
    listed = next(one for one in exploration.cases if one.call == "found(tmp_path)")
    assert listed.checks[0] == ("eq", "result", "[str(tmp_path / 'a.txt')]")
    assert any("!=" in name for name in listed.kills)


@pytest.mark.host
def test_what_the_disk_decides_and_where_it_lies_is_never_demanded(exploration: Exploration) -> None:
    checks = [check for one in exploration.cases for check in one.checks]
    assert not [one for one in checks if tempfile.gettempdir() in "".join(one)]
    assert not [one for one in exploration.cases if one.call == "first(tmp_path)" and one.checks[0][1] == "result"]


@pytest.mark.host
def test_what_leaves_files_where_it_runs_makes_no_test(exploration: Exploration) -> None:
    calls = {one.call for one in exploration.cases}
    assert "make(path)" in calls
    assert not [one for one in calls if one.startswith("make('")]
