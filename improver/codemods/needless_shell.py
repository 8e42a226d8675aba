"""Run a program without a shell: a constant command with ``shell=True`` becomes a list of words."""

import ast
import re
import shlex

from improver.codemod import SUPPRESSION, Abstain, Codemod, Rewrite, Site
from improver.records import Safety
from improver.rewriting.origins import called, origin
from improver.rewriting.splicing import Splice, edited, end_of, start_of, text_of
from improver.source import SCOPES, Source

CHECKED = frozenset({"subprocess.check_call", "subprocess.check_output"})
RUNS = frozenset({"subprocess.run"})
# Letters no shell, of any system, reads in any way of its own; quotes are read as shlex reads them.
QUOTED = re.compile(r"""(?:[\w./:@+, =-]|'[\w./:@+, =-]*'|"[\w./:@+, =-]*")+""", re.ASCII)
# What is part of a shell, here or on Windows, or is a script that only a shell finds there.
BUILTINS = frozenset(
    {"alias", "bg", "bind", "break", "builtin", "call", "cd", "command", "continue", "declare", "dirs", "echo", "eval"}
    | {"exec", "exit", "export", "false", "fc", "fg", "getopts", "hash", "help", "history", "if", "jobs", "kill", "let"}
    | {"local", "logout", "popd", "printf", "pushd", "pwd", "read", "readonly", "return", "set", "shift", "source"}
    | {"test", "time", "times", "trap", "true", "type", "ulimit", "umask", "unalias", "unset", "wait", "while", "for"}
    | {"assoc", "cls", "color", "copy", "date", "del", "dir", "erase", "ftype", "md", "mkdir", "mklink", "move", "path"}
    | {"pause", "prompt", "rd", "rem", "ren", "rename", "rmdir", "start", "title", "ver", "verify", "vol", "case", "."}
    | {"az", "bun", "code", "conda", "gcloud", "gulp", "mvn", "ng", "npm", "npx", "pnpm", "tsc", "vue", "yarn"}
)
CATCHES = frozenset({"subprocess.CalledProcessError", "subprocess.SubprocessError"})


class NeedlessShell(Codemod):
    """Give a program its words directly where no shell has anything to do."""

    TITLE = "Run a constant command without a shell"
    WHY = "Without a shell there is nothing to inject into, one process less, and an exit status that is the program's."
    SAFE_WHEN = (
        "The command is one literal of plain words and quotes without anything a shell reads: no operator, variable,"
        " pattern, redirection, home, escape, assignment or built-in, and no path as its program. shell=True is a"
        " literal beside it, and the call raises when the program fails, where no handler catches just that. A program"
        " that does not exist is then a FileNotFoundError instead of status 127: a person decides."
    )
    SAFETY = Safety.BEHAVIOUR_CHANGE
    VALUE = 4
    NODES = (ast.Call,)

    def suspects(self, node: ast.AST, source: Source) -> str | None:
        """Say which command needs no shell."""
        assert isinstance(node, ast.Call), "NODES names nothing else"
        shell = _shell(node)
        if shell is None or called(node, source) not in RUNS | CHECKED or _words(node) is None:
            return None
        if not _raises(node, source) or _is_caught(node, source):
            return None
        if any(SUPPRESSION.search(line) for line in source.lines[node.lineno - 1 : node.end_lineno]):
            return None
        return f"`{_command(node)}` needs no shell: nothing in it is for one to read"

    def rewrite(self, site: Site) -> Rewrite | Abstain:
        """Split the command into words and drop the keyword."""
        node, source = site.node, site.source
        assert isinstance(node, ast.Call), "suspects saw a call"
        words, shell = _words(node), _shell(node)
        assert words is not None, "suspects saw the words"
        assert shell is not None, "suspects saw the keyword"
        gone = _without(shell, node, source)
        if gone is None:
            return Abstain("the arguments are laid out so that shell=True cannot be taken away cleanly")
        quote = '"' if text_of(node.args[0], source).endswith('"') else "'"
        listed = ", ".join(f"{quote}{word}{quote}" for word in words)
        return edited(source, [Splice(start_of(node.args[0]), end_of(node.args[0]), f"[{listed}]"), gone])

    CHANGES = (
        (
            "import subprocess\n\n\ndef build():\n    subprocess.check_call('make -j 4 all', shell=True)  # slow\n",
            "import subprocess\n\n\ndef build():\n    subprocess.check_call(['make', '-j', '4', 'all'])  # slow\n",
        ),
        (
            "from subprocess import check_output\n\n\nclass Repository:\n    def head(self):\n"
            '        return check_output("git log -1 --format=oneline", shell=True, cwd=self.path).decode()\n',
            "from subprocess import check_output\n\n\nclass Repository:\n    def head(self):\n"
            '        return check_output(["git", "log", "-1", "--format=oneline"], cwd=self.path).decode()\n',
        ),
        (
            "import subprocess as sp\r\n\r\nsp.run(\r\n\t\"ls -l 'my files'\",\r\n\tshell=True,\r\n"
            "\tcheck=True,\r\n)\r\n",
            'import subprocess as sp\r\n\r\nsp.run(\r\n\t["ls", "-l", "my files"],\r\n\tcheck=True,\r\n)\r\n',
        ),
        (
            "import subprocess\n\ntry:\n    subprocess.run('hg pull', check=True, shell=True)\n"
            "except OSError:\n    raise\n",
            "import subprocess\n\ntry:\n    subprocess.run(['hg', 'pull'], check=True)\nexcept OSError:\n    raise\n",
        ),
    )
    KEEPS = (
        # The shell has something to do: operators, patterns, variables, homes, redirections, escapes, assignments.
        "import subprocess\nsubprocess.check_call('a | b', shell=True)\n",
        "import subprocess\nsubprocess.check_call('rm *.pyc', shell=True)\n",
        "import subprocess\nsubprocess.check_call('ls $HOME', shell=True)\n",
        "import subprocess\nsubprocess.check_call('ls ~/x', shell=True)\n",
        "import subprocess\nsubprocess.check_call('a > b', shell=True)\n",
        "import subprocess\nsubprocess.check_call('a 2>&1; b', shell=True)\n",
        "import subprocess\nsubprocess.check_call('ls a\\\\ b', shell=True)\n",
        "import subprocess\nsubprocess.check_call('A=1 make', shell=True)\n",
        "import subprocess\nsubprocess.check_call('ls %TMP%', shell=True)\n",
        "import subprocess\nsubprocess.check_call('make a\\nmake b', shell=True)\n",
        "import subprocess\nsubprocess.check_call('ls {a,b}', shell=True)\nsubprocess.check_call('#x', shell=True)\n",
        # The shell is the program, knows the program, or runs it as a script of its own.
        "import subprocess\nsubprocess.check_call('cd x', shell=True)\nsubprocess.check_call('npm ci', shell=True)\n",
        "import subprocess\nsubprocess.check_call('./run now', shell=True)\n",
        "import subprocess\nsubprocess.check_call('ls -l', shell=True, executable='/bin/bash')\n",
        # Not a constant, or not surely a shell.
        "import subprocess\ndef f(x):\n subprocess.check_call(f'ls {x}', shell=True)\n",
        "import subprocess\ndef f(x):\n subprocess.check_call('ls -l', shell=x)\n",
        "import subprocess\ndef f(x):\n subprocess.check_call('ls -l', shell=True, **x)\n",
        # A missing program is a status here, and would be an error.
        "import subprocess\nif subprocess.call('which git', shell=True):\n print('no git')\n",
        "import subprocess\nsubprocess.run('git gc', shell=True)\n",
        "import subprocess\ntry:\n subprocess.check_call('git gc', shell=True)\n"
        "except subprocess.CalledProcessError:\n pass\n",
        "from subprocess import CalledProcessError as E, check_call\ntry:\n check_call('git gc', shell=True)\n"
        "except (KeyError, E):\n pass\n",
        # Somebody else's function of the name, and an author who said no.
        "from fake import subprocess\nsubprocess.check_call('ls -l', shell=True)\n",
        "import subprocess\nsubprocess.check_call('ls -l', shell=True)  # noqa: S602\n",
    )


def _shell(call: ast.Call) -> ast.keyword | None:
    """Return the keyword that asks for a shell, when it is literal and the call raises where the program fails."""
    given = {word.arg: word for word in call.keywords}
    if None in given or "executable" in given or len(call.args) != 1:
        return None
    shell = given.get("shell")
    is_on = shell is not None and isinstance(shell.value, ast.Constant) and shell.value.value is True
    return shell if is_on else None


def _command(call: ast.Call) -> str:
    command = call.args[0]
    is_text = isinstance(command, ast.Constant) and isinstance(command.value, str)
    return str(command.value) if is_text and isinstance(command, ast.Constant) else ""


def _words(call: ast.Call) -> list[str] | None:
    """Return the words of a command that no shell would read in another way, else None."""
    command = _command(call)
    if not QUOTED.fullmatch(command):
        return None
    words = shlex.split(command)
    if not words or not all(words) or "=" in words[0] or "/" in words[0] or words[0].lower() in BUILTINS:
        return None
    return words if re.match(r"[A-Za-z]", words[0]) else None


def _raises(call: ast.Call, source: Source) -> bool:
    """Tell whether the call raises when the program fails; else a missing one fails as quietly, and would raise."""
    check = next((word.value for word in call.keywords if word.arg == "check"), None)
    return called(call, source) in CHECKED or (isinstance(check, ast.Constant) and check.value is True)


def _is_caught(call: ast.Call, source: Source) -> bool:
    """Tell whether a handler takes a program that is missing for one that fails."""
    for parent in source.ancestors(call):
        if isinstance(parent, SCOPES):
            return False
        for handler in parent.handlers if isinstance(parent, ast.Try | ast.TryStar) else ():
            kinds = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
            if any(kind is not None and origin(kind, source) in CATCHES for kind in kinds):
                return True
    return False


def _without(shell: ast.keyword, call: ast.Call, source: Source) -> Splice | None:
    """Return the splice that takes `shell` away with the comma before it, and its line where it has one."""
    before = max(
        (end_of(item) for item in (*call.args, *call.keywords) if end_of(item) < start_of(shell)), default=(0, 0)
    )
    line = source.lines[shell.lineno - 1]
    if before[0] == shell.lineno:
        return Splice(before, end_of(shell), "")
    return Splice((shell.lineno, 0), (shell.lineno + 1, 0), "") if line.strip() == "shell=True," else None
