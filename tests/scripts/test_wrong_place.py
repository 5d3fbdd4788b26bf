# SPDX-License-Identifier: AGPL-3.0-only
"""Every command that acts: on a wrong chain, beside a wrong record, with a wrong address or amount.

Each is refused by name with what to do next, and nothing was sent: the chain, the nonces and every
file are afterwards as they were.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from millpond.core.errors import MillpondError
from scripts._desk import Refused
from tests.scripts.every import ACCOUNTS, AMOUNTS, acting, typed
from tests.scripts.town import Town

pytestmark = [
    pytest.mark.filterwarnings("ignore:unclosed <socket:ResourceWarning"),
    pytest.mark.filterwarnings(
        "ignore:Exception ignored in. <socket:pytest.PytestUnraisableExceptionWarning"
    ),
]
MEMBER = 3
NOWHERE = "0x00000000000000000000000000000000DeaDBeef"
WITHOUT_HUB = {"dev mint"}
commands = pytest.mark.parametrize("name", acting())


def refused(town: Town, name: str, line: list[str], by: int = MEMBER) -> MillpondError:
    """The error of a command, which must have sent nothing and written nothing."""
    before = _all(town, by)
    with pytest.raises(Refused) as caught:
        town.stage.run(name, *line, by=by, loud=False)
    assert _all(town, by) == before
    error = caught.value.error
    assert error.message
    assert error.next_step
    return error


def _all(town: Town, by: int) -> tuple[object, object, dict[Path, bytes]]:
    roots = (town.papers, town.stage.folder)
    found = [path for root in roots for path in root.rglob("*") if path.is_file()]
    sent = town.stage.client.rpc.ask("eth_getTransactionCount", [town.address(by), "pending"])
    return town.stage.client.block(), sent, {path: path.read_bytes() for path in found}


def beside(town: Town, folder: Path, change: Any) -> Town:
    """The same town, as seen by somebody with another record of deployment."""
    record = json.loads((town.stage.folder / "deployments" / "1337.json").read_bytes())
    change(record)
    (folder / "deployments").mkdir(parents=True)
    text = json.dumps(record, sort_keys=True, separators=(",", ":")) + "\n"
    (folder / "deployments" / "1337.json").write_text(text, "utf-8")
    return Town(replace(town.stage, folder=folder), town.papers)


# --- another chain, another record ------------------------------------------------------------


@commands
def test_command__on_another_chain_than_the_record_s__is_refused(
    name: str, town: Town, tmp_path: Path
) -> None:
    def other(record: Any) -> None:
        record["genesis_hash"] = "0x" + "11" * 32

    line = typed(acting()[name], town)
    error = refused(beside(town, tmp_path / "other", other), name, line)
    assert error.name == "WrongChain"


@pytest.mark.parametrize("name", sorted({*acting()} - WITHOUT_HUB))
@pytest.mark.parametrize("what", ["no code", "code of another contract"])
def test_command__where_the_record_names_a_wrong_hub__is_refused(
    name: str, what: str, town: Town, tmp_path: Path
) -> None:
    def other(record: Any) -> None:
        pins = record["contracts"]["Pins"]["address"]
        hub = NOWHERE if what == "no code" else pins
        record["contracts"]["Hub"]["address"] = hub
        for pool in record["pools"].values():
            pool["hub"] = hub

    command = acting()[name]
    error = refused(beside(town, tmp_path / "other", other), name, typed(command, town))
    assert error.name in {"DeploymentError", "WrongContract", "BadAnswer", "Reverted", "ChainError"}


# --- accounts ---------------------------------------------------------------------------------


def _places(names: set[str]) -> Iterator[tuple[str, str]]:
    for name, command in acting().items():
        for option in command.options:
            earmark = name.endswith(" move") and option.opts[0] == "--to"
            if option.required and option.opts[0] in names and not earmark:
                yield name, option.opts[0]


def _put(line: list[str], option: str, text: str) -> list[str]:
    at = line.index(option) + 1
    return [*line[:at], text, *line[at + 1 :]]


@pytest.mark.parametrize(("name", "option"), _places(ACCOUNTS))
@pytest.mark.parametrize("how", ["checksum", "a name"])
def test_command__with_an_address_that_is_none__is_refused(
    name: str, option: str, how: str, town: Town
) -> None:
    line = typed(acting()[name], town)
    right = line[line.index(option) + 1]
    at = next(m.start() for m in re.finditer("[a-fA-F]", right) if m.start() > 1)
    wrong = {
        "checksum": right[:at] + right[at].swapcase() + right[at + 1 :],
        "a name": "alice.eth",
    }[how]
    error = refused(town, name, _put(line, option, wrong))
    assert error.name == "BadInput"
    assert wrong in str(error) or option.strip("-") in str(error)


# --- amounts ----------------------------------------------------------------------------------

# One of each kind; every other spelling is a case of tests/core/test_units.py.
WRONG_AMOUNTS = ["-1", "1e3", "1,000", "0x10", "", "1.0000000000000000000000001", "1 ETH"]


@pytest.mark.parametrize(("name", "option"), _places(AMOUNTS))
def test_command__with_an_amount_that_is_none__is_refused(
    name: str, option: str, town: Town
) -> None:
    """Of a test dollar, which has six decimals; "1 ETH" names another asset than it."""
    command = acting()[name]
    line = typed(command, town)
    if command.takes("--asset") and "--asset" not in line:
        line += ["--asset", "TestDollar"]
    for text in WRONG_AMOUNTS:
        error = refused(town, name, _put(line, option, text))
        assert error.name in {"UnitError", "BadInput"}, text


def test_plan__before_anything_is_sent__shows_amount_unit_and_address(
    town: Town, capsys: pytest.CaptureFixture[str]
) -> None:
    to = town.address(13)
    paid = ("--amount", "12.5", "--asset", "TestDollar", "--to", to, "--text", "Why")
    before = town.blocks
    town.stage.run("pool propose spend", "--pool", "credsperiment", *paid, "--yes", by=MEMBER)
    shown = capsys.readouterr().out
    assert town.blocks == before
    assert to in shown
    assert re.search(r"12\.50* TUSD", shown)
