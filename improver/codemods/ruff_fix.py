"""Apply one fix of ruff's own, under one listed rule, where ruff calls it safe."""

import ast
import re
from collections.abc import Iterable
from dataclasses import replace
from itertools import accumulate, pairwise

from improver.codemod import Abstain, Codemod, Rewrite, Site, fitted, replaced
from improver.judging.normal import compared
from improver.ports import RuffFinding, TextEdit
from improver.records import Safety
from improver.rewriting.attributes import against_attribute
from improver.rewriting.elifs import against_elif
from improver.rewriting.endings import end_in_return
from improver.rewriting.placing import Placed, placed
from improver.source import SCOPES, Source
from improver.verify.ruff import configuration

TITLES = {
    "B009": "Read attributes without getattr",
    "B010": "Set attributes without setattr",
    "B013": "Catch one exception without a tuple",
    "E713": "Write `not in` as one operator",
    "E714": "Write `is not` as one operator",
    "F541": "Drop the f of strings without placeholders",
    "FURB105": "Print an empty line without an empty string",
    "PIE790": "Remove placeholders from blocks that need none",
    "PLR1711": "Remove returns that do nothing",
    "PLR5501": "Flatten `else: if` into `elif`",
    "RSE102": "Raise exceptions without empty parentheses",
    "UP018": "Write literals instead of calls that make them",
    "UP024": "Name OSError instead of its aliases",
    "UP032": "Format with f-strings",
    "UP034": "Remove extraneous parentheses",
}
WHYS = {
    "B009": "A constant name in getattr is an ordinary attribute that readers, search and type checkers miss.",
    "B010": "A constant name in setattr is an ordinary assignment that readers, search and type checkers miss.",
    "B013": "The tuple makes a reader look for the other exceptions.",
    "E713": "The operator says in its place what `not` in front says only at the end.",
    "E714": "The operator says in its place what `not` in front says only at the end.",
    "F541": "The prefix makes a reader look for a placeholder, or a forgotten one.",
    "FURB105": "The argument says what print does anyway.",
    "PIE790": "The block has a statement or a docstring, so that the placeholder holds nothing open.",
    "PLR1711": "The function ends there anyway; the return makes a reader look for what it gives back.",
    "PLR5501": "The cases of one choice stand side by side, a level less deep.",
    "RSE102": "An exception class is raised as an instance anyway.",
    "UP018": "The literal is the value itself; the call makes a reader ask what is converted.",
    "UP024": "The aliases have long been the same class, and suggest that they are another.",
    "UP032": "Each value stands where it is shown, instead of being counted out behind the text.",
    "UP034": "The parentheses make a reader look for what they group.",
}


LONELY = re.compile(r"""[rR]?[fF][rR]?(['"])\{\w+\}\1""")


class RuffFix(Codemod):
    """Apply the edits that ruff gives for one finding, as they are."""

    TITLE = "Apply a safe fix of ruff"
    WHY = "ruff's rule says what is gained; the fix is the one that ruff itself calls safe."
    SAFE_WHEN = (
        "Policy lists the rule, ruff marks this very fix as safe under the project's own configuration (its target"
        " version included), nothing on the touched lines or in the configuration suppresses it, and all edits lie"
        " inside the statement that was found."
    )
    SAFETY = Safety.COVERED
    VALUE = 2
    NODES = (ast.stmt,)
    ANSWERS = ("ruff:*",)
    CHANGES = (
        ("x = f((1))\n", "x = f(1)\n"),
        (
            "class Store(object):\n"
            "    def load(self):\n"
            "        # the name is fixed\n"
            '        return getattr(self.rows, "first")  # comments stay\n',
            "class Store(object):\n"
            "    def load(self):\n"
            "        # the name is fixed\n"
            "        return self.rows.first  # comments stay\n",
        ),
        (
            'def f(a, b):\r\n    if a:\r\n        return "é {}".format((a)), (not b in a)\r\n    return b\r\n',
            'def f(a, b):\r\n    if a:\r\n        return f"é {a}", (b not in a)\r\n    return b\r\n',
        ),
        (
            "try:\n    work()\nexcept (IOError,):\n    raise ValueError()\nelse:\n    raise TypeError\n",
            "try:\n    work()\nexcept OSError:\n    raise ValueError\nelse:\n    raise TypeError\n",
        ),
        (
            "def f(x):\n    if x > 1:\n        a()\n    else:\n        if x:\n            # why\n            b()\n",
            "def f(x):\n    if x > 1:\n        a()\n    elif x:\n        # why\n        b()\n",
        ),
        (
            'def f():\n    """Say it."""\n    pass\n\n\nfor i in range(3):\n    print(f"a", "é", f"{i}")\n',
            'def f():\n    """Say it."""\n\n\nfor i in range(3):\n    print("a", "é", f"{i}")\n',
        ),
        (
            "class Row:\n    def show(self):\n        pass\n\n        return\n\n    def hide(self):\n        pass\n\n"
            "    def fold(self):\n        pass\n",
            "class Row:\n    def show(self):\n        pass\n\n    def hide(self):\n        pass\n\n"
            "    def fold(self):\n        pass\n",
        ),
        (
            'class Row:\n    """One row."""\n\n    pass\n\n\nclass Cell:\n    """One cell."""\n\n    pass\n',
            'class Row:\n    """One row."""\n\n\nclass Cell:\n    """One cell."""\n',
        ),
    )
    KEEPS = (
        "x = f(\n    (\n        1\n    )\n)\n",
        'x = "a {}".format(a)\ny = "b {}".format(*a)\nz = "{}".format(a)\n',
        'x = "%s" % a\ny = "%s" % b\nz = "c {}".format(a)\n',
        "x = f((1))  # noqa: UP034\n",
        "# ruff: noqa\nx = f((1))\n",
        "x = (yield_ := 1)\ny = f((a, b))\nz = (1,)\n",
        'x = getattr(a, "b", None)\ny = getattr(a, name)\nz = getattr(a, "not a name")\n',
        'def getattr(a, b):\n    return b\n\n\nx = getattr(a, "b")\n',
        'def f(node: AST):\n    return getattr(node, "value")\n',
        "class Store:\n    def f(self):\n        pass\n",
        'x = "{}".format(*rows)\ny = "{x}".format(**row)\nz = template.format(1)\n',
        'x = "{}".format(str(f(a)))\n',
        'x = "{0!r} of {1!s}".format(a, b)\n',
        'x = "a long text that goes up to the limit of this file: {}".format(\n    function_with_a_name(argument)\n)\n',
        "x = dict(a=1)\ny = [i for i in rows]\nz = isinstance(a, int) or isinstance(a, str)\n",
        "if a > b:\n    f()\nelse:\n    if b:\n        g()\n    h()\n",
        "if a > b:\n    if b:\n        f()\nelse:\n    if b:\n        g()\n",
        "if a > b:\n    f()\nelse:\n    # Nobody came.\n    if b:\n        g()\n    else:\n        h()\n",
        "if a > b:\n    f()\nelse:\n    # Nobody came.\n\n    if b:\n        g()\n\n    else:\n        h()\n",
        "if a > b:\n    f()\nelse:\n    if (b and\n        c):\n        g()\n",
        "if not a > b:\n    raise E\nelse:\n    if b:\n        g()\n    else:\n        h()\n",
        "if a > 1:\n    f()\nelif a:\n    f()\nelse:\n    if b:\n        g()\n    else:\n        h()\n",
        "if a > b:\n    if b:\n        f()\n    g()\nelse:\n    if b:\n        h()\n",
        "if a > b:\n    f()\nelse:\n    if b:\n        g()\n    # Else nobody came.\nh()\n",
        'def f():\n    pass\n    "not a docstring"\n',
        "def f():\n    g()\n    return\n\n\ndef g():\n    f()\n    return\n\n\ndef h():\n    f()\n",
        'def f():\n    """Say it."""\n    ...\n\n\ndef g(e):\n    raise ValueError()\n    raise e\n',
        'def f():\n    """Say it."""\n    # Others do more.\n    pass\n',
        "def f():\n    x = f((1))\n    return locals()\n",
        "x = not a in b  # type: ignore[operator]\n",
    )

    def title(self, rule: str) -> str:
        """Return what the fix under `rule` does."""
        return TITLES.get(rule.removeprefix("ruff:"), f"Apply ruff's safe fix for {rule.removeprefix('ruff:')}")

    def why(self, rule: str) -> str:
        """Return what is gained by the fix of `rule`."""
        return WHYS.get(rule.removeprefix("ruff:"), self.WHY)

    def suspects(self, node: ast.AST, source: Source) -> str | None:  # noqa: ARG002 - ruff has judged already
        """Accept every statement: the observer has found it."""
        return "ruff has a safe fix for it" if isinstance(node, ast.stmt) else None

    def rewrite(self, site: Site) -> Rewrite | Abstain:
        """Ask ruff again, about the text as it is now, and apply the fix of this finding."""
        source, code = site.source, site.finding.rule.removeprefix("ruff:")
        config = configuration(site.project.tree)
        found, _ = site.project.ruff.findings({source.path: source.data}, select=code, config=config or None)
        safe = [item for item in found if item.code == code and item.applicability == "safe"]
        place = next((item for item in placed(source, safe) if item.key == site.finding.key), None)
        if place is None:
            return Abstain("ruff has no safe fix here any more")
        if not _is_local(place):
            return Abstain("the fix reaches beyond the statement")
        if reason := _in_the_way(code, place, source):
            return Abstain(reason)
        if code == "UP032" and (reason := _left_behind(source, safe) or _elsewhere(site)):
            return Abstain(reason)
        if code == "PLR1711" and end_in_return({**site.project.sources, source.path: source}.values()):
            return Abstain("most functions of the product that give nothing back say so at their end")
        text = edited(source.lines, [_with_gap(edit, source) for edit in place.found.edits])
        if len(_hollow(text.splitlines())) > len(_hollow(source.lines)):
            return Abstain("what goes stands on a line of its own, of which spaces would be left")
        return fitted(source, replaced(source, 1, len(source.lines), text))

    def whole(self, rule: str) -> bool:
        """Tell that a file is not to have f-strings beside the calls that they are to replace."""
        return rule == "ruff:UP032"

    def safety(self, before: Source, after: Source) -> Safety:
        """Return PROVED where syntax or compiled code shows that both are the same program."""
        return Safety.PROVED if compared(before, after).equal else self.SAFETY


def _in_the_way(code: str, place: Placed, source: Source) -> str:
    """Return why a reader is better off without the fix, "" where nothing speaks against it."""
    if code == "PLR5501" and (reason := against_elif(place.statement, source)):
        return reason
    if code in ("B009", "B010"):
        return against_attribute(place.found.line, source)
    if code == "UP032" and any(_is_crowded(edit.content) for edit in place.found.edits):
        return "nested calls inside an f-string read worse than beside it"
    if code == "UP032" and any("!s}" in edit.content for edit in place.found.edits):
        return "it asks for the text of a value, which an f-string need not"
    if code == "UP032" and any(LONELY.fullmatch(edit.content) for edit in place.found.edits):
        return "the text is nothing but a value, which could stand there itself"
    if code == "RSE102" and not any(map(_is_bare, source.of_kind(ast.Raise))):
        return "the file calls what it raises throughout"
    if code == "PIE790" and any(_replaced(edit, source) == "..." for edit in place.found.edits):
        return "`...` says that something else belongs there"
    return "a comment says why nothing is done there" if code == "PIE790" and _is_remarked(place, source) else ""


def _is_bare(node: ast.Raise) -> bool:
    """Tell whether a class is raised that nobody calls."""
    return isinstance(node.exc, ast.Name | ast.Attribute) and ast.unparse(node.exc).rpartition(".")[2][:1].isupper()


def _replaced(edit: TextEdit, source: Source) -> str:
    """Return what an edit takes the place of, without the spaces around it."""
    return source.text[slice(*_span(edit, list(source.lines)))].strip()


def _elsewhere(site: Site) -> str:
    """Return why the product would have two styles after f-strings for a file, "" where no other has such calls."""
    others = [one for path, one in site.project.sources.items() if path != site.source.path]
    known = (node for other in others for node in other.of_kind(ast.Call))
    if site.source.path in site.project.sources and any(map(_is_formatted, known)):
        return "other files of the product format their texts by calls too"
    return ""


def _left_behind(source: Source, found: Iterable[RuffFinding]) -> str:
    """Return why a file would have two styles after all f-strings that ruff can write, "" where it would not."""
    spots = {(one.line, one.column) for one in found}
    old = [node for node in source.of_kind(ast.Call) if _is_formatted(node)]
    if any((node.lineno, _column(node, source)) not in spots for node in old):
        return "another text of the file would still be formatted by a call"
    percents = [node for node in source.of_kind(ast.BinOp) if isinstance(node.op, ast.Mod) and _is_text(node.left)]
    if len(percents) > len(old) + len(source.of_kind(ast.JoinedStr)):
        return "most texts of the file are formatted by `%`, and would still be"
    return ""


def _column(node: ast.expr, source: Source) -> int:
    """Return where a node begins in its line, 1-based and in characters, as ruff has it."""
    return len(source.lines[node.lineno - 1].encode()[: node.col_offset].decode()) + 1


def _is_formatted(node: ast.Call) -> bool:
    return isinstance(node.func, ast.Attribute) and node.func.attr == "format" and _is_text(node.func.value)


def _is_text(node: ast.expr) -> bool:
    return isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Constant) and isinstance(node.value, str))


def _hollow(lines: Iterable[str]) -> list[str]:
    """Return the lines that hold nothing but spaces."""
    return [line for line in lines if line.strip("\r\n") and not line.strip()]


def _is_local(place: Placed) -> bool:
    statement = place.statement
    decorators = statement.decorator_list if isinstance(statement, SCOPES) else []
    first = min([statement.lineno, *(item.lineno for item in decorators)])
    after = ((statement.end_lineno or statement.lineno) + 1, 1)
    return bool(place.found.edits) and all(
        first <= edit.start[0] and edit.start <= edit.end <= after for edit in place.found.edits
    )


def _is_remarked(place: Placed, source: Source) -> bool:
    """Tell whether a comment stands right above what a fix removes."""
    return any(source.lines[edit.start[0] - 2].lstrip().startswith("#") for edit in place.found.edits)


def _with_gap(edit: TextEdit, source: Source) -> TextEdit:
    """Take the blank lines above along where `edit` only deletes whole lines, and more blank ones follow."""
    first, last = edit.start[0], edit.end[0]
    is_whole = not edit.content and edit.start[1] == edit.end[1] == 1
    follows = source.lines[last - 1].strip() if last <= len(source.lines) else ""
    while is_whole and not follows and first > 1 and not source.lines[first - 2].strip():
        first -= 1
    return replace(edit, start=(first, edit.start[1]))


def _is_crowded(text: str) -> bool:
    return any(part.count("(") > 1 for part in re.findall(r"\{[^{}]*\}", text))


def _span(edit: TextEdit, lines: list[str]) -> tuple[int, int]:
    """Return [start, end) of an edit in the text of `lines`, in characters."""
    starts = [0, *accumulate(len(line) for line in lines), sum(map(len, lines))]
    return starts[edit.start[0] - 1] + edit.start[1] - 1, starts[edit.end[0] - 1] + edit.end[1] - 1


def edited(lines: list[str], edits: Iterable[TextEdit]) -> str:
    """Return the text of `lines` with `edits`, which do not overlap, applied."""
    text = "".join(lines)
    spans = sorted((*_span(edit, lines), edit.content) for edit in edits)
    if any(left[1] > right[0] for left, right in pairwise(spans)):
        raise ValueError("edits of one fix overlap")
    for start, end, content in reversed(spans):
        text = text[:start] + content + text[end:]
    return text
