"""Tests are repeated under other circumstances, and only what the candidate brought is its fault."""

import subprocess
import sys
from collections.abc import Mapping
from itertools import islice
from pathlib import Path

import pytest

from improver.experiments import Repetition
from improver.ports import Layout
from improver.records import File, Tree
from improver.verify import repeating
from improver.verify.circumstances import environment, named, rounds, wishes
from improver.verify.configuration import Configuration
from improver.verify.repeating import Repeater, affordable
from improver.verify.sandbox import Sandbox
from improver.verify.suite import Rig, run_suite
from tests.improver.judging import PACKAGED

LAYOUT = Layout(("",), ("pier",), ("tests",), sys.executable)


def test_every_round_sets_each_thing_once() -> None:
    for together in islice(rounds(7), 6):
        env = [name for one in together for name in one.env]
        wish = [name for one in together for name in one.wish]
        assert (len(env), len(wish)) == (len(environment(together)), len(wishes(together)))
    seeds = [environment(together)["PYTHONHASHSEED"] for together in islice(rounds(7), 6)]
    assert seeds == ["1", "2", "3", "4", "5", "6"]
    fourth = "hash seed 4 with a clock before the hour is changed"
    assert named(next(islice(rounds(7), 3, None))) == fourth


@pytest.mark.parametrize(
    ("tests", "budget", "chosen"),
    [
        pytest.param(["a::x", "a::y", "a::z"], 3.0, ("a::z", "a::x"), id="the shortest that fit"),
        pytest.param(["a::y"], 1.0, ("a::y",), id="one at least"),
        pytest.param(["a::y", "b"], 1.0, ("b",), id="a whole file is one"),
        pytest.param(["a::new", "a::new"], 0.0, ("a::new",), id="each once"),
        pytest.param(
            [f"a::{number:03}" for number in range(300)], 1.0, tuple(f"a::{n:03}" for n in range(200)), id="m"
        ),
    ],
)
def test_as_many_tests_as_there_is_time_for(tests: list[str], budget: float, chosen: tuple[str, ...]) -> None:
    assert affordable(tests, {"a::x": 2.0, "a::y": 5.0, "a::z": 1.0}, budget) == chosen


# --- real runs ----------------------------------------------------------------------------------------------------

BASE = {
    "pier/__init__.py": "",
    "pier/a.py": "def first(names):\n    return sorted(names)[0]\n",
    "tests/test_a.py": "from pier.a import first\n\n\ndef test_first():\n    assert first({'c', 'a', 'b'}) == 'a'\n",
    "tests/test_old.py": "seen = []\n\n\ndef test_one():\n    seen.append(1)\n\n\ndef test_two():\n    assert seen\n",
}
NEW = "import datetime, os, random, tempfile, time\nfrom pathlib import Path\n\nseen = []\n\n\n"
FIRST_ROUND = """\
def test_order_1():
    seen.append(1)

def test_order_2():
    assert seen

def test_clock():
    assert abs(time.time() - os.stat("/proc/self").st_mtime) < 3600

def test_folder():
    assert Path("pier/a.py").exists()

def test_draws():
    assert max(random.random() for _ in range(3)) > 0.0002 and random.sample(range(4000), 2) != [0, 1]

def test_west():
    assert time.localtime(0).tm_year == 1970

def test_steady(tmp_path):
    today = datetime.datetime.now()
    assert isinstance(today, datetime.date) and type(today) is datetime.datetime and repr(today).startswith("datetime.")
    assert datetime.date.today() == today.date() and time.localtime().tm_mday == today.day
    tmp_path.joinpath("a").write_text("b")
"""
SECOND_ROUND = """\
def test_hash():
    assert next(iter({"a", "b", "c", "d", "e"})) == "d" or os.environ["PYTHONHASHSEED"] == "0"

def test_year():
    assert abs(datetime.datetime.now().timestamp() - os.stat("/proc/self").st_mtime) < 86400 * 99

def test_locale(tmp_path):
    tmp_path.joinpath("a").write_text("\\u00e9")

def test_home():
    assert "another" not in tempfile.gettempdir() and "another" not in os.path.expanduser("~")

def test_draws():
    assert random.randint(1, 10**9) < 10**9

def test_south():
    assert time.localtime(1_578_000_000).tm_isdst == 0
"""
SUMMER = """\
def test_summer():
    now = datetime.datetime.now()
    assert (now + datetime.timedelta(hours=2)).timestamp() - now.timestamp() == 7200
"""


def tree(files: Mapping[str, str]) -> Tree:
    return {path: File(text.encode()) for path, text in files.items()}


@pytest.fixture(scope="module")
def repeater(strongest: Sandbox) -> Repeater:
    rig = Rig(strongest, LAYOUT, PACKAGED, Configuration())
    return Repeater(rig, tree(BASE), run_suite(rig, tree(BASE)))


def repeated(repeater: Repeater, files: Mapping[str, str], *tests: str) -> Repetition:
    return repeater.repeated(tree(BASE | dict(files)), tests, {})


@pytest.mark.host
@pytest.mark.parametrize(
    ("body", "unsteady"),
    [
        pytest.param(
            FIRST_ROUND,
            {
                "order_2": "reversed order",
                "clock": "a clock one day ahead",
                "folder": "another working directory",
                "draws": "lowest random draws",
                "west": "a time zone 11 hours behind",
            },
            id="order, clock, directory, low draws and a zone in the west",
        ),
        pytest.param(
            SECOND_ROUND,
            {
                "hash": "hash seed 2",
                "year": "a clock one year ahead",
                "locale": "an ASCII locale",
                "home": "another home and temporary directory",
                "draws": "highest random draws",
                "south": "summer time in January",
            },
            id="hash seed, year, locale, home, high draws and a zone in the south",
        ),
        pytest.param(SUMMER, {"summer": "a clock before the hour is changed"}, id="the change to summer time"),
    ],
)
def test_a_new_test_is_named_with_its_circumstance(repeater: Repeater, body: str, unsteady: Mapping[str, str]) -> None:
    found = repeated(repeater, {"tests/test_new.py": NEW + body}, "tests/test_new.py")
    assert found.trouble == ""
    assert found.unsteady == {f"tests/test_new.py::test_{name}": (why,) for name, why in unsteady.items()}


@pytest.mark.host
def test_a_steady_test_stays_so_in_every_round(repeater: Repeater) -> None:
    seeded = "def test_x():\n    random.seed(1)\n    assert round(random.random(), 6) == 0.134364\n"
    found = repeated(repeater, {"tests/test_new.py": NEW + seeded}, "tests/test_new.py", "tests/test_a.py::test_first")
    assert (found.tests, found.unsteady, found.trouble) == (2, {}, "")
    assert dict(found.receipt.counts) == {"runs": PACKAGED.gates.trials.repetitions + 1, "tests": 2}  # one alone


@pytest.mark.host
def test_what_is_as_unsteady_at_base_is_not_the_candidates(repeater: Repeater) -> None:
    both = "tests/test_old.py::test_one", "tests/test_old.py::test_two"
    found = repeated(repeater, {}, *both)
    assert (found.unsteady, found.trouble) == ({}, "")
    assert "tests/test_old.py::test_two: as unsteady at base, reversed order with" in " ".join(found.receipt.notes)
    low = "max(random.random() for _ in range(3)) < 0.0002"  # three in a row, for one alone comes by chance
    drawn = {"pier/a.py": f"import random\n\ndef first(names):\n    return sorted(names)[{low}]\n"}
    assert repeated(repeater, drawn, "tests/test_a.py::test_first").unsteady == {
        "tests/test_a.py::test_first": ("lowest random draws",)
    }


@pytest.mark.host
def test_a_test_that_needs_company_is_named(repeater: Repeater) -> None:
    body = "def test_x(request):\n    assert len(request.session.items) > 2\n\ndef test_y():\n    pass\n"
    found = repeated(repeater, {"tests/test_new.py": NEW + body}, "tests/test_new.py")
    assert found.unsteady == {"tests/test_new.py::test_x": ("alone",)}


@pytest.mark.host
def test_without_a_straight_run_there_is_no_repetition(repeater: Repeater) -> None:
    found = repeated(repeater, {"tests/test_new.py": "x = 1\n"}, "tests/test_new.py")
    assert (found.tests, found.trouble) == (0, "there are no tests")


FREEZER = """
import datetime, time

real_time, real_date = time.time, datetime.date
_real_time_object_ids = {id(real_time), id(real_date)}


class Meta(type):
    pass


class FakeDate(real_date, metaclass=Meta):
    pass


def freeze_and_thaw():
    fakes = {id(real_date): FakeDate}
    assert fakes[id(datetime.date)] is FakeDate, "what it would replace is not what is there"
    datetime.date = FakeDate
    time.time = lambda: 0.0
    datetime.date, time.time = real_date, real_time
"""
THAWED = """
import sys
sys.path.insert(0, sys.argv[1])
import datetime, time
today, at = datetime.date.today(), time.time()
import repeater
repeater.shift_clock(400 * 86400)
import freezegun.api
freezegun.api.freeze_and_thaw()
assert 399 <= (datetime.date.today() - today).days <= 401
assert time.time() - at > 399 * 86400
"""


def test_the_clock_stays_shifted_when_a_test_has_frozen_it(tmp_path: Path) -> None:
    """Classes with a metaclass of their own cannot be derived from shifted ones: `FREEZER` does what freezegun does."""
    (tmp_path / "freezegun").mkdir()
    (tmp_path / "freezegun/__init__.py").write_text("", "utf-8")
    (tmp_path / "freezegun/api.py").write_text(FREEZER, "utf-8")
    guests = str(Path(repeating.__file__).parent)
    argv = [sys.executable, "-c", THAWED, guests]
    ended = subprocess.run(
        argv, env={"PYTHONPATH": str(tmp_path)}, capture_output=True, text=True, check=False, timeout=60
    )
    assert (ended.returncode, ended.stderr) == (0, "")
