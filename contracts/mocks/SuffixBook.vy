# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
# pragma nonreentrancy off
# The proposer_suffix module by itself.

from ..modules import proposer_suffix


@external
@view
def allows(description: String[4096], proposer: address) -> bool:
    return proposer_suffix._allows(description, proposer)
