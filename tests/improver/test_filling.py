"""What the parameters of a function stand for in a call, and what is demanded of what comes back."""

from dataclasses import replace

import pytest

from improver.judging.functions import definitions
from improver.writing.layout.statements import by_assert
from improver.writing.words.filling import arguments
from tests.improver.calls import case, source

BOX = definitions(source("class Box:\n    def best(self, system=None):\n        return system\n"))["Box.best"][-1]


@pytest.mark.parametrize(
    ("call", "imports", "given"),
    [
        pytest.param("Box(1).best(3)", (("pier.a", "Box"),), True, id="the method"),
        pytest.param("box.best(3)", (("pier.a", "Box"),), True, id="of an object that has a name"),
        pytest.param("Box.best(3)", (("pier.a", "Box"),), True, id="of the class"),
        pytest.param("best(3)", (("pier.a", "best"),), False, id="a function of that name"),
        pytest.param("pier.best(3)", (("pier", ""),), False, id="a function of a module"),
    ],
)
def test_a_function_of_a_methods_name_takes_other_arguments(
    call: str, imports: tuple[tuple[str, str], ...], *, given: bool
) -> None:
    found = arguments(replace(case(call, name="Box.best"), imports=imports), BOX)
    assert ("system" in found and found["system"].given) is given


@pytest.mark.parametrize(("wanted", "sign"), [("len", "is"), ("ValueError", "is"), ("3", "=="), ("__name__", "==")])
def test_a_function_of_pythons_own_is_the_very_one(wanted: str, sign: str) -> None:
    assert by_assert("depth(3)", [("eq", "result", wanted)]) == [f"assert depth(3) {sign} {wanted}"]
