"""`improve review` as a process: a human's change, staged or committed, through the real gates, and nothing written."""

import json
from pathlib import Path

import pytest

from tests.end_to_end.projects import DEPTH_MENDED, TESTS, committed, git, improve, made, user_state, write

pytestmark = pytest.mark.host  # whole processes, each of which starts sandboxes
TIDE = f'''{DEPTH_MENDED}

def tide(text: str) -> int:
    """Read a tide."""
    return depth(text) + 1
'''
TIDE_CARELESS = TIDE.replace(
    "    return depth(text) + 1\n",
    "    try:\n        return depth(text) + 1\n    except LookupError:\n        raise ValueError(text)\n",
)
TIDE_TESTS = TESTS.replace("import depth", "import depth, tide") + (
    '\n\ndef test_a_tide_is_read():\n    assert tide("4") == 5\n'
    '\n\ndef test_no_tide_is_refused():\n    with pytest.raises((LookupError, ValueError)):\n        tide("high")\n'
)


@pytest.fixture
def pier(tmp_path: Path) -> Path:
    root = made(tmp_path / "pier")
    committed(root, {"pier/a.py": DEPTH_MENDED})
    return root


def test_what_is_staged_is_judged_and_what_it_brings_is_told(pier: Path) -> None:
    write(pier, {"pier/a.py": TIDE_CARELESS, "tests/test_a.py": TIDE_TESTS})
    git(pier, "add", "--all")
    write(pier, {"pier/a.py": "not what was staged\n"})
    before = user_state(pier)
    done = improve(pier, "review", "--json")
    assert (done.status, done.data["outcome"]) == (1, "refused"), done
    assert done.data["refusals"] == [next(one for one in done.data["refusals"] if one.startswith("lint: pier/a.py:17"))]
    assert [(one["rule"], one["line"]) for one in done.data["findings"]] == [("explicit_cause", 17)]
    (better,) = done.data["suggestions"]
    assert better["text"] == "    except LookupError as error:\n        raise ValueError(text) from error\n"
    assert (better["first"], better["last"]) == (16, 17)
    assert user_state(pier) == before
    assert "improve codemods explain explicit_cause" in done.data["next"]


def test_a_sound_change_between_two_commits_brings_nothing_to_say(pier: Path) -> None:
    base = git(pier, "rev-parse", "HEAD").strip()
    git(pier, "switch", "--quiet", "--create", "side")
    committed(pier, {"pier/a.py": TIDE, "tests/test_a.py": TIDE_TESTS})
    git(pier, "switch", "--quiet", "main")
    committed(pier, {"pier/b.py": '"""Elsewhere."""\n'})
    done = improve(pier, "review", "--diff", "main..side", "--output-format", "sarif")
    assert done.status == 0, done
    assert json.loads(done.out)["runs"][0]["results"] == []
    asked = improve(pier, "review", "--diff", "main..side", "--json").data
    assert (asked["outcome"], asked["base"]) == ("nothing_new", base), "its base is where the two parted"
    assert asked["gates"]["tests"] == "pass"


@pytest.mark.parametrize(
    ("words", "what"),
    [
        ((), "nothing is staged"),
        (("--diff", "HEAD"), "--diff HEAD: that is no pair of commits"),
        (("--diff", "HEAD...HEAD"), "--diff HEAD...HEAD: that is no pair of commits"),
        (("--diff", "HEAD..HEAD"), "--diff HEAD..HEAD: there is no change between the two"),
        (("--diff", "nowhere..HEAD"), "no commit is called 'nowhere'"),
        (("--diff", "HEAD~1..HEAD", "--staged"), "--diff and --staged are two changes"),
        (("--diff", "HEAD~1..HEAD", "--json", "--output-format", "sarif"), "--json and --output-format sarif both"),
    ],
)
def test_what_cannot_be_reviewed_is_told_with_a_way_on(pier: Path, words: tuple[str, ...], what: str) -> None:
    done = improve(pier, "review", *words)
    assert done.status in (2, 3), done
    assert what in done.err
    assert "fix: " in done.err


def test_an_unfinished_merge_and_histories_without_a_common_commit_are_told(pier: Path) -> None:
    git(pier, "switch", "--quiet", "--create", "side")
    committed(pier, {"pier/a.py": TIDE})
    git(pier, "switch", "--quiet", "main")
    committed(pier, {"pier/a.py": TIDE_CARELESS})
    with pytest.raises(Exception, match="merge"):
        git(pier, "merge", "side")
    staged = improve(pier, "review")
    assert (staged.status, "pier/a.py is in conflict" in staged.err) == (3, True), staged
    git(pier, "merge", "--abort")
    git(pier, "switch", "--quiet", "--orphan", "apart")
    committed(pier, {"c.py": '"""Apart."""\n'})
    apart = improve(pier, "review", "--diff", "main..apart")
    assert (apart.status, "share no commit" in apart.err) == (3, True), apart
