# SPDX-License-Identifier: AGPL-3.0-only
"""Which account a subject is paid at. Source of the rule: `account_of` in contracts/Identity.vy."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

from millpond.core.subjects import Subject, address_of, is_address, to_hex
from millpond.mirror.reads.pools import Pool
from millpond.mirror.reads.snapshot import Snapshot


@dataclass(frozen=True)
class Payees:
    """The accounts of some identities for one pool, as of the mirrored block."""

    linked: dict[str, str | None]
    """Identity -> its account; None while a link waits."""

    @classmethod
    def of(cls, now: Snapshot, pool: Pool, subjects: Iterable[Subject]) -> Self:
        """The first listed pool with a link that counts or waits decides."""
        wanted = [to_hex(each) for each in subjects if not is_address(each)]
        linked: dict[str, str | None] = {}
        for listed in trusted(now, pool.address):
            query = """
                SELECT * FROM links WHERE pool = ? AND state IN ('active', 'pending')
                AND identity IN (#)
            """
            rows = now.rows_of(query, wanted, listed)
            waiting = {row["identity"] for row in rows if row["state"] == "pending"}
            for row in rows:
                identity = row["identity"]
                linked.setdefault(identity, None if identity in waiting else row["account"])
        return cls(linked)

    def payee(self, subject: Subject) -> str | None:
        """Where a subject is paid now; None: it waits for an account."""
        if is_address(subject):
            return address_of(subject)
        return self.linked.get(to_hex(subject))


def trusted(now: Snapshot, pool: str) -> list[str]:
    """The pools whose attesters a pool trusts, in order; by default its own alone."""
    query = "SELECT value FROM attesting_pools WHERE pool = ? ORDER BY position"
    return [row["value"] for row in now.rows(query, pool)] or [pool]
