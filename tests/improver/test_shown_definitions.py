"""Docstring examples that define what they hand over."""

import textwrap

import pytest

from improver.source import Source
from improver.writing.inputs.illustrating import known_calls
from tests.improver.calls import source


def shown(example: str) -> Source:
    """Return a file with one function `told`, whose docstring shows this."""
    return source(
        f'def told(thing, names):\n    """Tell.\n\n{textwrap.indent(example, "    ")}    """\n    return names\n'
    )


def calls_of(text: Source) -> list[tuple[tuple[str, ...], str]]:
    return [(one.setup, one.call) for one in known_calls({}, text, "pier.a", f"{text.path}::told")]


FLAG = """\
>>> class Flag:
...     def __init__(self, width):
...         self.width = width
>>> flag = Flag(5)
>>> told(flag, ['width'])
['width']
"""
MANY = "".join(f"...     part{at} = {at}\n" for at in range(8))


def test_a_short_class_of_a_docstring_comes_with_the_call() -> None:
    class_text = "class Flag:\n\n    def __init__(self, width):\n        self.width = width"
    assert calls_of(shown(FLAG)) == [((class_text, "flag = Flag(5)"), "told(flag, ['width'])")]


def test_a_short_function_of_a_docstring_comes_with_the_call() -> None:
    example = ">>> def double(one):\n...     return 2 * one\n>>> told(double, 'a')\n'a'\n"
    assert calls_of(shown(example)) == [(("def double(one):\n    return 2 * one",), "told(double, 'a')")]


@pytest.mark.parametrize(
    "example",
    [
        pytest.param(f">>> class Flag:\n{MANY}>>> told(Flag, 'a')\n'a'\n", id="a long class"),
        pytest.param(">>> async def wait():\n...     return 1\n>>> told(wait, 'a')\n'a'\n", id="a coroutine"),
        pytest.param(">>> def told(a, b):\n...     return a\n>>> told(1, 2)\n1\n", id="another of the same name"),
        pytest.param(">>> class Flag(Other):\n...     pass\n>>> told(Flag, 'a')\n'a'\n", id="a parent nobody knows"),
    ],
)
def test_definitions_that_make_no_call_of_ours(example: str) -> None:
    assert calls_of(shown(example)) == []
