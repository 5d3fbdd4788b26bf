# SPDX-License-Identifier: AGPL-3.0-only
"""What stands in a matching round: nominated, said yes, withdrawn, struck out."""

import pytest

from tests.contracts.allocations import ABOUT
from tests.contracts.coop import DAY, ZERO, named
from tests.contracts.evm import Actor, Evm
from tests.contracts.matchings import Fund


@pytest.fixture
def pot(evm: Evm) -> Fund:
    return Fund(evm, donors=2)


@pytest.fixture
def ada(evm: Evm) -> Actor:
    return evm.actor("ada")


def test_nominate__by_a_member__is_told_and_is_no_yes(pot: Fund, ada: Actor) -> None:
    pot.nominate(ada)
    (log,) = pot.evm.logs
    told = {"candidate": ada.address, "by": pot.donors[0].address}
    told |= {"uri": ABOUT[0], "uri_hash": ABOUT[1]}  # type: ignore[dict-item]
    assert (log.name, log.args) == ("Nominated", told)
    assert pot.matching.candidacy_of(ada) == (0, 0, True, False)
    assert pot.matching.round().projects == 0
    pot.nominate(ada, by=pot.donors[1])


def test_nominate__what_may_not_be__is_refused(pot: Fund, ada: Actor, outsider: Actor) -> None:
    with pot.evm.reverts("nomination: by members only"):
        pot.nominate(ada, by=outsider)
    with pot.evm.reverts("nomination: of nobody"):
        pot.nominate(ZERO)
    with pot.evm.reverts("nomination: of the pool itself"):
        pot.nominate(pot.pool)
    pot.stand(ada)
    with pot.evm.reverts("nomination: stands already"):
        pot.nominate(ada)


def test_stand__nominated__gets_the_next_number(pot: Fund, ada: Actor) -> None:
    (first,) = pot.projects(1)
    pot.nominate(ada)
    assert pot.matching.stand(sender=ada) == 2
    (log,) = pot.evm.logs
    assert (log.name, log.args) == ("ProjectStood", {"account": ada.address, "project": 2})
    assert pot.matching.candidacy_of(ada) == (2, 1, False, True)
    assert pot.matching.project_of(2) == (ada.address, True, False, 0, 0, 0, 0)
    assert pot.matching.project_of(1).account == first.address
    assert pot.matching.round().projects == 2
    for again in (ada, first, pot.relayer):
        with pot.evm.reverts("nomination: there is none"):
            pot.matching.stand(sender=again)


def test_stand__outside_the_time_of_giving__is_refused(pot: Fund, ada: Actor) -> None:
    pot.nominate(ada)
    pot.evm.warp_to(pot.opened_at + 7 * DAY - 1)
    point = pot.evm.snapshot()
    assert pot.matching.stand(sender=ada) == 1
    pot.evm.restore(point)
    point = pot.evm.snapshot()
    pot.evm.warp(1)
    with pot.evm.reverts("matching: giving is over"):
        pot.matching.stand(sender=ada)
    pot.evm.restore(point)
    pot.cancel()
    with pot.evm.reverts("matching: cancelled"):
        pot.matching.stand(sender=ada)


def test_stand_for__signed__stands_whoever_brings_it(pot: Fund, ada: Actor) -> None:
    pot.nominate(ada)
    until = pot.evm.now + DAY
    signature = ada.sign(pot.candidacy(ada, 0, until))
    for wrong in (
        pot.relayer.sign(pot.candidacy(ada, 0, until)),
        ada.sign(pot.candidacy(ada, 1, until)),
        ada.sign(pot.candidacy(ada, 0, until + 1)),
        ada.sign(pot.candidacy(pot.relayer, 0, until)),
    ):
        with pot.evm.reverts("nomination: not her signature"):
            pot.matching.stand_for(ada, until, wrong, sender=pot.relayer)
    pot.evm.warp_to(until)
    assert pot.matching.stand_for(ada, until, signature, sender=pot.relayer) == 1
    # the same again after she withdrew: it was of an earlier time
    pot.matching.withdraw(sender=ada)
    pot.nominate(ada)
    with pot.evm.reverts("nomination: not her signature"):
        pot.matching.stand_for(ada, until, signature, sender=pot.relayer)
    pot.evm.warp(1)
    with pot.evm.reverts("nomination: signed too late"):
        pot.matching.stand_for(ada, until, signature, sender=pot.relayer)


def test_stand__with_a_cap__64_numbers_are_given(evm: Evm) -> None:
    pot = Fund(evm, donors=1, cap_bps=9_999)
    pot.projects(64)
    last = evm.actor("one too many")
    pot.nominate(last)
    with evm.reverts("matching: too many projects"):
        pot.matching.stand(sender=last)
    # a number that is free again is not given again
    pot.matching.withdraw(sender=evm.actor("project 0"))
    with evm.reverts("matching: too many projects"):
        pot.matching.stand(sender=last)
    pot.put(64_000)
    for number in range(2, 65):
        pot.give(number, 9, pot.donors[0])
    assert pot.close()["total"] == 0


def test_stand__again_and_again_with_a_cap__one_account_uses_all_numbers_up(evm: Evm) -> None:
    """A limit: a member and an account of hers leave no number for anybody else. A vote cancels
    the round; without a cap there are a million numbers."""
    pot, greedy = Fund(evm, donors=1, cap_bps=9_999), evm.actor("greedy")
    for number in range(1, 65):
        assert pot.stand(greedy) == number
        pot.matching.withdraw(sender=greedy)
    late = evm.actor("a real project")
    pot.nominate(late)
    with evm.reverts("matching: too many projects"):
        pot.matching.stand(sender=late)
    pot.cancel()


def test_stand__without_a_cap__numbers_go_on(evm: Evm) -> None:
    pot = Fund(evm, donors=1)
    pot.projects(65)
    assert pot.matching.round().projects == 65


def test_withdraw__a_project__has_no_part_and_its_gifts_go_back(pot: Fund, ada: Actor) -> None:
    pot.stand(ada)
    pot.projects(1)
    pot.put(100)
    for donor in pot.donors:
        pot.give(1, 4, donor)
        pot.give(2, 9, donor)
    assert pot.matching.terms()[2] == 8 + 18
    pot.matching.withdraw(sender=ada)
    (log,) = pot.evm.logs
    told = {"account": ada.address, "project": 1, "struck": False}
    assert (log.name, log.args) == ("ProjectLeft", told)
    assert pot.matching.candidacy_of(ada) == (1, 1, False, False)
    assert pot.matching.project_of(1) == (ada.address, False, False, 8, 0, 0, 0)
    assert pot.matching.terms()[2] == 18
    for donor in pot.donors:
        before = pot.evm.balance(donor)
        pot.refund(1, donor)
        assert pot.evm.balance(donor) == before + 4
    # who stands again begins from nothing
    assert pot.stand(ada) == 3
    pot.give(3, 1, pot.donors[0])
    assert pot.matching.project_of(3)[3:] == (1, 10**9, 1, 0)
    assert pot.matches(1, 2, 3) == [18, 0]
    assert pot.books() == (0, 82, 0, 0)
    pot.check()


def test_withdraw__who_does_not_stand_or_too_late__is_refused(pot: Fund, ada: Actor) -> None:
    pot.nominate(ada)
    for nobody in (ada, pot.relayer, pot.donors[0]):
        with pot.evm.reverts("matching: does not stand"):
            pot.matching.withdraw(sender=nobody)
    pot.matching.stand(sender=ada)
    (other,) = pot.projects(1)
    pot.matching.withdraw(sender=other)
    pot.nominate(other)
    with pot.evm.reverts("matching: does not stand"):
        pot.matching.withdraw(sender=other)
    pot.evm.warp_to(pot.opened_at + 7 * DAY)
    with pot.evm.reverts("matching: giving is over"):
        pot.matching.withdraw(sender=ada)


def test_strike__by_the_governor__until_the_fund_is_divided(pot: Fund, ada: Actor) -> None:
    pot.stand(ada)
    pot.projects(1)
    pot.put(100)
    for donor in pot.donors:
        pot.give(1, 4, donor)
        pot.give(2, 9, donor)
    for caller in (ada, pot.chair, pot.hub, pot.donors[0]):
        with pot.evm.reverts("matching: only the governor"):
            pot.matching.strike(1, sender=caller)
    pot.end()
    pot.strike(1)
    (log,) = pot.evm.logs
    told = {"account": ada.address, "project": 1, "struck": True}
    assert (log.name, log.args) == ("ProjectLeft", told)
    for number in (0, 1, 3, 2**20, 2**256 - 1):
        with pot.governors() as governor, pot.evm.reverts("matching: does not stand"):
            pot.matching.strike(number, sender=governor)
    with pot.evm.reverts("nomination: struck out by vote"):
        pot.nominate(ada)
    assert pot.close()["total"] == 18
    with pot.governors() as governor, pot.evm.reverts("matching: too late to leave"):
        pot.matching.strike(2, sender=governor)
    assert pot.pay(1, 2) == [(18, 18)]
    for donor in pot.donors:
        pot.refund(1, donor)
    assert pot.books() == (0, 82, 0, 0)


def test_strike__after_a_cancel__is_refused(pot: Fund) -> None:
    pot.projects(1)
    pot.cancel()
    with pot.governors() as governor, pot.evm.reverts("matching: too late to leave"):
        pot.matching.strike(1, sender=governor)


def test_nominate__whom_a_vote_struck_out__only_by_another_vote(pot: Fund, ada: Actor) -> None:
    pot.stand(ada)
    pot.strike(1)
    with pot.evm.reverts("nomination: struck out by vote"):
        pot.nominate(ada)
    pot.voters += pot.donors
    call = pot.matching.calldata("nominate", ada, *ABOUT)
    with pot.evm.reverts("nomination: there is none"):
        pot.matching.stand(sender=ada)
    proposal = pot.ready((pot.matching, 0, call))
    pot.execute(proposal)
    assert named(pot.evm, "Nominated")[0].args["by"] == pot.governor.address
    assert pot.matching.stand(sender=ada) == 2


def test_project__a_wallet__says_yes_by_its_own_rules(pot: Fund, ada: Actor) -> None:
    wallet = pot.evm.deploy("OddWallet", ada)
    pot.nominate(wallet)
    until = pot.evm.now + DAY
    signature = ada.sign(pot.candidacy(wallet, 0, until))
    assert pot.matching.stand_for(wallet, until, signature, sender=pot.relayer) == 1
