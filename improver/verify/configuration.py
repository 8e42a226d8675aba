"""The trusted pytest configuration: what the base commit says, without what a judge must not obey, as an ini text."""

import re
import shlex
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import iniconfig

from improver.errors import EnvironmentUnfit
from improver.records import Tree

Value = str | tuple[str, ...]


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# pytest's own order of precedence (config/findpaths.py); the first that configures pytest wins
FILES = ("pytest.toml", ".pytest.toml", "pytest.ini", ".pytest.ini", "pyproject.toml", "tox.ini", "setup.cfg")
ALWAYS = ("pytest.toml", ".pytest.toml", "pytest.ini", ".pytest.ini")  # they win even when empty
SPLIT = _words(  # options whose lists pytest reads as shell words; all others it reads as lines
    "addopts doctest_optionflags norecursedirs python_classes python_files python_functions pythonpath testpaths "
    "usefixtures"
)
UNWANTED_PLUGINS = _words(  # they spread, reorder, repeat or remember tests, or write reports
    "cacheprovider cov html instafail json-report junitxml looponfail metadata pytest_cov random_order randomly "
    "reportlog rerunfailures sugar xdist xdist.looponfail"
)
DROPPED_KEYS = re.compile(
    r"cache_dir|junit_.*|log_file.*|looponfailroots|random(ly|_order)_.*|required_plugins|reruns.*|rsync(dirs|ignore)"
    r"|strict_config|testpaths"
)
FLAGS = _words(
    "--exitfirst --pdb --trace --no-cov --no-cov-on-fail --cov-append --cov-branch --lf --last-failed --ff "
    "--failed-first --nf --new-first --sw --stepwise --sw-skip --stepwise-skip --sw-reset --stepwise-reset "
    "--cache-clear --strict-config --random-order --looponfail --self-contained-html --verbose --showlocals "
    "--fail-slow --randomly-dont-reset-seed --randomly-dont-reorganize --full-trace"
)
VALUED = _words(
    "-n --numprocesses --dist --tx --maxprocesses --cov --cov-report --cov-config --cov-fail-under --cov-context "
    "--junitxml --junit-xml --junitprefix --junit-prefix --maxfail --lfnf --last-failed-no-failures --cache-show "
    "--random-order-bucket --random-order-seed --randomly-seed -c --config-file --rootdir --confcutdir --basetemp "
    "--html --css --report-log --resultlog --log-file --json-report-file --reruns --reruns-delay --only-rerun "
    "--rerun-except -r --tb --durations --durations-min --color --code-highlight --verbosity"
)
SHORT_FLAGS = re.compile(r"-[vqsxlf]+\Z")


@dataclass(frozen=True, slots=True)
class Configuration:
    """pytest's options as one file of a tree states them; `origin` is its path, "" when none does."""

    origin: str = ""
    options: Mapping[str, Value] = field(default_factory=dict)

    def words(self, name: str) -> tuple[str, ...]:
        """Return the option `name` as the words or lines that pytest would see."""
        value = self.options.get(name, ())
        if not isinstance(value, str):
            return value
        return tuple(shlex.split(value)) if name in SPLIT else tuple(filter(None, map(str.strip, value.split("\n"))))


def read(tree: Tree) -> Configuration:
    """Return the pytest configuration at the root of `tree`; raise EnvironmentUnfit when it cannot be read."""
    for name in FILES:
        if name not in tree:
            continue
        try:
            options = _options(name, tree[name].data.decode("utf-8-sig"))
        except (ValueError, iniconfig.ParseError) as error:
            why = str(error).split("\n")[0]
            raise EnvironmentUnfit("a configuration file cannot be read", where=name, why=why, fix="mend it") from error
        if options is not None:
            return Configuration(name, options)
    return Configuration()


def _options(name: str, text: str) -> dict[str, Value] | None:
    if not name.endswith(".toml"):
        section = "tool:pytest" if name == "setup.cfg" else "pytest"
        ini = iniconfig.IniConfig(name, data=text)
        return dict(ini[section].items()) if section in ini else _absent(name)
    document = tomllib.loads(text)
    table = _table(document, "pytest") if name in ALWAYS else _table(_table(document, "tool"), "pytest")
    if isinstance(table, dict) and "ini_options" in table:
        table = table["ini_options"]
    if not isinstance(table, dict) or (not table and name not in ALWAYS):
        return _absent(name)
    return {key: _plain(value) for key, value in table.items() if not isinstance(value, dict)}


def _absent(name: str) -> dict[str, Value] | None:
    return {} if name in ALWAYS else None


def _table(document: object, key: str) -> object:
    return document.get(key) if isinstance(document, dict) else None


def _plain(value: object) -> Value:
    if isinstance(value, list):
        return tuple(str(item) for item in value)
    return str(value).lower() if isinstance(value, bool) else str(value)


def trusted_ini(configuration: Configuration, root: str) -> str:
    """Return `configuration` as an ini text that may stand anywhere; `root` is the tree as the runner sees it."""
    options: dict[str, Value] = {
        key: value for key, value in configuration.options.items() if not DROPPED_KEYS.fullmatch(key)
    }
    if "addopts" in options:
        options["addopts"] = obeyed(configuration.words("addopts"))
    if "pythonpath" in options:
        options["pythonpath"] = tuple(f"{root}/{path}".rstrip("/.") for path in configuration.words("pythonpath"))
    return "[pytest]\n" + "".join(_line(key, value) for key, value in sorted(options.items()))


def _line(key: str, value: Value) -> str:
    if isinstance(value, str) and "\n" not in value:
        return f"{key} = {value}\n"
    words = value.split("\n") if isinstance(value, str) else value
    if not isinstance(value, str) and key in SPLIT:
        words = [shlex.quote(word) for word in words]
    lines = [f"    {word.strip()}\n" for word in words if word.strip()]
    return f"{key} =\n{''.join(lines)}" if lines else ""


def obeyed(words: Iterable[str]) -> tuple[str, ...]:
    """Return the command-line `words` of addopts without coverage, distribution, reports, cache, order and stops."""
    kept: list[str] = []
    rest = list(words)
    while rest:
        word = rest.pop(0)
        name = word.split("=", 1)[0]
        if name == "-p" or (word.startswith("-p") and not word.startswith("--")):
            plugin = word[2:] or (rest.pop(0) if rest else "")
            kept += [] if plugin.removeprefix("no:") in UNWANTED_PLUGINS else ["-p", plugin]
        elif name in VALUED:
            if "=" not in word and rest and not rest[0].startswith("-"):
                rest.pop(0)
        elif SHORT_FLAGS.match(word):
            kept += ["-s"] if "s" in word else []
        elif name not in FLAGS and not re.match(r"-[nr]\S", word):
            kept.append(word)
    return tuple(kept)
