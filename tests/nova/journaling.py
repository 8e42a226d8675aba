"""Records for tests of the journal: a run with a root entry, what it leads to, and how it ends."""

from nova.contracts import Acceptance, Budget, Closing, Cost, Entry, Relation, RunRecord, Scope, ToolUse

ACME = Scope(tenant="acme", client="north", branch="harbour")
OTHER = Scope(tenant="acme", client="north", branch="hill")


def run_of(run: str, scope: Scope = ACME, *, session: str = "s1", text: str = "count the crates") -> RunRecord:
    return RunRecord(
        run=run,
        session=session,
        project="depot",
        scope=scope,
        owner="coordinate",
        state="open",
        opened=100.0,
        text=text,
        principal="ana",
    )


def entry_of(run: str, index: int = 0, scope: Scope = ACME, *, task: str = '{"text":"count"}') -> Entry:
    return Entry(
        run=run,
        index=index,
        parent=0 if index else None,
        relation=Relation.DELEGATE,
        owner="coordinate",
        sender="coordinate" if index else "user",
        agent="count" if index else "coordinate",
        contract="Count@1",
        task=task,
        packet='{"passed":[]}',
        scope=scope,
        opened=101.0 + index,
        reason="crates are counted there",
        acceptance=Acceptance(at_most=80, mentions=("crates",)) if index else Acceptance(),
        budget=Budget(tokens=10, micros=20, seconds=3.5, hops=4),
        hop=1 if index else 0,
    )


def closed(entry: Entry, text: str = "7 crates") -> Entry:
    outcome = f'{{"kind":"Answer","value":{{"text":"{text}"}}}}'
    cost = Cost(tokens=3, micros=5, seconds=0.25, hops=1)
    return entry.model_copy(update={"outcome": outcome, "cost": cost, "closed": 110.0 + entry.index})


def ending(entry: Entry, text: str = "7 crates") -> Closing:
    """Return the fact that makes `entry` what `closed` returns."""
    end = closed(entry, text)
    assert end.outcome is not None
    assert end.closed is not None
    return Closing(run=end.run, index=end.index, outcome=end.outcome, cost=end.cost, closed=end.closed)


def use_of(run: str, index: int = 1, ordinal: int = 0, *, arguments: str = '{"where":"quay"}') -> ToolUse:
    return ToolUse(key=f"{run}:{index}:{ordinal}", tool="look", arguments=arguments)


def ended(use: ToolUse, result: str = "7", *, failed: bool = False) -> ToolUse:
    return use.model_copy(update={"result": result, "failed": failed})
