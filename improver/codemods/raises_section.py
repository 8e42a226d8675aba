"""Say in the docstring what a function raises, where it checks its own parameters."""

import ast
import re

from improver.codemod import Abstain, Codemod, Rewrite, Site
from improver.names import is_builtin, own
from improver.records import Safety
from improver.rewriting.docstrings import docstring_of
from improver.rewriting.splicing import edited, inserted, text_of
from improver.source import FUNCTIONS, Function, Source, below

SECTION = re.compile(r"(\s*)(Args|Arguments|Returns|Yields|Raises|[A-Z]\w*(?: \w+)?):\s*")
BEFORE_RAISES = frozenset({"Args", "Arguments", "Returns", "Yields"})
FIELD = re.compile(r"(\s*):(?:param|parameter|arg|type|returns?|rtype)\b")
LONGEST = 40  # characters of a condition that is still read at a glance
PLAIN = (ast.Name, ast.Constant, ast.Compare, ast.UnaryOp, ast.BoolOp, ast.BinOp, ast.cmpop, ast.boolop, ast.unaryop)
QUIET = (ast.operator, ast.expr_context, ast.Call)
SIZED = frozenset(  # of what `not` says that it is empty
    {"str", "bytes", "list", "tuple", "dict", "set", "frozenset", "List", "Tuple", "Dict", "Set", "FrozenSet"}
    | {"Sequence", "Collection", "Mapping", "Sized"}
)
KNOWN = frozenset({"ValueError", "TypeError", "KeyError", "IndexError", "LookupError", "RuntimeError", "OverflowError"})


class RaisesSection(Codemod):
    """Add the errors that a function raises for what it is given, with the condition of each."""

    TITLE = "Document what a function raises for its arguments"
    WHY = "Callers learn which arguments are refused, and with which error, without reading the body."
    SAFE_WHEN = (
        "The docstring ends with a section, or a field, about arguments or results; another one of the file says what"
        " is raised, in the same style; this one does not speak of it. Every raise of the function is the only"
        " statement of an if in its body, outside any try, with a short condition on parameters that nothing rebinds"
        " and that the docstring, where it describes any, describes, and makes a builtin error. Nothing but the"
        " docstring changes."
    )
    SAFETY = Safety.COVERED
    VALUE = 3
    NODES = FUNCTIONS

    def suspects(self, node: ast.AST, source: Source) -> str | None:
        """Say which errors the docstring keeps to itself."""
        if not isinstance(node, FUNCTIONS) or node.name.startswith("_"):
            return None
        docstring = docstring_of(node)
        if docstring is None or "rais" in str(docstring.value).lower() or "throw" in str(docstring.value).lower():
            return None
        raised = _raised(node, source)
        return f"the docstring does not say that {' and '.join(raised)} may be raised" if raised else None

    def rewrite(self, site: Site) -> Rewrite | Abstain:
        """Append the section, or the fields, where the docstring ends."""
        source, node = site.source, site.node
        assert isinstance(node, FUNCTIONS), "suspects saw a function"
        docstring = docstring_of(node)
        assert docstring is not None, "suspects saw its docstring"
        if not all(is_builtin(name, source) for name in _raised(node, source)):
            return Abstain("an error may be another one of the same name")
        last = docstring.end_lineno or docstring.lineno
        if source.lines[last - 1].strip() not in ('"""', "'''"):
            return Abstain("the docstring does not end on a line of its own")
        lines = source.lines[docstring.lineno : last - 1]
        while lines and not lines[-1].strip():
            lines = lines[:-1]
        text = _fields(node, lines, source) or _section(node, lines, source)
        if not text:
            return Abstain("the docstring does not end with arguments or results, in a style that says errors here")
        return edited(source, [inserted((docstring.lineno + len(lines) + 1, 0), text)])

    CHANGES = (
        (
            'def a(x):\n    """A.\n\n    Raises:\n        KeyError: always\n    """\n    raise KeyError(x)\n\n\n'
            'def area(width, height: list):\n    """Area.\n\n    Args:\n        width: w\n        height: x\n    """\n'
            "    if width < 0:\n        raise ValueError('no')\n    if not height:\n        raise TypeError\n"
            "    return width * height\n",
            'def a(x):\n    """A.\n\n    Raises:\n        KeyError: always\n    """\n    raise KeyError(x)\n\n\n'
            'def area(width, height: list):\n    """Area.\n\n    Args:\n        width: w\n        height: x\n\n'
            "    Raises:\n        ValueError: If ``width < 0``.\n        TypeError: If ``height`` is empty.\n"
            '    """\n'
            "    if width < 0:\n        raise ValueError('no')\n    if not height:\n        raise TypeError\n"
            "    return width * height\n",
        ),
        (
            'def cut(n, m):\n\t"""Cut.\n\n\t:param n: é\n\t:param m: é\n\t:returns: that\n\t"""\n\tif n < 0:\n'
            "\t\traise ValueError(n)\n"
            "\tif m is None:\n\t\traise ValueError(m)\n\treturn n\n\n\n# :raises is used here\n"
            "X = ':raises KeyError: no'\n",
            'def cut(n, m):\n\t"""Cut.\n\n\t:param n: é\n\t:param m: é\n\t:returns: that\n'
            '\t:raises ValueError: if ``n < 0`` or if ``m is None``\n\t"""\n\tif n < 0:\n\t\traise ValueError(n)\n'
            "\tif m is None:\n\t\traise ValueError(m)\n\treturn n\n\n\n# :raises is used here\n"
            "X = ':raises KeyError: no'\n",
        ),
        (
            "class A:\r\n    '''A.\r\n\r\n    Raises:\r\n        never\r\n    '''\r\n\r\n"
            "    async def go(self, fast):\r\n        '''Go.\r\n\r\n        Returns:\r\n            a way\r\n"
            "        '''\r\n"
            "        if fast not in (1, 2):\r\n            raise ValueError(fast)\r\n",
            "class A:\r\n    '''A.\r\n\r\n    Raises:\r\n        never\r\n    '''\r\n\r\n"
            "    async def go(self, fast):\r\n        '''Go.\r\n\r\n        Returns:\r\n            a way\r\n\r\n"
            "        Raises:\r\n            ValueError: If ``fast not in (1, 2)``.\r\n        '''\r\n"
            "        if fast not in (1, 2):\r\n            raise ValueError(fast)\r\n",
        ),
        (
            'def a(x):\n  """A.\n\n  Raises:\n    KeyError: always\n  """\n\n\ndef top(rows):\n  """Top.\n\n  Yields:\n'
            '    each\n\n  """\n  if len(rows) == 0:\n    raise IndexError("none")\n  yield rows\n',
            'def a(x):\n  """A.\n\n  Raises:\n    KeyError: always\n  """\n\n\ndef top(rows):\n  """Top.\n\n  Yields:\n'
            "    each\n\n  Raises:\n    IndexError: If ``len(rows) == 0``.\n\n"
            '  """\n  if len(rows) == 0:\n    raise IndexError("none")\n  yield rows\n',
        ),
    )
    KEEPS = (
        # Nobody documents errors here, or not in this style.
        'def f(a):\n    """F.\n\n    Args:\n        a: one\n    """\n    if a < 0:\n        raise ValueError(a)\n',
        'X = ":raises A: b"\ndef f(a):\n    """F.\n\n    Args:\n        a: one\n    """\n    if a < 0:\n'
        "        raise ValueError(a)\n",
        # It is said already, in whatever words; or there are no sections.
        'X = ":raises A: b"\ndef f(a):\n    """F raises it.\n\n    :param a: one\n    """\n    if a < 0:\n'
        "        raise ValueError(a)\n",
        'X = ":raises A: b"\ndef f(a):\n    """F.\n\n    In short.\n    """\n    if a < 0:\n'
        "        raise ValueError(a)\n",
        # The condition is not about what was passed, or not all of it can be said.
        'X = ":raises A: b"\ndef f(a):\n    """F.\n\n    :param a: one\n    """\n    a = a + 1\n    if a < 0:\n'
        "        raise ValueError(a)\n",
        'X = ":raises A: b"\ndef f(a):\n    """F.\n\n    :param a: one\n    """\n    if a.left < LIMIT:\n'
        "        raise ValueError(a)\n",
        'X = ":raises A: b"\ndef f(a):\n    """F.\n\n    :param a: one\n    """\n    if check(a):\n'
        "        raise ValueError(a)\n",
        'X = ":raises A: b"\ndef f(a):\n    """F.\n\n    :param a: one\n    """\n    if a < 0:\n'
        "        raise ValueError(a)\n    raise Other(a)\n",
        # That something is true says nothing in words.
        'X = ":raises A: b"\ndef f(a, b):\n    """F.\n\n    :param a: one\n    """\n    if a and b:\n'
        "        raise ValueError(a)\n",
        # What is false may be empty, or zero, or absent; what the docstring does not describe needs no words.
        'X = ":raises A: b"\ndef f(a):\n    """F.\n\n    :param a: one\n    """\n    if not a:\n'
        "        raise ValueError(a)\n",
        'X = ":raises A: b"\ndef f(a: list, b):\n    """F.\n\n    :param a: one\n    :param b: two\n    """\n'
        "    if b < 1 or not a:\n        raise ValueError(a)\n",
        'X = ":raises A: b"\ndef f(a, **kw):\n    """F.\n\n    :param a: one\n    """\n    if "x" in kw:\n'
        "        raise TypeError(a)\n",
        # A try may catch it; a loop or a branch stands around it; an error of one's own.
        'X = ":raises A: b"\ndef f(a):\n    """F.\n\n    :param a: one\n    """\n    try:\n        if a < 0:\n'
        "            raise ValueError(a)\n    except ValueError:\n        return 1\n",
        'X = ":raises A: b"\ndef f(a):\n    """F.\n\n    :param a: one\n    """\n    if a < 0:\n'
        "        raise ValueError(a)\n    else:\n        return 1\n",
        'X = ":raises A: b"\nclass ValueError(Exception):\n    pass\ndef f(a):\n    """F.\n\n'
        '    :param a: one\n    """\n'
        "    if a < 0:\n        raise ValueError(a)\n",
        # Private functions, and docstrings that end in other words.
        'X = ":raises A: b"\ndef _f(a):\n    """F.\n\n    :param a: one\n    """\n    if a < 0:\n'
        "        raise ValueError(a)\n",
        'X = ":raises A: b"\ndef f(a):\n    """F.\n\n    :param a: one\n\n    More.\n    """\n    if a < 0:\n'
        "        raise ValueError(a)\n",
    )


def _raised(function: Function, source: Source) -> dict[str, list[str]]:
    """Return the conditions on parameters under which each error is raised; nothing unless all raises are like this."""
    found: dict[str, list[str]] = {}
    places: dict[str, int] = {}
    if not any("raise" in line for line in source.lines[function.lineno - 1 : function.end_lineno]):
        return found
    nodes = list(own(function))
    rebound = {item.id for item in nodes if isinstance(item, ast.Name) and not isinstance(item.ctx, ast.Load)}
    docstring = docstring_of(function)
    described = set(re.findall(r"\w+", str(docstring.value))) if docstring else set()
    given = [item for item in below(function.args) if isinstance(item, ast.arg)]
    told = {item.arg for item in given if item.arg in described} or {item.arg for item in given}
    known = told - rebound - {"self", "cls"}
    sized = {item.arg for item in given if _is_sized(item.annotation)}
    for node in nodes:
        if not isinstance(node, ast.Raise):
            continue
        guard = source.parents[node]
        name = _error(node)
        if not isinstance(guard, ast.If) or guard.body != [node] or guard.orelse or guard not in function.body:
            return {}
        if name not in KNOWN or not _is_clear(guard.test, known, sized):
            return {}
        found.setdefault(name, []).insert(0, _in_words(guard.test, source))
        places.setdefault(name, node.lineno)
    return dict(sorted(found.items(), key=lambda item: places[item[0]]))


def _is_sized(annotation: ast.expr | None) -> bool:
    """Tell whether what is annotated so is false exactly when it is empty."""
    outer = annotation.value if isinstance(annotation, ast.Subscript) else annotation
    return getattr(outer, "id", getattr(outer, "attr", "")) in SIZED


def _in_words(test: ast.expr, source: Source) -> str:
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        return f"``{text_of(test.operand, source)}`` is empty"
    return f"``{text_of(test, source)}``"


def _error(node: ast.Raise) -> str:
    made = node.exc.func if isinstance(node.exc, ast.Call) else node.exc
    return made.id if isinstance(made, ast.Name) else ""


def _is_clear(test: ast.expr, known: set[str], sized: set[str]) -> bool:
    """Tell whether a condition is short and asks only about parameters; of calls only for a length or a type."""
    for item in below(test):
        if isinstance(item, ast.Call) and getattr(item.func, "id", "") not in ("len", "isinstance"):
            return False
        if isinstance(item, ast.Name) and item.id not in known | {"len", "isinstance", "int", "str", "float", "bytes"}:
            return False
        if not isinstance(item, (*PLAIN, *QUIET, ast.Tuple)):
            return False
    if isinstance(test, ast.UnaryOp):
        return isinstance(test.op, ast.Not) and isinstance(test.operand, ast.Name) and test.operand.id in sized & known
    if any(isinstance(item, ast.Not) for item in below(test)):
        return False
    joined = [test, *(value for item in below(test) if isinstance(item, ast.BoolOp) for value in item.values)]
    if any(isinstance(item, ast.Name) for item in joined):
        return False  # "if ``flag and other``" tells nobody what the two are
    return test.lineno == test.end_lineno and (test.end_col_offset or 0) - test.col_offset <= LONGEST


def _fields(node: Function, lines: list[str], source: Source) -> str:
    """Return the fields to add under fields, or "" when the docstring does not end with one."""
    last = next((line for line in reversed(lines) if FIELD.match(line)), "")
    lead = re.match(r"\s*", last)
    tail = lines[lines.index(last) + 1 :] if last else [""]
    deeper = all(line.startswith((f"{lead.group()} ", f"{lead.group()}\t")) for line in tail if lead)
    if not last or not lead or not deeper or not re.search(r":raises? \w", source.text):
        return ""
    said = _raised(node, source).items()
    return "".join(f"{lead.group()}:raises {name}: {_either('if', tests)}\n" for name, tests in said)


def _section(node: Function, lines: list[str], source: Source) -> str:
    """Return the section to add under sections, or "" when the docstring does not end with the right one."""
    heads = [(at, found) for at, line in enumerate(lines) if (found := SECTION.fullmatch(line.rstrip("\r\n")))]
    if not heads or heads[-1][1][2] not in BEFORE_RAISES or not re.search(r"^\s+Raises:\s*$", source.text, re.M):
        return ""
    at, head = heads[-1]
    inside = [line for line in lines[at + 1 :] if line.strip()]
    leads = [line[: len(line) - len(line.lstrip())] for line in inside]
    if not leads or not all(lead.startswith(leads[0]) for lead in leads) or len(leads[0]) <= len(head[1]):
        return ""
    said = _raised(node, source).items()
    entries = "".join(f"{leads[0]}{name}: {_either('If', tests)}.\n" for name, tests in said)
    return f"\n{head[1]}Raises:\n{entries}"


def _either(word: str, tests: list[str]) -> str:
    return f"{word} {' or if '.join(tests)}"
