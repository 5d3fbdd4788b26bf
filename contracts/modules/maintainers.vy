# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
# pragma nonreentrancy on
"""
@title The maintainers of a distributor: who may sign, how many must, which subjects are theirs
@license AGPL-3.0-only
@author Millpond maintainers
@notice m of n accounts sign what is distributed; each names the subjects (leaves) that are her own, for the cap on her share.
@dev A set has a version and is never edited: entries of older versions stay as they were (an epoch names the version it was
     posted under) and count for nothing else. The list itself is in the event `MaintainersSet`; on the chain one word per
     subject says whose it is, and that of her account, read as a subject, also says that she may sign.
"""

from ..interfaces import ICredDistributor
from . import checks

event MaintainersSet:
    version: indexed(uint256)
    needed: uint256
    maintainers: DynArray[ICredDistributor.Maintainer, 16]


# Set beside the number in the entry of a maintainer's own account: only that one signs.
SIGNS: constant(uint256) = 256

# version u32 | needed u8 | count u8, from the top: 208 unused bits, then these.
_set: uint256
# version -> subject -> number of its maintainer in that set, from 1, and SIGNS.
_number: HashMap[uint256, HashMap[bytes32, uint256]]


@external
@view
@reentrant
def maintainer_set() -> (uint256, uint256, uint256):
    """
    @notice The set of maintainers in force; the list itself is in the event `MaintainersSet` of this version.
    @return Its version; 0: none yet.
    @return How many of them must sign.
    @return How many there are.
    """
    packed: uint256 = self._set
    return packed >> 16, (packed >> 8) & 255, packed & 255


@external
@view
@reentrant
def is_maintainer(account: address) -> bool:
    """
    @notice Whether an account may sign distributions now.
    @param account Anybody.
    @return False for a further subject of a maintainer, even one in the form of an address.
    """
    return self._is_maintainer(self._set >> 16, account)


@external
@view
@reentrant
def maintainer_of(version: uint256, subject: bytes32) -> uint256:
    """
    @notice The maintainer whose subject this is in a set.
    @param version Of the set, from 1 on.
    @param subject An address, left-padded, or an identity.
    @return Her place in the list of that set, from 1; 0: nobody's.
    """
    return self._number_of(version, subject)


@internal
def _replace(maintainers: DynArray[ICredDistributor.Maintainer, 16], needed: uint256):
    """
    @dev Ascending accounts show that none is listed twice; a subject may be one maintainer's only.
    """
    checks._need(len(maintainers) > 0, "distributor: no maintainers")
    checks._need(needed > 0 and needed <= len(maintainers), "distributor: bad threshold")
    version: uint256 = (self._set >> 16) + 1
    self._set = version << 16 | needed << 8 | len(maintainers)
    last: address = empty(address)
    number: uint256 = 0
    for maintainer: ICredDistributor.Maintainer in maintainers:
        number += 1
        account: address = maintainer.account
        checks._need(convert(account, uint256) > convert(last, uint256), "distributor: accounts unsorted")
        last = account
        self._assign(version, self._subject_of(account), number | SIGNS)
        for subject: bytes32 in maintainer.subjects:
            self._assign(version, subject, number)
    log MaintainersSet(version=version, needed=needed, maintainers=maintainers)


@internal
def _assign(version: uint256, subject: bytes32, entry: uint256):
    checks._need(subject != empty(bytes32), "distributor: empty subject")
    checks._need(self._number[version][subject] == 0, "distributor: subject twice")
    self._number[version][subject] = entry


@internal
@view
def _number_of(version: uint256, subject: bytes32) -> uint256:
    return self._number[version][subject] & 255


@internal
@pure
def _subject_of(account: address) -> bytes32:
    return convert(convert(account, uint256), bytes32)


@internal
@view
def _is_maintainer(version: uint256, account: address) -> bool:
    """
    @dev A further subject in the form of an address is hers for the cap and does not sign: one person, one signature.
    """
    return self._number[version][self._subject_of(account)] & SIGNS != 0
