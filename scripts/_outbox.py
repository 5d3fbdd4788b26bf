# SPDX-License-Identifier: AGPL-3.0-only
"""One deed's transactions, kept in the journal from before they are sent until their end is known.

A run can end anywhere, also between sending a transaction and hearing of it. The next run of the
same command asks here first what became of it.
"""

from dataclasses import dataclass
from typing import Any

from millpond.chain.answers import Address
from millpond.chain.client import Client, Prepared, Transaction
from millpond.chain.sending import Became, Prices
from millpond.core.errors import DeploymentError
from millpond.core.subjects import from_hex, to_hex
from scripts._journal import UNKNOWN, Journal


@dataclass(frozen=True)
class Deed:
    """What a command does, in words that say it wholly; it is the client's `Outbox`."""

    journal: Journal
    what: str
    by: str
    pool: str

    def leaving(self, prepared: Prepared, transaction_hash: bytes) -> None:
        """A line on the disk before anything is sent."""
        sent = {
            "transactionHash": to_hex(transaction_hash),
            "from": prepared.sender,
            "nonce": prepared.nonce,
            "maxFeePerGas": prepared.max_fee_per_gas,
            "maxPriorityFeePerGas": prepared.max_priority_fee_per_gas,
            "deed": to_hex(prepared.transaction.deed),
        }
        self.journal.add(self.what, self.by, self.pool, end=UNKNOWN, **sent)

    def waiting(self, transaction: Transaction, sender: Address, nonce: int) -> Prices | None:
        """The highest prices that exactly this was sent at before."""
        wanted = {"deed": to_hex(transaction.deed), "from": sender, "nonce": str(nonce)}
        found = [
            Prices(_number(line, "maxFeePerGas"), _number(line, "maxPriorityFeePerGas"))
            for line in self._unfinished()
            if wanted.items() <= line.items()
        ]
        return max(found, key=lambda prices: prices.fee, default=None)

    def looked_up(self, client: Client) -> list[tuple[bytes, Became]]:
        """Each sending whose end was not known, by its hash, and what the chain says of it now."""
        found = []
        for line in self._unfinished():
            sent = from_hex(str(line["transactionHash"]), 32)
            nonce = _number(line, "nonce")
            found.append((sent, client.became(sent, Address(str(line.get("from"))), nonce)))
        return found

    def _unfinished(self) -> list[dict[str, Any]]:
        return self.journal.unfinished(self.what, self.by, self.pool)


def _number(line: dict[str, Any], key: str) -> int:
    try:
        return int(str(line[key]))
    except (KeyError, ValueError):
        raise DeploymentError(
            f"a line of the journal has no number {key}: {str(line)[:80]}",
            "move the journal away; it is a diary only, the chain has all that counts",
        ) from None
