# SPDX-License-Identifier: AGPL-3.0-only
"""What is fetched is kept whole, or not at all; and a damaged file says so."""

import sqlite3
from pathlib import Path

import pytest

from millpond.core.errors import BadInput, CorruptFile
from millpond.sources.cache import Cache


def _names(cache: Cache, kind: str) -> list[str]:
    return [id_ for id_, _, _ in cache.all(kind, object)]


def _cut_short(cache: Cache) -> None:
    with cache.change():
        cache.put("issue", "2", {"n": 2})
        cache.set_mark("cursor", "two")
        raise KeyboardInterrupt


def test_change__cut_in_the_middle__leaves_what_was_there(tmp_path: Path) -> None:
    path = tmp_path / "a" / "b.db"
    with Cache(path, "x") as cache:
        with cache.change():
            cache.put("issue", "1", {"n": 1})
            cache.set_mark("cursor", "one")
        with pytest.raises(KeyboardInterrupt):
            _cut_short(cache)
    with Cache(path, "x") as cache:
        assert _names(cache, "issue") == ["1"]
        assert cache.mark("cursor", str) == "one"


def test_put__again__takes_the_place_and_counts_as_seen_later(tmp_path: Path) -> None:
    with Cache(tmp_path / "b.db", "x") as cache:
        for id_, value in (("1", "old"), ("2", "x"), ("1", "new")):
            cache.put("user", id_, value)
    with Cache(tmp_path / "b.db", "x") as cache:
        cache.put("user", "3", "x")
        assert [(id_, value) for id_, _, value in cache.all("user", str)] == [
            ("2", "x"),
            ("1", "new"),
            ("3", "x"),
        ]
        assert cache.get("user", "1", str) == "new"
        assert cache.get("user", "9", str) is None


def test_drop_before__what_a_walk_no_longer_saw__goes_with_all_below(tmp_path: Path) -> None:
    with Cache(tmp_path / "b.db", "x") as cache:
        for issue, walk in (("old", 1), ("new", 2)):
            cache.put("issue", issue, 1, walk=walk)
            cache.put("comment", f"{issue}-c", 1, issue)
            cache.put("reaction", f"{issue}-r", 1, f"{issue}-c")
        with cache.change():
            cache.drop_before("issue", 2)
        assert (_names(cache, "issue"), _names(cache, "comment"), _names(cache, "reaction")) == (
            ["new"],
            ["new-c"],
            ["new-r"],
        )


def test_open__the_file_of_another_place__is_refused(tmp_path: Path) -> None:
    with Cache(tmp_path / "b.db", "x"):
        pass
    with pytest.raises(CorruptFile, match=r"b\.db: holds 'x 1', not 'y 1'"):
        Cache(tmp_path / "b.db", "y")


def test_read__one_byte_changed__is_seen(tmp_path: Path) -> None:
    path = tmp_path / "b.db"
    with Cache(path, "x") as cache:
        cache.put("issue", "1", "a text that is long enough to be found in the file")
    with sqlite3.connect(path) as db:
        (data,) = db.execute("select data from items").fetchone()
        wrong = bytes([*data[:-1], data[-1] ^ 1])
        db.execute("update items set data = ?", (wrong,))
    db.close()
    with Cache(path, "x") as cache, pytest.raises(CorruptFile, match="is damaged") as caught:
        cache.get("issue", "1", str)
    assert "remove the file" in caught.value.next_step


def test_open__no_database__is_refused(tmp_path: Path) -> None:
    (tmp_path / "b.db").write_bytes(b"something else" * 100)
    with pytest.raises(CorruptFile, match="is damaged"):
        Cache(tmp_path / "b.db", "x")
    (tmp_path / "c.db").mkdir()
    with pytest.raises(BadInput, match="cannot be opened"):
        Cache(tmp_path / "c.db", "x")


def test_clear__everything__is_forgotten(tmp_path: Path) -> None:
    with Cache(tmp_path / "b.db", "x") as cache:
        cache.put("issue", "1", 1)
        cache.set_mark("cursor", "one")
        cache.clear()
        assert _names(cache, "issue") == []
        assert cache.mark("cursor", str, "none") == "none"
    with Cache(tmp_path / "b.db", "x") as again:
        assert _names(again, "issue") == []
