# SPDX-License-Identifier: AGPL-3.0-only
"""The step of `millpond verify distribution` about those who were struck out of the review.

What shares the pot follows from the events: each strike names a leaf of the document with its very
cred, and what is left out of a final epoch is the sum of those who were not put back.
"""

from millpond.chain.ledger import Ledger, Posting
from millpond.core.distribution import Distribution
from millpond.core.errors import VerifyError
from millpond.core.subjects import to_hex
from millpond.core.units import format_cred, share_bps

_ASK = "ask the maintainers; compare the contract's code with `millpond verify code`"


def check_zero_outs(document: Distribution, ledger: Ledger, posting: Posting) -> str:
    """What holds, in words; `VerifyError` where events, document and terms do not agree."""
    terms = posting.terms
    leaves = {bytes(subject): cred for subject, cred in document.leaves}
    struck = ledger.struck[terms.epoch, terms.attempt]
    cred = {bytes(subject): event.args["cred"] for subject, event in struck.items()}
    for subject, amount in cred.items():
        known = leaves.get(subject)
        if amount != known:
            raise VerifyError(
                f"{to_hex(subject)} was struck out with {amount} micro-cred; the document has "
                f"{known or 'no leaf of hers'}",
                _ASK,
            )
    if posting.outcome == "final" and terms.excluded != sum(cred.values()):
        raise VerifyError(
            f"{terms.excluded} micro-cred share nothing of the pot; those who were struck out have "
            f"{sum(cred.values())}",
            _ASK,
        )
    paid = [c for c in ledger.claims[terms.epoch] if c.subject in cred]
    if posting.outcome == "final" and paid:
        raise VerifyError(f"{to_hex(paid[0].subject)} was struck out, and was paid", _ASK)
    most = share_bps(terms.total_cred, posting.policy.zero_out_bps)
    if sum(cred.values()) > most:
        raise VerifyError(
            f"{sum(cred.values())} micro-cred are struck out, the policy allows {most}", _ASK
        )
    if not cred:
        return "nobody was struck out of the review, or everybody was put back"
    return f"{len(cred)} struck out, {format_cred(sum(cred.values()))} cred, each with its own leaf"
