# SPDX-License-Identifier: AGPL-3.0-only
"""What the chain says about the leaves that a plan pays, read from the pool's own distributor."""

from collections.abc import Callable
from dataclasses import dataclass

from millpond.chain.client import Client
from millpond.chain.contracts import Contract
from millpond.chain.journal import distributors_of
from millpond.chain.verify_code import find_pool
from millpond.cli.base import Run, hub_address
from millpond.core.collective.plan import Plan
from millpond.core.errors import BadInput, DeploymentError
from millpond.core.subjects import Subject

EVENT = "SettledOffChain"


@dataclass(frozen=True)
class Settlements:
    """`core.collective.settlement.Chain`, by a distributor's events up to a block."""

    distributor: Contract
    references: dict[tuple[int, bytes], bytes]
    last_block: int

    @classmethod
    def read(
        cls,
        distributor: Contract,
        epoch: int,
        first: int,
        last: int,
        told: Callable[[int, int], None],
    ) -> "Settlements":
        """All settlements of one epoch."""
        if EVENT not in distributor.abi.events:
            raise DeploymentError(
                f"the distributor at {distributor.address} cannot settle a leaf outside the chain",
                "pay by the chain, or deploy a distributor that can; nothing was drafted",
            )
        topics = (None, epoch.to_bytes(32, "big"))
        events = distributor.past_events(EVENT, first, last, topics, told)
        found = {
            (int(each.args["epoch"]), bytes(each.args["subject"])): bytes(each.args["reference"])
            for each in events
        }
        return cls(distributor, found, last)

    def reference_of(self, epoch: int, subject: Subject) -> bytes | None:
        """Under which reference a leaf was settled; None if it was not."""
        return self.references.get((epoch, bytes(subject)))

    def is_claimed(self, epoch: int, subject: Subject) -> bool:
        """Whether a leaf can no longer be claimed."""
        return bool(self.distributor.is_claimed(subject, epoch, at=self.last_block))


def settlements(
    run: Run, plan: Plan, pool: str, hub: str | None, from_block: int | None, confirmations: int
) -> Settlements:
    """Those of a plan's epoch, as of a block that is old enough not to be undone.

    `BadInput` unless the plan is for a distributor of this very pool.
    """
    client = run.client(plan.chain_id)
    record = run.record(client)
    address = hub_address(hub, record)
    known = record.pools.get(pool) if record else None
    recorded = known.block_number if known is not None and known.hub == address else 0
    first = recorded if from_block is None else from_block
    last = _last_block(client, first, confirmations)
    with run.terminal.progress("reading the chain's events") as told:
        parts = find_pool(Contract(client, "Hub", address), pool, first, told)
        if plan.distributor not in distributors_of(parts):
            raise BadInput(
                f"the plan is for the distributor {plan.distributor}, which is none of {pool!r}",
                "look whose distribution the plan was made of",
            )
        distributor = Contract(client, "CredDistributor", plan.distributor)
        return Settlements.read(distributor, plan.epoch, first, last, told)


def _last_block(client: Client, first: int, confirmations: int) -> int:
    last = client.block("latest").number - confirmations
    if last < first:
        raise BadInput(
            f"the pool is younger than {confirmations} blocks", "wait, or lower --confirmations"
        )
    return last
