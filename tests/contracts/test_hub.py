# SPDX-License-Identifier: AGPL-3.0-only
"""The Hub: one transaction makes a working co-op, wired for good; then it has no power left."""

import string
from dataclasses import dataclass
from typing import Any

import pytest
from eth_abi.abi import encode
from eth_utils.address import to_checksum_address
from eth_utils.crypto import keccak

from tests.contracts.compiled import artifact
from tests.contracts.coop import (
    CLASSES,
    FOR,
    ORDINARY,
    ZERO,
    Coop,
    kind_of,
    named,
    originals,
    spenders,
    stricter,
    values,
)
from tests.contracts.evm import ETH, Actor, Contract, Evm, address_of

NAMES = ("Pool", "Governor", "Admission", "Grain", "CredDistributor")
CHARTER = ("ipfs://charter", b"\x0c" * 32)
RULE = "(uint256,uint256,uint256,uint256,uint256,uint256,bool)"
WAYS = "(bool,bool,uint256,uint256,uint256,address)"
PEOPLE = "(address,bytes32[])[],uint256,uint256,address[],uint256"
OPTIONS = f"({WAYS},{PEOPLE},bytes32,bytes32,address,uint256)"
SALTED = ["address", "string", "string", "bytes32", f"{RULE}[4]", "address[]", OPTIONS]


@dataclass(frozen=True)
class Parts:
    """The five contracts of a pool, with their ABIs."""

    pool: Contract
    governor: Contract
    admission: Contract
    grain: Contract
    distributor: Contract

    def all(self) -> tuple[Contract, ...]:
        """In the order of the Hub's record."""
        return self.pool, self.governor, self.admission, self.grain, self.distributor


def create(coop: Coop, name: str, by: Actor | None = None, **other: Any) -> Parts:
    """Another pool of the same hub."""
    made = coop.hub.create_pool(*coop.order(name, **other), sender=by or coop.founders[0])
    return Parts(*(coop.evm.at(n, address) for n, address in zip(NAMES, made, strict=True)))


def clone_code(implementation: Any, appended: bytes) -> bytes:
    """EIP-1167 with what is appended."""
    proxy = bytes.fromhex("363d3d373d3d3d363d73") + raw(implementation)
    return proxy + bytes.fromhex("5af43d82803e903d91602b57fd5bf3") + appended


def raw(account: Any) -> bytes:
    """20 bytes."""
    return bytes.fromhex(address_of(account)[2:])


# --- what it makes -----------------------------------------------------------------------------


def test_create_pool__of_a_new_name__is_known_and_told(coop: Coop) -> None:
    creator = coop.evm.actor("creator")
    parts = create(coop, "water-mill-2", by=creator)
    hub = coop.hub
    assert hub.is_pool(parts.pool)
    assert hub.pool_named("water-mill-2") == parts.pool.address
    assert hub.governor_of(parts.pool) == parts.governor.address
    (log,) = named(coop.evm, "PoolCreated")
    assert log is coop.evm.logs[-1]
    assert log.args == {
        "pool": parts.pool.address,
        "creator": creator.address,
        "name": "water-mill-2",
        "parts": tuple(part.address for part in parts.all()),
        "charter_uri": CHARTER[0],
        "charter_hash": CHARTER[1],
    }


def test_create_pool__in_one_transaction__costs_this(coop: Coop) -> None:
    """Three founders and three maintainers; attesters, which are optional, beside it. More than
    half of it is the Grain's own code."""
    coop.evm.call(coop.patron, coop.relayer, value=1)
    assert coop.evm.gas_used == 21_000  # the meter counts the whole transaction
    create(coop, "plain", attesters=[], attesters_needed=0)
    plain = coop.evm.gas_used
    create(coop, "attested")
    attested = coop.evm.gas_used
    assert plain < 1_940_000
    assert attested < 2_020_000


def test_create_pool__clones__carry_their_neighbours_in_their_code(coop: Coop) -> None:
    parts = create(coop, "other")
    hub, pool, governor, grain, identity = (
        raw(a) for a in (coop.hub, parts.pool, parts.governor, parts.grain, coop.identity)
    )
    appended = {
        "Pool": hub + CHARTER[0].encode(),
        "Governor": hub + pool + identity,
        "Admission": hub + governor + pool,
        "CredDistributor": hub + pool + governor + grain + identity,
    }
    for name, part in zip(NAMES, parts.all(), strict=True):
        if name in appended:
            code = clone_code(coop.evm.implementation(name), appended[name])
            assert coop.evm.code(part) == code, name


def test_create_pool__grain__has_its_own_code_and_is_of_this_pool(coop: Coop) -> None:
    grain = create(coop, "other").grain
    code = coop.evm.code(grain)
    assert code.startswith(artifact("Grain").runtime)
    assert len(code) < 5_500  # 200 gas each, in every pool
    hub, governor = coop.hub.address, coop.evm.at("Grain", grain).governor()
    assert (grain.hub(), governor) == (hub, coop.hub.governor_of(coop.hub.pool_named("other")))


def test_create_pool__addresses__follow_from_sender_and_parameters(coop: Coop) -> None:
    """CREATE2 by the rules of EIP-1014; the salt by eth_abi."""
    creator, order = coop.evm.actor("creator"), coop.order("other")
    options = order[5]
    maintainers: list[tuple[str, list[bytes]]] = [(m.address, []) for m in coop.maintainers]
    plain = (
        options["ways"],
        maintainers,
        2,
        3,
        [a.address for a in coop.attesters],
        2,
        options["grain_name"],
        options["grain_symbol"],
        ETH,
        0,
    )
    founders = [f.address for f in coop.founders]
    salt = keccak(
        encode(SALTED, [creator.address, "other", *CHARTER, values(CLASSES), founders, plain])
    )
    behind = raw(coop.hub) + CHARTER[0].encode()
    code = clone_code(coop.evm.implementation("Pool"), behind)
    creation = b"\x61" + len(code).to_bytes(2) + bytes.fromhex("3d81600a3d39f3") + code
    pool = keccak(b"\xff" + raw(coop.hub) + salt + keccak(creation))[12:]
    assert create(coop, "other", by=creator).pool.address == to_checksum_address(pool)


def test_create_pool__the_same_call_of_another_sender__makes_other_addresses(coop: Coop) -> None:
    """Whoever copies the call from the mempool gets a pool of his own, under no address of hers."""
    mark = coop.evm.snapshot()
    hers = {part.address for part in create(coop, "other").all()}
    coop.evm.restore(mark)
    his = {part.address for part in create(coop, "other", by=coop.patron).all()}
    assert len(hers) == len(his) == 5
    assert not hers & his


def test_create_pool__of_contracts_that_one_account_calls__makes_other_addresses(
    coop: Coop,
) -> None:
    """Who sends is who calls the Hub, not who began the transaction."""
    order, pools = coop.order("other"), []
    for maker in (coop.evm.reader, *(coop.evm.deploy("MockSpender") for _ in range(2))):
        point = coop.evm.snapshot()
        pools.append(coop.hub.create_pool(*order, sender=maker).pool)
        coop.evm.restore(point)
    assert len(set(pools)) == 3


@pytest.mark.parametrize(
    "change",
    [
        {"founders": 2},
        {"rules": stricter(CLASSES, ORDINARY, delay=3600)},
        {"ways": (True, True, 3, 5000, 7 * 86_400, ZERO)},
        {"maintainers_needed": 1},
        {"season_epochs": 4},
        {"attesters_needed": 1},
        {"grain_name": b"Grain".ljust(32, b"\0")},
        {"grain_symbol": b"GR".ljust(32, b"\0")},
        {"buy_in_asset": "0x" + "11" * 20},
        {"buy_in_amount": 10**18},
    ],
)
def test_create_pool__any_other_parameter__makes_other_addresses(
    coop: Coop, change: dict[str, Any]
) -> None:
    if "founders" in change:
        change = {"founders": coop.founders[:2]}
    mark = coop.evm.snapshot()
    usual = {part.address for part in create(coop, "other").all()}
    coop.evm.restore(mark)
    assert not usual & {part.address for part in create(coop, "other", **change).all()}


def test_create_pool__wiring__is_complete(coop: Coop) -> None:
    parts = create(coop, "other")
    pool, governor, grain, distributor = (
        parts.pool,
        parts.governor,
        parts.grain,
        parts.distributor,
    )
    assert pool.governor() == governor.address
    assert pool.grain() == grain.address
    assert grain.is_minter(distributor)
    assert not grain.is_minter(governor)
    assert (grain.name(), grain.symbol(), grain.totalSupply()) == ("Mill Grain", "MILL", 0)
    finalise = distributor.calldata("finalise", 1, 1)[:4]
    assert governor.part_words(parts.admission) == 7
    assert governor.part_words(grain) == 3
    assert governor.part_words(distributor) == 3 | int.from_bytes(finalise) << 32
    assert distributor.pool() == pool.address
    assert distributor.governor() == governor.address
    assert distributor.maintainer_set()[1:] == (2, 3)
    assert all(distributor.is_maintainer(m) for m in coop.maintainers)
    assert parts.admission.ways() == coop.admission.ways()
    assert governor.member_count() == 3
    assert governor.votingPeriod() == CLASSES[ORDINARY].period
    assert all(part.hub() == coop.hub.address for part in parts.all())


def test_create_pool__attesters__are_registered_or_left_open(coop: Coop) -> None:
    parts = create(coop, "with")
    (log,) = named(coop.evm, "AttestersSet")
    assert log.args["pool"] == parts.pool.address
    without = create(coop, "without", attesters=[], attesters_needed=0)
    assert named(coop.evm, "AttestersSet") == []
    # the members may still name them; nobody else can
    with coop.evm.reverts("identity: only the pool's governor or hub names attesters"):
        coop.identity.set_attesters(without.pool, coop.attesters, 2, sender=coop.patron)


def test_founders__from_the_next_second_on__can_act(coop: Coop) -> None:
    parts = create(coop, "other")
    founder, governor = coop.founders[0], parts.governor
    arguments = ([coop.patron], [0], [b""], "first")
    with coop.evm.reverts("governor: nobody may vote yet"):
        governor.propose(*arguments, sender=founder)
    coop.evm.warp(1)
    found = governor.propose(*arguments, sender=founder)
    coop.evm.warp_to(governor.proposalSnapshot(found) + CLASSES[ORDINARY].delay + 1)
    for member in coop.founders:
        governor.castVote(found, FOR, sender=member)
    assert governor.proposalVotes(found) == (0, 3, 0)


def test_founders__sixty_four__fit_and_more_do_not(coop: Coop) -> None:
    crowd = [coop.evm.actor(f"crowd {n}") for n in range(65)]
    parts = create(coop, "crowd", founders=crowd[:64])
    assert parts.governor.member_count() == 64
    with coop.evm.reverts(""):
        create(coop, "too-many", founders=crowd)


def test_pools__of_one_hub__share_nothing_but_identity(coop: Coop) -> None:
    parts = create(coop, "other", founders=[coop.patron])
    assert not parts.governor.isMember(coop.founders[0])
    assert not coop.governor.isMember(coop.patron)
    coop.give(5)
    assert parts.pool.held(ETH) == 0
    assert parts.governor.identity() == coop.governor.identity()


def test_create_pool__with_a_buy_in__opens_earmark_1_for_it(coop: Coop) -> None:
    parts = create(coop, "paid", buy_in_asset=coop.dollar, buy_in_amount=50)
    pool, admission = parts.pool, parts.admission
    assert pool.earmark_count() == 1
    assert tuple(pool.earmark(1))[:3] == (admission.address, False, 0)
    assert tuple(admission.buy_in()) == (1, coop.dollar.address, 50)
    (log,) = named(coop.evm, "EarmarkOpened")
    assert (log.args["uri"], log.args["purpose_hash"]) == CHARTER
    assert create(coop, "free", buy_in_asset=coop.dollar).pool.earmark_count() == 0


def test_create_pool__with_a_buy_in_that_cannot_be__makes_nothing(coop: Coop) -> None:
    with coop.evm.reverts("admission: a buy-in stays below 2^128"):
        create(coop, "paid", buy_in_asset=coop.dollar, buy_in_amount=2**128)
    with coop.evm.reverts("admission: the asset has no code"):
        create(coop, "paid", buy_in_asset=coop.patron, buy_in_amount=1)


# --- races -------------------------------------------------------------------------------------


def test_attack__the_name_is_taken_first__costs_the_victim_nothing_but_the_name(coop: Coop) -> None:
    """Mallory sees a founder's order in the mempool and copies it, name and all, with more gas.

    She gets a pool at other addresses, with the same founders and without a seat for herself, so
    there is nothing in it for her. The founder's own transaction is refused with one sentence
    about the name; with another name it goes through, and money that she may have sent ahead to
    the address she had computed is nobody's but her pool's.
    """
    founder, mallory = coop.founders[0], coop.evm.actor("mallory")
    mark = coop.evm.snapshot()
    hers = create(coop, "rye", by=founder)
    coop.evm.restore(mark)
    his = create(coop, "rye", by=mallory)
    assert not {part.address for part in hers.all()} & {part.address for part in his.all()}
    assert not his.governor.isMember(mallory)
    assert his.governor.isMember(founder)
    with coop.evm.reverts("hub: the name is taken"):
        create(coop, "rye", by=founder)
    again = create(coop, "rye-mill", by=founder)
    assert coop.hub.pool_named("rye") == his.pool.address
    assert coop.hub.pool_named("rye-mill") == again.pool.address


# --- names -------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["abc", "a-1", "---", "000", "z" * 32, "credsperiment"])
def test_name__of_its_letters_and_length__is_taken_once(coop: Coop, name: str) -> None:
    assert coop.hub.pool_named(name) == ZERO
    parts = create(coop, name)
    for other in (coop.founders[0], coop.patron):
        with coop.evm.reverts("hub: the name is taken"):
            create(coop, name, by=other)
    assert coop.hub.pool_named(name) == parts.pool.address


@pytest.mark.parametrize("name", ["", "a", "ab"])
def test_name__too_short__is_refused(coop: Coop, name: str) -> None:
    with coop.evm.reverts("hub: a name has 3 to 32 characters"):
        create(coop, name)


def test_name__too_long__is_refused(coop: Coop) -> None:
    with coop.evm.reverts(""):
        create(coop, "a" * 33)


def test_name__every_other_character_in_every_place__is_refused(coop: Coop) -> None:
    allowed = string.ascii_lowercase + string.digits + "-"
    for code in range(128):
        if chr(code) not in allowed:
            with coop.evm.reverts("hub: a name has a-z, 0-9 and - only"):
                create(coop, "mi" + chr(code) + "l")
    for name in ("Mill", "mil_", "müh", " mill", "mill ", "a" * 31 + "."):
        with coop.evm.reverts("hub: a name has a-z, 0-9 and - only"):
            create(coop, name)
    for letter in allowed:
        create(coop, "x" + letter + "x")


# --- nothing half done -------------------------------------------------------------------------


def test_create_pool__with_anything_wrong__makes_nothing(coop: Coop) -> None:
    low = stricter(CLASSES, ORDINARY, quorum_bps=1)
    one, two = coop.maintainers[:2]
    wrong: list[tuple[str, dict[str, Any]]] = [
        ("hub: a co-op needs a founder", {"founders": []}),
        ("hub: the grain needs a name", {"grain_name": bytes(32)}),
        ("hub: the grain needs a symbol", {"grain_symbol": bytes(32)}),
        ("members: the zero address", {"founders": [ZERO]}),
        ("members: a member already", {"founders": [coop.founders[0], coop.founders[0]]}),
        ("rules: quorum out of bounds", {"rules": low}),
        ("admission: 1 to 16 sponsors", {"ways": (True, True, 0, 5000, 86_400, ZERO)}),
        ("distributor: no maintainers", {"maintainers": []}),
        ("distributor: bad threshold", {"maintainers_needed": 4}),
        ("distributor: accounts unsorted", {"maintainers": [(two, []), (one, [])]}),
        ("identity: from one to all attesters must be needed", {"attesters_needed": 4}),
    ]
    for reason, change in wrong:
        with coop.evm.reverts(reason):
            create(coop, "other", **change)
    create(coop, "other")


def test_create_pool__a_refused_name__is_free_for_the_next(coop: Coop) -> None:
    with coop.evm.reverts("hub: a co-op needs a founder"):
        create(coop, "other", founders=[])
    assert coop.hub.pool_named("other") == ZERO
    create(coop, "other", by=coop.patron)


# --- views, and the hub itself -----------------------------------------------------------------


def test_views__of_the_hub__name_what_it_clones(coop: Coop) -> None:
    hub = coop.hub
    made = tuple(each.address for each in originals(coop.evm))
    assert tuple(hub.implementations()) == made
    assert hub.identity() == coop.identity.address
    assert hub.version() == "1"
    strangers: tuple[Any, ...] = (ZERO, coop.governor, coop.patron, *made)
    for stranger in strangers:
        assert not hub.is_pool(stranger)
        assert hub.governor_of(stranger) == ZERO
    assert hub.pool_named("mill") == coop.pool.address
    assert hub.pool_named("nobody") == ZERO


@pytest.mark.parametrize("missing", range(7))
def test_deploy__over_an_account_without_code__is_refused(evm: Evm, missing: int) -> None:
    badges = evm.implementation("Badges")
    parts: list[Any] = [*originals(evm), badges, evm.deploy("Identity")]
    others = spenders(evm)
    for nobody in (ZERO, evm.actor("nobody")):
        wrong = [*parts[:missing], nobody, *parts[missing + 1 :]]
        with evm.reverts("hub: an implementation is missing"):
            evm.deploy("Hub", *wrong, others)


def test_deploy__a_spender_without_code_or_a_name_of_its_own__is_refused(evm: Evm) -> None:
    own = [*originals(evm), evm.implementation("Badges"), evm.deploy("Identity")]
    good = spenders(evm)
    ((name, code), *_) = good
    for nobody in (ZERO, evm.actor("nobody")):
        with evm.reverts("hub: a spender is missing"):
            evm.deploy("Hub", *own, [*good[1:], (name, nobody)])
    taken = [kind_of("cred-distributor"), kind_of("badges"), name]
    for wrong in (bytes(32), *taken):
        with evm.reverts("hub: bad name of a kind"):
            evm.deploy("Hub", *own, [*good, (wrong, code)])
    assert evm.deploy("Hub", *own, []).kinds() == [kind_of("cred-distributor")]
    seven = [(kind_of(f"kind {number}"), code) for number in range(7)]
    assert evm.deploy("Hub", *own, seven).kinds()[1:] == [kind for kind, _ in seven]
