"""What a test asks of the inside of a text that a call is given, in words: whether something stands in it (pure)."""

import ast

from improver.writing.pieces import slug
from improver.writing.words import wording
from improver.writing.words.holding import Known, argument_of
from improver.writing.words.spelling import BRIEF

MARKS = {mark: slug(word) for mark, word in wording.MARKS.items() if mark} | {
    ":": "colon",
    ";": "semicolon",
    ",": "comma",
    ".": "dot",
    "/": "slash",
    "-": "hyphen",
    "+": "plus_sign",
    "=": "equals_sign",
    "*": "asterisk",
    "?": "question_mark",
    "!": "exclamation_mark",
    "@": "at_sign",
    "#": "hash_sign",
    "%": "percent_sign",
    "&": "ampersand",
    "|": "bar",
    "~": "tilde",
    "<": "less_than_sign",
    ">": "greater_than_sign",
    "(": "parenthesis",
    "[": "bracket",
    "{": "brace",
}
ASKED = {"startswith": "at_start", "endswith": "at_end"}
SAME = {"lower", "upper", "strip", "lstrip", "rstrip", "decode", "encode"}  # of a text, which stays what it is
VAGUE = frozenset({"text", "value", "string", "data"})  # what a text may be called that needs no name
LONGEST = 12  # letters of a word that is looked for


def inside(test: ast.expr, known: Known, *, held: bool) -> str:
    """Return the words for a mark or a word that stands in the text of an argument, or does not: without_colon.

    The argument is named unless it comes first and has a name that says nothing.
    """
    match test:
        case ast.Compare(ast.Constant(sought), [ast.In() | ast.NotIn()], [text]):
            return _said(sought, text, known, "", there=held is isinstance(test.ops[0], ast.In))
        case ast.Compare(ast.Subscript(text, index), [ast.Eq() | ast.NotEq()], [ast.Constant(sought)]):
            place = {"0": "at_start", "-1": "at_end"}.get(ast.unparse(index), "")
            there = held is isinstance(test.ops[0], ast.Eq)
            return _said(sought, text, known, place, there=there) if place else ""
        case ast.Call(ast.Attribute(text, asked), [ast.Constant(sought)], []) if asked in ASKED:
            return _said(sought, text, known, ASKED[asked], there=held)
    return ""


def _said(sought: object, text: ast.expr, known: Known, place: str, *, there: bool) -> str:
    one, word = argument_of(_bare(text), known), _word(sought)
    if one is None or not one.given or not isinstance(one.value, str | bytes) or not one.value or not word:
        return ""
    found = "_".join(filter(None, ("with" if there else "without", word, place)))
    is_plain = one.place == 0 and (len(one.name) <= BRIEF or one.name in VAGUE)
    return found if is_plain else f"{found}{'_of' * bool(place) or '_in'}_{slug(one.name)}"


def _bare(text: ast.expr) -> ast.expr:
    """Return what is asked for, without what makes it a text or a text of another case."""
    match text:
        case ast.Call(ast.Name("str"), [inner], []):
            return _bare(inner)
        case ast.Call(ast.Attribute(inner, way)) if way in SAME:
            return _bare(inner)
    return text


def _word(sought: object) -> str:
    """Return the word for what is looked for: the name of a mark, of two of them or more, or what it is.

    >>> [_word(one) for one in (":", "::", "...", "www", b"/", "a longer sentence", ">>", "%s", 3)]
    ['colon', 'double_colon', 'dots', 'www', 'slash', '', 'double_greater_than_sign', '', '']
    """
    text = sought.decode("latin-1") if isinstance(sought, bytes) else sought
    if not isinstance(text, str) or not text:
        return ""
    if len({*text}) == 1 and text[0] in MARKS:
        return {1: "", 2: "double_"}.get(len(text), "") + MARKS[text[0]] + "s" * (len(text) > 2)
    return slug(text) if len(text) <= LONGEST and slug(text) == text.lower() else ""
