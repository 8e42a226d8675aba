"""Turn a codemod's own examples into the page that explains it."""

import textwrap

from improver.codemod import Codemod


def explain(codemod: Codemod) -> str:
    """Return Markdown: what it does, why, an example, when it is safe and when it is not proposed."""
    before, after = codemod.CHANGES[0]
    parts = [
        f"# {codemod.name}",
        f"{codemod.TITLE}.",
        f"**Why this is bad.** {codemod.WHY}",
        f"**Example.** Before:\n\n{_code(before)}\n\nAfter:\n\n{_code(after)}",
        f"**Safety.** {codemod.SAFETY.value}"
        + (f": differs only in the {codemod.OBSERVABLE}" if codemod.OBSERVABLE else "")
        + f". Safe when: {codemod.SAFE_WHEN.rstrip('.')}.",
        "**Not proposed** for code such as:\n\n" + "\n\n".join(_code(keep) for keep in codemod.KEEPS[:3]),
    ]
    return "\n\n".join(parts) + "\n"


def _code(text: str) -> str:
    return f"```python\n{textwrap.dedent(text).strip()}\n```"
