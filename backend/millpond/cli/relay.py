# SPDX-License-Identifier: AGPL-3.0-only
"""`millpond relay`: bring signed ballots, invitations and claims to the chain, and pay the gas."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from millpond.cli.base import HOLDS, Run, hub_address, record_option, shared_options
from millpond.cli.log_format import log_as, log_format_option
from millpond.cli.mirror import database_option
from millpond.core.errors import BadInput
from millpond.core.units import parse_amount

if TYPE_CHECKING:
    from collections.abc import Callable

    from millpond.api.logs import Form
    from millpond.chain.client import Client
    from millpond.chain.signers import KeySigner
    from millpond.core.errors import MillpondError
    from millpond.mirror.stores import Place

_ETHER_DECIMALS = 18

keystore_option = click.option(
    "--keystore",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Keyfile of the account that pays. Default: MILLPOND_RELAY_KEYSTORE.",
)
password_option = click.option(
    "--password-file",
    type=click.Path(path_type=Path, dir_okay=False),
    help="File with its password, for its owner alone to read. Default: asked for.",
)
daily_option = click.option(
    "--daily",
    metavar="ETH",
    help="The most to spend in a day (UTC). Default: MILLPOND_RELAY_DAILY, else 0.05.",
)


@click.command(
    "relay", epilog="Example:  millpond relay --keystore relay.json --hub 0x... --daily 0.02"
)
@database_option
@keystore_option
@password_option
@daily_option
@click.option(
    "--dev-account",
    type=click.IntRange(0, 1_000),
    help="On a dev chain: a wallet of the test mnemonic instead of a keyfile.",
)
@click.option(
    "--linger",
    type=click.FloatRange(0, 86_400),
    default=30.0,
    help="Seconds that an item waits for others to share a transaction with.",
)
@click.option(
    "--poll", type=click.FloatRange(0.05, 15), default=1.0, help="Seconds between two rounds."
)
@click.option("--hub", metavar="ADDRESS", help="The Hub. Default: the one in the record.")
@record_option
@log_format_option
@shared_options
def relay_command(
    run: Run,
    database: str | None,
    daily: str | None,
    linger: float,
    poll: float,
    hub: str | None,
    log_format: Form | None,
    **key: Any,
) -> int:
    """Bring what members signed to the chain, out of the queue beside the mirror's database.

    The key should be good for nothing else: it signs no message, sends no ETH, and calls only what
    anybody may call. One relay works out of one queue.
    """
    from millpond.api.relay.rounds import Terms  # noqa: PLC0415  see cli/base.py
    from millpond.api.relay.worker import Work  # noqa: PLC0415
    from millpond.api.relay.worker import run as work  # noqa: PLC0415
    from millpond.chain.contracts import Contract  # noqa: PLC0415
    from millpond.mirror.stores.places import place_of  # noqa: PLC0415

    log_as(run, log_format)
    client = run.client()
    address = hub_address(hub, run.record(client))
    signer = _signer(run, client, **key)
    place = place_of(database or run.settings.database)
    terms = Terms(daily=_wei(daily or run.settings.relay_daily), linger=linger)
    run.terminal.line(f"{signer.address} relays for the Hub {address}. Ctrl-C ends it.")

    def told(problem: MillpondError | None) -> None:
        if problem is not None:
            run.terminal.error(problem)
        else:
            run.terminal.line("It works again.")

    work(Work(place, client, Contract(client, "Hub", address), signer, terms, poll), told)
    return HOLDS


_SERVED = (
    click.option("--relay", is_flag=True, help="Also relay what members signed: see `relay`."),
    click.option(
        "--relay-queue",
        is_flag=True,
        help="Take what members signed; a `millpond relay` started by itself brings it.",
    ),
    click.option(
        "--relay-keystore",
        type=click.Path(path_type=Path, dir_okay=False),
        help="As --keystore of `relay`.",
    ),
    click.option(
        "--relay-password-file",
        type=click.Path(path_type=Path, dir_okay=False),
        help="As --password-file of `relay`; nobody is asked for it here.",
    ),
    click.option("--relay-daily", metavar="ETH", help="As --daily of `relay`."),
    click.option("--relay-dev-account", type=click.IntRange(0, 1_000), help="On a dev chain."),
    click.option("--relay-linger", type=click.FloatRange(0, 86_400), help="As of `relay`."),
)


def relay_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options by which `millpond serve` is told to relay."""
    for option in reversed(_SERVED):
        command = option(command)
    return command


def relaying(run: Run, place: Place, hub: str | None, given: dict[str, Any]) -> dict[str, Any]:
    """What the server is told about a relay; its options are taken out of `given`."""
    from millpond.api.relay.child import RelayProcess  # noqa: PLC0415  see cli/base.py
    from millpond.mirror.stores import Url  # noqa: PLC0415
    from millpond.settings import environment_of_a_child  # noqa: PLC0415

    options = {name: given.pop(name) for name in [*given] if name.startswith("relay_")}
    queue = options.pop("relay_queue")
    if not given.pop("relay"):
        return {"takes_signed": queue}
    if run.rpc is None:
        raise BadInput("relaying needs a node", "give one with --rpc, or set MILLPOND_RPC")
    chosen = {name.removeprefix("relay_"): value for name, value in options.items()}
    chosen["keystore"] = chosen["keystore"] or run.settings.relay_keystore
    chosen["password_file"] = chosen["password_file"] or run.settings.relay_password_file
    named = chosen["keystore"] and chosen["password_file"]
    if chosen["dev_account"] is None and not named:
        raise BadInput(
            "the relay's keyfile or the file with its password is not named",
            "give --relay-keystore and --relay-password-file, or set MILLPOND_RELAY_KEYSTORE and "
            "MILLPOND_RELAY_PASSWORD_FILE",
        )
    if chosen["dev_account"] is None:
        from millpond.chain.signers import require_key_files  # noqa: PLC0415  see cli/base.py

        require_key_files(chosen["keystore"], chosen["password_file"])
    address = place.text if isinstance(place, Url) else None
    environment = environment_of_a_child(run.rpc, address)
    return {"relay": RelayProcess(place, environment, hub, **chosen)}


def _signer(
    run: Run,
    client: Client,
    keystore: Path | None,
    password_file: Path | None,
    dev_account: int | None,
) -> KeySigner:
    from millpond.chain import signers  # noqa: PLC0415  see cli/base.py

    if dev_account is not None:
        signers.require_dev_chain(client, "the test mnemonic")
        return signers.LocalSigner(dev_account)
    path = keystore or run.settings.relay_keystore
    if path is None:
        raise BadInput(
            "no keyfile is named", "give one with --keystore, or set MILLPOND_RELAY_KEYSTORE"
        )
    secret = password_file or run.settings.relay_password_file
    if secret is not None:
        return signers.KeystoreSigner(path, signers.password_from(secret))
    return signers.KeystoreSigner(path, lambda: click.prompt("Password", hide_input=True))


def _wei(ether: str) -> int:
    return int(parse_amount(ether, _ETHER_DECIMALS))
