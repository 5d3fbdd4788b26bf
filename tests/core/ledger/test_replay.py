# SPDX-License-Identifier: AGPL-3.0-only
"""What each action changes, and when it is refused."""

import pytest

from millpond.core.errors import (
    IdentityClash,
    InactiveAccount,
    InputFileError,
    LedgerRuleError,
    NotEnoughGrain,
    TimeGoesBack,
    UnknownAccount,
)
from millpond.core.ledger import Account, Ledger, replayed
from millpond.core.ledger.reading import read_events
from millpond.core.units import Amount
from tests.core.ledger.drafts import COIN, DOLLAR, FILE, PAYEE, START, Draft, made, node, own

NONE = Amount(0)
X, Y = node("github", "x"), node("github", "y")
DOLLAR_KEY = '{"chainId":"1","tokenAddress":"0x' + "11" * 20 + '","type":"EVM"}'
COIN_KEY = '{"chainId":"FIL","type":"PROTOCOL"}'


def of(draft: Draft) -> dict[str, Account]:
    """The accounts of a ledger by their names."""
    return {account.name: account for account in replayed(draft.bytes, FILE).accounts()}


def with_currency(draft: Draft, currency: object = DOLLAR) -> Draft:
    return draft.add("SET_EXTERNAL_CURRENCY", currency=currency)


def without_accounting(draft: Draft) -> Draft:
    return with_currency(draft).add("DISABLE_ACCOUNTING")


# --- accounts -------------------------------------------------------------------------------------


def test_create__a_new_account__is_empty_and_switched_off() -> None:
    assert of(Draft().create("ann"))["ann"] == Account(
        made("ann"), "ann", "USER", own("ann"), (), False, NONE, NONE, (), {}, (made("ann"),)
    )


def test_rename__another_name__frees_the_old_one_and_keeps_the_rest() -> None:
    draft = Draft().create("ann").alias("ann", X)
    draft.add("RENAME_IDENTITY", identityId=made("ann"), newName="Zoe").create("b", name="ANN")
    found = of(draft)
    assert sorted(found) == ["ANN", "Zoe"]
    assert (found["Zoe"].id, found["Zoe"].aliases[0].address) == (made("ann"), X)


def test_rename__other_capitals__is_a_change() -> None:
    draft = Draft().create("ann").add("RENAME_IDENTITY", identityId=made("ann"), newName="ANN")
    assert list(of(draft)) == ["ANN"]


def test_change_type__another_type__is_taken() -> None:
    draft = Draft().create("ann").add("CHANGE_IDENTITY_TYPE", identityId=made("ann"), newType="BOT")
    assert of(draft)["ann"].subtype == "BOT"


def test_add_alias__several__stand_in_their_order() -> None:
    found = of(Draft().create("ann").alias("ann", Y).alias("ann", X))["ann"]
    assert [(each.address, each.description) for each in found.aliases] == [
        (Y, "ann's"),
        (X, "ann's"),
    ]


def test_toggle__twice__is_off_again() -> None:
    assert of(Draft().create("ann").toggle("ann"))["ann"].active
    assert not of(Draft().create("ann").toggle("ann").toggle("ann"))["ann"].active


def test_merge__the_target__goes_into_the_base_with_all_it_has() -> None:
    draft = Draft().active("ann", "bob").alias("ann", X).alias("bob", Y)
    draft.pay(START + 5, ann=3, bob=40).pay(START + 1, bob=500).send("bob", "ann", 500)
    draft.payee("bob", COIN).payee("bob", DOLLAR).payee("ann", DOLLAR, "0x" + "33" * 20)
    [ann] = of(draft.toggle("bob").merge("ann", "bob")).values()
    assert (ann.name, ann.paid, ann.balance, ann.active) == ("ann", 543, 543, True)
    assert [each.address for each in ann.aliases] == [X, Y, own("bob")]
    assert ann.aliases[-1].description == f"identity @bob (id: {made('bob')})"
    assert [(each.amount, each.cred_ms - START) for each in ann.receipts] == [
        (500, 1),
        (3, 5),
        (40, 5),
    ]
    assert ann.payout_addresses == {COIN_KEY: PAYEE, DOLLAR_KEY: "0x" + "33" * 20}
    assert ann.merged_ids == (made("ann"), made("bob"))


def test_merge__the_targets_id__leads_to_the_base_and_its_name_is_free() -> None:
    draft = Draft().active("ann", "bob").merge("ann", "bob").pay(bob=7)
    draft.create("b2", name="BOB").merge("b2", "bob")
    found = of(draft)
    assert list(found) == ["BOB"]
    assert (found["BOB"].paid, found["BOB"].merged_ids) == (
        7,
        (made("b2"), made("ann"), made("bob")),
    )


def test_merge__the_order_of_accounts__is_that_of_their_first_ids() -> None:
    draft = Draft().create("ann").create("bob").create("cat").merge("cat", "ann")
    assert list(of(draft)) == ["cat", "bob"]


def test_rename__by_a_merged_id__goes_by_that_id_as_in_sourcecred() -> None:
    draft = Draft().create("ann").create("bob").merge("ann", "bob")
    draft.add("RENAME_IDENTITY", identityId=made("bob"), newName="both")
    both = of(draft)["both"]
    assert (both.id, both.address) == (made("bob"), own("ann"))


# --- grain ----------------------------------------------------------------------------------------


def test_distribute__receipts__add_to_paid_and_balance() -> None:
    draft = Draft().active("ann", "bob").pay(START - 9, ann=3, bob=4).pay(START - 20, ann=10**30)
    ledger = replayed(draft.bytes, FILE)
    ann, bob = ledger.accounts()
    assert (ann.paid, ann.balance, bob.paid) == (10**30 + 3, 10**30 + 3, 4)
    assert [(each.allocation, each.policy, each.time_ms) for each in bob.receipts] == [
        (made("a0004"), "IMMEDIATE", START + 5000)
    ]
    assert ledger.last_cred_ms == START - 9


def test_transfer__to_another_and_to_oneself__moves_the_balance_only() -> None:
    draft = Draft().active("ann", "bob").pay(ann=10).send("ann", "bob", 4).send("ann", "ann", 6)
    ann, bob = of(draft.send("bob", "ann", 0)).values()
    assert (ann.balance, ann.paid, bob.balance, bob.paid) == (6, 10, 4, 0)


def test_payout_address__set_changed_and_cleared__is_the_last() -> None:
    draft = Draft().create("ann").payee("ann", COIN, "ab" * 20).payee("ann").payee("ann", DOLLAR)
    assert of(draft)["ann"].payout_addresses == {
        COIN_KEY: "0xABaBaBaBABabABabAbAbABAbABabababaBaBABaB",
        DOLLAR_KEY: PAYEE,
    }
    assert of(draft.payee("ann", DOLLAR, None).payee("ann", DOLLAR, None))[
        "ann"
    ].payout_addresses == {COIN_KEY: "0xABaBaBaBABabABabAbAbABAbABabababaBaBABaB"}


def test_accounting__switched_off__wipes_balances_and_counts_paid_only() -> None:
    draft = without_accounting(Draft().active("ann").pay(ann=10)).pay(ann=5)
    ledger = replayed(draft.bytes, FILE)
    [ann] = ledger.accounts()
    assert (ann.balance, ann.paid, ann.active) == (0, 15, True)
    assert not ledger.accounting.enabled
    [ann] = of(draft.add("ENABLE_ACCOUNTING").pay(ann=2)).values()
    assert (ann.balance, ann.paid) == (2, 17)


def test_currency__set_while_accounting_is_on__leaves_balances() -> None:
    draft = with_currency(Draft().active("ann").pay(ann=10))
    ledger = replayed(draft.bytes, FILE)
    assert ledger.accounts()[0].balance == 10
    assert ledger.accounting.currency is not None
    assert replayed(draft.add("REMOVE_EXTERNAL_CURRENCY").bytes, FILE).accounting.currency is None


def test_toggle__with_a_currency__wants_a_place_to_be_paid() -> None:
    draft = with_currency(Draft().create("ann")).payee("ann").toggle("ann").toggle("ann")
    assert not of(draft)["ann"].active


def test_tracking__a_distribution_made_meanwhile__may_be_marked_once() -> None:
    draft = Draft().add("ENABLE_GRAIN_INTEGRATION").pay()
    draft.add("MARK_DISTRIBUTION_EXECUTED", id=made("d0001"))
    ledger = replayed(draft.bytes, FILE)
    assert ledger.accounting.tracking
    off = replayed(draft.add("DISABLE_GRAIN_INTEGRATION").bytes, FILE)
    assert not off.accounting.tracking


def test_events__equal_times_and_repeated_switches__are_taken() -> None:
    draft = Draft().add("ENABLE_ACCOUNTING").add("ENABLE_ACCOUNTING")
    draft.events[1]["ledgerTimestamp"] = draft.events[0]["ledgerTimestamp"]
    assert len(replayed(draft.bytes, FILE).events) == 2


# --- refusals -------------------------------------------------------------------------------------


def back(draft: Draft) -> Draft:
    """The last event is older than the one before."""
    draft.events[-1]["ledgerTimestamp"] = draft.events[-2]["ledgerTimestamp"] - 1
    return draft


def one() -> Draft:
    return Draft().create("ann")


def two() -> Draft:
    return Draft().active("ann", "bob")


def rename(draft: Draft, who: str, name: str) -> Draft:
    return draft.add("RENAME_IDENTITY", identityId=made(who), newName=name)


def mark(draft: Draft, which: str) -> Draft:
    return draft.add("MARK_DISTRIBUTION_EXECUTED", id=made(which))


TRACKED = "ENABLE_GRAIN_INTEGRATION"
Refusal = tuple[Draft, type[InputFileError], str]
REFUSALS: dict[str, Refusal] = {
    "time going back": (
        back(one().create("bob")), TimeGoesBack, f"goes back from {START + 1000} to {START + 999}"),
    "create: a name that is taken": (
        one().create("b", name="ann"), IdentityClash, "the name ann is taken"),
    "create: a name but for its capitals": (
        one().create("b", name="aNN"), IdentityClash, "the name aNN is taken"),
    "create: an id that is taken": (
        one().create("b", id=made("ann")), IdentityClash, "the id or the address of b is taken"),
    "create: an address that is taken": (
        one().create("b", address=own("ann")), IdentityClash, "the id or the address of b"),
    "create: an address that is an alias": (
        one().alias("ann", own("b")).create("b"), IdentityClash, "the id or the address of b"),
    "create: with aliases": (
        Draft().create("b", aliases=[{"address": X, "description": ""}]),
        LedgerRuleError, "b has aliases already"),
    "rename: nobody": (rename(one(), "bob", "x"), UnknownAccount, f"no account {made('bob')}"),
    "rename: the same name": (rename(one(), "ann", "ann"), LedgerRuleError, "name ann already"),
    "rename: a name that is taken": (rename(two(), "ann", "BOB"), IdentityClash, "name BOB is"),
    "type: nobody": (
        Draft().add("CHANGE_IDENTITY_TYPE", identityId=made("x"), newType="BOT"),
        UnknownAccount, "no account"),
    "type: the same type": (
        one().add("CHANGE_IDENTITY_TYPE", identityId=made("ann"), newType="USER"),
        LedgerRuleError, "ann is a USER already"),
    "alias: nobody": (Draft().alias("ann", X), UnknownAccount, "no account"),
    "alias: of two people": (
        two().alias("ann", X).alias("bob", X), IdentityClash,
        "'N\\x00github\\x00x\\x00' is ann's and cannot be bob's too"),
    "alias: another's own address": (two().alias("ann", own("bob")), IdentityClash, "is bob's"),
    "alias: twice": (
        one().alias("ann", X).alias("ann", X), LedgerRuleError, "is ann's already"),
    "alias: one's own address": (one().alias("ann", own("ann")), LedgerRuleError, "is ann's"),
    "alias: one that was merged": (
        two().alias("bob", X).merge("ann", "bob").create("cat").alias("cat", X),
        IdentityClash, "is ann's and cannot be cat's too"),
    "merge: no base": (one().merge("bob", "ann"), UnknownAccount, "no account"),
    "merge: no target": (one().merge("ann", "bob"), UnknownAccount, "no account"),
    "merge: with itself": (one().merge("ann", "ann"), LedgerRuleError, "ann cannot be merged"),
    "merge: with itself by two ids": (
        two().merge("ann", "bob").merge("bob", "ann"), LedgerRuleError, "ann cannot be merged"),
    "toggle: nobody": (Draft().toggle("ann"), UnknownAccount, "no account"),
    "toggle: nowhere to be paid": (
        with_currency(one()).payee("ann", COIN).toggle("ann"), InactiveAccount,
        "ann has no address to be paid at"),
    "distribute: nobody": (one().pay(bob=1), UnknownAccount, "no account"),
    "distribute: somebody switched off": (
        one().pay(ann=1), InactiveAccount, "ann is switched off and cannot get grain"),
    "distribute: less than nothing": (
        two().pay(ann=-1), NotEnoughGrain, "ann gets -1"),
    "transfer: from nobody": (two().send("cat", "ann", 0), UnknownAccount, made("cat")),
    "transfer: to nobody": (two().send("ann", "cat", 0), UnknownAccount, made("cat")),
    "transfer: from somebody switched off": (
        two().toggle("ann").send("ann", "bob", 0), InactiveAccount, "ann is switched off and"),
    "transfer: to somebody switched off": (
        two().toggle("bob").send("ann", "bob", 0), InactiveAccount, "bob is switched off and"),
    "transfer: more than there is": (
        two().pay(ann=5).send("ann", "bob", 6), NotEnoughGrain, "ann has 5 and sends 6"),
    "transfer: less than nothing": (
        two().pay(ann=5).send("ann", "bob", -1), NotEnoughGrain, "bob gets -1"),
    "transfer: without accounting": (
        without_accounting(two()).send("ann", "bob", 0), LedgerRuleError, "keeps no balances"),
    "payee: nobody": (Draft().payee("ann"), UnknownAccount, "no account"),
    "accounting off: no currency": (
        one().add("DISABLE_ACCOUNTING"), LedgerRuleError, "there is no currency"),
    "currency removed: no accounting": (
        without_accounting(one()).add("REMOVE_EXTERNAL_CURRENCY"),
        LedgerRuleError, "needs its currency"),
    "executed: no tracking": (mark(Draft().pay(), "d0000"), LedgerRuleError, "does not track"),
    "executed: made before the tracking": (
        mark(Draft().pay().add(TRACKED), "d0000"), UnknownAccount, "no distribution"),
    "executed: forgotten since": (
        mark(Draft().add(TRACKED).pay().add("DISABLE_GRAIN_INTEGRATION").add(TRACKED), "d0001"),
        UnknownAccount, "no distribution"),
    "executed: twice": (
        mark(mark(Draft().add(TRACKED).pay(), "d0001"), "d0001"), LedgerRuleError, "already"),
}  # fmt: skip


@pytest.mark.parametrize(("draft", "kind", "why"), REFUSALS.values(), ids=REFUSALS)
def test_apply__what_cannot_have_happened__is_refused_and_changes_nothing(
    draft: Draft, kind: type[InputFileError], why: str
) -> None:
    *before, last = read_events(draft.bytes, FILE)
    ledger = Ledger(before)
    accounts, accounting = ledger.accounts(), ledger.accounting
    with pytest.raises(InputFileError) as caught:
        ledger.apply(last)
    assert type(caught.value) is kind
    assert why in caught.value.message
    assert caught.value.message.startswith(f"{FILE}, line {len(draft.events)}: ")
    assert len(caught.value.next_step) > 10
    assert (ledger.accounts(), ledger.accounting) == (accounts, accounting)
    assert ledger.events == tuple(before)
