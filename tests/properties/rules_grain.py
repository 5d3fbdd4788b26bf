# SPDX-License-Identifier: AGPL-3.0-only
"""A Grain's share in a walk: the co-op's own, which only claims create, and the side pool's."""

from collections.abc import Sequence
from random import Random
from typing import Any

from tests.contracts.evm import Actor
from tests.properties.model_grain import LIMIT, PERMIT, WITHOUT_END, ZERO, GrainModel
from tests.properties.model_pool import account_of
from tests.properties.rules_pool_stage import Stage, often, part_of, stage_of
from tests.properties.signing import Meaning
from tests.properties.world import Action, Component, Rule, World

DAY = 86_400
BRIMS = 3


class Grains:
    """Both grains."""

    name = "grain"

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.both = (stage.grain, stage.side_grain)
        self.never = stage.another_grain(stage.steward)
        self.brims_left = BRIMS

    def rules(self) -> Sequence[Rule]:
        """With their weights."""
        return [
            Rule("grain: transfer", 8, self.transfer),
            Rule("grain: approve", 5, self.approve),
            Rule("grain: transferFrom", 8, self.transfer_from),
            Rule("grain: permit", 6, self.permit),
            Rule("grain: mint", 5, self.mint),
            Rule("grain: mint many", 3, self.mint_many),
            Rule("grain: set minter", 2, self.set_minter),
            Rule("grain: set minter by vote", 1, self.set_minter_by_vote),
            Rule("grain: setup", 1, self.setup),
            Rule("grain: to the brim", 2, self.to_the_brim),
        ]

    # --- draws ----------------------------------------------------------------------------

    def grain(self, random: Random) -> GrainModel:
        """The co-op's own, once somebody has any, or the other."""
        own = self.stage.grain
        return own if own.supply() and often(random, 0.4) else self.stage.side_grain

    def holder(self, random: Random, grain: GrainModel) -> Actor:
        """Somebody who has some, if that is soon found."""
        people = self.stage.world.people.everybody
        drawn = [random.choice(people) for _ in range(4)]
        drawn += self.stage.patrons if grain is self.stage.side_grain else []
        return next((who for who in drawn if grain.has(who.address)), drawn[0])

    def receiver(self, random: Random, grain: GrainModel) -> str:
        """Anybody; rarely nobody, or the token itself."""
        if often(random, 0.96):
            return self.stage.someone(random)
        return random.choice((ZERO, grain.address))

    # --- anyone ---------------------------------------------------------------------------

    def transfer(self, world: World, random: Random) -> None:
        """Up to all that somebody has, rarely one more."""
        grain = self.grain(random)
        holder = self.holder(random, grain)
        has = grain.has(holder.address)
        amount = part_of(random, has) if often(random, 0.93) else has + 1
        world.send(holder, grain.me, "transfer", self.receiver(random, grain), amount)

    def approve(self, world: World, random: Random) -> None:
        """Some, all, without end."""
        grain = self.grain(random)
        owner = self.holder(random, grain)
        spender = self.stage.someone(random) if often(random, 0.95) else ZERO
        amount = self._allowance(random, grain, owner)
        world.send(owner, grain.me, "approve", spender, amount)

    def _allowance(self, random: Random, grain: GrainModel, owner: Actor) -> int:
        some = part_of(random, grain.has(owner.address))
        return random.choice((some, some, some, 0, WITHOUT_END))

    def transfer_from(self, world: World, random: Random) -> None:
        """By somebody who may, for once allowed just now."""
        grain = self.grain(random)
        owner = self.holder(random, grain)
        spender = random.choice(world.people.everybody)
        if often(random, 0.7):
            allowed = self._allowance(random, grain, owner)
            world.send(owner, grain.me, "approve", spender.address, allowed)
        left = grain.noted(0, "allowed", owner.address, spender.address)
        has = grain.has(owner.address)
        amount = part_of(random, min(left, has))
        who = owner.address
        if not often(random, 0.9):
            wrong = ((who, min(left + 1, WITHOUT_END)), (who, min(left, has + 1)), (ZERO, 1))
            who, amount = world.deal(random, "bad transfers", wrong)
        to = self.receiver(random, grain)
        world.send(spender, grain.me, "transferFrom", who, to, amount)
        world.ask(grain.me, "allowance", owner.address, spender.address)

    def permit(self, world: World, random: Random) -> None:
        """What an owner signed, brought by anybody; wrong in one way now and then."""
        grain = self.grain(random)
        owner = self.holder(random, grain)
        late = not often(random, 0.95)
        deadline = world.now - 1 if late else world.now + random.choice((0, DAY))
        spender = self.stage.someone(random) if often(random, 0.95) else ZERO
        amount = self._allowance(random, grain, owner)
        used = grain.sum("permits", owner.address)
        number = used if often(random, 0.95) else used + 1
        meant = Meaning(PERMIT, grain.address, (owner.address, spender, amount, number, deadline))
        domain = (grain.names[0], "1")
        signature = world.signatures.sign(owner, meant, domain)
        if not often(random, 0.95):
            signature = world.signatures.malleable(signature)
        who = owner.address if often(random, 0.96) else random.choice((ZERO, account_of(1)))
        r, s, v = signature[:32], signature[32:64], signature[64]
        bearer = random.choice(world.people.everybody)
        world.send(bearer, grain.me, "permit", who, spender, amount, deadline, v, r, s)

    # --- minters --------------------------------------------------------------------------

    def mint(self, world: World, random: Random) -> None:
        """By the side grain's minter; nobody else may, least of all in the co-op's own."""
        grain, minter = self.stage.side_grain, self.stage.minter
        amount = random.randint(0, 10**21)
        if not often(random, 0.9):
            grain = random.choice(self.both)
            minter = random.choice(world.people.everybody)
        if not often(random, 0.95):
            amount = LIMIT - grain.supply()
        world.send(minter, grain.me, "mint", self.receiver(random, grain), amount)

    def mint_many(self, world: World, random: Random) -> None:
        """The same to some at once; one of them wrong now and then, and then to nobody."""
        grain, minter = self.stage.side_grain, self.stage.minter
        amounts = [random.randint(0, 10**21) for _ in range(random.randint(0, 6))]
        batch = [grant(self.receiver(random, grain), amount) for amount in amounts]
        if not often(random, 0.9):
            grain = random.choice(self.both)
            minter = random.choice(world.people.everybody)
        world.send(minter, grain.me, "mint_many", batch)

    def set_minter(self, world: World, random: Random) -> None:
        """Another one for the side grain, or one less; the first stays."""
        grain, stage = self.stage.side_grain, self.stage
        who = random.choice(world.people.everybody)
        parts = [*(spender.address for spender in stage.spenders), stage.side.pool.address]
        name = random.choice(parts) if often(random, 0.8) else random.choice((who.address, ZERO))
        sender: Any = stage.steward if often(random) else who
        world.send(sender, grain.me, "set_minter", name, often(random, 0.5))

    def set_minter_by_vote(self, world: World, random: Random) -> None:
        """A part for the co-op's own; the distributor loses its right for a while, rarely."""
        grain, distributor = self.stage.grain, world.distributor.address
        parts = (world.pool.address, world.admission.address, grain.address)
        name = random.choice(parts) if often(random, 0.7) else self.stage.someone(random)
        may = often(random, 0.5)
        if not grain.mints(distributor):
            name, may = distributor, True
        elif not often(random, 0.7):
            name, may = distributor, False
        world.enact(Action(grain.me, "set_minter", (name, may)), random=random)

    def setup(self, world: World, random: Random) -> None:
        """Too late for each: the transaction that made it is over."""
        grain = random.choice((*self.both, self.never))
        sender: Any = world.people.outsider
        if grain is not self.stage.grain and often(random, 0.5):
            sender = self.stage.maker  # the real Hub says nothing but what it was written to
        world.send(sender, grain.me, "setup", self.stage.someone(random))

    def to_the_brim(self, world: World, random: Random) -> None:
        """A new grain, all of which is minted that there can be."""
        if not self.brims_left:
            return
        self.brims_left -= 1
        minter = random.choice(world.people.everybody)
        grain = self.stage.another_grain(self.stage.steward, minter)
        for amount in (LIMIT, LIMIT - 1, 1, 0):
            world.send(minter, grain.me, "mint", self.stage.someone(random), amount)
        for amount in (0, 1):
            batch = [grant(self.stage.someone(random), amount)]
            world.send(minter, grain.me, "mint_many", batch)

    # --- what must hold -------------------------------------------------------------------

    def check(self) -> None:
        """What everybody has fits beside a nonce."""
        assert all(grain.supply() < LIMIT for grain in self.both)

    def compare(self) -> None:
        """Every view; all accounts together have the supply."""
        world = self.stage.world
        for grain in self.both:
            came = world.journal.under(grain.address, "came")
            accounts = [account for (account,) in came]
            assert sum(grain.has(account) for account in accounts) == grain.supply()
            for account in accounts:
                assert self.stage.told.grain[grain.address, account] == grain.has(account)
                world.ask(grain.me, "balanceOf", account)
            plain = ("name", "symbol", "decimals", "totalSupply", "hub", "governor")
            for name in (*plain, "DOMAIN_SEPARATOR", "eip712Domain"):
                world.ask(grain.me, name)
            one, other = world.people.everybody[0].address, world.people.everybody[-1].address
            world.ask(grain.me, "nonces", one)
            world.ask(grain.me, "allowance", one, other)
            parts = (self.stage.minter.address, world.distributor.address, world.pool.address)
            for minter in (*parts, self.stage.side.pool.address, one):
                world.ask(grain.me, "is_minter", minter)
                world.ask(grain.me, "can_mint", minter, LIMIT - grain.supply() - 1)
                world.ask(grain.me, "can_mint", minter, LIMIT - grain.supply())


def grant(receiver: str, amount: int) -> int:
    """One word of a batch."""
    return amount << 160 | int(receiver, 16)


def install(world: World) -> Component:
    """The co-op's grain and the side pool's."""
    return Grains(stage_of(world))
