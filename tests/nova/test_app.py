"""The composition root works from any directory: agents by discovery, policies packaged or own, a model or none."""

from collections.abc import Awaitable, Callable
from importlib.resources import files
from pathlib import Path
from typing import TypeVar

import pytest

from nova.adapters.script_file import scripted_model
from nova.adapters.scripted_model import ScriptedReply
from nova.agents.pipeline.arbitrate import Arbitrate, Candidate
from nova.app import Nova, opened, policies_of, run_name
from nova.contracts import Answer, Cost, Question
from nova.errors import ModelError, ModelUnavailable, NovaError, PolicyError, SettingsError
from nova.settings import Settings, settings_from
from tests.nova.shop import go

R = TypeVar("R")
UNDECIDED = Arbitrate(
    about="the colour",
    candidates=(Candidate(entry=1, agent="a", text="red"), Candidate(entry=2, agent="b", text="blue")),
)


def settings(data: Path, **more: str) -> Settings:
    return settings_from({"NOVA_DATA": str(data), **more})


def within(place: Settings, work: Callable[[Nova], Awaitable[R]]) -> R:
    async def worked() -> R:
        async with opened(place) as nova:
            return await work(nova)

    return go(worked())


def test_a_nova_has_every_agent_and_carries_a_run_on_its_own_journal(tmp_path: Path) -> None:
    async def work(nova: Nova) -> tuple[str, str]:
        ended = await nova.orchestrator.start(nova.message("choose", "s"), UNDECIDED)
        assert isinstance(ended.outcome, Question), "without a model it asks"
        record = await nova.journal.find(ended.run, nova.scope)
        assert record is not None
        return record.owner, record.scope.tenant

    assert within(settings(tmp_path / "new" / "data"), work) == ("arbitrate", "home")
    assert (tmp_path / "new" / "data" / "journal.sqlite3").exists()
    assert (tmp_path / "new" / "data").stat().st_mode & 0o777 == 0o700


def test_another_tenant_sees_nothing_of_it(tmp_path: Path) -> None:
    async def start(nova: Nova) -> str:
        return (await nova.orchestrator.start(nova.message("choose", "s"), UNDECIDED)).run

    run = within(settings(tmp_path), start)

    async def look(nova: Nova) -> tuple[object, object]:
        return await nova.journal.find(run, nova.scope), await nova.journal.runs(nova.scope)

    assert within(settings(tmp_path, NOVA_TENANT="other"), look) == (None, ())


def test_a_run_is_named_for_its_day() -> None:
    assert run_name(0.0, "a1b2c3") == "700101-a1b2c3"


# --- policies -----------------------------------------------------------------------------------------------------


def test_the_packaged_policies_are_those_of_this_project() -> None:
    for name in ("context", "triggers", "retention"):
        own = Path(__file__).resolve().parents[2] / "policies" / f"{name}.yaml"
        assert (files("nova") / "defaults" / f"{name}.yaml").read_bytes() == own.read_bytes()


def test_policies_of_ones_own_come_first_file_by_file(tmp_path: Path) -> None:
    assert policies_of(settings(tmp_path)).origins == dict.fromkeys(("context", "triggers", "retention"), "packaged")
    own = tmp_path / "policies" / "retention.yaml"
    own.parent.mkdir()
    own.write_text("version: 1\ndays: {done: 3}\n", "utf-8")
    found = policies_of(settings(tmp_path))
    assert found.retention.days == {"done": 3}
    assert found.origins == {"context": "packaged", "triggers": "packaged", "retention": str(own)}


TRIGGER = "version: 1\ntriggers: [{after: %s, start: %s, fields: {}}]\n"
WRONG: dict[str, tuple[str, bytes, type[NovaError], str, str]] = {
    "no YAML": ("context", b"[", PolicyError, "the context policy is not YAML", "correct it"),
    "no text": ("context", b"\xff\xfe\xff", PolicyError, "the policy is no text", "write it as UTF-8"),
    "an unknown key": ("retention", b"day: {}\n", PolicyError, "days: Field required", "correct days"),
    "a trigger for nobody": (
        "triggers",
        (TRIGGER % ("Sumarize@1", "Report@1")).encode(),
        PolicyError,
        "triggers.0.after: nobody accepts 'Sumarize@1'",
        "did you mean 'Summarize@1'?",
    ),
    "a trigger that starts nothing": (
        "triggers",
        (TRIGGER % ("Summarize@1", "Rapport@1")).encode(),
        PolicyError,
        "triggers.0.start: nobody accepts 'Rapport@1'",
        "did you mean 'Report@1'?",
    ),
}


@pytest.mark.parametrize(("name", "text", "kind", "what", "fix"), WRONG.values(), ids=WRONG)
def test_a_wrong_policy_is_told_with_its_file_and_a_fix(
    tmp_path: Path, name: str, text: bytes, kind: type[NovaError], what: str, fix: str
) -> None:
    own = tmp_path / "policies" / f"{name}.yaml"
    own.parent.mkdir()
    own.write_bytes(text)

    async def nothing(nova: Nova) -> None:
        return None

    with pytest.raises(kind) as caught:
        within(settings(tmp_path), nothing)
    assert (caught.value.what, caught.value.where, caught.value.fix) == (what, str(own), fix)


def test_a_policy_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    (tmp_path / "policies" / "context.yaml").mkdir(parents=True)
    with pytest.raises(SettingsError, match="a policy cannot be read"):
        policies_of(settings(tmp_path))


# --- the model ----------------------------------------------------------------------------------------------------


def test_without_a_key_a_model_says_the_one_line_that_fixes_it(tmp_path: Path) -> None:
    async def ask(nova: Nova) -> str:
        with pytest.raises(ModelUnavailable) as caught:
            await nova.orchestrator._shop.model.ask("", "")
        return caught.value.fix

    assert "set NOVA_SCRIPT=FILE" in within(settings(tmp_path), ask)


def test_a_script_stands_in_for_a_model(tmp_path: Path) -> None:
    script = tmp_path / "script.yaml"
    script.write_text('seconds: 0.001\nlines:\n  - {when: the colour, text: "2", tokens: 7}\n', "utf-8")

    async def run(nova: Nova) -> tuple[object, int]:
        ended = await nova.orchestrator.start(nova.message("choose", "s"), UNDECIDED)
        entries = await nova.journal.entries(ended.run, nova.scope)
        return ended.outcome, entries[0].cost.tokens

    outcome, tokens = within(settings(tmp_path / "data", NOVA_SCRIPT=str(script)), run)
    assert isinstance(outcome, Answer)
    assert (outcome.text, tokens) == ("blue", 7)


def test_a_script_answers_by_pattern_else_in_order_and_can_refuse(tmp_path: Path) -> None:
    script = tmp_path / "script.yaml"
    script.write_text(
        'lines:\n  - {text: once}\n  - {when: a.c, text: always}\n  - {text: "no", refuses: true}', "utf-8"
    )
    model = scripted_model(script)
    assert go(model.ask("", "abc")) == ScriptedReply("always", Cost())
    assert go(model.ask("", "x")) == ScriptedReply("once", Cost())
    with pytest.raises(ModelError, match="no"):
        go(model.ask("", "x"))


SCRIPTS = {
    "no YAML": b"[",
    "nothing": b"",
    "a misspelt key": b"line: []\n",
    "no pattern": b"lines: [{text: x, when: '('}]\n",
    "a date": b"lines: 2024-01-01\n",
    "no text": b"\xff",
}


@pytest.mark.parametrize("text", SCRIPTS.values(), ids=SCRIPTS)
def test_a_script_that_is_none_is_told_with_a_fix(tmp_path: Path, text: bytes) -> None:
    script = tmp_path / "script.yaml"
    script.write_bytes(text)
    with pytest.raises(SettingsError) as caught:
        scripted_model(script)
    assert (caught.value.where, bool(caught.value.why), bool(caught.value.fix)) == (str(script), True, True)


def test_a_script_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="cannot be read"):
        scripted_model(tmp_path / "none.yaml")


# --- retention ----------------------------------------------------------------------------------------------------


def test_old_runs_are_forgotten_at_most_once_a_day(tmp_path: Path) -> None:
    own = tmp_path / "policies" / "retention.yaml"
    own.parent.mkdir()
    own.write_text("version: 1\ndays: {waiting: 1}\n", "utf-8")

    async def at(now: float) -> tuple[int, int]:
        async with opened(settings(tmp_path), now=lambda: now) as nova:
            gone = await nova.tidy()
            await nova.orchestrator.start(nova.message("choose", "s"), UNDECIDED)
            return gone, len(await nova.journal.runs(nova.scope))

    day = 86_400.0
    assert [go(at(now)) for now in (1e9, 1e9 + day / 2, 1e9 + 1.2 * day, 1e9 + 1.9 * day, 1e9 + 2.3 * day)] == [
        (0, 1),
        (0, 2),
        (1, 2),  # the first one is older than a day
        (0, 3),  # half a day later nothing is looked for
        (2, 2),
    ]
