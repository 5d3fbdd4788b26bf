# SPDX-License-Identifier: AGPL-3.0-only
"""One peer in one build: its contracts on the chain, and the figures that it gives."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from bench.meter import Expected, Meter, Sendable
from bench.peers.compiler import Artifact
from bench.people import People
from millpond.chain import dev_time
from millpond.chain.abi import encode_values
from millpond.chain.answers import Address, Receipt, bad
from millpond.chain.client import Client, Transaction
from millpond.chain.contracts import Contract
from millpond.chain.signers import Signer
from millpond.core.errors import BooksError

DAY = 86_400
WEI, UNITS = 1_234_567_890_123_456_789, 1_234_567_891
"""Amounts with as many digits as ours have."""


@dataclass(frozen=True)
class PeerFigure:
    """What a peer charges for one operation, and in how many transactions."""

    operation: str
    peer: str
    build: str
    gas: int
    transactions: int
    note: str


@dataclass(frozen=True)
class Transfer:
    """ETH sent along with no call."""

    signer: Signer
    client: Client
    to: Address
    value: int
    data: bytes = b""

    def send(self) -> Receipt:
        """Send it and wait."""
        gift = Transaction(self.to, self.data, self.value, "a transfer")
        return self.signer.send(self.client, gift)


@dataclass
class Notebook:
    """Measures and remembers."""

    client: Client
    people: People
    peer: str
    build: str
    figures: list[PeerFigure] = field(default_factory=list)

    def deploy(self, made: Artifact, *arguments: object) -> Contract:
        """A contract of the peer's, by the steward."""
        name = made.form.name
        words = encode_values(made.form.constructor, arguments, f"the constructor of {name}")
        creation = Transaction(None, made.creation + words, label=f"the deployment of {name}")
        receipt = self.people.steward.send(self.client, creation)
        if receipt.contract_address is None:
            raise bad("a created contract", receipt)
        return Contract(self.client, name, receipt.contract_address, made.form)

    def at(self, made: Artifact, address: str) -> Contract:
        """A contract that another has made."""
        return Contract(self.client, made.form.name, address, made.form)

    def measure(
        self,
        operation: str,
        calls: Sendable | Sequence[Sendable],
        *expected: Expected,
        note: str = "",
    ) -> Receipt:
        """One transaction, or the sum of several; each must emit what is expected."""
        several = calls if isinstance(calls, Sequence) else [calls]
        meter = Meter(self.client, lambda _what, _steps: None)
        receipts = [
            meter.measure(f"{operation}, transaction {number}", note, call, *expected)
            for number, call in enumerate(several, 1)
        ]
        gas = sum(receipt.gas_used for receipt in receipts)
        self.figures.append(PeerFigure(operation, self.peer, self.build, gas, len(several), note))
        return receipts[-1]

    def add_up(self, operation: str, parts: Sequence[str], note: str) -> None:
        """A figure that is the sum of measured ones; a part may count twice."""
        measured = {figure.operation: figure for figure in self.figures}
        gas = sum(measured[part].gas for part in parts)
        several = sum(measured[part].transactions for part in parts)
        self.figures.append(PeerFigure(operation, self.peer, self.build, gas, several, note))

    def wait(self, seconds: int) -> None:
        """Let time pass."""
        dev_time.advance(self.client, seconds)

    def require(self, done: bool, operation: str) -> None:
        """A transaction that did less than it says gives no figure."""
        if not done:
            raise BooksError(
                f"{self.peer} ({self.build}): {operation} did not do what it should",
                "mend its set-up in bench/peers before quoting it",
            )
