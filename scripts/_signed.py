# SPDX-License-Identifier: AGPL-3.0-only
"""Signed papers as files: invitations, acceptances, and what goes with a seat that moves.

<folder>/<contract>/<subject>/<kind>-<signer>.json, canonical JSON. `subject` is the account that
the paper is about; all papers about one account name one deadline, which the first one sets.
"""

from dataclasses import dataclass
from pathlib import Path

from millpond.chain.answers import Address
from millpond.chain.contracts import Contract
from millpond.chain.signers import Signer
from millpond.core import canonical
from millpond.core.errors import BadInput
from millpond.core.subjects import address_bytes, checksum_address, to_hex
from millpond.core.typed_data import TypedData
from scripts._pool import octets, parse_moment

_USUALLY = "30 days"


@dataclass(frozen=True)
class Paper:
    """One signature and until when it holds."""

    signer: Address
    deadline: int
    signature: bytes


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
    fields = {"signer": signer.address, "deadline": deadline, "signature": to_hex(signature)}
    path.write_bytes(canonical.encode(fields))
    return path


def load(folder: Path, contract: Contract, kind: str, subject: str) -> list[Paper]:
    """All papers of a kind about an account, by ascending signer as the contracts want them."""
    place = _place(folder, contract, subject)
    found = [_read(path) for path in sorted(place.glob(f"{kind}-0x*.json"))]
    return sorted(found, key=lambda paper: address_bytes(paper.signer))


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
        fields = canonical.decode(path.read_bytes())
        texts = {k: str(v) for k, v in fields.items()} if isinstance(fields, dict) else {}
        signer = Address(checksum_address(address_bytes(texts["signer"])))
        return Paper(signer, int(texts["deadline"]), octets(texts["signature"], "signature"))
    except (BadInput, KeyError, ValueError) as error:
        raise BadInput(f"{path} is no signed paper: {error}", "let it be signed again") from None
