# SPDX-License-Identifier: AGPL-3.0-only
"""The finished rounds of clr.fund, replayed to the unit, and one that was cancelled, refused.

clr.fund's own rule is recomputed first: floor(pool * votes / all votes) + credits * factor. What it
allocated is then the cred of an epoch whose income is the exact sum, or that sum and seven.
"""

from collections.abc import Callable

import pytest

from millpond.core.errors import TreeError
from tests.contracts.coop import Coop
from tests.contracts.evm import Evm
from tests.rounds.published import clrfund, clrfund_file
from tests.rounds.replay import Replay, document_of, held_to

ROUNDS = ["0x18604d04", "0x1c1df3c3", "0xcf022876"]
CANCELLED = "0x4a724288"
#         projects, addresses, of these with an allocation
SHAPES = {"0x18604d04": (30, 30, 16), "0x1c1df3c3": (33, 31, 25), "0xcf022876": (11, 11, 10)}
# The sum S and seven, by hand: an address with at least a seventh of S gets one unit more.
#
# 0x18604d04, S = 1,234,392,999,999,999,999,993: a seventh is 176,341,857,142,857,142,856.14. Two
#   have more: 196,671,015,558,276,949,453 and 197,917,799,226,647,889,048. Dust: 7 - 2 = 5.
# 0x1c1df3c3: the largest has 10.4 %, nobody a seventh. Dust: 7.
# 0xcf022876, S = 1,566,199,999,999,999,999,994: a seventh is 223,742,857,142,857,142,856.29. Three
#   have more: 235,775,061,057,462,823,572; 243,910,008,913,163,209,105 and
#   230,937,010,475,491,096,016. Dust: 7 - 3 = 4.
BY_HAND: dict[str, tuple[dict[str, int], int]] = {
    "0x18604d04": (
        {
            "0x4b8810b079eb22ecf2d1f75e08e0abbd6fd87dbf": 196_671_015_558_276_949_454,
            "0x4e2f7c052376727ff6f6de2715850419ecacc302": 197_917_799_226_647_889_049,
        },
        5,
    ),
    "0x1c1df3c3": ({}, 7),
    "0xcf022876": (
        {
            "0x8bfbb529a9e85fdc4b70a4fcdc0d68bb298b8816": 235_775_061_057_462_823_573,
            "0x4e2f7c052376727ff6f6de2715850419ecacc302": 243_910_008_913_163_209_106,
            "0x7143a40f2cbd8321ada641828f34ac707b657ef6": 230_937_010_475_491_096_017,
        },
        4,
    ),
}

Pay = Callable[[Replay], None]

each = pytest.mark.parametrize("address", ROUNDS)
both_ways = pytest.mark.parametrize("pay", [Replay.payday, Replay.claims], ids=["payday", "claims"])


@each
def test_rounds__their_own_rule__gives_what_they_allocated(address: str) -> None:
    found, published = clrfund_file(address), clrfund(address)
    projects, expected = found["projects"], found["expected"]
    votes = sum(int(project["tallyResult"]) for project in projects)
    pool, factor = int(expected["effective_pool"]), int(found["round"]["voiceCreditFactor"])
    for project in projects:
        matched = pool * int(project["tallyResult"]) // votes
        own = int(project["spentVoiceCredits"]) * factor
        assert matched + own == int(project["allocatedAmount"])
    assert votes == int(expected["sum_votes"])
    assert published.total == int(expected["total_allocated"])
    paid = sum(amount > 0 for amount in published.amounts.values())
    assert (published.rows, len(published.amounts), paid) == SHAPES[address]


@each
@both_ways
def test_distribution__gift_is_the_sum__pays_what_was_allocated_and_leaves_nothing(
    address: str, pay: Pay
) -> None:
    published = clrfund(address)
    replay = Replay(published, published.total)
    pay(replay)
    floors = held_to(replay, published, published.total)
    assert floors.amounts == {who: much for who, much in published.amounts.items() if much}
    assert floors.dust == 0


@each
@both_ways
def test_distribution__gift_is_the_sum_and_seven__pays_the_floors_of_a_hand_calculation(
    address: str, pay: Pay
) -> None:
    published = clrfund(address)
    replay = Replay(published, published.total + 7)
    pay(replay)
    floors = held_to(replay, published, published.total + 7)
    more, dust = BY_HAND[address]
    kept = {who: amount for who, amount in published.amounts.items() if amount}
    assert floors.amounts == kept | more
    assert floors.dust == dust


def test_document__of_a_cancelled_round__is_refused_as_nobody_was_given_anything(evm: Evm) -> None:
    cancelled = clrfund(CANCELLED)
    assert clrfund_file(CANCELLED)["round"]["isCancelled"]
    assert cancelled.rows > 2
    assert cancelled.total == 0
    with pytest.raises(TreeError, match="there are no leaves"):
        document_of(Coop(evm), cancelled)
