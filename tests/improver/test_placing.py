"""Which test file new tests of a product file belong to."""

import pytest

from improver.experiments import Recording
from improver.writing.placing import place_for
from tests.improver.calls import RECEIPT, source


@pytest.mark.parametrize(
    ("named", "path"),
    [
        pytest.param(("reef", "tide"), "tests/test_sea.py", id="one file tests much"),
        pytest.param(("reef", "tide", "moon"), "tests/test_a.py", id="each module has its own"),
    ],
)
def test_a_module_without_tests_gets_a_file_where_the_others_have_theirs(named: tuple[str, ...], path: str) -> None:
    texts = {f"tests/test_{name}.py": f"from pier.{name} import x\n" for name in named}
    texts["tests/test_sea.py"] = "import pier.a\n"
    impact = {f"pier/{name}.py::x": (f"tests/test_{name}.py::test_x",) for name in named}
    impact["pier/a.py::depth"] = ("tests/test_sea.py::test_depth",)
    tests = [source(text, name) for name, text in texts.items()]
    place = place_for("pier/a.py", tests, Recording(impact, {}, {}, {}, RECEIPT))
    assert place is not None
    assert place.path == path
