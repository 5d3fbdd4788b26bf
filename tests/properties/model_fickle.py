# SPDX-License-Identifier: AGPL-3.0-only
"""A token that was sound when the members chose it: contracts/mocks/FickleToken.vy in words."""

from tests.properties.model import Msg, Refused
from tests.properties.model_pool_assets import Token
from tests.properties.model_pool_journal import all_or_nothing

# The ways of contracts/mocks/FickleToken.vy, in its order, and the honest one.
HONEST = 0
ALLOWS_NOTHING, TAXES, UNREADABLE, EATS_GAS, REFUSES, KEEPS = (1 << n for n in range(6))


class FickleModel(Token):
    """One way at a time, towards one account."""

    @property
    def way(self) -> int:
        """How it behaves now."""
        found: int = self.noted(HONEST, "way")
        return found

    def mint(self, _: Msg, to: str, amount: int) -> None:
        """Anyone prints; it tells nobody."""
        self.add(amount, to)

    def burn(self, _: Msg, account: str, amount: int) -> None:
        """What an issuer may do."""
        if amount > self.has(account):
            raise Refused("")
        self.add(-amount, account)

    def behave(self, _: Msg, way: int, taxed: str) -> None:
        """From now on."""
        self.note(way, "way")
        self.note(taxed, "taxed")

    def balance_of(self, msg: Msg, account: str) -> int:
        """What it says, if it says anything."""
        msg.need(self.way != UNREADABLE, "fickle: not today")
        msg.need(self.way != EATS_GAS, "")
        return self.has(account)

    def approve(self, msg: Msg, spender: str, amount: int) -> bool:
        """Replaces what was allowed."""
        if self.way == ALLOWS_NOTHING:
            return False
        self.note(amount, "allowed", msg.sender, spender)
        return True

    @all_or_nothing
    def transfer(self, msg: Msg, to: str, amount: int) -> bool:
        """In its way."""
        return self._move(msg, msg.sender, to, amount)

    @all_or_nothing
    def transfer_from(self, msg: Msg, owner: str, to: str, amount: int) -> bool:
        """In its way."""
        self._use_allowance(msg, owner, amount, False, "fickle: not allowed so much")
        return self._move(msg, owner, to, amount)

    def _move(self, msg: Msg, owner: str, to: str, amount: int) -> bool:
        taxed = to == self.noted("", "taxed")
        if self.way == REFUSES and taxed:
            return False
        msg.need(amount <= self.has(owner), "fickle: too little")
        arrives = {TAXES: amount - amount // 100, KEEPS: 0}.get(self.way, amount)
        self.add(-amount, owner)
        self.add(arrives if taxed else amount, to)
        return True
