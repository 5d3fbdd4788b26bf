# SPDX-License-Identifier: AGPL-3.0-only
"""T37: one person makes many members.

Who and what for: two of ten, who bring accounts of their own, or move the seats of members who
are asleep to them, until they are more than half; then the fund is theirs.
In the world: the one-member-one-vote form of Beanstalk: membership stuffing, as in party
primaries and building societies; Gitcoin's sybils.
The defence: as many sponsors as the ways say, members for a day, each once (modules/sponsors.vy);
a share of the members that limits how many join in a period, moved seats too
(`ways_in._count_join`); nobody new votes on what is open; and the old key's objection
(`rebinding.object_to_rebind`). What is not prevented: friends who come in slowly, by the members'
own leave (SECURITY.md).
"""

import pytest

from tests.attacks.money import Outcome, on_both, strike
from tests.attacks.votes import FUND, carried_out, funded, ready, robbing
from tests.attacks.votes_weak import CROWDED
from tests.contracts.coop import DAY, FOR, Coop, Ways, ascending
from tests.contracts.evm import Actor, Evm, Reverted
from tests.contracts.test_admission_join import inviting, join
from tests.contracts.test_admission_rebind_sponsors import papers

FEW = Ways(joins_bps=2000)


def socks(evm: Evm, count: int) -> list[Actor]:
    """Accounts of one person."""
    return [evm.actor(f"sock {n}") for n in range(count)]


def take_over(coop: Coop, *more: Actor) -> Outcome:
    """The two and those who got in vote the fund away."""
    coop.evm.warp(1)
    proposal = robbing(coop)
    coop.open(proposal)
    mine = [each for each in (*coop.founders[:2], *more) if coop.governor.isMember(each)]
    coop.vote(proposal, FOR, *mine)
    for honest in coop.founders[2:]:
        if coop.governor.isMember(honest):
            coop.vote(proposal, 0, honest)
    ready(coop, proposal)
    return carried_out(coop, proposal)


def stuff(evm: Evm) -> tuple[Outcome, int]:
    """They invite a dozen at once."""
    coop = funded(evm, founders=10, ways=FEW)
    pair, mine, refused = ascending(coop.founders[:2]), socks(evm, 12), ""
    for sock in mine:
        refused = strike(evm, join, coop, sock, pair)
    found = take_over(coop, *mine)
    return Outcome(refused, found.won), coop.governor.member_count()


def one_who_signs_twice(evm: Evm) -> tuple[Outcome, int]:
    """One sponsor, who stands in the list two times."""
    coop = funded(evm, ways=Ways(joins_bps=10_000))
    one, sock = coop.founders[0], evm.actor("sock")
    refused = strike(evm, join, coop, sock, [one, one])
    return Outcome(refused, 0), coop.governor.member_count()


def chain_of_newcomers(evm: Evm) -> tuple[Outcome, int]:
    """Who came in a second ago brings the next."""
    coop = funded(evm, ways=Ways(joins_bps=10_000, sponsors=1))
    first, second = socks(evm, 2)
    join(coop, first, coop.founders[:1])
    evm.warp(1)
    refused = strike(evm, join, coop, second, [first])
    return Outcome(refused, 0), coop.governor.member_count()


def move_the_sleepers(evm: Evm) -> tuple[Outcome, int]:
    """They say that seven have lost their keys, and nobody of these looks for a week."""
    coop = funded(evm, founders=10, ways=FEW)
    pair, asleep, mine = ascending(coop.founders[:2]), coop.founders[2:9], socks(evm, 7)
    for old, sock in zip(asleep, mine, strict=True):
        coop.admission.rebind_by_sponsors(*papers(coop, old, sock, pair), sender=sock)
    evm.warp(7 * DAY)
    refused = ""
    for old, sock in zip(asleep, mine, strict=True):
        refused = strike(evm, coop.admission.complete_rebind, old, 0, b"", sender=sock)
    found = take_over(coop, *mine)
    return Outcome(refused, found.won), sum(map(coop.governor.isMember, mine))


def take_one_who_objects(evm: Evm) -> tuple[Outcome, int]:
    """The seat of one who is awake."""
    coop = funded(evm, ways=FEW)
    *two, old = coop.founders
    sock = evm.actor("sock")
    sponsored = papers(coop, old, sock, ascending(two))
    coop.admission.rebind_by_sponsors(*sponsored, sender=sock)
    coop.admission.object_to_rebind(sender=old)
    evm.warp(7 * DAY)
    refused = strike(evm, coop.admission.complete_rebind, old, 0, b"", sender=sock)
    return Outcome(refused, 0), int(coop.governor.isMember(sock))


FULL = "admission: enough have joined in this period"


def test_join__a_dozen_accounts_of_two_members__lets_in_a_share() -> None:
    shipped, weak = on_both(stuff, CROWDED)
    assert shipped == ((FULL, 0), 12)
    assert weak == (("", FUND), 22)


def test_complete_rebind__of_seven_sleeping_members__moves_a_share() -> None:
    shipped, weak = on_both(move_the_sleepers, CROWDED)
    assert shipped == ((FULL, 0), 2)
    assert weak == (("", FUND), 7)


def test_join__one_sponsor_twice__is_refused() -> None:
    shipped, weak = on_both(one_who_signs_twice, CROWDED)
    assert shipped == (("admission: sponsors by ascending address", 0), 3)
    assert weak == (("", 0), 4)


def test_join__by_who_came_in_just_now__is_refused() -> None:
    shipped, weak = on_both(chain_of_newcomers, CROWDED)
    assert shipped == (("admission: a sponsor joined too lately", 0), 4)
    assert weak == (("", 0), 5)


def test_complete_rebind__of_a_member_who_objects__is_refused() -> None:
    shipped, weak = on_both(take_one_who_objects, CROWDED)
    assert shipped == (("admission: no rebind to complete", 0), 0)
    assert weak == (("", 0), 1)


@pytest.mark.parametrize("colluding", [0, 1])
def test_join__any_number_of_accounts_with_too_few_members__changes_nothing(colluding: int) -> None:
    """Fifty accounts that sign for each other, with no member or one: nobody comes in."""
    evm = Evm()
    coop = funded(evm, ways=Ways(joins_bps=10_000))
    mine = socks(evm, 50)
    reasons = set()
    for n, sock in enumerate(mine):
        pair = ascending([*coop.founders[:colluding], *mine[n - 2 + colluding : n]])[:2]
        pair = pair if len(pair) == 2 else ascending(mine[:2])
        signed = [each.sign(inviting(coop, sock, each)) for each in pair]
        arguments = (sock, evm.now + DAY, pair, signed, b"")
        with pytest.raises(Reverted) as refused:
            coop.admission.join(*arguments, sender=sock)
        reasons.add(refused.value.reason)
    assert reasons == {"admission: a sponsor is not a member"}
    assert coop.governor.member_count() == 3


@pytest.mark.parametrize(("joins_bps", "days"), [(1000, 42), (2000, 21), (5000, 7)])
def test_join__as_fast_as_the_share_allows__half_of_all_seats_take_so_many_days(
    joins_bps: int, days: int
) -> None:
    """What it costs two of ten to be more than half, if no other member ever looks."""
    evm = Evm()
    coop = funded(evm, founders=10, ways=Ways(joins_bps=joins_bps))
    pair, started, count = ascending(coop.founders[:2]), evm.now, 0
    while 2 + count <= 8:
        if coop.admission.joins_left():
            join(coop, evm.actor(f"slow sock {count}"), pair)
            count += 1
        else:
            evm.warp(DAY)
    assert (evm.now - started) // DAY == days
