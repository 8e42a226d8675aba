"""YAML with the line of everything in it: no key twice, no anchors, plain values only."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

import yaml

from nova.errors import PipelineError

LARGEST = 200_000  # characters; a larger file is data, not a description
DEEPEST = 40  # lists and records within each other
WORDS = {"true": True, "false": False}
WHOLE = re.compile(r"-?(0|[1-9][0-9]{0,17})")
DECIMAL = re.compile(r"-?[0-9]{1,17}\.[0-9]{1,17}")
Steps = tuple[str | int, ...]  # keys and places that lead to a value


@dataclass(frozen=True, slots=True)
class Located:
    """What a file says, and on which line (from 1) each part of it begins."""

    value: object
    lines: Mapping[Steps, int]
    where: str

    def at(self, path: Steps) -> str:
        """Return the file and the line of the nearest part that is there."""
        while path and path not in self.lines:
            path = path[:-1]
        return f"{self.where}:{self.lines.get(path, 1)}"


def located(text: str, where: str) -> Located:
    """Read YAML; raise PipelineError with the line of the first thing that is wrong."""
    if len(text) > LARGEST:
        raise PipelineError(f"the file has more than {LARGEST} characters", where=where, fix="pass data as inputs")
    lines: dict[Steps, int] = {}
    try:
        _refuse_tricks(text, where)
        root = yaml.compose(text, Loader=yaml.SafeLoader)
        value = None if root is None else _Reader(where, lines).read(root, ())
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = f":{mark.line + 1}" if mark else ""
        what = f"it is not YAML: {error.problem or error.context}"
        raise PipelineError(what, where=f"{where}{line}", fix="correct that line") from error
    except yaml.YAMLError as error:
        raise PipelineError("it is not YAML", where=where, why=str(error), fix="correct the file") from error
    return Located(value, lines, where)


def _refuse_tricks(text: str, where: str) -> None:
    """Raise PipelineError for an alias, which may repeat itself for ever, and for what is nested too deeply."""
    depth = 0
    for event in yaml.parse(text, Loader=yaml.SafeLoader):
        at = f"{where}:{event.start_mark.line + 1}" if event.start_mark else where
        if isinstance(event, yaml.AliasEvent):
            raise PipelineError(f"it uses the alias *{event.anchor}", where=at, fix="write it out")
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > DEEPEST:
            raise PipelineError("it is nested too deeply", where=at, fix="flatten it")


@dataclass(frozen=True, slots=True)
class _Reader:
    where: str
    lines: dict[Steps, int]

    def read(self, node: yaml.Node, path: Steps) -> object:
        """Return the node's value and note its line, and those of all it holds."""
        self.lines.setdefault(path, node.start_mark.line + 1)
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, path)
        if isinstance(node, yaml.SequenceNode):
            return [self.read(one, (*path, place)) for place, one in enumerate(node.value)]
        return _scalar(node)

    def _mapping(self, node: yaml.MappingNode, path: Steps) -> dict[str, object]:
        found: dict[str, object] = {}
        for key_node, inner in node.value:
            line = key_node.start_mark.line + 1
            if not isinstance(key_node, yaml.ScalarNode):
                raise PipelineError("a key is no word", where=f"{self.where}:{line}", fix="put {{ }} in quotes")
            key: str = key_node.value
            if key in found:
                raise PipelineError(f"the key {key!r} is there twice", where=f"{self.where}:{line}", fix="remove one")
            self.lines[(*path, key)] = line
            found[key] = self.read(inner, (*path, key))
        return found


def _scalar(node: yaml.Node) -> object:
    """Return a scalar: true, false, null and decimal numbers as such; anything else is the text that it is."""
    if node.tag == "tag:yaml.org,2002:str":  # also whatever is in quotes
        return node.value
    text = str(node.value)
    if node.tag == "tag:yaml.org,2002:null" or text in WORDS:
        return WORDS.get(text)
    if WHOLE.fullmatch(text):
        return int(text)
    return float(text) if DECIMAL.fullmatch(text) else text
