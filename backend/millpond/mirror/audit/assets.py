# SPDX-License-Identifier: AGPL-3.0-only
"""What the mirror keeps of tokens: symbol and decimals, by which every amount is shown."""

from collections.abc import Iterator

from millpond.chain.client import Client
from millpond.mirror.audit.expected import PROVE, Difference
from millpond.mirror.reads.snapshot import Snapshot
from millpond.mirror.source import Source


def differences(now: Snapshot, client: Client) -> Iterator[Difference]:
    """Where a token says otherwise now: its own word by the node's, which no proof is behind."""
    source = Source(client)
    for row in now.rows("SELECT * FROM assets"):
        found = source.asset(row["address"], row["block_number"])
        for column, told in (("symbol", found.symbol), ("decimals", found.decimals)):
            if row[column] != told:
                pair = (str(row[column]), str(told))
                name = f"asset {row['address']}"
                yield Difference("assets", name, column, *pair, "the node's word", PROVE)
