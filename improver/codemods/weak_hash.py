"""Say that a hash protects nothing: ``hashlib.md5(text)`` of a cache key gets ``usedforsecurity=False``."""

import ast
import re

from improver.codemod import SUPPRESSION, Abstain, Codemod, Rewrite, Site
from improver.records import Safety
from improver.rewriting.floor import floor
from improver.rewriting.origins import called
from improver.rewriting.splicing import edited, extended, unfolded
from improver.source import SCOPES, Source

WEAK = frozenset({"hashlib.md5", "hashlib.sha1"})
HARMLESS = re.compile(
    r"cache|caching|etag|checksum|fingerprint|dedup|duplicate|(?<![a-z])ids?(?![a-z])|(?<![a-z])suffix", re.IGNORECASE
)
SHORT = 12  # characters of a digest; nobody would trust fewer
SECURITY = re.compile(
    r"passw|secret|token|auth(?!or)|(?<![a-z])sign(?!al|ific)|salt|credential|login|nonce|cookie|session|csrf|hmac|crypt|secur|verif|privat"
    r"|api_?key|certificate|integrity|trust|compare_digest|download",
    re.IGNORECASE,
)
KEYWORD = 9  # usedforsecurity is there since 3.9


class WeakHash(Codemod):
    """Tell hashlib, and every reader, that a weak hash is used where nobody gains by breaking it."""

    TITLE = "Say where a weak hash is not used for security"
    WHY = "The call works where weak hashes are forbidden (FIPS), and neither readers nor scanners take it for a risk."
    SAFE_WHEN = (
        "The call is hashlib's own md5 or sha1; what its value is assigned to, or the function around it, is named for"
        " a cache, a checksum, an ETag, a fingerprint, an id or duplicates, or only a few characters of it are kept;"
        " no word of the function, its class or its file name speaks of secrets, signatures or checking. Every Python"
        " the project runs on has the argument. The digest is the same; it is now also made where it was refused."
    )
    SAFETY = Safety.COVERED
    VALUE = 3
    NODES = (ast.Call,)

    def suspects(self, node: ast.AST, source: Source) -> str | None:
        """Say which hash protects nothing."""
        assert isinstance(node, ast.Call), "NODES names nothing else"
        name = called(node, source)
        if name not in WEAK or {word.arg for word in node.keywords} & {"usedforsecurity", None}:
            return None
        purpose = _purpose(node, source)
        if not purpose or SECURITY.search(_context(node, source)):
            return None
        if any(SUPPRESSION.search(line) for line in source.lines[node.lineno - 1 : node.end_lineno]):
            return None
        return f"`{name}` is used for {purpose}, and does not say that it protects nothing"

    def rewrite(self, site: Site) -> Rewrite | Abstain:
        """Add the argument."""
        node, source = site.node, site.source
        assert isinstance(node, ast.Call), "suspects saw a call"
        if floor(site.project, source) < KEYWORD:
            return Abstain("nothing says that every Python this runs on has usedforsecurity")
        more = extended(node, "usedforsecurity=False", source)
        if more is None:
            return Abstain("the arguments are laid out in an unusual way")
        result = edited(source, [more])
        statement = next(item for item in source.ancestors(node) if isinstance(item, ast.stmt))
        rest = source.lines[(node.end_lineno or 1) - 1].encode()[node.end_col_offset or 0 :].decode()
        if not isinstance(result, Abstain) or not re.fullmatch(r"(\.\w+\(\))*\s*(#.*\s*)?", rest) or not node.args:
            return result
        first, *last = unfolded(node, statement, source)
        return edited(source, [first, more, *last])

    CHANGES = (
        (
            "import hashlib\nimport tomllib\n\n\ndef cache_key(text):\n"
            "    return hashlib.md5(text.encode()).hexdigest()  # key\n",
            "import hashlib\nimport tomllib\n\n\ndef cache_key(text):\n"
            "    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()  # key\n",
        ),
        (
            "import graphlib\nfrom hashlib import sha1\n\n\nclass Answer:\n    def send(self, body):\n"
            "        etag = sha1()\n        etag.update(body)\n        return etag.hexdigest()\n",
            "import graphlib\nfrom hashlib import sha1\n\n\nclass Answer:\n    def send(self, body):\n"
            "        etag = sha1(usedforsecurity=False)\n        etag.update(body)\n        return etag.hexdigest()\n",
        ),
        (
            "import hashlib\r\nimport tomllib\r\n\r\n\r\ndef fingerprint(rows):\r\n\treturn hashlib.sha1(\r\n"
            "\t\trepr(rows).encode(),\r\n\t).digest()\r\n",
            "import hashlib\r\nimport tomllib\r\n\r\n\r\ndef fingerprint(rows):\r\n\treturn hashlib.sha1(\r\n"
            "\t\trepr(rows).encode(),\r\n\t\tusedforsecurity=False,\r\n\t).digest()\r\n",
        ),
        (
            "import hashlib\nimport tomllib\n\nhost = hashlib.md5(name).hexdigest()[:6]\n",
            "import hashlib\nimport tomllib\n\nhost = hashlib.md5(name, usedforsecurity=False).hexdigest()[:6]\n",
        ),
        (
            "import hashlib\nimport tomllib\n\n\ndef is_duplicate(files, known):\n    for file in files:\n"
            "        found = hashlib.md5(file.read_bytes() + file.name.encode())\n        yield found in known\n",
            "import hashlib\nimport tomllib\n\n\ndef is_duplicate(files, known):\n    for file in files:\n"
            "        found = hashlib.md5(\n            file.read_bytes() + file.name.encode(), usedforsecurity=False\n"
            "        )\n        yield found in known\n",
        ),
    )
    KEEPS = (
        # It may protect something.
        "import hashlib, tomllib\ndef cache_password(x):\n return hashlib.md5(x).hexdigest()\n",
        "import hashlib, tomllib\ndef checksum(x):\n return hashlib.md5(x + SECRET).hexdigest()\n",
        "import hashlib, tomllib\nclass Signature:\n def checksum(self, x):\n  return hashlib.md5(x).hexdigest()\n",
        "import hashlib, tomllib\ndef verify_checksum(x, y):\n return hashlib.md5(x).hexdigest() == y\n",
        # Nothing says what it is for.
        "import hashlib, tomllib\ndef digest(x):\n return hashlib.md5(x).hexdigest()\n",
        "import hashlib, tomllib\nx = hashlib.md5(y)\n",
        # A Python that may not have the argument.
        "import hashlib\ndef cache_key(x):\n return hashlib.md5(x).hexdigest()\n",
        # Strong, said already, passed along, or not hashlib's.
        "import hashlib, tomllib\ndef cache_key(x):\n return hashlib.sha256(x).hexdigest()\n",
        "import hashlib, tomllib\ndef cache_key(x):\n return hashlib.md5(x, usedforsecurity=False).hexdigest()\n",
        "import hashlib, tomllib\ndef cache_key(x, **k):\n return hashlib.md5(x, **k).hexdigest()\n",
        "import tomllib\nfrom fast import hashlib\ndef cache_key(x):\n return hashlib.md5(x).hexdigest()\n",
        "import hashlib, tomllib\ndef cache_key(x):\n return hashlib.md5(x).hexdigest()  # noqa: S324\n",
    )


def _purpose(node: ast.AST, source: Source) -> str:
    """Say what the value is for, by what it is assigned to, the function around it or how much is left of it."""
    function = source.function_of(node)
    names = [function.name] if function is not None else []
    for parent in source.ancestors(node):
        if isinstance(parent, ast.Subscript) and _is_short(parent.slice):
            return "a few characters"
        if isinstance(parent, ast.Assign):
            names += map(ast.unparse, parent.targets)
        if isinstance(parent, ast.stmt):
            break
    found = HARMLESS.search(" ".join(names))
    return f"what is named {found.group().lower()}" if found else ""


def _is_short(part: ast.expr) -> bool:
    """Tell whether a slice leaves only the first few characters."""
    upper = part.upper if isinstance(part, ast.Slice) and part.lower is None else None
    return isinstance(upper, ast.Constant) and isinstance(upper.value, int) and 0 < upper.value <= SHORT


def _context(node: ast.AST, source: Source) -> str:
    """Return every word of the function around `node`, the names of its classes and its file."""
    function = source.function_of(node) or node
    first, last = getattr(function, "lineno", 1), getattr(function, "end_lineno", 1)
    scopes = [parent.name for parent in source.ancestors(node) if isinstance(parent, SCOPES)]
    return " ".join([source.path, *scopes, *source.lines[first - 1 : last]])
