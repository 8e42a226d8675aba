"""Statements moved to a function of their own leave the function around them with every step, result and error."""

import random
from collections.abc import Iterator

import pytest

from improver.codemod import Abstain
from improver.rewriting.extraction import Cut, flow_of, obstacle
from improver.rewriting.liveness import Liveness, assigned, captured
from improver.rewriting.outlining import Outline, outlined
from improver.source import Source

NAMES = ("a", "b", "c", "d")


def block(chance: random.Random, depth: int, *, loop: bool) -> Iterator[str]:
    """Yield the lines of a random block over a few names, some of which may have no value when they are read."""
    for _ in range(chance.randint(1, 4)):
        kind = chance.randint(0, 9) if depth else chance.randint(0, 4)
        one, two = chance.choice(NAMES), chance.choice(NAMES)
        if kind <= 2:
            yield f"{one} = step({two}) + {chance.randint(0, 9)}"
        elif kind == 3:
            yield chance.choice(
                [f"step({one})", f"{one} += step({two})", f"step([{one} for {one} in range({two} % 3)])"]
            )
        elif kind == 4:
            yield chance.choice(["continue", "break"]) if loop and chance.random() < 0.2 else f"{one} = {two}"
        elif kind <= 6:
            yield from nested(f"if step({one}) % 2:", chance, depth, loop=loop)
            yield from nested("else:", chance, depth, loop=loop) if chance.random() < 0.5 else ()
        elif kind == 7:
            yield from nested(f"for {one} in range(step({two}) % 3):", chance, depth, loop=True)
        else:
            yield from nested("try:", chance, depth, loop=loop)
            yield from nested(chance.choice(["except ValueError:", "finally:"]), chance, depth, loop=loop)


def nested(header: str, chance: random.Random, depth: int, *, loop: bool) -> list[str]:
    return [header, *(f"    {line}" for line in block(chance, depth - 1, loop=loop and header != "finally:"))]


def program(seed: int) -> str:
    lines = block(random.Random(seed), 3, loop=False)  # noqa: S311 - the same programs on every run
    return "\n".join(
        ["def run(a, b, step):", "    c = 1", *(f"    {line}" for line in lines), "    return a, b, c", ""]
    )


def source_of(text: str) -> Source:
    source = Source.read("a.py", text.encode())
    assert isinstance(source, Source)
    return source


def cuts(source: Source) -> Iterator[Cut]:
    """Yield all that stands in one block, two statements at a time."""
    function = source.functions[0]
    for node in source.parents:
        for name in ("body", "orelse", "finalbody"):
            found = getattr(node, name, [])
            if isinstance(found, list) and node is not source.tree:
                for start in range(len(found) - 1):
                    yield Cut(source, function, found[start : start + 2])


def moved(cut: Cut) -> str | None:
    flow = Abstain("") if obstacle(cut) else flow_of(cut)
    if isinstance(flow, Abstain):
        return None
    rewrite = outlined(Outline("_new", [cut], [flow]))
    return None if isinstance(rewrite, Abstain) else rewrite["a.py"].decode()


def trace(text: str, seed: int) -> list[object]:
    """Return every step of a run and how it ends; a step may raise, and the run is stopped after a while."""
    done: list[object] = []
    chance = random.Random(seed)  # noqa: S311 - the same run for both programs

    def step(value: object) -> int:
        done.append(value)
        if len(done) > 60:
            raise TimeoutError
        if chance.random() < 0.1:
            raise ValueError
        return chance.randint(0, 9)

    names: dict[str, object] = {}
    exec(compile(text, "a.py", "exec"), names)  # noqa: S102 - our own generated text
    run = names["run"]
    assert callable(run)
    try:
        done.append(run(1, 2, step))
    except (ValueError, NameError, TimeoutError) as error:
        done.append(type(error))
    return done


@pytest.mark.parametrize("start", [0, 15], ids=lambda start: f"fifteen programs from {start}")
def test_what_was_moved_does_the_same_in_the_same_order(start: int) -> None:
    count = 0
    for seed in range(start, start + 15):
        before = program(seed)
        for cut in list(cuts(source_of(before)))[seed % 5 :: 5]:
            after = moved(cut)
            if after is not None:
                count += 1
                for run in range(4):
                    assert trace(after, run) == trace(before, run), f"{before}\nbecame\n{after}"
    assert count > 10


def test_what_is_needed_later_is_live_on_every_way_there() -> None:
    text = "def f(a, b):\n    x = a\n    for i in b:\n        y = x\n        x = i\n    return y\n"
    function = source_of(text).functions[0]
    live = Liveness(function.body)
    assert live.after[function.body[0]] == {"x", "y", "b"}
    assert live.needed == {"a", "b", "y"}


def test_a_name_is_assigned_where_each_way_to_the_end_binds_it() -> None:
    text = (
        "try:\n    x = f()\nexcept OSError:\n    x = 1\nif x:\n    y = 1\nelse:\n    raise x\nfor z in y:\n    pass\n"
    )
    assert assigned(source_of(text).tree.body) == frozenset({"x", "y"})


def test_only_what_may_read_late_captures() -> None:
    source = source_of("def f(a, b, c):\n    x = any(i for i in a)\n    y = (i for i in b)\n    return lambda: c\n")
    assert captured(source.functions[0], source) == {"i", "b", "c"}


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        pytest.param(
            "def run(a):\n    def b():\n        return 1\n    c = a\n    return b() + c\n",
            "b is a module or a definition, and would go in or come out",
            id="a function that is defined in it",
        ),
        pytest.param(
            "def run(a):\n    import math as b\n    c = b.pi\n    return b.e + c\n",
            "b is a module or a definition, and would go in or come out",
            id="a module that it imports",
        ),
        pytest.param(
            "def run(a):\n    import b\n    c = b.e\n    d = b.pi\n    return c + d\n",
            "",
            id="a module that only it uses",
        ),
    ],
)
def test_what_is_no_value_stays_where_it_is(text: str, reason: str) -> None:
    source = source_of(text)
    function = source.functions[0]
    found = flow_of(Cut(source, function, function.body[: 2 + (not reason)]))
    assert (found.reason if isinstance(found, Abstain) else "") == reason
