"""One file as bytes, text and syntax: what its own lines look like."""

import pytest

from improver.source import Source


def source_of(text: str, encoding: str = "utf-8") -> Source:
    source = Source.read("package/module.py", text.encode(encoding))
    assert isinstance(source, Source), source
    return source


@pytest.mark.parametrize(
    ("longest", "width"),
    [
        pytest.param(10, 79, id="short lines mean the shortest usual limit"),
        pytest.param(79, 79, id="a line may fill the limit"),
        pytest.param(80, 88, id="one character more means the next limit"),
        pytest.param(100, 100, id="a hundred is a limit"),
        pytest.param(300, 120, id="one endless line is no licence for others"),
    ],
)
def test_the_line_length_is_what_the_lines_keep_to(longest: int, width: int) -> None:
    assert source_of("a = 1\r\n#" + "x" * (longest - 1) + "\r\n").width == width


@pytest.mark.parametrize(
    ("long", "width"),
    [
        pytest.param(2, 88, id="two long texts in a hundred lines are left as they are by formatters too"),
        pytest.param(3, 120, id="with three it is the file's way"),
    ],
)
def test_few_long_lines_do_not_speak_for_the_file(long: int, width: int) -> None:
    assert source_of("#" * 85 + "\n" + "a = 1\n" * (99 - long) + ("#" * 110 + "\n") * long).width == width


def test_an_address_that_nobody_breaks_is_no_licence_for_longer_lines() -> None:
    assert source_of("a = 1\n# see http://example.org/" + "x" * 80 + "\n").width == 79


def test_a_form_feed_ends_no_line() -> None:
    assert not source_of("a = 1\n").fits(b"a = 1\n# " + b"x" * 50 + b"\f" + b"x" * 50 + b"\n")


def test_a_line_that_moves_to_the_left_is_no_longer_than_it_was() -> None:
    source = source_of("if a:\n    # " + "x" * 200 + "\n    pass\n")
    assert source.fits(b"# " + b"x" * 200 + b"\n")
    assert not source.fits(b"# " + b"x" * 201 + b"\n")
    assert not source.fits(b"if a:\n    if b:\n        # " + b"x" * 200 + b"\n        pass\n")


def test_only_new_lines_are_measured() -> None:
    source = source_of("# -*- coding: latin-1 -*-\n# é" + "x" * 300 + "\n", "latin-1")
    longer = source.data + b"#" + b"x" * 119 + b"\n"
    assert source.fits(longer)
    assert not source.fits(longer + b"#" + b"x" * 120 + b"\n")


@pytest.mark.parametrize(
    ("text", "indent"),
    [
        pytest.param("if a:\n  b()\n", "  ", id="two spaces"),
        pytest.param("if a:\n\tb()\n", "\t", id="a tab"),
        pytest.param("if a: b()\nclass A:\n    def f(self):\n        pass\n", "    ", id="one-liners say nothing"),
        pytest.param("a = 1\n", "    ", id="four spaces where nothing is indented"),
    ],
)
def test_the_indentation_is_the_first_block_s(text: str, indent: str) -> None:
    assert source_of(text).indent == indent
