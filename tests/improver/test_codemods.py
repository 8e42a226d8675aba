"""Every codemod does what its CHANGES say, leaves its KEEPS alone, and has nothing to say the second time."""

from collections.abc import Iterator
from importlib.resources import files

import pytest
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


def project_of(text: str) -> Project:
    data = text.encode()
    source = Source.read(PATH, data)
    assert isinstance(source, Source), source
    return Project({PATH: source}, {PATH: File(data)}, RuffTool(), ruff_rules=RULES)


def found(codemod: Codemod, project: Project) -> list[Finding]:
    if not codemod.ANSWERS:
        return list(findings([codemod], project.sources[PATH]))
    return [finding for observer in OBSERVERS for finding in observer(project) if codemod.answers(finding.rule)]


def rewritten(codemod: Codemod, text: str) -> tuple[str, int]:
    """Apply the first applicable finding again and again; return the last text and the number of rewrites."""
    for count in range(ROUNDS):
        project = project_of(text)
        edited = next(rewrites(codemod, project), None)
        if edited is None:
            return text, count
        assert set(edited) == {PATH}
        text = edited[PATH].decode()
    raise AssertionError(f"{codemod.name} comes to no end: {text}")


def rewrites(codemod: Codemod, project: Project) -> Iterator[Rewrite]:
    for finding in found(codemod, project):
        edited = apply(codemod, finding, project.sources[PATH], project)
        if not isinstance(edited, Abstain):
            yield edited


def changes() -> list[object]:
    return [
        pytest.param(codemod, before, after, id=f"{codemod.name} rewrites example {index}")
        for codemod in CODEMODS
        for index, (before, after) in enumerate(codemod.CHANGES, 1)
    ]


def keeps() -> list[object]:
    return [
        pytest.param(codemod, text, id=f"{codemod.name} leaves trap {index} alone")
        for codemod in CODEMODS
        for index, text in enumerate(codemod.KEEPS, 1)
    ]


@pytest.mark.parametrize(("codemod", "before", "after"), changes())
def test_what_should_change_changes_to_exactly_this(codemod: Codemod, before: str, after: str) -> None:
    result, count = rewritten(codemod, before)
    assert result == after
    assert count > 0


@pytest.mark.parametrize(("codemod", "before", "after"), changes())
def test_a_second_run_changes_nothing(codemod: Codemod, before: str, after: str) -> None:
    assert rewritten(codemod, after) == (after, 0)


@pytest.mark.parametrize(("codemod", "text"), keeps())
def test_what_must_stay_stays(codemod: Codemod, text: str) -> None:
    assert rewritten(codemod, text) == (text, 0)


@pytest.mark.parametrize("codemod", CODEMODS, ids=lambda codemod: f"{codemod.name} documents itself")
def test_a_codemod_documents_itself(codemod: Codemod) -> None:
    for text in (type(codemod).__doc__, codemod.TITLE, codemod.WHY, codemod.SAFE_WHEN):
        assert text and text.strip()  # noqa: PT018 - None and blank are the same fault
    assert len(codemod.TITLE) <= 60
    assert len(codemod.CHANGES) >= 4
    assert len(set(codemod.KEEPS)) >= 6
    assert len(set(codemod.KEEPS)) == len(codemod.KEEPS)
    assert codemod.NODES


@pytest.mark.parametrize("codemod", CODEMODS, ids=lambda codemod: f"{codemod.name} is reachable")
def test_something_leads_to_every_codemod(codemod: Codemod) -> None:
    known = {rule for observer in OBSERVERS for rule in observer.rules}
    for pattern in codemod.ANSWERS:
        assert pattern in known


@pytest.mark.parametrize("codemod", CODEMODS, ids=lambda codemod: f"{codemod.name} keeps CRLF newlines")
def test_newlines_survive(codemod: Codemod) -> None:
    before, after = codemod.CHANGES[0]
    result, _ = rewritten(codemod, before.replace("\r\n", "\n").replace("\n", "\r\n"))
    assert result == after.replace("\r\n", "\n").replace("\n", "\r\n")


@pytest.mark.parametrize("codemod", CODEMODS, ids=lambda codemod: f"{codemod.name} keeps out of generated files")
def test_a_generated_file_is_never_touched(codemod: Codemod) -> None:
    text = "# @generated\n" + codemod.CHANGES[0][0]
    assert rewritten(codemod, text) == (text, 0)
