# SPDX-License-Identifier: AGPL-3.0-only
"""Plots with words in them, as SVG: bars over time in parts, and what flows in and out.

Each has a title and a description for whoever cannot see it, and stands beside a table of the same
figures. Colours are classes of the style sheet (`s0`, `s1`, ..., `rest`). No script.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import accumulate
from math import floor, log10

from markupsafe import Markup

SERIES = 8
"""So many colours can be told apart; what is beyond is put together as `rest`."""

_WIDTH, _HEIGHT = 720, 260
_LEFT, _RIGHT, _TOP, _BOTTOM = 52, 8, 10, 26
_MOST_LABELS = 8
_GAP = 0.15  # of a bar's place
_TICKS = 4


@dataclass(frozen=True, slots=True)
class Series:
    """One part of each bar, with its colour."""

    name: str
    look: str
    values: Sequence[float]


def look_of(number: int) -> str:
    """The colour of the part with this number."""
    return f"s{number}" if number < SERIES else "rest"


def bars(
    name: str, title: str, said: str, labels: Sequence[str], parts: Sequence[Series]
) -> Markup:
    """A bar for each label, its parts on top of each other. `name` is an id in the page."""
    heights = [sum(part.values[at] for part in parts) for at in range(len(labels))]
    step = _step(max(heights, default=0))
    top = step * max(1, -(-max(heights, default=0) // step))
    place = (_WIDTH - _LEFT - _RIGHT) / max(len(labels), 1)

    def y(value: float) -> float:
        return _HEIGHT - _BOTTOM - value / top * (_HEIGHT - _BOTTOM - _TOP)

    drawn = [_tick(step * number, y(step * number)) for number in range(int(top / step) + 1)]
    for at, label in enumerate(labels):
        drawn.append(
            _bar(label, parts, at, (_LEFT + place * (at + _GAP / 2), place * (1 - _GAP)), y)
        )
    every = -(-len(labels) // _MOST_LABELS)
    drawn.extend(
        Markup('<text class="below" x="{:.1f}" y="{}">{}</text>').format(
            _LEFT + place * (at + 0.5), _HEIGHT - 8, labels[at]
        )
        for at in range(0, len(labels), every or 1)
    )
    return _svg(name, title, said, _HEIGHT, drawn)


def _step(most: float) -> float:
    """A round figure of which about four make the tallest."""
    if most <= 0:
        return 1.0
    rough = most / _TICKS
    unit = 10.0 ** floor(log10(rough))
    return next(unit * times for times in (1, 2, 5, 10) if unit * times >= rough)


def _tick(value: float, y: float) -> Markup:
    return Markup(
        '<line class="grid" x1="{}" x2="{}" y1="{:.1f}" y2="{:.1f}"/>'
        '<text class="beside" x="{}" y="{:.1f}">{}</text>'
    ).format(_LEFT, _WIDTH - _RIGHT, y, y, _LEFT - 6, y + 4, f"{value:,.10g}")


def _bar(
    label: str,
    parts: Sequence[Series],
    at: int,
    place: tuple[float, float],
    y: Callable[[float], float],
) -> Markup:
    made, below = [], 0.0
    for part in parts:
        value = part.values[at]
        if value > 0:
            high, low = y(below + value), y(below)
            made.append(
                Markup(
                    '<rect class="{}" x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{:.1f}"/>'
                ).format(part.look, place[0], high, place[1], max(low - high, 0.1))
            )
            below += value
    told = "; ".join(f"{part.name} {part.values[at]:,.4g}" for part in parts if part.values[at] > 0)
    return Markup("<g><title>{}: {}</title>{}</g>").format(
        label, told or "nothing", Markup("").join(made)
    )


# --- flows ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Stream:
    """What flows from or to one other."""

    name: str
    look: str
    size: float


_THICK = 150
"""How high all that flows is drawn."""
_ROW, _BLOCK = 22, 12
_NAMES, _MIDDLE = 236, 360
_LETTERS = 32


def streams(
    name: str, title: str, said: str, ins: Sequence[Stream], outs: Sequence[Stream]
) -> Markup:
    """On the left what comes in, on the right what goes out, in the middle the thing itself."""
    whole = max(sum(each.size for each in ins), sum(each.size for each in outs), 1e-300)
    scale = _THICK / whole
    height = max(_high(ins, scale), _high(outs, scale), _THICK + 20)
    middle = (height - _THICK) / 2
    drawn = [
        *_side(ins, scale, (height - _high(ins, scale)) / 2, middle, -1),
        *_side(outs, scale, (height - _high(outs, scale)) / 2, middle, 1),
        Markup('<rect class="itself" x="{}" y="{:.1f}" width="{}" height="{}"/>').format(
            _MIDDLE - _BLOCK / 2, middle, _BLOCK, _THICK
        ),
    ]
    return _svg(name, title, said, height, drawn)


def _slots(parts: Sequence[Stream], scale: float) -> list[float]:
    return [max(_ROW, part.size * scale + 6) for part in parts]


def _high(parts: Sequence[Stream], scale: float) -> float:
    return sum(_slots(parts, scale))


def _side(
    parts: Sequence[Stream], scale: float, top: float, middle: float, side: int
) -> list[Markup]:
    """The streams of one side: -1 is the left."""
    slots = _slots(parts, scale)
    tops = accumulate(slots, initial=top)
    inner = accumulate((part.size * scale for part in parts), initial=middle)
    edge = _MIDDLE + side * (_MIDDLE - _NAMES)
    near = _MIDDLE + side * _BLOCK / 2
    bend = (edge + near) / 2
    drawn = []
    for part, slot, at, to in zip(parts, slots, tops, inner, strict=False):
        thick = max(part.size * scale, 0.5)
        y = at + (slot - thick) / 2
        shape = (
            f"M{edge:.1f} {y:.1f}C{bend:.1f} {y:.1f} {bend:.1f} {to:.1f} {near:.1f} {to:.1f}"
            f"V{to + thick:.1f}C{bend:.1f} {to + thick:.1f} {bend:.1f} {y + thick:.1f} "
            f"{edge:.1f} {y + thick:.1f}Z"
        )
        drawn.append(
            Markup(
                '<g><title>{}: {}</title><path class="stream {}" d="{}"/>'
                '<text class="{}" x="{:.1f}" y="{:.1f}">{}</text></g>'
            ).format(
                part.name,
                f"{part.size:,.4g}",
                part.look,
                shape,
                "left" if side < 0 else "right",
                edge + side * 6,
                at + slot / 2 + 4,
                part.name if len(part.name) <= _LETTERS else part.name[: _LETTERS - 1] + "…",
            )
        )
    return drawn


def _svg(name: str, title: str, said: str, height: float, drawn: Sequence[Markup]) -> Markup:
    return Markup(
        '<svg class="plot" viewBox="0 0 {} {:.0f}" role="img" aria-labelledby="{}-t {}-d">'
        '<title id="{}-t">{}</title><desc id="{}-d">{}</desc>{}</svg>'
    ).format(_WIDTH, height, name, name, name, title, name, said, Markup("").join(drawn))
