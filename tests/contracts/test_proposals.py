# SPDX-License-Identifier: AGPL-3.0-only
"""Proposals: made, identified and canceled, and what they froze."""

from typing import Any

import pytest
from eth_utils.crypto import keccak
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.contracts.coop import (
    CANCELED,
    DAY,
    DEFEATED,
    EXECUTED,
    EXPIRED,
    FOR,
    ORDINARY,
    PENDING,
    RULES,
    SUCCEEDED,
    Coop,
    Desk,
    Proposal,
    Rule,
    content_id,
    named,
    poke,
)
from tests.contracts.evm import ETH, Actor, Evm, Reverted
from tests.contracts.words import HEAD, changed

CALLS = st.lists(
    st.tuples(
        st.integers(0, 2**160 - 1).map(lambda n: f"0x{n:040x}"),
        st.integers(0, 2**256 - 1),
        st.binary(max_size=70),
    ),
    min_size=1,
    max_size=8,
)


def payment(coop: Coop, amount: int = 5) -> Any:
    """The patron is paid from the general fund."""
    return coop.spending(coop.patron, amount)


# --- propose -----------------------------------------------------------------------------------


def test_propose__by_a_member__freezes_moment_electorate_rules_and_proposer(coop: Coop) -> None:
    proposed_at = coop.evm.now
    proposal = coop.propose(payment(coop), text="pay the patron")
    assert coop.word(proposal) == {
        "proposer": int(coop.founders[0].address, 16),
        "created_at": proposed_at,
        "electorate": 3,
        "version": 1,
        "kind": ORDINARY,
        **dict.fromkeys(("executed", "canceled", "has_end", "extended"), 0),
        "delay": 24,
        "period": 5 * 24,
    }
    governor = coop.governor
    assert governor.proposalSnapshot(proposal.id) == proposed_at
    assert governor.proposalDeadline(proposal.id) == proposed_at + 6 * DAY
    assert governor.proposalEta(proposal.id) == proposed_at + 8 * DAY
    assert governor.proposalProposer(proposal.id) == coop.founders[0].address
    assert governor.proposalVotes(proposal.id) == (0, 0, 0)
    assert governor.state(proposal.id) == PENDING
    assert governor.proposalNeedsQueuing(proposal.id) is False


def test_propose__by_a_member__tells_all_of_it_as_openzeppelin_does(coop: Coop) -> None:
    action = payment(coop)
    proposal = coop.propose(action, (coop.patron, 3, b""), text="pay the patron")
    (log,) = coop.evm.logs
    assert log.name == "ProposalCreated"
    assert log.address == coop.governor.address
    assert log.args == {
        "proposalId": proposal.id,
        "proposer": coop.founders[0].address,
        "targets": [coop.pool.address, coop.patron.address],
        "values": [0, 3],
        "signatures": ["", ""],
        "calldatas": [action[2], b""],
        "voteStart": coop.evm.now + DAY,
        "voteEnd": coop.evm.now + 6 * DAY,
        "description": "pay the patron",
    }


@pytest.mark.parametrize("size", [0, 1, 31, 32, 33, 2047, 2048])
def test_propose__eight_calls_of_any_size__has_openzeppelins_id(coop: Coop, size: int) -> None:
    actions = [(coop.patron, n, bytes([n]) * size) for n in range(8)]
    for text in ("", "a", "x" * 4096):
        proposal = coop.propose(*actions, text=text, by=coop.founders[len(text) % 3])
        assert proposal.id == content_id(actions, text)
        assert coop.governor.hashProposal(*proposal.content) == proposal.id


def test_hash_proposal__any_content__is_openzeppelins(evm: Evm) -> None:
    governor = Desk(evm).governor

    @settings(max_examples=60, deadline=None)
    @given(CALLS, st.text(max_size=40))
    def check(actions: list[Any], text: str) -> None:
        targets, amounts, calls = (list(column) for column in zip(*actions, strict=True))
        found = governor.hashProposal(targets, amounts, calls, keccak(text=text))
        assert found == content_id(actions, text)

    check()


def test_propose__the_longest_content__has_one_id_in_both_ways(coop: Coop) -> None:
    """17,636 bytes of calldata: the most that execute can be given."""
    actions = [(coop.patron, 2**256 - 1, b"\xff" * 2048)] * 8
    proposal = coop.propose(*actions, text="#" * 4096)
    data = coop.governor.calldata("hashProposal", *proposal.content)
    assert len(data) == 17_636
    assert coop.governor.hashProposal(*proposal.content) == proposal.id


def test_propose__nothing__is_refused(coop: Coop) -> None:
    with coop.evm.reverts("governor: nothing proposed"):
        coop.propose(text="nothing")


def test_propose__lists_of_different_length__is_refused(coop: Coop) -> None:
    two, one = [coop.patron, coop.patron], [coop.patron]
    for lists in ((two, [0], [b"", b""]), (two, [0, 0], [b""]), (one, [0, 0], [b"", b""])):
        with coop.evm.reverts("governor: lists differ in length"):
            coop.governor.propose(*lists, "", sender=coop.founders[0])


def test_propose__more_than_eight_calls_or_2048_bytes_or_4096_of_text__is_refused(
    coop: Coop,
) -> None:
    with coop.evm.reverts(""):
        coop.propose(*[(coop.patron, 0, b"")] * 9)
    with coop.evm.reverts(""):
        coop.propose((coop.patron, 0, bytes(2049)))
    with coop.evm.reverts(""):
        coop.propose((coop.patron, 0, b""), text="x" * 4097)


def test_propose__the_same_content_twice__is_refused_whoever_sends_it(coop: Coop) -> None:
    coop.propose(payment(coop), text="once")
    for member in coop.founders:
        with coop.evm.reverts("governor: proposed already"):
            coop.propose(payment(coop), text="once", by=member)


def test_propose__canceled_or_defeated_or_done_content__is_refused_for_good(coop: Coop) -> None:
    coop.give(5)
    done = coop.enact(payment(coop), text="done")
    canceled = coop.propose(payment(coop), text="canceled")
    coop.governor.cancel(*canceled.content, sender=coop.founders[0])
    lost = coop.propose(payment(coop), text="lost")
    coop.evm.warp(30 * DAY)
    assert [coop.state(p) for p in (done, canceled, lost)] == [EXECUTED, CANCELED, DEFEATED]
    for text in ("done", "canceled", "lost"):
        with coop.evm.reverts("governor: proposed already"):
            coop.propose(payment(coop), text=text)


def test_propose__by_nobodys_member__is_refused(coop: Coop, outsider: Actor) -> None:
    with coop.evm.reverts("members: only members propose"):
        coop.propose(payment(coop), by=outsider)
    coop.admission.leave(sender=coop.founders[1])
    with coop.evm.reverts("members: only members propose"):
        coop.propose(payment(coop), by=coop.founders[1])


def test_propose__joined_this_second__is_refused_until_the_next(desk: Desk) -> None:
    old, new = desk.evm.actor("old"), desk.evm.actor("new")
    desk.admit(old)
    desk.evm.warp(1)
    desk.admit(new)
    with desk.evm.reverts("members: joined just now"):
        desk.propose((desk.pool, 0, b""), by=new)
    desk.evm.warp(1)
    desk.propose((desk.pool, 0, b""), by=new)


def test_propose__in_the_second_of_founding__is_refused(desk: Desk) -> None:
    founder = desk.evm.actor("founder")
    desk.admit(founder)
    with desk.evm.reverts("governor: nobody may vote yet"):
        desk.propose((desk.pool, 0, b""), by=founder)


def test_propose__a_third_at_a_time__is_refused_until_a_vote_was_to_close(coop: Coop) -> None:
    """Each of the two places is free from the second after its vote."""
    first = coop.propose(payment(coop), text="first")
    coop.evm.warp(100)
    second = coop.propose((coop.governor, 0, b""), text="second")
    with coop.evm.reverts("members: two proposals open"):
        coop.propose(payment(coop), text="third")
    coop.propose(payment(coop), text="third", by=coop.founders[1])
    coop.evm.warp_to(coop.governor.proposalDeadline(first.id))
    with coop.evm.reverts("members: two proposals open"):
        coop.propose(payment(coop), text="fourth")
    coop.evm.warp(1)
    coop.propose(payment(coop), text="fourth")
    with coop.evm.reverts("members: two proposals open"):
        coop.propose(payment(coop), text="fifth")
    coop.evm.warp_to(coop.governor.proposalDeadline(second.id) + 1)
    coop.propose(payment(coop), text="fifth")
    with coop.evm.reverts("members: two proposals open"):
        coop.propose(payment(coop), text="sixth")


def test_propose__in_the_last_second_of_the_others__counts_them_still(coop: Coop) -> None:
    """One that is open in its last second leaves one place; two leave none until the next."""
    one, two = coop.founders[:2]
    for text in ("one", "two"):
        coop.propose(payment(coop), text=text, by=two)
    only = coop.propose(payment(coop), text="only", by=one)
    coop.evm.warp_to(coop.governor.proposalDeadline(only.id))
    coop.propose(payment(coop), text="beside it", by=one)
    with coop.evm.reverts("members: two proposals open"):
        coop.propose(payment(coop), text="a third", by=one)
    with coop.evm.reverts("members: two proposals open"):
        coop.propose(payment(coop), text="a third", by=two)
    coop.evm.warp(1)
    coop.propose(payment(coop), text="a third", by=one)
    coop.propose(payment(coop), text="a third of hers", by=two)


def test_propose__after_canceling_or_leaving_and_rejoining__the_places_stay_taken(
    coop: Coop,
) -> None:
    member = coop.founders[0]
    for text in ("one", "two"):
        proposal = coop.propose(payment(coop), text=text)
        coop.governor.cancel(*proposal.content, sender=member)
    with coop.evm.reverts("members: two proposals open"):
        coop.propose(payment(coop), text="three")
    desk = Desk(coop.evm)
    desk.admit(member, coop.founders[1])
    coop.evm.warp(1)
    for text in ("one", "two"):
        desk.propose((desk.pool, 0, b""), text=text, by=member)
    desk.remove(member)
    desk.admit(member)
    coop.evm.warp(1)
    with coop.evm.reverts("members: two proposals open"):
        desk.propose((desk.pool, 0, b""), text="three", by=member)
    newer = coop.evm.actor("newer")
    desk.rebind(member, newer)
    with coop.evm.reverts("members: joined just now"):
        desk.propose((desk.pool, 0, b""), text="three", by=newer)
    coop.evm.warp(1)
    with coop.evm.reverts("members: two proposals open"):
        desk.propose((desk.pool, 0, b""), text="three", by=newer)


def test_propose__longest_times__fit_their_places(evm: Evm) -> None:
    most = Rule(30 * DAY, 60 * DAY, 60 * DAY, 180 * DAY, 10000, 10000, True)
    desk = Desk(
        evm, [most, most, most, Rule(30 * DAY, 60 * DAY, 60 * DAY, 180 * DAY, 5000, 0, True)]
    )
    member = evm.actor("member")
    desk.admit(member)
    evm.warp(1)
    start = evm.now
    proposal = desk.propose((desk.pool, 0, b""), by=member)
    assert desk.governor.proposalDeadline(proposal.id) == start + 90 * DAY
    assert desk.governor.proposalEta(proposal.id) == start + 150 * DAY
    evm.warp_to(start + 30 * DAY + 1)
    desk.vote(proposal, FOR, member)
    evm.warp_to(start + 330 * DAY - 1)
    assert desk.state(proposal) == SUCCEEDED
    evm.warp(1)
    assert desk.state(proposal) == EXPIRED


def test_propose__far_more_members_and_rule_versions__fit_their_places(desk: Desk) -> None:
    """262,144 members, 16,383 versions and the longest times: no field runs into the next."""
    member = desk.evm.actor("member")
    desk.admit(member)
    desk.evm.warp(1)
    most = {f"delay {kind}": 720 for kind in range(4)} | {f"period {k}": 1440 for k in range(4)}
    full = changed(desk.governor.head(), HEAD, count=2**18, version=2**14 - 1, **most)
    poke(desk.governor, "head", full)
    # the last second that any clock of seconds in 36 bits can tell, in the year 4147
    desk.evm.warp_to(2**36 - 1)
    proposal = desk.propose((desk.pool, 0, b""), by=member)
    assert desk.word(proposal) == {
        "proposer": int(member.address, 16),
        "created_at": 2**36 - 1,
        "electorate": 2**18,
        "version": 2**14 - 1,
        "kind": RULES,
        **dict.fromkeys(("executed", "canceled", "has_end", "extended"), 0),
        "delay": 720,
        "period": 1440,
    }
    assert desk.governor.proposalDeadline(proposal.id) == 2**36 - 1 + 90 * DAY


def test_views__of_no_proposal__are_refused(coop: Coop) -> None:
    views = ("state", "proposalVotes", "proposalSnapshot", "proposalDeadline", "proposalEta")
    for view in (*views, "proposalProposer"):
        with coop.evm.reverts("governor: no such proposal"):
            getattr(coop.governor, view)(404)


# --- other encodings --------------------------------------------------------------------------


def odd_encodings(coop: Coop, function: str, proposal: Proposal) -> dict[str, bytes]:
    """The same content in every way but the canonical one."""
    data = coop.governor.calldata(function, *proposal.content)
    tail = data[4 + 96 : 4 + 128]
    assert tail == keccak(text="")
    return {
        "a word behind it": data + bytes(32),
        "a byte behind it": data + b"\0",
        "as much behind it as fits": data + bytes(17_796 - len(data)),
        "more behind it than fits": data + bytes(20_000),
        "lists one word further": data[:4]
        + b"".join(
            (int.from_bytes(data[4 + 32 * n : 36 + 32 * n]) + 32).to_bytes(32) for n in range(3)
        )
        + tail
        + bytes(32)
        + data[4 + 128 :],
        "dirt in the padding of the call": data[:-1] + b"\1",
        "the last byte of padding missing": data[:-1],
    }


def test_cancel__encoded_in_another_way__finds_no_proposal(coop: Coop) -> None:
    """It hashes its calldata as it is: only the canonical encoding has the id."""
    proposal = coop.propose(payment(coop))
    for name, other in odd_encodings(coop, "cancel", proposal).items():
        with pytest.raises(Reverted, match="governor: no such proposal"):
            coop.evm.call(coop.founders[0], coop.governor, other)
        assert coop.state(proposal) == PENDING, name
    coop.governor.cancel(*proposal.content, sender=coop.founders[0])
    assert coop.state(proposal) == CANCELED


def test_execute__encoded_in_another_way__carries_out_the_same_content_once(coop: Coop) -> None:
    """It hashes what it has read, and that is what it carries out."""
    coop.give(5)
    proposal = coop.passed(payment(coop))
    odd = odd_encodings(coop, "execute", proposal)
    for name, data in odd.items():
        mark = coop.evm.snapshot()
        coop.evm.call(coop.relayer, coop.governor, data)
        assert coop.state(proposal) == EXECUTED, name
        assert len(named(coop.evm, "Spent")) == 1, name
        for again in odd.values():
            with pytest.raises(Reverted, match="governor: not ready to execute"):
                coop.evm.call(coop.relayer, coop.governor, again)
        coop.evm.restore(mark)


def test_proposals__are_independent_in_any_order(coop: Coop) -> None:
    coop.give(10)
    first = coop.propose(coop.spending(coop.patron, 4), text="first")
    second = coop.propose(coop.spending(coop.patron, 6), text="second", by=coop.founders[1])
    coop.open(second)
    for proposal in (second, first):
        coop.vote(proposal, FOR, *coop.founders)
    coop.evm.warp_to(coop.governor.proposalEta(second.id))
    coop.execute(second)
    coop.execute(first)
    assert [log.args["amount"] for log in named(coop.evm, "Spent")] == [4]
    assert coop.pool.balance_of(0, ETH) == 0
