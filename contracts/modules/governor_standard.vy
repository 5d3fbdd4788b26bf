# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
# pragma nonreentrancy on
"""
@title What clients of OpenZeppelin's Governor ask and always get the same answer to
@license AGPL-3.0-only
@author Millpond maintainers
@notice Fixed answers: no queue step, no threshold of weight, no nonces.
"""


@external
@view
@reentrant
def proposalNeedsQueuing(proposalId: uint256) -> bool:
    """
    @notice Never: the timelock starts by itself.
    @param proposalId Any; it makes no difference.
    @return False.
    """
    return False


@external
@pure
@reentrant
def proposalThreshold() -> uint256:
    """
    @notice No weight is needed to propose; membership is.
    @return 0.
    """
    return 0


@external
@pure
@reentrant
def COUNTING_MODE() -> String[32]:
    """
    @notice How ballots are counted, in OpenZeppelin's words.
    @return Support is 0 against, 1 for, 2 abstain, as in Governor Bravo; For and Abstain make the quorum.
    """
    return "support=bravo&quorum=for,abstain"


@external
@pure
@reentrant
def name() -> String[8]:
    """
    @notice The name in the signing domain (EIP-712).
    @return "Millpond", for every pool.
    """
    return "Millpond"


@external
@pure
@reentrant
def version() -> String[1]:
    """
    @notice The version in the signing domain (EIP-712).
    @return "1".
    """
    return "1"


@external
@view
@reentrant
def nonces(owner: address) -> uint256:
    """
    @notice No ballot needs one: a signed ballot names the casts it follows, or counts as a first one only.
    @param owner Any account; it makes no difference.
    @return 0, the nonce to sign an OpenZeppelin ballot with.
    """
    return 0
