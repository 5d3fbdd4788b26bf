# SPDX-License-Identifier: AGPL-3.0-only
"""Signed standing ballots: one by one in every form, and many in one transaction."""

from collections.abc import Mapping
from typing import Any

import pytest

from tests.contracts.allocations import POINTS, Round, packed
from tests.contracts.coop import DAY, named
from tests.contracts.evm import Actor, Contract, Evm
from tests.contracts.test_ballot_signature_forms import ORDER, REFUSED, TAKEN, Form

MONTH = 30 * DAY
ALL = {1: POINTS}
HALVES = {1: 5_000, 2: 5_000}
NOT_HERS, NOT_ITS_TURN = "allocation: not the voter's hand", "allocation: not its turn"


@pytest.fixture
def crowd(evm: Evm) -> Round:
    """Two candidates, 1 and 2; the wallet of the last test is none of them."""
    crowd = Round(evm)
    crowd.candidates(2)
    return crowd


def bring(
    crowd: Round,
    voter: Any,
    points: Mapping[int, int],
    signature: bytes,
    casts: int = 0,
    until: int | None = None,
) -> None:
    """The relayer brings one ballot."""
    until = crowd.evm.now + DAY if until is None else until
    call = crowd.allocation.cast_for
    call(voter, packed(points), casts, until, signature, sender=crowd.relayer)


def refused(crowd: Round, words: list[int], why: str, **how: Any) -> None:
    """Nothing counts, the report says why, and not a word of storage has changed."""
    before = crowd.evm.state()
    assert crowd.bring(words, **how) == 0
    ((voter, said),) = crowd.skipped()
    assert (int(voter, 16), said) == (words[0] & (2**160 - 1), why)
    assert len(crowd.evm.logs) == 1
    after, payer = crowd.evm.state(), crowd.relayer.address.lower()
    assert {a: s for a, s in after.items() if a != payer} == {
        a: s for a, s in before.items() if a != payer
    }


# --- cast_for ----------------------------------------------------------------------------------


@pytest.mark.parametrize("form", TAKEN.values(), ids=TAKEN)
def test_cast_for__signed__is_as_if_she_had_cast(crowd: Round, form: Form) -> None:
    voter = crowd.founders[2]
    bring(crowd, voter, HALVES, form(voter.sign(crowd.paper(voter, HALVES))))
    (log,) = crowd.evm.logs
    told = {"voter": voter.address, "seat": 3, "choices": packed(HALVES), "casts": 1}
    assert (log.name, log.args) == ("AllocationCast", told)
    assert crowd.tallies(1, 2) == [5_000, 5_000]
    assert crowd.allocation.head()[-2:] == (1, POINTS)


@pytest.mark.parametrize("form", REFUSED.values(), ids=REFUSED)
def test_cast_for__in_another_form__is_refused(crowd: Round, form: Form) -> None:
    voter = crowd.founders[0]
    signature = form(voter.sign(crowd.paper(voter, ALL)))
    with crowd.evm.reverts(NOT_HERS):
        bring(crowd, voter, ALL, signature)


def test_cast_for__nothing__takes_her_ballot_back(crowd: Round) -> None:
    voter = crowd.founders[0]
    crowd.cast(voter, ALL)
    bring(crowd, voter, {}, voter.sign(crowd.paper(voter, {}, casts=1)), casts=1)
    assert crowd.allocation.head()[-2:] == (0, 0)
    assert crowd.allocation.ballot_of(voter) == (0, 2)


def test_cast_for__of_who_may_not_cast__is_refused_as_her_own_would(
    crowd: Round, outsider: Actor
) -> None:
    newcomer, leaver = crowd.evm.actor("newcomer"), crowd.founders[2]
    crowd.admit(newcomer)
    crowd.admission.leave(sender=leaver)
    for voter, reason in (
        (outsider, "allocation: not a member"),
        (leaver, "allocation: not a member"),
        (newcomer, "allocation: joined too late"),
    ):
        with crowd.evm.reverts(reason):
            bring(crowd, voter, ALL, voter.sign(crowd.paper(voter, ALL)))


@pytest.mark.parametrize(
    ("points", "reason"),
    [
        ({1: 9_999}, "allocation: not 10,000 points"),
        ({1: POINTS, 2: 0}, "allocation: ill-formed ballot"),
        ({3: POINTS}, "allocation: no such candidate"),
    ],
)
def test_cast_for__what_is_no_ballot__is_refused(
    crowd: Round, points: dict[int, int], reason: str
) -> None:
    voter = crowd.founders[0]
    with crowd.evm.reverts(reason):
        bring(crowd, voter, points, voter.sign(crowd.paper(voter, points)))


def test_cast_for__bits_beyond_the_choices__are_never_hers(crowd: Round) -> None:
    """What she signed are lists; a word that has more than they is no ballot."""
    voter, until = crowd.founders[0], crowd.evm.now + DAY
    signature = voter.sign(crowd.paper(voter, ALL))
    for bit in (248, 255):
        with crowd.evm.reverts("allocation: ill-formed ballot"):
            crowd.allocation.cast_for(
                voter, packed(ALL) | 1 << bit, 0, until, signature, sender=crowd.relayer
            )


def test_cast_for__deadline__its_second_is_the_last(crowd: Round) -> None:
    until = crowd.evm.now + 100
    first, second = crowd.founders[:2]
    signed = {v: v.sign(crowd.paper(v, ALL, deadline=until)) for v in (first, second)}
    crowd.evm.warp_to(until)
    bring(crowd, first, ALL, signed[first], until=until)
    crowd.evm.warp(1)
    with crowd.evm.reverts("allocation: signed too late"):
        bring(crowd, second, ALL, signed[second], until=until)


def test_cast_for__wallets__are_asked_and_a_sibling_is_another_voter(crowd: Round) -> None:
    owner, until = crowd.evm.actor("owner"), crowd.evm.now + 90 * DAY
    wallet, sibling = (crowd.evm.deploy("OddWallet", owner) for _ in range(2))
    crowd.admit(wallet)
    crowd.admit(sibling)
    crowd.close()
    signature = owner.sign(crowd.paper(wallet, ALL, deadline=until))
    with crowd.evm.reverts(NOT_HERS):
        bring(crowd, sibling, ALL, signature, until=until)
    bring(crowd, wallet, ALL, signature, until=until)
    assert crowd.allocation.ballot_of(wallet) == (packed(ALL), 1)
    # in a batch only keys sign
    r, s = int.from_bytes(signature[:32]), int.from_bytes(signature[32:64])
    words = [int(sibling.address, 16), packed(ALL), r, s | (signature[64] - 27) << 255]
    refused(crowd, words, NOT_HERS, deadline=until)


@pytest.mark.parametrize("way", [1 << n for n in range(9)])
def test_cast_for__a_wallet_that_answers_oddly__counts_only_when_it_says_yes(
    crowd: Round, way: int
) -> None:
    owner, says_yes, long_yes = crowd.evm.actor("owner"), 1, 128
    wallet: Contract = crowd.evm.deploy("OddWallet", owner)
    crowd.admit(wallet)
    crowd.end_period()
    wallet.behave(way, sender=owner)
    signature = b"" if way == says_yes else owner.sign(crowd.paper(wallet, ALL))
    if way in (says_yes, long_yes):
        bring(crowd, wallet, ALL, signature)
        assert crowd.tallies(1) == [POINTS]
        return
    with crowd.evm.reverts(NOT_HERS):
        bring(crowd, wallet, ALL, signature)


# --- which cast it follows ---------------------------------------------------------------------


def test_casts_before__must_match_exactly(crowd: Round) -> None:
    voter = crowd.founders[0]
    ballots = {n: crowd.signs(voter, HALVES, casts=n) for n in range(4)}
    for casts in (1, 2, 3):
        refused(crowd, ballots[casts], NOT_ITS_TURN)
    for casts in range(3):
        assert crowd.bring(ballots[casts]) == 1
        for stale in range(casts + 1):
            refused(crowd, ballots[stale], NOT_ITS_TURN)
    assert crowd.allocation.ballot_of(voter) == (packed(HALVES), 3)
    assert crowd.tallies(1, 2) == [5_000, 5_000]


def test_casts_before__after_her_own_call__never_overturns_it(crowd: Round) -> None:
    voter = crowd.founders[0]
    held = voter.sign(crowd.paper(voter, ALL))
    crowd.cast(voter, {2: POINTS})
    with crowd.evm.reverts(NOT_ITS_TURN):
        bring(crowd, voter, ALL, held)
    crowd.cast(voter, {})
    refused(crowd, crowd.signs(voter, ALL, casts=1), NOT_ITS_TURN)
    assert crowd.bring(crowd.signs(voter, ALL, casts=2)) == 1


def test_casts_before__a_seat_that_moved__goes_on_counting(crowd: Round) -> None:
    old, new = crowd.founders[2], crowd.evm.actor("new")
    held = crowd.signs(old, HALVES, casts=1, deadline=2**40)
    crowd.cast(old, ALL)
    crowd.rebind(old, new)
    crowd.close()
    refused(crowd, held, "allocation: not a member", deadline=2**40)
    refused(crowd, crowd.signs(new, HALVES), NOT_ITS_TURN)
    assert crowd.bring(crowd.signs(new, HALVES, casts=1)) == 1


def test_casts_before__the_254th_is_the_last_that_a_signature_can_follow(crowd: Round) -> None:
    voter = crowd.founders[0]
    for _ in range(254):
        crowd.cast(voter, ALL)
    last = crowd.signs(voter, HALVES, casts=254)
    assert crowd.bring(last) == 1
    assert crowd.allocation.ballot_of(voter) == (packed(HALVES), 255)
    refused(crowd, last, NOT_ITS_TURN)
    refused(crowd, crowd.signs(voter, HALVES, casts=255), NOT_ITS_TURN)
    crowd.cast(voter, ALL)
    refused(crowd, crowd.signs(voter, HALVES, casts=255), NOT_ITS_TURN)
    assert crowd.allocation.ballot_of(voter) == (packed(ALL), 255)


@pytest.mark.parametrize("casts", [255, 256, 257, 511, 512, 2**96 - 1])
def test_casts_before__a_number_that_no_seat_reaches__never_counts(
    crowd: Round, casts: int
) -> None:
    """No number stands for any: such a signature would count again and again."""
    voter = crowd.founders[0]
    signature = voter.sign(crowd.paper(voter, ALL, casts=casts))
    for _ in range(2):
        with crowd.evm.reverts(NOT_ITS_TURN):
            bring(crowd, voter, ALL, signature, casts=casts)
        refused(crowd, crowd.signs(voter, ALL, casts=casts), NOT_ITS_TURN)
        crowd.cast(voter, HALVES)


def test_casts_before__larger_than_a_batch_can_say__never_counts(crowd: Round) -> None:
    voter = crowd.founders[0]
    for casts in (2**96, 2**256 - 1):
        signature = voter.sign(crowd.paper(voter, ALL, casts=casts))
        with crowd.evm.reverts(NOT_ITS_TURN):
            bring(crowd, voter, ALL, signature, casts=casts)


# --- what is signed ----------------------------------------------------------------------------


def test_digest__every_changed_field__is_not_her_hand(crowd: Round) -> None:
    voter = crowd.founders[0]
    typed: Any = crowd.paper(voter, HALVES)
    changes: list[tuple[str, str, Any]] = [
        ("message", "voter", crowd.founders[1].address),
        ("message", "candidates", [1, 3]),
        ("message", "candidates", [1]),
        ("message", "candidates", [2, 1]),
        ("message", "points", [5_000, 5_001]),
        ("message", "points", [5_000]),
        ("message", "points", [5_000, 5_000, 0]),
        ("message", "castsBefore", 1),
        ("message", "deadline", crowd.evm.now + DAY + 1),
        ("domain", "name", "Millpone"),
        ("domain", "version", "2"),
        ("domain", "chainId", crowd.evm.chain_id + 1),
        ("domain", "verifyingContract", crowd.governor.address),
    ]
    assert {f for _, f, _ in changes} == {*typed["message"], *typed["domain"]}
    good = crowd.signs(voter, HALVES)
    for where, field, worth in changes:
        signature = voter.sign({**typed, where: {**typed[where], field: worth}})
        r, s = int.from_bytes(signature[:32]), int.from_bytes(signature[32:64])
        refused(crowd, [*good[:2], r, s | (signature[64] - 27) << 255], NOT_HERS)
        with crowd.evm.reverts(NOT_HERS):
            bring(crowd, voter, HALVES, signature)
    assert crowd.bring(good) == 1


def test_digest__every_bit_of_the_four_words__matters(crowd: Round) -> None:
    voter = crowd.founders[0]
    good = crowd.signs(voter, HALVES)
    for place in range(4):
        for bit in range(0, 256, 5):
            bad = list(good)
            bad[place] ^= 1 << bit
            assert crowd.bring(bad) == 0, (place, bit)
    assert crowd.allocation.ballot_of(voter) == (0, 0)
    assert crowd.bring(good) == 1


def test_digest__of_another_chain_or_a_sibling_round__is_not_her_hand(crowd: Round) -> None:
    sibling = Round(Evm())
    assert sibling.allocation.address == crowd.allocation.address, "the same history"
    voter = crowd.founders[0]
    refused(crowd, crowd.signs(voter, ALL, chain=1), NOT_HERS)
    other = crowd.hub.next_install(crowd.pool, b"allocation".ljust(32, b"\0"), b"")
    refused(crowd, crowd.signs(voter, ALL, contract=other), NOT_HERS)


def test_signature__high_s_or_out_of_range__is_not_her_hand(crowd: Round) -> None:
    voter = crowd.founders[0]
    who, choices, r, vs = crowd.signs(voter, ALL)
    high, parity = ORDER - (vs & (2**255 - 1)), vs >> 255
    refused(crowd, [who, choices, r, high & (2**255 - 1) | (1 - parity) << 255], NOT_HERS)
    for r_, s in ((0, 0), (0, 1), (1, 0), (ORDER, 1), (2**256 - 1, 2**255 - 1)):
        for sign in (0, 1):
            refused(crowd, [who, choices, r_, s | sign << 255], NOT_HERS)
            # nobody recovers as the zero address either
            refused(crowd, [0, choices, r_, s | sign << 255], NOT_HERS)
    assert crowd.bring([who, choices, r, vs]) == 1


# --- many in one transaction -------------------------------------------------------------------


def test_batch__bad_ones_in_the_middle__are_skipped_in_order_and_change_nothing_else(
    crowd: Round, outsider: Actor
) -> None:
    one, two, three = crowd.founders
    gone = crowd.candidates(1)[0]
    crowd.allocation.withdraw(sender=gone)
    newcomer = crowd.evm.actor("newcomer")
    crowd.admit(newcomer)
    crowd.cast(one, {2: POINTS})
    batch = [
        (crowd.signs(one, ALL), NOT_ITS_TURN),
        (crowd.signs(outsider, ALL), "allocation: not a member"),
        (crowd.signs(two, HALVES), None),
        (crowd.signs(newcomer, ALL), "allocation: joined too late"),
        (crowd.signs(three, {1: 9_999}), "allocation: not 10,000 points"),
        (crowd.signs(three, {1: 1, 4: 9_999}), "allocation: no such candidate"),
        ([int(three.address, 16), packed(ALL), 1, 2], NOT_HERS),
        (crowd.signs(three, {1: 0}), "allocation: ill-formed ballot"),
        (crowd.signs(three, ALL), None),
        (crowd.signs(three, ALL), NOT_ITS_TURN),
        (crowd.signs(two, {2: POINTS}, casts=1), None),
        (crowd.signs(one, {}, casts=1), None),
    ]
    assert crowd.bring([word for words, _ in batch for word in words]) == 4
    told = [
        (int(log.args["voter"], 16), log.args.get("why"))
        for log in crowd.evm.logs
        if log.name in ("AllocationCast", "AllocationSkipped")
    ]
    assert told == [(words[0] & (2**160 - 1), why) for words, why in batch]
    assert crowd.tallies(1, 2, 3) == [POINTS, POINTS, 0]
    assert crowd.allocation.head()[-2:] == (2, 2 * POINTS)
    crowd.check()


def test_batch__no_ballots__counts_none_and_closes_what_is_over(crowd: Round) -> None:
    assert crowd.bring([]) == 0
    assert crowd.evm.logs == []
    crowd.end_period()
    assert crowd.bring([]) == 0
    assert [log.args["period"] for log in named(crowd.evm, "PeriodClosed")] == [1]


def test_batch__not_in_fours__is_refused(crowd: Round) -> None:
    words = crowd.signs(crowd.founders[0], ALL)
    for bad in (words[:1], words[:2], words[:3], [*words, 1]):
        with crowd.evm.reverts("allocation: four words a ballot"):
            crowd.bring(bad)


def test_batch__deadline__its_second_is_the_last(crowd: Round) -> None:
    until = crowd.evm.now + 100
    first, second = (crowd.signs(v, ALL, deadline=until) for v in crowd.founders[:2])
    crowd.evm.warp_to(until)
    assert crowd.bring(first, until) == 1
    crowd.evm.warp(1)
    with crowd.evm.reverts("allocation: signed too late"):
        crowd.bring(second, until)


def test_batch__a_hundred_and_twenty_eight__are_the_most(evm: Evm) -> None:
    crowd = Round(evm, founders=64)
    crowd.candidates(2)
    words = [w for n, v in enumerate(crowd.founders) for w in crowd.signs(v, {1 + n % 2: POINTS})]
    again = [w for v in crowd.founders for w in crowd.signs(v, HALVES, casts=1)]
    with evm.reverts(""):
        crowd.bring([*words, *again, *words[:4]])
    assert crowd.bring([*words, *again]) == 128
    assert crowd.tallies(1, 2) == [320_000, 320_000]
    assert crowd.allocation.head()[-2:] == (64, 640_000)
    crowd.check()
