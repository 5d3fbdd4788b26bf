# SPDX-License-Identifier: AGPL-3.0-only
"""Rounds of the relay on a real node: ballots go out together, each counts once."""

from dataclasses import replace

import pytest

from millpond.api.relay.items import REPLACED
from millpond.chain import dev_time
from millpond.chain.governance import Support, sheets
from millpond.core import typed_data
from millpond.core.subjects import address_bytes
from tests.api.relay.yard import OTHERS, RELAY, Yard
from tests.chain.coop import DAY, FOUNDERS


@pytest.mark.usefixtures("on_both")
def test_round__ballots_of_all_members__go_out_in_one_transaction(yard: Yard) -> None:
    (proposal,) = yard.propose()
    ids = yard.hand_in(*(yard.ballot(founder, proposal) for founder in FOUNDERS))
    relay = yard.relay()
    assert relay.round() is None
    assert yard.states(ids) == ["sent"] * 5
    assert relay.round() is None
    assert yard.states(ids) == ["done"] * 5
    assert yard.tally(proposal) == (0, 5, 0)
    assert len({yard.kept(id_).transaction_hash for id_ in ids}) == 1
    assert yard.casts(proposal) == [founder.address for founder in FOUNDERS]


def test_round__a_second_ballot__follows_the_first(yard: Yard) -> None:
    (proposal,) = yard.propose()
    first, second = yard.hand_in(
        yard.ballot(FOUNDERS[0], proposal),
        yard.ballot(FOUNDERS[0], proposal, Support.AGAINST, before=1),
    )
    relay = yard.relay()
    relay.round()
    assert yard.states([first, second]) == ["sent", "received"]
    for _ in range(3):
        yard.clock += 20
        relay.round()
    assert yard.states([first, second]) == ["done", "done"]
    assert yard.tally(proposal) == (1, 0, 0)


# --- her mind, and others -------------------------------------------------------------------------


def test_check__a_change_of_mind_before_it_went_out__the_later_one_counts(yard: Yard) -> None:
    (proposal,) = yard.propose()
    first = yard.ballot(FOUNDERS[0], proposal)
    second = yard.ballot(FOUNDERS[0], proposal, Support.AGAINST)
    ids = yard.hand_in(first, second)
    relay = yard.relay()
    relay.round()
    assert yard.states(ids) == ["refused", "sent"]
    assert yard.kept(ids[0]).reason == REPLACED.reason
    relay.round()
    assert yard.tally(proposal) == (1, 0, 0)
    assert yard.hand_in(first) == ids[:1], "handed in once more, by whomever, it stays replaced"
    relay.round()
    assert yard.states(ids) == ["refused", "done"]


def test_check__brought_by_somebody_else__needs_no_transaction(yard: Yard) -> None:
    (proposal,) = yard.propose()
    ballot = yard.ballot(FOUNDERS[0], proposal)
    (sheet,) = sheets([ballot])
    yard.coop.governor.vote_by_signatures.send(OTHERS[0], *sheet)
    [id_] = yard.hand_in(ballot)
    relay = yard.relay()
    relay.round()
    kept = yard.kept(id_)
    assert (kept.state, kept.transaction_hash) == ("done", None)
    yard.clock += 901
    relay.round()
    assert yard.kept(id_).state == "final"
    assert yard.client.nonce(RELAY.address) == 0


def test_check__brought_by_somebody_else_and_taken_back__is_brought_here(yard: Yard) -> None:
    (proposal,) = yard.propose()
    ballot = yard.ballot(FOUNDERS[0], proposal)
    (sheet,) = sheets([ballot])
    yard.coop.governor.vote_by_signatures.send(OTHERS[0], *sheet)
    [id_] = yard.hand_in(ballot)
    relay = yard.relay()
    relay.round()
    yard.ask("anvil_reorg", 1, [])
    yard.clock += 20
    for _ in range(2):
        relay.round()
    assert yard.kept(id_).state == "done"
    assert yard.kept(id_).transaction_hash is not None
    assert yard.tally(proposal) == (0, 1, 0)


@pytest.mark.usefixtures("on_both")
def test_send__one_of_many_went_bad_meanwhile__the_others_go(yard: Yard) -> None:
    """Found by trials of halves, before anything is paid for."""
    (proposal,) = yard.propose()
    ids = yard.hand_in(*(yard.ballot(founder, proposal) for founder in FOUNDERS))
    relay = yard.relay(linger=100)
    relay.round()
    assert yard.states(ids) == ["ready"] * 5
    yard.coop.governor.castVote.send(FOUNDERS[3], proposal, int(Support.AGAINST))
    yard.clock += 101
    relay.round()
    assert yard.states(ids) == ["sent", "sent", "sent", "received", "sent"]
    relay.round()
    assert yard.states(ids) == ["done", "done", "done", "refused", "done"]
    assert yard.kept(ids[3]).reason == "governor: not the ballot's turn"
    assert yard.tally(proposal) == (1, 4, 0)


# --- who may, and when ----------------------------------------------------------------------------


def test_check__what_can_never_count__is_refused_with_the_governor_s_words(yard: Yard) -> None:
    (early,) = yard.propose()
    fifth = yard.ballot(FOUNDERS[1], early, before=4)
    ids = yard.hand_in(
        yard.ballot(OTHERS[0], early),
        yard.ballot(FOUNDERS[0], early, deadline=yard.client.now() - 1),
        yard.ballot(FOUNDERS[0], early, before=1),
        fifth,
        yard.ballot(FOUNDERS[3], 12345, deadline=2**40),
    )
    relay = yard.relay()
    relay.round()
    yard.clock += 20
    relay.round()
    assert [yard.kept(id_).reason for id_ in ids] == [
        "governor: not a member",
        "governor: ballots expired",
        "governor: not the ballot's turn",
        "governor: last cast is Against",
        "governor: no such proposal",
    ]
    assert all(yard.kept(id_).next_step for id_ in ids)
    assert yard.client.nonce(RELAY.address) == 0


def test_check__who_joined_after_the_proposal__has_no_ballot(yard: Yard) -> None:
    (proposal,) = yard.propose()
    newcomer = OTHERS[1]
    deadline = yard.client.now() + DAY
    sponsors = sorted(FOUNDERS[:2], key=lambda s: address_bytes(s.address))
    invited = [
        sponsor.sign_typed(
            typed_data.invitation(
                yard.coop.domain(yard.coop.admission),
                candidate=newcomer.address,
                times_joined=0,
                sponsor=sponsor.address,
                deadline=deadline,
            )
        )
        for sponsor in sponsors
    ]
    accounts = [sponsor.address for sponsor in sponsors]
    yard.coop.admission.join.send(newcomer, newcomer.address, deadline, accounts, invited, b"")
    [id_] = yard.hand_in(yard.ballot(newcomer, proposal))
    yard.relay().round()
    assert yard.kept(id_).reason == "governor: joined too late"


def test_check__in_the_timelock__takes_against_alone(yard: Yard) -> None:
    (proposal,) = yard.propose()
    in_time = [yard.ballot(founder, proposal) for founder in FOUNDERS[:3]]
    ids = yard.hand_in(*in_time)
    relay = yard.relay()
    relay.round()
    relay.round()
    assert yard.states(ids) == ["done"] * 3
    dev_time.advance_to(yard.client, int(yard.coop.governor.proposalDeadline(proposal)) + 1)
    late = yard.hand_in(
        yard.ballot(FOUNDERS[3], proposal), yard.ballot(FOUNDERS[4], proposal, Support.AGAINST)
    )
    relay.round()
    relay.round()
    assert yard.states(late) == ["refused", "done"]
    assert yard.kept(late[0]).reason == "governor: Against only by now"
    assert yard.tally(proposal) == (1, 3, 0)


def test_check__before_the_vote_is_open__waits_for_it(yard: Yard) -> None:
    (proposal,) = yard.propose(opened=False)
    [id_] = yard.hand_in(yard.ballot(FOUNDERS[0], proposal))
    relay = yard.relay()
    relay.round()
    kept = yard.kept(id_)
    assert (kept.state, kept.reason) == ("received", "the vote is not open yet")
    dev_time.advance(yard.client, 3_601)
    yard.clock += 20
    relay.round()
    relay.round()
    assert yard.kept(id_).state == "done"


def test_check__a_pool_whose_member_the_relay_s_key_is__is_not_served(yard: Yard) -> None:
    """A key that pays for gas and is nobody: whoever steals it has stolen its gas."""
    (proposal,) = yard.propose()
    [id_] = yard.hand_in(yard.ballot(FOUNDERS[0], proposal))
    relay = yard.relay(key=FOUNDERS[1])
    relay.round()
    kept = yard.kept(id_)
    assert kept.state == "refused"
    assert "is a member of the pool" in str(kept.reason)


def test_check__a_contract_that_is_no_part_of_the_pool__is_not_called(yard: Yard) -> None:
    (proposal,) = yard.propose()
    item = yard.item(yard.ballot(FOUNDERS[0], proposal))
    id_ = yard.add(replace(item, contract=yard.coop.dollar.address))
    yard.relay().round()
    assert "is no part of the pool" in str(yard.kept(id_).reason)


# --- batches --------------------------------------------------------------------------------------


def test_send__ballots_that_come_one_by_one__are_gathered(yard: Yard) -> None:
    (proposal,) = yard.propose()
    relay = yard.relay(linger=60)
    ids = []
    for founder in FOUNDERS:
        ids += yard.hand_in(yard.ballot(founder, proposal))
        relay.round()
        yard.clock += 14
    assert yard.states(ids) == ["ready"] * 5
    relay.round()
    assert yard.states(ids) == ["sent"] * 5
    relay.round()
    assert len({yard.kept(id_).transaction_hash for id_ in ids}) == 1


def test_send__shortly_before_it_is_too_late__waits_for_nobody(yard: Yard) -> None:
    (proposal,) = yard.propose()
    soon = yard.client.now() + 1_700
    [id_] = yard.hand_in(yard.ballot(FOUNDERS[0], proposal, deadline=soon))
    relay = yard.relay(linger=3_600)
    relay.round()
    assert yard.kept(id_).state == "sent"


def test_send__more_gas_than_a_batch_may_take__goes_in_parts(yard: Yard) -> None:
    (proposal,) = yard.propose()
    ids = yard.hand_in(*(yard.ballot(founder, proposal) for founder in FOUNDERS))
    relay = yard.relay(batch_gas=140_000)
    for _ in range(6):
        relay.round()
    assert yard.states(ids) == ["done"] * 5
    assert len({yard.kept(id_).transaction_hash for id_ in ids}) > 1
    assert yard.tally(proposal) == (0, 5, 0)


def test_send__several_proposals__have_a_transaction_each_and_four_at_a_time(yard: Yard) -> None:
    proposals = yard.propose(6)
    ids = yard.hand_in(*(yard.ballot(FOUNDERS[0], each) for each in proposals))
    yard.by_hand()
    relay = yard.relay()
    relay.round()
    assert sorted(yard.states(ids)) == ["ready"] * 2 + ["sent"] * 4
    for _ in range(2):
        yard.mine()
        relay.round()
    yard.mine()
    relay.round()
    assert yard.states(ids) == ["done"] * 6


# --- money ----------------------------------------------------------------------------------------


def test_pay__without_money__sends_nothing_and_says_why(yard: Yard) -> None:
    (proposal,) = yard.propose()
    ids = yard.hand_in(yard.ballot(FOUNDERS[0], proposal))
    balance = yard.client.balance(RELAY.address)
    yard.ask("anvil_setBalance", RELAY.address, "0x64")
    relay = yard.relay()
    problem = relay.round()
    assert problem is not None
    assert problem.name == "NoMoney"
    assert f"{RELAY.address} has 100 wei" in problem.message
    status = yard.queue().status()
    assert status is not None
    assert (status.problem, status.balance) == ("NoMoney", 100)
    assert yard.states(ids) == ["ready"]
    yard.ask("anvil_setBalance", RELAY.address, hex(balance))
    assert relay.round() is None
    relay.round()
    assert yard.states(ids) == ["done"]


def test_pay__the_day_s_budget_is_spent__goes_on_the_next_day(yard: Yard) -> None:
    proposals = yard.propose(4)
    relay = yard.relay(daily=2 * 10**15)
    ids = []
    spent = 0
    for proposal in proposals:
        ids += yard.hand_in(yard.ballot(FOUNDERS[0], proposal))
        relay.round()
        relay.round()
        spent = relay.sender.outbox.spent_since(0)
        relay = yard.relay(daily=spent + 10**14)
    assert yard.states(ids)[0] == "done"
    assert "ready" in yard.states(ids), "the budget did not hold all of them"
    problem = relay.round()
    assert problem is not None
    assert problem.name == "BudgetSpent"
    assert relay.sender.outbox.spent_since(0) <= spent + 10**14
    yard.clock += DAY
    for _ in range(9):
        yard.relay(daily=2 * 10**15).round()
    assert yard.states(ids) == ["done"] * 4
