# SPDX-License-Identifier: AGPL-3.0-only
"""What reports that are one page each have in common: their style, and drawings with their figures.

A report needs no script, no other file and no network. Every drawing stands beside a table.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from jinja2 import Environment
from markupsafe import Markup

from millpond.api.charts import swatch
from millpond.api.plots import Series, bars
from millpond.api.templates import styles, templates


@dataclass(frozen=True, slots=True)
class Plot:
    """A drawing, its legend, and its figures as a table."""

    drawn: Markup
    legend: Sequence[tuple[str, Markup]]
    columns: Sequence[str]
    rows: Sequence[tuple[str, Sequence[str]]]


def environment(**filters: Callable[..., str]) -> Environment:
    """The templates, and the words of one report."""
    made = templates()
    made.filters.update(filters)
    return made


def style() -> Markup:
    """The style of the pages and of reports."""
    return styles("style.css", "report.css")


def over_time(
    name: str,
    title: str,
    said: str,
    labels: Sequence[str],
    parts: Sequence[Series],
    figure: str = "{:,.2f}",
) -> Plot:
    """Bars in parts, one for each label."""
    return Plot(
        drawn=bars(name, title, said, labels, parts),
        legend=[(part.name, swatch(part.look)) for part in parts],
        columns=[part.name for part in parts],
        rows=[
            (label, [figure.format(part.values[at]) for part in parts])
            for at, label in enumerate(labels)
        ],
    )
