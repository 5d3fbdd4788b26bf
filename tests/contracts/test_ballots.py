# SPDX-License-Identifier: AGPL-3.0-only
"""Ballots: four bits for each seat; every step of a ballot; the tally against a naive count."""

from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.contracts.coop import ABSTAIN, AGAINST, FOR, Desk
from tests.contracts.evm import Actor, Contract, Evm

ANY = 2**256 - 1
SEATS = (1, 2, 62, 63, 64, 65, 127, 128, 129, 4000)
NOT_A_SUPPORT, NOT_ITS_TURN, FIVE_TIMES, LAST_IS_AGAINST = 3, 4, 5, 6


@pytest.fixture
def box(evm: Evm) -> Contract:
    """The module by itself."""
    return evm.deploy("BallotBox")


def nibble(casts: int, support: int) -> int:
    """The layout of the design: 0 = none, else 1 + 3 * (casts - 1) + support."""
    return 0 if casts == 0 else 1 + 3 * (casts - 1) + support


def answer(casts: int, support: int, follows: int) -> int:
    """What a cast meets, in the order in which the refusals are tried."""
    if support > 2:
        return NOT_A_SUPPORT
    if follows not in (ANY, casts):
        return NOT_ITS_TURN
    if casts == 5:
        return FIVE_TIMES
    if casts == 4 and support != AGAINST:
        return LAST_IS_AGAINST
    return 0


# every ballot there can be: none, four rounds of three, and a fifth cast that is Against
BALLOTS = [(0, 0), *product((1, 2, 3, 4), (0, 1, 2)), (5, 0)]


@pytest.mark.parametrize(("casts", "support"), BALLOTS)
def test_mark__every_step_from_every_ballot__is_the_designs(
    box: Contract, casts: int, support: int
) -> None:
    """Supports 0 to 4 and beyond, following anything or 0 to 6 casts, at both ends of a word."""
    before = nibble(casts, support)
    sender = box.evm.deployer
    # the neighbours' ballots must stay as they are
    full = int("c5" * 32, 16)
    for seat in (1, 62, 63, 64, 127):
        place = 4 * (seat % 64)
        word = full & ~(15 << place) | before << place
        for chosen, follows in product((0, 1, 2, 3, 4, 255, ANY), (ANY, *range(7), 255)):
            id_ = seat << 32 | (chosen & 0xFFF) << 12 | follows & 0xFFF
            box.fill(id_, [word, word], sender=sender)
            code = answer(casts, chosen, follows)
            assert box.mark(id_, seat, chosen, follows, sender=sender) == code
            after = before if code else nibble(casts + 1, chosen)
            assert box.ballot(id_, seat) == after
            expected = [word, word]
            expected[seat // 64] = word & ~(15 << place) | after << place
            assert [box.sheets(id_, n) for n in (0, 1)] == expected


def test_mark__never__makes_a_ballot_that_does_not_exist() -> None:
    """Four rounds of three and one fifth: 1 to 13; 14 and 15 stay free."""
    assert sorted(nibble(*ballot) for ballot in BALLOTS) == list(range(14))


def naive(nibbles: list[int]) -> tuple[int, int, int]:
    """One ballot after the other, by the layout."""
    found = [0, 0, 0]
    for ballot in nibbles:
        if ballot:
            found[(ballot - 1) % 3] += 1
    return found[AGAINST], found[FOR], found[ABSTAIN]


def words(nibbles: list[int]) -> list[int]:
    """64 to a word, the first seat in the second nibble: seats count from 1."""
    places = [0, *nibbles]
    places += [0] * (-len(places) % 64)
    return [
        sum(ballot << 4 * n for n, ballot in enumerate(places[start : start + 64]))
        for start in range(0, len(places), 64)
    ]


def test_tally__random_sheets__is_a_naive_count(box: Contract) -> None:
    sender, counter = box.evm.deployer, iter(range(1, 10**6))

    @settings(max_examples=120, deadline=None)
    @given(st.lists(st.integers(0, 13), min_size=1, max_size=1100))
    def check(nibbles: list[int]) -> None:
        id_ = next(counter)
        box.fill(id_, words(nibbles), sender=sender)
        assert box.tally(id_, len(nibbles)) == naive(nibbles)

    check()


@pytest.mark.parametrize("ballot", range(14))
@pytest.mark.parametrize("seats", SEATS[:9])
def test_tally__everybody_the_same__is_counted_fully(
    box: Contract, ballot: int, seats: int
) -> None:
    """All nibbles of a word alike: the sums within a byte and within a word at their most."""
    box.fill(1, words([ballot] * seats), sender=box.evm.deployer)
    assert box.tally(1, seats) == naive([ballot] * seats)


def test_tally__one_ballot_on_each_seat__is_found_where_it_is(box: Contract) -> None:
    for seat in (*range(1, 70), 127, 128, 191, 192):
        for ballot in range(1, 14):
            nibbles = [0] * 200
            nibbles[seat - 1] = ballot
            box.fill(seat, words(nibbles), sender=box.evm.deployer)
            assert box.tally(seat, 200) == naive(nibbles), (seat, ballot)


def test_tally__words_beyond_the_last_seat__are_not_read(box: Contract) -> None:
    box.fill(1, words([2] * 200), sender=box.evm.deployer)
    # the words of seats 0 to 63, of 64 to 127, of 128 to 191
    assert [box.tally(1, n)[FOR] for n in (1, 63, 64, 127, 128, 200)] == [
        63,
        63,
        127,
        127,
        191,
        200,
    ]


# --- in a Governor -----------------------------------------------------------------------------


def test_tally__two_hundred_members__across_four_words(evm: Evm) -> None:
    desk = Desk(evm)
    people = [evm.actor(f"member {n}") for n in range(200)]
    desk.admit(*people)
    evm.warp(1)
    proposal = desk.opened((people[0], 0, b""), by=people[0])
    supports = [(n * n + n // 7) % 4 for n in range(200)]
    for person, support in zip(people, supports, strict=True):
        if support < 3:
            desk.vote(proposal, support, person)
    expected = (supports.count(AGAINST), supports.count(FOR), supports.count(ABSTAIN))
    assert desk.governor.proposalVotes(proposal.id) == expected
    for person, support in zip(people, supports, strict=True):
        assert desk.governor.hasVoted(proposal.id, person) is (support < 3)


def test_tally__seats_given_later__keep_being_counted_together(evm: Evm) -> None:
    """Newcomers bring new words; what was cast before stays in the count."""
    desk = Desk(evm)
    people: list[Actor] = [evm.actor(f"member {n}") for n in range(63)]
    desk.admit(*people)
    evm.warp(1)
    proposal = desk.opened((people[0], 0, b""), by=people[0])
    desk.vote(proposal, FOR, *people)
    desk.admit(*(evm.actor(f"later {n}") for n in range(130)))
    assert desk.governor.proposalVotes(proposal.id) == (0, 63, 0)
