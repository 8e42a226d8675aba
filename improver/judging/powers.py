"""What a Python file is able to do beyond computing, counted on its syntax tree by resolved name."""

import ast
import functools
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping

from improver.source import FUNCTIONS, Source

# kind -> names that carry it; a name stands for itself and everything below it
_NAMES: Mapping[str, str] = {
    "runs text as code": r"eval|exec|compile|runpy|code|codeop|marshal|imp|zipimport|types\.(FunctionType|CodeType)",
    "imports by computed name": r"__import__|importlib|pkgutil|__builtins__|builtins|__loader__|__spec__|sys\.(modules"
    r"|meta_path|path|path_hooks|path_importer_cache)",
    "revives objects from bytes": r"_?pickle|cPickle|shelve|dill|cloudpickle|joblib|jsonpickle|copyreg|torch\.load"
    r"|yaml\.(load|load_all|full_load|unsafe_load|Loader|UnsafeLoader|FullLoader|CLoader)|numpy\.load",
    "starts or ends processes": r"subprocess|pty|multiprocessing|_posixsubprocess|concurrent\.futures\.ProcessPool\w+"
    r"|os\.(system|popen\w*|exec\w+|spawn\w+|posix_spawn\w*|fork\w*|_exit|abort|kill\w*|startfile|setsid|nice|wait\w*)"
    r"|posix|nt|sys\.exit|exit|quit|SystemExit|asyncio\.(create_subprocess_\w+|subprocess)|breakpoint|pdb|bdb",
    "reaches the network": r"_?socket|ssl|http|urllib\.(request|robotparser)|urllib3|requests|httpx\d?|aiohttp|ftplib"
    r"|smtplib|telnetlib|poplib|imaplib|nntplib|xmlrpc|socketserver|webbrowser|paramiko|websockets?|dns|select"
    r"|asyncio\.(open_connection|open_unix_connection|start_server|start_unix_server)",
    "runs native code": r"_?ctypes|cffi|mmap",
    "looks up a computed name": r"globals|locals|vars|operator\.(attrgetter|methodcaller)",
    "looks at its callers": r"sys\.(_getframe\w*|_current_\w+|gettrace|getprofile|exc_info)|inspect\.(stack|trace"
    r"|currentframe|get\w*frame\w*|getsource\w*|getmembers\w*)|traceback\.(extract_stack|walk_stack|format_stack)|dis",
    "looks at the test run": r"_?pytest|pluggy|unittest|mock|hypothesis|coverage|doctest|__debug__|sys\.(argv|flags"
    r"|orig_argv|executable|implementation)",
    "reads the environment": r"os\.(environb?|getenvb?|putenv|unsetenv|getlogin|uname|get\w*id|cpu_count|getcwdb?)"
    r"|platform|getpass|pwd|grp|dotenv|sysconfig|site|locale|socket\.gethostname",
    "reads the clock": r"time|datetime\.(datetime|date)\.(now|utcnow|today)|timeit|sched",
    "draws at random": r"random|_random|secrets|uuid\.uuid[14]|os\.urandom|numpy\.random",
    "reads files": r"glob|fileinput|linecache|os\.(listdir|scandir|walk|fwalk|read|pread\w*|stat|lstat|readlink)"
    r"|gzip|bz2|lzma|tarfile|zipfile|importlib\.resources|sqlite3",
    "writes files": r"shutil|tempfile|dbm|os\.(open|write|pwrite\w*|remove\w*|unlink|rmdir|rename\w*|replace|mkdir"
    r"|makedirs|mkfifo|mknod|l?chmod|l?chown|link|symlink|truncate|ftruncate|utime|chdir|fchdir|umask|chroot|dup2?"
    r"|sendfile|pipe2?|fdopen|close(range)?|set_(blocking|inheritable)|openpty|memfd_create|splice|copy_file_range)|logging\.(FileHandler|handlers)",
    "hooks into the interpreter": r"atexit|signal|_?threading|_thread|gc|faulthandler|resource|weakref\.finalize|sys\."
    r"(settrace|setprofile|setrecursionlimit|setswitchinterval|\w*hook|addaudithook|monitoring|intern|stdout|stderr"
    r"|stdin|__stdout__|__stderr__)|warnings\.(filterwarnings|simplefilter|catch_warnings|showwarning)"
    r"|contextlib\.redirect_\w+|concurrent\.futures\.Thread\w+|asyncio\.to_thread|codecs\.register\w*",
    "silences a checker": r"typing(_extensions)?\.no_type_check\w*",
}
_PATTERNS = [(kind, re.compile(rf"(?:{names})(?:\.|\Z)")) for kind, names in _NAMES.items()]
_ATTRIBUTES: Mapping[str, str] = {
    "looks up a computed name": r"__(globals|builtins|subclasses|mro|bases|base|code|closure|getattribute|reduce\w*"
    r"|dict|loader|import|defaults|kwdefaults|wrapped|func|self)__",
    "looks at its callers": r"f_(back|globals|locals|builtins|code|lineno|trace)|(tb|gi|cr|ag)_(frame|code|next)"
    r"|co_(filename|code|consts)",
    "writes files": r"write_(text|bytes)|unlink|rmdir|mkdir|touch|symlink_to|hardlink_to|chmod|lchmod|rename",
    "reads files": r"read_(text|bytes)|iterdir|rglob",
    "starts or ends processes": r"Popen|check_output|popen|_exit",
    "imports by computed name": r"import_module|exec_module|load_module",
}
_ON_ANYTHING = [(kind, re.compile(rf"(?:{names})\Z")) for kind, names in _ATTRIBUTES.items()]
_BUILTINS = re.compile(
    r"(eval|exec|compile|__import__|__builtins__|__loader__|__spec__|exit|quit|SystemExit|breakpoint|globals|locals"
    r"|vars|__debug__)\Z"
)
FIELD = re.compile(r"\{[^{}]*\.__\w+__")  # "{0.__globals__}" reads attributes when it is formatted
_WHOLE_MODULES = frozenset(("os", "sys", "io", "inspect", "builtins", "datetime", "asyncio", "types", "operator"))
_SHARP = frozenset(("os", "sys", "subprocess", "builtins", "importlib", "ctypes", "socket", "shutil", "pickle"))
_BY_NAME = frozenset(("getattr", "setattr", "delattr", "hasattr"))
_CATCH_ALL = frozenset(("Exception", "BaseException", "BaseExceptionGroup", "ExceptionGroup"))
_EQUALITY = frozenset(("__eq__", "__ne__", "__lt__", "__le__", "__gt__", "__ge__", "__bool__", "__contains__"))
Imports = Mapping[str, frozenset[str]]  # local name -> dotted origins


def powers(source: Source) -> Counter[str]:
    """Count every power in `source`; a key reads like "starts or ends processes: subprocess.run"."""
    imports = imported(source.tree)
    found: Counter[str] = Counter()
    for node in ast.walk(source.tree):
        found.update(_of(node, source, imports))
    return found


@functools.lru_cache(maxsize=4096)
def kind_of(dotted: str) -> str | None:
    """Return the kind of power that the dotted name carries, or None."""
    plain = dotted.removeprefix("builtins.") if _BUILTINS.match(dotted.removeprefix("builtins.")) else dotted
    return next((kind for kind, pattern in _PATTERNS if pattern.match(plain)), None)


def imported(tree: ast.Module) -> Imports:
    """Return what each imported name stands for, wherever in the file it is imported."""
    names: dict[str, set[str]] = defaultdict(set)
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                top = alias.name.split(".")[0]
                names[alias.asname or top].add(alias.name if alias.asname else top)
        elif isinstance(node, ast.ImportFrom):
            for alias in node.names:
                names[alias.asname or alias.name].add(f"{_origin(node)}.{alias.name}")
    return {name: frozenset(origins) for name, origins in names.items()}


def _origin(node: ast.ImportFrom) -> str:
    return "." * node.level + (node.module or "")


def _of(node: ast.AST, source: Source, imports: Imports) -> Iterator[str]:
    """Yield the powers that `node` itself carries."""
    match node:
        case ast.Import() | ast.ImportFrom():
            yield from _of_import(node)
        case ast.Attribute() | ast.Name():
            yield from _of_reference(node, source, imports)
        case ast.Call():
            yield from _of_call(node, imports)
        case ast.Subscript(ctx=ast.Store() | ast.Del()):
            yield from _of_change(node.value, imports)
        case ast.ExceptHandler() | ast.Try() | ast.TryStar():
            yield from _of_handler(node)
        case ast.FunctionDef() | ast.AsyncFunctionDef():
            yield from _of_function(node, source)
        case _:
            yield from _of_detail(node, imports)


def _of_detail(node: ast.AST, imports: Imports) -> Iterator[str]:
    match node:
        case ast.Constant(value=str(text)) if FIELD.search(text):
            yield "looks up a computed name: format field"
        case ast.MatchClass(kwd_attrs=names):
            yield from _of_names(None, tuple(names), imports)
        case ast.keyword(arg="shell", value=value) if not _is_false(value):
            yield "starts a shell: shell"
        case ast.keyword(arg="verify" | "check_hostname", value=value) if _is_false(value):
            yield "trusts any server: verify"
        case ast.Compare() if _compares_identity(node):
            yield "compares identity with a literal: is"


def _is_false(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is False


def _of_import(node: ast.Import | ast.ImportFrom) -> Iterator[str]:
    origin = f"{_origin(node)}." if isinstance(node, ast.ImportFrom) else ""
    for alias in node.names:
        if alias.name == "*":
            yield f"imports everything: {origin.rstrip('.')}"
            yield from _named(origin.rstrip("."))
        else:
            yield from _named(origin + alias.name)


def _named(dotted: str) -> Iterator[str]:
    if (kind := kind_of(dotted)) is not None:
        yield f"{kind}: {dotted.removeprefix('builtins.')}"
    elif _SHARP.intersection(dotted.split(".")[1:]):
        yield f"reaches a module through another: {dotted}"


def _chain(node: ast.AST) -> tuple[str | None, tuple[str, ...]]:
    """Return the root name (None for anything else) and the attributes of a.b.c."""
    attributes: list[str] = []
    while isinstance(node, ast.Attribute):
        attributes.append(node.attr)
        node = node.value
    return node.id if isinstance(node, ast.Name) else None, tuple(reversed(attributes))


def _resolved(root: str | None, attributes: tuple[str, ...], imports: Imports) -> Iterator[str]:
    """Yield the dotted names that a.b.c may stand for; a name of the file's own stands for nothing outside."""
    if root is None:
        return
    if root in imports:
        for origin in sorted(imports[root]):
            yield ".".join((origin, *attributes))
    elif _BUILTINS.match(root):
        yield ".".join((root, *attributes))


def _of_reference(node: ast.Attribute | ast.Name, source: Source, imports: Imports) -> Iterator[str]:
    parent = source.parents.get(node)
    if isinstance(parent, ast.Attribute):
        return  # counted once, as the whole chain
    root, attributes = _chain(node)
    if isinstance(node, ast.Attribute) and not isinstance(node.ctx, ast.Load):
        yield from _of_change(node, imports)
    if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
        return
    called = isinstance(parent, ast.Call) and parent.func is node
    awaited = called and isinstance(parent, ast.Call) and isinstance(source.parents.get(parent), ast.Await)
    if not (awaited and "asyncio.to_thread" in _resolved(root, attributes, imports)):  # its thread ends with the await
        yield from _of_names(root, attributes, imports)
    if root in _BY_NAME | {"open"} and not attributes and not called:
        yield f"looks up a computed name: {root}"


def _of_names(root: str | None, attributes: tuple[str, ...], imports: Imports) -> Iterator[str]:
    for dotted in _resolved(root, attributes, imports):
        yield from _named(dotted)
        if not attributes and dotted in _WHOLE_MODULES:
            yield f"hands a module around: {dotted}"
    for attribute in attributes:
        yield from (f"{kind}: .{attribute}" for kind, pattern in _ON_ANYTHING if pattern.match(attribute))


def _of_change(target: ast.AST, imports: Imports) -> Iterator[str]:
    root, attributes = _chain(target)
    if root in imports:
        yield f"changes another module: {'.'.join((root or '', *attributes))}"


def _of_call(node: ast.Call, imports: Imports) -> Iterator[str]:
    root, attributes = _chain(node.func)
    name = attributes[-1] if attributes else root
    if name in _BY_NAME and (not attributes or root in imports):
        yield from _of_lookup(node, str(name), imports)
    if name == "open" and not any(kind_of(dotted) for dotted in _resolved(root, attributes, imports)):
        on_path = bool(attributes) and root not in {"io", "codecs"}
        yield f"{'writes' if _opens_to_write(node, 0 if on_path else 1) else 'reads'} files: open"
    if name == "suppress" and any(isinstance(arg, ast.Name) and arg.id in _CATCH_ALL for arg in node.args):
        yield "swallows errors: suppress"


def _of_lookup(node: ast.Call, name: str, imports: Imports) -> Iterator[str]:
    """Yield what getattr(a, "b") and its kin stand for; a literal name counts like a.b."""
    if len(node.args) < 2 or not (isinstance(node.args[1], ast.Constant) and isinstance(node.args[1].value, str)):
        yield f"looks up a computed name: {name}"
        return
    root, attributes = _chain(node.args[0])
    yield from _of_names(root, (*attributes, node.args[1].value), imports)
    if name in {"setattr", "delattr"}:
        yield from _of_change(node.args[0], imports)


def _opens_to_write(node: ast.Call, place: int) -> bool:
    modes = [keyword.value for keyword in node.keywords if keyword.arg in {"mode", None}]
    modes += node.args[place : place + 1]
    if any(isinstance(arg, ast.Starred) for arg in node.args):
        return True
    return any(
        not (isinstance(mode, ast.Constant) and isinstance(mode.value, str)) or set(mode.value) & set("wax+")
        for mode in modes
    )


def _of_handler(node: ast.ExceptHandler | ast.Try | ast.TryStar) -> Iterator[str]:
    if not isinstance(node, ast.ExceptHandler):
        if any(isinstance(inner, ast.Return | ast.Break | ast.Continue) for inner in node.finalbody):
            yield "swallows errors: finally"
        return
    if any(isinstance(inner, ast.Raise) for stmt in node.body for inner in ast.walk(stmt)):
        return
    caught = [""] if node.type is None else [str(_chain(kind)[0]) for kind in _types(node.type)]
    caught += ["Exception"] * (not {"", "BaseException"}.isdisjoint(caught) and "Exception" not in caught)
    yield from (f"swallows errors: except {name}" for name in caught if name == "" or name in _CATCH_ALL)


def _types(node: ast.expr) -> list[ast.expr]:
    return list(node.elts) if isinstance(node, ast.Tuple) else [node]


def _of_function(node: ast.FunctionDef | ast.AsyncFunctionDef, source: Source) -> Iterator[str]:
    if node.name == "__del__":
        yield "hooks into the interpreter: __del__"
    if node.name in {"__getattr__", "__dir__"} and isinstance(source.parents.get(node), ast.Module):
        yield f"hooks into the interpreter: module {node.name}"
    if node.name.startswith("pytest_"):
        yield f"looks at the test run: {node.name}"
    returns = [inner.value for inner in ast.walk(node) if isinstance(inner, ast.Return)]
    constant = returns and all(isinstance(value, ast.Constant) for value in returns)
    if node.name in _EQUALITY and isinstance(node, FUNCTIONS) and constant:
        yield f"answers every comparison alike: {node.name}"


def _compares_identity(node: ast.Compare) -> bool:
    sides = [node.left, *node.comparators]
    literal = [
        isinstance(side, ast.Tuple | ast.List | ast.Dict | ast.Set)
        or (isinstance(side, ast.Constant) and not isinstance(side.value, bool | None) and side.value is not ...)
        for side in sides
    ]
    return any(
        isinstance(operator, ast.Is | ast.IsNot) and (literal[index] or literal[index + 1])
        for index, operator in enumerate(node.ops)
    )
