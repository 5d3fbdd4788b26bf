# SPDX-License-Identifier: AGPL-3.0-only
"""The whole mirror as a file."""

from typing import Annotated

from pydantic import StringConstraints

from millpond.api.models.base import Hash, Model, Seconds

Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]


class Copy(Model):
    """The newest copy of the mirror, at a final block."""

    name: str
    block_number: int
    """The final block that it is of."""
    block_hash: Hash
    block_timestamp: Seconds
    size: int
    """Bytes."""
    sha256: Sha256
    """Of the file."""
    content: Sha256
    """sha256 of its rows, each as a line of JSON with the name of its table in front: the same on
    every server of this version, for the same block."""
    mirror_schema: str
