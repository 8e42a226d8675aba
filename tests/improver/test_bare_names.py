"""Names of a test library, imported one by one."""

import pytest

from improver.experiments import Recording
from improver.writing.layout.bare_names import bare_names
from improver.writing.placing import Place, place_for
from tests.improver.calls import RECEIPT, source

PYTEST, TEST = (
    ("pytest", ""),
    'def test_f():\n    """As pytest.raises."""\n    with pytest.raises(OSError):\n        f()\n',
)


def place_of(head: str) -> Place:
    found = place_for("pier/a.py", [source(f"{head}\n\n\ndef test_x(): ...\n", "tests/test_a.py")],
                      Recording({}, {}, {}, {}, RECEIPT))  # fmt: skip
    assert found is not None
    return found


def test_names_are_imported_as_the_file_imports_others() -> None:
    texts, needed = bare_names(
        [TEST, "@pytest.mark.slow\ndef g(): ...\n"], [PYTEST], place_of("from pytest import raises")
    )
    assert texts == [TEST.replace("with pytest.", "with "), "@mark.slow\ndef g(): ...\n"]
    assert needed == [("pytest", "mark")]


def test_methods_and_classes_too() -> None:
    texts, needed = bare_names(
        ["class A(unittest.TestCase): ...\n", "    def f(self): ...\n"],
        [("unittest", "")],
        place_of("from unittest import TestCase"),
    )
    assert (texts, needed) == (["class A(TestCase): ...\n", "    def f(self): ...\n"], [])


@pytest.mark.parametrize(
    ("head", "text"),
    [
        pytest.param("import os", TEST, id="it imports none"),
        pytest.param("from pytest import mark\nfrom toolz.utils import raises", TEST, id="the name is another's"),
        pytest.param("from pytest import mark\n\nraises = 1", TEST, id="the name is its own"),
        pytest.param("from pytest import raises as fails", TEST, id="it has another name there"),
        pytest.param("from pytest import mark", TEST.replace("test_f()", "test_f(raises)"), id="a test hides the name"),
        pytest.param("from pytest import mark", TEST.replace("        f()", "        raises = f()"), id="it binds it"),
    ],
)
def test_elsewhere_the_library_is_named(head: str, text: str) -> None:
    assert bare_names([text], [PYTEST], place_of(head)) == ([text], [PYTEST])


def test_a_name_that_the_tests_need_from_elsewhere_is_not_taken() -> None:
    needed = [PYTEST, ("toolz.utils", "raises")]
    assert bare_names([TEST], needed, place_of("from pytest import mark")) == ([TEST], needed)


def test_the_library_is_named_where_the_file_imports_it_too() -> None:
    assert bare_names([TEST], [], place_of("import pytest\nfrom pytest import mark")) == ([TEST], [])
