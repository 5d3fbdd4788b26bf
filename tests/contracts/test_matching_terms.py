# SPDX-License-Identifier: AGPL-3.0-only
"""How a matching round is opened: its two earmarks, its terms, and who may not."""

from collections.abc import Callable
from typing import Any

import pytest
from eth_abi.abi import encode

from tests.contracts.coop import DAY, PURPOSE, RULES, Coop, Proposal, kind_of, named
from tests.contracts.evm import ETH, Actor, Evm
from tests.contracts.matchings import BPS, Fund, Terms
from tests.contracts.teams import VOTE

YEAR = 366 * DAY
EMPTY = (0, 0, 0, 0, False, False, False)


@pytest.fixture
def pot(evm: Evm) -> Fund:
    """A round that has no earmark yet."""
    return Fund(evm, donors=1, opened=False)


def test_on_open__both_earmarks__are_told_and_giving_begins(pot: Fund) -> None:
    gate, dollar = pot.evm.deploy("OddGate").address, pot.evm.deploy("TestDollar").address
    terms = Terms(dollar, 9 * DAY, 100, 2_500, True, gate)
    pot.earmark(terms.encoded)
    assert named(pot.evm, "MatchingOpened") == []
    assert pot.matching.money() == (1, 0, dollar)
    assert pot.matching.round() == (0, 9 * DAY, 0, 2_500, True, False, False)
    pot.earmark(b"")
    now = pot.evm.now
    (log,) = named(pot.evm, "MatchingOpened")
    told = {"fund_earmark": 1, "gifts_earmark": 2, "ends_at": now + 9 * DAY, "terms": tuple(terms)}
    assert (log.address, log.args) == (pot.matching.address, told)
    assert pot.matching.money() == (1, 2, dollar)
    assert pot.matching.round() == (now, now + 9 * DAY, 0, 2_500, True, False, False)
    assert pot.matching.terms() == (100, gate, 0)


def test_on_open__by_anyone_but_the_pool__is_refused(pot: Fund, outsider: Actor) -> None:
    callers: list[Any] = [outsider, pot.chair, pot.hub]
    for caller in callers:
        with pot.evm.reverts("matching: only the pool"):
            pot.matching.on_open(1, Terms().encoded, sender=caller)
    with pot.governors() as governor, pot.evm.reverts("matching: only the pool"):
        pot.matching.on_open(1, Terms().encoded, sender=governor)


def test_on_open__a_third_time__is_refused(pot: Fund) -> None:
    pot.earmark(Terms().encoded)
    pot.earmark(b"")
    for params in (b"", Terms().encoded):
        proposal = pot.ready(pot.opening(params))
        with pot.evm.reverts("matching: has its earmarks"):
            pot.execute(proposal)


def test_on_open__parameters_of_another_length_or_dirty__are_refused(pot: Fund) -> None:
    good = Terms().encoded
    for params in (b"", good[:-1], good + b"\0", good + bytes(32)):
        proposal = pot.ready(pot.opening(params))
        with pot.evm.reverts("matching: bad parameters"):
            pot.execute(proposal)
    for place, worth in ((0, 2**160), (4, 2), (5, 2**160)):
        words: list[int] = [0, 7 * DAY, 0, BPS, 0, 0]
        words[place] = worth
        proposal = pot.ready(pot.opening(encode(["uint256"] * 6, words)))
        with pot.evm.reverts(""):
            pot.execute(proposal)


@pytest.mark.parametrize(
    ("terms", "reason"),
    [
        (Terms(duration=0), "matching: bad duration"),
        (Terms(duration=DAY - 1), "matching: bad duration"),
        (Terms(duration=YEAR + 1), "matching: bad duration"),
        (Terms(duration=2**256 - 1), "matching: bad duration"),
        (Terms(cap_bps=0), "matching: bad cap"),
        (Terms(cap_bps=BPS + 1), "matching: bad cap"),
        (Terms(cap_bps=2**255), "matching: bad cap"),
        (Terms(credit=2**96), "matching: bad credit"),
    ],
)
def test_on_open__terms_out_of_bounds__are_refused(pot: Fund, terms: Terms, reason: str) -> None:
    proposal = pot.ready(pot.opening(terms.encoded))
    with pot.evm.reverts(reason):
        pot.execute(proposal)


@pytest.mark.parametrize(
    "terms",
    [
        Terms(duration=DAY, cap_bps=1, credit=1),
        Terms(duration=YEAR, cap_bps=BPS, credit=2**96 - 1, scale_up=True),
    ],
)
def test_on_open__terms_at_the_bounds__are_taken(pot: Fund, terms: Terms) -> None:
    pot.earmark(terms.encoded)
    pot.earmark(b"")
    found = pot.matching.round()
    assert found.ends_at - found.opened_at == terms.duration
    assert (found.cap_bps, found.scale_up) == (terms.cap_bps, terms.scale_up)
    assert pot.matching.terms()[0] == terms.credit


def _ready_to_end(pot: Fund, after: int) -> Proposal:
    """The opening of a fund that ends so long after it, to be executed now."""
    deadline = pot.evm.now + VOTE - 1 + after
    return pot.ready(pot.opening(Terms().encoded, True, deadline))


def test_on_open__a_fund_that_ends_before_giving_does__is_refused(pot: Fund) -> None:
    """A fund divides nothing in the second of its deadline; giving ends before that."""
    for more in (0, -1, 1 - 7 * DAY):
        proposal = _ready_to_end(pot, 7 * DAY + more)
        with pot.evm.reverts("matching: fund ends too early"):
            pot.execute(proposal)
    pot.execute(_ready_to_end(pot, 7 * DAY + 1))
    assert pot.pool.earmark(1).deadline == pot.evm.now + 7 * DAY + 1


def test_on_open__gifts_opened_so_late_that_the_fund_ends_first__are_refused(pot: Fund) -> None:
    """Giving would else go on behind the end of the fund, and nobody's gift would be matched."""
    pot.execute(_ready_to_end(pot, 14 * DAY))
    deadline = pot.pool.earmark(1).deadline
    proposal = pot.ready(pot.opening(b""))
    pot.evm.warp_to(deadline - 7 * DAY)
    with pot.evm.reverts("matching: fund ends too early"):
        pot.execute(proposal)


def test_on_open__gifts_in_the_last_second_for_it__are_taken(pot: Fund) -> None:
    pot.execute(_ready_to_end(pot, 14 * DAY))
    proposal = pot.ready(pot.opening(b""))
    pot.evm.warp_to(pot.pool.earmark(1).deadline - 7 * DAY - 1)
    pot.execute(proposal)
    assert pot.matching.round().ends_at == pot.pool.earmark(1).deadline - 1


def test_on_open__an_earmark_of_gifts_with_terms__is_refused(pot: Fund) -> None:
    pot.earmark(Terms().encoded)
    end = pot.evm.now + 100 * DAY
    for params, restricted, deadline in ((b"\0", False, 0), (b"", True, 0), (b"", False, end)):
        proposal = pot.ready(pot.opening(params, restricted, deadline))
        with pot.evm.reverts("matching: not plain for gifts"):
            pot.execute(proposal)
    pot.earmark(b"")


def test_everything__before_both_earmarks__is_refused(pot: Fund) -> None:
    donor, matching = pot.donors[0], pot.matching
    project = pot.evm.actor("early")
    for stage in range(2):
        assert matching.round()[:1] == (0,)
        pot.nominate(project, by=donor)
        calls: list[Callable[[], Any]] = [
            lambda: matching.give(1, 1, sender=donor, value=1),
            lambda: matching.stand(sender=project),
            lambda: matching.withdraw(sender=project),
        ]
        for call in calls:
            with pot.evm.reverts("matching: nothing opened"):
                call()
        with pot.evm.reverts("matching: not over yet"):
            matching.close(sender=donor)
        with pot.evm.reverts("matching: the gift stays"):
            matching.refund(1, donor, sender=donor)
        with pot.governors() as governor:
            with pot.evm.reverts("matching: nothing to cancel"):
                matching.cancel(sender=governor)
            with pot.evm.reverts("matching: does not stand"):
                matching.strike(0, sender=governor)
        if stage == 0:
            assert (matching.round(), matching.money()) == (EMPTY, (0, 0, ETH))
            with pot.evm.reverts("matching: not divided yet"):
                matching.pay([1], sender=donor)
            pot.earmark(Terms().encoded)
    pot.earmark(b"")
    assert matching.stand(sender=project) == 1


def test_implementation__itself__can_be_used_by_nobody(evm: Evm, outsider: Actor) -> None:
    bare = evm.implementation("Matching")
    with evm.reverts("matching: only the pool"):
        bare.on_open(1, Terms().encoded, sender=outsider)
    with evm.reverts("matching: only the governor"):
        bare.strike(1, sender=outsider)
    with evm.reverts("matching: governor cancels"):
        bare.cancel(sender=outsider)
    with evm.reverts("matching: nothing opened"):
        bare.give(1, 1, sender=outsider, value=1)


def test_signing__domain_and_neighbours__are_the_clones_own(pot: Fund) -> None:
    said = pot.matching.eip712Domain()
    assert said[:5] == (b"\x0f", "Millpond", "1", pot.evm.chain_id, pot.matching.address)
    neighbours = [getattr(pot.matching, name)() for name in ("hub", "pool", "governor")]
    assert neighbours == [pot.hub.address, pot.pool.address, pot.governor.address]


def test_round__of_a_real_co_op__is_opened_struck_and_cancelled_by_real_votes(evm: Evm) -> None:
    """One rules vote installs it and opens both earmarks; strikes and the end of it are others."""
    coop, kind = Coop(evm), kind_of("Matching")
    matching = evm.at("Matching", coop.hub.next_install(coop.pool, kind, b""))
    install = (coop.hub, 0, coop.hub.calldata("install", kind, b""))
    terms = Terms(duration=60 * DAY).encoded
    opened = [
        (coop.pool, 0, coop.pool.calldata("open_earmark", n, *PURPOSE, matching, False, 0, params))
        for n, params in ((1, terms), (2, b""))
    ]
    proposal = coop.propose(install, *opened, text="a round")
    assert coop.word(proposal)["kind"] == RULES
    coop.open(proposal)
    coop.vote(proposal, 1, *coop.founders)
    evm.warp_to(coop.governor.proposalDeadline(proposal.id) + 1)
    evm.warp_to(coop.governor.proposalEta(proposal.id))
    coop.execute(proposal)
    evm.warp(1)
    for number in (1, 2):
        account = evm.actor(f"project {number}")
        matching.nominate(account, "ipfs://about", bytes(32), sender=coop.founders[0])
        assert matching.stand(sender=account) == number
        matching.give(number, 50, sender=coop.founders[number], value=50)
    striking = (matching, 0, matching.calldata("strike", 1))
    assert coop.word(coop.propose(striking, text="?"))["kind"] == RULES
    coop.enact(striking, text="strike")
    (log,) = named(evm, "ProjectLeft")
    assert log.args == {
        "account": evm.actor("project 1").address,
        "project": 1,
        "struck": True,
    }
    again = (matching, 0, matching.calldata("nominate", evm.actor("project 1"), "", bytes(32)))
    with evm.reverts("nomination: struck out by vote"):
        matching.nominate(evm.actor("project 1"), "", bytes(32), sender=coop.founders[1])
    coop.enact(again, text="once more")
    assert matching.stand(sender=evm.actor("project 1")) == 3
    coop.enact((matching, 0, matching.calldata("cancel")), text="cancel")
    for number in (1, 2):
        matching.refund(number, coop.founders[number], sender=coop.relayer)
    assert coop.pool.reserved(2, ETH) == coop.pool.unreserved(2, ETH) == 0
