# SPDX-License-Identifier: AGPL-3.0-only
"""What the mirror is asked for and does not have, or cannot say yet."""

from millpond.mirror.store import MirrorError


class Absent(MirrorError):
    """There is no such thing as of the mirrored block."""


class NoSuchPool(Absent):
    """No pool of this name or address."""


class NoSuchDistributor(Absent):
    """The pool has no distributor at this address."""


class NoSuchProposal(Absent):
    """The pool has no proposal of this number."""


class NoSuchEpoch(Absent):
    """Nothing was posted for this epoch."""


class NoSuchLeaf(Absent):
    """This subject has no share in the epoch."""


class NoSuchPatron(Absent):
    """Nobody of this name gave to the pool, or she asked not to be named."""


class NoStorageProof(Absent):
    """The writer keeps no proof of this yet."""


class NoSuchDocument(Absent):
    """No document of this hash is on the shelf."""


class NotFinal(MirrorError):
    """The epoch is still under review, or was given up: nothing can be claimed."""


class ClaimsClosed(MirrorError):
    """The time to claim is over."""


class WrongDocument(MirrorError):
    """The document that was posted does not say what the chain says."""


class NotYetMirrored(MirrorError):
    """The mirror is not as far as was asked for."""


class NothingFinal(MirrorError):
    """No mirrored block is as final as was asked for."""
