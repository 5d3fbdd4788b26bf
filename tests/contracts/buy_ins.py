# SPDX-License-Identifier: AGPL-3.0-only
"""What the tests of buy-ins share: asking one by vote, allowing it, and where the money is."""

from typing import Any

from eth_abi.abi import encode

from tests.contracts.coop import Action, Coop
from tests.contracts.evm import ETH, Contract, address_of

PRICE = 250_000_000


def terms(asset: Any, amount: int) -> bytes:
    """What `on_open` reads."""
    return encode(["address", "uint256"], [address_of(asset), amount])


def buying_in(coop: Coop, asset: Any, amount: int) -> Action:
    """The call that opens an earmark for buy-ins."""
    return coop.opening(coop.admission, params=terms(asset, amount))


def setting(coop: Coop, amount: int) -> Action:
    """The call that sets what the next ones pay."""
    return coop.admission, 0, coop.admission.calldata("set_buy_in", amount)


def offer(coop: Coop, *candidates: Any) -> None:
    """By vote."""
    names = " ".join(address_of(each) for each in candidates)
    coop.enact(coop.offering(*candidates), text=f"offer {coop.evm.now} {names}")


def allow(coop: Coop, token: Contract, payer: Any, amount: int) -> None:
    """Money of hers that the Admission may take."""
    token.mint(payer, amount, sender=coop.relayer)
    token.approve(coop.admission, amount, sender=payer)


def books(coop: Coop, asset: Any, earmark: int = 1) -> tuple[int, int]:
    """What the earmark has, and how much of it is reserved."""
    pool = coop.pool
    return pool.balance_of(earmark, asset), pool.reserved(earmark, asset)


def kept(coop: Coop, asset: Any) -> int:
    """What the Admission itself has: nothing, ever."""
    if address_of(asset) == ETH:
        return coop.evm.balance(coop.admission)
    found: int = asset.balanceOf(coop.admission)
    return found
