# SPDX-License-Identifier: AGPL-3.0-only
"""Who acts is who calls, never who began the transaction.

A contract (a wallet, another co-op) can be whatever a person can be: proposer, patron, newcomer,
holder of grain. And who is lured into calling a stranger's contract lends it none of her rights.
"""

from collections.abc import Callable
from typing import Any

import pytest

from tests.contracts.buy_ins import PRICE, allow, buying_in
from tests.contracts.coop import DAY, EXECUTED, FOR, ZERO, Coop, Ways, ascending, named
from tests.contracts.evm import ETH, Contract, Evm
from tests.contracts.pools import PURPOSE, WHOLE, House, permit, pool_house
from tests.contracts.test_admission import setting
from tests.contracts.test_admission_join import inviting

REFUSES = 1  # way of contracts/mocks/OddPayee.vy
SUFFIX = "#proposer="


@pytest.fixture
def coop(evm: Evm) -> Coop:
    """Founders three, of whom two speak for a newcomer; as many may join as there are members."""
    made = Coop(evm, ways=Ways(joins_bps=10_000))
    evm.warp(2 * DAY)
    return made


@pytest.fixture
def wallet(evm: Evm) -> Contract:
    """A contract that says what anybody has it say."""
    return evm.deploy("Puppet")


# --- contracts as members, patrons, newcomers ---------------------------------------------------


def test_wallet__that_is_a_member__proposes_votes_and_reports_itself(
    coop: Coop, wallet: Contract
) -> None:
    coop.admit(wallet)
    coop.evm.warp(1)
    text = f"pay {SUFFIX}{wallet.address.lower()}"
    proposal = coop.propose((coop.patron, 0, b""), text=text, by=wallet)
    (log,) = named(coop.evm, "ProposalCreated")
    assert log.args["proposer"] == coop.governor.proposalProposer(proposal.id) == wallet.address
    coop.open(proposal)
    coop.vote(proposal, FOR, wallet, *coop.founders)
    assert coop.governor.hasVoted(proposal.id, wallet)
    coop.pool.update(0, "ipfs://report", bytes(32), sender=wallet)
    (log,) = named(coop.evm, "Updated")
    assert log.args["author"] == wallet.address
    coop.evm.warp_to(coop.governor.proposalEta(proposal.id))
    coop.execute(proposal)
    assert coop.state(proposal) == EXECUTED


def test_wallet__that_proposes__has_two_places_of_its_own(coop: Coop, wallet: Contract) -> None:
    coop.admit(wallet)
    coop.evm.warp(1)
    for n in range(2):
        coop.propose((coop.patron, 0, b""), text=f"number {n}", by=wallet)
    with coop.evm.reverts("members: two proposals open"):
        coop.propose((coop.patron, 0, b""), text="number 2", by=wallet)


def test_wallet__that_gives__is_the_patron_is_thanked_and_takes_back(evm: Evm) -> None:
    house, payee = pool_house(evm, with_grain=True), evm.deploy("OddPayee")
    house.pool.set_patron_grain(0, ETH, WHOLE, 100, DAY, sender=house.governor)
    house.pool.give(0, ETH, 50, "", sender=payee, value=50)
    given, thanked = named(evm, "Given")[0], named(evm, "PatronGrain")[0]
    assert given.args["patron"] == thanked.args["patron"] == payee.address
    assert house.grain.balanceOf(payee) == 50
    earmark = house.open(house.spender(), restricted=True, deadline=evm.now + DAY)
    house.pool.give(earmark, ETH, 70, "", sender=payee, value=70)
    assert house.pool.gift_of(earmark, ETH, payee) == (70, 0)
    evm.warp(DAY)
    payee.behave(REFUSES, sender=house.hub)
    house.pool.reclaim(earmark, ETH, sender=payee)
    assert named(evm, "Reclaimed")[0].args["patron"] == payee.address
    assert house.pool.owed(ETH, payee) == 70
    house.pool.withdraw(ETH, house.friend, sender=payee)
    (log,) = named(evm, "Withdrawn")
    assert (log.args["account"], log.args["to"]) == (payee.address, house.friend.address)
    assert house.pool.owed(ETH, payee) == 0


def test_wallet__that_pays_a_newcomers_buy_in__pays_out_of_its_own(
    coop: Coop, wallet: Contract
) -> None:
    coop.enact(buying_in(coop, coop.dollar, PRICE), text="buy-in")
    coop.enact(coop.offering(wallet), text="offer")
    coop.dollar.mint(wallet, PRICE, sender=coop.relayer)
    coop.dollar.approve(coop.admission, PRICE, sender=wallet)
    allow(coop, coop.dollar, coop.evm.reader, PRICE)
    coop.admission.accept(sender=wallet)
    (log,) = named(coop.evm, "BuyInPaid")
    assert (log.args["account"], log.args["payer"]) == (wallet.address, wallet.address)
    assert coop.dollar.balanceOf(wallet) == 0
    assert coop.dollar.balanceOf(coop.evm.reader) == PRICE


def _by_offer(coop: Coop, wallet: Contract) -> None:
    coop.enact(coop.offering(wallet), text="offer")
    coop.admission.accept(sender=wallet)


def _by_invitation(coop: Coop, wallet: Contract) -> None:
    sponsors = ascending(coop.founders)[:2]
    signed = [each.sign(inviting(coop, wallet, each)) for each in sponsors]
    coop.admission.join(wallet, coop.evm.now + DAY, sponsors, signed, b"", sender=wallet)


def _by_gate(coop: Coop, wallet: Contract) -> None:
    gate = coop.evm.deploy("OddGate")
    coop.enact(setting(coop, gate=gate.address, joins_bps=10_000), text="gate")
    coop.admission.join_by_gate(wallet, b"proof", 0, b"", sender=wallet)


def _by_another_key(coop: Coop, wallet: Contract) -> None:
    coop.enact(coop.asking(coop.founders[0], wallet), text="another key")
    coop.evm.warp(7 * DAY)
    coop.admission.complete_rebind(coop.founders[0], 0, b"", sender=wallet)


@pytest.mark.parametrize("way", [_by_offer, _by_invitation, _by_gate, _by_another_key])
def test_wallet__that_comes_in_itself__needs_no_signature_and_leaves_itself(
    coop: Coop, wallet: Contract, way: Callable[[Coop, Contract], None]
) -> None:
    way(coop, wallet)
    assert coop.governor.isMember(wallet)
    coop.admission.leave(sender=wallet)
    assert not coop.governor.isMember(wallet)


def test_wallet__whose_seat_is_to_move__objects_itself(coop: Coop, wallet: Contract) -> None:
    coop.admit(wallet)
    new = coop.evm.actor("new key")
    coop.enact(coop.asking(wallet, new), text="another key")
    coop.admission.object_to_rebind(sender=wallet)
    coop.evm.warp(7 * DAY)
    with coop.evm.reverts("admission: no rebind to complete"):
        coop.admission.complete_rebind(wallet, 0, b"", sender=new)
    with coop.evm.reverts("admission: no rebind to object to"):
        coop.admission.object_to_rebind(sender=wallet)


def test_wallet__that_came_and_went_since__cannot_take_its_old_offer(
    coop: Coop, wallet: Contract
) -> None:
    coop.enact(coop.offering(wallet), text="offer")
    coop.evm.warp(1)
    _by_invitation(coop, wallet)
    coop.admission.leave(sender=wallet)
    with coop.evm.reverts("admission: no offer to this account"):
        coop.admission.accept(sender=wallet)


def test_wallet__with_grain__moves_and_allows_its_own(coop: Coop, wallet: Contract) -> None:
    grain, other = coop.grain, coop.evm.actor("other")
    minter = coop.part()
    coop.enact((grain, 0, grain.calldata("set_minter", minter, True)), text="minter")
    grain.mint(wallet, 10, sender=minter)
    grain.transfer(other, 4, sender=wallet)
    grain.approve(other, 3, sender=wallet)
    assert (grain.balanceOf(wallet), grain.allowance(wallet, other)) == (6, 3)


def test_wallet__that_makes_a_pool__is_its_creator(coop: Coop) -> None:
    maker = coop.evm.deploy("MockSpender")
    coop.hub.create_pool(*coop.order("other"), sender=maker)
    (log,) = named(coop.evm, "PoolCreated")
    assert log.args["creator"] == maker.address


def test_give_with_permit__through_a_wallet__uses_nobody_elses_permit(
    house: House, wallet: Contract
) -> None:
    """She signed for a gift of hers; the wallet gives what is its own."""
    signed = permit(house, 10, house.evm.now)
    house.dollar.mint(wallet, 10, sender=house.hub)
    house.dollar.approve(house.pool, 10, sender=wallet)
    gift = house.pool.calldata("give_with_permit", 0, house.dollar, 10, "", False, *signed)
    lured(house.evm, house.patron, wallet, house.pool, gift)
    assert named(house.evm, "Given")[0].args["patron"] == wallet.address
    assert house.dollar.nonces(house.patron) == 0


# --- whoever is lured ---------------------------------------------------------------------------


def lured(evm: Evm, victim: Any, trap: Contract, target: Contract, data: bytes) -> None:
    """She calls a stranger's contract, and that calls something of ours."""
    evm.call(victim, trap, trap.calldata("act", target, data))


def test_lured__a_member__neither_votes_proposes_reports_nor_leaves(
    coop: Coop, wallet: Contract
) -> None:
    victim = coop.founders[0]
    coop.enact(coop.asking(victim, coop.evm.actor("new key")), text="another key")
    proposal = coop.opened((coop.patron, 0, b""), by=coop.founders[1])
    governor, pool, admission = coop.governor, coop.pool, coop.admission
    attempts = [
        (governor, "castVote", (proposal.id, FOR), "governor: not a member"),
        (governor, "castVoteWithReason", (proposal.id, FOR, ""), "governor: not a member"),
        (governor, "propose", ([wallet], [0], [b""], ""), "members: only members propose"),
        (pool, "update", (0, "", bytes(32)), "pool: only members report"),
        (admission, "leave", (), "members: not a member"),
        (admission, "object_to_rebind", (), "admission: no rebind to object to"),
    ]
    for contract, name, arguments, reason in attempts:
        with coop.evm.reverts(reason):
            lured(coop.evm, victim, wallet, contract, contract.calldata(name, *arguments))
    coop.vote(proposal, FOR, victim)


def test_lured__who_may_come_in__does_not(coop: Coop, wallet: Contract) -> None:
    """The offer, the invitations, the gate and the new key are for her own call alone."""
    victim, admission = coop.evm.actor("victim"), coop.admission
    gate = coop.evm.deploy("OddGate")
    coop.enact(setting(coop, gate=gate.address, joins_bps=10_000), text="gate")
    coop.enact(coop.offering(victim), coop.asking(coop.founders[0], victim), text="come")
    coop.evm.warp(7 * DAY)
    sponsors = ascending(coop.founders)[:2]
    signed = [each.sign(inviting(coop, victim, each)) for each in sponsors]
    until = coop.evm.now + DAY
    unsigned = "admission: not the candidate's signature"
    attempts = [
        ("accept", (), "admission: no offer to this account"),
        ("join", (victim, until, sponsors, signed, b""), unsigned),
        ("join_by_gate", (victim, b"proof", until, b""), unsigned),
        (
            "complete_rebind",
            (coop.founders[0], until, b""),
            "admission: not the new key's signature",
        ),
    ]
    for name, arguments, reason in attempts:
        with coop.evm.reverts(reason):
            lured(coop.evm, victim, wallet, admission, admission.calldata(name, *arguments))
    admission.accept(sender=victim)


def test_lured__who_is_owed_or_may_reclaim_or_holds_grain__loses_nothing(
    evm: Evm, wallet: Contract
) -> None:
    house = pool_house(evm, with_grain=True)
    pool, grain, patron = house.pool, house.grain, house.patron
    house.pool.set_patron_grain(0, ETH, WHOLE, 100, DAY, sender=house.governor)
    house.give(0, ETH, 50)
    earmark = house.open(house.spender(), restricted=True, deadline=evm.now + DAY)
    house.give(earmark, ETH, 70)
    evm.warp(DAY)
    attempts = [
        (pool, "reclaim", (earmark, ETH), "pool: nothing to reclaim"),
        (pool, "withdraw", (ETH, wallet), "pool: nothing is owed"),
        (grain, "transfer", (wallet, 1), "grain: the balance is too small"),
        (grain, "mint", (wallet, 1), "grain: only a minter"),
    ]
    for contract, name, arguments, reason in attempts:
        with evm.reverts(reason):
            lured(evm, patron, wallet, contract, contract.calldata(name, *arguments))
    pool.reclaim(earmark, ETH, sender=patron)
    assert grain.balanceOf(patron) == 50


def test_lured__the_hub_of_a_pool_that_is_a_person__sets_nothing_up(
    evm: Evm, wallet: Contract
) -> None:
    """In tests the hub is a person; it must call itself, as the real one does."""
    hub, pool = evm.actor("hub"), evm.clone("Pool", [evm.actor("hub")])
    governor = evm.clone("Governor", [hub, pool, evm.actor("identity")])
    with evm.reverts("pool: not the Hub"):
        lured(evm, hub, wallet, pool, pool.calldata("setup", governor, wallet))
    with evm.reverts("governor: only the hub"):
        part = governor.calldata("add_hub_part", wallet, bytes(4), True)
        lured(evm, hub, wallet, governor, part)
    pool.setup(governor, evm.actor("grain"), sender=hub)
    opening = (1, *PURPOSE, ZERO, False, 0, b"")
    with evm.reverts("pool: only the Governor"):
        lured(evm, hub, wallet, pool, pool.calldata("open_earmark", *opening))
    governor.add_hub_part(wallet, bytes(4), True, sender=hub)
