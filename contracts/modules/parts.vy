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

# Selectors, as numbers: a bytes4 takes 33 bytes of code at each use. A test computes them anew from what stands beside.
REMOVE: constant(uint256) = 688467214    # 0x29092d0e remove(address)
REBIND: constant(uint256) = 4134220944    # 0xf66b3490 rebind(address,address)
OFFER: constant(uint256) = 3111901048    # 0xb97bd778 offer(address[],uint256)
EXPEL: constant(uint256) = 408973410    # 0x18607062 expel(address,uint256)
SPEND: constant(uint256) = 925574382    # 0x372b24ee spend(uint256,address,address,uint256)
MOVE: constant(uint256) = 3008984904    # 0xb3597748 move(uint256,uint256,address,uint256)
UPDATE: constant(uint256) = 3037706686    # 0xb50fb9be update(uint256,string,bytes32)
SEND_NFT: constant(uint256) = 3128683564    # 0xba7bec2c send_nft(address,address,uint256)
SEND_MULTI_TOKEN: constant(uint256) = 1732048730    # 0x673cf75a send_multi_token(address,address,uint256,uint256)
OPEN_EARMARK: constant(uint256) = 3423001578    # 0xcc06dbea open_earmark(uint256,string,bytes32,address,bool,uint256,bytes)
# where open_earmark's fourth argument, the spender, ends in its calldata
SPENDER_ENDS: constant(uint256) = 4 + 4 * 32

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
    # clone_args._address_at(1), spelled out: each call of a proposal asks for it
    me: address = self
    return convert(convert(slice(me.code, clone_args.PROXY_SIZE + 20, 20), uint160), address)


@internal
@view
def _identity() -> address:
    return clone_args._address_at(2)


@internal
def _install(part: address, kind: uint256, consent_selector: bytes4):
    """
    @dev Once for each part: what a part may do is never changed.
    """
    if not part.is_contract:
        checks._refuse("parts: no contract there")
    if self.part_words[part] != 0:
        checks._refuse("parts: installed already")
    # of what is a part, each unlisted call takes the rules class
    if self._class_of(part, 0, False) != rules.ORDINARY:
        checks._refuse("parts: a part from the start")
    self.part_words[part] = kind | convert(convert(consent_selector, uint32), uint256) << SELECTOR
    log PartInstalled(part=part, made_by_hub=kind & HUB_MADE != 0, consent_selector=consent_selector)


@internal
@view
def _class_of(target: address, selector: uint256, spenderless: bool) -> uint256:
    """
    @dev The table. What a part may raise for consent, nobody else may call by any vote.
    @param selector Of the call; 0 for one too short to have any, which is an unlisted one.
    @param spenderless Whether the call, if it is `open_earmark`, names no spender: then the members spend it by vote.
    """
    if target == self._pool():
        if selector == SPEND or selector == MOVE or selector == UPDATE:
            return rules.ORDINARY
        if selector == SEND_NFT or selector == SEND_MULTI_TOKEN:
            return rules.ORDINARY
        return rules.ORDINARY if selector == OPEN_EARMARK and spenderless else rules.RULES
    if target == self:
        return rules.MEMBERSHIP if selector == REMOVE else rules.RULES
    part: uint256 = self.part_words[target]
    if selector != 0 and selector == part >> SELECTOR:
        return rules.CONSENT
    if part & ADMISSION != 0 and (selector == OFFER or selector == REBIND or selector == EXPEL):
        return rules.MEMBERSHIP
    if part != 0 or target == self._hub() or target == self._identity():
        return rules.RULES
    return rules.ORDINARY
