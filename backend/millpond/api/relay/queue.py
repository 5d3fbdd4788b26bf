# SPDX-License-Identifier: AGPL-3.0-only
"""Items on the disk: the API's processes add and read, the relay's one process decides.

What was answered with 202 is on the disk and outlives a power cut. Nothing is lost between two
states: a state changes in the same transaction as the batch that it belongs to (outbox.py).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from millpond.api.relay.items import LIVE, REPLACED, Item, Kept, Kind, State, Verdict
from millpond.api.relay.refusals import QueueFull, TooManyItems
from millpond.chain.answers import Address
from millpond.mirror.stores.database import Database

_DAY = 86_400
_LIVE = ", ".join(f"'{state}'" for state in LIVE)
_COUNT_LIVE = f"SELECT count(*) AS n FROM relay_items WHERE state IN ({_LIVE})"  # noqa: S608  ours
_WAIT_SECONDS = 15
"""Between two looks at an item whose turn has not come."""


@dataclass(frozen=True)
class Bounds:
    """How much is taken on."""

    live: int = 10_000
    """Items under way, of everybody."""
    unproved: int = 1_000
    """Of them, those that no key's signature vouches for and the chain was not asked about yet."""
    live_of_one: int = 16
    """Items under way of one person."""
    unproved_of_one: int = 4
    """Of them unproved ones: anybody may claim to be anybody's wallet."""
    daily_of_one: int = 64
    """Items of one person within a day."""


@dataclass(frozen=True)
class Status:
    """How the relay was when it last said so."""

    chain_id: int
    hub: str
    sender: str
    balance: int
    spent_today: int
    daily: int
    block_number: int
    checked_at: int
    problem: str | None = None
    """The name of the error's class."""
    detail: str | None = None
    next_step: str | None = None


class Queue:
    """The items, over one connection."""

    def __init__(self, db: Database) -> None:
        self.db = db

    # --- the API's side ---------------------------------------------------------------------------

    def add(
        self, item: Item, now: int, bounds: Bounds, reason: tuple[str, str] | None = None
    ) -> tuple[Kept, bool]:
        """The item as it is kept, and whether there is something new to do. `QueueFull`,
        `TooManyItems`.

        What was refused may have become possible since: it is looked at once more. `reason` is the
        text behind a hash that the item signs, the hash first.
        """
        known = self.find(item.id)
        if known is not None and not _may_come_again(known):
            return known, False
        with self.db.transaction():
            self.db.execute("UPDATE relay_turn SET taken = taken + 1")
            known = self.find(item.id)
            if known is not None and not _may_come_again(known):
                return known, False
            self._require_room(item, now, bounds)
            if known is None:
                self.db.insert("relay_items", [self._row(item, now)])
            else:
                self._revive(known, now)
            if reason is not None:
                self.db.execute(
                    "INSERT INTO relay_reasons VALUES (?, ?) ON CONFLICT (hash) DO NOTHING", reason
                )
        found = self.find(item.id)
        assert found is not None  # noqa: S101  it was written just now
        return found, True

    def _require_room(self, item: Item, now: int, bounds: Bounds) -> None:
        unproved = f"{_COUNT_LIVE} AND proved = 0"
        full = self._count(_COUNT_LIVE) >= bounds.live
        if full or (not item.proved and self._count(unproved) >= bounds.unproved):
            raise QueueFull(
                "the relay has as much to do as it takes on",
                "hand it in again in a few minutes, or bring it yourself",
            )
        mine = (item.person,)
        if item.proved:
            today = (
                "SELECT count(*) AS n FROM relay_items"
                " WHERE person = ? AND proved = 1 AND received_at > ?"
            )
            of_one = self._count(f"{_COUNT_LIVE} AND proved = 1 AND person = ?", *mine)
            too_many = (
                of_one >= bounds.live_of_one
                or self._count(today, *mine, now - _DAY) >= bounds.daily_of_one
            )
        else:
            of_one = self._count(f"{unproved} AND person = ?", *mine)
            too_many = of_one >= bounds.unproved_of_one
        if too_many:
            raise TooManyItems(
                f"the relay takes {bounds.live_of_one} items of one person at a time, "
                f"{bounds.daily_of_one} a day, {bounds.unproved_of_one} before they are checked",
                "wait until the earlier ones are on the chain, or bring this one yourself",
            )

    def _row(self, item: Item, now: int) -> tuple[object, ...]:
        seq = self._count("SELECT coalesce(max(seq), 0) + 1 AS n FROM relay_items")
        return (
            *(item.id, seq, str(item.kind), item.pool, item.contract, item.person, item.about),
            *(item.turn, item.rival, item.deadline, item.document, int(item.proved)),
            *(str(State.RECEIVED), "", item.deadline, None, None, None, 0, now, now, now),
            *(None, None),
        )

    def _revive(self, known: Kept, now: int) -> None:
        self.db.execute(
            "UPDATE relay_items SET state = 'received', reason = NULL, next_step = NULL, tries = 0,"
            " proved = ?, received_at = ?, changed_at = ?, next_at = ? WHERE id = ?",
            (int(known.item.proved), now, now, now, known.item.id),
        )

    def find(self, id_: str) -> Kept | None:
        """An item by its hash."""
        row = self.db.execute("SELECT * FROM relay_items WHERE id = ?", (id_,)).fetchone()
        return None if row is None else _kept(row)

    def about(self, contract: str, about: str, after: int, limit: int) -> list[Kept]:
        """What was handed in about one thing, in the order of arrival, without what was refused."""
        query = (
            "SELECT * FROM relay_items WHERE contract = ? AND about = ? AND seq > ?"
            " AND state <> 'refused' ORDER BY seq LIMIT ?"
        )
        return self._all(query, contract, about, after, limit)

    def reason(self, hash_: str) -> str | None:
        """The text behind the hash that a ballot signs."""
        query = "SELECT text FROM relay_reasons WHERE hash = ?"
        row = self.db.execute(query, (hash_,)).fetchone()
        return None if row is None else str(row["text"])

    def counts(self) -> dict[str, int]:
        """How many items are in each state."""
        found = self.db.execute("SELECT state, count(*) AS n FROM relay_items GROUP BY state")
        return {str(state): 0 for state in State} | {row["state"]: row["n"] for row in found}

    # --- the relay's side -------------------------------------------------------------------------

    def to_check(self, now: int, most: int) -> list[Kept]:
        """Items that the chain is to be asked about, the oldest first: new ones, and those that
        somebody else brought, until their block is old."""
        query = (
            "SELECT * FROM relay_items WHERE next_at <= ? AND (state = 'received'"
            " OR state = 'done' AND batch IS NULL) ORDER BY seq LIMIT ?"
        )
        return self._all(query, now, most)

    def decide(self, kept: Kept, verdict: Verdict, now: int) -> None:
        """Note what a look at the chain said."""
        changed = now if verdict.state is not kept.state else kept.changed_at
        later = now + (0 if verdict.state is State.READY else _WAIT_SECONDS)
        proved = int(kept.item.proved or verdict.state is not State.REFUSED)
        self.db.execute(
            "UPDATE relay_items SET state = ?, lane = ?, due = ?, reason = ?, next_step = ?,"
            " changed_at = ?, next_at = ?, proved = ? WHERE id = ?",
            (
                *(str(verdict.state), verdict.lane, verdict.due or kept.due),
                *(verdict.reason, verdict.next_step, changed, later, proved, kept.item.id),
            ),
        )

    def is_under_way(self, item: Item) -> bool:
        """Whether another item that this one has to wait for is in a transaction now."""
        query = (
            "SELECT count(*) AS n FROM relay_items WHERE rival = ? AND state = 'sent' AND id <> ?"
        )
        return self._count(query, item.rival, item.id) > 0

    def has_earlier(self, item: Item) -> bool:
        """Whether a ballot that this one follows is in the queue."""
        query = f"{_COUNT_LIVE} AND rival = ? AND turn < ?"
        return self._count(query, item.rival, item.turn) > 0

    def replaced_by(self, newer: Kept) -> list[Kept]:
        """Earlier ballots of the same turn that did not go out: she has changed her mind."""
        query = (
            "SELECT * FROM relay_items WHERE rival = ? AND turn = ? AND seq < ?"
            " AND state IN ('received', 'ready') AND kind = 'ballot'"
        )
        return self._all(query, newer.item.rival, newer.item.turn, newer.seq)

    def ready(self) -> dict[str, list[Kept]]:
        """What can go out, by lanes, in the order of arrival: one item of each rival, and none
        whose rival is under way."""
        query = (
            "SELECT * FROM relay_items WHERE state = 'ready' AND NOT EXISTS (SELECT 1"
            " FROM relay_items AS other WHERE other.rival = relay_items.rival"
            " AND other.state = 'sent') ORDER BY seq"
        )
        found: dict[str, list[Kept]] = {}
        rivals = set()
        for kept in self._all(query):
            if kept.item.rival not in rivals:
                rivals.add(kept.item.rival)
                found.setdefault(kept.lane, []).append(kept)
        return found

    def of_batch(self, batch: int) -> list[Kept]:
        """The items of one transaction."""
        return self._all("SELECT * FROM relay_items WHERE batch = ? ORDER BY seq", batch)

    def send_back(
        self, items: Iterable[Kept], now: int, reason: str | None = None, failed: bool = True
    ) -> None:
        """Look at these again; each has failed once more, unless it was nobody's fault."""
        for kept in items:
            self.db.execute(
                "UPDATE relay_items SET state = 'received', batch = NULL, tries = ?,"
                " reason = ?, changed_at = ?, next_at = ?, transaction_hash = NULL,"
                " block_number = NULL WHERE id = ?",
                (kept.tries + int(failed), reason, now, now, kept.item.id),
            )

    def expire(self, chain_now: int, now: int) -> None:
        """Look once more at what waited for money or cheaper gas until it was of no use."""
        self.db.execute(
            "UPDATE relay_items SET state = 'received', changed_at = ?, next_at = ?"
            " WHERE state = 'ready' AND due < ?",
            (now, now, chain_now),
        )

    def forget(self, before: int) -> None:
        """What was refused is kept for a while, so that its sender can see why; how what is final
        was sent, for as long. What became of an item is kept."""
        query = "DELETE FROM relay_items WHERE state = 'refused' AND changed_at < ?"
        self.db.execute(query, (before,))
        for table, column in (("relay_attempts", "batch"), ("relay_batches", "id")):
            old = "SELECT id FROM relay_batches WHERE state IN ('final', 'outrun') AND made_at < ?"
            # two tables of ours
            query = f"DELETE FROM {table} WHERE {column} IN ({old})"  # noqa: S608
            self.db.execute(query, (before,))

    # --- how the relay is -------------------------------------------------------------------------

    def say(self, status: Status) -> None:
        """Note how the relay is, for whoever hands something in."""
        values = (
            *(1, status.chain_id, status.hub, status.sender, str(status.balance)),
            *(str(status.spent_today), str(status.daily), status.block_number, status.checked_at),
            *(status.problem, status.detail, status.next_step),
        )
        with self.db.transaction():
            self.db.execute("DELETE FROM relay_status")
            self.db.insert("relay_status", [values])

    def status(self) -> Status | None:
        """How the relay was last; None before its first round."""
        row = self.db.execute("SELECT * FROM relay_status").fetchone()
        if row is None:
            return None
        fields = {key: row[key] for key in row.keys() if key != "one"}  # noqa: SIM118  a row
        amounts = {key: int(fields[key]) for key in ("balance", "spent_today", "daily")}
        return Status(**(fields | amounts))

    def _all(self, query: str, *values: object) -> list[Kept]:
        return [_kept(row) for row in self.db.execute(query, values).fetchall()]

    def _count(self, query: str, *values: object) -> int:
        return int(self.db.execute(query, values).fetchone()["n"])


def _may_come_again(known: Kept) -> bool:
    """Not what its own voter has put another ballot in the place of."""
    return known.state is State.REFUSED and known.reason != REPLACED.reason


def _kept(row: Any) -> Kept:
    item = Item(
        id=row["id"],
        kind=Kind(row["kind"]),
        pool=Address(row["pool"]),
        contract=Address(row["contract"]),
        person=row["person"],
        about=row["about"],
        turn=row["turn"],
        deadline=row["deadline"],
        document=row["document"],
        proved=bool(row["proved"]),
    )
    return Kept(
        item=item,
        seq=row["seq"],
        state=State(row["state"]),
        lane=row["lane"],
        due=row["due"],
        reason=row["reason"],
        next_step=row["next_step"],
        tries=row["tries"],
        received_at=row["received_at"],
        changed_at=row["changed_at"],
        transaction_hash=row["transaction_hash"],
        block_number=row["block_number"],
    )
