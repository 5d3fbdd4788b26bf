# SPDX-License-Identifier: AGPL-3.0-only
"""What the events of a pool and its distributor add up to."""

import dataclasses
from collections.abc import Iterator
from typing import Any

import pytest

from millpond.chain import dev_time
from millpond.chain.abi import Event
from millpond.chain.answers import Address, Log
from millpond.chain.books import Account, PoolBooks, differences
from millpond.chain.client import connect
from millpond.chain.distributions import Terms
from millpond.chain.ledger import Ledger, own_subject, read_ledger
from millpond.chain.report import Verdict
from millpond.chain.verify_distribution import Evidence, verify_distribution
from millpond.core import typed_data
from millpond.core.distribution import Previous, data_hash, to_json
from millpond.core.errors import BooksError, VerifyError
from millpond.core.weeks import WEEK_MS, week_span
from scripts._local_chain import local_chain
from tests.chain.coop import (
    DAY,
    DOLLAR,
    GRAIN_EACH,
    MAINTAINERS,
    PATRONS,
    PAYEES,
    RELAYER,
    STRANGER,
    Coop,
    Story,
)
from tests.chain.nodes import CHAIN_ID
from tests.core import month

ASSET = Address("0x2279B7A0a67DB372996a5FaB50D91eAA73d2eBe6")
POOL = Address("0x5FbDB2315678afecb367f032d93F642f64180aa3")


# decentralion's micro-cred and everybody's, as the score file's weeks add up: see tests/core
DUE = 2000 * DOLLAR * 201_305_737 // 585_491_375


def test_due__to_the_cent__is_the_figure_made_apart_from_this_project() -> None:
    dollars, _, rest = month.expected_payouts()[
        "sourcecred:sourcecred/identity/decentralion"
    ].partition(".")
    assert int(dollars) * 100 + int(rest[:2]) == DUE // 10_000


@pytest.fixture(scope="module")
def ledger(long: Story) -> Ledger:
    return read_ledger(long.coop.pool, long.coop.distributor)


def test_read_ledger__attempts__each_with_its_outcome(ledger: Ledger) -> None:
    assert [(p.terms.epoch, p.terms.attempt, p.outcome) for p in ledger.postings] == [
        (1, 1, "void"),
        (1, 2, "final"),
        (2, 1, "under review"),
    ]
    assert ledger.of_epoch(1) is ledger.postings[1]
    assert ledger.of_epoch(3) is None


def test_read_ledger__income_carry_and_pot__as_given_and_capped(ledger: Ledger) -> None:
    """A quarter of 2,000.00 is 500.00: what the first maintainer had above it is carried."""
    over = DUE - 500 * DOLLAR
    first, again, second = ledger.postings
    for posting in (first, again):
        assert (posting.income, posting.carry, posting.pot) == (2000 * DOLLAR, 0, 2000 * DOLLAR)
    assert (second.income, second.carry) == (100 * DOLLAR, over)
    assert second.pot == second.terms.pot == 100 * DOLLAR + over
    assert second.carry_used == over


def test_read_ledger__claims__amount_excess_and_grain(ledger: Ledger, long: Story) -> None:
    (claim,) = ledger.claims[1]
    assert claim.subject == month.who("decentralion")
    assert (claim.payee, claim.to) == (PAYEES[0].address, PAYEES[0].address)
    assert claim.amount == 500 * DOLLAR
    assert claim.excess == DUE - 500 * DOLLAR
    assert claim.grain == GRAIN_EACH * 201_305_737 // 585_491_375
    assert long.coop.grain.balanceOf(PAYEES[0].address) == claim.grain


def test_read_ledger__carry__is_the_contract_s(ledger: Ledger, long: Story) -> None:
    asset = long.coop.dollar.address
    assert ledger.carry[asset] == long.coop.distributor.carry_of(asset)


def test_read_ledger__maintainers__with_their_own_subjects(ledger: Ledger) -> None:
    known = ledger.maintainers[1]
    first = MAINTAINERS[0].address
    assert known.needed == 2
    assert known.subjects[first] == {own_subject(first), month.who("decentralion")}
    assert len(known.subjects) == 4


def test_epoch_hash__chained__is_what_the_chain_keeps(ledger: Ledger, long: Story) -> None:
    assert ledger.epoch_hash(0) == bytes(32)
    assert ledger.epoch_hash(1) == long.coop.distributor.epoch_hash_of(1)
    with pytest.raises(VerifyError, match="epoch 2, on which epoch 2 builds, is not final"):
        ledger.epoch_hash(2)


def test_read_ledger__from_too_late_a_block__says_where_to_start(long: Story) -> None:
    late = long.coop.posts[0].block_number
    with pytest.raises(VerifyError, match="was made before block") as caught:
        read_ledger(long.coop.pool, long.coop.distributor, late)
    made = long.coop.made.block_number
    assert len(read_ledger(long.coop.pool, long.coop.distributor, made).postings) == 3
    assert "--from-block" in caught.value.next_step


def test_books__accounts__are_the_pool_s(ledger: Ledger, long: Story) -> None:
    asset = long.coop.dollar.address
    cred, general = ledger.books.account(1, asset), ledger.books.account(0, asset)
    assert (general.received, general.balance, general.reserved) == (50 * DOLLAR, 50 * DOLLAR, 0)
    assert cred.received == 2100 * DOLLAR
    assert cred.balance == 2100 * DOLLAR - 500 * DOLLAR
    assert ledger.books.held(asset) == 1650 * DOLLAR
    assert differences(ledger.books, long.coop.pool, ledger.last_block) == []


def test_differences__one_unit_off__named(ledger: Ledger, long: Story) -> None:
    asset = long.coop.dollar.address
    for field in ("received", "balance", "reserved"):
        books = PoolBooks(long.coop.pool.address)
        for key, account in ledger.books.accounts.items():
            books.accounts[key] = dataclasses.replace(account)
        setattr(books.accounts[1, asset], field, getattr(books.accounts[1, asset], field) + 1)
        found = differences(books, long.coop.pool)
        assert any(f"earmark 1, {field} of {asset}" in words for words in found)
    owing = PoolBooks(long.coop.pool.address)
    owing.owed[asset, POOL] = 5
    (words,) = differences(owing, long.coop.pool)
    assert words == f"owed to {POOL} in {asset}: events say 5, the Pool 0"


def event(name: str, **args: Any) -> Event:
    log = Log(POOL, (), b"", 7, bytes(32), 0, bytes(32))
    return Event(name, {"asset": ASSET, **args}, log)


OPENED = event("EarmarkOpened", earmark_id=1, restricted=True)
STORY = [
    (event("Given", earmark_id=0, amount=100), {0: (100, 100, 0)}),
    (event("Synced", amount=5), {0: (105, 105, 0)}),
    (OPENED, {0: (105, 105, 0)}),
    (event("Moved", from_id=0, to_id=1, amount=30), {0: (105, 75, 0), 1: (30, 30, 0)}),
    (event("Moved", from_id=0, to_id=2, amount=10), {0: (105, 65, 0), 2: (0, 10, 0)}),
    (event("Reserved", earmark_id=1, amount=20), {1: (30, 30, 20)}),
    (event("Unreserved", earmark_id=1, amount=5), {1: (30, 30, 15)}),
    (event("Released", earmark_id=1, amount=15, to=POOL), {1: (30, 15, 0)}),
    (event("Reserved", earmark_id=1, amount=9), {1: (30, 15, 9)}),
    (event("ReleasedMany", earmark_id=1, batch=[5 << 160 | 1, 4 << 160 | 2]), {1: (30, 6, 0)}),
    (event("Given", earmark_id=1, amount=9), {1: (39, 15, 0)}),
    (event("Spent", earmark_id=0, amount=60, to=ASSET), {0: (105, 5, 0)}),
    (event("PutBack", amount=2), {0: (105, 7, 0)}),
    (event("Reclaimed", patron=ASSET, earmark_id=1, amount=5), {1: (39, 10, 0)}),
    (event("Reclaimed", patron=POOL, earmark_id=1, amount=10), {0: (105, 17, 0), 1: (39, 0, 0)}),
    (event("Updated", earmark_id=1), {1: (39, 0, 0)}),
]


def test_books__every_kind_of_movement__booked() -> None:
    books = PoolBooks(POOL)
    for step, accounts in STORY:
        books.add(step)
        for earmark, (received, balance, reserved) in accounts.items():
            assert books.account(earmark, ASSET) == Account(received, balance, reserved), step.name
    books.add(event("Owed", account=POOL, amount=9))
    books.add(event("Withdrawn", account=POOL, amount=4))
    assert books.owed[ASSET, POOL] == 5
    assert books.held(ASSET) == 17 + 0 + 10 + 5
    assert books.account(2, ASSET).unreserved == 10


@pytest.mark.parametrize(
    "step",
    [
        event("Spent", earmark_id=0, amount=101),
        event("Released", earmark_id=0, amount=1),
        event("ReleasedMany", earmark_id=0, batch=[1 << 160 | 1]),
        event("Reserved", earmark_id=0, amount=101),
        event("Unreserved", earmark_id=0, amount=1),
    ],
)
def test_books__more_than_there_is__refused(step: Event) -> None:
    books = PoolBooks(POOL)
    books.add(event("Given", earmark_id=0, amount=100))
    with pytest.raises(BooksError, match="and has promised"):
        books.add(step)


@pytest.fixture(scope="module")
def over() -> Iterator[Coop]:
    """An attempt taken back, the next one paid and a year later closed, its rest in epoch 2."""
    with local_chain() as url:
        coop = Coop.make(connect(url, CHAIN_ID))
        coop.open_cred_earmark()
        coop.give_all()
        coop.link(month.who("decentralion"), PAYEES[0])
        document = coop.document()
        posted = coop.distributor.event(coop.post(document), "DistributionPosted").args["terms"]
        deadline = coop.client.now() + DAY
        signatures = [
            signer.sign_typed(
                typed_data.withdrawal(
                    coop.domain(coop.distributor),
                    epoch=1,
                    attempt=1,
                    root=document.root,
                    signer=signer.address,
                    deadline=deadline,
                )
            )
            for signer in MAINTAINERS[:2]
        ]
        accounts = [signer.address for signer in MAINTAINERS[:2]]
        packed = Terms.of(posted).packed
        taken_back = (coop.distributor.address, 1, packed, deadline, accounts, signatures)
        coop.clerk.withdraw.send(RELAYER, *taken_back)
        coop.post(document)
        terms = coop.terms(coop.consent())
        coop.payday(document, terms)
        dev_time.advance_to(coop.client, terms.closes_at)
        coop.distributor.close_epoch.send(STRANGER, bytes(32), terms.packed)
        coop.give(PATRONS[0], 1, 100 * DOLLAR)
        end = document.weeks[-1].end_ms
        week = month.scores().history(week_span(end, end + WEEK_MS))
        coop.post(coop.document(2, Previous(1, data_hash(document), end), week))
        coop.consent()
        yield coop


def test_read_ledger__withdrawn_and_closed__what_is_left_is_carried(over: Coop) -> None:
    ledger = read_ledger(over.pool, over.distributor)
    assert [posting.outcome for posting in ledger.postings] == ["withdrawn", "final", "final"]
    left = 2000 * DOLLAR - DUE
    assert ledger.closed == {1: left}
    second = ledger.postings[-1]
    assert (second.income, second.carry, second.carry_used) == (100 * DOLLAR, left, left)
    assert second.pot == second.terms.pot == 100 * DOLLAR + left
    asset = over.dollar.address
    assert ledger.carry[asset] == over.distributor.carry_of(asset) == 0
    assert ledger.epoch_hash(2) == over.distributor.epoch_hash_of(2)
    assert differences(ledger.books, over.pool) == []


def test_verify_distribution__closed_epoch__holds(over: Coop) -> None:
    report = verify_distribution(to_json(over.document()), Evidence(client=over.client))
    assert report.holds, [step for step in report.steps if step.verdict is Verdict.DIFFERS]
