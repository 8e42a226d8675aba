"""Draw the same numbers on every run: a test that calls ``random.choice`` gets a generator with a seed of its own."""

import ast
import re

from improver.codemod import Abstain, Codemod, Rewrite, Site, fitted, replaced
from improver.names import mentioned
from improver.records import Safety
from improver.rewriting.blocks import begin_of, renamed
from improver.rewriting.origins import origin
from improver.rewriting.raising import test_around
from improver.source import FUNCTIONS, SCOPES, Function, Source

DRAWS = frozenset(
    {"random", "uniform", "triangular", "randint", "randrange", "choice", "choices", "sample", "shuffle", "getrandbits"}
    | {"randbytes", "gauss", "normalvariate", "lognormvariate", "expovariate", "betavariate", "gammavariate"}
    | {"paretovariate", "vonmisesvariate", "weibullvariate", "binomialvariate"}
)
STEERED = re.compile(r"seed|setstate|getstate|hypothesis|freeze", re.IGNORECASE)  # somebody takes care already
_HEAD = "import random\n\n\n"  # of the traps


class UnseededRandom(Codemod):
    """Give a test that draws random numbers its own generator with a fixed seed."""

    TITLE = "Draw the same random numbers on every run of a test"
    WHY = "A test that fails for one draw in a thousand fails for nobody who looks for the reason."
    SAFE_WHEN = (
        "The test itself calls functions of the module random, which is used in it for nothing else, and nothing in the"
        " file speaks of a seed. The generator is local to the test, so the draws of the tested code and of other tests"
        " stay what they were; the test must hold for the numbers that are drawn now, again and again."
    )
    SAFETY = Safety.CHANGED_TEST
    NODES = FUNCTIONS
    TESTS = True

    def suspects(self, node: ast.AST, source: Source) -> str | None:
        """Say which test draws anew each time."""
        assert isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef), "NODES names nothing else"
        if not node.name.startswith("test") or test_around(node.body[0], source) is not node:
            return None
        if not _is_module("random", source) or STEERED.search(source.text):
            return None
        drawn = sorted({f"random.{call.attr}" for call in _draws(node)})
        return f"`{'` and `'.join(drawn)}` draw other numbers on every run" if drawn else None

    def rewrite(self, site: Site) -> Rewrite | Abstain:
        """Make a generator at the beginning of the test and draw from it."""
        node, source = site.node, site.source
        assert isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef), "suspects saw a test"
        draws = _draws(node)
        if reason := _in_the_way(node, draws):
            return Abstain(reason)
        place = next(at for at, item in enumerate(node.body) if draws[0] in ast.walk(item))
        first = node.body[place]
        begin = begin_of(first, (node.body[place - 1].end_lineno or 0) if place else node.lineno, source)
        margin = source.lines[begin - 1][: first.col_offset]
        lines = renamed(source, ((item.value, "rng") for item in draws))
        gap = source.newline if isinstance(first, SCOPES) else ""
        lines.insert(begin - 1, f"{margin}rng = random.Random(0){source.newline}{gap}")
        return fitted(source, replaced(source, 1, len(source.lines), "".join(lines)))

    CHANGES = (
        (
            "import random\n\n\ndef test_sort():\n    rows = [random.random() for _ in range(9)]\n"
            "    random.shuffle(rows)  # once more\n    assert sort(rows) == sorted(rows)\n",
            "import random\n\n\ndef test_sort():\n    rng = random.Random(0)\n"
            "    rows = [rng.random() for _ in range(9)]\n    rng.shuffle(rows)  # once more\n"
            "    assert sort(rows) == sorted(rows)\n",
        ),
        (
            "import random as r\nimport random\n\n\nclass TestSort:\n    def test_sort(self):\n"
            '        """Sort anything."""\n\n        # anything\n        rows = random.sample(range(99), k=9)\n'
            "        assert sort(rows)\n",
            "import random as r\nimport random\n\n\nclass TestSort:\n    def test_sort(self):\n"
            '        """Sort anything."""\n\n        rng = random.Random(0)\n        # anything\n'
            "        rows = rng.sample(range(99), k=9)\n        assert sort(rows)\n",
        ),
        (
            "import random\r\n\r\n\r\nasync def test_wait():\r\n\tawait wait(random.uniform(0, 1))\r\n",
            "import random\r\n\r\n\r\nasync def test_wait():\r\n\trng = random.Random(0)\r\n"
            "\tawait wait(rng.uniform(0, 1))\r\n",
        ),
        (
            "import random\n\n\ndef test_pick(\n    box,\n):\n    def pick():\n        return random.choice(box)\n\n"
            "    assert pick() in box\n",
            "import random\n\n\ndef test_pick(\n    box,\n):\n    rng = random.Random(0)\n\n    def pick():\n"
            "        return rng.choice(box)\n\n    assert pick() in box\n",
        ),
    )
    KEEPS = (
        # Seeded here, at the top, or by a fixture; searched through by a tool.
        _HEAD + "def test_f():\n    random.seed(1)\n    assert f(random.random())\n",
        _HEAD + "random.seed(1)\n\n\ndef test_f():\n    assert f(random.random())\n",
        _HEAD + "def test_f(seed):\n    assert f(random.random())\n",
        "from hypothesis import given\n" + _HEAD + "@given(x)\ndef test_f(x):\n    assert f(random.random())\n",
        # The module itself is handed on, replaced or compared.
        _HEAD + "def test_f():\n    assert f(random) == random.random()\n",
        _HEAD + "def test_f():\n    assert f(random.random()).pick is random.choice\n",
        _HEAD + "def test_f(monkeypatch):\n    monkeypatch.setattr(random, 'random', one)\n"
        "    assert f(random.random())\n",
        _HEAD + "@mark.parametrize('x', [random.random()])\ndef test_f(x):\n    assert f(x, random.random())\n",
        # Not the module.
        "from shop import random\n\n\ndef test_f():\n    assert f(random.random())\n",
        "import random\nrandom = make()\n\n\ndef test_f():\n    assert f(random.random())\n",
        # A generator of its own; one from the system has no seed.
        _HEAD + "def test_f():\n    rng = random.Random(3)\n    assert f(rng.random())\n",
        _HEAD + "def test_f():\n    assert f(random.SystemRandom().random())\n",
        # No test, and the name is taken.
        _HEAD + "def make():\n    return f(random.random())\n",
        _HEAD + "def test_f(rng):\n    assert f(random.random())\n",
        # Lines that cannot be edited as they are.
        _HEAD + "def test_f(): assert f(random.random())\n",
        _HEAD + "def test_f():\n    assert f(f'{random.random()}')\n",
    )


def _is_module(name: str, source: Source) -> bool:
    return origin(ast.Name(name), source) == name


def _draws(node: Function) -> list[ast.Attribute]:
    """Return what names a function of the module random where the body calls it, in order."""
    calls = (item.func for step in node.body for item in ast.walk(step) if isinstance(item, ast.Call))
    named = [item for item in calls if isinstance(item, ast.Attribute) and item.attr in DRAWS]
    own = [item for item in named if isinstance(item.value, ast.Name) and item.value.id == "random"]
    return sorted(own, key=lambda item: (item.lineno, item.col_offset))


def _in_the_way(node: Function, draws: list[ast.Attribute]) -> str:
    """Say why the test cannot draw from a generator of its own, or ""."""
    if "rng" in mentioned(node):
        return "rng is the name of something else here"
    known = {id(item.value) for item in draws}
    if any(isinstance(item, ast.Name) and item.id == "random" and id(item) not in known for item in ast.walk(node)):
        return "the module is used for more than drawing"
    texts = [item for item in ast.walk(node) if isinstance(item, ast.JoinedStr)]
    if any("random" in mentioned(text) for text in texts):
        return "a formatted text draws"
    ends = [item.lineno for item in ast.walk(node.args) if isinstance(item, ast.arg)]
    return "" if node.body[0].lineno > max([node.lineno, *ends]) else "the test stands on one line"
