# SPDX-License-Identifier: AGPL-3.0-only
"""Where a proposal stands, in words."""

from millpond.chain.governance import State
from millpond.core.errors import BadInput

STANDS = {
    State.PENDING: "its vote has not opened yet",
    State.ACTIVE: "its vote is open",
    State.CANCELED: "its proposer has withdrawn it",
    State.DEFEATED: "it did not pass",
    State.SUCCEEDED: "it passed and can be executed",
    State.QUEUED: "it passed and its timelock runs; Against may still be cast",
    State.EXPIRED: "it passed but was not executed in time",
    State.EXECUTED: "it is carried out",
}


def require_ready(state: State | None, what: str) -> None:
    """`BadInput` unless a proposal can be executed now."""
    if state is not State.SUCCEEDED:
        why = STANDS[state] if state is not None else "nobody has proposed it"
        raise BadInput(
            f"{what} cannot be carried out: {why}", "look again: ape run proposal status"
        )


def tally_text(votes: tuple[int, int, int]) -> str:
    """For people; the contract counts (against, for, abstain)."""
    against, in_favour, abstain = votes
    return f"{in_favour} for, {against} against, {abstain} abstain"
