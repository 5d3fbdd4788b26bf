# SPDX-License-Identifier: AGPL-3.0-only
"""Grain and OpenZeppelin's ERC20Permit side by side: the same calls, the same answers and books.

    pair = Tokens(seed=7)
    pair.run(operations=5_000)

Success, answer and events of every call must be equal, and what the call has touched in the books.
Where the two differ on purpose the call is named in `divergence`, with the reason, and must differ
exactly so; then what OpenZeppelin's token did is undone. Refusals have each their own words: those
that may stand beside each other are listed in `REASONS`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import Any

from tests.contracts.evm import Actor
from tests.contracts.grains import governor_of, new_grain
from tests.differential.sides import Answer, Ground, Log, Seen, Side
from tests.properties.signing import Meaning, Signatures, domain_separator

CAP = 2**128
MOST = 2**256 - 1
EDGES = (0, 1, 2**127 - 1, 2**127, CAP - 1, CAP, 2**255, MOST)
NAME, SYMBOL = "grain", "GRAIN"
ZERO = "0x" + "00" * 20
PERMIT = "Permit(address owner,address spender,uint256 value,uint256 nonce,uint256 deadline)"
ALL_BOOKS_EVERY = 100

# Why Grain and OpenZeppelin's token part. OpenZeppelin's goes on, Grain refuses.
TO_ITSELF = "sent to the token itself: Grain refuses what nobody could ever move again"
OVER_THE_CAP = "the supply would reach 2^128: Grain keeps an amount in half a word"
DIVERGENCES = {
    TO_ITSELF: "grain: it would be lost there",
    OVER_THE_CAP: "grain: the supply is full",
}
LISTED = tuple(DIVERGENCES)

# Grain's words, and OpenZeppelin's errors for the same; a call with two faults may name either.
LOST, BALANCE = "grain: it would be lost there", "grain: the balance is too small"
OWNERS_BALANCE, ALLOWANCE = "grain: the owner has too little", "grain: more than is allowed"
RECEIVER, SENDER = "ERC20InvalidReceiver", "ERC20InvalidSender"
NO_BALANCE, NO_ALLOWANCE = "ERC20InsufficientBalance", "ERC20InsufficientAllowance"
BAD_PERMIT = "grain: not the owner's signature"
REASONS = {
    ("", ""),  # calldata that fits no function or type
    (LOST, RECEIVER),
    (BALANCE, NO_BALANCE),
    (BALANCE, RECEIVER),
    (OWNERS_BALANCE, NO_BALANCE),
    (OWNERS_BALANCE, RECEIVER),
    (ALLOWANCE, NO_ALLOWANCE),
    ("grain: not from the zero address", SENDER),
    ("grain: not from the zero address", NO_ALLOWANCE),
    ("grain: not from the zero address", "ERC20InvalidApprover"),
    ("grain: nobody to allow it to", "ERC20InvalidSpender"),
    ("grain: only a minter", "OzNotTheMinter"),
    (LOST, "panic"),
    ("grain: the supply is full", "panic"),
    ("grain: the supply is full", RECEIVER),
    ("grain: the permit has expired", "ERC2612ExpiredSignature"),
    (BAD_PERMIT, "ERC2612InvalidSigner"),
    (BAD_PERMIT, "ECDSAInvalidSignature"),
    (BAD_PERMIT, "ECDSAInvalidSignatureS"),
}


@dataclass(frozen=True)
class Call:
    """One call, made alike on both; ITSELF among the arguments is whichever token is called."""

    function: str
    args: tuple[Any, ...]
    sender: str


ITSELF = "itself"


class Tokens:
    """Both tokens on one chain, and the people who use them."""

    def __init__(self, seed: int) -> None:
        self.seed, self.random = seed, Random(seed)  # noqa: S311  (the same in every run)
        self.chain, self.seen, self.log = Ground(), Seen(), Log()
        names = ("gardener", "baker", "carpenter", "shop")
        self.people = [self.chain.actor(name) for name in names]
        self.minter = self.chain.actor("distributor")
        governor = governor_of(self.chain)
        grain = new_grain(self.chain, governor, self.minter, name=NAME, symbol=SYMBOL)
        reference = self.chain.deploy("OzToken", NAME, SYMBOL, self.minter)
        self.ours, self.theirs = Side(self.chain, grain), Side(self.chain, reference)
        self.signatures = Signatures(self.chain.chain_id)
        self._used: list[tuple[Any, ...]] = []  # permits that went through, to be brought again

    # --- what is done ---------------------------------------------------------------------

    def run(self, operations: int) -> "Tokens":
        """So many; at the end all books are compared."""
        while self.seen.operations < operations:
            self.step()
        self.compare_all()
        return self

    def step(self) -> None:
        """One operation, drawn by chance."""
        kind = self.random.random()
        if kind < 0.03:
            self.chain.warp(self.random.randrange(3))
        if kind < 0.10:
            self.permit()
        elif kind < 0.14:
            self.odd_bytes()
        else:
            self.do(self._drawn())
        if self.seen.operations % ALL_BOOKS_EVERY == 0:
            self.compare_all()

    def _drawn(self) -> Call:
        """Often near an edge: all of a balance, one more, a power of two."""
        rng = self.random
        owner, sender, other = (rng.choice(self.people).address for _ in range(3))
        to = rng.choice((other, other, other, other, ZERO, ITSELF))
        balance = self.theirs.number("balanceOf", owner)
        allowed = self.theirs.number("allowance", owner, sender)
        near = (balance, balance + 1, allowed, min(allowed + 1, MOST), 10**18)
        amount = rng.choice((rng.choice(EDGES), rng.choice(near), rng.randrange(balance + 1)))
        ways: tuple[Callable[[], Call], ...] = (
            lambda: Call("transfer", (to, amount), owner),
            lambda: Call("transfer", (other, rng.randrange(balance + 1)), owner),
            lambda: Call(
                "transferFrom", (rng.choice((owner, owner, owner, ZERO)), to, amount), sender
            ),
            lambda: Call("transferFrom", (owner, other, min(balance, allowed)), sender),
            lambda: Call("approve", (rng.choice((sender, sender, sender, ZERO)), amount), owner),
            lambda: Call("approve", (sender, rng.choice((MOST, balance))), owner),
            lambda: Call(
                "mint", (to, amount), rng.choice((self.minter.address, self.minter.address, owner))
            ),
            lambda: Call("mint", (other, rng.randrange(10**24)), self.minter.address),
        )
        return rng.choice(ways)()

    def do(self, call: Call) -> None:
        """One call on both."""
        self.log.add(f"{call.function}{call.args} by {call.sender}")
        reason = self.divergence(call)
        if reason:
            self._part(reason, call)
            return
        ours, theirs = (
            side.call(call.sender, call.function, *self._own(side, call.args))
            for side in (self.ours, self.theirs)
        )
        self._same(call.function, ours, theirs)
        if ours.ok:
            self._compare_touched(call)

    def divergence(self, call: Call) -> str | None:
        """Why the two must differ on this call, if OpenZeppelin's lets it happen."""
        made = call.args[1] if call.function == "mint" and call.args[0] != ZERO else 0
        if made and self.theirs.number("totalSupply") + made >= CAP:
            return OVER_THE_CAP
        at = {"transfer": 0, "transferFrom": 1, "mint": 0}.get(call.function)
        return TO_ITSELF if at is not None and call.args[at] == ITSELF else None

    def _part(self, reason: str, call: Call) -> None:
        """OpenZeppelin's does it, or refuses for another reason; Grain refuses either way."""
        point = self.chain.snapshot()
        theirs = self.theirs.call(call.sender, call.function, *self._own(self.theirs, call.args))
        self.chain.restore(point)
        ours = self.ours.call(call.sender, call.function, *self._own(self.ours, call.args))
        if not theirs.ok:
            self._same(call.function, ours, theirs)
            return
        if ours.ok or ours.reason != DIVERGENCES[reason]:
            raise self.log.fail(f"not as listed: {reason}", ours, theirs)
        self.seen.count(call.function, False)
        self.seen.divergences[reason] += 1

    # --- permits and odd bytes ------------------------------------------------------------

    def permit(self) -> None:
        """Signed for each token alike: good ones, and each way to be wrong."""
        rng = self.random
        owner, spender, carrier = (rng.choice(self.people) for _ in range(3))
        how = rng.choice(("good", "good", "good", *WRONG))
        if how == "replayed":
            if self._used:
                self._bring(how, *rng.choice(self._used))
            return
        to = ZERO if how == "to nobody" else spender.address
        amount = rng.choice((*EDGES, rng.randrange(10**20)))
        deadline = self.chain.now + (-1 if how == "expired" else rng.choice((0, 1, 1000)))
        if rng.random() < 0.1 and deadline >= self.chain.now:
            deadline = MOST
        nonce = self.theirs.number("nonces", owner.address) + (how == "wrong nonce")
        signer = carrier if how == "wrong signer" else owner
        named = ZERO if how == "of nobody" else owner.address
        args = (named, to, amount, deadline)
        signed = [self._signed(side, how, signer, args, nonce) for side in self._sides]
        if self._bring(how, carrier, args, signed):
            self._used.append((carrier, args, signed))
            self._used[:-20] = []

    def _signed(
        self, side: Side, how: str, signer: Actor, args: tuple[Any, ...], nonce: int
    ) -> tuple[int, bytes, bytes]:
        owner, spender, amount, deadline = args
        other = self.theirs if side is self.ours else self.ours
        contract = other.address if how == "for another token" else side.address
        said = Meaning(PERMIT, contract, (owner, spender, amount, nonce, deadline))
        signature = self.signatures.sign(signer, said, (NAME, "1"))
        if how == "high s":
            signature = self.signatures.malleable(signature)
        v = {"v is 0": signature[64] - 27, "v is 29": 29}.get(how, signature[64])
        r = bytes(32) if how == "r is 0" else signature[:32]
        return v, r, signature[32:64]

    def _bring(self, how: str, carrier: Actor, args: tuple[Any, ...], signed: Any) -> bool:
        self.log.add(f"permit{args} {how} by {carrier.address}")
        ours, theirs = (
            side.call(carrier.address, "permit", *args, *vrs)
            for side, vrs in zip(self._sides, signed, strict=True)
        )
        good = how == "good" or (how == "wrong signer" and carrier.address == args[0])
        good = good and args[1] != ZERO
        if ours.ok != good:
            raise self.log.fail(f"a permit that is {how}", ours, theirs)
        self._same("permit" if how == "good" else f"permit {how}", ours, theirs)
        self._view("nonces", args[0])
        self._view("allowance", args[0], args[1])
        return ours.ok

    def odd_bytes(self) -> None:
        """Calldata that is too short, too long, or holds more than an address; and money."""
        rng = self.random
        sender, other = (rng.choice(self.people).address for _ in range(2))
        amount = rng.randrange(self.theirs.number("balanceOf", sender) + 1)
        data = self.ours.handle.calldata(rng.choice(("transfer", "approve")), other, amount)
        how = rng.choice(("short", "long", "dirty", "unknown", "with money", "nothing"))
        changed = {
            "short": data[: rng.randrange(4, len(data))],
            "long": data + rng.randbytes(rng.randrange(1, 40)),
            "dirty": data[:4] + rng.randbytes(11) + b"\x01" + data[16:],
            "unknown": rng.randbytes(4) + data[4:],
            "nothing": b"",
        }.get(how, data)
        self.log.add(f"{how} {changed.hex()} by {sender}")
        value = int(how == "with money")
        ours, theirs = (side.raw(sender, changed, value) for side in self._sides)
        self._same(f"bytes {how}", ours, theirs)
        self._compare(sender, other)

    # --- what must be equal ---------------------------------------------------------------

    @property
    def _sides(self) -> tuple[Side, Side]:
        return self.ours, self.theirs

    def _own(self, side: Side, args: tuple[Any, ...]) -> tuple[Any, ...]:
        return tuple(side.address if each == ITSELF else each for each in args)

    def _same(self, operation: str, ours: Answer, theirs: Answer) -> None:
        if ours.seen != theirs.seen:
            raise self.log.fail(f"{operation} did not come out alike", ours, theirs)
        if not ours.ok:
            pair = (ours.reason, theirs.reason)
            if pair not in REASONS:
                raise self.log.fail(f"{operation}: reasons that do not belong together", pair)
            self.seen.reasons[pair] += 1
        self.seen.count(operation, ours.ok)

    def _compare_touched(self, call: Call) -> None:
        """What that call should have changed; all of the books follow now and then."""
        accounts = [each for each in call.args if isinstance(each, str)]
        if call.function == "approve":
            self._view("allowance", call.sender, accounts[0])
            return
        if call.function == "transferFrom":
            self._view("allowance", accounts[0], call.sender)
        if call.function == "transfer":
            accounts.append(call.sender)
        for account in accounts:
            self._view("balanceOf", account)
        self._view("totalSupply")

    def _compare(self, *accounts: str) -> None:
        """The books of these accounts."""
        for account in accounts:
            self._view("balanceOf", account)
            self._view("nonces", account)
            for other in accounts:
                self._view("allowance", account, other)
        self._view("totalSupply")

    def compare_all(self) -> None:
        """All that ERC-20 and EIP-2612 let one read, of everybody; nothing was lost or made."""
        everybody = (*(actor.address for actor in self.people), self.minter.address, ZERO)
        self._compare(*everybody)
        for constant in ("name", "symbol", "decimals", "eip712Domain"):
            self._view(constant)
        for side in self._sides:
            domain = domain_separator(self.chain.chain_id, side.address, NAME, "1")
            if side.ask("DOMAIN_SEPARATOR") != domain:
                raise self.log.fail("another signing domain")
            if side.number("balanceOf", side.address) != 0:
                raise self.log.fail("a token has tokens of its own")
        total = sum(self.ours.number("balanceOf", each) for each in everybody)
        if total != self.ours.number("totalSupply"):
            raise self.log.fail(f"all balances are {total} together")

    def _view(self, function: str, *args: Any) -> None:
        self.seen.views += 1
        ours, theirs = (side.ask(function, *args) for side in self._sides)
        if ours != theirs:
            raise self.log.fail(f"{function}{args}", ours.hex(), theirs.hex())


WRONG = (
    *("expired", "wrong signer", "wrong nonce", "for another token", "high s"),
    *("v is 0", "v is 29", "r is 0", "replayed", "to nobody", "of nobody"),
)
