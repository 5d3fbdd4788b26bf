# SPDX-License-Identifier: AGPL-3.0-only
"""Files whole: written in one step or not at all, hashed without being held."""

from pathlib import Path

import pytest

from millpond.core.canonical import keccak256
from millpond.core.errors import BadInput
from millpond.sources.whole import hash_of, json_bytes, read_whole, write_whole


def test_write_whole__over_another__replaces_it_and_leaves_nothing_beside(tmp_path: Path) -> None:
    path = tmp_path / "file"
    for data in (b"before", b"after"):
        write_whole(path, data)
        assert path.read_bytes() == data
    assert list(tmp_path.iterdir()) == [path]


def test_write_whole__a_step_that_fails__leaves_what_was_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"before")

    def full(_: Path, __: Path) -> Path:
        raise OSError("no space left")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(BadInput, match="cannot be written"):
        write_whole(path, b"after")
    assert path.read_bytes() == b"before"
    assert list(tmp_path.iterdir()) == [path]


def test_write_whole__no_such_folder__says_so(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="cannot be written"):
        write_whole(tmp_path / "none" / "file", b"")


@pytest.mark.parametrize("data", [b"", b"x", b"long" * 100_000])
def test_hash_of__any_file__is_that_of_its_bytes(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "file"
    path.write_bytes(data)
    assert hash_of(path) == keccak256(data)
    assert read_whole(path) == data


def test_hash_of__no_such_file__says_so(tmp_path: Path) -> None:
    for reads in (hash_of, read_whole):
        with pytest.raises(BadInput, match=r"none cannot be read \(FileNotFoundError\)"):
            reads(tmp_path / "none")


def test_json_bytes__any_order__the_same_and_reads_back() -> None:
    assert json_bytes({"b": 0.1, "a": ["é"]}) == '{"a":["é"],"b":0.1}\n'.encode()
    with pytest.raises(ValueError, match="not JSON compliant"):
        json_bytes({"a": float("nan")})
