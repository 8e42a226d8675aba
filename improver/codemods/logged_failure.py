"""Leave a trace of what is swallowed: ``except Exception: pass`` becomes a debug message with the traceback."""

import ast
import builtins
import re

from improver.codemod import Abstain, Codemod, Rewrite, Site
from improver.names import bound, bound_by, mentioned
from improver.records import Safety
from improver.rewriting.origins import called
from improver.rewriting.splicing import Splice, edited, end_of, has_its_lines, start_of
from improver.source import FUNCTIONS, Source, below

BROAD = frozenset({"Exception", "BaseException"})
TIDIES_UP = re.compile(
    r"(\b|_)a?(close|shutdown|stop|terminate|kill|cancel|unlink|remove|rmtree|delete|clean|cleanup|release|disconnect"
    r"|rollback|abort|flush|join|detach|unmount|teardown|destroy)(\b|_)"
)


class LoggedFailure(Codemod):
    """Log the error that a broad except clause passes over, with the file's own logger."""

    TITLE = "Log errors that are passed over in silence"
    WHY = "Whatever goes wrong there, whatever it is, nobody can find out; at debug level it costs nothing."
    SAFE_WHEN = (
        "The clause catches Exception or everything and does nothing but pass, without a comment that says why; what is"
        " tried does not tidy up, and no other value stands ready for when it fails; the module binds a logger of the"
        " standard library once, other code of the file logs with it, and its name is bound nowhere else. Nothing is"
        " raised anew; no finaliser, signal or logging code is touched. That a message is written is a change: a human"
        " decides."
    )
    SAFETY = Safety.BEHAVIOUR_CHANGE
    VALUE = 4
    NODES = (ast.ExceptHandler,)

    def suspects(self, node: ast.AST, source: Source) -> str | None:
        """Say which clause passes over any error in silence."""
        if not isinstance(node, ast.ExceptHandler) or len(node.body) != 1 or not isinstance(node.body[0], ast.Pass):
            return None
        is_broad = node.type is None or (isinstance(node.type, ast.Name) and node.type.id in BROAD)
        function = source.function_of(node)
        if not is_broad or function is None or function.name.startswith("__") or not _logger(source):
            return None
        text = "".join(source.lines[max(node.lineno - 2, 0) : node.body[0].end_lineno])
        return None if "#" in text else "any error is passed over in silence here"

    def rewrite(self, site: Site) -> Rewrite | Abstain:
        """Write the message in place of the pass."""
        source, node = site.source, site.node
        assert isinstance(node, ast.ExceptHandler), "suspects saw a clause"
        statement, tried = node.body[0], source.parents[node]
        if not has_its_lines(statement, source):
            return Abstain("the pass shares its line with something else")
        what = _what(tried)
        above = source.lines[getattr(tried, "lineno", 1) - 2] if getattr(tried, "lineno", 1) > 1 else ""
        if above.lstrip().startswith("#"):
            return Abstain("the comment above the try may say why")
        if _is_tidying(tried, source):
            return Abstain("tidying up is done as well as it can be, and may fail")
        if _has_fallback(tried, source):
            return Abstain("what stands in its place when it fails is there: that it may fail is known")
        if any(isinstance(parent, ast.While) for parent in source.ancestors(tried)):
            return Abstain("a loop that waits would say it again and again")
        if not what or what.startswith(f"{_logger(source)}."):
            return Abstain("the try logs itself, or does more than one thing: what failed has no name")
        message = f'{_logger(source)}.debug("{what} failed", exc_info=True)'
        return edited(source, [Splice(start_of(statement), end_of(statement), message)])

    CHANGES = (
        (
            "import logging\n\nlog = logging.getLogger(__name__)\n\n\ndef tell(server):\n    log.info('stop')\n"
            "    try:\n"
            "        server.announce()\n    except Exception:\n        pass\n",
            "import logging\n\nlog = logging.getLogger(__name__)\n\n\ndef tell(server):\n    log.info('stop')\n"
            "    try:\n"
            "        server.announce()\n    except Exception:\n"
            '        log.debug("server.announce() failed", exc_info=True)\n',
        ),
        (
            "from logging import getLogger\r\n_LOG = getLogger('é')\r\n_LOG.info('x')\r\n\r\n\r\n"
            "async def go(self):\r\n"
            "\ttry:\r\n\t\tawait self.bus.send(1, 2)\r\n\texcept:\r\n\t\tpass\r\n\tfinally:\r\n\t\tdone()\r\n",
            "from logging import getLogger\r\n_LOG = getLogger('é')\r\n_LOG.info('x')\r\n\r\n\r\n"
            "async def go(self):\r\n"
            '\ttry:\r\n\t\tawait self.bus.send(1, 2)\r\n\texcept:\r\n\t\t_LOG.debug("self.bus.send() failed",'
            " exc_info=True)\r\n\tfinally:\r\n\t\tdone()\r\n",
        ),
        (
            "import logging as lg\nlogger = lg.getLogger()\nlogger.info('x')\n\n\ndef f(row):\n    try:\n"
            "        size = measure(row)\n    except KeyError:\n        pass\n    except Exception as error:\n"
            "        pass\n",
            "import logging as lg\nlogger = lg.getLogger()\nlogger.info('x')\n\n\ndef f(row):\n    try:\n"
            "        size = measure(row)\n    except KeyError:\n        pass\n    except Exception as error:\n"
            '        logger.debug("measure() failed", exc_info=True)\n',
        ),
        (
            "import logging\nlog = logging.getLogger(__name__)\n\n\nclass A:\n    def f(self):\n"
            "        log.error('x')\n"
            "        try:\n            return self.load('a')\n        except BaseException:\n            pass\n",
            "import logging\nlog = logging.getLogger(__name__)\n\n\nclass A:\n    def f(self):\n"
            "        log.error('x')\n"
            "        try:\n            return self.load('a')\n        except BaseException:\n"
            '            log.debug("self.load() failed", exc_info=True)\n',
        ),
    )
    KEEPS = (
        # A narrow clause knows what it passes over.
        "import logging\nlog = logging.getLogger()\nlog.info('x')\ndef f():\n try:\n  go()\n except OSError:\n  pass\n",
        # Somebody says why, above, beside or below.
        "import logging\nlog = logging.getLogger()\nlog.info('x')\ndef f():\n try:\n  go()\n except Exception:\n"
        "  pass  # best effort\n",
        "import logging\nlog = logging.getLogger()\nlog.info('x')\ndef f():\n try:\n  go()\n"
        " except Exception:  # noqa: S110\n  pass\n",
        "import logging\nlog = logging.getLogger()\nlog.info('x')\ndef f():\n # Ignore whatever fails.\n try:\n  go()\n"
        " except Exception:\n  pass\n",
        # Tidying up may fail; where something else takes its place, that it fails is expected.
        "import logging\nlog = logging.getLogger()\nlog.info('x')\ndef f(a):\n try:\n  a.close()\n"
        " except Exception:\n  pass\n",
        "import logging\nlog = logging.getLogger()\nlog.info('x')\ndef stop_all(a):\n try:\n  a.send(1)\n"
        " except Exception:\n  pass\n",
        "import logging\nlog = logging.getLogger()\nlog.info('x')\ndef f(a):\n try:\n  return a.go()\n"
        " except Exception:\n  pass\n return repr(a)\n",
        "import logging\nlog = logging.getLogger()\nlog.info('x')\ndef f(a):\n b = {}\n try:\n  b = a.go()\n"
        " except Exception:\n  pass\n return b\n",
        "import logging\nlog = logging.getLogger()\nlog.info('x')\ndef f(a):\n if a:\n  try:\n   return a.go()\n"
        "  except Exception:\n   pass\n return repr(a)\n",
        "import logging\nlog = logging.getLogger()\nlog.info('x')\ndef f(a):\n if a:\n  try:\n   a = a.go()\n"
        "  except Exception:\n   pass\n return a\n",
        # It fails already, or ends.
        "import logging\nlog = logging.getLogger()\nlog.info('x')\ndef f(a):\n try:\n  a.go()\n"
        " except OSError:\n  try:\n   a.tell()\n  except Exception:\n   pass\n  raise\n",
        "import logging\nlog = logging.getLogger()\nlog.info('x')\ndef f(a):\n try:\n  a.go()\n"
        " finally:\n  try:\n   a.tell()\n  except Exception:\n   pass\n",
        # No logger, two of them, an unused one, another library's, a local of the same name.
        "def f():\n try:\n  go()\n except Exception:\n  pass\n",
        "import logging\nlog = logging.getLogger()\ndef f():\n try:\n  go()\n except Exception:\n  pass\n",
        "import logging\nlog = logging.getLogger()\nlog.info('x')\nlog = None\ndef f():\n try:\n  go()\n"
        " except Exception:\n  pass\n",
        "from loguru import logger\nlogger.info('x')\ndef f():\n try:\n  go()\n except Exception:\n  pass\n",
        "import logging\nlog = logging.getLogger()\nlog.info('x')\ndef f(log):\n try:\n  go()\n except Exception:\n"
        "  pass\n",
        # A finaliser may run when the logger is gone; at import nothing is set up yet.
        "import logging\nlog = logging.getLogger()\nlog.info('x')\nclass A:\n def __del__(self):\n  try:\n   go()\n"
        "  except Exception:\n   pass\n",
        "import logging\nlog = logging.getLogger()\nlog.info('x')\ntry:\n go()\nexcept Exception:\n pass\n",
        # Polling would fill the log.
        "import logging\nlog = logging.getLogger()\nlog.info('x')\ndef f():\n while True:\n  try:\n   go()\n"
        "  except Exception:\n   pass\n",
        # What failed has no name, or only Python's; it was logging itself; one line.
        "import logging\nlog = logging.getLogger()\nlog.info('x')\ndef f(a):\n for b in a:\n  try:\n"
        "   c = getattr(b, 'c')\n  except Exception:\n   pass\n",
        "import logging\nlog = logging.getLogger()\nlog.info('x')\ndef f():\n try:\n  go()\n  run()\n"
        " except Exception:\n  pass\n",
        "import logging\nlog = logging.getLogger()\ndef f():\n try:\n  log.info('x')\n except Exception:\n  pass\n",
        "import logging\nlog = logging.getLogger()\nlog.info('x')\ndef f():\n try: go()\n except Exception: pass\n",
    )


def _logger(source: Source) -> str:
    """Return the name of the module's one logger when other code of the file logs with it, or ""."""
    found = [
        node.targets[0].id
        for node in source.tree.body
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name) and len(node.targets) == 1
        if called(node.value, source) == "logging.getLogger"
    ]
    if len(found) != 1 or sum(found[0] in bound_by(node) for node in source.parents) != 1:
        return ""
    return found[0] if f"{found[0]}." in source.text else ""


def _is_tidying(tried: ast.AST, source: Source) -> bool:
    """Tell whether the try, or what it stands in, ends something; what follows an error is for that too."""
    for node in source.ancestors(tried):
        if isinstance(node, ast.ExceptHandler):
            return True
        if isinstance(node, ast.Try) and any(tried in below(item) for item in node.finalbody):
            return True
    name = getattr(source.function_of(tried), "name", "")
    return bool(TIDIES_UP.search(name) or TIDIES_UP.search(ast.unparse(getattr(tried, "body", [])[0])))


def _has_fallback(tried: ast.AST, source: Source) -> bool:
    """Tell whether another value is returned, or was bound before, for when the one statement of a try fails."""
    first, function = getattr(tried, "body", [])[0], source.function_of(tried)
    if isinstance(first, ast.Return):
        return function is not None and function.body[-1] is not tried
    block = next((block for _, block in ast.iter_fields(source.parents[tried]) if _holds(block, tried)), [tried])
    names = bound(first)
    return bool(names & (bound(*block[: block.index(tried)][-1:]) | mentioned(getattr(first, "value", first))))


def _holds(block: object, node: ast.AST) -> bool:
    return isinstance(block, list) and node in block


def _what(tried: ast.AST) -> str:
    """Return what the one statement of a try calls, as a reader would name it, or ""."""
    body = getattr(tried, "body", [])
    value = getattr(body[0], "value", None) if len(body) == 1 else None
    value = value.value if isinstance(value, ast.Await) else value
    if not isinstance(value, ast.Call) or any(
        isinstance(item, (*FUNCTIONS, ast.Constant)) for item in below(value.func)
    ):
        return ""
    name = ast.unparse(value.func)
    if hasattr(builtins, name):  # that getattr() failed tells nobody anything
        return ""
    return f"{name}()" if re.fullmatch(r"[\w.]+", name) else ""
