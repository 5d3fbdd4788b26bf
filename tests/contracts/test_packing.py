# SPDX-License-Identifier: AGPL-3.0-only
"""Two numbers in one word: whatever fits comes back, whatever does not is refused."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.contracts.evm import Contract, Evm

HALF = 2**128
EDGES = [0, 1, 2, HALF // 2, HALF - 2, HALF - 1]
AMOUNTS = st.sampled_from(EDGES) | st.integers(0, HALF - 1)
TOO_LARGE = st.sampled_from([HALF, HALF + 1, 2**255, 2**256 - 1]) | st.integers(HALF, 2**256 - 1)

SHARED = settings(
    max_examples=500, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@pytest.fixture
def packing(evm: Evm) -> Contract:
    return evm.deploy("PackingHarness")


@SHARED
@given(high=AMOUNTS, low=AMOUNTS)
def test_pair__whatever_fits__comes_back(packing: Contract, high: int, low: int) -> None:
    word = packing.pair(high, low)
    assert word == high * HALF + low
    assert (packing.high(word), packing.low(word)) == (high, low)


@SHARED
@given(word=st.integers(0, 2**256 - 1))
def test_low_and_high__any_word__are_quotient_and_rest(packing: Contract, word: int) -> None:
    assert (packing.high(word), packing.low(word)) == divmod(word, HALF)


@SHARED
@given(large=TOO_LARGE, other=AMOUNTS, is_high=st.booleans())
def test_pair__over_128_bits__is_refused(
    packing: Contract, large: int, other: int, is_high: bool
) -> None:
    with packing.evm.reverts("packing: over 128 bits"):
        packing.pair(*((large, other) if is_high else (other, large)))
