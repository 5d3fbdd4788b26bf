# SPDX-License-Identifier: AGPL-3.0-only
"""`millpond collective`: revenue at Open Collective, and payments drafted there."""

import sys
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from millpond.cli.base import Run
from millpond.cli.cred import with_numbers
from millpond.cli.lazy import LazyCommands
from millpond.core.collective.payees import is_slug
from millpond.core.errors import BadInput
from millpond.core.units import format_amount
from millpond.sources.whole import read_whole

if TYPE_CHECKING:
    from millpond.sources.opencollective.api import Service

_F = TypeVar("_F", bound=Callable[..., Any])
_API = "https://api.opencollective.com"
FILE = click.Path(path_type=Path, dir_okay=False)


@click.group(
    "collective",
    commands=LazyCommands(
        {
            "revenue": "collective_revenue:revenue_command",
            "plan": "collective_plan:plan_command",
            "draft": "collective_drafts:draft_command",
            "status": "collective_drafts:status_command",
        }
    ),
)
def collective_group() -> None:
    """A month's revenue at Open Collective, and payments by a distribution drafted there."""


def service_options(command: _F) -> _F:
    """Which service, and as whom: the command gets `access`, a function that gives the service."""

    @click.option("--api", metavar="URL", default=_API, show_default=True, help="The service.")
    @click.option(
        "--token-file",
        type=FILE,
        help="File with the personal token. Default: MILLPOND_OPENCOLLECTIVE_TOKEN, or it is "
        "asked for.",
    )
    @wraps(command)
    def wrapped(run: Run, api: str, token_file: Path | None, **rest: Any) -> Any:
        def service(needed: bool) -> "Service":
            return _service(api, _token(run, token_file, needed))

        return command(run, service=service, **rest)

    return wrapped  # type: ignore[return-value]  # the same call, with fewer options


def _service(api: str, token: str) -> "Service":
    with online():
        from millpond.sources.http import Access  # noqa: PLC0415  an extra
        from millpond.sources.opencollective.api import HEADER, Service  # noqa: PLC0415
    return Service(Access({HEADER: token} if token else {}), api)


def _token(run: Run, file: Path | None, needed: bool) -> str:
    """The token, "" for none; it is shown and kept nowhere."""
    if file is not None:
        token = read_whole(file).decode("utf-8", errors="replace").strip()
    elif run.settings.opencollective_token is not None:
        token = run.settings.opencollective_token.get_secret_value().strip()
    elif needed and sys.stdin.isatty():
        token = str(click.prompt("Personal token", hide_input=True, err=True)).strip()
    else:
        token = ""
    if not token and needed:
        raise BadInput(
            "Open Collective shows and takes expenses by a token only, and there is none",
            "put one into MILLPOND_OPENCOLLECTIVE_TOKEN, or into a file for --token-file",
        )
    if not token.isascii() or not token.isprintable() or " " in token:
        raise BadInput("the token is none", "give the file or variable that holds it alone")
    return token


def online() -> AbstractContextManager[None]:
    """What talks to the service needs packages of the extra `cred`."""
    return with_numbers()


def slug_of(text: str) -> str:
    """The name of a collective, as in its address."""
    if not is_slug(text):
        raise BadInput(
            f"{text[:40]!r} is not the name of a collective",
            "write it as in its address: example-collective",
        )
    return text


def shown(cents: int, currency: str = "") -> str:
    """Cents for people."""
    sign = "-" if cents < 0 else ""
    return f"{sign}{format_amount(abs(cents), 2, grouped=True)} {currency}".rstrip()


def now_ms() -> int:
    """The time."""
    return time.time_ns() // 10**6
