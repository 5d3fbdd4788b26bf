# SPDX-License-Identifier: AGPL-3.0-only
"""The history of membership against a naive model: lists of who was in when each second began."""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.contracts.coop import Desk
from tests.contracts.evm import Actor, Evm
from tests.contracts.words import HEAD, apart

PEOPLE = 7
STEP = st.one_of(
    st.tuples(st.just("wait"), st.integers(1, 3), st.just(0)),
    st.tuples(st.just("admit"), st.integers(0, PEOPLE - 1), st.just(0)),
    st.tuples(st.just("remove"), st.integers(0, PEOPLE - 1), st.just(0)),
    st.tuples(st.just("rebind"), st.integers(0, PEOPLE - 1), st.integers(0, PEOPLE - 1)),
)


class Model:
    """Who is a member now, who ever had a seat, and a picture of each past second's beginning."""

    def __init__(self, now: int) -> None:
        self.now = now
        self.members: dict[int, int] = {}  # person -> when she joined last
        self.seats: set[int] = set()
        self.counts: dict[int, int] = {now: 0}

    def wait(self, seconds: int) -> None:
        """Each second begins with those who are in at its start."""
        for _ in range(seconds):
            self.now += 1
            self.counts[self.now] = len(self.members)

    def admit(self, person: int) -> bool:
        """A newcomer, or somebody who comes back."""
        if person in self.members:
            return False
        self.members[person] = self.now
        self.seats.add(person)
        return True

    def remove(self, person: int) -> bool:
        """Anybody but the last."""
        if person not in self.members or len(self.members) == 1:
            return False
        del self.members[person]
        return True

    def rebind(self, old: int, new: int) -> bool:
        """To somebody without a seat, who counts from the next second on."""
        if old not in self.members or new in self.seats:
            return False
        del self.members[old]
        self.members[new] = self.now
        self.seats.remove(old)
        self.seats.add(new)
        return True


def check_past(desk: Desk, model: Model, people: list[Actor], left: dict[int, Any]) -> None:
    """Every second of the past, and this one's electorate."""
    governor, evm = desk.governor, desk.evm
    for second, count in model.counts.items():
        if second < evm.now:
            assert governor.getPastTotalSupply(second) == count, second
            for person, account in enumerate(people):
                span = left.get(person)
                if person in model.members:
                    expected = model.members[person] < second
                elif span:
                    expected = span[0] < second <= span[1]
                else:
                    expected = False
                assert governor.getPastVotes(account, second) == int(expected), (person, second)
    assert governor.member_count() == len(model.members)


@settings(max_examples=40, deadline=None)
@given(st.lists(STEP, min_size=5, max_size=60))
def test_history__any_coming_and_going__is_what_a_naive_model_says(steps: list[Any]) -> None:
    """Several changes within a second, none in others, over many words of checkpoints."""
    evm = Evm()
    desk = Desk(evm)
    people = [evm.actor(f"person {n}") for n in range(PEOPLE)]
    model = Model(evm.now)
    left: dict[int, Any] = {}  # of those who are out: the last span of membership
    for act, one, other in steps:
        if act == "wait":
            model.wait(one)
            evm.warp(one)
            continue
        joined_at = model.members.get(one)
        who = [one, other] if act == "rebind" else [one]
        if getattr(model, act)(*who):
            getattr(desk, act)(*(people[n] for n in who))
            if act == "remove":
                left[one] = (joined_at, evm.now)
            if act == "rebind":
                left.pop(one, None)
            assert desk.governor.getVotes(people[who[-1]]) == int(act != "remove")
    # the electorate of a proposal made now is what the history will say of this second
    proposer = next(iter(model.members), None)
    if proposer is not None and model.members[proposer] < evm.now:
        proposal = desk.propose((people[0], 0, b""), by=people[proposer])
        assert desk.word(proposal)["electorate"] == model.counts[evm.now]
    evm.warp(1)
    model.wait(1)
    check_past(desk, model, people, left)


def test_history__a_hundred_changes__cost_the_same_to_write_and_little_more_to_read(
    evm: Evm,
) -> None:
    """Four checkpoints to a word; a search over 2^32 at most."""
    desk = Desk(evm)
    people = [evm.actor(f"person {n}") for n in range(104)]
    desk.admit(people[0])
    costs = []
    for person in people[1:]:
        evm.warp(1)
        desk.admit(person)
        costs.append(evm.gas_used)
    # every fourth change begins a new word of checkpoints
    early, late = sorted(costs[8:48]), sorted(costs[60:100])
    # but for zero bytes in the calldata
    assert all(abs(one - other) < 100 for one, other in zip(early, late, strict=True))
    evm.warp(1)
    for n, second in enumerate(range(evm.now - 103, evm.now)):
        assert desk.governor.getPastTotalSupply(second) == n + 1


def test_history__raw_words__are_four_checkpoints_each(evm: Evm) -> None:
    """What a lens reads: when (40 bits) and how many since then (24 bits), oldest lowest."""
    desk = Desk(evm)
    expected = []
    for n in range(6):
        evm.warp(10)
        desk.admit(evm.actor(f"person {n}"))
        expected.append((evm.now, n + 1))
    desk.remove(evm.actor("person 5"))
    expected[5] = (evm.now, 5)
    words = [desk.governor.history(n) for n in range(3)]
    points = [word >> 64 * n & (2**64 - 1) for word in words for n in range(4)]
    assert [(p & (2**40 - 1), p >> 40) for p in points if p] == expected
    head = apart(desk.governor.head(), HEAD)
    assert [head[name] for name in ("seats", "count", "checkpoints", "version")] == [6, 5, 6, 1]
    assert (head["changed_at"], head["count_before"]) == (evm.now, 5)
