"""Dependency: what is declared stays for a human to change, and code needs nothing else."""

import dataclasses

import pytest

from improver.gate import Example
from improver.gates.dependency import dependency
from improver.records import GateResult, Ruling, Safety
from tests.improver.judging import judged, judged_change

PROJECT = """[project]
name = "pier"
keywords = ["requests"]
dependencies = ["PyYAML>=6", "Some.Thing [extra] ; python_version > '3'"]

[project.optional-dependencies]
fast = ["orjson"]

[tool.poetry.group.dev.dependencies]
httpx = "^0.27"

[tool.ruff]
line-length = 100
"""
BASE = {
    "pyproject.toml": PROJECT,
    "requirements/dev.txt": "# tools\nscikit-learn==1.5  # models\n-r other.txt\n",
    "setup.cfg": "[options]\ninstall_requires =\n    attrs\n    google-cloud-storage>=2\n[flake8]\nmax = 1\n",
    "tox.ini": "[testenv]\ndeps = lxml\ncommands = pytest\n",
    "setup.py": "from setuptools import setup\nsetup(description='requests for all', install_requires=['click>8'])\n",
    "src/pier/__init__.py": "",
    "src/pier/a.py": "import os\n",
    "src/pier/old.py": "    import  rich.table as table\nimport json, toml\n",
    "tools/loose.py": "import tomli\n",
    "tests/test_a.py": "import pytest\n",
}


def importing(line: str, author: str = "codemod") -> GateResult:
    """Judge a new line in a product module."""
    change = Example(BASE, {"src/pier/a.py": f"import os\n\n{line}\n"}).change()
    return judged_change(dependency, Example(BASE, {}).tree(), dataclasses.replace(change, author=author))


@pytest.mark.parametrize(
    "line",
    [
        pytest.param("import asyncio.tasks", id="the standard library"),
        pytest.param("from pier.b import c", id="its own package"),
        pytest.param("from . import b", id="a neighbour"),
        pytest.param("import loose", id="a loose module of the tree"),
        pytest.param("import yaml", id="a dependency under another name"),
        pytest.param("import some_thing", id="a dependency spelt otherwise"),
        pytest.param("import orjson", id="an extra"),
        pytest.param("import httpx", id="a builder's group"),
        pytest.param("from sklearn import svm", id="a requirements file"),
        pytest.param("import attr, attrs", id="a setup.cfg"),
        pytest.param("from google.cloud import storage", id="a part of a namespace"),
        pytest.param("import lxml.etree", id="a tox.ini"),
        pytest.param("import click", id="a setup.py"),
        pytest.param("import rich", id="what the product imports already"),
        pytest.param("import toml", id="what it imports among others"),
    ],
)
def test_what_is_there_may_be_imported(line: str) -> None:
    assert importing(line).ruling is Ruling.PASS, importing(line).reasons


@pytest.mark.parametrize(
    "line",
    [
        pytest.param("import requests", id="a package that only a keyword names"),
        pytest.param("from reqeusts.api import get", id="a name that is nearly known"),
        pytest.param("try:\n    import ujson\nexcept ImportError:\n    ujson = None", id="one that may be absent"),
        pytest.param("def f():\n    import numpy", id="one inside a function"),
        pytest.param("from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import numpy", id="one for types"),
        pytest.param("import importlib\nimportlib.import_module('numpy.linalg')", id="one by its name"),
        pytest.param("__import__('numpy')", id="one by the builtin"),
        pytest.param("import pytest", id="what only tests import"),
    ],
)
def test_what_nothing_declares_is_refused_and_left_to_a_human_who_wrote_it(line: str) -> None:
    refused, asked = importing(line), importing(line, "human")
    assert (refused.ruling, asked.ruling) == (Ruling.FAIL, Ruling.ESCALATE)
    assert refused.reasons == asked.reasons
    assert refused.reasons[0].startswith("src/pier/a.py:")
    assert refused.receipt.counts == {"declarations": 0, "altered": 0, "undeclared": 1}


@pytest.mark.parametrize(
    ("path", "text", "reason"),
    [
        pytest.param("pyproject.toml", PROJECT.replace('"orjson"', '"orjsn"'), "project changes", id="an extra"),
        pytest.param(
            "pyproject.toml", PROJECT.replace("^0.27", "^0.28"), "tool.poetry changes", id="a version for a builder"
        ),
        pytest.param("pyproject.toml", PROJECT + "[", "project, tool.poetry changes", id="a broken one"),
        pytest.param("setup.cfg", BASE["setup.cfg"].replace("attrs", "attr"), "options.install_requires", id="a setup"),
        pytest.param("tox.ini", BASE["tox.ini"].replace("lxml", "lxmll"), "testenv.deps", id="what tests need"),
        pytest.param("setup.py", "import setuptools\n", "it says what is needed", id="a script that builds"),
        pytest.param("poetry.lock", "x\n", "it says what is needed", id="a lock"),
        pytest.param("requirements-dev.txt", "x\n", "it says what is needed", id="requirements"),
        pytest.param("src/pier/_vendor/x.py", "X = 1\n", "it says what is needed", id="what is brought along"),
        pytest.param("setup.cfg", None, "options.install_requires", id="a file that goes"),
    ],
)
def test_a_changed_declaration_is_for_a_human(path: str, text: str | None, reason: str) -> None:
    result = judged(dependency, BASE, {path: text})
    assert (result.ruling, result.receipt.counts["altered"]) == (Ruling.ESCALATE, 1)
    assert result.reasons[0].startswith(f"{path}: ")
    assert reason.split(maxsplit=1)[0] in result.reasons[0]


@pytest.mark.parametrize(
    ("path", "text"),
    [
        pytest.param("pyproject.toml", PROJECT.replace("= 100", "= 99"), id="a checker in pyproject.toml"),
        pytest.param("setup.cfg", BASE["setup.cfg"].replace("max = 1", "max = 2"), id="a checker in setup.cfg"),
        pytest.param("tox.ini", BASE["tox.ini"].replace("pytest", "pytest -q"), id="a command in tox.ini"),
        pytest.param("README.md", "requests\n", id="a text"),
        pytest.param("tests/test_b.py", "import hypothesis\n", id="what a test imports"),
    ],
)
def test_what_declares_nothing_is_none_of_its_business(path: str, text: str) -> None:
    assert judged(dependency, BASE, {path: text}, Safety.NEW_TEST).ruling is Ruling.PASS


def test_a_file_that_cannot_be_read_imports_nothing_here() -> None:
    assert judged(dependency, BASE, {"src/pier/a.py": "import (\n"}).ruling is Ruling.PASS
