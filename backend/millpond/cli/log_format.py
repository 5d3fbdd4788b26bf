# SPDX-License-Identifier: AGPL-3.0-only
"""`--log-format` of the commands that go on for ever."""

import click

from millpond.api.logs import Form, configure
from millpond.cli.base import Run

log_format_option = click.option(
    "--log-format",
    type=click.Choice(["text", "json"]),
    help="What goes to standard error: lines for people, or one JSON object a line. Default: "
    "MILLPOND_LOG_FORMAT, else text.",
)


def log_as(run: Run, chosen: Form | None) -> Form:
    """Log in the form that was asked for from now on; which it is."""
    form = chosen or run.settings.log_format
    configure(form)
    return form
