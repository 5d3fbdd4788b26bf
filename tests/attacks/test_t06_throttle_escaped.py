# SPDX-License-Identifier: AGPL-3.0-only
"""T06: a mate leaves the team and comes back, or moves her seat, to escape what binds her on it.

Who and what for: she wants more than twice her last take at once: she doubles it, leaves, is
invited again and doubles it again. Or the only one with a take leaves, so that her friend, who had
none, may set any. Or one mate invites with two keys where two mates are needed.
In the world: limits by account that are met with a second account; Gittip and Liberapay have the
throttle for what follows: a take that jumps, and nobody saw it coming.
The defence: what somebody took at the last payday is noted once a period, by seat, whatever she
does meanwhile (`teams._change`); that somebody wanted something is kept with the payday
(`teams.WANTED`); who has invited is a seat (`roster.invite`). A removal is of a seat too
(`roster.remove`).
"""

from tests.attacks.money import Outcome, on_both, strike
from tests.attacks.teams_weak import CARELESS
from tests.contracts.evm import Evm
from tests.contracts.teams import Crew

LAST = 400


def throttled(evm: Evm) -> Crew:
    """A payday was held at which the first took 400, the others nothing."""
    crew = Crew(evm, throttle=10)
    crew.take(LAST)
    crew.give(LAST)
    crew.close()
    return crew


def comes_back(evm: Evm) -> Outcome:
    """Doubled, left, invited again, doubled once more; what she may take beyond twice."""
    crew = throttled(evm)
    ada, *others = crew.mates
    crew.take(2 * LAST)
    crew.team.leave(sender=ada)
    for mate in others:
        crew.team.invite(ada, sender=mate)
    refused = strike(evm, crew.team.set_take, 4 * LAST, sender=ada)
    if refused:
        crew.take(2 * LAST)
    return Outcome(refused, crew.team.take_of(ada)[0] - 2 * LAST)


def makes_room(evm: Evm) -> Outcome:
    """Only she had a take; her friend may take the throttle's own 10."""
    crew = throttled(evm)
    crew.team.leave(sender=crew.mates[0])
    refused = strike(evm, crew.team.set_take, 10**9, sender=crew.mates[1])
    return Outcome(refused, crew.team.take_of(crew.mates[1])[0])


def invites_with_two_keys(evm: Evm) -> Outcome:
    """One mate, and a seat that moves; whether the friend is on the team then."""
    crew = Crew(evm)
    (friend,) = crew.members(1)
    ada, key = crew.mates[0], evm.actor("ada's other key")
    crew.team.invite(friend, sender=ada)
    crew.moved(ada, key)
    refused = strike(evm, crew.team.invite, friend, sender=key)
    return Outcome(refused, int(crew.team.take_of(friend)[2]))


def test_set_take__left_and_came_back_in_the_period__grows_from_the_last_payday() -> None:
    shipped, weak = on_both(comes_back, CARELESS)
    assert shipped == Outcome("team: grows too fast", 0)
    assert weak == Outcome("", 2 * LAST)


def test_set_take__the_only_one_with_a_take_left__has_a_limit_still() -> None:
    shipped, weak = on_both(makes_room, CARELESS)
    assert shipped == Outcome("team: grows too fast", 0)
    assert weak == Outcome("", 10**9)


def test_invite__by_another_key_of_the_same_seat__is_refused() -> None:
    shipped, weak = on_both(invites_with_two_keys, CARELESS)
    assert shipped == Outcome("team: invited already", 0)
    assert weak == Outcome("", 1)


def test_remove__her_seat_moves_while_the_vote_runs__it_finds_her() -> None:
    evm = Evm()
    crew = throttled(evm)
    ada, key = crew.mates[0], evm.actor("ada's other key")
    ready = crew.ready(crew.taking_off(ada))
    crew.moved(ada, key)
    crew.execute(ready)
    assert crew.team.take_of(key) == (0, LAST, False)
    assert strike(evm, crew.team.set_take, 1, sender=key) == "team: no member in time"
    crew.end_period()
    assert strike(evm, crew.team.set_take, 1, sender=key) == "team: only the team takes"
