# SPDX-License-Identifier: AGPL-3.0-only
"""Who stands: nominated by a member, with a yes of their own, until they withdraw or are struck."""

from typing import Any

import pytest

from tests.contracts.allocations import ABOUT, POINTS, Round, Terms
from tests.contracts.coop import DAY, RULES, ZERO, named
from tests.contracts.evm import Actor, Evm
from tests.contracts.test_ballot_signature_forms import REFUSED, TAKEN, Form

LIMIT = 2**17 - 1


@pytest.fixture
def crowd(evm: Evm) -> Round:
    return Round(evm)


@pytest.fixture
def ada(evm: Evm) -> Actor:
    return evm.actor("ada")


def striking(crowd: Round, number: int) -> Any:
    """The call that strikes somebody out."""
    return crowd.allocation, 0, crowd.allocation.calldata("strike", number)


# --- nominate and stand ------------------------------------------------------------------------


def test_nominate__by_a_member__is_told_and_waits_for_a_yes(crowd: Round, ada: Actor) -> None:
    founder = crowd.founders[1]
    crowd.nominate(ada, by=founder)
    (log,) = crowd.evm.logs
    assert (log.name, log.address) == ("Nominated", crowd.allocation.address)
    said = {"candidate": ada.address, "by": founder.address}
    assert log.args == {**said, "uri": ABOUT[0], "uri_hash": ABOUT[1]}
    assert crowd.allocation.candidacy_of(ada) == (0, 0, True, False)
    assert crowd.allocation.head().candidates == 0
    # once more is no harm, and tells another text
    crowd.nominate(ada)
    assert crowd.allocation.candidacy_of(ada) == (0, 0, True, False)


def test_nominate__by_who_is_no_member__is_refused(
    crowd: Round, ada: Actor, outsider: Actor
) -> None:
    left, moved, new = *crowd.founders[1:], crowd.evm.actor("new")
    crowd.rebind(moved, new)
    crowd.admission.leave(sender=left)
    for nobody in (outsider, ada, left, moved):
        with crowd.evm.reverts("nomination: by members only"):
            crowd.nominate(ada, by=nobody)
    crowd.nominate(ada, by=new)


def test_nominate__by_who_joined_in_this_second__is_taken(crowd: Round, ada: Actor) -> None:
    """Nothing is decided by it, so nobody has to wait for the next period."""
    newcomer = crowd.evm.actor("newcomer")
    crowd.admit(newcomer)
    crowd.nominate(ada, by=newcomer)


def test_nominate__nobody_or_the_pool__is_refused(crowd: Round) -> None:
    for who, reason in ((ZERO, "of nobody"), (crowd.pool, "of the pool itself")):
        with crowd.evm.reverts(f"nomination: {reason}"):
            crowd.nominate(who)


def test_nominate__who_stands__is_refused(crowd: Round, ada: Actor) -> None:
    crowd.stand(ada)
    with crowd.evm.reverts("nomination: stands already"):
        crowd.nominate(ada)


def test_stand__nominated__gets_the_next_number(crowd: Round, ada: Actor) -> None:
    crowd.nominate(ada)
    assert crowd.allocation.stand(sender=ada) == 1
    (log,) = crowd.evm.logs
    assert (log.name, log.args) == ("Stood", {"candidate": ada.address, "id": 1})
    assert crowd.allocation.candidate_of(1) == (ada.address, True, 0, 0)
    assert crowd.allocation.candidacy_of(ada) == (1, 1, False, True)
    assert crowd.allocation.head().candidates == 1
    assert [crowd.stand(crowd.evm.actor(name)) for name in "bcde"] == [2, 3, 4, 5]


def test_stand__not_nominated__is_refused(crowd: Round, ada: Actor) -> None:
    with crowd.evm.reverts("nomination: there is none"):
        crowd.allocation.stand(sender=ada)
    crowd.stand(ada)
    with crowd.evm.reverts("nomination: there is none"):
        crowd.allocation.stand(sender=ada)


def test_stand__nominated_by_who_left_since__stands(crowd: Round, ada: Actor) -> None:
    crowd.nominate(ada, by=crowd.founders[2])
    crowd.admission.leave(sender=crowd.founders[2])
    assert crowd.allocation.stand(sender=ada) == 1


def test_stand__number_beyond_what_a_ballot_can_name__is_refused(crowd: Round) -> None:
    """131,071 is the last; the head word is written as so many candidates would have left it."""
    first, last, over = (crowd.evm.actor(name) for name in ("first", "last", "over"))
    assert crowd.stand(first) == 1
    machine = crowd.evm._vm  # noqa: SLF001  (nobody can pay for so many)
    slots = range(32)
    where, word = next(
        (slot, found)
        for slot in slots
        if (found := machine.storage(crowd.allocation.address, slot)) >> 196 == crowd.opened_at
    )
    many = word & ~((2**20 - 1) << 84) | (LIMIT - 1) << 84
    machine.insert_account_storage(crowd.allocation.address, where, many)
    assert crowd.allocation.head().candidates == LIMIT - 1
    assert crowd.stand(last) == LIMIT
    crowd.nominate(over)
    with crowd.evm.reverts("allocation: too many candidates"):
        crowd.allocation.stand(sender=over)
    crowd.cast(crowd.founders[0], {1: 1, LIMIT: POINTS - 1})
    assert crowd.tallies(1, LIMIT) == [1, POINTS - 1]
    with crowd.evm.reverts("allocation: ill-formed ballot"):
        crowd.cast(crowd.founders[0], {LIMIT + 1: POINTS})


# --- stand_for ---------------------------------------------------------------------------------


@pytest.mark.parametrize("form", TAKEN.values(), ids=TAKEN)
def test_stand_for__signed__stands_whoever_brings_it(crowd: Round, ada: Actor, form: Form) -> None:
    crowd.nominate(ada)
    until = crowd.evm.now + DAY
    signature = form(ada.sign(crowd.candidacy(ada)))
    assert crowd.allocation.stand_for(ada, until, signature, sender=crowd.relayer) == 1
    assert crowd.allocation.candidacy_of(ada) == (1, 1, False, True)


@pytest.mark.parametrize("form", REFUSED.values(), ids=REFUSED)
def test_stand_for__signature_in_another_form__is_refused(
    crowd: Round, ada: Actor, form: Form
) -> None:
    crowd.nominate(ada)
    signature = form(ada.sign(crowd.candidacy(ada)))
    with crowd.evm.reverts("nomination: not her signature"):
        crowd.allocation.stand_for(ada, crowd.evm.now + DAY, signature, sender=crowd.relayer)


def test_stand_for__any_field_changed__is_not_hers(
    crowd: Round, ada: Actor, outsider: Actor
) -> None:
    crowd.nominate(ada)
    until, typed = crowd.evm.now + DAY, crowd.candidacy(ada)
    changes: list[tuple[str, str, Any]] = [
        ("message", "candidate", outsider.address),
        ("message", "timesStood", 1),
        ("message", "deadline", until + 1),
        ("domain", "name", "Millpone"),
        ("domain", "version", "2"),
        ("domain", "chainId", 1),
        ("domain", "verifyingContract", crowd.governor.address),
    ]
    assert {field for _, field, _ in changes} == {*typed["message"], *typed["domain"]}
    for where, field, worth in changes:
        signature = ada.sign({**typed, where: {**typed[where], field: worth}})
        with crowd.evm.reverts("nomination: not her signature"):
            crowd.allocation.stand_for(ada, until, signature, sender=crowd.relayer)
    with crowd.evm.reverts("nomination: not her signature"):
        crowd.allocation.stand_for(ada, until, outsider.sign(typed), sender=crowd.relayer)
    assert crowd.allocation.stand_for(ada, until, ada.sign(typed), sender=crowd.relayer) == 1


def test_stand_for__deadline__its_second_is_the_last(crowd: Round, ada: Actor) -> None:
    crowd.nominate(ada)
    until, signature = crowd.evm.now + DAY, ada.sign(crowd.candidacy(ada))
    crowd.evm.warp_to(until + 1)
    with crowd.evm.reverts("nomination: signed too late"):
        crowd.allocation.stand_for(ada, until, signature, sender=crowd.relayer)
    until, signature = crowd.evm.now, ada.sign(crowd.candidacy(ada, deadline=crowd.evm.now))
    assert crowd.allocation.stand_for(ada, until, signature, sender=crowd.relayer) == 1


def test_stand_for__not_nominated__is_refused(crowd: Round, ada: Actor) -> None:
    until, signature = crowd.evm.now + DAY, ada.sign(crowd.candidacy(ada))
    with crowd.evm.reverts("nomination: there is none"):
        crowd.allocation.stand_for(ada, until, signature, sender=crowd.relayer)


def test_stand_for__signature_of_an_earlier_time__never_counts_again(
    crowd: Round, ada: Actor
) -> None:
    """Who withdrew is not put up again with her old yes."""
    crowd.nominate(ada)
    until, signature = crowd.evm.now + DAY, ada.sign(crowd.candidacy(ada))
    crowd.allocation.stand_for(ada, until, signature, sender=crowd.relayer)
    crowd.allocation.withdraw(sender=ada)
    crowd.nominate(ada)
    with crowd.evm.reverts("nomination: not her signature"):
        crowd.allocation.stand_for(ada, until, signature, sender=crowd.relayer)
    again = ada.sign(crowd.candidacy(ada, times=1))
    assert crowd.allocation.stand_for(ada, until, again, sender=crowd.relayer) == 2


def test_stand_for__a_wallet__is_asked_and_its_sibling_is_another(crowd: Round, ada: Actor) -> None:
    """Both are of one owner; the message names which of them it is for."""
    wallet, sibling = (crowd.evm.deploy("OddWallet", ada) for _ in range(2))
    for each in (wallet, sibling):
        crowd.nominate(each)
    until, signature = crowd.evm.now + DAY, ada.sign(crowd.candidacy(wallet))
    with crowd.evm.reverts("nomination: not her signature"):
        crowd.allocation.stand_for(sibling, until, signature, sender=crowd.relayer)
    assert crowd.allocation.stand_for(wallet, until, signature, sender=crowd.relayer) == 1


@pytest.mark.parametrize("way", [1 << n for n in range(1, 9) if n != 7])
def test_stand_for__a_wallet_that_answers_badly__does_not_stand(
    crowd: Round, ada: Actor, way: int
) -> None:
    wallet = crowd.evm.deploy("OddWallet", ada)
    wallet.behave(way, sender=ada)
    crowd.nominate(wallet)
    signature = ada.sign(crowd.candidacy(wallet))
    with crowd.evm.reverts("nomination: not her signature"):
        crowd.allocation.stand_for(wallet, crowd.evm.now + DAY, signature, sender=crowd.relayer)


# --- withdraw and strike -----------------------------------------------------------------------


@pytest.fixture
def three(crowd: Round) -> list[Actor]:
    """Three candidates and two ballots: tallies 12,000, 3,000 and 5,000."""
    people = crowd.candidates(3)
    crowd.cast(crowd.founders[0], {1: 7_000, 2: 3_000})
    crowd.cast(crowd.founders[1], {1: 5_000, 3: 5_000})
    return people


def test_withdraw__a_candidate__takes_her_tally_with_her_and_keeps_her_money(
    crowd: Round, three: list[Actor]
) -> None:
    crowd.give(2_000, earmark=1)
    crowd.close()
    crowd.allocation.withdraw(sender=three[0])
    (log,) = crowd.evm.logs
    told = {"candidate": three[0].address, "id": 1, "struck": False}
    assert (log.name, log.args) == ("CandidateLeft", told)
    assert crowd.allocation.candidate_of(1) == (three[0].address, False, 0, 1_200)
    assert crowd.allocation.candidacy_of(three[0]) == (1, 1, False, False)
    head = crowd.allocation.head()
    assert (head.total, head.ballots) == (8_000, 2)
    crowd.give(800, earmark=1)
    assert crowd.close() == 800
    assert crowd.waiting(1, 2, 3) == [1_200, 300 + 300, 500 + 500]
    crowd.pay(1)
    assert crowd.waiting(1) == [0]
    crowd.check()


def test_withdraw__who_does_not_stand__is_refused(
    crowd: Round, three: list[Actor], outsider: Actor
) -> None:
    crowd.nominate(outsider)
    for nobody in (outsider, crowd.founders[0], crowd.relayer):
        with crowd.evm.reverts("allocation: does not stand"):
            crowd.allocation.withdraw(sender=nobody)
    crowd.allocation.withdraw(sender=three[1])
    with crowd.evm.reverts("allocation: does not stand"):
        crowd.allocation.withdraw(sender=three[1])
    crowd.nominate(three[1])
    with crowd.evm.reverts("allocation: does not stand"):
        crowd.allocation.withdraw(sender=three[1])


def test_strike__by_a_rules_vote__is_as_if_she_withdrew(crowd: Round, three: list[Actor]) -> None:
    crowd.give(2_000, earmark=1)
    proposal = crowd.propose(striking(crowd, 1), text="because")
    assert crowd.word(proposal)["kind"] == RULES
    crowd.enact(striking(crowd, 1), text="because of this")
    (log,) = named(crowd.evm, "CandidateLeft")
    assert log.args == {"candidate": three[0].address, "id": 1, "struck": True}
    assert crowd.allocation.candidate_of(1) == (three[0].address, False, 0, 0)
    assert crowd.allocation.head().total == 8_000
    assert crowd.close() == 2_000
    assert crowd.waiting(1, 2, 3) == [0, 750, 1_250]
    crowd.check()


def test_strike__after_a_period_is_over__closes_it_with_her_first(
    crowd: Round, three: list[Actor]
) -> None:
    crowd.give(2_000, earmark=1)
    crowd.end_period()
    crowd.allocation.strike(1, sender=_governor_of(crowd))
    (log,) = named(crowd.evm, "PeriodClosed")
    assert (log.args["total"], log.args["amount"]) == (20_000, 2_000)
    assert crowd.waiting(1, 2, 3) == [1_200, 300, 500]
    assert crowd.allocation.candidate_of(1).account == three[0].address
    crowd.check()


def test_strike__by_anyone_but_the_governor__is_refused(
    crowd: Round, three: list[Actor], outsider: Actor
) -> None:
    for caller in (outsider, crowd.founders[0], three[1], crowd.relayer):
        with crowd.evm.reverts("allocation: only the governor"):
            crowd.allocation.strike(1, sender=caller)


def test_strike__who_does_not_stand__is_refused(crowd: Round, three: list[Actor]) -> None:
    crowd.allocation.withdraw(sender=three[0])
    governor = _governor_of(crowd)
    for number in (0, 1, 4, 5, 2**17, 2**255 + 2, 2**256 - 1):
        with crowd.evm.reverts("allocation: does not stand"):
            crowd.allocation.strike(number, sender=governor)


def _governor_of(crowd: Round) -> Actor:
    """The Governor's address, speaking without a vote: its code is taken away."""
    crowd.evm.erase_code(crowd.governor)
    return Actor("governor", crowd.governor.address, b"")


# --- after somebody has left -------------------------------------------------------------------


@pytest.mark.parametrize("gone", [1, 2, 3])
def test_cast__over_a_ballot_that_names_who_left__changes_cleanly(
    crowd: Round, three: list[Actor], gone: int
) -> None:
    crowd.allocation.withdraw(sender=three[gone - 1])
    crowd.check()
    first, second, last = crowd.founders
    stay = [n for n in (1, 2, 3) if n != gone]
    crowd.cast(first, {stay[0]: 4_000, stay[1]: 6_000})
    crowd.check()
    crowd.cast(second, {})
    assert crowd.tallies(*stay) == [4_000, 6_000]
    assert crowd.tallies(gone) == [0]
    assert crowd.allocation.head().total == POINTS
    crowd.cast(last, {gone: POINTS})
    assert crowd.tallies(gone, *stay) == [0, 4_000, 6_000]
    crowd.cast(last, {1: 1_000, 2: 2_000, 3: 7_000})
    assert crowd.allocation.head().total == 2 * POINTS - 1_000 * (1, 2, 7)[gone - 1]
    crowd.check()


def test_drop__of_a_ballot_that_names_who_left__is_clean(crowd: Round, three: list[Actor]) -> None:
    crowd.allocation.withdraw(sender=three[0])
    crowd.admission.leave(sender=crowd.founders[1])
    crowd.end_period()
    crowd.allocation.drop([crowd.founders[1]], sender=crowd.relayer)
    assert crowd.tallies(1, 2, 3) == [0, 3_000, 0]
    assert crowd.allocation.head().total == 3_000
    crowd.check()


def test_stand__again_after_withdrawing__gets_a_new_number_and_none_of_the_old_ballots(
    crowd: Round, three: list[Actor]
) -> None:
    crowd.give(2_000, earmark=1)
    crowd.close()
    crowd.allocation.withdraw(sender=three[0])
    assert crowd.stand(three[0]) == 4
    assert crowd.allocation.candidacy_of(three[0]) == (4, 2, False, True)
    assert crowd.tallies(1, 2, 3, 4) == [0, 3_000, 5_000, 0]
    assert crowd.allocation.candidate_of(1) == (three[0].address, False, 0, 1_200)
    crowd.cast(crowd.founders[2], {1: POINTS})
    assert crowd.tallies(1, 2, 3, 4) == [0, 3_000, 5_000, 0]
    crowd.cast(crowd.founders[2], {4: POINTS})
    crowd.give(1_800, earmark=1)
    crowd.close()
    assert crowd.waiting(1, 2, 3, 4) == [1_200, 600, 1_000, 1_000]
    before = crowd.evm.balance(three[0])
    crowd.pay(1, 4)
    assert crowd.evm.balance(three[0]) == before + 2_200
    crowd.check()


def test_candidate_of__a_number_nobody_has__is_zeros(crowd: Round, three: list[Actor]) -> None:
    assert three
    for number in (0, 4, 2**17, 2**256 - 1):
        assert crowd.allocation.candidate_of(number) == (ZERO, False, 0, 0)


def test_candidates__at_every_place_of_their_words__keep_apart(crowd: Round) -> None:
    """Four share a word; the one that leaves changes none of her neighbours."""
    people = crowd.candidates(11)
    shares = {1: 100, 2: 200, 3: 300, 4: 400, 5: 500, 7: 2_500, 8: 2_900, 11: 3_100}
    crowd.cast(crowd.founders[0], shares)
    crowd.cast(crowd.founders[1], {5: 1, 6: 9_999})
    crowd.give(20_000, earmark=1)
    crowd.close()
    crowd.allocation.withdraw(sender=people[4])
    crowd.give(19_499, earmark=1)
    crowd.close()
    left = {**shares, 6: 9_999, 5: 0}
    assert crowd.tallies(*range(1, 12)) == [left.get(n, 0) for n in range(1, 12)]
    first = {**shares, 6: 9_999, 5: 501}
    assert crowd.waiting(*range(1, 12)) == [first.get(n, 0) + left.get(n, 0) for n in range(1, 12)]
    crowd.check()


def test_nominate__who_was_struck_out__takes_another_vote(crowd: Round, three: list[Actor]) -> None:
    crowd.enact(striking(crowd, 1), text="out")
    before = crowd.allocation.candidacy_of(three[0])
    with crowd.evm.reverts("nomination: struck out by vote"):
        crowd.nominate(three[0])
    assert crowd.allocation.candidacy_of(three[0]) == before == (1, 1, False, False)
    again = crowd.allocation.calldata("nominate", three[0], *ABOUT)
    crowd.enact((crowd.allocation, 0, again), text="in again")
    assert crowd.allocation.stand(sender=three[0]) == 4
    assert crowd.allocation.candidacy_of(three[0]) == (4, 2, False, True)


def test_close_period__ballots_for_those_who_left__fill_no_quorum(evm: Evm) -> None:
    """Three ballots are standing, but two of them give everything to somebody who is gone."""
    crowd = Round(evm, terms=Terms(quorum=3))
    gone, _ = crowd.candidates(2)
    one, two, three = crowd.founders
    crowd.cast(one, {1: POINTS})
    crowd.cast(two, {1: POINTS})
    crowd.cast(three, {2: POINTS})
    crowd.allocation.withdraw(sender=gone)
    crowd.give(900, earmark=1)
    assert crowd.allocation.head()[-2:] == (3, POINTS)
    assert crowd.close() == 0
    crowd.cast(two, {1: 5_000, 2: 5_000})
    assert crowd.close() == 900
