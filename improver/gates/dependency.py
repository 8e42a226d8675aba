"""Dependency: the change needs nothing from outside that the base does not declare, and changes no declaration."""

from collections.abc import Iterator

from improver.gate import Candidate, Example, gate
from improver.judging.dependencies import altered, declared, imported_before, imports, own_modules, provided
from improver.policy import matches
from improver.records import GateResult

_BASE = {"pier/a.py": "import json\n", "pyproject.toml": '[project]\nname = "pier"\ndependencies = ["PyYAML>=6"]\n'}


@gate(
    cost=5,
    passes=Example(_BASE, {"pier/a.py": "import json\n\nimport yaml\n"}),
    fails=Example(_BASE, {"pier/a.py": "import json\n\nimport requests\n"}),
)
def dependency(candidate: Candidate) -> GateResult:
    """Did the supply chain change?"""
    change, policy = candidate.change, candidate.policy
    declaring = [edit for edit in change.edits if matches(edit.path, policy.scope.dependencies)]
    told = [reason for edit in declaring if (reason := altered(edit.path, edit.before, edit.after))]
    foreign = sorted(_foreign(candidate))
    receipt = candidate.inspected({"declarations": len(declaring), "altered": len(told), "undeclared": len(foreign)})
    claim = "no declaration of a dependency changes, and every new import is declared"
    if foreign and change.author != "human":
        return candidate.fails(claim, receipt, *foreign, *told)
    if foreign or told:
        return candidate.escalates(claim, receipt, *told, *foreign)
    return candidate.passes(claim, receipt)


def _foreign(candidate: Candidate) -> Iterator[str]:
    """Yield each new import of product code that neither Python, nor the tree, nor what the base declares provides."""
    policy, base = candidate.policy, candidate.base
    gained: dict[str, str] = {}
    for path in candidate.changed:
        after, before = candidate.after(path), candidate.before(path)
        if after is None or policy.is_test(path):
            continue
        old = imports(before) if before else {}
        gained |= {name: f"{path}:{line}" for name, line in imports(after).items() if name not in old}
    if unknown := gained.keys() - own_modules(candidate.tree):
        product = [path for path in base if path.endswith(".py") and not policy.is_test(path)]
        needs = declared(base)
        for name in sorted(unknown):
            if not provided(name, needs) and not imported_before(name, base, product):
                yield f"{gained[name]}: it imports {name}, which nothing that the base declares provides"
