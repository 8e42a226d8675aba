"""Unpack within the folder: ``tar.extractall(path)`` becomes ``tar.extractall(path, filter="data")``."""

import ast
import re

from improver.codemod import SUPPRESSION, Abstain, Codemod, Rewrite, Site
from improver.names import bound_by, own
from improver.records import Safety
from improver.rewriting.floor import floor
from improver.rewriting.origins import called
from improver.rewriting.splicing import edited, extended
from improver.source import Source

OPENS = frozenset({"tarfile.open", "tarfile.TarFile", "tarfile.TarFile.open"})
MOST = {"extractall": 1, "extract": 2}  # positional arguments that neither choose members nor set owners
KNOWS = re.compile(r"data_filter|extraction_filter")  # a file that deals with it already
FILTERS = 12  # every 3.12 has filters; of older ones only later releases have
BY_DEFAULT = 14  # from 3.14 this filter is the default


class TarFilter(Codemod):
    """Refuse what an archive would write outside of the folder it is unpacked into."""

    TITLE = "Unpack archives with the data filter"
    WHY = "An archive may name absolute paths, `..`, links and devices, and so write anywhere the program may."
    SAFE_WHEN = (
        "The archive is tarfile's own, opened in the same function or used where it is opened, no member list or filter"
        " is given, and every Python the project runs on has filters and would not use this one anyway. Archives with"
        " such members are refused from now on, and owners and odd permissions are not restored: a person decides."
    )
    SAFETY = Safety.BEHAVIOUR_CHANGE
    VALUE = 4
    NODES = (ast.Call,)

    def suspects(self, node: ast.AST, source: Source) -> str | None:
        """Say which unpacking trusts its archive."""
        assert isinstance(node, ast.Call), "NODES names nothing else"
        function = node.func
        if not isinstance(function, ast.Attribute) or function.attr not in MOST or KNOWS.search(source.text):
            return None
        if {word.arg for word in node.keywords} & {"filter", "members", None} or not _is_archive(
            function.value, source
        ):
            return None
        starred = any(isinstance(item, ast.Starred) for item in node.args)
        if starred or len(node.args) > MOST[function.attr] or any(map(SUPPRESSION.search, _lines(node, source))):
            return None
        return f"`{ast.unparse(node)}` lets the archive write anywhere"

    def rewrite(self, site: Site) -> Rewrite | Abstain:
        """Name the filter."""
        node, source = site.node, site.source
        assert isinstance(node, ast.Call), "suspects saw a call"
        oldest = floor(site.project, source)
        if oldest < FILTERS:
            return Abstain("nothing says that every Python this runs on has filters for archives")
        if oldest >= BY_DEFAULT:
            return Abstain("every Python this runs on uses the data filter by itself")
        quote = "'" if source.text.count("'") > source.text.count('"') else '"'
        more = extended(node, f"filter={quote}data{quote}", source)
        return edited(source, [more]) if more else Abstain("the arguments are laid out in an unusual way")

    CHANGES = (
        (
            'import tarfile\nfrom typing import override\n\n\ndef unpack(path, folder="."):\n'
            "    with tarfile.open(path) as tar:\n        tar.extractall(folder)  # all of it\n",
            'import tarfile\nfrom typing import override\n\n\ndef unpack(path, folder="."):\n'
            '    with tarfile.open(path) as tar:\n        tar.extractall(folder, filter="data")  # all of it\n',
        ),
        (
            "import tarfile\nfrom itertools import batched\n\n\nclass Box:\n    def fill(self):\n"
            "        archive = tarfile.open(self.path, 'r:gz')\n        archive.extractall()\n"
            "        archive.close()\n",
            "import tarfile\nfrom itertools import batched\n\n\nclass Box:\n    def fill(self):\n"
            "        archive = tarfile.open(self.path, 'r:gz')\n        archive.extractall(filter='data')\n"
            "        archive.close()\n",
        ),
        (
            "from tarfile import TarFile\r\nfrom typing import override\r\n\r\n"
            "TarFile('x.tar').extractall(path='x')\r\n",
            "from tarfile import TarFile\r\nfrom typing import override\r\n\r\n"
            "TarFile('x.tar').extractall(path='x', filter='data')\r\n",
        ),
        (
            "import tarfile\nfrom typing import override\n\n\ndef one(path, name):\n"
            '    with tarfile.open(path, "r") as t:\n'
            "        t.extract(\n            name,\n            path,\n        )\n",
            "import tarfile\nfrom typing import override\n\n\ndef one(path, name):\n"
            '    with tarfile.open(path, "r") as t:\n'
            '        t.extract(\n            name,\n            path,\n            filter="data",\n        )\n',
        ),
    )
    KEEPS = (
        # Who calls it has chosen what comes out.
        "import tarfile\nfrom typing import override\nwith tarfile.open(p) as t:\n t.extractall(d, filter='tar')\n",
        "import tarfile\nfrom typing import override\nwith tarfile.open(p) as t:\n t.extractall(d, members=safe(t))\n",
        "import tarfile\nfrom typing import override\nwith tarfile.open(p) as t:\n t.extractall(d, safe(t))\n",
        "import tarfile\nfrom typing import override\nwith tarfile.open(p) as t:\n t.extractall(**how)\n",
        "import tarfile\nfrom typing import override\nwith tarfile.open(p) as t:\n"
        " if hasattr(tarfile, 'data_filter'):\n  t.extractall(d, filter='data')\n else:\n  t.extractall(d)\n",
        # Pythons that may have no filters.
        "import tarfile\nwith tarfile.open(p) as t:\n t.extractall(d)\n",
        "import tarfile\nimport tomllib\nwith tarfile.open(p) as t:\n t.extractall(d)\n",
        # Another archive, or maybe another.
        "import zipfile, tarfile\nfrom typing import override\nwith zipfile.ZipFile(p) as t:\n t.extractall(d)\n",
        "import tarfile\nfrom typing import override\ndef f(t):\n t.extractall(d)\n",
        "import tarfile\nfrom typing import override\ndef f(z):\n t = tarfile.open(p)\n t = z\n t.extractall(d)\n",
        "import tarfile\nfrom typing import override\nwith tarfile.open(p) as t:\n pass\ndef f(t):\n t.extractall(d)\n",
        # An author who said no.
        "import tarfile\nfrom typing import override\nwith tarfile.open(p) as t:\n t.extractall(d)  # noqa: S202\n",
    )


def _lines(node: ast.Call, source: Source) -> list[str]:
    return source.lines[node.lineno - 1 : node.end_lineno]


def _is_archive(archive: ast.expr, source: Source) -> bool:
    """Tell whether `archive` is surely an archive of tarfile's: opened right here, or under the one name it has."""
    if not isinstance(archive, ast.Name):
        return called(archive, source) in OPENS
    scope = source.function_of(archive) or source.tree
    arguments = {item.arg for item in ast.walk(scope) if isinstance(item, ast.arg)}
    bindings = [node for node in own(scope) if archive.id in bound_by(node)]
    if len(bindings) != 1 or archive.id in arguments:
        return False
    holder = source.parents[bindings[0]]
    if isinstance(holder, ast.withitem):
        return called(holder.context_expr, source) in OPENS
    return isinstance(holder, ast.Assign) and called(holder.value, source) in OPENS
