"""A method is annotated only when no class with bases, in any file, may override it."""

import pytest

from improver.codemod import Abstain, apply, findings
from improver.codemods.return_annotations import ReturnAnnotations
from improver.observer import Project
from improver.records import File
from improver.source import Source
from improver.verify.ruff import RuffTool

TEXT = "class Shape:\n    def sides(self):\n        return 4\n\n    def name(self) -> str:\n        return ''\n"
OVERRIDE = "from a import Shape\n\n\nclass Round(Shape):\n    def sides(self):\n        return 0.5\n"
NAMESAKE = "class Road:\n    def sides(self):\n        return 'left', 'right'\n"


def result(other: str) -> str:
    source, context = Source.read("a.py", TEXT.encode()), Source.read("tests/b.py", other.encode())
    assert isinstance(source, Source)
    assert isinstance(context, Source)
    tree = {item.path: File(item.data) for item in (source, context)}
    project = Project({"a.py": source}, tree, RuffTool(), context={"tests/b.py": context})
    (finding,) = findings([ReturnAnnotations()], source)
    rewrite = apply(ReturnAnnotations(), finding, source, project)
    return rewrite.reason if isinstance(rewrite, Abstain) else rewrite["a.py"].decode()


@pytest.mark.parametrize(
    ("other", "expected"),
    [
        pytest.param(
            OVERRIDE,
            "a method of this name in a class with bases may override it and return something else",
            id="a subclass among the tests returns something else",
        ),
        pytest.param(
            NAMESAKE, TEXT.replace("sides(self)", "sides(self) -> int"), id="a class of its own is no override"
        ),
    ],
)
def test_overrides_anywhere_in_the_project_count(other: str, expected: str) -> None:
    assert result(other) == expected
