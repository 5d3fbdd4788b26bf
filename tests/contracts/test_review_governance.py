# SPDX-License-Identifier: AGPL-3.0-only
"""Stories that a hostile review told of votes and membership, with the ends they have now.

The rules are those of the parameters that people copy, unless a story needs others.
"""

from collections.abc import Sequence

import pytest

from scripts import _params
from tests.contracts.compiled import ROOT
from tests.contracts.coop import (
    AGAINST,
    DAY,
    DEFEATED,
    EXECUTED,
    FOR,
    MEMBERSHIP,
    SUCCEEDED,
    Action,
    Coop,
    Desk,
    Proposal,
    Rule,
    Ways,
    ascending,
    named,
    poke,
    stricter,
    values,
)
from tests.contracts.evm import ETH, GAS_LIMIT, Actor, Evm
from tests.contracts.test_admission import setting
from tests.contracts.test_admission_join import inviting, join

PATTERN = _params.load(ROOT / "scripts" / "params" / "local.yaml")
CLASSES = PATTERN.rules
LOCAL = tuple(
    Rule(*each.model_dump().values())
    for each in (CLASSES.ordinary, CLASSES.membership, CLASSES.rules, CLASSES.consent)
)
WAYS = Ways(*PATTERN.ways.model_dump().values())


def local(evm: Evm, founders: int, ways: Ways = WAYS) -> Coop:
    """A co-op under the rules that people copy, two days old."""
    coop = Coop(evm, founders=founders, rules=LOCAL, ways=ways)
    evm.warp(2 * DAY)
    return coop


def carried(coop: Coop, actions: Sequence[Action], by: Sequence[Actor]) -> Proposal:
    """Passed by these voters alone, nobody else awake; ready to be executed."""
    proposal = coop.opened(*actions, text=f"carried by {len(by)}", by=by[0])
    coop.vote(proposal, FOR, *by)
    coop.evm.warp_to(coop.governor.proposalEta(proposal.id))
    return proposal


def crowd(evm: Evm, many: int) -> list[Actor]:
    """Accounts that one person holds."""
    return [evm.actor(f"sock {n}") for n in range(many)]


# --- who becomes a member ----------------------------------------------------------------------


def test_admit__of_accounts_that_nobody_holds__no_vote_can_do_it(evm: Evm) -> None:
    """488 dead seats by one proposal: no vote would have reached its quorum ever again."""
    coop = local(evm, 10)
    coop.give(10)
    ghosts = [f"0x{n:040x}" for n in range(0x1000, 0x1000 + 8 * 61)]
    calls = [coop.governor.calldata("admit", ghosts[at : at + 61]) for at in range(0, 488, 61)]
    proposal = carried(coop, [(coop.governor, 0, call) for call in calls], coop.founders)
    with evm.reverts("governor: not by this caller"):
        coop.execute(proposal)
    assert coop.governor.member_count() == 10
    coop.enact(coop.spending(coop.patron, 10), text="the ten decide on")
    assert evm.balance(coop.patron) > 0


def test_offer__to_256_accounts_of_three_members__seats_a_share_of_them(evm: Evm) -> None:
    """Three of ten who are awake offer membership to themselves; the period lets two join."""
    coop = local(evm, 10)
    socks = crowd(evm, 256)
    offers = [coop.offering(*socks[at : at + 32]) for at in range(0, 256, 32)]
    coop.execute(carried(coop, offers, coop.founders[:3]))
    for sock in socks[:2]:
        coop.admission.accept(sender=sock)
    for sock in socks[2:]:
        with evm.reverts("admission: enough have joined in this period"):
            coop.admission.accept(sender=sock)
    assert coop.governor.member_count() == 12


def test_admit__more_seats_than_can_be_counted__are_never_given(evm: Evm) -> None:
    """From some number of seats on, no vote could have been counted in a transaction."""
    desk = Desk(evm)
    member, newcomer = evm.actor("member"), evm.actor("newcomer")
    desk.admit(member)
    evm.warp(1)
    desk.voters = [member]
    proposal = desk.opened((member, 0, b""))
    head = desk.governor.head()
    poke(desk.governor, "head", head & ~(2**32 - 1) | 2**18)
    with evm.reverts("members: too many seats"):
        desk.admit(newcomer)
    desk.vote(proposal, FOR, member)
    evm.warp_to(desk.governor.proposalEta(proposal.id))
    desk.execute(proposal)
    assert evm.gas_used < GAS_LIMIT * 2 // 3


# --- seats that move ---------------------------------------------------------------------------


def test_rebind__of_sleeping_members_while_a_payment_is_open__turns_no_ballot(evm: Evm) -> None:
    """Three of ten moved the seats of four others to accounts of their own, which turned the
    ballots against the payment into ballots for it."""
    coop = local(evm, 10)
    coop.give(10**18)
    three, victims, socks = coop.founders[:3], coop.founders[3:7], crowd(evm, 4)
    pairs = list(zip(victims, socks, strict=True))
    coop.execute(carried(coop, [coop.asking(*pair) for pair in pairs], three))
    evm.warp(7 * DAY)
    drain = coop.propose(coop.spending(three[0], 10**18), text="drain", by=three[1])
    evm.warp(1)
    coop.vote(drain, FOR, *three)
    coop.vote(drain, AGAINST, *victims[:3])
    for victim, sock in pairs:
        coop.admission.complete_rebind(victim, 0, b"", sender=sock)
    evm.warp(1)
    for sock in socks:
        assert coop.governor.isMember(sock)
        with evm.reverts("governor: joined too late"):
            coop.vote(drain, FOR, sock)
    assert coop.governor.proposalVotes(drain.id) == (3, 3, 0)
    evm.warp_to(coop.governor.proposalDeadline(drain.id) + 1)
    assert coop.state(drain) == DEFEATED


# --- who decides who decides -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("field", "too_low"),
    [("approval_bps", 6_666), ("quorum_bps", 1_999), ("period", 3 * DAY - 1), ("timelock", DAY)],
)
def test_rules__of_membership__are_never_easier_than_those_of_the_rules(
    evm: Evm, field: str, too_low: int
) -> None:
    """Seven of twelve cannot change the rules; with half of the votes they removed the others."""
    desk, fields = Desk(evm, rules=None), {field: too_low}
    rules = stricter(LOCAL, MEMBERSHIP, **fields)
    with evm.reverts(f"rules: {field.removesuffix('_bps')} out of bounds"):
        desk.governor.set_rules(values(rules), sender=desk.hub)


def test_remove__by_seven_of_twelve__is_defeated_as_their_rules_are(evm: Evm) -> None:
    coop = local(evm, 12)
    seven, five = coop.founders[:7], coop.founders[7:]
    out = coop.opened(*(coop.removing(each) for each in five), text="out", by=seven[0])
    rules = coop.opened(coop.ruling(LOCAL), text="rules", by=seven[1])
    for proposal in (out, rules):
        coop.vote(proposal, FOR, *seven)
        coop.vote(proposal, AGAINST, *five)
        with evm.reverts("governor: outcome not certain"):
            coop.governor.close(proposal.id, sender=seven[0])
    evm.warp_to(coop.governor.proposalDeadline(rules.id) + 1)
    assert (coop.state(out), coop.state(rules)) == (DEFEATED, DEFEATED)


def test_rules__two_of_three__are_not_more_than_two_thirds(evm: Evm) -> None:
    """The least approval is 66.67 %: in a co-op of three each member can keep the rules."""
    coop = local(evm, 3)
    proposal = coop.opened(coop.ruling(LOCAL), text="rules")
    coop.vote(proposal, FOR, *coop.founders[:2])
    coop.vote(proposal, AGAINST, coop.founders[2])
    evm.warp_to(coop.governor.proposalDeadline(proposal.id) + 1)
    assert coop.state(proposal) == DEFEATED


# --- how many join -----------------------------------------------------------------------------


def test_join__a_share_in_the_last_second_of_a_period__opens_no_other_a_second_later(
    evm: Evm,
) -> None:
    """Two of ten brought five in the last second of a period and seven more in the next."""
    coop = local(evm, 10, Ways())
    pair, socks = ascending(coop.founders[:2]), iter(crowd(evm, 20))
    join(coop, next(socks), pair)
    evm.warp(7 * DAY - 1)
    while coop.admission.joins_left():
        join(coop, next(socks), pair)
    assert coop.governor.member_count() == 15
    late = next(socks)
    for wait in (1, 7 * DAY - 2):
        evm.warp(wait)
        with evm.reverts("admission: enough have joined in this period"):
            join(coop, late, pair)
    evm.warp(1)
    join(coop, late, pair)
    assert coop.admission.joins_left() == 6


def test_set_ways__a_smaller_share_in_a_long_period__counts_at_once(evm: Evm) -> None:
    """Everybody's invitations, and a year before a vote against them would have counted."""
    coop = local(evm, 10, Ways(joins_bps=10_000, period=366 * DAY))
    pair, socks = ascending(coop.founders[:2]), crowd(evm, 2)
    join(coop, socks[0], pair)
    assert coop.admission.joins_left() == 9
    coop.enact(setting(coop, joins_bps=1), text="hardly anybody")
    assert coop.admission.joins_left() == 0
    with evm.reverts("admission: enough have joined in this period"):
        join(coop, socks[1], pair)


def test_join__by_an_invitation_for_ever__is_refused(evm: Evm) -> None:
    """It counted eight years later, and nobody could take it back."""
    coop = local(evm, 4, Ways())
    pair, candidate, deadline = ascending(coop.founders[:2]), evm.actor("sock"), 2**256 - 1
    signed = [s.sign(inviting(coop, candidate, s, deadline=deadline)) for s in pair]
    evm.warp(8 * 366 * DAY)
    with evm.reverts("admission: an invitation of over a year"):
        coop.admission.join(candidate, deadline, pair, signed, b"", sender=candidate)
    assert not coop.governor.isMember(candidate)


def test_offered_until__while_offers_are_off__shows_none(evm: Evm) -> None:
    coop = local(evm, 4, Ways())
    coop.enact(coop.offering(coop.patron), text="offer")
    assert coop.admission.offered_until(coop.patron) > evm.now
    coop.enact(setting(coop, by_offer=False), text="off")
    assert coop.admission.offered_until(coop.patron) == 0


# --- one against a whole proposal --------------------------------------------------------------


def test_offer__one_of_eight_joined_by_invitation_meanwhile__is_made_to_the_others(
    evm: Evm,
) -> None:
    """She undid the whole proposal, and the payment beside it, until it expired."""
    coop = local(evm, 5, Ways())
    coop.give(100)
    people = crowd(evm, 8)
    payment = coop.spending(coop.patron, 50)
    proposal = coop.passed(coop.offering(*people), payment, text="eight newcomers")
    join(coop, people[3], ascending(coop.founders)[:2])
    coop.execute(proposal)
    assert coop.pool.balance_of(0, ETH) == 50
    # the offer to her is void: she has joined since
    assert len(named(evm, "MembershipOffered")) == 8
    open_to = [person for person in people if coop.admission.offered_until(person)]
    assert open_to == [person for person in people if person is not people[3]]


def test_join__after_an_expulsion__takes_the_members_word_again(evm: Evm) -> None:
    """Two sponsors brought back, in the same second, whom a vote of all had removed."""
    coop = local(evm, 6, Ways())
    bad, friends = coop.founders[5], coop.founders[:2]
    coop.enact(coop.removing(bad), text="expel")
    with evm.reverts("admission: who was a member needs an offer"):
        join(coop, bad, ascending(friends), times_joined=1)
    coop.voters = coop.founders[:5]
    coop.admit(bad)
    assert coop.governor.isMember(bad)


# --- one execution within another --------------------------------------------------------------


def test_execute__within_another_whose_money_is_out__takes_none_of_it(evm: Evm) -> None:
    """A payment that had passed without money of its own was made out of another's."""
    coop = Coop(evm)
    coop.give(100)
    payee, thief = evm.deploy("OddPayee"), evm.actor("thief")
    poor = coop.propose((thief, 60, b""), text="out of nothing", by=coop.founders[1])
    rich = coop.propose(
        coop.spending(coop.governor, 100), (payee, 10, b""), text="ten", by=coop.founders[2]
    )
    coop.open(rich)
    for proposal in (poor, rich):
        coop.vote(proposal, FOR, *coop.founders)
    evm.warp_to(coop.governor.proposalEta(rich.id))
    call = coop.governor.calldata("execute", *poor.content)
    payee.call_back(coop.governor, call, sender=thief)
    before = evm.balance(thief)
    coop.execute(rich)
    (told,) = named(evm, "CalledBack")
    assert not told.args["ok"]
    assert b"governor: one at a time" in told.args["answer"]
    assert evm.balance(thief) == before
    assert (coop.state(rich), coop.state(poor)) == (EXECUTED, SUCCEEDED)
    assert coop.pool.balance_of(0, ETH) == 90
