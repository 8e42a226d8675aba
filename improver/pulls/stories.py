"""All that was said and done about the pull requests of ours, as it stands on the host."""

import functools
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

from improver.host import MAY_DECIDE, Comment, GivenReview, Host, Issue, Person, Pull
from improver.pulls.marking import ProposalMark, mark_of, marks, signed

BRANCHES = "nova/"
DASHBOARD = "nova:dashboard"  # the label of the issue that shows all of it
TICKED = ("- [x] ", "- [X] ")


@dataclass(frozen=True, slots=True)
class Story:
    """All that was said and done about one pull request of ours."""

    pull: Pull
    mark: ProposalMark
    comments: tuple[Comment, ...] = ()
    reviews: tuple[GivenReview, ...] = ()
    deciders: frozenset[str] = frozenset()  # logins whose word counts, by what they may do right now
    me: str = ""  # the login that we speak with

    def is_ours(self, comment: Comment) -> bool:
        """Tell whether what a comment carries counts as ours: by a login of ours, or with a decider's token."""
        return comment.author.login in {self.me, self.pull.author.login, *self.deciders}

    def carried(self, kind: str) -> list[dict[str, object]]:
        """Return what our own comments carry of this kind."""
        return [body for one in self.comments if self.is_ours(one) for body in signed(one.text, kind)]

    @property
    def answered(self) -> set[int]:
        """Return the comments that we answered."""
        return {number for body in self.carried("answer") if isinstance(number := body.get("comment"), int)}

    @property
    def closed_for(self) -> set[int]:
        """Return the comments that we answered when the pull request was closed, often by that answer."""
        ended = (body.get("comment") for body in self.carried("answer") if body.get("closed") is True)
        return {number for number in ended if isinstance(number, int)}

    @property
    def pushed_to(self) -> bool:
        """Tell whether somebody else pushed to its branch; then hands off."""
        return self.pull.head != self.mark.commit


def apart(stories: Iterable[Story]) -> frozenset[str]:
    """Return the keys of findings that somebody wants to be proposed each by itself."""
    return frozenset(key for one in stories if one.carried("split") for key in one.mark.findings)


def ours(pull: Pull) -> ProposalMark | None:
    """Return what a pull request of ours proposes, None when it is not ours."""
    return mark_of(pull.body) if pull.own and pull.branch.startswith(BRANCHES) else None


def read(host: Host, since: str = "") -> Iterator[Story]:
    """Yield all that was said and done about each pull request of ours that changed since then, the last one last.

    Each is read when it is asked for, and tells as its last change that for which it was found: what changes meanwhile
    is found again by whoever goes on from there.
    """
    me, may = host.viewer(), _asking(host)
    for pull in sorted(host.pulls(since), key=lambda one: one.updated):
        if mark := ours(pull):
            story = _story(host, pull, mark, (me, may))
            yield replace(story, pull=replace(story.pull, updated=pull.updated))


def read_one(host: Host, number: int, comment: Comment | None = None) -> Story | None:
    """Read all that was said and done about one pull request, None when it is not ours.

    `comment` is one that is known to be there, which the host may not list yet.
    """
    pull = host.pull(number)
    mark = ours(pull)
    if mark is None:
        return None
    may = _asking(host)
    found = _story(host, pull, mark, (host.viewer(), may))
    if comment is None or comment.id in {one.id for one in found.comments}:
        return found
    deciders = {comment.author.login} if is_human(comment.author) and may(comment.author.login) else set[str]()
    return replace(found, comments=(*found.comments, comment), deciders=found.deciders | deciders)


def _asking(host: Host) -> Callable[[str], bool]:
    """Return what tells whether somebody may decide right now; each is asked about once."""
    return functools.cache(lambda login: host.permission(login) in MAY_DECIDE)


def _story(host: Host, pull: Pull, mark: ProposalMark, known: tuple[str, Callable[[str], bool]]) -> Story:
    me, may = known
    pull = pull if pull.open or pull.ended_by else host.pull(pull.number)
    merger = pull.ended_by if pull.merged else None
    told = pull.open or (merger is not None and is_human(merger))  # then no review changes what is to be known
    comments, reviews = host.comments(pull.number), () if told else host.reviews(pull.number)
    people = [pull.ended_by, *(one.author for one in comments), *(one.author for one in reviews)]
    deciders = frozenset(one.login for one in people if one and is_human(one) and may(one.login))
    return Story(pull, mark, comments, reviews, deciders, me)


def is_human(person: Person) -> bool:
    """Tell whether somebody is no program, whatever they are called here."""
    return not person.bot and not person.login.endswith("[bot]")


def ticked(issues: Iterable[Issue], me: str) -> frozenset[int]:
    """Return the pull requests that a human ticked on our dashboard, to have them revived."""
    own = (one for one in issues if one.author.login == me)
    lines = (line for one in own for line in one.body.splitlines() if line.startswith(TICKED))
    named = (body["pull"] for line in lines for body in marks(line, "revive") if set(body) == {"pull"})
    return frozenset(number for number in named if isinstance(number, int))
