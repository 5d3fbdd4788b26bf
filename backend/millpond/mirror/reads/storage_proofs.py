# SPDX-License-Identifier: AGPL-3.0-only
"""A proof of what a contract keeps, from a block's hash down to every field, out of what the writer
has kept. Nothing here asks a node."""

import threading
from dataclasses import dataclass
from typing import NamedTuple

from millpond.chain.layouts import Word, apart, layout
from millpond.core.subjects import to_hex
from millpond.mirror.proofs.items import SORTS, last_change, name_of, words_of
from millpond.mirror.proofs.kept import Proof, is_standing, kept_of
from millpond.mirror.reads.pools import Pool, spelled
from millpond.mirror.reads.refusals import NoStorageProof
from millpond.mirror.reads.snapshot import Snapshot
from millpond.mirror.stores import Database, Place, keeping
from millpond.mirror.terms import terms_of

_FEW = 32
"""Of a word with more fields only those that are not zero are told."""


class Wanted(NamedTuple):
    """Which item of a pool: `of` is its sort. What tells it apart from others of the sort stands in
    the rest; a distributor is that of the pool."""

    of: str
    epoch: int | None = None
    earmark: int | None = None
    asset: str | None = None
    proposal: str | None = None

    @property
    def missing(self) -> list[str]:
        """What has to be said besides."""
        return [name for name in NEEDED.get(self.of, ()) if getattr(self, name) is None]


NEEDED = {"epoch": ("epoch",), "earmark": ("earmark", "asset"), "proposal": ("proposal",)}


@dataclass(frozen=True)
class Field:
    """A number inside a word."""

    name: str
    value: int


@dataclass(frozen=True)
class ProvenWord:
    """One word of the contract's storage, how its slot is found, and its proof."""

    variable: str
    base_slot: int
    type: str
    keys: tuple[str, ...]
    slot: str
    value: str
    fields: tuple[Field, ...]
    proof: tuple[str, ...]


@dataclass(frozen=True)
class Preimage:
    """What a final epoch's hash is made of: keccak256(previous, keccak256(the first four words of
    the terms), the last), each as 32 bytes."""

    previous: str
    root: str
    pot_and_total: str
    asset_and_minimum: str
    grain_and_counts: str
    review: str


@dataclass(frozen=True)
class StorageProof:
    """Everything that a reader needs but the block's hash, which she takes from wherever she
    trusts."""

    item: str
    contract: str
    address: str
    proven_at: int
    proven_hash: str
    proven_timestamp: int
    header: str
    state_root: str
    account_proof: tuple[str, ...]
    storage_root: str
    words: tuple[ProvenWord, ...]
    preimage: Preimage | None
    changed_at: int
    is_current: bool


class StorageProofs:
    """The proofs beside the mirror at `place`, one connection for each thread."""

    def __init__(self, place: Place) -> None:
        self._place = place
        self._own = threading.local()

    def _database(self) -> Database:
        found: Database | None = getattr(self._own, "database", None)
        if found is None or not found.is_current():
            if found is not None:
                found.close()
            found = self._own.database = keeping(self._place)
        return found

    def find(self, now: Snapshot, pool: Pool, wanted: Wanted) -> StorageProof:
        """The newest proof of an item; `NoStorageProof` where there is none."""
        key = _key(pool, wanted)
        changed_at = last_change(now, wanted.of, key)
        if changed_at is None:
            raise NoStorageProof(
                f"{pool.name} has no such {wanted.of}", "look it up in the lists of the pool"
            )
        kept = kept_of(self._database(), now)
        found = kept.find(name_of(wanted.of, key))
        if found is None or not is_standing(now, found.block_number, found.block_hash):
            standing = kept.round()
            raise NoStorageProof(
                f"no proof of this {wanted.of} is kept"
                + (f": {standing.problem}" if standing.problem else " yet"),
                standing.next_step or "ask again once the block in which it changed is final",
            )
        return _told(now, wanted.of, key, found, changed_at)


def _key(pool: Pool, wanted: Wanted) -> tuple[str | int, ...]:
    """The key of the item's sort, in the order of its columns."""
    given = {
        "distributor": pool.parts.distributor,
        "epoch": wanted.epoch,
        "pool": pool.address,
        "earmark_id": wanted.earmark,
        "asset": None if wanted.asset is None else spelled(wanted.asset),
        "governor": pool.parts.governor,
        "proposal_id": wanted.proposal,
    }
    named = (given[column] for column in SORTS[wanted.of].columns)
    return tuple(value for value in named if value is not None)


def _told(
    now: Snapshot, sort: str, key: tuple[str | int, ...], found: Proof, changed_at: int
) -> StorageProof:
    kind = SORTS[sort].contract
    by_slot = {to_hex(word.slot.to_bytes(32)): word for word in words_of(now, sort, key)}
    words = []
    for proven in found.words:
        word = by_slot.get(proven.slot)
        if word is None:  # there are fewer seats now than there were: a block was taken back
            raise NoStorageProof("the proof is of another state", "ask again in a minute")
        words.append(_word(word, proven.value, proven.proof))
    return StorageProof(
        item=name_of(sort, key),
        contract=kind,
        address=found.contract,
        proven_at=found.block_number,
        proven_hash=found.block_hash,
        proven_timestamp=found.timestamp,
        header=found.header,
        state_root=found.state_root,
        account_proof=found.account_proof,
        storage_root=found.storage_root,
        words=tuple(words),
        preimage=_preimage(now, key) if sort == "epoch" else None,
        changed_at=changed_at,
        is_current=changed_at <= found.block_number,
    )


def _word(word: Word, value: str, proof: tuple[str, ...]) -> ProvenWord:
    variable = layout(word.kind)[word.name]
    fields = apart(word.kind, word.name, int(value, 16))
    return ProvenWord(
        variable=word.name,
        base_slot=variable.slot,
        type=variable.type,
        keys=tuple(map(to_hex, word.steps)),
        slot=to_hex(word.slot.to_bytes(32)),
        value=value,
        fields=tuple(
            Field(name, number) for name, number in fields.items() if number or len(fields) <= _FEW
        ),
        proof=proof,
    )


def _preimage(now: Snapshot, key: tuple[str | int, ...]) -> Preimage:
    """Of a final epoch. The mirror's own words: whoever hashes them sees whether they are true."""
    query = "SELECT * FROM distributions WHERE distributor = ? AND epoch = ? AND state = 'final'"
    distributor, epoch = key
    before = now.row(query, distributor, int(epoch) - 1)
    row = now.rows(query, distributor, epoch)[0]
    root, *words = terms_of(row).packed
    previous = before["epoch_hash"] if before else to_hex(bytes(32))
    return Preimage(previous, to_hex(root), *(to_hex(word.to_bytes(32)) for word in words))
