# SPDX-License-Identifier: AGPL-3.0-only
"""`millpond books patronage`: a year's surplus divided among the members of a co-op."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from millpond.chain.journal import Bookkeeping, commodities_of, keep
from millpond.chain.patronage import Patrons, by_cred, by_grain, members_among
from millpond.cli.base import HOLDS, Run
from millpond.cli.books import Pool, pool_options
from millpond.core.books.commodities import Commodities, Commodity
from millpond.core.books.entries import surplus
from millpond.core.books.patronage import COLUMNS, Patronage, allocate, as_json, notice, rows
from millpond.core.books.tables import csv
from millpond.core.distribution import read
from millpond.core.errors import BadInput
from millpond.core.figures import percent
from millpond.core.units import parse_amount, parse_bps
from millpond.sources.documents import open_published
from millpond.sources.whole import read_whole, write_whole


@dataclass(frozen=True)
class Asked:
    """What the command was given."""

    year: int
    collective: str
    cash: str
    given: str | None
    """The surplus, if it is not taken from the books."""
    wanted: str | None
    """The asset, by name or address."""
    by: str
    places: tuple[str, ...]
    """Of documents."""
    previous: Path | None
    out: Path | None


@click.command(
    "patronage",
    epilog="Example:  millpond books patronage --pool NAME --year 2026 --collective 30 --cash 20 "
    "--out ./2026",
)
@click.option("--year", type=click.IntRange(1970, 9999), required=True, help="In UTC.")
@click.option("--collective", required=True, help="Per cent of the surplus that stays with all.")
@click.option("--cash", required=True, help="Per cent of each allocation that is paid out.")
@click.option("--surplus", "given", metavar="AMOUNT", help="Default: by the books of the year.")
@click.option("--asset", "wanted", metavar="NAME", help="Name or address, if there are several.")
@click.option(
    "--by",
    type=click.Choice(["grain", "cred"]),
    default="grain",
    help="What patronage is counted in. Default: grain.",
)
@click.option(
    "--document", "places", multiple=True, help="With --by cred: each epoch's document of the year."
)
@click.option(
    "--previous",
    type=click.Path(path_type=Path),
    help="The patronage.json of the year before: what the capital accounts have.",
)
@click.option("--out", type=click.Path(path_type=Path), help="Folder for table and notices.")
@pool_options
def patronage_command(run: Run, pool: Pool, **options: Any) -> int:
    """Divide a year's surplus by patronage: collective share, cash, capital accounts.

    Members are those at the block. The part of everybody else's work stays collective. Nothing is
    paid: the members decide by vote what this only works out.
    """
    asked = Asked(**options)
    kept = keep(pool.parts, pool.events)
    commodity = _asset(kept, commodities_of(pool.client, kept), asked.wanted)
    patrons = _patrons(pool, kept, asked)
    members, others = members_among(pool.client, kept, patrons, pool.last.number)
    before = _capital(asked.previous, commodity)
    found = allocate(
        _surplus(kept, commodity, asked),
        parse_bps(asked.collective),
        parse_bps(asked.cash),
        dict.fromkeys(before, 0) | members,
        others,
        before,
    )
    if asked.out is not None:
        _write(asked.out, found, commodity, pool.parts.name, asked)
    _say(run, pool, found, commodity, asked.out)
    return HOLDS


def _patrons(pool: Pool, kept: Bookkeeping, asked: Asked) -> Patrons:
    if asked.by == "grain":
        return by_grain(kept, asked.year)
    documents = [read(open_published(place).data) for place in asked.places]
    return by_cred(pool.client, kept, asked.year, documents, pool.last.number)


def _say(run: Run, pool: Pool, found: Patronage, commodity: Commodity, out: Path | None) -> None:
    if run.terminal.as_json:
        run.terminal.json({**pool.said, **as_json(found, commodity)})
    text = commodity.text
    run.terminal.line(f"surplus          {text(found.surplus)}", "bold")
    run.terminal.line(
        f"stays collective {text(found.collective)} ({percent(found.collective_bps)} decided)"
    )
    for each in found.allocations:
        run.terminal.line(each.member, "bold")
        run.terminal.line(f"  allocated      {text(each.allocated)}")
        run.terminal.line(f"  in cash        {text(each.cash)}")
        run.terminal.line(f"  to capital     {text(each.capital)}")
        run.terminal.line(f"  capital now    {text(each.capital_after)}")
    if out is not None:
        run.terminal.line(f"table and notices written to {out}")


def _asset(kept: Bookkeeping, names: Commodities, wanted: str | None) -> Commodity:
    held = [asset for asset in kept.journal.assets() if asset != kept.known.grain]
    known = [names.of(asset) for asset in held]
    found = [
        each
        for each in known
        if wanted is None or wanted.lower() in (each.code.lower(), each.address.lower())
    ]
    if len(found) != 1:
        raise BadInput(
            "it is not clear which asset is meant" if found else "no such asset is in the books",
            f"name one with --asset: {', '.join(each.code for each in known) or 'there is none'}",
        )
    return found[0]


def _surplus(kept: Bookkeeping, commodity: Commodity, asked: Asked) -> int:
    if asked.given is not None:
        return parse_amount(asked.given, commodity.decimals)
    entries = [entry for entry in kept.journal.entries if entry.place.year == asked.year]
    return surplus(entries, commodity.address)


def _capital(path: Path | None, commodity: Commodity) -> dict[str, int]:
    """What capital accounts had after the last statement."""
    if path is None:
        return {}
    try:
        said = json.loads(read_whole(path))
        asset = said["asset"]
        found = {str(each["member"]): int(each["capital_after"]) for each in said["members"]}
    except (ValueError, KeyError, TypeError):
        raise BadInput(
            f"{path} is no statement of patronage",
            "give the patronage.json that this command wrote for the year before",
        ) from None
    if asset != commodity.address:
        raise BadInput(
            f"{path} is of another asset, {asset}",
            f"give the statement in {commodity.code} ({commodity.address})",
        )
    return found


def _write(folder: Path, found: Patronage, commodity: Commodity, pool: str, asked: Asked) -> None:
    notices = folder / "notices"
    try:
        notices.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise BadInput(
            f"{notices} cannot be made ({type(error).__name__})", "give another folder with --out"
        ) from None
    write_whole(folder / "patronage.csv", csv(COLUMNS, rows(found, commodity)).encode())
    statement = json.dumps(as_json(found, commodity), sort_keys=True, indent=2) + "\n"
    write_whole(folder / "patronage.json", statement.encode())
    for each in found.allocations:
        if each.allocated:
            text = notice(found, each, commodity, pool, f"{asked.year} (UTC)", asked.by)
            write_whole(notices / f"{each.member}.txt", text.encode())
