# SPDX-License-Identifier: AGPL-3.0-only
"""What the tests of the Pool share: a pool as the Hub makes it, with a small Governor."""

from dataclasses import dataclass
from typing import Any

from tests.contracts.evm import ETH, Actor, Contract, Evm, Log, address_of
from tests.contracts.grains import new_grain

DAY = 86_400
YEAR = 365 * DAY
HALF = 2**128
MOST_RECEIVED = 2**127 - 1
WHOLE = 10**18
PURPOSE = ("ipfs://purpose", b"\x17" * 32)
ZERO = "0x" + "00" * 20
PERMIT = (
    ("owner", "address"),
    ("spender", "address"),
    ("value", "uint256"),
    ("nonce", "uint256"),
    ("deadline", "uint256"),
)
DOMAIN = (
    ("name", "string"),
    ("version", "string"),
    ("chainId", "uint256"),
    ("verifyingContract", "address"),
)


@dataclass(frozen=True)
class House:
    """One pool and the people around it. `governor` is a contract that tests speak for."""

    evm: Evm
    pool: Contract
    governor: Contract
    dollar: Contract
    hub: Actor
    grain: Any
    patron: Actor
    friend: Actor
    payee: Actor

    def open(self, spender: Any = ZERO, *, restricted: bool = False, deadline: int = 0) -> int:
        """The next earmark, opened by vote; returns its number. A spender becomes a part before,
        one that the Hub made if the earmark is restricted."""
        expected = self.pool.earmark_count() + 1
        if restricted:
            self.governor.add_hub_part(spender, sender=self.hub)
        elif address_of(spender) != ZERO:
            self.governor.add_part(spender, sender=self.hub)
        terms = (expected, *PURPOSE, spender, restricted, deadline, b"")
        opened: int = self.pool.open_earmark(*terms, sender=self.governor)
        return opened

    def spender(self) -> Contract:
        """A contract that will serve any earmark."""
        return self.evm.deploy("MockSpender")

    def give(self, earmark_id: int, asset: Any, amount: int, patron: Any = None) -> None:
        """A gift of ETH, or of a token that anyone may print."""
        patron = patron or self.patron
        if address_of(asset) == ETH:
            self.pool.give(earmark_id, asset, amount, "", sender=patron, value=amount)
            return
        asset.mint(patron, amount, sender=patron)
        asset.approve(self.pool, amount, sender=patron)
        self.pool.give(earmark_id, asset, amount, "", sender=patron)

    def books(self, earmark_id: int, asset: Any) -> tuple[int, int, int]:
        """Balance, received, reserved."""
        return (
            self.pool.balance_of(earmark_id, asset),
            self.pool.received(earmark_id, asset),
            self.pool.reserved(earmark_id, asset),
        )

    def real(self, asset: Any, account: Any = None) -> int:
        """What the chain says an account (the pool) has."""
        account = account or self.pool
        if address_of(asset) == ETH:
            return self.evm.balance(account)
        found: int = asset.balanceOf(account)
        return found

    def check_books(self, asset: Any, *creditors: Any) -> None:
        """held = balances + debts <= what is there, and no earmark promises what it has not."""
        ids = range(self.pool.earmark_count() + 1)
        balances = [self.books(i, asset) for i in ids]
        assert all(reserved <= balance for balance, _, reserved in balances)
        debts = sum(self.pool.owed(asset, account) for account in creditors)
        held = self.pool.held(asset)
        assert held == sum(balance for balance, _, _ in balances) + debts
        assert held <= self.real(asset)


def pool_house(evm: Evm, *, with_grain: bool = False) -> House:
    """A pool that is set up, empty, at the first second. Its grain is nobody's contract unless
    asked for; then the pool may mint it."""
    hub = evm.actor("hub")
    pool = evm.clone("Pool", [hub])
    governor = evm.deploy("MockGovernor")
    grain: Any = new_grain(evm, governor, pool) if with_grain else evm.actor("grain")
    pool.setup(governor, grain, sender=hub)
    dollar = evm.deploy("TestDollar")
    people = (evm.actor("patron"), evm.actor("friend"), evm.actor("payee"))
    return House(evm, pool, governor, dollar, hub, grain, *people)


def names(logs: list[Log]) -> list[str]:
    """What happened, in order."""
    return [log.name for log in logs]


def permit(house: House, amount: int, deadline: int, owner: Actor | None = None) -> tuple[Any, ...]:
    """deadline, v, r, s of the patron's permit for the pool on the test dollar."""
    owner = owner or house.patron
    typed = {
        "types": {
            "EIP712Domain": [{"name": n, "type": t} for n, t in DOMAIN],
            "Permit": [{"name": n, "type": t} for n, t in PERMIT],
        },
        "primaryType": "Permit",
        "domain": {
            "name": "Test Dollar",
            "version": "1",
            "chainId": house.evm.chain_id,
            "verifyingContract": house.dollar.address,
        },
        "message": {
            "owner": owner.address,
            "spender": house.pool.address,
            "value": amount,
            "nonce": house.dollar.nonces(owner),
            "deadline": deadline,
        },
    }
    signature = owner.sign(typed)
    return deadline, signature[64], signature[:32], signature[32:64]
