"""An import moves only where a circle of files opens by it, and where what it loaded is loaded all the same."""

import subprocess
import sys
from pathlib import Path

import pytest

from improver.codemod import Abstain, apply
from improver.codemods.type_only_import import TypeOnlyImport
from improver.observer import Project
from improver.observers.import_cycles import import_cycles
from improver.records import File
from improver.source import Source
from improver.verify.ruff import RuffTool

SHOP = {
    "shop/__init__.py": "",
    "shop/order.py": "from shop.line import Line\n\n\nclass Order:\n    lines = [Line()]\n",
    "shop/line.py": "from __future__ import annotations\n\nfrom shop.order import Order\n\n\n"
    "class Line:\n    def of(self, order: Order) -> bool:\n        return self in order.lines\n",
    "shop/main.py": "import shop.order\n",
}
ROUND = {**SHOP, "shop/line.py": SHOP["shop/line.py"].replace("\n\n\nclass", "\nfrom shop.more import x\n\n\nclass")}
ROUND["shop/more.py"] = "import shop.order\n\nx = 1\n"


def project(files: dict[str, str]) -> Project:
    sources = {path: Source.read(path, text.encode()) for path, text in files.items() if path.endswith(".py")}
    readable = {path: source for path, source in sources.items() if isinstance(source, Source)}
    return Project(readable, {path: File(text.encode()) for path, text in files.items()}, RuffTool())


def moved(files: dict[str, str]) -> dict[str, str]:
    """Return the files with every import moved that can be."""
    base = project(files)
    result = dict(files)
    for finding in import_cycles(base):
        rewrite = apply(TypeOnlyImport(), finding, base.sources[finding.path], base)
        assert not isinstance(rewrite, Abstain), rewrite
        result |= {path: data.decode() for path, data in rewrite.items()}
    return result


def imports(files: dict[str, str], folder: Path) -> bool:
    """Tell whether the module that began the circle can be imported first."""
    for path, text in files.items():
        (folder / path).parent.mkdir(exist_ok=True)
        (folder / path).write_text(text)
    done = subprocess.run([sys.executable, "-c", "import shop.line"], cwd=folder, capture_output=True, check=False)
    return done.returncode == 0


def test_a_module_that_could_not_be_imported_first_can_be(tmp_path: Path) -> None:
    after = moved(SHOP)
    assert after["shop/line.py"].startswith("from __future__ import annotations\n\nfrom typing import TYPE_CHECKING\n")
    assert {path for path in SHOP if after[path] != SHOP[path]} == {"shop/line.py"}
    assert (imports(SHOP, tmp_path), imports(after, tmp_path)) == (False, True)


@pytest.mark.parametrize(
    ("told", "gap"),
    [
        pytest.param("[tool.ruff.lint.isort]\nlines-after-imports = 2\n", 2, id="a project that wants two blank lines"),
        pytest.param("[tool.isort]\nlines_after_imports=1\n", 1, id="a project that wants one"),
        pytest.param("[project]\n", 1, id="a project that says nothing"),
    ],
)
def test_below_the_imports_stand_as_many_blank_lines_as_the_project_wants(told: str, gap: int) -> None:
    text = SHOP["shop/line.py"].replace("from shop.order", "from shop.rows import Row\nfrom shop.order")
    after = moved({**SHOP, "shop/line.py": text, "shop/rows.py": "Row = int\n", "pyproject.toml": told})
    blank = "\n" * gap
    assert f"from shop.rows import Row\n{blank}if TYPE_CHECKING:\n" in after["shop/line.py"]


@pytest.mark.parametrize(
    "files",
    [
        pytest.param(ROUND, id="another way leads round"),
        pytest.param({**SHOP, "shop/main.py": ""}, id="nobody else loads what it loads"),
        pytest.param({**SHOP, "shop/order.py": "class Order:\n    pass\n"}, id="nothing leads back"),
    ],
)
def test_an_import_stays_where(files: dict[str, str]) -> None:
    assert import_cycles(project(files)) == []


def test_a_name_that_another_file_takes_from_here_stays() -> None:
    base = project({**SHOP, "shop/other.py": "from shop.line import Line, Order\n"})
    (finding,) = import_cycles(base)
    result = apply(TypeOnlyImport(), finding, base.sources["shop/line.py"], base)
    assert result == Abstain("another file takes the name from this one")
