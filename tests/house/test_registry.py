# SPDX-License-Identifier: AGPL-3.0-only
"""Whoever builds this chooses where packages come from; no file of ours says where."""

import json
import re
import subprocess
from pathlib import Path

import pytest

from tests.house.tree import ROOT, files, named

# In two halves, so that this file passes its own test.
HOSTS = tuple(
    left + right
    for left, right in (
        ("pypi", ".org"),
        ("python", "hosted.org"),
        ("npm", "js.org"),
        ("npm", "js.com"),
        ("yarn", "pkg.com"),
        ("debian", ".org"),
        ("ubuntu", ".com"),
        ("docker", ".io"),
        ("ghcr", ".io"),
        ("quay", ".io"),
        ("jsr", ".io"),
        ("crates", ".io"),
        ("golang", ".org"),
        ("anaconda", ".org"),
        ("maven", ".org"),
        ("ruby", "gems.org"),
    )
)
LOCKS = [
    *(ROOT / "requirements.lock", ROOT / "requirements-tools.lock"),
    ROOT / "tests/proofs/requirements.lock",
]
PIN = re.compile(r"[a-z0-9][a-z0-9.-]*==[^ ;\\]+( ; [^\\]+)?")
# a version, of a package under another name perhaps, or a folder of ours
EXACT = re.compile(r"(npm:[a-z]+@)?\d+\.\d+\.\d+|file:[a-z]+")
HASH = re.compile(r"--hash=sha256:[0-9a-f]{64}")


def _text(path: Path) -> str:
    return path.read_text("utf-8", errors="replace")


def test_files__any__names_no_registry() -> None:
    naming = []
    for path in files():
        text = _text(path).lower()
        naming += [f"{named(path)}: {host}" for host in HOSTS if host in text]
    assert naming == []


def test_files__looked_at__are_all_that_git_tracks() -> None:
    """In every folder, old and new; a file that is deleted but not committed is no file."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True)  # noqa: S607
    tracked = {ROOT / name for name in listed.stdout.decode().split("\0") if name}
    assert {path for path in tracked if path.is_file()} <= set(files())


@pytest.mark.parametrize("lock", LOCKS, ids=lambda path: path.name)
def test_lock__every_entry__is_one_version_with_hashes_and_nothing_else(lock: Path) -> None:
    text = _text(lock)
    assert "://" not in text
    assert "--index" not in text
    entries = text.replace("\\\n", " ").splitlines()
    assert len(entries) == len({entry.split("==")[0] for entry in entries}) > 1
    for entry in entries:
        pin, *hashes = re.split(r"\s+(?=--hash)", entry.strip())
        assert PIN.fullmatch(pin.strip()), entry
        assert hashes, entry
        assert all(HASH.fullmatch(each.strip()) for each in hashes), entry


def test_npm__only_exact_versions_and_no_lock_that_would_name_addresses() -> None:
    for path in (
        ROOT / "package.json",
        ROOT / "frontend/package.json",
        ROOT / "bench/peers/package.json",
        ROOT / "tests/proofs/package.json",
    ):
        package = json.loads(_text(path))
        versions = [*package.get("dependencies", {}).values()]
        versions += package.get("devDependencies", {}).values()
        assert versions, path
        assert all(EXACT.fullmatch(version) for version in versions), path
    names = {path.name for path in files()}
    assert names & {"package-lock.json", "yarn.lock", "uv.lock", "poetry.lock"} == set()
    assert "package-lock=false" in _text(ROOT / ".npmrc").splitlines()
