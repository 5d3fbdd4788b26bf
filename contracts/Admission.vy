# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
# pragma nonreentrancy on
"""
@title Admission: the ways in and out of a pool
@license AGPL-3.0-only
@author Millpond maintainers
@notice A candidate accepts what a proposal offered, brings the signed invitations of enough members, or shows a gate
        what it asks for; a member leaves when she wants; a seat moves to another key of its member. Founders apart,
        nobody gets a seat without her own call or signature, and a share of the members limits how many join in a
        period. A buy-in, if there is one, is given back when a membership ends, however it ends.
@dev A clone; its code carries (hub, governor, pool). Kept apart from the Governor so that a vote never pays for it.
     Whoever joins counts from the next second on and never in a vote that is open already.
@custom:holds nothing; a buy-in passes through it within one call and lies reserved in an earmark of the Pool
@custom:halt a proposal (rules class) switches each way in off; leaving and refunds cannot be halted. The old key, or a
             vote that asks for another, stops a rebind
"""

from .modules import buy_ins
from .modules import gates
from .modules import invitations
from .modules import joining
from .modules import offers
from .modules import rebinding
from .modules import seats
from .modules import signatures
from .modules import ways_in

initializes: ways_in
initializes: buy_ins
initializes: joining[buy_ins := buy_ins, ways_in := ways_in]
initializes: offers[joining := joining, ways_in := ways_in]
initializes: invitations[joining := joining, ways_in := ways_in]
initializes: gates[joining := joining, ways_in := ways_in]
initializes: rebinding[offers := offers, ways_in := ways_in]

# --- candidates, or whoever brings their signature
exports: offers.accept
exports: offers.accept_for
exports: invitations.join
exports: gates.join_by_gate

# --- anyone, with the signatures of members or for whom it concerns
exports: buy_ins.refund_buy_in
exports: rebinding.rebind_by_sponsors
exports: rebinding.complete_rebind

# --- members
exports: rebinding.object_to_rebind

# --- the Governor (a proposal)
exports: offers.offer
exports: rebinding.expel
exports: rebinding.rebind
exports: ways_in.set_ways
exports: buy_ins.set_buy_in

# --- the Pool, when it opens an earmark for buy-ins; the Hub, once
exports: buy_ins.on_open
exports: ways_in.setup

# --- views
exports: buy_ins.buy_in
exports: buy_ins.buy_in_of
exports: gates.nullifier_used
exports: offers.offered_until
exports: rebinding.pending_rebind
exports: seats.governor
exports: seats.hub
exports: seats.pool
exports: signatures.eip712Domain
exports: ways_in.joins_left
exports: ways_in.ways


event MemberLeft:
    account: indexed(address)


@deploy
def __init__():
    pass


# ---------------------------------------------------------------- members


@external
def leave():
    """
    @notice End one's own membership now, and get the buy-in back if one was paid. Ballots already cast stay, the seat
            number stays reserved.
    @dev Reverts for whoever is no member, for the last one, and with less gas than a refund may need. A payment that
         fails is owed by the Pool; a refund that the Pool cannot make now stays due (`refund_buy_in`).
    """
    extcall seats._governor().remove(msg.sender)
    log MemberLeft(account=msg.sender)
    buy_ins._try_refund(msg.sender, seats._seat(seats._word_of(msg.sender)))
