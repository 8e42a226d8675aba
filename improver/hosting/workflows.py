"""Make workflows out of the packaged templates: one source for this repository and for every other one (pure)."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from improver.errors import UsageError

WORKFLOWS = ("nightly.yml", "review.yml", "review-comment.yml", "commands.yml")
SHARED = re.compile(r"^(?P<indent> *)# @(?P<name>[a-z]+)$")
SOURCE = re.compile(r"(?P<url>https://[\w.-]+(?::\d{1,5})?(?:/[\w.~-]+)+)@(?P<commit>[0-9a-f]{40})")
COMMAND = re.compile(r"[ -~]{1,500}")
HERE = '"$RUNNER_TEMP/nova'
PROJECT = ("python -m venv .venv", ".venv/bin/python -m pip install --quiet --editable . pytest")


@dataclass(frozen=True, slots=True)
class Program:
    """How a workflow comes by the program and by the project's own environment, as lines of bash."""

    install: tuple[str, ...]
    improve: str
    project: tuple[str, ...]  # empty where `install` does that too


OURS = Program(("scripts/setup",), ".venv/bin/improve", ())


def elsewhere(source: str, setup: str) -> Program:
    """Return how another project comes by the program: from one commit, with all that it needs pinned by hashes."""
    found = SOURCE.fullmatch(source)
    if found is None:
        raise UsageError(
            f"--from {source}: that is no pinned source", fix="--from https://HOST/OWNER/NAME@COMMIT, 40 hex"
        )
    if setup and (not COMMAND.fullmatch(setup) or "${{" in setup):
        raise UsageError("--setup is no line of bash", why="it is put into a workflow as it is", fix="one plain line")
    install = (
        f'git init --quiet {HERE}"',
        f'git -C {HERE}" fetch --quiet --depth 1 {found["url"]} {found["commit"]}',
        f'git -C {HERE}" checkout --quiet FETCH_HEAD',
        f'{HERE}/scripts/setup"',
    )
    return Program(install, f'{HERE}/.venv/bin/improve"', (setup,) if setup else PROJECT)


def workflow(template: str, shared: Mapping[str, str], program: Program) -> str:
    """Return a workflow: each `# @name` of the template replaced by the shared steps of that name."""
    lines = list[str]()
    for line in template.splitlines():
        found = SHARED.match(line)
        if found is None:
            lines.append(line.replace("@IMPROVE@", program.improve))
        elif found["name"] != "project" or program.project:
            lines += _indented(_filled(shared[found["name"]], program), found["indent"])
    return "\n".join(lines) + "\n"


def _filled(steps: str, program: Program) -> Sequence[str]:
    """Return steps with the lines that install; they stand as deep as the word that they replace."""
    lines = list[str]()
    for line in steps.splitlines():
        word = line.strip()
        meant = {"@INSTALL@": program.install, "@PROJECT@": program.project}.get(word)
        lines += [line] if meant is None else [line.replace(word, one) for one in meant]
    return lines


def _indented(lines: Sequence[str], indent: str) -> list[str]:
    return [f"{indent}{line}" if line else line for line in lines]


OWNED = ("/policies/", "/.github/")  # what no machine may change without the owner


def unowned(text: str) -> tuple[str, ...]:
    """Return what has no line of its own in a CODEOWNERS file and should."""
    named = {line.split()[0] for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")}
    return tuple(path for path in OWNED if path not in named)


def owners(text: str, owner: str) -> str:
    """Return a CODEOWNERS file with lines for what is owned and had none; what stands there is kept."""
    start = f"{text.rstrip()}\n\n" if text.strip() else ""
    about = "# What judges proposals changes only with this review.\n"
    return start + about + "".join(f"{path} {owner}\n" for path in unowned(text))


def owner_of(text: str) -> str:
    """Return who owns everything according to a CODEOWNERS file, "" when it does not say."""
    rules = [line.split() for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    return next((" ".join(rule[1:]) for rule in reversed(rules) if rule[0] == "*"), "")
