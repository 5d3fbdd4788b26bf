# SPDX-License-Identifier: AGPL-3.0-only
"""ETH and tokens: symbol and decimals as people write them, balances, and the leave to pull."""

from dataclasses import dataclass
from typing import Self

from millpond.chain import abi
from millpond.chain.abi import Abi
from millpond.chain.answers import NO_ADDRESS, Address
from millpond.chain.client import Client
from millpond.chain.contracts import Contract
from millpond.core.errors import DeploymentError
from millpond.core.subjects import address_bytes, checksum_address
from millpond.core.units import MAX_DECIMALS, format_amount

_LONGEST = 16  # letters of a symbol
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

    address: Address
    symbol: str
    decimals: int
    contract: Contract | None

    @classmethod
    def at(cls, client: Client, address: str) -> Self:
        """Ask the token; `DeploymentError` when there is none or it answers nonsense."""
        place = Address(checksum_address(address_bytes(address)))
        if place == NO_ADDRESS:
            return cls(place, "ETH", 18, None)
        token = Contract(client, "ERC20", place, ERC20)
        token.require_deployed()
        symbol, decimals = str(token.symbol()), int(token.decimals())
        if decimals > MAX_DECIMALS or not symbol.isprintable() or not 0 < len(symbol) <= _LONGEST:
            raise DeploymentError(
                f"the token at {place} answers {symbol[:_LONGEST]!r} and {decimals} decimals",
                "check the asset's address",
            )
        return cls(place, symbol, decimals, token)

    def text(self, amount: int) -> str:
        """An amount in the smallest unit, for people."""
        return f"{format_amount(amount, self.decimals, grouped=True)} {self.symbol}"

    def balance(self, client: Client, account: str) -> int:
        """What an account has, in the smallest unit."""
        if self.contract is None:
            return client.balance(Address(account))
        return int(self.contract.balanceOf(account))

    def allowance(self, owner: str, spender: str) -> int:
        """How much of a token `spender` may pull from `owner`; nobody can pull ETH."""
        return int(self.contract.allowance(owner, spender)) if self.contract is not None else 0
