# SPDX-License-Identifier: AGPL-3.0-only
"""`millpond verify code`: truth passes, and every single changed byte is found."""

import json
import random
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from millpond.chain import abi, deployments
from millpond.chain.abi import encode_values
from millpond.chain.answers import Address
from millpond.chain.client import Client, connect
from millpond.chain.compiler import Compiled, Sources
from millpond.chain.contracts import Contract
from millpond.chain.coop import SPENDER_KINDS
from millpond.chain.deployments import Deployed, Record
from millpond.chain.report import Report, Verdict
from millpond.chain.verify_code import PoolParts, find_pool, verify_code
from millpond.core.canonical import keccak256
from millpond.core.errors import ChainError, DeploymentError
from millpond.core.subjects import to_hex
from tests.chain.built import Built
from tests.chain.coop import ALLOCATION, IMPLEMENTATIONS, SPENDERS, Coop, Story
from tests.chain.nodes import CHAIN_ID, QUICK, ROOT, Reply, odd_node, through

Change = Callable[[bytearray], object]


@pytest.fixture(scope="module")
def sources() -> Sources:
    """This checkout."""
    return Built()


@pytest.fixture(scope="module")
def pool(paid: Story) -> PoolParts:
    return find_pool(paid.coop.hub, "credsperiment")


def run(paid: Story, sources: Sources, pool: PoolParts, url: str = "") -> Report:
    client = connect(url or paid.url, CHAIN_ID, QUICK)
    return verify_code(client, sources, paid.coop.hub.address, [pool])


def names(report: Report, verdict: Verdict) -> list[str]:
    return [step.name for step in report.of(verdict)]


def changed_code(url: str, address: str, change: Change) -> Callable[..., Reply]:
    """A node that shows other code at one address."""
    honest = through(url, lambda _: None)

    def reply(question: dict[str, Any]) -> Reply:
        status, body = honest(question)
        if question["method"] == "eth_getCode" and question["params"][0] == address:
            code = bytearray.fromhex(json.loads(body)["result"][2:])
            change(code)
            body = json.dumps({"jsonrpc": "2.0", "id": 1, "result": "0x" + code.hex()}).encode()
        return status, body

    return reply


def flip(place: int, by: int) -> Change:
    def change(code: bytearray) -> None:
        code[place] ^= by

    return change


def test_verify_code__truth__everything_holds(
    paid: Story, sources: Sources, pool: PoolParts
) -> None:
    report = run(paid, sources, pool)
    assert report.holds
    assert len(report.of(Verdict.OK)) == len(report.steps) == 2 + 7 + len(SPENDERS) + 5 + 1
    named = " ".join(names(report, Verdict.OK))
    assert all(name in named for name in (*IMPLEMENTATIONS, *SPENDERS, "Hub", "wiring"))


def test_find_pool__by_name__its_five_parts(paid: Story, pool: PoolParts) -> None:
    assert dict(pool.parts) == paid.coop.parts
    assert pool.transaction_hash == paid.coop.made.transaction_hash
    with pytest.raises(ChainError, match="no pool named 'other'"):
        find_pool(paid.coop.hub, "other")
    head = paid.coop.client.block().number
    with pytest.raises(ChainError, match="0 announcements") as caught:
        find_pool(paid.coop.hub, "credsperiment", head)
    assert "--from-block" in caught.value.next_step


def everything(paid: Story) -> dict[str, bytes]:
    """Each deployed contract of the co-op and its code."""
    client = paid.coop.client
    hub = paid.coop.hub
    badges = hub.implementation(b"badges".ljust(32, b"\0"))
    shared = [badges, hub.identity(), hub.address, paid.coop.clerk.address]
    shared += [hub.implementation(kind) for kind in SPENDER_KINDS]
    implementations = [*hub.implementations(), *shared]
    addresses = [*implementations, *paid.coop.parts.values()]
    return {address: client.code(address) for address in addresses}


def test_verify_code__any_of_200_bytes_changed__found_with_its_place(
    paid: Story, sources: Sources, pool: PoolParts
) -> None:
    """Spread over all contracts; first and last bytes, immutables and neighbours too, and
    of each immutable address of the Hub the bytes before the address, which must be zero."""
    dice = random.Random(200)  # noqa: S311
    codes = everything(paid)
    assert len(codes) == 14 + len(SPENDERS)
    places = [(at, place) for at, code in codes.items() for place in (0, len(code) - 1)]
    hub, code_of_all = sources.compiled("Hub"), sources.compiled("CredDistributor")
    maker = str(paid.coop.hub.implementation(b"cred-distributor".ljust(32, b"\0")))
    behind = [len(hub.runtime) + each.offset for each in hub.immutables.values()]
    places += [(paid.coop.hub.address, at + dice.randrange(12)) for at in behind]
    while len(places) < 200:
        address = dice.choice(list(codes))
        places.append((address, dice.randrange(len(codes[address]))))
    for address, place in places:
        lie = changed_code(paid.url, address, flip(place, dice.randrange(1, 256)))
        with odd_node(lie) as node:
            report = run(paid, sources, pool, node.url)
        differing = report.of(Verdict.DIFFERS)
        assert differing, f"byte {place} of {address} was changed and not found"
        at = place - len(hub.runtime)
        if address == paid.coop.hub.address and at >= 0 and at % 32 >= 12:
            continue  # an immutable address: found at the one that it names then
        if address == maker and place >= len(code_of_all.runtime) + 12:
            continue
        assert any(address in step.name and f"byte {place}:" in step.detail for step in differing)


@pytest.mark.parametrize("change", [lambda code: code.append(0), lambda code: code.pop()])
def test_verify_code__code_longer_or_shorter__found(
    paid: Story, sources: Sources, pool: PoolParts, change: Change
) -> None:
    for address in everything(paid):
        with odd_node(changed_code(paid.url, address, change)) as node:
            report = run(paid, sources, pool, node.url)
        assert report.of(Verdict.DIFFERS), address


def test_verify_code__no_code_at_all__found(paid: Story, sources: Sources, pool: PoolParts) -> None:
    address = paid.coop.parts["Pool"]
    with odd_node(changed_code(paid.url, address, lambda code: code.clear())) as node:
        report = run(paid, sources, pool, node.url)
    (step,) = report.of(Verdict.DIFFERS)
    assert "there is none" in step.detail


def test_verify_code__a_false_hub__nothing_else_is_believed(
    paid: Story, sources: Sources, pool: PoolParts
) -> None:
    client = connect(paid.url, CHAIN_ID, QUICK)
    report = verify_code(client, sources, paid.coop.dollar.address, [pool])
    assert not report.holds
    assert names(report, Verdict.OK) == []
    assert names(report, Verdict.UNCHECKED) == ["pool credsperiment"]


def test_verify_code__parts_exchanged__found(
    paid: Story, sources: Sources, pool: PoolParts
) -> None:
    parts = dict(pool.parts)
    parts["Grain"], parts["Admission"] = parts["Admission"], parts["Grain"]
    report = run(paid, sources, replace(pool, parts=parts))
    assert len(report.of(Verdict.DIFFERS)) >= 2


def test_verify_code__another_name_of_the_pool__found(
    paid: Story, sources: Sources, pool: PoolParts
) -> None:
    report = run(paid, sources, replace(pool, name="another"))
    assert names(report, Verdict.DIFFERS) == ["another: wiring"]


def test_verify_code__second_pool_of_the_hub__is_not_the_first(
    long: Story, paid: Story, sources: Sources
) -> None:
    """A pool of another chain's Hub: its clones name other neighbours."""
    foreign = find_pool(long.coop.hub, "credsperiment")
    report = run(paid, sources, foreign)
    found = names(report, Verdict.DIFFERS)
    other = {"Pool", "Governor", "CredDistributor", "Grain", "wiring"}
    assert {name.split()[1] for name in found} >= other
    assert names(report, Verdict.UNCHECKED) == []


@pytest.fixture
def record(paid: Story, sources: Sources) -> Record:
    """As the deployment would have written it."""
    client, coop = paid.coop.client, paid.coop
    badges = coop.hub.implementation(b"badges".ljust(32, b"\0"))
    args = [*coop.hub.implementations(), badges, coop.hub.identity()]
    others = [(kind, coop.hub.implementation(kind)) for kind in SPENDER_KINDS]
    encoded = encode_values(abi.load("Hub").constructor, [*args, others], "the Hub")
    made = Record(chain_id=CHAIN_ID, genesis_hash=to_hex(client.genesis_hash()))
    for name, address, tail in (
        ("Hub", coop.hub.address, encoded),
        ("TestDollar", coop.dollar.address, b""),
    ):
        made = made.with_contract(name, entry(client, name, address, tail))
    assert sources.compiled("Hub").immutables_size == 224
    return made


def entry(client: Client, name: str, address: Address, args: bytes) -> Deployed:
    return Deployed(
        contract=name,
        address=address,
        args=to_hex(args),
        code_hash=to_hex(keccak256(client.code(address))),
        compiler="0.4.3",
        source_commit="unknown",
        block_number=1,
        transaction_hash="0x" + "00" * 32,
    )


def with_record(paid: Story, sources: Sources, record: Record) -> Report:
    client = connect(paid.url, CHAIN_ID, QUICK)
    return verify_code(client, sources, paid.coop.hub.address, [], record)


def test_verify_code__record__arguments_and_hash_hold(
    paid: Story, sources: Sources, record: Record
) -> None:
    report = with_record(paid, sources, record)
    assert report.holds
    assert [name for name in names(report, Verdict.OK) if name.startswith("record of")] == [
        f"record of Hub {paid.coop.hub.address}",
        f"record of TestDollar {paid.coop.dollar.address}",
    ]


@pytest.mark.parametrize(
    "change",
    [
        {"code_hash": "0x" + "11" * 32},
        {"contract": "Pool"},
        {"args": "0x" + "00" * 224},
        {"args": "0x" + "00" * 192},
        {"address": "0x000000000000000000000000000000000000dEaD"},
    ],
)
def test_verify_code__false_record__found(
    paid: Story, sources: Sources, record: Record, change: dict[str, Any]
) -> None:
    false_record(paid, sources, record, change)


def false_record(
    paid: Story, sources: Sources, record: Record, change: dict[str, Any]
) -> tuple[str, ...]:
    """What is found, once, of a record with something changed in the Hub's entry."""
    false = Deployed(**(record.contracts["Hub"].model_dump() | change))
    report = with_record(paid, sources, record.model_copy(update={"contracts": {"Hub": false}}))
    (step,) = report.of(Verdict.DIFFERS)
    assert step.name.startswith("record of Hub")
    return step.name, step.detail


def test_verify_code__another_spender_in_the_record__found(
    paid: Story, sources: Sources, record: Record
) -> None:
    """The addresses of spenders are in the Hub's storage: the code alone does not tell."""
    own = bytes.fromhex(paid.coop.hub.implementation(ALLOCATION)[2:])
    args = record.contracts["Hub"].args
    assert own.hex() in args
    changed = args.replace(own.hex(), paid.coop.pool.address[2:].lower())
    _, detail = false_record(paid, sources, record, {"args": changed})
    assert f'the Hub\'s "allocation" is 0x{own.hex()}' in detail.lower().replace("hub", "Hub")


class Mixed(Sources):
    """One contract of another checkout, the others as built already."""

    def __init__(self, base: Sources, contract: str, root: Path) -> None:
        super().__init__(root)
        self._base, self._contract = base, contract

    def prepare(self, contracts: Iterable[str]) -> None:
        super().prepare({self._contract} & set(contracts))

    def compiled(self, contract: str) -> Compiled:
        if contract == self._contract:
            return super().compiled(contract)
        return self._base.compiled(contract)


def test_verify_code__changed_source__found(
    paid: Story, sources: Sources, pool: PoolParts, tmp_path: Path
) -> None:
    """The other side of the same thing: the chain is true and the checkout is not."""
    contracts = tmp_path / "contracts"
    for file in (ROOT / "contracts").rglob("*.vy*"):
        copy = contracts / file.relative_to(ROOT / "contracts")
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_bytes(file.read_bytes())
    grain = contracts / "Grain.vy"
    text = grain.read_text("utf-8")
    assert "only the hub sets it up" in text
    grain.write_text(text.replace("only the hub sets it up", "only the hub set it up"), "utf-8")
    report = run(paid, Mixed(sources, "Grain", tmp_path), pool)
    blueprint, made = names(report, Verdict.DIFFERS)
    assert blueprint.startswith("Grain 0x")
    assert made.startswith("credsperiment: Grain 0x")  # it has code of its own


def test_verify_code__record_of_another_chain__refused(record: Record, long: Story) -> None:
    other = record.model_copy(update={"genesis_hash": "0x" + "ab" * 32})
    with pytest.raises(ChainError, match="another chain"):
        deployments.require_same_chain(other, long.coop.client, Path("deployments"))


def test_require_code__wrong_address__named(paid: Story) -> None:
    ghost = Contract(paid.coop.client, "Pool", "0x000000000000000000000000000000000000dEaD")
    with pytest.raises(DeploymentError):
        ghost.require_deployed()


def test_coop__parts__are_the_hub_s(paid: Story) -> None:
    coop: Coop = paid.coop
    assert coop.hub.is_pool(coop.parts["Pool"])
