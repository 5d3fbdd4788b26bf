# SPDX-License-Identifier: AGPL-3.0-only
"""What can be wrong with a mirror's database."""

from millpond.core.errors import MillpondError


class MirrorError(MillpondError):
    """The mirror's database cannot be used, or cannot go on."""


class NotMirrored(MirrorError):
    """There is no mirror yet, or it is of something else."""


class CursorMoved(MirrorError):
    """Another writer was faster."""


class AlreadyWritten(MirrorError):
    """Another program holds the lock."""
