"""Functions that change the process which runs them, and with it every test after, or draw by lot (pure)."""

import ast
import re

from improver.rewriting.origins import called, origin
from improver.source import Function, Source

CHANGES = frozenset(
    {"signal.signal", "signal.alarm", "signal.setitimer", "atexit.register", "faulthandler.enable", "locale.setlocale"}
    | {"sys.settrace", "sys.setprofile", "sys.setrecursionlimit", "sys.excepthook", "sys.displayhook", "os.umask"}
    | {"sys.unraisablehook", "threading.excepthook", "threading.settrace", "threading.setprofile"}
)
LOTS = re.compile(r"secrets\.|random\.(?!Random\b)")  # one that is made of a seed draws the same again


def is_drawn(node: Function, source: Source) -> bool:
    """Tell whether a function of a file draws by lot itself: that the same came twice may be chance."""
    return any(LOTS.match(called(part, source)) for part in ast.walk(node))


def is_lasting(node: Function, source: Source) -> bool:
    """Tell whether a function of a file sets what the whole process has one of, here or in what it defines."""
    for part in ast.walk(node):
        written = isinstance(part, ast.Attribute) and not isinstance(part.ctx, ast.Load)
        one = part if written else part.func if isinstance(part, ast.Call) else None
        if one is not None and origin(one, source) in CHANGES:
            return True
    return False
