"""Find improvements, prove them and propose each on its own branch."""

import difflib
from collections.abc import Sequence
from pathlib import Path

import click

from improver.acts import improve
from improver.app import Improver, open_improver
from improver.cli.exporting import export
from improver.cli.options import Common, improve_command
from improver.cli.telling import pages, pulled, told_by
from improver.cli.terminal import Terminal
from improver.errors import RefusedByPolicy, UsageError
from improver.hosting.bundling import write_bundle
from improver.hosting.offering import improve_hosted
from improver.outcome import Report
from improver.preparing import Wish
from improver.pulls.submitting import Done
from improver.request import Request
from improver.scan import wanted
from improver.writing.writer import RULE as WRITE_TESTS

DROPS_SHOWN = 12


@improve_command("run")
@click.option("--max", "maximum", type=click.IntRange(min=1), help="Make at most this many proposals.")
@click.option("--only", multiple=True, metavar="RULE", help="Only this rule; globs such as 'ruff:*' work.")
@click.option("--paths", multiple=True, metavar="PATH", help="Only this file or folder of the project.")
@click.option("--export", "folder", type=click.Path(path_type=Path), help="Write each proposal as diff and text.")
@click.option("--open-pr", "opens", is_flag=True, help="Publish what may be published as pull requests.")
@click.option(
    "--bundle", type=click.Path(path_type=Path), help="Write what may be published for another job to publish."
)
@click.option("--dry-run", is_flag=True, help="Judge everything, keep nothing.")
@click.option("--tolerate-red", is_flag=True, help="Go on with failing tests, each held to the same outcome.")
def command(
    common: Common,
    maximum: int | None,
    only: tuple[str, ...],
    paths: tuple[str, ...],
    folder: Path | None,
    opens: bool,
    bundle: Path | None,
    dry_run: bool,
    tolerate_red: bool,
) -> int:
    """Find improvements, prove them and propose each on its own branch.

    Your branch, index and working tree are not touched. A human decides, with `improve approve`.
    """
    if dry_run and (opens or bundle is not None):
        raise UsageError("a dry run keeps nothing that could be published", fix="leave --dry-run out")
    with open_improver(common.settings) as improver:
        most = improver.policy(improver.repository.head).budget.proposals
        if maximum is not None and maximum > most:
            why = f"policies/budget.yaml allows {most} proposals a run"
            raise RefusedByPolicy(f"--max {maximum} is more than one run may make", why=why, fix=f"--max {most}")
        only = tuple(pattern.replace("write-tests", WRITE_TESTS) for pattern in only)
        expect_known(only, rules_of(improver))
        places = tuple(relative(improver.repository.root, path) for path in paths)
        request = Request(maximum or most, only, dry_run)
        wish, tell = Wish(tolerate_red=tolerate_red), told_by(common.terminal)
        if opens:
            report, done = improve_hosted(improver, request, wish, places, tell)
        else:
            report, done = improve(improver, request, wish, places, tell), []
        if bundle is not None:
            write_bundle(improver, bundle, [one.number for one in report.proposals if one.number])
    if folder is not None:
        export(folder, [proposed.draft for proposed in report.proposals])
    tell_end(common.terminal, report, done)
    return report.exit_code


def rules_of(improver: Improver) -> list[str]:
    """Return every rule that a run can find something under."""
    listed = [f"ruff:{code}" for code in improver.policy(improver.repository.head).review.ruff_rules]
    seen = [rule for one in improver.observers for rule in one.rules if "*" not in rule]
    return [*(codemod.name for codemod in improver.codemods), *listed, *seen, WRITE_TESTS]


def expect_known(only: Sequence[str], rules: Sequence[str]) -> None:
    """Raise UsageError when nothing could ever be found under one of the rules asked for."""
    for pattern in only:
        if any(wanted(rule, (pattern,)) for rule in rules):
            continue
        close = difflib.get_close_matches(pattern, rules, n=1)
        fix = f"did you mean {close[0]!r}?" if close else "improve codemods; ruff's rules are in policies/review.yaml"
        raise UsageError(f"--only {pattern}: there is no such rule", fix=fix)


def relative(root: Path, path: str) -> str:
    """Return `path` (absolute, or relative to the root or to here) as POSIX and relative to the root."""
    for candidate in (root / path, Path.cwd() / path):
        if candidate.exists() and candidate.resolve().is_relative_to(root.resolve()):
            return candidate.resolve().relative_to(root.resolve()).as_posix()
    raise UsageError(f"--paths {path}: there is no such file or folder in the project", where=str(root))


def tell_end(terminal: Terminal, report: Report, done: Sequence[Done] = ()) -> None:
    """Print the funnel with the reason at each drop, the outcome and what to type next."""
    funnel = report.funnel
    stages = " → ".join(f"{funnel.count(stage)} {stage}" for stage in ("seen", "eligible", "tried", "passed", "opened"))
    terminal.line("note", "funnel", stages)
    for reason, count in list(funnel.drops().items())[:DROPS_SHOWN]:
        terminal.line("note", "", f"  {count:4} {reason}")
    took = " · ".join(f"{stage} {seconds:.1f} s" for stage, seconds in report.seconds.items())
    terminal.line("ok" if report.exit_code == 0 else "no", report.outcome, f"{report.reason} · {took}")
    steps = pages(done) or next_steps(report)
    terminal.text("next: " + " · ".join(steps))
    proposals = [
        {
            "number": one.number,
            "id": one.draft.id,
            "rule": one.draft.rule,
            "path": one.draft.path,
            "safety": one.draft.safety.value,
            "branch": one.draft.branch if one.number else "",
            "commit": one.draft.commit,
            "claims_digest": one.draft.claims_digest,
            "publishable": one.draft.publishable,
        }
        for one in report.proposals
    ]
    fields = {
        "reason": report.reason,
        "funnel": funnel.as_counts(),
        "proposals": proposals,
        "seconds": {stage: round(seconds, 2) for stage, seconds in report.seconds.items()},
        "left_out": list(report.left_out),
        "pulls": [pulled(one) for one in done],
        "next": steps,
    }
    terminal.result(report.outcome, fields)


def next_steps(report: Report) -> list[str]:
    """Return at most three commands that make sense now."""
    if report.proposals and report.proposals[0].number:
        number = report.proposals[0].number
        return [f"improve show {number}", f"improve approve {number}", f"improve reject {number}"]
    if report.outcome == "all_suppressed":
        return ["improve decisions", "improve list"]
    return ["improve list", "improve codemods", "improve doctor"]
