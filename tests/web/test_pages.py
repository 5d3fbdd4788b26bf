# SPDX-License-Identifier: AGPL-3.0-only
"""Every page: well formed, accessible, without a script, every link leads somewhere."""

import re
from collections.abc import Iterator
from itertools import pairwise

import pytest

from tests.api.site import POOL, Site
from tests.api.story import BAD_UTF8, HOSTILE
from tests.web.html import Element, parsed

LANDMARKS = ("header", "main", "footer")
SHOWN = HOSTILE.replace("\0", "\N{REPLACEMENT CHARACTER}")


def _paths(site: Site) -> Iterator[str]:
    yield from ("/", "/problems", "/pools/mill", "/pools/mill/epochs/1", "/pools/mill/epochs/2")
    for proposal in site.every(f"{POOL}/proposals"):
        yield f"/pools/mill/proposals/{proposal['id']}"


def _pages(site: Site) -> Iterator[tuple[str, Element]]:
    for path in _paths(site):
        yield path, parsed(site.page(path))
    for path in ("/nothing", "/pools/nobody", "/pools/mill/proposals/7", "/pools/mill/epochs/9"):
        yield path, parsed(site.page(path, 404))


def test_pages__each__have_their_landmarks_one_heading_and_a_way_past_the_head(site: Site) -> None:
    titles = set()
    for path, page in _pages(site):
        for landmark in LANDMARKS:
            assert len(page.all(landmark)) == 1, (path, landmark)
        assert len(page.all("h1")) == 1, path
        assert page.one("h1").text, path
        assert page.one("html").attributes["lang"] == "en"
        skip = page.one("body").all("a")[0]
        assert skip.attributes == {"class": "skip", "href": "#main"}
        assert page.by_id("main").tag == "main"
        titles.add(page.one("title").text)
    assert len(titles) > 8


def test_pages__headings__leave_no_level_out(site: Site) -> None:
    for path, page in _pages(site):
        levels = [int(each.tag[1]) for each in page.all("h1", "h2", "h3", "h4")]
        assert levels[0] == 1, path
        steps = [after - before for before, after in pairwise(levels)]
        assert all(step <= 1 for step in steps), (path, levels)


def test_pages__no_inline_script_no_style_of_its_own_nothing_from_elsewhere(site: Site) -> None:
    for path, page in _pages(site):
        assert page.all("style", "iframe", "object", "embed", "form", "base") == [], path
        for script in page.all("script"):
            assert (script.attributes["type"], script.text) == ("module", ""), path
            assert script.attributes["src"].startswith("/scripts/"), path
        for each in page:
            for name in each.attributes:
                assert name != "style", path
                assert not name.startswith("on"), (path, name)
        for each in page.all("link", "img", "use", "image", "source"):
            target = each.attributes.get("href", each.attributes.get("src", ""))
            ours = "/scripts/" if each.attributes.get("rel") == "modulepreload" else "/static/"
            assert target.startswith(ours), (path, target)


def test_pages__every_link_within__leads_somewhere(site: Site) -> None:
    checked: set[str] = set()
    for path, page in _pages(site):
        ids = {each.attributes["id"] for each in page if "id" in each.attributes}
        for each in page.all("a", "link"):
            target = each.attributes["href"]
            if target.startswith("#"):
                assert target[1:] in ids, (path, target)
            elif target.startswith("/"):
                if target not in checked:
                    site.get(target)
                checked.add(target)
            else:
                assert target.startswith("https://"), (path, target)
                assert each.attributes["rel"] == "noopener noreferrer nofollow"
    assert len(checked) > 20


def test_pages__ids__are_there_once(site: Site) -> None:
    for path, page in _pages(site):
        ids = [each.attributes["id"] for each in page if "id" in each.attributes]
        assert len(set(ids)) == len(ids), path
        for each in page:
            for name in ("aria-labelledby", "aria-describedby"):
                if name in each.attributes:
                    assert each.attributes[name] in ids, path


def test_pages__tables__have_heads_with_scope_and_a_name(site: Site) -> None:
    seen = 0
    for path, page in _pages(site):
        for region in page.classed("scroll"):
            table, seen = region.one("table"), seen + 1
            assert region.attributes["role"] == "region", path
            assert region.attributes["tabindex"] == "0", path
            assert region.attributes["aria-label"].startswith("Table: "), path
            assert table.one("thead").all("th")
            for head in table.all("th"):
                assert head.attributes.get("scope") in {"col", "row"}, path
            columns = len(table.one("thead").all("th"))
            for row in [*table.one("tbody").all("tr")]:
                assert len(row.all("th", "td")) == columns, (path, row.text)
        assert len(page.classed("scroll")) == len(page.all("table"))
    assert seen > 20


def test_pages__drawings__have_a_name_or_are_hidden(site: Site) -> None:
    strips = 0
    for path, page in _pages(site):
        for drawing in page.all("svg"):
            if drawing.attributes.get("role") == "img":
                strips += 1
                assert len(drawing.attributes["aria-label"]) > 20, path
            else:
                assert drawing.attributes.get("aria-hidden") == "true", path
    assert strips > 10


def test_pages__chips__say_in_text_what_their_colour_says(site: Site) -> None:
    for path, page in _pages(site):
        for chip in page.classed("chip"):
            assert chip.text, path
            assert chip.all("svg"), path


def test_pages__times__are_readable_by_machines(site: Site) -> None:
    times = 0
    for path, page in _pages(site):
        for each in page.all("time"):
            times += 1
            assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", each.attributes["datetime"]), (
                path
            )
    assert times > 50


# --- strangers' texts -----------------------------------------------------------------------------


def test_pages__hostile_texts__are_text_and_stay_in_their_place(site: Site) -> None:
    [hostile] = [e for e in site.every(f"{POOL}/proposals") if e["description"].startswith("<scr")]
    found = 0
    for path in ("/pools/mill", f"/pools/mill/proposals/{hostile['id']}"):
        text = site.page(path)
        assert "<script" not in text
        assert "\0" not in text
        page = parsed(text)
        for each in page:
            if SHOWN in "".join(child for child in each.children if isinstance(child, str)):
                found += 1
                isolated = each.tag == "bdi" or "said" in each.attributes.get("class", "").split()
                assert isolated or each.tag == "title", (path, each.tag)
    assert found >= 4


def test_pages__bytes_that_are_no_text__are_shown_as_such(site: Site) -> None:
    assert BAD_UTF8.decode("utf-8", "replace") in site.page("/pools/mill")


def test_pages__the_longest_text__is_there_whole_and_its_title_short(site: Site) -> None:
    [longest] = [e for e in site.every(f"{POOL}/proposals") if len(e["description"]) == 4096]
    page = parsed(site.page(f"/pools/mill/proposals/{longest['id']}"))
    assert len(page.one("h1").text) <= 90
    assert "A" * 4096 in page.one("main").text


@pytest.mark.parametrize(
    ("uri", "is_link"),
    [
        ("https://mill.example/charter", True),
        ("javascript:alert(1)", False),
        ("data:text/html,<script>alert(1)</script>", False),
        ("https://mill.example/\u202egpj.exe", False),
        ("ipfs://bafy", False),
        ("//evil.example", False),
        (' https://x" onmouseover="alert(1)', False),
        ('https://x/"onmouseover="alert(1)', True),
    ],
)
def test_pages__an_address_that_a_stranger_chose__is_a_link_only_to_the_web(
    young: Site, uri: str, is_link: bool
) -> None:
    coop = young.story.coop
    order = coop.order("other")
    order[1] = uri
    coop.hub.create_pool(*order, sender=coop.founders[1])
    young.story.tell()
    page = parsed(young.page("/pools/other"))
    links = [a for a in page.one("main").all("a") if a.attributes["href"] == uri]
    assert bool(links) == is_link
    assert uri.strip() in page.one("main").text
