"""A packet holds what its receiver needs and may see, and says what became of everything else."""

from typing import Any

import pytest

from nova.agent import Context, Needs
from nova.contracts import Answer, Packet, Piece, Relation, Scope
from nova.errors import PolicyError
from nova.packet import LISTED, Receiver, Source, build, context_policy
from tests.nova.crew import Deep, Lead, Other, Work, hands, lead, look, says, sending, told
from tests.nova.shop import ACME, POLICY, POLICY_FILE, Bench
from tests.nova.test_orchestrator import bench

EVERYTHING = ("message", "results", "done", "history")
RIVAL = Scope(tenant="rival")
LONG = "The river rose. " * 1000


def receiver(*needs: str, relation: Relation = Relation.DELEGATE, task: str = "{}") -> Receiver:
    return Receiver(needs, relation, ACME, task)


def source(part: str, text: str = "abc", **more: Any) -> Source:
    return Source(part, more.pop("name", part), text, more.pop("scope", ACME), **more)


def piece(name: str, text: str, before: int, reason: str = "") -> Piece:
    return Piece(name=name, text=text, before=before, after=len(text), reason=reason)


def test_what_is_needed_is_passed_verbatim_in_the_order_of_the_needs() -> None:
    packet = build(receiver("results", "message"), [source("message"), source("results", "de")], [], POLICY)
    assert packet == Packet(passed=(piece("results", "de", 2), piece("message", "abc", 3)))


@pytest.mark.parametrize(
    ("given", "who", "reason"),
    [
        (source("history"), receiver("message"), "irrelevant"),
        (source("history"), receiver("history", relation=Relation.CONSULT), "not permitted"),
        (source("weather"), receiver("weather"), "not permitted"),
        (source("results", superseded=True), receiver("results"), "superseded"),
    ],
    ids=["not needed", "not for an adviser", "a part the policy does not know", "replaced by something newer"],
)
def test_what_is_dropped_keeps_its_size_and_its_reason_but_no_text(given: Source, who: Receiver, reason: str) -> None:
    assert build(who, [given], [], POLICY) == Packet(dropped=(piece(given.name, "", 3, reason),))


def test_what_is_dropped_for_one_reason_is_named_up_to_a_point_and_counted_from_there() -> None:
    many = [source("results", "x" * number, name=f"tally ({number})") for number in range(LISTED + 30)]
    packet = build(receiver("message"), [*many, source("results", superseded=True), source("message")], [], POLICY)
    assert [one.name for one in packet.dropped] == [*(one.name for one in many[:LISTED]), "31 more"]
    assert sum(one.before for one in packet.dropped) == sum(len(one.text) for one in many) + 3
    both = build(receiver("results"), [source("history"), source("results", superseded=True)], [], POLICY)
    assert [one.reason for one in both.dropped] == ["irrelevant", "superseded"]


def test_what_is_too_long_is_summarised_and_says_so() -> None:
    packet = build(receiver("message"), [source("message", LONG)], [], POLICY)
    (short,) = packet.summarised
    assert packet.passed == packet.dropped == ()
    assert short.before == len(LONG)
    assert short.after == len(short.text) <= POLICY.parts["message"].most
    assert short.reason == f"extract: 375 of 1000 sentences, 16000 to {short.after} characters"


def test_a_packet_never_exceeds_its_seam_and_says_what_did_not_fit() -> None:
    given = [source("results", LONG, name=f"r{number}") for number in range(5)]
    packet = build(receiver("results"), given, [], POLICY)
    sizes = [one.after for one in (*packet.passed, *packet.summarised)]
    assert sum(sizes) <= POLICY.packet[Relation.DELEGATE]
    assert {one.reason for one in packet.dropped} == {"over budget"}
    assert len(sizes) + len(packet.dropped) == 5


def test_where_not_all_fits_the_most_useful_for_each_character_comes_first() -> None:
    near = source("results", "bridges and rivers and floods. " * 100, name="near")
    far = source("results", "stocks and bonds and shares. " * 107, name="far")
    packet = build(receiver("results", task='{"text":"which bridges, rivers, floods"}'), [far, near, far], [], POLICY)
    assert packet.passed[0].name == "near"


def test_another_scope_leaves_no_trace_not_even_a_size() -> None:
    packet = build(receiver(*EVERYTHING), [source("message", "canary", scope=RIVAL)], [], POLICY)
    assert packet == Packet()


def test_done_is_given_to_whoever_needs_it_the_latest_first_to_stay() -> None:
    lines = [f"{number} work: answered" for number in range(30)]
    assert build(receiver("done"), [], lines, POLICY).done == tuple(lines[-POLICY.done :])
    assert build(receiver("message"), [], lines, POLICY).done == ()


def test_a_receiver_sees_results_and_what_is_done_but_never_its_senders_tools() -> None:
    packets: list[Packet] = []

    async def boss(task: Lead, ctx: Context) -> Any:
        seen = await ctx.use("look", {"what": "a secret place"})
        assert seen == "saw a secret place"
        left = [Work(), Deep()][len(ctx.results) :]
        return sending(left[0]) if left else Answer(text=told(ctx))

    def dig(task: Deep, ctx: Context) -> Answer:
        packets.append(ctx.packet)
        return Answer(text="dug")

    bench(boss, deep=dig).ask(Lead(), "find it")
    assert packets == [
        Packet(
            passed=(piece("message", "find it", 7), piece("work (1)", "worked", 6)),
            done=("1 work: answered",),
        )
    ]
    assert look.name not in str(packets)
    assert "secret" not in str(packets)


def test_an_answer_supersedes_the_results_it_was_made_from() -> None:
    packets: list[Packet] = []

    def boss(task: Lead, ctx: Context) -> Any:
        left = [Work(), Deep()][len(ctx.results) :]
        return sending(left[0]) if left else Answer(text=told(ctx))

    def dig(task: Deep, ctx: Context) -> Answer:
        packets.append(ctx.packet)
        return Answer(text="dug")

    bench(boss, hands(Other()), deep=dig).ask(Lead(), "go")
    assert [one.name for one in packets[0].passed] == ["message", "work (1)"]
    assert packets[0].dropped == (piece("helper (2)", "", 6, "superseded"),)


def test_history_is_the_sessions_own_earlier_runs() -> None:
    packets: list[Packet] = []

    def boss(task: Lead, ctx: Context) -> Answer:
        packets.append(ctx.packet)
        return Answer(text=f"answer {task.text}")

    wanting = bench(says("x"))
    wanting = Bench([lead(boss, Needs(context=("history",))), *wanting.agents[1:]], tools=wanting.tools)
    wanting.ask(Lead(text="1"), "first")
    wanting.ask(Lead(text="2"), "elsewhere", session="s2")
    wanting.ask(Lead(text="3"), "foreign", scope=RIVAL)
    wanting.ask(Lead(text="4"), "second")
    assert packets[-1].passed == (piece("run r0", "first\nanswer 1", 14),)


BROKEN = {
    "not YAML": ("a: [", "the context policy is not YAML"),
    "not a mapping": ("- a", "the file: Input should be"),
    "a missing key": ("version: 1", "task: Field required"),
    "an unknown relation": (POLICY_FILE.read_text().replace("consult:", "gossip:"), "packet.gossip"),
    "no size for a relation": (POLICY_FILE.read_text().replace("  consult: 4000\n", ""), "no size for consult"),
    "an unknown key": (POLICY_FILE.read_text() + "extra: 1\n", "extra: Extra inputs"),
}


@pytest.mark.parametrize(("text", "says"), BROKEN.values(), ids=BROKEN)
def test_a_broken_policy_says_where(text: str, says: str) -> None:
    with pytest.raises(PolicyError, match=says):
        context_policy(text)
