# SPDX-License-Identifier: AGPL-3.0-only
"""Any tree as a final epoch of one real distributor, ten thousand of them in seconds.

`post` goes the whole way: signed, posted, final. `put` takes the first epoch that went it and
writes the one word that `finalise` leaves of an epoch, the hash of its terms, for the same terms
with another root, total and leaf count; nothing on that way looks at those three. The calls are
spelled word by word: their lists have elements of one size, and the codec of the bench is four
fifths of the time otherwise.

The subjects are identities that no account is linked to, so a leaf that is proven is reported as
not paid (`LeafSkipped`), and any number of claims of it can be tried.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from eth_utils.crypto import keccak

from tests.contracts.distributors import MONTH, Epoch, Mill
from tests.contracts.evm import GAS_LIMIT, Evm, Reverted, address_of
from tests.core.sum_trees import Claim, Leaves, Place

WAITING, BELOW_MINIMUM = 2, 3
MOST_CLAIMED = 128
U32 = 2**32 - 1
U128 = 2**128 - 1
CLAIM_MANY = keccak(
    text="claim_many(bytes32,(bytes32,uint256,uint256,uint256,uint256)[],"
    "(bytes32,uint256,uint256,uint256)[],(bytes32,uint256)[])"
)[:4]
PAYDAY = keccak(
    text="payday(bytes32,(bytes32,uint256,uint256,uint256,uint256),(bytes32,uint256)[],"
    "uint256,uint256)"
)[:4]
LEAF_SKIPPED = keccak(text="LeafSkipped(bytes32,uint256,uint256)")

Word = bytes | int
Words = tuple[Word, ...]


@dataclass(frozen=True)
class Final:
    """A root that is final: where its leaves count, and the terms that lead to it."""

    place: Place
    previous: bytes
    packed: Words


class Distributor:
    """One mill whose epochs are trees."""

    def __init__(self, evm: Evm) -> None:
        self.mill = Mill(evm)
        self.mill.set_up(season=1_000)
        self.mill.open(self.mill.policy(minimum=1))
        any_tree = self.mill.tree({bytes(31) + b"\x01": 1})
        self._first = self.post(self.place(), any_tree.root, 1, 1)
        self._slot = self._slot_of(self.mill.distributor.epoch_hash_of(1))

    def _slot_of(self, worth: bytes) -> int:
        """The one word of the distributor that holds this."""
        _, _, slots = self.mill.evm.state()[self.mill.distributor.address.lower()]
        (found,) = (int(at) for at, held in slots.items() if int(held) == int.from_bytes(worth))
        return found

    def place(self) -> Place:
        """Where the leaves of the next posted epoch count."""
        mill = self.mill
        number = mill.distributor.head().finalised + 1
        return Place(mill.evm.chain_id, mill.distributor.address, number)

    @property
    def first(self) -> Place:
        """Where the leaves of whatever is put count: in epoch 1."""
        return self._first.place

    def post(self, place: Place, root: bytes, total: int, count: int) -> Final:
        """A root, a total and a leaf count that two maintainers sign, whatever they are."""
        mill = self.mill
        mill.give(1)
        mill.evm.warp(MONTH)
        any_tree = mill.tree({bytes(31) + b"\x01": 1}, place.epoch)
        draft = mill.draft(any_tree, root=root, total_cred=total, leaf_count=count)
        proposal_id = mill.clerk.post(mill.distributor, *mill.signed(draft), sender=mill.relayer)
        (log,) = mill.events("DistributionPosted")
        epoch = Epoch(any_tree, dict(log.args["terms"]._asdict()), proposal_id)
        mill.finalise(epoch)
        return Final(place, epoch.previous, tuple(epoch.packed))

    def put(self, root: bytes, total: int, count: int) -> Final:
        """The same, in the place of epoch 1, without the way."""
        place, previous, (_, pot, asset, counts, review) = (
            self._first.place, self._first.previous, self._first.packed
        )  # fmt: skip
        assert isinstance(pot, int)
        assert isinstance(counts, int)
        pot, counts = pot & ~U128 | total, counts & ~(U32 << 96) | count << 96
        packed: Words = (root, pot, asset, counts, review)
        found = keccak(spelled((previous, keccak(spelled(packed[:4])), review)))
        machine = self.mill.evm._vm  # noqa: SLF001  (ten thousand reviews would take minutes)
        own = self.mill.distributor.address
        machine.insert_account_storage(own, self._slot, int.from_bytes(found))
        return Final(place, previous, packed)

    def pay_listed(self, final: Final, leaves: Leaves) -> None:
        """A payday of the first leaf alone, by the whole list, whose root is computed again."""
        self._send(PAYDAY, (final.previous,), final.packed, list(leaves), (0,), (1,))

    def takes(self, final: Final, claims: Sequence[Claim]) -> bool:
        """Whether the contract takes these claims, all of them in one call."""
        leaves: list[Words] = [(claim.subject, 0, claim.index, claim.cred) for claim in claims]
        proof: list[Words] = [step for claim in claims for step in claim.proof]
        try:
            self._send(CLAIM_MANY, (final.previous,), [final.packed], leaves, proof)
        except Reverted:
            return False
        reasons = self._skipped()
        assert len(reasons) == len(claims)
        assert set(reasons) <= {WAITING, BELOW_MINIMUM}
        return True

    def nothing_was_paid(self, final: Final) -> bool:
        """No leaf of an epoch is booked as paid."""
        paid: int = self.mill.distributor.paid_of(final.place.epoch)
        return paid == 0

    def _send(self, selector: bytes, *arguments: Words | list[Words]) -> None:
        """One transaction; `Evm.call` would take each of its events apart."""
        mill = self.mill
        machine, sender = mill.evm._vm, address_of(mill.relayer)  # noqa: SLF001  (said above)
        data = selector + encoded(*arguments)
        own = mill.distributor.address
        try:
            machine.message_call(sender, own, data, 0, GAS_LIMIT, None, False)
        except RuntimeError as error:
            raise Reverted(str(error)) from None
        finally:
            machine.reset_transient_storage()

    def _skipped(self) -> list[int]:
        """Why each leaf of the last transaction was not paid."""
        result = self.mill.evm._vm.result  # noqa: SLF001  (said above)
        assert result is not None
        found = [log.data for log in result.logs]
        return [int.from_bytes(data) for topics, data in found if topics[0] == LEAF_SKIPPED]


def spelled(words: Words) -> bytes:
    """Words one after another."""
    return b"".join(w if isinstance(w, bytes) else w.to_bytes(32) for w in words)


def encoded(*arguments: Words | list[Words]) -> bytes:
    """Arguments as a contract takes them: values of some words, and lists of such values."""
    behind = sum(1 if isinstance(each, list) else len(each) for each in arguments) * 32
    head, tail = b"", b""
    for each in arguments:
        if isinstance(each, list):
            head += (behind + len(tail)).to_bytes(32)
            tail += len(each).to_bytes(32) + b"".join(map(spelled, each))
        else:
            head += spelled(each)
    return head + tail
