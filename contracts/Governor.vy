# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
# pragma nonreentrancy on
# pragma optimize codesize
"""
@title Governor: the members of a pool and what they decide, one member, one vote
@license AGPL-3.0-only
@author Millpond maintainers
@notice Members propose up to eight calls, cast ballots by call or by signature, and anyone executes what passed.
        Clients of OpenZeppelin's Governor can drive it.
@dev It decides and holds nothing: money moves only through `Pool.spend`, whose rules no vote can bypass. What a
     proposal spent to here and left, and all ETH, goes back to the Pool at its end; other tokens wait for a proposal
     that sends them on. A clone; its code carries (hub, pool, identity).
     OpenZeppelin's nonces are always 0 (a signed ballot names how many casts it follows instead), there is no
     `queue`, and `proposalSnapshot` is the moment of proposing, when the electorate is frozen.
@custom:holds nothing
@custom:halt Against ballots of those who may vote on it stop a proposal until its timelock ends; a rules vote can bury
             it until it is carried out
"""

from .interfaces import IGovernor
from .interfaces import IPool
from .modules import actions
from .modules import ballots
from .modules import casting
from .modules import changes
from .modules import checks
from .modules import governor_standard
from .modules import members
from .modules import parts
from .modules import proposals
from .modules import proposer_suffix
from .modules import rules
from .modules import signatures

initializes: ballots
initializes: members
initializes: rules[members := members]
initializes: parts
initializes: proposals[ballots := ballots, members := members, rules := rules]
initializes: casting[ballots := ballots, members := members, proposals := proposals]
initializes: changes[members := members, parts := parts, rules := rules]

# members
exports: members.isMember
exports: members.member_count
# IVotes and ERC-6372
exports: members.getVotes
exports: members.getPastVotes
exports: members.getPastTotalSupply
exports: members.delegates
exports: members.clock
exports: members.CLOCK_MODE
# proposals, as OpenZeppelin's Governor has them
exports: proposals.state
exports: proposals.proposalVotes
exports: proposals.proposalSnapshot
exports: proposals.proposalDeadline
exports: proposals.proposalEta
exports: proposals.proposalProposer
exports: actions.hashProposal
exports: rules.quorum
exports: rules.votingDelay
exports: rules.votingPeriod
exports: governor_standard.proposalNeedsQueuing
exports: governor_standard.proposalThreshold
exports: governor_standard.COUNTING_MODE
exports: governor_standard.name
exports: governor_standard.version
exports: governor_standard.nonces
# ballots
exports: casting.castVote
exports: casting.castVoteWithReason
exports: casting.castVoteBySig
exports: casting.vote_by_signatures
exports: casting.vote_by_wallets
exports: casting.hasVoted
# what the Hub, the Admission and votes change
exports: changes.add_hub_part
exports: changes.admit
exports: changes.remove
exports: changes.rebind
exports: changes.set_rules
exports: changes.install
# parts
exports: parts.hub
exports: parts.pool
exports: parts.identity
exports: parts.is_hub_part
# the packed words themselves; GovernorLens reads them for people
exports: members.member_words
exports: members.head
exports: members.history
exports: rules.rule_words
exports: parts.part_words
exports: proposals.proposal_words
exports: proposals.ends
exports: ballots.sheets
# EIP-5267
exports: signatures.eip712Domain


event ProposalCreated:
    proposalId: uint256
    proposer: address
    targets: DynArray[address, 8]
    values: DynArray[uint256, 8]
    signatures: DynArray[String[1], 8]
    calldatas: DynArray[Bytes[2048], 8]
    voteStart: uint256
    voteEnd: uint256
    description: String[4096]


event ConsentExtended:
    proposalId: indexed(uint256)
    closes_at: uint256


event ProposalClosed:
    proposalId: indexed(uint256)
    closes_at: uint256


event ProposalExecuted:
    proposalId: uint256


event ProposalCanceled:
    proposalId: uint256


# whether a proposal is being carried out in this very transaction
_executing: transient(bool)


@deploy
def __init__():
    pass


# ---------------------------------------------------------------- members


@external
@reentrant
def propose(targets: DynArray[address, 8], values: DynArray[uint256, 8], calldatas: DynArray[Bytes[2048], 8],
            description: String[4096]) -> uint256:
    """
    @notice Propose up to eight calls, made by the Governor, all or none. By a member from before this second; or a
            consent proposal by the part that may raise it: one call of its consent function, back to itself.
    @dev Reverts for anyone else, for a third proposal of hers at a time, without a call, for lists of different length,
         for content that was proposed before, and under a description that names another account as its proposer.
    @param targets Who is called, in this order.
    @param values Wei sent with each call, out of what the proposal itself has spent to the Governor.
    @param calldatas Selector and arguments of each call; empty where only ETH is sent.
    @param description For the members. Ending in "#proposer=0x..." it can be proposed by that account alone.
    @return The id: the hash of the whole content, as OpenZeppelin computes it.
    """
    count: uint256 = len(targets)
    if count == 0:
        checks._refuse("governor: nothing proposed")
    if len(values) != count or len(calldatas) != count:
        checks._refuse("governor: lists differ in length")
    size: uint256 = len(description)
    if size >= proposer_suffix.SIZE:
        # the last 52 bytes alone: what is given to a function is copied
        start: uint256 = unsafe_sub(size, proposer_suffix.SIZE)
        if convert(convert(slice(description, start, 12), Bytes[12]), bytes12) == proposer_suffix.MARK:
            if not proposer_suffix._names(slice(description, unsafe_add(start, 12), 40), msg.sender):
                checks._refuse("governor: another's description")
    kind: uint256 = rules.ORDINARY
    blanks: DynArray[String[1], 8] = []
    for i: uint256 in range(count, bound=8):
        length: uint256 = len(calldatas[i])
        selector: uint256 = 0
        if length >= 4:
            selector = convert(slice(calldatas[i], 0, 4), uint256)
        spenderless: bool = False
        if selector == parts.OPEN_EARMARK:
            if length >= parts.SPENDER_ENDS:
                spenderless = extract32(calldatas[i], parts.SPENDER_ENDS - 32) == empty(bytes32)
        kind = max(kind, parts._class_of(targets[i], selector, spenderless))
        blanks.append("")
    if kind == rules.CONSENT:
        if targets[0] != msg.sender:
            checks._refuse("governor: a consent call")
        if count != 1 or values[0] != 0:
            checks._refuse("governor: one consent call alone")
    id: uint256 = convert(keccak256(abi_encode(targets, values, calldatas, keccak256(description))), uint256)
    hours: uint256 = proposals._open(id, msg.sender, kind)
    # at most 30 days, and 60 more
    opens_at: uint256 = unsafe_add(block.timestamp, unsafe_mul(hours & proposals.U10, rules.HOUR))
    closes_at: uint256 = unsafe_add(opens_at, unsafe_mul(hours >> 10, rules.HOUR))
    if kind != rules.CONSENT:
        members._take_turn(msg.sender, closes_at)
    log ProposalCreated(
        proposalId=id, proposer=msg.sender, targets=targets, values=values, signatures=blanks,
        calldatas=calldatas, voteStart=opens_at, voteEnd=closes_at, description=description,
    )
    return id


@external
@reentrant
def cancel(targets: DynArray[address, 8], values: DynArray[uint256, 8], calldatas: DynArray[Bytes[2048], 8],
           descriptionHash: bytes32) -> uint256:
    """
    @notice Withdraw a proposal. By its proposer until its vote closes; by a proposal of the rules class until it is
            carried out.
    @dev Reverts for anyone else, after that, and for content that nobody has proposed.
    @param targets As proposed.
    @param values As proposed, in wei.
    @param calldatas As proposed.
    @param descriptionHash keccak256 of the description as proposed.
    @return The id.
    """
    id: uint256 = actions._content_id()
    word: uint256 = proposals._word(id)
    state: uint256 = proposals._state(id, word)
    if msg.sender != self:
        if proposals._account(word) != msg.sender:
            checks._refuse("governor: not the proposer")
    elif state == proposals.SUCCEEDED or state == proposals.QUEUED:
        state = proposals.ACTIVE
    if state > proposals.ACTIVE:
        checks._refuse("governor: too late to cancel")
    proposals.proposal_words[id] = word | proposals.IS_CANCELED
    log ProposalCanceled(proposalId=id)
    return id


# ---------------------------------------------------------------- anyone


@external
@reentrant
def close(proposalId: uint256):
    """
    @notice End a vote whose outcome is certain: casting stops and the timelock starts. By anyone.
    @dev Reverts while the vote is not open, while the outcome is not certain, and where an early end is ruled out.
    @param proposalId What `propose` returned.
    """
    word: uint256 = proposals._word(proposalId)
    if proposals._state(proposalId, word) != proposals.ACTIVE:
        checks._refuse("governor: vote is not open")
    if not proposals._passes(proposalId, word, proposals._rule(word), True):
        checks._refuse("governor: outcome not certain")
    proposals._end(proposalId, word, block.timestamp - 1, 0)
    log ProposalClosed(proposalId=proposalId, closes_at=block.timestamp - 1)


@external
@payable
@reentrant
def execute(targets: DynArray[address, 8], values: DynArray[uint256, 8], calldatas: DynArray[Bytes[2048], 8],
            descriptionHash: bytes32) -> uint256:
    """
    @notice Carry out what passed, all or nothing; a failure leaves the proposal ready until it expires. By anyone.
    @dev Reverts unless it is ready (Succeeded), while another is being carried out, when a call fails or has no code to
         go to, and when a call is of a stricter class by now than the vote was.
    @param targets As proposed.
    @param values As proposed, in wei.
    @param calldatas As proposed.
    @param descriptionHash keccak256 of the description as proposed.
    @return The id.
    """
    # hashed here: each call of a function of ours would copy it all, and room above these arguments is dear
    id: uint256 = convert(keccak256(abi_encode(targets, values, calldatas, descriptionHash)), uint256)
    word: uint256 = proposals._word(id)
    if proposals._state(id, word) != proposals.SUCCEEDED:
        checks._refuse("governor: not ready to execute")
    # what one proposal has in flight must not pay for another
    if self._executing:
        checks._refuse("governor: one at a time")
    self._executing = True
    proposals.proposal_words[id] = word | proposals.IS_EXECUTED
    spent: DynArray[address, 8] = []
    for i: uint256 in range(len(targets), bound=8):
        target: address = targets[i]
        length: uint256 = len(calldatas[i])
        selector: uint256 = 0
        if length >= 4:
            selector = convert(slice(calldatas[i], 0, 4), uint256)
        spenderless: bool = False
        if selector == parts.OPEN_EARMARK:
            if length >= parts.SPENDER_ENDS:
                spenderless = extract32(calldatas[i], parts.SPENDER_ENDS - 32) == empty(bytes32)
        # a target may have become a part of this pool since
        if parts._class_of(target, selector, spenderless) > proposals._class(word):
            checks._refuse("governor: stricter class by now")
        if length != 0 and not target.is_contract:
            checks._refuse("governor: no code at the target")
        # Pool.spend(earmark, asset, to, amount) with this contract as `to`
        if selector == parts.SPEND and target == parts._pool():
            if extract32(calldatas[i], 68, output_type=address) == self:
                spent.append(extract32(calldatas[i], 36, output_type=address))
        raw_call(target, calldatas[i], value=values[i])
    for asset: address in spent:
        actions._put_back(asset)
    if self.balance != 0:
        extcall IPool(parts._pool()).put_back(empty(address), self.balance, value=self.balance)
    self._executing = False
    log ProposalExecuted(proposalId=id)
    return id


@external
@payable
@reentrant
def __default__():
    """
    @notice Takes ETH, so that a proposal can pass it on; what is left goes to the Pool.
    @dev Reverts for calls of functions that do not exist (`delegate`, `queue`, a misspelt action).
    """
    if len(msg.data) != 0:
        checks._refuse("governor: no such function")


# ---------------------------------------------------------------- installed contracts (bounded)


@external
@reentrant
def extend_consent(proposalId: uint256, closes_at: uint256):
    """
    @notice Put off the end of a consent vote, once, and rule out its early end. By the contract that raised it.
    @dev Reverts for anyone else, a second time, once the vote has closed, and for another class of proposal.
    @param proposalId What `propose` returned.
    @param closes_at The new last second of the vote, since 1970: not before the old one and at most 30 days after it.
    """
    word: uint256 = proposals._word(proposalId)
    if proposals._class(word) != rules.CONSENT or proposals._account(word) != msg.sender:
        checks._refuse("governor: not the raiser")
    if proposals._state(proposalId, word) > proposals.ACTIVE:
        checks._refuse("governor: too late to extend")
    if word & proposals.IS_EXTENDED != 0:
        checks._refuse("governor: extended once already")
    old: uint256 = proposals._closes_at(proposalId, word)
    if closes_at < old or closes_at > old + rules.MOST_DELAY:
        checks._refuse("governor: end out of bounds")
    proposals._end(proposalId, word, closes_at, proposals.IS_EXTENDED)
    log ConsentExtended(proposalId=proposalId, closes_at=closes_at)
