# SPDX-License-Identifier: AGPL-3.0-only
"""The comparison as people read it."""

import io

from rich.console import Console

from bench import report
from bench.floors import FLOORS
from bench.peers import page
from bench.peers.comparison import Beside, RowText, compare, load_rows
from bench.peers.results import Absent, Found, Peers, read_peers

FLOOR = FLOORS["vote_later"].gas
WHY = "the compiler\n  gave up"


def _found(peer: str, gas: int) -> Found:
    return Found(
        operation="vote_later", peer=peer, build="fast", gas=gas, transactions=2, note="twice"
    )


def _beside(*figures: Found, ours: tuple[str, ...] = ("vote",), absent: bool = False) -> Beside:
    text = RowText(title="a later vote", ours=list(ours), fair="Alike.", behind="we store more.")
    missing = (Absent(peer="Aragon", build="solc", why=WHY),) if absent else ()
    peers = Peers(packages={"solc": "0.8.37", "a": "1"}, figures=figures, absent=missing)
    return compare({"vote_later": text}, {"vote": 40_001}, peers)


def _lines(beside: Beside) -> list[str]:
    return page.markdown(beside).splitlines()


def test_markdown__a_row__has_both_figures_the_ratio_and_the_floor() -> None:
    row = f"| a later vote | 40,001 | b | 80,000 | 0.51 | {FLOOR:,} | 1.33 |"
    assert row in _lines(_beside(_found("a", 90_000), _found("b", 80_000)))


def test_markdown__a_ratio_just_above_one__is_rounded_up_and_never_flatters() -> None:
    assert any("| 40,000 | 1.01 |" in line for line in _lines(_beside(_found("a", 40_000))))


def test_markdown__behind__says_why_and_ahead__does_not() -> None:
    why = "- a later vote (`vote`): Alike. **We are behind:** we store more."
    assert why in _lines(_beside(_found("a", 30_000)))
    assert "- a later vote (`vote`): Alike." in _lines(_beside(_found("a", 90_000)))


def test_markdown__every_peer__stands_with_its_build_and_transactions() -> None:
    lines = _lines(_beside(_found("a", 90_000), _found("b", 80_000)))
    of_all = [line for line in lines if line.endswith("| fast | twice |")]
    assert of_all == [
        "| a later vote | b | 80,000 | 2 | fast | twice |",
        "| a later vote | a | 90,000 | 2 | fast | twice |",
    ]


def test_markdown__a_peer_that_was_not_built__is_said_in_words() -> None:
    lines = _lines(_beside(absent=True))
    assert "- Aragon (solc): the compiler gave up" in lines
    assert f"| a later vote | 40,001 | not measured |  |  | {FLOOR:,} | 1.33 |" in lines
    assert "**Not measured in this run**, so that a cheaper peer may be missing above:" in lines


def test_markdown__no_operation_of_ours__has_no_ratio() -> None:
    row = f"| a later vote | none | a | 90,000 |  | {FLOOR:,} |  |"
    assert row in _lines(_beside(_found("a", 90_000), ours=()))


def test_markdown__floors_and_packages__are_written_down() -> None:
    lines = _lines(_beside())
    assert f"- a later vote: {FLOOR:,} = {FLOORS['vote_later'].words}" in lines
    assert lines[-1] == "`a` 1, `solc` 0.8.37."


def test_terminal__each_row__fits_a_hundred_columns() -> None:
    console = Console(file=io.StringIO(), width=page.WIDTH, highlight=False)
    with console.capture() as captured:
        console.print(page.terminal(_beside(_found("a", 30_000))))
    lines = captured.get().splitlines()
    assert max(map(len, lines)) <= page.WIDTH
    [row] = [line for line in lines if "vote_later" in line]
    assert row.split() == ["vote_later", "40,001", "30,000", "1.34", f"{FLOOR:,}"]


def test_committed__page__says_what_the_committed_peers_say() -> None:
    written, peers, texts = report.DOCS.read_text("utf-8"), read_peers(), load_rows()
    assert "## Beside peers" in written
    for name, version in peers.packages.items():
        assert f"`{name}` {version}" in written
    for operation, text in texts.items():
        figures = [found for found in peers.figures if found.operation == operation]
        best = min(figures, key=lambda found: found.gas)
        assert f"| {text.title} | {best.peer} | {best.gas:,} | {best.transactions} |" in written
        assert text.fair in written
