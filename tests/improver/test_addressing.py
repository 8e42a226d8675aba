"""What a test file calls the modules of its project, and the imports that new tests bring to it."""

from dataclasses import replace

import pytest

from improver.experiments import Recording
from improver.writing.layout.addressing import addressed
from improver.writing.layout.assembling import assembled
from improver.writing.layout.grouping import Written
from improver.writing.names import is_same
from improver.writing.placing import place_for
from tests.improver.calls import RECEIPT, case, source

LOW = ("pier.a", "low")


@pytest.mark.parametrize(
    ("text", "module"),
    [
        pytest.param("from ..b import x", "..a", id="by dots"),
        pytest.param("from .. import b", "..a", id="what is beside the folder"),
        pytest.param("from ..b import x\nimport pier", "pier.a", id="both ways"),
        pytest.param("from src.pier.b import x", "src.pier.a", id="below a folder"),
        pytest.param("from src import pier", "src.pier.a", id="the package below a folder"),
        pytest.param("import src.pier.b as b", "src.pier.a", id="a whole module"),
        pytest.param("from pier.b import x", "pier.a", id="by its full name"),
        pytest.param("import os", "pier.a", id="not at all"),
        pytest.param("from sea.pier import x", "pier.a", id="another package that has one of its name"),
    ],
)
def test_a_module_is_called_as_the_others_of_its_package_are(text: str, module: str) -> None:
    before = source(f"{text}\n", "pier/tests/test_a.py")
    assert addressed([LOW, ("pier.a", "low", "deep"), ("os", "")], before) == [
        (module, "low"),
        (module, "low", "deep"),
        ("os", ""),
    ]


def test_a_new_file_has_full_names() -> None:
    assert addressed([LOW], None) == [LOW]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param("from ..a import ebb, sea\n", "from ..a import ebb, low, sea\n", id="among others"),
        pytest.param(
            f"from ..a import ebb, {'k' * 55}\n",
            f"from ..a import (\n    ebb,\n    {'k' * 55},\n    low,\n)\n",
            id="too long for its line",
        ),
        pytest.param(
            "import os\n\nfrom .. import ebb\nfrom ..b import sea\n",
            "import os\n\nfrom .. import ebb\nfrom ..a import low\nfrom ..b import sea\n",
            id="between others",
        ),
        pytest.param("from ..json import ebb\n", "from ..a import low\nfrom ..json import ebb\n", id="a module's name"),
        pytest.param("from src.pier.a import x\n", "from src.pier.a import low, x\n", id="below a folder"),
    ],
)
def test_imports_join_those_that_are_there(before: str, after: str) -> None:
    text = source(f"{before}\n\ndef test_sea():\n    assert ebb or sea\n", "pier/tests/test_a.py")
    place = place_for("pier/a.py", [text], Recording({}, {}, {}, {}, RECEIPT))
    assert place is not None
    test = Written("test_low", (replace(case("low(1)", kills="m"), imports=(LOW,)),))
    data = assembled([test], place, "a", frozenset({"os", "json"}))
    assert data is not None
    assert data.decode().partition("\n\ndef test_sea")[0] == after


@pytest.mark.parametrize(
    ("here", "there", "same"),
    [
        (("src.pier.a", "low"), ("pier.a", "low"), True),
        (("src.pier", "low"), ("pier.a", "low"), True),
        (("sea.json", "loads"), ("json", "loads"), False),
        (("src.sea.json", "loads"), ("json", "loads"), False),
        (("src.a", "low"), ("src.a", "low"), True),
        (None, ("pier.a", "low"), False),
    ],
)
def test_only_a_folder_stands_before_the_same_package(
    here: tuple[str, ...] | None, there: tuple[str, ...], *, same: bool
) -> None:
    assert is_same(here, there) is same


def test_what_is_imported_below_a_folder_is_not_imported_again() -> None:
    text = source("from src.pier.a import low\n\n\ndef test_sea():\n    assert low\n", "tests/test_a.py")
    place = place_for("pier/a.py", [text], Recording({}, {}, {}, {}, RECEIPT))
    assert place is not None
    test = Written("test_low", (replace(case("low(1)", kills="m"), imports=(LOW,)),))
    assert (assembled([test], place, "a", frozenset()) or b"").count(b"import") == 1
