# SPDX-License-Identifier: AGPL-3.0-only
"""Ballots of an allocation in words, against words written out by hand."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from millpond.core.allocation_words import POINTS, pack, unpack
from millpond.core.errors import BadInput
from tests.contracts.allocations import packed

# id 3 with 2,500 points in the lowest 31 bits, id 131,071 with 7,500 in the next
BY_HAND = (3 * 16_384 + 2_500) + (131_071 * 16_384 + 7_500) * 2**31


@st.composite
def ballots(draw: st.DrawFn) -> dict[int, int]:
    """Well-formed ones: so many candidates, and cuts of 10,000 between them."""
    numbers = draw(st.sets(st.integers(1, 2**17 - 1), min_size=1, max_size=8))
    cuts = draw(
        st.sets(st.integers(1, POINTS - 1), min_size=len(numbers) - 1, max_size=len(numbers) - 1)
    )
    ends = [*sorted(cuts), POINTS]
    shares = [end - start for start, end in zip([0, *ends], ends, strict=False)]
    return dict(zip(numbers, shares, strict=True))


def test_pack__two_candidates__by_ascending_number_from_the_lowest_bits() -> None:
    assert pack({131_071: 7_500, 3: 2_500}) == BY_HAND
    assert unpack(BY_HAND) == {3: 2_500, 131_071: 7_500}
    assert list(unpack(BY_HAND)) == [3, 131_071]


def test_pack__nobody__is_zero() -> None:
    assert (pack({}), unpack(0)) == (0, {})


@given(ballots())
def test_pack__any_ballot__is_what_the_contract_s_tests_send_and_reads_back(
    choices: dict[int, int],
) -> None:
    assert pack(choices) == packed(choices)
    assert unpack(pack(choices)) == choices


@pytest.mark.parametrize(
    ("choices", "says"),
    [
        ({1: 9_999}, "gives 9,999 points"),
        ({1: 5_000, 2: 5_001}, "gives 10,001 points"),
        ({1: 10_000, 2: 0}, "the points of candidate 2 is 0"),
        ({1: 10_001}, "the points of candidate 1 is 10001"),
        ({0: 10_000}, "the number of a candidate is 0"),
        ({2**17: 10_000}, "the number of a candidate is 131072"),
        (dict.fromkeys(range(1, 10), 1_111), "names 9 candidates"),
    ],
)
def test_pack__an_ill_formed_ballot__is_refused(choices: dict[int, int], says: str) -> None:
    with pytest.raises(BadInput, match=says):
        pack(choices)


@pytest.mark.parametrize(
    "word",
    [
        10_000,  # nobody's points
        5 << 14 | 10_000 | 1 << 31 * 8,  # beyond eight
        (5 << 14 | 5_000) | (5 << 14 | 5_000) << 31,  # twice the same
        (5 << 14 | 5_000) | (4 << 14 | 5_000) << 31,  # descending
        (5 << 14 | 10_000) << 31,  # the lowest place is empty
        -1,
    ],
)
def test_unpack__a_word_that_is_no_ballot__is_refused(word: int) -> None:
    with pytest.raises(BadInput):
        unpack(word)
