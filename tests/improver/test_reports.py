"""What is only reported is reported where it stands, and not where it is meant."""

import pytest

from improver.observer import Observer, Project
from improver.observers.dataclass_candidates import dataclass_candidates
from improver.observers.layering import layering
from improver.observers.naive_datetime import naive_datetime
from improver.observers.repeated_lookups import repeated_lookups
from improver.records import File, Finding
from improver.source import Source
from improver.verify.ruff import RuffTool


def project(files: dict[str, str]) -> Project:
    tree = {path: File(text.encode()) for path, text in files.items()}
    read = {path: Source.read(path, file.data) for path, file in tree.items() if path.endswith(".py")}
    return Project({path: item for path, item in read.items() if isinstance(item, Source)}, tree, RuffTool())


def reported(observer: Observer, text: str) -> list[Finding]:
    return observer(project({"a.py": text}))


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        pytest.param("from datetime import datetime\nx = datetime.utcnow()\n", [2], id="UTC that does not say so"),
        pytest.param("import datetime as d\n\nx = [d.datetime.utcfromtimestamp(1)]\n", [3], id="by another name"),
        pytest.param(
            "from datetime import datetime\nx.y = datetime.now()\nx[1] = datetime.today()\n", [2, 3], id="kept"
        ),
        pytest.param("from datetime import datetime\nx = datetime.fromtimestamp(y) < z\n", [2], id="compared"),
        pytest.param(
            "from datetime import datetime\nx = datetime.now(tz)\ny.z = datetime.now(tz=tz)\n", [], id="aware"
        ),
        pytest.param("from datetime import datetime\nx = datetime.utcnow().replace(tzinfo=y)\n", [], id="made aware"),
        pytest.param("from datetime import datetime\nx.y = datetime.now().strftime('%H')\n", [], id="shown"),
        pytest.param("from datetime import datetime\nx.y = datetime.now().timestamp()\n", [], id="a number of seconds"),
        pytest.param("from pendulum import datetime\nx.y = datetime.now()\n", [], id="somebody else's"),
        pytest.param("import datetime\nx.y = datetime.date.today()\n", [], id="a date"),
        pytest.param("from datetime import datetime\ndatetime = fake\nx.y = datetime.now()\n", [], id="bound anew"),
    ],
)
def test_a_naive_moment_is_reported_where_it_matters(text: str, lines: list[int]) -> None:
    assert [finding.line for finding in reported(naive_datetime, text)] == lines


# --- layers -------------------------------------------------------------------------------------------------------

LAYERS = "[importlinter:contract:one]\nname = Downward\ntype = layers\n"
LAYERS += "layers =\n    p.top\n    p.left | p.right\n    p.low\n"
TOML = '[[tool.importlinter.contracts]]\nname = "Apart"\ntype = "forbidden"\nsource_modules = ["p.low"]\n'
TOML += 'forbidden_modules = ["p.right"]\nignore_imports = ["p.low.old -> p.right"]\n'
PACKAGE = {f"p/{name}.py": "" for name in ("__init__", "top", "left", "right", "low")}


@pytest.mark.parametrize(
    ("files", "found"),
    [
        pytest.param({".importlinter": LAYERS, "p/low.py": "from p import top\n"}, ["p/low.py"], id="upward"),
        pytest.param({".importlinter": LAYERS, "p/left.py": "from .right import x\n"}, ["p/left.py"], id="beside"),
        pytest.param({".importlinter": LAYERS, "p/low.py": "def f():\n    import p.left\n"}, ["p/low.py"], id="late"),
        pytest.param({"setup.cfg": LAYERS, "p/left.py": "import p.top\n"}, ["p/left.py"], id="in setup.cfg"),
        pytest.param({"pyproject.toml": TOML, "p/low.py": "import p.right\n"}, ["p/low.py"], id="forbidden"),
        pytest.param(
            {
                ".importlinter": LAYERS.replace("p.", "").replace("layers =", "containers =\n    p\nlayers ="),
                "p/low.py": "import p.top\n",
            },
            ["p/low.py"],
            id="in a container",
        ),
        pytest.param({".importlinter": LAYERS, "p/top.py": "import p.left, p.low\n"}, [], id="downward is allowed"),
        pytest.param(
            {"pyproject.toml": TOML, "p/low/__init__.py": "", "p/low/old.py": "import p.right\n"}, [], id="ignored"
        ),
        pytest.param({"p/low.py": "import p.top\n"}, [], id="no contract is written"),
        pytest.param({".importlinter": "[x\n", "p/low.py": "import p.top\n"}, [], id="the contract cannot be read"),
    ],
)
def test_an_import_that_breaks_a_written_contract_is_reported(files: dict[str, str], found: list[str]) -> None:
    assert [finding.path for finding in layering(project({**PACKAGE, **files}))] == found


def test_two_imports_of_one_statement_have_their_own_keys() -> None:
    files = {**PACKAGE, ".importlinter": LAYERS, "p/low.py": "import p.top, p.left\n"}
    one, other = layering(project(files))
    assert one.key != other.key
    assert one.message == 'importing p.left here breaks the contract "Downward"'


# --- look-ups one by one ------------------------------------------------------------------------------------------

SELECT = "cursor.execute('SELECT name FROM shops WHERE id = ?', ({},)).fetchone()"


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        pytest.param(f"for shop in shops:\n    x += {SELECT.format('shop.id')}\n", [2], id="a query for each"),
        pytest.param(f"x = [{SELECT.format('shop')} for shop in shops]\n", [1], id="in a comprehension"),
        pytest.param("for a, b in c:\n    x[a] = Shop.objects.get(pk=b)\n", [2], id="an object for each"),
        pytest.param("for a in c:\n    x[a] = self.session.get(Shop, a.shop)\n", [2], id="an entity for each"),
        pytest.param(f"for shop in shops:\n    x += {SELECT.format('other')}\n", [], id="the same query again"),
        pytest.param(f"for shop in {SELECT.format('shop')}:\n    pass\n", [], id="once, before the loop"),
        pytest.param("for a in c:\n    db.execute('INSERT INTO b VALUES (?)', (a,))\n", [], id="what is no look-up"),
        pytest.param("for a in c:\n    db.execute(f'SELECT * FROM {a} WHERE b = ?', (a,))\n", [], id="many tables"),
        pytest.param(
            f"for shop in shops:\n    x = {SELECT.format('shop')}\n    if x:\n        break\n", [], id="until one"
        ),
        pytest.param("for a in c:\n    x = d.get(A, a) or cache.get('a', a)\n", [], id="a dictionary"),
        pytest.param("for a in c:\n    d.append(lambda: Shop.objects.get(pk=a))\n", [], id="later"),
    ],
)
def test_look_ups_one_by_one_are_reported(text: str, lines: list[int]) -> None:
    assert [finding.line for finding in reported(repeated_lookups, text)] == lines


# --- records written by hand --------------------------------------------------------------------------------------

POINT = (
    "class Point:\n    '''A place.'''\n\n    def __init__(self, x, y: int = 0):\n        self.x = x\n"
    "        self.y: int = y\n\n    def __repr__(self):\n        return f'Point({self.x!r}, {self.y!r})'\n"
)
EQUAL = (
    "\n    def __eq__(self, other):\n        if not isinstance(other, Point):\n            return NotImplemented\n"
    "        return (self.x, self.y) == (other.x, other.y)\n"
)


@pytest.mark.parametrize(
    ("text", "messages"),
    [
        pytest.param(POINT, ["Point writes __init__ and __repr__ as a dataclass would"], id="it shows its fields"),
        pytest.param(
            POINT + EQUAL,
            ["Point writes __init__ and __repr__ and __eq__ as a dataclass would"],
            id="it shows and compares them",
        ),
        pytest.param(POINT.replace("Point:", "Point(Base):"), [], id="a base may know more"),
        pytest.param(POINT.replace("class", "@register\nclass"), [], id="a decorator may too"),
        pytest.param(POINT.replace("= x\n", "= int(x)\n"), [], id="it converts an argument"),
        pytest.param(POINT.replace("self.y!r}", "self.z!r}"), [], id="it shows something else"),
        pytest.param(POINT.replace("'''A place.'''", "__slots__ = ('x', 'y')"), [], id="it has slots"),
        pytest.param(POINT.replace("y: int = 0", "y: int = []"), [], id="a default that is shared"),
        pytest.param(POINT.replace("y: int = 0", "y, *z"), [], id="any number of arguments"),
        pytest.param(
            POINT + EQUAL.replace("(self.x, self.y) == (other.x, other.y)", "self.x == other.x"), [], id="in part"
        ),
        pytest.param(POINT + "\n    def __hash__(self):\n        return self.x\n", [], id="a hash of its own"),
        pytest.param(
            POINT[: POINT.index("\n    def __repr__")], [], id="only an initialiser, which other tools report"
        ),
    ],
)
def test_a_record_written_by_hand_is_reported(text: str, messages: list[str]) -> None:
    assert [finding.message for finding in reported(dataclass_candidates, text)] == messages
