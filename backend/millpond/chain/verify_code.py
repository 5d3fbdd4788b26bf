# SPDX-License-Identifier: AGPL-3.0-only
"""`millpond verify code`: is what runs on the chain what these sources say?

Everything follows from one Hub address. The Hub is rebuilt and compared byte for byte; its
immutables name the implementations, which are rebuilt and compared likewise; each clone of a pool
must be the standard proxy of its implementation, followed by exactly the addresses of its
neighbours; so must be what it has made for the pool since. A pool's Grain has code of its own,
which is compared byte for byte, with its immutables. Needs the compiler and a checkout, no explorer
and nobody's word.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial

from millpond.chain import abi
from millpond.chain.answers import NO_ADDRESS, Address, BadAnswer
from millpond.chain.client import Client
from millpond.chain.compiler import BLUEPRINTS, Sources
from millpond.chain.contracts import Contract
from millpond.chain.coop import CLERK, KINDS, PARTS, SPENDER_KINDS
from millpond.chain.deployments import Deployed, Record
from millpond.chain.report import Report, Step, Unchecked
from millpond.core.canonical import keccak256
from millpond.core.errors import ChainError, VerifyError
from millpond.core.figures import quoted
from millpond.core.subjects import address_bytes, checksum_address, from_hex, to_hex

DISTRIBUTOR = "CredDistributor"
IMPLEMENTATIONS = {
    "POOL": "Pool",
    "GOVERNOR": "Governor",
    "ADMISSION": "Admission",
    "GRAIN": "Grain",
    "later_parts.CRED_DISTRIBUTOR": DISTRIBUTOR,
    "later_parts.BADGES": "Badges",
    "later_parts.IDENTITY": "Identity",
}
"""The Hub's immutables and the sources that the contracts there must have."""

_WORD = 32
_BLOCK = 256
_PROXY_HEAD = bytes.fromhex("363d3d373d3d3d363d73")
_PROXY_TAIL = bytes.fromhex("5af43d82803e903d91602b57fd5bf3")
_NO_KIND = "these sources have no contract of this kind"
_FALSE = "do not trust this address: ask whoever published it, and compare the record of deployment"


@dataclass(frozen=True)
class PoolParts:
    """One pool's contracts by the names of their sources, and the transaction that made them."""

    name: str
    charter_uri: str
    parts: Mapping[str, Address]
    transaction_hash: bytes
    later: tuple[tuple[str, Address], ...] = ()
    """What the Hub has made for it since: source and address."""
    unknown: tuple[tuple[str, Address], ...] = ()
    """What it has made of kinds that these sources do not have: the kind's name and address."""


def find_pool(
    hub: Contract,
    name: str,
    first_block: int = 0,
    on_progress: Callable[[int, int], None] | None = None,
) -> PoolParts:
    """A pool by its name in the Hub, with its parts from the event that announced it."""
    pool = hub.pool_named(name)
    if pool == NO_ADDRESS:
        raise ChainError(f"the Hub has no pool named {name!r}", "check the name and the Hub")
    topic = bytes(12) + address_bytes(pool)
    found = hub.past_events("PoolCreated", first_block, None, (topic,), on_progress)
    if len(found) != 1:
        raise ChainError(
            f"the node shows {len(found)} announcements of pool {name!r} from block {first_block}",
            "start at an earlier block with --from-block, or ask a node that keeps all logs",
        )
    said = found[0].args
    parts = {PARTS[key]: address for key, address in said["parts"]._asdict().items()}
    made = [
        (bytes(event.args["kind"]), event.args["part"])
        for event in hub.past_events("PartMade", first_block, None, (topic,), on_progress)
    ]
    later = [(KINDS[kind], part) for kind, part in made if kind in KINDS]
    unknown = tuple((spoken(kind), part) for kind, part in made if kind not in KINDS)
    if (badges := hub.badges_of(pool)) != NO_ADDRESS:
        later.append(("Badges", badges))
    made_by = found[0].log.transaction_hash
    return PoolParts(name, str(said["charter_uri"]), parts, made_by, tuple(later), unknown)


def spoken(kind: bytes) -> str:
    """The Hub's name of a kind as text; a stranger may have chosen it."""
    return quoted(kind.rstrip(b"\0").decode("ascii", "backslashreplace"))


def verify_code(
    client: Client,
    sources: Sources,
    hub: Address,
    pools: list[PoolParts],
    record: Record | None = None,
    on_step: Callable[[Step], None] = lambda _: None,
) -> Report:
    """Rebuild everything from the sources and compare it with the chain."""
    report = Report(on_step)
    recorded = record.contracts.values() if record else ()
    listed = (entry.contract for entry in recorded)
    sources.prepare({"Hub", CLERK, *IMPLEMENTATIONS.values(), *SPENDER_KINDS.values(), *listed})
    checker = Checker(client, sources, report)
    checker.check_hub(hub)
    for pool in pools:
        checker.check_pool(hub, pool)
    for name, entry in (record.contracts if record else {}).items():
        checker.check_entry(name, entry)
    return report


class Checker:
    """One run; its report hears of every step."""

    def __init__(self, client: Client, sources: Sources, report: Report) -> None:
        self._client = client
        self._sources = sources
        self._report = report
        self._implementations: dict[str, Address] = {}

    def check_hub(self, hub: Address) -> None:
        """The Hub and, if it is genuine, everything its immutables name."""
        if not self._report.run(f"Hub {hub}", lambda: self._genuine_hub(hub)):
            return
        values = self._immutables("Hub", hub)
        for immutable, source in IMPLEMENTATIONS.items():
            address = Address(checksum_address(values[immutable][12:]))
            self._implementations[source] = address
            same = self._same_blueprint if source in BLUEPRINTS else self._same_code
            same = self._same_distributor if source == DISTRIBUTOR else same
            genuine = self._report.run(f"{source} {address}", partial(same, source, address))
            if genuine and source == DISTRIBUTOR:
                self._check_clerk(address)
        self._check_spenders(hub)

    def _check_spenders(self, hub: Address) -> None:
        """What pools can install besides: its names stand in the Hub's storage, not in its code."""
        office = Contract(self._client, "Hub", hub)
        for kind in map(bytes, office.kinds()):
            address, source = Address(office.implementation(kind)), SPENDER_KINDS.get(kind)
            if source is not None:
                self._implementations[source] = address
                same = partial(self._same_code, source, address)
                self._report.run(f"{source} {address}", same)
            elif kind not in KINDS:
                self._report.skip(f"kind {spoken(kind)} {address}", _NO_KIND)

    def _check_clerk(self, distributor: Address) -> None:
        """What the distributors obey: no argument of any pool's, but of their common code."""
        word = self._immutables(DISTRIBUTOR, distributor)["desk.CLERK"]
        address = Address(checksum_address(word[12:]))
        self._report.run(f"{CLERK} {address}", partial(self._same_code, CLERK, address))

    def check_pool(self, hub: Address, pool: PoolParts) -> None:
        """Each contract of a pool and the two words by which the Pool knows its neighbours."""
        if not self._implementations:
            self._report.skip(f"pool {pool.name}", "its Hub is not the one of these sources")
            return
        for source, address in pool.parts.items():
            made = self._grain if source in BLUEPRINTS else self._clone
            self._report.run(
                f"{pool.name}: {source} {address}", partial(made, hub, pool, source, address)
            )
        for source, address in pool.later:
            self._report.run(
                f"{pool.name}: {source} {address}",
                partial(self._clone, hub, pool, source, address),
            )
        for kind, address in pool.unknown:
            self._report.skip(f"{pool.name}: {kind} {address}", _NO_KIND)
        self._report.run(f"{pool.name}: wiring", lambda: self._wiring(hub, pool))

    def check_entry(self, name: str, entry: Deployed) -> None:
        """One recorded contract: its code, its constructor's arguments and the recorded hash."""
        self._report.run(f"record of {name} {entry.address}", partial(self.require_recorded, entry))

    def require_recorded(self, entry: Deployed) -> str:
        """`VerifyError` unless the code is the sources', built with the recorded arguments."""
        blueprint = entry.contract in BLUEPRINTS
        same = self._same_blueprint if blueprint else self._same_code
        said = same(entry.contract, entry.address)
        code_hash = to_hex(keccak256(self._client.code(entry.address)))
        if code_hash != entry.code_hash:
            raise VerifyError(
                f"the code at {entry.address} has hash {code_hash}, the record {entry.code_hash}",
                "restore the record from version control",
            )
        if blueprint:
            return said
        params = abi.parse(entry.contract, self._sources.compiled(entry.contract).abi).constructor
        size = (len(entry.args) - 2) // 2
        try:
            values = abi.decode_values(params, from_hex(entry.args, size), "the recorded arguments")
        except BadAnswer as error:
            raise VerifyError(error.message, "restore the record from version control") from None
        given = {
            param.name.rstrip("_").upper(): value
            for param, value in zip(params, values, strict=True)
        }
        for name, found in self._immutables(entry.contract, entry.address).items():
            plain = name.rpartition(".")[2]
            if plain not in given:
                raise Unchecked(f"immutable {name} is no argument of the constructor")
            kind = self._sources.compiled(entry.contract).immutables[name].type
            wanted = abi.encode_values(abi.plain(kind), [given[plain]], name)
            _require_same(found, wanted, f"immutable {name}", "the recorded argument")
        for kind, address in given.get("SPENDERS", ()):
            self._require_spender(entry.address, kind, address)
        return f"{said}, built with the recorded arguments"

    def _require_spender(self, hub: Address, kind: bytes, recorded: Address) -> None:
        found = Contract(self._client, "Hub", hub).implementation(kind)
        if found != recorded:
            raise VerifyError(
                f"the Hub's {spoken(kind)} is {found}, the record has {recorded}",
                "restore the record from version control",
            )

    def _genuine_hub(self, hub: Address) -> str:
        """Its code, and behind it nothing but addresses."""
        said = self._same_code("Hub", hub)
        places = self._sources.compiled("Hub").immutables
        start = len(self._sources.compiled("Hub").runtime)
        code = self._client.code(hub)
        plain = bytearray(code)
        for name in IMPLEMENTATIONS:
            at = start + places[name].offset
            plain[at : at + 12] = bytes(12)
        _require_same(code, bytes(plain), f"the code at {hub}", "addresses behind Hub.vy")
        return said

    def _same_code(self, source: str, address: Address) -> str:
        built, code = self._sources.compiled(source), self._client.code(address)
        size = len(built.runtime)
        _require_same(code[:size], built.runtime, f"the code at {address}", f"{source}.vy")
        if len(code) != size + built.immutables_size:
            raise VerifyError(
                f"{len(code) - size} bytes follow the code at {address}, "
                f"{built.immutables_size} are its immutables",
                _FALSE,
                f"{source} {address}",
            )
        return f"{size} bytes are those of {source}.vy"

    def _same_distributor(self, source: str, address: Address) -> str:
        """Its code, and behind it one address: the Clerk's, which is looked at by itself."""
        said = self._same_code(source, address)
        code = self._client.code(address)
        start = len(self._sources.compiled(source).runtime)
        plain = code[:start] + bytes(12) + code[start + 12 :]
        _require_same(code, plain, f"the code at {address}", f"an address behind {source}.vy")
        return said

    def _same_blueprint(self, source: str, address: Address) -> str:
        built, code = self._sources.compiled(source), self._client.code(address)
        _require_same(code, built.blueprint, f"the code at {address}", f"{source}.vy's blueprint")
        return f"{len(code)} bytes are the blueprint (ERC-5202) of {source}.vy"

    def _immutables(self, source: str, address: Address) -> dict[str, bytes]:
        built, code = self._sources.compiled(source), self._client.code(address)
        tail = code[len(built.runtime) :]
        return {n: tail[i.offset : i.offset + i.length] for n, i in built.immutables.items()}

    def _clone(self, hub: Address, pool: PoolParts, source: str, address: Address) -> str:
        target = self._implementations[source]
        wanted = _PROXY_HEAD + address_bytes(target) + _PROXY_TAIL
        wanted += b"".join(self._appended(hub, pool, source))
        wanted += {"Pool": pool.charter_uri, "Badges": pool.name}.get(source, "").encode()
        what = f"a clone of {target} with its neighbours"
        _require_same(self._client.code(address), wanted, f"the code at {address}", what)
        return f"is {what}"

    def _appended(self, hub: Address, pool: PoolParts, source: str) -> list[bytes]:
        """What the Hub puts behind the proxy of each part (see the header of each contract)."""
        at, identity = pool.parts, self._implementations["Identity"]
        neighbours = {
            "Pool": [hub],
            "Governor": [hub, at["Pool"], identity],
            "Admission": [hub, at["Governor"], at["Pool"]],
            "Badges": [hub, at["Pool"], at["Governor"]],
        }.get(source, [hub, at["Pool"], at["Governor"], at["Grain"], identity])
        return [address_bytes(neighbour) for neighbour in neighbours]

    def _grain(self, hub: Address, pool: PoolParts, source: str, address: Address) -> str:
        """Code of its own, as the source has it, and behind it what the Hub gave it."""
        built, code = self._sources.compiled(source), self._client.code(address)
        size = len(built.runtime)
        _require_same(code[:size], built.runtime, f"the code at {address}", f"{source}.vy")
        given = self._immutables(source, address)
        given["hub"] = bytes(12) + address_bytes(hub)
        given["governor"] = bytes(12) + address_bytes(pool.parts["Governor"])
        try:
            given |= self._grain_texts(hub, pool)
            unknown = None
        except Unchecked as why:
            unknown = why
        places = {name: found.offset for name, found in built.immutables.items()}
        wanted = built.runtime + b"".join(
            given[name] for name in sorted(places, key=places.__getitem__)
        )
        what = f"{source}.vy with hub, governor, name and symbol"
        _require_same(code, wanted, f"the code at {address}", what)
        if unknown is not None:
            raise unknown
        return f"{len(code)} bytes are those of {what}"

    def _grain_texts(self, hub: Address, pool: PoolParts) -> dict[str, bytes]:
        """Name and symbol as immutables: the length in a word of its own, then the text."""
        words = zip(("name", "symbol"), self._grain_words(hub, pool), strict=True)
        return {name: len(word.rstrip(b"\0")).to_bytes(_WORD) + word for name, word in words}

    def _grain_words(self, hub: Address, pool: PoolParts) -> list[bytes]:
        """The name and symbol that the pool's maker asked for, from her transaction."""
        made = self._client.transaction(pool.transaction_hash)
        if made.to != hub:
            raise Unchecked(
                "the pool was made through another contract, so its Grain's name and symbol "
                "cannot be compared with what was asked for"
            )
        _, args = abi.load("Hub").decode_call(made.data)
        return [args[-1].grain_name, args[-1].grain_symbol]

    def _wiring(self, hub: Address, pool: PoolParts) -> str:
        home = Contract(self._client, "Pool", pool.parts["Pool"])
        office = Contract(self._client, "Hub", hub)
        pairs = [
            ("the Hub's Governor for it", office.governor_of(home.address), "Governor"),
            ("the Hub's Pool of that name", office.pool_named(pool.name), "Pool"),
            ("the Pool's governor", home.governor(), "Governor"),
            ("the Pool's grain", home.grain(), "Grain"),
        ]
        for what, found, part in pairs:
            if found != pool.parts[part]:
                raise VerifyError(
                    f"{what} is {found}, not {pool.parts[part]}", _FALSE, f"{pool.name}: wiring"
                )
        return "Hub, Pool, Governor and Grain name each other"


def _require_same(found: bytes, wanted: bytes, what: str, like: str) -> None:
    """`VerifyError` at the first byte that differs."""
    if found == wanted:
        return
    if not found:
        raise VerifyError(f"{what}: there is none", "check the address and the network")
    differing = list(_differing(found, wanted))
    if not differing:
        raise VerifyError(f"{what} has {len(found)} bytes, {like} {len(wanted)}", _FALSE)
    at = differing[0]
    raise VerifyError(
        f"{what} differs from {like} at byte {at}: {found[at]:#04x} instead of {wanted[at]:#04x} "
        f"({len(differing)} bytes differ)",
        _FALSE,
    )


def _differing(found: bytes, wanted: bytes) -> Iterator[int]:
    """The places that differ, as far as both reach; by blocks, most of which are the same."""
    size = min(len(found), len(wanted))
    for start in range(0, size, _BLOCK):
        end = min(start + _BLOCK, size)
        if found[start:end] != wanted[start:end]:
            yield from (at for at in range(start, end) if found[at] != wanted[at])
