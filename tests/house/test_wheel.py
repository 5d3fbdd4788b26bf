# SPDX-License-Identifier: AGPL-3.0-only
"""The package is the same bytes whoever builds it: elsewhere, later, under another umask."""

import os
import shutil
import subprocess
import zipfile
from pathlib import Path

import pytest

from tests.house.tree import PACKAGE, ROOT, files

UV = ROOT / ".tools" / "bin" / "uv"
LONG_AGO = 1_000_000_000


def _copy(home: Path) -> Path:
    """What Git keeps of the package."""
    wanted = {"pyproject.toml", "README.md", "LICENSE"}
    for path in files():
        name = path.relative_to(ROOT)
        if path.is_relative_to(PACKAGE) or str(name) in wanted:
            (home / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(path, home / name)
    return home


def _built(home: Path, umask: int) -> dict[str, bytes]:
    command = [str(UV), "build", "--offline", "--quiet", "--no-create-gitignore", "."]
    subprocess.run(command, cwd=home, umask=umask, check=True, capture_output=True)  # noqa: S603
    return {path.name: path.read_bytes() for path in (home / "dist").iterdir()}


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    return _built(_copy(tmp_path_factory.mktemp("one")), 0o022)


def test_package__built_twice__is_the_same_bytes(built: dict[str, bytes], tmp_path: Path) -> None:
    home = _copy(tmp_path / "another place")
    for path in home.rglob("*"):
        os.utime(path, (LONG_AGO, LONG_AGO))
    assert _built(home, 0o077) == built
    assert {Path(name).suffix for name in built} == {".whl", ".gz"}


def test_package__a_changed_source__has_other_bytes(
    built: dict[str, bytes], tmp_path: Path
) -> None:
    home = _copy(tmp_path)
    with (home / "backend" / "millpond" / "__init__.py").open("a") as file:
        file.write("# more\n")
    changed = _built(home, 0o022)
    assert {name for name in built if built[name] != changed[name]} == set(built)


def test_wheel__holds__the_whole_package_and_nothing_else(
    built: dict[str, bytes], tmp_path: Path
) -> None:
    [name] = [name for name in built if name.endswith(".whl")]
    (tmp_path / name).write_bytes(built[name])
    with zipfile.ZipFile(tmp_path / name) as archive:
        held = {each for each in archive.namelist() if not each.endswith("/")}
    own = {
        path.relative_to(PACKAGE.parent).as_posix()
        for path in files()
        if path.is_relative_to(PACKAGE)
    }
    assert {each for each in held if ".dist-info/" not in each} == own


def test_wheel__scripts_that_were_built__are_in_it(tmp_path: Path) -> None:
    """Git ignores them, the package does not: whoever installs it needs no Node."""
    home = _copy(tmp_path)
    dist = home / "backend" / "millpond" / "web" / "dist"
    dist.mkdir()
    (dist / "manifest.json").write_text("{}")
    found = _built(home, 0o022)
    [name] = [name for name in found if name.endswith(".whl")]
    (tmp_path / name).write_bytes(found[name])
    with zipfile.ZipFile(tmp_path / name) as archive:
        assert "millpond/web/dist/manifest.json" in archive.namelist()
