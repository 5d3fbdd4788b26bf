# SPDX-License-Identifier: AGPL-3.0-only
"""The campaign's command: a walk taken again, and a short campaign with what it writes."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from bench import fuzz, fuzz_record
from tests.properties.walk import CALLS_A_WALK, Walk


@pytest.fixture(autouse=True)
def results(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where a campaign writes."""
    found = tmp_path / "results" / "fuzz.json"
    monkeypatch.setattr(fuzz_record, "RESULTS", found)
    return found


def test_main__seed_and_steps__takes_the_same_walk_again() -> None:
    walk = Walk(3).run(steps=25)
    found = CliRunner().invoke(fuzz.main, ["--seed", "3", "--steps", "25"])
    assert found.exit_code == 0, found.output
    assert f"seed 3: 25 steps, {walk.world.calls} calls, all agreed" in found.output
    assert walk.world.history()[-1] in found.output


def test_main__campaign__writes_figures_and_reach(results: Path) -> None:
    found = CliRunner().invoke(fuzz.main, ["--seed", "5", "--calls", "1", "--processes", "1"])
    assert found.exit_code == 0, found.output
    record = json.loads(results.read_text())
    assert record["first_seed"] == 5
    assert record["walks"] == 1
    assert record["calls"] >= CALLS_A_WALK
    assert 0 < record["succeeded"] < record["calls"]
    seen = {
        (each["contract"], each["function"], each["end"]): each["seen"] for each in record["reach"]
    }
    assert seen["Governor", "castVote", "ok"] > 0
    assert {tuple(pair) for pair in record["holes"]} == {pair for pair, n in seen.items() if not n}
    cells = {(each["table"], each["function"], each["met"]): each for each in record["met"]}
    empty = {cell for cell, each in cells.items() if not each["times"]}
    assert {tuple(cell) for cell in record["empty_cells"]} == empty
    assert all(sum(each["ends"].values()) == each["times"] for each in cells.values())


def test_main__resumed__goes_on_where_it_was(results: Path) -> None:
    run = CliRunner().invoke
    first = run(fuzz.main, ["--seed", "5", "--calls", "1", "--processes", "1"])
    assert first.exit_code == 0, first.output
    kept = fuzz_record.read()
    assert fuzz_record.record(kept) | {"seconds": 0} == json.loads(results.read_text()) | {
        "seconds": 0
    }
    more = ["--resume", "--calls", str(kept.tally.calls + 1), "--processes", "1"]
    assert run(fuzz.main, more).exit_code == 0
    record, walk = json.loads(results.read_text()), Walk(6).run(CALLS_A_WALK)
    assert (record["first_seed"], record["walks"], record["next_seed"]) == (5, 2, 7)
    assert record["calls"] == kept.tally.calls + walk.world.calls


def test_seeds__some_have_ended_before_others__are_each_walked_once() -> None:
    campaign = fuzz_record.Campaign(5)
    for seed in (7, 5, 8):
        campaign.ended(seed)
    assert (campaign.next_seed, campaign.done) == (6, {7, 8})
    seeds = campaign.seeds()
    assert [next(seeds) for _ in range(3)] == [6, 9, 10]


def test_main__enough_calls_and_a_hole__is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fuzz, "ENOUGH", 1)
    monkeypatch.setattr(
        fuzz, "walk_on", lambda _, campaign, *__: campaign.tally.add(Walk(5).run(steps=9))
    )
    monkeypatch.setattr(fuzz, "report", lambda *_: None)
    assert CliRunner().invoke(fuzz.main, ["--seed", "5"]).exit_code == 1


def test_main__chain_and_rules_disagree__says_which_walk(monkeypatch: pytest.MonkeyPatch) -> None:
    def disagree(*_: object) -> None:
        error = AssertionError("the chain did [something] else")
        error.add_note("seed 5, step 7")
        raise error

    monkeypatch.setattr(fuzz, "walk_on", disagree)
    found = CliRunner().invoke(fuzz.main, ["--seed", "5"])
    assert found.exit_code == 1
    assert "the chain did [something] else\nseed 5, step 7" in found.output
