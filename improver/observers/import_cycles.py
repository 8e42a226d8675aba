"""Report imports that only annotations need and that alone close a circle of modules."""

from collections.abc import Iterator

from improver.observer import Project, finding_at, observer
from improver.records import Finding
from improver.rewriting.import_graph import graph_of
from improver.rewriting.type_only import closing, only_annotates


@observer(rules={"import_cycle": "an import that only annotations need closes a circle of modules"})
def import_cycles(project: Project) -> Iterator[Finding]:
    """Yield a finding for every such import."""
    candidates = [
        (source, statement)
        for source in project.sources.values()
        for statement in source.tree.body
        if only_annotates(statement, source)
    ]
    graph = graph_of(project.sources, project.tree) if candidates else None
    for source, statement in candidates:
        way = closing(statement, source, graph) if graph is not None else ""
        if way:
            message = f"only annotations need this import, and {way} imports this module in turn"
            yield finding_at(statement, source, "import_cycle", message)
