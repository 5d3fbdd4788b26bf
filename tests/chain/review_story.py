# SPDX-License-Identifier: AGPL-3.0-only
"""A month whose review changed it, for those who keep a pool's books.

Two people are struck out and the members put one of them back; of those who are due something one
is paid elsewhere, before payday, and two on payday.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import pytest

from millpond.chain import dev_time
from millpond.chain.client import connect
from millpond.chain.distributions import Terms
from millpond.chain.journal import Bookkeeping, Told, keep
from millpond.chain.verify_code import PoolParts
from millpond.core.canonical import keccak256
from millpond.core.distribution import Distribution
from millpond.core.subjects import Subject
from scripts._local_chain import local_chain
from tests.chain import review_deeds
from tests.chain.books import all_events, parts_of
from tests.chain.coop import DAY, DOLLAR, GRAIN_EACH, PAYEES, Coop
from tests.chain.nodes import CHAIN_ID
from tests.core import month

GAMED, WRONGED = month.who("BrianLitwin"), month.who("mzargham")
ELSEWHERE, AT_PAYDAY = month.who("wchargin"), month.who("Beanow")
REFERENCE = keccak256(b"oc/812")
POT = 2_000 * DOLLAR


@dataclass
class Reviewed:
    """The pool after that month, and what its books are compared with."""

    coop: Coop
    parts: PoolParts
    document: Distribution
    terms: Terms

    @cached_property
    def events(self) -> list[Told]:
        """All that the pool's contracts have said."""
        return all_events(self.coop.client, self.parts)

    @cached_property
    def kept(self) -> Bookkeeping:
        """Its books."""
        return keep(self.parts, self.events)

    def due(self, subject: Subject) -> tuple[int, int]:
        """Money and grain by the definition: a share of what was not struck out."""
        creds = dict(self.document.leaves)
        whole = sum(creds.values()) - creds[GAMED]
        return POT * creds[subject] // whole, GRAIN_EACH * creds[subject] // whole


@pytest.fixture(scope="session")
def reviewed() -> Iterator[Reviewed]:
    """All of it."""
    with local_chain() as url:
        coop = Coop.make(connect(url, CHAIN_ID))
        coop.open_cred_earmark()
        coop.give_all()
        for subject, payee in zip((AT_PAYDAY, WRONGED, ELSEWHERE), PAYEES, strict=False):
            coop.link(subject, payee)
        document = coop.document()
        coop.post(document)
        dev_time.advance(coop.client, DAY)
        review_deeds.zero_out(coop, document, GAMED, b"These likes were bought")
        review_deeds.zero_out(coop, document, WRONGED, b"These too")
        review_deeds.restore(coop, document, WRONGED, b"We have seen the work")
        terms = coop.terms(coop.consent())
        review_deeds.settle(coop, document, terms, ELSEWHERE, PAYEES[2], REFERENCE)
        coop.payday(document, terms)
        yield Reviewed(coop, parts_of(coop.hub), document, terms)
