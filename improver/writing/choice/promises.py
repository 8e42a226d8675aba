"""What a project lets others rely on: attributes that somebody reads, names that a module gives out (pure)."""

import ast
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from improver.experiments import Case
from improver.ports import Layout
from improver.records import Tree
from improver.source import FUNCTIONS, Function, Source
from improver.verify.overhearing import is_printed
from improver.writing.names import absolute, bound

TEXTS = (".md", ".rst", ".txt")
QUOTED, DOTTED = re.compile(r"(`+)([^`]+)\1"), re.compile(r"\.([A-Za-z]\w*)")
WORD, EXACT = re.compile(r"[A-Za-z_]\w*"), re.compile(r"[A-Za-z_][\w.]*")
STORED = re.compile(r"(?:^ *\w+\.|^ +def |^ +)(\w+)\b.*[=:]", re.MULTILINE)  # an attribute, in a class or on an object
NOTED = re.compile(r"^\s*#:.*\n(?:\s*#.*\n)*\s*(?:self\.)?(\w+)\s*[:=]", re.MULTILINE)
SHOWN = re.compile(r"auto\w+::\s+([\w.]+)")
PROPERTIES = frozenset({"property", "cached_property"})
DEFINED = (*FUNCTIONS, ast.ClassDef)
WITHIN = {"partial": frozenset({"func", "args", "keywords"})}  # how an object of Python's own is made, to be called
NO_USE = frozenset({"__all__", "__slots__", "__match_args__"})  # they name what there is, and read nothing of it


@dataclass(frozen=True)
class Promises:
    """What nobody may rely on is not in `read`, attributes, or is `inner`: (module, name) that is for its own file.

    `used` are the names that tests use and documentation speaks of.
    """

    read: frozenset[str]
    inner: frozenset[tuple[str, str]]
    used: frozenset[str]

    @staticmethod
    def of(sources: Sequence[Source], tests: Sequence[Source], tree: Tree, layout: Layout) -> "Promises":
        """Read what code loads, what tests use and what documentation speaks of."""
        read = {name for source in (*sources, *tests) for name in _read(source.tree)}
        read |= {name for source in sources for name in _documented(source)} | _reckoned(sources)
        texts = [file.data.decode("utf-8", "replace") for path, file in tree.items() if path.endswith(TEXTS)]
        spoken = {name for text in texts for name in _spoken(text)}
        used = {name for test in tests for name in _named(test.tree)} | spoken
        inner = {
            (module, name)
            for source in sources
            if (module := layout.module_of(source.path))
            for name in _left_out(source.tree)
            if name not in used
        }
        return Promises(frozenset(read | spoken), frozenset(inner - _given_out(sources, layout)), frozenset(used))

    def kept(self, cases: Iterable[Case]) -> list[Case]:
        """Return the calls of what others may rely on, with those of their checks that look at it."""
        return [kept for case in cases if (kept := self._kept(case)) is not None]

    def _kept(self, case: Case) -> Case | None:
        own = frozenset(STORED.findall("\n".join((*case.prelude, *case.setup))))  # what the test itself puts there
        modules = frozenset(one[-1] or one[0].partition(".")[0] for one in case.imports)
        modules -= {name for line in case.setup for node in ast.parse(line).body for name in bound(node)}
        if self._is_inner(case) or not self._may_read(case.call, own, modules):
            return None
        reads = [
            kind in ("raises", "warns")
            or is_printed(subject)
            or (self._may_read(subject, own, modules) and not _is_within(subject, case.gives))
            for kind, subject, _ in case.checks
        ]
        at = [number for number, is_read in enumerate(reads) if is_read]
        if len(at) == len(case.checks):
            return case
        if not at or len(case.shows) != len(case.checks):
            return None
        shows = tuple(case.shows[number] for number in at)
        checks = tuple(case.checks[number] for number in at)
        return replace(case, checks=checks, shows=shows, kills=frozenset().union(*shows))

    def _is_inner(self, case: Case) -> bool:
        """Tell whether the call or what comes before it uses what a module keeps to itself."""
        inner = {one[-1] for one in case.imports if one[:2] in self.inner}
        return bool(inner) and not inner.isdisjoint(WORD.findall(" ".join((*case.setup, case.call))))

    def _may_read(self, text: str, own: frozenset[str], modules: frozenset[str]) -> bool:
        """Tell whether code reads no attribute of an object that nothing else reads; what is called is a method."""
        if self.read.issuperset(DOTTED.findall(text)):
            return True
        nodes = [*ast.walk(ast.parse(text))]
        called = {id(node.func) for node in nodes if isinstance(node, ast.Call)}
        return all(
            node.attr in self.read or id(node) in called or node.attr in own or _root(node) in modules
            for node in nodes
            if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Load)
        )


def _is_within(subject: str, kind: str) -> bool:
    """Tell whether code looks into how a result of Python's own was made."""
    nodes = ast.walk(ast.parse(subject)) if kind in WITHIN else ()
    return any(isinstance(node, ast.Attribute) and node.attr in WITHIN[kind] for node in nodes)


def _root(node: ast.Attribute) -> str:
    """Return the name that an attribute is looked up in, "" where it is an object's own."""
    return node.value.id if isinstance(node.value, ast.Name) else ""


def _read(tree: ast.Module) -> Iterator[str]:
    """Yield the attributes that code reads, by whatever way."""
    lists = [node for node in ast.walk(tree) if isinstance(node, ast.Assign) and _names(node) & NO_USE]
    naming = {id(part) for node in lists for part in ast.walk(node)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Load):
            yield node.attr
        elif isinstance(node, ast.MatchClass):
            yield from node.kwd_attrs
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in naming:
            if EXACT.fullmatch(node.value):  # for getattr and the like
                yield from node.value.split(".")
            elif "{" in node.value:
                yield from DOTTED.findall(node.value)


def _names(node: ast.Assign) -> set[str]:
    return {one.id for one in node.targets if isinstance(one, ast.Name)}


def _documented(source: Source) -> Iterator[str]:
    """Yield what a file says of its own attributes: a property's docstring, a note above one, a field's type."""
    yield from NOTED.findall(source.text)
    for node in ast.walk(source.tree):
        if isinstance(node, (*DEFINED, ast.Module)) and (text := ast.get_docstring(node)):
            yield from _spoken(text)
            if isinstance(node, FUNCTIONS):
                yield node.name
        if isinstance(node, ast.ClassDef):
            fields = (one.target for one in node.body if isinstance(one, ast.AnnAssign))
            yield from (one.id for one in fields if isinstance(one, ast.Name))


def _reckoned(sources: Iterable[Source]) -> set[str]:
    """Return the names of properties that are there to be asked: none of that name gives a constant, or refuses."""
    properties = [node for source in sources for node in source.functions if _is_property(node)]
    plain = {node.name for node in properties if not _reckons(node)}
    return {node.name for node in properties} - plain


def _is_property(node: Function) -> bool:
    return any(ast.unparse(one).rpartition(".")[2] in PROPERTIES for one in node.decorator_list)


def _reckons(node: Function) -> bool:
    """Tell whether a function comes to more than a constant."""
    last = node.body[-1]
    return not isinstance(last, ast.Raise) and not (
        isinstance(last, ast.Return) and isinstance(last.value, ast.Constant)
    )


def _spoken(text: str) -> Iterator[str]:
    """Yield the names that prose speaks of as code."""
    yield from DOTTED.findall(text)
    yield from (word for found in QUOTED.findall(text) for word in WORD.findall(found[1]))
    yield from (found.rpartition(".")[2] for found in SHOWN.findall(text))


def _named(tree: ast.Module) -> Iterator[str]:
    """Yield the names that a test file uses, wherever it has them from."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Name):
            yield node.id
        elif isinstance(node, ast.Attribute):
            yield node.attr
        elif isinstance(node, ast.ImportFrom):
            yield from (one.name for one in node.names)


def _left_out(tree: ast.Module) -> Iterator[str]:
    """Yield what a file defines for itself: it lists what it gives out and leaves it out, and uses it.

    What nothing there uses is there for others, whatever the list says.
    """
    given = listed(tree)
    if given is not None:
        yield from (
            one.name
            for one in tree.body
            if isinstance(one, DEFINED) and one.name not in given and _is_used(one.name, tree, one)
        )


def _is_used(name: str, tree: ast.Module, definition: ast.stmt) -> bool:
    """Tell whether a file loads a name outside of what defines it."""
    within = {id(part) for part in ast.walk(definition)}
    return any(isinstance(part, ast.Name) and part.id == name and id(part) not in within for part in ast.walk(tree))


def listed(tree: ast.Module) -> set[str] | None:
    """Return what a file lists as what it gives out, None where it does not, or not in so many words."""
    found: set[str] | None = None
    for node in tree.body:
        if isinstance(node, ast.Assign) and "__all__" in _names(node):
            if not isinstance(node.value, ast.List | ast.Tuple):
                return None
            found = {str(one.value) for one in node.value.elts if isinstance(one, ast.Constant)}
        elif "__all__" in (part.id for part in ast.walk(node) if isinstance(part, ast.Name)):
            return None
    return found


def announced(sources: Iterable[Source]) -> frozenset[str]:
    """Return the functions, as `path::name`, that their own files list as what they give out."""
    return frozenset(f"{one.path}::{name}" for one in sources for name in listed(one.tree) or ())


def _given_out(sources: Iterable[Source], layout: Layout) -> set[tuple[str, str]]:
    """Return what other files give out as theirs: all that a package imports, and what a list names."""
    found = set[tuple[str, str]]()
    for source in sources:
        is_package = source.path.endswith("__init__.py")
        given = listed(source.tree) or set()
        here = layout.module_of(source.path) or ""
        for node in ast.walk(source.tree):
            if isinstance(node, ast.ImportFrom):
                home = absolute(node, here, is_package=is_package)
                names = [one.name for one in node.names if is_package or (one.asname or one.name) in given]
                found |= {(home, name) for name in names}
    return found
