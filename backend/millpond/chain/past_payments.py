# SPDX-License-Identifier: AGPL-3.0-only
"""What earlier distributions gave to whom: what a policy that makes payments even has to know.

An epoch whose claims are open counts with what everybody is due of it, claimed or not: who waits is
still paid. One that was closed counts with what was claimed; the rest went back.
"""

from collections import Counter
from collections.abc import Iterable

from millpond.chain import epochs
from millpond.chain.coop import Coop
from millpond.chain.paid import past_paid_leaves
from millpond.chain.paydays import Month
from millpond.core.canonical import keccak256
from millpond.core.distribution import payouts, to_json
from millpond.core.errors import BadInput
from millpond.core.policies import Past
from millpond.core.subjects import Subject
from millpond.core.units import Amount


def past_payments(coop: Coop, months: Iterable[Month], asset: str) -> Past:
    """Of all final epochs, oldest first; `BadInput` for one that paid in another asset."""
    received: Counter[Subject] = Counter()
    documents = []
    for month in months:
        if month.terms.asset != asset:
            raise BadInput(
                f"epoch {month.terms.epoch} was paid in another asset, which cannot be made even",
                "take a policy that does not look at past payments",
            )
        documents.append(keccak256(to_json(month.document)))
        received.update(_given(coop, month))
    paid = sorted((who, Amount(amount)) for who, amount in received.items() if amount)
    return Past(tuple(documents), tuple(paid))


def _given(coop: Coop, month: Month) -> dict[Subject, int]:
    terms = month.terms
    if epochs.closed(coop, terms.epoch) is not None:
        return _paid(coop, terms.epoch)
    struck = epochs.struck_out(coop, terms.epoch, terms.attempt) if terms.excluded else {}
    rows = payouts(
        month.document, terms.pot, terms.grain_per_epoch, terms.minimum, list(struck)
    ).rows
    return {row.subject: int(row.amount) for row in rows}


def _paid(coop: Coop, epoch: int) -> dict[Subject, int]:
    found = past_paid_leaves(coop.distributor, coop.since)
    return {Subject(each.subject): each.amount for each in found if each.epoch == epoch}
