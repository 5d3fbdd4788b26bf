# SPDX-License-Identifier: AGPL-3.0-only
"""Where a proposal stands, in words, and what comes next."""

from millpond.chain.governance import State
from millpond.chain.proposals import Standing
from millpond.core.errors import BadInput
from millpond.core.figures import moment, percent

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
FAILED = (State.CANCELED, State.DEFEATED, State.EXPIRED)
"""Where nothing can be carried out any more."""


def require_ready(state: State | None, what: str) -> None:
    """`BadInput` unless a proposal can be executed now."""
    if state is not State.SUCCEEDED:
        why = STANDS[state] if state is not None else "nobody has proposed it"
        raise BadInput(f"{what} cannot be carried out: {why}", "look again: ape run pool show")


def tally_text(votes: tuple[int, int, int]) -> str:
    """For people; the contract counts (against, for, abstain)."""
    against, in_favour, abstain = votes
    return f"{in_favour} for, {against} against, {abstain} abstain"


def needs_text(at: Standing) -> str:
    """What it takes to pass."""
    if at.is_consent:
        return f"passes unless {at.quorum} of {at.electorate} object"
    taken = at.in_favour + at.abstain
    return (
        f"{at.quorum} of {at.electorate} have to take part (for or abstain; {taken} did), and "
        f"{percent(at.approval_bps)} of those for or against have to be for it"
    )


def comes_next(at: Standing) -> str:
    """What anybody can do about it now, or from when on."""
    match at.state:
        case State.PENDING:
            return f"ballots are taken after {moment(at.opens_at)}"
        case State.ACTIVE:
            return f"vote until {moment(at.closes_at)}: ape run pool vote, or ape run pool ballot"
        case State.QUEUED:
            return (
                f"members can stop it until {moment(at.eta)} by turning Against "
                "(ape run pool vote); then it can be executed"
            )
        case State.SUCCEEDED:
            return f"anybody may execute it until {moment(at.expires_at)}: ape run pool execute"
        case State.EXPIRED:
            return "propose it again if it is still wanted: ape run pool propose"
    return "nothing; it is over"
