# SPDX-License-Identifier: AGPL-3.0-only
"""Buy-ins in a token that does every odd thing, and refunds to payees of every kind.

Seasons like those of `rules_buy_ins.py`: somebody comes in by each way while the token is odd,
whoever is in leaves while it is odd again, and what could not be paid is asked for once more.
"""

from collections.abc import Sequence
from random import Random
from typing import Any

from tests.contracts.evm import ETH
from tests.properties.model_pool_mocks import CALLS_BACK, OddPayeeModel, OpenSpender
from tests.properties.reach_odd import TOKENS
from tests.properties.rules_admission import Door
from tests.properties.rules_odd_tokens import OddToken
from tests.properties.rules_pool_gifts import FEW
from tests.properties.rules_pool_stage import PAYEE_WAYS, stage_of
from tests.properties.world import Action, Component, Rule, World

PRICE = 10**9 + 7
TRIES, REFUND_TRIES, GUESTS = 14, 3, 4
WAYS_IN = ("accept", "accept_for", "join", "join_by_gate")
ENTERING = [(way, oddity) for way in WAYS_IN for oddity in TOKENS[f"Admission.{way}"]]
LEAVING, ASKING = TOKENS["Admission.leave"], TOKENS["Admission.refund_buy_in"]
CANNOT_BE_ASKED = "cannot be asked"


class OddDoors:
    """Two kinds of seasons."""

    name = "odd doors"

    def __init__(self, world: World) -> None:
        self.world, self.stage = world, stage_of(world)
        (self.door,) = [each for each in world.components if isinstance(each, Door)]
        self.seasons, self.model = self.door.buy_ins, self.door.model
        self.token = OddToken(self.stage)
        self.delegates = 0

    def rules(self) -> Sequence[Rule]:
        """Each takes some votes."""
        return [
            Rule("odd doors: token season", 2, self.token_season),
            Rule("odd doors: payees", 1, self.payees),
        ]

    # --- a token --------------------------------------------------------------------------

    def token_season(self, world: World, random: Random) -> None:
        """In and out."""
        if not self.seasons.begin(random, self.token.address, PRICE):
            return
        guests = [self.seasons.newcomer("join", random)]
        guests += [self.door.own.actions.newcomer() for _ in range(GUESTS - 1)]
        self.seasons.offer(random, guests)
        joined = [guests.pop()] if self.seasons.enter("accept", guests[-1]) else []
        for _ in range(TRIES):
            way, oddity = world.next_of("odd ways in", ENTERING, TRIES)
            candidate = self.candidate(way, guests)
            if candidate is not None and self.enter(way, oddity, candidate):
                joined.append(candidate)
                guests = [each for each in guests if each is not candidate]
        for at, member in enumerate(joined):
            self.leave(member, at % 2 == 0)
        self.seasons.end(random)

    def candidate(self, way: str, guests: list[Any]) -> Any:
        """Of those who have an offer, or somebody who never was a member."""
        if way not in ("accept", "accept_for"):
            return self.door.own.actions.newcomer() if not guests else self._stranger(guests)
        offered = [e for e in guests if self.model.holds_until(e.address) >= self.world.now]
        return offered[0] if offered else None

    def _stranger(self, guests: list[Any]) -> Any:
        others = [each for each in self.door.strangers() if each not in guests]
        callers = [each for each in others if self.door.own.ballots.can_call(each)]
        return callers[0] if callers else self.door.own.actions.newcomer()

    def enter(self, way: str, oddity: str, candidate: Any) -> bool:
        """By this way, while the token is so."""
        world = self.world
        payer, args = self.seasons.papers(way, candidate)
        self.seasons.provide(payer, PRICE)
        self.token.begin(oddity, world.pool, payer.address, world.pool.address)
        sent = world.send(payer, world.admission, way, *args, gas=self.token.gas)
        self.token.heal(world.pool)
        return sent.ok

    def leave(self, member: Any, at_once: bool) -> None:
        """Paid while the token is odd; or it cannot be asked, and she asks for the refund while it
        is odd."""
        world = self.world
        oddity = CANNOT_BE_ASKED
        if at_once:
            oddity = world.next_of("odd leavings", LEAVING, 3)
        self.oddly(member, oddity, member, "leave")
        for _ in range(REFUND_TRIES):
            if self.model.seat_of(member.address) not in self.model.buy_ins.paid:
                return
            oddity = world.next_of("odd refunds", ASKING, 6)
            self.oddly(world.people.relayer, oddity, member, "refund_buy_in", member.address)
        world.send(world.people.relayer, world.admission, "refund_buy_in", member.address)

    def oddly(self, sender: Any, oddity: str, payee: Any, name: str, *args: Any) -> None:
        """A call of the Admission while the token is so."""
        world = self.world
        self.token.begin(oddity, world.pool, sender.address, payee.address)
        world.send(sender, world.admission, name, *args, gas=self.token.gas)
        self.token.heal(world.pool)

    # --- payees ---------------------------------------------------------------------------

    def payees(self, world: World, random: Random) -> None:
        """One of each kind joins and pays in ETH; some leave, the others are removed by a vote, and
        each is paid back."""
        if not self.seasons.begin(random, ETH, PRICE):
            return
        joined = [payee for payee in self.guests(random) if self.join(payee)]
        leaving, removed = joined[::2], joined[1::2]
        for payee in leaving:
            world.send(payee, world.admission, "leave", gas=FEW)
        actions = [Action(world.governor, "remove", (each.address,)) for each in removed]
        if actions and self.seasons.enact(random, *actions):
            for each in removed:
                refund = ("refund_buy_in", each.address)
                world.send(world.people.relayer, world.admission, *refund, gas=FEW)
        self.seasons.end(random)

    def guests(self, random: Random) -> list[Any]:
        """New ones: with each way to take money, without a door, a wallet, with a delegation; and
        a person."""
        world, stage = self.world, self.stage
        odd = [stage.mock(OddPayeeModel, "OddPayee") for _ in range(1 + PAYEE_WAYS)]
        for way, payee in enumerate(odd[1:]):
            world.send(world.people.relayer, payee, "behave", 1 << way)
        calls_back = odd[CALLS_BACK.bit_length()]
        call = stage.locked_call(world.pool)
        world.send(world.people.relayer, calls_back, "call_back", *call)
        self.delegates += 1
        found: list[Any] = [
            *odd,
            stage.delegate(f"delegate {self.delegates}"),
            stage.mock(OpenSpender, "MockSpender"),
            world.deploy("OddWallet", world.people.outsider),
            self.door.own.actions.newcomer(),
        ]
        return random.sample(found, len(found))

    def join(self, payee: Any) -> bool:
        """By an invitation, her own call."""
        world = self.world
        if not self.model.places(world.now):
            world.warp(86_400)
        sponsors = self.door.settled()[: self.model.open_ways.sponsors]
        signed = [self.door.invitation(each, payee, world.now) for each in sponsors]
        args = (payee.address, world.now, [each.address for each in sponsors], signed, b"")
        return world.send(payee, world.admission, "join", *args, value=PRICE).ok

    # --- what must hold -------------------------------------------------------------------

    def check(self) -> None:
        """The Admission keeps nothing of it."""
        assert self.token.model.sum(self.world.admission.address) == 0

    def compare(self) -> None:
        """The pool's books of it."""
        for view in ("held", "surplus", "factor_of"):
            self.world.ask(self.world.pool, view, self.token.address)


def install(world: World) -> Component:
    """After the Admission and the pools."""
    return OddDoors(world)
