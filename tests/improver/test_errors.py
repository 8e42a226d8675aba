"""An interruption is told as one, whatever it made of the code that it cut short."""

import pytest

from improver.errors import interruptible


def cut_short(by: type[BaseException]) -> None:
    """Break as a library does that looks up what it has not come to."""
    try:
        raise by
    finally:
        dict[str, str]()["gone"]


def test_an_interruption_that_became_another_error_is_one() -> None:
    with pytest.raises(KeyboardInterrupt), interruptible():
        cut_short(KeyboardInterrupt)


def test_any_other_error_is_what_it_was() -> None:
    with pytest.raises(KeyError, match="gone"), interruptible():
        cut_short(ValueError)
