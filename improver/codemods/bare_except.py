"""Let Ctrl-C through: ``except:`` becomes ``except Exception:``."""

import ast
import re

from improver.codemod import Abstain, Codemod, Rewrite, Site
from improver.names import is_builtin
from improver.records import Safety
from improver.rewriting.splicing import Splice, edited, start_of
from improver.source import FUNCTIONS, SCOPES, Source, below

BROAD = frozenset({"Exception", "BaseException", "KeyboardInterrupt", "SystemExit", "GeneratorExit"})
# Words that say that what is no Exception is meant too, or that this code outlives everything.
SPEAKS_OF_MORE = re.compile(
    r"\b(BaseException|KeyboardInterrupt|SystemExit|GeneratorExit|CancelledError|exc_info|_exit|fork|exit|quit|signal"
    r"|atexit|set_exception|parse_args|parse_known_args|run_path|run_module|runpy|exec|execfile|pytest|skip|import_module|__import__|showtraceback)\b"
)
# A file that says these knows how programs end: its bare clauses may be meant.
DEALS_WITH_IT = re.compile(r"\bBaseException\b|\bexc_info\(|excepthook")
CLASS_NAME = re.compile(r"_*[A-Z]\w*[a-z]\w*|error")  # socket.error and its like
TIDIES_UP = re.compile(
    r"close|unlink|remove|delete|rmtree|rollback|clean|kill|terminate|release|unlock|abort|shutdown|stop|restore|reset"
    r"|cancel|discard|dispose|free|destroy|undo|revert|end|finish|disconnect|wait",
    re.IGNORECASE,
)
ON_PURPOSE = re.compile(
    r"#.*\b(bare|every|everything|all|any|anything|purpose|intention|deliberate|interrupt|exit)|noinspection",
    re.IGNORECASE,
)


class BareExcept(Codemod):
    """Catch errors, and not also the ways in which a program is told to end."""

    TITLE = "Let interrupts and exits pass an except clause"
    WHY = (
        "A bare except also catches KeyboardInterrupt and SystemExit: Ctrl-C, and the end that a program asks for, are"
        " swallowed or taken for an error of the code above."
    )
    SAFE_WHEN = (
        "The clause ends the matter: it neither raises, nor tidies up what it opened, nor stores what was caught, and"
        " no clause beside it catches all errors already. The function says nothing of interrupts, exits, forks or"
        " exc_info, yields nothing in the try, is no finaliser and is not handed on by a function that holds it; no"
        " other bare clause stands around it or inside, and no comment says that everything is meant. What is no"
        " Exception then leaves the function, which is a change: a human decides."
    )
    SAFETY = Safety.BEHAVIOUR_CHANGE
    VALUE = 3
    NODES = (ast.ExceptHandler,)

    def suspects(self, node: ast.AST, source: Source) -> str | None:
        """Say what a bare except swallows, unless it only passes by."""
        if not isinstance(node, ast.ExceptHandler) or node.type is not None:
            return None
        statement = source.parents[node]
        others = [handler.type for handler in getattr(statement, "handlers", []) if handler.type is not None]
        if not all(_is_narrow(item) for other in others for item in below(other)):
            return None
        if any(_is_more(item) for item in below(node)) or _spells_it_out(node, source):
            return None
        if any(isinstance(item, ast.Yield | ast.YieldFrom) for item in below(statement)):
            return None
        return "a bare `except` also catches KeyboardInterrupt and SystemExit"

    def rewrite(self, site: Site) -> Rewrite | Abstain:
        """Name Exception behind the keyword."""
        source, node = site.source, site.node
        scope = next((parent for parent in source.ancestors(node) if isinstance(parent, SCOPES)), None)
        if getattr(scope, "name", "") in ("__del__", "__exit__", "__aexit__"):
            return Abstain("a finaliser may have to hold back everything")
        if isinstance(source.parents.get(scope or source.tree), FUNCTIONS) and _is_value(scope, source):
            return Abstain("who calls this function, handed on as a value, may stand no exit")
        if _is_nested(source.parents[node], source):
            return Abstain("a bare clause around it, or inside, catches the same")
        if DEALS_WITH_IT.search(source.text):
            return Abstain("this file deals with BaseException, exc_info() or an excepthook itself")
        if not is_builtin("Exception", source):
            return Abstain("Exception may be something else in this file")
        line, column = start_of(node)
        written = re.match(rb"except\s*(?=:)", source.lines[line - 1].encode()[column:])
        if written is None:
            return Abstain("the clause is laid out over several lines")
        return edited(source, [Splice((line, column), (line, column + written.end()), "except Exception")])

    CHANGES = (
        (
            "def port(text):\n    try:\n        return int(text)\n    except:\n        return 80\n",
            "def port(text):\n    try:\n        return int(text)\n    except Exception:\n        return 80\n",
        ),
        (
            "try:\n    import fast\nexcept ImportError:\n    fast = None\nexcept :  # broken build\n    fast = False\n",
            "try:\n    import fast\nexcept ImportError:\n    fast = None\nexcept Exception:  # broken build\n"
            "    fast = False\n",
        ),
        (
            "class Feed:\r\n\tdef read(self, rows):\r\n\t\tfor row in rows:\r\n\t\t\ttry: self.put(row)\r\n"
            "\t\t\texcept: continue\r\n",
            "class Feed:\r\n\tdef read(self, rows):\r\n\t\tfor row in rows:\r\n\t\t\ttry: self.put(row)\r\n"
            "\t\t\texcept Exception: continue\r\n",
        ),
        (
            "def each(rows):\n    for row in rows:\n        try:\n            send(row)\n        except:\n"
            "            log.exception('é %s', row)\n        else:\n            log.debug(row)\n",
            "def each(rows):\n    for row in rows:\n        try:\n            send(row)\n        except Exception:\n"
            "            log.exception('é %s', row)\n        else:\n            log.debug(row)\n",
        ),
    )
    KEEPS = (
        # Everything must pass here, and goes on or is told of.
        "try:\n    go()\nexcept:\n    mend()\n    raise\n",
        "try:\n    go()\nexcept:\n    raise Broken()\n",
        "import sys\ndef f(box):\n    try:\n        go()\n    except:\n        box.error = sys.exc_info()\n",
        "def f(future):\n    try:\n        go()\n    except:\n        future.set_exception(Broken())\n",
        # Tidying up is for interrupts too.
        "def f(path):\n    try:\n        go(path)\n    except:\n        path.unlink()\n        return None\n",
        "def f(db):\n    try:\n        go(db)\n    except:\n        db.rollback()\n",
        # A child process must not go on as its parent; an exit code is read.
        "import os\ndef f():\n    if os.fork() == 0:\n        try:\n            go()\n        except:\n"
        "            os._exit(1)\n",
        "def f(parser, argv):\n    try:\n        return parser.parse_args(argv)\n    except:\n        return None\n",
        "import sys\ndef f():\n    try:\n        sys.exit(go())\n    except:\n        print('bye')\n",
        # What is imported by its name may be a script that exits.
        "def f(name):\n    try:\n        return importlib.import_module(name)\n    except:\n        return None\n",
        # Another clause catches errors already: this one is for the rest.
        "try:\n    go()\nexcept Exception:\n    a()\nexcept:\n    b()\n",
        "try:\n    go()\nexcept KeyboardInterrupt:\n    a()\nexcept:\n    b()\n",
        "SIGNALS = (KeyboardInterrupt, SystemExit)\ntry:\n    go()\nexcept SIGNALS:\n    a()\nexcept:\n    b()\n",
        # A callback of foreign code, and a console that shows whatever ends what was typed.
        "def wrap(run, bind):\n    def callback(*args):\n        try:\n            return run(*args)\n        except:\n"
        "            return None\n    return bind(callback)\n",
        "def f(shell, code):\n    try:\n        shell.run(code)\n    except:\n        shell.showtraceback()\n",
        # The other clause would catch it in the place of this one.
        "def f(rows):\n    try:\n        for row in rows:\n            try:\n                go(row)\n"
        "            except:\n                log(row)\n    except:\n        log(rows)\n",
        # The file handles what is no Exception elsewhere.
        "import sys\ndef f(task):\n    try:\n        task()\n    except:\n        sys.excepthook(*sys.exc_info())\n",
        "import sys\ndef show():\n    say(sys.exc_info())\ndef f(task):\n    try:\n        task()\n    except:\n"
        "        show()\n",
        # A generator, a finaliser, a word of warning, a name of one's own.
        "def f():\n    try:\n        yield 1\n    except:\n        pass\n",
        "class A:\n    def __del__(self):\n        try:\n            go()\n        except:\n            pass\n",
        "try:\n    go()\nexcept:  # really everything\n    pass\n",
        "try:\n    go()\nexcept:  # noqa: E722\n    pass\n",
        "class Exception(BaseException):\n    pass\ntry:\n    go()\nexcept:\n    pass\n",
        "def f():\n    try:\n        go()\n    except \\\n        :\n        pass\n",
    )


def _is_value(function: ast.AST | None, source: Source) -> bool:
    """Tell whether `function` is named where it is not called."""
    name = getattr(function, "name", "")
    named = (node for node in source.of_kind(ast.Name) if node.id == name)
    return any(getattr(source.parents[node], "func", None) is not node for node in named)


def _is_nested(statement: ast.AST, source: Source) -> bool:
    """Tell whether a try with a bare clause stands around `statement`, or in what it tries."""
    around = [parent for parent in source.ancestors(statement) if isinstance(parent, ast.Try)]
    function = source.function_of(statement)
    outer = [parent for parent in around if source.function_of(parent) is function]
    inner = [item for item in below(statement) if isinstance(item, ast.Try) and item is not statement]
    return any(handler.type is None for item in (*outer, *inner) for handler in item.handlers)


def _is_narrow(node: ast.AST) -> bool:
    """Tell whether `node`, in another clause, surely names no class that stands for more than errors."""
    name = _last_name(node)
    return name not in BROAD and (not name or isinstance(node, ast.Attribute) or bool(CLASS_NAME.fullmatch(name)))


def _is_more(node: ast.AST) -> bool:
    """Tell whether `node`, in the clause, raises, or calls what looks like tidying up."""
    return isinstance(node, ast.Raise) or (isinstance(node, ast.Call) and bool(TIDIES_UP.search(_last_name(node.func))))


def _spells_it_out(node: ast.ExceptHandler, source: Source) -> bool:
    """Tell whether the function, or a comment at the clause, speaks of more than errors."""
    function = source.function_of(node)
    around = function or source.parents[node]
    text = "".join(source.lines[getattr(around, "lineno", 1) - 1 : getattr(around, "end_lineno", 1)])
    clause = "".join(source.lines[max(node.lineno - 2, 0) : node.body[0].lineno])
    return bool(SPEAKS_OF_MORE.search(text) or ON_PURPOSE.search(clause))


def _last_name(node: ast.AST) -> str:
    return str(getattr(node, "id", getattr(node, "attr", "")))
