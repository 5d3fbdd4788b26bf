# SPDX-License-Identifier: AGPL-3.0-only
"""What is to be paid at the service: one payment for each leaf of a distribution.

The pot of a currency is shared by the rule of the chain (`core.distribution.payouts`): floors,
caps, and a minimum. Whoever is below the minimum or not in the file of payees is not paid there,
and her leaf stays on the chain. drafted + below + elsewhere + capped + dust = pot.

Each payment has a reference: a text that says everything about it. Its hash is what the payee signs
on the chain (`settle_off_chain`) before she is paid, so no figure can change after that.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, Self

from millpond.core import canonical
from millpond.core.canonical import keccak256
from millpond.core.collective.payees import INVITED, Payee, is_slug
from millpond.core.distribution import Distribution, payouts
from millpond.core.errors import BadInput, BooksError, CanonicalError
from millpond.core.subjects import (
    Subject,
    address_bytes,
    check_subject,
    checksum_address,
    from_hex,
    to_hex,
)
from millpond.core.units import MAX_UINT128, Amount, Millis, parse_bps, share_bps, whole
from millpond.core.weeks import iso_date

SCHEMA, REFERENCE = "millpond/collective-plan", "millpond/collective-payment"
_AGAIN = "plan again: millpond collective plan"
_LONGEST = 100


@dataclass(frozen=True, slots=True)
class Planned:
    """One payment: the leaf, its amount in cents, and how the payee is named in public."""

    leaf: int
    subject: Subject
    identity: str
    amount: Amount
    payee: str


@dataclass(frozen=True, slots=True)
class Kept:
    """A leaf that is not paid there, and why: it stays on the chain."""

    leaf: int
    subject: Subject
    amount: Amount
    why: str


@dataclass(frozen=True)
class Plan:
    """All payments of one distribution in one currency."""

    chain_id: int
    distributor: str
    epoch: int
    root: bytes
    period: str
    last_day: str
    """Of the period, as in "2019-09-28"."""
    collective: str
    currency: str
    pot: Amount
    payments: tuple[Planned, ...]
    kept: tuple[Kept, ...]
    capped: Amount
    dust: Amount

    @property
    def drafted(self) -> Amount:
        """All that is paid there."""
        return Amount(sum(each.amount for each in self.payments))

    @property
    def distribution(self) -> str:
        """How the service names this distribution, in the data that its expenses carry."""
        return to_hex(self.root)

    def reference(self, payment: Planned) -> str:
        """What names a payment: its hash is signed by the payee and kept by the chain."""
        return canonical.encode(
            {
                "schema": REFERENCE,
                "version": 1,
                "collective": self.collective,
                "distribution": self.distribution,
                "epoch": self.epoch,
                "period": self.period,
                "leaf": payment.leaf,
                "subject": to_hex(payment.subject),
                "payee": payment.payee,
                "currency": self.currency,
                "cents": payment.amount,
            }
        ).decode()

    def reference_hash(self, payment: Planned) -> bytes:
        """What `settle_off_chain` takes."""
        return keccak256(self.reference(payment).encode())

    def payment_of(self, leaf: int) -> Planned | None:
        """The payment of a leaf, if it is paid there."""
        return next((each for each in self.payments if each.leaf == leaf), None)

    def to_json(self) -> bytes:
        """Canonical bytes. There is no e-mail in them."""
        return canonical.encode(
            {
                "schema": SCHEMA,
                "version": 1,
                "chain_id": self.chain_id,
                "distributor": self.distributor,
                "epoch": self.epoch,
                "root": self.distribution,
                "period": self.period,
                "last_day": self.last_day,
                "collective": self.collective,
                "currency": self.currency,
                "pot": self.pot,
                "payments": [
                    {
                        "leaf": each.leaf,
                        "subject": to_hex(each.subject),
                        "identity": each.identity,
                        "cents": each.amount,
                        "payee": each.payee,
                        "reference": self.reference(each),
                        "reference_hash": to_hex(self.reference_hash(each)),
                    }
                    for each in self.payments
                ],
                "kept": [
                    {"leaf": each.leaf, "subject": to_hex(each.subject), "cents": each.amount,
                     "why": each.why}
                    for each in self.kept
                ],
                "capped": self.capped,
                "dust": self.dust,
            }
        )  # fmt: skip

    @classmethod
    def from_json(cls, data: bytes) -> Self:
        """Read what `to_json` wrote; `BadInput` unless it is exactly that and adds up."""
        try:
            found: Any = canonical.decode(data)
            plan = cls(
                chain_id=int(found["chain_id"]),
                distributor=checksum_address(address_bytes(found["distributor"])),
                epoch=int(found["epoch"]),
                root=from_hex(found["root"], 32),
                period=str(found["period"]),
                last_day=str(found["last_day"]),
                collective=str(found["collective"]),
                currency=str(found["currency"]),
                pot=Amount(int(found["pot"])),
                payments=tuple(_planned(each) for each in found["payments"]),
                kept=tuple(_kept(each) for each in found["kept"]),
                capped=Amount(int(found["capped"])),
                dust=Amount(int(found["dust"])),
            )
            same = plan.to_json() == data
        except (CanonicalError, LookupError, TypeError, ValueError, AttributeError, BadInput):
            raise BadInput("this is no plan of payments", _AGAIN) from None
        if not same:
            raise BadInput("the plan was changed by hand, or is of another version", _AGAIN)
        plan.check()
        return plan

    def check(self) -> None:
        """`BadInput` unless every cent of the pot is somewhere, and every leaf once."""
        leaves = [each.leaf for each in self.payments] + [each.leaf for each in self.kept]
        if len(set(leaves)) != len(leaves):
            raise BadInput("the plan names a leaf twice", _AGAIN)
        parts = [self.drafted, *(each.amount for each in self.kept), self.capped, self.dust]
        if min(parts) < 0 or any(each.amount <= 0 for each in self.payments):
            raise BadInput("the plan has an amount of nothing or less", _AGAIN)
        if sum(parts) != self.pot:
            raise BadInput("the plan does not add up to its pot", _AGAIN)
        if not is_slug(self.collective):
            raise BadInput(f"{self.collective[:40]!r} is not the name of a collective", _AGAIN)


def plan_of(
    document: Distribution,
    collective: str,
    currency: str,
    pot: int,
    payees: Mapping[Subject, Payee],
    minimum: int = 0,
    excluded: Collection[bytes] = (),
) -> Plan:
    """Share a pot of cents by a distribution. `excluded` are the leaves struck out on chain."""
    shares = payouts(document, whole(pot, "the pot", 1, MAX_UINT128), 0, minimum, excluded)
    payments: list[Planned] = []
    kept: list[Kept] = []
    for row in shares.rows:
        payee = payees.get(row.subject)
        why = (
            "below the minimum" if not row.above_minimum
            else "no cent comes of it" if not row.amount
            else "not in the file of payees" if payee is None
            else ""
        )  # fmt: skip
        if payee is None or why:
            kept.append(Kept(row.index, row.subject, row.amount, why))
        else:
            name = (row.identity or to_hex(row.subject))[:_LONGEST]
            payments.append(Planned(row.index, row.subject, name, row.amount, payee.public))
    plan = Plan(
        chain_id=document.chain_id,
        distributor=document.distributor,
        epoch=document.epoch,
        root=document.root,
        period=document.label,
        last_day=iso_date(Millis(document.weeks[-1].end_ms - 1)),
        collective=collective,
        currency=currency,
        pot=shares.pot,
        payments=tuple(payments),
        kept=tuple(kept),
        capped=shares.capped,
        dust=shares.dust,
    )
    try:
        plan.check()
    except BadInput as error:
        raise BooksError(error.message, "pay nothing; report this with the document") from None
    return plan


def pot_of(net: int, percent: str) -> Amount:
    """floor(R * p) of a month's revenue; `percent` is p, such as "100" or "12.5"."""
    if net <= 0:
        raise BadInput("the month brought nothing in", "there is nothing to share")
    return share_bps(net, parse_bps(percent))


def _planned(found: Mapping[str, Any]) -> Planned:
    payee = str(found["payee"])
    if payee != INVITED and not is_slug(payee):
        raise BadInput("a payee is no account", _AGAIN)
    return Planned(
        int(found["leaf"]),
        check_subject(from_hex(found["subject"], 32)),
        str(found["identity"]),
        Amount(int(found["cents"])),
        payee,
    )


def _kept(found: Mapping[str, Any]) -> Kept:
    return Kept(
        int(found["leaf"]),
        check_subject(from_hex(found["subject"], 32)),
        Amount(int(found["cents"])),
        str(found["why"]),
    )
