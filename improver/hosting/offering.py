"""What the improver does at a host of pull requests: look there before a run, publish after it, and say what it did."""

import functools
from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from improver.acts import LOCK_SECONDS, improve, observe, standing_of
from improver.adapters.canary_record import forbids, last
from improver.adapters.ledger_records import Proposal, Publication, State
from improver.adapters.remote import GitRemote
from improver.adapters.run_lock import run_lock
from improver.app import Improver, now, policy_of
from improver.errors import ForgeError, RefusedByPolicy, UsageError
from improver.host import Host, Pull, Remote
from improver.hosting.adopting import sync
from improver.hosting.rechecking import recheck
from improver.outcome import Report
from improver.preparing import Tell, Wish
from improver.pulls.marking import mark_of
from improver.pulls.publishing import PREFIX, Seen, Why, held, offer_of
from improver.pulls.submitting import Batch, Desk, Done, look, retire, settle, submit
from improver.records import Finding
from improver.request import Event, Request
from improver.verify.evidence import gate_code_digest, running_code
from improver.verifying import Verification, bound

if TYPE_CHECKING:
    from improver.adapters.github import GitHub

MARKS = {"skipped": "skip", "refused": "no", "left": "note", "there": "note"}  # how else what was done is told
NO_ORIGIN = "git remote add origin https://github.com/OWNER/NAME"


@dataclass(frozen=True, slots=True)
class Hosting:
    """The host of a project's pull requests, and its git."""

    host: Host
    remote: Remote


def host_of(improver: Improver) -> "GitHub":
    """Return the host that the project's remote `origin` is at; nothing is asked of it yet."""
    settings = improver.settings.host
    url = improver.repository.settings.get("remote.origin.url", "")
    if not url and not (settings.api and settings.repository):
        raise UsageError("the project is at no host", why="it has no remote called origin", fix=NO_ORIGIN)
    from improver.adapters.github import open_github  # noqa: PLC0415 - its client takes long to import

    return open_github(settings, url)


def hosting_of(improver: Improver) -> Hosting:
    """Return the host and its git, under the name that the repository has there now."""
    return hosting_at(improver, host_of(improver))


def hosting_at(improver: Improver, host: "GitHub") -> Hosting:
    """Return a host with its git."""
    name, account = host.repository().name, host.account
    return Hosting(host, GitRemote(improver.repository.root, f"{account.origin.web}/{name}.git", account.token))


def improve_hosted(
    improver: Improver, request: Request, wish: Wish, paths: Sequence[str], tell: Tell
) -> tuple[Report, list[Done]]:
    """Run the main job on the head of the host's main branch, and publish what it made."""
    expect_trusted(improver)
    hosting = hosting_of(improver)
    done, seen = arrived(improver, hosting, tell)
    if improver.repository.head != seen.main:
        branch = seen.hosted.default_branch
        why = f"here it is {improver.repository.head[:12]}, there {branch} is at {seen.main[:12]}"
        fix = f"bring {branch} up to date and check it out, or push it"
        raise UsageError("pull requests are made for the head of the main branch", why=why, fix=fix)
    _make_room(improver, seen, tell)
    report = improve(replace(improver, why=held(seen, refused_here(improver))), request, wish, paths, tell)
    return report, done + _published(improver, hosting, (look(hosting.host, hosting.remote), ()), tell)


def publish(improver: Improver, hosting: Hosting, numbers: Sequence[int], tell: Tell) -> list[Done]:
    """Publish these open proposals, all that may be published when none is named."""
    expect_trusted(improver)
    for number in numbers:
        _expect_publishable(improver.ledger.proposal(number))
    done, seen = arrived(improver, hosting, tell)
    return done + _published(improver, hosting, (seen, numbers), tell)


def verify_pull(improver: Improver, hosting: Hosting, which: str, tell: Tell) -> Verification:
    """Run the evidence of a pull request of ours again, from a fresh baseline; `which` is its number or its branch."""
    pull = hosting.host.pull(int(which)) if which.isdigit() else _on_branch(hosting.host, which)
    mark = mark_of(pull.body) if pull.own and pull.branch.startswith(PREFIX) else None
    if mark is None:
        raise UsageError(f"pull request #{pull.number} is none of ours", fix=f"improve review --pr {pull.number}")
    data = hosting.remote.fetch_evidence(mark.proposal)
    if data is None:
        raise ForgeError(f"the evidence of pull request #{pull.number} is not there", where=pull.page)
    return recheck(improver, data, hosting.remote.fetch(f"refs/pull/{pull.number}/head"), tell)


def _on_branch(host: Host, branch: str) -> Pull:
    found = [one for one in host.pulls() if one.branch == branch]
    if not found:
        raise UsageError(f"no pull request is on {branch}", fix="give its number")
    return max(found, key=lambda one: one.number)


def expect_trusted(improver: Improver) -> None:
    """Raise RefusedByPolicy where the gates that run here let known-bad changes through."""
    if reason := forbids(last(improver.repository.data), gate_code_digest(running_code())):
        raise RefusedByPolicy("these gates may publish nothing", why=reason, fix="mend the gate, then improve canaries")


def _expect_publishable(proposal: Proposal) -> None:
    number = proposal.number
    if proposal.state is not State.OPEN:
        raise UsageError(f"proposal {number} is {proposal.state}", fix="improve list")
    if not proposal.draft.publishable:
        why = "its risk class, or the sandbox it was judged in, does not allow it: see `improve show`"
        raise RefusedByPolicy(f"proposal {number} may not leave this machine", why=why, fix=f"improve show {number}")


def desk_of(improver: Improver, hosting: Hosting) -> Desk:
    """Return both sides of a host, with what policy allows now."""
    budget = improver.policy(improver.repository.head).budget
    return Desk(hosting.host, hosting.remote, improver.repository, budget, now())


def arrived(improver: Improver, hosting: Hosting, tell: Tell) -> tuple[list[Done], Seen]:
    """Settle what stands at the host, take what humans decided there, and let go of what is made anew."""
    desk, seen, done = desk_of(improver, hosting), look(hosting.host, hosting.remote), list[Done]()
    for act in (settle, functools.partial(_retired, improver)):
        if changed := told(act(desk, seen), tell):
            seen = look(hosting.host, hosting.remote)
        done += changed
    sync(improver, hosting.host, hosting.remote)
    let_go(improver, seen, tell)
    return done, seen


def let_go(improver: Improver, seen: Seen, tell: Tell) -> None:
    """Let go here of what main moved away from: its findings are tried again, and the change is made anew."""
    outdated = {one.mark.commit: one.pull.number for one in seen.open if seen.is_outdated(one)}
    with _alone(improver):
        for one in improver.ledger.publications():
            if one.commit in outdated and improver.ledger.proposal(one.number).state is State.OPEN:
                improver.ledger.stale(one.number)
                number = outdated[one.commit]
                tell(Event("note", "host", f"main moved: what pull request #{number} proposes is made anew"))


def _make_room(improver: Improver, seen: Seen, tell: Tell) -> None:
    """Let go of what could have been published before main moved, and was not: a run makes it anew."""
    there = {one.mark.commit for one in seen.open}
    with _alone(improver):
        for one in improver.ledger.proposals(State.OPEN):
            made = one.draft
            if not made.publishable or made.base == seen.main or made.commit in there:
                continue
            if improver.repository.contains(seen.main, made.base):
                improver.ledger.stale(one.number)
                tell(Event("note", "host", f"main moved: proposal #{one.number} was not published, and is made anew"))


def refused_here(improver: Improver) -> Why:
    """Return what tells what humans said no to; that a proposal is open here holds nothing back there."""

    def why(finding: Finding) -> str:
        reason = improver.ledger.suppressed(finding)
        return reason if reason.startswith("rejected") else ""

    return why


def _retired(improver: Improver, desk: Desk, seen: Seen) -> list[Done]:
    """Close what main moved away from where a scan of all of main no longer finds what it mends."""
    if improver.repository.head != seen.main or not any(map(seen.is_outdated, seen.open)):
        return []
    tree = improver.repository.tree(seen.main)
    policy = policy_of(tree)
    _, found = observe(improver, tree, policy, ())
    looked = {*(one.name for one in improver.codemods), *(f"ruff:{code}" for code in policy.review.ruff_rules)}
    surely = looked - {*policy.review.codemods_off} if not found.unreadable else set[str]()
    return retire(desk, seen, {finding.key for finding in found.findings}, surely)


def _published(improver: Improver, hosting: Hosting, asked: tuple[Seen, Sequence[int]], tell: Tell) -> list[Done]:
    """Publish what is open here, one after the other; each is recorded as soon as it is there."""
    seen, numbers = asked
    there = {one.mark.commit for one in seen.open if seen.is_finished(one) or not seen.pushed(one)}
    there &= {one.commit for one in improver.ledger.publications()}
    with _alone(improver):
        batch, done = Batch(seen, held(seen, refused_here(improver))), list[Done]()
        for proposal in improver.ledger.proposals(State.OPEN):
            made = proposal.draft
            if proposal.number in numbers or (not numbers and made.publishable and made.commit not in there):
                done += told(_submitted(improver, desk_of(improver, hosting), batch, proposal), tell)
    return done


def _submitted(improver: Improver, desk: Desk, batch: Batch, proposal: Proposal) -> list[Done]:
    draft = proposal.draft
    if reasons := bound(draft, standing_of(improver, draft), desk.at):
        return [Done("skipped", f"proposal {proposal.number}: {reasons[0]}")]
    done = submit(desk, batch, offer_of(draft))
    for one in done:
        if one.pull is not None and one.offer is not None:
            name, at = batch.seen.hosted.name, desk.at.isoformat(timespec="seconds")
            place = (name, one.pull.number, one.offer.branch, one.offer.commit, one.pull.page, at)
            improver.ledger.published(Publication(proposal.number, *place))
    return done


def told(done: list[Done], tell: Tell) -> list[Done]:
    """Tell what was done, and return it."""
    for one in done:
        place = f"pull #{one.pull.number}" if one.pull else "host"
        where = f" · {one.pull.page}" if one.pull and one.act in ("opened", "renewed") else ""
        tell(Event(MARKS.get(one.act, "ok"), place, f"{one.act}: {one.text}{where}"))
    return done


def _alone(improver: Improver) -> AbstractContextManager[None]:
    return run_lock(improver.repository.data, now().isoformat(timespec="seconds"), LOCK_SECONDS)
