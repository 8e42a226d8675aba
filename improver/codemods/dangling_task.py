"""Keep background tasks: a task that nobody holds is put into a set until it is done."""

import ast

from improver.codemod import SUPPRESSION, Abstain, Codemod, Rewrite, Site
from improver.names import bound_by, is_builtin, mentioned, own
from improver.records import Safety
from improver.rewriting.origins import called
from improver.rewriting.splicing import Splice, edited, has_its_lines, inserted, lead_of, put_below, start_of, unfolded
from improver.source import FUNCTIONS, SCOPES, Source

SPAWNS = frozenset({"asyncio.create_task", "asyncio.ensure_future"})
LOOPS = frozenset({"asyncio.get_running_loop", "asyncio.get_event_loop"})
NAMES = ("task", "background_task")
KEEPER = "_background_tasks"
USES = frozenset({"add", "add_done_callback"})


class DanglingTask(Codemod):
    """Hold a task that is started and forgotten in a set, from which it takes itself when it is done."""

    TITLE = "Keep background tasks until they are done"
    WHY = (
        "The event loop holds its tasks weakly: one that nothing else refers to may be collected in the middle of its"
        " work, without a trace."
    )
    SAFE_WHEN = (
        "The task is made by asyncio's create_task or ensure_future, of the module or of a loop that asyncio gave in"
        " the same function, from a call, and its value is dropped. The name for it is new to its function, the set"
        " new to the module or one that already keeps tasks so. Nothing else can see the set, so that only how long the"
        " task lives differs."
    )
    SAFETY = Safety.COVERED
    VALUE = 5
    NODES = (ast.Expr,)

    def suspects(self, node: ast.AST, source: Source) -> str | None:
        """Say which task nobody holds."""
        assert isinstance(node, ast.Expr), "NODES names nothing else"
        call = node.value
        if not isinstance(call, ast.Call) or not _spawns(call, source) or not isinstance(call.args[0], ast.Call):
            return None
        scope = next((parent for parent in source.ancestors(node) if isinstance(parent, SCOPES)), None)
        if not isinstance(scope, FUNCTIONS) or _is_suppressed(node, source):
            return None
        return f"nothing holds the task of `{ast.unparse(call.args[0])}`: it may be collected before it is done"

    def rewrite(self, site: Site) -> Rewrite | Abstain:
        """Name the task, add it to the set and let it discard itself."""
        node, source = site.node, site.source
        assert isinstance(node, ast.Expr), "suspects saw a statement"
        name = _free_name(node, source)
        if name is None:
            return Abstain("every usual name for the task is in use in this function")
        if not has_its_lines(node, source) or not _may_be_shifted(node, source):
            return Abstain("the statement is laid out so that a name before it would spoil its look")
        keeper = _keeper(node, source)
        made: list[Splice] = []
        if keeper is None:
            declaration = _declaration(source)
            if isinstance(declaration, Abstain):
                return declaration
            keeper, made = KEEPER, [declaration]
        lead = lead_of(node, source)
        kept = f"{lead}{keeper}.add({name})\n{lead}{name}.add_done_callback({keeper}.discard)\n"
        named = [inserted(start_of(node), f"{name} = "), put_below(node, source, kept)]
        result = edited(source, [*made, *named])
        if not isinstance(result, Abstain):
            return result
        assert isinstance(node.value, ast.Call), "suspects saw a call"
        return edited(source, [*made, *named, *unfolded(node.value, node, source)])

    CHANGES = (
        (
            "import asyncio\n\n\nasync def serve(jobs):\n    async for job in jobs:\n"
            "        asyncio.create_task(job.run())  # in the background\n",
            "import asyncio\n\n_background_tasks = set()\n\n\nasync def serve(jobs):\n    async for job in jobs:\n"
            "        task = asyncio.create_task(job.run())  # in the background\n"
            "        _background_tasks.add(task)\n"
            "        task.add_done_callback(_background_tasks.discard)\n",
        ),
        (
            "import asyncio\nfrom logging import getLogger\n\nlogger = getLogger(__name__)\n\n\nclass Bot:\n"
            "    def start(self) -> None:\n        asyncio.ensure_future(self.poll())\n"
            "        asyncio.create_task(self.beat(), name='beat')\n",
            "import asyncio\nfrom logging import getLogger\n\nlogger = getLogger(__name__)\n"
            '_background_tasks: "set[asyncio.Task[object]]" = set()\n\n\nclass Bot:\n'
            "    def start(self) -> None:\n        task = asyncio.ensure_future(self.poll())\n"
            "        _background_tasks.add(task)\n        task.add_done_callback(_background_tasks.discard)\n"
            "        task = asyncio.create_task(self.beat(), name='beat')\n"
            "        _background_tasks.add(task)\n        task.add_done_callback(_background_tasks.discard)\n",
        ),
        (
            "import asyncio\r\n\r\n\r\ndef go(task):\r\n\tloop = asyncio.get_running_loop()\r\n"
            "\tloop.create_task(\r\n\t\trun(task),\r\n\t)",
            "import asyncio\r\n\r\n_background_tasks = set()\r\n\r\n\r\ndef go(task):\r\n"
            "\tloop = asyncio.get_running_loop()\r\n\tbackground_task = loop.create_task(\r\n\t\trun(task),\r\n\t)\r\n"
            "\t_background_tasks.add(background_task)\r\n"
            "\tbackground_task.add_done_callback(_background_tasks.discard)",
        ),
        (
            "import asyncio\n\n\nclass Pool:\n    def __init__(self):\n        self.running = set()\n\n"
            "    def add(self, job):\n        task = asyncio.create_task(job())\n        self.running.add(task)\n"
            "        task.add_done_callback(self.running.discard)\n\n    def stop(self):\n"
            "        asyncio.create_task(self.close())\n",
            "import asyncio\n\n\nclass Pool:\n    def __init__(self):\n        self.running = set()\n\n"
            "    def add(self, job):\n        task = asyncio.create_task(job())\n        self.running.add(task)\n"
            "        task.add_done_callback(self.running.discard)\n\n    def stop(self):\n"
            "        task = asyncio.create_task(self.close())\n        self.running.add(task)\n"
            "        task.add_done_callback(self.running.discard)\n",
        ),
        (
            "from __future__ import annotations\n\nfrom asyncio import create_task\nimport asyncio\n\n\n"
            "async def tell(everyone: list[str]) -> None:\n    for one in everyone:\n"
            "        create_task(send_a_rather_long_message(one, retries=3, wait=10))\n",
            "from __future__ import annotations\n\nfrom asyncio import create_task\nimport asyncio\n\n"
            "_background_tasks: set[asyncio.Task[object]] = set()\n\n\n"
            "async def tell(everyone: list[str]) -> None:\n    for one in everyone:\n"
            "        task = create_task(send_a_rather_long_message(one, retries=3, wait=10))\n"
            "        _background_tasks.add(task)\n        task.add_done_callback(_background_tasks.discard)\n",
        ),
        (
            "import asyncio\n\n\nasync def tell(everyone):\n    for one in everyone:\n"
            "        asyncio.create_task(send_a_long_message(one, retries=3, wait=10))\n",
            "import asyncio\n\n_background_tasks = set()\n\n\nasync def tell(everyone):\n    for one in everyone:\n"
            "        task = asyncio.create_task(\n            send_a_long_message(one, retries=3, wait=10)\n        )\n"
            "        _background_tasks.add(task)\n        task.add_done_callback(_background_tasks.discard)\n",
        ),
    )
    KEEPS = (
        # Somebody holds it: a name, a caller, an await, a group, a callee.
        "import asyncio\nasync def f():\n t = asyncio.create_task(g())\n await t\n",
        "import asyncio\nasync def f():\n return asyncio.create_task(g())\n",
        "import asyncio\nasync def f():\n await asyncio.create_task(g())\n",
        "import asyncio\nasync def f():\n async with asyncio.TaskGroup() as tg:\n  tg.create_task(g())\n",
        "import asyncio\nasync def f():\n await asyncio.gather(asyncio.create_task(g()))\n",
        # A future that exists already is held where it was made.
        "import asyncio\nasync def f(future):\n asyncio.ensure_future(future)\n",
        # Not asyncio's, or maybe not.
        "from anyio import create_task\nasync def f():\n create_task(g())\n",
        "from asyncio import *\nasync def f():\n create_task(g())\n",
        "try:\n import asyncio\nexcept ImportError:\n asyncio = None\nasync def f():\n asyncio.create_task(g())\n",
        "import asyncio\nasync def f(loop):\n loop.create_task(g())\n",
        "import asyncio\nasync def f(x):\n loop = asyncio.get_event_loop()\n loop = x\n loop.create_task(g())\n",
        # No function to keep a name in.
        "import asyncio\nasyncio.create_task(g())\nclass C:\n asyncio.create_task(g())\n",
        # Names that are taken, or read.
        "import asyncio\nasync def f(task, background_task):\n asyncio.create_task(g())\n",
        "import asyncio\n_background_tasks = []\nasync def f():\n asyncio.create_task(g())\n",
        "import asyncio\ndef set(x):\n return x\nasync def f():\n asyncio.create_task(g())\n",
        "import asyncio\nasync def f():\n asyncio.create_task(g())\n return locals()\n",
        # Layout, and an author who said no.
        "import asyncio\nasync def f(x):\n if x: asyncio.create_task(g())\n",
        "import asyncio\nasync def f():\n    asyncio.create_task(g(),\n                        name='g')\n",
        "import asyncio\nasync def f():\n asyncio.create_task(g())  # noqa: RUF006\n",
    )


def _spawns(call: ast.Call, source: Source) -> bool:
    """Tell whether `call` surely starts a task of asyncio's, named by what it gets first."""
    if not call.args:
        return False
    if called(call, source) in SPAWNS:
        return True
    if not isinstance(call.func, ast.Attribute) or call.func.attr != "create_task":
        return False
    loop = call.func.value
    if isinstance(loop, ast.Call):
        return called(loop, source) in LOOPS
    function = source.function_of(call)
    if not isinstance(loop, ast.Name) or function is None:
        return False
    bindings = [node for node in own(function) if loop.id in bound_by(node)]
    made = source.parents[bindings[0]] if len(bindings) == 1 else None
    is_plain = isinstance(made, ast.Assign) and called(made.value, source) in LOOPS
    return is_plain and loop.id not in {arg.arg for arg in ast.walk(function.args) if isinstance(arg, ast.arg)}


def _is_suppressed(node: ast.stmt, source: Source) -> bool:
    return any(SUPPRESSION.search(line) for line in source.lines[node.lineno - 1 : node.end_lineno])


def _free_name(node: ast.Expr, source: Source) -> str | None:
    """Return a name that means nothing in the function of `node`, or only tasks kept as this one will be."""
    function = source.function_of(node)
    assert function is not None, "suspects saw a function"
    outside = {name for item in source.tree.body for name in bound_by(item)}
    inside = mentioned(function)
    for name in NAMES:
        if name not in outside and (name not in inside or _only_keeps(name, function, source)):
            return name
    return None


def _only_keeps(name: str, function: ast.AST, source: Source) -> bool:
    """Tell whether `name` stands for tasks alone, each added to a set in the statement after the one that makes it."""
    for node in ast.walk(function):
        if name not in (getattr(node, "id", ""), *bound_by(node)):
            continue
        statement = next((item for item in source.ancestors(node) if isinstance(item, ast.stmt)), function)
        if isinstance(statement, ast.Assign):
            if not isinstance(statement.value, ast.Call) or not _spawns(statement.value, source):
                return False
            statement = _next(statement, source)
        call = statement.value if isinstance(statement, ast.Expr) else None
        if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Attribute) or call.func.attr not in USES:
            return False
    return True


def _next(statement: ast.stmt, source: Source) -> ast.AST:
    """Return the statement after `statement` in its block, or itself when it is the last."""
    for _, block in ast.iter_fields(source.parents[statement]):
        if isinstance(block, list) and statement in block[:-1]:
            following = block[block.index(statement) + 1]
            return following if isinstance(following, ast.stmt) else statement
    return statement


def _may_be_shifted(node: ast.Expr, source: Source) -> bool:
    """Tell whether a longer beginning of the first line leaves the lines after it well laid out."""
    first = source.lines[node.lineno - 1].split("#")[0].rstrip()
    return node.end_lineno == node.lineno or first.endswith(("(", "[", "{"))


def _keeper(node: ast.AST, source: Source) -> str | None:
    """Return the set that keeps tasks in this module or class already, if there is one."""
    home = next((parent for parent in source.ancestors(node) if isinstance(parent, ast.ClassDef)), None)
    for call in source.of_kind(ast.Call):
        text = ast.unparse(call.args[0]) if getattr(call.func, "attr", "") == "add_done_callback" and call.args else ""
        keeper, _, method = text.rpartition(".")
        if method != "discard":
            continue
        is_ours = home is not None and home in source.ancestors(call) and keeper.startswith("self.")
        scope = home if is_ours and _has_self(node, source) else source.tree
        if scope is not None and any(_makes(item, keeper) for item in (*own(scope), *_first_steps(scope))):
            return keeper
    return None


def _has_self(node: ast.AST, source: Source) -> bool:
    function = source.function_of(node)
    return function is not None and bool(function.args.args) and function.args.args[0].arg == "self"


def _first_steps(scope: ast.AST) -> list[ast.AST]:
    """Return what stands in the constructor of a class."""
    body = scope.body if isinstance(scope, ast.ClassDef) else []
    return [
        node for item in body if isinstance(item, ast.FunctionDef) and item.name == "__init__" for node in own(item)
    ]


def _makes(statement: ast.AST, keeper: str) -> bool:
    """Tell whether `statement` makes the empty set `keeper`."""
    if isinstance(statement, ast.Assign):
        targets: list[ast.expr] = statement.targets
    else:
        targets = [statement.target] if isinstance(statement, ast.AnnAssign) else []
    value = getattr(statement, "value", None)
    is_set = isinstance(value, ast.Call) and isinstance(value.func, ast.Name) and value.func.id == "set"
    return is_set and any(ast.unparse(target) == keeper for target in targets)


def _declaration(source: Source) -> Splice | Abstain:
    """Return the splice that makes the set, after all that stands before the module's first definition."""
    if KEEPER in mentioned(source.tree) or not is_builtin("set", source):
        return Abstain(f"{KEEPER}, or set, means something else in this file")
    body = source.tree.body
    head = body[: next((at for at, item in enumerate(body) if isinstance(item, SCOPES)), len(body))]
    if not head or not has_its_lines(head[-1], source) or _is_text(head[-1]):
        return Abstain("the module has no place before its first definition for a set")
    kind = ""
    if any(function.returns is not None for function in source.functions):
        if not any(isinstance(item, ast.Import) and "asyncio" in map(_given, item.names) for item in head):
            return Abstain("the set's type cannot be named: this file does not import asyncio itself")
        task = "set[asyncio.Task[object]]"
        kind = f": {task}" if _is_lazy(source) else f': "{task}"'
    gap = "" if isinstance(head[-1], ast.Assign | ast.AnnAssign) else "\n"
    return put_below(head[-1], source, f"{gap}{KEEPER}{kind} = set()\n")


def _is_text(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)


def _given(alias: ast.alias) -> str:
    return alias.asname or alias.name


def _is_lazy(source: Source) -> bool:
    """Tell whether annotations of this file are never evaluated by themselves."""
    given = (item for item in source.tree.body if isinstance(item, ast.ImportFrom) and item.module == "__future__")
    return any(alias.name == "annotations" for item in given for alias in item.names)
