# SPDX-License-Identifier: AGPL-3.0-only
"""A season as JSON: amounts in smallest units, as text; times in seconds since 1970."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from typing import Any

from millpond.core.books.epochs import as_json as money_json
from millpond.core.season.facts import Leaf, Review, Season, Word, ZeroOut
from millpond.core.season.figures import Figures, TurnoutOfMembers, figures, times_to_claim, turnout
from millpond.core.season.gains import Reweighed
from millpond.core.season.standing import Standing, standings
from millpond.core.season.waits import Waits


def season_json(season: Season, gains: Iterable[Reweighed]) -> dict[str, Any]:
    """All that the tables and the page show."""
    found = figures(season)
    assets = dict.fromkeys(each.money.commodity.address for each in season.epochs)
    return {
        "pool": season.pool,
        "block": season.block,
        "time": season.as_of,
        "members": _members(season, turnout(season)),
        "epochs": [_epoch(each) for each in found],
        "timesToClaim": _waits(times_to_claim(season, [e for e in season.epochs if e.final])),
        "standing": [
            {"asset": asset, "moments": [_standing(each) for each in standings(season, asset)]}
            for asset in assets
        ],
        "weightChanges": [_reweighed(each) for each in gains],
    }


def _members(season: Season, found: TurnoutOfMembers) -> dict[str, int]:
    return {
        "now": season.members,
        "reviews": found.reviews,
        "tookPartInAny": found.in_any,
        "tookPartInAll": found.in_all,
    }


def _epoch(found: Figures) -> dict[str, Any]:
    epoch, even = found.epoch, found.concentration
    counted = found.contributors
    return {
        "epoch": epoch.number,
        "period": epoch.label,
        "missing": epoch.missing or None,
        "money": money_json(epoch.money),
        "reviews": [_review(each) for each in epoch.reviews],
        "contributors": None
        if counted is None
        else {
            "leaves": counted.leaves,
            "paid": counted.paid,
            "byEnd": {end.value: count for end, count in counted.ends.items()},
            "unknown": counted.unknown,
        },
        "timeToClaim": None if found.waits is None else _waits(found.waits),
        "concentration": None if even is None else asdict(even),
        "signerCapBps": epoch.signer_cap_bps,
        "maintainers": None
        if found.maintainers is None
        else [
            {**asdict(each), "due": str(each.due), "amount": str(each.amount)}
            for each in found.maintainers
        ],
        "newcomers": None
        if found.newcomers is None
        else {"who": list(found.newcomers.who), "amount": str(found.newcomers.amount)},
        "leaves": None if epoch.leaves is None else _leaves(epoch.leaves),
    }


def _leaves(leaves: Sequence[Leaf]) -> list[dict[str, Any]]:
    return [
        {
            "subject": each.subject,
            "who": each.who,
            "cred": str(each.cred),
            "due": str(each.due),
            "amount": str(each.amount),
            "maintainer": each.maintainer,
            "end": each.end.value,
        }
        for each in leaves
    ]


def _review(found: Review) -> dict[str, Any]:
    return {
        "attempt": found.attempt,
        "outcome": found.outcome,
        "postedAt": found.posted_at,
        "closesAt": found.closes_at,
        "endedAt": found.ended_at,
        "couldVote": found.electorate,
        "cast": len(found.cast),
        "objected": len(found.objected),
        "consented": len(found.consented),
        "abstained": len(found.abstained),
        "zeroOuts": [_zero_out(each) for each in found.zero_outs],
    }


def _zero_out(found: ZeroOut) -> dict[str, Any]:
    return {
        "subject": found.subject,
        "who": found.who,
        "cred": str(found.cred),
        "struck": _word(found.struck),
        "restored": None if found.restored is None else _word(found.restored),
    }


def _word(found: Word) -> dict[str, Any]:
    return {
        "at": found.at,
        "signers": found.signers,
        "reasonHash": found.reason_hash,
        "reason": found.reason,
    }


def _waits(found: Waits) -> dict[str, Any]:
    return {
        "claimed": found.claimed,
        "notYet": found.censored,
        "firstQuarter": found.first_quarter,
        "median": found.median,
        "thirdQuarter": found.third_quarter,
        "longest": found.longest,
        "waitedSoFar": found.seen_for,
    }


def _standing(found: Standing) -> dict[str, Any]:
    return {
        "at": found.at,
        "unclaimed": {str(epoch): str(amount) for epoch, amount in found.unclaimed.items()},
        "carry": str(found.carry),
    }


def _reweighed(found: Reweighed) -> dict[str, Any]:
    return {
        "epoch": found.epoch,
        "since": found.since,
        "weights": found.weights,
        "moved": found.moved,
        "sameCred": found.same,
        "missing": found.untold or None,
        "maintainers": [
            {
                "account": each.account,
                "before": str(each.before),
                "after": str(each.after),
                "gain": str(each.gain),
            }
            for each in found.gains
        ],
    }
