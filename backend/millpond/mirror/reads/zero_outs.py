# SPDX-License-Identifier: AGPL-3.0-only
"""Who was struck out of a review, why, and whether members put her back; what was paid off chain.

The chain has hashes of reasons; their texts are on the shelf. Source of the rules:
contracts/CredDistributor.vy (`zero_out`, `restore`, `settle_off_chain`).
"""

from dataclasses import dataclass
from pathlib import Path

from millpond.chain.abi import load
from millpond.core.subjects import from_hex
from millpond.mirror.reads.snapshot import Row, Snapshot
from millpond.mirror.texts import text_of

_WORDS = """
    SELECT w.*, b.timestamp AS at, (
        SELECT count(*) FROM cred_distributor_{name}_signers s
        WHERE s.block_number = w.block_number AND s.log_index = w.log_index
    ) AS signers
    FROM cred_distributor_{name} w JOIN blocks b ON b.number = w.block_number
    WHERE w.address = ? AND w.epoch = ? AND w.attempt = ?
    ORDER BY w.block_number, w.log_index
"""
_STRUCK, _RESTORED = (_WORDS.format(name=name) for name in ("zeroed_out", "restored"))


@dataclass(frozen=True)
class Word:
    """A signed step: when, by how many signatures, and why."""

    at: int
    signers: int
    reason_hash: str
    reason: str | None
    """None where the shelf does not have the text."""
    block_number: int
    log_index: int


@dataclass(frozen=True)
class ZeroOut:
    """One leaf that maintainers struck out."""

    subject: str
    cred: int
    struck: Word
    restored: Word | None
    """Members put her back; then she cannot be struck out again."""


@dataclass(frozen=True)
class Settled:
    """A leaf that was paid outside of the chain, and can never be claimed on it."""

    payee: str
    reference_hash: str
    amount: int
    grain: int


def zero_outs(
    now: Snapshot, distributor: str, epoch: int, attempt: int, folder: Path | None
) -> tuple[ZeroOut, ...]:
    """In the order in which they were struck out; texts are looked for in a folder."""
    if not _knows("ZeroedOut"):
        return ()
    place = distributor, epoch, attempt
    restored = {row["subject"]: _word(row, folder) for row in now.rows(_RESTORED, *place)}
    return tuple(
        ZeroOut(
            subject=row["subject"],
            cred=int(row["cred"]),
            struck=_word(row, folder),
            restored=restored.get(row["subject"]),
        )
        for row in now.rows(_STRUCK, *place)
    )


def struck(now: Snapshot, distributor: str, epoch: int, attempt: int) -> frozenset[str]:
    """The subjects that share nothing of the pot."""
    found = zero_outs(now, distributor, epoch, attempt, None)
    return frozenset(each.subject for each in found if each.restored is None)


def settled(now: Snapshot, distributor: str, epoch: int) -> dict[str, Settled]:
    """Subject -> how it was paid outside of the chain."""
    if not _knows("SettledOffChain"):
        return {}
    query = "SELECT * FROM cred_distributor_settled_off_chain WHERE address = ? AND epoch = ?"
    return {
        row["subject"]: Settled(
            row["payee"], row["reference"], int(row["amount"]), int(row["grain"])
        )
        for row in now.rows(query, distributor, epoch)
    }


def _word(row: Row, folder: Path | None) -> Word:
    return Word(
        at=row["at"],
        signers=row["signers"],
        reason_hash=row["reason_hash"],
        reason=text_of(folder, from_hex(row["reason_hash"], 32)),
        block_number=row["block_number"],
        log_index=row["log_index"],
    )


def _knows(event: str) -> bool:
    """Whether the contracts of this version say this at all."""
    return event in load("CredDistributor").events
