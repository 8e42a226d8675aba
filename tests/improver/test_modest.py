"""New tests need no power that their file does not have, and hide nothing that it imports."""

from collections import Counter

import pytest

from improver.experiments import Case, MutationRun, Recording
from improver.judging.functions import definitions
from improver.records import File
from improver.source import Source
from improver.writing.admitting import admitted
from improver.writing.choice.lasting import is_drawn, is_lasting
from improver.writing.choice.modest import is_modest
from improver.writing.layout.grouping import Written
from improver.writing.layout.unshadowing import unshadowed
from improver.writing.placing import Place, place_for
from improver.writing.targets import Weak
from tests.improver.calls import RECEIPT, source

CHECKS = (("eq", "result", "1"),)


def place_of(text: str) -> Place:
    source = Source.read("tests/test_a.py", File(text.encode()).data)
    assert isinstance(source, Source)
    bound = {"io": ("io", ""), "SEA": None} if "import io" in text else {}
    return Place("tests/test_a.py", source, in_classes=False, bound=bound)


def case_of(call: str, *setup: str, imports: tuple[tuple[str, ...], ...] = (("pier.a", "Pier"),)) -> Case:
    return Case(
        "pier/a.py::Pier.low", call, imports, setup=setup, checks=CHECKS, kills=frozenset({"pier/a.py:2: `1` → `2`"})
    )


@pytest.mark.parametrize(
    ("case", "before", "modest"),
    [
        pytest.param(case_of("Pier(2).low()"), "", True, id="it computes"),
        pytest.param(
            case_of("Pier(path).low()", "path = tmp_path / 'a'", "path.write_text('b')"), "", True, id="files"
        ),
        pytest.param(case_of("Pier(2).low.__wrapped__"), "", False, id="it looks into things"),
        pytest.param(
            case_of("Pier(time.time()).low()", imports=(("pier.a", "Pier"), ("time", ""))), "", False, id="the clock"
        ),
        pytest.param(
            case_of("Pier(time.time()).low()", imports=(("pier.a", "Pier"), ("time", ""))),
            "import time\n\nNOW = time.time()\n",
            False,
            id="once more than before",
        ),
        pytest.param(case_of("next(io)", "io = Pier(2)"), "import io\n", False, id="a module, as it seems"),
        pytest.param(case_of("next(io)", "io = Pier(2)"), "", True, id="a variable"),
    ],
)
def test_a_test_that_a_gate_would_refuse_is_not_written(case: Case, before: str, modest: bool) -> None:
    assert is_modest(Written("test_a", (case,)), place_of(before)) is modest


@pytest.mark.parametrize(
    ("name", "before", "dropped"),
    [
        pytest.param("open", "import pytest\n", "needs another test file", id="it would hide what Python has"),
        pytest.param("sea", "import pytest\n", "", id="a name that nobody has"),
        pytest.param("open", "from pier.a import open\n", "", id="the file has it already"),
    ],
)
def test_no_import_takes_the_name_of_a_built_in_function(name: str, before: str, dropped: str) -> None:
    assert kept_out(f"def {name}(a):\n    return a\n", name, before) == [dropped] * bool(dropped)


def test_what_is_drawn_by_lot_is_not_demanded_but_that_it_is_refused() -> None:
    text = "import random\n\n\ndef lot(a):\n    return random.randint(0, a)\n"
    assert kept_out(text, "lot", "import pytest\n") == ["draws by lot"]
    refused = (("raises", "LotError", "no lot"),)
    assert kept_out(text, "lot", "import pytest\n", refused) == []


def kept_out(text: str, name: str, before: str, checks: tuple[tuple[str, str, str], ...] = CHECKS) -> list[str]:
    """Return why a call of a function with 1 stays out of a test file, nothing where it does not."""
    product, test = Source.read("pier/a.py", text.encode()), Source.read("tests/test_a.py", before.encode())
    assert isinstance(product, Source)
    assert isinstance(test, Source)
    place = place_for("pier/a.py", [test], Recording({}, {}, {}, {}, RECEIPT))
    assert place is not None
    case = Case(f"pier/a.py::{name}", f"{name}(1)", (("pier.a", name),), checks=checks, kills=frozenset({"m"}))
    counts = Counter[str]()
    found = admitted(Weak(product, (), MutationRun({}, (), {}, RECEIPT)), [case], place, counts)
    reasons = [why for why, count in counts.items() if count]
    assert bool(found) is not bool(reasons)
    return reasons


@pytest.mark.parametrize(
    ("body", "lasting"),
    [
        pytest.param("signal.signal(2, a)", True, id="a signal's handler"),
        pytest.param("def g():\n        sys.excepthook = a\n    return g", True, id="in what it defines"),
        pytest.param("return sys.excepthook", False, id="it only looks"),
        pytest.param("return a.signal(2)", False, id="another of the name"),
        pytest.param("settrace(a)", True, id="imported by itself"),
        pytest.param("at.register(a)", True, id="under another name"),
    ],
)
def test_what_changes_the_process_for_good_is_not_called(body: str, lasting: bool) -> None:
    text = source(
        f"import atexit as at\nimport signal\nimport sys\nfrom sys import settrace\n\n\ndef f(a):\n    {body}\n"
    )
    assert is_lasting(definitions(text)["f"][-1], text) is lasting


def test_a_variable_gets_another_name_where_the_file_imports_something_as_it() -> None:
    case = case_of("io.low(made)", "made = 3", "io = Pier(made)")
    after = unshadowed(case, place_of("import io\n"))
    assert (after.setup, after.call) == (("made = 3", "made_2 = Pier(made)"), "made_2.low(made)")


@pytest.mark.parametrize(
    "setup",
    [
        pytest.param("sea = Pier(io.SEEK_SET)", id="the module itself is used"),
        pytest.param("SEA = Pier(2)", id="something of the file's own, as its tests may do"),
    ],
)
def test_other_variables_keep_their_names(setup: str) -> None:
    case = case_of(f"{setup.partition(' ')[0]}.low()", setup)
    assert unshadowed(case, place_of("import io\n")) == case


@pytest.mark.parametrize(
    ("body", "drawn"),
    [
        pytest.param("return random.randint(0, a)", True, id="from a module"),
        pytest.param("return [token_hex(1) for _ in a]", True, id="imported by itself"),
        pytest.param("return a.randint(0, 1)", False, id="from what it is given"),
        pytest.param("return random.Random(a).random()", False, id="from a seed"),
        pytest.param("return random", False, id="it only hands it on"),
    ],
)
def test_a_value_that_is_drawn_by_lot_is_not_demanded(body: str, drawn: bool) -> None:
    text = source(f"import random\nfrom secrets import token_hex\n\n\ndef f(a):\n    {body}\n")
    assert is_drawn(definitions(text)["f"][-1], text) is drawn
