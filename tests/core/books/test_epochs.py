# SPDX-License-Identifier: AGPL-3.0-only
"""The statement of an epoch: every unit of the pot is somewhere, and it fits on a page.

The month is worked out by hand. 1,000.00 came in, 80 % of it is paid, 50.00 were carried in: a pot
of 850.00. Of it 600.00 were paid (100.00 of these failed and are owed), a cap took 30.00, 70.00
were settled off chain, and at the close 0.01 of rounding and two leaves of 75.00 nobody claimed
were left over: 150.01; so 850.00 = 600.00 - 0.01 + 30.00 + 70.00 + 150.01.
"""

import dataclasses
import json

import pytest

from millpond.core.books.commodities import Commodity
from millpond.core.books.epochs import EpochStatement, Holding, Struck, as_json, lines
from millpond.core.errors import BooksError
from tests.core.books.pages import COIN, ETHER

CENTS = Commodity(COIN, "USD", 2)
ETH = Commodity(ETHER, "ETH", 18)
SUBJECT = "0x" + "ab" * 32
MONTH = EpochStatement(
    earmark=1,
    epoch=3,
    attempt=2,
    outcome="final",
    block=99,
    commodity=CENTS,
    grain_commodity=ETH,
    posted_at=1_577_836_800,
    final_at=1_578_441_600,
    closes_at=1_609_977_600,
    closed=True,
    income=100_000,
    share_bps=8_000,
    carry=5_000,
    pot=85_000,
    leaf_count=12,
    total_cred=500_000_000,
    excluded_cred=40_000_000,
    struck=(Struck(SUBJECT, 40_000_000, False), Struck("0x" + "cd" * 32, 7_000_000, True)),
    leaves_paid=9,
    paid=59_999,
    owed=10_000,
    leaves_off_chain=1,
    off_chain=7_000,
    capped=3_000,
    left_over=15_001,
    grain=10**18,
    treasury=(Holding(0, CENTS, 12_345, 0), Holding(1, CENTS, 1_000_000, 85_000)),
    debts=((CENTS, 10_000),),
)


def test_statement__closed__nothing_waits_and_the_rest_is_carried() -> None:
    assert MONTH.waiting == 0
    assert MONTH.carried == 3_000 + 7_000 + 15_001
    assert MONTH.struck_cred == MONTH.excluded_cred == 40_000_000


def test_statement__open__what_is_not_accounted_for_waits() -> None:
    found = dataclasses.replace(MONTH, closed=False, left_over=0)
    assert found.waiting == 15_001


@pytest.mark.parametrize(
    ("name", "amount"),
    [
        ("paid", 60_000),  # more than the pot
        ("pot", 84_999),
        ("left_over", 15_000),  # closed, and a cent is nowhere
        ("off_chain", 7_001),
        ("capped", 100_000),
    ],
)
def test_statement__that_does_not_add_up__refused(name: str, amount: int) -> None:
    changed = dict(vars(MONTH)) | {name: amount}
    with pytest.raises(BooksError, match="of a pot of"):
        EpochStatement(**changed)


def test_statement__more_owed_than_paid__refused() -> None:
    with pytest.raises(BooksError, match="60000 owed of 59999 paid"):
        dataclasses.replace(MONTH, owed=60_000)


def test_statement__open_and_over_the_pot__refused() -> None:
    with pytest.raises(BooksError, match="of a pot of 85000 85001 are accounted for"):
        dataclasses.replace(MONTH, closed=False, left_over=15_002)


def test_lines__each__fits_on_80_letters_and_says_its_figure() -> None:
    text = "\n".join(lines(MONTH))
    assert max(map(len, text.split("\n"))) == 80
    said = [line.split() for line in text.split("\n")]
    for words in (
        "income, of which 80 % is paid 1,000.00 USD",
        "carried in from earlier pots 50.00 USD",
        "pot 850.00 USD",
        "paid to 9 of 12 leaves 599.99 USD",
        "of it became a debt 100.00 USD",
        "settled off chain (1), freed 70.00 USD",
        "over the cap, carried 30.00 USD",
        "left over at the close, carried 150.01 USD",
        "still waiting 0.00 USD",
        "carried into later pots 250.01 USD",
        "excluded from the pot 40.000000",
        "struck out: 0xabababab…abab 40.000000",
        "restored: 0xcdcdcdcd…cdcd 7.000000",
        "earmark 0 123.45 USD",
        "earmark 1 10,000.00 USD",
        "of it promised 850.00 USD",
        "owed to payees 100.00 USD",
    ):
        assert words.split() in said, words


def test_lines__the_largest_figures__still_fit() -> None:
    large = 2**128 - 1
    found = dataclasses.replace(
        MONTH, commodity=ETH, income=large, pot=large, carry=large, closed=False, left_over=0
    )
    text = "\n".join(lines(found))
    assert max(map(len, text.split("\n"))) <= 80
    assert "340,282,366,920,938,463,463.374607431768211455 ETH" in text


@pytest.mark.parametrize(
    ("outcome", "said"), [("void", "freed again, unpaid"), ("under review", "still waiting")]
)
def test_lines__not_final__say_what_became_of_the_pot(outcome: str, said: str) -> None:
    found = dataclasses.replace(
        MONTH, outcome=outcome, final_at=None, closes_at=None, closed=False,
        paid=0, owed=0, capped=0, off_chain=0, left_over=0,
    )  # fmt: skip
    words = [line.split() for line in lines(found)]
    assert [*said.split(), "850.00", "USD"] in words
    assert not any(line[:1] in (["final"], ["closed"]) for line in words)


def test_as_json__amounts__are_text_in_smallest_units() -> None:
    found = json.loads(json.dumps(as_json(MONTH)))
    assert found["pot"] == "85000"
    assert (found["waiting"], found["carried"], found["struck_cred"]) == ("0", "25001", "40000000")
    assert found["treasury"][1] == {
        "earmark": 1,
        "asset": COIN,
        "balance": "1000000",
        "reserved": "85000",
    }
    assert found["debts"] == [{"asset": COIN, "amount": "10000"}]
    assert found["struck"][0] == {"subject": SUBJECT, "cred": "40000000", "restored": False}
    assert found["asset"] == {"address": COIN, "code": "USD", "decimals": 2}
