"""Let go of instances: a cached method that never uses ``self`` becomes a cached static method."""

import ast
import re
from collections.abc import Iterator

from improver.codemod import Abstain, Codemod, Rewrite, Site
from improver.names import mentioned
from improver.records import Safety
from improver.rewriting.origins import origin
from improver.rewriting.splicing import Splice, edited, end_of, inserted, start_of
from improver.source import FUNCTIONS, Source

CACHES = frozenset({"functools.lru_cache", "functools.cache"})
ITSELF = frozenset({"super", "__class__"})


class CachedMethod(Codemod):
    """Make a cached method that does not look at its instance static, so that the cache holds no instances."""

    TITLE = "Do not keep instances alive in a method's cache"
    WHY = (
        "The cache belongs to the class and every entry holds the instance it was called on, which is never freed;"
        " equal calls on two instances are computed twice. The result depends on the other arguments alone."
    )
    SAFE_WHEN = (
        "The method's only decorator is functools' lru_cache or cache, its body mentions neither its first parameter"
        " nor super, its class has no metaclass and no decorators that could know, nothing else in the project has its"
        " name, and no file of the project takes the method from a class, where the instance would be passed"
        " along. Calls on an instance are written as before; one on a new instance may now find what an older one"
        " left in the cache, which differs where the method reads what changes."
    )
    SAFETY = Safety.BEHAVIOUR_CHANGE
    VALUE = 4
    NODES = (ast.FunctionDef,)

    def suspects(self, node: ast.AST, source: Source) -> str | None:
        """Say which cache holds instances for nothing."""
        assert isinstance(node, ast.FunctionDef), "NODES names nothing else"
        if len(node.decorator_list) != 1 or not isinstance(source.parents[node], ast.ClassDef):
            return None
        cache = node.decorator_list[0]
        arguments = node.args
        if origin(cache.func if isinstance(cache, ast.Call) else cache, source) not in CACHES:
            return None
        if arguments.posonlyargs or len(arguments.args) < 2 or node.name.startswith("__"):
            return None
        first = arguments.args[0].arg
        if first != "self" or {first, *ITSELF} & mentioned(*node.body):
            return None
        return f"the cache of {node.name} keeps every instance alive, though the result does not depend on it"

    def rewrite(self, site: Site) -> Rewrite | Abstain:
        """Put `staticmethod` above the cache and take the first parameter away."""
        node, source = site.node, site.source
        assert isinstance(node, ast.FunctionDef), "suspects saw a function"
        if (reason := _danger(node, site)) is not None:
            return Abstain(reason)
        gone = _first_parameter(node, source)
        if gone is None:
            return Abstain("the parameters are laid out so that the first cannot be taken away cleanly")
        line, column = start_of(node.decorator_list[0])
        lead = source.lines[line - 1].encode()[: column - 1].decode()
        return edited(source, [inserted((line, 0), f"{lead}@staticmethod\n"), gone])

    CHANGES = (
        (
            "from functools import lru_cache\n\n\nclass Shop:\n    @lru_cache\n    def tax(self, price):\n"
            "        return price * 0.2\n\n    def total(self, price):\n        return price + self.tax(price)\n",
            "from functools import lru_cache\n\n\nclass Shop:\n    @staticmethod\n    @lru_cache\n"
            "    def tax(price):\n        return price * 0.2\n\n    def total(self, price):\n"
            "        return price + self.tax(price)\n",
        ),
        (
            "import functools\n\n\nclass Words:\n    # Slow.\n    @functools.lru_cache(maxsize=256)  # enough\n"
            "    def stem(self, word: str, *, deep: bool = False) -> str:\n        return word.rstrip('s')\n",
            "import functools\n\n\nclass Words:\n    # Slow.\n    @staticmethod\n"
            "    @functools.lru_cache(maxsize=256)  # enough\n"
            "    def stem(word: str, *, deep: bool = False) -> str:\n        return word.rstrip('s')\n",
        ),
        (
            "import functools as ft\r\n\r\n\r\nclass Host:\r\n\t@ft.cache\r\n\tdef name(self, ip):\r\n"
            "\t\treturn ask(ip)\r\n",
            "import functools as ft\r\n\r\n\r\nclass Host:\r\n\t@staticmethod\r\n\t@ft.cache\r\n\tdef name(ip):\r\n"
            "\t\treturn ask(ip)\r\n",
        ),
        (
            "from functools import cache\n\n\nclass Grid:\n    @cache\n    def near(\n        self,\n        x,\n"
            "        y,\n    ):\n        return [(x + 1, y), (x, y + 1)]\n",
            "from functools import cache\n\n\nclass Grid:\n    @staticmethod\n    @cache\n    def near(\n"
            "        x,\n        y,\n    ):\n        return [(x + 1, y), (x, y + 1)]\n",
        ),
    )
    KEEPS = (
        # The instance matters, openly or through super().
        "from functools import cache\nclass C:\n @cache\n def f(self, x):\n  return self.y + x\n",
        "from functools import cache\nclass C:\n @cache\n def f(self, x):\n  return super().f(x)\n",
        "from functools import cache\nclass C:\n @cache\n def f(self, x):\n  return __class__\n",
        # Without an argument it can only depend on what is around it, which another instance may find changed.
        "from functools import cache\nclass C:\n @cache\n def f(self):\n  return options.x\n",
        # Taken from the class somewhere: the instance is passed along.
        "from functools import cache\nclass C:\n @cache\n def f(self, x):\n  return x\nC.f(C(), 1)\n",
        "from functools import cache\nclass C:\n @cache\n def f(self, x):\n  return x\n"
        " def g(self):\n  return type(self).f(self, 1)\n",
        "from functools import cache\nclass C:\n @cache\n def f(self, x):\n  return x\n g = f\n",
        # A base has it too, a subclass may override it, a decorator may wrap it.
        "from functools import cache\nclass B:\n def f(self, x):\n  return 1\nclass C(B):\n @cache\n"
        " def f(self, x):\n  return x\n",
        "from functools import cache\nclass C:\n @cache\n def f(self, x):\n  return x\n"
        "class D(C):\n def f(self, x):\n  return self.y\n",
        "from functools import cache\n@wrapped\nclass C:\n @cache\n def f(self, x):\n  return x\n",
        "from functools import cache\nclass C(metaclass=M):\n @cache\n def f(self, x):\n  return x\n",
        "from functools import cache\nclass C:\n @property\n @cache\n def f(self):\n  return 1\n",
        "from functools import cache\nclass C:\n @classmethod\n @cache\n def f(cls, x):\n  return x\n",
        # Asked for by name.
        "from functools import cache\nclass C:\n @cache\n def f(self, x):\n  return x\ngetattr(C, 'f')(C(), 1)\n",
        # Not functools' cache, no method, or a hook of the language.
        "from django import cache\nclass C:\n @cache\n def f(self, x):\n  return x\n",
        "from functools import cache\n@cache\ndef f(self, x):\n return x\n",
        "from functools import cache\nclass C:\n @cache\n def __getattr__(self, x):\n  return x\n",
        # A layout that would not survive.
        "from functools import cache\nclass C:\n @cache\n def f(self,  # the instance\n       x):\n  return x\n",
    )


def _danger(node: ast.FunctionDef, site: Site) -> str | None:
    """Say who might notice that the method takes no instance any more, or None."""
    home = site.source.parents[node]
    assert isinstance(home, ast.ClassDef), "suspects saw a class"
    if home.keywords or home.decorator_list:
        return "a metaclass or a decorator of the class may know the method"
    if any(isinstance(item, ast.Name) and item.id == node.name for item in _body(home)):
        return "the class uses the method as a function"
    everywhere = [*site.project.sources.values(), *site.project.context.values()]
    name = node.name
    if sum(len(re.findall(rf"\bdef[ \t]+{name}\b", other.text)) for other in everywhere) != 1:
        return "another definition of this name may override it, or be overridden by it"
    asks = re.compile(rf"(?:\b[A-Z]\w*|\bcls|__class__|(?<!super\()\))\.{name}\b|[\"']{name}[\"']")
    if any(asks.search(other.text) for other in everywhere):
        return "somebody may take the method from its class, or ask for it by name"
    return None


def _body(home: ast.ClassDef) -> Iterator[ast.AST]:
    """Yield what runs in the scope of the class; the bodies of its methods do not."""
    for item in home.body:
        parts: list[ast.AST] = [*item.decorator_list, item.args] if isinstance(item, FUNCTIONS) else [item]
        for part in parts:
            yield from ast.walk(part)


def _first_parameter(node: ast.FunctionDef, source: Source) -> Splice | None:
    """Return the splice that takes the first parameter, its comma and the space after it away."""
    first = node.args.args[0]
    line, column = end_of(first)
    rest = source.lines[line - 1].encode()[column:].decode()
    taken = re.match(r"\s*,[ \t]*(?=\S)|\s*,?[ \t]*(?=\))", rest)
    if taken and not rest[taken.end() :].startswith("#"):
        return Splice(start_of(first), (line, column + len(taken.group().encode())), "")
    alone = source.lines[line - 1].strip() == f"{first.arg},"
    return Splice((line, 0), (line + 1, 0), "") if alone else None
