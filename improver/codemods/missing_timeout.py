"""Do not wait for ever: a request or a program without ``timeout=`` gets the one that others in its file have."""

import ast
import re
from collections import Counter
from collections.abc import Iterator, Mapping

from improver.codemod import SUPPRESSION, Abstain, Codemod, Rewrite, Site
from improver.names import bound_by, own
from improver.records import Safety
from improver.rewriting.origins import called, origin
from improver.rewriting.splicing import edited, extended, unfolded
from improver.source import Source

VERBS = ("get", "post", "put", "patch", "delete", "head", "options", "request")
WAITS = frozenset({*(f"requests.{verb}" for verb in VERBS), "urllib.request.urlopen"})
SESSIONS = frozenset({"requests.Session", "requests.session", "requests.sessions.Session"})
RUNS = frozenset({"subprocess.run", "subprocess.check_output"})
LONGEST = {"urllib.request.urlopen": 2}  # positional arguments beyond which the timeout is given already
ELSEWHERE = re.compile(
    r"setdefaulttimeout|TimeoutHTTPAdapter|\btimeout\b[^\n]*\bpartial\b|\bpartial\b[^\n]*\btimeout\b"
)
CONSTANT = re.compile(r"_?[A-Z][A-Z0-9_]*")
PROGRAM = "the program "
MOST = 600  # seconds; a longer wait is meant for something else


class MissingTimeout(Codemod):
    """Give a request or a program that may take for ever the timeout that its file gives the others."""

    TITLE = "Give what waits a timeout"
    WHY = (
        "Without one, a server that accepts a connection and says nothing, or a program that hangs, stops this one"
        " until somebody kills it."
    )
    SAFE_WHEN = (
        "The call is one of requests' functions, the method of a session made in the same function, or urlopen, and"
        " nothing sets a timeout elsewhere; or it runs a program that is named in place and whose output is read, so"
        " that nobody sits before it. The value is not invented: it is the one that other requests of this file use"
        " most, or the longest that it gives the same program, a number or a constant of its module. What takes longer"
        " raises from now on: a person decides. httpx gives up after five seconds by itself."
    )
    SAFETY = Safety.BEHAVIOUR_CHANGE
    VALUE = 5
    NODES = (ast.Call,)

    def suspects(self, node: ast.AST, source: Source) -> str | None:
        """Say which call may wait for ever."""
        assert isinstance(node, ast.Call), "NODES names nothing else"
        name = _waiting(node, source)
        if (
            not name
            or "timeout=" not in source.text
            or {word.arg for word in node.keywords} & {"timeout", "stream", None}
        ):
            return None
        if any(isinstance(item, ast.Starred) for item in node.args) or len(node.args) > LONGEST.get(name, 9):
            return None
        if any(SUPPRESSION.search(line) for line in source.lines[node.lineno - 1 : node.end_lineno]):
            return None
        if _usual(node, source) is None:
            return None
        if name.startswith(PROGRAM):
            return f"`{name.removeprefix(PROGRAM)}` is waited for, for ever if it hangs"
        return f"`{name}` waits for ever when the other side says nothing"

    def rewrite(self, site: Site) -> Rewrite | Abstain:
        """Add the timeout that is usual here."""
        node, source = site.node, site.source
        assert isinstance(node, ast.Call), "suspects saw a call"
        if any(ELSEWHERE.search(other.text) for other in site.project.sources.values()):
            return Abstain("the project sets timeouts in another way too")
        more = extended(node, f"timeout={_usual(node, source)}", source)
        if more is None:
            return Abstain("the arguments are laid out in an unusual way")
        result = edited(source, [more])
        statement = next(item for item in source.ancestors(node) if isinstance(item, ast.stmt))
        rest = source.lines[(node.end_lineno or 1) - 1].encode()[node.end_col_offset or 0 :].decode()
        if not isinstance(result, Abstain) or not re.fullmatch(r"(\.\w+\(\))*\s*(#.*\s*)?", rest):
            return result
        first, *last = unfolded(node, statement, source)
        return edited(source, [first, more, *last])

    CHANGES = (
        (
            "import requests\n\n\ndef one(url):\n    return requests.get(url, timeout=10).text\n\n\n"
            "def two(url):\n    return requests.post(url).json()  # all of it\n",
            "import requests\n\n\ndef one(url):\n    return requests.get(url, timeout=10).text\n\n\n"
            "def two(url):\n    return requests.post(url, timeout=10).json()  # all of it\n",
        ),
        (
            "import requests\n\nTIMEOUT = 3.05\n\n\nclass Api:\n    def ask(self, path):\n"
            "        session = requests.Session()\n        first = session.get(self.root, timeout=TIMEOUT)\n"
            "        return first, session.get(path)\n",
            "import requests\n\nTIMEOUT = 3.05\n\n\nclass Api:\n    def ask(self, path):\n"
            "        session = requests.Session()\n        first = session.get(self.root, timeout=TIMEOUT)\n"
            "        return first, session.get(path, timeout=TIMEOUT)\n",
        ),
        (
            "from urllib.request import urlopen\r\n\r\nwith urlopen('http://a', timeout=5) as page:\r\n"
            "\tpage.read()\r\n"
            "with urlopen(\r\n\t'http://b',\r\n) as page:\r\n\tpage.read()\r\n",
            "from urllib.request import urlopen\r\n\r\nwith urlopen('http://a', timeout=5) as page:\r\n"
            "\tpage.read()\r\n"
            "with urlopen(\r\n\t'http://b',\r\n\ttimeout=5,\r\n) as page:\r\n\tpage.read()\r\n",
        ),
        (
            "import requests\n\n\ndef send(url, rows):\n    requests.head(url, timeout=(3, 30))\n"
            "    answer = requests.post(url, json=rows, headers={'X': 'y'}, auth=None)\n    return answer\n",
            "import requests\n\n\ndef send(url, rows):\n    requests.head(url, timeout=(3, 30))\n"
            "    answer = requests.post(\n        url, json=rows, headers={'X': 'y'}, auth=None, timeout=(3, 30)\n"
            "    )\n"
            "    return answer\n",
        ),
        (
            "import subprocess\n\nSLOW = 60\n\n\ndef version():\n"
            "    return subprocess.run(['git', '--version'], capture_output=True, timeout=2).stdout\n\n\n"
            "def tags():\n    subprocess.run(['git', 'fetch'], capture_output=True, timeout=SLOW)\n"
            "    return subprocess.check_output(['git', 'tag'])\n",
            "import subprocess\n\nSLOW = 60\n\n\ndef version():\n"
            "    return subprocess.run(['git', '--version'], capture_output=True, timeout=2).stdout\n\n\n"
            "def tags():\n    subprocess.run(['git', 'fetch'], capture_output=True, timeout=SLOW)\n"
            "    return subprocess.check_output(['git', 'tag'], timeout=SLOW)\n",
        ),
    )
    KEEPS = (
        # Nothing says how long: a value would be made up.
        "import requests\nr = requests.get(url)\n",
        "import requests\ndef f(url, t):\n requests.get(url, timeout=t)\n requests.get(url)\n",
        "import requests\nr = requests.get(url, timeout=None)\ns = requests.get(url)\n",
        "import requests\nr = requests.get(url, timeout=86400)\ns = requests.get(url)\n",
        # Given already, by position or in what is passed along.
        "import requests\nr = requests.get(url, timeout=3)\ns = requests.get(url, **options)\n",
        "from urllib.request import urlopen\nr = urlopen(url, timeout=3)\ns = urlopen(url, None, 5)\n",
        "from urllib.request import urlopen\nr = urlopen(url, timeout=3)\ns = urlopen(url, *more)\n",
        # A stream may be quiet for long, and is.
        "import requests\nr = requests.get(url, timeout=3)\ns = requests.get(url, stream=True)\n",
        # Set for all of them at once.
        "import requests, socket\nsocket.setdefaulttimeout(9)\nr = requests.get(url, timeout=3)\n"
        "s = requests.get(url)\n",
        # A session that was made elsewhere may have an adapter that waits, and a client with a timeout of its own.
        "import requests\nr = requests.get(url, timeout=3)\ndef f(session):\n return session.get(url)\n",
        "import httpx\nr = httpx.get(url, timeout=3)\ns = httpx.get(url)\n",
        # Another program, one that nobody names here, and one before which somebody may sit: an editor.
        "from subprocess import run\nrun(['git', 'tag'], capture_output=True, timeout=3)\n"
        "run(['make'], capture_output=True)\n",
        "from subprocess import run\nrun(['git', 'tag'], capture_output=True, timeout=3)\n"
        "run(line, capture_output=True)\n",
        "from subprocess import run\nrun(['git', 'tag'], capture_output=True, timeout=3)\nrun(['git', 'commit'])\n",
        # A request's patience says nothing of a program's.
        "import requests, subprocess\nr = requests.get(url, timeout=3)\ns = subprocess.check_output(['git', 'tag'])\n",
        # Another library of the name, or a mapping.
        "from fake import requests\nr = requests.get(url, timeout=3)\ns = requests.get(url)\n",
        "def f(requests):\n return requests.get('a', timeout=3), requests.get('b')\n",
        # A constant that means something else here.
        "import requests\ndef f():\n T = 1\n requests.get(url, timeout=T)\n requests.get(url)\n",
        # An author who said no.
        "import requests\nr = requests.get(url, timeout=3)\ns = requests.get(url)  # noqa: S113\n",
    )


def _waiting(call: ast.Call, source: Source) -> str:
    """Return the name of a call that waits for another machine or program, "" for any other."""
    name = called(call, source)
    if name in WAITS:
        return name
    if name in RUNS:
        return _program(call, name, source)
    function = call.func
    if (
        not isinstance(function, ast.Attribute)
        or function.attr not in VERBS
        or not isinstance(function.value, ast.Name)
    ):
        return ""
    scope = source.function_of(call) or source.tree
    session = function.value.id
    bindings = [node for node in own(scope) if session in bound_by(node)]
    if len(bindings) != 1 or session in {item.arg for item in ast.walk(scope) if isinstance(item, ast.arg)}:
        return ""
    holder = source.parents[bindings[0]]
    made = getattr(holder, "context_expr" if isinstance(holder, ast.withitem) else "value", None)
    is_made = isinstance(holder, ast.withitem | ast.Assign) and called(made, source) in SESSIONS if made else False
    plain = not any(getattr(node, "attr", "") in ("mount", "request") for node in own(scope))
    return f"{session}.{function.attr}" if is_made and plain else ""


def _program(call: ast.Call, name: str, source: Source) -> str:
    """Return the program that a call runs, "" if that is not told in place or somebody may sit before it."""
    line = call.args[0] if call.args else None
    words = line.elts if isinstance(line, ast.List | ast.Tuple) else []
    first = words[0].value if words and isinstance(words[0], ast.Constant) else None
    told = {word.arg: word.value for word in call.keywords}
    is_read = name.endswith("check_output") or ast.unparse(told.get("capture_output", ast.Constant(None))) == "True"
    is_read = is_read or origin(told.get("stdout", ast.Constant(None)), source) == "subprocess.PIPE"
    return f"{PROGRAM}{first}" if isinstance(first, str) and is_read and "shell" not in told else ""


def _usual(node: ast.Call, source: Source) -> str | None:
    """Return the timeout that most of this file's requests have, the longest of a program, or None without any."""
    name = _waiting(node, source)
    known = _constants(source) if source.function_of(node) is not None else {}
    if name.startswith(PROGRAM):
        plain = {text: number for text, number in known.items() if not number.startswith("(")}
        return max(_timeouts(name, plain, source), key=lambda text: _seconds(text, plain), default=None)
    here = Counter(_timeouts("", known, source))
    return here.most_common(1)[0][0] if here else None


def _timeouts(program: str, known: Mapping[str, str], source: Source) -> Iterator[str]:
    """Yield the timeouts of requests, or of a program, as code: numbers, and the names of those that are `known`."""
    for call in source.of_kind(ast.Call):
        value = next((word.value for word in call.keywords if word.arg == "timeout"), None)
        name = _waiting(call, source) if value is not None else ""
        if value is None or not name or (name if name.startswith(PROGRAM) else "") != program:
            continue
        is_pair = isinstance(value, ast.Tuple) and bool(program)
        if (_is_number(value) and not is_pair) or (isinstance(value, ast.Name) and value.id in known):
            yield ast.unparse(value)


def _seconds(text: str, known: Mapping[str, str]) -> float:
    """Return how long a timeout is: a number as code, or the name of one that is known."""
    return float(known.get(text, text))


def _constants(source: Source) -> dict[str, str]:
    """Return the names that the module gives to numbers, once and for all, each with its number as code."""
    known = {name: number for item in source.tree.body for name, number in _numbers(item)}
    return {name: known[name] for name in known if sum(name in bound_by(node) for node in source.parents) == 1}


def _numbers(statement: ast.stmt) -> tuple[tuple[str, str], ...]:
    """Return the constant that `statement` gives a number to, and that number as code."""
    target = statement.targets[0] if isinstance(statement, ast.Assign) else getattr(statement, "target", None)
    value = getattr(statement, "value", None)
    is_constant = isinstance(target, ast.Name) and CONSTANT.fullmatch(target.id) is not None
    if isinstance(target, ast.Name) and is_constant and value and _is_number(value):
        return ((target.id, ast.unparse(value)),)
    return ()


def _is_number(value: ast.expr) -> bool:
    """Tell whether `value` is a sensible number of seconds, or a pair of them."""
    if isinstance(value, ast.Tuple):
        return len(value.elts) == 2 and all(map(_is_number, value.elts))
    number = value.value if isinstance(value, ast.Constant) else None
    return isinstance(number, int | float) and not isinstance(number, bool) and 0 < number <= MOST
