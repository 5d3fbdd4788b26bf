# SPDX-License-Identifier: AGPL-3.0-only
"""Every EIP-712 message of Millpond as plain `eth_signTypedData_v4` JSON, and its digest.

Domain: name "Millpond", version "1", chainId, verifyingContract = the clone that checks it. The
signer or voter is always inside, so a smart wallet's signature cannot be reused for its sibling.
Integers in a message are strings of digits and bytes are 0x-hex, so the JSON passes through any
wallet unharmed. The Vyper sources hold the same type strings. Signing is the business of
`millpond.chain`.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple, Self, TypeAlias, TypedDict

from eth_abi.exceptions import EncodingError

from millpond.core.canonical import keccak256
from millpond.core.errors import BadInput
from millpond.core.subjects import address_bytes, checksum_address, to_hex
from millpond.core.units import whole

DOMAIN_NAME = "Millpond"
DOMAIN_VERSION = "1"
_WORD = 32
_LIST = "[]"

Value: TypeAlias = int | str | bytes | Sequence[int]
"""A field's value: an integer, text or an address, raw bytes, or a list of integers."""


class FieldJson(TypedDict):
    """One field as `eth_signTypedData_v4` lists it."""

    name: str
    type: str


class TypedData(TypedDict):
    """The argument of `eth_signTypedData_v4`."""

    types: dict[str, list[FieldJson]]
    primaryType: str
    domain: dict[str, str | int]
    message: dict[str, str | list[str]]


class Field(NamedTuple):
    """One member of a struct: its Solidity type and its name."""

    type: str
    name: str


class Struct(NamedTuple):
    """One signed message: the name that is hashed and its fields in order."""

    name: str
    fields: tuple[Field, ...]

    @property
    def type_string(self) -> str:
        """What EIP-712 calls encodeType, as it also stands in the Vyper sources."""
        return f"{self.name}({','.join(f'{f.type} {f.name}' for f in self.fields)})"

    @classmethod
    def parse(cls, type_string: str) -> Self:
        """The struct of an encodeType string without structs in it."""
        name, _, fields = type_string.removesuffix(")").partition("(")
        return cls(name, tuple(Field(*field.split(" ")) for field in fields.split(",")))


BALLOT = Struct.parse(
    "Ballot(uint256 proposalId,address voter,uint8 support,uint8 castsBefore,"
    "bytes32 reasonHash,uint256 deadline)"
)
OPENZEPPELIN_BALLOT = Struct.parse(
    "Ballot(uint256 proposalId,uint8 support,address voter,uint256 nonce)"
)
INVITATION = Struct.parse(
    "Invitation(address candidate,uint256 timesJoined,address sponsor,uint256 deadline)"
)
ACCEPTANCE = Struct.parse("Acceptance(address candidate,uint256 timesJoined,uint256 deadline)")
REBINDING = Struct.parse("Rebinding(address old,address new,address sponsor,uint256 deadline)")
REBIND_ACCEPTANCE = Struct.parse("RebindAcceptance(address old,address new,uint256 deadline)")
CRED_DISTRIBUTION = Struct.parse(
    "CredDistribution(uint256 epoch,uint256 attempt,bytes32 root,uint256 totalCred,"
    "uint256 leafCount,bytes32 dataHash,string uri,address signer,uint256 deadline)"
)
ZERO_OUT = Struct.parse(
    "ZeroOut(uint256 epoch,uint256 attempt,bytes32 root,bytes32 subject,bytes32 reasonHash,"
    "address signer,uint256 deadline)"
)
RESTORE = Struct.parse(
    "Restore(uint256 epoch,uint256 attempt,bytes32 root,bytes32 subject,bytes32 reasonHash,"
    "address signer,uint256 deadline)"
)
WITHDRAWAL = Struct.parse(
    "Withdrawal(uint256 epoch,uint256 attempt,bytes32 root,address signer,uint256 deadline)"
)
OFF_CHAIN_SETTLEMENT = Struct.parse(
    "OffChainSettlement(uint256 epoch,bytes32 subject,bytes32 reference,address payee,"
    "uint256 deadline)"
)
IDENTITY_LINK = Struct.parse(
    "IdentityLink(address pool,bytes32 identity,address account,uint256 issuedAt,"
    "bytes32 proofHash,address signer,uint256 deadline)"
)
LINK_OBJECTION = Struct.parse(
    "LinkObjection(address pool,bytes32 identity,address account,uint256 issuedAt,address signer,"
    "uint256 deadline)"
)
ALLOCATION_BALLOT = Struct.parse(
    "AllocationBallot(address voter,uint256[] candidates,uint256[] points,uint256 castsBefore,"
    "uint256 deadline)"
)
CANDIDACY = Struct.parse("Candidacy(address candidate,uint256 timesStood,uint256 deadline)")

STRUCTS: dict[str, Struct] = {
    "Ballot": BALLOT,
    "OpenZeppelinBallot": OPENZEPPELIN_BALLOT,
    "Invitation": INVITATION,
    "Acceptance": ACCEPTANCE,
    "Rebinding": REBINDING,
    "RebindAcceptance": REBIND_ACCEPTANCE,
    "CredDistribution": CRED_DISTRIBUTION,
    "ZeroOut": ZERO_OUT,
    "Restore": RESTORE,
    "OffChainSettlement": OFF_CHAIN_SETTLEMENT,
    "IdentityLink": IDENTITY_LINK,
    "Withdrawal": WITHDRAWAL,
    "LinkObjection": LINK_OBJECTION,
    "AllocationBallot": ALLOCATION_BALLOT,
    "Candidacy": CANDIDACY,
}
"""All messages by our name; OpenZeppelin's ballot hashes the same name "Ballot" as ours."""

TYPE_STRINGS: dict[str, str] = {name: struct.type_string for name, struct in STRUCTS.items()}
"""encodeType of each message: the Vyper sources hold the same strings."""

DOMAIN_TYPE: tuple[Field, ...] = (
    Field("string", "name"),
    Field("string", "version"),
    Field("uint256", "chainId"),
    Field("address", "verifyingContract"),
)


class Domain(NamedTuple):
    """Where a message counts: one chain and one contract on it."""

    chain_id: int
    verifying_contract: str


def message(struct: Struct, domain: Domain, values: Mapping[str, Value]) -> TypedData:
    """The typed data of one message. `values` has exactly the fields of the struct.

    Integers are checked against their width, also in lists, bytes32 are 32 raw bytes, addresses
    hex; anything else is refused with `BadInput`. The functions below are the same with named
    arguments.
    """
    names = [field.name for field in struct.fields]
    if sorted(values) != sorted(names):
        raise BadInput(
            f"{struct.name} has the fields {names}, not {sorted(values)}", "pass exactly those"
        )
    contract = checksum_address(address_bytes(domain.verifying_contract))
    return {
        "types": {"EIP712Domain": _json(DOMAIN_TYPE), struct.name: _json(struct.fields)},
        "primaryType": struct.name,
        "domain": {
            "name": DOMAIN_NAME,
            "version": DOMAIN_VERSION,
            "chainId": whole(domain.chain_id, "the chain id", 1),
            "verifyingContract": contract,
        },
        "message": {field.name: _value(field, values[field.name]) for field in struct.fields},
    }


def digest(typed: TypedData) -> bytes:
    """The 32 bytes that are signed, by eth-account's encoder."""
    from eth_account.messages import encode_typed_data  # noqa: PLC0415  0.2 s that readers need not

    try:
        _ = typed["primaryType"]  # the encoder would guess it
        signable = encode_typed_data(full_message=dict(typed))
    except (ValueError, TypeError, LookupError, AttributeError, EncodingError) as error:
        raise BadInput(
            f"this is not typed data: {error}", "build it with millpond.core.typed_data"
        ) from error
    return keccak256(b"\x19" + signable.version + signable.header + signable.body)


def _json(fields: tuple[Field, ...]) -> list[FieldJson]:
    return [{"name": field.name, "type": field.type} for field in fields]


def _value(field: Field, value: Value) -> str | list[str]:
    if not field.type.endswith(_LIST):
        return _single(field, value)
    inner = Field(field.type.removesuffix(_LIST), field.name)
    if isinstance(value, str | bytes) or not isinstance(value, Sequence):
        raise BadInput(f"{field.name} is {value!r}, which is no {field.type}", "give a list")
    return [_single(inner, each) for each in value]


def _single(field: Field, value: Value) -> str:
    if field.type.startswith("uint"):
        high = 2 ** int(field.type[4:]) - 1
        if isinstance(value, int):
            return str(whole(value, field.name, 0, high))
    elif field.type == "bytes32":
        if isinstance(value, bytes) and len(value) == _WORD:
            return to_hex(value)
    elif field.type == "address":
        if isinstance(value, str | bytes):
            return checksum_address(address_bytes(value))
    elif isinstance(value, str):
        return value
    raise BadInput(
        f"{field.name} is {value!r}, which is no {field.type}",
        "give integers as int, bytes32 as 32 raw bytes, addresses as 0x-hex",
    )


def _in_order(struct: Struct, domain: Domain, *values: Value) -> TypedData:
    names = [field.name for field in struct.fields]
    return message(struct, domain, dict(zip(names, values, strict=True)))


def ballot(
    domain: Domain,
    *,
    proposal_id: int,
    voter: str,
    support: int,
    casts_before: int,
    reason_hash: bytes = bytes(32),
    deadline: int,
) -> TypedData:
    """A member's ballot for the Governor. support: 0 against, 1 for, 2 abstain.

    `casts_before` is how often this member has cast already (0 to 4): the ballot counts only
    directly after those. `reason_hash` is keccak256 of the reason's text, zero without one.
    """
    return _in_order(
        BALLOT,
        domain,
        proposal_id,
        voter,
        whole(support, "support", 0, 2),
        whole(casts_before, "castsBefore", 0, 4),
        reason_hash,
        deadline,
    )


def openzeppelin_ballot(
    domain: Domain, *, proposal_id: int, support: int, voter: str, nonce: int = 0
) -> TypedData:
    """The ballot that OpenZeppelin clients sign for `castVoteBySig`; the nonce is always 0."""
    return _in_order(
        OPENZEPPELIN_BALLOT, domain, proposal_id, whole(support, "support", 0, 2), voter, nonce
    )


def invitation(
    domain: Domain, *, candidate: str, times_joined: int, sponsor: str, deadline: int
) -> TypedData:
    """A member's invitation of a candidate, for Admission's `join`."""
    return _in_order(INVITATION, domain, candidate, times_joined, sponsor, deadline)


def acceptance(domain: Domain, *, candidate: str, times_joined: int, deadline: int) -> TypedData:
    """A candidate's acceptance of an offer or of invitations."""
    return _in_order(ACCEPTANCE, domain, candidate, times_joined, deadline)


def rebinding(domain: Domain, *, old: str, new: str, sponsor: str, deadline: int) -> TypedData:
    """A member's signature for moving another member's seat to a new key."""
    return _in_order(REBINDING, domain, old, new, sponsor, deadline)


def rebind_acceptance(domain: Domain, *, old: str, new: str, deadline: int) -> TypedData:
    """The new key's own word that it takes the seat."""
    return _in_order(REBIND_ACCEPTANCE, domain, old, new, deadline)


def cred_distribution(  # noqa: PLR0913  (keyword-only: the fields of the struct)
    domain: Domain,
    *,
    epoch: int,
    attempt: int,
    root: bytes,
    total_cred: int,
    leaf_count: int,
    data_hash: bytes,
    uri: str,
    signer: str,
    deadline: int,
) -> TypedData:
    """A maintainer's signature under one attempt at posting a distribution."""
    return _in_order(
        CRED_DISTRIBUTION,
        domain,
        epoch,
        attempt,
        root,
        total_cred,
        leaf_count,
        data_hash,
        uri,
        signer,
        deadline,
    )


def zero_out(
    domain: Domain,
    *,
    epoch: int,
    attempt: int,
    root: bytes,
    subject: bytes,
    reason_hash: bytes,
    signer: str,
    deadline: int,
) -> TypedData:
    """A maintainer's signature to take one leaf out during the review."""
    return _in_order(ZERO_OUT, domain, epoch, attempt, root, subject, reason_hash, signer, deadline)


def restore(
    domain: Domain,
    *,
    epoch: int,
    attempt: int,
    root: bytes,
    subject: bytes,
    reason_hash: bytes,
    signer: str,
    deadline: int,
) -> TypedData:
    """A member's signature to put a zeroed leaf back during the review."""
    return _in_order(RESTORE, domain, epoch, attempt, root, subject, reason_hash, signer, deadline)


def off_chain_settlement(
    domain: Domain, *, epoch: int, subject: bytes, reference: bytes, payee: str, deadline: int
) -> TypedData:
    """A payee's word that a leaf was, or will be, paid in fiat under this reference."""
    return _in_order(OFF_CHAIN_SETTLEMENT, domain, epoch, subject, reference, payee, deadline)


def identity_link(
    domain: Domain,
    *,
    pool: str,
    identity: bytes,
    account: str,
    issued_at: int,
    proof_hash: bytes,
    signer: str,
    deadline: int,
) -> TypedData:
    """An attester's or the account's own signature under a link of an identity to an account."""
    return _in_order(
        IDENTITY_LINK, domain, pool, identity, account, issued_at, proof_hash, signer, deadline
    )


def withdrawal(
    domain: Domain, *, epoch: int, attempt: int, root: bytes, signer: str, deadline: int
) -> TypedData:
    """A maintainer's signature to take a posted distribution back during the review."""
    return _in_order(WITHDRAWAL, domain, epoch, attempt, root, signer, deadline)


def link_objection(
    domain: Domain,
    *,
    pool: str,
    identity: bytes,
    account: str,
    issued_at: int,
    signer: str,
    deadline: int,
) -> TypedData:
    """A member's objection to a pending link of an identity to an account."""
    return _in_order(LINK_OBJECTION, domain, pool, identity, account, issued_at, signer, deadline)


def allocation_ballot(
    domain: Domain,
    *,
    voter: str,
    candidates: Sequence[int],
    points: Sequence[int],
    casts_before: int,
    deadline: int,
) -> TypedData:
    """A member's standing ballot over the candidates of an allocation; empty lists take it back.

    `candidates` are their numbers in ascending order, `points` what each of them gets. The ballot
    counts only directly after so many casts of the voter's seat (0 to 254).
    """
    casts = whole(casts_before, "castsBefore", 0, 254)
    return _in_order(ALLOCATION_BALLOT, domain, voter, candidates, points, casts, deadline)


def candidacy(domain: Domain, *, candidate: str, times_stood: int, deadline: int) -> TypedData:
    """The yes of somebody whom a member has nominated for an allocation."""
    return _in_order(CANDIDACY, domain, candidate, times_stood, deadline)
