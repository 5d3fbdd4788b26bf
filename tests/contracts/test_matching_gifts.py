# SPDX-License-Identifier: AGPL-3.0-only
"""Gifts to projects: how they come in, by whom they are counted, and which are matched."""

from functools import partial

import pytest

from tests.contracts.coop import named
from tests.contracts.evm import ETH, Actor, Contract, Evm
from tests.contracts.matchings import Fund, Terms
from tests.contracts.odd_tokens import BEHAVIOURS, CREDITED, ONE, WEALTH, Behaviour, Oddity
from tests.contracts.pools import House

NOBODY = bytes(32)
ALLOWS_NOTHING, TAXES, _UNREADABLE, _EATS_GAS, REFUSES, KEEPS = (1 << n for n in range(6))
GATE_ZERO, GATE_REVERTS, GATE_EATS_GAS, GATE_SHORT, GATE_SAME, GATE_WRITES = (
    1 << n for n in range(6)
)
# What becomes of a gift where it is not what becomes of one to the pool itself.
ARRIVED_IN_PART, REFUSED = "deposit: arrived in part", "deposit: the token refused"
OTHERWISE = {
    "moves nothing, says no": REFUSED,
    "moves, says no": REFUSED,
    "fee on top": "",  # it takes from this contract what it has not
    "lost its code": "",
} | dict.fromkeys(
    (
        "fee out of the amount",
        "keeps all",
        "moves nothing, says yes",
        "moves it back",
        "says 2^200",
        "says half",
        "rebased up",
        "rebased up by a third",
        "rebased down",
    ),
    ARRIVED_IN_PART,
)


@pytest.fixture
def pot(evm: Evm) -> Fund:
    """Two projects and a fund of 1,000 wei."""
    pot = Fund(evm, donors=3)
    pot.projects(2)
    pot.put(1_000)
    return pot


def seat(pot: Fund, account: Actor) -> bytes:
    """By what she is counted."""
    word: int = pot.governor.member_words(account)
    return (word % 2**32).to_bytes(32, "big")


# --- how gifts come in -------------------------------------------------------------------------


def test_give__eth__is_promised_counted_and_told(pot: Fund) -> None:
    donor = pot.donors[1]
    pot.give(2, 9, donor)
    (log,) = named(pot.evm, "ProjectGiven")
    told = {"project": 2, "giver": donor.address, "donor": seat(pot, donor), "amount": 9}
    assert (log.args, log.address) == (told, pot.matching.address)
    (given,) = named(pot.evm, "Given")
    assert (given.args["earmark_id"], given.args["note"]) == (2, "gift to a project")
    account = pot.evm.actor("project 1").address
    assert pot.matching.project_of(2) == (account, True, False, 9, 3 * 10**9, 9, 0)
    assert (pot.matching.gift_of(2, donor), pot.matching.gift_of(1, donor)) == (9, 0)
    assert pot.books() == (0, 1_000, 9, 0)
    assert pot.evm.balance(pot.matching) == 0
    assert pot.matching.project_of(0) == pot.matching.project_of(3) == (ETH, *[False] * 2, *[0] * 4)
    pot.check()


def test_give__a_token__comes_by_allowance_and_leaves_none(evm: Evm) -> None:
    pot = Fund(evm, donors=1, asset=evm.deploy("TestDollar").address)
    pot.projects(1)
    donor, dollar = pot.donors[0], pot.token()
    pot.give(1, 700, donor)
    assert pot.books() == (0, 0, 700, 0)
    assert dollar.balanceOf(pot.pool) == 700
    assert dollar.allowance(pot.matching, pot.pool) == dollar.balanceOf(pot.matching) == 0
    dollar.mint(donor, 10, sender=donor)
    with evm.reverts("dollar: not allowed so much"):
        pot.matching.give(1, 10, sender=donor)
    dollar.approve(pot.matching, 10, sender=donor)
    with evm.reverts("deposit: ETH beside a token"):
        pot.matching.give(1, 10, sender=donor, value=1)
    with evm.reverts("matching: nothing given"):
        pot.matching.give(1, 0, sender=donor)


def test_give__eth_that_is_not_the_amount__is_refused(pot: Fund) -> None:
    for value in (0, 9, 11):
        with pot.evm.reverts("deposit: not the amount in ETH"):
            pot.matching.give(1, 10, sender=pot.donors[0], value=value)
    with pot.evm.reverts("matching: nothing given"):
        pot.matching.give(1, 0, sender=pot.donors[0], value=1)


def test_give__to_a_project_that_does_not_stand__is_refused(pot: Fund) -> None:
    pot.matching.withdraw(sender=pot.evm.actor("project 0"))
    pot.strike(2)
    for number in (0, 1, 2, 3, 2**160, 2**256 - 1):
        with pot.evm.reverts("matching: no such project"):
            pot.matching.give(number, 1, sender=pot.donors[0], value=1)


def test_give__after_a_cancel_or_the_end__is_refused(pot: Fund) -> None:
    point = pot.evm.snapshot()
    pot.cancel()
    with pot.evm.reverts("matching: cancelled"):
        pot.matching.give(1, 1, sender=pot.donors[0], value=1)
    pot.evm.restore(point)
    pot.end()
    for _ in range(2):
        with pot.evm.reverts("matching: giving is over"):
            pot.matching.give(1, 1, sender=pot.donors[0], value=1)
        if not pot.matching.round().closed:
            pot.close()


@pytest.mark.parametrize("kind", BEHAVIOURS, ids=lambda kind: kind.name)
def test_give__in_a_token_of_any_kind__comes_whole_or_not_at_all(evm: Evm, kind: Behaviour) -> None:
    token = evm.deploy("OddToken")
    pot = Fund(evm, donors=1, opened=False)
    pot.terms = Terms(asset=token.address)
    pot.earmark(pot.terms.encoded)
    pot.earmark(b"")
    evm.warp(1)
    donor, project = pot.donors[0], *pot.projects(1)
    pot.give(1, 400, donor)
    token.mint(donor, WEALTH, sender=donor)
    token.approve(pot.matching, WEALTH, sender=donor)
    around = (evm, pot.pool, pot.governor, token, evm.actor("hub"), evm.actor("grain"))
    odd = Oddity(House(*around, donor, pot.chair, project), token, pot.matching, 2)
    if kind.name == "rebased down, and the loss accepted":
        token.rebase(ONE // 2, sender=donor)
        accepting = pot.pool.calldata("accept_loss", token, 1)
        pot.execute(pot.ready((pot.pool, 0, accepting)))
    else:
        kind.begin(odd)
    gives = partial(pot.matching.give, 1, 100, sender=donor, gas=3_000_000)
    outcome = OTHERWISE.get(kind.name, kind.gift)
    if outcome == CREDITED:
        gives()
        # after an accepted loss the books say 200 of what is 100 by now, as they do of the 400
        credited = 200 if "accepted" in kind.name else 100
        assert named(evm, "ProjectGiven")[0].args["amount"] == credited
        assert pot.matching.gift_of(1, donor) == 400 + credited
        pot.check()
    else:
        with evm.reverts(outcome):
            gives()


@pytest.mark.parametrize(
    ("way", "at", "reason"),
    [
        (ALLOWS_NOTHING, "matching", "deposit: token allows nothing"),
        (REFUSES, "matching", "deposit: the token refused"),
        (TAXES, "matching", "deposit: arrived in part"),
        (KEEPS, "matching", "deposit: arrived in part"),
        (TAXES, "pool", "deposit: lost on the way"),
        (KEEPS, "pool", "pool: no token arrived"),
        (REFUSES, "pool", "pool: token refused the gift"),
    ],
)
def test_give__a_token_that_loses_some_on_one_of_two_ways__is_refused(
    evm: Evm, way: int, at: str, reason: str
) -> None:
    token, donor = evm.deploy("FickleToken"), evm.actor("donor 0")
    pot = Fund(evm, donors=1, asset=token.address)
    pot.projects(1)
    token.mint(donor, 1_000, sender=donor)
    token.approve(pot.matching, 1_000, sender=donor)
    token.behave(way, getattr(pot, at), sender=donor)
    with evm.reverts(reason):
        pot.matching.give(1, 100, sender=donor)


def test_give__a_token_whose_hook_gives_again__is_refused_and_takes_nothing(evm: Evm) -> None:
    """The hook of the giver gives on in the middle of her gift: all functions share one lock."""
    token, donor = evm.deploy("HookToken"), evm.actor("donor 0")
    pot = Fund(evm, donors=1, asset=token.address)
    pot.projects(1)
    token.mint(donor, 1_000, sender=donor)
    token.approve(pot.matching, 1_000, sender=donor)
    calls: list[bytes] = [
        pot.matching.calldata("give", 1, 5),
        pot.matching.calldata("close"),
        pot.matching.calldata("refund", 1, donor),
    ]
    for call in calls:
        token.register(pot.matching, call, sender=donor)
        with evm.reverts(""):
            pot.matching.give(1, 100, sender=donor)


# --- by whom -----------------------------------------------------------------------------------


def test_give__twice_by_the_same_member__has_one_root(pot: Fund) -> None:
    for amount in (1, 3, 5):
        pot.give(1, amount, pot.donors[0])
    found = pot.matching.project_of(1)
    assert (found.roots, found.counted, found.ideal) == (3 * 10**9, 9, 0)
    pot.give(1, 4, pot.donors[1])
    assert pot.matching.project_of(1).ideal == 25 - 13


def test_give__by_who_is_no_member__is_given_and_not_matched(pot: Fund, outsider: Actor) -> None:
    assert pot.matching.donor_of(outsider) == NOBODY
    pot.give(1, 4, pot.donors[0])
    pot.give(1, 400, outsider)
    assert named(pot.evm, "ProjectGiven")[0].args["donor"] == NOBODY
    found = pot.matching.project_of(1)
    assert (found.given, found.roots, found.counted, found.ideal) == (404, 2 * 10**9, 4, 0)
    pot.close()
    assert pot.pay(1) == [(404, 0)]


@pytest.mark.parametrize(("after", "matched"), [(-1, True), (0, False), (1, False)])
def test_give__joined_around_the_opening__counts_if_before_its_second(
    evm: Evm, after: int, matched: bool
) -> None:
    """A newcomer cannot be brought in for a round that is open."""
    pot = Fund(evm, donors=2, opened=False)
    pot.earmark(Terms().encoded)
    newcomer, proposal = evm.actor("newcomer"), pot.ready(pot.opening(b""))
    for moment in (-1, 0, 1):
        if moment == 0:
            pot.execute(proposal)
        if moment == after:
            pot.admit(newcomer)
        evm.warp(1)
    pot.projects(1)
    assert pot.matching.donor_of(newcomer) == (seat(pot, newcomer) if matched else NOBODY)
    pot.give(1, 4, pot.donors[0])
    pot.give(1, 4, newcomer)
    assert pot.matching.project_of(1).ideal == (8 if matched else 0)


def test_give__by_who_left__is_no_longer_matched_and_what_was_is(pot: Fund) -> None:
    leaver = pot.donors[0]
    pot.give(1, 4, leaver)
    pot.give(1, 4, pot.donors[1])
    pot.remove(leaver)
    assert pot.matching.donor_of(leaver) == NOBODY
    pot.give(1, 100, leaver)
    assert pot.matching.project_of(1).ideal == 8
    pot.evm.warp(1)
    pot.admit(leaver)
    pot.evm.warp(1)
    assert pot.matching.donor_of(leaver) == NOBODY
    pot.give(1, 100, leaver)
    assert pot.matching.project_of(1)[3:] == (208, 4 * 10**9, 8, 8)


def test_give__from_a_seat_that_moved__is_no_second_donor(pot: Fund) -> None:
    """A key is as young as its move, so it is not matched in a round that was open by then."""
    old, new = pot.donors[0], pot.evm.actor("her new key")
    pot.give(1, 4, old)
    pot.rebind(old, new)
    assert pot.matching.donor_of(old) == pot.matching.donor_of(new) == NOBODY
    pot.give(1, 5, new)
    pot.give(1, 7, old)
    assert pot.matching.project_of(1)[3:] == (16, 2 * 10**9, 4, 0)
    # each gift goes back to the account that gave it
    pot.strike(1)
    for giver, amount in ((old, 11), (new, 5)):
        assert pot.matching.gift_of(1, giver) == amount
        pot.refund(1, giver)
    pot.check()


def test_give__from_a_seat_that_moved_before_the_opening__is_counted_by_it(evm: Evm) -> None:
    pot = Fund(evm, donors=2, opened=False)
    old, new = pot.donors[0], evm.actor("her new key")
    before = seat(pot, old)
    pot.rebind(old, new)
    pot.voters[1] = new
    evm.warp(1)
    pot.earmark(Terms().encoded)
    pot.earmark(b"")
    assert pot.matching.donor_of(old) == NOBODY
    assert pot.matching.donor_of(new) == before


def test_give__by_a_project_to_itself__is_matched_only_with_others(pot: Fund) -> None:
    own = pot.donors[2]
    number = pot.stand(own)
    pot.give(number, 400, own)
    assert pot.matching.project_of(number).ideal == 0
    pot.give(number, 1, pot.donors[0])
    assert pot.matching.project_of(number).ideal == 21**2 - 401


def test_give__a_proof_where_there_is_no_gate__is_refused(pot: Fund) -> None:
    with pot.evm.reverts("matching: there is no gate"):
        pot.matching.give(1, 4, b"\0", sender=pot.donors[0], value=4)
    pot.give(1, 4, pot.donors[0], b"")


# --- a gate ------------------------------------------------------------------------------------


@pytest.fixture
def gated(evm: Evm) -> tuple[Fund, Contract]:
    """A round whose donors a gate verifies: it answers with the hash of the proof."""
    gate = evm.deploy("OddGate")
    pot = Fund(evm, donors=1, gate=gate.address)
    pot.projects(1)
    return pot, gate


def test_give__with_a_proof__is_counted_by_the_gates_answer(
    gated: tuple[Fund, Contract], outsider: Actor
) -> None:
    pot, _ = gated
    pot.give(1, 4, outsider, b"one")
    first = named(pot.evm, "ProjectGiven")[0].args["donor"]
    pot.give(1, 5, pot.patron, b"one")
    assert named(pot.evm, "ProjectGiven")[0].args["donor"] == first != NOBODY
    # two accounts with the same credential are one donor
    assert pot.matching.project_of(1)[3:] == (9, 3 * 10**9, 9, 0)
    pot.give(1, 4, pot.relayer, b"two")
    assert pot.matching.project_of(1).ideal == 25 - 13
    assert pot.matching.estimate(1, first, 16)[2] == (5 + 2) ** 2 - 29 - 12


def test_give__without_a_proof_where_there_is_a_gate__is_not_matched(
    gated: tuple[Fund, Contract],
) -> None:
    """Membership counts for nothing there."""
    pot, gate = gated
    gate.behave(GATE_REVERTS, sender=pot.chair)
    for proofs in (None, b""):
        pot.give(1, 4, pot.donors[0], proofs)
    assert pot.matching.project_of(1)[3:] == (8, 0, 0, 0)


@pytest.mark.parametrize(
    ("way", "reason"),
    [
        (GATE_REVERTS, "odd: nobody comes in"),
        (GATE_ZERO, "matching: gate answered nothing"),
        (GATE_EATS_GAS, ""),
        (GATE_SHORT, ""),
        (GATE_WRITES, ""),
    ],
)
def test_give__a_proof_that_the_gate_refuses_or_answers_badly__takes_nothing(
    gated: tuple[Fund, Contract], way: int, reason: str
) -> None:
    pot, gate = gated
    gate.behave(way, sender=pot.chair)
    with pot.evm.reverts(reason):
        pot.matching.give(1, 4, b"proof", sender=pot.patron, value=4, gas=3_000_000)


def test_give__a_gate_that_says_the_same_of_all__matches_nobody(
    gated: tuple[Fund, Contract],
) -> None:
    pot, gate = gated
    gate.behave(GATE_SAME, sender=pot.chair)
    for giver in (pot.patron, pot.chair, pot.relayer):
        pot.give(1, 100, giver, giver.name.encode())
    assert pot.matching.project_of(1).ideal == 0


def test_give__a_gate_without_code__takes_gifts_without_proof_only(evm: Evm) -> None:
    pot = Fund(evm, donors=1, gate=evm.actor("gate").address)
    pot.projects(1)
    pot.give(1, 4, pot.patron)
    with evm.reverts(""):
        pot.matching.give(1, 4, b"proof", sender=pot.patron, value=4)
