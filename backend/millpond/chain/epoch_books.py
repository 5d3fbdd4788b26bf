# SPDX-License-Identifier: AGPL-3.0-only
"""The statement of one epoch, taken from a pool's books."""

from millpond.chain.answers import Address
from millpond.chain.journal import Bookkeeping
from millpond.chain.ledger import Posting
from millpond.core.books import accounts
from millpond.core.books.commodities import Commodities, Commodity
from millpond.core.books.epochs import EpochStatement, Holding
from millpond.core.books.payees import How, Payment, Share
from millpond.core.errors import BadInput


def statement_of(
    kept: Bookkeeping, names: Commodities, block: int, earmark: int | None, epoch: int | None
) -> EpochStatement:
    """An epoch of an earmark: the newest of the only one unless they are named."""
    distributor, number = distributor_of(kept, earmark)
    posting = _posting(kept, distributor, number, epoch)
    terms = posting.terms
    key = distributor, terms.epoch
    attempt = (*key, terms.attempt)
    paid = list(_leaves(kept, number, terms.epoch)) if posting.outcome == "final" else []
    off_chain = [(pay, share) for pay, share in paid if pay.how is How.FIAT]
    on_chain = [(pay, share) for pay, share in paid if pay.how is not How.FIAT]
    left_over = kept.ledgers[distributor].closed.get(terms.epoch)
    return EpochStatement(
        earmark=number,
        epoch=terms.epoch,
        attempt=terms.attempt,
        outcome=posting.outcome,
        block=block,
        commodity=names.of(terms.asset),
        grain_commodity=names.of(kept.known.grain),
        posted_at=kept.moments[*key, "DistributionPosted"],
        final_at=kept.moments.get((*key, "DistributionFinalised")),
        closes_at=terms.closes_at or None,
        closed=left_over is not None,
        income=posting.income,
        share_bps=posting.policy.payout_bps,
        carry=min(kept.carry_at_post[attempt], terms.pot),
        pot=terms.pot,
        leaf_count=terms.leaf_count,
        total_cred=terms.total_cred,
        excluded_cred=terms.excluded,
        struck=tuple(kept.struck.get(attempt, {}).values()),
        leaves_paid=len(on_chain),
        paid=sum(share.amount for _, share in on_chain),
        owed=sum(share.amount for pay, share in on_chain if pay.how is How.OWED),
        leaves_off_chain=len(off_chain),
        off_chain=sum(share.amount for _, share in off_chain),
        capped=kept.capped.get(key, 0),
        left_over=left_over or 0,
        grain=sum(share.grain for _, share in paid),
        treasury=tuple(treasury(kept, names)),
        debts=tuple(_debts(kept, names)),
    )


def treasury(kept: Bookkeeping, names: Commodities) -> list[Holding]:
    """What each earmark has of each asset, as long as it is anything."""
    found = []
    for (earmark, asset), account in sorted(kept.books.accounts.items()):
        journal = kept.journal
        promised = journal.balance(accounts.reserved(earmark), asset)
        balance = journal.balance(accounts.free(earmark), asset) + promised
        if account.balance or balance:
            found.append(Holding(earmark, names.of(asset), balance, promised))
    return found


def _debts(kept: Bookkeeping, names: Commodities) -> list[tuple[Commodity, int]]:
    sums = {
        asset: kept.journal.balance(accounts.KEPT_FOR_DEBTS, asset)
        for asset in kept.journal.assets()
    }
    return [(names.of(asset), amount) for asset, amount in sums.items() if amount]


def _leaves(kept: Bookkeeping, earmark: int, epoch: int) -> list[tuple[Payment, Share]]:
    return [
        (payment, share)
        for payment in kept.payments.found
        if payment.earmark == earmark
        for share in payment.shares
        if share.epoch == epoch
    ]


def distributor_of(kept: Bookkeeping, earmark: int | None) -> tuple[Address, int]:
    """The distributor of an earmark, and the earmark: the only one unless it is named."""
    known = kept.known.earmarks
    found = [(of, number) for of, number in known.items() if earmark in (None, number)]
    if len(found) == 1:
        return found[0]
    numbers = ", ".join(str(number) for number in sorted(known.values())) or "none"
    raise BadInput(
        "it is not clear which earmark is meant" if found else "no such earmark pays by cred",
        f"name one with --earmark; those that pay by cred: {numbers}",
    )


def _posting(kept: Bookkeeping, distributor: Address, earmark: int, epoch: int | None) -> Posting:
    ledger = kept.ledgers[distributor]
    posted = [posting.terms.epoch for posting in ledger.postings]
    found = ledger.of_epoch(epoch if epoch is not None else max(posted, default=0))
    if found is None:
        raise BadInput(
            f"epoch {epoch} of earmark {earmark} has not been posted by this block"
            if epoch is not None
            else f"nothing has been posted for earmark {earmark} by this block",
            f"choose one of: {', '.join(map(str, sorted(set(posted)))) or 'none yet'}",
        )
    return found
