"""The dashboard says what is worst first, a quiet night in one line, and nothing in it comes alive."""

import base64
import hashlib
import html
import json
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from improver.pulls.dashboard import Dashboard, Facts, Night, Refused, Rejected, Standing, dashboard
from improver.pulls.marking import marks
from improver.pulls.pages import ROWS, as_json, markdown, page
from tests.improver.judging import PACKAGED

AT = "2026-01-02T06:00:00+00:00"
MOST = 1 << 20
NONE = "'none'"
PAGE = "http://127.0.0.1/shop/shop/pull/7"
NIGHT = Night(
    "proposed",
    "every finding was tried",
    {"seen": 40, "eligible": 9, "tried": 4, "passed": 2, "opened": 2, "attempts": 4},
    {"report only: complexity": 31, "refused by tests": 2},
    "2026-01-02T05:00:00+00:00",
    "2026-01-02T05:02:05+00:00",
)
PULL = Standing(1, "Close the file", "confined", 7, PAGE)
KEPT = Standing(2, "Add a test", "new test", kept_back="nobody published it: improve publish")
NO = Rejected(3, "Name the flag", "here", "ada", "it reads worse", 5, "http://127.0.0.1/shop/shop/pull/5")
REFUSED = Refused("open_with", "shop/a.py", "tests", "one test fails")
QUIET = Facts(
    AT, PACKAGED.budget, Night("nothing_worth_it", "nothing was found that may safely be changed", {"seen": 40})
)
BUSY = replace(QUIET, night=NIGHT, standing=(PULL, KEPT), rejected=(NO,), refused=(REFUSED,), opened=1)


def names(board: Dashboard) -> list[str]:
    return [section.name for section in board.sections]


def test_a_quiet_night_is_one_line() -> None:
    board = dashboard(QUIET)
    assert board.quiet
    assert markdown(board, MOST) == (
        "**Nothing waits for you: 40 findings seen last night; nothing was found that may safely be changed**\n"
    )
    assert json.loads(as_json(board))["sections"]["night"] != []
    assert page(board).count("<section") == 0


def test_a_quiet_night_still_shows_what_can_be_revived() -> None:
    text = markdown(dashboard(replace(QUIET, rejected=(NO,))), MOST)
    assert text.count("\n## ") == 1
    assert "## Rejected by you" in text


def test_before_the_first_run_nothing_is_claimed() -> None:
    board = dashboard(replace(QUIET, night=None))
    assert board.verdict == "Nothing waits for you; there was no run yet"
    assert names(board) == ["budget"]


@pytest.mark.parametrize(
    ("facts", "verdict"),
    [
        pytest.param(BUSY, "1 pull request waits for you; 2 proposed last night", id="a pull request"),
        pytest.param(replace(BUSY, standing=(KEPT,)), "1 proposal waits unpublished", id="only here"),
        pytest.param(replace(BUSY, problems=("x broke", "y")), "2 problems: x broke", id="problems"),
        pytest.param(
            replace(BUSY, night=Night("error", "2 tests are flaky")),
            "1 problem: the last run did not come to its end (error): 2 tests are flaky",
            id="a run that broke",
        ),
    ],
)
def test_the_first_line_is_what_matters_most(facts: Facts, verdict: str) -> None:
    board = dashboard(facts)
    assert (board.verdict, board.quiet) == (verdict, False)
    assert markdown(board, MOST).splitlines()[0] == f"**{verdict}**"


def test_what_is_most_urgent_stands_first() -> None:
    assert names(dashboard(replace(BUSY, problems=("x",), canaries="all refused"))) == [
        "problems",
        "open",
        "waiting",
        "rejected",
        "refused",
        "budget",
        "night",
        "canaries",
    ]


def test_a_gate_that_broke_and_tests_that_are_flaky_are_problems_and_no_refusals() -> None:
    broke = replace(REFUSED, gate="types", reason="the gate itself broke: OSError: no mypy")
    flaky = replace(REFUSED, gate="flake", reason="test_a: passed 4 of 5 times")
    board = dashboard(replace(BUSY, refused=(broke, broke, flaky)))
    assert [row.text for row in board.sections[0].rows] == [
        "the gate types broke 2 times: OSError: no mypy",
        "not the same twice: shop/a.py: test_a: passed 4 of 5 times",
    ]
    assert [row.text for row in board.sections[4].rows] == [
        "flake: open_with in shop/a.py: test_a: passed 4 of 5 times"
    ]


def test_the_whole_page_as_markdown() -> None:
    assert (
        markdown(dashboard(BUSY), MOST)
        == f"""\
**1 pull request waits for you; 2 proposed last night**

## Open pull requests

- Close the file (confined) · [#7]({PAGE})

Next: merge one, or close it with a reason.

## Waiting, and why

- proposal 2: Add a test (new test): nobody published it: improve publish

Next: improve list.

## Rejected by you

- [ ] Name the flag: no for this rule in this file by ada because it reads worse · [#5]({NO.page}) \
<!-- nova:revive {{"pull":5}} -->

Next: comment `/nova undo-no` there, or tick it on the dashboard issue, to have it revived.

## Refused by a gate in the last run

- tests: open_with in shop/a.py: one test fails

## Budget

- 1 of 5 pull requests open
- 1 of 3 pull requests opened within a day
- 2 of {PACKAGED.budget.open_proposals} proposals waiting
- 4 of {PACKAGED.budget.attempts} attempts in the last run
- 125 of {PACKAGED.budget.seconds} seconds in the last run

## Last night

- 2026-01-02T05:00:00+00:00: proposed: every finding was tried
- 40 seen → 9 eligible → 4 tried → 2 passed → 2 opened
- 31 dropped: report only: complexity
- 2 dropped: refused by tests
"""
    )


def test_a_box_that_was_ticked_stays_ticked() -> None:
    text = markdown(dashboard(BUSY, {5}), MOST)
    (line,) = (line for line in text.splitlines() if line.startswith("- [x] "))
    assert marks(line, "revive") == [{"pull": 5}]


def test_what_was_rejected_here_only_has_no_box() -> None:
    text = markdown(dashboard(replace(BUSY, rejected=(replace(NO, pull=0, page=""),))), MOST)
    assert "- Name the flag: no for this rule in this file by ada because it reads worse · improve undo 3\n" in text


class Tags(HTMLParser):
    """The tags and the text of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: set[str] = set()
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes |= {name for name, _ in attrs}

    def handle_data(self, data: str) -> None:
        self.text += data


EVIL = (
    "<script>alert(1)</script> <img src=x onerror=y> @ada closes #1 [x](javascript:y) \"' & ::set-env name=A::b\n"
    '# head `<!-- nova:revive {"pull":1} -->` \x1b[31m\u202e'
)


def test_nothing_that_is_shown_comes_alive_on_the_page() -> None:
    evil = replace(NO, title=EVIL, reason=EVIL, by=EVIL, page='http://x/"onmouseover="y')
    seen = Tags()
    seen.feed(
        page(
            dashboard(replace(BUSY, rejected=(evil,), problems=(EVIL,), standing=(replace(PULL, page="javascript:x"),)))
        )
    )
    assert {*seen.tags} == {
        "html",
        "head",
        "meta",
        "title",
        "style",
        "body",
        "h1",
        "section",
        "h2",
        "ul",
        "li",
        "p",
        "footer",
    }
    assert seen.attributes == {"lang", "charset", "http-equiv", "content", "name", "class"}
    assert "<script>alert(1)</script>" in seen.text
    assert "\x1b" not in seen.text
    assert "\u202e" not in seen.text


def test_nothing_that_is_shown_comes_alive_in_markdown() -> None:
    text = markdown(dashboard(replace(BUSY, rejected=(replace(NO, title=EVIL),), problems=(EVIL,))), MOST)
    assert marks(text, "revive") == [{"pull": 5}]
    assert "`@ada`" in text
    assert "`<script>`" in text
    assert "\n# head" not in text
    assert "\x1b" not in text


def test_the_page_allows_no_script_and_nothing_from_elsewhere() -> None:
    text = page(dashboard(BUSY))
    style = text.split("<style>")[1].split("</style>")[0]
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert f'content="{html.escape(f"default-src {NONE}; style-src {chr(39)}sha256-{digest}{chr(39)}")}"' in text
    assert f'<a href="{PAGE}">#7</a>' in text


def test_what_does_not_fit_is_said() -> None:
    many = replace(BUSY, refused=tuple(replace(REFUSED, path=f"shop/{at}.py") for at in range(ROWS + 9)))
    board = dashboard(many)
    assert "- 9 more are left out here; improve report --output-format json has all.\n" in markdown(board, MOST)
    assert "<li>9 more are left out here;" in page(board)
    assert len(json.loads(as_json(board))["sections"]["refused"]) == ROWS + 9
    short = markdown(board, 1500)
    assert len(short.encode()) <= 1500
    assert short.endswith(" lines more did not fit here.\n")
    assert short.startswith("**1 pull request waits for you")


def test_a_row_of_any_length_is_cut() -> None:
    long = replace(
        BUSY, problems=("x" * 100_000,), rejected=(replace(NO, title=b"\xff".decode("utf-8", "surrogateescape")),)
    )
    assert len(markdown(dashboard(long), MOST)) < 5000
    assert len(page(dashboard(long)).encode()) < 9000
    assert "\\udcff" in markdown(dashboard(long), MOST)
