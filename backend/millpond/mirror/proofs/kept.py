# SPDX-License-Identifier: AGPL-3.0-only
"""Storage proofs on the disk: one for each item, the newest, beside the mirror."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from millpond.core.errors import MillpondError
from millpond.mirror.reads.snapshot import Snapshot
from millpond.mirror.stores.database import Database

_ROUND = "SELECT * FROM storage_proof_rounds WHERE genesis_hash = ? AND hub = ?"
_PROOF = "SELECT * FROM storage_proofs WHERE genesis_hash = ? AND hub = ? AND item = ?"
NEVER = -1
"""Before the first round."""


@dataclass(frozen=True)
class Proven:
    """One word: its slot and value as 0x-hex, and the nodes of its proof."""

    slot: str
    value: str
    proof: tuple[str, ...]


@dataclass(frozen=True)
class Proof:
    """Everything from a block's hash down to some words of one contract."""

    block_number: int
    block_hash: str
    header: str
    """The bytes whose keccak256 the block's hash is."""
    timestamp: int
    state_root: str
    contract: str
    account_proof: tuple[str, ...]
    storage_root: str
    words: tuple[Proven, ...]


@dataclass(frozen=True)
class Round:
    """How far the writer has come, and what kept it from going on."""

    up_to: int = NEVER
    problem: str | None = None
    next_step: str | None = None


class Kept:
    """What is kept of one Hub on one chain."""

    def __init__(self, database: Database, genesis_hash: str, hub: str) -> None:
        self._db = database
        self._of = (genesis_hash, hub)

    def find(self, item: str) -> Proof | None:
        """The newest proof of an item."""
        row = self._db.execute(_PROOF, (*self._of, item)).fetchone()
        if row is None:
            return None
        found = json.loads(row["proof"])
        words = tuple(Proven(w["slot"], w["value"], tuple(w["proof"])) for w in found.pop("words"))
        return Proof(words=words, account_proof=tuple(found.pop("account_proof")), **found)

    def round(self) -> Round:
        """How far the writer has come."""
        row = self._db.execute(_ROUND, self._of).fetchone()
        return Round(row["up_to"], row["problem"], row["next_step"]) if row else Round()

    def keep(self, proofs: Sequence[tuple[str, Proof]], up_to: int) -> None:
        """In place of older ones; all that changed up to that block is proven now."""
        with self._db.transaction():
            for item, proof in proofs:
                self._db.execute(
                    "DELETE FROM storage_proofs WHERE genesis_hash = ? AND hub = ? AND item = ?",
                    (*self._of, item),
                )
                text = json.dumps(asdict(proof), separators=(",", ":"))
                row = (*self._of, item, proof.block_number, proof.block_hash, text)
                self._db.insert("storage_proofs", [row])
            self._note(Round(up_to))

    def standing_on(self, final: int) -> list[tuple[int, str]]:
        """The blocks behind the final one that proofs end in: these may still go."""
        rows = self._db.execute(
            "SELECT DISTINCT block_number, block_hash FROM storage_proofs"
            " WHERE genesis_hash = ? AND hub = ? AND block_number > ?",
            (*self._of, final),
        )
        return [(row["block_number"], row["block_hash"]) for row in rows.fetchall()]

    def forget(self, block_number: int) -> None:
        """The proofs of a block that the chain took back. Which items they were of, and since when
        these are as they are, is not known: all are proven again."""
        with self._db.transaction():
            self._db.execute(
                "DELETE FROM storage_proofs"
                " WHERE genesis_hash = ? AND hub = ? AND block_number = ?",
                (*self._of, block_number),
            )
            self._note(Round())

    def say(self, problem: MillpondError) -> None:
        """Why it goes no further."""
        with self._db.transaction():
            self._note(Round(self.round().up_to, problem.message, problem.next_step))

    def _note(self, now: Round) -> None:
        self._db.execute(
            "DELETE FROM storage_proof_rounds WHERE genesis_hash = ? AND hub = ?", self._of
        )
        row = (*self._of, now.up_to, now.problem, now.next_step)
        self._db.insert("storage_proof_rounds", [row])


def kept_of(database: Database, now: Snapshot) -> Kept:
    """What is kept of the Hub and the chain that a mirror is of."""
    genesis = now.rows("SELECT genesis_hash FROM mirror")[0]["genesis_hash"]
    return Kept(database, genesis, now.as_of.hub)


def is_standing(now: Snapshot, number: int, block_hash: str) -> bool:
    """Whether a block that a proof ends in is still the mirror's; a final one is for ever."""
    as_of = now.as_of
    if number <= as_of.finalized_number:
        return True
    found = now.rows("SELECT hash FROM blocks WHERE number = ?", number)
    return found[0]["hash"] == block_hash if found else number <= as_of.block_number
