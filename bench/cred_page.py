# SPDX-License-Identifier: AGPL-3.0-only
"""The table and the plot of cred's speed. Nothing in either but what a run measured."""

from collections.abc import Mapping, Sequence
from math import log10
from pathlib import Path
from typing import Any

_DOCS = Path(__file__).resolve().parents[1] / "docs"
PAGE, PLOT = _DOCS / "CRED-SPEED.md", _DOCS / "cred-speed.svg"

_WIDTH, _HEIGHT, _LEFT, _TOP, _RIGHT, _BOTTOM = 720, 360, 64, 24, 150, 44
_HEAD = """\
# What cred costs

Written by `make bench-cred`; do not edit.

From the files of an instance to people's cred in a file: whole processes, the start of Python and
of node included. {machine}. The instances are made by `bench/cred_instance.py`: two sources, a
ledger with two accounts for each person, a budget, a dependency. SourceCred is npm `sourcecred`
0.11.2, `sourcecred credrank`, run right after ours on the same files; the ratio is its seconds by
ours in compatible mode, where both give the same cred. The machine may have had other work: seconds
of the processor say less about that than seconds of the clock.

"""
_COLUMNS = (
    *("contributions", "people", "weeks", "graphs", "ours, exact", "ours, compatible"),
    *("SourceCred", "ratio", "ratio of processor time", "same cred within"),
)


def page(machine: str, rows: Mapping[str, Any]) -> str:
    """The page."""
    lines = [
        _HEAD.format(machine=machine),
        f"| {' | '.join(_COLUMNS)} |\n",
        f"|{'---:|' * len(_COLUMNS)}\n",
    ]
    for key in sorted(rows):
        row = rows[key]
        lines.append(
            f"| {int(key):,} | {row['people']:,} | {row['weeks']} "
            f"| {row['graph_bytes'] / 1e6:,.0f} MB | {_process(row.get('exact'))} "
            f"| {_process(row.get('compatible'))} | {_process(row.get('sourcecred'))} "
            f"| {row.get('ratio', '')} | {row.get('cpu_ratio', '')} "
            f"| {row.get('agrees_within', '')} |\n"
        )
    lines.append("\n![Seconds by the number of contributions](cred-speed.svg)\n")
    return "".join(lines)


def _process(told: Mapping[str, Any] | None) -> str:
    if told is None:
        return ""
    return f"{told['seconds']:,.1f} s ({told['cpu_seconds']:,.1f} s), {told['peak_mib']:,} MiB"


def plot(rows: Mapping[str, Any]) -> str:
    """Seconds of the processor by contributions, both on logarithmic scales."""
    kinds = {"exact": "ours, exact", "compatible": "ours, compatible", "sourcecred": "SourceCred"}
    lines = {
        kind: [
            (int(key), rows[key][kind]["cpu_seconds"])
            for key in sorted(rows)
            if rows[key].get(kind)
        ]
        for kind in kinds
    }
    points = [point for line in lines.values() for point in line]
    scale = Scale([x for x, _ in points], [y for _, y in points])
    parts: list[str] = []
    colours = {"exact": "#0b6e4f", "compatible": "#3c6fb4", "sourcecred": "#b4443c"}
    for kind, line in lines.items():
        parts += scale.line(line, colours[kind], kinds[kind])
    if lines["exact"]:
        parts += scale.proportional(lines["exact"])
    return picture("Seconds of the processor by the number of contributions", scale, parts)


def picture(title: str, scale: "Scale", parts: Sequence[str]) -> str:
    """A whole picture: its title, the grid, what is drawn on it."""
    head = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img">',
        '<g font-family="sans-serif" font-size="12">',
        f"<title>{title}</title>",
        f'<rect width="{_WIDTH}" height="{_HEIGHT}" fill="#fff"/>',
    ]
    return "\n".join([*head, *scale.grid(), *parts, "</g>", "</svg>"]) + "\n"


class Scale:
    """Where a figure lies in the picture."""

    def __init__(self, across: Sequence[float], up: Sequence[float]) -> None:
        self.x = (int(log10(min(across))), int(log10(max(across))) + 1)
        self.y = (_floor(min(up)), _floor(max(up)) + 1)

    def at(self, x: float, y: float) -> tuple[float, float]:
        """In units of the picture."""
        across = (log10(x) - self.x[0]) / (self.x[1] - self.x[0])
        up = (log10(y) - self.y[0]) / (self.y[1] - self.y[0])
        return (
            _LEFT + across * (_WIDTH - _LEFT - _RIGHT),
            _HEIGHT - _BOTTOM - up * (_HEIGHT - _TOP - _BOTTOM),
        )

    def grid(self) -> list[str]:
        """A line and a label for each power of ten."""
        parts = []
        for power in range(self.x[0], self.x[1] + 1):
            x, low = self.at(10**power, 10 ** self.y[0])
            parts.append(f'<path d="M{x:.1f} {low:.1f}V{_TOP}" stroke="#ddd"/>')
            parts.append(
                f'<text x="{x:.1f}" y="{low + 18:.1f}" text-anchor="middle">{10**power:,}</text>'
            )
        for power in range(self.y[0], self.y[1] + 1):
            left, y = self.at(10 ** self.x[0], 10**power)
            parts.append(f'<path d="M{left:.1f} {y:.1f}H{_WIDTH - _RIGHT}" stroke="#ddd"/>')
            parts.append(
                f'<text x="{left - 6:.1f}" y="{y + 4:.1f}" text-anchor="end">{10**power:g} s</text>'
            )
        return parts

    def line(self, points: Sequence[tuple[float, float]], colour: str, name: str) -> list[str]:
        """Points joined by a line, with a name at its end."""
        if not points:
            return []
        placed = [self.at(*point) for point in points]
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in placed)
        dots = [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{colour}"/>' for x, y in placed]
        x, y = placed[-1]
        return [
            f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>',
            *dots,
            f'<text x="{x + 8:.1f}" y="{y + 4:.1f}" fill="{colour}">{name}</text>',
        ]

    def proportional(self, points: Sequence[tuple[float, float]]) -> list[str]:
        """What it would take if it grew exactly with the number, from the last point back."""
        end_x, end_y = points[-1]
        start = points[0][0]
        (x1, y1), (x2, y2) = self.at(start, end_y * start / end_x), self.at(end_x, end_y)
        way = f"M{x1:.1f} {y1:.1f}L{x2:.1f} {y2:.1f}"
        return [
            f'<path d="{way}" stroke="#888" stroke-dasharray="4 4"/>',
            f'<text x="{x1 + 6:.1f}" y="{y1 + 16:.1f}" fill="#666">in proportion</text>',
        ]


def _floor(value: float) -> int:
    power = log10(value)
    return int(power) - (1 if power < int(power) else 0)
