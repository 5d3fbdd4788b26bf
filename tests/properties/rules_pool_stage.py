# SPDX-License-Identifier: AGPL-3.0-only
"""The stage of all walks with money: two pools, assets good and odd, spenders and payees.

`home` is the co-op's own pool: what the members decide there goes through votes. `side` is a second
pool whose Governor says what it is told (contracts/mocks/MockGovernor.vy), so that thousands of
calls that only a vote may make can be made without thousands of votes.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any, TypeVar

from millpond.core import typed_data
from tests.contracts.evm import ETH, Actor
from tests.contracts.grains import maker_of, new_grain
from tests.properties import model_pool_mocks as payees
from tests.properties.chain import Handle, to_address
from tests.properties.model_clerk import ClerkModel
from tests.properties.model_grain import WITHOUT_END, GrainModel
from tests.properties.model_odd_token import OddTokenModel
from tests.properties.model_pool import PoolModel
from tests.properties.model_pool_assets import Dollar
from tests.properties.model_pool_mocks import NoDoor, OddPayeeModel, OpenSpender, Steward
from tests.properties.reach_odd import DOINGS
from tests.properties.rules_pool_events import EventBooks
from tests.properties.signing import message
from tests.properties.world import Action, World

NAMES = ("Mill Grain", "MILL")
SIDE_NAMES = ("Side Grain", "SIDE")
PURSE = 10**33
VAST_PURSE = 2**140
ODD_PURSE = 2**200
SPENDERS = 3
PAYEE_WAYS = 5
FIRST_EMPTY = 0xE0 << 152

Item = TypeVar("Item")


@dataclass
class Place:
    """One pool and who is around it. Without a steward its members decide, by vote."""

    pool: Handle
    model: PoolModel
    payee: Handle  # an odd one, which takes money from this pool only
    steward: Handle | None = None
    served: list[tuple[int, Handle]] = field(default_factory=list)  # earmarks of mock spenders
    gave: list[tuple[int, str, str]] = field(default_factory=list)  # bound gifts: who, what, where

    def earmarks(self) -> list[int]:
        """The general fund and the newest others."""
        last = self.model.sum("opened")
        return [0, *range(max(1, last - 11), last + 1)]

    def is_open(self, now: int, earmark: int) -> bool:
        """Takes gifts now."""
        deadline = self.model.terms(earmark).deadline
        return deadline == 0 or now < deadline


class Stage:
    """What the rules of Pool, Grain, CredDistributor and Identity share in one world."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.hub = world.chain.actor("side hub")
        self.minter = world.chain.actor("side minter")
        for actor in (self.hub, self.minter):
            world.people.everybody.append(actor)
            world.wei[actor.address] = world.chain.balance(actor)
        first, second = world.people.candidates[5:7]
        self.wallet = world.deploy("TwoOwnerWallet", first, second)
        world.model(NoDoor(self.wallet, world.journal))
        self.owners: dict[str, list[Actor]] = {self.wallet.address: [first, second]}
        world.signatures.owners[self.wallet.address] = (first.address, second.address)
        self.patrons: list[Actor] = [*world.people.patrons, *world.people.founders[:2]]
        world.model(ClerkModel(world.clerk))
        self.told = EventBooks(world)
        self.tokens()
        self.spenders = [self.mock(OpenSpender, "MockSpender") for _ in range(SPENDERS)]
        self.home = self._home()
        self.side = self._side()
        self.places = [self.home, self.side]
        self.crowd = self._crowd()
        self._empty = FIRST_EMPTY
        self._fill_purses()

    def mock(self, model: Any, name: str) -> Handle:
        """A mock with its model."""
        handle = self.world.deploy(name)
        self.world.model(model(handle, self.world.journal))
        return handle

    def clone(self, name: str, parts: Sequence[Any], tail: bytes = b"") -> Handle:
        """Another clone, as the Hub would make it."""
        return self.world.known(self.world.chain.clone(name, parts, tail))

    # --- assets ---------------------------------------------------------------------------

    def tokens(self) -> None:
        """A good one of 6 decimals, an odd one, one that is printed by the billion billions."""
        world = self.world
        self.dollar = Dollar(world.dollar, world.journal)
        world.model(self.dollar)
        self.odd = OddTokenModel(world.deploy("OddToken"), world.journal)
        self.vast = OddTokenModel(world.deploy("OddToken"), world.journal)
        world.model(self.odd)
        world.model(self.vast)

    @property
    def assets(self) -> tuple[str, ...]:
        """Of every kind; grain has 18 decimals."""
        tokens = (self.dollar, self.side_grain, self.odd, self.vast)
        return (ETH, *(token.address for token in tokens))

    # --- pools ----------------------------------------------------------------------------

    def _home(self) -> Place:
        """The co-op's pool, as the Hub has left it."""
        world = self.world
        model = PoolModel(world.pool, world.journal, world.hub.address)
        model.note(world.governor.address, "governor")
        model.note(world.grain.address, "grain")
        world.model(model)
        self.grain = GrainModel(
            world.grain, world.journal, world.hub.address, world.governor.address, NAMES
        )
        self.grain.note(True, "minter", world.distributor.address)
        world.model(self.grain)
        return Place(world.pool, model, self.mock(OddPayeeModel, "OddPayee"))

    def _side(self) -> Place:
        """A pool of a Governor that says what it is told, with a grain of its own."""
        world = self.world
        steward = self.steward = self.mock(Steward, "MockGovernor")
        pool = self.bare_pool()
        grain = self.another_grain(steward, self.minter)
        self.side_grain = grain
        world.send(self.hub, pool.me, "setup", steward.address, grain.address)
        world.send(world.people.relayer, steward, "set_pool", pool.address)
        place = Place(pool.me, pool, self.mock(OddPayeeModel, "OddPayee"), steward)
        for spender in self.spenders:
            world.send(world.people.relayer, steward, "add_hub_part", spender.address)
        # spenders that serve another pool, and say so themselves
        for part in (world.distributor, world.admission):
            world.send(world.people.relayer, steward, "add_part", part.address)
        return place

    def bare_pool(self) -> PoolModel:
        """A pool that its hub has not set up."""
        handle = self.clone("Pool", [self.hub])
        model = PoolModel(handle, self.world.journal, self.hub.address)
        self.world.model(model)
        return model

    def another_grain(self, governor: Handle, *minters: Actor) -> GrainModel:
        """A grain that its hub has set up in the transaction that made it, or never will."""
        chain, (name, symbol) = self.world.chain, SIDE_NAMES
        made = new_grain(chain, governor, *minters, name=name, symbol=symbol)
        self.maker = self.world.known(maker_of(chain))
        handle = self.world.known(made)
        where = (self.maker.address, governor.address)
        model = GrainModel(handle, self.world.journal, *where, SIDE_NAMES)
        for minter in minters:
            model.note(True, "minter", minter.address)
        self.world.model(model)
        return model

    def _crowd(self) -> list[Handle]:
        """A payee of each kind, which never changes its ways."""
        world, relayer = self.world, self.world.people.relayer
        found = [self.mock(OddPayeeModel, "OddPayee") for _ in range(1 + PAYEE_WAYS)]
        for way, payee in enumerate(found[1:]):
            world.send(relayer, payee, "behave", 1 << way)
        call = world.said(Action(self.home.pool, "sync", (ETH,)))
        calls_back = found[payees.CALLS_BACK.bit_length()]
        world.send(relayer, calls_back, "call_back", *call)
        owner = world.people.candidates[3]
        return [*found, self.delegate("delegate"), world.deploy("OddWallet", owner)]

    def delegate(self, name: str) -> Handle:
        """An account with a key that runs the code of an odd payee (as EIP-7702 has it)."""
        world, actor = self.world, self.world.chain.actor(name)
        world.chain.put_code(actor, self.home.payee)
        handle = world.known(world.chain.at("OddPayee", actor))
        world.model(OddPayeeModel(handle, world.journal, delegated=True))
        world.wei[actor.address] = world.chain.balance(actor)
        return handle

    def of_kind(self, kind: str) -> list[Any]:
        """Payees that do this, by their name in the table of payees."""
        fixed = dict(zip(payees_of_crowd(), self.crowd, strict=True))
        people = [*self.world.people.founders, *self.world.people.maintainers]
        others: dict[str, Sequence[Any]] = {
            "a person": people,
            "has no door": self.spenders,
            "an empty account": [Actor(kind, self.empty, b"")],
        }
        return [*others[kind]] if kind in others else [fixed[kind]]

    @property
    def empty(self) -> str:
        """An account without key and code that never had anything."""
        while self.world.wei.get(to_address(self._empty)):
            self._empty += 1
        return to_address(self._empty)

    def _fill_purses(self) -> None:
        """Patrons have more than they will ever give, and let the pools take it."""
        world, relayer = self.world, self.world.people.relayer
        for patron in self.patrons:
            who = patron.address
            world.send(relayer, self.dollar.me, "mint", who, PURSE)
            world.send(relayer, self.odd.me, "mint", who, ODD_PURSE)
            world.send(relayer, self.vast.me, "mint", who, VAST_PURSE)
            world.send(self.minter, self.side_grain.me, "mint", who, PURSE)
            for place in self.places:
                for token in (self.dollar, self.side_grain, self.odd, self.vast):
                    world.send(patron, token.me, "approve", place.pool.address, WITHOUT_END)

    def locked_call(self, pool: Handle) -> tuple[str, bytes]:
        """What a contract may call while this pool pays it or takes from it, in vain."""
        return self.world.said(Action(pool, "sync", (ETH,)))

    # --- signatures -----------------------------------------------------------------------

    def person(self, address: str) -> Actor | None:
        """The one of that address, if she has a key."""
        return next((each for each in self.world.people.everybody if each.address == address), None)

    def can_sign(self, account: str) -> bool:
        """By herself, or by its owners."""
        return account in self.owners or self.person(account) is not None

    def hand(
        self, signer: str, struct: typed_data.Struct, contract: Handle, said: dict[str, Any]
    ) -> bytes:
        """What an account signs; the owners of a wallet sign for it."""
        meant = message(struct, contract, said | {"signer": signer})
        known = self.person(signer)
        hands = self.owners.get(signer) or ([known] if known else [])
        return b"".join([self.world.signatures.sign(hand, meant) for hand in hands])

    # --- draws ----------------------------------------------------------------------------

    def place(self, random: Random, at_home: float = 0.25) -> Place:
        """Mostly the side pool."""
        return self.home if random.random() < at_home else self.side

    def someone(self, random: Random) -> str:
        """Anybody's address."""
        return random.choice(self.world.people.everybody).address

    def payees(self, place: Place) -> list[str]:
        """People, odd contracts, one without a door, an account that nobody has yet."""
        people = [actor.address for actor in self.world.people.everybody[:9]]
        crowd = [each.address for each in self.crowd]
        odd = [place.payee.address, place.payee.address, self.spenders[0].address]
        return [*people, *odd, *crowd, self.empty]

    def token(self, asset: str) -> Any:
        """The model of a token."""
        return self.world.models[asset]


def stage_of(world: World) -> Stage:
    """The stage of this world, set up when first asked for."""
    if "stage" not in world.shared:
        world.shared["stage"] = Stage(world)
    found: Stage = world.shared["stage"]
    return found


def payees_of_crowd() -> tuple[str, ...]:
    """The kinds in the crowd, in order."""
    return (*DOINGS[2 : 3 + PAYEE_WAYS], "a delegated account", "a wallet")


def part_of(random: Random, most: int) -> int:
    """An amount up to `most`: all of it now and then, the smallest, or anything; 0 of nothing."""
    if most <= 1:
        return max(most, 0)
    draw = random.random()
    if draw < 0.2:
        return most
    if draw < 0.3:
        return 1
    return random.randint(1, most if draw < 0.5 else max(1, most // 4))


def often(random: Random, chance: float = 0.9) -> bool:
    """Mostly true."""
    return random.random() < chance
