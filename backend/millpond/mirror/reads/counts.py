# SPDX-License-Identifier: AGPL-3.0-only
"""How much there is."""

from millpond.mirror.reads.snapshot import Snapshot


def events_by_contract(now: Snapshot) -> dict[str, int]:
    """How many events each kind of contract has said. It looks at every one of them."""
    query = """
        SELECT contract, count(*) AS n, max(block_number) AS block_number
        FROM events GROUP BY contract
    """
    return {row["contract"]: row["n"] for row in now.rows(query)}
