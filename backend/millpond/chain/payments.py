# SPDX-License-Identifier: AGPL-3.0-only
"""Who was paid what by a pool, from its events in order; each leaf at most once."""

from collections import defaultdict, deque
from dataclasses import dataclass, field, replace
from itertools import groupby

from millpond.chain.abi import Event
from millpond.chain.entries import Known
from millpond.chain.paid import PaidLeaf, paid_leaves
from millpond.core.books.entries import Place
from millpond.core.books.payees import How, PaidLeaves, Payment, Share
from millpond.core.subjects import to_hex


@dataclass
class Payments:
    """All payments so far. Patrons' reclaims and refunded buy-ins are none: nobody earned them."""

    known: Known
    found: list[Payment] = field(default_factory=list)
    leaves: PaidLeaves = field(default_factory=PaidLeaves)
    _sent: list[int] = field(default_factory=list)
    """The payments that the Pool has just made, in order: those that fail are said to be owed."""
    _claimed: dict[int, int] = field(default_factory=dict)
    """Earmark -> what was claimed there last."""
    _to_send: dict[int, deque[int]] = field(default_factory=lambda: defaultdict(deque))
    """Earmark -> payments by cred whose money is not sent yet: a payday sends all at its end."""

    def add(self, event: Event, place: Place) -> None:
        """Take one event of any of the pool's contracts."""
        take = {
            ("Pool", "Spent"): self._spent,
            ("Pool", "Released"): self._released,
            ("Pool", "ReleasedMany"): self._released_many,
            ("Pool", "Reclaimed"): self._reclaimed,
            ("Pool", "Owed"): self._owed,
            ("CredDistributor", "Claimed"): self._paid,
            ("CredDistributor", "PaidOut"): self._paid,
            ("CredDistributor", "GrainWithheld"): self._withheld,
            ("CredDistributor", "SettledOffChain"): self._settled,
        }.get((place.contract, event.name))
        if take is not None:
            take(event, place)

    def _spent(self, event: Event, place: Place) -> None:
        to, asset, amount = (event.args[name] for name in ("to", "asset", "amount"))
        self._sent = []
        if to == self.known.governor:
            return
        worth = self.known.worth(asset, amount)
        earmark = event.args["earmark_id"]
        self._sent = [len(self.found)]
        self.found.append(Payment(place, earmark, to, to, asset, (), amount, worth, 0, How.VOTE))

    def _released(self, event: Event, _: Place) -> None:
        self._send(event.args["earmark_id"], 1)

    def _released_many(self, event: Event, _: Place) -> None:
        self._send(event.args["earmark_id"], len(event.args["batch"]))

    def _send(self, earmark: int, count: int) -> None:
        """The Pool pays so many at once: in the order in which the distributor told of them."""
        waiting = self._to_send[earmark]
        self._sent = [waiting.popleft() for _ in range(min(count, len(waiting)))]

    def _reclaimed(self, _: Event, __: Place) -> None:
        self._sent = []

    def _owed(self, event: Event, place: Place) -> None:
        """Failed payments are told in the order of the batch, by account and amount."""
        failed = event.args["account"], event.args["amount"]
        for at, number in enumerate(self._sent):
            payment = self.found[number]
            if (payment.to, payment.amount) == failed and _together(payment.place, place):
                self.found[number] = replace(payment, how=How.OWED)
                del self._sent[: at + 1]
                return

    def _paid(self, event: Event, place: Place) -> None:
        """A claim or a payday. The leaves of a subject that are side by side are one payment."""
        item = 0
        for _, group in groupby(paid_leaves([event]), lambda leaf: leaf.subject):
            leaves = list(group)
            self._pay(leaves, event, place, item)
            item += len(leaves)

    def _pay(self, leaves: list[PaidLeaf], event: Event, place: Place, item: int) -> None:
        earmark, first = self.known.earmark_of(event.address), leaves[0]
        subject = to_hex(first.subject)
        for leaf in leaves:
            self.leaves.add(earmark, leaf.epoch, subject, place)
        asset = self.known.asset_of(event.address, first.epoch)
        amount = sum(leaf.amount for leaf in leaves)
        if event.name == "Claimed":
            self._claimed[earmark] = len(self.found)
        if amount:
            self._to_send[earmark].append(len(self.found))
        self.found.append(
            Payment(
                place=place,
                earmark=earmark,
                payee=first.payee,
                to=first.to,
                asset=asset,
                shares=tuple(Share(leaf.epoch, leaf.amount, leaf.grain) for leaf in leaves),
                amount=amount,
                received=self.known.worth(asset, amount),
                grain=sum(leaf.grain for leaf in leaves),
                how=How.CLAIMED if event.name == "Claimed" else How.PAYDAY,
                subject=subject,
                item=item,
            )
        )

    def _withheld(self, event: Event, _: Place) -> None:
        """The claim that was just told of came without its grain."""
        number = self._claimed.get(self.known.earmark_of(event.address))
        if number is None:
            return  # nothing was claimed: the check of grain finds it
        without = tuple(replace(share, grain=0) for share in self.found[number].shares)
        self.found[number] = replace(self.found[number], shares=without, grain=0)

    def _settled(self, event: Event, place: Place) -> None:
        earmark, epoch = self.known.earmark_of(event.address), event.args["epoch"]
        subject, payee = to_hex(event.args["subject"]), event.args["payee"]
        amount, grain = event.args["amount"], event.args["grain"]
        self.leaves.add(earmark, epoch, subject, place)
        asset = self.known.asset_of(event.address, epoch)
        shares = (Share(epoch, amount, grain),)
        self.found.append(
            Payment(
                place,
                earmark,
                payee,
                payee,
                asset,
                shares,
                amount,
                amount,
                grain,
                How.FIAT,
                subject,
            )
        )


def _together(one: Place, other: Place) -> bool:
    return one.transaction == other.transaction
