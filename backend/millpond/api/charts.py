# SPDX-License-Identifier: AGPL-3.0-only
"""Strips: a whole divided into its parts, as SVG that scales to any width. No text is drawn, so the
words beside it stay readable on a phone; each has a name for whoever cannot see it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

_WIDTH = 10_000
_GAP = 12
"""Between two parts, so that neighbours of one colour can be told apart."""


@dataclass(frozen=True)
class Part:
    """A part of the whole; `look` is a class of the style sheet."""

    look: str
    size: int


def strip(name: str, parts: Sequence[Part], whole: int, mark: int | None = None) -> Markup:
    """All parts side by side; what is left of the whole stays empty. `mark` is a dashed line."""
    drawn, at = [], 0
    for part in parts:
        width = part.size * _WIDTH // whole if whole else 0
        shown = max(width - _GAP, 1) if width else 0
        if shown:
            drawn.append(
                Markup('<rect class="{}" x="{}" y="0" width="{}" height="100"/>').format(
                    part.look, at, shown
                )
            )
        at += width
    if mark is not None and 0 < mark <= whole:
        place = mark * _WIDTH // whole
        drawn.append(Markup('<line class="mark" x1="{0}" x2="{0}" y1="0" y2="100"/>').format(place))
    return Markup(
        '<svg class="strip" viewBox="0 0 {} 100" preserveAspectRatio="none" role="img" '
        'aria-label="{}">{}</svg>'
    ).format(_WIDTH, name, Markup("").join(drawn))


def swatch(look: str) -> Markup:
    """A small square in the colour of a part, for a legend."""
    return Markup(
        '<svg class="strip swatch" viewBox="0 0 10 10" aria-hidden="true">'
        '<rect class="{}" width="10" height="10"/></svg>'
    ).format(look)
