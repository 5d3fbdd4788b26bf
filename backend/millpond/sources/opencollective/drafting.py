# SPDX-License-Identifier: AGPL-3.0-only
"""From a plan to its drafts, so that whatever cuts a run short, nothing is drafted twice.

Before anything is drafted the service is asked what is there. An order whose answer is lost may
have been carried out, so after a wait the service is asked again, and only what is still missing is
ordered once more. Invitations keep the distance that the service asks for.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field

from millpond.core.collective.expenses import TO_APPROVE, Expense, Found, Standing, reconciled
from millpond.core.collective.payees import Payee
from millpond.core.collective.plan import Plan, Planned
from millpond.core.errors import (
    BadInput,
    BadSourceAnswer,
    MillpondError,
    RateLimited,
    SourceDown,
)
from millpond.core.subjects import Subject
from millpond.sources.http import Clock
from millpond.sources.opencollective.expenses import Expenses
from millpond.sources.opencollective.record import Record
from millpond.sources.opencollective.refusals import NotAccepted, NotThere

APART = 10.0
"""Seconds between two invitations, as the service wants them."""
_MARGIN = 1.0
_TRIES = 3
Told = Callable[[int, int], None]


@dataclass(frozen=True)
class Look:
    """Where every payment stands now, and expenses that pay nothing of the plan."""

    found: tuple[Found, ...]
    strange: tuple[Expense, ...]

    def of(self, leaf: int) -> Found:
        """Where one payment stands."""
        return next(each for each in self.found if each.payment.leaf == leaf)

    @property
    def is_clean(self) -> bool:
        """Whether nothing is there twice, odd or strange."""
        odd = (Standing.ODD, Standing.TWICE)
        return not self.strange and all(each.standing not in odd for each in self.found)


@dataclass
class Drafted:
    """What one run did. `refused` are payments that the service would not take, and why."""

    made: list[int] = field(default_factory=list)
    approved: list[int] = field(default_factory=list)
    refused: dict[int, MillpondError] = field(default_factory=dict)


@dataclass
class Desk:
    """One plan, the people it pays, and where it is carried out."""

    plan: Plan
    payees: Mapping[Subject, Payee]
    expenses: Expenses
    record: Record
    clock: Clock
    again: Collection[int] = ()
    _invited_at: float | None = None

    def look(self) -> Look:
        """Ask the service where every payment stands."""
        made = self.record.made()
        seen = {each.id: each for each in self.expenses.of(self.plan.distribution)}
        for id_ in sorted({id_ for ids in made.values() for id_ in ids} - set(seen)):
            expense = self.expenses.by_id(id_)
            if expense is not None:
                seen[id_] = expense
        return Look(*reconciled(self.plan, seen.values(), made, self.payees, self.again))

    def draft(self, allowed: Collection[int], told: Told, approve: bool = False) -> Drafted:
        """Make what is missing of the leaves that are allowed, and approve it if that is wanted."""
        done = Drafted()
        with self.record.held():
            look = self.look()
            missing = [
                each.payment
                for each in look.found
                if each.standing is Standing.MISSING and each.payment.leaf in allowed
            ]
            for number, payment in enumerate(missing):
                told(number, len(missing))
                self._make_or_name(payment, done)
            if approve:
                self._approve(allowed, done)
        return done

    def _make_or_name(self, payment: Planned, done: Drafted) -> None:
        """One payee who cannot be paid holds up nobody else."""
        try:
            self._make(payment, self._payee(payment))
            done.made.append(payment.leaf)
        except (NotAccepted, NotThere, BadInput) as error:
            done.refused[payment.leaf] = error

    def _payee(self, payment: Planned) -> Payee:
        payee = self.payees.get(payment.subject)
        if payee is None or payee.public != payment.payee:
            raise BadInput(
                f"the file of payees says otherwise than the plan who gets leaf {payment.leaf}",
                "bring the file back to what it was, or plan again and let it be settled again",
            )
        return payee

    def _make(self, payment: Planned, payee: Payee) -> None:
        for number in range(1, _TRIES + 1):
            self._keep_apart(payee)
            self._note("asked", payment.leaf)
            try:
                expense = self.expenses.make(self.plan, payment, payee)
            except (SourceDown, BadSourceAnswer, RateLimited):
                self.clock.sleep(APART + _MARGIN)
                if self._is_there(payment):
                    return
                if number == _TRIES:
                    raise
            else:
                self._note("made", payment.leaf, expense.id)
                return

    def _is_there(self, payment: Planned) -> bool:
        """Whether an order whose answer was lost was carried out."""
        found = self.look().of(payment.leaf)
        if found.expense is not None:
            self._note("made", payment.leaf, found.expense.id)
        return found.standing is not Standing.MISSING

    def _keep_apart(self, payee: Payee) -> None:
        """Let the time pass that must lie between two invitations."""
        if payee.own:
            return
        if self._invited_at is not None:
            early = self._invited_at + APART + _MARGIN - self.clock.now()
            self.clock.sleep(max(early, 0.0))
        self._invited_at = self.clock.now()

    def _approve(self, allowed: Collection[int], done: Drafted) -> None:
        for found in self.look().found:
            leaf, expense = found.payment.leaf, found.expense
            if expense is not None and expense.status == TO_APPROVE and leaf in allowed:
                self.expenses.approve(expense.id)
                self._note("approved", leaf, expense.id)
                done.approved.append(leaf)

    def _note(self, what: str, leaf: int, expense: str = "") -> None:
        self.record.note(what, int(self.clock.now()), leaf, expense)
