# SPDX-License-Identifier: AGPL-3.0-only
"""Why did I get this amount? The document's arithmetic with the figures that the chain has."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from millpond.chain.answers import NO_ADDRESS
from millpond.chain.assets import Asset
from millpond.chain.client import Client
from millpond.chain.contracts import Contract
from millpond.chain.ledger import Claim, Posting, read_ledger
from millpond.core.distribution import Distribution, Explanation, Step, data_hash, explain
from millpond.core.errors import SubjectError, VerifyError
from millpond.core.figures import percent, plural, quoted
from millpond.core.subjects import Subject, check_subject, from_hex, of_address, of_identity, to_hex
from millpond.core.units import format_amount

_ADDRESS_LENGTH = 42
_SUBJECT_LENGTH = 66
_DECIMALS = {"cred": 6, "grain": 18}
_MILLION = 10**6
_STATUS = {
    "paid": "payday pays this",
    "carried": "payday passes this over; she may claim it herself, or wait until it adds up",
    "zeroed": "struck out in the review",
    "excluded": "left out of the distribution",
    "no leaf": "no share",
}


@dataclass(frozen=True)
class OnChain:
    """What the chain knows about one leaf of a posted distribution."""

    posting: Posting
    asset: Asset
    claim: Claim | None
    payee: str | None
    """Where it would be paid now; None while it waits for an account."""
    struck: Mapping[bytes, bytes]
    """Every subject that the review struck out -> the hash of the reason."""
    settled: bool = False
    """Whether she was paid outside of the chain."""
    closed: bool = False
    """Whether it is too late to claim."""

    @property
    def paid(self) -> bool:
        """Whether nothing of it is left to claim."""
        return self.claim is not None or self.settled

    @property
    def standing(self) -> str:
        """In words, what became of it."""
        if self.claim is not None:
            return f"paid to {self.claim.to} in block {self.claim.event.log.block_number}"
        if self.settled:
            return "settled outside of the chain: it cannot be claimed there any more"
        if self.posting.outcome != "final":
            return f"not payable yet: the distribution is {self.posting.outcome}"
        if self.closed:
            return "too late: the claims of this epoch are closed, and what is left is carried"
        if self.payee is None:
            return "waiting: no account is linked to this identity, or its link is still pending"
        return f"not claimed yet; it would be paid to {self.payee}"


def find_subject(document: Distribution, words: str) -> Subject:
    """Who is meant: an address, a subject or identity in full, or the last part of an identity."""
    if words.startswith("0x") and len(words) == _ADDRESS_LENGTH:
        return of_address(words)
    if words.startswith("0x") and len(words) == _SUBJECT_LENGTH:
        return check_subject(from_hex(words, 32))
    if ":" in words:
        return of_identity(words)
    named = [
        person
        for person in document.people
        if person.identity and person.identity.rsplit("/", 1)[-1].lower() == words.lower()
    ]
    if len(named) != 1:
        some = ", ".join(str(person.identity) for person in named) or "nobody"
        raise SubjectError(
            f"{words!r} fits {some} in {document.label}",
            'write the whole identity, such as "github:583231", or an address',
        )
    return named[0].subject


def on_chain(
    document: Distribution,
    subject: Subject,
    client: Client,
    first_block: int = 0,
    on_progress: Callable[[int, int], None] | None = None,
) -> OnChain:
    """The posting of exactly this document, and what became of one leaf of it."""
    distributor = Contract(client, "CredDistributor", document.distributor)
    distributor.require_deployed()
    pool = Contract(client, "Pool", document.pool)
    ledger = read_ledger(pool, distributor, first_block, on_progress)
    posting = ledger.of_epoch(document.epoch)
    if posting is None or posting.data_hash != data_hash(document):
        found = "nothing" if posting is None else "another document"
        raise VerifyError(
            f"the chain has {found} for epoch {document.epoch}",
            "check with `millpond verify distribution` which document was posted",
            "posted data hash",
        )
    claims = [claim for claim in ledger.claims[document.epoch] if claim.subject == subject]
    payee, terms = distributor.payee_of(subject), posting.terms
    struck = ledger.struck[terms.epoch, terms.attempt]
    ended = posting.outcome == "final" and client.now() >= terms.closes_at
    return OnChain(
        posting=posting,
        asset=Asset.at(client, terms.asset),
        claim=claims[0] if claims else None,
        payee=None if payee == NO_ADDRESS else payee,
        struck={who: bytes(event.args["reason_hash"]) for who, event in struck.items()},
        settled=subject in ledger.settled[document.epoch],
        closed=ended,
    )


def explain_on_chain(
    document: Distribution,
    subject: Subject,
    found: OnChain,
    reason_of: Callable[[bytes], str | None] = lambda _: None,
) -> Explanation:
    """The steps with the pot, grain and minimum of the posting, and who was struck out of it.

    `reason_of` knows the text behind the hash of a reason, or not.
    """
    terms, why = found.posting.terms, ""
    if subject in found.struck:
        digest = found.struck[subject]
        text = reason_of(digest)
        told = quoted(text) if text is not None else f"the reason has the hash {to_hex(digest)}"
        why = f"maintainers struck her out: {told}"
    capped = found.claim.excess if found.claim is not None else None
    figures = terms.pot, terms.grain_per_epoch, terms.minimum
    return explain(document, subject, *figures, set(found.struck), why, capped)


def pot_step(posting: Posting) -> Step:
    """How the pot came about: R * p, and what was carried in."""
    return Step(
        "pot",
        "min(floor(income * share) + carried in, unreserved)",
        (
            ("income", posting.income, "asset"),
            ("share", int(posting.policy.payout_bps), "bps"),
            ("carried in", posting.carry, "asset"),
            ("unreserved", posting.unreserved, "asset"),
        ),
        posting.pot,
        "asset",
    )


def told(
    document: Distribution, explained: Explanation, asset: Asset | None, before: Sequence[Step] = ()
) -> list[str]:
    """The arithmetic in lines for people; without an asset, amounts are in the smallest unit.
    `before` are steps that lead to figures of the document's steps."""

    def value(amount: int, unit: str) -> str:
        if unit == "asset":
            return asset.text(amount) if asset else plural(amount, "smallest unit")
        if unit == "bps":
            return percent(amount)
        return f"{format_amount(amount, _DECIMALS[unit], grouped=True)} {unit}"

    who = explained.identity or to_hex(explained.subject)
    lines = [f"{who}, {document.label} (epoch {document.epoch})"]
    for step in [*before, *explained.steps]:
        lines.append(f"  {step.name} = {step.formula}" if step.values else f"  {step.name}")
        lines += [f"      {name}: {value(amount, unit)}" for name, amount, unit in step.values]
        lines.append(f"    = {value(step.result, step.unit)}")
    rest, whole = explained.dropped
    if rest:
        lines.append(
            f"  rounding: 0.{rest * _MILLION // whole:06d} of the smallest unit stays in the pot"
        )
    if explained.capped:
        lines.append(f"  carried to the next pot, over the cap: {value(explained.capped, 'asset')}")
    return [*lines, f"{_STATUS[explained.status]} ({explained.reason})"]


def as_json(
    document: Distribution, explained: Explanation, asset: Asset | None, before: Sequence[Step] = ()
) -> dict[str, object]:
    """The same as data; amounts are strings of digits in the smallest unit."""
    steps = [
        {
            "name": step.name,
            "formula": step.formula,
            "values": [
                {"name": name, "amount": str(amount), "unit": unit}
                for name, amount, unit in step.values
            ],
            "result": str(step.result),
            "unit": step.unit,
        }
        for step in [*before, *explained.steps]
    ]
    said = {"symbol": asset.symbol, "decimals": str(asset.decimals)} if asset else {}
    rest, whole = explained.dropped
    return {
        "who": explained.identity or to_hex(explained.subject),
        "subject": to_hex(explained.subject),
        "epoch": str(document.epoch),
        "period": document.label,
        "status": explained.status,
        "reason": explained.reason,
        "amount": str(explained.amount),
        "capped": str(explained.capped),
        "dropped": {"numerator": str(rest), "denominator": str(whole)},
        "steps": steps,
        **said,
    }
