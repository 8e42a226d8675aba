"""Files in every form come back byte for byte, and codemods make the same of them whatever their form."""

import ast
import re
from collections.abc import Callable

import pytest

from improver.codemod import At, Codemod, Site, region_of, replaced, spliced
from improver.records import Finding
from improver.rewriting.splicing import Splice, edited
from improver.source import Source
from tests.improver.rewrites import CODEMODS, PATH, project_of, rewritten

SCREEN = '''\
"""Draw a screen — in a few characters."""
import os
if os.name == "nt": WIDE = 80; HIGH = 25
else: WIDE = 100

@property
@ decorated ( with_spaces = 1 ,
    )
class Screen ( object ):
    """Keep what is drawn.

\tA tab, and a line that ends in blanks.  \n    """
    size: int=( 1 ) ;  rows = { "ä" : 1 , **{} }

    async def draw(self, *a, b=lambda *_: None, **k)->"None":  # why
        async with open(a) as f, g: await f( b [ 1 : ] ) ; return
        # a comment at the end

    def show(self, x):
        if (n := len(x)) > 1 : print(f"{x!r:>{n}} {'{}'} \\N{DIGIT ONE}", end = '')
        else:
            return x if x else \\
                None
        match x:
            case [1, *rest] if rest: pass
            case {"k": v, **more} | Screen(size=v) : del v
        try: pass
        except* OSError as e: raise
        global WIDE; WIDE = 0x_ff + 0O17 + 1_0.0e-1_0j
  # a comment in an odd column
    def last(self): yield (yield); lambda: (yield)
\f
def after(): ...   # no newline follows'''


def in_windows(text: str) -> bytes:
    """Write a file with a byte order mark and CRLF newlines, without one at its end."""
    unix = text.replace("\r\n", "\n").rstrip("\n")
    return b"\xef\xbb\xbf" + unix.replace("\n", "\r\n").encode()


def in_the_old_days(text: str) -> bytes:
    """Write a file in Latin-1 that says so, with form feeds between its parts and a comment that needs it."""
    unix = text.replace("\r\n", "\n")
    parts = re.sub(r"\n\n\n(?=def |class |async def |@)", "\n\n\n\f\n", unix)
    return f"# -*- coding: latin-1 -*-\n# caf\xe9\n\n\n{parts}".encode("latin-1")


def with_tabs(text: str) -> bytes:
    """Write a file with a tab for every four columns of indentation."""
    return re.sub(r"(?m)^( {4})+", lambda lead: "\t" * (len(lead[0]) // 4), text).encode()


FORMS = (in_windows, in_the_old_days)


@pytest.mark.parametrize("form", [str.encode, *FORMS, with_tabs], ids=lambda form: form.__name__)
def test_an_edit_that_changes_nothing_writes_every_byte_back(form: Callable[[str], bytes]) -> None:
    data = form(SCREEN.replace("—", "-") if form is in_the_old_days else SCREEN)
    project = project_of(data)
    source = project.sources[PATH]
    same = {PATH: data}
    assert replaced(source, 1, len(source.lines), "".join(source.lines)) == same
    assert edited(source, [Splice((1, 0), (1, 0), "")]) == same
    statements = [node for node in source.parents if isinstance(node, ast.stmt)]
    regions = {region_of(source, node): node for node in statements}
    assert len(regions) > 5
    for region, node in regions.items():
        site = Site(source, node, Finding("", "none", PATH, "", 1, 0, ""), project)
        assert spliced(site, At, region=region) == same, region


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.__name__)
@pytest.mark.parametrize("codemod", CODEMODS, ids=lambda codemod: codemod.name)
def test_the_form_of_a_file_changes_no_rewrite(codemod: Codemod, form: Callable[[str], bytes]) -> None:
    for before, after in codemod.CHANGES:
        if form is in_windows or (before + after).isascii():
            data = form(before)
            result, count = rewritten(codemod, data)
            assert count > 0
            assert result.count(b"\f") <= data.count(b"\f")
            # A part that comes brings no form feed, and one that goes takes its own away.
            assert result.replace(b"\f\n", b"") == form(after).replace(b"\f\n", b"")


@pytest.mark.parametrize("codemod", CODEMODS, ids=lambda codemod: codemod.name)
def test_a_file_that_is_indented_with_tabs_stays_so(codemod: Codemod) -> None:
    for before, after in codemod.CHANGES:
        data = with_tabs(before)
        if isinstance(Source.read(PATH, data), Source):
            result, count = rewritten(codemod, data)
            assert count > 0
            assert ast.dump(ast.parse(result)) == ast.dump(ast.parse(with_tabs(after)))
            assert not re.search(rb"(?m)^ {4}", result) or re.search(rb"(?m)^ {4}", data)
