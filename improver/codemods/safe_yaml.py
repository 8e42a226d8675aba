"""Read YAML as data: ``yaml.load(text, Loader=yaml.Loader)`` becomes ``yaml.safe_load(text)``."""

import ast
import re

from improver.codemod import SUPPRESSION, Abstain, Codemod, Rewrite, Site
from improver.records import Safety
from improver.rewriting.origins import called, origin
from improver.rewriting.splicing import Splice, edited, end_of, start_of, text_of
from improver.source import Source

SAFE = {
    **dict.fromkeys(("yaml.load", "yaml.unsafe_load", "yaml.full_load"), "safe_load"),
    **dict.fromkeys(("yaml.load_all", "yaml.unsafe_load_all", "yaml.full_load_all"), "safe_load_all"),
}
LOADERS = frozenset({"yaml.Loader", "yaml.UnsafeLoader", "yaml.FullLoader"})
DUMPS = frozenset({"yaml.dump", "yaml.dump_all"})
EXTENDS = re.compile(
    r"add_(multi_)?constructor|add_(implicit|path)_resolver|add_(multi_)?representer|YAMLObject|\byaml_tag\b|!!?python/"
)
WRITTEN = (".yaml", ".yml")


class SafeYaml(Codemod):
    """Read YAML with the loader that makes nothing but plain data."""

    TITLE = "Read YAML with the safe loader"
    WHY = "The other loaders make Python objects for whoever wrote the text; some of them run what it names."
    SAFE_WHEN = (
        "The call is PyYAML's own load, by its module's name, with no loader or one that is known to do more than the"
        " safe one. Nothing in the project registers a constructor, resolver or tag of its own, no YAML file or text in"
        " it holds a Python tag, and this file writes no YAML with the dumper that makes them. Text with such tags is"
        " refused from now on: a person decides."
    )
    SAFETY = Safety.BEHAVIOUR_CHANGE
    VALUE = 4
    NODES = (ast.Call,)

    def suspects(self, node: ast.AST, source: Source) -> str | None:
        """Say which reading makes more than data."""
        assert isinstance(node, ast.Call), "NODES names nothing else"
        name = called(node, source)
        if name not in SAFE or not isinstance(node.func, ast.Attribute) or not _is_unsafe(node, source):
            return None
        if any(SUPPRESSION.search(line) for line in source.lines[node.lineno - 1 : node.end_lineno]):
            return None
        return f"`{ast.unparse(node)}` makes whatever Python object the text asks for"

    def rewrite(self, site: Site) -> Rewrite | Abstain:
        """Name the safe function and drop the loader."""
        node, source = site.node, site.source
        assert isinstance(node, ast.Call), "suspects saw a call"
        if (reason := _danger(site)) is not None:
            return Abstain(reason)
        safe = Splice(start_of(node.func), end_of(node.func), f"{_module(node, source)}.{SAFE[called(node, source)]}")
        last = [*node.args[1:], *node.keywords]
        if not last:
            return edited(source, [safe])
        if node.lineno != node.end_lineno:
            return Abstain("the arguments are laid out so that the loader cannot be taken away cleanly")
        return edited(source, [safe, Splice(end_of(node.args[0]), end_of(last[0]), "")])

    CHANGES = (
        (
            "import yaml\n\n\ndef settings(path):\n    with open(path) as file:\n"
            "        return yaml.load(file)  # ours\n",
            "import yaml\n\n\ndef settings(path):\n    with open(path) as file:\n"
            "        return yaml.safe_load(file)  # ours\n",
        ),
        (
            "import yaml\n\n\nclass Store:\n    def rows(self):\n"
            "        yield from yaml.load_all(self.text, Loader=yaml.FullLoader)\n",
            "import yaml\n\n\nclass Store:\n    def rows(self):\n        yield from yaml.safe_load_all(self.text)\n",
        ),
        (
            "import yaml as y\r\n\r\nwords = y.load(open('words.yml'), y.Loader)\r\n",
            "import yaml as y\r\n\r\nwords = y.safe_load(open('words.yml'))\r\n",
        ),
        (
            "import yaml\n\nknown = yaml.unsafe_load(\n    text  # from disk\n)\nmore = yaml.full_load(text)['more']\n",
            "import yaml\n\nknown = yaml.safe_load(\n    text  # from disk\n)\nmore = yaml.safe_load(text)['more']\n",
        ),
    )
    KEEPS = (
        # Safe already, or with a loader that is the project's own, or chosen for its speed.
        "import yaml\nx = yaml.safe_load(t)\n",
        "import yaml\nx = yaml.load(t, Loader=yaml.SafeLoader)\n",
        "import yaml\nx = yaml.load(t, Loader=Ours)\n",
        "import yaml\nx = yaml.load(t, Loader=yaml.CLoader)\n",
        "import yaml\ndef f(loader):\n return yaml.load(t, loader)\n",
        # Objects are wanted: constructors, tags, and what the file itself writes.
        "import yaml\nyaml.add_constructor('!x', make)\nx = yaml.load(t, Loader=yaml.Loader)\n",
        "import yaml\nclass C(yaml.YAMLObject):\n yaml_tag = '!c'\nx = yaml.load(t, Loader=yaml.Loader)\n",
        "import yaml\nx = yaml.load('!!python/tuple [1, 2]', Loader=yaml.Loader)\n",
        "import yaml\ns = yaml.dump(o)\nx = yaml.load(s, Loader=yaml.Loader)\n",
        # Another YAML, or maybe another.
        "from ruamel import yaml\nx = yaml.load(t, Loader=yaml.Loader)\n",
        "import json as yaml\nx = yaml.load(t)\n",
        "try:\n import yaml\nexcept ImportError:\n yaml = None\nx = yaml.load(t)\n",
        # Imported by name: the import would have to change with every other use of it.
        "from yaml import load, Loader\nx = load(t, Loader=Loader)\n",
        # Arguments that may be anything, and an author who said no.
        "import yaml\nx = yaml.load(*a)\ny = yaml.load(t, **k)\n",
        "import yaml\nx = yaml.load(t, Loader=yaml.Loader)  # noqa: S506\n",
    )


def _is_unsafe(call: ast.Call, source: Source) -> bool:
    """Tell whether `call` reads one text, with no loader or one that surely makes objects."""
    if not call.args or isinstance(call.args[0], ast.Starred) or len(call.args) + len(call.keywords) > 2:
        return False
    if call.keywords and call.keywords[0].arg != "Loader":
        return False
    loaders = [*call.args[1:], *(word.value for word in call.keywords)]
    return all(isinstance(item, ast.Attribute) and origin(item, source) in LOADERS for item in loaders)


def _danger(site: Site) -> str | None:
    """Say why the texts read here may hold more than data, or None."""
    source, project = site.source, site.project
    if any(EXTENDS.search(other.text) for other in (*project.sources.values(), *project.context.values())):
        return "the project makes objects of YAML with tags, constructors or resolvers of its own"
    if any(path.endswith(WRITTEN) and b"!!python" in file.data for path, file in project.tree.items()):
        return "a YAML file of the project holds a Python tag"
    for call in source.of_kind(ast.Call):
        if called(call, source) in DUMPS and not any(word.arg == "Dumper" for word in call.keywords):
            return "the file also writes YAML with the dumper that makes Python tags"
    return None


def _module(call: ast.Call, source: Source) -> str:
    assert isinstance(call.func, ast.Attribute), "suspects saw an attribute"
    return text_of(call.func.value, source)
