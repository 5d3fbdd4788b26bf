# SPDX-License-Identifier: AGPL-3.0-only
"""Every event as it was decoded, field by field, with filters.

The fields are the columns of the event's own table, so what is told here is what every view stands
on. Who asked not to be named is not: her address and the transaction that would lead to it are left
out wherever an event says that she gave. (Both are on the chain all the same.)
"""

import re
from dataclasses import dataclass, replace
from functools import cache

from millpond.chain.abi import Param, load, names
from millpond.mirror.reads.pools import Pool
from millpond.mirror.reads.snapshot import Listed, Range, Row, Snapshot
from millpond.mirror.store import schema

_TABLE = re.compile(r"CREATE TABLE (\w+) \(")
_PLACE = {"block_number", "log_index", "address"}
_NAMES_A_PATRON = {"Given", "PatronGrain", "Reclaimed"}
_PATRON = "patron"


@dataclass(frozen=True)
class Field:
    """One value of an event: numbers in digits, true and false, text, 0x-hex."""

    name: str
    value: str | None
    """None: it would name somebody who asked not to be named."""


@dataclass(frozen=True)
class Many:
    """A list in an event, one row for each element."""

    name: str
    rows: tuple[tuple[Field, ...], ...]


@dataclass(frozen=True)
class Event:
    """One event of a contract of a pool, the Hub or the Identity."""

    contract: str
    """Its kind."""
    address: str
    event: str
    fields: tuple[Field, ...]
    lists: tuple[Many, ...]
    at: int
    block_number: int
    log_index: int
    transaction_hash: str | None


@dataclass(frozen=True)
class Filter:
    """Which events; None: all."""

    pool: str | None = None
    """Address of a pool: events of its contracts."""
    address: str | None = None
    event: str | None = None
    from_block: int | None = None
    to_block: int | None = None


def listed(now: Snapshot, part: Range, wanted: Filter) -> Listed[Event]:
    """In the order of the chain."""
    queries = [_query(*source, wanted) for source in _sources(now, wanted)]
    return now.page_of(queries, part, lambda row: _event(now, row))


def _sources(now: Snapshot, wanted: Filter) -> list[tuple[str, str | None]]:
    """Where to look, and for which contract's: events of a name are in the tables of that name, so
    they are not looked for among all that ever were."""
    kinds: list[tuple[str | None, str | None]] = [(None, None)]
    if wanted.pool is not None or wanted.address is not None:
        query, values = "SELECT address, contract FROM contracts WHERE 1 = 1", list[str]()
        for column, value in (("pool", wanted.pool), ("address", wanted.address)):
            if value is not None:
                query, values = f"{query} AND {column} = ?", [*values, value]
        kinds = [(row["contract"], row["address"]) for row in now.rows(query, *values)]
    if wanted.event is None:
        return [("events", address) for _, address in kinds]
    tables = _by_name().get(wanted.event, {})
    return [
        (table, address)
        for kind, address in kinds
        for contract, table in tables.items()
        if kind in {None, contract}
    ]


def _query(table: str, address: str | None, wanted: Filter) -> tuple[str, list[object]]:
    # a table of our own schema, which has the key and the address of `events`
    query = f"""
        SELECT k.block_number, k.log_index, e.transaction_hash, e.address, e.contract, e.event,
            b.timestamp AS at
        FROM {table} k
        JOIN events e ON e.block_number = k.block_number AND e.log_index = k.log_index
        JOIN blocks b ON b.number = k.block_number
        WHERE 1 = 1
    """  # noqa: S608  as above
    values: list[object] = []
    conditions = (
        ("k.address = ?", address),
        ("k.block_number >= ?", wanted.from_block),
        ("k.block_number <= ?", wanted.to_block),
    )
    for condition, value in conditions:
        if value is not None:
            query += f" AND {condition}"
            values.append(value)
    return query, values


def of_pool(wanted: Filter, pool: Pool) -> Filter:
    """The same of this pool alone."""
    return replace(wanted, pool=pool.address)


def _event(now: Snapshot, row: Row) -> Event:
    contract, event = row["contract"], row["event"]
    place = row["block_number"], row["log_index"]
    table, types = _table(contract, event), _types(contract, event)
    own = now.row(f"SELECT * FROM {table} WHERE block_number = ? AND log_index = ?", *place)  # noqa: S608  a table of our own schema
    assert own is not None  # noqa: S101  the two rows are written together
    unnamed = _is_unnamed(now, row["address"], event, own)
    return Event(
        contract=contract,
        address=row["address"],
        event=event,
        fields=tuple(
            Field(
                name, None if unnamed and name == _PATRON else _text(value, types.get(_flat(name)))
            )
            for name, value in _columns(own)
        ),
        lists=tuple(_many(now, name, listing, place) for name, listing in _lists(contract, event)),
        at=row["at"],
        block_number=place[0],
        log_index=place[1],
        transaction_hash=None if unnamed else row["transaction_hash"],
    )


def _is_unnamed(now: Snapshot, pool: str, event: str, own: Row) -> bool:
    """Whether an event would name somebody who asked not to be named in a gift to that earmark."""
    if event not in _NAMES_A_PATRON:
        return False
    if event == "Given":
        return bool(own["anonymous"])
    query = (
        "SELECT 1 AS found FROM unnamed_patrons WHERE pool = ? AND earmark_id = ? AND patron = ?"
    )
    return now.row(query, pool, own["earmark_id"], own["patron"]) is not None


def _many(now: Snapshot, name: str, table: str, place: tuple[int, int]) -> Many:
    query = f"SELECT * FROM {table} WHERE block_number = ? AND log_index = ? ORDER BY position"  # noqa: S608  as above
    rows = now.rows(query, *place)
    return Many(name, tuple(tuple(Field(k, str(v)) for k, v in _columns(row)) for row in rows))


def _columns(row: Row) -> list[tuple[str, object]]:
    return [(name, row[name]) for name in row.keys() if name not in _PLACE]  # noqa: SIM118  a Row iterates over values


def _text(value: object, kind: str | None) -> str:
    return ("true" if value else "false") if kind == "bool" else str(value)


# --- which table holds what -----------------------------------------------------------------------


@cache
def _tables() -> dict[str, str]:
    """All tables, by their names without what only parts words."""
    return {_flat(name): name for name in _TABLE.findall(schema())}


@cache
def _by_name() -> dict[str, dict[str, str]]:
    """Name of an event -> kind of contract that says it -> its table."""
    found: dict[str, dict[str, str]] = {}
    for contract in names():
        for event in load(contract).events:
            if _flat(contract + event) in _tables():
                found.setdefault(event, {})[contract] = _table(contract, event)
    return found


@cache
def _table(contract: str, event: str) -> str:
    return _tables()[_flat(contract + event)]


@cache
def _lists(contract: str, event: str) -> tuple[tuple[str, str], ...]:
    """The lists of an event by name, each with its table; those within lists too."""
    found = []
    for param in load(contract).event(event).inputs:
        if param.type.endswith("]"):
            inner = [(part.name, part) for part in param.parts if part.type.endswith("]")]
            names = [param.name, *(f"{param.name}_{name}" for name, _ in inner)]
            found += [(name, _tables().get(_flat(contract + event + name))) for name in names]
    return tuple((name, table) for name, table in found if table is not None)


@cache
def _types(contract: str, event: str) -> dict[str, str]:
    """The types of an event's fields, by their names without what only parts words."""
    found: dict[str, str] = {}

    def note(param: Param, before: str) -> None:
        if param.type == "tuple":
            for part in param.parts:
                note(part, before + param.name)
        found[_flat(before + param.name)] = param.type

    for param in load(contract).event(event).inputs:
        note(param, "")
    return found


def _flat(name: str) -> str:
    return name.replace("_", "").lower()
