"""Merge tests that differ in literals only into one with parameters, whose ids are their old names."""

import ast
import re
from collections.abc import Sequence
from itertools import takewhile

from improver.codemod import Abstain, Codemod, Rewrite, Site, fitted, replaced
from improver.names import mentioned
from improver.records import Safety
from improver.rewriting.alike import FEWEST, Column, columns, run_from
from improver.rewriting.blocks import renamed
from improver.rewriting.origins import origin
from improver.source import FUNCTIONS, Function, Source


class IdenticalTests(Codemod):
    """Make one parametrized test of several that do the same with other values."""

    TITLE = "Merge tests that differ in values only"
    WHY = "What is tested is read once and the cases side by side, so that a missing one is seen."
    SAFE_WHEN = (
        "At least three tests stand side by side, take the same fixtures, carry no decorator, docstring or comment, and"
        " are the same but for at most three literals. Each becomes one case under the part of its name that is its"
        " own, so that test_parse_empty is test_parse[empty]; the common part is new in its scope, no other test there"
        " begins with it, and nothing in the file speaks of the old names. As many tests run as before, and mutants"
        " tell whether they notice the same."
    )
    SAFETY = Safety.CHANGED_TEST
    VALUE = 4
    NODES = FUNCTIONS
    TESTS = True

    def suspects(self, node: ast.AST, source: Source) -> str | None:
        """Say which tests are the same."""
        assert isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef), "NODES names nothing else"
        run = run_from(node, source)
        if len(run) < FEWEST or not _is_pytest(source) or _common(run) is None or _in_test_case(node, source):
            return None
        return f"{len(run)} tests from `{run[0].name}` to `{run[-1].name}` differ in literals only"

    def rewrite(self, site: Site) -> Rewrite | Abstain:
        """Put the parametrized test in the place of the first and take the others away."""
        node, source = site.node, site.source
        assert isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef), "suspects saw a function"
        run = run_from(node, source)
        found, name = columns(run, source), _common(run)
        if found is None or name is None:
            return Abstain("what differs makes no parameters with names of their own")
        if reason := _in_the_way(run, found, name, source):
            return Abstain(reason)
        outer = source.lines[node.lineno - 1][: node.col_offset]
        cases = [f"{outer}{line}" for line in _decorator(run, found, name, source)]
        text = "".join(f"{line}{source.newline}" for line in cases) + _merged(run[0], found, name, source)
        return fitted(source, replaced(source, node.lineno, run[-1].end_lineno or node.lineno, text))

    CHANGES = (
        (
            "import pytest\n\n\ndef test_parse_empty():\n    assert parse('') == 0\n\n\n"
            "def test_parse_blank():\n    assert parse(' ') == 0\n\n\n"
            "def test_parse_two_words():\n    assert parse('a b') == 2\n\n\nx = 1\n",
            "import pytest\n\n\n@pytest.mark.parametrize(\n    ('text', 'expected'),\n    [\n"
            "        pytest.param('', 0, id='empty'),\n        pytest.param(' ', 0, id='blank'),\n"
            "        pytest.param('a b', 2, id='two_words'),\n    ],\n)\n"
            "def test_parse(text, expected):\n    assert parse(text) == expected\n\n\nx = 1\n",
        ),
        (
            "import pytest\n\n\nclass TestBox:\n    async def test_size_1(self, box) -> None:\n        width = 1\n"
            "        await box.grow(by=3)\n        assert box.area(width) == 3\n\n"
            "    async def test_size_2(self, box) -> None:\n        width = 2\n        await box.grow(by=3)\n"
            "        assert box.area(width) == 6\n\n"
            "    async def test_size_3(self, box) -> None:\n        width = 3\n        await box.grow(by=3)\n"
            '        assert box.area(width) == 9\n\n    x = "a"\n',
            "import pytest\n\n\nclass TestBox:\n    @pytest.mark.parametrize(\n"
            '        ("width", "expected"),\n        [\n            pytest.param(1, 3, id="1"),\n'
            '            pytest.param(2, 6, id="2"),\n            pytest.param(3, 9, id="3"),\n        ],\n    )\n'
            "    async def test_size(self, box, width: int, expected: int) -> None:\n"
            '        await box.grow(by=3)\n        assert box.area(width) == expected\n\n    x = "a"\n',
        ),
        (
            "import pytest\r\n\r\n\r\n"
            "def test_bad_a():\r\n\twith pytest.raises(KeyError, match='a'):\r\n\t\tget('a')\r\n\r\n\r\n"
            "def test_bad_b():\r\n\twith pytest.raises(KeyError, match='b'):\r\n\t\tget('b')\r\n\r\n\r\n"
            "def test_bad_c():\r\n\twith pytest.raises(KeyError, match='c'):\r\n\t\tget('c')\r\n",
            "import pytest\r\n\r\n\r\n@pytest.mark.parametrize('match', ['a', 'b', 'c'])\r\n"
            "def test_bad(match):\r\n\twith pytest.raises(KeyError, match=match):\r\n\t\tget(match)\r\n",
        ),
        (
            "import pytest\n\n\ndef test_is_a():\n    assert is_it(1)\n\n\ndef test_is_b():\n    assert is_it(2)\n\n\n"
            "def test_is_c():\n    assert is_it(None)\n\n\ndef test_not():\n    assert not is_it(3)\n",
            'import pytest\n\n\n@pytest.mark.parametrize(\n    "value",\n    [\n        pytest.param(1, id="a"),\n'
            '        pytest.param(2, id="b"),\n        pytest.param(None, id="c"),\n    ],\n)\n'
            "def test_is(value):\n    assert is_it(value)\n\n\ndef test_not():\n    assert not is_it(3)\n",
        ),
    )
    KEEPS = (
        # Two cases are not worth a table.
        "import pytest\n\n\ndef test_p_a():\n    assert p(1)\n\n\ndef test_p_b():\n    assert p(2)\n",
        # More than literals differs.
        "import pytest\n\n\ndef test_p_a():\n    assert p(1)\n\n\ndef test_p_b():\n    assert p(2)\n\n\n"
        "def test_p_c():\n    assert q(3)\n",
        "import pytest\n\n\ndef test_p_a(x):\n    assert p(1)\n\n\ndef test_p_b(x):\n    assert p(2)\n\n\n"
        "def test_p_c(y):\n    assert p(3)\n",
        # A comment, a docstring or a mark says something about one of them.
        "import pytest\n\n\ndef test_p_a():\n    assert p(1)\n\n\ndef test_p_b():\n    assert p(2)  # why\n\n\n"
        "def test_p_c():\n    assert p(3)\n",
        "import pytest\n\n\ndef test_p_a():\n    'A.'\n    assert p(1)\n\n\ndef test_p_b():\n    'B.'\n"
        "    assert p(2)\n\n\ndef test_p_c():\n    'C.'\n    assert p(3)\n",
        "import pytest\n\n\n@slow\ndef test_p_a():\n    assert p(1)\n\n\n@slow\ndef test_p_b():\n    assert p(2)\n\n\n"
        "@slow\ndef test_p_c():\n    assert p(3)\n",
        # Names without a common part, or one that is taken.
        "import pytest\n\n\ndef test_a():\n    assert p(1)\n\n\ndef test_b():\n    assert p(2)\n\n\n"
        "def test_c():\n    assert p(3)\n",
        "import pytest\n\n\ndef test_p_a():\n    assert p(1)\n\n\ndef test_p_b():\n    assert p(2)\n\n\n"
        "def test_p_c():\n    assert p(3)\n\n\ndef test_p():\n    assert p\n",
        # One of the family would be left beside it, which does more.
        "import pytest\n\n\ndef test_p_a():\n    assert p(1)\n\n\ndef test_p_b():\n    assert p(2)\n\n\n"
        "def test_p_c():\n    assert p(3)\n\n\ndef test_p_d():\n    assert p(4)\n    assert p(5)\n",
        # Somebody speaks of one of them.
        "import pytest\n\n\ndef test_p_a():\n    assert p(1)\n\n\ndef test_p_b():\n    assert p(2)\n\n\n"
        "def test_p_c():\n    assert p(3)\n\n\nslow = [test_p_b]\n",
        # Two parameters would have one name, or that of something else in the test.
        "import pytest\n\n\ndef test_p_a():\n    assert p(1, 2)\n\n\ndef test_p_b():\n    assert p(3, 4)\n\n\n"
        "def test_p_c():\n    assert p(5, 6)\n",
        "import pytest\n\n\ndef test_p_a(number):\n    assert p(1)\n\n\ndef test_p_b(number):\n    assert p(2)\n\n\n"
        "def test_p_c(number):\n    assert p(3)\n",
        # A part of a formatted text is no literal.
        "import pytest\n\n\ndef test_p_a(x):\n    assert p(f'a{x}')\n\n\n"
        "def test_p_b(x):\n    assert p(f'b{x}')\n\n\n"
        "def test_p_c(x):\n    assert p(f'c{x}')\n",
        # unittest knows no parameters; and something stands between.
        "import pytest\n\n\nclass TestP(TestCase):\n    def test_p_a(self):\n        assert p(1)\n\n"
        "    def test_p_b(self):\n        assert p(2)\n\n    def test_p_c(self):\n        assert p(3)\n",
        "import pytest\n\n\ndef test_p_a():\n    assert p(1)\n\n\ndef test_p_b():\n    assert p(2)\n\n\nx = 1\n"
        "\n\ndef test_p_c():\n    assert p(3)\n",
        "def test_p_a():\n    assert p(1)\n\n\n"
        "def test_p_b():\n    assert p(2)\n\n\ndef test_p_c():\n    assert p(3)\n",
    )


def _is_pytest(source: Source) -> bool:
    return origin(ast.Name("pytest"), source) == "pytest"


def _in_test_case(node: ast.AST, source: Source) -> bool:
    """Tell whether a class whose bases are not known here decides how its tests run."""
    above = source.parents[node]
    return isinstance(above, ast.ClassDef) and bool(above.bases or above.keywords)


def _common(run: Sequence[Function]) -> str | None:
    """Return the words that all names begin with, when they say something and each name goes on."""
    words = [node.name.split("_") for node in run]
    level = list(takewhile(lambda column: len(set(column)) == 1, zip(*words, strict=False)))
    shared = [column[0] for column in level]
    apart = {tuple(item[len(shared) :]) for item in words}
    if len(shared) < 2 or () in apart or len(apart) < len(run):
        return None
    return "_".join(shared)


def _in_the_way(run: Sequence[Function], found: Sequence[Column], name: str, source: Source) -> str:
    """Say why the tests cannot be merged, or ""."""
    first = run[0]
    if any(len(re.findall(rf"\b{node.name}\b", source.text)) > 1 for node in run):
        return "the file speaks of one of these tests elsewhere"
    if re.search(rf"\bdef {name}\b", source.text):
        return f"{name} is there already"
    block = getattr(source.parents[first], "body", [])
    if any(isinstance(node, FUNCTIONS) and node.name.startswith(f"{name}_") for node in block if node not in run):
        return "another test of this family would be left beside it"
    if any(column.name.lstrip("=") in mentioned(first) - _assigned(first, column) for column in found):
        return "a parameter would have the name of something else in the test"
    if any(item.lineno != item.end_lineno for column in found for item in column.values):
        return "a value stands on several lines"
    if first.returns is not None and any(column.type is None for column in found):
        return "a parameter would be the only one without an annotation"
    heads = [node for node in run if node.body[0].lineno != node.lineno + 1]
    return "a signature is laid out over several lines" if heads else ""


def _assigned(first: Function, column: Column) -> set[str]:
    """Return the name that a literal is assigned to where the parameter takes its place, if it is once."""
    name = column.name.lstrip("=")
    kept = [node for node in ast.walk(first) if isinstance(node, ast.Name) and node.id == name]
    stores = [node for node in kept if isinstance(node.ctx, ast.Store)]
    return {name} if column.name.startswith("=") and len(stores) == 1 and len(first.body) > 1 else set()


def _decorator(run: Sequence[Function], found: Sequence[Column], name: str, source: Source) -> list[str]:
    quote = "'" if source.text.count("'") > source.text.count('"') else '"'
    names = [f"{quote}{column.name.lstrip('=')}{quote}" for column in found]
    listed = names[0] if len(names) == 1 else f"({', '.join(names)})"
    ids = [node.name.removeprefix(f"{name}_") for node in run]
    rows = [[ast.get_source_segment(source.text, item) or "" for item in column.values] for column in found]
    short = f"@pytest.mark.parametrize({listed}, [{', '.join(rows[0])}])"
    own_ids = [str(item.value) for item in found[0].values]  # pytest's, where there is one value
    if len(found) == 1 and ids == own_ids and run[0].col_offset + len(short) <= source.width:
        return [short]
    lines = ["@pytest.mark.parametrize(", f"{source.indent}{listed},", f"{source.indent}["]
    for own, *values in zip(ids, *rows, strict=True):
        lines.append(f"{source.indent * 2}pytest.param({', '.join(values)}, id={quote}{own}{quote}),")
    return [*lines, f"{source.indent}],", ")"]


def _merged(first: Function, found: Sequence[Column], name: str, source: Source) -> str:
    """Return the first test with parameters for its literals."""
    lines = renamed(source, ((place, column.name.lstrip("=")) for column in found for place in column.places))
    places = [place for column in found if column.name.startswith("=") for place in column.places]
    gone = {item.lineno for item in first.body if isinstance(item, ast.Assign) and item.value in places}
    typed = first.returns is not None
    notes = [f": {column.type.__name__}" if typed and column.type else "" for column in found]
    given = [column.name.lstrip("=") + note for column, note in zip(found, notes, strict=True)]
    arguments = ", ".join([ast.unparse(item) for item in first.args.args] + given)
    kind = "async def" if isinstance(first, ast.AsyncFunctionDef) else "def"
    returns = f" -> {ast.unparse(first.returns)}" if first.returns else ""
    head = f"{source.lines[first.lineno - 1][: first.col_offset]}{kind} {name}({arguments}){returns}:{source.newline}"
    body = [lines[number - 1] for number in range(first.lineno + 1, (first.end_lineno or 0) + 1) if number not in gone]
    return head + "".join(body)
