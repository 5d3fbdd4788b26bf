# SPDX-License-Identifier: AGPL-3.0-only
"""Three rounds of Gitcoin's Grants Stack, replayed to the unit.

Where the pot is the exact sum S of what was published, an address with a gets floor(S * a / S) = a
and nothing is left. Where it is S + 7, it gets floor((S + 7) * a / S) = a + floor(7 * a / S): one
unit more for each whole seventh of the round that is its own, and the rest of the seven is dust.
"""

from collections.abc import Callable

import pytest

from millpond.core.distribution import payouts
from millpond.core.subjects import address_of
from tests.contracts.evm import Reverted
from tests.rounds.published import grants_stack
from tests.rounds.replay import GRAIN, Floors, Replay, held_to

THRICE = "0x21Fe7B098A69F59e3483E260b76798fE32D815ce"
ZEROS = "0x6726FE9C89fb04eAEf388C11cF55Be6AA0a62fb9"
LARGE = "0xAA40E2E5c8df03d792A52B5458959C320F86ca18"
ROUNDS = [THRICE, ZEROS, LARGE]
#               rows, addresses, of these with zero
SHAPES = {THRICE: (7, 5, 0), ZEROS: (28, 28, 9), LARGE: (217, 216, 26)}
# S + 7 by hand; every other address keeps exactly what was published.
#
# THRICE, S = 3,999,999,999,999,999,996. The address that is there three times has
#   1,828,008,938,373,248,046 + 691,381,813,248,417,541 + 515,075,955,429,547,278
#   = 3,034,466,707,051,212,865, which is 75.86 % of S, so between 5/7 (71.43 %) and 6/7 (85.71 %):
#   five more. 665,832,857,190,037,602 is 16.65 %, between 1/7 (14.29 %) and 2/7: one more. The
#   three others have 4.96 %, 1.78 % and 0.74 %. Dust: 7 - 5 - 1 = 1.
# ZEROS, S = 19,712,180,166,241,113,077,134. Four have 3,000,000,000,000,000,000,000, which is
#   15.22 %: one more each. The next has less than a seventh. Dust: 7 - 4 = 3.
# LARGE: nobody has a seventh (the largest has 3.6 %). Dust: 7.
BY_HAND: dict[str, tuple[dict[str, int], int]] = {
    THRICE: (
        {
            "0xa40337afe5b0022425065e02ddee0a8d844ce312": 3_034_466_707_051_212_870,
            "0x7ab874eeef0169ada0d225e9801a3ffffa26aac3": 665_832_857_190_037_603,
        },
        1,
    ),
    ZEROS: (
        {
            "0x1af5c41868d4286c286832c55f2e67a6cad824c4": 3_000_000_000_000_000_000_001,
            "0x8012b593917f74dd8c5233fd509b9a02d1bc7079": 3_000_000_000_000_000_000_001,
            "0xd250018939931691ef30fae31b3cbfdffaa14091": 3_000_000_000_000_000_000_001,
            "0xd6823f807c45efdc56c9ae8db0226ca10af6e8ab": 3_000_000_000_000_000_000_001,
        },
        3,
    ),
    LARGE: ({}, 7),
}

Pay = Callable[[Replay], None]

each = pytest.mark.parametrize("round_id", ROUNDS, ids=lambda round_id: round_id[:10])
both_ways = pytest.mark.parametrize("pay", [Replay.payday, Replay.claims], ids=["payday", "claims"])


@each
def test_rounds__as_they_are__have_zeros_and_an_address_more_than_once(round_id: str) -> None:
    published = grants_stack(round_id)
    none = sum(amount == 0 for amount in published.amounts.values())
    assert (published.rows, len(published.amounts), none) == SHAPES[round_id]


@each
@both_ways
def test_distribution__gift_is_the_sum__pays_what_was_published_and_leaves_nothing(
    round_id: str, pay: Pay
) -> None:
    published = grants_stack(round_id)
    replay = Replay(published, published.total)
    pay(replay)
    floors = held_to(replay, published, published.total)
    assert floors.amounts == {who: much for who, much in published.amounts.items() if much}
    assert floors.dust == 0
    with pytest.raises(Reverted, match="distributor: nothing left"):
        replay.close()


@each
@both_ways
def test_distribution__gift_is_the_sum_and_seven__pays_the_floors_of_a_hand_calculation(
    round_id: str, pay: Pay
) -> None:
    published = grants_stack(round_id)
    replay = Replay(published, published.total + 7)
    pay(replay)
    floors = held_to(replay, published, published.total + 7)
    more, dust = BY_HAND[round_id]
    kept = {who: amount for who, amount in published.amounts.items() if amount}
    assert floors.amounts == kept | more
    assert floors.dust == dust
    replay.close()
    assert replay.coop.distributor.carry_of(replay.coop.dollar) == dust
    assert replay.left()["reserved"] == 0


@each
def test_document__of_a_round__lists_zeros_as_without_a_leaf_and_says_what_is_paid(
    round_id: str,
) -> None:
    published = grants_stack(round_id)
    document = Replay(published, published.total + 7).document
    _, addresses, none = SHAPES[round_id]
    assert (document.leaf_count, len(document.no_leaf)) == (addresses - none, none)
    assert {published.amounts[address_of(it.subject).lower()] for it in document.no_leaf} <= {0}
    told = payouts(document, published.total + 7, GRAIN, 1)
    floors = Floors.of(published, published.total + 7)
    assert {address_of(r.subject).lower(): r.amount for r in told.rows} == floors.amounts
    assert (told.dust, told.carried, told.capped) == (floors.dust, 0, 0)
