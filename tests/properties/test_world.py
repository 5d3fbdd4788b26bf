# SPDX-License-Identifier: AGPL-3.0-only
"""The world notices when chain and rules part, counts what both agree on, and undoes what fails."""

import pytest
from eth_utils.crypto import keccak

from tests.contracts.coop import FOR
from tests.properties.model import Msg, method_of
from tests.properties.model_governor import GovernorModel
from tests.properties.walk import COMPONENTS, new_world
from tests.properties.world import Action, Disagreement, World


@pytest.fixture
def world() -> World:
    """A world with everything in it."""
    return new_world(COMPONENTS)


def model(world: World) -> GovernorModel:
    """The Governor's."""
    found = world.models[world.governor.address]
    assert isinstance(found, GovernorModel)
    return found


def proposed(world: World, *actions: Action) -> int:
    """A proposal of the first founder."""
    columns = world.columns(actions or [Action(world.people.outsider)])
    sent = world.send(world.people.founders[0], world.governor, "propose", *columns, "a motion")
    assert sent.ok
    return int(sent.answer)


def test_send__both_refuse__is_counted_under_the_reason(world: World) -> None:
    sent = world.send(world.people.outsider, world.governor, "castVote", 1, FOR)
    assert (sent.ok, sent.reason) == (False, "governor: no such proposal")
    assert world.counts["Governor", "castVote", "governor: no such proposal"] == 1
    assert world.calls > world.succeeded


def test_send__model_says_no_and_chain_yes__is_a_disagreement(world: World) -> None:
    membership = model(world).facts.membership
    del membership.seat_of[world.people.founders[0].address]
    with pytest.raises(Disagreement, match="rules: refused: members: only members propose"):
        proposed(world)


def test_send__chain_says_no_and_model_yes__is_a_disagreement(world: World) -> None:
    membership = model(world).facts.membership
    membership.begin(99, world.now - 1)
    membership.seat_of[world.people.outsider.address] = 99
    columns = world.columns([Action(world.people.outsider)])
    with pytest.raises(Disagreement, match="chain: refused: members: only members propose"):
        world.send(world.people.outsider, world.governor, "propose", *columns, "a motion")


def test_send__another_event__is_a_disagreement_that_shows_the_last_calls(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    proposal_id = proposed(world)
    world.warp_to(model(world).facts.motions[proposal_id].opens_after + 1)

    def silent(_: GovernorModel, __: Msg, *___: object) -> None:
        """Casts without a word."""

    monkeypatch.setattr(GovernorModel, "cast", silent)
    with pytest.raises(Disagreement, match=r"founder 1: Governor\.castVote") as caught:
        world.send(world.people.founders[1], world.governor, "castVote", proposal_id, FOR)
    assert "seconds pass" in str(caught.value)
    assert "VoteCast(voter=founder 1, proposalId=" in str(caught.value)


def test_ask__another_answer__is_a_disagreement(world: World) -> None:
    model(world).facts.membership.begin(99, world.now)
    with pytest.raises(Disagreement, match="returns 6"):
        world.ask(world.governor, "member_count")


def test_send__second_call_of_a_proposal_fails__the_first_is_undone(world: World) -> None:
    leaver = world.people.founders[0].address
    actions = (
        Action(world.governor, "remove", (leaver,)),
        Action(world.governor, "remove", (leaver,)),
    )
    proposal_id = proposed(world, *actions)
    motion = model(world).facts.motions[proposal_id]
    world.warp_to(motion.opens_after + 1)
    for founder in world.people.founders:
        world.send(founder, world.governor, "castVote", proposal_id, FOR)
    world.warp_to(motion.eta)
    content = (*world.columns(actions), keccak(text="a motion"))
    sent = world.send(world.people.relayer, world.governor, "execute", *content)
    assert sent.reason == "members: not a member"
    assert model(world).facts.membership.is_member(leaver)
    assert world.counts["Governor", "remove", "members: not a member"] == 1
    assert world.counts["Governor", "remove", "ok"] == 0
    world.compare()


def test_send__wei__moves_in_both(world: World) -> None:
    sent = world.send(world.people.outsider, world.governor, value=5)
    assert sent.ok
    assert world.wei[world.governor.address] == 5
    world.compare()


def test_compare__wei_that_nobody_paid__is_noticed(world: World) -> None:
    world.wei[world.governor.address] += 1
    with pytest.raises(AssertionError, match="0 wei, not 1"):
        world.compare()


@pytest.mark.parametrize(
    ("function", "method"),
    [
        ("castVoteBySig", "cast_vote_by_sig"),
        ("CLOCK_MODE", "clock_mode"),
        ("eip712Domain", "eip712_domain"),
        ("member_words", "member_words"),
        ("__default__", "receive"),
    ],
)
def test_method_of__name_of_a_function__in_snake_case(function: str, method: str) -> None:
    assert method_of(function) == method
