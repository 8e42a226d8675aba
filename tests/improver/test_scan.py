"""From a tree to findings, groups and drafted changes."""

from collections.abc import Iterable

import pytest

from improver.codemod import Rewrite, Site, replaced
from improver.codemods.blocking_call import BlockingCall
from improver.observer import Project, observer
from improver.records import SUBMODULE, SYMLINK, File, Finding, Safety
from improver.scan import apart, catalogued, draft, groups, read_project, scan, wanted
from improver.source import Unreadable
from tests.improver.benches import FakeBench
from tests.improver.judging import PACKAGED
from tests.improver.renewing import RENEW, RULE, Renew, RenewProved, project_of, tree_of

OLD = 'A = "old"\n'
RUFF = FakeBench().ruff


@observer(rules={"odd": "it is odd"})
def odd(project: Project) -> Iterable[Finding]:
    """Find something in every source, and something outside of them."""
    for path in (*project.sources, "elsewhere.py"):
        yield Finding(f"odd {path}", "odd", path, "", 2, 0, "odd")


def test_product_files_are_sources_and_all_others_context() -> None:
    tree = tree_of({"a.py": OLD, "tests/test_a.py": OLD, "setup.py": OLD, "vendor/b.py": OLD, "notes.txt": OLD})
    tree |= {"link.py": File(b"a.py", SYMLINK), "sub.py": File(b"", SUBMODULE)}
    project, unreadable = read_project(tree, PACKAGED, RUFF, ())
    assert (list(project.sources), list(project.context)) == (["a.py"], ["setup.py", "tests/test_a.py", "vendor/b.py"])
    assert (unreadable, project.tree) == ([], tree)


MIT, BSD = (
    "# Permission is hereby granted, free of\n# charge, to any person.\n",
    "# Redistribution and use in source and\n# binary forms\n",
)


@pytest.mark.parametrize(
    ("path", "others", "told"),
    [
        pytest.param("pier/sea.py", ["pier/tide.py", "undersea.py"], "sea.py", id="the only one"),
        pytest.param("pier/calm/sea.py", ["sea.py"], "calm/sea.py", id="below its folder"),
        pytest.param("sea.py", ["pier/sea.py"], "sea.py", id="in no folder"),
        pytest.param("pier/__init__.py", ["pier/calm/__init__.py"], "pier/__init__.py", id="packages"),
    ],
)
def test_a_title_tells_a_file_from_others_of_its_name(path: str, others: list[str], told: str) -> None:
    tree = tree_of(dict.fromkeys((path, *others), OLD))
    project = project_of(tree_of({path: OLD}))
    [group] = groups(scan(project, (), [RENEW], ()).findings, [RENEW])
    change = draft(group, project, tree).change
    assert change is not None
    assert change.title == f"Renew old words in {told}"


@pytest.mark.parametrize(
    ("heads", "sources"),
    [
        pytest.param((MIT, "", "", ""), ["b.py", "c.py", "d.py"], id="a file from elsewhere"),
        pytest.param((f'"""{BSD}"""\n', "", "", ""), ["b.py", "c.py", "d.py"], id="in a docstring"),
        pytest.param((MIT, BSD, "", ""), ["a.py", "b.py", "c.py", "d.py"], id="half of them: a habit"),
        pytest.param(
            ("# Licensed under the MIT licence.\n", "", "", ""), ["a.py", "b.py", "c.py", "d.py"], id="its name"
        ),
        pytest.param((f"{OLD * 50}{MIT}", "", "", ""), ["a.py", "b.py", "c.py", "d.py"], id="further down"),
    ],
)
def test_a_file_with_a_licence_of_its_own_is_somebody_elses(heads: tuple[str, ...], sources: list[str]) -> None:
    tree = tree_of({f"{name}.py": f"{head}{OLD}" for name, head in zip("abcd", heads, strict=True)})
    project, _ = read_project(tree, PACKAGED, RUFF, ())
    assert list(project.sources) == sources
    assert {*project.sources, *project.context} == set(tree)


@pytest.mark.parametrize(
    ("paths", "sources"),
    [
        pytest.param((), ["a/x.py", "ab.py", "b.py"], id="nothing means all"),
        pytest.param(("a",), ["a/x.py"], id="a folder is not the beginning of a name"),
        pytest.param(("a/", "b.py"), ["a/x.py", "b.py"], id="a folder and a file"),
    ],
)
def test_paths_narrow_the_sources(paths: tuple[str, ...], sources: list[str]) -> None:
    tree = tree_of({"a/x.py": OLD, "ab.py": OLD, "b.py": OLD})
    project = project_of(tree, paths=paths)
    assert list(project.sources) == sources
    assert {*project.sources, *project.context} == set(tree)


def test_what_cannot_be_read_is_left_out_with_the_reason() -> None:
    large = b"#" * (PACKAGED.gates.limits.file_bytes + 1)
    tree = tree_of({"a.py": OLD, "bad.py": "def (", "large.py": large, "latin.py": b"'\xe9'\n"})
    project, unreadable = read_project(tree, PACKAGED, RUFF, ())
    assert list(project.sources) == ["a.py"]
    assert [one.path for one in unreadable] == ["bad.py", "large.py", "latin.py"]
    assert unreadable[1] == Unreadable("large.py", "1000001 bytes; policies/gates.yaml reads at most 1000000")


def test_findings_come_in_the_order_of_the_files_and_only_from_sources() -> None:
    project = project_of(tree_of({"b.py": OLD, "a.py": f"# first\n\n{OLD}"}))
    found = scan(project, [odd], [RENEW], [])
    assert [(one.path, one.line, one.rule) for one in found.findings] == [
        ("a.py", 2, "odd"),
        ("a.py", 3, RULE),
        ("b.py", 1, RULE),
        ("b.py", 2, "odd"),
    ]
    assert found.files == 2


def test_a_key_outlives_moved_lines() -> None:
    before = scan(project_of(tree_of({"a.py": OLD})), [], [RENEW], []).findings
    after = scan(project_of(tree_of({"a.py": f"B = 1\n\n\n{OLD}"})), [], [RENEW], []).findings
    assert [one.key for one in before] == [one.key for one in after]


def test_groups_take_turns_by_rule_and_the_most_valuable_comes_first() -> None:
    tree = tree_of({"a.py": OLD, "b.py": OLD + OLD, "c.py": OLD})
    proved = RenewProved()
    found = scan(project_of(tree), [odd], [RENEW, proved], [])
    made = groups(found.findings, [RENEW, proved])
    assert (catalogued(proved, proved.SAFETY), catalogued(RENEW, RENEW.SAFETY)) == (25, 9)
    assert [(group.rule, group.path, len(group.findings)) for group in made] == [
        ("proved", "b.py", 2),
        (RULE, "b.py", 2),
        ("proved", "a.py", 1),
        (RULE, "a.py", 1),
        ("proved", "c.py", 1),
        (RULE, "c.py", 1),
    ]


def test_a_group_splits_until_one_finding_is_left() -> None:
    tree = tree_of({"a.py": OLD * 3})
    (group,) = groups(scan(project_of(tree), [], [RENEW], []).findings, [RENEW])
    first, second = group.halves()
    assert ([len(first.findings), len(second.findings)], first.halves()) == ([1, 2], ())
    assert [one.findings for one in group.singles()] == [(one,) for one in group.findings]


def test_findings_that_are_wanted_apart_share_no_group() -> None:
    tree = tree_of({"a.py": OLD * 3})
    (group,) = groups(scan(project_of(tree), [], [RENEW], []).findings, [RENEW])
    first, second, third = group.findings
    parts = [part.findings for part in apart([group], {second.key})]
    assert parts == [(first, third), (second,)]
    assert [part.findings for part in apart([group], {one.key for one in group.findings})] == [
        (first,),
        (second,),
        (third,),
    ]
    assert apart([group], ()) == [group]


def test_a_draft_holds_every_place_but_those_abstained_from() -> None:
    text = 'A = "old"\nB = "old"  # STAY\nC = "old"\n'
    tree = tree_of({"a.py": text})
    tree["a.py"] = File(text.encode(), "100755")
    project = project_of(tree)
    (group,) = groups(scan(project, [], [RENEW], []).findings, [RENEW])
    drafted = draft(group, project, tree)
    assert drafted.change is not None
    (edit,) = drafted.change.edits
    assert (edit.before, edit.after) == (tree["a.py"], File(b'A = "new"\nB = "old"  # STAY\nC = "new"\n', "100755"))
    assert [one.line for one in drafted.answered] == [1, 3]
    assert [(one.line, reason) for one, reason in drafted.abstained] == [(2, "it stays")]
    assert (drafted.change.rule, drafted.change.safety, drafted.change.title) == (
        RULE,
        Safety.COVERED,
        "Renew old words in a.py",
    )


def test_a_draft_that_nobody_stands_behind_is_none() -> None:
    tree = tree_of({"a.py": 'A = "old"  # STAY\n'})
    project = project_of(tree)
    (group,) = groups(scan(project, [], [RENEW], []).findings, [RENEW])
    assert (draft(group, project, tree).change, draft(group, project, tree).answered) == (None, ())


class RenewListed(Renew):
    """Renew a word and add a line to the list of what was renewed."""

    def rewrite(self, site: Site) -> Rewrite:
        listed = site.project.sources["listed.py"]
        line = site.finding.line
        renewed = replaced(site.source, line, line, site.source.lines[line - 1].replace("old", "new"))
        added = replaced(listed, len(listed.lines) + 1, len(listed.lines), f"LINE = {line}\n")
        assert isinstance(renewed, dict)
        assert isinstance(added, dict)
        return renewed | added


def test_each_place_of_a_draft_is_rewritten_in_the_files_as_the_one_before_left_them() -> None:
    tree = tree_of({"a.py": OLD * 2, "listed.py": "LINE = 0\n"})
    project, codemod = project_of(tree), RenewListed()
    (group,) = groups(scan(project, [], [codemod], []).findings, [codemod])
    change = draft(group, project, tree).change
    assert change is not None
    edited = {edit.path: edit.after.data for edit in change.edits if edit.after}
    assert edited == {"a.py": b'A = "new"\nA = "new"\n', "listed.py": b"LINE = 0\nLINE = 2\nLINE = 1\n"}
    assert project.sources["listed.py"].text == "LINE = 0\n"


def test_a_place_is_found_again_when_another_one_brought_or_took_an_import() -> None:
    sleeps = "".join(f"    time.sleep({seconds})\n" for seconds in (1, 2, 3))
    text = f"import time\nimport tomllib\n\nX = tomllib\n\n\nasync def a():\n{sleeps}"
    tree = tree_of({"a.py": text, "main.py": "import asyncio\n"})
    project, codemod = project_of(tree), BlockingCall()
    (group,) = groups(scan(project, [], [codemod], []).findings, [codemod])
    drafted = draft(group, project, tree)
    assert drafted.change is not None
    (edit,) = drafted.change.edits
    assert edit.after is not None
    awaited = text.replace("    time.", "    await asyncio.").replace("import time\n", "import asyncio\n")
    assert edit.after.data.decode() == awaited
    assert (drafted.answered, drafted.abstained) == (group.findings, ())


@pytest.mark.parametrize(
    ("rule", "only", "expected"),
    [
        pytest.param("open_with", (), True, id="nothing asked for means all"),
        pytest.param("ruff:B009", ("ruff:*",), True, id="a glob"),
        pytest.param("open_with", ("ruff:*", "open_with"), True, id="one of two"),
        pytest.param("open_with", ("open",), False, id="no beginnings"),
    ],
)
def test_rules_are_asked_for_by_name_or_glob(rule: str, only: tuple[str, ...], expected: bool) -> None:
    assert wanted(rule, only) is expected


TWO_LISTED = {"setup.py": "setup(classifiers=['Programming Language :: Python :: 2.7'])\n"}


@pytest.mark.parametrize(
    ("files", "text", "changed"),
    [
        pytest.param(TWO_LISTED, OLD, False, id="its classifiers name Python 2"),
        pytest.param({"setup.cfg": "python_requires = >=2.7, !=3.0.*\n"}, OLD, False, id="it asks for 2.7 or newer"),
        pytest.param({"setup.cfg": "python_requires = >=2.7,<3\n"}, OLD, False, id="it asks for no 3 at all"),
        pytest.param({**TWO_LISTED, "setup.cfg": "python_requires=>=3.8\n"}, OLD, True, id="a stale classifier"),
        pytest.param(TWO_LISTED, OLD + "B = f'{A}'\n", True, id="an f-string, which no Python 2 reads"),
        pytest.param(TWO_LISTED, OLD + "def f(a: int): pass\n", True, id="an annotation, which no Python 2 reads"),
        pytest.param({"setup.py": "setup(python_requires='>=3.8')\n"}, OLD, True, id="it asks for 3.8 or newer"),
        pytest.param({}, OLD, True, id="nothing is said"),
    ],
)
def test_what_runs_on_python_2_too_is_left_alone(files: dict[str, str], text: str, changed: bool) -> None:
    tree = tree_of({"a.py": text, **files})
    project = project_of(tree)
    found = [one for one in scan(project, [], [RENEW], []).findings if one.path == "a.py"]
    (group,) = groups(found, [RENEW])
    assert (draft(group, project, tree).change is not None) is changed
