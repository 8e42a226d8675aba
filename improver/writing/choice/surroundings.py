"""Calls that leave to the machine, the terminal or the environment what they might say themselves (pure)."""

import ast
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from improver.experiments import Case
from improver.judging.functions import definitions
from improver.names import bound
from improver.source import Function, Source
from improver.writing.asking import FOLDER
from improver.writing.choice.oddities import contents
from improver.writing.choice.spoken import text_of
from improver.writing.inputs.kinds import last_name
from improver.writing.inputs.misfits import given_to
from improver.writing.pieces import called_as, is_naught

AROUND = frozenset({"get_terminal_size", "environ", "getenv", "platform", "localtime", "getlocale", "cpu_count"})
AROUND |= frozenset({"getpreferredencoding", "gethostname", "getuser", "gettempdir", "getcwd", "version_info"})
AROUND |= frozenset({"localeconv", "nl_langinfo", "strcoll", "strxfrm", "expanduser", "getlogin", "getpid", "uname"})
AROUND |= frozenset({"check_call", "check_output", "Popen", "popen", "which", "urlopen"})
OF_FILES = frozenset({"OSError", "IOError", "FileNotFoundError", "NotADirectoryError", "IsADirectoryError"})
ALWAYS = ""  # the name of no parameter: nothing that a call says keeps the function from looking around


@dataclass(frozen=True)
class Surroundings:
    """The functions of a file that look around, each with the parameters that keep it from it.

    They are known by their qualified names, and by their last ones where no other has that.
    """

    looking: Mapping[str, tuple[Function, frozenset[str]]]
    alone: Mapping[str, str]

    @staticmethod
    def of(source: Source, others: Iterable[Source] = ()) -> "Surroundings":
        """Read a file's functions, and what they call by their names; `others` are where it may import from."""
        nodes = {name: found[-1] for name, found in definitions(source).items()}
        parts = frozenset((*_may_lack(source.tree), *_lacking(source, others)))
        first = {name: frozenset((*_asked(node), *_refused(node, parts))) for name, node in nodes.items()}
        plain = {name: (nodes[name], names) for name, names in first.items() if names}
        found = {name: first[name] | frozenset(_passed(node, plain)) for name, node in nodes.items()}
        short = {name: called_as(f"::{name}") for name in nodes}
        last = Counter(short.values())
        alone = {one: name for name, one in short.items() if last[one] == 1}
        return Surroundings({name: (nodes[name], known) for name, known in found.items() if known}, alone)

    def decide(self, case: Case) -> bool:
        """Tell whether what a case's call gives depends on where it runs."""
        if any(map(_is_translated, (part for line in case.setup for part in ast.walk(ast.parse(line))))):
            return True
        if _is_drawn(case):
            return True
        for call in (one for one in ast.walk(ast.parse(case.call)) if isinstance(one, ast.Call)):
            if last_name(call.func) in AROUND:
                return True
            name = last_name(call.func)
            known = case.function.partition("::")[2] if name == called_as(case.function) else self.alone.get(name, "")
            node, names = self.looking.get(known, (None, frozenset[str]()))
            if node is not None and not names <= _said(call, node):
                return True
        return False


def _is_drawn(case: Case) -> bool:
    """Tell whether a call takes any one out of several that a set was written with: which one, nobody has said."""
    trees = [ast.parse(text) for text in (*case.setup, case.call)]
    several = any(isinstance(one, ast.Set) and len(one.elts) > 1 for tree in trees for one in ast.walk(tree))
    calls = (one for one in ast.walk(trees[-1]) if isinstance(one, ast.Call) and not one.args and not one.keywords)
    return several and any(last_name(one.func) == "pop" for one in calls)


def _is_translated(node: ast.AST) -> bool:
    """Tell whether a file is written with ends of lines that not every system leaves as they are."""
    texts = [one.value for one in contents(node) if isinstance(one, ast.Constant)]
    return any(isinstance(one, str) and "\r" in one for one in texts)


def _asked(node: Function) -> Iterator[str]:
    """Yield the parameters in whose place a function looks around; one that takes nothing does it always."""
    parameters = {one.arg for one in (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs)}
    if not any(isinstance(one, ast.arg) for one in ast.walk(node.args)) and any(map(_looks, node.body)):
        yield ALWAYS
    for one in ast.walk(node):
        yield from parameters.intersection(_in_place_of(one))


def _may_lack(module: ast.Module) -> Iterator[str]:
    """Yield the names by which a module says that another one is not installed: they are nothing then."""
    before = set(_set_to_naught(module.body))
    for one in module.body:
        if isinstance(one, ast.Try) and any(isinstance(part, ast.Import | ast.ImportFrom) for part in one.body):
            yield from _set_to_naught(line for handler in one.handlers for line in handler.body)
            yield from before.intersection(bound(*one.body))


def _set_to_naught(lines: Iterable[ast.stmt]) -> Iterator[str]:
    for line in lines:
        if isinstance(line, ast.Assign | ast.AnnAssign) and line.value is not None and is_naught(line.value):
            targets = line.targets if isinstance(line, ast.Assign) else [line.target]
            yield from (name.id for name in targets if isinstance(name, ast.Name))


def _lacking(source: Source, others: Iterable[Source]) -> Iterator[str]:
    """Yield the names that a file imports from another one which says by them that something is not installed."""
    known = {other.path.removesuffix(".py").rpartition("/")[2]: other for other in others}
    for node in source.tree.body:
        home = known.get((node.module or "").rpartition(".")[2]) if isinstance(node, ast.ImportFrom) else None
        if home is not None and isinstance(node, ast.ImportFrom):
            names = {*_may_lack(home.tree)}
            yield from (one.asname or one.name for one in node.names if one.name in names)


def _refused(node: Function, parts: frozenset[str]) -> Iterator[str]:
    """Yield that a function always looks around where it needs a part that may not be installed.

    It refuses what asks for that part, or uses it and never asks whether it is there.
    """
    parts = parts.intersection(one.id for one in ast.walk(node) if isinstance(one, ast.Name))
    asked = [one for one in ast.walk(node) if isinstance(one, ast.If)] if parts else []
    refuses = [one for one in asked if any(isinstance(line, ast.Raise) for line in one.body)]
    names = {part.id for one in refuses for part in ast.walk(one.test) if isinstance(part, ast.Name)}
    if names & parts or parts.difference(*map(_questioned, ast.walk(node))):
        yield ALWAYS


def _questioned(node: ast.AST) -> frozenset[str]:
    """Return the names that an expression asks whether they are anything."""
    match node:
        case ast.If(test=test) | ast.IfExp(test=test) | ast.UnaryOp(op=ast.Not(), operand=test):
            asked = [test]
        case ast.BoolOp(values=asked):
            pass
        case ast.Compare(left=left, comparators=[ast.Constant(value=None)]):
            asked = [left]
        case _:
            asked = []
    return frozenset(one.id for one in asked if isinstance(one, ast.Name))


def _in_place_of(node: ast.AST) -> Iterator[str]:
    """Yield the names in whose place a choice looks around: where they are nothing."""
    match node:
        case ast.If(test=test, body=then, orelse=other):
            yield from _missing(test) if any(map(_looks, then)) else ()
            yield from _given(test) if any(map(_looks, other)) else ()
        case ast.IfExp(test=test, body=then, orelse=other):
            yield from _missing(test) if _looks(then) else ()
            yield from _given(test) if _looks(other) else ()
        case ast.BoolOp(op=ast.Or(), values=[ast.Name(id=name), *others]) if any(map(_looks, others)):
            yield name


def _looks(node: ast.AST) -> bool:
    parts = [part for part in ast.walk(node) if isinstance(part, ast.Attribute | ast.Name)]
    return any((part.attr if isinstance(part, ast.Attribute) else part.id) in AROUND for part in parts)


def _missing(test: ast.expr) -> Iterator[str]:
    """Yield the names that a condition finds to be nothing."""
    for node in ast.walk(test):
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not) and isinstance(node.operand, ast.Name):
            yield node.operand.id
        elif isinstance(node, ast.Compare) and isinstance(node.ops[0], ast.Is) and isinstance(node.left, ast.Name):
            yield node.left.id


def _given(test: ast.expr) -> Iterator[str]:
    """Yield the name that a condition finds to be something."""
    match test:
        case ast.Name(id=name) | ast.Compare(left=ast.Name(id=name), ops=[ast.IsNot()]):
            yield name


def _passed(node: Function, known: Mapping[str, tuple[Function, frozenset[str]]]) -> Iterator[str]:
    """Yield the parameters by which a function leaves to its caller what another one would look around for."""
    for call in ast.walk(node):
        called = known.get(call.func.id) if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) else None
        if called is None or not isinstance(call, ast.Call):
            continue
        given = {parameter.arg: value for parameter, _, value in given_to(call, called[0])}
        for name in called[1]:
            value = given.get(name)
            if isinstance(value, ast.Name):
                yield value.id
            elif value is None:
                yield name if any(word.arg is None for word in call.keywords) else ALWAYS


def _said(call: ast.Call, node: Function) -> set[str]:
    """Return the names under which a call gives something that is not nothing."""
    given = [(parameter.arg, value) for parameter, _, value in given_to(call, node)]
    given += [(word.arg, word.value) for word in call.keywords if word.arg]
    return {name for name, value in given if not is_naught(value)}


def wants_absence(case: Case) -> bool:
    """Tell whether a call is refused for a file that is not there: where a test runs, one of that name may be."""
    kind, error, _ = case.checks[0]
    if kind != "raises" or error.rpartition(".")[2] not in OF_FILES or FOLDER in case.asks:
        return False
    nodes = [node for text in (*case.setup, case.call) for node in ast.walk(ast.parse(text))]
    texts = [text_of(node) for node in nodes if isinstance(node, ast.Constant)]
    return any(text and not text.startswith("/") for text in texts)
