"""Objects of the standard library that functions are given."""

import ast
import importlib
import itertools

import pytest

from improver.writing.inputs import standard
from improver.writing.inputs.guessing import guessed
from improver.writing.inputs.kinds import NOTHING_KNOWN
from tests.improver.calls import PIER, source


@pytest.mark.parametrize("text", sorted({*itertools.chain(*standard.OF_TYPE.values(), *standard.BY_NAME.values())}))
def test_each_is_made_of_what_it_imports(text: str) -> None:
    space = {}
    for module, name in NOTHING_KNOWN.needs(text):
        loaded = importlib.import_module(module)
        space[name or module] = getattr(loaded, name) if name else loaded
    assert eval(text, space) == eval(text, space) or "IO(" in text  # noqa: S307 - a text of ours


@pytest.mark.parametrize(
    ("annotation", "texts"),
    [
        ("datetime.date", ["date(2020, 1, 2)", "datetime(2020, 1, 2, 3, 4, 5)"]),
        ("Decimal | None", ["Decimal('1.5')", "None", "Decimal(0)"]),
        ("re.Pattern[str]", ["re.compile('a')", "re.compile('b+')"]),
    ],
)
def test_an_annotation_asks_for_it(annotation: str, texts: list[str]) -> None:
    assert NOTHING_KNOWN.of(ast.parse(annotation, mode="eval").body) == texts


def test_a_parameters_name_asks_for_it() -> None:
    found = next(guessed(source("def tide(dt): ...\n"), "pier.a", f"{PIER}tide", {}))
    assert found.call == "tide(datetime(2020, 1, 2, 3, 4, 5))"
    assert found.imports == (("datetime", "datetime"), ("pier.a", "tide"))
