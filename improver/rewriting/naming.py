"""Name a function that is cut out of others, when what comes out of it or what it came from says how (pure)."""

from collections.abc import Sequence

from improver.rewriting.doing import fills, is_taken_over, speaks
from improver.rewriting.extraction import Cut, Flow

LITTLE = frozenset({"get", "set", "is", "to", "of", "in", "from", "do", "and", "with", "the", "a", "for", "by", "init"})
VAGUE = frozenset(
    {"result", "results", "value", "values", "data", "ret", "res", "tmp", "temp", "out", "output", "item"}
    | {"auxiliary", "aux", "ctx", "info", "meta", "msg", "obj", "sequence"}
)
SHORT_LIVED = frozenset({"tmp", "temp"})


def name_of(cuts: Sequence[Cut], flows: Sequence[Flow]) -> str:
    """Return a name for what comes out, or "" when there is none that tells.

    What comes out does not name a cut that also fills what goes in, or prints. Where the cut is the end of every
    function, so that what it returns is theirs, it may be named for what all of them are named for; of a part in the
    middle that name would say too much.
    """
    outputs = {flow.outputs for flow in flows}
    made = len(outputs) == 1 and not set(flows[0].outputs) & set(flows[0].inputs)
    if made and flows[0].outputs and not fills(cuts[0]) and not speaks(cuts[0]):
        names = flows[0].outputs
        if all(map(_tells, names)) and not _overlap(names) and not is_taken_over(cuts[0], names):
            return "_" + _listed([name.strip("_") for name in names])
    names = tuple(dict.fromkeys(cut.function.name for cut in cuts))
    ends = all(cut.leaves for cut in cuts)
    return _shared_words(names) if ends and len(names) == len(cuts) else ""


def _tells(name: str) -> bool:
    words = set(name.split("_"))
    return len(name) > 2 and name not in VAGUE and name.islower() and name[-1].isalpha() and not words & SHORT_LIVED


def _overlap(names: Sequence[str]) -> bool:
    """Tell whether one of two names is but a part of the other, or much the same: together they say nothing more."""
    words = [set(name.split("_")) for name in names]
    return any(one < other or (one != other and len(one & other) > 1) for one in words for other in words)


def _listed(names: Sequence[str]) -> str:
    """Return `first_and_last_name` for `first_name` and `last_name`."""
    *others, last = names
    kind = "_" + last.rsplit("_", 1)[-1]
    if all(name.endswith(kind) and name != kind for name in names):
        others = [name.removesuffix(kind) for name in others]
    return "_and_".join([*others, last])


def _shared_words(names: Sequence[str]) -> str:
    """Return the words that all of `names` begin or end with, when they say something."""
    words = [name.strip("_").lower().split("_") for name in names]
    backward = [parts[::-1] for parts in words]
    shared = max(words[0][: _run(words)], backward[0][: _run(backward)][::-1], key=len)
    telling = [word for word in shared if word not in LITTLE and len(word) > 2]
    return "_" + "_".join(shared) if len(telling) > 1 and not {shared[0], shared[-1]} & LITTLE else ""


def _run(words: Sequence[Sequence[str]]) -> int:
    """Return how many words from the first on are the same in all."""
    run = 0
    for word in zip(*words, strict=False):
        if len(set(word)) > 1:
            break
        run += 1
    return run
