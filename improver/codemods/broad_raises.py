"""Expect the exception that is meant: ``pytest.raises(Exception)`` names the type that the tested code raises."""

import ast
from collections.abc import Iterable, Iterator

from improver.codemod import Abstain, Codemod, Rewrite, Site, fitted, replaced
from improver.names import is_builtin
from improver.observer import Project
from improver.records import Safety
from improver.rewriting.origins import origin
from improver.rewriting.raising import Expectation, expectation, last_name
from improver.source import Function, Source

ANYTHING = frozenset({"Exception", "BaseException"})
UNNAMED = "anything"
DEPTH = 2  # calls that are followed where one does nothing but the next
_HEAD = (
    "import pytest\n\n\ndef area(w):\n    if w < 0:\n        raise ValueError(w)\n    return w\n\n\n"  # of the traps
)


class BroadRaises(Codemod):
    """Name the one type that what is called raises."""

    TITLE = "Expect the exception that is meant, not any"
    WHY = "A test that accepts any exception passes as well when what it calls is not there or takes other arguments."
    SAFE_WHEN = (
        "The block holds one statement, a call of what the project defines once, and that code, or the one call that it"
        " is made of, raises one type in so many words. The name of the type is Python's own or at hand in the file of"
        " the test. Only that type passes from now on: the changed test asks for more, and where it holds, that type"
        " was raised."
    )
    SAFETY = Safety.CHANGED_TEST
    VALUE = 4
    NODES = (ast.With,)
    TESTS = True

    def suspects(self, node: ast.AST, source: Source) -> str | None:
        """Say which expectation any exception meets."""
        assert isinstance(node, ast.With), "NODES names nothing else"
        expected = expectation(node, source)
        if expected is None or expected.call.keywords or not _is_anything(expected):
            return None
        call = _call_of(node)
        if call is None or not last_name(call.func):
            return None
        return f"any exception of `{ast.unparse(call.func)}` meets this expectation, also one that nobody meant"

    def rewrite(self, site: Site) -> Rewrite | Abstain:
        """Put the type in the place of the broad one."""
        node, source = site.node, site.source
        assert isinstance(node, ast.With), "suspects saw a with"
        expected, call = expectation(node, source), _call_of(node)
        assert expected is not None, "suspects saw the expectation"
        assert call is not None, "suspects saw the call"
        found = sorted(set(_raised(last_name(call.func), site)))
        if len(found) != 1 or UNNAMED in found:
            return Abstain(f"it may raise {' or '.join(found)}" if found else "what it raises is not evident")
        name = _at_hand(found[0], site)
        if name is None:
            return Abstain(f"the file has no name for {found[0]}")
        broad = expected.types[0]
        line = source.lines[broad.lineno - 1].encode()
        edited = line[: broad.col_offset] + name.encode() + line[broad.end_col_offset or 0 :]
        return fitted(source, replaced(source, broad.lineno, broad.lineno, edited.decode()))

    CHANGES = (
        (
            _HEAD + "def test_area():\n    with pytest.raises(Exception):  # negative\n        area(-1)\n",
            _HEAD + "def test_area():\n    with pytest.raises(ValueError):  # negative\n        area(-1)\n",
        ),
        (
            "class Wrong(Exception):\n    pass\n\n\nclass Box:\n    def __init__(self, w):\n        if w < 0:\n"
            "            raise Wrong\n        self.w = w\n\n\nclass TestBox(TestCase):\n    def test_box(self):\n"
            "        with self.assertRaises(Exception) as caught:\n            box = Box(-1)\n        print(caught)\n",
            "class Wrong(Exception):\n    pass\n\n\nclass Box:\n    def __init__(self, w):\n        if w < 0:\n"
            "            raise Wrong\n        self.w = w\n\n\nclass TestBox(TestCase):\n    def test_box(self):\n"
            "        with self.assertRaises(Wrong) as caught:\n            box = Box(-1)\n        print(caught)\n",
        ),
        (
            "from pytest import raises\r\n\r\n\r\nasync def fetch(x):\r\n\tcheck(x)\r\n\r\n\r\ndef check(x):\r\n"
            "\traise KeyError(x)\r\n\r\n\r\nasync def test_fetch():\r\n\twith raises(BaseException):\r\n"
            "\t\tawait fetch(1)\r\n",
            "from pytest import raises\r\n\r\n\r\nasync def fetch(x):\r\n\tcheck(x)\r\n\r\n\r\ndef check(x):\r\n"
            "\traise KeyError(x)\r\n\r\n\r\nasync def test_fetch():\r\n\twith raises(KeyError):\r\n"
            "\t\tawait fetch(1)\r\n",
        ),
        (
            "import pytest\n\n\nclass Box:\n    def grow(self, by):\n        if by < 0:\n            raise ValueError\n"
            "        if by > 9:\n            raise ValueError(by)\n\n\ndef test_grow(box):\n"
            "    with pytest.raises(Exception):\n        box.grow(\n            by=-1,\n        )\n",
            "import pytest\n\n\nclass Box:\n    def grow(self, by):\n        if by < 0:\n            raise ValueError\n"
            "        if by > 9:\n            raise ValueError(by)\n\n\ndef test_grow(box):\n"
            "    with pytest.raises(ValueError):\n        box.grow(\n            by=-1,\n        )\n",
        ),
    )
    KEEPS = (
        # It says more than the type already, or the type is not broad.
        _HEAD + "def test_area():\n    with pytest.raises(Exception, match='w'):\n        area(-1)\n",
        _HEAD + "def test_area():\n    with pytest.raises(LookupError):\n        area(-1)\n",
        # Nothing says what is raised: unknown code, none in words, two types, a type that is made elsewhere.
        _HEAD + "def test_area():\n    with pytest.raises(Exception):\n        volume(-1)\n",
        _HEAD + "def go(x):\n    return x.y\n\n\ndef test_go():\n    with pytest.raises(Exception):\n        go(1)\n",
        _HEAD + "def go(x):\n    if x:\n        raise KeyError\n    raise OSError\n\n\ndef test_go():\n"
        "    with pytest.raises(Exception):\n        go(1)\n",
        _HEAD
        + "def go(x):\n    raise make(x)\n\n\ndef test_go():\n    with pytest.raises(Exception):\n        go(1)\n",
        # What is called on the way is one of many things that may raise.
        _HEAD + "def go(x):\n    y = x.z\n    return area(y)\n\n\ndef test_go():\n    with pytest.raises(Exception):\n"
        "        go(1)\n",
        # What is caught inside is not what comes out.
        _HEAD
        + "def go(x):\n    try:\n        raise KeyError\n    except KeyError:\n        x.y()\n\n\ndef test_go():\n"
        "    with pytest.raises(Exception):\n        go(1)\n",
        # Broad is what it raises.
        _HEAD + "def go(x):\n    raise Exception(x)\n\n\ndef test_go():\n"
        "    with pytest.raises(Exception):\n        go(1)\n",
        # Several statements: which of them raises is another question.
        _HEAD + "def test_area():\n    with pytest.raises(Exception):\n        area(1)\n        area(-1)\n",
        # Two definitions of one name.
        _HEAD + "class Box:\n    def area(self):\n        return 1\n\n\ndef test_area():\n"
        "    with pytest.raises(Exception):\n        area(-1)\n",
        # The name is another one here.
        _HEAD + "def ValueError(x):\n    return x\n\n\ndef test_area():\n"
        "    with pytest.raises(Exception):\n        area(-1)\n",
        # Not pytest's, and not Python's own.
        "from shop import raises\n" + _HEAD + "def test_area():\n    with raises(Exception):\n        area(-1)\n",
        "from shop import Exception\n"
        + _HEAD
        + "def test_area():\n    with pytest.raises(Exception):\n        area(-1)\n",
    )


def _is_anything(expected: Expectation) -> bool:
    return len(expected.types) == 1 and isinstance(expected.types[0], ast.Name) and expected.types[0].id in ANYTHING


def _call_of(node: ast.With) -> ast.Call | None:
    """Return the call that is the one statement of the block, awaited or assigned as it may be."""
    value = getattr(node.body[0], "value", None) if len(node.body) == 1 else None
    value = value.value if isinstance(value, ast.Await) else value
    return value if isinstance(value, ast.Call) and isinstance(node.body[0], ast.Expr | ast.Assign) else None


def _raised(name: str, site: Site, depth: int = DEPTH) -> Iterator[str]:
    """Yield the types that the code named `name` raises in words, or else those that what it calls does."""
    function = _defined(name, site)
    if function is None:
        return
    found = list(_in_words(function))
    yield from found
    handed = _handed_on(function)
    if not found and depth and handed != name:
        yield from _raised(handed, site, depth - 1)


def _handed_on(function: Function) -> str:
    """Return the name of what `function` calls when that is all it does, "" when it does more."""
    said = [item for item in function.body if not (isinstance(item, ast.Expr) and isinstance(item.value, ast.Constant))]
    value = getattr(said[0], "value", None) if len(said) == 1 else None
    value = value.value if isinstance(value, ast.Await) else value
    return last_name(value.func) if isinstance(value, ast.Call) else ""


def _defined(name: str, site: Site) -> Function | None:
    """Return the function of this name, or what makes an instance of the class of this name, when there is one."""
    found: list[Function] = []
    for source in _sources(site.project, site.source):
        found += [function for function in source.functions if function.name == name]
        for node in source.of_kind(ast.ClassDef):
            makers = [item for item in node.body if isinstance(item, ast.FunctionDef) and item.name == "__init__"]
            found += makers if node.name == name else []
    return found[0] if len(found) == 1 else None


def _sources(project: Project, source: Source) -> Iterable[Source]:
    return (source, *(other for path, other in project.sources.items() if path != source.path))


def _in_words(function: Function) -> Iterator[str]:
    """Yield the name of each type that `function` itself raises, outside of a try; UNNAMED where no words tell."""
    stack: list[ast.AST] = list(function.body)
    while stack:
        node = stack.pop()
        if isinstance(node, ast.Raise):
            made = node.exc.func if isinstance(node.exc, ast.Call) else node.exc
            name = last_name(made) if made is not None else ""
            yield name if name[:1].isupper() and name not in ANYTHING else UNNAMED
        elif isinstance(node, ast.Try):
            stack += [*node.orelse, *node.finalbody, *(item for one in node.handlers for item in one.body)]
        elif not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Lambda):
            stack += ast.iter_child_nodes(node)


def _at_hand(name: str, site: Site) -> str | None:
    """Return how the test's file can spell the type `name`."""
    source = site.source
    if is_builtin("Exception", source) and is_builtin(name, source):
        return name
    node = ast.Name(name)
    defined = [item for item in source.tree.body if isinstance(item, ast.ClassDef) and item.name == name]
    if is_builtin("Exception", source) and (len(defined) == 1 or origin(node, source).endswith(f".{name}")):
        return name
    return None
