# SPDX-License-Identifier: AGPL-3.0-only
"""How a check of a document says no."""

from millpond.core.errors import DocumentError

REBUILD = "build the document again from its inputs; do not edit it by hand"


def fail(step: str, message: str, next_step: str) -> DocumentError:
    """The error of a step, to be raised."""
    return DocumentError(message, next_step, step)


def shown(value: object) -> str:
    """A figure or a hash for people."""
    return f"0x{value.hex()}" if isinstance(value, bytes) else str(value)
