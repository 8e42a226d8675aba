"""Intake refuses what cannot be read, or reads otherwise than it looks, and lets plain text through."""

import pytest

from improver.gates.intake import bad_name, intake
from improver.records import EXECUTABLE, REGULAR, SUBMODULE, SYMLINK, Change, Edit, File, Ruling, Safety
from tests.improver.judging import judged, judged_change

BASE = {"pier/boat.py": File(b"keel = 1\n"), "run": File(b"#!/bin/sh\n", EXECUTABLE), "Docs/a.md": File(b"tide\n")}


def change(*edits: Edit, title: str = "Mend the keel") -> Change:
    return Change("mend", Safety.COVERED, edits, title, "it leaks")


def edit(path: str, data: bytes, mode: str = REGULAR) -> Edit:
    return Edit(path, BASE.get(path), File(data, mode))


@pytest.mark.parametrize(
    "path",
    [
        pytest.param("../x.py", id="leaves the tree"),
        pytest.param("pier/../../x.py", id="leaves the tree from inside"),
        pytest.param("/etc/x.py", id="is absolute"),
        pytest.param("pier//x.py", id="has an empty part"),
        pytest.param("", id="is empty"),
        pytest.param("pier\\x.py", id="has a backslash"),
        pytest.param("C:x.py", id="names a drive"),
        pytest.param("pier/-x.py", id="starts like an option"),
        pytest.param("pier/x.py ", id="ends in a space"),
        pytest.param("pier./x.py", id="has a folder that ends in a dot"),
        pytest.param("pier/NUL.py", id="is reserved on Windows"),
        pytest.param("pier/com1", id="is a reserved device"),
        pytest.param("pier/x\n.py", id="has a newline"),
        pytest.param("pier/x\u200b.py", id="has a zero-width space"),
        pytest.param("pier/\ufb01sh.py", id="changes under NFKC"),
        pytest.param(".git/hooks/x", id="is git's own"),
        pytest.param("pier/.GIT/config", id="is git's own in capitals"),
        pytest.param("pier/.gitattributes", id="tells git how to read the tree"),
        pytest.param("x" * 256, id="is too long"),
    ],
)
def test_a_bad_name_is_told(path: str) -> None:
    assert list(bad_name(path)) != []


@pytest.mark.parametrize("path", ["pier/boat.py", "a/b/c_d-e.py", ".gitignore", "pier/con_test.py", "naïve.py"])
def test_a_good_name_is_not(path: str) -> None:
    assert list(bad_name(path)) == []


@pytest.mark.parametrize(
    "edits",
    [
        pytest.param([], id="nothing changes"),
        pytest.param([edit("pier/boat.py", b"keel = 1\n")], id="an edit that changes nothing"),
        pytest.param([Edit("pier/boat.py", File(b"old\n"), File(b"x = 2\n"))], id="made from another base"),
        pytest.param([edit("pier/a.py", b"x = 1\n"), edit("pier/a.py", b"x = 2\n")], id="one path twice"),
        pytest.param([edit("Pier/b.py", b"x = 1\n")], id="a folder in other case"),
        pytest.param([edit("pier/Boat.py", b"x = 1\n")], id="a file in other case"),
        pytest.param([edit("pier/boat.py/x.py", b"x = 1\n")], id="a folder where a file is"),
        pytest.param([edit("pier", b"x = 1\n")], id="a file where a folder is"),
        pytest.param([edit("pier/a.py", b"x", SYMLINK)], id="a symbolic link"),
        pytest.param([edit("pier/a", b"x", SUBMODULE)], id="a submodule"),
        pytest.param([edit("pier/boat.py", b"keel = 2\n", EXECUTABLE)], id="a file made executable"),
        pytest.param([edit("pier/a.py", b"x = 1\n", EXECUTABLE)], id="a new executable"),
        pytest.param([edit("run", b"#!/bin/sh\nls\n", REGULAR)], id="a file no longer executable"),
        pytest.param([edit("pier/a.pyc", b"x")], id="compiled code"),
        pytest.param([edit("pier/a.so.1", b"x")], id="a shared library"),
        pytest.param([edit("pier/a.txt", b"a\0b")], id="a zero byte"),
        pytest.param([edit("pier/a.txt", b"\xff\xfe")], id="not a text"),
        pytest.param([edit("pier/a.py", b"# coding: latin-1\nx = 1\n")], id="a new encoding"),
        pytest.param([edit("pier/boat.py", b"\xef\xbb\xbfkeel = 2\n")], id="a new byte order mark"),
        pytest.param([edit("pier/boat.py", b"# -*- coding: utf-7 -*-\nkeel = 2\n")], id="another encoding"),
        pytest.param([edit("pier/boat.py", b"keel = (\n")], id="Python that does not parse"),
        pytest.param([edit("pier/a.txt", b"x" * 1_000_001)], id="a file too large"),
    ],
)
def test_what_cannot_be_read_is_refused(edits: list[Edit]) -> None:
    assert judged_change(intake, BASE, change(*edits)).ruling is Ruling.FAIL


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("keel = 1  # \u2066x\u2069\n", id="an isolate"),
        pytest.param("keel = 'a\u200db'\n", id="a joiner"),
        pytest.param("keel = 'a\U000e0041'\n", id="a tag"),
        pytest.param("keel = 'a\ufe01'\n", id="a variation selector"),
        pytest.param("keel = 'a\x1b[2K'\n", id="an escape"),
        pytest.param("keel = 1  # so\rimport os\n", id="a carriage return in the middle of a line"),
        pytest.param("keel = 'a\u3164'\n", id="a filler"),
        pytest.param("k\u0435el = 1\n", id="a Cyrillic letter in a Latin name"),
        pytest.param("\u0441\u043e\u0440\u0443 = 1\n", id="a name wholly of look-alikes"),
        pytest.param("\u212aeel = 1\n", id="a name that NFKC changes"),
        pytest.param("keel = 'c\u0430ptain'\n", id="a mixed word in a string"),
    ],
)
def test_what_looks_otherwise_than_it_reads_is_refused(text: str) -> None:
    assert judged(intake, {"pier/boat.py": "keel = 1\n"}, {"pier/boat.py": text}).ruling is Ruling.FAIL


@pytest.mark.parametrize(
    "title", ["", "two\nlines", "hid\u202eden", "x" * 101], ids=["empty", "two lines", "reordered", "endless"]
)
def test_a_title_is_one_plain_line(title: str) -> None:
    result = judged_change(intake, BASE, change(edit("pier/boat.py", b"keel = 2\n"), title=title))
    assert result.reasons == ("the title is not one plain line of at most 100 characters",)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param(b"keel = 1\n", b"keel = 2\n", id="plain text"),
        pytest.param(b"# coding: latin-1\nk = '\xe9'\n", b"# coding: latin-1\nk = '\xe8'\n", id="the base's encoding"),
        pytest.param("k = '\u200d'\nx = 1\n".encode(), "x = 1\nk = '\u200d'\n".encode(), id="a joiner that moves"),
        pytest.param("größe = 1\n".encode(), "größe = 2\nlänge = 3\n".encode(), id="letters with marks"),
        pytest.param("тип = 1\n".encode(), "тип = 2\nимя = 3\n".encode(), id="the script the file is written in"),
        pytest.param(b"k = 1\r\n", b"k = 2\r\n", id="Windows newlines"),
        pytest.param(b"k = 1\r", b"k = 2\rl = 3\r", id="the newlines of old machines, all over"),
    ],
)
def test_what_reads_as_it_looks_passes(before: bytes, after: bytes) -> None:
    old, new = File(before), File(after)
    result = judged_change(intake, {"a.py": old}, change(Edit("a.py", old, new)))
    assert (result.ruling, result.reasons) == (Ruling.PASS, ())


def test_an_executable_may_stay_one() -> None:
    result = judged_change(intake, BASE, change(edit("run", b"#!/bin/sh\nls\n", EXECUTABLE)))
    assert result.ruling is Ruling.PASS


def test_the_receipt_counts_what_was_read() -> None:
    result = judged_change(intake, BASE, change(edit("pier/boat.py", b"keel = 2\n")))
    assert result.receipt.counts == {"files": 1, "bytes": 9}
