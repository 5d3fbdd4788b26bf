# SPDX-License-Identifier: AGPL-3.0-only
"""Who signed what was posted, struck out and restored: read from the transactions themselves.

An event only says who signed. The signatures are in the call of the Clerk that led to it; each of
its arguments is held against the event, and each signature is recovered here. A wallet is asked,
as of that block.
"""

from collections.abc import Callable, Mapping, Sequence

from millpond.chain import abi
from millpond.chain.abi import Event, Value
from millpond.chain.answers import Address, NotKept
from millpond.chain.client import Transaction
from millpond.chain.contracts import Contract
from millpond.chain.epochs import needed_to_restore
from millpond.chain.ledger import Ledger, MaintainerSet, Posting
from millpond.chain.report import Unchecked
from millpond.chain.rpc import RpcRefused
from millpond.core import typed_data
from millpond.core.distribution import Distribution
from millpond.core.errors import Reverted, SignatureError, VerifyError
from millpond.core.signatures import from_compact, recover
from millpond.core.subjects import to_hex
from millpond.core.typed_data import Domain, TypedData

_OBJECT = "object to the distribution and ask the maintainers; do not rely on its figures"
_ASK = "ask the maintainers; compare the contract's code with `millpond verify code`"
_COMPACT, _WORD = 64, 32
_U40 = 2**40 - 1
_IS_VALID_SIGNATURE = bytes.fromhex("1626ba7e")
_MAGIC = _IS_VALID_SIGNATURE.ljust(_WORD, b"\0")

Message = Callable[[str, int], TypedData]
"""What a signer signed, by her account and the deadline."""


class Signatures:
    """The signatures about one document, on one chain."""

    def __init__(self, document: Distribution, distributor: Contract, governor: Contract) -> None:
        self._doc = document
        self._client = distributor.client
        self._distributor = distributor
        self._governor = governor
        self._domain = Domain(distributor.client.chain_id, distributor.address)

    def of_posting(self, posting: Posting, known: MaintainerSet) -> str:
        """Enough maintainers signed exactly what was posted."""
        _require_maintainers(posting.signers, known)
        terms = posting.terms
        given = self._call(
            "post",
            posting.event,
            epoch=terms.epoch,
            root=terms.root,
            total_cred=terms.total_cred,
            leaf_count=terms.leaf_count,
            data_hash=posting.data_hash,
            uri=posting.uri,
            signers=list(posting.signers),
        )

        def message(signer: str, deadline: int) -> TypedData:
            return typed_data.cred_distribution(
                self._domain,
                epoch=terms.epoch,
                attempt=terms.attempt,
                root=terms.root,
                total_cred=terms.total_cred,
                leaf_count=terms.leaf_count,
                data_hash=posting.data_hash,
                uri=posting.uri,
                signer=signer,
                deadline=deadline,
            )

        unknown = self._signed(posting.event, given, message)
        _require_seen(unknown)
        return f"{len(posting.signers)} maintainers signed this attempt, {known.needed} were needed"

    def of_review(self, ledger: Ledger, posting: Posting) -> str:
        """Enough maintainers signed each strike, enough members each restoring."""
        terms = posting.terms
        events = ledger.reviewed[terms.epoch, terms.attempt]
        unknown: list[str] = []
        for event in events:
            if event.name == "ZeroedOut":
                unknown += self._strike(event, posting, ledger.maintainers_at(event))
            else:
                unknown += self._restoring(event, posting)
        _require_seen(unknown)
        if not events:
            return "nothing to sign: nobody was struck out or put back"
        strikes = sum(event.name == "ZeroedOut" for event in events)
        return f"{strikes} strikes and {len(events) - strikes} restorings, each signed by enough"

    # --- the review -----------------------------------------------------------------------------

    def _strike(self, event: Event, posting: Posting, known: MaintainerSet | None) -> list[str]:
        if known is None:
            raise Unchecked("the set of maintainers was made before --from-block")
        _require_maintainers(event.args["signers"], known)
        given = self._call("zero_out", event, **self._told(event, posting))
        self._require_leaf(event, given["leaf"].subject, given["leaf"].index, given["leaf"].cred)
        return self._signed(event, given, self._message(typed_data.zero_out, event, posting))

    def _restoring(self, event: Event, posting: Posting) -> list[str]:
        signers, at = event.args["signers"], event.log.block_number
        given = self._call("restore", event, **self._told(event, posting))
        self._require_leaf(event, given["subject"], given["index"], event.args["cred"])
        unknown = self._signed(event, given, self._message(typed_data.restore, event, posting))
        try:
            members = self._governor.member_count(at=at)
            needed = needed_to_restore(posting.policy.restorers, members)
            since = self._client.block(posting.event.log.block_number).timestamp
            strangers = [who for who in signers if not self._may_vote(who, since, at)]
        except (RpcRefused, NotKept) as error:
            return [*unknown, f"who was a member in block {at} ({error.message})"]
        if strangers or len(set(signers)) < needed:
            raise VerifyError(
                f"{len(set(signers))} members put {to_hex(event.args['subject'])} back, "
                f"{len(strangers)} of them without a vote; {needed} were needed",
                _ASK,
            )
        return unknown

    def _may_vote(self, account: str, since: int, at: int) -> bool:
        """A member from before the post, at the block of the restoring or right before it."""
        words = [self._governor.member_words(account, at=block) for block in (at - 1, at)]
        return any(word and not word >> 72 & _U40 and (word >> 32 & _U40) < since for word in words)

    def _told(self, event: Event, posting: Posting) -> dict[str, object]:
        """What the call must have said, by the event."""
        return {
            "epoch": posting.terms.epoch,
            "terms": posting.terms.packed[:-1],  # the review does not matter there
            "reason_hash": event.args["reason_hash"],
            "signers": list(event.args["signers"]),
        }

    def _message(self, struct: Callable[..., TypedData], event: Event, posting: Posting) -> Message:
        def message(signer: str, deadline: int) -> TypedData:
            return struct(
                self._domain,
                epoch=posting.terms.epoch,
                attempt=posting.terms.attempt,
                root=posting.terms.root,
                subject=event.args["subject"],
                reason_hash=event.args["reason_hash"],
                signer=signer,
                deadline=deadline,
            )

        return message

    def _require_leaf(self, event: Event, subject: bytes, index: int, cred: int) -> None:
        leaves = self._doc.leaves
        leaf = leaves[index] if index < len(leaves) else (b"", 0)
        said = event.args["subject"], event.args["cred"]
        if not said == (subject, cred) == (bytes(leaf[0]), leaf[1]):
            raise VerifyError(
                f"{event.name} says {to_hex(said[0])} with {said[1]} micro-cred, its transaction "
                f"{to_hex(subject)} with {cred} at leaf {index} of the document",
                _ASK,
            )

    # --- signatures -----------------------------------------------------------------------------

    def _call(self, name: str, event: Event, **wanted: object) -> Mapping[str, Value]:
        """The arguments of the Clerk's function that led to an event, each as the event says it."""
        made = self._client.transaction(event.log.transaction_hash)
        if made.to != self._distributor.clerk():
            raise Unchecked(
                f"{event.name} came through another contract, so the signatures are not at hand",
                "look at that transaction in an explorer: its input holds them",
            )
        function, args = abi.load("Clerk").decode_call(made.data)
        given = dict(zip([param.name for param in function.inputs], args, strict=True))
        told = given | {"terms": tuple(given["terms"])[:-1]} if "terms" in given else given
        wanted |= {"distributor": self._distributor.address}
        other = [key for key, value in sorted(wanted.items()) if told.get(key) != value]
        if function.name != name or made.block_number != event.log.block_number or other:
            raise VerifyError(
                f"the transaction of {event.name} says something else than the event: "
                f"{', '.join(other) or 'another call'}",
                _ASK,
            )
        return given

    def _signed(self, event: Event, given: Mapping[str, Value], message: Message) -> list[str]:
        """Refuse a missing or wrong signature; which wallets could not be asked, in words."""
        signers, signatures = given["signers"], given["signatures"]
        if len(signers) != len(signatures):
            raise VerifyError(
                f"{len(signers)} signers of {event.name}, {len(signatures)} signatures", _ASK
            )
        unknown = []
        for signer, signature in zip(signers, signatures, strict=True):
            digest = typed_data.digest(message(signer, given["deadline"]))
            if _recovered(digest, signature) == signer:
                continue
            try:
                known = self._wallet_knows(signer, digest, signature, event.log.block_number)
            except (RpcRefused, NotKept) as error:
                unknown.append(f"the wallet {signer} ({error.message})")
                continue
            if not known:
                raise VerifyError(f"{signer} did not sign what {event.name} says", _OBJECT)
        return unknown

    def _wallet_knows(self, signer: str, digest: bytes, signature: bytes, block: int) -> bool:
        """ERC-1271, on the state after that block."""
        if not self._had_code(Address(signer), block):
            return False
        types = abi.plain("bytes32", "bytes")
        call = _IS_VALID_SIGNATURE + abi.encode_values(types, [digest, signature], "a signature")
        asked = Transaction(Address(signer), call, 0, f"the wallet {signer}")
        try:
            return self._client.call(asked, None, block) == _MAGIC
        except Reverted:
            return False

    def _had_code(self, account: Address, block: int) -> bool:
        """At that block; now, where the node no longer knows. Code rarely goes."""
        try:
            return bool(self._client.code(account, block))
        except (RpcRefused, NotKept):
            return bool(self._client.code(account))


def _recovered(digest: bytes, signature: bytes) -> str:
    """Whose key made it, in either form that the contracts take; nobody's: a wallet's own form."""
    try:
        if len(signature) == _COMPACT:
            signature = from_compact(signature[:_WORD], signature[_WORD:])
        return recover(digest, signature)
    except SignatureError:
        return ""


def _require_maintainers(signers: Sequence[str], known: MaintainerSet) -> None:
    strangers = [signer for signer in signers if signer not in known.subjects]
    if strangers or len(set(signers)) < known.needed:
        raise VerifyError(
            f"{len(set(signers))} signers, {len(strangers)} of them no maintainers; "
            f"{known.needed} maintainers had to sign",
            _OBJECT,
        )


def _require_seen(unknown: Sequence[str]) -> None:
    if unknown:
        raise Unchecked(
            f"all other signatures agree; could not be checked: {'; '.join(unknown)}",
            "ask a node that keeps old states",
        )
