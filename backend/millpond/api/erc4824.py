# SPDX-License-Identifier: AGPL-3.0-only
"""A pool as ERC-4824 describes a DAO: JSON-LD that other sites read without knowing us.

Fields without a value are left out, as the standard asks. Ids follow CAIP-10: the Governor's
account, and behind it which proposal or which event is meant.
"""

import json
from collections.abc import Mapping
from typing import Any

from millpond.api.pages.cards import title_of
from millpond.mirror.reads import actions, distributions, pools, proposals
from millpond.mirror.reads.pools import Pool
from millpond.mirror.reads.proposals import Proposal
from millpond.mirror.reads.snapshot import Listed, Range, Row, Snapshot

MEDIA_TYPE = "application/ld+json"
_CONTEXT = "https://www.daostar.org/schemas"
_ACCOUNT = "EthereumAddress"
Json = dict[str, Any]


def dao(pool: Pool, base: str) -> Json:
    """The pool itself, and where the rest is; `base` is the address of this server."""
    here = f"{base}/v1/pools/{pool.address}/erc4824"
    return _about(pool) | {
        "membersURI": f"{here}/members",
        "proposalsURI": f"{here}/proposals",
        "activityLogURI": f"{here}/activities",
        "contractsURI": f"{here}/contracts",
        "governanceURI": pool.charter_uri or f"{base}/pools/{pool.name}",
    }


def members(now: Snapshot, pool: Pool, part: Range) -> Listed[Json]:
    """Who is a member."""
    found = pools.members(now, pool, part, current=True)
    return Listed([_account(each.account) for each in found.items], found.next)


def all_proposals(now: Snapshot, pool: Pool, part: Range, base: str) -> Listed[Json]:
    """Proposals with their calls."""
    found = proposals.listed(now, pool, part)
    epochs = distributions.epochs_by_proposal(now, pool)
    return Listed([_proposal(now, pool, each, epochs, base) for each in found.items], found.next)


def activities(now: Snapshot, pool: Pool, part: Range) -> Listed[Json]:
    """What members did about proposals."""
    query = "SELECT * FROM activities WHERE governor = ?"
    return now.page(query, (pool.parts.governor,), part, lambda row: _activity(now, pool, row))


def contracts(now: Snapshot, pool: Pool, part: Range) -> Listed[Json]:
    """Every contract of the pool."""
    query = "SELECT contract, address FROM contracts WHERE pool = ? ORDER BY contract, address"
    rows = now.rows(query, pool.address)
    found = [_account(row["address"]) | {"name": row["contract"]} for row in rows]
    return Listed(found if part.after is None else [], None)


def written(pool: Pool, name: str, found: Listed[Json]) -> str:
    """A part of a list, with what it is a list of."""
    return said(_about(pool) | {name: found.items})


def said(document: Json) -> str:
    """As text."""
    return json.dumps(document, ensure_ascii=False)


def _about(pool: Pool) -> Json:
    return {"@context": _CONTEXT, "type": "DAO", "name": pool.name}


def _account(address: str) -> Json:
    return {"type": _ACCOUNT, "id": address}


def _caip10(now: Snapshot, pool: Pool) -> str:
    return f"eip155:{now.as_of.chain_id}:{pool.parts.governor}"


def _proposal_id(now: Snapshot, pool: Pool, number: str) -> str:
    return f"{_caip10(now, pool)}?proposalId={number}"


def _proposal(
    now: Snapshot, pool: Pool, proposal: Proposal, epochs: Mapping[str, int], base: str
) -> Json:
    return {
        "type": "proposal",
        "id": _proposal_id(now, pool, proposal.id),
        "name": title_of(proposal, epochs),
        "contentURI": f"{base}/v1/pools/{pool.address}/proposals/{proposal.id}",
        "status": proposal.state,
        "calls": [
            {
                "type": "CallDataEVM",
                "operation": "call",
                "from": pool.parts.governor,
                "to": action.target,
                "value": str(action.value),
                "data": f"0x{action.data.hex()}",
            }
            for action in actions.actions_of(now, pool, proposal.id)
        ],
    }


def _activity(now: Snapshot, pool: Pool, row: Row) -> Json:
    place = f"{row['block_number']}.{row['log_index']}"
    return {
        "id": f"{_caip10(now, pool)}?activityId={place}",
        "type": "activity",
        "proposal": {"type": "proposal", "id": _proposal_id(now, pool, row["proposal_id"])},
        "member": _account(row["account"]),
    }
