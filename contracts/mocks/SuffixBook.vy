# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
# pragma nonreentrancy off
# The proposer_suffix module by itself.

from ..modules import proposer_suffix


@external
@view
def allows(description: String[4096], proposer: address) -> bool:
    # as `propose` asks
    size: uint256 = len(description)
    if size < proposer_suffix.SIZE:
        return True
    start: uint256 = size - proposer_suffix.SIZE
    if convert(convert(slice(description, start, 12), Bytes[12]), bytes12) != proposer_suffix.MARK:
        return True
    return proposer_suffix._names(slice(description, start + 12, 40), proposer)
