"""What a file does with a kind of statement, and with a kind of name, which a rewrite does as well."""

import pytest

from tests.improver.rewrites import CODEMODS, rewritten

BY_NAME = {one.name: one for one in CODEMODS}
LONG = 'raise ConfigurationError("there is no path to read a configuration from, and none is known here")'
RAISING = """\
def f(path):
    if not path:
        {first}
    try:
        return load(path)
    except OSError as err:
        raise ConfigurationError("cannot read the configuration of it", str(path))
"""
CAUGHT = """\
class TestArea(unittest.TestCase):
    def test_width(self):
        with self.assertRaises(TypeError) as {name}:
            area(None)
        self.assertTrue({name}.exception.args)

    def test_depth(self):
        try:
            area(-1)
        except ValueError as error:
            self.assertEqual(error.width, -1)
"""


@pytest.mark.parametrize(
    ("first", "is_one_line"),
    [
        pytest.param(LONG, True, id="another raise is as long"),
        pytest.param(LONG.replace("raise ", "log."), False, id="another statement is"),
        pytest.param("raise Other", False, id="no other raise is"),
    ],
)
def test_a_raise_stays_in_one_line_where_others_of_the_file_are_as_long(first: str, *, is_one_line: bool) -> None:
    text = "a = 1\n" * 60 + RAISING.format(first=first)  # in which one long line does not count
    data, _ = rewritten(BY_NAME["explicit_cause"], text.encode())
    assert data.count(b" from err\n") == 1
    assert (b"str(path)) from err\n" in data) is is_one_line


@pytest.mark.parametrize("name", ["caught", "cm", "context"])
def test_what_is_caught_has_the_name_that_the_file_has_for_it(name: str) -> None:
    data, count = rewritten(BY_NAME["assert_in_except"], CAUGHT.format(name=name).encode())
    assert count == 1
    assert f"with self.assertRaises(ValueError) as {name}:\n" in data.decode()
    assert f"self.assertEqual({name}.exception.width, -1)\n" in data.decode()
