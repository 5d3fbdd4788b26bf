# SPDX-License-Identifier: AGPL-3.0-only
"""Tables for a terminal of 80 columns."""

from rich.table import Table
from rich.text import Text

from millpond.cli.base import plain


def table(title: str, *columns: str) -> Table:
    """Before the name of a column, ">" puts its figures to the right; "~" lets its texts be cut."""
    made = Table(title=title or None, title_justify="left", title_style="bold", box=None)
    made.pad_edge = False
    for each in columns:
        made.add_column(
            each.lstrip(">~"),
            justify="right" if each.startswith(">") else "left",
            no_wrap=not each.startswith("~"),
            min_width=len(each.lstrip(">~")),
            header_style="bold",
        )
    return made


def row(*cells: str) -> tuple[Text, ...]:
    """Cells of one line, whose letters steer nothing."""
    return tuple(
        Text(plain(" ".join(cell.split())), no_wrap=True, overflow="ellipsis") for cell in cells
    )
