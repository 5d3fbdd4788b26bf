# SPDX-License-Identifier: AGPL-3.0-only
"""The logarithm of shares: every decimal of it, held against bounds of whole numbers."""

import random
from decimal import Decimal, localcontext

import pytest

from tests.contracts.evm import Contract, Evm

ONE = 10**18


@pytest.fixture
def harness(evm: Evm) -> Contract:
    return evm.deploy("LogarithmHarness")


def exact(number: int) -> int:
    """By sixty decimals of the natural logarithms."""
    with localcontext() as context:
        context.prec = 60
        found = Decimal(number).ln() / Decimal(2).ln()
        nearest = found.to_integral_value()
        if abs(found - nearest) < Decimal(10) ** -50:
            return int(nearest) * ONE
        return int(found * ONE)


def test_log2__known_numbers__have_eighteen_decimals(harness: Contract) -> None:
    assert harness.log2(1) == 0
    assert harness.log2(3) == 1_584962500721156181
    assert harness.log2(10) == 3_321928094887362347
    for power in range(33):
        assert harness.log2(2**power) == power * ONE


def test_log2__all_up_to_a_thousand_and_many_above__are_exact(harness: Contract) -> None:
    chosen = random.Random(11)  # noqa: S311
    numbers = [*range(1, 1_001), *(chosen.randint(1_001, 10**6) for _ in range(490))]
    numbers += [10**6 - 1, 10**6, 2**32 - 1, 2**20 - 1, 2**20 + 1]
    for start in range(0, len(numbers), 500):
        part = numbers[start : start + 500]
        assert harness.many(part) == [exact(number) for number in part]


def test_log2__nothing_or_too_much__is_refused(harness: Contract) -> None:
    for number in (0, 2**32 + 1, 2**256 - 1):
        with harness.evm.reverts("log2: out of bounds"):
            harness.log2(number)
