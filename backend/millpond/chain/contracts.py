# SPDX-License-Identifier: AGPL-3.0-only
"""A contract at an address, called by its frozen ABI.

pool = Contract(client, "Pool", address)
pool.balance_of(1, asset)                          a read (eth_call), decoded
pool.give.encode(1, asset, amount, "")             the bytes, for a proposal's action
pool.give.send(signer, 1, asset, amount, "")       tried, sent, waited for: the receipt
pool.post.simulate(sender, ...)                    what it would return, or `Reverted`
pool.post.prepare(sender, ...)                     all that `send` does before it signs
pool.events(receipt, "Given")                      its decoded events in a receipt
pool.past_events("Given", first_block=deployed_at) its decoded events on the chain
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from millpond.chain import abi
from millpond.chain.abi import Event, Function, Value
from millpond.chain.answers import Address, Receipt
from millpond.chain.client import Client, Prepared, Transaction
from millpond.core.errors import BadInput, DeploymentError
from millpond.core.subjects import address_bytes, checksum_address

if TYPE_CHECKING:  # whoever only reads needs none of it
    from millpond.chain.signers import Signer


class Contract:
    """One deployed contract. Its functions are attributes; ours are listed in the module text.

    `kind` names a frozen ABI; a contract that is none of ours brings its own as `form`.
    """

    def __init__(
        self, client: Client, kind: str, address: str, form: abi.Abi | None = None
    ) -> None:
        self.client = client
        self.kind = kind
        self.address = Address(checksum_address(address_bytes(address)))
        self.abi = form or abi.load(kind)

    def __repr__(self) -> str:
        return f"{self.kind}({self.address})"

    def __getattr__(self, name: str) -> Method:
        if name.startswith("__") or name not in self.abi.functions:
            raise AttributeError(f"{self.kind} has no function {name}")
        return Method(self, name)

    def encode(self, function: str, *args: object) -> bytes:
        """The bytes of a call, by the function's name."""
        return self.abi.function(function, len(args)).encode(args)

    def require_deployed(self) -> None:
        """`DeploymentError` unless there is a contract at this address."""
        if not self.client.code(self.address):
            raise DeploymentError(
                f"there is no contract at {self.address} on chain {self.client.chain_id}",
                f"check the address of the {self.kind} and the network in the record of deployment",
            )

    def events(self, receipt: Receipt, name: str | None = None) -> list[Event]:
        """What this contract said in a receipt, in order; one kind of event, or all."""
        own = [log for log in receipt.logs if log.address == self.address]
        found = [self.abi.decode_log(log) for log in own]
        return [event for event in found if name is None or event.name == name]

    def event(self, receipt: Receipt, name: str) -> Event:
        """The one event of this kind in a receipt."""
        found = self.events(receipt, name)
        if len(found) != 1:
            raise DeploymentError(
                f"{self!r} emitted {len(found)} {name} events where one was expected",
                "check with `millpond verify code` that this address runs the published code",
            )
        return found[0]

    def past_events(
        self,
        name: str | None,
        first_block: int,
        last_block: int | None = None,
        indexed: tuple[bytes | None, ...] = (),
        on_progress: Callable[[int, int], None] | None = None,
    ) -> list[Event]:
        """Events on the chain, in order: of one kind and filtered by its indexed fields, or all."""
        topics = () if name is None else (self.abi.event(name).topic, *indexed)
        logs = self.client.logs(self.address, topics, first_block, last_block, on_progress)
        return [self.abi.decode_log(log) for log in logs]


class Method:
    """One function of one contract, whichever overload the arguments choose."""

    def __init__(self, contract: Contract, name: str) -> None:
        self.contract = contract
        self._name = name

    def __call__(self, *args: object, at: int | str = "latest") -> Value:
        """Read: the decoded return value, on the state after block `at`."""
        return self._call(None, args, 0, at)

    def simulate(self, sender: str, *args: object, value: int = 0) -> Value:
        """What a transaction of this sender would return now; `Reverted` if it would fail."""
        return self._call(Address(checksum_address(address_bytes(sender))), args, value, "latest")

    def encode(self, *args: object) -> bytes:
        """The bytes of this call."""
        return self._function(args).encode(args)

    def prepare(self, sender: str, *args: object, value: int = 0) -> Prepared:
        """What would be sent, once it has passed its trial: a dry run ends here."""
        account = Address(checksum_address(address_bytes(sender)))
        return self.contract.client.prepare(self._deed(args, value), account)

    def send(self, signer: Signer, *args: object, value: int = 0) -> Receipt:
        """Try, send and wait. `Reverted` with the contract's reason, before anything is sent."""
        return signer.send(self.contract.client, self._deed(args, value))

    def _deed(self, args: tuple[object, ...], value: int) -> Transaction:
        function = self._function(args)
        if function.mutability in ("view", "pure"):
            raise BadInput(f"{function.signature} changes nothing", "call it instead of sending it")
        if value and function.mutability != "payable":
            raise BadInput(f"{function.signature} takes no ETH", "send it without a value")
        return self._transaction(function, args, value)

    def _call(
        self, sender: Address | None, args: tuple[object, ...], value: int, at: int | str
    ) -> Value:
        function = self._function(args)
        transaction = self._transaction(function, args, value)
        data = self.contract.client.call(transaction, sender, at)
        if not data and function.outputs:
            self.contract.require_deployed()
        return function.decode_output(data)

    def _function(self, args: tuple[object, ...]) -> Function:
        return self.contract.abi.function(self._name, len(args))

    def _transaction(self, function: Function, args: tuple[object, ...], value: int) -> Transaction:
        label = f"{self.contract.kind}.{self._name}"
        return Transaction(self.contract.address, function.encode(args), value, label)
