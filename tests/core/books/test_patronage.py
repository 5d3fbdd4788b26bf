# SPDX-License-Identifier: AGPL-3.0-only
"""A surplus among members. The first case is worked out by hand:

a surplus of 10,000; 30 % stays collective, 7,000 are left; patronage of 30 and 10 makes 5,250 and
1,750; 20 % of these in cash are 1,050 and 350; capital accounts grow by 4,200 and 1,400.
"""

import csv as reader
import io
import json
from random import Random

import pytest

from millpond.core.books.commodities import Commodity
from millpond.core.books.patronage import (
    COLUMNS,
    Allocation,
    Patronage,
    allocate,
    as_json,
    notice,
    rows,
)
from millpond.core.books.tables import csv
from millpond.core.errors import BadInput, UnitError
from tests.core.books.pages import COIN

ONE, TWO, THREE = (f"0x{number:040x}" for number in (1, 2, 3))
DOLLARS = Commodity(COIN, "USD", 0)
CENTS = Commodity(COIN, "USD", 2)
BY_HAND = allocate(10_000, 3_000, 2_000, {ONE: 30, TWO: 10})


def parts(found: Patronage) -> list[tuple[int, int, int]]:
    """Allocated, cash and capital of each."""
    return [(each.allocated, each.cash, each.capital) for each in found.allocations]


def test_allocate__by_hand__to_the_unit() -> None:
    assert parts(BY_HAND) == [(5_250, 1_050, 4_200), (1_750, 350, 1_400)]
    assert (BY_HAND.collective, BY_HAND.cash, BY_HAND.capital) == (3_000, 1_400, 5_600)


def test_allocate__what_rounding_leaves__stays_collective() -> None:
    # 70 % of 101 are 70; a third of 70 is 23 each, and 1 is left: 31 + 1 stay
    found = allocate(101, 3_000, 2_000, {ONE: 1, TWO: 1, THREE: 1})
    assert parts(found) == [(23, 5, 18)] * 3  # a fifth of 23 is 4.6: 5 in cash
    assert found.collective == 101 - 69


def test_allocate__others_work__has_its_part_and_it_stays_collective() -> None:
    # of 7,000 a half is others': 30 of 80 and 10 of 80 are 2,625 and 875
    found = allocate(10_000, 3_000, 2_000, {ONE: 30, TWO: 10}, outside=40)
    assert [each.allocated for each in found.allocations] == [2_625, 875]
    assert found.collective == 3_000 + 3_500
    assert found.all_patronage == 80


def test_allocate__capital_before__is_added_to() -> None:
    found = allocate(10_000, 3_000, 2_000, {ONE: 30, TWO: 10, THREE: 0}, 0, {ONE: 7, THREE: 5})
    assert [each.capital_after for each in found.allocations] == [4_207, 1_400, 5]


def test_allocate__all_or_nothing__at_the_edges() -> None:
    assert parts(allocate(100, 10_000, 0, {ONE: 1})) == [(0, 0, 0)]
    assert parts(allocate(100, 0, 0, {ONE: 1})) == [(100, 0, 100)]
    assert parts(allocate(100, 0, 10_000, {ONE: 1})) == [(100, 100, 0)]
    assert parts(allocate(1, 0, 1, {ONE: 1})) == [(1, 1, 0)]


@pytest.mark.parametrize("surplus", [0, -1])
def test_allocate__no_surplus__refused(surplus: int) -> None:
    with pytest.raises(BadInput, match="no surplus"):
        allocate(surplus, 0, 0, {ONE: 1})


@pytest.mark.parametrize("patronage", [{}, {ONE: 0}])
def test_allocate__nobody_has_patronage__refused(patronage: dict[str, int]) -> None:
    with pytest.raises(BadInput, match="no member has any patronage"):
        allocate(100, 0, 0, patronage, outside=5)


@pytest.mark.parametrize(
    ("collective", "cash", "patronage", "outside"),
    [
        (10_001, 0, {ONE: 1}, 0),
        (-1, 0, {ONE: 1}, 0),
        (0, 10_001, {ONE: 1}, 0),
        (0, -1, {ONE: 1}, 0),
        (0, 0, {ONE: -1, TWO: 2}, 0),
        (0, 0, {ONE: 1}, -1),
    ],
)
def test_allocate__shares_and_patronage_out_of_bounds__refused(
    collective: int, cash: int, patronage: dict[str, int], outside: int
) -> None:
    with pytest.raises(UnitError):
        allocate(100, collective, cash, patronage, outside)


def test_allocate__any_figures__nothing_is_made_or_lost() -> None:
    random = Random(7)  # noqa: S311  figures to try, no secret
    for _ in range(3_000):
        count = random.randint(1, 9)
        patronage = {f"0x{n:040x}": random.randrange(10 ** random.randint(1, 30)) for n in
                     range(count)}  # fmt: skip
        patronage[ONE] = 1 + patronage.get(ONE, 0)
        surplus, outside = 1 + random.randrange(10**24), random.randrange(10**20)
        collective, cash = random.randint(0, 10_000), random.randint(0, 10_000)
        found = allocate(surplus, collective, cash, patronage, outside)
        assert found.collective + found.allocated == surplus
        assert found.cash + found.capital == found.allocated
        assert found.collective * 10_000 >= surplus * collective
        # rounding leaves less than a unit for each, and one more for the whole
        fair = surplus * (10_000 - collective) * sum(patronage.values())
        whole = 10_000 * (sum(patronage.values()) + outside)
        assert 0 <= fair - found.allocated * whole < (len(patronage) + 1) * whole
        for each in found.allocations:
            assert each.allocated * cash <= each.cash * 10_000 < each.allocated * cash + 10_000


def test_rows__each_member_and_what_stays__add_up() -> None:
    text = csv(COLUMNS, rows(BY_HAND, CENTS))
    found = list(reader.DictReader(io.StringIO(text, newline="")))
    assert [row["allocated"] for row in found] == ["52.50", "17.50", "30.00"]
    assert found[0] == {
        "member": ONE,
        "patronage": "30",
        "allocated": "52.50",
        "cash": "10.50",
        "capital": "42.00",
        "capital_before": "0.00",
        "capital_after": "42.00",
        "asset": "USD",
    }
    assert found[2]["member"] == "collective"


def test_notice__of_one_member__has_every_figure() -> None:
    one: Allocation = BY_HAND.allocations[0]
    text = notice(BY_HAND, one, DOLLARS, "credsperiment", "2026 (UTC)", "grain")
    assert text.startswith("WRITTEN NOTICE OF ALLOCATION\n")
    for words in (
        "Co-op credsperiment",
        "Period 2026 (UTC)",
        f"Member {ONE}",
        "Surplus of the co-op 10,000 USD",
        "Kept for all 3,000 USD (30 % decided)",
        "Your patronage 30 of 40 (grain)",
        "Allocated to you 5,250 USD",
        "Paid to you in cash 1,050 USD (20 %)",
        "Added to your capital account 4,200 USD",
        "Your capital account now 4,200 USD",
    ):
        assert words.split() in [line.split() for line in text.splitlines()], words


def test_as_json__for_the_next_year__what_capital_accounts_have() -> None:
    found = json.loads(json.dumps(as_json(BY_HAND, DOLLARS)))
    assert [(each["member"], each["capital_after"]) for each in found["members"]] == [
        (ONE, "4200"),
        (TWO, "1400"),
    ]
    assert (found["asset"], found["collective"]) == (COIN, "3000")
