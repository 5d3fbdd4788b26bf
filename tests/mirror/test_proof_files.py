# SPDX-License-Identifier: AGPL-3.0-only
"""Proofs on disk: written whole or not at all, read where they lie."""

import os
from pathlib import Path
from typing import NoReturn

import pytest

from millpond.core import proof_file
from millpond.core.errors import ProofFileError
from millpond.mirror.proof_files import beside, open_proofs, write_proofs
from millpond.sources.documents import PROOFS
from tests.core import month


def test_open_proofs__what_was_written__proves_every_leaf(tmp_path: Path) -> None:
    tree = month.september().tree()
    path = beside(tmp_path / "distribution.json")
    write_proofs(tree, path)
    assert path.name == "distribution" + PROOFS
    assert [each.name for each in tmp_path.iterdir()] == [path.name]
    with open_proofs(path) as found:
        for subject, _ in month.september().leaves:
            index = tree.index_of(subject)
            assert found.proven(subject) == (tree.leaf(index), tree.proof(index))


def test_write_proofs__a_disk_that_fails__leaves_the_old_file_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "distribution.proofs"
    write_proofs(month.september().tree(), path)
    before = path.read_bytes()

    def full(_: int) -> NoReturn:
        raise OSError("no space left")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="no space"):
        write_proofs(month.rich().tree(), path)
    assert path.read_bytes() == before
    assert [each.name for each in tmp_path.iterdir()] == [path.name]


def test_open_proofs__no_file_a_folder_and_another_file__are_refused_by_name(
    tmp_path: Path,
) -> None:
    other = tmp_path / "other.proofs"
    other.write_bytes(b"".join(proof_file.write(month.rich().tree()))[:-64])
    for path, says in (
        (tmp_path / "none.proofs", "none.proofs cannot be read"),
        (other, r"other.proofs: it has \d+ bytes"),
    ):
        with pytest.raises(ProofFileError, match=says), open_proofs(path):
            pass


def test_open_proofs__afterwards__leaves_no_file_open(tmp_path: Path) -> None:
    path = tmp_path / "distribution.proofs"
    write_proofs(month.september().tree(), path)
    before = handles()
    for _ in range(5):
        with open_proofs(path):
            pass
    assert handles() == before


def handles() -> int:
    """How many files this process has open, where the system tells."""
    told = Path("/proc/self/fd")
    return len(list(told.iterdir())) if told.exists() else 0
