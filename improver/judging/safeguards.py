"""What keeps a program safe: guarding calls and access decisions, counted so that a lost one is seen."""

import ast
import re
from collections import Counter

from improver.judging.powers import imported
from improver.source import FUNCTIONS, Source

GUARDS = re.compile(
    r"compare_digest|is_relative_to|commonpath|realpath|escape|quote(_plus)?|sanitize\w*|clean_html|safe_load|literal_eval|verify_\w+|check_hostname|set_ciphers|load_verify_locations|validate\w*"
    r"|full_clean|check_permissions?|require_\w+|login_required|permission_required|csrf_protect|raise_for_status"
)
ACCESS = re.compile(
    r"auth|admin|permi(t|ss)|allowed|privileg|log_?in|passw|signature|trusted|csrf|credential|(check|verify)_token|access",
    re.IGNORECASE,
)
DECIDES = (ast.Compare, ast.BoolOp, ast.UnaryOp, ast.Return)


def guards(source: Source) -> Counter[str]:
    """Count the calls and decorators of `source` that keep it safe."""
    found: Counter[str] = Counter()
    imports = imported(source.tree)
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Name | ast.Attribute) and isinstance(node.ctx, ast.Load):
            name = node.id if isinstance(node, ast.Name) else node.attr
            origins = imports.get(name, {name}) if isinstance(node, ast.Name) else {name}
            found.update(f"safeguard: {name}" for origin in origins if GUARDS.fullmatch(origin.rsplit(".", 1)[-1]))
    return found


def decisions(source: Source) -> Counter[str]:
    """Count what the functions decide whose names speak of access."""
    found: Counter[str] = Counter()
    for function in ast.walk(source.tree):
        if isinstance(function, FUNCTIONS) and ACCESS.search(function.name):
            inner = [node for node in ast.walk(function) if isinstance(node, DECIDES)]
            found.update(f"{function.name} decides: {ast.unparse(node)[:80]}" for node in inner)
    return found
