# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
# pragma nonreentrancy on
"""
@title What a pool says of itself to directories of DAOs (ERC-4824)
@license AGPL-3.0-only
@author Millpond maintainers
@notice The URI of a document that names members, proposals and rules. At first it is the charter's, which stands behind
        the Pool's code and costs no storage; the members set another by vote.
@dev ERC-4824 wants `daoURI()` on a contract of the DAO: the pool's badges have it and ask here.
"""

from . import clone_args
from . import pool_names

uses: pool_names


event DAOURIUpdate:
    daoAddress: address
    daoURI: String[256]


# Pool -> what its members have set; empty: the charter's
_uris: HashMap[address, String[256]]


@external
def set_dao_uri(uri: String[256]):
    """
    @notice Set the calling pool's URI. A pool's Governor only (a rules vote).
    @dev Reverts for anyone else.
    @param uri The new one; an empty one stands for the charter's.
    """
    pool: address = pool_names._pool_of(msg.sender)
    self._uris[pool] = uri
    log DAOURIUpdate(daoAddress=pool, daoURI=self._uri_of(pool))


@external
@view
@reentrant
def daoURI(pool: address) -> String[256]:
    """
    @notice Where a pool describes itself (ERC-4824).
    @param pool Any address.
    @return What its members have set last, else the URI of its charter; empty unless this Hub made that Pool.
    """
    if pool_names._governors[pool] == empty(address):
        return ""
    return self._uri_of(pool)


@internal
@view
def _uri_of(pool: address) -> String[256]:
    uri: String[256] = self._uris[pool]
    if len(uri) != 0:
        return uri
    # the Pool carries the Hub's address, and behind it its charter's URI
    return clone_args._text_of(pool, 1)
