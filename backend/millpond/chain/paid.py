# SPDX-License-Identifier: AGPL-3.0-only
"""The leaves that a distributor has paid, and the payments of a batch: the one reader of both.

    paid_leaves(events)                 of events at hand, in their order
    paid_in(distributor, receipt)       of one transaction
    past_paid_leaves(distributor, 0)    of the chain, in its order

`claim` says `Claimed` for each payout, with a word for each of its epochs; a payday says `PaidOut`
for up to 128 leaves, one after the other. Source: contracts/modules/payouts.vy, paydays.vy,
promises.vy.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from millpond.chain.abi import Event
from millpond.chain.answers import Address, Receipt
from millpond.chain.contracts import Contract
from millpond.core.subjects import checksum_address

_ACCOUNT_BITS = 160
_EPOCH_BITS, _GRAIN_BITS = 32, 96


@dataclass(frozen=True, slots=True)
class PaidLeaf:
    """One leaf that was paid: amount in the asset's smallest unit, grain in 18 decimals."""

    subject: bytes
    epoch: int
    payee: Address
    """Whose it was."""
    to: Address
    """Where it went: to the payee, unless she named another account."""
    amount: int
    grain: int
    event: Event


def payment_of(word: int) -> tuple[Address, int]:
    """Whom a word of a batch pays, and how much: amount << 160 | account."""
    account = word & (1 << _ACCOUNT_BITS) - 1
    return Address(checksum_address(account.to_bytes(20, "big"))), amount_of(word)


def amount_of(word: int) -> int:
    """How much a word of a batch pays; to spell the address takes fifty times as long."""
    return word >> _ACCOUNT_BITS


def share_of(word: int) -> tuple[int, int, int]:
    """Epoch, amount and grain of one leaf of a claim: amount << 128 | grain << 32 | epoch."""
    epoch, grain = word & (1 << _EPOCH_BITS) - 1, word >> _EPOCH_BITS & (1 << _GRAIN_BITS) - 1
    return epoch, word >> _EPOCH_BITS + _GRAIN_BITS, grain


def paid_leaves(events: Iterable[Event]) -> Iterator[PaidLeaf]:
    """The leaves that these events of a distributor tell of; whatever else it said is let by."""
    for event in events:
        read = _READ.get(event.name)
        if read is not None:
            yield from read(event)


def paid_in(distributor: Contract, receipt: Receipt) -> list[PaidLeaf]:
    """The leaves that one transaction paid."""
    return list(paid_leaves(distributor.events(receipt)))


def past_paid_leaves(distributor: Contract, since: int) -> list[PaidLeaf]:
    """All leaves that were paid from a block on, in the order of the chain."""
    events = [event for name in _READ for event in distributor.past_events(name, since)]
    return list(paid_leaves(sorted(events, key=_place)))


def _place(event: Event) -> tuple[int, int]:
    return event.log.block_number, event.log.index


def _claimed(event: Event) -> Iterator[PaidLeaf]:
    args = event.args
    for word in args["shares"]:
        epoch, amount, grain = share_of(word)
        yield PaidLeaf(
            subject=args["subject"],
            epoch=epoch,
            payee=args["payee"],
            to=args["to"],
            amount=amount,
            grain=grain,
            event=event,
        )


def _paid_out(event: Event) -> Iterator[PaidLeaf]:
    for leaf in event.args["leaves"]:
        payee, amount = payment_of(leaf.payment)
        yield PaidLeaf(
            subject=leaf.subject,
            epoch=leaf.grain & (1 << _ACCOUNT_BITS) - 1,
            payee=payee,
            to=payee,
            amount=amount,
            grain=leaf.grain >> _ACCOUNT_BITS,
            event=event,
        )


_READ: Mapping[str, Callable[[Event], Iterator[PaidLeaf]]] = {
    "Claimed": _claimed,
    "PaidOut": _paid_out,
}
