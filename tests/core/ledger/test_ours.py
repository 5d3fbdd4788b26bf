# SPDX-License-Identifier: AGPL-3.0-only
"""A distribution of ours in a ledger of theirs."""

from collections import Counter
from functools import cache

import pytest

from millpond.core.distribution import Distribution, data_hash, payouts
from millpond.core.errors import InactiveAccount, LedgerRuleError, UnknownAccount
from millpond.core.ledger import Ledger, history, replayed
from millpond.core.ledger.ours import add_distribution
from millpond.core.ledger.writing import written
from millpond.core.subjects import of_identity, to_hex
from tests.core import month
from tests.core.ledger.drafts import FILE, Draft, made, node

GRAIN = 10**21
LATER = 1_700_000_000_000


@cache
def september() -> Distribution:
    """The real month of 2019-09."""
    return month.september()


def draft() -> Draft:
    """A ledger with an account for each of its people, by an alias; every third is switched off."""
    found = Draft()
    for number, person in enumerate(september().people):
        who = f"p{number:03}"
        assert person.identity is not None
        found.create(who).alias(who, node(person.identity.partition(":")[2]))
        if number % 3:
            found.toggle(who)
    return found


def ledger(extra: Draft | None = None) -> Ledger:
    return replayed((extra or draft()).bytes, FILE)


def test_add_distribution__of_a_month__pays_each_account_what_its_leaf_got() -> None:
    found = ledger()
    active = [account.active for account in found.accounts()]
    add_distribution(found, september(), GRAIN, LATER)
    rows = payouts(september(), 0, GRAIN, 0).rows
    assert len(rows) == september().leaf_count > 40
    wanted = Counter({row.identity: row.grain for row in rows})
    for account in found.accounts():
        alias = "sourcecred:" + "/".join(account.aliases[0].address.split("\0")[1:-1])
        assert account.paid == account.balance == wanted[alias]
    assert sum(history.past(found).values()) == sum(wanted.values()) > GRAIN - 79
    assert [account.active for account in found.accounts()] == active
    assert found.last_cred_ms == september().weeks[-1].end_ms


def test_add_distribution__its_ledger__replays_and_names_the_document() -> None:
    found = ledger()
    one = add_distribution(found, september(), GRAIN, LATER)
    again = replayed(written(found.events), FILE)
    assert again.accounts() == found.accounts()
    [receipt] = next(account.receipts for account in again.accounts() if account.receipts)
    assert (receipt.policy, receipt.time_ms) == ("SPECIAL", LATER)
    assert to_hex(data_hash(september())).encode() in written(found.events)
    assert len({each.id for each in one.allocations}) == len(one.allocations)


def test_add_distribution__a_leaf_struck_out__gets_nothing_and_the_rest_more() -> None:
    found, out = ledger(), september().leaves[0][0]
    made_of = add_distribution(found, september(), GRAIN, LATER, [out])
    assert len(made_of.allocations) == september().leaf_count - 1
    assert sum(history.past(found).values()) > GRAIN - 79


def test_add_distribution__twice__is_refused() -> None:
    found = ledger()
    add_distribution(found, september(), GRAIN, LATER)
    events = found.events
    with pytest.raises(LedgerRuleError, match="epoch 1: the ledger has this distribution already"):
        add_distribution(found, september(), GRAIN, LATER + 1)
    assert found.events == events


def test_add_distribution__a_leaf_of_nobody__is_refused_and_nothing_added() -> None:
    found = ledger(Draft().create("ann"))
    events = found.events
    with pytest.raises(UnknownAccount, match=r"no account of the ledger is sourcecred:"):
        add_distribution(found, september(), GRAIN, LATER)
    assert found.events == events


def test_add_distribution__somebody_who_cannot_be_switched_on__is_refused() -> None:
    extra = draft().add("SET_EXTERNAL_CURRENCY", currency={"type": "PROTOCOL", "chainId": "FIL"})
    with pytest.raises(InactiveAccount, match="has no address to be paid at"):
        add_distribution(ledger(extra), september(), GRAIN, LATER)


def test_add_distribution__by_an_accounts_own_address__finds_it_too() -> None:
    identity = f"sourcecred:sourcecred/core/IDENTITY/{made('ann')}"
    [account] = ledger(Draft().create("ann").alias("ann", node("x", ""))).accounts()
    assert history.subject_of(account) == of_identity(identity)
