# SPDX-License-Identifier: AGPL-3.0-only
"""What the Hub makes for a pool later: a distributor by vote, in one proposal with its use."""

from typing import Any

import pytest
from eth_abi.abi import encode
from eth_utils.address import to_checksum_address
from eth_utils.crypto import keccak

from tests.contracts.allocations import Terms
from tests.contracts.coop import (
    FOR,
    SPENDERS,
    SUCCEEDED,
    ZERO,
    Action,
    Coop,
    Proposal,
    kind_of,
    named,
)
from tests.contracts.distributors import (
    DOLLARS,
    PURPOSE,
    Epoch,
    Mill,
    Policy,
    alone,
    ascending,
    subject_of,
)
from tests.contracts.evm import Contract, address_of

KIND = b"cred-distributor".ljust(32, b"\0")
NOT_A_GOVERNOR = "hub: only a pool's Governor"
FINALISE = bytes.fromhex("2b697a27")


class Second(Mill):
    """The second distributor of a real co-op, with maintainers of its own."""

    hub: Any  # a contract here, an actor in its parent

    def __init__(self, coop: Coop, distributor: Contract, earmark: int) -> None:
        self.coop, self.evm, self.hub, self.governor = coop, coop.evm, coop.hub, coop.governor
        self.identity, self.dollar, self.pool = coop.identity, coop.dollar, coop.pool
        self.grain, self.distributor, self.earmark = coop.grain, distributor, earmark
        self.maintainers, self.attesters = second_maintainers(coop), coop.attesters
        self.patron, self.relayer = coop.patron, coop.relayer
        self.clerk = coop.clerk

    def finalise(self, epoch: Epoch) -> Epoch:
        """The members let the week of the review pass, and anyone executes."""
        created = named_at(self.evm.logs, "ProposalCreated", self.governor)
        args = created.args
        proposal = Proposal(
            epoch.proposal_id,
            list(args["targets"]),
            list(args["values"]),
            list(args["calldatas"]),
            args["description"],
        )
        self.evm.warp(1)
        self.coop.vote(proposal, FOR, *self.coop.founders[:2])
        self.evm.warp_to(self.governor.proposalDeadline(proposal.id) + 1)
        self.coop.execute(proposal)
        (log,) = self.events("DistributionFinalised")
        epoch.terms |= {key: log.args[key] for key in ("excluded", "closes_at")}
        epoch.previous = self.distributor.epoch_hash_of(epoch.number - 1)
        epoch.packed = self.clerk.pack_terms(tuple(epoch.terms.values()))
        return epoch


def named_at(logs: Any, name: str, contract: Contract) -> Any:
    """The one event of that name and contract."""
    (found,) = [log for log in logs if log.name == name and log.address == contract.address]
    return found


def second_maintainers(coop: Coop) -> list[Any]:
    """Other people than those of the first."""
    return ascending([coop.evm.actor(f"gardener {n}") for n in range(3)])


def setup_call(coop: Coop, needed: int = 2, season: int = 6) -> bytes:
    """What the Hub is to call on the new one."""
    arguments = (alone(*second_maintainers(coop)), needed, season)
    return coop.distributor.calldata("setup", *arguments)


def next_at(coop: Coop, call: bytes | None = None) -> str:
    """Where it will be."""
    found: str = coop.hub.next_install(coop.pool, KIND, setup_call(coop) if call is None else call)
    return found


def installing(coop: Coop, kind: bytes = KIND, call: bytes | None = None) -> Action:
    """The call that installs one."""
    call = setup_call(coop) if call is None else call
    return coop.hub, 0, coop.hub.calldata("install", kind, call)


def minting(coop: Coop, part: Any, allowed: bool = True) -> Action:
    """The call that makes a minter."""
    return coop.grain, 0, coop.grain.calldata("set_minter", part, allowed)


def installed(coop: Coop, text: str = "install") -> Contract:
    """By vote, alone."""
    at = next_at(coop)
    coop.enact(installing(coop), text=text)
    return coop.evm.at("CredDistributor", at)


# --- all in one ---------------------------------------------------------------------------------


def test_install__with_its_use_in_one_proposal__pays_by_cred_and_mints(coop: Coop) -> None:
    """Install, let it mint, open its earmark; then gifts, a post, the review, and a claim."""
    at = next_at(coop)
    policy = Policy(coop.dollar, 1)
    coop.enact(
        installing(coop),
        minting(coop, at),
        coop.opening(spender=at, restricted=True, params=policy.params()),
    )
    second = coop.evm.at("CredDistributor", at)
    mill = Second(coop, second, 1)
    assert coop.pool.earmark(1).spender == at
    ada, ben = coop.evm.actor("ada"), coop.evm.actor("ben")
    leaves = {subject_of(ada): 3, subject_of(ben): 1}
    epoch = mill.run(leaves, 1_000 * DOLLARS)
    mill.claim(subject_of(ada), [epoch], ada, ada)
    assert coop.dollar.balanceOf(ada) == 750 * DOLLARS
    assert coop.grain.balanceOf(ada) == policy.grain_per_epoch * 3 // 4
    mill.payday(epoch)
    assert coop.dollar.balanceOf(ben) == 250 * DOLLARS
    assert coop.grain.totalSupply() == policy.grain_per_epoch
    # the first one is as it was, with a consent function of its own
    assert coop.distributor.head().finalised == 0
    assert coop.grain.is_minter(coop.distributor)


def test_install__by_vote__makes_a_hub_part_and_tells_it(coop: Coop) -> None:
    at = next_at(coop)
    proposal = coop.passed(installing(coop))
    coop.execute(proposal)
    (log,) = named(coop.evm, "PartMade")
    assert log.args == {"pool": coop.pool.address, "part": at, "kind": KIND}
    (log,) = named(coop.evm, "PartInstalled")
    assert log.args == {"part": at, "made_by_hub": True, "consent_selector": FINALISE}
    assert coop.governor.part_words(at) == 3 | int.from_bytes(FINALISE) << 32
    part = coop.evm.at("CredDistributor", at)
    around = [part.hub(), part.pool(), part.governor(), part.grain(), part.identity()]
    own = [coop.hub, coop.pool, coop.governor, coop.grain, coop.identity]
    assert around == [each.address for each in own]
    assert part.maintainer_set()[1:] == (2, 3)
    assert not coop.grain.is_minter(part)  # that takes its own call


def test_next_install__address__follows_from_pool_kind_setup_and_number(coop: Coop) -> None:
    for number in range(2):
        wanted = by_create2(coop, "CredDistributor", KIND, setup_call(coop), number)
        assert next_at(coop) == wanted
        assert installed(coop, text=f"number {number}").address == wanted


def by_create2(coop: Coop, source: str, kind: bytes, setup: bytes, number: int) -> str:
    """Where it stands by the rules of EIP-1014, computed here once more."""
    said = [coop.pool.address, kind, keccak(setup)]
    what = keccak(encode(["address", "bytes32", "bytes32"], said))
    salt = keccak(encode(["bytes32", "uint256"], [what, number]))
    neighbours = [coop.hub, coop.pool, coop.governor, coop.grain, coop.identity]
    behind = b"".join(bytes.fromhex(address_of(each)[2:]) for each in neighbours)
    original = bytes.fromhex(coop.evm.implementation(source).address[2:])
    code = bytes.fromhex("363d3d373d3d3d363d73") + original
    code += bytes.fromhex("5af43d82803e903d91602b57fd5bf3") + behind
    creation = b"\x61" + len(code).to_bytes(2) + bytes.fromhex("3d81600a3d39f3") + code
    hub = bytes.fromhex(coop.hub.address[2:])
    return to_checksum_address(keccak(b"\xff" + hub + salt + keccak(creation))[12:])


# --- spenders: no setup ---------------------------------------------------------------------------


@pytest.mark.parametrize("name", SPENDERS)
def test_install__a_spender__is_a_hub_part_without_consent_where_it_was_said(
    coop: Coop, name: str
) -> None:
    kind = kind_of(name)
    for number in range(2):
        at = by_create2(coop, name, kind, b"", number)
        assert coop.hub.next_install(coop.pool, kind, b"") == at
        coop.enact(installing(coop, kind, b""), text=f"{name} {number}")
        (log,) = named(coop.evm, "PartMade")
        assert log.args == {"pool": coop.pool.address, "part": at, "kind": kind}
        (log,) = named(coop.evm, "PartInstalled")
        assert log.args == {"part": at, "made_by_hub": True, "consent_selector": bytes(4)}
        assert coop.governor.part_words(at) == 3
        part = coop.evm.at(name, at)
        around = [part.hub(), part.pool(), part.governor()]
        assert around == [coop.hub.address, coop.pool.address, coop.governor.address]
        assert not coop.grain.is_minter(at)


@pytest.mark.parametrize("name", SPENDERS)
def test_install__a_spender_with_a_setup__is_refused(coop: Coop, name: str) -> None:
    """Even a single byte would put it at another address than a proposal that gives none."""
    for number, call in enumerate((b"\0", setup_call(coop))):
        proposal = coop.passed(installing(coop, kind_of(name), call), text=f"call {number}")
        with coop.evm.reverts("hub: not a call of its setup"):
            coop.execute(proposal)


def test_attack__another_round_first__leaves_its_own_earmark_alone(coop: Coop) -> None:
    """Mallory's proposal, an allocation of her own terms, is executed just before the members'.

    Spenders have no setup, so both name the same address. Hers stands there first and divides her
    earmark; theirs then fails as a whole, and nothing of theirs is divided by her terms.
    """
    kind = kind_of("Allocation")
    at = coop.hub.next_install(coop.pool, kind, b"")
    hers, theirs = (Terms(quorum=quorum).encoded for quorum in (1, 3))
    first = coop.propose(
        installing(coop, kind, b""), coop.opening(spender=at, params=hers), text="mine"
    )
    opening = (coop.pool, 0, coop.pool.calldata("open_earmark", 2, *PURPOSE, at, False, 0, theirs))
    second = coop.propose(installing(coop, kind, b""), opening, text="ours", by=coop.founders[1])
    coop.open(second)
    for proposal in (first, second):
        coop.vote(proposal, FOR, *coop.founders)
    coop.evm.warp_to(coop.governor.proposalDeadline(second.id) + 1)
    coop.evm.warp_to(coop.governor.proposalEta(second.id))
    coop.execute(first)
    with coop.evm.reverts("allocation: has its earmark"):
        coop.execute(second)
    assert coop.evm.at("Allocation", at).money()[0] == 1
    assert coop.pool.earmark_count() == 1


# --- who may, and what ----------------------------------------------------------------------------


def test_install__by_anyone_but_a_pools_governor__is_refused(coop: Coop) -> None:
    """Nor by a contract that only says it is the Governor of that pool."""
    liar = coop.evm.deploy("MockGovernor")
    liar.set_pool(coop.pool, sender=coop.patron)
    call = setup_call(coop)
    callers = [coop.patron, coop.founders[0], coop.maintainers[0], liar, coop.evm.deploy("Puppet")]
    for caller in callers:
        with coop.evm.reverts(NOT_A_GOVERNOR):
            coop.hub.install(KIND, call, sender=caller)


def test_install__by_another_pools_governor__is_for_its_own_pool(coop: Coop) -> None:
    founder = coop.evm.actor("miller")
    order = coop.order("other", founders=[founder])
    parts = coop.hub.create_pool(*order, sender=founder)
    before = next_at(coop)
    other = Coop.__new__(Coop)
    other.__dict__ |= coop.__dict__
    other.governor = coop.evm.at("Governor", parts.governor)
    other.voters = other.founders = [founder]
    coop.evm.warp(1)
    at = coop.hub.next_install(parts.pool, KIND, setup_call(coop))
    other.enact(installing(other))
    assert at != before
    assert other.governor.is_hub_part(at)
    assert not coop.governor.is_hub_part(at)
    assert next_at(coop) == before


@pytest.mark.parametrize("kind", [bytes(32), b"badges".ljust(32, b"\0"), KIND[:31] + b"\1"])
def test_install__of_an_unknown_kind__is_refused(coop: Coop, kind: bytes) -> None:
    proposal = coop.passed(installing(coop, kind))
    with coop.evm.reverts("hub: no such kind"):
        coop.execute(proposal)
    with coop.evm.reverts("hub: no such kind"):
        coop.hub.next_install(coop.pool, kind, setup_call(coop))


def test_install__with_another_call_than_setup__is_refused(coop: Coop) -> None:
    """The Hub speaks only once and only these words."""
    other = coop.distributor.calldata("set_season", 5)
    for n, call in enumerate((b"", setup_call(coop)[:3], other, b"\0" + setup_call(coop))):
        proposal = coop.passed(installing(coop, call=call), text=f"call {n}")
        with coop.evm.reverts("hub: not a call of its setup"):
            coop.execute(proposal)
    installed(coop)


def test_install__with_the_name_of_setup_alone__is_for_the_new_contract_to_refuse(
    coop: Coop,
) -> None:
    proposal = coop.passed(installing(coop, call=setup_call(coop)[:4]), text="a name")
    with coop.evm.reverts(""):
        coop.execute(proposal)
    installed(coop)


def test_install__with_a_setup_that_is_refused__makes_nothing(coop: Coop) -> None:
    before = next_at(coop)
    proposal = coop.passed(installing(coop, call=setup_call(coop, needed=4)))
    with coop.evm.reverts("distributor: bad threshold"):
        coop.execute(proposal)
    assert next_at(coop) == before
    assert coop.evm.code(before) == b""


def test_next_install__for_no_pool__is_refused(coop: Coop) -> None:
    call = setup_call(coop)
    for stranger in (ZERO, coop.patron, coop.governor, coop.evm.implementation("Pool")):
        with coop.evm.reverts("hub: no such pool"):
            coop.hub.next_install(stranger, KIND, call)


def test_kinds__and_their_implementations__are_listed(coop: Coop) -> None:
    assert coop.hub.kinds() == [KIND, *map(kind_of, SPENDERS)]
    for name in SPENDERS:
        made = coop.evm.implementation(name).address
        assert coop.hub.implementation(kind_of(name)) == made
    original = coop.evm.implementation("CredDistributor").address
    assert coop.hub.implementation(KIND) == original
    badges = coop.evm.implementation("Badges").address
    assert coop.hub.implementation(b"badges".ljust(32, b"\0")) == badges
    assert coop.hub.implementation(b"pool".ljust(32, b"\0")) == ZERO


# --- attacks --------------------------------------------------------------------------------------


def test_attack__set_up_by_somebody_else__comes_too_late(coop: Coop) -> None:
    """Mallory watches for the execution and calls the fresh clone's setup with her own keys.

    There is no moment between its making and its setup; and only the Hub may, which does it once.
    """
    mallory = coop.evm.actor("mallory")
    at = next_at(coop)
    hers = coop.evm.at("CredDistributor", at)
    proposal = coop.passed(installing(coop))
    assert coop.evm.code(at) == b""
    hers_setup = (alone(mallory), 1, 12)
    coop.evm.call(mallory, at, hers.calldata("setup", *hers_setup))  # to nobody: no effect
    coop.execute(proposal)
    for caller in (mallory, coop.founders[0], coop.relayer):
        with coop.evm.reverts("distributor: only the hub"):
            hers.setup(*hers_setup, sender=caller)
    assert not hers.is_maintainer(mallory)


def test_attack__another_install_first__redirects_nothing(coop: Coop) -> None:
    """Mallory proposes a distributor too, which one maintainer alone can sign for: herself.

    Hers is executed a moment before another proposal that installs one, lets it mint and opens its
    earmark. If addresses were only counted, hers would stand where the other's was expected, and
    get its grain and its earmark. An address follows from the setup as well, so hers is elsewhere.
    """
    mallory = alone(coop.evm.actor("mallory"))
    hers = coop.distributor.calldata("setup", mallory, 1, 12)
    at = next_at(coop)
    assert next_at(coop, hers) != at
    terms = Policy(coop.dollar, 1).params()
    use = (minting(coop, at), coop.opening(spender=at, restricted=True, params=terms))
    first = coop.propose(installing(coop, call=hers), text="mine alone")
    second = coop.propose(installing(coop), *use, text="two signers", by=coop.founders[1])
    coop.open(second)
    for proposal in (first, second):
        coop.vote(proposal, FOR, *coop.founders)
    coop.evm.warp_to(coop.governor.proposalDeadline(second.id) + 1)
    coop.evm.warp_to(coop.governor.proposalEta(second.id))
    coop.execute(first)
    assert next_at(coop) == at
    coop.execute(second)
    assert coop.evm.at("CredDistributor", at).maintainer_set()[1] == 2
    assert coop.pool.earmark(1).spender == at
    assert coop.grain.is_minter(at)


def test_install__the_same_twice__is_at_another_address(coop: Coop) -> None:
    """Then a proposal that counts on the first address cannot open a second earmark for it."""
    at, terms = next_at(coop), Policy(coop.dollar, 1).params()
    use = (minting(coop, at), coop.opening(spender=at, restricted=True, params=terms))
    coop.enact(installing(coop), *use)
    again = next_at(coop)
    assert again != at
    terms = Policy(coop.dollar, 2).params()
    expected = (*PURPOSE, at, True, 0, terms)
    opening = (coop.pool, 0, coop.pool.calldata("open_earmark", 2, *expected))
    stale = coop.passed(installing(coop), opening, text="the same once more")
    with coop.evm.reverts("distributor: has its earmark"):
        coop.execute(stale)
    assert coop.governor.state(stale.id) == SUCCEEDED
    assert coop.evm.code(again) == b""


def test_install__a_second__has_maintainers_and_seasons_of_its_own(coop: Coop) -> None:
    second = installed(coop)
    assert second.maintainer_set()[1:] == coop.distributor.maintainer_set()[1:] == (2, 3)
    assert {second.is_maintainer(m) for m in coop.maintainers} == {False}
    assert {coop.distributor.is_maintainer(m) for m in second_maintainers(coop)} == {False}
