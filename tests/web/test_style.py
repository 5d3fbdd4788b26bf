# SPDX-License-Identifier: AGPL-3.0-only
"""The style sheet and the icons: one set of tokens, readable in both schemes, never changing."""

import re

import pytest

from millpond.api.pages.render import LOOKS, static
from tests.api.site import Site
from tests.house.tree import PACKAGE, ROOT

CSS = (PACKAGE / "web" / "static" / "style.css").read_text("utf-8")
REPORT = (PACKAGE / "web" / "static" / "report.css").read_text("utf-8")
TEMPLATES = sorted((PACKAGE / "web" / "templates").glob("*.html"))
SCRIPTS = sorted((ROOT / "frontend" / "src").glob("*.ts"))
# text on ground, as the rules pair them
PAIRS = [
    *((ink, ground) for ink in ("ink", "quiet", "water") for ground in ("paper", "sheet")),
    *(("ink", ground) for ground in ("pond", "husk", "bad-soft", "good-soft")),
    *(("sheet", "water"), ("sheet", "ink"), ("ink", "sheet")),
    *(("water", "pond"), ("grain", "husk"), ("good", "good-soft"), ("bad", "bad-soft")),
    ("quiet", "sheet"),
]
# what is no text but has to be seen: marks, strips, focus
MARKS = [
    *((mark, "pond") for mark in ("good", "bad", "water", "grain", "quiet")),
    *(("focus", ground) for ground in ("paper", "sheet")),
]


def _tokens(block: str) -> dict[str, str]:
    return dict(re.findall(r"--([a-z0-9-]+): (#[0-9a-f]{6});", block))


LIGHT = _tokens(CSS.split("@media (prefers-color-scheme: dark)")[0])
DARK = LIGHT | _tokens(CSS.split("@media (prefers-color-scheme: dark)")[1].split("\n}\n")[0])


def _luminance(colour: str) -> float:
    channels = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    linear = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _contrast(one: str, other: str) -> float:
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


def test_contrast__black_on_white__is_the_most_there_is() -> None:
    assert round(_contrast("#000000", "#ffffff"), 1) == 21.0


@pytest.mark.parametrize("scheme", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize(("ink", "ground"), PAIRS)
def test_contrast__text__is_at_least_4_5(scheme: dict[str, str], ink: str, ground: str) -> None:
    assert _contrast(scheme[ink], scheme[ground]) >= 4.5


@pytest.mark.parametrize("scheme", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize(("mark", "ground"), MARKS)
def test_contrast__marks__are_at_least_3(scheme: dict[str, str], mark: str, ground: str) -> None:
    assert _contrast(scheme[mark], scheme[ground]) >= 3


@pytest.mark.parametrize("css", [CSS, REPORT], ids=["style", "report"])
def test_style__colours__stand_in_tokens_only(css: str) -> None:
    rules = re.sub(r":root \{.*?\n\}|:root \{[^}]*\}|@media print \{.*", "", css, flags=re.DOTALL)
    rules = re.sub(r"@media \(prefers-color-scheme: dark\) \{\s*\}", "", rules)
    assert re.findall(r"#[0-9a-fA-F]{3,8}\b|rgba?\(|hsla?\(", rules) == []


def test_style__both_schemes__have_the_same_colours() -> None:
    assert set(LIGHT) == set(DARK)
    assert sum(LIGHT[name] != DARK[name] for name in LIGHT) == len(LIGHT)


def test_style__nothing__is_fetched_from_elsewhere() -> None:
    assert re.findall(r"@import|https?://(?!www\.w3\.org/2000/svg)", CSS) == []
    for target in re.findall(r"url\(\"?(.*?)\"?\)", CSS):
        assert target.startswith("data:image/svg+xml")


def test_style__what_people_need__is_there() -> None:
    for needed in (
        "color-scheme: light dark",
        ":focus-visible",
        "prefers-reduced-motion",
        "forced-colors",
        "@media print",
    ):
        assert needed in CSS


def _made_by_scripts() -> list[str]:
    """Classes that the scripts of the pages give."""
    text = "\n".join(path.read_text("utf-8") for path in SCRIPTS)
    found = re.findall(r'made\("\w+", "([^"]+)"|this\.put\("([^"]+)"', text)
    states = re.findall(r"className = ([^;]+);", text)
    return ["".join(pair) for pair in found] + re.findall(r'"([a-z]+)"', " ".join(states))


def test_style__every_class_of_the_templates__has_a_rule() -> None:
    """Both ways, so that neither gathers what nobody uses."""
    ruled = set(re.findall(r"\.([a-z][a-z-]+)", re.sub(r"url\(.*?\)", "", CSS + REPORT)))
    sources = [path.read_text("utf-8") for path in TEMPLATES]
    sources += [path.read_text("utf-8") for path in (PACKAGE / "api").rglob("*.py")]
    used = set()
    sources += [f'class="{names}"' for names in _made_by_scripts()]
    for names in re.findall(r'class="([^"]*)"', "\n".join(sources)):
        used |= set(re.findall(r"(?<![{\w.])[a-z][a-z-]+(?![\w.]* ?[}(])", names))
    used |= (
        {look.tone for look in LOOKS.values()}
        | set(LOOKS)
        | {"even", "odd", "rest", "whole", "bad", "left", "right"}
    )
    looks = set(LOOKS) | {"if", "else", "endif", "look", "tone"}
    assert used - ruled - looks - {""} == set()
    assert ruled - used - {"org", "svg", "w"} == set()


def test_static__under_the_address_of_its_content__never_changes(site: Site) -> None:
    for name, kind in (("style.css", "text/css; charset=utf-8"), ("favicon.svg", "image/svg+xml")):
        reply = site.get(static(name))
        assert reply.headers["content-type"] == kind
        assert "immutable" in reply.headers["cache-control"]
        assert "AGPL-3.0-only" in reply.text


@pytest.mark.parametrize(
    "path",
    [
        "/static/0/style.css",
        "/static/../web/templates/base.html",
        "/static/x/..%2ftemplates%2fbase.html",
        "/static/style.css",
        "/favicon.ico",
    ],
)
def test_static__any_other_address__is_not_there(site: Site, path: str) -> None:
    site.page(path, 404)
