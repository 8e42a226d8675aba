"""Pipelines: what a file may say, how every mistake is told, and how the owner carries what is right."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from nova.agent import Agent, Registry
from nova.agents.pipeline.run_pipeline import RunPipeline
from nova.app import all_agents
from nova.compiling import compiled
from nova.contracts import Answer, Contract, Question, Refusal
from nova.errors import PipelineError
from nova.located import LARGEST
from nova.pipelines import inputs_of, read_pipeline
from nova.plan import Plan
from tests.nova.crew import waiting
from tests.nova.memory_journal import MemoryJournal
from tests.nova.shop import Bench

AGENTS = all_agents()
REGISTRY = Registry(AGENTS)
SAMPLES = Path(__file__).resolve().parents[2] / "pipelines"
HEAD = "name: tidy\ninputs: {text: {}}\n"
LISTED = '  - id: listed\n    contract: FormatText\n    with: {text: "{{ inputs.text }}"}\n'


def planned(text: str, /, **inputs: Sequence[str]) -> Plan:
    draft = read_pipeline(text, "tidy.yaml")
    return compiled(draft, REGISTRY, inputs_of(draft, inputs))


def bench(journal: MemoryJournal | None = None, agents: Sequence[Agent] = AGENTS) -> Bench:
    return Bench(agents, journal=journal or MemoryJournal())


def outcome(text: str, /, **inputs: Sequence[str]) -> tuple[Contract, list[str]]:
    """Run a pipeline and return what came of it, and the tree of its entries."""
    ready = bench()
    ended = ready.ask(RunPipeline(plan=planned(text, **inputs)), "run the pipeline")
    return ended.outcome, ready.tree()


# --- what goes wrong before a run ---------------------------------------------------------------------------------

STEP = HEAD + "steps:\n" + LISTED
WRONG: dict[str, tuple[str, str, str, str]] = {
    "not YAML": ("steps: [", "tidy.yaml:1", "it is not YAML", "correct that line"),
    "a control character": ("name: \x00", "tidy.yaml", "it is not YAML", "correct the file"),
    "nothing at all": ("", "tidy.yaml:1", "the file holds no pipeline", "write name: and steps:"),
    "a list": ("- a", "tidy.yaml:1", "the file holds no pipeline", "write name: and steps:"),
    "an alias": ("name: &a x\nabout: *a\n", "tidy.yaml:2", "it uses the alias *a", "write it out"),
    "a key that is there twice": ("name: a\nname: b\n", "tidy.yaml:2", "the key 'name' is there twice", "remove one"),
    "a key that is no word": ("name: a\n{a: b}: c\n", "tidy.yaml:2", "a key is no word", "put {{ }} in quotes"),
    "a reference without its quotes": (
        STEP.replace('"{{ inputs.text }}"', "{{ inputs.text }}"),
        "tidy.yaml:6",
        "a key is no word",
        "put {{ }} in quotes",
    ),
    "nested beyond reason": ("name: " + "[" * 20_000, "tidy.yaml:1", "it is nested too deeply", "flatten it"),
    "far too large": ("#" * (LARGEST + 1), "tidy.yaml", "the file has more than", "pass data as inputs"),
    "a misspelt key": (HEAD + "step:\n" + LISTED, "tidy.yaml:3", "unknown key 'step'", "did you mean 'steps'?"),
    "a misspelt key of a step": (
        STEP.replace("contract", "contrat"),
        "tidy.yaml:5",
        "unknown key 'contrat'",
        "did you mean 'contract'?",
    ),
    "a misspelt key of an input": (
        STEP.replace("{text: {}}", "{text: {tipe: text}}"),
        "tidy.yaml:2",
        "unknown key 'tipe'",
        "did you mean 'type'?",
    ),
    "a misspelt key of a trigger": (
        STEP + "triggers: [{aftr: FormatText, start: Report, fields: {}}]",
        "tidy.yaml:7",
        "unknown key 'aftr'",
        "did you mean 'after'?",
    ),
    "no steps": ("name: tidy\n", "tidy.yaml:1", "the key 'steps' is missing", "add steps:"),
    "an empty list of steps": ("name: tidy\nsteps: []\n", "tidy.yaml:2", "steps: Tuple should have", "correct steps"),
    "a wrong type": (STEP + "    after: listed\n", "tidy.yaml:7", "steps.1.after: Input should be", "correct after"),
    "a name that is none": (
        STEP.replace("id: listed", "id: Listed!"),
        "tidy.yaml:4",
        "steps.1.id: 'Listed!' is no name",
        "use a small letter",
    ),
    "a newer version": ("version: 2\n" + STEP, "tidy.yaml:1", "version: Input should be less than", "correct version"),
    "two steps of one name": (STEP + LISTED, "tidy.yaml:7 (step listed)", "two steps are called", "rename one"),
    "a step without anybody": (
        HEAD + "steps:\n  - id: a\n",
        "tidy.yaml:4 (step a)",
        "a step has exactly one of contract, agent and approve",
        "name the contract or the agent",
    ),
    "a step of two": (
        STEP + "    agent: format_text\n",
        "tidy.yaml:4 (step listed)",
        "a step has exactly one of contract, agent and approve",
        "name the contract or the agent",
    ),
    "a missing contract": (
        STEP.replace("FormatText", "FormatTxt"),
        "tidy.yaml:5 (step listed)",
        "nobody accepts the contract 'FormatTxt'",
        "did you mean 'FormatText'?",
    ),
    "a contract of another version": (
        STEP.replace("FormatText", "FormatText@7"),
        "tidy.yaml:5 (step listed)",
        "nobody accepts the contract 'FormatText@7'",
        "did you mean 'FormatText'?",
    ),
    "an unknown agent": (
        STEP.replace("contract: FormatText", "agent: formattext"),
        "tidy.yaml:5 (step listed)",
        "there is no agent 'formattext'",
        "did you mean 'format_text'?",
    ),
    "a pipeline within a pipeline": (
        STEP.replace("FormatText", "RunPipeline"),
        "tidy.yaml:5 (step listed)",
        "a pipeline is no step of a pipeline",
        "write its steps out here",
    ),
    "a field that the contract lacks": (
        STEP.replace("with: {text:", "with: {txt:"),
        "tidy.yaml:6 (step listed)",
        "FormatText has no field 'txt'",
        "did you mean 'text'?",
    ),
    "a field that is missing": (
        HEAD + "steps:\n  - {id: a, contract: FormatText, with: {style: title}}\n",
        "tidy.yaml:4 (step a)",
        "the field 'text' of FormatText is missing",
        "add text: to it",
    ),
    "a wrong value": (
        STEP.replace('}}"}', '}}", style: fancy}'),
        "tidy.yaml:6 (step listed)",
        "style: Input should be 'bullets', 'numbered', 'paragraph' or 'title'",
        "correct style",
    ),
    "a reference of a wrong type": (
        STEP + '  - {id: b, contract: Condense, with: {text: x, characters: "{{ steps.listed.text }}"}}\n',
        "tidy.yaml:7 (step b)",
        "characters: Input should be a valid integer",
        "correct characters",
    ),
    "a list where a text belongs": (
        STEP + '  - {id: b, contract: Condense, with: {text: "{{ steps.listed.lines }}"}}\n',
        "tidy.yaml:7 (step b)",
        "text: Input should be a valid string",
        "correct text",
    ),
    "a reference that is never closed": (
        STEP.replace(' }}"', '"'),
        "tidy.yaml:6 (step listed)",
        "a `{{` is never closed",
        "close it",
    ),
    "braces around something else": (
        STEP.replace("inputs.text", "1 + 1"),
        "tidy.yaml:6 (step listed)",
        "{{ 1 + 1 }} is no reference",
        "write {{ inputs.NAME }}",
    ),
    "a key that looks like our own": (
        HEAD + "steps:\n  - {id: a, contract: Arbitrate, with: {about: x, candidates: [{$ref: [item]}]}}\n",
        "tidy.yaml:4 (step a)",
        "the key '$ref' begins with $",
        "rename it",
    ),
    "an unknown input": (
        STEP.replace("inputs.text", "inputs.txt"),
        "tidy.yaml:6 (step listed)",
        "unknown input 'txt'",
        "did you mean 'text'?",
    ),
    "an unknown step": (
        STEP.replace("inputs.text", "steps.list.text"),
        "tidy.yaml:6 (step listed)",
        "unknown step 'list'",
        "did you mean 'listed'?",
    ),
    "an unknown part of a step": (
        STEP + '  - {id: b, contract: Condense, with: {text: "{{ steps.listed.txt }}"}}\n',
        "tidy.yaml:7 (step b)",
        "a step has no 'txt'",
        "did you mean 'text'?",
    ),
    "items of a step that has none": (
        STEP + '  - {id: b, contract: Condense, each: "{{ steps.listed.items }}", with: {text: "{{ item }}"}}\n',
        "tidy.yaml:7 (step b)",
        "the step 'listed' has no items: it has no each",
        "use its text or its lines",
    ),
    "an item without each": (
        STEP.replace("inputs.text", "item"),
        "tidy.yaml:6 (step listed)",
        "{{ item }} is used without each",
        "add each:",
    ),
    "an each that is no list": (
        STEP + '    each: "{{ inputs.text }}"\n',
        "tidy.yaml:7 (step listed)",
        "each goes through a list",
        "give a list",
    ),
    "an item of a wrong type": (
        HEAD + 'steps:\n  - {id: a, contract: FormatText, each: [x, 3], with: {text: "{{ item }}"}}\n',
        "tidy.yaml:4 (step a)",
        "text: Input should be a valid string",
        "correct text",
    ),
    "an unknown step in after": (
        STEP + "    after: [lsted]\n",
        "tidy.yaml:7 (step listed)",
        "there is no step 'lsted'",
        "did you mean 'listed'?",
    ),
    "an approval with a task": (
        HEAD + "steps:\n  - {id: ok, approve: sure, with: {a: b}}\n",
        "tidy.yaml:4 (step ok)",
        "an approval takes no with",
        "put it into a step before it",
    ),
    "an unknown step in the output": (
        STEP + 'output: "{{ steps.x.text }}"',
        "tidy.yaml:7",
        "unknown step 'x'",
        "use one of listed",
    ),
    "a step that waits for itself": (
        STEP.replace("inputs.text", "steps.listed.text"),
        "tidy.yaml:4 (step listed)",
        "the steps wait for each other",
        "remove one of these references",
    ),
    "a cycle": (
        STEP.replace("inputs.text", "steps.b.text")
        + '  - {id: b, contract: Condense, with: {text: "{{ steps.listed.text }}"}}\n',
        "tidy.yaml:4 (step listed)",
        "the steps wait for each other",
        "remove one of these references",
    ),
    "an approval that waits for what it holds": (
        HEAD + 'steps:\n  - {id: ok, approve: "{{ steps.listed.text }}?"}\n' + LISTED,
        "tidy.yaml:4 (step ok)",
        "the steps wait for each other",
        "remove one of these references",
    ),
    "a trigger for a contract nobody accepts": (
        STEP + "triggers: [{after: FormatTxt, start: Report, fields: {}}]",
        "tidy.yaml:7 (trigger 1)",
        "nobody accepts the contract 'FormatTxt'",
        "did you mean 'FormatText'?",
    ),
    "a trigger that starts nothing there is": (
        STEP + "triggers: [{after: FormatText, start: Rapport, fields: {}}]",
        "tidy.yaml:7 (trigger 1)",
        "nobody accepts the contract 'Rapport'",
        "did you mean 'Report'?",
    ),
    "a trigger that no step can set off": (
        STEP + "triggers: [{after: Condense, start: Report, fields: {}}]",
        "tidy.yaml:7 (trigger 1)",
        "no step here is for Condense",
        "name the contract of a step",
    ),
    "a trigger without what its task needs": (
        STEP + "triggers: [{after: FormatText, start: Report, fields: {body: answer}}]",
        "tidy.yaml:7 (trigger 1)",
        "the field 'subject' of Report is missing",
        "add subject: to it",
    ),
    "a trigger that fills in nothing": (
        STEP + "triggers: [{after: FormatText, start: Condense, fields: {text: task.txt}}]",
        "tidy.yaml:7 (trigger 1)",
        "'task.txt' is nothing a trigger can fill in",
        "write answer",
    ),
    "a trigger on what differs from item to item": (
        HEAD
        + 'steps:\n  - {id: a, contract: FormatText, each: [x], with: {text: "{{ item }}"}}\n'
        + "triggers: [{after: FormatText, start: Condense, fields: {text: task.text}}]",
        "tidy.yaml:5 (trigger 1)",
        "'task.text' differs from item to item",
        "use answer",
    ),
    "triggers that go in a circle": (
        STEP
        + "triggers:\n  - {after: FormatText, start: Condense, fields: {text: answer}}\n"
        + "  - {after: Condense, start: FormatText, fields: {text: answer}}\n",
        "tidy.yaml:9 (trigger 2)",
        "triggers go in a circle",
        "remove one of them",
    ),
}


@pytest.mark.parametrize(("text", "where", "what", "fix"), WRONG.values(), ids=WRONG)
def test_a_mistake_is_told_with_its_line_its_step_and_a_fix(text: str, where: str, what: str, fix: str) -> None:
    with pytest.raises(PipelineError) as caught:
        planned(text, text=["Wash. Rinse."])
    assert (caught.value.where, caught.value.what[: len(what)]) == (where, what)
    assert caught.value.fix.startswith(fix)
    assert caught.value.exit_code == 2


def test_a_cycle_is_told_from_step_to_step() -> None:
    with pytest.raises(PipelineError) as caught:
        planned(WRONG["a cycle"][0], text=["x"])
    assert caught.value.why.startswith("listed needs b needs listed;")


def test_what_a_reference_is_is_told_where_it_does_not_fit() -> None:
    with pytest.raises(PipelineError) as caught:
        planned(WRONG["a reference of a wrong type"][0], text=["x"])
    assert caught.value.why == "{{ steps.listed.text }} is a text"


INPUTS = "inputs: {n: {type: number, about: how many}, on: {type: flag, default: true}, l: {type: list, default: [a]}}"
TYPED = f"name: x\n{INPUTS}\nsteps: [{{id: a, approve: go}}]\n"
MISGIVEN: dict[str, tuple[Mapping[str, Sequence[str]], str, str]] = {
    "an input that is missing": ({}, "the input 'n' is missing", "--input n=NUMBER: how many"),
    "an input that nobody asked for": ({"nn": ["1"]}, "there is no input 'nn'", "did you mean 'n'?"),
    "words for a number": ({"n": ["one"]}, "the input 'n' is a number, and 'one' is none", "give a whole number"),
    "words for a flag": ({"n": ["1"], "on": ["no"]}, "the input 'on' is a flag, and 'no' is", "give true or false"),
    "two of what takes one": ({"n": ["1", "2"]}, "the input 'n' is there twice", "give it once"),
}


@pytest.mark.parametrize(("given", "what", "fix"), MISGIVEN.values(), ids=MISGIVEN)
def test_an_input_that_does_not_fit_is_told(given: Mapping[str, Sequence[str]], what: str, fix: str) -> None:
    with pytest.raises(PipelineError) as caught:
        planned(TYPED, **given)
    assert caught.value.what.startswith(what)
    assert caught.value.fix.startswith(fix)


def test_words_and_times_are_texts_and_only_plain_numbers_are_numbers() -> None:
    said = ["no", "yes", "on", "12:30", "2024-01-01", "007", "1_000", "~x"]
    listed = f"name: x\nsteps:\n  - id: a\n    contract: FormatText\n    each: [{', '.join(said)}]\n"
    assert planned(listed + "    with: {text: '{{ item }}'}\n").steps[0].each == said
    numbers = "name: x\nsteps: [{id: a, contract: Condense, each: [3, 40], with: {text: t, characters: '{{ item }}'}}]"
    assert planned(numbers).steps[0].each == [3, 40]


def test_a_default_of_another_type_is_told() -> None:
    with pytest.raises(PipelineError, match="the default of 'n' is no number"):
        planned("name: x\ninputs: {n: {type: number, default: true}}\nsteps: [{id: a, approve: go}]\n")


def test_inputs_are_typed_and_defaults_fill_in() -> None:
    assert planned(TYPED, n=["-3"]).inputs == {"n": -3, "on": True, "l": ["a"]}
    assert planned(TYPED, n=["3"], on=["false"], l=["b", "c"]).inputs == {"n": 3, "on": False, "l": ["b", "c"]}


# --- how it runs --------------------------------------------------------------------------------------------------

TEXT = "Wash well. Rinse."
EACH = """
name: many
inputs: {texts: {type: list}}
steps:
  - {id: first, contract: Summarize, each: "{{ inputs.texts }}", with: {text: "{{ item }}", sentences: 1}}
  - {id: listed, agent: format_text, with: {text: "{{ steps.first.text }}"}}
"""


def test_a_step_is_given_what_came_of_the_steps_before() -> None:
    found, tree = outcome(EACH, texts=["It rose. It rose and rose.", "Rain fell."])
    assert isinstance(found, Answer)
    assert found.text == "- It rose.\n- Rain fell."
    assert [claim.evidence for claim in found.claims] == ["1", "2", "3"]
    assert found.unverified == ()
    assert tree == [
        "0 user>run_pipeline Answer",
        "1 run_pipeline>summarize Answer",
        "2 run_pipeline>summarize Answer",
        "3 run_pipeline>format_text Answer",
    ]


def test_one_item_that_fails_is_said_and_the_others_are_used() -> None:
    found, tree = outcome(EACH, texts=["Rain fell.", " "])
    assert isinstance(found, Answer)
    assert found.text == "- Rain fell.\n\nnot done: step first (summarize: there is no text to summarise)"
    assert tree[2] == "2 run_pipeline>summarize Refusal"


def test_the_same_task_is_done_once_and_is_no_loop() -> None:
    found, tree = outcome(EACH, texts=["Rain fell.", "Rain fell."])
    assert isinstance(found, Answer)
    assert found.text == "- Rain fell.\n- Rain fell."
    assert len(tree) == 3


def test_a_task_with_its_defaults_written_out_is_the_same_task() -> None:
    text = HEAD + "steps:\n" + LISTED + LISTED.replace("listed", "again").replace('"}', '", style: bullets}')
    found, tree = outcome(text, text=[TEXT])
    assert isinstance(found, Answer)
    assert tree == ["0 user>run_pipeline Answer", "1 run_pipeline>format_text Answer"]


def test_a_step_that_comes_to_nothing_takes_down_what_needs_it_and_nothing_else() -> None:
    text = HEAD + (
        "steps:\n"
        '  - {id: a, contract: Condense, with: {text: "{{ inputs.text }}"}}\n'
        '  - {id: b, contract: Condense, with: {text: "{{ steps.a.text }}", characters: 5}}\n'
        '  - {id: c, contract: Report, with: {subject: still, body: "done"}}\n'
    )
    found, tree = outcome(text, text=[" "])
    assert found == Refusal(
        reason="the pipeline tidy did not get to its end\n"
        "not done: step a (condense: there is no text to condense)\n"
        "not done: step b (it needs a)"
    )
    assert tree[1:] == ["1 run_pipeline>condense Refusal", "2 run_pipeline>report Answer"]


def test_steps_that_need_nothing_of_each_other_go_together() -> None:
    plan = planned((SAMPLES / "two_forms.yaml").read_text("utf-8"), text=[TEXT])
    assert [(step.id, step.needs) for step in plan.steps] == [
        ("extract", ()),
        ("bullets", ("extract",)),
        ("paragraph", ("extract",)),
        ("extract.then1", ("extract",)),
    ]
    ready = bench()
    ended = ready.ask(RunPipeline(plan=plan))
    assert isinstance(ended.outcome, Answer)
    assert ended.outcome.text == "- Wash well.\n- Rinse.\n\nWash well. Rinse."
    assert ready.tree()[1:] == [
        "1 run_pipeline>condense Answer",
        "2 run_pipeline>format_text Answer",
        "3 run_pipeline>format_text Answer",
        "4 run_pipeline>report Answer",
    ]


def test_a_trigger_that_comes_to_nothing_is_said_and_the_pipeline_is_done() -> None:
    text = STEP + 'triggers: [{after: FormatText, start: Condense, fields: {text: "= "}}]'
    found, tree = outcome(text, text=[TEXT])
    assert isinstance(found, Answer)
    assert found.text.endswith("not done: step listed.then1 (condense: there is no text to condense)")
    assert tree[2] == "2 run_pipeline>condense Refusal"


def test_what_is_filled_in_is_never_read_as_a_reference() -> None:
    found, _ = outcome(STEP, text=["{{ steps.listed.text }} stays."])
    assert isinstance(found, Answer)
    assert found.text == "- {{ steps.listed.text }} stays."


def test_a_value_that_turns_out_not_to_fit_ends_the_pipeline_by_the_step_s_name() -> None:
    text = HEAD + 'steps:\n  - {id: a, contract: Report, with: {subject: s, body: "{{ inputs.text }}"}}\n'
    text += '  - {id: b, contract: FormatText, with: {text: "' + "{{ steps.a.text }}" * 3 + '"}}\n'
    found, tree = outcome(text, text=["x" * 9_000])
    assert isinstance(found, Refusal)
    assert found.reason.startswith("the pipeline tidy stopped at step b: the task for format_text has 27")
    assert tree == ["0 user>run_pipeline Refusal", "1 run_pipeline>report Answer"]


def test_no_item_at_all_is_an_empty_result_and_not_a_failure() -> None:
    text = 'name: x\nsteps: [{id: a, contract: Condense, each: [], with: {text: "{{ item }}"}}]\n'
    assert outcome(text)[0] == Answer(text="the pipeline x is done; its output is empty")


# --- approval -----------------------------------------------------------------------------------------------------

BRIEF = (SAMPLES / "brief.yaml").read_text("utf-8")


def brief() -> RunPipeline:
    return RunPipeline(plan=planned(BRIEF, subject=["The flood"], texts=["It rose. It rose and rose.", "Rain fell."]))


def test_an_approval_holds_every_step_written_after_it_until_a_human_agrees() -> None:
    ready = bench()
    asked = ready.ask(brief())
    question = "Write this up as The flood?\n- It rose.\n- Rain fell."
    assert (asked.state, asked.outcome) == ("waiting", Question(text=question, approval=True))
    assert len(ready.tree()) == 5, "the report is not begun"
    assert ready.reply("perhaps").state == "waiting"
    ended = ready.reply("approve")
    assert isinstance(ended.outcome, Answer)
    assert ended.outcome.text.startswith("# The flood\n\n- It rose.\n- Rain fell.")
    assert [claim.says for claim in ended.outcome.claims][-2:] == ["step agreed by user", "step paper by report"]
    assert ready.tree()[4:] == ["4 run_pipeline>user Answer", "5 run_pipeline>report Answer"]


def test_a_rejection_ends_the_pipeline_and_nothing_after_it_begins() -> None:
    ready = bench()
    ready.ask(brief())
    ended = ready.reply("reject")
    assert ended.outcome == Refusal(
        reason="the pipeline brief did not get to its end\n"
        "not done: step agreed (user: user said no: reject)\n"
        "not done: step paper (it needs agreed)"
    )
    assert len(ready.tree()) == 5


@pytest.mark.parametrize(
    ("agents", "writes"),
    [(AGENTS, range(1, 3)), ([*map(waiting, AGENTS)], range(1, 10))],
    ids=["agents that only compute", "agents that wait for something"],
)
def test_a_crash_after_any_write_leads_to_the_same_answer_and_nothing_is_done_twice(
    agents: Sequence[Agent], writes: Sequence[int]
) -> None:
    for after in writes:
        _crash(agents, after)
    assert _through(bench(whole := MemoryJournal(), agents))
    assert whole.writes == len(writes) + 1, "every write was the last one once"


def _crash(agents: Sequence[Agent], writes: int) -> None:
    journal = MemoryJournal(dies_after=writes)
    ready = bench(journal, agents)
    with pytest.raises(Exception, match="the journal died"):
        _through(ready)
    journal.dies_after = None
    ended = ready.resume()
    if ended.state == "waiting":
        ended = bench(journal, agents).reply("approve")
    calm = bench()
    assert ended.outcome == _through(calm)
    assert [line.split()[1] for line in ready.tree()] == [line.split()[1] for line in calm.tree()]


def _through(ready: Bench) -> object:
    ready.ask(brief())
    return ready.reply("approve").outcome


def test_the_samples_are_right() -> None:
    given: dict[str, dict[str, list[str]]] = {
        "brief": {"subject": ["s"], "texts": ["t"]},
        "two_forms": {"text": ["t"]},
    }
    assert sorted(path.stem for path in SAMPLES.glob("*.yaml")) == sorted(given)
    for name, inputs in given.items():
        assert planned((SAMPLES / f"{name}.yaml").read_text("utf-8"), **inputs).name == name


def test_a_reference_alone_keeps_its_type_and_within_a_text_it_is_text() -> None:
    text = (
        "name: x\ninputs: {n: {type: number}, l: {type: list}}\nsteps:\n"
        '  - {id: a, contract: Condense, with: {text: "Rain fell. Rain.", characters: "{{ inputs.n }}"}}\n'
        'output: "{{ inputs.n }} of {{ steps.a.text }}: {{ inputs.l }}"\n'
    )
    found, _ = outcome(text, n=["10"], l=["one", "two"])
    assert isinstance(found, Answer)
    assert found.text == "10 of Rain.: one\ntwo"
