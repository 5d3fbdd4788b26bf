# SPDX-License-Identifier: AGPL-3.0-only
"""What people are asked to sign about an epoch, as one file that goes out, and what comes back.

asked = Asked.of("withdraw", "credsperiment", domain, {...}, {"reason": "..."})
asked.to_json()                     the request: typed data, and in words what it means
Paper.signed(asked, signer)         one person's answer, also a file
asked.require(paper)                refuses what answers another request, attempt or hour

A request is read on another machine: everything in it that follows from the rest is derived there
again, so its words cannot say another thing than its data.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self

from millpond.chain.answers import Address
from millpond.chain.signers import Signer, in_normal_form
from millpond.core import canonical, typed_data
from millpond.core.canonical import keccak256
from millpond.core.distribution import Distribution, data_hash
from millpond.core.errors import BadInput, CanonicalError, SignatureError
from millpond.core.figures import moment, quoted
from millpond.core.signatures import check_signer
from millpond.core.subjects import address_bytes, checksum_address, from_hex, to_hex
from millpond.core.typed_data import Domain, Struct, TypedData
from millpond.core.units import format_cred

REQUEST, ANSWER = "millpond/request", "millpond/signature"
KINDS: dict[str, Struct] = {
    "post": typed_data.CRED_DISTRIBUTION,
    "withdraw": typed_data.WITHDRAWAL,
    "zero-out": typed_data.ZERO_OUT,
    "restore": typed_data.RESTORE,
    "settle": typed_data.OFF_CHAIN_SETTLEMENT,
}
MOST_BYTES = 1_024
"""Of one signature, as the contracts take it."""
_MEANS = {
    "post": "Post the distribution of epoch {epoch}: it is yours to answer for",
    "withdraw": "Take back what was posted for epoch {epoch}, before it is final",
    "zero-out": "Strike one person out of epoch {epoch}: she gets nothing of it, for this reason",
    "restore": "Put back one person who was struck out of epoch {epoch}, for this reason",
    "settle": "Be paid your part of epoch {epoch} outside the chain, and never claim it there",
}
_ECDSA = (64, 65)
_ANSWER_AGAIN = "ask for the file that ape run epoch cosign writes"
_AGAIN = "ask for the request again; do not sign this one"


@dataclass(frozen=True)
class Asked:
    """One request. `values` are the fields of its struct but the signer; `texts` are what hashes in
    them stand for."""

    kind: str
    coop: str
    domain: Domain
    values: Mapping[str, int | str | bytes]
    texts: Mapping[str, str] = field(default_factory=dict)

    @property
    def epoch(self) -> int:
        """Which epoch it is about."""
        return int(self.values["epoch"])

    @property
    def attempt(self) -> int:
        """Which attempt at it; 0 where that does not matter."""
        return int(self.values.get("attempt", 0))

    @property
    def deadline(self) -> int:
        """The last second in which a signature counts."""
        return int(self.values["deadline"])

    @property
    def id(self) -> bytes:
        """Changes when anything in it does."""
        return keccak256(self.to_json())

    def typed(self, signer: str) -> TypedData:
        """What this person signs."""
        struct = KINDS[self.kind]
        own = {"signer": signer} if _has_signer(struct) else {}
        return typed_data.message(struct, self.domain, {**self.values, **own})

    @property
    def words(self) -> list[str]:
        """What it means, for whoever is asked to sign."""
        shown = [
            _MEANS[self.kind].format(epoch=self.epoch) + ".",
            f"Co-op {self.coop}, chain {self.domain.chain_id}.",
            f"Distributor {self.domain.verifying_contract}.",
        ]
        shown += [f"{name}: {quoted(text)}" for name, text in sorted(self.texts.items())]
        return shown + [_in_words(name, value) for name, value in self.values.items()]

    def to_json(self) -> bytes:
        """Canonical bytes."""
        typed = self.typed(self.domain.verifying_contract)
        message = {name: typed["message"][name] for name in self.values}
        return canonical.encode(
            {
                "schema": REQUEST,
                "version": 1,
                "kind": self.kind,
                "coop": self.coop,
                "typedData": {**typed, "message": message},
                "texts": self.texts,
                "words": self.words,
            }
        )

    @classmethod
    def from_json(cls, data: bytes) -> Self:
        """Read a request; `BadInput` unless it is exactly what `to_json` writes."""
        try:
            found: Any = canonical.decode(data)
            struct, typed = KINDS[found["kind"]], found["typedData"]
            place = typed["domain"]
            domain = Domain(int(place["chainId"]), str(place["verifyingContract"]))
            values = {
                each.name: _parsed(each.type, typed["message"][each.name])
                for each in struct.fields
                if each.name != "signer"
            }
            texts = {str(k): str(v) for k, v in found["texts"].items()}
            asked = cls(found["kind"], str(found["coop"]), domain, values, texts)
            same = asked.to_json() == data
        except (CanonicalError, LookupError, TypeError, ValueError, AttributeError):
            raise BadInput("this is no request to sign", _AGAIN) from None
        if not same:
            raise BadInput("the words or data of the request are not what follows from it", _AGAIN)
        asked._require_texts()
        return asked

    def _require_texts(self) -> None:
        for name, text in self.texts.items():
            if name != NOTE and self.values.get(_HASH_OF.get(name, "")) != text_hash(text):
                raise BadInput(f"the {name} in the request is not the one to be signed", _AGAIN)

    def check_document(self, document: Distribution) -> tuple[str, ...]:
        """Hold it against a document that was recomputed; the names of what was compared.

        `BadInput` names the first thing that differs.
        """
        pairs: dict[str, tuple[object, object]] = {
            "chain": (document.chain_id, self.domain.chain_id),
            "distributor": (
                address_bytes(document.distributor),
                address_bytes(self.domain.verifying_contract),
            ),
            "epoch": (document.epoch, self.values["epoch"]),
            "root": (document.root, self.values.get("root", document.root)),
        }
        if self.kind == "post":
            pairs |= {
                "total cred": (document.total, self.values["totalCred"]),
                "number of leaves": (document.leaf_count, self.values["leafCount"]),
                "document hash": (data_hash(document), self.values["dataHash"]),
            }
        for name, (ours, theirs) in pairs.items():
            if ours != theirs:
                raise BadInput(f"the request is for another {name} than the document's", _AGAIN)
        if "subject" in self.values:
            cred = dict(document.leaves).get(self.values["subject"])  # type: ignore[call-overload]
            if cred is None:
                raise BadInput("the request is about somebody who has no leaf", _AGAIN)
            return (*pairs, f"leaf of {format_cred(cred)} cred")
        return tuple(pairs)

    def require(self, paper: "Paper", now: int) -> None:
        """Refuse by name what does not answer this very request, or no longer counts."""
        if paper.kind != self.kind or paper.epoch != self.epoch:
            raise SignatureError(
                f"{paper.signer} signed to {paper.kind} in epoch {paper.epoch}, not to {self.kind} "
                f"in epoch {self.epoch}",
                "bring the signature to the request that it answers",
            )
        if paper.attempt != self.attempt:
            raise SignatureError(
                f"{paper.signer} signed attempt {paper.attempt}, and this is attempt "
                f"{self.attempt}: signatures of another attempt are dead",
                "let her sign the request of this attempt: ape run epoch cosign",
            )
        if paper.request != self.id:
            raise SignatureError(
                f"{paper.signer} signed another request than the one that lies here",
                "let her sign this one: ape run epoch cosign",
            )
        require_in_time(self.kind, self.deadline, now)


@dataclass(frozen=True)
class Paper:
    """One person's signature under a request, as it comes back."""

    kind: str
    epoch: int
    attempt: int
    request: bytes
    signer: Address
    signature: bytes

    @classmethod
    def signed(cls, asked: Asked, signer: Signer) -> Self:
        """Ask a signer for it."""
        signature = signer.sign_typed(asked.typed(signer.address))
        return cls(asked.kind, asked.epoch, asked.attempt, asked.id, signer.address, signature)

    def to_json(self) -> bytes:
        """Canonical bytes."""
        return canonical.encode(
            {
                "schema": ANSWER,
                "version": 1,
                "kind": self.kind,
                "epoch": self.epoch,
                "attempt": self.attempt,
                "request": to_hex(self.request),
                "signer": self.signer,
                "signature": to_hex(self.signature),
            }
        )

    @classmethod
    def from_json(cls, data: bytes) -> Self:
        """Read one; 64 bytes (EIP-2098) and v of 0 or 1 become the usual form here."""
        try:
            found: Any = canonical.decode(data)
            _ = KINDS[found["kind"]]
            paper = cls(
                str(found["kind"]),
                int(found["epoch"]),
                int(found["attempt"]),
                from_hex(found["request"], 32),
                Address(checksum_address(address_bytes(str(found["signer"])))),
                signature_bytes(found["signature"]),
            )
            whole = set(canonical.decode(paper.to_json())) == set(found)  # type: ignore[arg-type]
        except SignatureError:
            raise
        except (BadInput, LookupError, TypeError, ValueError) as error:
            raise BadInput(
                f"this is no signature of ours ({error})",
                _ANSWER_AGAIN,
            ) from None
        if not whole or (found["schema"], found["version"]) != (ANSWER, "1"):
            raise BadInput("this is no signature of ours", _ANSWER_AGAIN)
        return paper


NOTE = "said beside it"
"""A text that is not in what is signed."""
_HASH_OF = {"reason": "reasonHash", "reference": "reference"}
"""Texts in a request, and the fields that hold their hashes."""


def text_hash(text: str) -> bytes:
    """What the chain keeps of a text."""
    return keccak256(text.encode("utf-8"))


def signature_bytes(text: str) -> bytes:
    """A signature in hex as the contracts take it; a wallet's own form stays as it is."""
    data = from_hex(text, (len(text) - 2) // 2)
    if not 0 < len(data) <= MOST_BYTES:
        raise SignatureError(
            f"a signature has 1 to {MOST_BYTES} bytes, not {len(data)}", "ask for it again"
        )
    if len(data) not in _ECDSA:
        return data
    try:
        return in_normal_form(data)
    except SignatureError:
        return data  # a wallet may take 65 bytes that no key has made


def check_signed(typed: TypedData, signer: str, signature: bytes) -> None:
    """`SignatureError` unless this is the signer's own signature, by her key."""
    check_signer(typed_data.digest(typed), signature, signer)


def require_in_time(kind: str, deadline: int, now: int) -> None:
    """`SignatureError` when the last second of a request has passed."""
    if now > deadline:
        command = "repost" if kind == "post" else kind
        raise SignatureError(
            f"the signatures counted until {moment(deadline)}, which is over",
            f"make the request anew and let it be signed again: ape run epoch {command}",
        )


def _has_signer(struct: Struct) -> bool:
    return any(each.name == "signer" for each in struct.fields)


def _parsed(kind: str, text: object) -> int | str | bytes:
    if not isinstance(text, str):
        raise TypeError
    if kind.startswith("uint"):
        return int(text)
    return from_hex(text, 32) if kind == "bytes32" else text


def _in_words(name: str, value: int | str | bytes) -> str:
    if name == "deadline":
        return f"counts until: {moment(int(value))}"
    if name == "totalCred":
        return f"total cred: {format_cred(int(value))}"
    spoken = "".join(f" {c.lower()}" if c.isupper() else c for c in name)
    return f"{spoken}: {to_hex(value) if isinstance(value, bytes) else value}"
