# SPDX-License-Identifier: AGPL-3.0-only
"""What only a dev chain can do: let time pass, and make dollars to play with.

    ape run dev wait "8 days" --network ethereum:local:http://127.0.0.1:8545
    ape run dev mint --amount 800 --account TEST::8 --network ethereum:local:http://127.0.0.1:8545

Both are refused on every chain but 1337 and 31337.
"""

import click

from millpond.chain import dev_time
from millpond.chain.contracts import Contract
from millpond.chain.installation import TEST_DOLLAR
from millpond.chain.signers import require_dev_chain
from millpond.core.errors import BadInput
from millpond.core.figures import moment
from millpond.core.units import parse_amount
from scripts import _desk as desk
from scripts._desk import Desk
from scripts._pool import account_of, seconds


@click.group()
def cli() -> None:
    """Play on a dev chain: let time pass, and make dollars to play with."""


@desk.command(cli, account=False, pool=False)
@click.argument("length")
def wait(at: Desk, length: str) -> None:
    """Move the chain's clock by LENGTH, such as "8 days" or "12 hours", and mine a block.

    ape run dev wait "8 days"
    """
    now = dev_time.advance(at.client, seconds(length, "LENGTH"))
    at.answer(f"On this chain it is {moment(now)} now.", now=now)


@desk.command(cli, pool=False)
@click.option("--amount", required=True, help='In whole dollars, such as "800" or "12.50".')
@click.option("--to", help="Who gets them; your own account if left out.")
def mint(at: Desk, amount: str, to: str | None) -> None:
    """Make test dollars, as many as you like: `deploy --test-dollar` has put their token here.

    ape run dev mint --amount 800
    """
    require_dev_chain(at.client, "the test dollar", "give a token that is worth something")
    record = at.record()
    if TEST_DOLLAR not in record.contracts:
        raise BadInput(
            "there is no test dollar on this chain", "make it: ape run deploy --test-dollar --send"
        )
    money = at.asset(TEST_DOLLAR)
    dollar = Contract(at.client, TEST_DOLLAR, money.address)
    units, place = parse_amount(amount, money.decimals), account_of(to or at.signer.address, "--to")
    at.plan("Make test dollars", ("amount", money.text(units)), ("for", place))
    what = f"Make {money.text(units)} for {place}"
    receipt = at.carry_out(what, dollar.mint, place, units, amount=str(units))
    had = money.text(money.balance(at.client, place))
    at.answer(f"{place} has {had} now.", receipt, amount=str(units))
