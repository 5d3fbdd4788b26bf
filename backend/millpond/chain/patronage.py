# SPDX-License-Identifier: AGPL-3.0-only
"""Patronage of a year from a pool's books: the grain or the cred of each account.

Grain counts in the year in which a leaf was paid. Cred is not on the chain; it is taken from the
documents of all epochs that became final in the year, each of which must be the very one that was
posted. A leaf that the review struck out has none.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from millpond.chain.answers import NO_ADDRESS, Address
from millpond.chain.client import Client
from millpond.chain.contracts import Contract
from millpond.chain.journal import Bookkeeping
from millpond.chain.ledger import Posting
from millpond.core.distribution import Distribution, data_hash
from millpond.core.errors import BadInput
from millpond.core.figures import machine_time
from millpond.core.subjects import to_hex


@dataclass
class Patrons:
    """Patronage by account; `waiting` is that of subjects who have no account yet."""

    by_account: dict[str, int] = field(default_factory=dict)
    waiting: int = 0

    def add(self, account: str, amount: int) -> None:
        """Some more."""
        if account == NO_ADDRESS:
            self.waiting += amount
        elif amount:
            self.by_account[account] = self.by_account.get(account, 0) + amount


def by_grain(kept: Bookkeeping, year: int) -> Patrons:
    """The grain of the leaves that were paid in a year, by who was paid."""
    found = Patrons()
    for payment in kept.payments.found:
        if payment.place.year == year:
            found.add(payment.payee, payment.grain)
    return found


def by_cred(
    client: Client, kept: Bookkeeping, year: int, documents: Iterable[Distribution], at: int
) -> Patrons:
    """The cred of all epochs that became final in a year, by the account of each subject."""
    wanted = _final_in(kept, year)
    given: dict[tuple[Address, int], Distribution] = {}
    for document in documents:
        key = Address(document.distributor), int(document.epoch)
        posting = wanted.get(key)
        if posting is None or data_hash(document) != posting.data_hash:
            raise BadInput(
                f"the document {to_hex(data_hash(document))} is of no epoch that became final in "
                f"{year}",
                "give the documents as they were posted, of that year only",
            )
        given[key] = document
    missing = sorted(epoch for distributor, epoch in wanted.keys() - given.keys())
    if missing:
        raise BadInput(
            f"the documents of epoch {', '.join(map(str, missing))} are missing",
            f"give the document of each epoch that became final in {year} with --document",
        )
    found = Patrons()
    for key, document in given.items():
        _count(found, client, kept, document, wanted[key], at)
    return found


def members_among(
    client: Client, kept: Bookkeeping, patrons: Patrons, at: int
) -> tuple[dict[str, int], int]:
    """The members' patronage, and in one sum that of everybody else."""
    governor = Contract(client, "Governor", kept.known.governor)
    members = {
        account: amount
        for account, amount in patrons.by_account.items()
        if governor.isMember(account, at=at)
    }
    others = sum(patrons.by_account.values()) - sum(members.values())
    return members, others + patrons.waiting


def _final_in(kept: Bookkeeping, year: int) -> Mapping[tuple[Address, int], Posting]:
    return {
        (distributor, posting.terms.epoch): posting
        for distributor, ledger in kept.ledgers.items()
        for posting in ledger.postings
        if posting.outcome == "final"
        and machine_time(
            kept.moments[distributor, posting.terms.epoch, "DistributionFinalised"]
        ).startswith(f"{year}-")
    }


def _count(
    found: Patrons,
    client: Client,
    kept: Bookkeeping,
    document: Distribution,
    posting: Posting,
    at: int,
) -> None:
    distributor = Contract(client, "CredDistributor", document.distributor)
    attempt = distributor.address, posting.terms.epoch, posting.terms.attempt
    struck = {
        subject for subject, leaf in kept.struck.get(attempt, {}).items() if not leaf.restored
    }
    for subject, cred in document.leaves:
        if to_hex(bytes(subject)) not in struck:
            account = distributor.payee_of(bytes(subject), at=at)
            found.add(account, int(cred))
