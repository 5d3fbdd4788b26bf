# SPDX-License-Identifier: AGPL-3.0-only
"""Texts by their hashes: a name only helps to find one."""

from pathlib import Path

from millpond.core.canonical import keccak256
from millpond.core.subjects import to_hex
from millpond.mirror.texts import MAX_BYTES, text_of

REASON = "a second account of hers: ünd so weiter"
DIGEST = keccak256(REASON.encode())


def _put(folder: Path, data: bytes, name: str = to_hex(DIGEST)) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{name}.txt").write_bytes(data)


def test_text_of__anywhere_below_the_folder__is_found(tmp_path: Path) -> None:
    _put(tmp_path / "pool" / "3" / "reasons", REASON.encode())
    assert text_of(tmp_path, DIGEST) == REASON


def test_text_of__other_text_under_its_name__is_not_believed(tmp_path: Path) -> None:
    _put(tmp_path / "a", b"something else")
    assert text_of(tmp_path, DIGEST) is None
    _put(tmp_path / "b", REASON.encode())
    assert text_of(tmp_path, DIGEST) == REASON


def test_text_of__right_text_under_another_name__is_not_looked_for(tmp_path: Path) -> None:
    _put(tmp_path, REASON.encode(), "0x" + "11" * 32)
    assert text_of(tmp_path, DIGEST) is None


def test_text_of__far_too_long_or_no_folder__is_none(tmp_path: Path) -> None:
    long = b"x" * (MAX_BYTES + 1)
    _put(tmp_path, long, to_hex(keccak256(long)))
    assert text_of(tmp_path, keccak256(long)) is None
    assert text_of(None, DIGEST) is None
    assert text_of(tmp_path / "gone", DIGEST) is None


def test_text_of__bytes_that_are_no_utf_8__are_shown_as_far_as_they_are(tmp_path: Path) -> None:
    data = b"\xff and words"
    _put(tmp_path, data, to_hex(keccak256(data)))
    assert text_of(tmp_path, keccak256(data)) == "� and words"
