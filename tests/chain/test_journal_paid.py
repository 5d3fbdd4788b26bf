# SPDX-License-Identifier: AGPL-3.0-only
"""Who was paid, on the chain and outside of it, and the statements of the epochs, of one year."""

from dataclasses import replace

import pytest

from millpond.chain.abi import Event
from millpond.chain.answers import Address
from millpond.chain.epoch_books import statement_of, treasury
from millpond.chain.journal import Bookkeeping, Told, commodities_of, keep
from millpond.chain.paid import paid_leaves
from millpond.chain.payments import Payments
from millpond.core.books.payees import How, PaidTwice
from millpond.core.errors import BadInput
from millpond.core.subjects import to_hex
from tests.chain.books import all_events, parts_of
from tests.chain.books_story import ETH, ONE, Eventful, eventful, events, kept
from tests.chain.coop import DOLLAR, PAYEES, STRANGER, Story
from tests.chain.review_story import (
    AT_PAYDAY,
    ELSEWHERE,
    GAMED,
    POT,
    WRONGED,
    Reviewed,
    reviewed,
)
from tests.core import month

__all__ = ["eventful", "events", "kept", "reviewed"]

# decentralion's micro-cred and everybody's in 2019-09
OURS, ALL = 201_305_737, 585_491_375


# --- what is paid outside of the chain ------------------------------------------------------------


def _place(told: Told) -> tuple[int, int]:
    return told.event.log.block_number, told.event.log.index


def _settled(events: list[Told], told: Told, subject: bytes, epoch: int, amount: int) -> Told:
    """A settlement behind everything else, as the distributor will say it."""
    last = events[-1].event.log
    log = last._replace(address=told.event.address, index=last.index + 1)
    args = {
        "subject": subject,
        "epoch": epoch,
        "payee": PAYEES[2].address,
        "reference": bytes(32),
        "amount": amount,
        "grain": 9,
    }
    return Told("CredDistributor", events[-1].moment, Event("SettledOffChain", args, log))


@pytest.mark.parametrize("by", ["Claimed", "PaidOut"])
def test_settlement__of_a_leaf_that_was_paid__refused_by_name(
    eventful: Eventful, events: list[Told], by: str
) -> None:
    paid = next(told for told in events if told.event.name == by)
    leaf = next(paid_leaves([paid.event]))
    settled = _settled(events, paid, leaf.subject, leaf.epoch, 5)
    with pytest.raises(PaidTwice, match=rf"epoch {leaf.epoch} .*is paid by {by} in block"):
        keep(eventful.parts, [*events, settled])


def test_settlement__and_then_a_claim__refused_by_name(
    eventful: Eventful, events: list[Told]
) -> None:
    claimed = next(told for told in events if told.event.name == "Claimed")
    leaf = next(paid_leaves([claimed.event]))
    settled = _settled(events, claimed, leaf.subject, leaf.epoch, 1)
    earlier = claimed.event.log._replace(
        block_number=claimed.event.log.block_number - 1,
        index=999,
        transaction_hash=b"\7" * 32,
    )
    before = replace(settled, event=replace(settled.event, log=earlier))
    with pytest.raises(PaidTwice, match="is paid by SettledOffChain in block"):
        keep(eventful.parts, sorted([*events, before], key=_place))


@pytest.mark.parametrize(("by", "leaves"), [("Claimed", "shares"), ("PaidOut", "leaves")])
def test_settlement__one_leaf_twice_in_one_event__refused(
    eventful: Eventful, events: list[Told], by: str, leaves: str
) -> None:
    number = next(i for i, told in enumerate(events) if told.event.name == by)
    args = dict(events[number].event.args)
    args[leaves] = [*args[leaves], args[leaves][0]]
    doubled = replace(events[number], event=replace(events[number].event, args=args))
    with pytest.raises(PaidTwice):
        keep(eventful.parts, [*events[:number], doubled, *events[number + 1 :]])


def test_settlement__of_a_leaf_before_payday__a_payment_of_its_own(reviewed: Reviewed) -> None:
    found = {each.how: each for each in reviewed.kept.payments.found}
    money, grain = reviewed.due(ELSEWHERE)
    payment = found[How.FIAT]
    assert (payment.payee, payment.amount, payment.received) == (PAYEES[2].address, money, money)
    assert (payment.grain, payment.shares[0].epoch) == (grain, 1)
    assert [each.how for each in reviewed.kept.payments.found].count(How.FIAT) == 1
    on_chain = [each for each in reviewed.kept.payments.found if each.how is How.PAYDAY]
    assert {each.payee for each in on_chain} == {PAYEES[0].address, PAYEES[1].address}


# --- who was paid ---------------------------------------------------------------------------------


def test_payments__of_the_year__who_got_what_and_how(kept: Bookkeeping, eventful: Eventful) -> None:
    found = kept.payments.found
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
    parts = parts_of(coop.hub)
    kept = keep(parts, all_events(coop.client, parts))
    assert {(each.how, each.payee) for each in kept.payments.found} == {
        (How.PAYDAY, PAYEES[0].address),
        (How.PAYDAY, PAYEES[1].address),
    }


def test_payments__of_a_payday__each_has_a_key_of_its_own_that_leads_to_its_leaf(
    reviewed: Reviewed,
) -> None:
    payments = [each for each in reviewed.kept.payments.found if each.how is How.PAYDAY]
    [event] = [told.event for told in reviewed.events if told.event.name == "PaidOut"]
    assert {each.place.index for each in payments} == {event.log.index}
    assert [each.item for each in payments] == [0, 1]
    for each in payments:
        assert each.subject == to_hex(event.args["leaves"][each.item].subject)


def test_payments__leaves_of_a_subject_side_by_side__one_that_begins_at_the_first(
    reviewed: Reviewed,
) -> None:
    """As a payday over several epochs tells of them."""
    at, told = next((i, t) for i, t in enumerate(reviewed.events) if t.event.name == "PaidOut")
    one, other = told.event.args["leaves"]
    later = one._replace(grain=one.grain + 1)
    event = replace(told.event, args={"leaves": [one, later, other]})
    known = keep(reviewed.parts, reviewed.events[:at]).known
    known.assets[told.event.address, 2] = Address(reviewed.coop.dollar.address)
    payments = Payments(known)
    payments.add(event, reviewed.events[at].place)
    assert [(each.item, len(each.shares)) for each in payments.found] == [(0, 2), (2, 1)]


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
    assert (second.leaves_paid, second.owed, second.grain) == (1, 0, 0)
    assert first.grain == sum(payment.grain for payment in kept.payments.found) > 0
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


def test_statement__of_a_changed_review__struck_restored_and_settled_by_hand(
    reviewed: Reviewed,
) -> None:
    names = commodities_of(reviewed.coop.client, reviewed.kept)
    found = statement_of(reviewed.kept, names, 1, 1, 1)
    creds = dict(reviewed.document.leaves)
    assert [(each.subject, each.restored) for each in found.struck] == [
        (to_hex(GAMED), False),
        (to_hex(WRONGED), True),
    ]
    assert found.struck_cred == found.excluded_cred == creds[GAMED]
    money, grain = reviewed.due(ELSEWHERE)
    paid = [reviewed.due(subject) for subject in (AT_PAYDAY, WRONGED)]
    assert (found.leaves_off_chain, found.off_chain) == (1, money)
    assert (found.leaves_paid, found.paid) == (2, sum(each for each, _ in paid))
    assert found.grain == grain + sum(each for _, each in paid)
    assert found.waiting == POT - money - found.paid
