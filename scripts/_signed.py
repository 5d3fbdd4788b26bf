# SPDX-License-Identifier: AGPL-3.0-only
"""Signed papers as files: invitations, acceptances, and what goes with a seat that moves.

<folder>/<contract>/<subject>/<kind>-<signer>.json, canonical JSON. `subject` is the account that
the paper is about; all papers about one account name one deadline, which the first one sets.
<folder>/join-<hash>.json are all papers of one candidate, as a relay hands them out.
"""

from pathlib import Path

from millpond.api.relay.joins import Joining
from millpond.chain.contracts import Contract
from millpond.chain.papers import Paper
from millpond.chain.signers import Signer
from millpond.core.errors import BadInput
from millpond.core.subjects import address_bytes
from millpond.core.typed_data import TypedData
from scripts._pool import parse_moment

_USUALLY = "30 days"


def save(
    folder: Path,
    contract: Contract,
    kind: str,
    subject: str,
    deadline: int,
    signer: Signer,
    typed: TypedData,
) -> Path:
    """Sign and keep; a later paper of the same signer takes its place."""
    signature = signer.sign_typed(typed)
    place = _place(folder, contract, subject)
    place.mkdir(parents=True, exist_ok=True)
    path = place / f"{kind}-{signer.address.lower()}.json"
    path.write_bytes(Paper(signer.address, deadline, signature).to_json())
    return path


def load(folder: Path, contract: Contract, kind: str, subject: str) -> list[Paper]:
    """All papers of a kind about an account, by ascending signer as the contracts want them."""
    place = _place(folder, contract, subject)
    found = [_read(path) for path in sorted(place.glob(f"{kind}-0x*.json"))]
    known = {paper.signer for paper in found}
    found += [paper for paper in _fetched(folder, kind, subject) if paper.signer not in known]
    return sorted(found, key=lambda paper: address_bytes(paper.signer))


def _fetched(folder: Path, kind: str, subject: str) -> list[Paper]:
    """Papers about a candidate that were handed to a relay."""
    for path in sorted(folder.glob("join-0x*.json")):
        joining = Joining.from_json(path.read_text("utf-8"))
        if joining.candidate == subject:
            papers = {"invitation": list(joining.invitations), "acceptance": [joining.acceptance]}
            return papers.get(kind, [])
    return []


def deadline_for(
    folder: Path, contract: Contract, subject: str, now: int, until: str | None
) -> int:
    """What was said with --until, else what the papers about the account name, else 30 days."""
    if until is not None:
        return parse_moment(until, now, "--until")
    papers = [_read(path) for path in sorted(_place(folder, contract, subject).glob("*.json"))]
    to_come = [paper.deadline for paper in papers if paper.deadline > now]
    return max(to_come, default=parse_moment(_USUALLY, now, "--until"))


def _place(folder: Path, contract: Contract, subject: str) -> Path:
    return folder / contract.address.lower() / subject.lower()


def _read(path: Path) -> Paper:
    try:
        return Paper.from_json(path.read_bytes())
    except BadInput as error:
        raise BadInput(
            f"{path} is no signed paper: {error.message}", "let it be signed again"
        ) from None
