"""Names of a test library without its own before them, where the file imports them one by one (pure)."""

import ast
import io
import textwrap
import tokenize
from collections.abc import Sequence

from improver.names import bound
from improver.writing.placing import Place, name_of

LIBRARIES = ("pytest", "unittest")
Import = tuple[str, ...]


def bare_names(texts: Sequence[str], needed: Sequence[Import], place: Place) -> tuple[list[str], list[Import]]:
    """Return code and the imports it needs, `raises` for `pytest.raises` in a file that imports other names so."""
    found, left = list(texts), list(needed)
    for library in LIBRARIES:
        names = {name for text in found for _, name in _dotted(text, library)}
        known = {name for name, what in place.bound.items() if what is not None and what[:2] == (library, name)}
        here = {name: place.bound.get(name, (library, name)) for name in names}
        taken = {name_of(one) for one in left if one[0] != library}
        clear = all(what is not None and what[:2] == (library, name) for name, what in here.items())
        if (library, "") in left and known and clear and names.isdisjoint(bound(*map(_tree, found)) | taken):
            found = [_without(text, library) for text in found]
            left = sorted({*left, *((library, name) for name in names - known)} - {(library, "")})
    return found, left


def _tree(text: str) -> ast.Module:
    """Return the tree of code that may stand in a class."""
    return ast.parse(textwrap.dedent(text))


def _dotted(text: str, library: str) -> list[tuple[tokenize.TokenInfo, str]]:
    """Return where a library's name stands before a dot, and the name after that."""
    tokens = [*tokenize.generate_tokens(io.StringIO(text).readline)]
    heads = zip(tokens, tokens[1:], tokens[2:], strict=False)
    return [(one, name.string) for one, dot, name in heads if (one.string, dot.string) == (library, ".")]


def _without(text: str, library: str) -> str:
    lines = text.splitlines(keepends=True)
    for token, _ in reversed(_dotted(text, library)):
        (row, start), (_, end) = token.start, token.end
        lines[row - 1] = lines[row - 1][:start] + lines[row - 1][end + 1 :]
    return "".join(lines)
