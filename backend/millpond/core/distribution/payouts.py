# SPDX-License-Identifier: AGPL-3.0-only
"""From cred to money: `D[c] / sum(D) * R * p`, to the last unit, as the contract computes it.

Every amount is floored and what rounding leaves stays in the pot as dust. The minimum payout only
sorts the leaves into paid now and carried: what is carried stays claimable and adds up over epochs.
A signer's cap binds the sum over all her subjects; here her leaves fill it in the order of their
index.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from millpond.core.distribution.model import Distribution
from millpond.core.errors import BadInput, BooksError
from millpond.core.policies import owned_by
from millpond.core.subjects import Subject
from millpond.core.units import Amount, MicroCred, floor_share, share_bps, whole


@dataclass(frozen=True, slots=True)
class Payout:
    """One leaf's money. `amount` is what it gets, after the cap; `capped` what the cap took."""

    index: int
    subject: Subject
    identity: str | None
    cred: MicroCred
    amount: Amount
    capped: Amount
    grain: Amount
    above_minimum: bool


@dataclass(frozen=True, slots=True)
class Payouts:
    """All rows of an epoch and their sums: paid + carried + capped + dust = pot."""

    pot: Amount
    shared_cred: MicroCred
    rows: tuple[Payout, ...]
    paid: Amount
    carried: Amount
    capped: Amount
    dust: Amount
    grain: Amount
    grain_dust: Amount

    @property
    def above(self) -> tuple[Payout, ...]:
        """The rows payday pays."""
        return tuple(row for row in self.rows if row.above_minimum)

    @property
    def below(self) -> tuple[Payout, ...]:
        """The rows that are carried."""
        return tuple(row for row in self.rows if not row.above_minimum)


def epoch_pot(received: int, p_bps: int, carry: int, unreserved: int) -> Amount:
    """min(floor(R * p) + carry, what the pot's earmark holds unreserved).

    `received` is R, the income since the baseline; all in smallest units, p in basis points.
    """
    wished = share_bps(received, p_bps) + whole(carry, "the carry")
    return Amount(min(wished, whole(unreserved, "the unreserved balance")))


def shared_cred(distribution: Distribution, excluded: Collection[bytes]) -> MicroCred:
    """total - excluded: the cred that shares the pot.

    `BadInput` for a subject without a leaf, or if nothing is left.
    """
    cred = dict(distribution.leaves)
    unknown = [subject for subject in excluded if subject not in cred]
    if unknown:
        raise BadInput(
            f"0x{unknown[0].hex()} has no leaf that could be zeroed",
            "name subjects of this distribution's leaves",
        )
    rest = distribution.total - sum(cred[Subject(subject)] for subject in set(excluded))
    if rest <= 0:
        raise BadInput("nobody is left to share the pot", "the contract keeps at least one leaf")
    return MicroCred(rest)


def payouts(
    distribution: Distribution,
    pot: int,
    grain_pot: int,
    minimum: int,
    excluded: Collection[bytes] = (),
) -> Payouts:
    """What every leaf gets of a pot. `excluded` are the leaves zeroed on chain: they have no row.

    pot and minimum in the asset's smallest unit, grain_pot in the grain's. Raises `BooksError` if
    the rows do not add up to the pot, which no input can bring about.
    """
    whole(minimum, "the minimum payout")
    shared = shared_cred(distribution, excluded)
    room, names = _Caps(distribution, pot), {p.subject: p.identity for p in distribution.people}
    rows = []
    for index, (subject, cred) in enumerate(distribution.leaves):
        if subject in excluded:
            continue
        due = floor_share(pot, cred, shared)
        amount = room.take(subject, due)
        rows.append(
            Payout(
                index=index,
                subject=subject,
                identity=names.get(subject),
                cred=cred,
                amount=amount,
                capped=Amount(due - amount),
                grain=floor_share(grain_pot, cred, shared),
                above_minimum=amount >= minimum,
            )
        )
    return add_up(pot, grain_pot, shared, rows)


class _Caps:
    """How much each signer may still take: floor(pot * cap / 10,000) over all her subjects."""

    def __init__(self, distribution: Distribution, pot: int) -> None:
        limit = share_bps(pot, distribution.signer_cap_bps)
        self._owner = {
            subject: each.account
            for each in distribution.signers
            for subject in owned_by(each.account, each.subjects)
        }
        self._room = {each.account: limit for each in distribution.signers}

    def take(self, subject: Subject, due: Amount) -> Amount:
        account = self._owner.get(subject)
        if account is None:
            return due
        taken = min(due, self._room[account])
        self._room[account] = Amount(self._room[account] - taken)
        return taken


def _sum(amounts: Iterable[int]) -> Amount:
    return Amount(sum(amounts))


def add_up(pot: int, grain_pot: int, shared: MicroCred, rows: list[Payout]) -> Payouts:
    paid = _sum(row.amount for row in rows if row.above_minimum)
    carried = _sum(row.amount for row in rows if not row.above_minimum)
    capped, grain = _sum(row.capped for row in rows), _sum(row.grain for row in rows)
    dust, grain_dust = pot - paid - carried - capped, grain_pot - grain
    # Each floor loses less than one unit, so the dust is under one unit for each row.
    if not (0 <= dust < len(rows) and 0 <= grain_dust < len(rows)):
        raise BooksError(
            f"the payouts leave {dust} of the pot and {grain_dust} of the grain over",
            "do not pay anything; report this with the distribution document",
        )
    return Payouts(
        pot=Amount(pot),
        shared_cred=shared,
        rows=tuple(rows),
        paid=paid,
        carried=carried,
        capped=capped,
        dust=Amount(dust),
        grain=grain,
        grain_dust=Amount(grain_dust),
    )
