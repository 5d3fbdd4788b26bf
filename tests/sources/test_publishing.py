# SPDX-License-Identifier: AGPL-3.0-only
"""IPFS over HTTP on loopback, with its faults, and documents that do not come back as they went."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest

from millpond.core.canonical import keccak256
from millpond.core.errors import BadInput, BadSourceAnswer, SourceDown, SourceRefused
from millpond.core.ipfs_names import CHUNK, LINKS, cid_of
from millpond.sources.publishing import Ipfs, require_published
from tests.core.ipfs_files import file_of, recorded
from tests.sources.server import Asked, Place, Reply, running

DATA = b'{"a":"document"}'
[BORDER] = [each for each in recorded() if each.bytes == 2 * CHUNK + 1]
LONG = file_of(BORDER.bytes)
"""Of three blocks, with a name that another implementation gave it."""
SOME_NAME = "bafybeigdyrzt5sfp7udm7hu76uh7y26nf3efuylqabf3oclgtqy55fbzdi"


@dataclass
class Node:
    """What an IPFS node does: keeps files, and names them as it cuts them up."""

    blocks: dict[str, bytes] = field(default_factory=dict)
    pinned: list[str] = field(default_factory=list)
    links: int = LINKS

    def answer(self, asked: Asked) -> Reply:
        if asked.method != "POST":
            return Reply(405)
        if asked.path == "/api/v0/add":
            assert asked.query["cid-version"] == ["1"]
            assert asked.query["raw-leaves"] == ["true"]
            assert asked.query["chunker"] == [f"size-{CHUNK}"]
            data = _file_in(asked.body)
            name = BORDER.cid if data == LONG else cid_of(data, links=self.links)
            self.blocks[name] = data
            self.pinned += [name] * (asked.query["pin"] == ["true"])
            return Reply(200, json.dumps({"Name": "x", "Hash": name}).encode() + b"\n")
        data = self.blocks.get(asked.query["arg"][0], b"")
        return Reply(200 if data else 500, data)


def _file_in(body: bytes) -> bytes:
    """The one file of a multipart form."""
    boundary = body.split(b"\r\n", 1)[0]
    head, _, rest = body.partition(b"\r\n\r\n")
    assert b'name="file"' in head
    return rest[: rest.rindex(b"\r\n" + boundary)]


@pytest.fixture
def node() -> Iterator[tuple[Node, Place]]:
    store = Node()
    with running(store.answer) as place:
        yield store, place


def test_add__a_document__is_pinned_under_the_name_computed_here(node: tuple[Node, Place]) -> None:
    store, place = node
    assert Ipfs(place.url + "/").add(DATA) == f"ipfs://{cid_of(DATA)}"
    assert store.pinned == [cid_of(DATA)]
    assert store.blocks[cid_of(DATA)] == DATA


def test_add__a_document_of_several_blocks__has_the_name_that_others_give_it(
    node: tuple[Node, Place],
) -> None:
    store, place = node
    assert Ipfs(place.url).add(LONG) == f"ipfs://{BORDER.cid}"
    assert store.pinned == [BORDER.cid]
    require_published(f"ipfs://{BORDER.cid}", keccak256(LONG), Ipfs(place.url))


def test_add__a_node_that_cuts_files_up_otherwise__is_refused_and_said_why(
    node: tuple[Node, Place],
) -> None:
    store, place = node
    store.links = 2
    longer = LONG + LONG
    with pytest.raises(BadSourceAnswer, match=f"their name is {cid_of(longer)}") as caught:
        Ipfs(place.url).add(longer)
    assert "174 links a node" in caught.value.next_step


def test_add__another_name_for_a_long_document__is_refused(node: tuple[Node, Place]) -> None:
    node[1].faults.append(Reply(200, json.dumps({"Hash": SOME_NAME}).encode()))
    with pytest.raises(BadSourceAnswer, match=f"calls these bytes {SOME_NAME}, their name is"):
        Ipfs(node[1].url).add(LONG)


def test_add__a_long_document_that_comes_back_with_one_byte_changed__is_refused(
    node: tuple[Node, Place],
) -> None:
    node[1].faults.extend([None, Reply(200, LONG[:-1] + b"?")])
    with pytest.raises(BadSourceAnswer, match="gives other bytes for"):
        Ipfs(node[1].url).add(LONG)


@pytest.mark.parametrize(
    ("reply", "error", "says"),
    [
        (Reply(200, b'{"Hash":"' + SOME_NAME.encode() + b'"}'), BadSourceAnswer, "their name is"),
        (Reply(200, b'{"Hash":"../../etc"}'), BadInput, "is no IPFS name"),
        (Reply(200, b'{"Name":"x"}'), BadSourceAnswer, "names no file"),
        (Reply(200, b"<html>"), BadSourceAnswer, "names no file"),
        (Reply(200, b""), BadSourceAnswer, "names no file"),
        (Reply(200, b"x" * 100_000), BadSourceAnswer, "without an end"),
        (Reply(500, b"out of space"), SourceRefused, "HTTP status 500"),
        (Reply(403), SourceRefused, "HTTP status 403"),
        (Reply(302, b"", {"Location": "http://127.0.0.1:1/"}), SourceRefused, "HTTP status 302"),
        (Reply(200, b'{"Hash":"bafy"}', cut=4), SourceDown, "IPFS add fails"),
    ],
)
def test_add__whatever_a_node_answers_wrongly__is_a_named_error(
    node: tuple[Node, Place], reply: Reply, error: type[Exception], says: str
) -> None:
    node[1].faults.append(reply)
    with pytest.raises(error, match=re.escape(says)):
        Ipfs(node[1].url).add(DATA)


def test_add__a_node_that_gives_other_bytes_back__is_not_believed(
    node: tuple[Node, Place],
) -> None:
    node[1].faults.extend([None, Reply(200, b"other")])
    with pytest.raises(BadSourceAnswer, match="gives other bytes for"):
        Ipfs(node[1].url).add(DATA)


def test_add__where_no_node_runs__says_where_to_look() -> None:
    with pytest.raises(SourceDown, match="IPFS add fails") as caught:
        Ipfs("http://127.0.0.1:1").add(DATA)
    assert "--ipfs" in caught.value.next_step
    with pytest.raises(BadInput, match="is no http address"):
        Ipfs("ftp://127.0.0.1")


def test_require_published__what_can_be_fetched_back__passes(node: tuple[Node, Place]) -> None:
    store, place = node
    store.blocks[cid_of(DATA)] = DATA
    require_published(f"ipfs://{cid_of(DATA)}", keccak256(DATA), Ipfs(place.url))
    with running(lambda _: Reply(200, DATA)) as site:
        require_published(f"{site.url}/0xabc", keccak256(DATA), None)


@pytest.mark.parametrize(
    ("reply", "says"),
    [
        (Reply(200, b"other"), "have the hash"),
        (Reply(404), "cannot be fetched"),
        (Reply(200, DATA, cut=5), "cannot be fetched"),
    ],
)
def test_require_published__other_bytes_or_none__are_refused(reply: Reply, says: str) -> None:
    refused = pytest.raises((BadInput, BadSourceAnswer), match=says)
    with running(lambda _: reply) as site, refused as caught:
        require_published(f"{site.url}/0xabc", keccak256(DATA), None)
    assert "ape run epoch publish" in caught.value.next_step


@pytest.mark.parametrize("uri", ["/etc/passwd", "file:///etc/passwd", "document.json", ""])
def test_require_published__an_address_that_no_reader_can_use__is_refused(uri: str) -> None:
    with pytest.raises(BadInput, match="is no address at which a reader can fetch"):
        require_published(uri, keccak256(DATA), None)


def test_require_published__ipfs_without_a_node__asks_for_one() -> None:
    with pytest.raises(BadInput, match="is fetched by the HTTP API"):
        require_published(f"ipfs://{cid_of(DATA)}", keccak256(DATA), None)
