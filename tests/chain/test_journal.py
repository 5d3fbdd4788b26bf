# SPDX-License-Identifier: AGPL-3.0-only
"""A pool's books in double entry, beside a chain on which everything has happened."""

from dataclasses import replace
from typing import Any

import pytest

from millpond.chain import abi
from millpond.chain.abi import Event
from millpond.chain.answers import NO_ADDRESS, Address
from millpond.chain.books_check import check_books
from millpond.chain.entries import RULES, WITHOUT_MONEY
from millpond.chain.epoch_books import statement_of, treasury
from millpond.chain.journal import Bookkeeping, Told, commodities_of, keep
from millpond.chain.payments import with_paydays
from millpond.chain.report import Report
from millpond.chain.verify_code import PoolParts, find_pool
from millpond.core.books import accounts, beancount, hledger
from millpond.core.books.payees import How, PaidTwice
from millpond.core.errors import BadInput, BooksError, MillpondError
from tests.chain.books import all_events, checked, every_block
from tests.chain.books_story import BUY_IN, ETH, NEWCOMER, ONE, Eventful, eventful
from tests.chain.coop import DOLLAR, PATRONS, PAYEES, STRANGER, Story
from tests.core import month
from tests.core.books import reading

__all__ = ["eventful"]

# decentralion's micro-cred and everybody's in 2019-09, and Beanow's
OURS, ALL = 201_305_737, 585_491_375
SPEAKING = ("Pool", "CredDistributor", "Admission", "Grain")
# Of a review that is still to come on the chain.
COMING = {("CredDistributor", name) for name in ("ZeroedOut", "Restored", "SettledOffChain")}


@pytest.fixture(scope="module")
def events(eventful: Eventful) -> list[Told]:
    return all_events(eventful.coop.client, eventful.parts)


@pytest.fixture(scope="module")
def kept(eventful: Eventful, events: list[Told]) -> Bookkeeping:
    return keep(eventful.parts, events)


# --- every event is thought of --------------------------------------------------------------------


def test_rules__every_event_of_a_contract_that_speaks_of_money__moves_some_or_says_why_not() -> (
    None
):
    declared = {(kind, name) for kind in SPEAKING for name in abi.load(kind).events}
    assert declared - RULES.keys() - WITHOUT_MONEY.keys() == set()
    assert set(RULES) & set(WITHOUT_MONEY) == set()
    assert (set(RULES) | set(WITHOUT_MONEY)) - declared <= COMING
    assert all(len(why) > 6 for why in WITHOUT_MONEY.values())


def test_rules__the_other_contracts__have_no_event_with_an_amount_of_money() -> None:
    """The Governor sends nothing by itself, and Hub, Identity and Badges hold nothing."""
    amounts = {"amount", "value", "units", "pot", "paid"}
    silent = [name for name in abi.names() if name not in (*SPEAKING, "TestDollar")]
    found = {
        (name, event.name)
        for name in silent
        for event in abi.load(name).events.values()
        for param in event.inputs
        if param.name in amounts
    }
    assert found == set()


def test_story__every_event_that_moves_money__has_happened(events: list[Told]) -> None:
    happened = {(told.contract, told.event.name) for told in events}
    declared = {(kind, name) for kind in SPEAKING for name in abi.load(kind).events}
    assert (set(RULES) & declared) - happened == set()
    assert {("Pool", "LossAccepted"), ("CredDistributor", "ShareCapped")} <= happened


def test_entry__an_event_that_nobody_knows__refused(eventful: Eventful, events: list[Told]) -> None:
    strange = replace(events[-1], event=replace(events[-1].event, name="Burned"))
    with pytest.raises(BooksError, match=r"nobody has said what Pool\.Burned is"):
        keep(eventful.parts, [*events[:-1], strange])


# --- the books are the chain ----------------------------------------------------------------------


def test_books__after_every_block_of_the_year__are_the_chain(eventful: Eventful) -> None:
    blocks, checks = every_block(
        eventful.coop.client, eventful.parts, eventful.coop.made.block_number
    )
    assert blocks > 100
    assert checks > 12 * blocks / 2


def test_books__after_every_block_of_a_paid_month__are_the_chain(paid: Story) -> None:
    coop = paid.coop
    parts = _parts(paid)
    blocks, checks = every_block(coop.client, parts, coop.made.block_number)
    assert (blocks > 20, checks > blocks) == (True, True)


def _parts(story: Story) -> PoolParts:
    return find_pool(story.coop.hub, "credsperiment")


def test_journal__one_entry_for_each_event_of_money__in_order(
    kept: Bookkeeping, events: list[Told]
) -> None:
    places = [entry.place for entry in kept.journal.entries]
    expected = [
        told.place
        for told in events
        if (told.contract, told.event.name) in RULES
        and not (told.event.name == "Transfer" and told.event.args["sender"] != NO_ADDRESS)
    ]
    assert places == expected
    assert len(places) > 40


@pytest.mark.parametrize(
    ("account", "asset", "expected"),
    [
        # what the year's deeds say, by hand
        # the last hundred came when a unit of the books was worth a half
        (accounts.gifts(1), "scrip", -2_200 * DOLLAR),
        (accounts.SURPLUS, "scrip", -50 * DOLLAR),
        (accounts.gifts(0), "eth", -6 * ONE),
        (accounts.SURPLUS, "eth", -7),
        (accounts.spent(0), "eth", 3 * ONE),
        (accounts.CALLS, "eth", 0),  # one ether went to the Governor and came back
        (accounts.spent(0), "scrip", 10 * DOLLAR + 3),
        (accounts.free(0), "eth", 3 * ONE + 7 - 5),
        (accounts.free(2), "eth", 5),
        (accounts.reserved(2), "eth", 0),
        (accounts.BUY_INS_PASSING, "eth", 0),
        (accounts.cred(1, 1), "scrip", None),
        (accounts.KEPT_FOR_DEBTS, "eth", 3 * ONE),
        (accounts.GRAIN_PATRONS, "grain", 10 * ONE),
        (accounts.GRAIN_OTHER, "grain", 0),
    ],
)
def test_journal__an_account__is_what_was_done(
    kept: Bookkeeping, eventful: Eventful, account: str, asset: str, expected: int | None
) -> None:
    address = {"scrip": eventful.coop.dollar.address, "eth": ETH, "grain": kept.known.grain}[asset]
    found = kept.journal.balance(account, address)
    if expected is None:
        # a quarter of 2,030.00 is the cap; Beanow's share is below it
        document = eventful.documents[0]
        pot = 2_030 * DOLLAR
        beanow = dict(document.leaves)[month.who("Beanow")]
        expected = pot // 4 + pot * beanow // document.total
    assert found == expected


def test_journal__a_seat_s_buy_in__comes_and_goes(kept: Bookkeeping) -> None:
    entries = [entry for entry in kept.journal.entries if "Buy-in" in entry.text]
    assert [entry.place.event for entry in entries] == [
        *("Given", "BuyInPaid"),
        *("Released", "BuyInRefunded"),
    ]
    seat = next(p.account for p in entries[1].postings if ":Seat-" in p.account)
    assert kept.journal.balance(seat, ETH) == 0
    assert [p.amount for p in entries[1].postings] == [BUY_IN, -BUY_IN]
    assert NEWCOMER.address in entries[3].text


def test_journal__grain_that_was_withheld__is_nobody_s(
    kept: Bookkeeping, eventful: Eventful
) -> None:
    grain = kept.known.grain
    withheld = -kept.journal.balance(accounts.GRAIN_WITHHELD, grain)
    second = kept.journal.balance(accounts.grain_cred(1, 2), grain)
    assert withheld == second > 0
    issued = -kept.journal.balance(accounts.GRAIN_ISSUED, grain)
    assert issued == eventful.coop.grain.totalSupply()
    assert issued == kept.journal.under("Expenses:Grain", grain)


def test_journal__what_patrons_chose__is_in_no_entry(kept: Bookkeeping) -> None:
    text = "".join(entry.text for entry in kept.journal.entries)
    assert "thank you" not in text
    assert PATRONS[1].address not in "".join(
        entry.text for entry in kept.journal.entries if entry.place.event == "Given"
    )


# --- as others read it ----------------------------------------------------------------------------


def test_journal__as_hledger_and_beancount_read_it__the_same_books(
    kept: Bookkeeping, eventful: Eventful
) -> None:
    names = commodities_of(eventful.coop.client, kept)
    journal = kept.journal
    for written, read in ((hledger, reading.hledger), (beancount, reading.beancount)):
        found = read("\n".join(written.written(journal, names, "Books")))
        assert found.postings >= sum(len(entry.postings) for entry in journal.entries)
        for (account, asset), amount in journal.balances.items():
            one = 10 ** names.of(asset).decimals
            assert found.sums[account, names.of(asset).code] * one == amount
    # two epochs became final, two were closed on one day, and there is an end
    assert [what for _, what in journal.ends] == [
        "epoch 1 of earmark 1 became final",
        "epoch 2 of earmark 1 became final",
        "epoch 1 of earmark 1 was closed",
        "epoch 2 of earmark 1 was closed",
    ]


def test_commodities__of_the_story__have_their_own_names(
    kept: Bookkeeping, eventful: Eventful
) -> None:
    names = commodities_of(eventful.coop.client, kept)
    assert {each.code: each.decimals for each in names.by_address.values()} == {
        "CRED": 18,
        "ETH": 18,
        "SCRIP": 6,
    }


# --- something is wrong with the events -----------------------------------------------------------


def test_check__any_event_of_money_left_out__found(eventful: Eventful, events: list[Told]) -> None:
    last = events[-1].event.log.block_number
    assert checked(eventful.coop.client, eventful.parts, events, last) == []
    unseen, tried = [], 0
    for number, told in enumerate(events):
        if (told.contract, told.event.name) not in RULES or _between_holders(told):
            continue
        tried += 1
        if not _found(eventful, [*events[:number], *events[number + 1 :]], told):
            unseen.append(told.event.name)
    assert tried > 40
    assert unseen == []


def test_check__any_amount_one_unit_more__found(eventful: Eventful, events: list[Told]) -> None:
    unseen, tried = [], 0
    for number, told in enumerate(events):
        changed = _one_more(told)
        if changed is None or _between_holders(told):
            continue
        tried += 1
        if not _found(eventful, [*events[:number], changed, *events[number + 1 :]], told):
            unseen.append(told.event.name)
    assert tried > 40
    assert unseen == []


def _found(eventful: Eventful, events: list[Told], changed: Told) -> bool:
    """Whether the books of the block in which an event was changed show it."""
    block = changed.event.log.block_number
    until = [told for told in events if told.event.log.block_number <= block]
    try:
        return checked(eventful.coop.client, eventful.parts, until, block) != []
    except MillpondError:
        return True


def _between_holders(told: Told) -> bool:
    return told.event.name == "Transfer" and told.event.args["sender"] != NO_ADDRESS


def _one_more(told: Told) -> Told | None:
    """The same event with a unit more of whatever it speaks of."""
    args = dict(told.event.args)
    if (told.contract, told.event.name) not in RULES:
        return None
    for name in ("amount", "value", "carry"):
        if name in args:
            args[name] += 1
            return replace(told, event=replace(told.event, args=args))
    args["shares"] = [share._replace(amount=share.amount + 1) for share in args["shares"]]
    return replace(told, event=replace(told.event, args=args))


def test_books__a_claim_without_its_payment__named_by_its_transaction(
    eventful: Eventful, events: list[Told]
) -> None:
    released = next(
        t for t in events if t.event.name == "Released" and t.event.args["earmark_id"] == 1
    )
    without = [told for told in events if told is not released]
    with pytest.raises(BooksError, match="are left in Expenses:Cred:Earmark-1:Passing") as caught:
        keep(eventful.parts, without)
    assert released.place.transaction in caught.value.message


# --- what is paid outside of the chain ------------------------------------------------------------


def _place(told: Told) -> tuple[int, int]:
    return told.event.log.block_number, told.event.log.index


def _settled(events: list[Told], told: Told, subject: bytes, epoch: int, amount: int) -> Told:
    """A settlement behind everything else, as the distributor will say it."""
    last = events[-1].event.log
    log = replace(last, address=told.event.address, index=last.index + 1)
    args = {
        "subject": subject,
        "epoch": epoch,
        "payee": PAYEES[2].address,
        "reference": bytes(32),
        "amount": amount,
        "grain": 9,
    }
    return Told("CredDistributor", events[-1].moment, Event("SettledOffChain", args, log))


def test_settlement__of_a_leaf_that_was_claimed__refused_by_name(
    eventful: Eventful, events: list[Told]
) -> None:
    claimed = next(told for told in events if told.event.name == "Claimed")
    subject = claimed.event.args["subject"]
    settled = _settled(events, claimed, subject, 1, 5)
    with pytest.raises(PaidTwice, match=r"epoch 1 .*is paid by Claimed in block"):
        keep(eventful.parts, [*events, settled])


def test_settlement__and_then_a_claim__refused_by_name(
    eventful: Eventful, events: list[Told]
) -> None:
    claimed = next(told for told in events if told.event.name == "Claimed")
    share = claimed.event.args["shares"][0]
    settled = _settled(events, claimed, claimed.event.args["subject"], share.epoch, 1)
    earlier = replace(
        claimed.event.log,
        block_number=claimed.event.log.block_number - 1,
        index=999,
        transaction_hash=b"\7" * 32,
    )
    before = replace(settled, event=replace(settled.event, log=earlier))
    with pytest.raises(PaidTwice, match="is paid by SettledOffChain in block"):
        keep(eventful.parts, sorted([*events, before], key=_place))


def test_settlement__one_leaf_twice_in_one_claim__refused(
    eventful: Eventful, events: list[Told]
) -> None:
    number = next(i for i, told in enumerate(events) if told.event.name == "Claimed")
    args = dict(events[number].event.args)
    args["shares"] = [*args["shares"], args["shares"][0]]
    doubled = replace(events[number], event=replace(events[number].event, args=args))
    with pytest.raises(PaidTwice):
        keep(eventful.parts, [*events[:number], doubled, *events[number + 1 :]])


def test_settlement__of_another_leaf__a_leg_of_its_own(
    eventful: Eventful, events: list[Told]
) -> None:
    claimed = next(told for told in events if told.event.name == "Claimed")
    kept = keep(eventful.parts, [*events, _settled(events, claimed, b"\5" * 32, 1, 5)])
    scrip = eventful.coop.dollar.address
    assert kept.journal.balance(accounts.off_chain(1, 1), scrip) == 5
    assert kept.journal.balance(accounts.paid_by_others(1), scrip) == -5
    before = keep(eventful.parts, events).journal
    assert kept.journal.under("Assets", scrip) == before.under("Assets", scrip)
    payment = kept.payments.found[-1]
    assert (payment.how, payment.payee, payment.amount) == (How.FIAT, PAYEES[2].address, 5)
    assert (payment.received, payment.grain, payment.shares[0].epoch) == (5, 9, 1)


# --- who was paid ---------------------------------------------------------------------------------


def test_payments__of_the_year__who_got_what_and_how(kept: Bookkeeping, eventful: Eventful) -> None:
    client, distributor = eventful.coop.client, eventful.coop.distributor.address
    found = with_paydays(client, kept.payments.found, [distributor])
    told = [(each.how, each.payee, each.amount) for each in found]
    scrip = eventful.coop.dollar.address
    first = {each.payee: each.amount for each in found if each.shares and each.shares[0].epoch == 1}
    # the payday's payments failed; ETH could not be paid either; the claim came through
    assert sorted(how for how, _, _ in told) == ["claimed", "owed", "owed", "owed", "vote", "vote"]
    assert first[PAYEES[0].address] == 2_030 * DOLLAR // 4
    assert [(how, to, amount) for how, to, amount in told if how in ("vote", "claimed")] == [
        (How.VOTE, STRANGER.address, 10 * DOLLAR),
        (How.VOTE, STRANGER.address, 3),
        (How.CLAIMED, PAYEES[0].address, found[-1].amount),
    ]
    debt = next(each for each in found if each.asset == ETH)
    assert (debt.how, debt.payee, debt.amount) == (How.OWED, eventful.payee.address, 3 * ONE)
    three = next(each for each in found if each.amount == 3)
    assert (three.asset, three.received) == (scrip, 1)  # three units of the books, at about half


def test_payments__of_a_payday__say_so(paid: Story) -> None:
    coop = paid.coop
    kept = keep(_parts(paid), all_events(coop.client, _parts(paid)))
    found = with_paydays(coop.client, kept.payments.found, [coop.distributor.address])
    assert {(each.how, each.payee) for each in found} == {
        (How.PAYDAY, PAYEES[0].address),
        (How.PAYDAY, PAYEES[1].address),
    }
    elsewhere = with_paydays(coop.client, kept.payments.found, [Address(coop.pool.address)])
    assert {each.how for each in elsewhere} == {How.CLAIMED}


# --- statements -----------------------------------------------------------------------------------


def test_statement__of_the_first_epoch__by_hand(kept: Bookkeeping, eventful: Eventful) -> None:
    """2,030.00 came in; the cap took what decentralion had over a quarter; a year later the rest
    was left over."""
    names = commodities_of(eventful.coop.client, kept)
    found = statement_of(kept, names, 1, None, 1)
    pot = 2_030 * DOLLAR
    over = pot * OURS // ALL - pot // 4
    document = eventful.documents[0]
    beanow = pot * dict(document.leaves)[month.who("Beanow")] // document.total
    assert (found.attempt, found.outcome, found.closed) == (2, "final", True)
    assert (found.income, found.share_bps, found.carry, found.pot) == (pot, 10_000, 0, pot)
    assert (found.paid, found.owed, found.leaves_paid) == (pot // 4 + beanow, pot // 4 + beanow, 2)
    assert found.capped == over
    assert found.left_over == pot - found.paid - over
    assert (found.off_chain, found.waiting) == (0, 0)


def test_statement__of_the_second_epoch__takes_the_carry_in(
    kept: Bookkeeping, eventful: Eventful
) -> None:
    names = commodities_of(eventful.coop.client, kept)
    first, second = (statement_of(kept, names, 1, 1, epoch) for epoch in (1, 2))
    assert statement_of(kept, names, 1, None, None) == second
    # a loss was accepted in between: 100 tokens count for more in the books
    factor = eventful.coop.pool.factor_of(eventful.coop.dollar.address)
    assert second.income == 100 * DOLLAR * ONE // factor
    assert second.carry == first.capped
    assert second.pot == second.income + second.carry
    assert (second.leaves_paid, second.owed) == (1, 0)
    assert second.carried == second.pot - second.paid


def test_statement__of_an_epoch_under_review__the_whole_pot_waits(
    eventful: Eventful, events: list[Told]
) -> None:
    posts = [i for i, told in enumerate(events) if told.event.name == "DistributionPosted"]
    kept = keep(eventful.parts, events[: posts[0] + 1])
    names = commodities_of(eventful.coop.client, kept)
    found = statement_of(kept, names, 1, None, None)
    assert (found.outcome, found.waiting, found.paid) == ("under review", found.pot, 0)
    assert (found.final_at, found.closes_at) == (None, None)
    void = statement_of(keep(eventful.parts, events[: posts[1]]), names, 1, None, 1)
    assert (void.outcome, void.attempt) == ("void", 1)


def test_statement__treasury__is_the_pool_s_own(kept: Bookkeeping, eventful: Eventful) -> None:
    pool = eventful.coop.pool
    names = commodities_of(eventful.coop.client, kept)
    found = treasury(kept, names)
    assert {(each.earmark, each.commodity.code) for each in found} == {
        (0, "ETH"),
        (0, "SCRIP"),
        (1, "SCRIP"),
        (2, "ETH"),
    }
    for each in found:
        assert each.balance == pool.balance_of(each.earmark, each.commodity.address)


@pytest.mark.parametrize(
    ("earmark", "epoch", "words"),
    [
        (None, 3, "epoch 3 of earmark 1 has not been posted"),
        (0, 1, "no such earmark pays by cred"),
    ],
)
def test_statement__of_what_is_not_there__refused(
    kept: Bookkeeping, eventful: Eventful, earmark: int | None, epoch: int, words: str
) -> None:
    names = commodities_of(eventful.coop.client, kept)
    with pytest.raises(BadInput, match=words):
        statement_of(kept, names, 1, earmark, epoch)


def test_statement__struck_out_and_restored__told_with_its_cred(
    eventful: Eventful, events: list[Told]
) -> None:
    """As the distributor will say it, in the review of the first epoch's second attempt."""
    number = [i for i, told in enumerate(events) if told.event.name == "DistributionPosted"][1]
    args = {"epoch": 1, "attempt": 2, "subject": b"\1" * 32, "cred": 77, "signers": []}
    posted = events[number]

    def said(name: str, more: int, **changed: Any) -> Told:
        log = replace(posted.event.log, index=posted.event.log.index + more)
        return replace(posted, event=Event(name, {**args, **changed}, log))

    struck = [said("ZeroedOut", 1), said("ZeroedOut", 2, subject=b"\2" * 32), said("Restored", 3)]
    kept = keep(eventful.parts, [*events[: number + 1], *struck, *events[number + 1 :]])
    found = statement_of(kept, commodities_of(eventful.coop.client, kept), 1, 1, 1)
    assert [(each.subject[:4], each.restored) for each in found.struck] == [
        ("0x01", True),
        ("0x02", False),
    ]
    assert found.struck_cred == 77


def test_check__a_report__names_each_account(eventful: Eventful, kept: Bookkeeping) -> None:
    report = Report()
    client = eventful.coop.client
    check_books(client, kept, client.block().number, report, commodities_of(client, kept))
    assert report.holds
    names = [step.name for step in report.steps]
    assert names[:5] == ["accounts", "earmarks ETH", "held ETH", "owed ETH", "factor ETH"]
    assert {"grain", "buy-ins", "owed SCRIP"} <= set(names)
