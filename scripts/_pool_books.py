# SPDX-License-Identifier: AGPL-3.0-only
"""What a co-op has: `ape run pool treasury` by asset, `ape run pool earmarks` by purpose."""

from rich.table import Table
from rich.text import Text

from millpond.chain.answers import NO_ADDRESS, Address
from millpond.chain.assets import Asset
from millpond.chain.books import PoolBooks
from millpond.chain.coop import Coop
from millpond.core import figures
from millpond.core.figures import Money, moment, quoted
from scripts import _desk as desk
from scripts._desk import Desk
from scripts._pool import cli, earmark_text

_WHOLE = 10**18
_SAID = {
    "balance": "really there",
    "held": "held by the books",
    "reserved": "of it promised",
    "owed": "of it owed",
    "free": "of it free",
    "surplus": "not booked yet",
}


def _text(money: Asset, amount: int) -> str:
    return figures.money(Money(amount, figures.Asset(money.address, money.symbol, money.decimals)))


def _books(coop: Coop) -> PoolBooks:
    """From the Pool's own events: what the tables say is what happened."""
    books = PoolBooks(coop.pool.address)
    for event in coop.pool.past_events(None, coop.since):
        books.add(event)
    return books


@desk.command(cli, account=False)
def treasury(at: Desk) -> None:
    """Show each asset: what is really there, and of it what is promised, owed and free.

    ape run pool treasury --pool NAME
    """
    coop = at.coop()
    books = _books(coop)
    assets = sorted({a for _, a in books.accounts}, key=lambda a: (a != NO_ADDRESS, a))
    rows = [_line(coop, books, at.asset(address)) for address in assets or [NO_ADDRESS]]
    for money, row in rows:
        said = ((_SAID[name], _text(money, amount)) for name, amount in row.items())
        at.plan(f"{money.symbol} of {coop.name}", *said)
    short = [money.symbol for money, row in rows if _is_short(coop, money, row)]
    at.answer(
        f"Short, so nothing of it can be paid: {', '.join(short)}."
        if short
        else "All that is held is there.",
        assets=[
            {"asset": money.address, "symbol": money.symbol, "decimals": money.decimals}
            | {name: str(amount) for name, amount in row.items()}
            for money, row in rows
        ],
    )


def _is_short(coop: Coop, money: Asset, row: dict[str, int]) -> bool:
    """Whether less is there than the books hold, by the factor that a vote may have lowered."""
    return row["balance"] * _WHOLE < row["held"] * int(coop.pool.factor_of(money.address))


def _line(coop: Coop, books: PoolBooks, money: Asset) -> tuple[Asset, dict[str, int]]:
    mine = [account for (_, asset), account in books.accounts.items() if asset == money.address]
    reserved, held = sum(each.reserved for each in mine), books.held(money.address)
    owed = sum(amount for (asset, _), amount in books.owed.items() if asset == money.address)
    return money, {
        "balance": money.balance(coop.client, coop.pool.address),
        "held": held,
        "reserved": reserved,
        "owed": owed,
        "free": held - reserved - owed,
        "surplus": int(coop.pool.surplus(money.address)),
    }


@desk.command(cli, account=False)
def earmarks(at: Desk) -> None:
    """Show each earmark: its purpose, who pays out of it, and its money by asset.

    ape run pool earmarks --pool NAME
    """
    coop = at.coop()
    books = _books(coop)
    uris = {
        e.args["earmark_id"]: e.args["uri"]
        for e in coop.pool.past_events("EarmarkOpened", coop.since)
    }
    numbers = range(int(coop.pool.earmark_count()) + 1)
    table = Table(box=None, title=f"Earmarks of {coop.name}", title_justify="left")
    for name in ("", "kind"):
        table.add_column(name, overflow="fold")
    for name in ("received", "balance", "promised"):
        table.add_column(name, justify="right", overflow="fold")
    shown = [_earmark(coop, books, number, uris.get(number, "")) for number in numbers]
    for each in shown:
        _add(at, table, each)
    at.table(table)
    at.answer(f"{len(shown)} earmarks.", earmarks=shown)


def _earmark(coop: Coop, books: PoolBooks, number: int, uri: str) -> dict[str, object]:
    found = coop.pool.earmark(number)
    accounts = {asset: a for (which, asset), a in sorted(books.accounts.items()) if which == number}
    return {
        "earmark": number,
        "uri": uri,
        "spender": None if found.spender == NO_ADDRESS else found.spender,
        "restricted": found.restricted,
        "deadline": found.deadline or None,
        "money": [
            {
                "asset": asset,
                "received": str(account.received),
                "balance": str(account.balance),
                "reserved": str(account.reserved),
            }
            for asset, account in accounts.items()
        ],
    }


def _add(at: Desk, table: Table, each: dict[str, object]) -> None:
    number, deadline = int(str(each["earmark"])), each["deadline"]
    kind = "restricted" if each["restricted"] else "by vote"
    if each["spender"] and not each["restricted"]:
        kind = "its contract"
    if deadline:
        kind += f", until {moment(int(str(deadline)))}"
    money = each["money"]
    rows = money if isinstance(money, list) and money else [None]
    for row in rows:
        said = ["", "", ""]
        if row is not None:
            asset = at.asset(Address(row["asset"]))
            said = [_text(asset, int(row[name])) for name in ("received", "balance", "reserved")]
        table.add_row(earmark_text(number), kind, *said)
    if each["uri"]:
        table.add_row("", Text(quoted(str(each["uri"]))))
