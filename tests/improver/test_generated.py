"""What the build makes and git does not keep is found where a human, or the build's own configuration, says so."""

from pathlib import Path

import pytest

from improver.records import File, Tree
from improver.verify.generated import declared, generated

BUILDS = {
    "hatch": ("[tool.hatch.build.hooks.vcs]\nversion-file = 'pier/_version.py'\n", "pier/_version.py"),
    "setuptools-scm": ("[tool.setuptools_scm]\nversion_file = 'pier/_version.py'\n", "pier/_version.py"),
    "setuptools-scm before 8": ("[tool.setuptools_scm]\nwrite_to = 'pier/_version.py'\n", "pier/_version.py"),
    "pdm, below src": ("[tool.pdm.version]\nwrite_to = 'pier/_version.py'\n", "src/pier/_version.py"),
    "versioningit": ("[tool.versioningit.write]\nfile = 'pier/_version.py'\n", "pier/_version.py"),
}


def checked_out(root: Path, *paths: str) -> Path:
    """Put a file at each of `paths` below `root`."""
    for path in paths:
        place = root / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text("version = '1.2'\n", "utf-8")
    return root


def of(pyproject: str) -> Tree:
    return {"pyproject.toml": File(pyproject.encode())}


@pytest.mark.parametrize(("pyproject", "path"), BUILDS.values(), ids=BUILDS)
def test_a_version_file_is_found_by_what_writes_it(pyproject: str, path: str, tmp_path: Path) -> None:
    root = checked_out(tmp_path, path, "pier/secret.py")
    assert generated(of(pyproject), root, ()) == {path: File(b"version = '1.2'\n")}


def test_a_human_may_name_more(tmp_path: Path) -> None:
    root = checked_out(tmp_path, "pier/locale/de/pier.mo", "pier/locale/fr/pier.mo", "pier/fast.so", "pier/secret.py")
    found = generated({}, root, ("pier/locale/**/*.mo", "pier/*.so"))
    assert sorted(found) == ["pier/fast.so", "pier/locale/de/pier.mo", "pier/locale/fr/pier.mo"]


def test_what_git_keeps_is_never_taken_from_elsewhere(tmp_path: Path) -> None:
    root = checked_out(tmp_path, "pier/_version.py")
    tree = {**of(BUILDS["hatch"][0]), "pier/_version.py": File(b"version = '1.1'\n")}
    assert generated(tree, root, ("pier/*.py",)) == {}


@pytest.mark.parametrize("pattern", ["../outside.py", "/etc/hostname", "pier/../../outside.py", "link.py", "linked/*"])
def test_nothing_leads_out_of_the_checkout(pattern: str, tmp_path: Path) -> None:
    checked_out(tmp_path, "outside.py")
    root = checked_out(tmp_path / "here", "pier/a.py")
    (root / "link.py").symlink_to(tmp_path / "outside.py")
    (root / "linked").symlink_to(tmp_path)
    written = f"[tool.setuptools_scm]\nwrite_to = '{pattern}'\n"
    assert generated(of(written), root, (pattern,)) == {}


def test_what_is_declared_is_no_pattern(tmp_path: Path) -> None:
    root = checked_out(tmp_path, "pier/a.py", "pier/b.py")
    assert generated(of("[tool.setuptools_scm]\nwrite_to = 'pier/*.py'\n"), root, ()) == {}


@pytest.mark.parametrize(
    "pyproject",
    [
        "",
        "[tool.setuptools_scm]\n",
        "[tool]\nhatch = 3\n",
        "[tool.setuptools_scm]\nwrite_to = ''\n",
        "not toml at all [",
    ],
)
def test_a_build_that_writes_none_declares_none(pyproject: str) -> None:
    assert declared(of(pyproject)) == ()
    assert declared({}) == ()
