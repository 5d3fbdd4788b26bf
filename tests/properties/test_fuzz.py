# SPDX-License-Identifier: AGPL-3.0-only
"""The campaign's command: a walk taken again, and a short campaign with what it writes."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from bench import fuzz
from tests.properties.walk import CALLS_A_WALK, Walk


def test_main__seed_and_steps__takes_the_same_walk_again() -> None:
    walk = Walk(3).run(steps=25)
    found = CliRunner().invoke(fuzz.main, ["--seed", "3", "--steps", "25"])
    assert found.exit_code == 0, found.output
    assert f"seed 3: 25 steps, {walk.world.calls} calls, all agreed" in found.output
    assert walk.world.history()[-1] in found.output


def test_main__campaign__writes_figures_and_reach(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fuzz, "RESULTS", tmp_path / "results" / "fuzz.json")
    found = CliRunner().invoke(fuzz.main, ["--seed", "5", "--calls", "1", "--processes", "1"])
    assert found.exit_code == 0, found.output
    record = json.loads((tmp_path / "results" / "fuzz.json").read_text())
    assert record["first_seed"] == 5
    assert record["walks"] == 1
    assert record["calls"] >= CALLS_A_WALK
    assert 0 < record["succeeded"] < record["calls"]
    seen = {
        (each["contract"], each["function"], each["end"]): each["seen"] for each in record["reach"]
    }
    assert seen["Governor", "castVote", "ok"] > 0
    assert {tuple(pair) for pair in record["holes"]} == {pair for pair, n in seen.items() if not n}


def walk_a_little(_: object, campaign: fuzz.Campaign, *__: object) -> None:
    """Too little to see everything."""
    campaign.tally.add(Walk(5).run(steps=9))


def test_main__enough_calls_and_a_hole__is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fuzz, "ENOUGH", 1)
    monkeypatch.setattr(
        fuzz, "walk_on", lambda _, campaign, *__: campaign.tally.add(Walk(5).run(9))
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
