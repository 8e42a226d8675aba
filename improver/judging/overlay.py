"""Trees to judge a candidate on: its product files under the base's tests and configuration."""

from collections.abc import Callable

from improver.gate import Candidate
from improver.records import File


def under_base_tests(candidate: Candidate) -> dict[str, File]:
    """Return the candidate's tree with every test and configuration file as the base has it; added ones are gone."""
    policy = candidate.policy
    return _overlaid(candidate, lambda path: policy.is_test(path) or policy.is_configuration(path))


def under_base_configuration(candidate: Candidate) -> dict[str, File]:
    """Return the candidate's tree with every configuration file as the base has it; added ones are gone."""
    return _overlaid(candidate, candidate.policy.is_configuration)


def _overlaid(candidate: Candidate, is_bases: Callable[[str], bool]) -> dict[str, File]:
    kept = {path: file for path, file in candidate.tree.items() if not is_bases(path)}
    return kept | {path: file for path, file in candidate.base.items() if is_bases(path)}
