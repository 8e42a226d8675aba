"""Proof holds a change to what its author declares about it."""

import pytest

from improver.experiments import Comparison
from improver.gate import Candidate, Example
from improver.gates.proof import proof
from improver.records import GateResult, Receipt, Ruling, Safety
from tests.improver.benches import FakeBench, FakeExperiments
from tests.improver.judging import PACKAGED, judged, judged_change


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
def test_what_claims_less_passes_when_it_is_the_same_program(safety: Safety) -> None:
    assert judged(proof, {"a.py": "x = 1\n"}, {"a.py": "x = (1)\n"}, safety).ruling is Ruling.PASS


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


# --- docstrings and annotations -----------------------------------------------------------------------------------

DOCUMENTED = 'def f(a: int) -> int:\n    """Do."""\n    return a\n'


@pytest.mark.parametrize(
    ("old", "new", "aside"),
    [
        pytest.param("Do.", "Do it.", "docstrings", id="a docstring"),
        pytest.param(" -> int", "", "annotations", id="an annotation"),
        pytest.param('a: int) -> int:\n    """Do."""', "a):", "annotations and docstrings", id="both"),
    ],
)
def test_words_that_nothing_reads_are_no_part_of_the_program(old: str, new: str, aside: str) -> None:
    result = judged(proof, {"a.py": DOCUMENTED}, {"a.py": DOCUMENTED.replace(old, new)})
    assert (result.ruling, result.claim) == (
        Ruling.PASS,
        f"the code before and after is the same program, {aside} aside, which nothing reads",
    )


@pytest.mark.parametrize(
    ("before", "after", "others", "reason"),
    [
        pytest.param(
            DOCUMENTED,
            DOCUMENTED.replace("Do.", "Do it."),
            {"b.py": "import a\nprint(a.f.__doc__)\n"},
            "docstrings may be read: b.py has __doc__",
            id="a docstring that is printed",
        ),
        pytest.param(
            DOCUMENTED,
            DOCUMENTED.replace("a: int", "a: str"),
            {"b.py": "import typer\n"},
            "annotations may be read: b.py has import typer",
            id="annotations that make options",
        ),
        pytest.param(
            "@command\n" + DOCUMENTED,
            "@command\n" + DOCUMENTED.replace("Do.", "Do it."),
            {},
            "docstrings may be read by what f:FunctionDef is made with",
            id="a docstring that a decorator may show",
        ),
        pytest.param(
            "class A(Model):\n    x: int = 1\n",
            "class A(Model):\n    x: str = 1\n",
            {},
            "annotations may be read by what A:ClassDef is made with",
            id="a field",
        ),
    ],
)
def test_words_that_something_may_read_are_not_proved(
    before: str, after: str, others: dict[str, str], reason: str
) -> None:
    result = judged(proof, {"a.py": before, **others}, {"a.py": after})
    assert (result.ruling, result.reasons) == (Ruling.ABSTAIN, (reason,))


# --- by running both ----------------------------------------------------------------------------------------------

RECEIPT = Receipt(("compare",), counts={"recorded": 2, "generated": 50})
OLD = "LIMIT = 1\n\n\ndef f(a):\n    return a + 1\n"


def replayed(
    compared: Comparison, after: str = OLD.replace("a + 1", "1 + a"), safety: Safety = Safety.COVERED
) -> tuple[GateResult, FakeExperiments]:
    experiments = FakeExperiments(compared=compared)
    example = Example({"pier/a.py": OLD}, {"pier/a.py": after}, safety)
    candidate = Candidate(example.tree(), example.change(), PACKAGED, FakeBench(experiments=experiments))
    return proof(candidate), experiments


def test_equal_outcomes_pass_with_their_counts() -> None:
    result, experiments = replayed(Comparison({"pier/a.py::f": 52}, (), {"differs on every run": 1}, RECEIPT))
    assert result.ruling is Ruling.PASS
    assert result.claim.startswith("2 recorded and 50 generated inputs gave the same value, exception, mutation")
    assert result.reasons == ("1 inputs decide nothing: differs on every run",)
    assert [functions for _, functions in experiments.asked] == [("pier/a.py::f",)]


def test_a_counterexample_fails() -> None:
    result, _ = replayed(Comparison({"pier/a.py::f": 52}, ("f(1) gives 2 before, gives 3 now",), {}, RECEIPT))
    assert (result.ruling, result.reasons) == (Ruling.FAIL, ("f(1) gives 2 before, gives 3 now",))


def test_a_function_that_nothing_decided_about_is_named() -> None:
    result, _ = replayed(Comparison({}, (), {"takes too long": 3}, RECEIPT))
    assert (result.ruling, result.reasons) == (
        Ruling.ABSTAIN,
        ("pier/a.py::f: no input was found that decides", "3 inputs decide nothing: takes too long"),
    )


def test_a_mode_is_more_than_words() -> None:
    after = OLD.replace("    return", '    """Return the next."""\n    return')
    example = Example({"pier/a.py": OLD}, {"pier/a.py": after}, Safety.COVERED, modes={"pier/a.py": "100755"})
    experiments = FakeExperiments(compared=Comparison({"pier/a.py::f": 52}, (), {}, RECEIPT))
    result = proof(Candidate(example.tree(), example.change(), PACKAGED, FakeBench(experiments=experiments)))
    assert (result.ruling, result.reasons) == (Ruling.ABSTAIN, ("pier/a.py: its mode changes",))


def test_no_answers_are_no_proof() -> None:
    result, _ = replayed(Comparison({"pier/a.py::f": 9}, (), {}, RECEIPT, "the base gives no answers: it broke off"))
    assert (result.ruling, result.reasons) == (Ruling.ABSTAIN, ("the base gives no answers: it broke off",))


@pytest.mark.parametrize(
    ("differences", "reasons"),
    [
        pytest.param(("f(1) gives 2 before, gives 3 now",), ("f(1) gives 2 before, gives 3 now",), id="seen"),
        pytest.param((), ("no input was found on which the new behaviour differs from the old",), id="not seen"),
    ],
)
def test_a_declared_change_of_behaviour_is_told_and_not_judged(
    differences: tuple[str, ...], reasons: tuple[str, ...]
) -> None:
    compared = Comparison({"pier/a.py::f": 1}, differences, {}, RECEIPT)
    result, _ = replayed(compared, safety=Safety.BEHAVIOUR_CHANGE)
    assert (result.ruling, result.reasons) == (Ruling.ABSTAIN, reasons)


def test_a_constant_is_looked_at_where_the_file_is_imported() -> None:
    compared = Comparison({"pier/a.py::<module>": 1}, (), {}, RECEIPT)
    result, experiments = replayed(compared, OLD.replace("LIMIT = 1", "LIMIT = int(1)"))
    assert result.ruling is Ruling.PASS
    assert [functions for _, functions in experiments.asked] == [("pier/a.py::<module>",)]


@pytest.mark.parametrize(
    ("after", "reason"),
    [
        pytest.param(
            OLD.replace("LIMIT = 1", "LIMIT = 1\nprint(LIMIT)"),
            "pier/a.py: code that runs on import differs in more than imports and constants",
            id="a statement",
        ),
        pytest.param(
            OLD.replace("LIMIT = 1", "class Limit(int):\n    pass"),
            "pier/a.py: code that runs on import differs in more than imports and constants",
            id="a class",
        ),
        pytest.param(
            OLD.replace("def f", "def g"), "pier/a.py::f is gone, so that nothing can be compared with it", id="gone"
        ),
    ],
)
def test_what_calls_cannot_show_is_left_open(after: str, reason: str) -> None:
    compared = Comparison({"pier/a.py::f": 1, "pier/a.py::<module>": 1}, (), {}, RECEIPT)
    result, _ = replayed(compared, after)
    assert (result.ruling, result.reasons) == (Ruling.ABSTAIN, (reason,))


def test_tests_alone_have_nothing_to_compare() -> None:
    result = judged(proof, {"tests/test_a.py": "x = 1\n"}, {"tests/test_a.py": "x = 2\n"}, Safety.NEW_TEST)
    assert (result.ruling, result.reasons) == (Ruling.ABSTAIN, ("no code of the product has two versions",))
