# SPDX-License-Identifier: AGPL-3.0-only
"""Signed ballots and signed papers as JSON: the one form that files, the API and its relay share.

    ballot_json(ballot, "why")          canonical bytes; read_ballot(data) gives both back
    Paper(signer, deadline, signature)  an invitation or an acceptance: what it is stands around it

A ballot says all that its voter signed, and nothing of where it counts: it stands in a folder, or
in a request, for one Governor.
"""

from dataclasses import dataclass
from typing import Self

from millpond.chain.answers import Address
from millpond.chain.governance import Ballot, Support
from millpond.chain.signers import in_normal_form
from millpond.core import canonical
from millpond.core.canonical import Json, keccak256
from millpond.core.errors import BadInput, CanonicalError, SignatureError
from millpond.core.subjects import address_bytes, checksum_address, from_hex, to_hex

_NEEDED = {
    *("castsBefore", "deadline", "proposalId", "reasonHash", "signature", "support", "voter"),
}
_MORE = {"byWallet", "reason"}
_SIGN_ANEW = "sign it anew: ape run pool ballot"


def octets(text: str, what: str) -> bytes:
    """Bytes as 0x-hex of any length."""
    try:
        return from_hex(text, (len(text) - 2) // 2)
    except BadInput as error:
        raise BadInput(f"{what} is no hex: {error.message}", error.next_step) from None


def reason_hash(reason: str) -> bytes:
    """What a ballot signs of its reason: zeros stand for none."""
    return keccak256(reason.encode()) if reason else bytes(32)


def ballot_json(ballot: Ballot, reason: str = "") -> bytes:
    """A ballot in canonical JSON, with the text of its reason where that is known."""
    return canonical.encode(
        {
            "castsBefore": ballot.casts_before,
            "deadline": ballot.deadline,
            "proposalId": ballot.proposal_id,
            "reasonHash": to_hex(ballot.reason_hash),
            "signature": to_hex(ballot.signature),
            "support": int(ballot.support),
            "voter": ballot.voter,
            **({"byWallet": True} if ballot.by_wallet else {}),
            **({"reason": reason} if reason else {}),
        }
    )


def read_ballot(data: bytes) -> tuple[Ballot, str]:
    """The ballot in canonical JSON, and its reason's text or ""; `BadInput` for what is none."""
    try:
        return ballot_of(canonical.decode(data))
    except CanonicalError as error:
        raise BadInput(error.message, _SIGN_ANEW) from None


def ballot_of(fields: Json) -> tuple[Ballot, str]:
    """The same from decoded JSON."""
    if not isinstance(fields, dict) or not _NEEDED <= set(fields) <= _NEEDED | _MORE:
        raise BadInput(f"a ballot has the fields {', '.join(sorted(_NEEDED))}", _SIGN_ANEW)
    texts = {name: str(value) for name, value in fields.items()}
    by_wallet, reason = fields.get("byWallet") is True, texts.get("reason", "")
    signature = octets(texts["signature"], "the signature")
    try:
        ballot = Ballot(
            Address(checksum_address(address_bytes(texts["voter"]))),
            _number(texts["proposalId"]),
            Support(_number(texts["support"])),
            _number(texts["castsBefore"]),
            from_hex(texts["reasonHash"], 32),
            _number(texts["deadline"]),
            signature if by_wallet else in_normal_form(signature),
            by_wallet,
        )
    except ValueError as error:
        raise BadInput(str(error), _SIGN_ANEW) from None
    except SignatureError as error:
        raise BadInput(error.message, error.next_step) from None
    if reason and reason_hash(reason) != ballot.reason_hash:
        raise BadInput("the reason is another one than was signed", "leave it out, or bring hers")
    return ballot, reason


@dataclass(frozen=True)
class Paper:
    """One signature and until when it holds."""

    signer: Address
    deadline: int
    signature: bytes

    def to_json(self) -> bytes:
        """Canonical bytes."""
        return canonical.encode(
            {
                "deadline": self.deadline,
                "signature": to_hex(self.signature),
                "signer": self.signer,
            }
        )

    @classmethod
    def from_json(cls, data: bytes) -> Self:
        """Read what `to_json` wrote; `BadInput` for what is none."""
        try:
            return cls.of(canonical.decode(data))
        except CanonicalError as error:
            raise BadInput(error.message, "let it be signed again") from None

    @classmethod
    def of(cls, fields: Json) -> Self:
        """The same from decoded JSON."""
        if not isinstance(fields, dict) or set(fields) != {"deadline", "signature", "signer"}:
            raise BadInput("a paper has a signer, a deadline and a signature", "sign it again")
        texts = {name: str(value) for name, value in fields.items()}
        signer = Address(checksum_address(address_bytes(texts["signer"])))
        return cls(signer, _number(texts["deadline"]), octets(texts["signature"], "signature"))


def _number(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= 78):  # noqa: PLR2004  of 2^256
        raise BadInput(f"{text[:40]!r} is no number", "write it in decimal digits")
    return int(text)
