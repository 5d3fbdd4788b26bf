# SPDX-License-Identifier: AGPL-3.0-only
"""Badges: true words in an SVG that fetches nothing and never fails because the mirror does."""

import re
from xml.etree import ElementTree as ET

import pytest

from millpond.api.badges import Badge, LastGood, drawn
from tests.api.site import POOL, Site

BADGES = f"{POOL}/badges"


def _words(svg: str) -> str:
    """What it says to somebody who cannot see it; the drawing says the same."""
    root = ET.fromstring(svg)  # noqa: S314  of our own server
    texts = [found.text or "" for found in root.iter("{http://www.w3.org/2000/svg}text")]
    label = root.attrib["aria-label"]
    assert label == ": ".join(texts)
    assert "http" not in svg.replace("http://www.w3.org/2000/svg", "")
    assert not re.search(r"href|url\(|<image|<script|@import", svg)
    return label


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("patrons", "mill funded by: 5 patrons"),
        ("members", "mill: 5 members"),
        ("epoch", "mill epoch 2: under review"),
    ],
)
def test_get_badge__of_a_pool__says_how_it_is(site: Site, name: str, said: str) -> None:
    reply = site.get(f"{BADGES}/{name}.svg")
    assert reply.headers["content-type"] == "image/svg+xml"
    assert _words(reply.text) == said
    site.get(f"{BADGES}/{name}.svg", 304, has=reply.headers["etag"])


def test_get_badge__raised__is_the_sum_of_the_gifts(young: Site) -> None:
    assert _words(young.get(f"{BADGES}/raised.svg").text) == "mill raised: nothing yet"
    story = young.story
    story.open_earmark()
    story.give(story.patrons[0], 12_500_000)
    story.give(story.patrons[1], 500_000, unnamed=True)
    story.tell()
    assert _words(young.get(f"{BADGES}/raised.svg").text) == "mill raised: 13.00 TUSD"
    assert _words(young.get(f"{BADGES}/patrons.svg").text) == "mill funded by: 2 patrons"


def test_get_badge__epoch__from_none_to_paid(grown: Site) -> None:
    said = _words(grown.get(f"{BADGES}/epoch.svg").text)
    assert re.fullmatch(r"mill epoch 1: final, 0 of \d+ leaves paid", said)
    grown.story.payday()
    grown.story.tell()
    paid = len(grown.every(f"{POOL}/distributions/1/claims"))
    assert f"final, {paid} of" in _words(grown.get(f"{BADGES}/epoch.svg").text)


def test_get_patron_badge__of_who_wants_no_name__is_none(site: Site) -> None:
    named, hidden = site.story.patrons[0].address, site.story.patrons[1].address
    found = site.get(f"{BADGES}/patrons/{named}.svg").text
    assert _words(found) == "patron of mill: 2 gifts"
    site.get(f"{BADGES}/patrons/{named.lower()}.svg")
    site.problem(f"{BADGES}/patrons/{hidden}.svg", 404, "no-such-patron")
    site.problem(f"{BADGES}/patrons/x.svg", 422, "bad-query")


def test_get_contributor_badge__is_her_cred_in_final_epochs(site: Site) -> None:
    leaf = site.data(f"{POOL}/distributions/1/leaves?limit=1")[0]
    said = _words(site.get(f"{BADGES}/contributors/{leaf['subject']}.svg").text)
    whole, rest = divmod(int(leaf["cred"]), 10**6)
    assert said == f"mill cred: {whole}.{rest // 10**4:02}"
    nobody = site.story.coop.founders[0].address
    site.problem(f"{BADGES}/contributors/{nobody}.svg", 404, "no-such-leaf")


def test_get_badge__of_what_is_not_there__is_a_problem(site: Site) -> None:
    site.problem("/v1/pools/nowhere/badges/patrons.svg", 404, "no-such-pool")
    site.problem(f"{BADGES}/gold.svg", 422, "bad-query")


def test_get_badge__while_the_mirror_cannot_be_read__is_the_last_good_one(young: Site) -> None:
    good = young.get(f"{BADGES}/members.svg").text
    young.story.feed.store._db.execute("UPDATE mirror SET schema = 'older'")  # noqa: SLF001
    young.problem(POOL, 503, "not-mirrored")
    again = young.get(f"{BADGES}/members.svg")
    assert (again.text, again.headers["millpond-stale"]) == (good, "true")
    other = young.get(f"{BADGES}/patrons.svg")
    assert _words(other.text) == "millpond: not known now"
    assert "etag" not in other.headers


def test_drawn__hostile_words__stay_words() -> None:
    svg = drawn(Badge('a"><script>', "<b>&amp;", "#000"))
    assert _words_of_raw(svg) == 'a"><script>: <b>&amp;'
    assert "<script>" not in svg


def _words_of_raw(svg: str) -> str:
    return ET.fromstring(svg).attrib["aria-label"]  # noqa: S314  made a line before


def test_last_good__of_many__forgets_the_oldest() -> None:
    kept = LastGood()
    for number in range(2_001):
        kept.keep(str(number), f"<svg>{number}</svg>")
    assert kept.last("2000") == "<svg>2000</svg>"
    assert "not known now" in kept.last("0")
