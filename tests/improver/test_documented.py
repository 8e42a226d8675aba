"""An error that a docstring promises and the code never raises is told, and no test demands the other one."""

import pytest

from improver.writing.choice.documented import documented_otherwise
from improver.writing.choice.selecting import fit
from improver.writing.choice.suspicion import possible_bugs
from tests.improver.calls import case, node, source

PEEK = '''\
def peek(sea):
    """Return what is next, or raise a :exc:`KeyError` where nothing is."""
    if not sea:
        raise IndexError("nothing in it")
    return sea[0]
'''
RAISED = (("raises", "IndexError", "nothing in it"),)


@pytest.mark.parametrize(
    ("says", "raised", "error", "expected"),
    [
        pytest.param("Raises KeyError for nothing.", "IndexError('a')", "IndexError", "KeyError", id="in prose"),
        pytest.param(":raises KeyError: for nothing", "ValueError", "ValueError", "KeyError", id="as a field"),
        pytest.param("Raises :class:`LookupError`.", "IndexError()", "IndexError", "", id="a more general one is said"),
        pytest.param("Raises :class:`KeyError`.", "LookupError()", "LookupError", "", id="a more exact one is said"),
        pytest.param("Gives what is next.", "IndexError()", "IndexError", "", id="nothing is said"),
        pytest.param("Raises KeyError.", "Sunk()", "Sunk", "", id="an error of the product's own may be any"),
        pytest.param("Raises Sunk.", "IndexError()", "IndexError", "", id="nobody knows what is said"),
        pytest.param("Raises KeyError.", "error", "IndexError", "", id="nobody knows what is raised"),
        pytest.param("Raises KeyError.", "IndexError()", "TypeError", "", id="something else within raised it"),
        pytest.param("Returns None instead of raising KeyError.", "ValueError()", "ValueError", "", id="of others"),
        pytest.param("Doesn't raise KeyError.", "ValueError()", "ValueError", "", id="what it does not"),
        pytest.param("Never\\nraises KeyError.", "ValueError()", "ValueError", "", id="what it never does"),
        pytest.param("If not, raises KeyError.", "ValueError()", "ValueError", "KeyError", id="another word"),
        pytest.param("A KeyError is never raised.", "IndexError()", "IndexError", "", id="other words"),
    ],
)
def test_the_docstring_says_another_error(says: str, raised: str, error: str, expected: str) -> None:
    known = node(f'def peek(sea):\n    """{says}"""\n    raise {raised}\n')
    assert documented_otherwise(known, error) == expected


def test_one_that_is_raised_too_is_no_slip() -> None:
    known = node(
        'def peek(sea):\n    """Raises KeyError."""\n    if sea:\n        raise KeyError\n    raise IndexError\n'
    )
    assert not documented_otherwise(known, "IndexError")


def test_it_is_told_and_not_frozen() -> None:
    one = case("peek([])", name="peek", checks=RAISED)
    assert not fit(one, node(PEEK))
    assert fit(one, node(PEEK.replace("KeyError", "IndexError")))
    told = possible_bugs(source(PEEK), (), [one])
    assert [note.message for note in told] == ["`peek([])` raises IndexError where KeyError is documented"]
