# SPDX-License-Identifier: AGPL-3.0-only
"""The Hub: what makes a pool, and what it then knows of it. The parts it makes get models too."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any, NamedTuple

from millpond.core.canonical import keccak256
from tests.contracts.compiled import artifact
from tests.properties import codec
from tests.properties.chain import Handle, handle_at, to_address
from tests.properties.model import Model, Msg, Refused
from tests.properties.model_admission import AdmissionModel
from tests.properties.model_distributor import DistributorModel
from tests.properties.model_distributor_head import Parts as Neighbours
from tests.properties.model_governor import GovernorModel
from tests.properties.model_grain import GrainModel
from tests.properties.model_pool import PoolModel

ZERO_WORD = bytes(32)
NO_CONSENT = bytes(4)
FINALISE = bytes.fromhex("2b697a27")  # finalise(uint256,uint256)
LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789-"
SHORTEST = 3
KEPT = 2  # how many made pools still have models; of older ones nobody speaks


class Implementations(NamedTuple):
    """What the clones run."""

    pool: str
    governor: str
    admission: str
    grain: str
    distributor: str
    identity: str


class Parts(NamedTuple):
    """The contracts of one pool."""

    pool: str
    governor: str
    admission: str
    grain: str
    distributor: str


@dataclass
class HubFacts:
    """All that a Hub knows."""

    named: dict[str, str] = field(default_factory=dict)
    governors: dict[str, str] = field(default_factory=dict)


class HubModel(Model):
    """It makes pools and has no power over them."""

    facts: HubFacts
    composite = frozenset({"create_pool"})

    def __init__(self, me: Handle, originals: Implementations) -> None:
        super().__init__(me, HubFacts())
        self.originals = originals
        self.made: list[Parts] = []  # the newest ones, whose parts have models

    def create_pool(
        self,
        msg: Msg,
        name: str,
        charter_uri: str,
        charter_hash: bytes,
        class_rules: Sequence[tuple[Any, ...]],
        founders: list[str],
        options: Sequence[Any],
    ) -> Parts:
        msg.need(len(name) >= SHORTEST, "hub: a name has 3 to 32 characters")
        plain = all(letter in LETTERS for letter in name)
        msg.need(plain, "hub: a name has a-z, 0-9 and - only")
        msg.need(name not in self.facts.named, "hub: the name is taken")
        msg.need(founders, "hub: a co-op needs a founder")
        ways, maintainers, needed, season, attesters, attesters_needed, *grain = options
        msg.need(grain[0] != ZERO_WORD, "hub: the grain needs a name")
        msg.need(grain[1] != ZERO_WORD, "hub: the grain needs a symbol")
        given = (name, charter_uri, charter_hash, class_rules, founders, options)
        salt = keccak256(_salted()((msg.sender, *given)))
        parts = self.addresses(salt, grain[0] + grain[1])
        self._put_models(msg, parts, grain)
        self.facts.named[name] = parts.pool
        self.facts.governors[parts.pool] = parts.governor
        try:
            self._wire(msg, parts)
            msg.call(parts.governor, "set_rules", class_rules)
            msg.call(parts.governor, "admit", founders)
            msg.call(parts.admission, "setup", ways)
            msg.call(parts.distributor, "setup", maintainers, needed, season)
            if attesters:
                named = (parts.pool, attesters, attesters_needed)
                msg.call(self.originals.identity, "set_attesters", *named)
        except Refused:
            self._take_models(msg, parts)
            raise
        msg.emit(
            "PoolCreated",
            pool=parts.pool,
            creator=msg.sender,
            name=name,
            parts=parts,
            charter_uri=charter_uri,
            charter_hash=charter_hash,
        )
        self._remember(msg, parts)
        return parts

    def receive(self, msg: Msg, data: bytes = b"") -> None:
        """It has no such function and takes no money."""
        del data
        msg.need(False, "")

    def _wire(self, msg: Msg, parts: Parts) -> None:
        msg.call(parts.pool, "setup", parts.governor, parts.grain)
        msg.call(parts.grain, "setup", parts.distributor)
        msg.call(parts.governor, "add_hub_part", parts.admission, NO_CONSENT, True)
        msg.call(parts.governor, "add_hub_part", parts.grain, NO_CONSENT, False)
        msg.call(parts.governor, "add_hub_part", parts.distributor, FINALISE, False)

    # --- the parts ------------------------------------------------------------------------

    def addresses(self, salt: bytes, grain: bytes) -> Parts:
        """Where the clones stand: each follows from the salt, what it runs and its neighbours."""
        original, hub = self.originals, _raw(self.me.address)
        pool = self._clone(original.pool, hub, salt)
        neighbours = hub + _raw(pool) + _raw(original.identity)
        governor = self._clone(original.governor, neighbours, salt)
        seat = hub + _raw(governor)
        admission = self._clone(original.admission, seat + _raw(pool), salt)
        token = self._grain(salt, governor, grain)
        around = hub + _raw(pool) + _raw(governor) + _raw(token) + _raw(original.identity)
        distributor = self._clone(original.distributor, around, salt)
        return Parts(pool, governor, admission, token, distributor)

    def _grain(self, salt: bytes, governor: str, words: bytes) -> str:
        """CREATE2 of the Grain's init code, with what its constructor is given behind it."""
        given = bytes(12) + _raw(self.me.address) + bytes(12) + _raw(governor) + words
        return self._create2(salt, artifact("Grain").creation + given)

    def _clone(self, original: str, appended: bytes, salt: bytes) -> str:
        """CREATE2 of an EIP-1167 proxy with these bytes behind it."""
        runtime = bytes.fromhex("363d3d373d3d3d363d73") + _raw(original)
        runtime += bytes.fromhex("5af43d82803e903d91602b57fd5bf3") + appended
        start = b"\x61" + len(runtime).to_bytes(2) + bytes.fromhex("3d81600a3d39f3")
        return self._create2(salt, start + runtime)

    def _create2(self, salt: bytes, init_code: bytes) -> str:
        hashed = keccak256(b"\xff" + _raw(self.me.address) + salt + keccak256(init_code))
        return to_address(int.from_bytes(hashed[12:]))

    def _put_models(self, msg: Msg, parts: Parts, grain: Sequence[bytes]) -> None:
        world, hub, journal = msg.world, self.me.address, msg.world.journal
        names = tuple(each.rstrip(b"\0").decode() for each in grain)
        handles = [
            handle_at(name, address)
            for name, address in zip(
                ("Pool", "Governor", "Admission", "Grain", "CredDistributor"), parts, strict=True
            )
        ]
        for handle in handles:
            world.handles[handle.address] = handle
            world.wei.setdefault(handle.address, 0)
        pool, governor, admission, token, distributor = handles
        deciding = GovernorModel(governor, hub, parts.pool, self.originals.identity)
        around = Neighbours(hub, parts.pool, parts.governor, parts.grain, self.originals.identity)
        world.model(PoolModel(pool, journal, hub))
        world.model(deciding)
        world.model(AdmissionModel(admission, hub, deciding))
        made = GrainModel(token, journal, hub, parts.governor, (names[0], names[1]))
        made.is_new = True
        world.model(made)
        world.model(DistributorModel(distributor, journal, around))

    def _take_models(self, msg: Msg, parts: Parts) -> None:
        for address in parts:
            del msg.world.models[address]
            del msg.world.handles[address]

    def _remember(self, msg: Msg, parts: Parts) -> None:
        self.made.append(parts)
        while len(self.made) > KEPT:
            for address in self.made.pop(0):
                del msg.world.models[address]

    # --- views ----------------------------------------------------------------------------

    def is_pool(self, _: Msg, pool: str) -> bool:
        return pool in self.facts.governors

    def pool_named(self, _: Msg, name: str) -> str:
        return self.facts.named.get(name, to_address(0))

    def governor_of(self, _: Msg, pool: str) -> str:
        return self.facts.governors.get(pool, to_address(0))

    def implementations(self, _: Msg) -> tuple[str, ...]:
        return self.originals[:-1]

    def identity(self, _: Msg) -> str:
        return self.originals.identity

    def version(self, _: Msg) -> str:
        return "1"


def _raw(address: str) -> bytes:
    return bytes.fromhex(address[2:])


@cache
def _salted() -> Any:
    """Encodes what the addresses follow from: the sender and all that was given."""
    (entry,) = [each for each in artifact("Hub").abi if each.get("name") == "create_pool"]
    return codec.encoder([{"type": "address"}, *entry["inputs"]])
