# SPDX-License-Identifier: AGPL-3.0-only
"""Proofs of what contracts keep."""

from millpond.api.models.base import Address, Digits, Hash, Hex, Model, Reply, Seconds


class FieldOfWord(Model):
    """A number inside a word."""

    name: str
    value: Digits


class ProvenWord(Model):
    """One word of the contract's storage."""

    variable: str
    """Module and name, as in the contract's sources."""
    base_slot: int
    """Where the variable begins."""
    type: str
    """In Vyper's spelling. The slot of an entry of a map is keccak256(slot of the map, key)."""
    keys: tuple[str, ...]
    """The keys that lead to the entry, one after the other, each as 32 bytes."""
    slot: Hash
    value: Hash
    fields: tuple[FieldOfWord, ...]
    """The word taken apart. Of a sheet of ballots those that were cast."""
    proof: tuple[Hex, ...]
    """The nodes from `storage_root` down; the way is keccak256(slot)."""


class Preimage(Model):
    """What a final epoch's hash is made of: keccak256(previous, keccak256(root, pot_and_total,
    asset_and_minimum, grain_and_counts), review), each as 32 bytes."""

    previous: Hash
    """The hash of the epoch before; zero before the first."""
    root: Hash
    """Of the sum tree: every leaf's proof ends in it."""
    pot_and_total: Hash
    asset_and_minimum: Hash
    grain_and_counts: Hash
    review: Hash


class StorageProof(Model):
    """Words of one contract, proven from the hash of a block down. Take that hash from whoever you
    trust; all else is here."""

    item: str
    contract: str
    """Which of our contracts it is."""
    address: Address
    proven_at: int
    """The number of the block that the proof is of: final, or called safe by the mirror's node."""
    proven_hash: Hash
    proven_timestamp: Seconds
    header: Hex
    """The block's header in RLP: its keccak256 is `proven_hash`, its fourth field `state_root`."""
    state_root: Hash
    account_proof: tuple[Hex, ...]
    """The nodes from `state_root` down; the way is keccak256(address). The account's third field is
    `storage_root`."""
    storage_root: Hash
    words: tuple[ProvenWord, ...]
    preimage: Preimage | None
    """Of a final epoch; null for all else."""
    changed_at: int
    """The newest block in which the mirror knows that it changed."""
    is_current: bool
    """Whether that is not behind the proof: then it is as it was proven."""


class StorageProofReply(Reply[StorageProof]):
    """One item."""
