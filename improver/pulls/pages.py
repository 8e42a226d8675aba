"""The dashboard as Markdown, as one HTML file without scripts, and as JSON; what does not fit is counted (pure)."""

import base64
import hashlib
import html
import json
import re
from collections.abc import Iterator
from dataclasses import asdict

from improver.pulls.bounding import bounded
from improver.pulls.dashboard import Dashboard, Row, Section
from improver.pulls.marking import marked, unmarked
from improver.rationale import one_line, plain

ROWS = 50  # of one section
BACKTICK = "`"  # which means nothing on a page
LONGEST = 400  # characters of one row
PAGE = re.compile(r"https?://[\w.:-]+(?:/[\w./%~+-]*)?")
STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; color: #1f2328; }
h1 { font-size: 1.4rem; } h2 { font-size: 1.1rem; margin: 1.6rem 0 .3rem; border-bottom: 1px solid #d1d9e0; }
ul { padding-left: 1.2rem; margin: .4rem 0; } li { overflow-wrap: anywhere; }
.problems h2 { color: #b42318; } footer, .hint { color: #59636e; font-size: .9rem; }
@media (prefers-color-scheme: dark) { body { background: #0d1117; color: #e6edf3; } a { color: #79b8ff; }
h2 { border-color: #3d444d; } .problems h2 { color: #ff7b72; } footer, .hint { color: #9198a1; } }
"""
POLICY = f"default-src 'none'; style-src 'sha256-{base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()}'"


def markdown(board: Dashboard, most: int) -> str:
    """Return at most `most` bytes; what is most urgent stands first and is cut last."""
    lines = [f"**{plain(_cut(board.verdict))}**"]
    for section in _told(board):
        lines += ["", f"## {section.title}", ""]
        lines += [_line(row) for row in section.rows[:ROWS]]
        lines += [f"- {more}" for more in _more(section)]
        if section.hint:
            lines += ["", f"Next: {section.hint}."]
    return bounded(lines, most)


def _line(row: Row) -> str:
    """Return one bullet; a box that is ticked says which pull request is to be revived."""
    box = {None: "", True: "[x] ", False: "[ ] "}[row.box]
    link = f" · [#{row.pull}]({row.page})" if row.pull and _leads(row.page) else ""
    mark = f" {marked('revive', {'pull': row.pull})}" if row.box is not None else ""
    return f"- {box}{plain(_cut(row.text))}{link}{mark}"


def page(board: Dashboard) -> str:
    """Return one HTML file that loads nothing and runs nothing."""
    parts = [
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">',
        f'<meta http-equiv="Content-Security-Policy" content="{html.escape(POLICY)}">',
        '<meta name="viewport" content="width=device-width">\n<title>Nova</title>',
        f"<style>{STYLE}</style>\n</head>\n<body>\n<h1>{_escaped(board.verdict)}</h1>",
        *(_section(section) for section in _told(board)),
        f"<footer>{_escaped(board.at)}</footer>\n</body>\n</html>",
    ]
    return "\n".join(parts) + "\n"


def _section(section: Section) -> str:
    rows = [f"<li>{_item(row)}</li>" for row in section.rows[:ROWS]]
    rows += [f"<li>{_escaped(more)}</li>" for more in _more(section)]
    hint = f'<p class="hint">Next: {_escaped(section.hint.replace(BACKTICK, ""))}.</p>\n' if section.hint else ""
    inside = f"<h2>{_escaped(section.title)}</h2>\n<ul>\n{chr(10).join(rows)}\n</ul>\n{hint}"
    return f'<section class="{section.name}">\n{inside}</section>'


def _item(row: Row) -> str:
    if row.pull and _leads(row.page):
        return f'{_escaped(row.text)} · <a href="{html.escape(row.page)}">#{row.pull}</a>'
    return _escaped(row.text)


def data(board: Dashboard) -> dict[str, object]:
    """Return all of it as plain data."""
    return {"at": board.at, "reason": board.verdict, "quiet": board.quiet, "sections": _plain(board)}


def as_json(board: Dashboard) -> str:
    """Return all of it as one JSON object."""
    return json.dumps({"schema": "nova/improve/1", "outcome": "reported", **data(board)}, ensure_ascii=True, indent=2)


def _plain(board: Dashboard) -> dict[str, list[dict[str, object]]]:
    return {section.name: [asdict(row) for row in section.rows] for section in board.sections}


def _told(board: Dashboard) -> Iterator[Section]:
    """Yield what a page shows: of a quiet night only what can be revived."""
    yield from (section for section in board.sections if not board.quiet or section.name == "rejected")


def _more(section: Section) -> Iterator[str]:
    if len(section.rows) > ROWS:
        yield f"{len(section.rows) - ROWS} more are left out here; improve report --output-format json has all."


def _leads(address: str) -> bool:
    return PAGE.fullmatch(address) is not None


def _escaped(text: str) -> str:
    return html.escape(one_line(_cut(text)))


def _cut(text: str) -> str:
    spelled = unmarked(text.encode("utf-8", "backslashreplace").decode())
    return spelled if len(spelled) <= LONGEST else f"{spelled[: LONGEST - 1]}…"
