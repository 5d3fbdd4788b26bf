# SPDX-License-Identifier: AGPL-3.0-only
"""What a Team is opened with, within which bounds, and whom it obeys."""

from typing import Any

import pytest

from tests.contracts.coop import DAY, PURPOSE, RULES, Coop, kind_of
from tests.contracts.evm import ETH, Actor, Evm, Reverted
from tests.contracts.teams import MONTH, MOST_TAKE, VOTE, Crew, Terms


def bare(evm: Evm) -> Crew:
    """A team that serves earmark 1, and another one that has none yet."""
    crew = Crew(evm, 0)
    crew.team = crew.installed()
    return crew


def opened(crew: Crew, deadline: int = 0, **terms: Any) -> None:
    """Carries out a vote that opens earmark 2 for it."""
    params = Terms(crew.asset.address, **terms).encoded
    crew.decide(crew.opening(deadline=deadline, params=params))


def refused(crew: Crew, reason: str, params: bytes, deadline: int = 0) -> None:
    """The same vote is not carried out, for that reason."""
    ready = crew.ready(crew.opening(deadline=deadline, params=params))
    with crew.evm.reverts(reason):
        crew.execute(ready)


def test_on_open__of_a_new_earmark__freezes_its_terms(evm: Evm) -> None:
    crew = bare(evm)
    assert crew.team.head() == (0,) * 8
    assert crew.team.money() == (0, ETH)
    opened(crew, period=MONTH, paydays=7, inviters=3, throttle=55)
    (told,) = crew.own()
    terms = (crew.asset.address, MONTH, 7, 3, 55)
    assert told.name == "TeamOpened"
    assert told.args == {"earmark_id": 2, "terms": terms}
    assert crew.team.head() == (evm.now, MONTH, 7, 0, 0, 3, 0, 0)
    assert crew.team.throttle() == (55, 0)
    assert crew.team.money() == (2, crew.asset.address)


@pytest.mark.parametrize(
    ("terms", "reason"),
    [
        ({"period": DAY - 1}, "round: bad period"),
        ({"period": 366 * DAY + 1}, "round: bad period"),
        ({"paydays": 0}, "round: bad number of periods"),
        ({"paydays": 1_201}, "round: bad number of periods"),
        ({"inviters": 0}, "team: bad number of inviters"),
        ({"inviters": 65}, "team: bad number of inviters"),
        ({"throttle": MOST_TAKE + 1}, "team: throttle too high"),
        ({"period": 2**32 + DAY}, "round: bad period"),
        ({"paydays": 2**256 - 1}, "round: bad number of periods"),
        ({"inviters": 257}, "team: bad number of inviters"),
    ],
)
def test_on_open__terms_out_of_bounds__is_refused(
    evm: Evm, terms: dict[str, Any], reason: str
) -> None:
    refused(bare(evm), reason, Terms(**terms).encoded)


@pytest.mark.parametrize(
    "terms",
    [
        {"period": DAY, "paydays": 1, "inviters": 1},
        {"period": 366 * DAY, "paydays": 1_200, "inviters": 64, "throttle": MOST_TAKE},
    ],
)
def test_on_open__terms_at_the_bounds__are_taken(evm: Evm, terms: dict[str, int]) -> None:
    crew = bare(evm)
    opened(crew, **terms)
    head = crew.team.head()
    kept = {"period": head.period, "paydays": head.rounds, "inviters": head.inviters}
    assert kept == {name: terms[name] for name in kept}
    assert crew.team.throttle() == (terms.get("throttle", 0), 0)


@pytest.mark.parametrize("length", [0, 128, 159, 161, 192])
def test_on_open__parameters_of_another_length__is_refused(evm: Evm, length: int) -> None:
    params = (Terms().encoded + bytes(32))[:length]
    refused(bare(evm), "team: bad parameters", params)


def test_on_open__an_asset_that_is_no_address__is_refused(evm: Evm) -> None:
    refused(bare(evm), "", b"\1" + Terms().encoded[1:])


def test_on_open__a_deadline__leaves_time_for_the_first_payday(evm: Evm) -> None:
    crew = bare(evm)
    at = evm.now + VOTE  # when the votes below are carried out
    soon = crew.ready(crew.opening(deadline=at + MONTH, params=Terms().encoded))
    assert evm.now == at
    with evm.reverts("round: ends too early"):
        crew.execute(soon)
    later = crew.ready(crew.opening(deadline=evm.now + VOTE + MONTH + 1, params=Terms().encoded))
    crew.execute(later)
    assert crew.team.head().opened_at == evm.now


def test_on_open__by_others__is_refused(evm: Evm, outsider: Actor) -> None:
    crew = bare(evm)
    for caller in (outsider, crew.hub, crew.chair, crew.patron):
        with evm.reverts("team: only the pool"):
            crew.team.on_open(2, Terms().encoded, sender=caller)


def test_on_open__a_second_earmark__is_refused(evm: Evm) -> None:
    crew = Crew(evm)
    refused(crew, "team: has its earmark", Terms().encoded)
    assert crew.team.money() == (1, crew.asset.address)


def test_calls__before_an_earmark_is_opened__are_refused(evm: Evm) -> None:
    crew = bare(evm)
    calls: list[tuple[str, tuple[Any, ...]]] = [
        ("close_period", ()),
        ("set_take", (1,)),
        ("invite", (crew.patron,)),
        ("leave", ()),
        ("drop", ([],)),
    ]
    for function, arguments in calls:
        with evm.reverts("round: nothing opened"):
            getattr(crew.team, function)(*arguments, sender=crew.chair)
    ready = crew.ready(crew.putting(crew.chair))
    with evm.reverts("round: nothing opened"):
        crew.execute(ready)
    with evm.reverts("team: nothing to pay"):
        crew.team.pay([crew.chair], sender=crew.relayer)
    with evm.reverts("team: nothing waits"):
        crew.team.claim(crew.chair, sender=crew.chair)
    assert crew.team.waiting_of(crew.chair) == 0
    assert crew.team.take_of(crew.chair) == (0, 0, False)


def test_calls__to_the_bare_implementation__are_refused(evm: Evm, outsider: Actor) -> None:
    bare_one = evm.implementation("Team")
    for function, arguments in (
        ("on_open", (1, Terms().encoded)),
        ("close_period", ()),
        ("admit", ([outsider],)),
        ("remove", (1,)),
        ("pay", ([outsider],)),
    ):
        with pytest.raises(Reverted):
            getattr(bare_one, function)(*arguments, sender=outsider)
    assert bare_one.head() == (0,) * 8


def test_neighbours__of_a_clone__stand_in_its_code(evm: Evm) -> None:
    crew = Crew(evm, 0)
    around = (crew.team.hub(), crew.team.pool(), crew.team.governor())
    assert around == (crew.hub.address, crew.pool.address, crew.governor.address)


# --- as a real co-op has it --------------------------------------------------------------------


def test_install__by_the_hub_in_one_proposal__a_restricted_earmark_is_paid_out(coop: Coop) -> None:
    """The Hub installs it, the Pool opens a restricted earmark for it, the team is put on it."""
    evm, kind = coop.evm, kind_of("Team")
    team = evm.at("Team", coop.hub.next_install(coop.pool, kind, b""))
    params = Terms(coop.dollar.address, inviters=1).encoded
    terms = (1, *PURPOSE, team, True, 0, params)
    coop.enact(
        (coop.hub, 0, coop.hub.calldata("install", kind, b"")),
        (coop.pool, 0, coop.pool.calldata("open_earmark", *terms)),
        (team, 0, team.calldata("admit", coop.founders[:2])),
        text="a team",
    )
    ada, ben, eve = coop.founders
    evm.warp(1)
    coop.give(1_000, coop.dollar, 1)
    team.set_take(300, sender=ada)
    team.set_take(100, sender=ben)
    team.invite(eve, sender=ben)
    team.set_take(200, sender=eve)
    evm.warp(MONTH)
    team.close_period(sender=coop.relayer)
    team.pay([ada, ben, eve], sender=coop.relayer)
    assert [coop.dollar.balanceOf(who) for who in (ada, ben, eve)] == [300, 100, 200]
    assert coop.pool.unreserved(1, coop.dollar) == 400
    assert coop.pool.reserved(1, coop.dollar) == 0


def test_admit_and_remove__as_a_vote_of_each_class__take_the_rules_class(evm: Evm) -> None:
    crew = Crew(evm)
    for action in (crew.putting(crew.chair), crew.taking_off(crew.mates[0])):
        proposal = crew.propose(action, text=f"which class? {action[2].hex()}")
        assert crew.word(proposal)["kind"] == RULES
        crew.evm.warp(4 * DAY)


def test_admit_and_remove__by_everybody_else__are_refused(evm: Evm, outsider: Actor) -> None:
    crew = Crew(evm)
    for caller in (outsider, crew.chair, crew.mates[0], crew.hub, crew.relayer):
        with evm.reverts("team: only the governor"):
            crew.team.admit([crew.chair], sender=caller)
        with evm.reverts("team: only the governor"):
            crew.team.remove(crew.seat(crew.mates[1]), sender=caller)


def test_calls__with_ether__are_refused(evm: Evm) -> None:
    crew = Crew(evm)
    for function, arguments in (("set_take", (1,)), ("leave", ()), ("close_period", ())):
        with evm.reverts(""):
            getattr(crew.team, function)(*arguments, sender=crew.mates[0], value=1)
