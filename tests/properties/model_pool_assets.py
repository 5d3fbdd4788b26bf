# SPDX-License-Identifier: AGPL-3.0-only
"""The tokens of a walk, beside Grain: what all have in common, and one that behaves.

`contracts/mocks/TestDollar.vy` in words. An asset knows who really has how much, whatever any
pool's books say.
"""

from tests.contracts.evm import ETH
from tests.properties.met import TOKEN
from tests.properties.model import Msg
from tests.properties.model_grain import PERMIT, WITHOUT_END, ZERO
from tests.properties.model_pool_journal import Bookkeeper, all_or_nothing
from tests.properties.signing import Meaning


class Junk:
    """An answer that is neither yes nor no."""


JUNK_ANSWER = Junk()
Answer = bool | None | Junk


def has(msg: Msg, asset: str, account: str) -> int:
    """What an account really has of an asset, as the chain says."""
    if asset == ETH:
        return msg.world.wei.get(account, 0)
    if asset not in msg.world.models:
        msg.world.touch(TOKEN, "lost its code")
        msg.need(False, "pool: asset has no code")
    found: int = msg.call(asset, "balanceOf", account)
    return found


class Token(Bookkeeper):
    """What both have in common: allowances and sums."""

    def has(self, account: str) -> int:
        """What came to it less what went from it."""
        return self.sum(account)

    def balance_of(self, _: Msg, account: str) -> int:
        """What it says an account has."""
        return self.has(account)

    def allowance(self, _: Msg, owner: str, spender: str) -> int:
        """What is left of the owner's word."""
        found: int = self.noted(0, "allowed", owner, spender)
        return found

    def _use_allowance(self, msg: Msg, owner: str, amount: int, endless: bool, why: str) -> None:
        left = self.allowance(msg, owner, msg.sender)
        msg.need(amount <= left, why)
        if not endless or left != WITHOUT_END:
            self.note(left - amount, "allowed", owner, msg.sender)


class Dollar(Token):
    """Well-behaved, 6 decimals, permits; anyone may print it."""

    def mint(self, msg: Msg, to: str, amount: int) -> None:
        """Anyone prints."""
        self.add(amount, to)
        msg.emit("Transfer", sender=ZERO, receiver=to, value=amount)

    def approve(self, msg: Msg, spender: str, amount: int) -> bool:
        """Replaces what was allowed."""
        self._allow(msg, msg.sender, spender, amount)
        return True

    @all_or_nothing
    def transfer(self, msg: Msg, to: str, amount: int) -> bool:
        """ERC-20."""
        return self._move(msg, msg.sender, to, amount)

    @all_or_nothing
    def transfer_from(self, msg: Msg, owner: str, to: str, amount: int) -> bool:
        """ERC-20."""
        self._use_allowance(msg, owner, amount, True, "dollar: not allowed so much")
        return self._move(msg, owner, to, amount)

    @all_or_nothing
    def permit(
        self,
        msg: Msg,
        owner: str,
        spender: str,
        amount: int,
        deadline: int,
        v: int,
        r: bytes,
        s: bytes,
    ) -> None:
        """EIP-2612."""
        msg.need(msg.now <= deadline, "dollar: permit is too late")
        asked = Meaning(
            PERMIT, self.address, (owner, spender, amount, self.sum("permits", owner), deadline)
        )
        signer = msg.world.signatures.signer_of(r + s + bytes([v]), asked)
        msg.need(signer == owner, "dollar: not signed by the owner")
        self.add(1, "permits", owner)
        self._allow(msg, owner, spender, amount)

    def nonces(self, _: Msg, owner: str) -> int:
        """The number that the next permit must carry."""
        return self.sum("permits", owner)

    def _allow(self, msg: Msg, owner: str, spender: str, amount: int) -> None:
        self.note(amount, "allowed", owner, spender)
        msg.emit("Approval", owner=owner, spender=spender, value=amount)

    def _move(self, msg: Msg, owner: str, to: str, amount: int) -> bool:
        msg.need(to not in (ZERO, self.address), "dollar: to nobody")
        msg.need(amount <= self.has(owner), "dollar: too little")
        self.add(-amount, owner)
        self.add(amount, to)
        msg.emit("Transfer", sender=owner, receiver=to, value=amount)
        return True
