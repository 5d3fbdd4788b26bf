# SPDX-License-Identifier: AGPL-3.0-only
"""Who was paid what by a pool, from its events in order; each leaf at most once."""

from collections import defaultdict, deque
from collections.abc import Callable, Collection
from dataclasses import dataclass, field, replace

from millpond.chain import abi
from millpond.chain.abi import Event
from millpond.chain.answers import Address
from millpond.chain.client import Client
from millpond.chain.entries import Known
from millpond.core.books.entries import Place
from millpond.core.books.payees import How, PaidLeaves, Payment, Share
from millpond.core.errors import BadInput
from millpond.core.subjects import from_hex, to_hex

_FOR_MANY = {"payday", "claim_many"}


@dataclass
class Payments:
    """All payments so far. Patrons' reclaims and refunded buy-ins are none: nobody earned them."""

    known: Known
    found: list[Payment] = field(default_factory=list)
    leaves: PaidLeaves = field(default_factory=PaidLeaves)
    _last: int | None = None
    """Which payment the Pool has just made: if it fails, the next thing said is that it is owed."""
    _claimed: dict[int, int] = field(default_factory=dict)
    """Earmark -> its newest payment by cred."""
    _to_send: dict[int, deque[int]] = field(default_factory=lambda: defaultdict(deque))
    """Earmark -> payments by cred whose money is not sent yet: a payday sends all at its end."""

    def add(self, event: Event, place: Place) -> None:
        """Take one event of any of the pool's contracts."""
        take = {
            ("Pool", "Spent"): self._spent,
            ("Pool", "Released"): self._released,
            ("Pool", "Reclaimed"): self._reclaimed,
            ("Pool", "Owed"): self._owed,
            ("CredDistributor", "Claimed"): self._claim,
            ("CredDistributor", "GrainWithheld"): self._withheld,
            ("CredDistributor", "SettledOffChain"): self._settled,
        }.get((place.contract, event.name))
        if take is not None:
            take(event, place)

    def _spent(self, event: Event, place: Place) -> None:
        to, asset, amount = (event.args[name] for name in ("to", "asset", "amount"))
        if to == self.known.governor:
            self._last = None
            return
        worth = self.known.worth(asset, amount)
        earmark = event.args["earmark_id"]
        self._last = len(self.found)
        self.found.append(Payment(place, earmark, to, to, asset, (), amount, worth, 0, How.VOTE))

    def _released(self, event: Event, _: Place) -> None:
        waiting = self._to_send[event.args["earmark_id"]]
        self._last = waiting.popleft() if waiting else None

    def _reclaimed(self, _: Event, __: Place) -> None:
        self._last = None

    def _owed(self, _: Event, __: Place) -> None:
        if self._last is not None:
            self.found[self._last] = replace(self.found[self._last], how=How.OWED)

    def _claim(self, event: Event, place: Place) -> None:
        earmark = self.known.earmark_of(event.address)
        subject = to_hex(event.args["subject"])
        shares = tuple(Share(s.epoch, s.amount, s.grain) for s in event.args["shares"])
        if not shares:
            return  # a payout of nothing
        for share in shares:
            self.leaves.add(earmark, share.epoch, subject, place)
        asset = self.known.asset_of(event.address, shares[0].epoch)
        amount = sum(share.amount for share in shares)
        self._claimed[earmark] = len(self.found)
        if amount:
            self._to_send[earmark].append(len(self.found))
        self.found.append(
            Payment(
                place=place,
                earmark=earmark,
                payee=event.args["payee"],
                to=event.args["to"],
                asset=asset,
                shares=shares,
                amount=amount,
                received=self.known.worth(asset, amount),
                grain=sum(share.grain for share in shares),
                how=How.CLAIMED,
                subject=subject,
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


def with_paydays(
    client: Client,
    payments: Collection[Payment],
    distributors: Collection[Address],
    on_progress: Callable[[int, int], None] = lambda _, __: None,
) -> list[Payment]:
    """The payments, of which those that a payday made say so. Asks for one transaction each.

    What came through a wallet contract counts as claimed: its call is its own.
    """
    many: dict[str, bool] = {}
    found = []
    for done, payment in enumerate(payments):
        on_progress(done, len(payments))
        if payment.how is How.CLAIMED:
            transaction = payment.place.transaction
            if transaction not in many:
                many[transaction] = _is_for_many(client, transaction, distributors)
            how = How.PAYDAY if many[transaction] else How.CLAIMED
            found.append(replace(payment, how=how))
        else:
            found.append(payment)
    return found


def _is_for_many(client: Client, transaction: str, distributors: Collection[Address]) -> bool:
    found = client.transaction(from_hex(transaction, 32))
    if found.to not in distributors:
        return False
    try:
        function, _ = abi.load("CredDistributor").decode_call(found.data)
    except BadInput:
        return False
    return function.name in _FOR_MANY
