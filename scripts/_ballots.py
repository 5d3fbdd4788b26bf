# SPDX-License-Identifier: AGPL-3.0-only
"""Signed ballots as files: one for each voter and proposal, to be carried by anyone."""

from pathlib import Path

from millpond.chain import papers
from millpond.chain.governance import Ballot
from millpond.core.errors import BadInput


def save(folder: Path, ballot: Ballot, reason: str = "") -> Path:
    """Write a ballot; a later one of the same voter takes its place."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{ballot.proposal_id:x}-{ballot.voter.lower()}.json"
    path.write_bytes(papers.ballot_json(ballot, reason))
    return path


def load(folder: Path, proposal_id: int) -> list[Ballot]:
    """All ballots of a proposal in a folder; `BadInput` names a file that is none."""
    return [_read(path) for path in sorted(folder.glob(f"{proposal_id:x}-*.json"))]


def _read(path: Path) -> Ballot:
    try:
        return papers.read_ballot(path.read_bytes())[0]
    except BadInput as error:
        raise BadInput(f"{path} is no ballot: {error.message}", error.next_step) from None
