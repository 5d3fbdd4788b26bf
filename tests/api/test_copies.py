# SPDX-License-Identifier: AGPL-3.0-only
"""The whole mirror as a file: what it holds is what was final, and it is itself a mirror."""

import base64
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from millpond.api.app import build
from millpond.api.copies import Copies
from millpond.api.services import Services
from millpond.mirror import copies
from millpond.mirror.documents import Shelf
from millpond.mirror.reads.snapshot import Mirror
from millpond.mirror.store import MirrorError
from tests.api.site import POOL, Site, served

COPY, FILE = "/v1/snapshot", "/v1/snapshot.sqlite"


def _fetched(site: Site, folder: Path) -> tuple[dict[str, Any], Path]:
    said: dict[str, Any] = site.get(COPY).json()
    path = folder / said["name"]
    path.write_bytes(site.get(FILE).content)
    return said, path


def test_get_snapshot__the_file__is_what_is_said_of_it(site: Site, tmp_path: Path) -> None:
    said, path = _fetched(site, tmp_path)
    data = path.read_bytes()
    assert (said["size"], said["sha256"]) == (len(data), sha256(data).hexdigest())
    reply = site.get(FILE)
    digest = base64.b64encode(sha256(data).digest()).decode()
    assert reply.headers["repr-digest"] == f"sha-256=:{digest}:"
    assert reply.headers["millpond-block-number"] == str(said["block_number"])
    assert said["block_number"] == site.get("/status").json()["finalized_number"]
    for address in (COPY, FILE):
        site.get(address, 304, has=reply.headers["etag"])
    part = site.http.get(FILE, headers={"Range": "bytes=0-14"})
    assert (part.status_code, part.content) == (206, b"SQLite format 3")


def test_get_snapshot__served_again__says_what_was_final(site: Site, tmp_path: Path) -> None:
    """The copy is a mirror: over it, the newest is what is final here, list by list."""
    _, path = _fetched(site, tmp_path)
    lists = [f"{POOL}/{each}" for each in ("members", "proposals", "ledger", "gifts", "patrons",
             "earmarks", "distributions", "grain/holders", "links")]  # fmt: skip
    services = Services(Mirror(path), Shelf(site.story.folder))
    with served(build(services)) as http:
        for address in ("/v1/pools", *lists, "/v1/events?limit=1000"):
            sign = "&" if "?" in address else "?"
            here = site.get(f"{address}{sign}finality=finalized").json()
            there = http.get(address).json()
            assert there == here, address


def test_write__of_two_stores__has_the_same_content(site: Site, tmp_path: Path) -> None:
    """Whatever the store, the rows are those of one made from the first store."""
    with site.story.mirror.snapshot("finalized") as now:
        here = copies.write(now, tmp_path / "here")
    with Mirror(tmp_path / "here" / here.name).snapshot("finalized") as now:
        again = copies.write(now, tmp_path / "again")
    assert (again.content, again.sha256) == (here.content, here.sha256)
    assert [path.name for path in (tmp_path / "here").iterdir()] == [here.name]


def test_newest__within_the_hour__is_kept_and_then_made_anew(young: Site, tmp_path: Path) -> None:
    story = young.story
    clock = [0.0]
    found = Copies(story.mirror, tmp_path, lambda: clock[0])
    story.coop.give(1)
    story.tell()
    first = found.newest()
    for _ in range(3):
        story.evm.warp(1)
        story.tell()
    assert found.newest() == first
    clock[0] = 3_600.0
    assert found.newest() == first
    with found._making:  # noqa: SLF001  until the thread that makes the next is done
        second = found.newest()
    assert second.block_number > first.block_number
    for _ in range(2):
        clock[0] += 3_600
        story.evm.warp(1)
        story.tell()
        found.newest()
        with found._making:  # noqa: SLF001  as above
            found.newest()
    assert len(list(tmp_path.glob("*.sqlite"))) == 2


def test_get_snapshot__without_a_folder__is_not_there(site: Site) -> None:
    with served(build(Services(site.story.mirror, site.story.shelf))) as http:
        for address in (COPY, FILE):
            reply = http.get(address)
            assert (reply.status_code, reply.json()["type"]) == (404, "/problems#no-copies")


def test_newest__that_cannot_be_made__fails_and_is_tried_again(young: Site, tmp_path: Path) -> None:
    blocked = tmp_path / "a file"
    blocked.write_text("in the way")
    found = Copies(young.story.mirror, blocked)
    for _ in range(2):
        with pytest.raises(MirrorError, match="no copy can be written"):
            found.newest()
