# SPDX-License-Identifier: AGPL-3.0-only
"""What the commands of `ape run pool` share: their group, options, and how people write things."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from millpond.chain import proposals
from millpond.chain.answers import Address
from millpond.chain.coop import ETH, Coop
from millpond.chain.proposals import Found
from millpond.core.errors import BadInput, UnitError
from millpond.core.subjects import address_bytes, checksum_address, to_hex
from scripts._params import UNITS

ASSET_HELP = "Address of a token, or its name in the record; ETH if left out."
_DAY = 86_400


@click.group()
def cli() -> None:
    """A co-op: its members, what they decide, and its money.

    A command that would send a transaction is a dry run until --send is given.
    """


proposal_option = click.option(
    "--proposal", "which", required=True, help="Its number in `pool list`, or its id."
)
asset_option = click.option("--asset", default=ETH, help=ASSET_HELP)


def folder_option(flag: str, default: str, text: str) -> Callable[..., Any]:
    """A folder of files that people hand to each other."""
    return click.option(flag, type=click.Path(path_type=Path), default=Path(default), help=text)


def earmark_option(text: str = "Its number; 0 is the general fund.") -> Callable[..., Any]:
    """--earmark."""
    return click.option("--earmark", type=click.IntRange(min=0), required=True, help=text)


def proposal_of(coop: Coop, which: str) -> Found:
    """The proposal that --proposal names."""
    return proposals.find(coop, which)


def account_of(text: str, what: str) -> Address:
    """An account as people write it; `BadInput` names the option that holds none."""
    try:
        return Address(checksum_address(address_bytes(text)))
    except BadInput as error:
        raise BadInput(f"{what} is no account: {error.message}", error.next_step) from None


def seconds(text: str, what: str) -> int:
    """A length of time: "14 days" or "12 hours"."""
    number, _, unit = text.partition(" ")
    if unit not in UNITS or not number.isdigit() or not number.isascii():
        raise UnitError(f"{what} is {text!r}, no length of time", 'write it as "14 days"')
    return int(number) * UNITS[unit]


def parse_moment(text: str, now: int, what: str) -> int:
    """A moment: "14 days" from now on, or a day such as "2026-12-31" (its first second, UTC).

    From now on means to the end of that day, so that the same command means the same all day long.
    """
    if " " in text:
        return -(-(now + seconds(text, what)) // _DAY) * _DAY
    try:
        day = datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=UTC)
    except ValueError:
        raise UnitError(
            f"{what} is {text!r}, no moment", 'write "14 days", or a day such as "2026-12-31"'
        ) from None
    return int(day.timestamp())


def earmark_text(number: int) -> str:
    """What people call an earmark."""
    return "the general fund" if number == 0 else f"earmark {number}"


def hex_id(number: int) -> str:
    """A proposal's id, short enough to copy."""
    return to_hex(number.to_bytes(32, "big"))
