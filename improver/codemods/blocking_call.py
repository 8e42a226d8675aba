"""Keep the event loop going: ``time.sleep`` in a coroutine is awaited, a blocking call goes to a thread."""

import ast
import re

from improver.codemod import SUPPRESSION, Abstain, Codemod, Rewrite, Site
from improver.names import own
from improver.records import Safety
from improver.rewriting.floor import floor
from improver.rewriting.importing import brought, dropped
from improver.rewriting.origins import called, imports
from improver.rewriting.splicing import Splice, edited, end_of, inserted, start_of, text_of, unfolded
from improver.source import SCOPES, Source

SLEEP = "time.sleep"
VERBS = ("get", "post", "put", "patch", "delete", "head", "options", "request")
# Calls that wait for something outside, keep no state between them, and may run in any thread.
SLOW = frozenset(
    {f"{library}.{verb}" for library in ("requests", "httpx") for verb in VERBS}
    | {f"subprocess.{name}" for name in ("run", "call", "check_call", "check_output")}
    | {"os.system", "urllib.request.urlretrieve"}
)
KEEPS_OPEN = frozenset({"stream", "preexec_fn"})  # what is read later, or runs in a copy of the thread
ELSEWHERE = frozenset({"anyio", "curio", "eventlet", "gevent", "sniffio", "trio", "twisted"})
HARMLESS = frozenset({"open", "contextlib.suppress", "tempfile.TemporaryDirectory", "tempfile.NamedTemporaryFile"})
ON_PURPOSE = re.compile(r"block|on purpose|deliberate|intention", re.IGNORECASE)
ROOTS = re.compile(r"^[ \t]*(?:import|from)[ \t]+(\w+)", re.MULTILINE)
DRIVES = re.compile(r"\.send\(None\)|\b_?run_sync\b")
TO_THREAD = 9  # asyncio.to_thread is there since 3.9


class BlockingCall(Codemod):
    """Await what would stop everything else that the event loop has to do."""

    TITLE = "Do not block the event loop"
    WHY = "While a coroutine blocks, nothing else runs: no other request, no timeout, no heartbeat."
    SAFE_WHEN = (
        "The call stands in the body of an async function, by itself or with its value assigned or returned, and is"
        " time.sleep or one of a short list of calls that any thread may make. The file, or else the project, imports"
        " asyncio and no other event loop, no lock or other context is held around the call, and asyncio.to_thread"
        " exists on every Python the project runs on. Other tasks may run meanwhile, which they could not before: a"
        " person decides."
    )
    SAFETY = Safety.BEHAVIOUR_CHANGE
    VALUE = 5
    NODES = (ast.Expr, ast.Assign, ast.AnnAssign, ast.Return)

    def suspects(self, node: ast.AST, source: Source) -> str | None:
        """Say which call stops the event loop."""
        assert isinstance(node, ast.stmt), "NODES names statements"
        call = getattr(node, "value", None)
        name = called(call, source) if isinstance(call, ast.Call) else ""
        if not (name in SLOW or (name == SLEEP and isinstance(node, ast.Expr))) or not _may_be_asyncio(source):
            return None
        scope = next((parent for parent in source.ancestors(node) if isinstance(parent, SCOPES)), None)
        if not isinstance(scope, ast.AsyncFunctionDef) or ON_PURPOSE.search(scope.name) or _is_meant(node, source):
            return None
        return f"`{name}` stops everything that the event loop runs beside {scope.name}"

    def rewrite(self, site: Site) -> Rewrite | Abstain:
        """Await asyncio's sleep, or a thread that makes the call."""
        node, source = site.node, site.source
        call = getattr(node, "value", None)
        assert isinstance(node, ast.stmt), "NODES names statements"
        assert isinstance(call, ast.Call), "suspects saw a call"
        if not _is_asyncio(site):
            return Abstain("nothing says that the event loop is asyncio's")
        if (reason := _danger(node, source)) is not None:
            return Abstain(reason)
        if called(call, source) == SLEEP:
            return _sleeping(call, site)
        if {word.arg for word in call.keywords} & KEEPS_OPEN:
            return Abstain("what the call leaves open is used after it")
        known = any(called(item, source) == "asyncio.to_thread" for item in source.of_kind(ast.Call))
        if not known and floor(site.project, source) < TO_THREAD:
            return Abstain("nothing says that every Python this runs on has asyncio.to_thread")
        return _threaded(node, call, source)

    CHANGES = (
        (
            "import asyncio\nimport time\n\n\nasync def poll(job):\n    while not job.done:\n"
            "        time.sleep(0.5)  # a while\n    await asyncio.gather(*job.parts)\n",
            "import asyncio\n\n\nasync def poll(job):\n    while not job.done:\n"
            "        await asyncio.sleep(0.5)  # a while\n    await asyncio.gather(*job.parts)\n",
        ),
        (
            "import asyncio\nfrom time import monotonic, sleep\n\n\nclass Bot:\n    async def wait(self, end):\n"
            "        while monotonic() < end:\n            try:\n                sleep(\n"
            "                    self.pause\n                )\n            finally:\n"
            "                asyncio.get_running_loop().beat()\n",
            "import asyncio\nfrom time import monotonic\n\n\nclass Bot:\n    async def wait(self, end):\n"
            "        while monotonic() < end:\n            try:\n                await asyncio.sleep(\n"
            "                    self.pause\n                )\n            finally:\n"
            "                asyncio.get_running_loop().beat()\n",
        ),
        (
            "import asyncio\nimport time\n\n\nasync def until(day: 'time.struct_time'):\n    time.sleep(60)\n"
            "    await asyncio.gather(*day)\n",
            "import asyncio\nimport time\n\n\nasync def until(day: 'time.struct_time'):\n    await asyncio.sleep(60)\n"
            "    await asyncio.gather(*day)\n",
        ),
        (
            "import tomllib\r\nfrom asyncio import gather\r\n\r\nimport requests\r\n\r\n\r\nasync def page(url):\r\n"
            "\tanswer = requests.get(url, timeout=3)\r\n\treturn answer.text\r\n",
            "import asyncio\r\nimport tomllib\r\nfrom asyncio import gather\r\n\r\nimport requests\r\n\r\n\r\n"
            "async def page(url):\r\n\tanswer = await asyncio.to_thread(requests.get, url, timeout=3)\r\n"
            "\treturn answer.text\r\n",
        ),
        (
            "import asyncio\nimport subprocess\nfrom typing import Self\n\n\nasync def build(path):\n"
            "    subprocess.run(\n        ['make', path],  # all of it\n        check=True,\n    )\n"
            "    return subprocess.check_output(['git', 'describe', '--always', '--dirty'], cwd=path)\n",
            "import asyncio\nimport subprocess\nfrom typing import Self\n\n\nasync def build(path):\n"
            "    await asyncio.to_thread(\n        subprocess.run,\n        ['make', path],  # all of it\n"
            "        check=True,\n    )\n    return await asyncio.to_thread(\n"
            "        subprocess.check_output, ['git', 'describe', '--always', '--dirty'], cwd=path\n    )\n",
        ),
        (
            "import asyncio\nimport os, time\n\n\nasync def go(folder):\n    with open(folder) as file:\n"
            "        time.sleep(1)\n        await asyncio.to_thread(os.sync)\n        code: int = os.system('sync')\n",
            "import asyncio\nimport os\n\n\nasync def go(folder):\n    with open(folder) as file:\n"
            "        await asyncio.sleep(1)\n        await asyncio.to_thread(os.sync)\n"
            "        code: int = await asyncio.to_thread(os.system, 'sync')\n",
        ),
    )
    KEEPS = (
        # Not in a coroutine: a function, a lambda or a class inside of one, and what a thread runs.
        "import asyncio, time\ndef f():\n time.sleep(1)\n",
        "import asyncio, time\nasync def f():\n def g():\n  time.sleep(1)\n await asyncio.to_thread(g)\n",
        "import asyncio, time\nasync def f(run):\n run(lambda: time.sleep(1))\n",
        "import asyncio, time\nasync def f():\n await asyncio.to_thread(time.sleep, 1)\n",
        # Another sleep, or maybe another.
        "import asyncio\nfrom asyncio import sleep\nasync def f():\n await sleep(1)\n",
        "import asyncio\nasync def f(time):\n time.sleep(1)\n",
        "import asyncio\nfrom fake import *\nimport time\nasync def f():\n time.sleep(1)\n",
        # Another event loop, none that is known, and one turned by hand.
        "import trio, asyncio, time\nasync def f():\n time.sleep(1)\n",
        "import time\nasync def f():\n time.sleep(1)\n",
        "import asyncio, time\nasync def f():\n time.sleep(1)\nf().send(None)\n",
        # Something is held meanwhile: waiting for it would be a deadlock, or others would see it half done.
        "import asyncio, time\nasync def f(lock):\n with lock:\n  time.sleep(1)\n",
        "import asyncio, time\nasync def f(lock):\n lock.acquire()\n time.sleep(1)\n lock.release()\n",
        # A Python that may have no to_thread.
        "import asyncio, requests\nasync def f():\n return requests.get('x')\n",
        # Used before it would be awaited, or read later.
        "import asyncio, requests, tomllib\nasync def f():\n return requests.get('x').json()\n",
        "import asyncio, requests, tomllib\nasync def f():\n r = requests.get('x', stream=True)\n",
        # A session, a process and a file have state, which threads may share badly.
        "import asyncio, requests, tomllib\nasync def f(session):\n r = session.get('x')\n",
        "import asyncio, subprocess, tomllib\nasync def f():\n p = subprocess.Popen(['x'])\n",
        # A look-up of numbers does not block, and one of names has the loop's own method.
        "import asyncio, socket, tomllib\nasync def f(host):\n return socket.getaddrinfo(host, 80)\n",
        # Blocking is what it is for.
        "import asyncio, time\nasync def block_for(n):\n time.sleep(n)\n",
        "import asyncio, time\nasync def f(n):\n # Blocks the loop on purpose.\n time.sleep(n)\n",
        "import asyncio, time\nasync def f(n):\n time.sleep(n)  # noqa: ASYNC251\n",
        # Layout that only lines up as it is.
        "import asyncio, subprocess, tomllib\nasync def f():\n    subprocess.run(['x'],\n"
        "                   check=True)\n",
    )


def _may_be_asyncio(source: Source) -> bool:
    """Tell whether coroutines of this file may run on asyncio's loop, and only there."""
    return not imports(source) & ELSEWHERE and not DRIVES.search(source.text)


def _is_asyncio(site: Site) -> bool:
    """Tell whether asyncio's loop is the one that coroutines of this project run on."""
    if "asyncio" in imports(site.source):
        return True
    roots = {root for source in site.project.sources.values() for root in ROOTS.findall(source.text)}
    return "asyncio" in roots and not roots & ELSEWHERE


def _is_meant(node: ast.stmt, source: Source) -> bool:
    """Tell whether the author says, on its lines or above them, that this blocks."""
    lines = source.lines[node.lineno - 1 : node.end_lineno]
    above = source.lines[max(node.lineno - 2, 0)].partition("#")[2]
    notes = [above, *(line.partition("#")[2] for line in lines)]
    return any(map(ON_PURPOSE.search, notes)) or any(map(SUPPRESSION.search, lines))


def _danger(node: ast.stmt, source: Source) -> str | None:
    """Say why no other task may run here, or None."""
    for parent in source.ancestors(node):
        if isinstance(parent, SCOPES):
            taken = [item for item in own(parent) if getattr(getattr(item, "func", None), "attr", "") == "acquire"]
            return "the function takes something that other tasks may wait for" if taken else None
        items = parent.items if isinstance(parent, ast.With) else []
        if not all(_is_harmless(item.context_expr, source) for item in items):
            return "the block around it may hold what other tasks wait for"
    return None


def _is_harmless(context: ast.expr, source: Source) -> bool:
    is_open = isinstance(context, ast.Call) and isinstance(context.func, ast.Name) and context.func.id == "open"
    return is_open or called(context, source) in HARMLESS


def _sleeping(call: ast.Call, site: Site) -> Rewrite | Abstain:
    """Return the file with `asyncio.sleep` awaited, asyncio imported, and time no longer where nothing else uses it."""
    source = site.source
    root = call.func.value if isinstance(call.func, ast.Attribute) else call.func
    asleep = Splice(start_of(call), end_of(call.func), "await asyncio.sleep")
    coming = brought("asyncio", source)
    if isinstance(coming, Abstain):
        return coming
    going = dropped(root.id, [root], source, site.project) if isinstance(root, ast.Name) else []
    if isinstance(going, Abstain):
        return going
    return edited(source, [*coming, *going, asleep])


def _threaded(node: ast.stmt, call: ast.Call, source: Source) -> Rewrite | Abstain:
    """Return the file with the call made in a thread, over several lines only when one is too long."""
    first = source.lines[call.lineno - 1].partition("#")[0].rstrip()
    given = [*call.args, *call.keywords]
    if not given or (call.lineno != call.end_lineno and not first.endswith(("(", "["))):
        return Abstain("the call is laid out so that another name would spoil its look")
    coming = brought("asyncio", source)
    if isinstance(coming, Abstain):
        return coming
    place = start_of(given[0])
    margin = source.lines[place[0] - 1].encode()[: place[1]].decode()
    gap = f"\n{margin}" if place[0] != call.lineno else " "
    name = text_of(call.func, source)
    thread = Splice(start_of(call.func), end_of(call.func), "await asyncio.to_thread")
    result = edited(source, [*coming, thread, inserted(place, f"{name},{gap}")])
    if not isinstance(result, Abstain):
        return result
    return edited(source, [*coming, thread, *unfolded(call, node, source, f"{name}, ")])
