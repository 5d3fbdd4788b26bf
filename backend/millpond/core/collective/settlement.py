# SPDX-License-Identifier: AGPL-3.0-only
"""No leaf is paid twice: it is settled on the chain before it is paid anywhere else.

`settle_off_chain` takes the payee's signature under the hash of her payment's reference, marks her
leaf as claimed and frees the money that was reserved for it. Only then may an expense be drafted;
a leaf that was claimed, or is settled under another reference, never is.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from millpond.core.collective.plan import Plan, Planned
from millpond.core.subjects import Subject


class Chain(Protocol):
    """What the distributor says about leaves, all of it as of one block."""

    def reference_of(self, epoch: int, subject: Subject) -> bytes | None:
        """Under which reference a leaf was settled off chain; None if it was not."""
        ...

    def is_claimed(self, epoch: int, subject: Subject) -> bool:
        """Whether a leaf can no longer be claimed: it was, or it was settled."""
        ...


class Settled(StrEnum):
    """Whether a payment may be made at the service."""

    YES = "settled on the chain"
    NOT_YET = "not settled on the chain yet"
    CLAIMED = "claimed on the chain: it must not be paid again"
    OTHERWISE = "settled on the chain under another reference: another amount, payee or place"


@dataclass(frozen=True, slots=True)
class Checked:
    """One payment and what the chain says about it."""

    payment: Planned
    settled: Settled


def checked(plan: Plan, chain: Chain) -> tuple[Checked, ...]:
    """What the chain says about every payment of a plan."""
    return tuple(Checked(each, _settled(plan, each, chain)) for each in plan.payments)


def _settled(plan: Plan, payment: Planned, chain: Chain) -> Settled:
    reference = chain.reference_of(plan.epoch, payment.subject)
    claimed = chain.is_claimed(plan.epoch, payment.subject)
    if reference is None:
        return Settled.CLAIMED if claimed else Settled.NOT_YET
    if reference != plan.reference_hash(payment):
        return Settled.OTHERWISE
    # A settled leaf counts as claimed; a node that says otherwise contradicts itself.
    return Settled.YES if claimed else Settled.NOT_YET
