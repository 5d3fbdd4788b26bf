# SPDX-License-Identifier: AGPL-3.0-only
"""Signed ballots as files: one for each voter and proposal, to be carried by anyone."""

from pathlib import Path

from millpond.chain.answers import Address
from millpond.chain.governance import Ballot, Support
from millpond.core import canonical
from millpond.core.errors import BadInput, CanonicalError
from millpond.core.subjects import address_bytes, checksum_address, from_hex, to_hex
from scripts._pool import octets


def save(folder: Path, ballot: Ballot) -> Path:
    """Write a ballot; a later one of the same voter takes its place."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{ballot.proposal_id:x}-{ballot.voter.lower()}.json"
    path.write_bytes(
        canonical.encode(
            {
                "castsBefore": ballot.casts_before,
                "deadline": ballot.deadline,
                "proposalId": ballot.proposal_id,
                "reasonHash": to_hex(ballot.reason_hash),
                "signature": to_hex(ballot.signature),
                "support": int(ballot.support),
                "voter": ballot.voter,
                **({"byWallet": True} if ballot.by_wallet else {}),
            }
        )
    )
    return path


def load(folder: Path, proposal_id: int) -> list[Ballot]:
    """All ballots of a proposal in a folder; `BadInput` names a file that is none."""
    return [_read(path) for path in sorted(folder.glob(f"{proposal_id:x}-*.json"))]


def _read(path: Path) -> Ballot:
    try:
        fields = canonical.decode(path.read_bytes())
        texts = {k: str(v) for k, v in fields.items()} if isinstance(fields, dict) else {}
        by_wallet, signature = "byWallet" in texts, texts["signature"]
        return Ballot(
            Address(checksum_address(address_bytes(texts["voter"]))),
            int(texts["proposalId"]),
            Support(int(texts["support"])),
            int(texts["castsBefore"]),
            from_hex(texts["reasonHash"], 32),
            int(texts["deadline"]),
            octets(signature, "signature") if by_wallet else from_hex(signature, 65),
            by_wallet,
        )
    except (CanonicalError, KeyError, ValueError) as error:
        raise BadInput(
            f"{path} is no ballot: {error}", "sign it anew: ape run pool ballot"
        ) from None
