"""The types that an expression shows, and those it keeps to itself."""

import ast

import pytest

from improver.rewriting.evident import Known, type_of

KNOWN = Known({"text": "str", "size": "int", "ratio": "float"}, {"Point": '"Point"'}, frozenset({"any"}))


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("True", "bool"),
        ("None", "None"),
        ("-1", "int"),
        ("~True", None),
        ("1j", None),
        ("...", None),
        ("f'{x}'", "str"),
        ("b'%d' % size", "bytes"),
        ("text + 'x'", "str"),
        ("text + b'x'", None),
        ("text * 2", None),
        ("size / 2", "float"),
        ("size * ratio", "float"),
        ("size + True", "int"),
        ("size ** -1", None),
        ("size // 2", None),
        ("unknown", None),
        ("not unknown", "bool"),
        ("unknown is None", "bool"),
        ("unknown not in other", "bool"),
        ("unknown == 1", None),
        ("unknown < size", None),
        ("size < ratio <= 3", "bool"),
        ("size > 1 and text", None),
        ("size > 1 and text in ('a', 'b')", "bool"),
        ("'a' if unknown else text", "str"),
        ("'a' if unknown else 1", None),
        ("len(unknown)", "int"),
        ("any(unknown)", None),
        ("sum(unknown)", None),
        ("Point(1)", '"Point"'),
        ("text.upper().encode()", "bytes"),
        ("text.split()", "list[str]"),
        ("unknown.upper()", None),
        ("[]", None),
        ("{}", None),
        ("()", None),
        ("[1, 'a']", None),
        ("[1, *unknown]", None),
        ("[None]", None),
        ("{'a': [1], **unknown}", None),
        ("{'a': [1]}", "dict[str, list[int]]"),
        ("{str(x) for x in unknown}", "set[str]"),
        ("{x: 1 for x in unknown}", None),
        ("(1, 'a', None)", "tuple[int, str, None]"),
        ("await unknown", None),
    ],
)
def test_the_type_of_an_expression(expression: str, expected: str | None) -> None:
    assert type_of(ast.parse(expression, mode="eval").body, KNOWN) == expected
