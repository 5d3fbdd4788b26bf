# SPDX-License-Identifier: AGPL-3.0-only
"""What became of one pot, and what the pool has: the statement of an epoch.

Every unit of a pot is somewhere: paid, taken off by a maintainer's cap, settled outside of the
chain, left over when the claims were closed, or still waiting. `EpochStatement` refuses to exist
otherwise.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from millpond.core.books.commodities import Commodity
from millpond.core.errors import BooksError
from millpond.core.figures import instant, percent
from millpond.core.units import format_cred

_WIDE, _NAME = 80, 34


@dataclass(frozen=True)
class Holding:
    """What one earmark has of one asset."""

    earmark: int
    commodity: Commodity
    balance: int
    reserved: int


@dataclass(frozen=True)
class Struck:
    """A leaf that the maintainers struck out of the review, and whether members restored it."""

    subject: str
    cred: int
    restored: bool


@dataclass(frozen=True)
class EpochStatement:
    """One posted pot, as it stands at a block."""

    earmark: int
    epoch: int
    attempt: int
    outcome: str
    """under review, final, void or withdrawn."""
    block: int
    """The block that this was read at."""
    commodity: Commodity
    grain_commodity: Commodity
    posted_at: int
    final_at: int | None
    closes_at: int | None
    closed: bool
    income: int
    """R: what the income earmark had received since the last final post."""
    share_bps: int
    carry: int
    """What earlier pots had left over and this one took in."""
    pot: int
    leaf_count: int
    total_cred: int
    excluded_cred: int
    struck: tuple[Struck, ...]
    leaves_paid: int
    paid: int
    owed: int
    """The part of `paid` that could not be paid and became a debt of the Pool."""
    leaves_off_chain: int
    off_chain: int
    capped: int
    left_over: int
    grain: int
    """Grain of the leaves that were paid."""
    treasury: tuple[Holding, ...]
    debts: tuple[tuple[Commodity, int], ...]
    """What the Pool owes in all, by asset."""

    def __post_init__(self) -> None:
        if self.waiting < 0 or (self.closed and self.waiting):
            raise BooksError(
                f"epoch {self.epoch} (earmark {self.earmark}): of a pot of {self.pot} "
                f"{self.pot - self.waiting} are accounted for",
                "ask another node for the events of this pool; if it says the same, pay nothing",
            )
        if not self.owed <= self.paid:
            raise BooksError(
                f"epoch {self.epoch}: {self.owed} owed of {self.paid} paid",
                "ask another node for the events of this pool",
            )

    @property
    def waiting(self) -> int:
        """What nobody has claimed yet."""
        return self.pot - self.paid - self.capped - self.off_chain - self.left_over

    @property
    def carried(self) -> int:
        """What went from this pot into the next ones."""
        return self.capped + self.off_chain + self.left_over

    @property
    def struck_cred(self) -> int:
        """Cred that is struck out and was not restored."""
        return sum(each.cred for each in self.struck if not each.restored)


def lines(statement: EpochStatement) -> Iterator[str]:
    """For people, no line longer than 80 letters."""
    s, text = statement, statement.commodity.text
    yield f"Epoch {s.epoch}, attempt {s.attempt}, of earmark {s.earmark}: {s.outcome}"
    yield _line("posted", instant(s.posted_at))
    if s.final_at is not None and s.closes_at is not None:
        yield _line("final", instant(s.final_at))
        yield _line("closed" if s.closed else "claims close", instant(s.closes_at))
    yield from _part("Pot")
    yield _line(f"income, of which {percent(s.share_bps)} is paid", text(s.income))
    yield _line("carried in from earlier pots", text(s.carry))
    yield _line("pot", text(s.pot))
    yield from _part("What became of it")
    yield _line(f"paid to {s.leaves_paid:,} of {s.leaf_count:,} leaves", text(s.paid))
    yield _line("  of it became a debt", text(s.owed))
    yield _line(f"settled off chain ({s.leaves_off_chain:,}), freed", text(s.off_chain))
    yield _line("over the cap, carried", text(s.capped))
    yield _line("left over at the close, carried", text(s.left_over))
    ended = s.outcome in ("void", "withdrawn")
    yield _line("freed again, unpaid" if ended else "still waiting", text(s.waiting))
    yield _line("carried into later pots", text(s.carried))
    yield _line("grain of the leaves paid", s.grain_commodity.text(s.grain))
    yield from _part("Cred")
    yield _line("posted", format_cred(s.total_cred))
    yield _line("excluded from the pot", format_cred(s.excluded_cred))
    for each in s.struck:
        what = "restored" if each.restored else "struck out"
        yield _line(f"  {what}: {_short(each.subject)}", format_cred(each.cred))
    yield from _part(f"Treasury at block {s.block}")
    for holding in s.treasury:
        yield _line(f"earmark {holding.earmark}", holding.commodity.text(holding.balance))
        if holding.reserved:
            yield _line("  of it promised", holding.commodity.text(holding.reserved))
    for commodity, amount in s.debts:
        yield _line("owed to payees", commodity.text(amount))


def as_json(statement: EpochStatement) -> dict[str, object]:
    """For programs: amounts in smallest units, as text."""
    s = statement
    return {
        "earmark": s.earmark,
        "epoch": s.epoch,
        "attempt": s.attempt,
        "outcome": s.outcome,
        "block": s.block,
        "asset": {
            "address": s.commodity.address,
            "code": s.commodity.code,
            "decimals": s.commodity.decimals,
        },
        "posted_at": s.posted_at,
        "final_at": s.final_at,
        "closes_at": s.closes_at,
        "closed": s.closed,
        "share_bps": s.share_bps,
        **{
            name: str(getattr(s, name))
            for name in (
                *("income", "carry", "pot", "paid", "owed", "off_chain", "capped", "left_over"),
                *("waiting", "carried", "grain", "total_cred", "excluded_cred", "struck_cred"),
            )
        },
        "leaves": s.leaf_count,
        "leaves_paid": s.leaves_paid,
        "leaves_off_chain": s.leaves_off_chain,
        "struck": [
            {"subject": each.subject, "cred": str(each.cred), "restored": each.restored}
            for each in s.struck
        ],
        "treasury": [
            {
                "earmark": each.earmark,
                "asset": each.commodity.address,
                "balance": str(each.balance),
                "reserved": str(each.reserved),
            }
            for each in s.treasury
        ],
        "debts": [
            {"asset": commodity.address, "amount": str(amount)} for commodity, amount in s.debts
        ],
    }


def _part(name: str) -> Iterator[str]:
    yield ""
    yield name


def _line(name: str, value: str) -> str:
    """A name to the left, a figure to the right; on two lines where both do not fit on one."""
    if len(value) > _WIDE - 2 - _NAME:
        return f"  {name}\n{value:>{_WIDE}}"
    return f"  {name:<{_NAME}}{value:>{_WIDE - 2 - _NAME}}"


def _short(subject: str) -> str:
    return f"{subject[:10]}…{subject[-4:]}"
