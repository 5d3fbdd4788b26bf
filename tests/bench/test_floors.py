# SPDX-License-Identifier: AGPL-3.0-only
"""Floors against sums made by hand from the protocol's prices."""

import re

import pytest

from bench.floors import FLOORS, Data, Floor, event

BY_HAND = {
    # transaction, selector and calldata, a clone of 45 bytes, its first call, settings, events
    "create_1": 21_000 + 984 + 32_000 + 9_000 + 2_700 + 22_100 + 22_100 + 1_500 + 1_381,
    "create_3": 112_765 + 2 * (22_100 + 368 + 1_381),
    "create_treasury_3": 160_463,
    "add_member": 21_000 + 432 + 22_100 + 5_000 + 1_381,
    # the text is an offset, a length and three words, of which 66 bytes are not zero
    "propose_eth": 21_000 + (64 + 368 + 224 + 140 + 140 + 1_176) + 2_100 + 22_100 + 3_292,
    "vote_first": 30_200,
    "vote_later": 21_000 + 344 + 2_100 + 5_000 + 1_756,
    "vote_by_sig_first": 34_324,
    "vote_by_sig": 21_000 + 344 + 1_024 + 2_100 + 5_000 + 1_756 + 3_100,
    "votes_by_sig_100": 21_000 + 484 + 100 * (1_024 + 3_100 + 2_100 + 1_756) + 5_000 + 22_100,
    "queue": 21_000 + 576 + 5_000 + 1_381,
    "execute_eth": 21_000 + 1_168 + 5_000 + 9_300 + 1_125,
    "execute_erc20": 21_000 + 1_548 + 5_000 + 2_600 + 10_000 + 1_125 + 1_756,
    "whole_payment": 50_604 + 3 * 30_200 + 37_593,
    "multisig_eth_1": 21_000 + 1_680 + 3_100 + 2_100 + 5_000 + 9_300 + 1_125,
    "multisig_eth_3": 21_000 + 3_728 + 9_300 + 6_300 + 5_000 + 9_300 + 1_125,
    "deposit_eth": 21_000 + 1_381,
    "deposit_erc20": 21_000 + 668 + 2_600 + 2_100 + 10_000 + 1_756 + 1_756,
    "erc20_transfer": 21_000 + 668 + 10_000 + 1_756,
    "erc20_permit": 72_432 - 17_100,
    "erc20_permit_empty": 21_000 + 2_376 + 3_100 + 22_100 + 22_100 + 1_756,
    "claim_100": 21_000 + 948 + 7 * 512 + 8 * 42 + 2_100 + 5_000 + 2_600 + 10_000 + 1_756,
    "claim_12": 47_324,
    "claim_10k": 51_202,
    "claim_1m": 54_526,
    "payday_10": 21_000 + 712 + 7_600 + 10 * (604 + 5_000 + 1_756),
    "payday_100": 765_312,
    "payday_500": 29_312 + 500 * 7_360,
    "payday_eth_10": 21_000 + 344 + 10 * (592 + 9_300),
    "payday_eth_100": 1_010_544,
    "payday_eth_500": 4_967_344,
}


@pytest.mark.parametrize("operation", FLOORS)
def test_floor__of_an_operation__is_the_sum_made_by_hand(operation: str) -> None:
    assert FLOORS[operation].gas == BY_HAND[operation]


def test_floors__all__are_checked_by_hand() -> None:
    assert set(FLOORS) == set(BY_HAND)


def test_floor__much_calldata_and_little_else__costs_the_least_that_calldata_may() -> None:
    heavy = Floor(Data(zero=100, other=1_000), {"event": 375})
    assert 21_000 + 400 + 16_000 + 375 < 21_000 + 1_000 + 40_000 == heavy.gas


def test_data__added_and_multiplied__counts_each_kind_of_byte() -> None:
    assert Data(1, 2) * 3 + Data(10, 20) == Data(13, 26)
    assert Data(13, 26).gas == 13 * 4 + 26 * 16


def test_event__topics_and_words__cost_375_each_and_eight_a_byte() -> None:
    assert [event(1, 0), event(3, 0), event(3, 1)] == [750, 1_500, 1_756]


@pytest.mark.parametrize("operation", FLOORS)
def test_words__of_a_floor__add_up_to_it(operation: str) -> None:
    floor = FLOORS[operation]
    figures = re.findall(r"([\d,]+)(?= \+|$)", floor.words)
    assert sum(int(figure.replace(",", "")) for figure in figures) == floor.gas
