# SPDX-License-Identifier: AGPL-3.0-only
"""Scores as JSON, in a shape that can be laid beside other people's results."""

from typing import Any

import msgspec
import numpy as np

from millpond.core.cred.addresses import shown
from millpond.core.cred.scores import Scores
from millpond.core.cred.weights import Floats, added


def as_json(scores: Scores) -> dict[str, Any]:
    """Cred of people in all and by the number of the week; people in the order of the ledger."""
    found, weeks = scores.contributions, scores.contributions.weeks
    zeroed = [{"id": each.person, "reason": each.reason} for each in scores.zeroed]
    return {
        "generatedWith": {
            "package": "millpond",
            "method": scores.method,
            "mode": scores.mode,
            "rounds": scores.rounds,
            **({"zeroed": zeroed} if zeroed else {}),
        },
        "parameters": dict(scores.parameters),
        "chain": {
            "contributionNodes": found.count,
            "markovEdges": scores.flows,
            "participants": len(found.people),
            "weeks": weeks.count,
            "chainNodes": scores.states,
            "minting": int(np.count_nonzero(found.mint)),
            "edgesToNowhere": found.left_out,
        },
        "intervals": {
            "count": weeks.count,
            "firstStartMs": weeks.first_ms,
            "lastEndMs": weeks.end_ms,
        },
        "totalMint": scores.total_mint,
        "totalParticipantCred": added(scores.cred),
        "participants": [
            {
                "id": person.id,
                "name": person.name,
                "active": person.active,
                "cred": float(cred),
                "grainEarned": person.grain_earned,
                "weekly": _weekly(row),
            }
            for person, cred, row in zip(found.people, scores.cred, scores.weekly, strict=True)
        ],
    }


def _weekly(row: Floats) -> dict[str, float]:
    at = np.flatnonzero(row)
    return dict(zip(map(str, at.tolist()), row[at].tolist(), strict=True))


def encoded(value: Any) -> bytes:
    """JSON with sorted keys and without blanks; doubles in the fewest digits that read back.

    Our own documents have no doubles (`core.canonical`); scores laid beside SourceCred's do.
    """
    return msgspec.json.encode(value, order="sorted") + b"\n"


def nodes_as_json(scores: Scores) -> dict[str, Any]:
    """What each contribution mints and what its score is, by its address."""
    found = scores.contributions
    figures = zip(found.addresses, found.mint.tolist(), scores.nodes.tolist(), strict=True)
    return {"nodes": {shown(address): [mint, score] for address, mint, score in figures}}
