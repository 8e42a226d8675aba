"""Put a human's change through the gates, and say what is new in it."""

import importlib.metadata
import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, replace
from pathlib import Path

import click

from improver.acts import between, look_at, staged
from improver.app import Improver, open_improver
from improver.cli.formats import github, sarif
from improver.cli.options import Common, improve_command
from improver.cli.step_summary import MOST_SUMMARY, add_to_summary
from improver.cli.telling import told_by
from improver.cli.terminal import Terminal
from improver.errors import UsageError
from improver.hosting.offering import hosting_of
from improver.hosting.reviews import Stale, number_at, post_account, review_pull
from improver.preparing import Wish
from improver.pulls.posting import Posted
from improver.pulls.remarking import MOST_READ, Told, markdown, read, told_of
from improver.reviewing import Review

MARKS = {"refused": "no", "found": "no", "asked": "skip", "nothing_new": "ok"}
FORMATS: Mapping[str, Callable[[Review, Told], str]] = {
    "github": lambda review, _: "\n".join(github(review)),
    "json": lambda _, told: told.as_json(),
    "markdown": lambda _, told: markdown(told),
    "sarif": lambda review, _: json.dumps(sarif(review, importlib.metadata.version("nova")), indent=2),
}


@improve_command("review")
@click.option("--diff", "span", metavar="BASE..HEAD", help="The change from where the two commits parted to HEAD.")
@click.option("--staged", "of_index", is_flag=True, help="The change that `git add` has staged (the default).")
@click.option("--pr", "number", type=click.IntRange(min=1), metavar="N", help="Pull request N; says there what is new.")
@click.option("--post", "account", type=click.Path(exists=True, dir_okay=False, path_type=Path), metavar="FILE",
              help="Say at the host what --output-format json wrote elsewhere; needs --pr or --at.")  # fmt: skip
@click.option("--at", "commit", metavar="COMMIT", help="With --post: the open pull request whose head is COMMIT.")
@click.option("--output-format", type=click.Choice(["text", *FORMATS]), default="text", show_default=True)
@click.option("--tolerate-red", is_flag=True, help="Go on with failing tests, each held to the same outcome.")
def command(
    common: Common,
    span: str | None,
    of_index: bool,
    number: int | None,
    account: Path | None,
    commit: str | None,
    output_format: str,
    tolerate_red: bool,
) -> int:
    """Put a human's change through the gates of its base, and say what is new in it.

    Nothing is merged or approved, and without --pr or --post nothing is written. Ends with 1 where a gate refuses or a
    finding stands.
    """
    _expect_one({"--diff": span, "--staged": of_index, "--pr": number and not account, "--post": account})
    if common.terminal.as_json and output_format != "text":
        raise UsageError(f"--json and --output-format {output_format} both want stdout", fix="name one of them")
    if (account and not (number or commit)) or (commit and not account):
        raise UsageError("--post says what, --pr or --at where", fix="--post FILE --pr N, or --post FILE --at COMMIT")
    with open_improver(common.settings) as improver:
        if account is not None:
            return _post(common, improver, account, (number, commit or ""))
        listener = told_by(common.terminal if output_format == "text" else quietly(common.terminal))
        wish = Wish(tolerate_red=tolerate_red)
        if number is not None:
            found, told, posted = review_pull(improver, hosting_of(improver), number, wish, listener)
            tell_posted(quietly(common.terminal) if output_format != "text" else common.terminal, posted)
        else:
            asked = between(improver, span) if span else staged(improver)
            found = look_at(improver, asked, wish, listener)
            head = improver.repository.resolve(span.partition("..")[2] or "HEAD") if span else ""
            told = told_of(found, asked.base, head)
    show(common, found, told, output_format)
    return 1 if found.refusals or found.findings else 0


def _expect_one(changes: Mapping[str, object]) -> None:
    named = [name for name, value in changes.items() if value]
    if len(named) > 1:
        raise UsageError(f"{' and '.join(named)} are two changes", fix="name one of them")


def _post(common: Common, improver: Improver, account: Path, where: tuple[int | None, str]) -> int:
    """Say at the host what the file says; which pull request that is comes from the host."""
    with account.open("rb") as file:
        told = read(file.read(MOST_READ + 1))
    hosting, (number, commit) = hosting_of(improver), where
    found = number or number_at(hosting, commit)
    posted = found if isinstance(found, Stale) else post_account(improver, hosting, told, found)
    if isinstance(posted, Stale):
        common.terminal.line("skip", "stale", f"nothing was said: {posted.reason}")
        common.terminal.result("stale", {"reason": posted.reason})
        return 0
    tell_posted(common.terminal, posted)
    add_to_summary(common.settings.host.summary, markdown(told, MOST_SUMMARY))
    common.terminal.result("posted", {"pull": found, "reason": told.reason, **asdict(posted)})
    return 0


def tell_posted(terminal: Terminal, posted: Posted) -> None:
    """Print what was said at the host."""
    terminal.line("ok", "host", f"comment {posted.comment} · {posted.suggestions} new suggestions · {posted.check}")


def show(common: Common, review: Review, told: Told, output_format: str) -> None:
    """Print a review in the form asked for, and add it to the summary of a workflow's step."""
    if output_format == "text":
        tell(common.terminal, review, told)
        if common.terminal.as_json:
            click.echo(told.as_json())
    else:
        click.echo(FORMATS[output_format](review, told))
    add_to_summary(common.settings.host.summary, markdown(told, MOST_SUMMARY))


def quietly(terminal: Terminal) -> Terminal:
    """Return a terminal that says on stderr what it says, since stdout is the report's."""
    return replace(terminal, as_json=True)


def tell(terminal: Terminal, review: Review, told: Told) -> None:
    """Print what refuses, what a human is asked, what is new and what could be better."""
    for said, mark in ((review.refusals, "no"), (review.questions, "skip")):
        for one in said:
            gate, _, words = one.partition(": ")
            terminal.line(mark, gate, words)
    for finding in review.findings:
        terminal.line("no", "found", f"{finding.rule}  {finding.path}:{finding.line}  {finding.message}")
    for better in review.suggestions:
        place = f"{better.finding.path}:{better.first}-{better.last}"
        terminal.line("note", "suggest", f"{place} could be ({better.safety.value}):")
        terminal.text("\n".join(f"    {line}" for line in better.text.splitlines()))
    for words in (*review.unchecked, *review.unreadable):
        terminal.line("note", "unchecked", words)
    terminal.line(MARKS[review.outcome], review.outcome, told.reason)
