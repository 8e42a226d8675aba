"""What tests may demand, and what hangs on where they run."""

from dataclasses import replace

import pytest

from improver.writing.choice.legible import is_riddle, legible
from improver.writing.choice.surroundings import Surroundings
from tests.improver.calls import case, source

DIGEST = r"b'\x1d32\xcd\xfa\x18\xf6@~\xea\xda\xd1R\xbc/\x845f'"


@pytest.mark.parametrize(
    ("wanted", "riddle"),
    [
        pytest.param(r"b'\x00\x00\x00\x00\x00\x00\x00\x01'", False, id="a number as bytes"),
        pytest.param(r"b'caf\xc3\xa9 r\xc3\xa9sum\xc3\xa9'", False, id="words with accents"),
        pytest.param("'BasicParseTest_2020_01_02'", False, id="words in one"),
        pytest.param("'2020-01-02T03:04:05.678+00:00'", False, id="a moment"),
        pytest.param("'aGVsbG8'", False, id="a short code"),
        pytest.param("'<class \\'int\\'>'", False, id="a type"),
        pytest.param("'expected a positional argument'", False, id="words of the product's own"),
        pytest.param("[1, 2, 3]", False, id="no text"),
        pytest.param("'<sea id=140114813839528>'", True, id="where it is in memory"),
        pytest.param("'1577934245 seconds'", False, id="a number that is no address"),
        pytest.param("'0.3333333333333333'", False, id="a fraction"),
        pytest.param(DIGEST, True, id="a digest"),
        pytest.param("b'a.zTtHCHxvAvT5rXP-SwnQMczQ3uk'", True, id="a signature"),
        pytest.param("{'sum': 'd41d8cd98f00b204e9800998ecf8427e'}", True, id="hexadecimal, within"),
        pytest.param("'(*, a=1, c=__no__default__)'", True, id="a mark from within"),
        pytest.param("[\"'int' object has no attribute 'items'\"]", True, id="what Python says"),
        pytest.param("'f() takes 1 positional argument but 2 were given'", True, id="what Python says of a call"),
    ],
)
def test_what_nobody_can_check_is_a_riddle(wanted: str, riddle: bool) -> None:
    assert is_riddle(wanted, "") is riddle


def test_what_the_call_speaks_of_is_none() -> None:
    assert not is_riddle("'d41d8cd98f00b204e9800998ecf8427e'", "strip(' d41d8cd98f00b204e9800998ecf8427e ')")
    assert not is_riddle("{'__main__': 1}", "names('__main__')")


def test_a_case_keeps_what_can_be_read() -> None:
    checks = (("eq", "result", DIGEST), ("eq", "sea.salt", "b'a'"))
    shows = (frozenset({"one", "two"}), frozenset({"two"}))
    known = replace(case("depth(sea)", checks=checks), shows=shows, kills=frozenset({"one", "two"}))
    assert legible(known) == replace(known, checks=checks[1:], shows=shows[1:], kills=frozenset({"two"}))
    plain = replace(known, checks=checks[1:], shows=shows[1:])
    assert legible(plain) is plain
    refused = replace(known, checks=(("raises", "ValueError", "object is not a rope"),), shows=shows[:1])
    assert legible(refused) is refused


@pytest.mark.parametrize(
    ("subject", "wanted", "kept"),
    [
        pytest.param("result.splitlines()[3]", "'</tr></table>'", False, id="only marks"),
        pytest.param("result.splitlines()[-1]", "'|--|'", False, id="a rule"),
        pytest.param("result.splitlines()[3]", "'<td>7</td>'", True, id="with a number"),
        pytest.param("result", "'<br />'", True, id="the whole"),
    ],
)
def test_a_line_of_marks_says_nothing_of_a_text(subject: str, wanted: str, kept: bool) -> None:
    one = case("depth('a')", kills="m", checks=(("eq", subject, wanted),))
    one = replace(one, shows=(one.kills,))
    assert bool(legible(one).checks) is kept


def test_a_part_that_is_looked_for_in_a_text_can_be_read() -> None:
    parts = ("'the sea is low' in str(result)", "'d41d8cd98f00b204e9800998ecf8427e' in str(result)")
    shows = (frozenset({"one"}), frozenset({"two"}))
    known = replace(case("Sea()", checks=tuple(("is", part, "True") for part in parts)), shows=shows)
    assert legible(known).checks == (("is", parts[0], "True"),)


def test_a_constant_is_not_what_a_call_comes_to() -> None:
    checks = (("eq", "result.MAX_DEPTH", "100"), ("eq", "result.depth", "3"), ("eq", "result.X", "1"))
    shows = (frozenset({"one"}), frozenset({"two"}), frozenset({"two"}))
    known = replace(case("Sea()", checks=checks), shows=shows, kills=frozenset({"one", "two"}))
    assert legible(known).checks == checks[1:]


PORT = source("""\
def chart(depths, width=None, *, frame=False):
    if not width:
        width = shutil.get_terminal_size().columns
    if frame:
        width -= os.environ.get("FRAME", 2)
    return depths * width


def shown(depths, **how):
    return chart(depths, **how)


def wide(depths, columns=None):
    return chart(depths, columns)


def plain(depths):
    return chart(depths)


def fixed(depths):
    return chart(depths, 80)


def sounds():
    try:
        subprocess.check_call(["sonar", "--version"])
    except OSError:
        return False
    return True


class Sea:
    def span(self, width=None):
        return "~" * (width or 10)

    def map(self, width=None):
        return chart(self, width=width)

    def tell(self, width=None):
        return chart(self, width)


class Lake:
    def tell(self):
        return "still"
""")


@pytest.mark.parametrize(
    ("name", "call", "depends"),
    [
        ("chart", "chart([1], 20)", False),
        ("chart", "chart([1], width=20, frame=True)", False),
        ("chart", "chart([1])", True),
        ("chart", "chart([1], width=0)", True),
        ("shown", "shown([1], width=20)", False),
        ("shown", "shown([1])", True),
        ("wide", "wide([1], 20)", False),
        ("wide", "wide([1])", True),
        ("plain", "plain([1])", True),
        ("fixed", "fixed([1])", False),
        ("fixed", "fixed(os.getcwd())", True),
        ("sounds", "sounds()", True),
        ("Sea.float", "Sea().map()", True),  # whatever it is a test of
        ("Sea.map", "Sea().map(80)", False),
        ("Sea.span", "Sea().span()", False),
        ("Sea.tell", "Sea().tell()", True),
        ("Sea.map", "Sea().tell()", False),  # which of the two it calls nobody knows
    ],
)
def test_what_a_call_leaves_to_the_terminal(name: str, call: str, depends: bool) -> None:
    assert Surroundings.of(PORT).decide(case(call, name=name)) is depends


@pytest.mark.parametrize(
    ("body", "depends"),
    [
        pytest.param("if sea is None:\n        sea = os.getcwd()", True, id="for nothing"),
        pytest.param("if not sea:\n        tide = 1\n        sea = os.getcwd()", True, id="among others"),
        pytest.param("if more is None:\n        sea = os.getcwd()", True, id="for nothing by name"),
        pytest.param("sea = sea or os.getcwd()", True, id="or else"),
        pytest.param("return sea if sea else os.getcwd()", True, id="what it is given, or what is around"),
        pytest.param("return os.getcwd() if more is None else more", True, id="what is around, or what it is given"),
        pytest.param("if sea is not None:\n        tide = 1\n    else:\n        sea = os.getcwd()", True, id="else"),
        pytest.param("sea = os.getcwd() or sea", False, id="what is around comes first"),
        pytest.param("return sea and os.getcwd()", False, id="only where something is given"),
        pytest.param("return sea if sea > 80 else os.getcwd()", False, id="it depends on more"),
        pytest.param("if sea is None:\n        sea = 80", False, id="it knows what to do"),
        pytest.param("if sea > 80:\n        sea = os.getcwd()", False, id="for something"),
        pytest.param(
            "tide = 0\n    if not tide:\n        sea = os.getcwd()", False, id="for what is not its own to say"
        ),
    ],
)
def test_what_a_function_looks_around_for(body: str, depends: bool) -> None:
    known = Surroundings.of(source(f"def depth(sea=None, *, more=None):\n    {body}\n"))
    assert known.decide(case("depth()")) is depends
    assert not known.decide(case("depth(3, more=1)"))


@pytest.mark.parametrize(
    ("body", "depends"),
    [
        pytest.param("return depth(**tide)", False, id="which may hold it"),
        pytest.param("return depth(frame=tide)", True, id="without it"),
        pytest.param("return sea.depth()", False, id="of who knows what"),
        pytest.param("return depth(sea)", False, id="as it was given"),
    ],
)
def test_who_hands_on_what_is_looked_around_for(body: str, depends: bool) -> None:
    text = "def depth(sea=None, frame=False):\n    if not sea:\n        sea = os.getcwd()\n"
    known = Surroundings.of(source(f"{text}\n\ndef chart(sea=None, **tide):\n    {body}\n"))
    assert known.decide(case("chart(2)", name="chart")) is depends


@pytest.mark.parametrize(
    ("module", "line", "depends"),
    [
        pytest.param("has_tide = False", "if not has_tide:\n            raise ValueError", True, id="it says so"),
        pytest.param("has_tide = False", "if has_tide:\n            sea = 1", False, id="it does without"),
        pytest.param("has_tide = False", "if not sea:\n            raise ValueError", False, id="for something else"),
        pytest.param("has_tide = 'old'", "if not has_tide:\n            raise ValueError", False, id="another part"),
    ],
)
def test_who_is_refused_for_what_is_not_installed_is_not_where_it_is(module: str, line: str, depends: bool) -> None:
    body = f"class Depth:\n    def __init__(self, sea):\n        {line}\n"
    known = Surroundings.of(source(f"try:\n    import tide\nexcept ImportError:\n    {module}\n\n\n{body}"))
    assert known.decide(case("Depth(1)", name="Depth.__init__")) is depends


@pytest.mark.parametrize(
    ("line", "depends"),
    [
        pytest.param("return isinstance(sea, tides)", True, id="never asked for"),
        pytest.param("return [one for one in sea if isinstance(one, tides)]", True, id="the end of a question"),
        pytest.param("return bool(tides) and isinstance(sea, tides)", True, id="asked for in a call"),
        pytest.param("return tides and isinstance(sea, tides)", False, id="first asked for"),
        pytest.param(
            "if not tides:\n        return 0\n    return isinstance(sea, tides)", False, id="nothing without it"
        ),
        pytest.param("return 0 if tides is None else isinstance(sea, tides)", False, id="another value without it"),
        pytest.param("return isinstance(sea, str)", False, id="not used"),
    ],
)
def test_who_uses_what_may_not_be_installed_asks_for_it_or_depends_on_it(line: str, *, depends: bool) -> None:
    text = "try:\n    import tide\nexcept ImportError:\n    tides = ()\nelse:\n    tides = (tide.Tide,)\n"
    known = Surroundings.of(source(f"{text}\n\ndef depth(sea):\n    {line}\n"))
    assert known.decide(case("depth(1)")) is depends


@pytest.mark.parametrize(("name", "depends"), [("Ebb.is_tide", True), ("Sea.is_tide", False)])
def test_of_several_methods_of_one_name_that_of_the_call_decides(name: str, *, depends: bool) -> None:
    text = "try:\n    import tide\nexcept ImportError:\n    tides = ()\nelse:\n    tides = (tide.Tide,)\n"
    ways = {"Ebb": "isinstance(one, tides)", "Sea": "one == 1"}
    classes = "".join(
        f"\n\nclass {owner}:\n    @classmethod\n    def is_tide(cls, one):\n        return {way}\n"
        for owner, way in ways.items()
    )
    known = Surroundings.of(source(text + classes))
    assert known.decide(case(f"{name}(1)", name=name)) is depends


PARTS = {
    "in the handler": "try:\n    import tide\nexcept ImportError:\n    tide = None\n",
    "before": "tide: object = None\ntry:\n    import tide\nexcept ImportError:\n    pass\n",
    "always there": "import tide\nebb = None\n",
}


@pytest.mark.parametrize(
    ("parts", "line", "depends"),
    [
        pytest.param("in the handler", "from pier._parts import tide", True, id="another file says so"),
        pytest.param("before", "from ._parts import tide", True, id="it is nothing before it is imported"),
        pytest.param("in the handler", "from pier._parts import tide as sea", False, id="under another name"),
        pytest.param("in the handler", "from pier.others import tide", False, id="of another file"),
        pytest.param("always there", "from pier._parts import tide", False, id="it is always there"),
    ],
)
def test_what_another_file_may_lack_is_not_demanded(parts: str, line: str, *, depends: bool) -> None:
    body = f"{line}\n\n\ndef depth(deep):\n    if tide is None:\n        raise RuntimeError\n    return deep\n"
    known = Surroundings.of(source(body), [source(PARTS[parts], "pier/_parts.py")])
    assert known.decide(case("depth(1)")) is depends


@pytest.mark.parametrize(
    ("line", "depends"),
    [
        pytest.param("path.write_text('a\\n')", False, id="a text"),
        pytest.param("path.write_bytes(b'a\\r\\n')", False, id="bytes"),
        pytest.param("sea = depth('a\\r\\n')", False, id="no file"),
        pytest.param("path.write_text('a\\r\\n')", True, id="a text with ends of lines that a system may change"),
        pytest.param("with box as file:\n    file.write('a\\r')", True, id="in a context"),
    ],
)
def test_not_every_system_writes_all_ends_of_lines_alike(line: str, depends: bool) -> None:
    assert Surroundings.of(PORT).decide(case("depth(path)", setup=(line,))) is depends


@pytest.mark.parametrize(
    ("call", "name", "subject", "wanted", "kept"),
    [
        pytest.param("depth(1, loud=True)", "depth", "result.loud", "True", False, id="a function holds what it got"),
        pytest.param("depth(1, loud=True)", "depth", "result.loud", "False", True, id="it holds something else"),
        pytest.param("depth(1, loud=True)", "depth", "result.size", "True", True, id="under another name"),
        pytest.param(
            "Box(1, loud=True)", "Box.__init__", "result.loud", "True", True, id="a class is there to hold it"
        ),
    ],
)
def test_that_what_was_given_is_held_by_its_name_is_not_demanded_of_a_function(
    call: str, name: str, subject: str, wanted: str, *, kept: bool
) -> None:
    one = replace(case(call, name=name, checks=(("is", subject, wanted),)), shows=(frozenset("m"),))
    assert bool(legible(one).checks) is kept


@pytest.mark.parametrize(
    ("call", "setup", "depends"),
    [
        pytest.param("Box({1, 2}).pop()", (), True, id="any one of two"),
        pytest.param("box.pop()", ("box = Box({1, 2})",), True, id="of what was made before"),
        pytest.param("Box({1}).pop()", (), False, id="there is but one"),
        pytest.param("Box([1, 2]).pop()", (), False, id="the last of a list"),
        pytest.param("Box({1, 2}).pop(2)", (), False, id="the one that is named"),
        pytest.param("Box({1, 2}).total()", (), False, id="all of them"),
    ],
)
def test_which_of_several_a_set_gives_away_nobody_has_said(call: str, setup: tuple[str, ...], depends: bool) -> None:
    assert Surroundings.of(PORT).decide(case(call, setup=setup)) is depends
