# SPDX-License-Identifier: AGPL-3.0-only
"""How people write an asset: its symbol and decimals, asked of the token; ETH has 18."""

from dataclasses import dataclass
from typing import Self

from millpond.chain import abi
from millpond.chain.answers import NO_ADDRESS, Address
from millpond.chain.client import Client
from millpond.chain.contracts import Contract
from millpond.core.errors import DeploymentError
from millpond.core.units import MAX_DECIMALS, format_amount

_LONGEST = 16  # letters of a symbol
_FORM = abi.parse(
    "ERC20",
    [
        {
            "type": "function",
            "name": name,
            "inputs": [],
            "outputs": [{"name": "", "type": kind}],
            "stateMutability": "view",
        }
        for name, kind in (("symbol", "string"), ("decimals", "uint8"))
    ],
)


@dataclass(frozen=True)
class AssetName:
    """An asset's symbol and decimals."""

    symbol: str
    decimals: int

    @classmethod
    def of(cls, client: Client, address: Address) -> Self:
        """Ask the token; `DeploymentError` when there is none or it answers nonsense."""
        if address == NO_ADDRESS:
            return cls("ETH", 18)
        token = Contract(client, "ERC20", address, _FORM)
        token.require_code()
        symbol, decimals = str(token.symbol()), int(token.decimals())
        if decimals > MAX_DECIMALS or not symbol.isprintable() or not 0 < len(symbol) <= _LONGEST:
            raise DeploymentError(
                f"the token at {address} answers {symbol[:_LONGEST]!r} and {decimals} decimals",
                "check the asset's address",
            )
        return cls(symbol, decimals)

    def written(self, amount: int) -> str:
        """An amount in full, for people."""
        return f"{format_amount(amount, self.decimals, grouped=True)} {self.symbol}"
