# SPDX-License-Identifier: AGPL-3.0-only
"""Where the templates of web/ are read, and how strictly; for pages of the API and for reports."""

from importlib.resources import files

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from millpond.core.figures import more, plural


def templates() -> Environment:
    """A new environment over the templates of web/, for a page to add its own words to.

    Whatever is put into a page is escaped, and a name that nobody gave is an error.
    """
    made = Environment(
        loader=PackageLoader("millpond", "web/templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters.update(plural=plural, more=more)
    return made


def styles(*names: str) -> Markup:
    """Style sheets of web/, to stand in a page that is one file: ours, so nothing is escaped."""
    folder = files("millpond") / "web" / "static"
    text = "\n".join((folder / each).read_text("utf-8") for each in names)
    return Markup(text)  # noqa: S704  files of this package
