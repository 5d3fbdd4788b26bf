# SPDX-License-Identifier: AGPL-3.0-only
"""The CredSperiment's season of three months, with everything that could go wrong in one.

July, August and September 2019 as they were scored, each paid out of its gifts. In July somebody
who gamed the scores is struck out, and somebody else by mistake, whom the members put back. A
maintainer has over a third of the cred and is capped at a quarter. Beanow links an account in the
third month only and then claims all three at once; a fiscal host pays somebody July. Every
sum is worked out here, in integers, and the books are held against the chain after every block.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest

from millpond.chain import dev_time
from millpond.chain.client import connect
from millpond.chain.distributions import Terms
from millpond.chain.journal import keep
from millpond.chain.signers import LocalSigner
from millpond.chain.verify_distribution import Evidence, verify_distribution
from millpond.core.books.payees import How
from millpond.core.canonical import keccak256
from millpond.core.distribution import Distribution, Previous, data_hash, to_json
from millpond.core.subjects import Subject
from millpond.core.weeks import weeks_of_month
from scripts._devchain_chain import CHAIN_ID
from scripts._local_chain import local_chain
from tests.chain import review_deeds
from tests.chain.books import all_events, every_block, parts_of
from tests.chain.coop import (
    DAY,
    DOLLAR,
    GRAIN_EACH,
    MINIMUM,
    PATRONS,
    PAYEES,
    Coop,
)
from tests.core import month

pytestmark = [
    pytest.mark.filterwarnings("ignore:unclosed <socket:ResourceWarning"),
    pytest.mark.filterwarnings(
        "ignore:Exception ignored in. <socket:pytest.PytestUnraisableExceptionWarning"
    ),
]
MONTHS = ("2019-07", "2019-08", "2019-09")
GIFTS = (1_000 * DOLLAR + 1, 2_000 * DOLLAR, 1_500 * DOLLAR + 7)
CAP = 2_500
CAPPED, LATE = month.who("decentralion"), month.who("Beanow")
GAMED, WRONGED = month.who("BrianLitwin"), month.who("mzargham")
ELSEWHERE, HOST = month.who("wchargin"), LocalSigner(30)
REFERENCE = keccak256(b"oc/812")
WHY, BACK = b"These likes were bought", b"We have seen the work"


@dataclass
class Season:
    """Three epochs of one co-op."""

    coop: Coop
    documents: list[Distribution] = field(default_factory=list)
    terms: list[Terms] = field(default_factory=list)

    def run(self, number: int) -> None:
        """A month's gift, its document, the review with what is done in it, and the payday."""
        coop = self.coop
        coop.give(PATRONS[0], 1, GIFTS[number - 1])
        last = self.documents[-1] if self.documents else None
        previous = Previous(last.epoch, data_hash(last), last.weeks[-1].end_ms) if last else None
        history = month.scores().history(weeks_of_month(MONTHS[number - 1]))
        document = coop.document(number, previous, history)
        coop.post(document)
        if number == 1:
            self._corrections(document)
        terms = coop.terms(coop.consent())
        coop.payday(document, terms)
        self.documents.append(document)
        self.terms.append(terms)

    def _corrections(self, document: Distribution) -> None:
        dev_time.advance(self.coop.client, DAY)
        review_deeds.zero_out(self.coop, document, GAMED, WHY)
        review_deeds.zero_out(self.coop, document, WRONGED, WHY)
        review_deeds.restore(self.coop, document, WRONGED, BACK)

    def claim(self, subject: Subject, payee: LocalSigner) -> None:
        """Everything of all three months at once, by herself."""
        claims, proof = [], []
        for document, terms in zip(self.documents, self.terms, strict=True):
            tree = document.tree()
            leaf = tree.leaf(tree.index_of(subject))
            claims.append((terms.packed, leaf.index, leaf.cred))
            proof += tree.proof(leaf.index)
        self.coop.distributor.claim.send(
            payee, bytes(subject), bytes(32), claims, proof, payee.address
        )


@pytest.fixture(scope="module")
def season() -> Iterator[Season]:
    """All of it, up to the claim of three months."""
    with local_chain() as url:
        coop = Coop.make(connect(url, CHAIN_ID), signer_cap_bps=CAP)
        coop.open_cred_earmark()
        coop.link(CAPPED, PAYEES[0])
        coop.link(WRONGED, PAYEES[1])
        coop.link(GAMED, PAYEES[2])
        season = Season(coop)
        season.run(1)
        season.run(2)
        season.run(3)
        coop.link(LATE, PAYEES[3])
        season.claim(LATE, PAYEES[3])
        coop.link(ELSEWHERE, HOST)
        july = season.documents[0], season.terms[0]
        review_deeds.settle(coop, *july, ELSEWHERE, HOST, REFERENCE)
        yield season


def by_hand(season: Season) -> tuple[list[int], dict[Subject, int], dict[Subject, int], int]:
    """Pots, what the four are due in money and in grain, and what is carried in the end."""
    pots, carry = [], 0
    money, grain = (
        dict.fromkeys((CAPPED, LATE, WRONGED), 0),
        dict.fromkeys((CAPPED, LATE, WRONGED), 0),
    )
    for number, document in enumerate(season.documents, 1):
        creds = dict(document.leaves)
        if number == 1:
            del creds[GAMED]
        pot, whole = GIFTS[number - 1] + carry, sum(creds.values())
        pots.append(pot)
        for subject in money:
            money[subject] += pot * creds.get(subject, 0) // whole
            grain[subject] += GRAIN_EACH * creds.get(subject, 0) // whole
        hers = pot * creds[CAPPED] // whole
        carry = max(hers - pot * CAP // 10_000, 0)
        money[CAPPED] -= carry
    return pots, money, grain, carry


def elsewhere(season: Season) -> tuple[int, int]:
    """Money and grain of the leaf that was settled outside the chain."""
    pots, *_ = by_hand(season)
    creds = dict(season.documents[0].leaves)
    whole = sum(creds.values()) - creds[GAMED]
    return pots[0] * creds[ELSEWHERE] // whole, GRAIN_EACH * creds[ELSEWHERE] // whole


def later(season: Season) -> int:
    """What paydays send in August and September to who was struck out in July."""
    pots, *_ = by_hand(season)
    due = 0
    for pot, document in list(zip(pots, season.documents, strict=True))[1:]:
        amount = pot * dict(document.leaves).get(GAMED, 0) // document.total
        due += amount if amount >= MINIMUM else 0
    return due


def test_season__three_months__are_exact_to_the_last_unit(season: Season) -> None:
    coop = season.coop
    pots, money, grain, carry = by_hand(season)
    assert [terms.pot for terms in season.terms] == pots
    accounts = {CAPPED: PAYEES[0], WRONGED: PAYEES[1], LATE: PAYEES[3]}
    for subject, account in accounts.items():
        assert coop.dollar.balanceOf(account.address) == money[subject]
        assert coop.grain.balanceOf(account.address) == grain[subject]
    assert all(amount >= MINIMUM for amount in money.values())
    settled, thanks = elsewhere(season)
    assert carry > 0 < settled
    assert coop.distributor.carry_of(coop.dollar.address) == carry + settled
    assert coop.dollar.balanceOf(HOST.address) == 0
    assert coop.grain.balanceOf(HOST.address) == thanks
    # All gifts are still in the Pool or with those four, and what is open is reserved.
    given, paid = sum(GIFTS), sum(money.values()) + later(season)
    assert coop.dollar.balanceOf(coop.pool.address) == given - paid
    assert coop.pool.balance_of(1, coop.dollar.address) == given - paid
    assert coop.pool.reserved(1, coop.dollar.address) == given - paid - carry - settled
    booked = sum(terms.pot - coop.distributor.paid_of(terms.epoch) for terms in season.terms)
    assert coop.pool.reserved(1, coop.dollar.address) == booked


def test_season__the_maintainer_over_the_cap__gets_a_quarter_of_each_pot(season: Season) -> None:
    capped = season.coop.distributor.past_events("ShareCapped", 0)
    over = [event.args["epoch"] for event in capped]
    assert {event.args["subject"] for event in capped} == {bytes(CAPPED)}
    assert over
    for event in capped:
        pot = season.terms[event.args["epoch"] - 1].pot
        document = season.documents[event.args["epoch"] - 1]
        creds = dict(document.leaves)
        whole = sum(creds.values()) - season.terms[event.args["epoch"] - 1].excluded
        assert event.args["excess"] == pot * creds[CAPPED] // whole - pot * CAP // 10_000


def test_season__who_gamed_the_scores__gets_nothing_of_that_month_and_the_next_as_all(
    season: Season,
) -> None:
    coop, first = season.coop, season.documents[0]
    assert season.terms[0].excluded == dict(first.leaves)[GAMED]
    reasons = [event.args["reason_hash"] for event in coop.distributor.past_events("ZeroedOut", 0)]
    assert reasons == [keccak256(WHY)] * 2
    (back,) = coop.distributor.past_events("Restored", 0)
    assert (back.args["subject"], back.args["reason_hash"]) == (bytes(WRONGED), keccak256(BACK))
    assert coop.dollar.balanceOf(PAYEES[2].address) == later(season) > 0


def test_season__linked_in_the_third_month__three_months_in_one_claim(season: Season) -> None:
    (claim,) = [
        event
        for event in season.coop.distributor.past_events("Claimed", 0)
        if event.args["subject"] == bytes(LATE)
    ]
    assert [share % 2**32 for share in claim.args["shares"]] == [1, 2, 3]
    assert claim.args["to"] == PAYEES[3].address


def test_season__the_books__are_the_chain_after_every_block(season: Season) -> None:
    coop = season.coop
    blocks, checks = every_block(coop.client, parts_of(coop.hub), coop.made.block_number)
    assert blocks > 50
    assert checks > 500
    kept = keep(parts_of(coop.hub), all_events(coop.client, parts_of(coop.hub)))
    (fiat,) = [payment for payment in kept.payments.found if payment.how is How.FIAT]
    assert (fiat.amount, fiat.grain) == elsewhere(season)


@pytest.mark.parametrize("number", [1, 2, 3])
def test_season__each_document__is_verified_against_the_chain(season: Season, number: int) -> None:
    document = season.documents[number - 1]
    history = month.scores().history(document.weeks)
    evidence = Evidence({"scores": month.score_bytes()}, history, season.coop.client)
    assert verify_distribution(to_json(document), evidence).holds
