"""When an attribute that is reached by name stays so."""

import pytest

from improver.rewriting.attributes import against_attribute
from tests.improver.calls import source


@pytest.mark.parametrize(
    "text",
    [
        pytest.param('def f(node: AST):\n    return getattr(node, "value")\n', id="a parameter's type"),
        pytest.param('def f(a):\n    b: AST = a\n    setattr(b, "value", 1)\n', id="a variable's"),
        pytest.param('def f(node: AST):\n    def g():\n        return getattr(node, "value")\n', id="from outside"),
        pytest.param(
            'def f(a):\n    # 2to3 would\n    # turn a.next().\n    return getattr(a, "next")\n', id="a comment"
        ),
        pytest.param('def f(a):\n    return getattr(a, "b")  # getattr: b is new\n', id="one of the same line"),
    ],
)
def test_what_is_reached_by_name_for_a_reason_stays_so(text: str) -> None:
    assert against_attribute(text.count("\n"), source(text))


@pytest.mark.parametrize(
    "text",
    [
        pytest.param('def f(node):\n    return getattr(node, "value")\n', id="of no type"),
        pytest.param('def f(node: Any):\n    return getattr(node, "value")\n', id="of any type"),
        pytest.param('def f(node: AST):\n    return getattr(node.a, "value")\n', id="of what it holds"),
        pytest.param('def g(node: AST): ...\ndef f(node):\n    return getattr(node, "value")\n', id="elsewhere"),
        pytest.param('def f(a):\n    # The last one.\n    return getattr(a, "next")\n', id="of something else"),
        pytest.param('def f(a):\n    # The next one.\n\n    return getattr(a, "next")\n', id="further up"),
        pytest.param("def f(node: AST):\n    return hasattr(node)\n", id="not by name"),
    ],
)
def test_nothing_speaks_for_a_name(text: str) -> None:
    assert not against_attribute(text.count("\n"), source(text))
