# SPDX-License-Identifier: AGPL-3.0-only
"""A pool's books in double entry, beside a chain on which everything has happened."""

from dataclasses import replace

import pytest

from millpond.chain import abi
from millpond.chain.abi import Event
from millpond.chain.answers import NO_ADDRESS, Address, Log
from millpond.chain.books_check import check_books
from millpond.chain.coop import SPENDERS
from millpond.chain.entries import RULES, WITHOUT_MONEY, Known, entry_of
from millpond.chain.journal import Bookkeeping, Told, commodities_of, keep
from millpond.chain.report import Report, Verdict
from millpond.core.books import accounts, beancount, hledger
from millpond.core.books.entries import change
from millpond.core.errors import BooksError, MillpondError
from tests.chain.books import checked, every_block, parts_of
from tests.chain.books_story import BUY_IN, ETH, NEWCOMER, ONE, Eventful, eventful, events, kept
from tests.chain.coop import DOLLAR, PATRONS, Story
from tests.chain.review_story import AT_PAYDAY, ELSEWHERE, WRONGED, Reviewed, reviewed
from tests.core import month
from tests.core.books import reading
from tests.core.books.pages import place

__all__ = ["eventful", "events", "kept", "reviewed"]

SPEAKING = ("Pool", "CredDistributor", "Admission", "Grain")
ONLY_STATED = {"ShareCapped", "EpochClosed"}
"""No entry of their own, but in the statement of an epoch."""


# --- every event is thought of --------------------------------------------------------------------


def test_rules__every_event_of_a_contract_that_speaks_of_money__moves_some_or_says_why_not() -> (
    None
):
    declared = {(kind, name) for kind in SPEAKING for name in abi.load(kind).events}
    assert declared - RULES.keys() - WITHOUT_MONEY.keys() == set()
    assert set(RULES) & set(WITHOUT_MONEY) == set()
    assert (set(RULES) | set(WITHOUT_MONEY)) - declared == set()
    assert all(len(why) > 6 for why in WITHOUT_MONEY.values())


def test_rules__the_other_contracts__have_no_event_with_an_amount_of_money() -> None:
    """The Governor sends nothing by itself, and Hub, Identity and Badges hold nothing. What a
    spender promises and pays is told by the Pool, which does it."""
    amounts = {"amount", "value", "units", "pot", "paid"}
    silent = [name for name in abi.names() if name not in (*SPEAKING, *SPENDERS, "TestDollar")]
    found = {
        (name, event.name)
        for name in silent
        for event in abi.load(name).events.values()
        for param in event.inputs
        if param.name in amounts
    }
    assert found == set()


def test_stories__every_event_that_moves_money__has_happened(
    events: list[Told], reviewed: Reviewed
) -> None:
    happened = {(told.contract, told.event.name) for told in [*events, *reviewed.events]}
    assert set(RULES) - happened == set()
    distributor = {name for contract, name in happened if contract == "CredDistributor"}
    assert ("Pool", "LossAccepted") in happened
    assert {"ShareCapped", "ZeroedOut", "Restored"} <= distributor


def test_entry__an_event_that_nobody_knows__refused(eventful: Eventful, events: list[Told]) -> None:
    strange = replace(events[-1], event=replace(events[-1].event, name="Burned"))
    with pytest.raises(BooksError, match=r"nobody has said what Pool\.Burned is"):
        keep(eventful.parts, [*events[:-1], strange])


def test_entry__released_by_a_part_that_is_no_distributor__an_expense_of_its_own() -> None:
    """As a part that members install later may pay: nothing else says what for."""
    pool, governor, admission, grain = (Address(f"0x{number:040x}") for number in range(1, 5))
    known = Known(pool, governor, admission, grain)
    known.spenders[7] = Address("0x" + "77" * 20)
    args = {"earmark_id": 7, "asset": ETH, "to": NEWCOMER.address, "amount": 5}
    log = Log(known.pool, (), b"", 1, bytes(32), 0, bytes(32))
    found = entry_of(known, "Pool", Event("Released", args, log), place(1))
    assert found is not None
    assert found.postings == change(ETH, 5, accounts.released(7), accounts.reserved(7))


# --- the books are the chain ----------------------------------------------------------------------


def test_books__after_every_block_of_the_year__are_the_chain(eventful: Eventful) -> None:
    blocks, checks = every_block(
        eventful.coop.client, eventful.parts, eventful.coop.made.block_number
    )
    assert blocks > 100
    assert checks > 12 * blocks / 2


def test_books__after_every_block_of_a_paid_month__are_the_chain(paid: Story) -> None:
    coop = paid.coop
    parts = parts_of(paid.coop.hub)
    blocks, checks = every_block(coop.client, parts, coop.made.block_number)
    assert (blocks > 20, checks > blocks) == (True, True)


def test_books__after_every_block_of_a_changed_review__are_the_chain(reviewed: Reviewed) -> None:
    first = reviewed.coop.made.block_number
    blocks, checks = every_block(reviewed.coop.client, reviewed.parts, first)
    assert (blocks > 25, checks > blocks) == (True, True)


def test_journal__a_review__struck_and_restored_move_nothing_and_a_settlement_goes_to_carry(
    reviewed: Reviewed,
) -> None:
    journal, scrip = reviewed.kept.journal, reviewed.coop.dollar.address
    said = {entry.place.event for entry in journal.entries}
    assert "SettledOffChain" in said
    assert said & {"ZeroedOut", "Restored"} == set()
    money, grain = reviewed.due(ELSEWHERE)
    [entry] = [each for each in journal.entries if each.place.event == "SettledOffChain"]
    assert entry.text == f"Settled off chain: epoch 1, subject 0x{ELSEWHERE.hex()}"
    assert [(each.account, each.asset, each.amount) for each in entry.postings] == [
        (accounts.off_chain(1, 1), scrip, money),
        (accounts.paid_by_others(1), scrip, -money),
        (accounts.grain_cred(1, 1), reviewed.kept.known.grain, grain),
        (accounts.GRAIN_OTHER, reviewed.kept.known.grain, -grain),
    ]
    assert journal.balance(accounts.carried(1), scrip) == -money
    on_chain = [reviewed.due(subject) for subject in (AT_PAYDAY, WRONGED)]
    assert journal.balance(accounts.cred(1, 1), scrip) == sum(each for each, _ in on_chain)
    grains = grain + sum(each for _, each in on_chain)
    assert journal.balance(accounts.grain_cred(1, 1), reviewed.kept.known.grain) == grains


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
        (
            accounts.CALLS,
            "eth",
            0,
        ),  # one ether went to the Governor and came back, a quarter as a gift
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


def test_check__a_report__names_each_account(eventful: Eventful, kept: Bookkeeping) -> None:
    report = Report()
    client = eventful.coop.client
    check_books(client, kept, client.block().number, report, commodities_of(client, kept))
    assert report.holds
    names = [step.name for step in report.steps]
    assert names[:5] == ["accounts", "earmarks ETH", "held ETH", "owed ETH", "factor ETH"]
    assert {"grain", "buy-ins", "owed SCRIP"} <= set(names)


def test_check__any_account_one_unit_off__found(eventful: Eventful, kept: Bookkeeping) -> None:
    """Whatever may be wrong with an entry: each account that the chain knows is compared."""
    client = eventful.coop.client
    last, names = client.block().number, commodities_of(client, kept)
    compared = ("Assets:", "Liabilities:Owed:", "Liabilities:Buy-Ins:Seat", "Equity:Carried:")
    unseen = []
    keys = [
        key
        for key in kept.journal.balances
        if key[0].startswith((*compared, accounts.GRAIN_ISSUED, accounts.GRAIN_OTHER))
    ]
    for key in keys:
        off = {**kept.journal.balances, key: kept.journal.balances[key] + 1}
        journal = replace(kept.journal, balances=off)
        report = Report()
        check_books(client, replace(kept, journal=journal), last, report, names)
        unseen += [] if report.of(Verdict.DIFFERS) else [key]
    assert len(keys) > 12
    assert unseen == []


# --- something is wrong with the events -----------------------------------------------------------


def test_check__any_event_of_money_left_out__found(
    eventful: Eventful, events: list[Told], reviewed: Reviewed
) -> None:
    unseen, tried = [], set()
    for story, told_all in ((eventful, events), (reviewed, reviewed.events)):
        last = told_all[-1].event.log.block_number
        assert checked(story.coop.client, story.parts, told_all, last) == []
        for number, told in enumerate(told_all):
            if (told.contract, told.event.name) not in RULES or _between_holders(told):
                continue
            tried.add(told.event.name)
            if not _found(story, [*told_all[:number], *told_all[number + 1 :]], told):
                unseen.append(told.event.name)
    assert tried == {name for _, name in RULES}
    assert unseen == []


def test_check__any_amount_one_unit_more__found(
    eventful: Eventful, events: list[Told], reviewed: Reviewed
) -> None:
    unseen, tried = [], set()
    for story, told_all in ((eventful, events), (reviewed, reviewed.events)):
        for number, told in enumerate(told_all):
            changed = _one_more(told)
            if changed is None or _between_holders(told):
                continue
            tried.add(told.event.name)
            if not _found(story, [*told_all[:number], changed, *told_all[number + 1 :]], told):
                unseen.append(told.event.name)
    assert tried == {name for _, name in RULES} | ONLY_STATED
    assert unseen == []


def _found(story: Eventful | Reviewed, events: list[Told], changed: Told) -> bool:
    """Whether the books of the block in which an event was changed show it."""
    block = changed.event.log.block_number
    until = [told for told in events if told.event.log.block_number <= block]
    try:
        return checked(story.coop.client, story.parts, until, block) != []
    except MillpondError:
        return True


def _between_holders(told: Told) -> bool:
    return told.event.name == "Transfer" and told.event.args["sender"] != NO_ADDRESS


def _one_more(told: Told) -> Told | None:
    """The same event with a unit more of whatever it speaks of."""
    args = dict(told.event.args)
    if (told.contract, told.event.name) not in RULES and told.event.name not in ONLY_STATED:
        return None
    for name in ("amount", "value", "carry", "excess", "left_over"):
        if name in args:
            args[name] += 1
            return replace(told, event=replace(told.event, args=args))
    more = {
        "shares": lambda share: share + (1 << 128),
        "leaves": lambda leaf: leaf._replace(payment=leaf.payment + (1 << 160)),
        "batch": lambda word: word + (1 << 160),
    }
    (name,) = args.keys() & more.keys()
    args[name] = [*map(more[name], args[name])]
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
