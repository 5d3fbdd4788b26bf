# SPDX-License-Identifier: AGPL-3.0-only
"""What Grain is, in words: transfers between accounts, what owners allowed, permits used, minters.

There is no balance here: an account has what came to it less what went from it. A grain is new in
the transaction that makes it; whoever makes one for a walk sets it up there, or never.
"""

from collections.abc import Sequence

from tests.properties.chain import Handle, to_address
from tests.properties.model import Msg
from tests.properties.model_pool_journal import Bookkeeper, Journal, all_or_nothing
from tests.properties.signing import Meaning, domain_separator

ZERO = "0x" + "00" * 20
LIMIT = 2**128
WITHOUT_END = 2**256 - 1
FIELDS = bytes([0x0F])

PERMIT = "Permit(address owner,address spender,uint256 value,uint256 nonce,uint256 deadline)"


class GrainModel(Bookkeeper):
    """One pool's grain. The hub names the first minter, the governor all others."""

    ours = True

    def __init__(
        self, me: Handle, journal: Journal, hub: str, governor: str, names: tuple[str, str]
    ) -> None:
        super().__init__(me, journal)
        self._hub, self._governor, self.names = hub, governor, names
        self.is_new = False  # while the Hub makes it

    # --- what is so -----------------------------------------------------------------------

    def has(self, account: str) -> int:
        """What came to it less what went from it."""
        return self.sum("came", account) - self.sum("went", account)

    def supply(self) -> int:
        """All that was ever minted: nothing is burnt."""
        return self.sum("minted")

    def mints(self, account: str) -> bool:
        """Named a minter and not struck off since."""
        return bool(self.noted(False, "minter", account))

    # --- anyone ---------------------------------------------------------------------------

    @all_or_nothing
    def transfer(self, msg: Msg, to: str, amount: int) -> bool:
        """ERC-20."""
        self._pass_on(msg, msg.sender, to, amount, "grain: the balance is too small")
        return True

    def approve(self, msg: Msg, spender: str, amount: int) -> bool:
        """ERC-20; replaces what was allowed before."""
        self._allow(msg, msg.sender, spender, amount)
        return True

    @all_or_nothing
    def transfer_from(self, msg: Msg, owner: str, to: str, amount: int) -> bool:
        """ERC-20; an allowance without end is never used up. Tells no Approval."""
        msg.need(owner != ZERO, "grain: not from the zero address")
        left = self.allowance(msg, owner, msg.sender)
        msg.need(amount <= left, "grain: more than is allowed")
        self._pass_on(msg, owner, to, amount, "grain: the owner has too little")
        if left != WITHOUT_END:
            self.note(left - amount, "allowed", owner, msg.sender)
        return True

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
        """EIP-2612: what the owner signed, with the number of her next permit."""
        msg.need(msg.now <= deadline, "grain: the permit has expired")
        asked = Meaning(PERMIT, self.address, (owner, spender, amount, self._next(owner), deadline))
        signer = msg.world.signatures.signer_of(r + s + bytes([v]), asked)
        msg.need(signer == owner, "grain: not the owner's signature")
        self._allow(msg, owner, spender, amount)
        self.add(1, "permits", owner)

    # --- minters --------------------------------------------------------------------------

    @all_or_nothing
    def mint(self, msg: Msg, to: str, amount: int) -> None:
        """New grain."""
        msg.need(self.mints(msg.sender), "grain: only a minter")
        fits = self.supply() + amount < LIMIT
        msg.need(fits, "grain: the supply is full")
        self._receive(msg, ZERO, to, amount)
        self.add(amount, "minted")
        self.add(amount, "minted", msg.sender)

    @all_or_nothing
    def mint_many(self, msg: Msg, batch: Sequence[int]) -> None:
        """New grain for many; each is amount * 2^160 + receiver."""
        for grant in batch:
            amount, receiver = divmod(grant, 2**160)
            self._receive(msg, ZERO, to_address(receiver), amount)
        made = sum(grant >> 160 for grant in batch)
        msg.need(self.mints(msg.sender), "grain: only a minter")
        fits = self.supply() + made < LIMIT
        msg.need(fits, "grain: the supply is full")
        self.add(made, "minted")
        self.add(made, "minted", msg.sender)

    # --- the hub, once; the governor ------------------------------------------------------

    def setup(self, msg: Msg, minter: str) -> None:
        """The first minter."""
        msg.need(msg.sender == self._hub, "grain: only the hub sets it up")
        msg.need(self.is_new, "grain: it is set up already")
        self._name_minter(msg, minter, True)
        self.is_new = False

    def set_minter(self, msg: Msg, minter: str, allowed: bool) -> None:
        """By a rules vote."""
        msg.need(msg.sender == self._governor, "grain: only the governor")
        part = msg.call(self._governor, "part_words", minter)
        pool = msg.call(self._governor, "pool")
        msg.need(part or minter == pool, "grain: not a part of the pool")
        self._name_minter(msg, minter, allowed)

    # --- views ----------------------------------------------------------------------------

    def balance_of(self, _: Msg, owner: str) -> int:
        """ERC-20."""
        return self.has(owner)

    def total_supply(self, _: Msg) -> int:
        """ERC-20."""
        return self.supply()

    def allowance(self, _: Msg, owner: str, spender: str) -> int:
        """What is left of the owner's last word to this spender."""
        found: int = self.noted(0, "allowed", owner, spender)
        return found

    def nonces(self, _: Msg, owner: str) -> int:
        """The number that her next permit must carry."""
        return self._next(owner)

    def is_minter(self, _: Msg, account: str) -> bool:
        """May create grain."""
        return self.mints(account)

    def can_mint(self, _: Msg, account: str, amount: int) -> bool:
        """A minter, and it fits."""
        return self.mints(account) and self.supply() + amount < LIMIT

    def name(self, _: Msg) -> str:
        """As it was made."""
        return self.names[0]

    def symbol(self, _: Msg) -> str:
        """As it was made."""
        return self.names[1]

    def decimals(self, _: Msg) -> int:
        """As wallets expect."""
        return 18

    def hub(self, _: Msg) -> str:
        """Who made it."""
        return self._hub

    def governor(self, _: Msg) -> str:
        """Who names minters."""
        return self._governor

    def domain_separator(self, msg: Msg) -> bytes:
        """EIP-2612."""
        return domain_separator(msg.world.chain.chain_id, self.address, self.names[0], "1")

    def eip712_domain(self, msg: Msg) -> tuple[object, ...]:
        """EIP-5267."""
        chain_id = msg.world.chain.chain_id
        return FIELDS, self.names[0], "1", chain_id, self.address, bytes(32), []

    # --- how ------------------------------------------------------------------------------

    def _next(self, owner: str) -> int:
        return self.sum("permits", owner)

    def _pass_on(self, msg: Msg, owner: str, to: str, amount: int, too_little: str) -> None:
        msg.need(amount <= self.has(owner), too_little)
        self._receive(msg, owner, to, amount)
        self.add(amount, "went", owner)

    def _receive(self, msg: Msg, owner: str, to: str, amount: int) -> None:
        why = "grain: it would be lost there"
        msg.need(to not in (ZERO, self.address), why)
        self.add(amount, "came", to)
        msg.emit("Transfer", sender=owner, receiver=to, value=amount)

    def _allow(self, msg: Msg, owner: str, spender: str, amount: int) -> None:
        why = "grain: nobody to allow it to"
        msg.need(spender != ZERO, why)
        self.note(amount, "allowed", owner, spender)
        msg.emit("Approval", owner=owner, spender=spender, value=amount)

    def _name_minter(self, msg: Msg, minter: str, may: bool) -> None:
        self.note(may, "minter", minter)
        msg.emit("MinterSet", minter=minter, allowed=may)
