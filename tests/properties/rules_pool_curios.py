# SPDX-License-Identifier: AGPL-3.0-only
"""Collectibles that come to a pool and leave it by vote, and those that pass for money."""

from random import Random
from typing import Any

from tests.contracts.evm import ETH
from tests.properties.model_grain import ZERO
from tests.properties.model_pool_curios import (
    HONEST,
    REVERTS,
    OddCollectibleModel,
    OddMultiTokenModel,
)
from tests.properties.rules_pool_stage import Place, Stage, often
from tests.properties.world import Action, Rule, World

KINDS = 4
NO_PERMIT = (2**40, 27, b"\x01" * 32, b"\x02" * 32)

Call = tuple[str, tuple[Any, ...]]


class Curios:
    """One collection of ERC-721, one of ERC-1155."""

    def __init__(self, stage: Stage) -> None:
        self.stage, self.world = stage, stage.world
        journal = self.world.journal
        self.art = OddCollectibleModel(self.world.deploy("OddCollectible"), journal)
        self.stamps = OddMultiTokenModel(self.world.deploy("OddMultiToken"), journal)
        for model in (self.art, self.stamps):
            self.world.model(model)
        self.printed = 0

    def rules(self) -> list[Rule]:
        """With their weights."""
        return [
            Rule("pool: collectible comes", 3, self.come),
            Rule("pool: collectible goes", 3, self.go),
            Rule("pool: collectible by vote", 1, self.go_by_vote),
            Rule("pool: collectible as money", 2, self.as_money),
            Rule("pool: odd collectible", 1, self.odd),
        ]

    def compare(self) -> None:
        """Who owns what."""
        for place in self.stage.places:
            self.world.ask(self.art.me, "balanceOf", place.pool.address)
            for kind in range(KINDS):
                self.world.ask(self.stamps.me, "balanceOf", place.pool.address, kind)
            for interface in ("01ffc9a7", "150b7a02", "4e2312e0", "80ac58cd"):
                self.world.ask(place.pool, "supportsInterface", bytes.fromhex(interface))

    # --- in -------------------------------------------------------------------------------

    def come(self, world: World, random: Random) -> None:
        """Somebody sends one, or several, or only says so."""
        place, patron = self.stage.place(random, 0.35), random.choice(self.stage.patrons)
        pool, who, stamps = place.pool.address, patron.address, self.stamps.me
        draw = random.random()
        if draw < 0.4:
            number = self.print(world, who)
            world.send(patron, self.art.me, "safeTransferFrom", who, pool, number, b"for you")
            return
        kinds, amounts = [random.randrange(KINDS) for _ in range(3)], [5, 1, 2]
        for kind, amount in zip(kinds, amounts, strict=True):
            world.send(world.people.relayer, stamps, "mint", who, kind, amount)
        if draw < 0.6:
            one = (kinds[0], amounts[0], b"")
            world.send(patron, stamps, "safeTransferFrom", who, pool, *one)
        elif draw < 0.85:
            world.send(patron, stamps, "safeBatchTransferFrom", who, pool, kinds, amounts, b"")
        else:
            several = (kinds, amounts if often(random, 0.5) else amounts[:2], b"")
            world.send(patron, place.pool, "onERC1155BatchReceived", who, who, *several)

    def print(self, world: World, who: str) -> int:
        """The next one, for somebody."""
        self.printed += 1
        world.send(world.people.relayer, self.art.me, "mint", who, self.printed)
        return self.printed

    def odd(self, world: World, random: Random) -> None:
        """They refuse for a while; one stands for money, or for what is no money here."""
        relayer = world.people.relayer
        for model in (self.art, self.stamps):
            way = HONEST if often(random, 0.75) else REVERTS
            world.send(relayer, model.me, "behave", way)
        bases = (ZERO, ZERO, self.stage.dollar.address, world.people.outsider.address)
        world.send(relayer, self.art.me, "stand_for", random.choice(bases))

    # --- out ------------------------------------------------------------------------------

    def owned(self, place: Place) -> list[int]:
        """The numbers of those that a pool has."""
        me = place.pool.address
        return [n for n in range(1, self.printed + 1) if self.art.owner(n) == me]

    def sending(self, random: Random, place: Place) -> Call:
        """One that the pool has, mostly; to somebody who takes it, mostly."""
        art, stamps, me = self.art.address, self.stamps.address, place.pool.address
        other = next(each for each in self.stage.places if each is not place).pool.address
        to = random.choice((self.stage.someone(random), self.stage.someone(random), other))
        owned = self.owned(place)
        kinds = [kind for kind in range(KINDS) if self.stamps.sum(me, kind)]
        if kinds and (not owned or often(random, 0.5)):
            kind = random.choice(kinds)
            has = self.stamps.sum(me, kind)
            right: Call = ("send_multi_token", (stamps, to, kind, random.randint(1, has)))
        else:
            right = ("send_nft", (art, to, random.choice(owned or [1])))
        if often(random, 0.7):
            return right
        dollar, payee = self.stage.dollar.address, place.payee.address
        return self.world.deal(
            random,
            "bad sendings",
            (
                ("send_nft", (art, ZERO, 1)),
                ("send_nft", (art, me, 1)),
                ("send_nft", (art, to, self.printed + 1)),
                ("send_nft", (art, payee, random.choice(owned or [1]))),
                ("send_nft", (dollar, to, 1)),
                ("send_nft", (ETH, to, 1)),
                ("send_multi_token", (stamps, ZERO, 0, 1)),
                ("send_multi_token", (stamps, to, 0, 0)),
                ("send_multi_token", (stamps, to, 0, 2**200)),
                ("send_multi_token", (dollar, to, 0, 1)),
            ),
        )

    def go(self, world: World, random: Random) -> None:
        """Out of the side pool; by somebody who may not, now and then."""
        place = self.stage.side
        name, args = self.sending(random, place)
        if not often(random):
            world.send(world.people.outsider, place.pool, name, *args)
            return
        if self._foreign(args[0], place):
            return
        if args[1] == place.payee.address:
            # it takes none; in which way it pays is another matter
            world.send(world.people.relayer, place.payee, "behave", HONEST)
        world.send(self.stage.steward, place.pool, name, *args)

    def go_by_vote(self, world: World, random: Random) -> None:
        """Out of the co-op's own."""
        place = self.stage.home
        name, args = self.sending(random, place)
        if args[1] == place.payee.address or self._foreign(args[0], place):
            return
        if self.owned(place) or often(random, 0.3):
            world.enact(Action(place.pool, name, args), random=random)

    def _foreign(self, token: str, place: Place) -> bool:
        """Money that is in no book has no such call, and no model says what it would answer."""
        return token not in (self.art.address, self.stamps.address) and not place.model.booked(
            token
        )

    # --- as money -------------------------------------------------------------------------

    def as_money(self, world: World, random: Random) -> None:
        """Given, booked, put back: it would be locked in."""
        place, patron = self.stage.place(random, 0.35), random.choice(self.stage.patrons)
        pool, who = place.pool, patron.address
        number = self.print(world, who)
        world.send(patron, self.art.me, "approve", pool.address, number)
        world.send(world.people.relayer, self.stamps.me, "mint", who, 0, number)
        asset = random.choice((self.art.address, self.stamps.address))
        gift = (0, asset, number, "", False)
        world.send(patron, pool, "give", *gift)
        world.send(patron, pool, "give_with_permit", *gift, *NO_PERMIT)
        world.send(patron, self.art.me, "transferFrom", who, pool.address, number)
        world.send(patron, pool, "sync", self.art.address)
        if place.steward is not None:
            world.send(place.steward, pool, "put_back", self.art.address, 1)
