"""Leave a trace of what is swallowed: ``except Exception: pass`` becomes a debug message with the traceback."""

import ast
import re

from improver.codemod import Abstain, Codemod, Rewrite, Site
from improver.names import bound_by
from improver.records import Safety
from improver.rewriting.origins import called
from improver.rewriting.splicing import Splice, edited, end_of, has_its_lines, start_of
from improver.source import FUNCTIONS, Source, below

BROAD = frozenset({"Exception", "BaseException"})


class LoggedFailure(Codemod):
    """Log the error that a broad except clause passes over, with the file's own logger."""

    TITLE = "Log errors that are passed over in silence"
    WHY = "Whatever goes wrong there, whatever it is, nobody can find out; at debug level it costs nothing."
    SAFE_WHEN = (
        "The clause catches Exception or everything and does nothing but pass, without a comment that says why; the"
        " module binds a logger of the standard library once, other code of the file logs with it, and its name is"
        " bound nowhere else. Nothing is raised anew; no finaliser, signal or logging code is touched. That a message"
        " is written is a change: a human decides."
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
        if any(isinstance(parent, ast.While) for parent in source.ancestors(tried)):
            return Abstain("a loop that waits would say it again and again")
        if not what or what.startswith(f"{_logger(source)}."):
            return Abstain("the try logs itself, or does more than one thing: what failed has no name")
        message = f'{_logger(source)}.debug("{what} failed", exc_info=True)'
        return edited(source, [Splice(start_of(statement), end_of(statement), message)])

    CHANGES = (
        (
            "import logging\n\nlog = logging.getLogger(__name__)\n\n\ndef stop(server):\n    log.info('stop')\n"
            "    try:\n"
            "        server.close()\n    except Exception:\n        pass\n",
            "import logging\n\nlog = logging.getLogger(__name__)\n\n\ndef stop(server):\n    log.info('stop')\n"
            "    try:\n"
            "        server.close()\n    except Exception:\n"
            '        log.debug("server.close() failed", exc_info=True)\n',
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
        # What failed has no name; it was logging itself; one line.
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
    return f"{name}()" if re.fullmatch(r"[\w.]+", name) else ""
