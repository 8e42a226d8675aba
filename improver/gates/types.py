"""Types: the project's own type checker, under the base's configuration, finds no error that the base does not have."""

from improver.errors import EnvironmentUnfit, SandboxError
from improver.gate import Candidate, Example, gate
from improver.judging.overlay import under_base_configuration
from improver.judging.typechecker import FLAGS, TARGETS, Checked, configures_pyright, mypy_options, parsed
from improver.records import GateResult, Receipt, Tree

CLAIM = "mypy, as the project configures it, finds no new error"
SHOWN = 10

_BASE = {
    "pyproject.toml": "[tool.mypy]\nstrict = true\n",
    "pier/__init__.py": "",
    "pier/a.py": "def depth(sea: str) -> int:\n    return len(sea)\n",
    "tests/test_a.py": "from pier.a import depth\n\n\ndef test_depth() -> None:\n    assert depth('sea') == 3\n",
}


@gate(
    cost=70,
    passes=Example(_BASE, {"pier/a.py": "def depth(sea: str) -> int:\n    return max(0, len(sea))\n"}),
    fails=Example(_BASE, {"pier/a.py": "def depth(sea: str) -> int:\n    return sea\n"}),
)
def types(candidate: Candidate) -> GateResult:
    """Do the types hold?"""
    options = mypy_options(candidate.base)
    if options is None:
        pyright = configures_pyright(candidate.base)
        reason = "pyright is configured, which is not run yet" if pyright else "no type checker is configured"
        return candidate.abstains("the project's type checker finds no new error", candidate.inspected({}), reason)
    targets = () if any(options.get(key) for key in TARGETS) else _packages(candidate)
    try:
        after, last = _check(candidate, under_base_configuration(candidate), targets)
    except SandboxError:
        raise
    except EnvironmentUnfit as error:
        return candidate.abstains(CLAIM, candidate.inspected({}), f"mypy cannot run here: {error.what}")
    if isinstance(after, Checked) and not after.errors:
        return candidate.passes(CLAIM, after.receipt)
    before, trouble = _check(candidate, candidate.base, targets)
    if not isinstance(before, Checked):
        return candidate.abstains(CLAIM, before, f"mypy does not finish on the base: {trouble}")
    if not isinstance(after, Checked):
        return candidate.fails(CLAIM, after, f"mypy no longer finishes: {last}")
    new = sorted(after.errors - before.errors)
    return candidate.holds(CLAIM, after.receipt, [f"{path}: {text}  [{code}]" for path, code, text in new[:SHOWN]])


def _check(candidate: Candidate, tree: Tree, targets: tuple[str, ...]) -> tuple[Checked | Receipt, str]:
    """Return the finished run, or the receipt of an unfinished one, and the last line it printed."""
    receipt, output = candidate.bench.command(tree, "mypy", *FLAGS, *targets)
    lines = [line for line in output.split("\n") if line.strip()]
    return parsed(receipt, output) or receipt, lines[-1] if lines else f"exit {receipt.exit} without a word"


def _packages(candidate: Candidate) -> tuple[str, ...]:
    """Return the places of the project's packages and modules, for a configuration that names none."""
    layout, paths = candidate.bench.layout, candidate.base.keys()
    places = [f"{root}/{name}" if root else name for root in layout.roots for name in layout.packages]
    packages = [place for place in places if any(path.startswith(f"{place}/") for path in paths)]
    return (*packages, *(f"{place}.py" for place in places if f"{place}.py" in paths))
