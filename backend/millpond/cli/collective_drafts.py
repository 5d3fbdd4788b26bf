# SPDX-License-Identifier: AGPL-3.0-only
"""`millpond collective draft` and `status`: the expenses that pay a plan."""

from collections.abc import Callable
from dataclasses import dataclass, fields
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from millpond.cli.base import (
    DIFFERS,
    HOLDS,
    Run,
    Terminal,
    from_block_option,
    record_option,
    shared_options,
)
from millpond.cli.collective import FILE, online, service_options, shown
from millpond.core.collective.expenses import Found, Standing
from millpond.core.collective.payees import INVITED, Payee, read_payees
from millpond.core.collective.plan import Plan
from millpond.core.collective.settlement import Chain, Settled, checked
from millpond.core.errors import BadInput, MillpondError
from millpond.core.figures import plural
from millpond.core.subjects import Subject, to_hex
from millpond.sources.whole import read_whole

if TYPE_CHECKING:
    from millpond.sources.opencollective.api import Service
    from millpond.sources.opencollective.drafting import Desk, Drafted, Look

_F = TypeVar("_F", bound=Callable[..., Any])


@dataclass(frozen=True)
class Where:
    """Which pool's distributor is asked, and how."""

    hub: str | None
    pool: str | None
    confirmations: int
    from_block: int | None

    def settled(self, run: Run, plan: Plan) -> dict[int, Settled]:
        """What the chain says about every payment; nothing if no pool is named."""
        if self.pool is None:
            return {}
        from millpond.cli.collective_chain import settlements  # noqa: PLC0415  it takes a second

        found: Chain = settlements(
            run, plan, self.pool, self.hub, self.from_block, self.confirmations
        )
        return {each.payment.leaf: each.settled for each in checked(plan, found)}


def chain_options(command: _F) -> _F:
    """Where settlements are looked up: the command gets a `Where`."""

    @click.option("--hub", metavar="ADDRESS", help="The Hub. Default: the one in the record.")
    @click.option("--pool", metavar="NAME", help="The pool whose distribution it is.")
    @click.option(
        "--confirmations",
        type=click.IntRange(0),
        default=12,
        show_default=True,
        help="A settlement counts once so many blocks followed it.",
    )
    @record_option
    @from_block_option
    @wraps(command)
    def wrapped(*args: Any, **options: Any) -> Any:
        own = {each.name: options.pop(each.name) for each in fields(Where)}
        return command(*args, where=Where(**own), **options)

    return wrapped  # type: ignore[return-value]  # the same call, with fewer options


@click.command(
    "draft",
    epilog="Example:  millpond collective draft plan.json --payees payees.json --pool NAME "
    "--rpc URL --send",
)
@click.argument("plan", type=FILE)
@click.option("--payees", type=FILE, required=True, help="The file that the plan was made with.")
@click.option("--send", is_flag=True, help="Do it. Without this, only what would be done is shown.")
@click.option("--approve", is_flag=True, help="Also approve those that their payees submitted.")
@click.option(
    "--again",
    type=click.IntRange(0),
    multiple=True,
    metavar="LEAF",
    help="Draft a leaf anew whose expense was rejected or cancelled; may be repeated.",
)
@chain_options
@shared_options
@service_options
def draft_command(
    run: Run,
    plan: Path,
    payees: Path,
    send: bool,
    approve: bool,
    again: tuple[int, ...],
    where: Where,
    service: "Callable[[bool], Service]",
) -> int:
    """Draft the payments of a PLAN as expenses, each once, however often this is run.

    Only leaves that the chain shows as settled outside of it, under the plan's own reference, are
    drafted; the others are named. Exit status 1 if anything is left to do or odd.
    """
    read, people = _read(plan, payees)
    if where.pool is None:
        raise click.UsageError("give --pool: a leaf is drafted once the chain shows it settled")
    settled = where.settled(run, read)
    allowed = [leaf for leaf, state in settled.items() if state is Settled.YES]
    desk = _desk(service(True), plan, read, people, again)
    done = None
    if send:
        with run.terminal.progress("drafting") as told:
            done = desk.draft(allowed, told, approve)
    look = desk.look()
    return _tell(run.terminal, read, look, settled, done)


@click.command(
    "status",
    epilog="Example:  millpond collective status plan.json --pool NAME --rpc URL",
)
@click.argument("plan", type=FILE)
@click.option("--payees", type=FILE, help="Tells invited payees by their e-mail.")
@chain_options
@shared_options
@service_options
def status_command(
    run: Run,
    plan: Path,
    payees: Path | None,
    where: Where,
    service: "Callable[[bool], Service]",
) -> int:
    """Show where each payment of a PLAN stands: on the chain, if a pool is named, and there.

    Exit status 1 if anything is missing, there twice, or not as planned.
    """
    read, people = _read(plan, payees)
    settled = where.settled(run, read)
    look = _desk(service(True), plan, read, people, ()).look()
    return _tell(run.terminal, read, look, settled, None)


def _read(plan: Path, payees: Path | None) -> tuple[Plan, dict[Subject, Payee]]:
    people = read_payees(read_whole(payees), payees.name) if payees is not None else {}
    return Plan.from_json(read_whole(plan)), people


def _desk(
    service: "Service", path: Path, plan: Plan, people: dict[Subject, Payee], again: tuple[int, ...]
) -> "Desk":
    with online():
        from millpond.sources.opencollective.drafting import Desk  # noqa: PLC0415  an extra
        from millpond.sources.opencollective.expenses import Expenses  # noqa: PLC0415
        from millpond.sources.opencollective.record import Record  # noqa: PLC0415
    unknown = [leaf for leaf in again if plan.payment_of(leaf) is None]
    if unknown:
        raise BadInput(f"the plan pays no leaf {unknown[0]}", "name a leaf that `status` shows")
    expenses = Expenses(service, plan.collective)
    return Desk(plan, people, expenses, Record.beside(path, plan), service.clock, again)


def _tell(
    terminal: Terminal,
    plan: Plan,
    look: "Look",
    settled: dict[int, Settled],
    done: "Drafted | None",
) -> int:
    refused = done.refused if done else {}
    if terminal.as_json:
        terminal.json(
            {
                "collective": plan.collective,
                "period": plan.period,
                "currency": plan.currency,
                "made": done and done.made,
                "approved": done and done.approved,
                "payments": [_payment(each, settled, refused) for each in look.found],
                "strange": [each.id for each in look.strange],
            }
        )
    terminal.line(f"{plan.period} at {plan.collective}, in {plan.currency}", "bold")
    for each in look.found:
        _tell_one(terminal, each, settled.get(each.payment.leaf), refused.get(each.payment.leaf))
    for stranger in look.strange:
        terminal.line(
            f"expense {stranger.legacy_id} says it pays this, and nothing here does", "red"
        )
    if done is not None:
        terminal.line(f"{plural(len(done.made), 'draft')} made, {len(done.approved)} approved")
    everything = all(each.standing is Standing.THERE for each in look.found)
    allowed = all(state is Settled.YES for state in settled.values())
    return HOLDS if look.is_clean and everything and allowed and not refused else DIFFERS


def _tell_one(
    terminal: Terminal, found: Found, settled: Settled | None, refused: MillpondError | None
) -> None:
    payment, expense = found.payment, found.expense
    state = f"{expense.status}, expense {expense.legacy_id}" if expense else found.standing.value
    whom = payment.payee if payment.payee == INVITED else f"to {payment.payee}"
    terminal.line(
        f"  leaf {payment.leaf}: {shown(payment.amount)} {whom}: {state}"
        + (f" ({found.odd})" if found.odd else "")
    )
    for each in found.expenses if expense is None else ():
        terminal.line(f"      expense {each.legacy_id}, {each.status}")
    if settled is not None and settled is not Settled.YES:
        terminal.line(f"      {settled.value}", "yellow")
    if refused is not None:
        terminal.line(f"      {refused.message}", "red")
        terminal.line(f"      Next: {refused.next_step}")
    advice = _ADVICE.get(found.standing)
    if advice:
        terminal.line(f"      Next: {advice}")


_ADVICE = {
    Standing.TWICE: "reject all but one of them at the service",
    Standing.ODD: "look at the expense; reject it there if it is not the one that was drafted",
    Standing.ENDED: "if it is to be paid after all: draft --again with this leaf",
}


def _payment(
    found: Found, settled: dict[int, Settled], refused: dict[int, MillpondError]
) -> dict[str, object]:
    payment, no = found.payment, refused.get(found.payment.leaf)
    state = settled.get(payment.leaf)
    return {
        "leaf": payment.leaf,
        "subject": to_hex(payment.subject),
        "cents": str(payment.amount),
        "payee": payment.payee,
        "standing": found.standing.name.lower(),
        "odd": found.odd,
        "settled": state and state.name.lower(),
        "expenses": [{"id": each.id, "status": each.status} for each in found.expenses],
        "refused": no and {"error": no.name, "message": no.message, "next_step": no.next_step},
    }
