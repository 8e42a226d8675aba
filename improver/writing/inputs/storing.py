"""Calls on files that lie in a fresh folder, for functions and classes to which a path is given (pure)."""

import ast
import builtins
import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from improver.experiments import Case
from improver.source import FUNCTIONS, Function, Source
from improver.writing.asking import FOLDERS
from improver.writing.inputs.arguments import annotation, arguments, definition
from improver.writing.inputs.harvest import Index, name_of
from improver.writing.inputs.kinds import Kinds, kinds_of
from improver.writing.inputs.makers import makers
from improver.writing.inputs.misfits import given_to
from improver.writing.inputs.pathlike import Paths

FOLDER, MODULES = FOLDERS["tmp_path"]
NEEDS = tuple((one, "") for one in MODULES)
TMP = "tmp_path"
PLAIN = "a\nb\n"
LONGEST, FITTING = 40, 2  # characters of a text that a file holds, and texts of those that tests give
ROWS, MOST = 2, 40  # other arguments of one function, and calls in all
OPENING = re.compile(r"open|save|writ|edit|creat|atomic|lock", re.IGNORECASE)
MAKES = re.compile(r"\b(?:mkdir|makedirs)\(")  # a folder
GLOBS = re.compile(r"(?:.*_)?(?:glob|pattern|mask)s?")
PATTERNS = ("'*.txt'", "'*'")  # of names
CONTENTS = ("'a\\nb\\n'", "b'a\\nb\\n'")  # written to a file that a call opens: of text, or of bytes


@dataclass(frozen=True, slots=True)
class Lying:
    """What lies in the folder before a call, as statements, and what stands for each path that the call is given."""

    lines: tuple[str, ...]
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Asked:
    """A function, or what makes an object, and which of its parameters are paths."""

    node: Function
    paths: Sequence[str]
    kinds: Kinds
    is_method: bool

    @staticmethod
    def of(source: Source, paths: Paths, home: str, parts: Sequence[str], index: Index) -> "Asked | None":
        """Read the function of a file that `parts` name, or that makes what they name."""
        node = definition(source, parts)
        if node is None:
            return None
        named = parts[0] if parts[-1] == "__init__" else ".".join(parts)
        kinds = kinds_of(node, source, home, index)
        return Asked(node, paths.parameters(named, node), kinds, len(parts) > 1)

    def given(self, names: Sequence[str]) -> Iterator[str]:
        """Yield texts of arguments with these for the paths, and a pattern of names where one is asked for."""
        rows = itertools.islice(arguments(self.node, is_method=self.is_method, kinds=self.kinds), ROWS)
        wanted = dict(zip(self.paths, names, strict=False))
        for row, pattern in zip(dict.fromkeys(rows), PATTERNS, strict=False):
            call = ast.parse(f"f({row})", mode="eval").body
            assert isinstance(call, ast.Call), "a call is one"
            places = {id(value): place.arg for place, _, value in given_to(call, self.node)}
            known = {**dict.fromkeys(filter(GLOBS.fullmatch, places.values()), pattern), **wanted}
            filled = [known.get(places.get(id(one), ""), ast.unparse(one)) for one in call.args]
            filled += [f"{one.arg}={known.get(one.arg or '', ast.unparse(one.value))}" for one in call.keywords]
            filled += [f"{name}={wanted[name]}" for name in wanted if name not in places.values()]
            yield ", ".join(filled)


def lying(source: Source, paths: Paths, home: str, function: str, index: Index) -> Iterator[Case]:
    """Yield calls of `function` that read, write or open files."""
    yield from opened(source, paths, home, function)
    yield from stored(source, paths, home, function, index)


def stored(source: Source, paths: Paths, home: str, function: str, index: Index) -> Iterator[Case]:
    """Yield calls of `function` ("path::qualname"), or of its class, with files where paths are asked for."""
    *owners, last = function.partition("::")[2].split(".")
    asked = Asked.of(source, paths, home, [*owners, last], index)
    made = Asked.of(source, paths, home, [owners[0], "__init__"], index) if len(owners) == 1 else None
    own = asked if asked is not None and asked.paths else made if made is not None and made.paths else None
    if asked is None or own is None or len(owners) > 1:
        return
    if owners and _enters(source, owners[0]) and last != "__init__":  # what it opens is closed when it is left
        return
    texts = _texts(asked.node, index)
    cases = itertools.chain.from_iterable(
        _about(lying, asked, made, _heads(source, home, owners, asked, index)) for lying in _lying(own, texts)
    )
    for case in itertools.islice(dict.fromkeys(cases), MOST):
        words = case.call.partition("(")[2].rpartition(")")[0]
        more = {(home, (*owners, last)[0]), *NEEDS, *own.kinds.needs(words), *asked.kinds.needs(words)}
        yield replace(case, function=function, imports=tuple(sorted({*case.imports, *more})))


def _heads(source: Source, home: str, owners: Sequence[str], asked: Asked, index: Index) -> list[Case]:
    """Return what a function that is given a path itself is called on, an object or its class; one case for none."""
    if not owners:
        return [Case("", asked.node.name)]
    if any(ast.unparse(one) in ("classmethod", "staticmethod") for one in asked.node.decorator_list):
        return [Case("", f"{owners[0]}.{asked.node.name}")]
    return [replace(one, call=f"{one.call}.{asked.node.name}") for one in makers(source, home, owners[0], index)[:1]]


def _about(lying: Lying, asked: Asked, made: Asked | None, heads: Sequence[Case]) -> Iterator[Case]:
    """Yield calls when this lies in the folder: on an object that is given a path, or with one."""
    name, setup = asked.node.name, (FOLDER, *lying.lines)
    if made is None or not made.paths:
        for head, given in itertools.product(heads, asked.given(lying.names)):
            yield replace(head, call=f"{head.call}({given})", setup=(*head.setup, *setup))
        return
    for head in heads[:1]:  # of a class that has no heirs yet, and is for them alone, nobody makes objects
        owner = head.call.partition("(")[0].partition(".")[0]
        objects = [f"{owner}({given})" for given in itertools.islice(made.given(lying.names), ROWS)]
        if name == "__init__":
            yield from (Case("", one, head.imports, setup=setup) for one in objects)
        elif not name.startswith("__"):
            for one, given in itertools.product(objects, asked.given(lying.names)):
                yield Case("", f"{one}.{name}({given})", head.imports, setup=setup)


# --- what lies there ----------------------------------------------------------------------------------------------


def _lying(asked: Asked, texts: Sequence[str]) -> Iterator[Lying]:
    """Yield files with these texts, none, and a folder; paths that are texts last, where nothing says what they are."""
    parameters = {
        one.arg: one for one in (*asked.node.args.posonlyargs, *asked.node.args.args, *asked.node.args.kwonlyargs)
    }
    said = annotation(parameters[asked.paths[0]])
    variables = [_variable(name, at, asked.node.name) for at, name in enumerate(asked.paths)]
    fresh = "'b'" if MAKES.search(ast.unparse(asked.node)) else "'a.txt'"
    ways = [*(_of_one(variables[0], texts, fresh) if len(variables) == 1 else _of_two(variables, texts))]
    plain = [] if re.fullmatch(r"str\b.*", said) and "Path" not in said else ways
    as_text = [replace(one, names=tuple(f"str({name})" for name in one.names)) for one in ways]
    yield from (*plain, *(as_text if not said or not plain else ()))


def _variable(name: str, at: int, function: str) -> str:
    return name if name not in (TMP, function, *dir(builtins)) else f"path{at or ''}"


def _of_one(name: str, texts: Sequence[str], fresh: str) -> Iterator[Lying]:
    """Yield a file, nothing under a `fresh` name, a folder, and other files for the path."""
    makes = f"{name} = {TMP} / 'a.txt'"
    yield Lying((makes, _written(name, texts[0])), (name,))
    yield Lying((f"{name} = {TMP} / {fresh}",), (name,))
    tree = (
        f"({TMP} / 'a.txt').write_text('a\\n')",
        f"({TMP} / 'b').mkdir()",
        f"({TMP} / 'b' / 'c.txt').write_text('c\\n')",
    )
    yield Lying(tree, (TMP,))
    yield from (Lying((makes, _written(name, text)), (name,)) for text in texts[1:])


def _of_two(names: Sequence[str], texts: Sequence[str]) -> Iterator[Lying]:
    """Yield a file or a folder for the first path, and for the second one nothing, or a file."""
    first, second, *_ = names
    here, there = f"{first} = {TMP} / 'a.txt'", f"{second} = {TMP} / 'b.txt'"
    full = (here, _written(first, texts[0]), there)
    yield Lying(full, (first, second))
    yield Lying((*full, f"{second}.write_text('c\\n')"), (first, second))
    folder = (f"{first} = {TMP} / 'a'", f"{first}.mkdir()", f"({first} / 'c.txt').write_text('c\\n')")
    yield Lying((*folder, f"{second} = {TMP} / 'b'"), (first, second))


def _written(name: str, text: str) -> str:
    """Return the statement that writes a file; other ends of lines than usual are seen where it is done by bytes."""
    return (
        f"{name}.write_bytes({text.encode()!r})"
        if "\r" in text or not text.isascii()
        else f"{name}.write_text({text!r})"
    )


def _texts(node: Function, index: Index) -> list[str]:
    """Return what a file may hold: what tests write, or give to what reads it, and some lines, with other ends too."""
    called = [name_of(one) for one in ast.walk(node) if isinstance(one, ast.Call) and isinstance(one.func, ast.Name)]
    shown = [text for name in dict.fromkeys(called) for case in index.get(name, ()) for text in _first(case.call)]
    shown += [
        text for case in index.get(node.name, ()) for line in case.setup for text in _first(line) if "write" in line
    ]
    fit = [one for one in dict.fromkeys(shown) if one.strip() and len(one) <= LONGEST and one.isascii()]
    fit.sort(key=lambda text: ("\n" not in text, not text.endswith("\n"), len(text)))
    known = fit[:FITTING] or [PLAIN]
    return [*dict.fromkeys([*known, *(text.replace("\n", "\r\n") for text in known[:1] if "\r" not in text), PLAIN])]


def _first(text: str) -> Iterator[str]:
    """Yield the text that the outermost call of an expression or a statement is given first."""
    node = ast.parse(text).body[0]
    call = getattr(node, "value", None)
    given = call.args[0] if isinstance(call, ast.Call) and call.args else None
    if isinstance(given, ast.Constant) and isinstance(given.value, str | bytes):
        yield given.value if isinstance(given.value, str) else given.value.decode("latin-1")


# --- what is opened -----------------------------------------------------------------------------------------------


def opened(source: Source, paths: Paths, home: str, function: str) -> Iterator[Case]:
    """Yield reads of a file that was written, or reads from one, in a context that a function or a class opens.

    What is entered, left and used so is told by what comes of the file.
    """
    *owners, last = function.partition("::")[2].split(".")
    head = owners[0] if owners else last
    node = definition(source, [owners[0], "__init__"] if owners else [last])
    known = paths.parameters(head, node) if node is not None else []
    enters = _enters(source, owners[0]) if owners else OPENING.search(last) is not None
    if node is None or len(known) != 1 or not enters:
        return
    imports = tuple(sorted({(home, head), *NEEDS}))
    name = _variable(known[0], 0, head)
    more = ", mode='w'" if "mode" in [one.arg for one in (*node.args.args, *node.args.kwonlyargs)] else ""
    waits = (("", ""), ("async ", "await "))[: 2 if "__aenter__" in source.text or "async " in source.text else 1]
    makes = f"{name} = {TMP} / 'a.txt'"
    for (kind, wait), content, before in itertools.product(waits, CONTENTS, ((), (_written(name, "c\n"),))):
        writes = f"{kind}with {head}({name}{more}) as file:\n    {wait}file.write({content})"
        reads = f"{name}.read_bytes()" if content.startswith("b") else f"{name}.read_text()"
        yield Case(function, reads, imports, (), (FOLDER, makes, *before, writes), "after")
    for kind, wait in waits:
        content = f"{kind}with {head}({name}) as file:\n    content = {wait}file.read()"
        yield Case(function, "content", imports, (), (FOLDER, makes, _written(name, PLAIN), content), "after")


def _enters(source: Source, owner: str) -> bool:
    node = next((one for one in source.tree.body if isinstance(one, ast.ClassDef) and one.name == owner), None)
    return node is not None and any(isinstance(one, FUNCTIONS) and one.name == "__enter__" for one in node.body)
