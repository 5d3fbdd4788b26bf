# SPDX-License-Identifier: AGPL-3.0-only
"""The command where it cannot measure: it says so and writes nothing."""

import json

import pytest
from click.testing import CliRunner

from bench import __main__ as command
from bench.figures import GAS


@pytest.fixture
def without_anvil(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine on which `make setup` found no Node."""
    monkeypatch.setattr(command, "find_anvil", lambda: None)


@pytest.mark.usefixtures("without_anvil")
@pytest.mark.parametrize("args", [[], ["--check"]], ids=["bench", "check"])
def test_main__no_anvil__stops_with_a_next_step_and_writes_nothing(args: list[str]) -> None:
    before = GAS.read_bytes()
    result = CliRunner().invoke(command.main, args)
    assert result.exit_code == 3
    assert "gas is measured on anvil, which is not installed" in result.output
    assert "make setup" in result.output
    assert GAS.read_bytes() == before


@pytest.mark.usefixtures("without_anvil")
def test_main__no_anvil_and_json__says_it_in_one_object() -> None:
    result = CliRunner(mix_stderr=False).invoke(command.main, ["--json"])
    said = json.loads(result.stdout)
    assert said["error"] == "ToolMissing"
    assert said["next_step"].endswith("make setup")
