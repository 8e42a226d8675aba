"""Turn events and proposals into lines on the terminal."""

from collections.abc import Callable, Sequence

from improver.adapters.ledger_records import Proposal
from improver.cli.terminal import Terminal
from improver.pulls.submitting import Done
from improver.request import Event


def told_by(terminal: Terminal) -> Callable[[Event], None]:
    """Return a listener that prints each event."""

    def tell(event: Event) -> None:
        terminal.line(event.mark, event.stage, event.text)

    return tell


def summary(proposal: Proposal) -> dict[str, object]:
    """Return what a list shows of a proposal, as plain data."""
    made = proposal.draft
    return {
        "number": proposal.number,
        "state": proposal.state.value,
        "rule": made.rule,
        "path": made.path,
        "line": made.findings[0].line if made.findings else 0,
        "title": made.title,
        "safety": made.safety.value,
        "draft": made.draft,
        "publishable": made.publishable,
        "branch": made.branch,
        "base": made.base,
        "commit": made.commit,
        "claims_digest": made.claims_digest,
        "created": made.created,
        "merge": proposal.merge,
    }


def row(proposal: Proposal) -> str:
    """Return one line about a proposal."""
    made = proposal.draft
    mark = " · draft" if made.draft else ""
    return f"#{proposal.number:<4} {proposal.state.value:9} {made.safety.value:9} {made.title}{mark}"


def pulled(done: Done) -> dict[str, object]:
    """Return one thing that was done at a host as plain data."""
    place = {"number": done.pull.number, "page": done.pull.page} if done.pull else {"number": 0, "page": ""}
    return {"act": done.act, "text": done.text, **place, "proposal": done.offer.id if done.offer else ""}


def pages(done: Sequence[Done]) -> list[str]:
    """Return the addresses of at most three pull requests that a human should look at now."""
    found = [one.pull.page for one in done if one.pull and one.act in ("opened", "renewed", "finished")]
    return list(dict.fromkeys(found))[:3]
