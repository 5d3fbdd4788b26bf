# SPDX-License-Identifier: AGPL-3.0-only
"""What a wallet shows for each EIP-712 struct, by the contract that checks the signature."""

from millpond.chain.clear_signing.words import (
    CRED,
    DATE,
    OF_ITSELF,
    SUPPORT,
    UNTIL,
    WHO,
    Shown,
    shown,
)
from millpond.core.typed_data import STRUCTS, Struct

PERMIT = Struct.parse(
    "Permit(address owner,address spender,uint256 value,uint256 nonce,uint256 deadline)"
)
"""EIP-2612, as Grain checks it under its own name."""

_POSTED = (("epoch", "Epoch"), ("attempt", "Attempt"), ("root", "Root of the list"))
_STRUCK = (*_POSTED, ("subject", "Leaf"), ("reasonHash", "Hash of the reason"))
_LINKED = (
    ("identity", "Identity"),
    ("account", "Account", WHO),
    ("pool", "Pool", WHO),
    ("issuedAt", "Issued at", DATE),
)
_SIGNER = ("signer", "Signer", WHO)

MESSAGES: dict[str, dict[str, Shown]] = {
    "Governor": {
        "Ballot": shown(
            "Vote on a proposal",
            ("proposalId", "Proposal"),
            ("support", "Ballot", SUPPORT),
            ("voter", "Member", WHO),
            ("castsBefore", "Ballots before"),
            ("reasonHash", "Hash of the reason"),
            UNTIL,
        )
    },
    "Governor-OpenZeppelin": {
        "OpenZeppelinBallot": shown(
            "Vote on a proposal",
            ("proposalId", "Proposal"),
            ("support", "Ballot", SUPPORT),
            ("voter", "Member", WHO),
            ("nonce", "Nonce"),
        )
    },
    "Admission": {
        "Invitation": shown(
            "Invite a new member",
            ("candidate", "Candidate", WHO),
            ("timesJoined", "Times a member"),
            ("sponsor", "Invited by", WHO),
            UNTIL,
        ),
        "Acceptance": shown(
            "Become a member",
            ("candidate", "New member", WHO),
            ("timesJoined", "Times a member"),
            UNTIL,
        ),
        "Rebinding": shown(
            "Move a seat to a new key",
            ("old", "Lost key", WHO),
            ("new", "New key", WHO),
            ("sponsor", "Vouched by", WHO),
            UNTIL,
        ),
        "RebindAcceptance": shown(
            "Take my seat with a new key",
            ("old", "Lost key", WHO),
            ("new", "New key", WHO),
            UNTIL,
        ),
    },
    "CredDistributor": {
        "CredDistribution": shown(
            "Sign a cred distribution",
            *_POSTED,
            ("totalCred", "Total cred", CRED),
            ("leafCount", "People"),
            ("dataHash", "Document hash"),
            ("uri", "Document"),
            _SIGNER,
            UNTIL,
        ),
        "ZeroOut": shown("Strike out a leaf", *_STRUCK, _SIGNER, UNTIL),
        "Restore": shown("Put back a leaf", *_STRUCK, _SIGNER, UNTIL),
        "Withdrawal": shown("Take back a distribution", *_POSTED, _SIGNER, UNTIL),
        "OffChainSettlement": shown(
            "Confirm I was paid in fiat",
            ("epoch", "Epoch"),
            ("subject", "Leaf"),
            ("reference", "Reference"),
            ("payee", "Payee", WHO),
            UNTIL,
        ),
    },
    "Identity": {
        "IdentityLink": shown(
            "Link an identity",
            *_LINKED,
            ("proofHash", "Hash of the proof"),
            _SIGNER,
            UNTIL,
        ),
        "LinkObjection": shown("Object to a link", *_LINKED, _SIGNER, UNTIL),
    },
    "Allocation": {
        "AllocationBallot": shown(
            "Divide my points",
            ("voter", "Member", WHO),
            ("candidates.[]", "Candidate"),
            ("points.[]", "Points"),
            ("castsBefore", "Ballots before"),
            UNTIL,
        ),
        "Candidacy": shown(
            "Stand as a candidate",
            ("candidate", "Candidate", WHO),
            ("timesStood", "Times stood"),
            UNTIL,
        ),
    },
    "Matching": {
        "Candidacy": shown(
            "Stand as a project",
            ("candidate", "Candidate", WHO),
            ("timesStood", "Times stood"),
            UNTIL,
        ),
    },
    "Grain": {
        "Permit": shown(
            "Allow to spend grain",
            ("owner", "Owner", WHO),
            ("spender", "Spender", WHO),
            ("value", "Amount", OF_ITSELF),
            ("nonce", "Nonce"),
            UNTIL,
        )
    },
}

SIGNED: dict[str, Struct] = STRUCTS | {"Permit": PERMIT}
"""The struct behind each name."""
