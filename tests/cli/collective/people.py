# SPDX-License-Identifier: AGPL-3.0-only
"""Who is paid, and what a distributor says of it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from millpond.core.collective.plan import Plan
from millpond.core.subjects import Subject, to_hex
from tests.cli.conftest import Ran
from tests.core import month
from tests.sources.opencollective.site import SLUG, VECTORS
from tests.sources.server import Place

Run = Callable[..., Ran]
CSV = VECTORS / "transactions_default.csv"
MONTH = ("revenue", SLUG, "--month", "2019-09", "--added-funds", "count")
PEOPLE: list[dict[str, object]] = [
    {"subject": "sourcecred:sourcecred/identity/decentralion", "account": "alice", "own": True},
    {"subject": to_hex(month.who("Beanow")), "name": "B", "email": "beanow@example.org"},
]


@dataclass
class Chain:
    """What a distributor says: who is settled under what, who claimed."""

    references: dict[bytes, bytes] = field(default_factory=dict)
    claimed: set[bytes] = field(default_factory=set)
    asked: list[tuple[Any, ...]] = field(default_factory=list)

    def settle(self, plan: Plan) -> None:
        """All of a plan."""
        for each in plan.payments:
            self.references[each.subject] = plan.reference_hash(each)
            self.claimed.add(each.subject)

    def reference_of(self, epoch: int, subject: Subject) -> bytes | None:
        assert epoch == 1
        return self.references.get(subject)

    def is_claimed(self, epoch: int, subject: Subject) -> bool:
        assert epoch == 1
        return subject in self.claimed


def draft(millpond: Run, plan: Path, payees: Path, place: Place, *more: object) -> Ran:
    """Run it against this service and the pool `pond`."""
    asked = ("--payees", payees, "--pool", "pond", "--api", place.url)
    return millpond("collective", "draft", plan, *asked, *more)
