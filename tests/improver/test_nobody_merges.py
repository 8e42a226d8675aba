"""Merging exists in one place, which nothing but the human's commands can reach; no forge is told to merge at all."""

import ast
from pathlib import Path

import grimp
import pytest

ROOT = Path(__file__).parents[2]
MERGING = "improver.cli.merging"
HUMANS = {"improver.cli.commands.approve", "improver.cli.commands.undo"}
# Calls and addresses by which a hosting site merges, approves or lets itself be told to.
CALLS = {
    "merge_pull_request",
    "enable_auto_merge",
    "enable_automerge",
    "create_review_approval",
    "merge_upstream",
    "approve_pull_request",
}
WORDS = (
    "enablePullRequestAuto" + "Merge",
    "mergePull" + "Request",
    "mergeBranch(",
    "enqueuePull" + "Request",
    'event": "APP' + "ROVE",
    "pr merge",
    "pr review --app" + "rove",
    "/pulls/{}/merge",
    "/merges",
    "/merge-upstream",
    "submitPullRequest" + "Review",
    "addPullRequest" + "Review(",
    "dismissPullRequest" + "Review",
    "resolveReview" + "Thread",
    "bypass_pull_request_" + "allowances",
)
# What a literal may not be as a whole, or end with: the pieces of such a request.
WHOLE = {"APP" + "ROVE"}
ENDS = ("/merge", "/merge-queue", "/dismissals", "/protection")
GIT_MERGES = {"merge", "rebase", "cherry-pick", "pull", "merge-file"}


@pytest.fixture(scope="module")
def graph() -> grimp.ImportGraph:
    """Return who imports whom, also where a module is only named in a string that is imported."""
    return grimp.build_graph("improver", "nova", cache_dir=None)


def test_only_the_humans_commands_import_what_merges(graph: grimp.ImportGraph) -> None:
    assert graph.find_modules_that_directly_import(MERGING) == HUMANS
    assert graph.find_downstream_modules(MERGING) == HUMANS


@pytest.mark.parametrize("part", ["improver.loop", "improver.app", "improver.acts", "improver.adapters", "nova"])
def test_no_part_that_works_alone_can_reach_it(part: str, graph: grimp.ImportGraph) -> None:
    assert part in graph.modules
    reached = graph.find_upstream_modules(part, as_package=True)
    assert not [name for name in reached if name.startswith("improver.cli")]


def sources() -> list[Path]:
    """Return every Python file of the product."""
    return sorted([*ROOT.glob("improver/**/*.py"), *ROOT.glob("nova/**/*.py"), *ROOT.glob("scripts/**/*.py")])


def names_called(tree: ast.AST) -> set[str]:
    """Return the last name of everything that is called."""
    calls = [node.func for node in ast.walk(tree) if isinstance(node, ast.Call)]
    return {getattr(called, "attr", getattr(called, "id", "")) for called in calls}


def literals(tree: ast.AST) -> list[str]:
    """Return every string, the constant parts of formatted ones too."""
    return [node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)]


def merges(path: Path, tree: ast.AST) -> list[str]:
    """Return what in a file would merge, approve, or run a git command that does."""
    found = sorted(names_called(tree) & CALLS)
    found += [word for word in WORDS for text in literals(tree) if word in text]
    found += [text for text in literals(tree) if text in WHOLE or text.endswith(ENDS)]
    if path.relative_to(ROOT).as_posix() != "improver/cli/merging.py":
        found += sorted(GIT_MERGES & git_verbs(tree))
        if "merge" in names_called(tree) and path.relative_to(ROOT).as_posix() != "improver/cli/commands/approve.py":
            found.append("merge()")
    return found


def git_verbs(tree: ast.AST) -> set[str]:
    """Return the constant first words given to a call, or held in a set of verbs."""
    words: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and not _only_names(node):
            words |= _strings(node.args[:2])
        if isinstance(node, ast.List | ast.Tuple | ast.Set) and "git" in (strings := _strings(node.elts)):
            words |= strings
        if isinstance(node, ast.Assign) and any(getattr(name, "id", "").endswith("VERBS") for name in node.targets):
            words |= {word for text in literals(node.value) for word in text.split()}
    return words


def _only_names(call: ast.Call) -> bool:
    """Tell whether a call reads one key of a mapping, or declares an option of a command: neither can run git."""
    called = call.func
    if not isinstance(called, ast.Attribute):
        return False
    if called.attr == "get":
        return len(call.args) == 1 and not call.keywords
    return called.attr == "option" and isinstance(called.value, ast.Name) and called.value.id == "click"


def _strings(nodes: list[ast.expr]) -> set[str]:
    return {item.value for item in nodes if isinstance(item, ast.Constant) and isinstance(item.value, str)}


@pytest.mark.parametrize("path", sources(), ids=lambda path: path.relative_to(ROOT).as_posix())
def test_no_file_but_one_merges_and_none_tells_a_forge_to(path: Path) -> None:
    assert merges(path, ast.parse(path.read_bytes())) == []


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("gh.pull_request(1).merge()", id="a client's own merge"),
        pytest.param("api.merge_pull_request(3)", id="a call named for it"),
        pytest.param("git.run('merge', branch)", id="git merge"),
        pytest.param("git.get('merge', branch)", id="git merge by another name"),
        pytest.param("option('--pr', 'pull')", id="what is no option of a command"),
        pytest.param("call(['git', '-C', root, 'rebase'])", id="git rebase in a list"),
        pytest.param("VERBS = frozenset('status cherry-pick'.split())", id="a verb that would be allowed"),
        pytest.param("query = 'mutation { mergePull' 'Request(input: 1) }'", id="a query"),
        pytest.param("run('gh pr merge 3')", id="a shell command"),
        pytest.param("review.submit('fine', 'APP' 'ROVE')", id="a review that is submitted"),
        pytest.param("pull.create_review('fine', event='APP' 'ROVE')", id="a review that approves"),
        pytest.param("line.send('POST', at, {'event': 'APP' 'ROVE'})", id="the body of such a request"),
        pytest.param("line.send('PUT', f'/repos/{name}/pulls/{number}/merge', {})", id="an address"),
        pytest.param("line.send('POST', f'/repos/{name}/merges', {})", id="the address of a branch's"),
        pytest.param("repository.merge('main', 'nova/x')", id="a repository's own merge"),
    ],
)
def test_the_search_finds_what_it_looks_for(text: str) -> None:
    assert merges(ROOT / "improver/loop.py", ast.parse(text)) != []


def test_the_one_place_is_where_the_search_says() -> None:
    tree = ast.parse((ROOT / "improver/cli/merging.py").read_bytes())
    assert "merge" in git_verbs(tree)
