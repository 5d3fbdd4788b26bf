# SPDX-License-Identifier: AGPL-3.0-only
"""What the command line prints: for people with colour where there is any, or one JSON object.

Texts of documents and tokens were chosen by others; letters that would move a cursor or hide words
are shown as "?".
"""

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.text import Text

from millpond.chain.assets import AssetName
from millpond.chain.report import Report, Step, Verdict
from millpond.core.distribution import Distribution, Explanation
from millpond.core.errors import MillpondError
from millpond.core.subjects import to_hex
from millpond.core.units import format_amount

_MARKS = {
    Verdict.OK: ("ok      ", "green"),
    Verdict.DIFFERS: ("DIFFERS ", "bold red"),
    Verdict.UNCHECKED: ("not seen", "yellow"),
}
_NAME_WIDTH = 16


def plain(text: str) -> str:
    """Printable letters and spaces only."""
    return "".join(letter if letter.isprintable() else "?" for letter in text)


class Terminal:
    """Standard output for results, standard error for progress and errors."""

    def __init__(self, as_json: bool) -> None:
        self.as_json = as_json
        self._out = Console(highlight=False, soft_wrap=True)
        self._err = Console(stderr=True, highlight=False, soft_wrap=True)

    def line(self, text: str, style: str = "") -> None:
        """One line for people; nothing in JSON mode."""
        if not self.as_json:
            self._out.print(Text(plain(text), style=style))

    def step(self, step: Step) -> None:
        """One step of a check, as soon as it is made."""
        if self.as_json:
            return
        mark, style = _MARKS[step.verdict]
        name = plain(step.name).ljust(_NAME_WIDTH)
        self._out.print(
            Text.assemble((mark, style), "  ", (name, "bold"), "  ", plain(step.detail))
        )
        if step.next_step:
            self.line(f"{'':10}Next: {step.next_step}")

    def report(self, report: Report, said: dict[str, str]) -> None:
        """The result of a check, with `said` beside it in JSON."""
        counts = {verdict: len(report.of(verdict)) for verdict in Verdict}
        if self.as_json:
            steps = [
                {
                    "step": step.name,
                    "verdict": step.verdict.value,
                    "detail": step.detail,
                    "next_step": step.next_step,
                }
                for step in report.steps
            ]
            self.json({**said, "holds": report.holds, "steps": steps})
            return
        unseen = f", {counts[Verdict.UNCHECKED]} not checked" if counts[Verdict.UNCHECKED] else ""
        if report.holds:
            self.line(f"It holds: {counts[Verdict.OK]} steps agree{unseen}.", "bold green")
        else:
            bad = (
                ", ".join(step.name for step in report.of(Verdict.DIFFERS)) or "nothing was checked"
            )
            self.line(f"It does not hold: {bad} ({counts[Verdict.OK]} agree{unseen}).", "bold red")

    def explanation(
        self,
        document: Distribution,
        explained: Explanation,
        asset: AssetName | None,
        standing: str,
    ) -> None:
        """One person's arithmetic; without an asset its amounts are in the smallest unit."""
        who = explained.identity or to_hex(explained.subject)
        if self.as_json:
            said = {"symbol": asset.symbol, "decimals": str(asset.decimals)} if asset else {}
            self.json({**_explanation_json(document, explained, who, standing), **said})
            return
        self.line(f"{who}, {document.label} (epoch {document.epoch})", "bold")

        def value(amount: int, unit: str) -> str:
            if unit == "asset":
                return asset.written(amount) if asset else str(amount)
            return f"{format_amount(amount, _UNITS[unit], grouped=True)} {unit}"

        for step in explained.steps:
            self.line(f"  {step.name} = {step.formula}" if step.values else f"  {step.name}")
            for name, amount, unit in step.values:
                self.line(f"      {name}: {value(amount, unit)}")
            self.line(f"    = {value(step.result, step.unit)}")
        words = _STATUS.get(explained.status, explained.status)
        self.line(f"{words} ({explained.reason})")
        self.line(standing, "bold")

    def json(self, value: object) -> None:
        """One JSON object on one line, in ASCII."""
        sys.stdout.write(json.dumps(value, sort_keys=True) + "\n")

    def error(self, error: MillpondError) -> None:
        """One of our errors: what is wrong, then what to do."""
        if self.as_json:
            self.json({"error": error.name, "message": error.message, "next_step": error.next_step})
            return
        for number, line in enumerate(str(error).splitlines()):
            self._err.print(Text(plain(line), style="bold red" if number == 0 else ""))

    @contextmanager
    def progress(self, what: str) -> Iterator[Callable[[int, int], None]]:
        """A bar on standard error while something long runs, on a terminal only."""
        columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
        quiet = self.as_json or not self._err.is_terminal
        with Progress(*columns, console=self._err, transient=True, disable=quiet) as bar:
            task = bar.add_task(what, total=None)
            yield lambda done, whole: bar.update(task, completed=done, total=whole)


_UNITS = {"cred": 6, "grain": 18}
_STATUS = {
    "paid": "payday pays this",
    "carried": "payday passes this over; she may claim it herself, or wait until it adds up",
    "zeroed": "struck out in the review",
    "excluded": "left out of the distribution",
    "no leaf": "no share",
}


def _explanation_json(
    document: Distribution, explained: Explanation, who: str, standing: str
) -> dict[str, object]:
    """Amounts are strings of digits in the smallest unit."""
    steps = [
        {
            "name": step.name,
            "formula": step.formula,
            "values": [
                {"name": name, "amount": str(amount), "unit": unit}
                for name, amount, unit in step.values
            ],
            "result": str(step.result),
            "unit": step.unit,
        }
        for step in explained.steps
    ]
    return {
        "who": who,
        "subject": to_hex(explained.subject),
        "epoch": str(document.epoch),
        "period": document.label,
        "status": explained.status,
        "reason": explained.reason,
        "standing": standing,
        "steps": steps,
    }
