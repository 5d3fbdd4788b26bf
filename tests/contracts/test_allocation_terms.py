# SPDX-License-Identifier: AGPL-3.0-only
"""How a round is opened: its terms, and everybody who may not give it any."""

from collections.abc import Callable
from typing import Any

import pytest
from eth_abi.abi import encode

from tests.contracts.allocations import LINEAR, ROOT, Round, Terms
from tests.contracts.coop import DAY, PURPOSE, RULES, ZERO, Coop, kind_of, named
from tests.contracts.evm import ETH, Actor, Contract, Evm
from tests.contracts.pools import House

YEAR = 366 * DAY


class Bare:
    """An Allocation that is a part of a pool with a small Governor, and has no earmark yet."""

    def __init__(self, house: House) -> None:
        self.house, self.evm = house, house.evm
        around = [house.hub, house.pool, house.governor, house.grain, house.evm.actor("identity")]
        self.allocation = house.evm.clone("Allocation", around)
        house.governor.add_hub_part(self.allocation, sender=house.hub)

    def open(self, terms: Terms | bytes, deadline: int = 0) -> None:
        """By vote."""
        params = terms if isinstance(terms, bytes) else terms.encoded
        expected = self.house.pool.earmark_count() + 1
        opened = (expected, *PURPOSE, self.allocation, True, deadline, params)
        self.house.pool.open_earmark(*opened, sender=self.house.governor)


@pytest.fixture
def bare(house: House) -> Bare:
    return Bare(house)


def test_on_open__good_terms__are_frozen_and_told(bare: Bare) -> None:
    terms = Terms(bare.house.dollar.address, ROOT, 7 * DAY, 3, 2)
    bare.open(terms)
    (log,) = named(bare.evm, "RoundOpened")
    assert (log.name, log.address) == ("RoundOpened", bare.allocation.address)
    assert log.args == {"earmark_id": 1, "terms": tuple(terms)}
    assert bare.allocation.head() == (bare.evm.now, 7 * DAY, 3, 0, 0, ROOT, 2, 0, 0, 0)
    assert bare.allocation.money() == (1, bare.house.dollar.address)


def test_on_open__through_the_pool__is_one_vote_with_the_install(evm: Evm) -> None:
    crowd = Round(evm, restricted=True, deadline=evm.now + 1000 * DAY)
    earmark = crowd.pool.earmark(1)
    assert (earmark.spender, earmark.restricted) == (crowd.allocation.address, True)
    assert crowd.allocation.head().opened_at == crowd.opened_at
    neighbours = [getattr(crowd.allocation, name)() for name in ("hub", "pool", "governor")]
    assert neighbours == [crowd.hub.address, crowd.pool.address, crowd.governor.address]


def test_on_open__by_anyone_but_the_pool__is_refused(bare: Bare, outsider: Actor) -> None:
    house = bare.house
    for caller in (house.governor, house.hub, house.friend, outsider):
        with bare.evm.reverts("allocation: only the pool"):
            bare.allocation.on_open(1, Terms().encoded, sender=caller)


def test_on_open__a_second_time__is_refused(bare: Bare) -> None:
    bare.open(Terms())
    for terms in (Terms(), Terms(rounds=1)):
        with bare.evm.reverts("allocation: has its earmark"):
            bare.open(terms)


def test_on_open__a_second_earmark_for_the_same_round__cannot_be_opened(evm: Evm) -> None:
    crowd = Round(evm)
    again = crowd.passed(crowd.opening(crowd.allocation, params=Terms().encoded), text="again")
    with evm.reverts("allocation: has its earmark"):
        crowd.execute(again)


def test_on_open__parameters_of_another_length__are_refused(bare: Bare) -> None:
    for params in (b"", Terms().encoded[:-1], Terms().encoded + b"\0", Terms().encoded * 2):
        with bare.evm.reverts("allocation: bad parameters"):
            bare.open(params)
    dirty = encode(["uint256"] * 5, [2**160, LINEAR, DAY, 1, 1])
    with bare.evm.reverts(""):
        bare.open(dirty)


@pytest.mark.parametrize(
    ("terms", "reason"),
    [
        (Terms(rule=0), "allocation: no such rule"),
        (Terms(rule=3), "allocation: no such rule"),
        (Terms(rule=2**255), "allocation: no such rule"),
        (Terms(quorum=0), "allocation: bad quorum"),
        (Terms(quorum=2**18 + 1), "allocation: bad quorum"),
        (Terms(period=DAY - 1), "round: bad period"),
        (Terms(period=0), "round: bad period"),
        (Terms(period=YEAR + 1), "round: bad period"),
        (Terms(rounds=0), "round: bad number of periods"),
        (Terms(rounds=1201), "round: bad number of periods"),
    ],
)
def test_on_open__terms_out_of_bounds__are_refused(bare: Bare, terms: Terms, reason: str) -> None:
    with bare.evm.reverts(reason):
        bare.open(terms)


@pytest.mark.parametrize(
    "terms",
    [
        Terms(rule=LINEAR, period=DAY, rounds=1, quorum=1),
        Terms(rule=ROOT, period=YEAR, rounds=1200, quorum=2**18),
    ],
)
def test_on_open__terms_at_the_bounds__are_taken(bare: Bare, terms: Terms) -> None:
    bare.open(terms)
    head = bare.allocation.head()
    assert (head.rule, head.period, head.rounds, head.quorum) == tuple(terms)[1:]


def test_on_open__deadline_of_the_earmark__lies_behind_the_first_period(bare: Bare) -> None:
    """In the second of its deadline an earmark promises nothing more."""
    end = bare.evm.now + 30 * DAY
    for deadline in (end - 1, end):
        with bare.evm.reverts("round: ends too early"):
            bare.open(Terms(), deadline)
    bare.open(Terms(), end + 1)
    assert bare.house.pool.earmark(1).deadline == end + 1


def test_install__of_an_allocation__takes_no_setup_and_a_rules_vote(evm: Evm) -> None:
    coop, kind = Coop(evm), kind_of("Allocation")
    assert kind in coop.hub.kinds()
    proposal = coop.propose((coop.hub, 0, coop.hub.calldata("install", kind, b"")))
    assert coop.word(proposal)["kind"] == RULES
    bad = coop.passed((coop.hub, 0, coop.hub.calldata("install", kind, bytes(4))), text="setup")
    with evm.reverts("hub: not a call of its setup"):
        coop.execute(bad)


def test_everything__before_an_earmark_is_opened__is_refused(bare: Bare) -> None:
    allocation, founder = bare.allocation, bare.house.friend
    bare.house.governor.admit(founder, sender=founder)
    assert allocation.head() == (0,) * 10
    assert allocation.money() == (0, ETH)
    calls: list[Callable[[], Any]] = [
        lambda: allocation.close_period(sender=founder),
        lambda: allocation.cast(0, sender=founder),
        lambda: allocation.cast_for(founder, 0, 0, 2**40, b"", sender=founder),
        lambda: allocation.cast_by_signatures(2**40, [], sender=founder),
        lambda: allocation.drop([], sender=founder),
    ]
    for call in calls:
        with bare.evm.reverts("round: nothing opened"):
            call()
    with bare.evm.reverts("allocation: nothing to pay"):
        allocation.pay([1], sender=founder)


def test_implementation__itself__can_be_used_by_nobody(evm: Evm, outsider: Actor) -> None:
    bare: Contract = evm.implementation("Allocation")
    with evm.reverts("allocation: only the pool"):
        bare.on_open(1, Terms().encoded, sender=outsider)
    with evm.reverts("allocation: only the governor"):
        bare.strike(1, sender=outsider)
    with evm.reverts("round: nothing opened"):
        bare.close_period(sender=outsider)


def test_signing__domain__is_the_clones_own(evm: Evm) -> None:
    crowd = Round(evm)
    said = crowd.allocation.eip712Domain()
    assert said[:5] == (b"\x0f", "Millpond", "1", evm.chain_id, crowd.allocation.address)
    assert named(evm, "EIP712DomainChanged") == []
    assert crowd.allocation.candidacy_of(ZERO) == (0, 0, False, False)
