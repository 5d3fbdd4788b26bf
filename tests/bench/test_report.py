# SPDX-License-Identifier: AGPL-3.0-only
"""The table for people, and the page that is written."""

import io

from rich.console import Console

from bench import report
from bench.budgets import Budget, Remarks, Row, load_budgets
from bench.figures import read_costs
from bench.speed import Speed

LONG = "a set-up that says at length in which state of the chain this operation was measured"
TABLE = [
    Row("grain_permit_first_no_grain", 16_777_216, 114_440, LONG,
        Budget(must=10_000_000, aim=9_999_999, source="a peer: 11,000,000")),
    Row("close", 64_724, 36, "an open vote", None),
    Row("each", 90, None, "a share", Budget(must=100, source="no peer")),
]  # fmt: skip
BESIDE = "## Beside peers\n"
SPEEDS = [Speed(10_000, 2_000_000, 0.2, 2.1, 79, 3.9, 119)]


def _printed() -> str:
    console = Console(file=io.StringIO(), width=report.WIDTH, highlight=False)
    with console.capture() as captured:
        console.print(report.terminal(TABLE))
    return captured.get()


def _page() -> str:
    remarks = Remarks.of(TABLE, {TABLE[0].operation: "the compiler is old."})
    return report.markdown(TABLE, remarks, SPEEDS, "a machine", BESIDE)


def test_terminal__the_widest_figures__fit_a_hundred_columns_uncut() -> None:
    lines = _printed().splitlines()
    assert max(map(len, lines)) <= report.WIDTH
    [first] = [line for line in lines if "grain_permit_first_no_grain" in line]
    assert first.split() == [
        *("grain_permit_first_no_grain", "16,777,216", "114,440", "10,000,000", "9,999,999"),
        *("ABOVE", "MUST"),
    ]


def test_terminal__each_row__says_its_whole_set_up() -> None:
    assert LONG in " ".join(_printed().split())


def test_markdown__a_row__has_figures_verdict_and_set_up_in_one_line() -> None:
    lines = _page().splitlines()
    assert "| `each` | 90 |  | 100 |  | must met | a share |" in lines
    assert "| `close` | 64,724 | 36 |  |  |  | an open vote |" in lines


def test_markdown__a_figure_above_its_must__stands_with_its_sentence() -> None:
    said = "- `grain_permit_first_no_grain`, 6,777,216 above: the compiler is old."
    assert said in _page().splitlines()
    assert _page().count("above: ") == 1


def test_markdown__nothing_above__says_so() -> None:
    page = report.markdown(TABLE[1:], Remarks.of(TABLE[1:], {}), SPEEDS, "a machine", BESIDE)
    assert "Every figure that has a budget is within its must." in page


def test_markdown__budgets__name_their_sources() -> None:
    assert "| `each` | no peer |" in _page().splitlines()


def test_markdown__speed__is_of_the_run_and_its_machine() -> None:
    assert "One run on one machine: a machine." in _page()
    assert "| 10,000 | 2,000,000 bytes | 0.2 s | 2.1 s | 79 MiB | 3.9 s | 119 MiB |" in _page()


def test_committed__page__says_what_the_committed_figures_say() -> None:
    page, budgets = report.DOCS.read_text("utf-8"), load_budgets().budgets
    for name, cost in read_costs().items():
        assert f"| `{name}` | {cost.gas:,} | {cost.calldata:,} |" in page
    for name, budget in budgets.items():
        assert f"| `{name}` | {budget.source} |" in page


def test_markdown__peers__stand_between_the_remarks_and_the_sources() -> None:
    headings = [line for line in _page().splitlines() if line.startswith("## ")]
    assert headings.index("## Beside peers") == headings.index("## Above must, and why") + 1
