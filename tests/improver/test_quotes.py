"""New tests have the quotes of the strings around them."""

import pytest

from improver.writing.layout.rendering import quote_of


@pytest.mark.parametrize(
    ("text", "quote"),
    [
        pytest.param("X = 'a'\nY = 'b'\nZ = \"c\"\n", "'", id="most are single"),
        pytest.param("X = \"it's, isn't\"\nY = r\"'{a}' or '{b}'\"\n", '"', id="single ones within double ones"),
        pytest.param("def f():\n    '''Say 'so'.'''\n    return f\"{1}\"\n", '"', id="a docstring counts for neither"),
        pytest.param("X = ''\n", "'", id="an empty one"),
        pytest.param("X = 1\n", '"', id="none"),
        pytest.param("X = 'a'\rY = \"b\"\rZ = 'c'\r", "'", id="old ends of lines"),
    ],
)
def test_the_quote_of_a_file_is_that_of_most_of_its_strings(text: str, quote: str) -> None:
    assert quote_of(text) == quote
