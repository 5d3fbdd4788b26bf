# SPDX-License-Identifier: AGPL-3.0-only
"""A ledger's balances and payouts by subject."""

from collections import Counter

import pytest

from millpond.core.canonical import decode, encode
from millpond.core.ledger import history, replayed
from millpond.core.subjects import of_identity, to_hex
from millpond.core.units import Millis
from millpond.core.weeks import WEEK_MS, Week
from tests.core.ledger.drafts import FILE, Draft, made
from tests.sourcecred import INSTANCES, read

LEDGER = "data/ledger.json"
SUNDAY = 1_577_577_600_000


def who(name: str) -> bytes:
    return of_identity(f"sourcecred:sourcecred/core/IDENTITY/{made(name)}")


@pytest.mark.parametrize("instance", INSTANCES)
def test_history__a_real_ledger__adds_up_to_its_balances(instance: str) -> None:
    ledger = replayed(read(instance, LEDGER), LEDGER)
    held = Counter[bytes]()
    for payout in history.payouts(ledger):
        held[payout.subject] += payout.amount
    paid = dict(held)
    for moved in history.transfers(ledger):
        held[moved.sender] -= moved.amount
        held[moved.receiver] += moved.amount
    for account in ledger.accounts():
        subject = history.subject_of(account)
        assert (paid.get(subject, 0), held[subject]) == (account.paid, account.balance)
    assert history.past(ledger) == paid


def test_payouts__of_a_merged_account__are_the_bases_oldest_first() -> None:
    draft = Draft().active("ann", "bob").pay(SUNDAY + WEEK_MS, bob=2).pay(SUNDAY, ann=3, bob=4)
    found = history.payouts(replayed(draft.merge("ann", "bob").bytes, FILE))
    assert [(each.subject, each.amount, each.week_end_ms - SUNDAY) for each in found] == [
        (who("ann"), 2, WEEK_MS),
        (who("ann"), 3, 0),
        (who("ann"), 4, 0),
    ]


def test_transfers__between_accounts_of_today__whatever_they_were_called() -> None:
    draft = Draft().active("ann", "bob", "cat").pay(ann=9).send("ann", "bob", 5)
    [moved] = history.transfers(replayed(draft.merge("cat", "bob").bytes, FILE))
    assert (moved.sender, moved.receiver, moved.amount) == (who("ann"), who("cat"), 5)


def test_past__of_some_weeks__is_what_is_stamped_within_them() -> None:
    draft = Draft().active("ann").pay(SUNDAY - 1, ann=1).pay(SUNDAY, ann=20)
    draft.pay(SUNDAY + WEEK_MS - 1, ann=300).pay(SUNDAY + WEEK_MS, ann=4000)
    ledger = replayed(draft.bytes, FILE)
    week = Week(Millis(SUNDAY))
    assert history.past(ledger, [week]) == {who("ann"): 320}
    assert history.past(ledger, [week, Week(week.end_ms)]) == {who("ann"): 4320}
    assert history.past(ledger, []) == {}
    assert history.past(ledger) == {who("ann"): 4321}


def test_as_json__a_ledger__is_canonical_and_says_everything() -> None:
    draft = Draft().active("bob", "ann").pay(SUNDAY, ann=7).send("ann", "bob", 2).payee("ann")
    said = decode(encode(history.as_json(replayed(draft.bytes, FILE))))
    assert isinstance(said, dict)
    assert said["format"] == "millpond/ledger 1"
    accounts = said["accounts"]
    assert isinstance(accounts, list)
    subjects = [each["subject"] for each in accounts if isinstance(each, dict)]
    assert subjects == sorted(to_hex(who(name)) for name in ("ann", "bob"))
    [ann] = [each for each in accounts if isinstance(each, dict) and each["name"] == "ann"]
    assert ann == {
        "subject": to_hex(who("ann")),
        "identity": f"sourcecred:sourcecred/core/IDENTITY/{made('ann')}",
        "name": "ann",
        "subtype": "USER",
        "active": True,
        "balance": "5",
        "paid": "7",
        "payoutAddresses": {
            '{"chainId":"1","tokenAddress":"0x' + "11" * 20 + '","type":"EVM"}': "0x" + "22" * 20
        },
    }
    [payout] = said["payouts"] if isinstance(said["payouts"], list) else []
    assert isinstance(payout, dict)
    assert (payout["amount"], payout["policy"], payout["weekEndMs"]) == (
        "7",
        "IMMEDIATE",
        str(SUNDAY),
    )
    [moved] = said["transfers"] if isinstance(said["transfers"], list) else []
    assert isinstance(moved, dict)
    assert (moved["amount"], moved["memo"]) == ("2", None)
