# SPDX-License-Identifier: AGPL-3.0-only
"""The mirror's views held against the getters of the contracts themselves, at the same second."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from millpond.mirror.stores import connect
from tests.contracts.coop import Coop
from tests.contracts.evm import Actor, Contract
from tests.contracts.words import HEAD, PROPOSAL, apart
from tests.mirror.feed import Chronicle, Feed
from tests.mirror.places import database

STATES = (
    *("pending", "active", "canceled", "defeated"),
    *("succeeded", "queued", "expired", "executed"),
)
U32, U40 = 2**32 - 1, 2**40 - 1


class Mirrors:
    """The same chronicle mirrored on each store; they have to say the same."""

    def __init__(
        self, evm: Chronicle, hub: Contract, identity: Any, folder: Path, stores: Sequence[str]
    ) -> None:
        places = [database(folder, store=store) for store in stores]
        self.feeds = [Feed(evm, hub, identity, place) for place in places]
        self._readers = [connect(place, writes=False) for place in places]

    def tell(self) -> None:
        """Everything that has happened since the last time; a new block begins behind it."""
        for feed in self.feeds:
            feed.tell(warp=feed is self.feeds[0])

    def rows(self, query: str, *values: Any) -> list[dict[str, Any]]:
        """A query's rows by name, the same from each, and in the same order if it asks for one."""
        first, *others = ([dict(row) for row in db.execute(query, values)] for db in self._readers)
        for other in others:
            ordered = "ORDER BY" in query
            assert (other == first) if ordered else (_sorted(other) == _sorted(first)), query
        return first


def _sorted(found: list[dict[str, Any]]) -> list[str]:
    return sorted(map(repr, found))


def check(db: Mirrors, coop: Coop, *people: Actor) -> None:
    """Tell the mirrors what is new, then compare all that they say of a co-op."""
    db.tell()
    check_members(db, coop, [*coop.founders, *people])
    check_proposals(db, coop)
    check_money(db, coop)
    check_grain(db, coop, [*coop.founders, *people])


def check_members(db: Mirrors, coop: Coop, people: list[Actor]) -> None:
    """Seats, and who holds them since when."""
    found = db.rows("SELECT * FROM members WHERE pool = ?", coop.pool.address)
    members = {row["account"]: row for row in found if row["is_member"]}
    assert len(members) == coop.governor.member_count()
    for person in people:
        word = coop.governor.member_words(person)
        assert (person.address in members) == coop.governor.isMember(person)
        if person.address in members:
            row = members[person.address]
            assert row["seat"] == word & U32
            assert row["joined_at"] == word >> 32 & U40
            assert row["rebinds"] == word >> 144 & U32
    left = [row for row in found if not row["is_member"]]
    for row in left:
        assert row["left_at"] == coop.governor.member_words(row["account"]) >> 72 & U40


def check_proposals(db: Mirrors, coop: Coop) -> None:
    """States, times, classes, electorates, tallies, and every single ballot."""
    governor = coop.governor
    for row in db.rows("SELECT * FROM proposals WHERE pool = ?", coop.pool.address):
        number = int(row["proposal_id"])
        word = apart(governor.proposal_words(number), PROPOSAL)
        assert row["state"] == STATES[governor.state(number)], row
        assert row["proposer"] == governor.proposalProposer(number)
        assert row["created_at"] == governor.proposalSnapshot(number)
        assert row["closes_at"] == governor.proposalDeadline(number)
        assert row["eta"] == governor.proposalEta(number)
        assert row["electorate"] == word["electorate"]
        assert row["rules_version"] == word["version"]
        assert row["class"] == word["kind"]
        tally = (row["against"], row["in_favour"], row["abstain"])
        assert tally == tuple(governor.proposalVotes(number))
        _check_ballots(db, coop, number)


def _check_ballots(db: Mirrors, coop: Coop, number: int) -> None:
    query = "SELECT * FROM ballots WHERE governor = ? AND proposal_id = ?"
    ballots = {r["seat"]: r for r in db.rows(query, coop.governor.address, str(number))}
    for seat in range(1, apart(coop.governor.head(), HEAD)["seats"] + 1):
        kept = coop.governor.sheets(number, seat // 64) >> 4 * (seat % 64) & 15
        ballot = ballots.get(seat)
        assert kept == (1 + 3 * (ballot["casts"] - 1) + ballot["support"] if ballot else 0)


def check_money(db: Mirrors, coop: Coop) -> None:
    """Terms and accounts of every earmark, debts, and what is held."""
    pool = coop.pool
    found = db.rows("SELECT * FROM earmarks WHERE pool = ?", pool.address)
    assert len(found) == pool.earmark_count() + 1
    for row in found:
        terms = pool.earmark(row["earmark_id"])
        assert (row["spender"] or "0x" + "00" * 20) == terms.spender
        assert (bool(row["restricted"]), row["deadline"]) == (terms.restricted, terms.deadline)
    for row in db.rows("SELECT * FROM accounts WHERE pool = ?", pool.address):
        account = (row["earmark_id"], row["asset"])
        assert row["balance"] == str(pool.balance_of(*account))
        assert row["received"] == str(pool.received(*account))
        assert row["reserved"] == str(pool.reserved(*account))
    for row in db.rows("SELECT * FROM debts WHERE pool = ?", pool.address):
        assert row["owed"] == str(pool.owed(row["asset"], row["account"]))
    for row in db.rows("SELECT * FROM holdings WHERE pool = ?", pool.address):
        assert row["held"] == str(pool.held(row["asset"]))


def check_grain(db: Mirrors, coop: Coop, people: list[Actor]) -> None:
    """Who holds how much grain."""
    found = db.rows("SELECT * FROM grain_balances WHERE grain = ?", coop.grain.address)
    balances = {row["account"]: row["balance"] for row in found}
    for person in people:
        assert balances.get(person.address, "0") == str(coop.grain.balanceOf(person))
    assert sum(map(int, balances.values())) == coop.grain.totalSupply()
