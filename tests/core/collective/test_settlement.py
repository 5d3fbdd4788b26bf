# SPDX-License-Identifier: AGPL-3.0-only
"""No leaf is paid outside the chain before the chain shows it as settled."""

from dataclasses import dataclass, field, replace

from millpond.core.collective.settlement import Settled, checked
from millpond.core.subjects import Subject
from tests.core.collective.plans import plan

PLAN = plan()
ONE = PLAN.payments[0]


@dataclass
class Chain:
    """What a distributor would say."""

    references: dict[bytes, bytes] = field(default_factory=dict)
    claimed: set[bytes] = field(default_factory=set)

    def reference_of(self, epoch: int, subject: Subject) -> bytes | None:
        assert epoch == PLAN.epoch
        return self.references.get(subject)

    def is_claimed(self, epoch: int, subject: Subject) -> bool:
        assert epoch == PLAN.epoch
        return subject in self.claimed


def _of(chain: Chain) -> Settled:
    return next(each.settled for each in checked(PLAN, chain) if each.payment is ONE)


def test_checked__settled_under_its_reference__may_be_paid() -> None:
    chain = Chain({ONE.subject: PLAN.reference_hash(ONE)}, {ONE.subject})
    assert _of(chain) is Settled.YES
    others = [each.settled for each in checked(PLAN, chain) if each.payment is not ONE]
    assert set(others) == {Settled.NOT_YET}


def test_checked__claimed_on_the_chain__may_not() -> None:
    assert _of(Chain({}, {ONE.subject})) is Settled.CLAIMED


def test_checked__settled_under_another_reference__may_not() -> None:
    """Of another amount, say: what she signed is what she gets."""
    other = PLAN.reference_hash(replace(ONE, amount=ONE.amount))
    assert other == PLAN.reference_hash(ONE)
    dearer = replace(ONE, amount=type(ONE.amount)(ONE.amount + 1))
    chain = Chain({ONE.subject: PLAN.reference_hash(dearer)}, {ONE.subject})
    assert _of(chain) is Settled.OTHERWISE


def test_checked__settled_and_still_claimable__may_not() -> None:
    """A node that contradicts itself."""
    assert _of(Chain({ONE.subject: PLAN.reference_hash(ONE)})) is Settled.NOT_YET


def test_checked__nothing_known__may_not() -> None:
    assert _of(Chain()) is Settled.NOT_YET
