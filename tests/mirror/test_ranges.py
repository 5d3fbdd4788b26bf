# SPDX-License-Identifier: AGPL-3.0-only
"""How much is asked for at a time, and what nodes say of their limits."""

import pytest

from millpond.mirror.ranges import Aim, Appetite, hint

HINTS = [
    ("query returned more than 10000 results. Try with this block range [0xB4BEE0, 0xB4BF00].", 33),
    ("this block range should work: [0x0, 0x1af]", 432),
    ("query exceeds max results 20000, retry with the range 24383075-24383096", 22),
    ("exceed maximum block range: 5000", 5_000),
    ("eth_getLogs is limited to a 10,000 range", 10_000),
    ("limited to a 10,000 blocks range", 10_000),
    ("block range is too wide (max 1000)", 1_000),
    ("Block range limit exceeded. Max 800 blocks", 800),
    ("requested too many blocks from 0 to 20000, maximum is set to 2048", 2_048),
    ("you can make requests with up to a 2K block range", 2_000),
    ("requests with up to a 10 block range", 10),
    ("maximum allowed number of requested blocks is 10000", 10_000),
    ("query returned more than 10000 results", None),
    ("logs matched by query exceeds limit of 10000", None),
    ("block range [0x10, 0x5]", None),
    ("query timeout exceeded", None),
    ("", None),
]


@pytest.mark.parametrize(("words", "blocks"), HINTS)
def test_hint__what_nodes_say__is_read(words: str, blocks: int | None) -> None:
    assert hint(words) == blocks


def appetite(cap: int = 10_000) -> Appetite:
    """For 1,000 events in a reply, from 64 blocks."""
    return Appetite(Aim(1_000, seconds=2.0), cap)


def test_took__small_quick_replies__doubles_up_to_the_cap() -> None:
    found, sizes = appetite(cap=300), []
    for _ in range(5):
        found.took(found.size, 10, 0.1)
        sizes.append(found.size)
    assert sizes == [128, 256, 300, 300, 300]


def test_took__more_than_half_of_the_aim__grows_by_an_eighth_from_then_on() -> None:
    found = appetite()
    found.took(64, 600, 0.1)
    assert found.size == 72
    found.took(72, 100, 0.1)
    assert found.size == 81


@pytest.mark.parametrize(
    ("events", "seconds", "size"), [(1_200, 0.1, 32), (4_000, 0.1, 16), (10, 3.0, 32)]
)
def test_took__too_much_or_too_slow__at_most_half(events: int, seconds: float, size: int) -> None:
    found = appetite()
    found.took(64, events, seconds)
    assert found.size == size


def test_took__less_was_left_to_ask_for__says_nothing() -> None:
    found = appetite()
    found.took(5, 0, 0.1)
    assert found.size == 64


def test_refused__without_a_hint__halves_down_to_one_and_recovers() -> None:
    found = appetite()
    for _ in range(10):
        found.refused(found.size, "internal error")
    assert found.size == 1
    found.took(1, 1, 0.1)
    assert found.size == 2


def test_refused__with_a_hint__keeps_to_it_for_good() -> None:
    found = appetite()
    found.refused(64, "exceed maximum block range: 10")
    assert found.size == 10
    for _ in range(20):
        found.took(found.size, 0, 0.1)
    assert found.size == 10


def test_refused__with_a_hint_that_is_no_less__halves() -> None:
    found = appetite()
    found.refused(64, "exceed maximum block range: 5000")
    assert found.size == 32
