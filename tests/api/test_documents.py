# SPDX-License-Identifier: AGPL-3.0-only
"""The shelf and its route: exactly the bytes of a hash, or nothing."""

import os
from pathlib import Path

import pytest
from eth_utils.crypto import keccak

from millpond.core.distribution import to_json
from millpond.mirror.documents import MAX_BYTES, Shelf
from millpond.mirror.reads.refusals import NoSuchDocument, WrongDocument
from millpond.mirror.store import MirrorError
from tests.api.site import Site

DATA = b'{"any":"document"}'
NAME = f"0x{keccak(DATA).hex()}.json"


def test_find__by_its_name__is_its_bytes(tmp_path: Path) -> None:
    (tmp_path / NAME).write_bytes(DATA)
    assert Shelf(tmp_path).find(keccak(DATA)) == DATA


def test_find__a_distribution_in_a_folder_below__is_found_by_its_hash(tmp_path: Path) -> None:
    folder = tmp_path / "pool" / "2019-09"
    folder.mkdir(parents=True)
    (folder / "distribution.json").write_bytes(DATA)
    (folder / "scores.json").write_bytes(b"something else")
    shelf = Shelf(tmp_path)
    assert shelf.find(keccak(DATA)) == DATA
    with pytest.raises(NoSuchDocument):
        shelf.find(keccak(b"something else"))


def test_find__put_there_later__is_found_then(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path)
    with pytest.raises(NoSuchDocument):
        shelf.find(keccak(DATA))
    (tmp_path / "distribution.json").write_bytes(DATA)
    assert shelf.find(keccak(DATA)) == DATA


def test_find__changed_after_it_was_found__is_not_there_any_more(tmp_path: Path) -> None:
    path = tmp_path / NAME
    path.write_bytes(DATA)
    shelf = Shelf(tmp_path)
    assert shelf.has(keccak(DATA))
    path.write_bytes(DATA + b" ")
    assert not shelf.has(keccak(DATA))
    assert shelf.has(keccak(DATA + b" ")), "it is what it is, whatever it is called"


def test_find__a_distribution_rewritten__is_found_by_its_new_hash_only(tmp_path: Path) -> None:
    path = tmp_path / "distribution.json"
    path.write_bytes(DATA)
    shelf = Shelf(tmp_path)
    assert shelf.has(keccak(DATA))
    path.write_bytes(b'{"a":"longer document"}')
    assert not shelf.has(keccak(DATA))
    assert shelf.has(keccak(b'{"a":"longer document"}'))


def test_find__moved__is_found_where_it_is_now(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    path = tmp_path / "a" / "distribution.json"
    path.write_bytes(DATA)
    shelf = Shelf(tmp_path)
    shelf.find(keccak(DATA))
    path.rename(tmp_path / "distribution.json")
    assert shelf.find(keccak(DATA)) == DATA


def test_find__asked_often_for_what_is_not_there__hashes_nothing_twice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "distribution.json").write_bytes(DATA)
    shelf, read = Shelf(tmp_path), []
    whole = Path.read_bytes

    def counted(path: Path) -> bytes:
        read.append(path)
        return whole(path)

    monkeypatch.setattr(Path, "read_bytes", counted)
    for number in range(10):
        assert not shelf.has(keccak(bytes([number])))
    assert len(read) == 1


def test_find__larger_than_any_document__is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "distribution.json"
    with path.open("wb") as file:
        file.truncate(MAX_BYTES + 1)
    assert not Shelf(tmp_path).has(keccak(DATA))


@pytest.mark.parametrize("folder", [None, Path("/nowhere/at/all")])
def test_find__no_folder__is_nothing(folder: Path | None) -> None:
    assert not Shelf(folder).has(keccak(DATA))


def test_put__new__is_whole_and_readable_by_its_hash(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path / "new" / "folder")
    assert shelf.put(DATA) == "0x" + keccak(DATA).hex()
    [path] = (tmp_path / "new" / "folder").iterdir()
    assert (path.name, path.read_bytes(), path.stat().st_mode & 0o777) == (NAME, DATA, 0o644)
    assert shelf.put(DATA) == "0x" + keccak(DATA).hex()
    assert shelf.find(keccak(DATA)) == DATA


def test_put__cut_off__leaves_nothing_that_is_served(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: int) -> None:
        raise OSError("no space left")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="no space"):
        Shelf(tmp_path).put(DATA)
    assert list(tmp_path.iterdir()) == []


def test_put__without_a_folder__is_refused() -> None:
    with pytest.raises(MirrorError):
        Shelf(None).put(DATA)


def test_open__a_distribution__is_read_once_and_kept(site: Site) -> None:
    document = site.story.posts[1].document
    digest = keccak(to_json(document))
    opened = site.story.shelf.open(digest)
    assert opened.distribution == document
    assert opened.tree.root == document.root
    assert site.story.shelf.open(digest) is opened


def test_open__what_is_no_distribution__is_refused(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path)
    shelf.put(DATA)
    with pytest.raises(WrongDocument):
        shelf.open(keccak(DATA))


# --- the route ------------------------------------------------------------------------------------


def test_get_document__posted__is_its_bytes_for_ever(site: Site) -> None:
    for posted in site.story.posts:
        data = to_json(posted.document)
        path = f"/v1/documents/0x{keccak(data).hex()}"
        reply = site.get(path)
        assert reply.content == data
        assert reply.headers["content-type"] == "application/json"
        assert reply.headers["etag"] == f'"0x{keccak(data).hex()}"'
        assert "immutable" in reply.headers["cache-control"]
        again = site.get(path, 304, has=reply.headers["etag"])
        assert again.content == b""


def test_get_document__in_capitals__is_the_same(site: Site) -> None:
    digest = keccak(to_json(site.story.posts[0].document)).hex()
    assert site.get(f"/v1/documents/0x{digest.upper()}").headers["etag"] == f'"0x{digest}"'


def test_get_document__unknown__is_404_even_to_whoever_says_to_have_it(site: Site) -> None:
    path = "/v1/documents/0x" + "11" * 32
    site.problem(path, 404, "no-such-document")
    site.get(path, 404, has="*")


@pytest.mark.parametrize("name", ["0x11", "11" * 32, "0x" + "zz" * 32, "..%2f..%2fmirror.db"])
def test_get_document__no_hash__is_refused(site: Site, name: str) -> None:
    reply = site.http.get(f"/v1/documents/{name}")
    assert reply.status_code in {404, 422}
    assert reply.headers["content-type"] == "application/problem+json"
