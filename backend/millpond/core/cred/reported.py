# SPDX-License-Identifier: AGPL-3.0-only
"""Reports as JSON: the same figures that tables and pages show, all of them."""

from dataclasses import asdict
from typing import Any

from millpond.core.cred.addresses import shown
from millpond.core.cred.compared import Change, Compared
from millpond.core.cred.explained import Described, Explained, Traced
from millpond.core.cred.flows import Flow
from millpond.core.cred.model import Person
from millpond.core.cred.overview import Overview, Standing
from millpond.core.units import Millis
from millpond.core.weeks import iso_date


def overview_json(found: Overview) -> dict[str, Any]:
    """A report."""
    labels = found.periods.labels
    return {
        "total": found.total,
        "minted": found.minted,
        "contributions": found.contributions,
        "weeks": found.weeks,
        "from": iso_date(Millis(found.first_ms)),
        "to": iso_date(Millis(found.end_ms - 1)),
        "gini": found.gini,
        "halfHeldBy": found.half,
        "maintainersShare": found.maintainers_share,
        "recentWeeks": found.recent_weeks,
        "periods": [
            {"period": label, **asdict(turnout)}
            for label, turnout in zip(labels, found.turnout, strict=True)
        ],
        "sources": [
            {"source": source, "cred": cred, "byPeriod": list(row)}
            for source, cred, row in zip(
                found.sources, found.source_cred, found.source_by_period, strict=True
            )
        ],
        "people": [_standing(each, found.sources) for each in found.people],
    }


def _standing(each: Standing, sources: tuple[str, ...]) -> dict[str, Any]:
    return {
        **_who(each.person),
        "cred": each.cred,
        "share": each.share,
        "recentShare": each.recent,
        "since": each.since or None,
        "maintains": each.maintains,
        "byPeriod": list(each.by_period),
        "bySource": dict(zip(sources, each.by_source, strict=True)),
    }


def compared_json(found: Compared, proposer: Person | None) -> dict[str, Any]:
    """Two weights files beside each other."""
    return {
        "totalBefore": found.total_before,
        "totalAfter": found.total_after,
        "moved": found.moved,
        "weights": [asdict(each) for each in found.weights],
        "people": [_change(each) for each in found.changes],
        "proposer": _change(found.of(proposer)) if proposer is not None else None,
    }


def _change(each: Change) -> dict[str, Any]:
    return {
        **_who(each.person),
        "credBefore": each.cred_before,
        "credAfter": each.cred_after,
        "shareBefore": each.share_before,
        "shareAfter": each.share_after,
        "gain": each.gain,
        "growsBy": each.grows_by,
        "rank": each.rank,
    }


def explained_json(found: Explained) -> dict[str, Any]:
    """One person's cred."""
    return {
        **_who(found.person),
        "cred": found.cred,
        "share": found.share,
        "rank": found.rank,
        "ranked": found.ranked,
        "kinds": [asdict(each) for each in found.kinds],
        "pieces": [{**asdict(each), "address": shown(each.address)} for each in found.pieces],
    }


def traced_json(found: Traced, described: Described) -> dict[str, Any]:
    """One contribution's flows."""

    def told(flow: Flow) -> dict[str, Any]:
        return {
            "address": shown(flow.address),
            "name": described.name(flow.address),
            "edge": shown(flow.edge),
            "cred": flow.cred,
        }

    return {
        "address": shown(found.address),
        "name": described.name(found.address),
        "score": found.flows.score,
        "minted": found.flows.minted,
        "returned": found.flows.returned,
        "ins": [told(flow) for flow in found.flows.ins],
        "outs": [told(flow) for flow in found.flows.outs],
    }


def _who(person: Person) -> dict[str, str]:
    return {"id": person.id, "name": person.name}
