# SPDX-License-Identifier: AGPL-3.0-only
"""The three words that the Clerk makes of a payout policy, and what it refuses to pack."""

from dataclasses import replace
from typing import Any

import pytest

from tests.contracts.distributors import DAY, MONTH, YEAR, Mill, Policy
from tests.contracts.evm import Evm

ASSET = "0x" + "11" * 20
USUAL = Policy(ASSET, 7)
U96 = 2**96 - 1


@pytest.fixture
def mill(evm: Evm) -> Mill:
    """Its distributor has maintainers and no earmark yet."""
    mill = Mill(evm)
    mill.set_up()
    return mill


def packed(mill: Mill, earmark: int, policy: Policy) -> tuple[int, int, int]:
    """As the Clerk says."""
    source, terms, review = mill.clerk.pack_policy(earmark, policy.values())
    return source, terms, review


def test_pack_policy__one_policy__is_these_words_written_out_by_hand(mill: Mill) -> None:
    policy = replace(
        USUAL,
        payout_bps=0x1234,
        minimum=0xA1,
        grain_per_epoch=0xB2,
        signer_cap_bps=0x0ABC,
        epoch_length=MONTH,  # 0x24ea00
        claim_window=YEAR,  # 0x01e13380
        zero_out_bps=0x0123,
        restorers=0x0C,
        fixed_portion=True,
    )
    source = "11" * 20 + "1234" + "0abc" + "00000009" + "00000007"
    terms = "0000000000000000000000a1" + "0000000000000000000000b2" + "0024ea00" + "01e13380"
    review = "01" + "0123" + "0c"
    assert packed(mill, 9, policy) == (int(source, 16), int(terms, 16), int(review, 16))


def test_pack_policy__every_number_at_its_most__reaches_into_no_other(mill: Mill) -> None:
    policy = Policy(
        "0x" + "ff" * 20,
        *(2**32 - 1, 10_000, U96, U96, 10_000),
        *(366 * DAY, 3_660 * DAY, 5_000, 16),
    )
    source, terms, review = packed(mill, 2**32 - 1, policy)
    assert source >> 96 == 2**160 - 1
    assert (source >> 80 & 0xFFFF, source >> 64 & 0xFFFF) == (10_000, 10_000)
    assert source & 2**64 - 1 == 2**64 - 1
    assert (terms >> 160, terms >> 64 & U96) == (U96, U96)
    assert (terms >> 32 & 0xFFFFFFFF, terms & 0xFFFFFFFF) == (366 * DAY, 3_660 * DAY)
    assert review == 5_000 << 8 | 16


REFUSED: list[tuple[dict[str, Any], str]] = [
    ({"payout_bps": 0}, "distributor: bad payout share"),
    ({"payout_bps": 10_001}, "distributor: bad payout share"),
    ({"signer_cap_bps": 0}, "distributor: bad signer cap"),
    ({"signer_cap_bps": 10_001}, "distributor: bad signer cap"),
    ({"minimum": 0}, "distributor: bad minimum"),
    ({"minimum": 2**96}, "distributor: bad minimum"),
    ({"grain_per_epoch": 2**96}, "distributor: bad grain amount"),
    ({"epoch_length": MONTH - 1}, "distributor: bad epoch length"),
    ({"epoch_length": 366 * DAY + 1}, "distributor: bad epoch length"),
    ({"claim_window": YEAR - 1}, "distributor: bad claim window"),
    ({"claim_window": 3_660 * DAY + 1}, "distributor: bad claim window"),
    ({"zero_out_bps": 5_001}, "distributor: bad zero-out share"),
    ({"restorers": 0}, "distributor: bad restorers"),
    ({"restorers": 17}, "distributor: bad restorers"),
    ({"fixed_portion": True, "signer_cap_bps": 10_000}, "distributor: a portion of all"),
]


@pytest.mark.parametrize(("other", "reason"), REFUSED, ids=str)
def test_pack_policy__out_of_bounds__is_refused_wherever_it_comes_from(
    mill: Mill, other: dict[str, Any], reason: str
) -> None:
    bad = replace(USUAL, **other)
    with mill.evm.reverts(reason):
        packed(mill, 1, bad)
    with mill.evm.reverts(reason):
        mill.open(mill.policy(**other), restricted=False)
    mill.open()
    with mill.evm.reverts(reason):
        mill.distributor.set_policy(mill.policy(**other).values(), sender=mill.governor)


def test_pack_policy__by_anybody__keeps_nothing(mill: Mill) -> None:
    before = mill.evm.state()
    packed(mill, 3, USUAL)
    assert mill.evm.state() == before
    assert mill.distributor.policy_of(1) == mill.distributor.policy_of(2)
