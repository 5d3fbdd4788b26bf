# SPDX-License-Identifier: AGPL-3.0-only
"""What is proven: which words of which contract, and the events after which they are others.

epoch       the hash of a final epoch, which never changes again
review      the distribution under review: its hash, pot, and what was struck out
earmark     terms and books of an earmark in one asset, and what the pool holds of that
proposal    the word of a proposal, its end, every sheet of ballots
members     how many there are, and the rules in force
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from millpond.chain.layouts import Word
from millpond.mirror.reads.snapshot import Snapshot

ON_A_SHEET = 64
_REVIEWED = (
    "_head", "_posted_hash", "_proposal_id", "_pot_and_carry", "_received_and_excluded",
)  # fmt: skip
_SAID_OF_A_PROPOSAL = (
    *("governor_proposal_created", "governor_vote_cast", "governor_proposal_closed"),
    *("governor_consent_extended", "governor_proposal_canceled", "governor_proposal_executed"),
)
_SAID_OF_A_REVIEW = (
    *("DistributionPosted", "DistributionFinalised", "DistributionWithdrawn"),
    *("DistributionVoided", "ZeroedOut", "Restored"),
)

Key = tuple[str | int, ...]


@dataclass(frozen=True)
class Sort:
    """One kind of item: the contract that keeps it, its columns, and where events name it."""

    contract: str
    columns: tuple[str, ...]
    """The first is the contract's address."""
    events: str
    """A query of these columns, and of the block as `n`."""


SORTS: Mapping[str, Sort] = {
    "epoch": Sort(
        "CredDistributor",
        ("distributor", "epoch"),
        "SELECT address AS distributor, epoch, block_number AS n"
        " FROM cred_distributor_distribution_finalised",
    ),
    "review": Sort(
        "CredDistributor",
        ("distributor",),
        "SELECT address AS distributor, block_number AS n FROM events"  # noqa: S608  ours
        " WHERE contract = 'CredDistributor'"
        f" AND event IN ({', '.join(map(repr, _SAID_OF_A_REVIEW))})",
    ),
    "earmark": Sort(
        "Pool",
        ("pool", "earmark_id", "asset"),
        "SELECT pool, earmark_id, asset, block_number AS n FROM ledger"
        " UNION ALL SELECT a.pool, a.earmark_id, a.asset, l.block_number FROM accounts a"
        " JOIN pool_lapsed l ON l.address = a.pool AND l.earmark_id = a.earmark_id",
    ),
    "proposal": Sort(
        "Governor",
        ("governor", "proposal_id"),
        " UNION ALL ".join(
            f"SELECT address AS governor, proposal_id, block_number AS n FROM {table}"  # noqa: S608
            for table in _SAID_OF_A_PROPOSAL
        ),
    ),
    "members": Sort(
        "Governor",
        ("governor",),
        "SELECT governor, block_number AS n FROM seat_changes"
        " UNION ALL SELECT address, block_number FROM governor_rules_set",
    ),
}


@dataclass(frozen=True)
class Item:
    """One thing that is proven, and the newest block in which it changed."""

    sort: str
    key: Key
    changed_at: int

    @property
    def name(self) -> str:
        """Tells it apart from all others of its Hub."""
        return name_of(self.sort, self.key)


def name_of(sort: str, key: Key) -> str:
    """The name of an item."""
    return "/".join(map(str, (sort, *key)))


def changed(now: Snapshot, after: int) -> list[Item]:
    """Everything that changed behind a block, by the newest change."""
    return sorted(
        (item for name in SORTS for item in _changed(now, name, after)),
        key=lambda item: (item.changed_at, item.name),
    )


def last_change(now: Snapshot, sort: str, key: Key) -> int | None:
    """The newest block in which an item changed; None where there is no such item."""
    asked = " AND ".join(f"{column} = ?" for column in SORTS[sort].columns)
    # the names of columns and tables stand in this file
    query = f"SELECT max(n) AS n FROM ({SORTS[sort].events}) AS said WHERE {asked}"  # noqa: S608
    found = now.rows(query, *key)[0]["n"]
    return None if found is None else int(found)


def words_of(now: Snapshot, sort: str, key: Key) -> tuple[Word, ...]:
    """The words that make an item."""
    return tuple(_words(now, sort, SORTS[sort].contract, str(key[0]), key[1:]))


def _changed(now: Snapshot, name: str, after: int) -> Iterator[Item]:
    columns = ", ".join(SORTS[name].columns)
    query = (
        f"SELECT {columns}, max(n) AS n FROM ({SORTS[name].events}) AS said"  # noqa: S608  as above
        f" WHERE n > ? GROUP BY {columns}"
    )
    for row in now.rows(query, after):
        yield Item(name, tuple(row[column] for column in SORTS[name].columns), int(row["n"]))


def _words(now: Snapshot, sort: str, kind: str, address: str, key: Key) -> Iterator[Word]:
    def word(name: str, *keys: str | int) -> Word:
        return Word(kind, address, name, keys)

    if sort == "epoch":
        yield word("epochs._epoch_hash", *key)
    elif sort == "review":
        yield from (word(f"pots.{name}") for name in _REVIEWED)
    elif sort == "earmark":
        yield word("earmarks.terms", key[0])
        yield word("books.books", *key)
        yield word("books.reserves", *key)
        yield word("holdings.holdings", key[1])
    elif sort == "proposal":
        number = int(key[0])
        yield word("proposals.proposal_words", number)
        yield word("proposals.ends", number)
        seats = now.rows("SELECT max(seat) AS n FROM seat_changes WHERE governor = ?", address)
        for sheet in range((seats[0]["n"] or 0) // ON_A_SHEET + 1):
            yield word("ballots.sheets", number, sheet)
    elif sort == "members":
        yield word("members.head")
