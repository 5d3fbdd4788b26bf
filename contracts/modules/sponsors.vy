# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
# pragma nonreentrancy on
"""
@title Sponsors: members who speak for somebody with their signatures
@license AGPL-3.0-only
@author Millpond maintainers
@notice They come by ascending address, so that nobody counts twice, and have been members for a day.
"""

from . import seats
from . import signatures

# A newcomer cannot speak for others at once, or a stuffer could bring a chain of accounts within a block.
SPONSOR_AGE: constant(uint256) = seats.DAY


@internal
@view
def _require_sponsor(sponsor: address, last: address):
    """
    @dev `last` is the sponsor before, the zero address for the first.
    """
    assert convert(sponsor, uint256) > convert(last, uint256), "admission: sponsors by ascending address"
    word: uint256 = seats._word_of(sponsor)
    assert seats._is_member(word), "admission: a sponsor is not a member"
    settled_at: uint256 = seats._joined_at(word) + SPONSOR_AGE
    assert settled_at <= block.timestamp, "admission: a sponsor joined too lately"


@internal
@view
def _require_signed(sponsor: address, struct_hash: bytes32, signature: Bytes[1024]):
    digest: bytes32 = signatures._digest(struct_hash)
    assert signatures._is_signed_by(sponsor, digest, signature), "admission: not the sponsor's signature"


@internal
@pure
def _require_enough(sponsors: uint256, needed: uint256, given: uint256):
    """
    @dev `given` is how many signatures there are.
    """
    assert given == sponsors, "admission: one signature for each sponsor"
    assert sponsors >= needed, "admission: too few sponsors"
