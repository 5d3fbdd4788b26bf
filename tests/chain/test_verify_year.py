# SPDX-License-Identifier: AGPL-3.0-only
"""`millpond verify distribution` after a year in which everything happened to the pool's money."""

from millpond.chain.report import Verdict
from millpond.chain.verify_distribution import Evidence, verify_distribution
from millpond.core.distribution import to_json
from tests.chain.books_story import Eventful, eventful

__all__ = ["eventful"]


def test_verify__payments_that_failed__are_owed_and_hold(eventful: Eventful) -> None:
    first, _ = eventful.documents
    report = verify_distribution(to_json(first), Evidence(client=eventful.coop.client))
    assert report.holds, report.of(Verdict.DIFFERS)
    said = {step.name: step.detail for step in report.steps}
    assert "2 of the payments failed and are owed" in said["payments"]


def test_verify__claimed_without_grain_and_closed__holds(eventful: Eventful) -> None:
    _, second = eventful.documents
    report = verify_distribution(to_json(second), Evidence(client=eventful.coop.client))
    assert report.holds, report.of(Verdict.DIFFERS)
