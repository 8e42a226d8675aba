"""What a rewrite moved is laid out as the formatter of its file would, and nothing else is."""

import ast

import pytest

from improver.codemod import Abstain, Codemod, Rewrite, Site
from improver.records import Safety
from improver.rewriting.layout import relaid
from improver.scan import draft, groups, scan
from improver.source import Source
from tests.improver.renewing import project_of, tree_of

NESTED = """def f(a):
    if a:
        print(
            "a text that fits on its line as soon as it stands one level less deep now"
        )
"""
FLAT = """def f(a):
    print(
        "a text that fits on its line as soon as it stands one level less deep now"
    )
"""
JOINED = """def f(a):
    print("a text that fits on its line as soon as it stands one level less deep now")
"""
TEXT = 'X = """(\n{}\n)"""\n'


class Unnest(Codemod):
    """Write the flat function in place of the nested one."""

    TITLE = WHY = SAFE_WHEN = "flat is better"
    SAFETY = Safety.COVERED
    NODES = (ast.If,)
    CHANGES = ()
    KEEPS = ()

    def suspects(self, node: ast.AST, source: Source) -> str | None:
        return "it is nested" if node in source.parents else None

    def rewrite(self, site: Site) -> Rewrite | Abstain:
        return {site.source.path: FLAT.encode()}


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        pytest.param(NESTED, FLAT, JOINED, id="what fits on one line now"),
        pytest.param(
            NESTED.replace('now"', 'now",'),
            FLAT.replace('now"', 'now",'),
            FLAT.replace('now"', 'now",'),
            id="not where a comma keeps the lines apart",
        ),
        pytest.param(
            NESTED.replace('now"', 'now"  # so'),
            FLAT.replace('now"', 'now"  # so'),
            FLAT.replace('now"', 'now"  # so'),
            id="not where a comment stands in between",
        ),
        pytest.param("x = f(\n    1\n)\n" + NESTED, FLAT, FLAT, id="not where nobody formats the file"),
        pytest.param(TEXT.format("x" * 90), TEXT.format("x"), TEXT.format("x"), id="not inside a text"),
    ],
)
def test_a_bracket_is_joined(before: str, after: str, expected: str) -> None:
    source = Source.read("a.py", before.encode())
    assert isinstance(source, Source)
    assert relaid({"a.py": after.encode()}, source)["a.py"].decode() == expected


def test_a_draft_is_laid_out_anew() -> None:
    tree = tree_of({"a.py": NESTED})
    project, codemod = project_of(tree), Unnest()
    (group,) = groups(scan(project, [], [codemod], []).findings, [codemod])
    change = draft(group, project, tree).change
    assert change is not None
    assert [edit.after.data.decode() for edit in change.edits if edit.after] == [JOINED]
