# SPDX-License-Identifier: AGPL-3.0-only
"""Who is to be paid, by what the chain says now, and the calls that do it.

month = Month.of(coop, posted_epoch, document)       a final epoch and its document
found = look(coop, [month, ...])                     every leaf with its verdict
calls = parts(coop, found, fits)                     one after the other; any may be lost

Nothing is remembered between two runs: whoever runs payday again after a crash looks again. The
contract pays no leaf twice whatever it is sent.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from itertools import pairwise

from millpond.chain.answers import NO_ADDRESS
from millpond.chain.contracts import Method
from millpond.chain.coop import Coop
from millpond.chain.distributions import Terms, whole_list
from millpond.chain.epochs import hash_before, posted_epoch, struck_out
from millpond.chain.paid import PaidLeaf, past_paid_leaves
from millpond.core.distribution import Distribution
from millpond.core.errors import VerifyError
from millpond.core.subjects import Subject
from millpond.core.sum_tree import Proof, SumTree, proof_length
from millpond.core.units import BPS_ALL, floor_share, share_bps

MOST_LISTED = 512
"""Leaves of a whole list, which is its own proof (paydays.vy)."""
MOST_LEAVES = 128
MOST_SIBLINGS = 1_024
MOST_EPOCHS = 16
"""Of one call with proofs."""
TOO_LARGE = 2**96
"""What one person gets together must be below it: larger amounts are claimed one by one."""


class Verdict(StrEnum):
    """What a payday does about a leaf."""

    PAY = "to pay"
    CLAIMED = "claimed before"
    SETTLED = "settled outside the chain"
    STRUCK = "struck out in the review"
    BELOW = "below the minimum"
    TOO_LARGE = "too large for a payday"
    WAITING = "waiting for an account"
    PART = "a part of the pool"


@dataclass(frozen=True)
class Month:
    """A final epoch, its document, and the hash of the epoch before it."""

    terms: Terms
    document: Distribution
    previous: bytes

    @classmethod
    def of(cls, coop: Coop, terms: Terms, document: Distribution) -> "Month":
        """`VerifyError` unless this is the document of that epoch."""
        if (document.epoch, document.root) != (terms.epoch, terms.root):
            raise VerifyError(
                f"the document that lies here is not the one that was posted as epoch "
                f"{terms.epoch}",
                "fetch the posted one by its hash and put it there",
            )
        return cls(terms, document, hash_before(coop, terms.epoch))

    @cached_property
    def tree(self) -> SumTree:
        """Its proofs."""
        return self.document.tree()


@dataclass(frozen=True)
class Line:
    """One leaf of one epoch."""

    month: Month
    index: int
    subject: Subject
    cred: int
    amount: int
    verdict: Verdict

    @property
    def proof_length(self) -> int:
        """How many siblings prove it."""
        return proof_length(self.index, self.month.terms.leaf_count)


@dataclass(frozen=True)
class Call:
    """One transaction, and the leaves that it is for."""

    method: Method
    arguments: tuple[object, ...]
    lines: tuple[Line, ...]


def look(coop: Coop, months: Sequence[Month]) -> list[Line]:
    """Every leaf of these consecutive epochs, with what it gets and what is to be done about it.

    Leaves of one person in one asset add up: together they may reach the minimum, as far as one
    call can hold their epochs.
    """
    paid = past_paid_leaves(coop.distributor, coop.since)
    done = _done(coop, paid)
    rest: dict[tuple[Subject, str, int], list[Line]] = defaultdict(list)
    found, first = [], min((month.terms.epoch for month in months), default=0)
    for line in _lines(coop, months, paid, done):
        if line.verdict is Verdict.PAY:
            terms = line.month.terms
            window = (terms.epoch - first) // MOST_EPOCHS
            rest[line.subject, terms.asset, window].append(line)
        else:
            found.append(line)
    for lines in rest.values():
        found += _decided(coop, lines)
    return sorted(found, key=lambda line: (line.subject, line.month.terms.epoch))


def counts(lines: Iterable[Line]) -> dict[str, int]:
    """How many leaves of each verdict."""
    return dict(sorted(Counter(str(line.verdict) for line in lines).items()))


def parts(coop: Coop, lines: Sequence[Line], fits: Callable[[Call], bool]) -> Iterator[Call]:
    """The calls that pay all that are to be paid. `fits` says whether one transaction holds it.

    A small circle's epoch is paid by its list, everything else by proofs.
    """
    due = [line for line in lines if line.verdict is Verdict.PAY]
    first = min((line.month.terms.epoch for line in lines), default=0)
    epochs = {line.month.terms.epoch for line in due}
    if len(epochs) == 1 and due[0].month.terms.leaf_count <= MOST_LISTED:
        listed = [line for line in lines if line.month.terms.epoch in epochs]
        ends = _ends(listed)
        yield from _cut(due, lambda part: _by_list(coop, part, ends), fits)
        return
    for window in _windows(due, first):
        for of_one in _by_asset(window):
            for batch in _batches(of_one):
                yield from _cut(batch, lambda part: _by_proofs(coop, part), fits)


def _done(coop: Coop, paid: Sequence[PaidLeaf]) -> dict[tuple[bytes, int], Verdict]:
    """What has become of leaves, by subject and epoch."""
    found = {(leaf.subject, leaf.epoch): Verdict.CLAIMED for leaf in paid}
    for event in coop.distributor.past_events("SettledOffChain", coop.since):
        found[event.args["subject"], event.args["epoch"]] = Verdict.SETTLED
    return found


def _lines(
    coop: Coop,
    months: Sequence[Month],
    paid: Sequence[PaidLeaf],
    done: dict[tuple[bytes, int], Verdict],
) -> Iterator[Line]:
    for month in months:
        struck, room = _struck(coop, month.terms), _Room(month, paid)
        for index, (subject, cred) in enumerate(month.document.leaves):
            epoch = month.terms.epoch
            verdict = done.get((subject, epoch), Verdict.PAY)
            verdict = Verdict.STRUCK if subject in struck else verdict
            amount = room.take(subject, cred) if verdict is Verdict.PAY else 0
            yield Line(month, index, subject, cred, amount, verdict)


def _struck(coop: Coop, terms: Terms) -> set[bytes]:
    if not terms.excluded:
        return set()
    return set(struck_out(coop, terms.epoch, terms.attempt))


class _Room:
    """What a leaf gets, with what is left of each maintainer's cap, as the contract counts it."""

    def __init__(self, month: Month, paid: Sequence[PaidLeaf]) -> None:
        terms = self._terms = month.terms
        self._owner: dict[bytes, str] = {}
        self._room: dict[str, int] = {}
        if terms.signer_cap_bps == BPS_ALL:
            return
        limit = share_bps(terms.pot, terms.signer_cap_bps)
        for who in month.document.signers:
            self._room[who.account] = limit
            self._owner |= dict.fromkeys(who.subjects, who.account)
        for leaf in paid:
            owner = self._owner.get(leaf.subject)
            if owner is not None and leaf.epoch == terms.epoch:
                self._room[owner] -= leaf.amount

    def take(self, subject: bytes, cred: int) -> int:
        amount = int(floor_share(self._terms.pot, cred, self._terms.shared_cred))
        owner = self._owner.get(subject)
        if owner is None:
            return amount
        amount = min(amount, self._room[owner])
        self._room[owner] -= amount
        return amount


def _decided(coop: Coop, lines: list[Line]) -> Iterator[Line]:
    """One person's unclaimed leaves in one asset: all of them if together they are enough."""
    least = max(line.month.terms.minimum for line in lines)
    together = sum(line.amount for line in lines) >= least
    paid = [line for line in lines if together or line.amount >= line.month.terms.minimum]
    verdict = Verdict.BELOW
    if paid:
        verdict = _payable(coop, lines[0].subject, sum(line.amount for line in paid))
    for line in lines:
        said = verdict if line in paid else Verdict.BELOW
        yield Line(line.month, line.index, line.subject, line.cred, line.amount, said)


def _payable(coop: Coop, subject: Subject, amount: int) -> Verdict:
    if amount >= TOO_LARGE:
        return Verdict.TOO_LARGE
    payee = str(coop.distributor.payee_of(subject))
    if payee == NO_ADDRESS:
        return Verdict.WAITING
    return Verdict.PART if payee in (coop.pool.address, coop.grain.address) else Verdict.PAY


def _windows(due: Sequence[Line], first: int) -> Iterator[list[Line]]:
    """Parts whose epochs go into one call: 16 consecutive ones at most."""
    found: dict[int, list[Line]] = defaultdict(list)
    for line in due:
        found[(line.month.terms.epoch - first) // MOST_EPOCHS].append(line)
    yield from found.values()


def _by_asset(lines: Iterable[Line]) -> Iterator[list[Line]]:
    """A call pays leaves of one earmark in one asset."""
    found: dict[tuple[int, str], list[Line]] = defaultdict(list)
    for line in lines:
        found[line.month.terms.earmark, line.month.terms.asset].append(line)
    yield from found.values()


def _people(lines: Iterable[Line]) -> Iterator[list[Line]]:
    """The leaves that are one payout: they stay in one call."""
    kept: list[Line] = []
    for line in lines:
        if kept and kept[-1].subject != line.subject:
            yield kept
            kept = []
        kept.append(line)
    if kept:
        yield kept


def _batches(lines: Sequence[Line]) -> Iterator[list[Line]]:
    batch: list[Line] = []
    siblings = 0
    for person in _people(lines):
        more = sum(line.proof_length for line in person)
        if batch and (len(batch) + len(person) > MOST_LEAVES or siblings + more > MOST_SIBLINGS):
            yield batch
            batch, siblings = [], 0
        batch += person
        siblings += more
    if batch:
        yield batch


def _cut(
    lines: Sequence[Line], make: Callable[[Sequence[Line]], Call], fits: Callable[[Call], bool]
) -> Iterator[Call]:
    """One call if a transaction holds it, else two halves, and so on down to one person."""
    call, people = make(lines), list(_people(lines))
    if len(people) < 2 or fits(call):  # noqa: PLR2004  one person is never cut
        yield call
        return
    middle = len(people) // 2
    for half in (people[:middle], people[middle:]):
        yield from _cut([line for person in half for line in person], make, fits)


def _ends(listed: Sequence[Line]) -> dict[int, tuple[int, int]]:
    """For each leaf to pay, where the part of the list begins and ends that it alone would need.

    The first payday goes through the whole list, so that the chain says of every leaf why it was
    not paid; later ones only through what is between those to pay.
    """
    due = [line.index for line in listed if line.verdict is Verdict.PAY]
    if any(line.verdict is Verdict.CLAIMED for line in listed):
        return {index: (index, index + 1) for index in due}
    starts = [0, *due[1:]]
    return dict(zip(due, zip(starts, [*due[1:], len(listed)], strict=True), strict=True))


def _by_list(coop: Coop, lines: Sequence[Line], ends: dict[int, tuple[int, int]]) -> Call:
    month = lines[0].month
    first, end = ends[lines[0].index][0], ends[lines[-1].index][1]
    arguments = (month.previous, month.terms.packed, whole_list(month.document), first, end)
    return Call(coop.distributor.payday, arguments, tuple(lines))


def _by_proofs(coop: Coop, lines: Sequence[Line]) -> Call:
    """Epochs from the first to the last that these leaves are of, without a gap."""
    months = {line.month.terms.epoch: line.month for line in lines}
    epochs = sorted(months)
    span = _between(coop, months, epochs)
    leaves, proofs = [], Proof()
    for line in _by_epoch(lines):
        at = line.month.terms.epoch - epochs[0]
        leaves.append((line.subject, at, line.index, line.cred))
        proofs += line.month.tree.proof(line.index)
    arguments = (months[epochs[0]].previous, span, leaves, proofs)
    return Call(coop.distributor.claim_many, arguments, tuple(lines))


def _between(coop: Coop, months: dict[int, Month], epochs: Sequence[int]) -> list[object]:
    """Their packed terms in turn; what lies between two of them comes from the chain."""
    found: list[object] = [months[epochs[0]].terms.packed]
    for one, next_one in pairwise(epochs):
        found += [
            posted_epoch(coop, epoch).require_final().packed for epoch in range(one + 1, next_one)
        ]
        found.append(months[next_one].terms.packed)
    return found


def _by_epoch(lines: Sequence[Line]) -> list[Line]:
    """A person's leaves side by side, epochs ascending: those are one payout."""
    return [
        line
        for person in _people(lines)
        for line in sorted(person, key=lambda x: x.month.terms.epoch)
    ]
