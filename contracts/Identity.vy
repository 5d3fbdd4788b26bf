# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
# pragma nonreentrancy on
"""
@title Identity: which account stands for a GitHub, Discourse or other identity
@license AGPL-3.0-only
@author Millpond maintainers
@notice One registry for all pools. Each pool names its attesters; a link needs signatures of enough of them over a
        proof that they checked, and the account's own signature. Every link waits seven days, the first too; within
        them the account that was linked before, or members, can object. A pool decides whose links it trusts, up to
        four pools in order; by default its own alone.
@dev An identity is keccak256("github:<numeric id>") and the like: a pseudonym that anybody can recompute, not a secret.
     A link comes into force by time alone, so nobody has to send a transaction for it.
     The address of a pool is taken as given: a false pool with a false governor links only in its own name.
     Links stay when the attesters change; the governor takes false ones away one by one (`cancel_link`).
@custom:holds Nothing. It is asked where money goes, so a false link is worth money to somebody.
@custom:halt A rules vote of a pool names other attesters, cancels links, or lists other pools.
"""

from .interfaces import IGovernor
from .interfaces import IIdentity
from .modules import attestation
from .modules import links
from .modules import signatures

implements: IIdentity

initializes: attestation
initializes: links

# a pool's governor
exports: attestation.set_attesters
exports: attestation.set_attesting_pools
# views
exports: attestation.attesters
exports: attestation.attesting_pools
exports: links.link_of
# EIP-5267
exports: signatures.eip712Domain

# How long a link waits before it counts, so that the old account and the members can see it and object.
WAIT: public(reentrant(constant(uint256))) = 7 * 86400

LINK_TYPEHASH: constant(bytes32) = keccak256(
    "IdentityLink(address pool,bytes32 identity,address account,uint256 issuedAt,bytes32 proofHash,address signer,uint256 deadline)"
)
OBJECTION_TYPEHASH: constant(bytes32) = keccak256(
    "LinkObjection(address pool,bytes32 identity,address account,uint256 issuedAt,address signer,uint256 deadline)"
)


@deploy
def __init__():
    """
    @notice One registry serves every pool; it has no owner and no parameters.
    """
    pass


# ------------------------------------------------------------------------------------------------ anyone

@external
def link(
    pool: address,
    identity: bytes32,
    account: address,
    issued_at: uint256,
    proof_hash: bytes32,
    proof_uri: String[256],
    deadline: uint256,
    signers: DynArray[address, attestation.MAX_ATTESTERS],
    attestations: DynArray[Bytes[1024], attestation.MAX_ATTESTERS],
    account_signature: Bytes[1024],
):
    """
    @notice Links an identity to an account, in force WAIT seconds from now. Anyone may carry the signatures.
    @dev It takes the place of a link that still waits or was objected to. Each signer signs the same IdentityLink with
         her own address in it. Reverts when the deadline has passed, issued_at is in the future or not later than the
         last one, identity or account is none, the account is linked already, or a signature is missing or bad.
    @param pool The pool whose attesters sign.
    @param identity keccak256("github:<numeric id>") and the like.
    @param account Who is to be paid for it.
    @param issued_at When the attesters checked the proof, in seconds since 1970; it orders the links of an identity.
    @param proof_hash keccak256 of the proof they saw.
    @param proof_uri Where it is. Not signed: the hash tells whether what is found there is the proof.
    @param deadline The last second, since 1970, at which the signatures hold.
    @param signers Attesters of the pool in ascending order, at least as many as it needs.
    @param attestations Their signatures, in the same order.
    @param account_signature The account's own: 65 bytes, 64 (ERC-2098), or what its wallet accepts (ERC-1271).
    """
    assert block.timestamp <= deadline, "identity: the signatures' deadline is over"
    assert convert(identity, uint256) >> 160 != 0, "identity: an address is no identity"
    assert account != empty(address), "identity: no account given"
    state: links.Link = links._read(pool, identity)
    assert issued_at > state.issued_at, "identity: a link issued as late or later is known"
    assert issued_at <= block.timestamp, "identity: issued in the future"
    assert account != state.active, "identity: this account is linked already"

    digest: bytes32 = self._link_digest(pool, identity, account, issued_at, proof_hash, account, deadline)
    assert signatures._is_signed_by(account, digest, account_signature), "identity: the account did not sign"
    self._check_attested(pool, identity, account, issued_at, proof_hash, deadline, signers, attestations)

    state.pending = account
    state.objected = empty(address)
    state.effective_at = block.timestamp + WAIT
    state.issued_at = issued_at
    links._write(pool, identity, state)
    log links.LinkProposed(
        pool=pool,
        identity=identity,
        account=account,
        issued_at=issued_at,
        effective_at=state.effective_at,
        proof_hash=proof_hash,
        proof_uri=proof_uri,
    )


# ------------------------------------------------------------------------------------------------ the linked accounts

@external
def object_to_link(pool: address, identity: bytes32, account: address):
    """
    @notice Stops a link to `account` that still waits. The account that is linked now, by its own call.
    @dev The caller stays linked. Only the governor of the pool can still confirm the stopped link. Reverts for anyone
         else and when no link to `account` waits.
    @param pool The pool whose attesters signed the link.
    @param identity Whose link it is.
    @param account Who would be linked.
    """
    state: links.Link = links._read(pool, identity)
    assert msg.sender == state.active, "identity: only the account linked now objects alone"
    links._object(pool, identity, account, state, [msg.sender])


@external
def unlink(pool: address, identity: bytes32):
    """
    @notice Takes the caller out: her own link, or the one to her that waits or was objected to. At once.
    @dev At once, because it can only stop payments to the caller. What the identity earns waits for the next link, and
         links issued up to now are dead, unless another one still waits or was objected to. Reverts for anyone else.
    @param pool The pool whose attesters signed the link.
    @param identity Whose link it is.
    """
    links._drop(pool, identity, msg.sender)
    log links.Unlinked(pool=pool, identity=identity, account=msg.sender)


# ------------------------------------------------------------------------------------------------ members

@external
def object_by_signatures(
    pool: address,
    identity: bytes32,
    account: address,
    issued_at: uint256,
    deadline: uint256,
    signers: DynArray[address, links.OBJECTORS],
    objections: DynArray[Bytes[1024], links.OBJECTORS],
):
    """
    @notice Stops a link to `account` that still waits, by signatures of three members of the attesting pool (of all, in
            a smaller pool). Anyone may carry them.
    @dev Each signs a LinkObjection with her own address in it; the second of issue names the link. Reverts when the
         deadline has passed, no such link waits, or a signature is missing, bad or not a member's.
    @param pool The pool whose attesters signed the link, and whose members object.
    @param identity Whose link it is.
    @param account Who would be linked.
    @param issued_at When the link was issued, in seconds since 1970.
    @param deadline The last second, since 1970, at which the signatures hold.
    @param signers Members in ascending order.
    @param objections Their signatures, in the same order.
    """
    assert block.timestamp <= deadline, "identity: the objection's deadline is over"
    state: links.Link = links._read(pool, identity)
    assert issued_at == state.issued_at, "identity: the objection names another link"
    governor: IGovernor = IGovernor(attestation._governor(pool))
    needed: uint256 = min(links.OBJECTORS, staticcall governor.member_count())
    assert needed != 0 and len(signers) >= needed, "identity: too few members object"
    assert len(signers) == len(objections), "identity: members and objections differ in number"
    last: address = empty(address)
    for i: uint256 in range(len(signers), bound=links.OBJECTORS):
        assert staticcall governor.isMember(signers[i]), "identity: an objector is no member"
        digest: bytes32 = signatures._digest(
            keccak256(abi_encode(OBJECTION_TYPEHASH, pool, identity, account, issued_at, signers[i], deadline))
        )
        self._check_signature(signers[i], last, digest, objections[i])
        last = signers[i]
    links._object(pool, identity, account, state, signers)


# ------------------------------------------------------------------------------------------------ a pool's governor

@external
def confirm_link(pool: address, identity: bytes32, account: address):
    """
    @notice Overrides the objection to a link, which then counts at once. The pool's governor only (a rules vote).
    @dev It cannot link what attesters and account never signed. Reverts for anyone else, when the link to `account` is
         not one that was objected to, and before its wait is over: time the proposal so that it is ready after that.
    @param pool The pool whose attesters signed the link.
    @param identity Whose link it is.
    @param account Who is linked from now on.
    """
    attestation._only_governor(pool)
    state: links.Link = links._read(pool, identity)
    assert account != empty(address) and account == state.objected, "identity: no link to this account was objected to"
    assert block.timestamp >= state.effective_at, "identity: the link's wait is not over"
    state.active = account
    state.objected = empty(address)
    links._write(pool, identity, state)
    log links.LinkConfirmed(pool=pool, identity=identity, account=account)


@external
def cancel_link(pool: address, identity: bytes32, account: address):
    """
    @notice Takes away the link to `account`, whether it counts, waits or was objected to. The pool's governor only (a
            rules vote).
    @dev Links issued up to now are then dead, unless another one still waits or was objected to. Reverts for anyone
         else and when there is no link to `account`.
    @param pool The pool whose attesters signed the link.
    @param identity Whose link it is.
    @param account Who is linked, or would be.
    """
    attestation._only_governor(pool)
    links._drop(pool, identity, account)
    log links.LinkCanceled(pool=pool, identity=identity, account=account)


# ------------------------------------------------------------------------------------------------ views

@external
@view
@reentrant
def account_of(pool: address, identity: bytes32) -> address:
    """
    @notice The account to which a pool pays what an identity earns.
    @dev The first listed pool with a link that counts or waits decides.
    @param pool The pool that pays; it lists the pools whose links it trusts.
    @param identity keccak256("github:<numeric id>") and the like.
    @return Zero means "waiting", never a payee: there is no link, or the deciding one waits or is about to change.
    """
    attesting: DynArray[address, attestation.MAX_ATTESTING_POOLS] = attestation._listed_pools(pool)
    for attesting_pool: address in attesting:
        state: links.Link = links._read(attesting_pool, identity)
        if state.pending != empty(address):
            return empty(address)
        if state.active != empty(address):
            return state.active
    return empty(address)


# ------------------------------------------------------------------------------------------------ internals

@internal
@view
def _check_signature(signer: address, last: address, digest: bytes32, signature: Bytes[1024]):
    """
    @dev Ascending order is what makes each signer count once; the zero address can never follow.
    """
    assert convert(signer, uint256) > convert(last, uint256), "identity: signers are not in ascending order"
    assert signatures._is_signed_by(signer, digest, signature), "identity: a signature is not its signer's"


@internal
@view
def _check_attested(
    pool: address,
    identity: bytes32,
    account: address,
    issued_at: uint256,
    proof_hash: bytes32,
    deadline: uint256,
    signers: DynArray[address, attestation.MAX_ATTESTERS],
    attestations: DynArray[Bytes[1024], attestation.MAX_ATTESTERS],
):
    """
    @dev Enough attesters of the pool signed this very link, ascending and so each once.
    """
    attesters: DynArray[address, attestation.MAX_ATTESTERS] = []
    needed: uint256 = 0
    attesters, needed = attestation._attesters(pool)
    assert needed != 0 and len(signers) >= needed, "identity: too few attesters signed"
    assert len(signers) == len(attestations), "identity: signers and attestations differ in number"
    last: address = empty(address)
    for i: uint256 in range(len(signers), bound=attestation.MAX_ATTESTERS):
        assert signers[i] in attesters, "identity: a signer is no attester of the pool"
        digest: bytes32 = self._link_digest(pool, identity, account, issued_at, proof_hash, signers[i], deadline)
        self._check_signature(signers[i], last, digest, attestations[i])
        last = signers[i]


@internal
@view
def _link_digest(
    pool: address,
    identity: bytes32,
    account: address,
    issued_at: uint256,
    proof_hash: bytes32,
    signer: address,
    deadline: uint256,
) -> bytes32:
    return signatures._digest(
        keccak256(abi_encode(LINK_TYPEHASH, pool, identity, account, issued_at, proof_hash, signer, deadline))
    )
