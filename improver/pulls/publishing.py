"""What becomes of a proposal on a host: which branch it is, and what holds it back there (pure)."""

import hashlib
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from improver import rationale
from improver.host import Hosted, Pull
from improver.policy import Budget
from improver.proposing import account_of
from improver.pulls.marking import KEYS_KEPT, ProposalMark, mark_of
from improver.pulls.presenting import asks, is_complete
from improver.records import Draft, Finding
from improver.verify.evidence import Evidence, read

PREFIX = "nova/"
NAME_LENGTH, DIGEST_LENGTH = 48, 8
DAY = timedelta(days=1)
TRAILER = "Nova-Finding:"


@dataclass(frozen=True, slots=True)
class Offer:
    """A proposal that could be published; `path` is the first that it touches."""

    id: str
    commit: str
    path: str
    evidence: Evidence

    @property
    def keys(self) -> tuple[str, ...]:
        """Return the keys of its findings."""
        return tuple(finding.key for finding in self.evidence.findings)

    @property
    def branch(self) -> str:
        """Return its branch on the host."""
        return host_branch(self.evidence.rule, self.path, self.keys)

    @property
    def mark(self) -> ProposalMark:
        """Return what its pull request carries about itself."""
        proved = self.evidence
        return ProposalMark(
            proposal=self.id,
            rule=proved.rule,
            path=self.path,
            safety=proved.safety.value,
            findings=self.keys,
            base=proved.base,
            commit=self.commit,
            tree=proved.tree,
            claims=proved.claims_digest,
            evidence=proved.digest,
        )


def offer_of(draft: Draft) -> Offer:
    """Return a draft as it is offered."""
    return Offer(draft.id, draft.commit, draft.path, read(draft.evidence))


def draft_of(offer: Offer, diff: str) -> Draft:
    """Return the draft that an offer was, from its evidence and its diff alone."""
    proved = offer.evidence
    return Draft(
        id=offer.id,
        rule=proved.rule,
        path=offer.path,
        title=rationale.title(proved.title),
        safety=proved.safety,
        findings=proved.findings,
        base=proved.base,
        tree=proved.tree,
        commit=offer.commit,
        branch=f"{PREFIX}{offer.id}",
        evidence=proved.to_bytes(),
        claims_digest=proved.claims_digest,
        text=rationale.body(account_of(proved, "")),
        diff=diff,
        publishable=True,
        draft=asks(proved),
        created=proved.made,
    )


def host_branch(rule: str, path: str, keys: Collection[str]) -> str:
    """Return the branch of a proposal on a host: the same one when the change is made anew for the same findings."""
    digest = hashlib.sha256("\n".join(sorted(keys)).encode("utf-8", "replace")).hexdigest()[:DIGEST_LENGTH]
    stem = path.rsplit("/", 1)[-1].removesuffix(".py")
    words = re.sub(r"[^a-z0-9]+", "-", f"{rule}-{stem}".casefold()).strip("-")
    return f"{PREFIX}{words[: NAME_LENGTH - DIGEST_LENGTH - 1].strip('-') or 'change'}-{digest}"


@dataclass(frozen=True, slots=True)
class Known:
    """A pull request of ours, and what it says of itself."""

    pull: Pull
    mark: ProposalMark


@dataclass(frozen=True, slots=True)
class Seen:
    """What a host held when it was looked at; `pulls` are all below nova/, `evidence` what was pushed, by proposal."""

    hosted: Hosted
    viewer: str
    pulls: tuple[Pull, ...]
    heads: Mapping[str, str]
    evidence: Collection[str]
    ours: tuple[Known, ...] = field(init=False)

    def __post_init__(self) -> None:
        marked = ((one, mark_of(one.body)) for one in self.pulls if one.own and one.branch.startswith(PREFIX))
        object.__setattr__(self, "ours", tuple(Known(one, mark) for one, mark in marked if mark is not None))

    @property
    def main(self) -> str:
        """Return the head of the main branch, "" when there is none."""
        return self.heads.get(self.hosted.default_branch, "")

    @property
    def open(self) -> tuple[Known, ...]:
        """Return our open pull requests, oldest first."""
        return tuple(sorted((one for one in self.ours if one.pull.open), key=lambda one: one.pull.number))

    def pushed(self, known: Known) -> str:
        """Return which proposal of ours the branch of a pull request stands at, "" when somebody else pushed to it."""
        head = known.pull.head
        return known.mark.proposal if head == known.mark.commit else self.proposal_at(head)

    def proposal_at(self, commit: str) -> str:
        """Return the proposal of ours whose commit was pushed, "" where it is nobody's, or a person amended it.

        The evidence of a commit is pushed before the commit, and a proposal's name begins with its commit's.
        """
        return next((name for name in sorted(self.evidence) if name.startswith(f"{commit[:8]}-")), "")

    def is_outdated(self, known: Known) -> bool:
        """Tell whether the main branch moved since a pull request of ours was made, so that it is made anew."""
        return known.pull.open and known.mark.base != self.main and bool(self.pushed(known))

    def is_finished(self, known: Known) -> bool:
        """Tell whether all was done with a pull request that was once begun."""
        return known.pull.head == known.mark.commit and is_complete(known.pull.body)

    def holding(self, keys: Collection[str]) -> tuple[Known, ...]:
        """Return our open pull requests for any of these findings, oldest first."""
        return tuple(one for one in self.open if not set(keys).isdisjoint(one.mark.findings))


Why = Callable[[Finding], str]  # why a finding is not tried again, "" when it may be


def held(seen: Seen, said: Why) -> Why:
    """Return what tells why a finding is not tried again; `said` is what humans said of those that they refused.

    What a pull request proposes that is outdated is made anew, unless a human refused it elsewhere.
    """
    merged = [one for one in sorted(seen.ours, key=lambda one: one.pull.number) if one.pull.merged]
    reasons = {key: f"merged in pull request #{one.pull.number}" for one in merged for key in one.mark.findings}
    for one in seen.open:
        if not seen.is_outdated(one):
            reasons |= dict.fromkeys(one.mark.findings, f"same as open pull request #{one.pull.number}")
    return lambda finding: reasons.get(finding.key, "") or said(finding)


def withheld(offer: Offer, seen: Seen, why: Why) -> str:
    """Return why a proposal is not published, "" when it may be; `why` is what `held` returned."""
    if offer.evidence.base != seen.main:
        branch = seen.hosted.default_branch
        old, new = offer.evidence.base[:12], seen.main[:12]
        return f"it was made for {old}, and {branch} is at {new}: the next run makes it anew"
    if len(offer.keys) > KEYS_KEPT:
        return f"{len(offer.keys)} findings are more than the {KEYS_KEPT} that one pull request carries"
    return next(filter(None, map(why, offer.evidence.findings)), "")


def exceeds(seen: Seen, opened: Sequence[str], budget: Budget, at: datetime) -> str:
    """Return why no further pull request may be opened; `opened` are the branches of those opened since the look."""
    waiting = {one.pull.branch for one in seen.open} | {*opened}
    if len(waiting) >= budget.open_pulls:
        return f"{len(waiting)} pull requests wait for a human, and policy allows {budget.open_pulls}: decide first"
    recent = {one.pull.branch for one in seen.ours if at - datetime.fromisoformat(one.pull.created) < DAY} | {*opened}
    if len(recent) >= budget.nightly_pulls:
        return f"{len(recent)} pull requests were opened within a day, and policy allows {budget.nightly_pulls}"
    return ""


def is_ours(message: str) -> bool:
    """Tell whether a commit's message ends as those of our proposals do."""
    last = message.rstrip().rpartition("\n\n")[2].splitlines()
    return any(line.startswith(TRAILER) for line in last) and last[-1].startswith(rationale.FILE_TRAILER)
