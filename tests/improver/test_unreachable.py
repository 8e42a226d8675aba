"""A clause that can never run may go, and nothing that only looks like one."""

import ast
from collections.abc import Callable

import pytest

from improver.codemod import Codemod
from improver.discover import discover_classes
from improver.gate import Example
from improver.gates.proof import proof
from improver.judging.unreachable import without_removed
from improver.records import File, GateResult, Ruling, Safety
from improver.source import Source
from tests.improver.benches import FakeBench, ruled, run_of
from tests.improver.judging import judged

PROVED = [
    codemod
    for codemod in (made() for made in discover_classes("improver.codemods", Codemod))  # type: ignore[type-abstract] # the base names the kind
    if codemod.SAFETY is Safety.PROVED
]


def verdict(before: str, after: str, *, others: str = "") -> GateResult:
    base = {"pier/a.py": before} | ({"pier/b.py": others} if others else {})
    return judged(proof, base, {"pier/a.py": after}, Safety.PROVED)


def claims(result: GateResult) -> tuple[Ruling, int]:
    return result.ruling, result.receipt.counts.get("unreachable_clauses", 0)


def chain(*tests: str, scope: str = "def f(a, b):", bodies: str = "x()") -> str:
    """Return a chain of tests; `bodies` names what each branch does, "" for one that is gone."""
    kept = [(test, f"{bodies} + {number}") for number, test in enumerate(tests) if test]
    words = ["if", *["elif"] * len(kept)]
    lines = [f"    {word} {test}:\n        {body}\n" for word, (test, body) in zip(words, kept, strict=False)]
    return f"{scope}\n{''.join(lines)}"


def handlers(*kinds: str) -> str:
    kept = [
        f"    except{f' {kind}' if kind != 'bare' else ''}:\n        {number}\n"
        for number, kind in enumerate(kinds)
        if kind
    ]
    return f"def f():\n    try:\n        g()\n{''.join(kept)}"  # fmt: skip


def without(make: Callable[..., str], *items: str, **more: str) -> tuple[str, str]:
    """Return the text of all items, and the text without those that begin with a minus."""
    return make(*(item.removeprefix("-") for item in items), **more), make(
        *("" if item.startswith("-") else item for item in items), **more
    )


# --- what may go --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param(*without(chain, "a", "-a"), id="a name"),
        pytest.param(*without(chain, "a", "b", "-a", "-b"), id="two names"),
        pytest.param(*without(chain, "a", "b", "a", "-b"), id="one of two"),
        pytest.param(*without(chain, "a.b is None", "b", "-a.b is None"), id="an attribute"),
        pytest.param(*without(chain, "a == 1 and not b", "-a == 1 and not b"), id="combined"),
        pytest.param(*without(chain, "a in ('x', 'y')", "-a in ('x', 'y')"), id="among constants"),
        pytest.param(*without(chain, "isinstance(a, b)", "-isinstance(a, b)"), id="isinstance"),
        pytest.param(*without(chain, "g()", "a", "-a"), id="a call before both"),
        pytest.param(*without(chain, "a", "-a", "g()"), id="a call after both"),
        pytest.param(*without(chain, "a", "-a", "globals().clear()"), id="whatever is done after both"),
        pytest.param(*without(chain, "a", "-a", "b", scope="if 1:"), id="in a module"),
        pytest.param(
            "def f(a):\n    if a: x = 1\n    elif a: x = 2; y = 1\n    else: x = 3\n    return x\n",
            "def f(a):\n    if a: x = 1\n    else: x = 3\n    return x\n",
            id="on one line",
        ),
    ],
)
def test_a_branch_that_asks_again_may_go(before: str, after: str) -> None:
    result = verdict(before, after)
    assert (claims(result)[0], result.reasons) == (Ruling.PASS, ())
    assert result.claim == "the code before and after is the same program, clauses that can never run aside"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param(*without(handlers, "OSError", "-OSError"), id="the same builtin"),
        pytest.param(*without(handlers, "OSError", "-IOError"), id="another name of it"),
        pytest.param(*without(handlers, "OSError", "f()", "KeyError", "-FileNotFoundError"), id="far below"),
        pytest.param(*without(handlers, "(KeyError, OSError)", "-(TimeoutError, KeyError)"), id="tuples"),
        pytest.param(*without(handlers, "BaseException", "-f()"), id="anything after everything"),
        pytest.param(*without(handlers, "BaseException", "-bare"), id="a bare one after everything"),
        pytest.param(*without(handlers, "p.Lost", "q", "-p.Lost"), id="the same dotted name"),
        pytest.param(*without(handlers, "q", "OSError", "-q"), id="the same name"),
    ],
)
def test_a_clause_for_what_is_caught_may_go(before: str, after: str) -> None:
    result = verdict(before, after)
    assert (claims(result), result.reasons) == ((Ruling.PASS, 1), ())


@pytest.mark.parametrize("codemod", PROVED, ids=lambda codemod: f"{codemod.name} is proved by its examples")
def test_the_judge_agrees_with_the_codemods_that_claim_proof(codemod: Codemod) -> None:
    for before, after in codemod.CHANGES:
        result = verdict(before, after)
        assert result.ruling is Ruling.PASS
        assert ast.dump(ast.parse(before)) == ast.dump(ast.parse(after)) or claims(result)[1], (
            "clauses are what is proved"
        )


def test_there_are_codemods_that_claim_proof() -> None:
    assert {codemod.name for codemod in PROVED} >= {"duplicate_elif", "subsumed_except"}


# --- what must not ------------------------------------------------------------------------------------------------

SAME = chain("a", "a")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param(*without(chain, "a", "-b"), id="another test"),
        pytest.param(*without(chain, "a == 1", "-a == 1.0"), id="a number of another type"),
        pytest.param(*without(chain, "b", "-a", "a"), id="the one that runs"),
        pytest.param(chain("a", "b", "a"), chain("b", "", "a"), id="the one that runs, in another order"),
        pytest.param(SAME, SAME.replace("+ 1", "+ 2"), id="other dead code"),
        pytest.param(chain("a", ""), SAME, id="dead code is added"),
        pytest.param(SAME, chain("a", "").replace("+ 0", "+ 7"), id="more is changed"),
        pytest.param(*without(chain, "a", "(a := b)", "-a"), id="rebound between"),
        pytest.param(*without(chain, "a", "g()", "-a"), id="a call between"),
        pytest.param(*without(chain, "g()", "-g()"), id="a call"),
        pytest.param(*without(chain, "a[0]", "-a[0]"), id="an item"),
        pytest.param(*without(chain, "a + b", "-a + b"), id="arithmetic"),
        pytest.param(*without(chain, "a in b", "-a in b"), id="an iterator is used up"),
        pytest.param(*without(chain, "[*a]", "-[*a]"), id="unpacking"),
        pytest.param(*without(chain, "f'{a}'", "-f'{a}'"), id="formatting"),
        pytest.param(*without(chain, "await a", "-await a", scope="async def f(a):"), id="waiting"),
        pytest.param(*without(chain, "a", "-a", scope="class A(M):"), id="in a class"),
        pytest.param(*without(chain, "a", "-a", bodies="yield"), id="the last yield of two"),
        pytest.param(
            chain("isinstance(a, b)", "isinstance(a, b)") + "    globals()['isinstance'] = g\n",
            chain("isinstance(a, b)", "") + "    globals()['isinstance'] = g\n",
            id="another isinstance, set unseen",
        ),
        pytest.param(
            SAME + "h(f.__code__.co_varnames)\n", chain("a", "") + "h(f.__code__.co_varnames)\n", id="names are read"
        ),
        pytest.param(
            "isinstance = g\n" + chain("isinstance(a, b)", "isinstance(a, b)"),
            "isinstance = g\n" + chain("isinstance(a, b)", ""),
            id="another isinstance",
        ),
        pytest.param(
            "class A:\n    def __eq__(self, b):\n        return g()\n" + chain("a == 1", "a == 1"),
            "class A:\n    def __eq__(self, b):\n        return g()\n" + chain("a == 1", ""),
            id="comparing is defined here",
        ),
        pytest.param(
            "class A:\n    __bool__ = g\n" + SAME,
            "class A:\n    __bool__ = g\n" + chain("a", ""),
            id="truth is assigned",
        ),
        pytest.param(
            "def f(a):\n    if a:\n        x()\n    elif a:\n        b = 1\n    return b\n",
            "def f(a):\n    if a:\n        x()\n    return b\n",
            id="it makes a name local",
        ),
        pytest.param(
            "def f(a, b):\n    class A:\n        def g(self):\n            if a: x()\n            elif a: b = 1\n"
            "            return b\n",
            "def f(a, b):\n    class A:\n        def g(self):\n            if a: x()\n            return b\n",
            id="it hides a name of the outer function",
        ),
        pytest.param(
            "def f(a):\n    if a:\n        x()\n    elif a:\n        global b\n    b = 1\n",
            "def f(a):\n    if a:\n        x()\n    b = 1\n",
            id="it makes a name global",
        ),
        pytest.param(
            "if a:\n    x()\nelif a:\n    b: int = 1\n", "if a:\n    x()\n", id="it makes the module have annotations"
        ),
        pytest.param(
            "def f(a):\n    if a:\n        x()\n    else:\n        if a:\n            y()\n        z()\n",
            "def f(a):\n    if a:\n        x()\n    else:\n        z()\n",
            id="an if of its own is left to a human",
        ),
    ],
)
def test_a_branch_that_might_run_stays(before: str, after: str) -> None:
    assert claims(verdict(before, after)) == (Ruling.FAIL, 0)


@pytest.mark.parametrize(
    ("others", "ruling"),
    [
        pytest.param("", Ruling.PASS, id="nothing is known about the attribute"),
        pytest.param("class A:\n    @property\n    def b(self):\n        return g()\n", Ruling.FAIL, id="a property"),
        pytest.param("class A:\n    def b(self):\n        pass\n", Ruling.FAIL, id="a method"),
        pytest.param("class A:\n    b = property(g)\n", Ruling.FAIL, id="a property without decorator"),
        pytest.param("class A:\n    b: int = functools.cached_property(g)\n", Ruling.FAIL, id="a cached one"),
        pytest.param("class A:\n    b = 1\n    def bb(self):\n        return self.b\n", Ruling.PASS, id="plain data"),
    ],
)
def test_an_attribute_that_another_file_computes_is_no_plain_one(others: str, ruling: Ruling) -> None:
    assert verdict(chain("a.b", "a.b"), chain("a.b", ""), others=others).ruling is ruling
    assert verdict(handlers("a.b", "a.b"), handlers("a.b", ""), others=others).ruling is ruling


TWO = handlers("OSError", "FileNotFoundError")
ONE = handlers("OSError", "")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param(*without(handlers, "FileNotFoundError", "-OSError"), id="a wider one after"),
        pytest.param(TWO, handlers("", "FileNotFoundError"), id="the one that runs"),
        pytest.param(
            handlers("A", "OSError", "FileNotFoundError"), handlers("OSError", "A", ""), id="in another order"
        ),
        pytest.param(*without(handlers, "Exception", "-KeyboardInterrupt"), id="no subclass"),
        pytest.param(*without(handlers, "Exception", "-bare"), id="a bare one catches more"),
        pytest.param(*without(handlers, "Exception", "-p.Lost"), id="a class of others"),
        pytest.param(*without(handlers, "Exception", "-(KeyError, p.Lost)"), id="one of others among them"),
        pytest.param(*without(handlers, "f()", "-f()"), id="a call"),
        pytest.param(*without(handlers, "q", "f()", "-q"), id="a call between may rebind"),
        pytest.param(*without(handlers, "a[0]", "-a[0]"), id="an item"),
        pytest.param("from p import OSError\n" + TWO, "from p import OSError\n" + ONE, id="imported over"),
        pytest.param("from p import *\n" + TWO, "from p import *\n" + ONE, id="maybe imported over"),
        pytest.param(
            "class FileNotFoundError(X): pass\n" + TWO, "class FileNotFoundError(X): pass\n" + ONE, id="defined"
        ),
        pytest.param(TWO + "    OSError = KeyError\n", ONE + "    OSError = KeyError\n", id="assigned"),
        pytest.param(
            TWO + "import builtins\nbuiltins.OSError = KeyError\n",
            ONE + "import builtins\nbuiltins.OSError = KeyError\n",
            id="assigned to the builtins",
        ),
        pytest.param(
            TWO + "globals()['OSError'] = KeyError\n", ONE + "globals()['OSError'] = KeyError\n", id="set unseen"
        ),
        pytest.param(
            handlers("OSError", "FileNotFoundError as e") + "    return e\n",
            ONE + "    return e\n",
            id="its name is local",
        ),
        pytest.param(TWO.replace("except", "except*"), ONE.replace("except", "except*"), id="groups"),
        pytest.param(
            "class A(M):\n    try:\n        g()\n    except OSError:\n        1\n    except IOError:\n        2\n",
            "class A(M):\n    try:\n        g()\n    except OSError:\n        1\n",
            id="in a class",
        ),
    ],
)
def test_a_clause_that_might_run_stays(before: str, after: str) -> None:
    assert claims(verdict(before, after)) == (Ruling.FAIL, 0)


def test_what_the_suite_ran_is_not_dead() -> None:
    example = Example({"pier/a.py": SAME}, {"pier/a.py": chain("a", "")}, Safety.PROVED)
    asked = FakeBench(baseline=run_of(lines={"pier/a.py": frozenset({1, 2, 4})}))
    entered = FakeBench(baseline=run_of(lines={"pier/a.py": frozenset({1, 2, 4, 5})}))
    assert ruled(proof, example, asked).ruling is Ruling.PASS
    assert ruled(proof, example, entered).reasons == (
        "pier/a.py: line 5 was taken for unreachable, but the base's suite ran it",
    )


def test_only_what_is_gone_is_dropped() -> None:
    before, after = chain("a", "b", "a", "b"), chain("a", "b", "a", "")
    files = [Source.read("a.py", text.encode()) for text in (before, after)]
    old, new = (source for source in files if isinstance(source, Source))
    left = without_removed(old, new, {"a.py": File(old.data)})
    assert left is not None
    assert (left.clauses, left.lines) == (1, frozenset({9}))
    assert left.source.text == before.replace("    elif b:\n        x() + 3\n", "\n\n")
    assert without_removed(old, old, {"a.py": File(old.data)}) is None
