# SPDX-License-Identifier: AGPL-3.0-only
"""Proposals and ballots: states, counts and times, held against the Governor over time."""

from typing import Any

import pytest
from eth_utils.crypto import keccak

from tests.api.site import POOL, Site
from tests.api.story import HOSTILE
from tests.contracts.coop import ABSTAIN, AGAINST, DAY, FOR
from tests.contracts.evm import Reverted
from tests.contracts.words import PROPOSAL as WORD
from tests.contracts.words import apart
from tests.mirror.compare import STATES

PROPOSALS = f"{POOL}/proposals"


def _agrees(site: Site) -> list[dict[str, Any]]:
    """Every proposal is as the Governor says at this very second."""
    governor, found = site.story.coop.governor, site.every(PROPOSALS)
    for each in found:
        number = int(each["id"])
        assert each["state"] == STATES[governor.state(number)], each["description"][:40]
        tally = each["tally"]
        assert (tally["against"], tally["for"], tally["abstain"]) == tuple(
            governor.proposalVotes(number)
        )
        assert each["created_at"] == governor.proposalSnapshot(number)
        assert each["closes_at"] == governor.proposalDeadline(number)
        assert each["eta"] == governor.proposalEta(number)
        assert each["proposer"] == governor.proposalProposer(number)
        word = apart(governor.proposal_words(number), WORD)
        assert each["electorate"] == word["electorate"]
    return found


def test_list_proposals__all_that_happened__is_as_the_governor_says(site: Site) -> None:
    found = _agrees(site)
    states = {each["state"] for each in found}
    assert states == {"executed", "defeated", "canceled", "queued", "active", "pending"}
    assert {each["class_name"] for each in found} == {"ordinary", "membership", "rules", "consent"}
    assert {each["raised_by"] for each in found} == {None, "CredDistributor"}


def test_list_proposals__second_by_second__is_as_the_governor_says(young: Site) -> None:
    story, coop = young.story, young.story.coop
    coop.give(10)
    passes = coop.propose(coop.spending(coop.patron, 1), text="passes")
    fails = coop.propose(coop.spending(coop.patron, 2), text="fails", by=coop.founders[1])
    seen = set()
    for seconds, votes in (
        (1, ()),
        (DAY, ((passes, FOR, 0), (fails, FOR, 0), (fails, AGAINST, 1))),
        (60, ((passes, AGAINST, 1), (passes, FOR, 2), (passes, ABSTAIN, 3), (fails, AGAINST, 0))),
        (5 * DAY, ()),
        (2 * DAY, ()),
        (14 * DAY, ()),
    ):
        story.evm.warp(seconds)
        for proposal, support, founder in votes:
            coop.vote(proposal, support, coop.founders[founder])
        story.tell()
        seen |= {each["state"] for each in _agrees(young)}
    assert seen == {"pending", "active", "queued", "succeeded", "expired", "defeated"}


def test_list_proposals__by_state__are_those_and_no_others(site: Site) -> None:
    everything = site.every(PROPOSALS)
    for state in STATES:
        wanted = [each["id"] for each in everything if each["state"] == state]
        assert [each["id"] for each in site.every(f"{PROPOSALS}?state={state}")] == wanted


def test_list_proposals__an_unknown_state__is_refused(site: Site) -> None:
    site.problem(f"{PROPOSALS}?state=open", 422, "bad-query")


def test_get_proposal__its_quorum__is_a_whole_number_of_members(site: Site) -> None:
    for each in site.every(PROPOSALS):
        bps = each["rules"]["quorum_bps"]
        assert each["quorum"] - 1 < bps * each["electorate"] / 10_000 <= each["quorum"]
        tally = each["tally"]
        counted = tally["for"] + tally["abstain"]
        assert each["counted"] == (tally["against"] if each["class_name"] == "consent" else counted)


def test_get_proposal__its_history__names_block_and_transaction_of_each_step(site: Site) -> None:
    by_state = {each["state"]: each["id"] for each in site.every(PROPOSALS)}
    for state, steps in (
        ("executed", ["proposed", "executed"]),
        ("canceled", ["proposed", "canceled"]),
        ("pending", ["proposed"]),
    ):
        full = site.data(f"{PROPOSALS}/{by_state[state]}")
        assert [step["what"] for step in full["history"]] == steps
        places = [(step["block_number"], step["log_index"]) for step in full["history"]]
        assert places == sorted(places)
        assert full["history"][0]["transaction_hash"] == full["proposal"]["transaction_hash"]


def test_get_proposal__closed_early__says_so(young: Site) -> None:
    coop = young.story.coop
    proposal = coop.opened(coop.spending(coop.patron, 1), text="clear")
    coop.vote(proposal, FOR, *coop.founders)
    young.story.evm.warp(1)
    coop.governor.close(proposal.id, sender=young.story.relayer)
    young.story.tell()
    full = young.data(f"{PROPOSALS}/{proposal.id}")
    assert [step["what"] for step in full["history"]] == ["proposed", "closed"]
    assert full["proposal"]["state"] == "queued"
    assert full["proposal"]["closes_at"] == coop.governor.proposalDeadline(proposal.id)


def test_get_proposal__hostile_text__comes_through_as_text(site: Site) -> None:
    [found] = [each for each in site.every(PROPOSALS) if each["description"].startswith("<script>")]
    assert found["description"] == HOSTILE.replace("\0", "\N{REPLACEMENT CHARACTER}")


def test_get_proposal__the_longest_text__is_whole(site: Site) -> None:
    assert "A" * 4096 in {each["description"] for each in site.every(PROPOSALS)}


@pytest.mark.parametrize("number", ["0", "7", "9" * 78])
def test_get_proposal__unknown__is_404(site: Site, number: str) -> None:
    for rest in ("", "/ballots", "/electors"):
        site.problem(f"{PROPOSALS}/{number}{rest}", 404, "no-such-proposal")


@pytest.mark.parametrize("number", ["-1", "0x1", "1e5", "9" * 79, "abc", "%00"])
def test_get_proposal__no_number__is_422(site: Site, number: str) -> None:
    site.problem(f"{PROPOSALS}/{number}", 422, "bad-query")


def test_get_proposal__of_another_pool__is_404(young: Site) -> None:
    coop = young.story.coop
    parts = coop.hub.create_pool(*coop.order("other"), sender=coop.founders[1])
    proposal = coop.propose(coop.spending(coop.patron, 1))
    young.story.tell()
    young.data(f"{PROPOSALS}/{proposal.id}")
    young.problem(f"/v1/pools/{parts.pool}/proposals/{proposal.id}", 404, "no-such-proposal")


# --- ballots --------------------------------------------------------------------------------------


def _queued(site: Site) -> str:
    [found] = [each for each in site.every(PROPOSALS) if each["state"] == "queued"]
    return str(found["id"])


def test_list_ballots__the_last_of_each_seat__counts(site: Site) -> None:
    ballots = site.every(f"{PROPOSALS}/{_queued(site)}/ballots", limit=1)
    founders = [founder.address for founder in site.story.coop.founders]
    assert [founders.index(ballot["voter"]) for ballot in ballots] == [1, 2, 3]
    assert [ballot["casts"] for ballot in ballots] == [1, 2, 1]
    assert {ballot["support"] for ballot in ballots} == {"for"}


def test_list_ballots__a_signed_one_with_a_reason_elsewhere__has_its_hash(young: Site) -> None:
    coop = young.story.coop
    proposal = coop.opened(coop.spending(coop.patron, 1))
    reason = keccak(text="I have read it.")
    words = coop.signed(proposal, coop.founders[0], FOR, reason_hash=reason)
    assert coop.carry(proposal, words, [reason]) == 1
    coop.governor.castVoteWithReason(proposal.id, AGAINST, "Too dear.", sender=coop.founders[1])
    coop.vote(proposal, ABSTAIN, coop.founders[2])
    young.story.tell()
    ballots = young.every(f"{PROPOSALS}/{proposal.id}/ballots")
    assert [(b["support"], b["reason"], b["reason_hash"]) for b in ballots] == [
        ("for", None, "0x" + reason.hex()),
        ("against", "Too dear.", None),
        ("abstain", None, None),
    ]


def test_list_ballots__a_hostile_reason__comes_through_as_text(site: Site) -> None:
    [found] = [each for each in site.every(PROPOSALS) if each["description"].startswith("<script>")]
    reasons = [b["reason"] for b in site.every(f"{PROPOSALS}/{found['id']}/ballots")]
    assert HOSTILE.replace("\0", "\N{REPLACEMENT CHARACTER}") in reasons


def test_list_electors__a_seat_that_was_moved__counts_and_may_not_vote(young: Site) -> None:
    coop, new = young.story.coop, young.story.evm.actor("new key")
    old = coop.founders[4]
    coop.enact(coop.asking(old, new), text="lost key")
    young.story.evm.warp(7 * DAY)
    proposal = coop.opened(coop.spending(coop.patron, 1), by=coop.founders[2])
    coop.admission.complete_rebind(old, 0, b"", sender=new)
    young.story.tell()
    [moved] = [e for e in young.data(f"{PROPOSALS}/{proposal.id}/electors") if e["seat"] == 5]
    assert (moved["account"], moved["may_vote"]) == (new.address, False)
    with pytest.raises(Reverted, match="joined too late"):
        coop.vote(proposal, AGAINST, new)


def test_list_electors__everybody_of_that_second__with_what_each_said(young: Site) -> None:
    """Who joins later may not vote; who is removed later still counts, but votes no more."""
    coop = young.story.coop
    newcomer = young.story.evm.actor("newcomer")
    offer = coop.passed(coop.offering(newcomer), text="in")
    remove = coop.passed(coop.removing(coop.founders[4]), text="out", by=coop.founders[1])
    proposal = coop.propose(coop.spending(coop.patron, 1), by=coop.founders[2])
    coop.execute(offer)
    coop.admission.accept(sender=newcomer)
    coop.execute(remove)
    coop.open(proposal)
    coop.vote(proposal, AGAINST, coop.founders[3])
    young.story.tell()
    electors = young.every(f"{PROPOSALS}/{proposal.id}/electors", limit=2)
    assert [elector["seat"] for elector in electors] == [1, 2, 3, 4, 5]
    assert [elector["support"] for elector in electors] == [None, None, None, "against", None]
    assert [elector["may_vote"] for elector in electors] == [True, True, True, True, False]
    assert len(electors) == young.data(f"{PROPOSALS}/{proposal.id}")["proposal"]["electorate"]
    for account in (newcomer, coop.founders[4]):
        with pytest.raises(Reverted):
            coop.vote(proposal, FOR, account)


def test_list_electors__each_proposal__are_as_many_as_the_governor_counted(site: Site) -> None:
    for each in site.every(PROPOSALS):
        electors = site.every(f"{PROPOSALS}/{each['id']}/electors")
        assert len(electors) == each["electorate"]
        voted = [elector["support"] for elector in electors if elector["support"]]
        assert len(voted) == sum(each["tally"].values())
