"""Flattened functions do exactly what the nested ones did: every condition, step and result, in the same order."""

import itertools
import random
from collections.abc import Iterator

import pytest

from improver.codemod import Abstain, apply, findings
from improver.codemods.guard_clauses import GuardClauses
from improver.observer import Project
from improver.records import File
from improver.source import Source
from improver.verify.ruff import RuffTool

CONDITIONS = (
    *("ask({0})", "not ask({0})", "ask({0}) == 1", "ask({0}) is not True", "ask({0}) not in (1,)", "(ask({0}))"),
    *("ask({0}) and ask({1})", "ask({0}) or not ask({1})", "not (ask({0}) and ask({1}))", "ask({0}) < 1"),
    *("ask({0}) == 1 and ask({1}) and not ask({2})", "(x := ask({0})) and x"),
)
LEAVES = ("return {0}", "return", "raise ValueError({0})")


def block(chance: random.Random, depth: int, *, loop: bool) -> Iterator[str]:
    """Yield the lines of a random block whose last statement is often an if."""
    for _ in range(chance.randint(1, 2)):
        yield f"step({chance.randint(0, 99)})"
    if depth == 0 or chance.random() < 0.15:
        if chance.random() < 0.4:
            yield leave(chance, loop=loop)
        return
    if chance.random() < 0.2:
        yield f"for i in range({chance.randint(1, 2)}):"
        yield from indented(block(chance, depth - 1, loop=True))
        return
    yield f"if {chance.choice(CONDITIONS).format(*chance.sample(range(4), 3))}:"
    yield from indented(block(chance, depth - 1, loop=loop))
    if chance.random() < 0.5:
        yield "else:"
        if chance.random() < 0.6:
            yield f"    step({chance.randint(100, 199)})"
            yield f"    {leave(chance, loop=loop)}"
        else:
            yield from indented(block(chance, depth - 1, loop=loop))
    if chance.random() < 0.2:
        yield f"step({chance.randint(200, 299)})"


def indented(lines: Iterator[str]) -> Iterator[str]:
    return (f"    {line}" for line in lines)


def leave(chance: random.Random, *, loop: bool) -> str:
    return chance.choice((*LEAVES, "continue") if loop else LEAVES).format(chance.randint(0, 99))


def function(seed: int) -> str:
    lines = indented(block(random.Random(seed), 4, loop=False))  # noqa: S311 - the same programs on every run
    return "\n".join(["def run(ask, step):", *lines, ""])


def flattened(text: str) -> tuple[str, int]:
    """Return `text` with every chain flattened, and how many there were."""
    codemod = GuardClauses()
    for count in itertools.count():
        source = Source.read("a.py", text.encode())
        assert isinstance(source, Source)
        project = Project({"a.py": source}, {"a.py": File(source.data)}, RuffTool())
        done = (apply(codemod, finding, source, project) for finding in findings([codemod], source))
        rewrite = next((item for item in done if not isinstance(item, Abstain)), None)
        if rewrite is None:
            return text, count
        text = rewrite["a.py"].decode()
    raise AssertionError


def trace(text: str, answers: tuple[bool, ...]) -> list[object]:
    """Return everything that a call of the function does, and how it ends."""
    done: list[object] = []

    def ask(place: int) -> bool:
        done.append(("ask", place))
        return answers[place]

    names: dict[str, object] = {}
    exec(compile(text, "a.py", "exec"), names)  # noqa: S102 - our own generated text
    run = names["run"]
    assert callable(run)
    try:
        done.append(run(ask, done.append))
    except ValueError as error:
        done.append(repr(error))
    return done


@pytest.mark.parametrize("start", [0, 100, 200], ids=lambda start: f"a hundred programs from {start}")
def test_a_flattened_function_does_the_same_in_the_same_order(start: int) -> None:
    changed = 0
    for seed in range(start, start + 100):
        before = function(seed)
        after, count = flattened(before)
        changed += count
        for answers in itertools.product((False, True), repeat=4):
            assert trace(after, answers) == trace(before, answers), f"{before}\nbecame\n{after}"
    assert changed > 20


def test_a_flattened_function_is_less_nested() -> None:
    steps = "            x += b\n            x += a\n            print(x)\n"
    before = f"def f(a, b):\n    if a:\n        x = a\n        if b:\n{steps}"
    after, count = flattened(before)
    depths = [max(len(line) - len(line.lstrip()) for line in text.splitlines()) for text in (before, after)]
    assert (count, depths) == (1, [12, 8])
