"""Proof holds a change to what its author declares about it."""

import pytest

from improver.gate import Example
from improver.gates.proof import proof
from improver.records import GateResult, Ruling, Safety
from tests.improver.judging import judged, judged_change


def confined(before: str, after: str, observable: str) -> GateResult:
    example = Example({"a.py": before}, {"a.py": after}, Safety.CONFINED, observable=observable)
    return judged_change(proof, example.tree(), example.change())


# --- exception cause ----------------------------------------------------------------------------------------------

HANDLER = "def f():\n    try:\n        g()\n    except E{name}:\n        {body}\n"


def handler(body: str, name: str = "") -> str:
    return HANDLER.format(name=f" as {name}" if name else "", body=body)


CAUSES = [
    pytest.param(handler("raise X", "e"), handler("raise X from e", "e"), id="the caught error"),
    pytest.param(handler("raise X"), handler("raise X from e", "e"), id="a new name for the caught error"),
    pytest.param(handler("raise X"), handler("raise X from None"), id="no cause at all"),
    pytest.param(
        "def f():\n    try:\n        g()\n    except A as e:\n        h(e)\n    except B:\n        raise X\n",
        "def f():\n    try:\n        g()\n    except A as e:\n        h(e)\n"
        "    except B as e:\n        raise X from e\n",
        id="a name that another handler binds and drops",
    ),
    pytest.param(
        "try:\n    import a\nexcept ImportError:\n    raise X('a')\n",
        "try:\n    import a\nexcept ImportError as e:\n    raise X('a') from e\n",
        id="at module level",
    ),
]


@pytest.mark.parametrize(("before", "after"), CAUSES)
def test_a_cause_may_be_added(before: str, after: str) -> None:
    result = confined(before, after, "exception cause")
    assert (result.ruling, dict(result.receipt.counts)) == (Ruling.PASS, {"files": 1, "equal": 1}), result.reasons


OTHER_CAUSES = [
    pytest.param(handler("raise X from e", "e"), handler("raise X", "e"), id="a cause is removed"),
    pytest.param(handler("raise X from e", "e"), handler("raise X from None", "e"), id="a cause is changed"),
    pytest.param(handler("raise X", "e"), handler("raise Y from e", "e"), id="another error is raised"),
    pytest.param(handler("raise X", "e"), handler("raise X from h(e)", "e"), id="the cause is computed"),
    pytest.param(handler("raise X", "e"), handler("raise X from other", "e"), id="the cause is another variable"),
    pytest.param(
        handler("e = h(e)\n        raise X", "e"), handler("e = h(e)\n        raise X from e", "e"), id="a rebound name"
    ),
    pytest.param(
        handler("def h():\n            raise X", "e"),
        handler("def h():\n            raise X from e", "e"),
        id="an inner function runs when the name is gone",
    ),
    pytest.param(
        "def f(e):\n    try:\n        g()\n    except E:\n        raise X\n    return e\n",
        "def f(e):\n    try:\n        g()\n    except E as e:\n        raise X from e\n    return e\n",
        id="the new name shadows a parameter",
    ),
    pytest.param(
        "e = 1\ntry:\n    g()\nexcept E:\n    if h():\n        raise X\n",
        "e = 1\ntry:\n    g()\nexcept E as e:\n    if h():\n        raise X from e\n",
        id="the new name unbinds a global",
    ),
    pytest.param(
        "def f():\n    try:\n        g()\n    except A as e:\n        try:\n            h()\n        except B:\n"
        "            raise X\n        k(e)\n",
        "def f():\n    try:\n        g()\n    except A as e:\n        try:\n            h()\n        except B as e:\n"
        "            raise X from e\n        k(e)\n",
        id="the new name unbinds an outer handler's",
    ),
    pytest.param(
        handler("h(locals())\n        raise X"),
        handler("h(locals())\n        raise X from e", "e"),
        id="locals are read",
    ),
    pytest.param(
        "from a import *\ntry:\n    g()\nexcept E:\n    raise X\n",
        "from a import *\ntry:\n    g()\nexcept E as e:\n    raise X from e\n",
        id="a star import may bring the name",
    ),
    pytest.param(
        handler("raise X", "e") + "def h(x):\n    return x.__cause__\n",
        handler("raise X from e", "e") + "def h(x):\n    return x.__cause__\n",
        id="the file reads causes",
    ),
    pytest.param("raise X\n", "raise X from X\n", id="nothing was caught"),
    pytest.param("raise X\n", "raise X\nraise X\n", id="a raise is added"),
    pytest.param(handler("raise X", "e"), handler("raise X from e", "e") + "x = 1\n", id="something else is added"),
]


@pytest.mark.parametrize(("before", "after"), OTHER_CAUSES)
def test_more_than_a_cause_is_refused(before: str, after: str) -> None:
    assert confined(before, after, "exception cause").ruling is Ruling.FAIL


# --- file closing time --------------------------------------------------------------------------------------------


def opening(*body: str) -> str:
    return "def f(p):\n    f = open(p)\n" + "".join(f"    {line}\n" for line in body)


def within(*body: str, then: tuple[str, ...] = ()) -> str:
    inside = "".join(f"        {line}\n" for line in body)
    return "def f(p):\n    with open(p) as f:\n" + inside + "".join(f"    {line}\n" for line in then)


CLOSINGS = [
    pytest.param(
        opening("x = f.read()", "return x"), within("x = f.read()", then=("return x",)), id="read, then go on"
    ),
    pytest.param(opening("f.write('a')", "f.close()"), within("f.write('a')"), id="a close made needless"),
    pytest.param(opening("return f.read()"), within("return f.read()"), id="return from inside"),
    pytest.param(opening("for l in f:", "    yield l"), within("for l in f:", "    yield l"), id="a loop that yields"),
    pytest.param(opening("print(1, file=f)"), within("print(1, file=f)"), id="lent to print"),
    pytest.param(opening("x = [l for l in f]"), within("x = [l for l in f]"), id="drained by a list"),
    pytest.param(
        "import json\n" + opening("return json.load(f)"), "import json\n" + within("return json.load(f)"), id="to json"
    ),
    pytest.param(
        "def f(p):\n    for q in p:\n        if q:\n            g = open(q)\n            h(g.read())\n",
        "def f(p):\n    for q in p:\n        if q:\n            with open(q) as g:\n                h(g.read())\n",
        id="deep in other blocks",
    ),
    pytest.param(
        "def f(p):\n    a = open(p)\n    b = open(p, 'a')\n    b.write(a.read())\n    b.close()\n    a.close()\n",
        "def f(p):\n    with open(p) as a:\n        with open(p, 'a') as b:\n            b.write(a.read())\n",
        id="one in the other",
    ),
]


@pytest.mark.parametrize(("before", "after"), CLOSINGS)
def test_a_file_may_be_closed_earlier(before: str, after: str) -> None:
    result = confined(before, after, "file closing time")
    assert (result.ruling, result.reasons) == (Ruling.PASS, ())


OTHER_CLOSINGS = [
    pytest.param(within("x = f.read()"), opening("x = f.read()"), id="the other way round"),
    pytest.param(opening("x = f.read()", "f.close()"), opening("x = f.read()"), id="a close is dropped without a with"),
    pytest.param(opening("x = f.read()"), within("x = f.read(1)"), id="the body differs"),
    pytest.param(opening("x = f.read()"), within("x = f.read()").replace("(p) as", "(p, 'w') as"), id="another mode"),
    pytest.param(
        opening("f.write('a')", "g(p)", "f.close()"), within("f.write('a')", then=("g(p)",)), id="a late close"
    ),
    pytest.param(opening("return f"), within("return f"), id="returned"),
    pytest.param(opening("x = f.read()", "g(f)"), within("x = f.read()", then=("g(f)",)), id="used after the with"),
    pytest.param(opening("g(f)"), within("g(f)"), id="given to a stranger"),
    pytest.param(opening("x = f"), within("x = f"), id="another name for it"),
    pytest.param(opening("return lambda: f.read()"), within("return lambda: f.read()"), id="a closure"),
    pytest.param(opening("return (l for l in f)"), within("return (l for l in f)"), id="a generator"),
    pytest.param(opening("return map(int, f)"), within("return map(int, f)"), id="a lazy iterator"),
    pytest.param(opening("x = f.readline"), within("x = f.readline"), id="a bound method"),
    pytest.param(opening("f = g(f)"), within("f = g(f)"), id="rebound"),
    pytest.param(
        "from io import open\n" + opening("x = f.read()"),
        "from io import open\n" + within("x = f.read()"),
        id="another open",
    ),
    pytest.param(
        "def list(x):\n    return x\n" + opening("x = list(f)"),
        "def list(x):\n    return x\n" + within("x = list(f)"),
        id="another list",
    ),
    pytest.param(
        "from my import json\n" + opening("x = json.load(f)"),
        "from my import json\n" + within("x = json.load(f)"),
        id="another json",
    ),
    pytest.param("f = open(p)\nx = f.read()\n", "with open(p) as f:\n    x = f.read()\n", id="at module level"),
    pytest.param(
        "def h():\n    class A:\n        f = open(p)\n        x = f.read()\n",
        "def h():\n    class A:\n        with open(p) as f:\n            x = f.read()\n",
        id="an attribute of a class",
    ),
]


@pytest.mark.parametrize(("before", "after"), OTHER_CLOSINGS)
def test_more_than_the_closing_time_is_refused(before: str, after: str) -> None:
    assert confined(before, after, "file closing time").ruling is Ruling.FAIL


# --- the declaration ----------------------------------------------------------------------------------------------


def test_an_unknown_observable_is_refused() -> None:
    result = confined("x = 1\n", "x = 1\n\n", "the weather")
    assert (result.ruling, result.reasons) == (
        Ruling.FAIL,
        ("no proof is known for the observable 'the weather'",),
    )


def test_proved_is_held_to_equality() -> None:
    result = judged(proof, {"a.py": "x = 1\n"}, {"a.py": "x = 2\n"}, Safety.PROVED)
    assert (result.ruling, result.reasons) == (Ruling.FAIL, ("a.py: it is not the same program",))


@pytest.mark.parametrize("safety", [Safety.COVERED, Safety.NEW_TEST, Safety.BEHAVIOUR_CHANGE])
def test_what_claims_less_passes_when_equal_and_abstains_when_not(safety: Safety) -> None:
    same = judged(proof, {"a.py": "x = 1\n"}, {"a.py": "x = (1)\n"}, safety)
    other = judged(proof, {"a.py": "x = 1\n"}, {"a.py": "x = 2\n"}, safety)
    assert (same.ruling, other.ruling) == (Ruling.PASS, Ruling.ABSTAIN)
    assert other.reasons == ("behaviour compared by tests only: differential runs come later",)


@pytest.mark.parametrize(
    ("before", "after", "reason"),
    [
        pytest.param({}, {"a.py": ""}, "a.py: a whole file is added or removed", id="a new file"),
        pytest.param({"a.py": ""}, {"a.py": None}, "a.py: a whole file is added or removed", id="a removed file"),
        pytest.param(
            {"a.txt": "a"},
            {"a.txt": "b"},
            "a.txt: not Python that can be read, so nothing is proved about it",
            id="text",
        ),
        pytest.param(
            {"a.py": "x = 1"},
            {"a.py": "x ="},
            "a.py: not Python that can be read, so nothing is proved about it",
            id="no",
        ),
    ],
)
def test_nothing_is_proved_about_what_cannot_be_compared(
    before: dict[str, str], after: dict[str, str | None], reason: str
) -> None:
    result = judged(proof, before, after, Safety.PROVED)
    assert (result.ruling, result.reasons) == (Ruling.FAIL, (reason,))


def test_an_executable_bit_is_a_change() -> None:
    example = Example({"a.py": "x = 1\n"}, {"a.py": "x = 1\n"}, Safety.PROVED, modes={"a.py": "100755"})
    assert judged_change(proof, example.tree(), example.change()).reasons == ("a.py: its mode changes",)
