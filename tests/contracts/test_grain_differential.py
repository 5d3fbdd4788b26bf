# SPDX-License-Identifier: AGPL-3.0-only
"""Grain and snekmate's erc20 side by side: the same calls, the same answers, events and books.

Where the two differ on purpose, the call is named in `divergence` with its reason, and must differ
exactly so. Everything else that differs fails.
"""

import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.contracts import compiled
from tests.contracts.evm import Actor, Contract, Evm, Log, Reverted
from tests.contracts.grains import UNLIMITED, ZERO, governor_of, new_grain, permit_data, vrs

SEED = 20_190_901
STEPS = 6_000
CAP = 2**128
EDGES = (0, 1, 2**127, 2**128 - 1, 2**128, 2**255, 2**256 - 1)
NAME, SYMBOL = "grain", "GRAIN"

# Why Grain and the reference part.
TO_ITSELF = "sent to the token itself: Grain refuses what nobody could ever move again"
OVER_THE_CAP = "the supply would reach 2^128: Grain keeps an amount in half a word"
NO_APPROVAL = "transferFrom logs no Approval in Grain: ERC-20 asks for none, and it costs 1,756 gas"


@dataclass(frozen=True)
class Op:
    """One call, made alike on both tokens."""

    name: str
    args: tuple[Any, ...]
    sender: Actor


class Pair:
    """Both tokens on one chain, and the people who use them."""

    def __init__(self, evm: Evm) -> None:
        self.evm = evm
        self.people = [evm.actor(n) for n in ("gardener", "baker", "carpenter", "shop")]
        self.minter = evm.actor("distributor")
        self.ours = new_grain(evm, governor_of(evm), self.minter, name=NAME, symbol=SYMBOL)
        self.theirs = evm.deploy("SnekmateErc20", NAME, SYMBOL, sender=self.minter)
        self.reached: Counter[str] = Counter()

    def call(self, token: Contract, op: Op) -> tuple[Any, list[Log]]:
        """Answer and events, or no answer and no events; "token" stands for the one called."""
        args: list[Any] = [token.address if a == "token" else a for a in op.args]
        if op.name == "permit":
            owner, spender, amount, signed_for = args
            data = permit_data(
                token, owner, spender, amount, name=NAME, nonce=token.nonces(owner) + signed_for
            )
            args = [owner, spender, amount, self.evm.now, *vrs(owner.sign(data))]
        try:
            answer = getattr(token, op.name)(*args, sender=op.sender)
        except Reverted:
            return "refused", []
        return answer, [Log(n, a, "token") for n, a, at in self.evm.logs if at == token.address]

    def divergence(self, op: Op) -> str | None:
        """The reason why the two must differ on this call, if there is one."""
        receiver = {"transfer": 0, "transferFrom": 1, "mint": 0}.get(op.name)
        if receiver is not None and op.args[receiver] == "token":
            return TO_ITSELF
        if op.name == "mint":
            supply = self.theirs.totalSupply()
            if op.args[1] + supply >= CAP:
                return OVER_THE_CAP
        return None

    def books(self, token: Contract) -> dict[str, Any]:
        """All that ERC-20 and EIP-2612 let one read."""
        everybody: list[Any] = [*self.people, self.minter, ZERO]
        return {
            "supply": token.totalSupply(),
            "balances": [token.balanceOf(a) for a in [*everybody, token]],
            "nonces": [token.nonces(a) for a in everybody],
            "allowances": [token.allowance(a, b) for a in everybody for b in everybody],
        }

    def step(self, op: Op) -> None:
        """Both make the call; it must come out alike, or differ as `divergence` says."""
        reason = self.divergence(op)
        if reason is None:
            answer, events = self.call(self.theirs, op)
        else:
            answer, events = "refused", []
            point = self.evm.snapshot()
            self.reached[reason] += self.call(self.theirs, op)[0] != "refused"
            self.evm.restore(point)
        if op.name == "transferFrom" and any(e.name == "Approval" for e in events):
            self.reached[NO_APPROVAL] += 1
            events = [e for e in events if e.name != "Approval"]
        assert self.call(self.ours, op) == (answer, events), op
        self.reached[f"{op.name} {'refused' if answer == 'refused' else 'done'}"] += 1


def draw(rng: random.Random, pair: Pair) -> Op:
    """A call that is often near an edge: all of a balance, one more, a power of two."""
    owner, other, sender = (rng.choice(pair.people) for _ in range(3))
    to: Any = rng.choice([*pair.people, *pair.people, ZERO, "token"])
    balance, allowed = pair.ours.balanceOf(owner), pair.ours.allowance(owner, sender)
    amount = rng.choice([*EDGES, balance, balance + 1, allowed, (allowed + 1) % 2**256, 10**18])
    amount = rng.choice([amount, rng.randrange(balance + 1)])
    makers: list[Callable[[], Op]] = [
        lambda: Op("transfer", (to, amount), owner),
        lambda: Op("transferFrom", (rng.choice([owner, owner, owner, ZERO]), to, amount), sender),
        lambda: Op("transferFrom", (owner, other, min(balance, allowed)), sender),
        lambda: Op("approve", (rng.choice([sender, sender, ZERO]), amount), owner),
        lambda: Op("approve", (sender, rng.choice([UNLIMITED, balance])), owner),
        lambda: Op("mint", (to, amount), rng.choice([pair.minter, pair.minter, owner])),
        lambda: Op("mint", (other, rng.randrange(10**24)), pair.minter),
    ]
    if rng.random() < 0.05:  # signing takes milliseconds
        spender = rng.choice([other, other, other, ZERO])
        return Op("permit", (owner, spender, amount, rng.choice([0, 0, 1])), sender)
    return rng.choice(makers)()


@pytest.fixture
def pair(evm: Evm, monkeypatch: pytest.MonkeyPatch) -> Pair:
    reference = Path(__file__).parent / "reference"
    monkeypatch.setattr(compiled, "FOLDERS", (*compiled.FOLDERS, reference))
    return Pair(evm)


def test_grain__beside_snekmate__every_call_comes_out_alike(pair: Pair) -> None:
    rng = random.Random(SEED)  # noqa: S311 - a walk that can be repeated, no secret
    for number in range(STEPS):
        pair.step(draw(rng, pair))
        if number % 20 == 0:
            assert pair.books(pair.ours) == pair.books(pair.theirs)
    books = pair.books(pair.ours)
    assert books == pair.books(pair.theirs)
    assert sum(books["balances"]) == books["supply"] > 0
    names = ("transfer", "transferFrom", "approve", "mint", "permit")
    outcomes = [f"{name} {end}" for name in names for end in ("done", "refused")]
    for outcome in [*outcomes, TO_ITSELF, OVER_THE_CAP, NO_APPROVAL]:
        assert pair.reached[outcome] >= 20, f"hardly reached: {outcome}: {pair.reached}"


def test_grain__against_a_changed_reference__is_noticed(pair: Pair) -> None:
    gardener, baker = pair.people[:2]
    pair.step(Op("mint", (gardener, 5), pair.minter))
    pair.theirs.mint(gardener, 1, sender=pair.minter)  # now the two are not alike
    with pytest.raises(AssertionError):
        pair.step(Op("transfer", (baker, 6), gardener))
