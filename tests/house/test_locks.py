# SPDX-License-Identifier: AGPL-3.0-only
"""What is installed is what the locks name, byte for byte; what is not is refused."""

import base64
import hashlib
import json
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from scripts import _npm_files
from tests.house.tree import ROOT

UV = ROOT / ".tools" / "bin" / "uv"
PIP = [str(ROOT / ".tools" / "bin" / "python"), "-m", "pip"]
LOCKS = ("requirements.lock", "requirements-tools.lock", "tests/proofs/requirements.lock")
NPM = (".", "frontend", "bench/peers", "tests/proofs")
EXACT = re.compile(r"\d+\.\d+\.\d+(-[\w.]+)?")


# --- Python -----------------------------------------------------------------------------------


@pytest.fixture
def wheel(tmp_path: Path) -> Path:
    """A package that nobody publishes, in a folder of its own."""
    path = tmp_path / "wheels" / "millrace-1.0-py3-none-any.whl"
    path.parent.mkdir()
    files = {
        "millrace.py": "TURNS = 1\n",
        "millrace-1.0.dist-info/METADATA": "Metadata-Version: 2.1\nName: millrace\nVersion: 1.0\n",
        "millrace-1.0.dist-info/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\n"
        "Tag: py3-none-any\n",
    }
    record = "".join(f"{name},sha256={_short(text)},{len(text)}\n" for name, text in files.items())
    files["millrace-1.0.dist-info/RECORD"] = record + "millrace-1.0.dist-info/RECORD,,\n"
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return path


def _short(text: str) -> str:
    digest = hashlib.sha256(text.encode()).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def _install(tool: str, wheel: Path, lock: str) -> subprocess.CompletedProcess[str]:
    """With the flags that .ci/setup gives it, from that folder only, into a new environment."""
    listed, target = wheel.parents[1] / "one.lock", wheel.parents[1] / "target"
    listed.write_text(lock)
    local = ["--no-index", "--find-links", str(wheel.parent), "--target", str(target)]
    cached = ["--cache-dir", str(wheel.parents[1] / "cache")]
    if tool == "uv":
        start = [str(UV), "pip", "sync", "--offline", "--python", sys.executable, *cached]
        command = [*start, "--require-hashes", *local, str(listed)]
    else:
        start = [*PIP, "install", "--disable-pip-version-check", *cached]
        command = [*start, "--require-hashes", "--only-binary", ":all:", *local, "-r", str(listed)]
    return subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603


@pytest.mark.parametrize("tool", ["uv", "pip"])
def test_install__the_wheel_that_the_lock_names__is_installed(tool: str, wheel: Path) -> None:
    digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
    run = _install(tool, wheel, f"millrace==1.0 \\\n    --hash=sha256:{digest}\n")
    assert run.returncode == 0, run.stderr
    assert (wheel.parents[1] / "target" / "millrace.py").exists()


@pytest.mark.parametrize("tool", ["uv", "pip"])
@pytest.mark.parametrize("how", ["another file", "no hash"])
def test_install__any_other_wheel__is_refused(tool: str, how: str, wheel: Path) -> None:
    digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
    with wheel.open("ab") as file:
        file.write(b"\0")
    hashed = "" if how == "no hash" else f" --hash=sha256:{digest}"
    run = _install(tool, wheel, f"millrace==1.0{hashed}\n")
    assert run.returncode != 0
    assert "hash" in run.stderr.lower()
    assert not (wheel.parents[1] / "target" / "millrace.py").exists()


def test_setup__every_install__requires_hashes_and_builds_only_with_pinned_tools() -> None:
    text = (ROOT / ".ci" / "setup").read_text("utf-8").replace("\\\n", " ")
    installs = [line for line in text.splitlines() if re.search(r"pip (install|sync) ", line)]
    assert len(installs) == 4
    for line in installs:
        assert "--require-hashes" in line or "--offline --no-deps" in line
        bound = ("--only-binary :all:", "--build-constraints requirements-tools.lock", "--offline")
        assert any(each in line for each in bound), line


@pytest.mark.parametrize("lock", LOCKS)
def test_lock__every_package__has_one_version_and_hashes(lock: str) -> None:
    entries = (ROOT / lock).read_text("utf-8").replace("\\\n", " ").splitlines()
    assert entries
    for entry in entries:
        assert re.match(r"[a-z0-9][a-z0-9.-]*==\S+ ", entry), entry
        assert re.search(r"--hash=sha256:[0-9a-f]{64}( |$)", entry), entry
        assert "://" not in entry
        assert "@" not in entry


def test_lock__the_compiler__is_one_version_everywhere() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert "vyper==0.4.3" in project["optional-dependencies"]["rebuild"]
    assert "vyper==0.4.3 " in (ROOT / "requirements.lock").read_text("utf-8")
    assert "  version: 0.4.3\n" in (ROOT / "ape-config.yaml").read_text("utf-8")


# --- npm --------------------------------------------------------------------------------------


def _package(folder: str) -> Any:
    return json.loads((ROOT / folder / "package.json").read_bytes())


@pytest.mark.parametrize("folder", NPM)
def test_npm__every_version__is_exact_or_a_folder_of_ours(folder: str) -> None:
    package = _package(folder)
    named = package.get("dependencies", {}) | package.get("devDependencies", {})
    named |= package["overrides"]
    loose = {
        name: version
        for name, version in named.items()
        if not EXACT.fullmatch(re.sub(r"^npm:[^@]+@", "", version))
        and not version.startswith(("file:", "$"))
    }
    assert loose == {}
    assert "scripts" not in package


@pytest.mark.parametrize("folder", NPM)
def test_npm__no_package__runs_anything_when_it_is_installed(folder: str) -> None:
    assert "ignore-scripts=true" in (ROOT / folder / ".npmrc").read_text("utf-8").splitlines()
    setup = (ROOT / ".ci" / "setup").read_text("utf-8")
    assert re.findall(r"npm install.*", setup) == [
        'npm install --silent --ignore-scripts --prefix "$1" &&'
    ]


def _ranges(folder: Path) -> Iterator[tuple[str, str]]:
    """What installed packages ask for by a range, which a new release could change."""
    for package in _npm_files.installed(folder):
        about = json.loads((package / "package.json").read_bytes())
        for name, version in about.get("dependencies", {}).items():
            if not EXACT.fullmatch(version):
                yield name, version


@pytest.mark.parametrize("folder", NPM)
def test_npm__what_packages_ask_for_by_a_range__is_pinned_too(folder: str) -> None:
    here = ROOT / folder / "node_modules"
    if not here.is_dir():
        pytest.skip(f"{folder} is not set up on this machine")
    assert {name for name, _ in _ranges(here)} <= set(_package(folder)["overrides"])


@pytest.mark.parametrize("folder", NPM)
def test_npm__what_is_installed__is_what_the_list_says(folder: str) -> None:
    here = f"{folder}/node_modules".removeprefix("./")
    if not (ROOT / here).is_dir():
        pytest.skip(f"{folder} is not set up on this machine")
    assert _npm_files.wrong(ROOT, here) == []


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A folder of npm packages that is as listed."""
    for name in ("solo", "@pair/left", "solo/node_modules/inner"):
        home = tmp_path / "node_modules" / name
        home.mkdir(parents=True, exist_ok=True)
        (home / "package.json").write_text(json.dumps({"name": name, "version": "1.0.0"}))
        (home / "index.js").write_text(f"// {name}")
    listed = [
        _npm_files.line_of(p, tmp_path) for p in _npm_files.installed(tmp_path / "node_modules")
    ]
    text = "".join(f"{hashed}  {place}\n" for place, hashed in listed)
    (tmp_path / _npm_files.LIST).write_text(text)
    assert len(listed) == 3
    return tmp_path


def _check(root: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(ROOT / "scripts" / "_npm_files.py"), "check", "./node_modules"]
    return subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)  # noqa: S603


def test_npm_files__as_listed__holds(copy: Path) -> None:
    assert (_check(copy).returncode, _check(copy).stderr) == (0, "")


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda r: (r / "solo/index.js").write_text("evil"), "node_modules/solo 1.0.0 has other"),
        (lambda r: (r / "solo/more.js").write_text(""), "node_modules/solo 1.0.0 has other"),
        (lambda r: (r / "@pair/left/index.js").unlink(), "node_modules/@pair/left 1.0.0 has other"),
        (
            lambda r: (r / "solo/node_modules/inner/index.js").write_text("evil"),
            "node_modules/solo/node_modules/inner 1.0.0 has other files",
        ),
        (lambda r: shutil.copytree(r / "solo", r / "more"), "node_modules/more 1.0.0 is not in"),
        (lambda r: (r / "loose.js").write_text("evil"), "node_modules/loose.js  is not in"),
        (lambda r: shutil.rmtree(r / "@pair"), "node_modules/@pair/left 1.0.0 is missing"),
    ],
)
def test_npm_files__anything_else__is_named_and_refused(copy: Path, change: Any, says: str) -> None:
    change(copy / "node_modules")
    run = _check(copy)
    assert run.returncode == 1
    assert says in run.stderr
    assert _npm_files.WRITE in run.stderr
