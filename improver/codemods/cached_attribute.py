"""Let an instance keep its own value: a ``property`` over ``lru_cache`` becomes a ``cached_property``."""

import ast
import re

from improver.codemod import Abstain, Codemod, Rewrite, Site
from improver.names import bound_by, is_builtin
from improver.records import Safety
from improver.rewriting.importing import exchanged
from improver.rewriting.origins import origin
from improver.rewriting.splicing import Splice, edited, end_of, start_of, text_of
from improver.source import SCOPES, Source

CACHES = frozenset({"functools.lru_cache", "functools.cache"})
PLAIN_BASES = re.compile(r"abc\.ABC|typing\.(?!NamedTuple|TypedDict)\w+|collections\.abc\.\w+")
# What tells instances apart by more than identity, or looks at what an instance holds.
SPECIAL = frozenset({"__slots__", "__eq__", "__hash__", "__setattr__", "__getattr__", "__getattribute__", "__dict__"})
LOOKS_INSIDE = re.compile(r"__dict__|\bvars\(|__getstate__|__reduce|__copy__|cache_clear|cache_info|\bfget\b")


class CachedAttribute(Codemod):
    """Keep a computed attribute in its instance instead of in a cache that keeps the instance."""

    TITLE = "Cache a property in its instance"
    WHY = (
        "The cache belongs to the class: it keeps every instance alive, and forgets values as soon as there are more"
        " instances than it has places."
    )
    SAFE_WHEN = (
        "The decorators are property and, below it, functools' lru_cache or cache, and nothing else. Instances of the"
        " class have a __dict__ and no equality of their own: no slots, __eq__, __hash__, metaclass, class decorator or"
        " unknown base. The name is bound once in the class, and nothing in the file looks into instances or at the"
        " cache. A copied or pickled instance takes the value along, and the attribute can be assigned: a person"
        " decides."
    )
    SAFETY = Safety.BEHAVIOUR_CHANGE
    VALUE = 4
    NODES = (ast.FunctionDef,)

    def suspects(self, node: ast.AST, source: Source) -> str | None:
        """Say which property has a cache that holds instances."""
        assert isinstance(node, ast.FunctionDef), "NODES names nothing else"
        home = source.parents[node]
        if len(node.decorator_list) != 2 or not isinstance(home, ast.ClassDef):
            return None
        outer, cache = node.decorator_list
        if not isinstance(outer, ast.Name) or outer.id != "property" or not is_builtin("property", source):
            return None
        if origin(cache.func if isinstance(cache, ast.Call) else cache, source) not in CACHES:
            return None
        if not _is_plain(home, node, source) or LOOKS_INSIDE.search(source.text):
            return None
        return f"the cache of {node.name} keeps every instance alive"

    def rewrite(self, site: Site) -> Rewrite | Abstain:
        """Make the two decorators one."""
        node, source = site.node, site.source
        assert isinstance(node, ast.FunctionDef), "suspects saw a function"
        outer, cache = node.decorator_list
        named = cache.func if isinstance(cache, ast.Call) else cache
        if cache.lineno != cache.end_lineno or cache.lineno != outer.lineno + 1:
            return Abstain("the decorators are laid out in an unusual way")
        coming: list[Splice] | Abstain = []
        if isinstance(named, ast.Attribute):
            name = f"{text_of(named.value, source)}.cached_property"
        else:
            assert isinstance(named, ast.Name), "origin knows names and attributes"
            name, coming = "cached_property", exchanged(named.id, "cached_property", [named], source, site.project)
        if isinstance(coming, Abstain):
            return coming
        one = Splice(start_of(outer), end_of(outer), name)
        return edited(source, [*coming, one, Splice((cache.lineno, 0), (cache.lineno + 1, 0), "")])

    CHANGES = (
        (
            "import functools\n\n\nclass Page:\n    @property\n    @functools.lru_cache(maxsize=None)\n"
            "    def words(self):\n        return self.text.split()  # all of them\n",
            "import functools\n\n\nclass Page:\n    @functools.cached_property\n"
            "    def words(self):\n        return self.text.split()  # all of them\n",
        ),
        (
            "from functools import lru_cache\n\n\nclass Page:\n    # Slow.\n    @property\n    @lru_cache\n"
            '    def words(self) -> list[str]:\n        """Return the words."""\n        return self.text.split()\n',
            "from functools import cached_property\n\n\nclass Page:\n    # Slow.\n    @cached_property\n"
            '    def words(self) -> list[str]:\n        """Return the words."""\n        return self.text.split()\n',
        ),
        (
            "from collections.abc import Sequence\r\nfrom functools import cache, partial\r\n\r\n\r\n"
            "class Rows(Sequence):\r\n\t@property\r\n\t@cache\r\n\tdef width(self):\r\n\t\treturn max(self)\r\n",
            "from collections.abc import Sequence\r\nfrom functools import cached_property, partial\r\n\r\n\r\n"
            "class Rows(Sequence):\r\n\t@cached_property\r\n\tdef width(self):\r\n\t\treturn max(self)\r\n",
        ),
        (
            "from functools import cache\n\n\n@cache\ndef one():\n    return 1\n\n\nclass A:\n    @property\n"
            "    @cache\n"
            "    def x(self):\n        return one()\n\n    @property\n    @cache\n    def y(self):\n        return 2\n",
            "from functools import cache, cached_property\n\n\n@cache\ndef one():\n    return 1\n\n\nclass A:\n"
            "    @cached_property\n    def x(self):\n        return one()\n\n    @cached_property\n    def y(self):\n"
            "        return 2\n",
        ),
    )
    KEEPS = (
        # Equal instances share a value, or a changed one gets a new value.
        "from functools import cache\nclass C:\n @property\n @cache\n def f(self):\n  return self.x\n"
        " def __eq__(self, o):\n  return self.x == o.x\n def __hash__(self):\n  return hash(self.x)\n",
        # No place for the value.
        "from functools import cache\nclass C:\n __slots__ = ('x',)\n @property\n @cache\n def f(self):\n  return 1\n",
        "from functools import cache\nclass C(NamedTuple):\n x: int\n @property\n @cache\n def f(self):\n  return 1\n",
        "from functools import cache\n@dataclass(slots=True)\nclass C:\n @property\n @cache\n def f(self):\n"
        "  return 1\n",
        "from functools import cache\nclass C(metaclass=M):\n @property\n @cache\n def f(self):\n  return 1\n",
        # Assigning to it is more than assigning.
        "from functools import cache\nclass C:\n @property\n @cache\n def f(self):\n  return 1\n @f.setter\n"
        " def f(self, x):\n  pass\n",
        # Somebody looks into instances, or empties the cache.
        "from functools import cache\nclass C:\n @property\n @cache\n def f(self):\n  return 1\n"
        " def g(self):\n  return dict(self.__dict__)\n",
        "from functools import cache\nclass C:\n @property\n @cache\n def f(self):\n  return 1\n"
        "C.f.fget.cache_clear()\n",
        # A method, one decorator more, another cache, another order.
        "from functools import cache\nclass C:\n @cache\n def f(self):\n  return self.x\n",
        "from functools import cache\nclass C:\n @abstract\n @property\n @cache\n def f(self):\n  return 1\n",
        "from ours import cache\nclass C:\n @property\n @cache\n def f(self):\n  return 1\n",
        "from functools import cache\nclass C:\n @cache\n @property\n def f(self):\n  return 1\n",
        # A remark at the decorator that would go.
        "from functools import cache\nclass C:\n @property\n @cache  # slow\n def f(self):\n  return 1\n",
        # A name that begins with two underscores is mangled, and never found again in the instance by another.
        "from functools import cache\nclass C:\n @property\n @cache\n def __f(self):\n  return 1\n",
    )


def _is_plain(home: ast.ClassDef, node: ast.FunctionDef, source: Source) -> bool:
    """Tell whether instances have a place for the value under this name, and are told apart by identity alone."""
    if home.keywords or home.decorator_list or node.name.startswith("__"):
        return False
    bases = [base.value if isinstance(base, ast.Subscript) else base for base in home.bases]
    if not all(PLAIN_BASES.fullmatch(origin(base, source)) for base in bases):
        return False
    names = [name for item in home.body for name in _given(item)]
    return not SPECIAL & set(names) and names.count(node.name) == 1


def _given(item: ast.stmt) -> list[str]:
    """Return the names that a statement of a class binds there; what its methods bind is theirs."""
    if isinstance(item, SCOPES):
        return [item.name]
    return [name for part in ast.walk(item) for name in bound_by(part)]
