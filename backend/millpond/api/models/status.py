# SPDX-License-Identifier: AGPL-3.0-only
"""Alive, ready, and how far."""

from typing import Literal

from millpond.api.models.base import Address, Hash, Model, Seconds


class Alive(Model):
    """The process answers."""

    status: Literal["alive"]


class Ready(Model):
    """The mirror has caught up and nothing is wrong."""

    status: Literal["ready"]
    block_number: int
    block_hash: Hash


class Lag(Model):
    """How far the mirror is behind the node."""

    blocks: int
    seconds: int
    """Age of the mirrored block by this machine's clock; 0 when no block is missing."""


class Trouble(Model):
    """Why the mirror is not ready, and what to do."""

    detail: str
    next_step: str
    reason: str | None
    """In one word, for programs; null where the writer gave none."""
    stopped: bool
    """What is mirrored may be wrong: nothing of it is shown until somebody has looked."""


class Status(Model):
    """Where the mirror stands."""

    version: str
    mirror_schema: str
    """Changes with any table or view of the mirror."""
    chain_id: int
    hub: Address
    identity: Address
    """The registry of identities."""
    block_number: int
    block_hash: Hash
    block_timestamp: Seconds
    finality: Literal["latest", "safe", "finalized"]
    """Of the mirrored block."""
    safe_number: int
    finalized_number: int
    node_head: int
    """The newest block of the node when it was asked last."""
    checked_at: Seconds | None
    """When that was, by this machine's clock; null: never."""
    lag: Lag
    ready: bool
    trouble: Trouble | None
