# SPDX-License-Identifier: AGPL-3.0-only
"""`millpond collective plan`: who is to be paid how much at the service."""

from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any, TypeVar

import click

from millpond.cli.base import HOLDS, Run, Terminal, shared_options
from millpond.cli.collective import FILE, shown, slug_of
from millpond.core.collective.payees import read_payees, subject_of
from millpond.core.collective.plan import Plan, plan_of, pot_of
from millpond.core.collective.statement import read_statement
from millpond.core.distribution import verify
from millpond.core.errors import BadInput
from millpond.core.figures import plural
from millpond.core.subjects import to_hex
from millpond.core.units import parse_amount
from millpond.sources.documents import open_published
from millpond.sources.whole import read_whole, write_whole

_F = TypeVar("_F", bound=Callable[..., Any])
_CENTS = 2


def pot_options(command: _F) -> _F:
    """What is shared: the command gets `pot`, which gives its cents and currency."""

    @click.option("--revenue", type=FILE, help="The statement that `revenue --out` wrote.")
    @click.option("--share", metavar="PERCENT", help="How much of that revenue is shared.")
    @click.option("--pot", metavar="AMOUNT", help="Or all that is shared, such as 1580.62.")
    @click.option("--currency", metavar="CODE", help="Of --pot, such as USD.")
    @wraps(command)
    def wrapped(
        *args: Any,
        revenue: Path | None,
        share: str | None,
        pot: str | None,
        currency: str | None,
        **rest: Any,
    ) -> Any:
        def found(slug: str) -> tuple[int, str]:
            return _pot(slug, revenue, share, pot, currency)

        return command(*args, pot=found, **rest)

    return wrapped  # type: ignore[return-value]  # the same call, with fewer options


@click.command(
    "plan",
    epilog="Example:  millpond collective plan ./2019-09 --collective example-collective "
    "--revenue 2019-09.json --share 50 --payees payees.json --out plan.json",
)
@click.argument("document")
@click.option("--collective", required=True, metavar="NAME", help="The collective that pays.")
@pot_options
@click.option("--payees", type=FILE, required=True, help="Who is paid there: a file by subject.")
@click.option("--minimum", metavar="AMOUNT", default="0", help="Least that is paid there.")
@click.option("--zeroed", multiple=True, metavar="SUBJECT", help="A leaf that was struck out on "
              "chain; may be repeated.")  # fmt: skip
@click.option("--out", type=FILE, required=True, help="Write the plan to this file.")
@shared_options
def plan_command(
    run: Run,
    document: str,
    collective: str,
    payees: Path,
    minimum: str,
    zeroed: tuple[str, ...],
    out: Path,
    pot: Callable[[str], tuple[int, str]],
) -> int:
    """Share a pot by the leaves of a DOCUMENT, one payment each, to the last cent.

    Nothing is sent. The plan names for each payment the reference that its payee signs on the
    chain before it can be drafted. There is no e-mail in it, so it can be published.
    """
    slug = slug_of(collective)
    cents, code = pot(slug)
    published = verify(open_published(document).data)
    people = read_payees(read_whole(payees), payees.name)
    plan = plan_of(
        published,
        slug,
        code,
        cents,
        people,
        int(parse_amount(minimum, _CENTS)),
        [subject_of(each) for each in zeroed],
    )
    if not plan.payments:
        raise BadInput(
            "nobody in the file of payees has a leaf that is paid here",
            "look at the subjects in the file: an identity, an address, or a leaf's 32 bytes",
        )
    _require_no_drafts(out, plan)
    write_whole(out, plan.to_json())
    if run.terminal.as_json:
        run.terminal.json({"plan": str(out), **summary(plan)})
    tell(run.terminal, plan)
    run.terminal.line(
        f"Next: each payee signs her reference: ape run epoch settle --epoch {plan.epoch}; then "
        f"millpond collective draft {out}"
    )
    return HOLDS


def _pot(
    slug: str, revenue: Path | None, share: str | None, pot: str | None, currency: str | None
) -> tuple[int, str]:
    """The pot in cents, and its currency."""
    if revenue is not None and share is not None and pot is None and currency is None:
        net, code = read_statement(read_whole(revenue), slug)
        return int(pot_of(net, share)), code
    if pot is None or currency is None or revenue is not None or share is not None:
        raise click.UsageError("give --revenue and --share, or --pot and --currency")
    if len(currency) != 3 or not currency.isascii() or not currency.isupper():  # noqa: PLR2004
        raise BadInput(f"{currency[:20]!r} is no currency", 'write its code, such as "USD"')
    return int(parse_amount(pot, _CENTS)), currency


def _require_no_drafts(out: Path, plan: Plan) -> None:
    """A plan by which something was drafted already is not replaced by another."""
    record = out.with_suffix(".record.jsonl")
    if record.exists() and out.exists() and out.read_bytes() != plan.to_json():
        raise BadInput(
            f"payments were drafted by the plan that is in {out}, and this is another one",
            "keep that plan, and write this one to another file",
        )


def summary(plan: Plan) -> dict[str, object]:
    """A plan's sums for programs."""
    return {
        "epoch": plan.epoch,
        "period": plan.period,
        "collective": plan.collective,
        "currency": plan.currency,
        "pot": str(plan.pot),
        "drafted": str(plan.drafted),
        "kept": str(sum(each.amount for each in plan.kept)),
        "capped": str(plan.capped),
        "dust": str(plan.dust),
        "payments": [
            {
                "leaf": each.leaf,
                "subject": to_hex(each.subject),
                "identity": each.identity,
                "cents": str(each.amount),
                "payee": each.payee,
                "reference": plan.reference(each),
                "reference_hash": to_hex(plan.reference_hash(each)),
            }
            for each in plan.payments
        ],
    }


def tell(terminal: Terminal, plan: Plan) -> None:
    """A plan for people."""
    terminal.line(
        f"{plan.period} at {plan.collective}: {shown(plan.pot, plan.currency)} to share", "bold"
    )
    for each in plan.payments:
        terminal.line(f"  {shown(each.amount):>14}  {each.payee:<20} {each.identity}")
    terminal.line(f"  {shown(plan.drafted):>14}  in {plural(len(plan.payments), 'payment')}")
    reasons = sorted({each.why for each in plan.kept})
    for why in reasons:
        kept = [each.amount for each in plan.kept if each.why == why]
        terminal.line(f"  {shown(sum(kept)):>14}  stays: {plural(len(kept), 'leaf')}, {why}")
    if plan.capped:
        terminal.line(f"  {shown(plan.capped):>14}  taken off by the maintainers' cap")
    terminal.line(f"  {shown(plan.dust):>14}  dust of rounding, stays in the collective")
