# SPDX-License-Identifier: AGPL-3.0-only
"""Atom feeds: valid, stable ids, the chain's time, and no stranger's text as anything but text."""

import re
from datetime import datetime
from typing import Any
from xml.etree import ElementTree as ET

from millpond.api.app import build
from millpond.api.services import Services
from tests.api.site import POOL, Site, served
from tests.api.story import HOSTILE

FEEDS = f"{POOL}/feeds"
ATOM = "{http://www.w3.org/2005/Atom}"


def _feed(text: str) -> ET.Element:
    """A feed that has what RFC 4287 asks of it."""
    root = ET.fromstring(text)  # noqa: S314  of our own server
    assert root.tag == f"{ATOM}feed"
    for holder in (root, *root.iter(f"{ATOM}entry")):
        for name in ("id", "title", "updated"):
            assert len(holder.findall(f"{ATOM}{name}")) == 1
        assert datetime.fromisoformat(_text(holder, "updated")).tzinfo is not None
    ids = [_text(entry, "id") for entry in root.iter(f"{ATOM}entry")]
    assert len(ids) == len(set(ids))
    assert all(each.startswith("urn:millpond:") for each in ids)
    updated = [_text(entry, "updated") for entry in root.iter(f"{ATOM}entry")]
    assert updated == sorted(updated, reverse=True)
    assert _text(root, "updated") == updated[0] if updated else True
    return root


def _text(holder: ET.Element, name: str) -> str:
    found = holder.find(f"{ATOM}{name}")
    assert found is not None
    return found.text or ""


def _titles(site: Site, name: str) -> list[str]:
    reply = site.get(f"{FEEDS}/{name}.atom")
    assert reply.headers["content-type"] == "application/atom+xml; charset=utf-8"
    return [_text(entry, "title") for entry in _feed(reply.text).iter(f"{ATOM}entry")]


def test_get_feed__of_proposals__has_each_and_its_state(site: Site) -> None:
    proposals: list[dict[str, Any]] = site.every(f"{POOL}/proposals")
    titles = _titles(site, "proposals")
    states = sorted(re.findall(r"\((\w+)\)$", "\n".join(titles), re.MULTILINE))
    assert states == sorted(each["state"] for each in proposals)


def test_get_feed__of_epochs__has_every_attempt(site: Site) -> None:
    assert sorted(_titles(site, "epochs")) == [
        "Epoch 1, attempt 1: void",
        "Epoch 1, attempt 2: final",
        "Epoch 2, attempt 1: review",
    ]


def test_get_feed__of_the_pool__has_gifts_and_members_and_names_nobody_unnamed(site: Site) -> None:
    titles = _titles(site, "pool")
    assert any(title.startswith("A gift of 800.00 TUSD") for title in titles)
    assert sum(title.endswith("is a member") for title in titles) == 5
    text = site.get(f"{FEEDS}/pool.atom").text
    assert "asked not to be named" in text
    assert site.story.patrons[1].address not in text


def test_get_feed__hostile_texts__are_text(site: Site) -> None:
    text = site.get(f"{FEEDS}/pool.atom").text
    assert "<script" not in text
    notes = [_text(entry, "content") for entry in _feed(text).iter(f"{ATOM}entry")]
    assert any(HOSTILE.replace("\0", "\ufffd") in note for note in notes)


def test_get_feed__an_entry_that_changed__keeps_its_id_and_moves_up(young: Site) -> None:
    story, coop = young.story, young.story.coop
    coop.give(5)
    proposal = coop.opened(coop.spending(coop.founders[0], 5), text="five wei")
    story.tell()
    before = _feed(young.get(f"{FEEDS}/proposals.atom").text)
    coop.vote(proposal, 1, *coop.founders)
    story.evm.warp_to(coop.governor.proposalEta(proposal.id))
    coop.execute(proposal)
    story.tell()
    after = _feed(young.get(f"{FEEDS}/proposals.atom").text)
    [old], [new] = (list(feed.iter(f"{ATOM}entry")) for feed in (before, after))
    assert _text(old, "id") == _text(new, "id")
    assert _text(old, "updated") < _text(new, "updated")
    assert _text(new, "title") == "five wei (executed)"


def test_get_feed__behind_another_address__links_there(site: Site) -> None:
    services = Services(
        site.story.mirror, site.story.shelf, public_url="https://pages.example/mill"
    )
    with served(build(services)) as http:
        reply = http.get(f"{FEEDS}/pool.atom")
        links = re.findall(r'href="([^"]+)"', reply.text)
        assert links
        assert all(link.startswith("https://pages.example/mill/") for link in links)


def test_get_feed__etag__holds_until_something_happens(young: Site) -> None:
    tag = young.get(f"{FEEDS}/pool.atom").headers["etag"]
    young.get(f"{FEEDS}/pool.atom", 304, has=tag)
    young.story.coop.give(1)
    young.story.tell()
    assert young.get(f"{FEEDS}/pool.atom", has=tag).headers["etag"] != tag
