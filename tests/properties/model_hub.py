# SPDX-License-Identifier: AGPL-3.0-only
"""The Hub: what makes a pool, and what it then knows of it. The parts it makes get models too."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any, NamedTuple

from eth_abi.abi import decode
from eth_utils.address import to_checksum_address

from millpond.core.canonical import keccak256
from tests.contracts.compiled import artifact
from tests.contracts.coop import SPENDERS, kind_of
from tests.properties import codec
from tests.properties.chain import Function, Handle, handle_at, interface, to_address
from tests.properties.model import Model, Msg, Refused
from tests.properties.model_admission import AdmissionModel
from tests.properties.model_badges import BadgesModel
from tests.properties.model_distributor import DistributorModel
from tests.properties.model_distributor_head import Parts as Neighbours
from tests.properties.model_governor import GovernorModel
from tests.properties.model_grain import GrainModel
from tests.properties.model_pool import PoolModel
from tests.properties.model_spenders import model_of

ZERO_WORD = bytes(32)
NO_CONSENT = bytes(4)
FINALISE = bytes.fromhex("2b697a27")  # finalise(uint256,uint256)
DISTRIBUTOR_KIND = b"cred-distributor".ljust(32, b"\0")
BADGES_KIND = b"badges".ljust(32, b"\0")
SPENDER_KINDS = {kind_of(name): name for name in SPENDERS}
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
    badges: str
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
    grains: dict[str, str] = field(default_factory=dict)
    charters: dict[str, str] = field(default_factory=dict)
    uris: dict[str, str] = field(default_factory=dict)  # what members have set
    badges: dict[str, str] = field(default_factory=dict)
    installed: dict[tuple[str, bytes, bytes], int] = field(default_factory=dict)


class HubModel(Model):
    """It makes pools, and later what their votes ask for; else it has no power over them."""

    facts: HubFacts
    ours = True
    doors = frozenset()
    composite = frozenset({"create_pool", "install"})

    def __init__(
        self, me: Handle, originals: Implementations, spenders: Mapping[bytes, str]
    ) -> None:
        super().__init__(me, HubFacts())
        self.originals, self.spenders = originals, spenders
        self.made: list[Parts] = []  # the newest ones, whose parts have models
        self.later: list[str] = []  # the newest parts and badges that were made later

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
        ways, maintainers, needed, season, attesters, attesters_needed, *rest = options
        grain, (asset, amount) = rest[:2], rest[2:]
        msg.need(grain[0] != ZERO_WORD, "hub: the grain needs a name")
        msg.need(grain[1] != ZERO_WORD, "hub: the grain needs a symbol")
        given = (name, charter_uri, charter_hash, class_rules, founders, options)
        salt = keccak256(_salted()((msg.sender, *given)))
        parts = self.addresses(salt, charter_uri, grain[0] + grain[1])
        self._put_models(msg, parts, grain)
        self.enter(name, parts, charter_uri)
        try:
            self._wire(msg, parts)
            msg.call(parts.governor, "set_rules", class_rules)
            msg.call(parts.governor, "admit", founders)
            msg.call(parts.admission, "setup", ways)
            msg.call(parts.distributor, "setup", maintainers, needed, season)
            if attesters:
                named = (parts.pool, attesters, attesters_needed)
                msg.call(self.originals.identity, "set_attesters", *named)
            if amount:
                terms = (charter_uri, charter_hash, parts.admission, False, 0)
                params = bytes(12) + _raw(asset) + amount.to_bytes(32)
                msg.call(parts.pool, "open_earmark", 1, *terms, params)
        except Refused:
            self._take_models(msg, parts)
            raise
        msg.emit("DAOURIUpdate", daoAddress=parts.pool, daoURI=charter_uri)
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

    def enter(self, name: str, parts: Parts, charter_uri: str) -> None:
        """A pool that is known from now on."""
        facts = self.facts
        facts.named[name] = parts.pool
        facts.governors[parts.pool] = parts.governor
        facts.grains[parts.pool] = parts.grain
        facts.charters[parts.pool] = charter_uri

    # --- a pool's Governor ----------------------------------------------------------------

    def install(self, msg: Msg, kind: bytes, setup_call: bytes) -> str:
        """One more part of the calling pool, set up at once."""
        pool = self._pool_of(msg)
        self._need_kind(msg, kind)
        right = setup_call[:4] == setup_of_a_part().selector
        right = not setup_call if kind in self.spenders else right
        msg.need(right, "hub: not a call of its setup")
        what = (pool, kind, setup_call)
        part = self._later_part(*what)
        facts, world = self.facts, msg.world
        parts = Neighbours(*self._near(pool))
        source = SPENDER_KINDS.get(kind, "CredDistributor")
        handle = world.handles[part] = handle_at(source, part)
        world.wei.setdefault(part, 0)
        if kind in self.spenders:
            world.model(model_of(source, handle, world.journal, parts))
        else:
            world.model(DistributorModel(handle, world.journal, parts))
        try:
            self._take_in(msg, part, setup_call)
        except Refused:
            del world.models[part], world.handles[part]
            raise
        facts.installed[what] = facts.installed.get(what, 0) + 1
        msg.emit("PartMade", pool=pool, part=part, kind=kind)
        self._keep_newest(msg, part)
        return part

    def _take_in(self, msg: Msg, part: str, setup_call: bytes) -> None:
        """A part of the pool; a distributor asks for consent, and is set up."""
        consent = FINALISE if setup_call else NO_CONSENT
        msg.call(msg.sender, "add_hub_part", part, consent, False)
        if setup_call:
            people, *rest = decode(setup_of_a_part().inputs, setup_call[4:])
            named = [(str(to_checksum_address(who)), list(subjects)) for who, subjects in people]
            msg.call(part, "setup", named, *rest)

    def _need_kind(self, msg: Msg, kind: bytes) -> None:
        msg.need(kind == DISTRIBUTOR_KIND or kind in self.spenders, "hub: no such kind")

    def set_dao_uri(self, msg: Msg, uri: str) -> None:
        """Where the calling pool describes itself; nothing stands for its charter."""
        pool = self._pool_of(msg)
        self.facts.uris[pool] = uri
        msg.emit("DAOURIUpdate", daoAddress=pool, daoURI=self.dao_uri(msg, pool))

    def _pool_of(self, msg: Msg) -> str:
        pools = [pool for pool, its in self.facts.governors.items() if its == msg.sender]
        msg.need(pools, "hub: only a pool's Governor")
        return pools[0]

    # --- anyone ---------------------------------------------------------------------------

    def make_badges(self, msg: Msg, name: str) -> str:
        """The members of a pool as badges, once."""
        msg.need(name in self.facts.named, "hub: no pool of that name")
        pool = self.facts.named[name]
        msg.need(pool not in self.facts.badges, "hub: the badges are there already")
        hub, governor = self.me.address, self.facts.governors[pool]
        behind = _raw(hub) + _raw(pool) + _raw(governor) + name.encode()
        made = self._clone(self.originals.badges, behind, bytes(32))
        handle = handle_at("Badges", made)
        msg.world.handles[made] = handle
        msg.world.wei.setdefault(made, 0)
        msg.world.model(BadgesModel(handle, hub, pool, governor, name))
        self.facts.badges[pool] = made
        msg.emit("BadgesMade", pool=pool, badges=made)
        return made

    # --- the parts ------------------------------------------------------------------------

    def _later_part(self, pool: str, kind: bytes, setup_call: bytes) -> str:
        """Where `install` of the same puts it."""
        said = _encode_what([pool, kind, keccak256(setup_call)])
        number = self.facts.installed.get((pool, kind, setup_call), 0)
        salt = keccak256(keccak256(said) + number.to_bytes(32))
        original = self.spenders.get(kind, self.originals.distributor)
        return self._clone(original, b"".join(map(_raw, self._near(pool))), salt)

    def _near(self, pool: str) -> tuple[str, ...]:
        """What every kind carries: hub, pool, governor, grain, identity."""
        governor, grain = self.facts.governors[pool], self.facts.grains[pool]
        return self.me.address, pool, governor, grain, self.originals.identity

    def _keep_newest(self, msg: Msg, part: str) -> None:
        self.later.append(part)
        while len(self.later) > KEPT:
            del msg.world.models[self.later.pop(0)]

    def addresses(self, salt: bytes, charter_uri: str, grain: bytes) -> Parts:
        """Where the clones stand: each follows from the salt, what it runs and its neighbours."""
        original, hub = self.originals, _raw(self.me.address)
        pool = self._clone(original.pool, hub + charter_uri.encode(), salt)
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
        return self.originals[:-2]

    def implementation(self, _: Msg, kind: bytes) -> str:
        made = {DISTRIBUTOR_KIND: self.originals.distributor, BADGES_KIND: self.originals.badges}
        return (made | dict(self.spenders)).get(kind, to_address(0))

    def kinds(self, _: Msg) -> list[bytes]:
        return [DISTRIBUTOR_KIND, *self.spenders]

    def next_install(self, msg: Msg, pool: str, kind: bytes, setup_call: bytes) -> str:
        msg.need(pool in self.facts.governors, "hub: no such pool")
        self._need_kind(msg, kind)
        return self._later_part(pool, kind, setup_call)

    def badges_of(self, _: Msg, pool: str) -> str:
        return self.facts.badges.get(pool, to_address(0))

    def dao_uri(self, _: Msg, pool: str) -> str:
        return self.facts.uris.get(pool) or self.facts.charters.get(pool, "")

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


@cache
def setup_of_a_part() -> Function:
    """The distributor's `setup`, the one call that the Hub makes on a new part."""
    functions, _ = interface("CredDistributor")
    return functions["setup"]


_encode_what = codec.of_types("address", "bytes32", "bytes32")
