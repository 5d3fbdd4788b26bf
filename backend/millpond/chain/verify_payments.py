# SPDX-License-Identifier: AGPL-3.0-only
"""The steps of `millpond verify distribution` about money that went out.

What each leaf was due is computed from the document; what the distributor says it paid is held
against what the Pool says it released in the same transaction, payee by payee.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping

from millpond.chain.abi import Event
from millpond.chain.contracts import Contract
from millpond.chain.ledger import Claim, Ledger, MaintainerSet, Posting, place_of
from millpond.chain.verify_links import Links
from millpond.core.distribution import Distribution
from millpond.core.errors import VerifyError
from millpond.core.subjects import Subject, address_of, checksum_address, is_address, to_hex
from millpond.core.units import BPS_ALL, floor_share, share_bps

_ASK = "ask the maintainers; compare the contract's code with `millpond verify code`"
_OUT = frozenset({"Released", "ReleasedMany", "Spent", "Reclaimed"})

_ACCOUNT_BITS = 160

Payment = tuple[int, str, int]
"""Earmark, asset, and who was paid, as a number: there may be a million of them."""
Sums = dict[bytes, Counter[Payment]]
"""Transaction -> what was paid in it."""


def check_claims(
    document: Distribution,
    ledger: Ledger,
    posting: Posting,
    known: MaintainerSet | None,
    booked: int,
) -> str:
    """Each leaf got what the document gives it; all together is what the contract has `booked`."""
    terms = posting.terms
    claims, settled = ledger.claims[terms.epoch], ledger.settled[terms.epoch].values()
    cred: Mapping[bytes, int] = dict(document.leaves)
    caps = _Caps(posting, known)
    seen: set[bytes] = set()
    for claim in sorted([*claims, *settled], key=lambda each: place_of(each.event)):
        who = claim.subject
        if who in seen:
            raise VerifyError(f"{said(document, who)} was paid twice", _ASK)
        seen.add(who)
        due = floor_share(terms.pot, cred.get(who, 0), terms.shared_cred)
        grain = floor_share(terms.grain_per_epoch, cred.get(who, 0), terms.shared_cred)
        excess = caps.excess(who, due)
        wanted = due - excess, excess, grain
        if (claim.amount, claim.excess, claim.grain) != wanted:
            raise VerifyError(
                f"{said(document, who)} got {claim.amount}, {claim.excess} over the cap "
                f"and {claim.grain} grain; the document gives {wanted}",
                _ASK,
            )
    ours = sum(claim.amount + claim.excess for claim in [*claims, *settled])
    ours += ledger.closed.get(terms.epoch, 0)
    if ours != booked or ours > terms.pot:
        raise VerifyError(
            f"the claims add up to {ours}, the contract has booked {booked} of {terms.pot}", _ASK
        )
    also = f"; {len(settled)} more settled elsewhere, by whose signature is not read" * bool(
        settled
    )
    return f"{len(claims)} of {document.leaf_count} leaves claimed, {ours} in all, each right{also}"


class _Caps:
    """What is left for each maintainer under the cap on a signer's share."""

    def __init__(self, posting: Posting, known: MaintainerSet | None) -> None:
        terms = posting.terms
        self._owner: dict[bytes, str] = {}
        if known is not None and terms.signer_cap_bps < BPS_ALL:
            self._owner = {s: account for account, own in known.subjects.items() for s in own}
        limit = share_bps(terms.pot, terms.signer_cap_bps)
        self._room: dict[str, int] = dict.fromkeys(self._owner.values(), limit)

    def excess(self, subject: bytes, due: int) -> int:
        """What the cap takes of it; the rest counts from now on."""
        owner = self._owner.get(subject)
        if owner is None:
            return 0
        given = min(due, self._room[owner])
        self._room[owner] -= given
        return due - given


def check_payees(
    document: Distribution, ledger: Ledger, posting: Posting, distributor: Contract
) -> str:
    """Each leaf was paid to the account that it belonged to at the time."""
    claims = [*ledger.claims[document.epoch], *ledger.settled[document.epoch].values()]
    account = _accounts(ledger, posting, distributor)
    for claim in claims:
        subject = Subject(claim.subject)
        known = {address_of(subject)} if is_address(subject) else account(claim)
        if claim.payee not in known:
            raise VerifyError(
                f"{said(document, claim.subject)} was paid at {claim.payee}, "
                f"the account was {', '.join(sorted(filter(None, known))) or 'none yet'}",
                _ASK,
            )
    return f"each of {len(claims)} payments went to the account linked at the time"


def _accounts(
    ledger: Ledger, posting: Posting, distributor: Contract
) -> Callable[[Claim], Collection[str | None]]:
    """The accounts that an identity's claim may have gone to: by the events of the registry.

    Where the pool trusts the links of other pools, the node's word for each claim has to do.
    """
    identity = Contract(distributor.client, "Identity", distributor.identity())
    pool = ledger.books.pool
    links = Links.read(identity, pool, ledger.first_block, ledger.last_block)
    final = links.time((posting.end or posting.event).log.block_number)

    def by_events(claim: Claim) -> Collection[str | None]:
        return {links.account(claim.subject, place_of(claim.event), final)}

    def by_views(claim: Claim) -> Collection[str | None]:
        block = claim.event.log.block_number
        return {distributor.payee_of(claim.subject, at=at) for at in (block - 1, block)}

    return by_views if links.trusts_others else by_events


def check_money(ledger: Ledger, posting: Posting) -> str:
    """What the distributor paid is what the Pool released, by transaction and payee.

    All epochs at once: one payout may hold leaves of several.
    """
    told, released = _told(ledger), _released(ledger, posting)
    for transaction in told.keys() | released.keys():
        ours, theirs = told.get(transaction, Counter()), released.get(transaction, Counter())
        other = next((key for key in ours | theirs if ours[key] != theirs[key]), None)
        if other is not None:
            _, asset, payee = other
            shown = checksum_address(payee.to_bytes(20, "big"))
            raise VerifyError(
                f"transaction {to_hex(transaction)}: the leaves paid to {shown} add up to "
                f"{ours[other]}, the Pool released {theirs[other]} of {asset}",
                _ASK,
            )
    owed = _owed(ledger, told)
    also = f"; {owed} of the payments failed and are owed" if owed else ""
    return (
        f"{len(told)} transactions: what the leaves add up to is what the Pool released to each "
        f"payee{also}. Not read: the events of the asset and of the Grain"
    )


def check_reserved(ledger: Ledger, posting: Posting) -> None:
    """The pot is what the Pool says it reserved right before the posting."""
    terms, log = posting.terms, posting.event.log
    reserved = [
        (event.args["earmark_id"], event.args["asset"], event.args["amount"])
        for event in ledger.promises
        if event.name == "Reserved"
        and event.log.transaction_hash == log.transaction_hash
        and event.log.index < log.index
    ]
    if not reserved or reserved[-1] != (terms.earmark, terms.asset, terms.pot):
        raise VerifyError(
            f"a pot of {terms.pot} of {terms.asset} from earmark {terms.earmark} was posted; the "
            f"Pool reserved in that transaction {reserved[-1] if reserved else 'nothing'} "
            "(earmark, asset, amount)",
            "object to the distribution and ask the maintainers; do not rely on its figures",
        )


def said(document: Distribution, subject: bytes) -> str:
    """A subject as the document calls her."""
    person = document.person(subject)
    return (person.identity if person else None) or to_hex(subject)


def _told(ledger: Ledger) -> Sums:
    found: Sums = defaultdict(Counter)
    for epoch, claims in ledger.claims.items():
        posting = ledger.of_epoch(epoch)
        if posting is None:
            continue
        earmark, asset = posting.terms.earmark, posting.terms.asset
        for claim in claims:
            key = earmark, asset, int(claim.to, 16)
            found[claim.event.log.transaction_hash][key] += claim.amount
    return found


def _released(ledger: Ledger, posting: Posting) -> Sums:
    """Out of the earmarks that this distributor spends."""
    own = {each.terms.earmark for each in ledger.postings} | {posting.earmark}
    found: Sums = defaultdict(Counter)
    for event in ledger.promises:
        if event.name in ("Released", "ReleasedMany") and event.args["earmark_id"] in own:
            for payee, amount in _payments(event):
                key = event.args["earmark_id"], event.args["asset"], payee
                found[event.log.transaction_hash][key] += amount
    return found


def _owed(ledger: Ledger, told: Mapping[bytes, object]) -> int:
    """How many payments failed; `VerifyError` for a debt without a payment that failed."""
    out: dict[bytes, Counter[tuple[str, int]]] = defaultdict(Counter)
    for event in ledger.promises:
        if event.name in _OUT:
            for payee, amount in _payments(event):
                out[event.log.transaction_hash][event.args["asset"], payee] += amount
    failed = [
        event
        for event in ledger.promises
        if event.name == "Owed" and event.log.transaction_hash in told
    ]
    for event in failed:
        payee, left = int(event.args["account"], 16), out[event.log.transaction_hash]
        left[event.args["asset"], payee] -= event.args["amount"]
        if left[event.args["asset"], payee] < 0:
            raise VerifyError(
                f"transaction {to_hex(event.log.transaction_hash)}: the Pool owes "
                f"{event.args['account']} {event.args['amount']}, and has tried to pay less",
                _ASK,
            )
    return len(failed)


def _payments(event: Event) -> Iterable[tuple[int, int]]:
    """Whom an event of the Pool paid, as a number, and how much."""
    args = event.args
    if event.name == "ReleasedMany":
        return [(word & (1 << _ACCOUNT_BITS) - 1, word >> _ACCOUNT_BITS) for word in args["batch"]]
    payee: str = args["patron"] if event.name == "Reclaimed" else args["to"]
    return [(int(payee, 16), args["amount"])]
