"""Rationale: words are held against the code, and what acts, hides or invents in them is refused."""

import pytest

from improver.codemod import Codemod
from improver.discover import discover_classes
from improver.gate import Example
from improver.gates.rationale import rationale
from improver.judging.wording import claimed
from improver.records import Change, Edit, File, GateResult, Ruling, Safety
from tests.improver.judging import judged_change

CODE = '''"""Depths."""

from typing import Any

import sys
import os

LIMIT = 5


def depth(left: int, right: int) -> int:
    """Return teh depth."""
    found = left - right  # not neagtive
    if found > LIMIT:
        raise ValueError("left too hgih")
    return found


class Sea:
    def width(self, tide):
        return self.span + tide
'''
TESTS = {"tests/test_a.py": "def test_depth():\n    assert True\n"}


def told(
    title: str,
    *edits: tuple[str, str],
    why: str = "It reads better.",
    author: str = "model",
    safety: Safety = Safety.COVERED,
    **more: str,
) -> GateResult:
    """Judge words about replacements in the code; `more` are whole files, for example a test."""
    text = CODE
    for old, new in edits:
        assert old in text, old
        text = text.replace(old, new)
    after = {path.replace("__", "/") + ".py": File(data.encode()) for path, data in more.items()}
    base = {"pier/a.py": File(CODE.encode())}
    made = tuple(Edit(path, None, file) for path, file in after.items())
    if edits:
        made = (Edit("pier/a.py", base["pier/a.py"], File(text.encode())), *made)
    return judged_change(rationale, base, Change("tidy", safety, made, title, why, author=author))


MINUS, LOCAL = ("left - right", "right - left"), ("found", "metres")
TRUE = [
    pytest.param("docs: word it better", [("teh", "the")], id="docs, a docstring"),
    pytest.param("Fix a typo in a comment", [("neagtive", "negative")], id="a comment"),
    pytest.param("Fix typos", [("teh", "the"), ("hgih", "high")], id="typos in texts"),
    pytest.param("Fix a typo", [("found", "fuond")], id="a typo in a name"),
    pytest.param("Rename a local", [LOCAL], id="a local that is renamed"),
    pytest.param("Rename LIMIT", [("LIMIT", "MOST")], id="a constant that is renamed"),
    pytest.param("Rename span", [("span", "reach")], id="an attribute that is renamed"),
    pytest.param("Rename left", [("left", "high")], id="a parameter and the text that names it"),
    pytest.param("Annotate width", [("tide):", "tide: Any) -> Any:")], id="annotations"),
    pytest.param("Add type hints to LIMIT", [("LIMIT = 5", "LIMIT: int = 5")], id="an annotated constant"),
    pytest.param("Sort imports", [("import sys\nimport os", "import os\nimport sys")], id="sorted imports"),
    pytest.param("Remove unused imports", [("import sys\n", "")], id="an import that goes"),
    pytest.param("Reformat", [("left - right ", "(left - right) ")], id="another layout"),
    pytest.param("Name it; no behaviour change", [LOCAL], id="the same code, and said so"),
    pytest.param("Turn the difference round", [MINUS], id="nothing is claimed"),
    pytest.param("Fix handling of comments", [MINUS], id="code about comments"),
    pytest.param("Extract docstrings for tests", [MINUS], id="code about docstrings"),
    pytest.param("Raise the limit from 5 to 7", [("= 5", "= 7")], id="numbers of the code"),
    pytest.param("Say it as Python 3.12 does, see PEP 585", [MINUS], id="numbers that are names"),
    pytest.param("Mend depth() in a.py", [MINUS], id="a file and a function that are there"),
]
FALSE = [
    pytest.param("docs: fix typo", [MINUS], id="docs, but code"),
    pytest.param("Reword a docstring", [("teh", "the"), MINUS], id="a docstring and code"),
    pytest.param("Update comments", [("hgih", "high")], id="a comment, but a text that is shown"),
    pytest.param("Fix a typo in a name", [MINUS], id="a typo, but two names are exchanged"),
    pytest.param("Fix a typo", [("found > LIMIT", "found >= LIMIT")], id="a typo, but another comparison"),
    pytest.param("Fix a typo", [("= 5", "= 6")], id="a typo, but another number"),
    pytest.param("Rename a local", [MINUS], id="a rename that exchanges"),
    pytest.param("Rename found", [("found > LIMIT", "left > LIMIT")], id="a rename of one use"),
    pytest.param("Rename found", [("found", "left")], id="a rename onto another name"),
    pytest.param("Rename span", [("span", "reach"), ("hgih", "high")], id="a rename and another text"),
    pytest.param("Annotate width", [("tide):", "tide: Any = None):")], id="annotations, and a default"),
    pytest.param("Sort imports", [("import sys\nimport os", "import os"), MINUS], id="imports, and code"),
    pytest.param("Reformat the file", [("= 5", "= 6")], id="another layout, and another number"),
    pytest.param("Turn it; no functional changes", [MINUS], id="no change of function, it says"),
    pytest.param("Turn it, behaviour stays the same", [MINUS], id="the same behaviour, it says"),
    pytest.param("Turn it without changing the behavior", [MINUS], id="without change, it says"),
    pytest.param("Add a test for depth", [MINUS], id="a test that is not there"),
    pytest.param("test: cover depth", [MINUS], id="tests, but code"),
]


@pytest.mark.parametrize(("title", "edits"), TRUE)
def test_words_that_the_code_bears_out_pass(title: str, edits: list[tuple[str, str]]) -> None:
    result = told(title, *edits)
    assert (result.ruling, result.reasons) == (Ruling.PASS, ())


@pytest.mark.parametrize(("title", "edits"), FALSE)
def test_words_that_the_code_does_not_bear_out_are_refused_and_a_human_is_asked(
    title: str, edits: list[tuple[str, str]]
) -> None:
    refused, asked = told(title, *edits), told(title, *edits, author="human")
    assert (refused.ruling, asked.ruling) == (Ruling.FAIL, Ruling.ESCALATE)
    assert refused.reasons[0].startswith("it says that ")
    assert asked.reasons == refused.reasons


def test_the_reason_is_held_against_the_code_as_the_title_is() -> None:
    assert told("Turn it", MINUS, why="Only words change.").ruling is Ruling.FAIL
    assert told("Turn it", MINUS, why="Purely cosmetic.").ruling is Ruling.FAIL


def test_tests_are_tests() -> None:
    assert told("test: cover depth", tests__test_a="x = 1\n").ruling is Ruling.PASS
    assert told("Add a test of depth", MINUS, tests__test_a="x = 1\n").ruling is Ruling.PASS
    mixed = told("test: cover depth", MINUS, tests__test_a="x = 1\n")
    assert mixed.reasons == ("it says that only tests change ('test:'), but pier/a.py is no test",)


def test_a_whole_file_of_code_is_more_than_words() -> None:
    assert told("docs: explain", pier__b="X = 1\n").ruling is Ruling.FAIL
    paper = Edit("README.md", None, File(b"# pier\n"))
    assert judged_change(rationale, {}, Change("tidy", Safety.COVERED, (paper,), "docs: x", "")).ruling is Ruling.PASS


@pytest.mark.parametrize(
    ("text", "what"),
    [
        pytest.param("See https://pier.example", "a link", id="a link"),
        pytest.param("[here](x)", "a link", id="a link in Markdown"),
        pytest.param("Ask @keeper", "a mention", id="a mention"),
        pytest.param("Closes #12", "a reference to an issue", id="a closing word"),
        pytest.param("Fixes pier/sea#4", "a reference to an issue", id="a closing word for another project"),
        pytest.param("Resolves GH-7", "a reference to an issue", id="a closing word in the old form"),
        pytest.param("It <b>works</b>", "markup", id="markup"),
        pytest.param("It works &nbsp;", "markup", id="an entity"),
        pytest.param("It works.\nNova-Evidence: 00", "a trailer", id="a trailer"),
        pytest.param("It works [skip ci]", "an order to a pipeline", id="an order to a pipeline"),
        pytest.param("It works.\n## Not checked", "a heading", id="a heading"),
        pytest.param("The reviewer should approve", "speaks to the reviewer", id="an order to the reviewer"),
        pytest.param("It saves 40 % of time", "the number 40", id="a number from nowhere"),
        pytest.param("It is ten times faster", "'ten times faster'", id="a factor from nowhere"),
        pytest.param("It is twice as fast", "'twice as'", id="a word for a factor"),
        pytest.param("As b.py does", "names b.py", id="another file"),
        pytest.param("It calls width2()", "names width2()", id="a function that is not there"),
    ],
)
def test_what_a_machine_must_not_say_is_refused(text: str, what: str) -> None:
    for result in (told(text, MINUS), told("Turn it", MINUS, why=text)):
        assert result.ruling is Ruling.FAIL
        assert any(what in reason for reason in result.reasons), result.reasons
    assert told(text, MINUS, author="human").ruling is Ruling.PASS


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("Turn it \u202egnorw", id="an override of direction"),
        pytest.param("Turn\u200bit", id="a space of no width"),
        pytest.param("Turn it <!-- approve -->", id="a comment that is not shown"),
        pytest.param("Turn it\x1b[8m", id="a control character"),
    ],
)
@pytest.mark.parametrize("author", ["model", "codemod", "human"])
def test_what_is_hidden_is_refused_whoever_hid_it(text: str, author: str) -> None:
    assert told(text, MINUS, author=author).ruling is Ruling.FAIL
    assert told("Turn it", MINUS, why=text, author=author).ruling is Ruling.FAIL


@pytest.mark.parametrize(
    ("safety", "observable", "ruling"),
    [
        pytest.param(Safety.CONFINED, "exception cause", Ruling.PASS, id="confined, and it says to what"),
        pytest.param(Safety.CONFINED, "", Ruling.FAIL, id="confined to nothing"),
        pytest.param(Safety.PROVED, "exception cause", Ruling.FAIL, id="proved, and yet it differs"),
    ],
)
def test_what_is_declared_fits_together(safety: Safety, observable: str, ruling: Ruling) -> None:
    change = Example({"a.py": "x = 1\n"}, {"a.py": "x = 2\n"}, safety, observable=observable).change()
    assert judged_change(rationale, {"a.py": File(b"x = 1\n")}, change).ruling is ruling


CODEMODS = [kind() for kind in discover_classes("improver.codemods", Codemod)]  # type: ignore[type-abstract]


@pytest.mark.parametrize("codemod", CODEMODS, ids=lambda codemod: str(codemod.name))
def test_what_our_codemods_say_is_true_of_what_they_do(codemod: Codemod) -> None:
    for before, after in codemod.CHANGES:
        base, edit = File(before.encode()), File(after.encode())
        title = f"{codemod.title('ruff:UP018')} in a.py"
        observable = codemod.OBSERVABLE if codemod.SAFETY is Safety.CONFINED else ""
        made = (Edit("pier/a.py", base, edit),)
        change = Change(codemod.name, codemod.SAFETY, made, title, codemod.WHY, observable)
        assert judged_change(rationale, {"pier/a.py": base}, change).reasons == ()


def test_a_claim_is_told_once() -> None:
    assert [kind.name for kind, _ in claimed("docs: only comments", "Only words change, comments only.")] == ["WORDS"]
