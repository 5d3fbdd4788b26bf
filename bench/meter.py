# SPDX-License-Identifier: AGPL-3.0-only
"""Measures one operation as one whole transaction: the gas of its receipt, the bytes it carried.

Each transaction has a block of its own, so every slot is cold as in real life; 21,000 and the
calldata are included. A row whose transaction did less than it says is refused.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from millpond.chain import answers
from millpond.chain.answers import Receipt
from millpond.chain.client import Client
from millpond.chain.contracts import Contract, Method
from millpond.chain.signers import Signer
from millpond.core.errors import BooksError
from millpond.core.subjects import from_hex


class Sendable(Protocol):
    """Whatever is one transaction when it is sent."""

    @property
    def data(self) -> bytes:
        """The calldata."""

    def send(self) -> Receipt:
        """Send it and wait."""


@dataclass(frozen=True)
class Call:
    """A transaction that is ready to be sent, measured or not."""

    signer: Signer
    method: Method
    args: tuple[object, ...]
    value: int = 0

    @property
    def data(self) -> bytes:
        """The calldata."""
        return self.method.encode(*self.args)

    def send(self) -> Receipt:
        """Send it and wait."""
        return self.method.send(self.signer, *self.args, value=self.value)


@dataclass(frozen=True)
class Figure:
    """What one operation cost, and in which state it was measured."""

    operation: str
    set_up: str
    gas: int
    calldata: int


Told = Callable[[str, int], None]
"""Hears what is next, and how many steps of the whole it begins: 1 for a row, else 0."""

Expected = tuple[Contract, str, int]
"""A contract, one of its events, and how many of it a transaction must have emitted."""


class Meter:
    """Collects the figures of one run."""

    def __init__(self, client: Client, told: Told) -> None:
        self.client = client
        self.figures: dict[str, Figure] = {}
        self._told = told

    def prepare(self, what: str) -> None:
        """Something that takes long comes before the next row."""
        self._told(what, 0)

    def measure(self, operation: str, set_up: str, call: Sendable, *expected: Expected) -> Receipt:
        """Send one transaction and keep its figure under the name of the operation."""
        self._told(operation, 1)
        receipt = call.send()
        for contract, event, count in expected:
            found = len(contract.events(receipt, event))
            if found != count:
                raise BooksError(
                    f"{operation} emitted {found} {event} where {count} were expected",
                    "its set-up no longer holds; mend it in bench/operations before quoting it",
                )
        self.record(operation, set_up, receipt, call.data)
        return receipt

    def measure_mined(self, operation: str, set_up: str, transaction_hash: str) -> None:
        """The same for a transaction that the project's own code has sent already."""
        self._told(operation, 1)
        wanted = from_hex(transaction_hash, 32)
        found = self.client.rpc.ask("eth_getTransactionReceipt", [transaction_hash])
        receipt, _ = answers.receipt(found, wanted)
        self.record(operation, set_up, receipt, self.client.transaction(wanted).data)

    def record(self, operation: str, set_up: str, receipt: Receipt, data: bytes) -> None:
        """Keep a figure; no operation is measured twice."""
        if operation in self.figures:
            raise BooksError(f"{operation} is measured twice", "give each row a name of its own")
        self.figures[operation] = Figure(operation, set_up, receipt.gas_used, len(data))
