# SPDX-License-Identifier: AGPL-3.0-only
"""A co-op's money: give, sync, update, owed, withdraw, reclaim, lapse."""

from collections.abc import Mapping
from pathlib import Path

import click

from millpond.chain.answers import NO_ADDRESS
from millpond.chain.assets import Asset
from millpond.chain.coop import Coop
from millpond.chain.known import assets_of
from millpond.core.canonical import keccak256
from millpond.core.errors import BadInput
from millpond.core.figures import moment
from millpond.core.subjects import to_hex
from millpond.core.units import parse_amount
from scripts import _desk as desk
from scripts import _params
from scripts._desk import Desk
from scripts._permit import permitted
from scripts._pool import account_of, asset_option, cli, earmark_option, earmark_text

_NOTHING = "There is nothing to pay."


@desk.command(cli)
@earmark_option()
@asset_option
@click.option("--amount", required=True, help='In whole units, such as "12.50".')
@click.option("--note", default="", help="Public, at most 256 bytes.")
@click.option("--anonymous", is_flag=True, help="No page shows the name; the chain still does.")
@click.option("--again", is_flag=True, help="Give although you have given exactly this before.")
def give(
    at: Desk, earmark: int, asset: str, amount: str, note: str, anonymous: bool, again: bool
) -> None:
    """Give money to an earmark, by the token's permit where it has one.

    ape run pool give --pool NAME --earmark 1 --amount 12.50
    """
    coop, money = at.coop(), at.asset(asset)
    units = parse_amount(amount, money.decimals)
    what = f"Give {money.text(units)} to {earmark_text(earmark)} of {coop.name}"
    what += f', saying "{note}"' if note else ""
    if not again and (before := _given_before(at, what)) is not None:
        known = f"You gave exactly this in block {before['blockNumber']}"
        return at.done_already(
            f"{known}; to give it once more, add --again.",
            amount=str(units),
            transactionHash=before["transactionHash"],
        )
    _require_givable(at, coop, earmark, money, units)
    at.plan(
        "Give",
        ("pool", coop.pool.address),
        ("earmark", earmark_text(earmark)),
        ("amount", money.text(units)),
        ("note", note or "none"),
        ("anonymous", "on pages and feeds; the address is on the chain" if anonymous else "no"),
    )
    gift = (earmark, money.address, units, note, anonymous)
    permit = permitted(at, money, coop.pool.address, units)
    if permit is not None:
        receipt = at.carry_out(what, coop.pool.give_with_permit, *gift, *permit)
    else:
        at.allow(money, coop.pool.address, units)
        value = units if money.contract is None else 0
        receipt = at.carry_out(what, coop.pool.give, *gift, value=value)
    given = coop.pool.event(receipt, "Given").args["amount"]
    return at.answer(
        f"Given {money.text(given)} to {earmark_text(earmark)}.", receipt, amount=str(given)
    )


def _given_before(at: Desk, what: str) -> Mapping[str, object] | None:
    """What is kept of the same gift: the chain cannot tell it from another of that amount."""
    if (receipt := at.taken_up(what)) is not None:
        return desk.receipt_fields(receipt)
    return at.journal.done(what, at.signer.address, at.pool)


def _require_givable(at: Desk, coop: Coop, earmark: int, money: Asset, units: int) -> None:
    """Whatever would make the gift fail, before the Pool is allowed to take it."""
    if units == 0:
        raise BadInput("a gift of zero is none", "give more than zero with --amount")
    deadline = coop.pool.earmark(earmark).deadline  # the Pool refuses a number it does not know
    if deadline and at.client.now() >= deadline:
        raise BadInput(
            f"earmark {earmark} has ended",
            "give to an earmark that is still open; 0, the general fund, always is",
        )
    at.require_funds(money, units)


@desk.command(cli)
@asset_option
def sync(at: Desk, asset: str) -> None:
    """Book what was sent to the Pool without `give` to the general fund.

    ape run pool sync --pool NAME
    """
    coop, money = at.coop(), at.asset(asset)
    surplus = int(coop.pool.surplus(money.address))
    if surplus == 0:
        return at.done_already("There is nothing to book.", amount="0")
    at.plan("Book to earmark 0", ("pool", coop.pool.address), ("amount", money.text(surplus)))
    what = f"Book {money.text(surplus)} to the general fund of {coop.name}"
    receipt = at.carry_out(what, coop.pool.sync, money.address, amount=str(surplus))
    return at.answer(f"Booked {money.text(surplus)} to earmark 0.", receipt, amount=str(surplus))


@desk.command(cli)
@earmark_option()
@click.option("--uri", required=True, help="Where the report is published.")
@click.argument("report", type=click.Path(path_type=Path))
def update(at: Desk, earmark: int, uri: str, report: Path) -> None:
    """Publish a progress report on an earmark: the file REPORT, by its hash and its address.

    For maintainers and for who was paid out of the earmark.

    ape run pool update REPORT --pool NAME --earmark 1 --uri https://...
    """
    coop = at.coop()
    content = keccak256(_params.read_file(report, "the report"))
    for event in coop.pool.past_events("Updated", coop.since):
        known = (event.args["earmark_id"], event.args["content_hash"], event.args["uri"])
        if known == (earmark, content, uri):
            return at.done_already("This report is published already.", hash=to_hex(content))
    at.plan("Publish a report", ("on", earmark_text(earmark)), ("at", uri), ("file", report))
    what = f"Publish a report on {earmark_text(earmark)} of {coop.name}: {uri}"
    receipt = at.carry_out(what, coop.pool.update, earmark, uri, content, hash=to_hex(content))
    return at.answer(f"Published, with the hash {to_hex(content)}.", receipt, hash=to_hex(content))


@desk.command(cli, account=False)
@click.option("--of", "whose", required=True, help="Who could not be paid.")
def owed(at: Desk, whose: str) -> None:
    """Show what the Pool owes somebody whom it could not pay.

    ape run pool owed --pool NAME --of 0x...
    """
    coop, account = at.coop(), account_of(whose, "--of")
    debts = [(at.asset(a), int(coop.pool.owed(a, account))) for a in assets_of(coop)]
    found = [(money, amount) for money, amount in debts if amount]
    at.plan(f"Owed to {account}", *((money.symbol, money.text(amount)) for money, amount in found))
    at.answer(
        "It is hers to take: ape run pool withdraw" if found else "Nothing is owed to her.",
        owed=[{"asset": money.address, "amount": str(amount)} for money, amount in found],
    )


@desk.command(cli)
@asset_option
@click.option("--to", help="Where it goes; your own account if left out.")
def withdraw(at: Desk, asset: str, to: str | None) -> None:
    """Take what the Pool owes you, to your account or to another.

    ape run pool withdraw --pool NAME
    """
    coop, money = at.coop(), at.asset(asset)
    place = account_of(to, "--to") if to else at.signer.address
    amount = int(coop.pool.owed(money.address, at.signer.address))
    if amount == 0:
        return at.done_already(_NOTHING, amount="0")
    at.plan("Withdraw", ("amount", money.text(amount)), ("to", place))
    what = f"Withdraw {money.text(amount)} from {coop.name} to {place}"
    method, units = coop.pool.withdraw, str(amount)
    receipt = at.carry_out(what, method, money.address, place, amount=units)
    return at.answer(f"{money.text(amount)} went to {place}.", receipt, amount=units)


@desk.command(cli)
@earmark_option("A restricted earmark that has ended.")
@asset_option
@click.option("--for-general-fund", is_flag=True, help="What earmark 0 moved into it; anyone may.")
def reclaim(at: Desk, earmark: int, asset: str, for_general_fund: bool) -> None:
    """Take back your share of what a restricted earmark did not use.

    ape run pool reclaim --pool NAME --earmark 1
    """
    coop, money = at.coop(), at.asset(asset)
    patron = coop.pool.address if for_general_fund else at.signer.address
    amount = int(coop.pool.reclaimable(earmark, money.address, patron))
    if amount == 0:
        return at.done_already(_NOTHING, amount="0")
    at.plan("Reclaim", ("from", earmark_text(earmark)), ("amount", money.text(amount)))
    method = coop.pool.reclaim_for_general_fund if for_general_fund else coop.pool.reclaim
    what = f"Reclaim {money.text(amount)} from {earmark_text(earmark)} of {coop.name}"
    receipt = at.carry_out(what, method, earmark, money.address, amount=str(amount))
    return at.answer(f"{money.text(amount)} came back.", receipt, amount=str(amount))


@desk.command(cli)
@earmark_option("A restricted earmark without an end, unused for 400 days.")
def lapse(at: Desk, earmark: int) -> None:
    """End a restricted earmark that nobody has used for 400 days; its patrons can then reclaim.

    ape run pool lapse --pool NAME --earmark 1
    """
    coop = at.coop()
    found = coop.pool.earmark(earmark)
    if found.deadline and at.client.now() >= found.deadline:
        return at.done_already(f"Earmark {earmark} ended {moment(found.deadline)}.")
    if not found.restricted or found.spender == NO_ADDRESS:
        raise BadInput(
            f"{earmark_text(earmark)} is not restricted", "its money is spent or moved by vote"
        )
    at.plan("End an earmark", ("which", earmark_text(earmark)), ("spender", found.spender))
    receipt = at.carry_out(f"End earmark {earmark} of {coop.name}", coop.pool.lapse, earmark)
    return at.answer(f"Earmark {earmark} has ended; its patrons can reclaim.", receipt)
