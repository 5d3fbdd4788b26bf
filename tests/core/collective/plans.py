# SPDX-License-Identifier: AGPL-3.0-only
"""A plan of payments by the real month, and the people whom it pays."""

import json
from collections.abc import Sequence
from functools import cache

from millpond.core.collective.payees import SCHEMA, Payee, read_payees
from millpond.core.collective.plan import Plan, plan_of
from millpond.core.distribution import Distribution
from millpond.core.subjects import Subject, to_hex
from tests.core import month

SLUG = "example-collective"
POT = 316_124
PEOPLE: list[dict[str, object]] = [
    {"subject": "sourcecred:sourcecred/identity/decentralion", "account": "alice", "own": True},
    {"subject": to_hex(month.who("Beanow")), "account": "beanow"},
    {"subject": "sourcecred:sourcecred/identity/wchargin", "name": "W", "email": "W@example.org"},
]


def payees_file(people: Sequence[dict[str, object]] = PEOPLE) -> bytes:
    """The file of payees."""
    return json.dumps({"schema": SCHEMA, "version": "1", "payees": people}).encode()


def payees() -> dict[Subject, Payee]:
    """The people, read."""
    return read_payees(payees_file(), "payees.json")


@cache
def document() -> Distribution:
    """September 2019, without a cap."""
    return month.september(signer_cap_bps=10_000)


def plan(pot: int = POT, minimum: int = 0) -> Plan:
    """Its payments."""
    return plan_of(document(), SLUG, "USD", pot, payees(), minimum)
