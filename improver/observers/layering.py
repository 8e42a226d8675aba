"""Report imports that break a contract which the project has written down for its layers."""

import ast
from collections.abc import Iterator

from improver.observer import Project, observer
from improver.records import Finding
from improver.rewriting.contracts import Contract, contracts
from improver.rewriting.import_graph import Import, module_name, targets_of
from improver.source import Source


@observer(rules={"layering": "an import breaks a contract of the project's import-linter configuration"})
def layering(project: Project) -> Iterator[Finding]:
    """Yield a finding for every import that itself breaks a contract; chains of imports are not followed."""
    rules = contracts(project.tree)
    if not rules:
        return
    names = {path: module_name(path, project.tree) for path in project.sources}
    known = set(names.values())
    for path, source in project.sources.items():
        statements: list[Import] = [*source.of_kind(ast.Import), *source.of_kind(ast.ImportFrom)]
        for statement in statements:
            targets = targets_of(statement, path, names[path], known)
            exact = sorted(name for name in targets if not any(other.startswith(f"{name}.") for other in targets))
            for target in exact:
                broken = next((rule for rule in rules if rule.breaks(names[path], target)), None)
                if broken is not None:
                    yield _finding(source, statement, target, broken)


def _finding(source: Source, statement: Import, target: str, rule: Contract) -> Finding:
    return Finding(
        key=source.key_of(f"layering:{target}", statement),
        rule="layering",
        path=source.path,
        symbol=source.symbol_of(statement),
        line=statement.lineno,
        column=statement.col_offset,
        message=f'importing {target} here breaks the contract "{rule.name}"',
    )
