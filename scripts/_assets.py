# SPDX-License-Identifier: AGPL-3.0-only
"""An asset as a person names it: symbol and decimals, asked of the token; ETH has 18."""

from dataclasses import dataclass
from typing import Self

from millpond.chain import abi
from millpond.chain.abi import Abi
from millpond.chain.answers import Address
from millpond.chain.client import Client
from millpond.chain.contracts import Contract
from millpond.chain.coop import ETH
from millpond.chain.signers import Signer
from millpond.core.subjects import address_bytes, checksum_address
from millpond.core.units import format_amount

_UINT, _ADDRESS = {"name": "", "type": "uint256"}, {"name": "", "type": "address"}


def _function(
    name: str, inputs: list[dict[str, str]], output: str, view: bool
) -> dict[str, object]:
    outputs = [{"name": "", "type": output}]
    state = "view" if view else "nonpayable"
    return {
        "type": "function",
        "name": name,
        "inputs": inputs,
        "outputs": outputs,
        "stateMutability": state,
    }


ERC20: Abi = abi.parse(
    "ERC20",
    [
        _function("decimals", [], "uint8", True),
        _function("symbol", [], "string", True),
        _function("balanceOf", [_ADDRESS], "uint256", True),
        _function("allowance", [_ADDRESS, _ADDRESS], "uint256", True),
        # Declared without a return value: some tokens have none, and a failure is a revert or shows
        # in the allowance.
        {**_function("approve", [_ADDRESS, _UINT], "bool", False), "outputs": []},
        {**_function("transfer", [_ADDRESS, _UINT], "bool", False), "outputs": []},
    ],
)


@dataclass(frozen=True)
class Asset:
    """ETH or a token. `contract` is None for ETH."""

    address: str
    symbol: str
    decimals: int
    contract: Contract | None

    @classmethod
    def at(cls, client: Client, address: str) -> Self:
        """Ask the token what it is called and divided into."""
        if address_bytes(address) == bytes(20):
            return cls(ETH, "ETH", 18, None)
        token = Contract(client, "ERC20", checksum_address(address_bytes(address)), ERC20)
        token.require_code()
        return cls(token.address, str(token.symbol()), int(token.decimals()), token)

    def text(self, amount: int) -> str:
        """An amount in the smallest unit, for people."""
        return f"{format_amount(amount, self.decimals)} {self.symbol}"

    def balance(self, client: Client, account: str) -> int:
        """What an account has, in the smallest unit."""
        if self.contract is None:
            return client.balance(Address(account))
        return int(self.contract.balanceOf(account))

    def allow(self, signer: Signer, spender: str, amount: int) -> None:
        """Let `spender` pull exactly `amount`, unless it may already."""
        if self.contract is None or self.contract.allowance(signer.address, spender) >= amount:
            return
        self.contract.approve.send(signer, spender, amount)
