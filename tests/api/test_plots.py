# SPDX-License-Identifier: AGPL-3.0-only
"""Plots: to scale, named for whoever cannot see them, and with nothing in them that strangers wrote
as more than text."""

from itertools import pairwise

import pytest
from markupsafe import Markup

from millpond.api.plots import SERIES, Series, Stream, bars, look_of, streams
from tests.web.html import Element, parsed


def _drawn(markup: Markup) -> Element:
    return parsed(f"<!doctype html><main>{markup}</main>").one("svg")


def _bars(*rows: list[float]) -> Element:
    labels = [f"week {at}" for at in range(len(rows[0]))]
    parts = [Series(f"part {at}", look_of(at), row) for at, row in enumerate(rows)]
    return _drawn(bars("cred", "Cred", "What it shows", labels, parts))


def _height(rect: Element) -> float:
    return float(rect.attributes["height"])


def test_bars__parts__are_to_scale_and_on_top_of_each_other() -> None:
    found = _bars([10, 40], [30, 0], [20, 20])
    rects = found.all("rect")
    heights = [_height(rect) for rect in rects]
    assert len(rects) == 5  # nothing is drawn for nothing
    assert [height / heights[0] for height in heights] == pytest.approx([1, 3, 2, 4, 2], abs=0.02)
    for lower, upper in ((0, 1), (1, 2), (3, 4)):
        below, above = rects[lower].attributes, rects[upper].attributes
        assert float(above["y"]) + heights[upper] == pytest.approx(float(below["y"]), abs=0.11)
        assert (below["x"], below["width"]) == (above["x"], above["width"])


def test_bars__each_bar__says_its_figures() -> None:
    titles = [each.text for each in _bars([10, 0], [30, 0]).all("title")]
    assert titles == ["Cred", "week 0: part 0 10; part 1 30", "week 1: nothing"]


def test_bars__the_axis__has_round_figures_and_room_for_the_tallest() -> None:
    for most, ticks in ((0, ["0", "1"]), (7, ["0", "2", "4", "6", "8"]), (0.013, None)):
        found = _bars([most])
        said = [each.text for each in found.classed("beside")]
        assert ticks is None or said == ticks
        assert float(said[-1]) >= most
        assert all(float(each.attributes["y"]) >= 0 for each in found.all("rect"))


def test_bars__many__have_few_labels() -> None:
    assert len(_bars([1.0] * 60).classed("below")) <= 8


def test_plots__names__are_tied_to_the_drawing() -> None:
    found = _bars([1])
    title, said = found.attributes["aria-labelledby"].split()
    assert found.attributes["role"] == "img"
    assert (found.by_id(title).text, found.by_id(said).text) == ("Cred", "What it shows")


def test_look_of__more_than_can_be_told_apart__is_the_rest() -> None:
    assert [look_of(0), look_of(SERIES - 1), look_of(SERIES)] == ["s0", "s7", "rest"]


def _streams(ins: list[float], outs: list[float]) -> Element:
    sides = [[Stream(f"other {at}", "s0", size) for at, size in enumerate(each)]
             for each in (ins, outs)]  # fmt: skip
    return _drawn(streams("flows", "Flows", "In and out", *sides))


def _thickness(path: Element) -> float:
    """From the end of the first curve to the V that closes it: that is how thick it is drawn."""
    curve, _, rest = path.attributes["d"].partition("V")
    return float(rest.split("C")[0]) - float(curve.split()[-1])


def test_streams__each__is_as_thick_as_what_flows() -> None:
    found = [_thickness(path) for path in _streams([30, 10], [20, 20]).all("path")]
    assert found == pytest.approx([112.5, 37.5, 75, 75], abs=0.2)


def test_streams__nothing_flows__is_a_drawing_all_the_same() -> None:
    found = _streams([], [])
    assert found.all("path") == []
    assert len(found.classed("itself")) == 1


def test_streams__many_thin_ones__have_room_for_their_names() -> None:
    found = _streams([1000] + [0.001] * 8, [1])
    places = sorted(float(each.attributes["y"]) for each in found.classed("left"))
    assert all(two - one >= 20 for one, two in pairwise(places))
    assert places[-1] < float(found.attributes["viewbox"].split()[3])


def test_plots__what_strangers_wrote__is_text() -> None:
    evil = "</title><script>alert(1)</script>"
    parts = [Series(evil, "s0", [1.0])]
    found = _drawn(bars("cred", evil, evil, [evil], parts))
    assert found.all("script") == []
    found = _drawn(streams("flows", evil, evil, [Stream(evil, "s0", 1.0)], []))
    assert found.all("script") == []
    assert evil in [each.text for each in found.all("title")]
