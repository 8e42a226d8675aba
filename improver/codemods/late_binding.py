"""Bind a loop's variable when the closure is made: ``lambda: f(i)`` becomes ``lambda *, i=i: f(i)``."""

import ast

import libcst as cst

from improver.codemod import Abstain, At, Codemod, Rewrite, Site, fitted, spliced
from improver.records import Safety
from improver.rewriting.captures import late_bound
from improver.source import Source

Made = cst.Lambda | cst.FunctionDef


class LateBinding(Codemod):
    """Give a closure made in a loop the value of its own iteration."""

    TITLE = "Bind the loop variable in closures made in a loop"
    WHY = (
        "A closure reads a variable when it is called, not when it is made: after the loop, every one of these would"
        " see the value of the last iteration."
    )
    SAFE_WHEN = (
        "The closure outlives the iteration: it is stored in something that does, or handed to what calls it later. The"
        " name is bound once in the loop, before the closure, and never after it, so no later value can be meant. The"
        " new parameter is keyword-only, so no caller can fill it by position, and the closure takes no **keywords."
    )
    SAFETY = Safety.BEHAVIOUR_CHANGE
    VALUE = 5
    NODES = (ast.Lambda, ast.FunctionDef, ast.AsyncFunctionDef)

    def suspects(self, node: ast.AST, source: Source) -> str | None:
        """Say which loop variable a closure will find changed."""
        assert isinstance(node, ast.Lambda | ast.FunctionDef | ast.AsyncFunctionDef), "NODES names nothing else"
        if node.args.kwarg is not None or getattr(node, "decorator_list", []):
            return None
        names = late_bound(node, source)
        return f"a closure made in a loop will see the last value of {' and '.join(names)}" if names else None

    def rewrite(self, site: Site) -> Rewrite | Abstain:
        """Add a keyword-only parameter with the current value as its default for each such name."""
        node, source = site.node, site.source
        assert isinstance(node, ast.Lambda | ast.FunctionDef | ast.AsyncFunctionDef), "suspects saw a closure"
        if not isinstance(node, ast.Lambda):
            arguments = [item for item in ast.walk(node.args) if isinstance(item, ast.arg)]
            if node.returns or any(argument.annotation for argument in arguments):
                return Abstain("the new parameter would be the only one without an annotation")
            if any(argument.lineno != node.lineno for argument in arguments):
                return Abstain("the parameters are laid out over several lines")
        return fitted(source, spliced(site, _Bind, late_bound(node, source)))

    CHANGES = (
        (
            "def checks(limits):\n    found = []\n    for limit in limits:\n"
            "        found.append(lambda value: value < limit)  # strict\n    return found\n",
            "def checks(limits):\n    found = []\n    for limit in limits:\n"
            "        found.append(lambda value, *, limit=limit: value < limit)  # strict\n    return found\n",
        ),
        (
            "adders = [lambda x: x + i for i in range(3)]\n",
            "adders = [lambda x, *, i=i: x + i for i in range(3)]\n",
        ),
        (
            "class Menu:\n    def build(self, names):\n        for place, name in enumerate(names):\n"
            "            label = name.title()\n\n            def pick():\n                # Later, on a click.\n"
            "                return self.open(label, place)\n\n            self.actions[name] = pick\n",
            "class Menu:\n    def build(self, names):\n        for place, name in enumerate(names):\n"
            "            label = name.title()\n\n            def pick(*, label=label, place=place):\n"
            "                # Later, on a click.\n"
            "                return self.open(label, place)\n\n            self.actions[name] = pick\n",
        ),
        (
            "async def start(loop, jobs):\n    async for job in jobs:\n"
            "        loop.call_soon(lambda *a, b=1: job.run(a, b))\n"
            "    for button in loop.buttons:\n        button.clicked = lambda: button.hide()\n",
            "async def start(loop, jobs):\n    async for job in jobs:\n"
            "        loop.call_soon(lambda *a, b=1, job=job: job.run(a, b))\n"
            "    for button in loop.buttons:\n        button.clicked = lambda *, button=button: button.hide()\n",
        ),
        (
            "from threading import Thread\r\n\r\n\r\ndef run(urls, fetch):\r\n    while urls:\r\n"
            "        url = urls[0]\r\n        Thread(target=lambda: fetch(url)).start()\r\n        urls = urls[1:]\r\n",
            "from threading import Thread\r\n\r\n\r\ndef run(urls, fetch):\r\n    while urls:\r\n"
            "        url = urls[0]\r\n        Thread(target=lambda *, url=url: fetch(url)).start()\r\n"
            "        urls = urls[1:]\r\n",
        ),
        (
            "def grid(out):\n    for x in range(3):\n        for y in range(3):\n"
            "            out[x, y] = [lambda: x * y]\n        out[x] = lambda: (lambda: x, y)\n",
            "def grid(out):\n    for x in range(3):\n        for y in range(3):\n"
            "            out[x, y] = [lambda *, x=x, y=y: x * y]\n        out[x] = lambda *, x=x: (lambda: x, y)\n",
        ),
    )
    KEEPS = (
        # Called within the iteration.
        "def f(rows):\n for row in rows:\n  row.sort(key=lambda cell: cell.x - row.x)\n",
        "def f(rows):\n for row in rows:\n  def go():\n   return row.x\n  go()\n",
        "def f(rows):\n return list((lambda: row)() for row in rows)\n",
        "def f(rows):\n return [(lambda: row)() for row in rows]\n",
        "def f(rows, pool):\n for row in rows:\n  pool.submit(lambda: row.x).result()\n",
        "def f(rows, todo):\n for row in rows:\n  todo.append(lambda: row.x)\n  todo.pop()()\n",
        "def f(rows):\n for row in rows:\n  todo = []\n  todo.append(lambda: row.x)\n  run(todo)\n",
        "def f(rows):\n for row in rows:\n  with Stack() as stack:\n   stack.callback(lambda: row.close())\n",
        # A generator goes on only when it is asked to.
        "def f(rows):\n for call in (lambda: row for row in rows):\n  call()\n",
        # The name is meant to change: bound again in the loop, after it, by a declaration, or deleted.
        "def f(rows, out):\n for row in rows:\n  out.append(lambda: row)\n  row = clean(row)\n",
        "def f(rows, out):\n total = 0\n for row in rows:\n  total += row\n  out.append(lambda: total)\n  total = 1\n",
        "def f(rows, out):\n for row in rows:\n  out.append(lambda: row)\n row = None\n",
        "def f(rows, out):\n for row in rows:\n  out.append(lambda: row)\n del row\n",
        "def f(rows, out):\n for _ in rows:\n  for row in rows:\n   out.append(lambda: row)\n  row = None\n",
        "def f(rows, out):\n row = 0\n def g():\n  nonlocal row\n  row = 1\n for row in rows:\n"
        "  out.append(lambda: row)\n",
        "for row in rows:\n out.append(lambda: row)\n\n\ndef f():\n global row\n row = 1\n",
        "def f(rows, out):\n while (row := rows.get()):\n  out.append(lambda: row)\n",
        # Bound only sometimes, or only after the closure: the default might not be there yet.
        "def f(rows, out):\n for row in rows:\n  if row:\n   x = row.x\n  out.append(lambda: x)\n",
        "def f(rows, out):\n for row in rows:\n  out.append(lambda: x)\n  x = row.x\n",
        # Already bound, shadowed, or not the loop's.
        "def f(rows, out):\n for row in rows:\n  out.append(lambda row=row: row)\n",
        "def f(rows, out):\n for row in rows:\n  out.append(lambda row: row)\n",
        "def f(rows, out):\n for row in rows:\n  out.append(lambda: [row for row in out])\n",
        "def f(rows, out, other):\n for row in rows:\n  out.append(lambda: other)\n",
        # Read when the closure is made: a default or a decorator.
        "def f(rows, out):\n for row in rows:\n  out.append(lambda x=row: x)\n",
        "def f(rows, out):\n for row in rows:\n  @route(row)\n  def go():\n   return row\n  out.append(go)\n",
        # **keywords could carry the name, and a class body's names are out of a closure's sight.
        "def f(rows, out):\n for row in rows:\n  out.append(lambda **k: row)\n",
        "class C:\n out = []\n for row in range(3):\n  out.append(lambda: row)\n",
        # The last one wins and sees its own value.
        "def f(rows, it):\n for row in rows:\n  it.call = lambda: row\n  it['x'] = lambda: row\n",
        # The iterable and the else run once.
        "def f(rows, out):\n for row in out.append(lambda: row) or rows:\n  pass\n else:\n  out.append(lambda: row)\n",
        # A typed signature would get an untyped parameter.
        "def f(rows, out):\n for row in rows:\n  def go() -> int:\n   return row\n  out.append(go)\n",
    )


class _Bind(At):
    """Add keyword-only parameters that default to names of the same spelling."""

    def __init__(self, spot: tuple[int, int], names: list[str]) -> None:
        super().__init__(spot)
        self.names = names

    def leave_Lambda(self, original_node: cst.Lambda, updated_node: cst.Lambda) -> cst.Lambda:  # noqa: N802 - libcst's name
        """Bind in a lambda, which needs a space once it has parameters."""
        if not self.at(original_node):
            return updated_node
        space = cst.SimpleWhitespace(" ")
        return updated_node.with_changes(params=self._with(updated_node.params), whitespace_after_lambda=space)

    def leave_FunctionDef(  # noqa: N802 - libcst's name
        self, original_node: cst.FunctionDef, updated_node: cst.FunctionDef
    ) -> cst.FunctionDef:
        """Bind in a nested function."""
        if not self.at(original_node):
            return updated_node
        return updated_node.with_changes(params=self._with(updated_node.params))

    def _with(self, params: cst.Parameters) -> cst.Parameters:
        tight = cst.AssignEqual(cst.SimpleWhitespace(""), cst.SimpleWhitespace(""))
        new = [cst.Param(cst.Name(name), default=cst.Name(name), equal=tight) for name in self.names]
        star = params.star_arg if isinstance(params.star_arg, cst.Param | cst.ParamStar) else cst.ParamStar()
        return params.with_changes(star_arg=star, kwonly_params=[*params.kwonly_params, *new])
