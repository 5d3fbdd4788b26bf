# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
# pragma nonreentrancy on
"""
@title Parts: which contracts belong to this pool, and what class of vote a call to them takes
@license AGPL-3.0-only
@author Millpond maintainers
@notice A fixed table of (target, selector). Any call to a part that the table does not name takes the rules class, so
        a function forgotten here is too hard to call, never too easy.
@dev Hub and Identity count as parts of every pool. The strictest action decides for a proposal.
"""

from . import checks
from . import clone_args
from . import rules

event PartInstalled:
    part: indexed(address)
    made_by_hub: bool
    consent_selector: bytes4


PART: constant(uint256) = 1
HUB_MADE: constant(uint256) = 2
ADMISSION: constant(uint256) = 4
SELECTOR: constant(uint256) = 32

# selectors; a test computes them anew from the signatures beside them
REMOVE: constant(bytes4) = 0x29092d0e    # remove(address)
REBIND: constant(bytes4) = 0xf66b3490    # rebind(address,address)
OFFER: constant(bytes4) = 0xb97bd778    # offer(address[],uint256)
SPEND: constant(bytes4) = 0x372b24ee    # spend(uint256,address,address,uint256)
MOVE: constant(bytes4) = 0xb3597748    # move(uint256,uint256,address,uint256)
OPEN_EARMARK: constant(bytes4) = 0xcc06dbea    # open_earmark(uint256,string,bytes32,address,bool,uint256,bytes)
# where open_earmark's fourth argument, the spender, starts in its calldata
SPENDER_AT: constant(uint256) = 4 + 3 * 32

# part -> PART | HUB_MADE | ADMISSION | the selector it may raise consent proposals for, at SELECTOR
part_words: public(reentrant(HashMap[address, uint256]))


@external
@view
@reentrant
def hub() -> address:
    """
    @notice The Hub that made this pool.
    @return Its address, which stands in the clone's own code.
    """
    return self._hub()


@external
@view
@reentrant
def pool() -> address:
    """
    @notice The Pool that holds the money.
    @return Its address, which stands in the clone's own code.
    """
    return self._pool()


@external
@view
@reentrant
def identity() -> address:
    """
    @notice The registry of identities.
    @return Its address, which stands in the clone's own code.
    """
    return self._identity()


@external
@view
@reentrant
def is_hub_part(account: address) -> bool:
    """
    @notice Whether the Hub made this part for this pool: only such a contract may spend a restricted earmark.
    @param account Any address.
    @return False also for what the members installed themselves, and for the Pool and the Hub.
    """
    return self.part_words[account] & HUB_MADE != 0


@internal
@view
def _hub() -> address:
    return clone_args._address_at(0)


@internal
@view
def _pool() -> address:
    return clone_args._address_at(1)


@internal
@view
def _identity() -> address:
    return clone_args._address_at(2)


@internal
@view
def _consent_selector(part: address) -> bytes4:
    return convert(convert(self.part_words[part] >> SELECTOR, uint32), bytes4)


@internal
def _install(part: address, kind: uint256, consent_selector: bytes4):
    """
    @dev Once for each part: what a part may do is never changed.
    """
    checks._need(part.is_contract, "parts: no contract there")
    checks._need(self.part_words[part] == 0, "parts: installed already")
    known: bool = part == self or part == self._hub() or part == self._pool() or part == self._identity()
    checks._need(not known, "parts: a part from the start")
    self.part_words[part] = kind | convert(convert(consent_selector, uint32), uint256) << SELECTOR
    log PartInstalled(part=part, made_by_hub=kind & HUB_MADE != 0, consent_selector=consent_selector)


@internal
@view
def _class_of(target: address, call: Bytes[2048]) -> uint256:
    """
    @dev The table. A call too short to have a selector is an unlisted one.
         What a part may raise for consent, nobody else may call by any vote.
    """
    selector: bytes4 = empty(bytes4)
    if len(call) >= 4:
        selector = convert(slice(call, 0, 4), bytes4)
    if target == self._pool():
        if selector == SPEND or selector == MOVE:
            return rules.ORDINARY
        if selector == OPEN_EARMARK and len(call) >= SPENDER_AT + 32:
            # members spend it by vote when there is no spender
            if convert(slice(call, SPENDER_AT, 32), uint256) == 0:
                return rules.ORDINARY
        return rules.RULES
    if target == self:
        seats: bool = selector == REMOVE or selector == REBIND
        return rules.MEMBERSHIP if seats else rules.RULES
    if selector != empty(bytes4) and selector == self._consent_selector(target):
        return rules.CONSENT
    part: uint256 = self.part_words[target]
    if part & ADMISSION != 0 and selector == OFFER:
        return rules.MEMBERSHIP
    if part != 0 or target == self._hub() or target == self._identity():
        return rules.RULES
    return rules.ORDINARY
