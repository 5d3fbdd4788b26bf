# SPDX-License-Identifier: AGPL-3.0-only
"""`millpond serve`: the API and the pages over a mirror."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from millpond.cli.base import HOLDS, Run, shared_options
from millpond.cli.cred import with_numbers
from millpond.cli.log_format import log_as, log_format_option
from millpond.cli.mirror import database_option
from millpond.cli.relay import relay_options, relaying
from millpond.core.errors import ToolMissing
from millpond.mirror.stores import Place, Url, place_of
from millpond.settings import environment, environment_of_a_child, tell_children

if TYPE_CHECKING:
    from millpond.api.processes import Together
    from millpond.mirror.reads.review import Why


@click.command("serve", epilog="Example:  millpond serve --hub 0x... --rpc http://127.0.0.1:8545")
@database_option
@click.option(
    "--documents",
    type=click.Path(path_type=Path, file_okay=False),
    help="Folder of published distributions, to be served by their hashes.",
)
@click.option(
    "--instance",
    type=click.Path(path_type=Path, file_okay=False),
    help="The instance that the cred comes from: reviews then show the largest contributions.",
)
@click.option("--host", default="127.0.0.1", help="Where to listen. 0.0.0.0: on every interface.")
@click.option("--port", default=8000, type=click.IntRange(0, 65_535), help="0: a free one.")
@click.option(
    "--rate",
    default=50.0,
    type=click.FloatRange(0),
    help="Questions a second that one address may ask for long; 0: as many as it likes.",
)
@click.option(
    "--burst",
    default=500,
    type=click.IntRange(1),
    help="Questions that one address may ask at once.",
)
@click.option(
    "--copies",
    type=click.Path(path_type=Path, file_okay=False),
    help="Folder of copies of the whole mirror. Default: beside the database, if it is a file.",
)
@click.option("--public-url", help="Address by which others know this server, for feeds.")
@click.option(
    "--wallet-rpc",
    metavar="URL",
    help="A node for everybody: pages tell wallets of it that do not know the chain.",
)
@click.option("--proxy", metavar="ADDRESS", help="A reverse proxy that may say who asks.")
@click.option(
    "--processes",
    default=1,
    type=click.IntRange(1, 64),
    help="How many answer; each limits by itself how much one address may ask.",
)
@click.option(
    "--listening", type=int, hidden=True, help="A socket to answer on, of whom started this one."
)
@log_format_option
@relay_options
@click.option("--hub", metavar="ADDRESS", help="As of `sync`; with a node only.")
@click.option("--from-block", type=click.IntRange(0), help="As of `sync`; with a node only.")
@click.option("--poll", type=click.FloatRange(0.05, 15), help="As of `sync`; with a node only.")
@shared_options
def serve_command(run: Run, database: str | None, instance: Path | None, **given: Any) -> int:
    """Serve the mirror: JSON below /v1, and pages.

    With a node (--rpc or MILLPOND_RPC) the mirror is also kept up to date, by a `millpond sync`
    of its own. Without one it only shows what another process writes.
    """
    try:
        from millpond.api.limits import Buckets  # noqa: PLC0415  an extra that few need
        from millpond.api.server import Serving, serve  # noqa: PLC0415  as above
        from millpond.api.writer import Sync  # noqa: PLC0415  as above
    except ModuleNotFoundError as error:
        raise ToolMissing(
            f"the package {error.name} is not installed, and serving needs it",
            'install it: pip install "millpond[api]"',
        ) from None
    tell_children("log_format", log_as(run, given.pop("log_format")))
    place = place_of(database or run.settings.database)
    sync = None
    following = {name: given.pop(name) for name in ("hub", "from_block", "poll")}
    if run.rpc:
        address = place.text if isinstance(place, Url) else None
        sync = Sync(place, environment_of_a_child(run.rpc, address), **following)
    given |= relaying(run, place, following["hub"], given)
    rate, burst = given.pop("rate"), given.pop("burst")
    given["limits"] = Buckets(rate, burst) if rate else None
    given["copies"] = given["copies"] or _beside(place)
    given["together"] = _together(given.pop("processes"))
    serve(
        Serving(place, sync=sync, why=_why(instance), **given),
        lambda address: run.terminal.line(f"Serving {address}  Ctrl-C ends it."),
    )
    return HOLDS


def _together(count: int) -> "Together | None":
    """Other processes, told what this one was told."""
    from millpond.api.processes import Together  # noqa: PLC0415  an extra

    return Together(count, tuple(sys.argv[1:]), environment()) if count > 1 else None


def _beside(place: Place) -> Path | None:
    """Where copies of a database go that is a file."""
    return place.with_name(f"{place.name}.copies") if isinstance(place, Path) else None


def _why(instance: Path | None) -> "Why | None":
    """The contributions of an instance, computed when somebody asks."""
    if instance is None:
        return None
    with with_numbers():
        from millpond.cli.contributions import InstanceWhy  # noqa: PLC0415  an extra
    return InstanceWhy(instance)
