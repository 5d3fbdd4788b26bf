# SPDX-License-Identifier: AGPL-3.0-only
"""Money out of final epochs: payday for everybody, claim for one person.

Payday decides by what the chain says at that moment and remembers nothing: after a crash, run it
again. Whoever was paid is passed over, whoever was not is paid.
"""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import click

from millpond.chain import epochs, paydays
from millpond.chain.answers import Receipt
from millpond.chain.coop import Coop
from millpond.chain.paid import paid_in
from millpond.chain.paydays import Call, Line, Month, Verdict
from millpond.chain.rpc import RpcRefused
from millpond.core.errors import BadInput, ChainError, Reverted
from millpond.core.figures import plural
from millpond.core.units import format_amount
from scripts import _desk as desk
from scripts._desk import Desk, receipt_fields
from scripts._epoch import cli, epoch_option, newest, subject_of, whose_option
from scripts._epoch_files import EpochFiles, out_option

GRAIN_DECIMALS = 18


@desk.command(cli)
@click.option("--epoch", "number", type=int, help="This one alone; default: all that are open.")
@out_option
def payday(at: Desk, number: int | None, out: Path) -> None:
    """Pay everybody with an account and at least the minimum. Nobody is paid twice.

    Small amounts of several epochs add up, as far as their documents lie in the folder.
    """
    coop = at.coop()
    months = _months(at, coop, number, out)
    lines = paydays.look(coop, months)
    counts = paydays.counts(lines)
    due = [line for line in lines if line.verdict is Verdict.PAY]
    others = {why: n for why, n in counts.items() if why != Verdict.PAY}
    over = ", ".join(f"{n} {why}" for why, n in others.items()) or "nobody"
    if Verdict.TOO_LARGE in others:
        at.say("What is too large for a payday is claimed one by one: ape run epoch claim")
    if not due:
        said = f"Nobody is to be paid now; passed over: {over}."
        return at.done_already(said, paid=0, amount="0", skipped=others)
    calls = list(paydays.parts(coop, lines, lambda call: _fits(at, call)))
    _show(at, months, due, others, len(calls))
    what = f"Pay everybody of {_names(months)} of {coop.name}"
    if not at.send:
        receipts = at.carry_out_all(what, [(calls[0].method, calls[0].arguments)], of=len(calls))
    else:
        at.agree(f"{what}?")
        receipts = _paid(replace(at, yes=True), coop, what, calls, out)
    paid = [each for receipt in receipts for each in paid_in(coop.distributor, receipt)]
    asset = at.asset(months[-1].terms.asset)
    total = sum(each.amount for each in paid)
    return at.answer(
        f"Paid {plural(len(paid), 'leaf')} {asset.text(total)} in "
        f"{plural(len(receipts), 'transaction')}; passed over: {over}.",
        receipts[-1],
        paid=len(paid),
        amount=str(total),
        skipped=others,
        transactions=len(receipts),
    )


def _months(at: Desk, coop: Coop, number: int | None, out: Path) -> list[Month]:
    """The final epochs whose claims are open and whose documents lie here, consecutive ones."""
    last = int(coop.distributor.head().finalised)
    if number is None and last == 0:
        number = newest(coop)
    if number is not None:
        terms = epochs.posted_epoch(coop, number).require_final()
        return [Month.of(coop, terms, EpochFiles(out, at.pool, number).read())]
    found: list[Month] = []
    for epoch in range(last, 0, -1):
        terms = epochs.posted_epoch(coop, epoch).require_final()
        files = EpochFiles(out, at.pool, epoch)
        if terms.closes_at <= at.client.now():
            break
        if found and not files.has_document:
            at.say(f"The document of epoch {epoch} does not lie in {files.folder}: left out.")
            break
        found.append(Month.of(coop, terms, files.read()))
    if not found:
        raise BadInput("the claims of every epoch are over", "close them: ape run epoch close")
    return found[::-1]


def _names(months: Sequence[Month]) -> str:
    first, last = months[0].terms.epoch, months[-1].terms.epoch
    return f"epoch {first}" if first == last else f"epochs {first} to {last}"


def _show(
    at: Desk, months: Sequence[Month], due: Sequence[Line], others: dict[str, int], calls: int
) -> None:
    money = [at.asset(address) for address in sorted({line.month.terms.asset for line in due})]
    sums = [
        asset.text(sum(line.amount for line in due if line.month.terms.asset == asset.address))
        for asset in money
    ]
    at.plan(
        f"Payday of {_names(months)}",
        ("leaves", sum(month.terms.leaf_count for month in months)),
        ("to be paid", f"{plural(len({line.subject for line in due}), 'person')}, {sums[0]}"),
        *(("and", text) for text in sums[1:]),
        *((why, n) for why, n in others.items()),
        ("transactions", calls),
    )


def _fits(at: Desk, call: Call) -> bool:
    """Whether one transaction holds it, by the node's own estimate."""
    sender = getattr(at.signer, "owner", at.signer).address
    try:
        call.method.prepare(sender, *call.arguments)
    except Reverted as error:
        if error.reason:
            raise
        return False
    except RpcRefused as error:
        if "gas" not in error.text.lower():
            raise
        return False
    except ChainError as error:
        if type(error) is not ChainError:
            raise
        return False
    return True


def _paid(at: Desk, coop: Coop, what: str, calls: Sequence[Call], out: Path) -> list[Receipt]:
    """One transaction after the other, each noted before the next goes out."""
    receipts: list[Receipt] = []
    for number, call in enumerate(calls, 1):
        receipt = at.carry_out(what, call.method, *call.arguments)
        receipts.append(receipt)
        files = EpochFiles(out, at.pool, call.lines[-1].month.terms.epoch)
        files.record(f"payday-{receipt.block_number}", receipt_fields(receipt))
        people = {leaf.subject for leaf in paid_in(coop.distributor, receipt)}
        at.say(f"{number} of {len(calls)}: {plural(len(people), 'person')} paid.")
    return receipts


@desk.command(cli)
@epoch_option
@out_option
@whose_option
@click.option("--to", help="Only for yourself; default: the linked account.")
def claim(at: Desk, number: int | None, out: Path, identity: str, to: str | None) -> None:
    """Claim one person's money and grain: your own at any amount, another's above the minimum."""
    coop, subject = at.coop(), subject_of(identity)
    terms = epochs.posted_epoch(coop, number or newest(coop)).require_final()
    if coop.distributor.is_claimed(subject, terms.epoch):
        return at.done_already(f"{identity} has claimed epoch {terms.epoch} already.", amount="0")
    document = EpochFiles(out, at.pool, terms.epoch).read()
    payee = to or str(coop.distributor.payee_of(subject))
    arguments = epochs.claim(coop, terms, document, subject, payee)
    coop.distributor.claim.simulate(at.signer.address, *arguments)
    at.plan("Claim", ("for", identity), ("epoch", terms.epoch), ("to", payee))
    what = f"Claim epoch {terms.epoch} of {coop.name} for {identity}"
    receipt = at.carry_out(what, coop.distributor.claim, *arguments)
    (paid,) = paid_in(coop.distributor, receipt)
    grain = format_amount(paid.grain, GRAIN_DECIMALS)
    return at.answer(
        f"{at.asset(terms.asset).text(paid.amount)} and {grain} grain went to {paid.to}.",
        receipt,
        amount=str(paid.amount),
        grain=str(paid.grain),
    )
