# SPDX-License-Identifier: AGPL-3.0-only
"""A team paid in tokens that misbehave, and payees that do. Each kind of token is made, owed or
refused as a payment of the Pool is (odd_tokens.py): what waited is paid or owed once and never
more; refused, it waits as before. A payday itself does not need the token at all.
"""

from dataclasses import dataclass
from fractions import Fraction
from math import floor

import pytest

from tests.contracts.evm import ETH, Contract, Evm
from tests.contracts.odd_tokens import BEHAVIOURS, OWED, PAID, SHORT, Behaviour, Oddity
from tests.contracts.pools import House
from tests.contracts.teams import Crew, Payday

GAS = 3_000_000
WHOLE = 10**18

# What members accept is voted, not told by the test; see below.
KINDS = [kind for kind in BEHAVIOURS if not kind.name.endswith("the loss accepted")]
each_kind = pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)


@dataclass(frozen=True)
class Stage:
    """750 of the token wait for the payee and 250 for a friend; 1,000 more are in the earmark."""

    crew: Crew
    odd: Oddity

    @property
    def waiting(self) -> list[int]:
        return self.crew.waiting(self.odd.house.payee, self.odd.house.friend)


@pytest.fixture
def stage(evm: Evm) -> Stage:
    """The token behaves still."""
    token = evm.deploy("OddToken")
    crew = Crew(evm, 0, asset=token)
    patron, friend, payee = evm.actor("patron"), evm.actor("friend"), evm.actor("payee")
    crew.join(payee, friend)
    crew.decide(crew.putting(payee, friend))
    crew.end_period()
    crew.give(1_000)
    crew.take(1_500, 500, people=[payee, friend])
    crew.close()
    crew.give(1_000)
    people = (patron, friend, payee)
    grain = evm.actor("grain")
    house = House(evm, crew.pool, crew.governor, crew.dollar, crew.hub, grain, *people)
    return Stage(crew, Oddity(house, token, crew.team, 1))


def pay(stage: Stage) -> None:
    people = [stage.odd.house.payee, stage.odd.house.friend]
    stage.crew.team.pay(people, sender=stage.crew.relayer, gas=GAS)


def claim(stage: Stage) -> None:
    payee = stage.odd.house.payee
    stage.crew.team.claim(payee, sender=payee, gas=GAS)


@pytest.mark.parametrize("way", [claim, pay])
@each_kind
def test_pay__in_every_kind_of_token__is_made_owed_or_refused_as_the_pool_does(
    stage: Stage, kind: Behaviour, way: object
) -> None:
    crew, odd = stage.crew, stage.odd
    assert stage.waiting == [750, 250]
    assert crew.books() == (1_000, 1_000)
    kind.begin(odd)
    due = 750 if way is claim else 1_000
    step = claim if way is claim else pay
    # whoever is robbed by the first payment is short at the second
    payment = SHORT if kind.robs and way is pay else kind.payment
    if payment in (PAID, OWED):
        step(stage)
        assert stage.waiting == [0, 250 if way is claim else 0]
        assert crew.books() == (1_000, 1_000 - due)
        owed = sum(crew.pool.owed(odd.token, who) for who in (odd.house.payee, odd.house.friend))
        assert owed == (due if payment == OWED else 0)
    else:
        with crew.evm.reverts(payment):
            step(stage)
        assert stage.waiting == [750, 250]
        assert crew.books() == (1_000, 1_000)


def test_close_period__in_every_kind_of_token__does_not_ask_it(stage: Stage) -> None:
    """A promise is the Pool's own, whatever the token has become meanwhile."""
    evm, team = stage.crew.evm, stage.crew.team
    for kind in KINDS:
        point = evm.snapshot()
        kind.begin(stage.odd)
        assert stage.crew.close() == Payday(3, 1_000, 2_000, 0), kind.name
        assert stage.waiting == [1_500, 500], kind.name
        team.set_take(0, sender=stage.odd.house.friend)
        team.leave(sender=stage.odd.house.payee)
        evm.restore(point)


def test_claim__while_the_token_is_short__waits_until_the_loss_is_accepted(stage: Stage) -> None:
    """And is then paid at the factor, whoever comes first."""
    crew, token = stage.crew, stage.odd.token
    token.burn(crew.pool, 500, sender=crew.relayer)
    for step in (claim, pay):
        with crew.evm.reverts(SHORT):
            step(stage)
    loss = (crew.pool, 0, crew.pool.calldata("accept_loss", token, 1))
    crew.decide(loss)
    factor = Fraction(crew.pool.factor_of(token), WHOLE)
    assert factor == Fraction(3, 4)
    pay(stage)
    paid = [token.balanceOf(who) for who in (stage.odd.house.payee, stage.odd.house.friend)]
    assert paid == [floor(750 * factor), floor(250 * factor)]


# --- payees of ether -------------------------------------------------------------------------

REFUSES, EATS_GAS, LONG_ANSWER = 1, 2, 4


@pytest.fixture
def odd_mate(evm: Evm) -> Contract:
    """A contract that is a member and on the team."""
    return evm.deploy("OddPayee")


@pytest.fixture
def crew(evm: Evm, odd_mate: Contract) -> Crew:
    """300 wei wait for each of three, the first of them a contract."""
    crew = Crew(evm, 2, asset=ETH)
    crew.join(odd_mate)
    crew.decide(crew.putting(odd_mate))
    crew.end_period()
    crew.give(900)
    crew.take(300, 300, 300, people=[odd_mate, *crew.mates])
    crew.close()
    return crew


@pytest.mark.parametrize("way", [REFUSES, EATS_GAS, LONG_ANSWER])
def test_pay__a_payee_that_takes_no_ether__is_owed_and_the_others_are_paid(
    crew: Crew, odd_mate: Contract, way: int
) -> None:
    odd_mate.behave(way, sender=crew.relayer)
    before = [crew.has(who) for who in crew.mates]
    crew.team.pay([odd_mate, *crew.mates], sender=crew.relayer)
    assert [crew.has(who) - had for who, had in zip(crew.mates, before, strict=True)] == [300, 300]
    assert crew.pool.owed(ETH, odd_mate) == 300
    assert crew.waiting(odd_mate, *crew.mates) == [0, 0, 0]
    with crew.evm.reverts("team: nothing waits"):
        crew.team.claim(crew.chair, sender=odd_mate)
    crew.pool.withdraw(ETH, crew.chair, sender=odd_mate)


@pytest.mark.parametrize("call", ["claim", "pay", "set_take", "leave", "close_period"])
@pytest.mark.parametrize("first", ["claim", "pay"])
def test_pay__a_payee_that_calls_back__finds_the_team_locked(
    crew: Crew, odd_mate: Contract, first: str, call: str
) -> None:
    calls = {
        "claim": (odd_mate,),
        "pay": ([odd_mate, *crew.mates],),
        "set_take": (9_999,),
        "leave": (),
        "close_period": (),
    }
    crew.end_period()  # so that each of these would do something
    again = crew.team.calldata(call, *calls[call])
    odd_mate.call_back(crew.team, again, sender=crew.relayer)
    before = crew.has(odd_mate)
    if first == "claim":
        crew.team.claim(odd_mate, sender=odd_mate)
    else:
        crew.team.pay([odd_mate], sender=crew.relayer)
    (called,) = [log for log in crew.evm.logs if log.name == "CalledBack"]
    assert called.args["ok"] is False
    assert crew.has(odd_mate) == before + 300
    assert crew.waiting(odd_mate, *crew.mates) == [0, 300, 300]
    assert crew.team.take_of(odd_mate) == (300, 300, True)
    assert crew.books() == (0, 600)


def test_claim__a_payee_that_reads_in_the_call__finds_it_paid(
    crew: Crew, odd_mate: Contract
) -> None:
    view = crew.team.calldata("waiting_of", odd_mate)
    odd_mate.call_back(crew.team, view, sender=crew.relayer)
    crew.team.claim(odd_mate, sender=odd_mate)
    (called,) = [log for log in crew.evm.logs if log.name == "CalledBack"]
    assert called.args["ok"] is True
    assert int.from_bytes(called.args["answer"][-32:]) == 0
