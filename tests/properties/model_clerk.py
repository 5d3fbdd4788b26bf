# SPDX-License-Identifier: AGPL-3.0-only
"""What the Clerk reads for the distributors of a chain, in words: who signed what about which of
them, and whether a leaf is in a posted tree. It keeps nothing, so there is nothing to undo.
"""

from collections.abc import Sequence
from typing import Any

from millpond.core import typed_data
from tests.properties.model import Model, Msg, Refused
from tests.properties.model_distributor import DistributorModel
from tests.properties.model_distributor_terms import (
    MOST_CRED,
    NO_HASH,
    Packed,
    Policy,
    Rows,
    Terms,
    leaf_hash,
    siblings_above,
)
from tests.properties.model_grain import ZERO
from tests.properties.model_policies import need_sound, words_of
from tests.properties.signing import message

Leaf = tuple[bytes, int, int]
"""Subject, index, cred."""
Proof = Sequence[tuple[bytes, int]]
Hands = tuple[int, Sequence[str], Sequence[bytes]]
"""Until when, who, their signatures."""


class ClerkModel(Model):
    """The one of the chain."""

    ours = True
    doors = frozenset()

    # --- maintainers' signatures ----------------------------------------------------------

    def post(self, msg: Msg, distributor: str, *signed: Any) -> int:
        """What the maintainers distribute."""
        epoch, root, total_cred, leaf_count, data_hash, uri, *hands = signed
        said = {"epoch": epoch, "attempt": self._attempt(msg, distributor), "root": root}
        said |= {"totalCred": total_cred, "leafCount": leaf_count}
        said |= {"dataHash": data_hash, "uri": uri}
        self._need_maintainers(msg, distributor, typed_data.CRED_DISTRIBUTION, said, *hands)
        text = f"{uri} 0x{data_hash.hex()}"
        figures = (epoch, root, total_cred, leaf_count, data_hash, uri, text)
        found: int = msg.call(distributor, "post", *figures, hands[1])
        return found

    def withdraw(self, msg: Msg, distributor: str, epoch: int, terms: Packed, *hands: Any) -> None:
        """Taken back by those who may post."""
        said = {"epoch": epoch, "attempt": self._attempt(msg, distributor), "root": terms[0]}
        self._need_maintainers(msg, distributor, typed_data.WITHDRAWAL, said, *hands)
        msg.call(distributor, "withdraw", epoch, terms, hands[1])

    def zero_out(
        self,
        msg: Msg,
        distributor: str,
        epoch: int,
        terms: Packed,
        leaf: Leaf,
        proof: Proof,
        reason: bytes,
        *hands: Any,
    ) -> None:
        """Somebody is struck out, for a reason."""
        msg.need(reason != NO_HASH, "clerk: no reason")
        said = {"epoch": epoch, "attempt": self._attempt(msg, distributor), "root": terms[0]}
        said |= {"subject": leaf[0], "reasonHash": reason}
        self._need_maintainers(msg, distributor, typed_data.ZERO_OUT, said, *hands)
        self._need_leaf(msg, distributor, epoch, Packed(*terms), leaf, proof)
        msg.call(distributor, "zero_out", epoch, terms, *leaf, reason, hands[1])

    # --- members' signatures --------------------------------------------------------------

    def restore(
        self,
        msg: Msg,
        distributor: str,
        epoch: int,
        terms: Packed,
        subject: bytes,
        place: int,
        reason: bytes,
        *hands: Any,
    ) -> None:
        """Somebody is put back by members who may vote on the distribution, a majority at most."""
        msg.need(reason != NO_HASH, "clerk: no reason")
        said = {"epoch": epoch, "attempt": self._attempt(msg, distributor), "root": terms[0]}
        said |= {"subject": subject, "reasonHash": reason}
        majority = msg.call(msg.call(distributor, "governor"), "member_count") // 2 + 1
        needed = min(msg.call(distributor, "restorers"), majority)
        self._need_signed(msg, distributor, typed_data.RESTORE, said, *hands, needed=needed)
        posted_at = msg.call(distributor, "head")[6]
        governor: Any = msg.world.models[msg.call(distributor, "governor")]
        known = governor.membership()
        for signer in hands[1]:
            votes = known.is_member(signer) and known.was_member(signer, posted_at)
            msg.need(votes, "clerk: not a voter on it")
        msg.call(distributor, "restore", epoch, terms, subject, place, reason, hands[1])

    # --- a payee's signature --------------------------------------------------------------

    def settle_off_chain(
        self,
        msg: Msg,
        distributor: str,
        previous: bytes,
        terms: Packed,
        leaf: Leaf,
        proof: Proof,
        *signed: Any,
    ) -> None:
        """She is paid elsewhere, and says so."""
        reference, deadline, signature = signed
        msg.need(reference != NO_HASH, "clerk: no reference")
        msg.need(msg.now <= deadline, "clerk: signed too late")
        subject = leaf[0]
        self._known(msg, distributor)
        payee = msg.call(distributor, "payee_of", subject)
        epoch = Packed(*terms).epoch
        said = {"epoch": epoch, "subject": subject, "reference": reference}
        said |= {"payee": payee, "deadline": deadline}
        meant = message(typed_data.OFF_CHAIN_SETTLEMENT, distributor, said)
        hers = payee != ZERO and msg.world.signatures.holds(payee, meant, signature)
        msg.need(hers, "clerk: not the payee's word")
        self._need_leaf(msg, distributor, epoch, Packed(*terms), leaf, proof)
        told = (previous, terms, *leaf, payee, reference)
        msg.call(distributor, "settle_off_chain", *told)

    # --- views ----------------------------------------------------------------------------

    def root_of_list(
        self, msg: Msg, distributor: str, epoch: int, leaves: Sequence[tuple[bytes, int]]
    ) -> tuple[bytes, int]:
        """Of a list in order."""
        small = all(cred < MOST_CRED for _, cred in leaves)
        msg.need(small, "clerk: cred too large")
        if not leaves:
            return NO_HASH, 0
        tree = Rows.build(msg.world.chain.chain_id, distributor, epoch, leaves)
        return tree.root, tree.total

    def leaf_hash(
        self, msg: Msg, distributor: str, epoch: int, index: int, subject: bytes, cred: int
    ) -> bytes:
        """Of this distributor on this chain."""
        return leaf_hash(msg.world.chain.chain_id, distributor, epoch, index, subject, cred)

    def pack_policy(self, msg: Msg, earmark: int, policy: Policy) -> tuple[int, int, int]:
        """What a distributor keeps of it."""
        policy = Policy(*policy)
        need_sound(msg, policy)
        return words_of(earmark, policy)

    def pack_terms(self, _: Msg, terms: Terms) -> Packed:
        """As claims carry them."""
        return terms.packed()

    def unpack_terms(self, _: Msg, packed: Packed) -> Terms:
        """For people."""
        return packed.terms

    def hash_of_terms(self, _: Msg, previous: bytes, packed: Packed) -> bytes:
        """The epoch hash."""
        return packed.after(previous)

    def amount_of(self, _: Msg, terms: Terms, cred: int) -> tuple[int, int]:
        """Money and grain, before any cap."""
        return terms.part(terms.pot, cred), terms.part(terms.grain_per_epoch, cred)

    def receive(self, msg: Msg, data: bytes = b"") -> None:
        """It has no door."""
        del data
        msg.need(False, "")

    # --- why not --------------------------------------------------------------------------

    def _known(self, msg: Msg, distributor: str) -> DistributorModel:
        """Where nothing of the kind stands, the call ends without a word."""
        found = msg.world.models.get(distributor)
        if not isinstance(found, DistributorModel):
            raise Refused("")
        return found

    def _attempt(self, msg: Msg, distributor: str) -> int:
        self._known(msg, distributor)
        found: int = msg.call(distributor, "head")[1]
        return found

    def _need_maintainers(
        self,
        msg: Msg,
        distributor: str,
        struct: typed_data.Struct,
        said: dict[str, Any],
        *hands: Any,
    ) -> None:
        """Enough of now."""
        needed = msg.call(distributor, "maintainer_set")[1]
        self._need_signed(msg, distributor, struct, said, *hands, needed=needed)
        for signer in hands[1]:
            theirs = msg.call(distributor, "is_maintainer", signer)
            msg.need(theirs, "clerk: not a maintainer")

    def _need_signed(
        self,
        msg: Msg,
        distributor: str,
        struct: typed_data.Struct,
        said: dict[str, Any],
        deadline: int,
        signers: Sequence[str],
        signatures: Sequence[bytes],
        *,
        needed: int,
    ) -> None:
        """Enough different accounts, in ascending order, in time."""
        msg.need(msg.now <= deadline, "clerk: signed too late")
        msg.need(len(signers) == len(signatures), "clerk: lists differ")
        msg.need(needed and len(signers) >= needed, "clerk: too few signed")
        last = ZERO
        for signer, signature in zip(signers, signatures, strict=True):
            msg.need(int(signer, 16) > int(last, 16), "clerk: signers unsorted")
            last = signer
            meant = message(struct, distributor, said | {"signer": signer, "deadline": deadline})
            hers = msg.world.signatures.holds(signer, meant, signature)
            msg.need(hers, "clerk: bad signature")

    def _need_leaf(
        self, msg: Msg, distributor: str, epoch: int, terms: Packed, leaf: Leaf, proof: Proof
    ) -> None:
        """It is in the tree of that root; whose terms these are, the distributor asks."""
        if not terms.leaf_count:
            raise Refused("")
        subject, index, cred = leaf
        size = siblings_above(index, terms.leaf_count)
        msg.need(size <= len(proof), "clerk: proof too short")
        known = self._known(msg, distributor).trees.get(terms.root)
        there = terms.terms._replace(epoch=epoch)
        proven = known is not None and known.proves(there, index, (subject, cred), proof)
        msg.need(proven, "clerk: wrong proof")
