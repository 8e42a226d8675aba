"""Carry proposals to a host, step by step: what was cut off is found there and finished, and nothing is done twice."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

from improver.errors import ForgeError, ImproverError
from improver.host import Host, NewPull, Pull, Remote
from improver.policy import Budget
from improver.pulls import presenting
from improver.pulls.marking import mark_of, marked, signed
from improver.pulls.publishing import PREFIX, Known, Offer, Seen, Why, exceeds, is_ours, withheld
from improver.records import Tree, edits_between
from improver.verify.evidence import read
from improver.verifying import is_carried

CLOSED, HANDS_OFF = "closed", "hands-off"  # marks of what we say once
APP = "[bot]"  # how an app's login ends; of an app's rights a host says nothing before it pushes
PATIENCE = timedelta(hours=1)  # after which a run that pushed a branch and opened nothing is taken for dead
UNSAID = (
    "Somebody pushed to this branch, so it is left to people from here on: nothing more is pushed to it, and this "
    "text is not rewritten. Closing it is still a no, and merging it a yes."
)


class Commits(Protocol):
    """The objects that were fetched."""

    def tree(self, commit: str) -> Tree:
        """Return the tree of a commit."""

    def parents(self, commit: str) -> tuple[str, ...]:
        """Return its parents, first parent first."""

    def message(self, commit: str) -> str:
        """Return its message."""

    def moment(self, commit: str) -> datetime:
        """Return when it was committed."""


@dataclass(frozen=True, slots=True)
class Desk:
    """Both sides of a host, the objects here, what policy allows, and the time."""

    host: Host
    remote: Remote
    commits: Commits
    budget: Budget
    at: datetime


@dataclass(frozen=True, slots=True)
class Done:
    """One thing that was done, or why it was not.

    `act` is opened, renewed, finished, there, closed, left, deleted or skipped; `pull` is None where there is none.
    """

    act: str
    text: str
    pull: Pull | None = None
    offer: Offer | None = None


@dataclass(slots=True)
class Batch:
    """What was seen at a host, why findings are held back there, and the branches opened since."""

    seen: Seen
    why: Why
    opened: list[str] = field(default_factory=list)


def look(host: Host, remote: Remote) -> Seen:
    """Return what a host holds; raise ForgeError where nothing could be published."""
    hosted = host.repository()
    if hosted.archived:
        raise ForgeError(f"{hosted.name} is archived", where=hosted.page, fix="unarchive it, or publish elsewhere")
    viewer = host.viewer()
    if not hosted.may_push and not viewer.endswith(APP):
        why, fix = f"{viewer} may not push to it", "use a token of somebody who may"
        raise ForgeError(f"nothing can be published on {hosted.name}", where=hosted.page, why=why, fix=fix)
    return read_only(host, remote)


def read_only(host: Host, remote: Remote) -> Seen:
    """Return what a host holds, for whoever may read there."""
    hosted, heads = host.repository(), remote.heads()
    if hosted.default_branch not in heads:
        why = f"it has no branch {hosted.default_branch}"
        raise ForgeError(f"nothing can be published on {hosted.name}", where=hosted.page, why=why, fix="push it first")
    return Seen(hosted, host.viewer(), host.pulls(), heads, frozenset(remote.evidence()))


# --- what is there already ------------------------------------------------------------------------------------------


def settle(desk: Desk, seen: Seen) -> list[Done]:
    """Finish what was cut off, close what is no longer needed, and drop branches that nobody opened."""
    done = [one for known in seen.open for one in _settled(desk, seen, known)]
    branches = {one.branch for one in seen.pulls}
    orphans = {name: tip for name, tip in seen.heads.items() if name.startswith(PREFIX) and name not in branches}
    return done + [
        one for name, tip in sorted(orphans.items()) if seen.proposal_at(tip) for one in _dropped(desk, name, tip)
    ]


def _settled(desk: Desk, seen: Seen, known: Known) -> list[Done]:
    if not seen.pushed(known):
        return _left(desk, seen, known)
    if seen.is_outdated(known) and _is_true(desk, seen, known):
        main = seen.hosted.default_branch
        return [close(desk, seen, known.pull, f"{main} holds this already, as of {seen.main[:12]}.")]
    return [] if seen.is_finished(known) else [_resumed(desk, seen, known)]


def _left(desk: Desk, seen: Seen, known: Known) -> list[Done]:
    """Say once that a pull request is left to people."""
    if _said(desk, seen, known.pull.number, HANDS_OFF):
        return []
    desk.host.say(known.pull.number, f"{UNSAID}\n\n{marked(HANDS_OFF, {'head': known.pull.head})}")
    return [Done("left", f"somebody pushed {known.pull.head[:12]} to {known.pull.branch}", known.pull)]


def _said(desk: Desk, seen: Seen, number: int, kind: str) -> bool:
    return any(one.author.login == seen.viewer and signed(one.text, kind) for one in desk.host.comments(number))


def _is_true(desk: Desk, seen: Seen, known: Known) -> bool:
    """Tell whether every file that a pull request touches is on the main branch what the pull request makes it."""
    commit = desk.remote.fetch(f"refs/heads/{known.pull.branch}", known.pull.head)
    main = desk.remote.fetch(f"refs/heads/{seen.hosted.default_branch}", seen.main)
    before, after, now = (desk.commits.tree(one) for one in (desk.commits.parents(commit)[0], commit, main))
    return all(now.get(edit.path) == edit.after for edit in edits_between(before, after))


def close(desk: Desk, seen: Seen, pull: Pull, why: str) -> Done:
    """Close a pull request of ours and say why; that is no human's no."""
    if not _said(desk, seen, pull.number, CLOSED):
        desk.host.say(pull.number, f"Closed: {why}\n\n{marked(CLOSED, {'head': pull.head})}")
    desk.host.close_pull(pull.number)
    return Done("closed", why, pull)


def retire(desk: Desk, seen: Seen, present: Collection[str], rules: Collection[str]) -> list[Done]:
    """Close what no longer has a reason: a whole scan of main under these rules found none of its findings."""
    gone = [
        one
        for one in seen.open
        if seen.is_outdated(one) and one.mark.rule in rules and set(present).isdisjoint(one.mark.findings)
    ]
    return [close(desk, seen, one.pull, f"{seen.main[:12]} no longer has what this mends.") for one in gone]


def _resumed(desk: Desk, seen: Seen, known: Known) -> Done:
    """Do what is left to do of a pull request that was begun; its evidence is on the host."""
    name = seen.pushed(known)
    data = desk.remote.fetch_evidence(name)
    commit = desk.remote.fetch(f"refs/heads/{known.pull.branch}")
    try:
        evidence = read(data or b"")
    except ImproverError as error:
        return Done("left", f"its evidence cannot be used: {error.hint.why}", known.pull)
    if commit != known.pull.head or not is_carried(evidence, desk.commits.message(commit)):
        return Done("left", "its commit does not carry the digest of its evidence", known.pull)
    finish(desk, known.pull, Offer(name, commit, known.mark.path, evidence))
    return Done("finished", "what was cut off is done", known.pull)


def _dropped(desk: Desk, branch: str, tip: str) -> list[Done]:
    """Delete a branch of ours for which nobody opened a pull request."""
    commit = desk.remote.fetch(f"refs/heads/{branch}", tip)
    if commit != tip or not is_ours(desk.commits.message(tip)) or desk.at - desk.commits.moment(tip) < PATIENCE:
        return []
    return [Done("deleted", f"{branch} had no pull request")] if desk.remote.delete(branch, tip) else []


# --- what is new ----------------------------------------------------------------------------------------------------


def submit(desk: Desk, batch: Batch, offer: Offer) -> list[Done]:
    """Publish one proposal, or say what holds it back."""
    seen = batch.seen
    same = next((one.pull for one in seen.open if one.pull.head == offer.commit), None)
    if same is not None:
        return [Done("there", "it is published", same, offer)]
    rivals = seen.holding(offer.keys)
    renewed = next((one for one in rivals if one.pull.branch == offer.branch), None)
    if reason := _hindered(desk, batch, offer, renewed):
        return [Done("skipped", reason, None, offer)]
    desk.remote.push_evidence(offer.id, offer.evidence.to_bytes())
    if renewed and not renewed.pull.draft and presenting.asks(offer.evidence):
        desk.host.unready(renewed.pull)  # before the push: what a human must decide is never shown as ready
    if not desk.remote.push(offer.branch, offer.commit, seen.heads.get(offer.branch, "")):
        return [Done("skipped", f"{offer.branch} moved while it was being published", None, offer)]
    pull = renewed.pull if renewed else desk.host.open_pull(_new(seen, offer))
    finish(desk, pull, offer)
    batch.opened += [] if renewed else [offer.branch]
    done = [Done("renewed" if renewed else "opened", presenting.title(offer.evidence), pull, offer)]
    why = f"made anew for {seen.main[:12]} as #{pull.number}."
    return done + [close(desk, seen, one.pull, why) for one in rivals if one is not renewed]


def _hindered(desk: Desk, batch: Batch, offer: Offer, renewed: Known | None) -> str:
    seen = batch.seen
    if reason := withheld(offer, seen, batch.why):
        return reason
    if renewed is None and (reason := exceeds(seen, batch.opened, desk.budget, desk.at)):
        return reason
    tip = seen.heads.get(offer.branch, "")
    left = {one.mark.commit for one in seen.ours if one.pull.branch == offer.branch}
    if tip in {"", offer.commit, *left} or (renewed and tip == renewed.pull.head):
        return ""
    commit = desk.remote.fetch(f"refs/heads/{offer.branch}", tip)
    if not seen.proposal_at(tip) or commit != tip or not is_ours(desk.commits.message(tip)):
        return f"somebody else's commit is on {offer.branch}"
    fresh = desk.at - desk.commits.moment(tip) < PATIENCE
    return f"another run is publishing {offer.branch}, or was cut off within the hour" if fresh else ""


def _new(seen: Seen, offer: Offer) -> NewPull:
    text = presenting.body(offer.evidence, offer.mark, offer.branch, complete=False)
    return NewPull(presenting.title(offer.evidence), text, offer.branch, seen.hosted.default_branch)


def finish(desk: Desk, pull: Pull, offer: Offer) -> None:
    """Do all that an open pull request needs, whatever was done before; that it is complete is said last."""
    title, evidence = presenting.title(offer.evidence), offer.evidence
    if mark_of(pull.body) != offer.mark or pull.title != title:
        begun = presenting.body(evidence, offer.mark, offer.branch, complete=False)
        desk.host.rewrite_pull(pull.number, title, begun)
    missing = [name for name in presenting.labels(evidence) if name not in pull.labels]
    if missing:
        desk.host.label(pull.number, missing)
    desk.host.check(presenting.check(evidence, offer.commit))
    if pull.draft and not presenting.asks(evidence):
        desk.host.ready(pull)
    whole = presenting.body(evidence, offer.mark, offer.branch, complete=True)
    desk.host.rewrite_pull(pull.number, title, whole)
