# SPDX-License-Identifier: AGPL-3.0-only
"""The calls of a proposal, and what the mirror knows for telling them.

The words are made by whoever shows them (millpond.chain.wording); nothing here is text for people.
"""

from dataclasses import dataclass

from millpond.chain.answers import NO_ADDRESS, Address
from millpond.chain.governance import Action
from millpond.chain.wording import Earmark, Here
from millpond.core.figures import Asset
from millpond.mirror.reads.pools import Pool
from millpond.mirror.reads.snapshot import Snapshot


@dataclass(frozen=True)
class Facts:
    """What a snapshot knows of a pool, as far as words need it (`wording.Known`)."""

    now: Snapshot
    pool: Pool
    block_number: int
    log_index: int
    """The proposal's own place: which contracts were parts of the pool is asked as of then."""

    @property
    def here(self) -> Here:
        """The pool."""
        parts, as_of = self.pool.parts, self.now.as_of
        return Here(
            pool=self.pool.address,
            governor=parts.governor,
            admission=parts.admission,
            grain=parts.grain,
            distributor=parts.distributor,
            hub=as_of.hub,
            identity=as_of.identity,
        )

    def kind_of(self, address: str) -> tuple[str | None, str | None]:
        """By the Hub's records."""
        return self.now.kind_of(address)

    def asset(self, address: str) -> Asset:
        """What an asset said of itself when it first came into a pool's books."""
        return self.now.asset(address)

    def is_token(self, address: str) -> bool:
        """Whether any pool had money in it."""
        return address != NO_ADDRESS and self.now.knows(address)

    def consent_selector(self, address: str) -> bytes | None:
        """By the installations before the proposal."""
        query = """
            SELECT consent_selector FROM governor_part_installed
            WHERE address = ? AND part = ? AND (block_number, log_index) < (?, ?)
        """
        place = self.block_number, self.log_index
        row = self.now.row(query, self.pool.parts.governor, address, *place)
        return bytes.fromhex(row["consent_selector"][2:]) if row else None

    def has_code(self, address: str) -> bool | None:
        """The mirror never looks; what it knows has code."""
        return True if self.kind_of(address)[0] else None

    def earmark(self, number: int) -> Earmark | None:
        """One of this pool's."""
        query = "SELECT * FROM earmarks WHERE pool = ? AND earmark_id = ?"
        row = self.now.row(query, self.pool.address, number) if number < _ROWS else None
        if row is None:
            return None
        restricted, deadline = bool(row["restricted"]), row["deadline"] or None
        return Earmark(row["uri"], row["spender"], restricted, deadline)

    def buy_in_asset(self) -> str | None:
        """Of the buy-in that was set last."""
        query = """
            SELECT asset, block_number FROM admission_buy_in_set WHERE address = ?
            ORDER BY block_number DESC, log_index DESC LIMIT 1
        """
        row = self.now.row(query, self.pool.parts.admission)
        return row["asset"] if row else None

    def next_install(self, kind: bytes, setup_call: bytes) -> str | None:
        """The mirror does not know what the Hub's clones run, from which their addresses follow."""
        del kind, setup_call
        return None


_ROWS = 2**63
"""More than a database counts."""


def actions_of(now: Snapshot, pool: Pool, proposal: str) -> tuple[Action, ...]:
    """The calls of a proposal, in order."""
    query = "SELECT * FROM actions WHERE governor = ? AND proposal_id = ? ORDER BY position"
    return tuple(
        Action(Address(row["target"]), int(row["value"]), bytes.fromhex(row["calldata"][2:]))
        for row in now.rows(query, pool.parts.governor, proposal)
    )
