# SPDX-License-Identifier: AGPL-3.0-only
"""`millpond sourcecred`: what it writes, what it prints, and what it leaves alone."""

import json
from collections.abc import Callable
from pathlib import Path
from shutil import rmtree
from typing import Any

import pytest

from millpond.core.canonical import decode
from tests.cli.conftest import Ran
from tests.core.ledger.drafts import Draft
from tests.core.ledger.test_ours import draft
from tests.sourcecred import INSTANCES, WITH_GRAIN, laid_out, read, read_json

Run = Callable[..., Ran]
OUT = Path("out.json")


def told(path: Path) -> Any:
    return json.loads(path.read_bytes())


def everything(folder: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def failed(ran: Ran, name: str) -> str:
    """The message of one of our errors, which is all that was printed."""
    assert ran.status == 3
    assert "Traceback" not in ran.out + ran.err
    said = json.loads(ran.out)
    assert said["error"] == name
    return str(said["message"])


# --- replay ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("instance", INSTANCES)
def test_replay__a_real_ledger__writes_sourcecreds_balances(
    millpond: Run, tmp_path: Path, instance: str
) -> None:
    place = laid_out(instance, tmp_path)
    ran = millpond("sourcecred", "replay", place / "data" / "ledger.json", "--json", OUT)
    expected = read_json(instance, "expected-balances.json")
    assert ran.status == 0
    assert told(OUT) == {**expected, "generatedWith": "millpond"}
    assert f"{expected['events']} events, {expected['totals']['accounts']} accounts" in ran.out


def test_replay__a_directory__is_its_ledger_and_people_are_told_who_has_most(
    millpond: Run, tmp_path: Path
) -> None:
    out = millpond("sourcecred", "replay", laid_out("kurafire", tmp_path)).out.splitlines()
    assert out[1] == "4,893.000000000000000000 grain paid in all, 4,893.000000000000000000 held"
    assert out[2].split()[0] == "4,673.710585476000210944"
    assert out[2].endswith("KuraFire")
    assert len(out) == 4


def test_replay__a_ledger_that_cannot_be__is_refused_and_nothing_is_written(
    millpond: Run, tmp_path: Path
) -> None:
    path = tmp_path / "ledger.json"
    path.write_bytes(Draft().active("ann", "bob").pay(ann=5).send("bob", "ann", 5).bytes)
    message = failed(
        millpond("--json", "sourcecred", "replay", path, "--json", OUT), "NotEnoughGrain"
    )
    assert message == f"{path}, line 6: bob has 0 and sends 5"
    assert not OUT.exists()


def test_replay__no_file__is_refused(millpond: Run) -> None:
    assert "none.json: cannot be read" in failed(
        millpond("--json", "sourcecred", "replay", "none.json", "--json", OUT), "InputFileError"
    )


def test_replay__json_before_the_command__goes_to_standard_output(
    millpond: Run, tmp_path: Path
) -> None:
    ran = millpond("--json", "sourcecred", "replay", laid_out("kurafire", tmp_path))
    assert ran.json["totals"]["accounts"] == 17


# --- import and export ----------------------------------------------------------------------------


def test_import__a_real_ledger__writes_canonical_history(millpond: Run, tmp_path: Path) -> None:
    place = laid_out("kurafire", tmp_path)
    ran = millpond("sourcecred", "import", place, "--json", OUT)
    accounts = read_json("kurafire", "expected-balances.json")["accounts"]
    payouts = sum(account["allocationCount"] for account in accounts)
    assert ran.out == f"17 accounts, {payouts} payouts, 1 transfers written to out.json\n"
    said = decode(OUT.read_bytes())
    assert isinstance(said, dict)
    assert said["format"] == "millpond/ledger 1"


@pytest.mark.parametrize("instance", INSTANCES)
def test_export__a_real_ledger_in_its_older_form__is_what_sourcecred_writes(
    millpond: Run, tmp_path: Path, instance: str
) -> None:
    data = read(instance, "data/ledger.json")
    older = tmp_path / "older.json"
    older.write_bytes(b"[\n" + b",\n".join(data.splitlines()) + b"\n]\n")
    assert millpond("sourcecred", "export", older, "--json", OUT).status == 0
    same = read_json(instance, "expected-balances.json")["reserializesIdentically"]
    assert (OUT.read_bytes() == data) is same
    again = millpond("sourcecred", "replay", OUT, "--json", tmp_path / "again.json")
    assert again.status == 0
    accounts = read_json(instance, "expected-balances.json")["accounts"]
    assert told(tmp_path / "again.json")["accounts"] == accounts


def test_export__with_a_distribution_of_ours__adds_it_once(
    millpond: Run, tmp_path: Path, published: Path
) -> None:
    place = tmp_path / "ledger.json"
    place.write_bytes(draft().bytes)
    added = ("--document", published, "--grain", "1000", "--json", OUT)
    assert millpond("sourcecred", "export", place, *added).status == 0
    assert OUT.read_bytes().count(b'"type":"DISTRIBUTE_GRAIN"') == 1
    ran = millpond("--json", "sourcecred", "replay", OUT)
    paid = int(ran.json["totals"]["sumPaid"])
    assert 10**21 - 79 < paid <= 10**21
    message = failed(millpond("--json", "sourcecred", "export", OUT, *added), "LedgerRuleError")
    assert "the ledger has this distribution already" in message


def test_export__a_document_without_its_grain__is_wrong_usage(millpond: Run) -> None:
    for half in (("--document", "d"), ("--grain", "1"), ("--zeroed", "0x" + 64 * "1")):
        ran = millpond("sourcecred", "export", "ledger.json", "--json", OUT, *half)
        assert (ran.status, "belong together" in ran.err) == (2, True)


# --- grain ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("instance", WITH_GRAIN)
def test_grain__compatible__writes_sourcecreds_distributions(
    millpond: Run, tmp_path: Path, instance: str
) -> None:
    place = laid_out(instance, tmp_path)
    before = everything(place)
    ran = millpond("sourcecred", "grain", place, "--mode", "compatible", "--json", OUT)
    expected = read_json(instance, "expected-grain.json")["distributions"]
    assert ran.status == 0
    assert told(OUT)["distributions"] == expected
    assert "scores: computed from the graphs, compatible" in ran.out
    assert everything(place) == before


@pytest.mark.parametrize("instance", WITH_GRAIN)
def test_grain__exact__pays_each_budget_to_the_unit(
    millpond: Run, tmp_path: Path, instance: str
) -> None:
    place = laid_out(instance, tmp_path)
    assert millpond("sourcecred", "grain", place, "--mode", "exact", "--json", OUT).status == 0
    paid = [each for week in told(OUT)["distributions"] for each in week["allocations"]]
    assert len(paid) >= 2
    for each in paid:
        amounts = [int(receipt["amount"]) for receipt in each["receipts"]]
        assert sum(amounts) == int(each["policy"]["budget"])
        assert min(amounts) > 0


def test_grain__scores_that_sourcecred_left__count_before_the_graphs(
    millpond: Run, tmp_path: Path
) -> None:
    place = laid_out("synthetic-2k", tmp_path)
    rmtree(place / "output" / "graphs")
    view = "output/credGrainView"
    (place / view).write_bytes(read("synthetic-2k", view))
    ran = millpond("sourcecred", "grain", place, "--mode", "compatible", "--json", OUT)
    expected = read_json("synthetic-2k", "expected-grain.json")["distributions"]
    assert told(OUT)["distributions"] == expected
    assert f"scores: {view}" in ran.out


def test_grain__scores_and_ledger_by_name__are_read_and_written(
    millpond: Run, tmp_path: Path
) -> None:
    place, ledger = laid_out("kurafire", tmp_path), tmp_path / "next.json"
    scores = tmp_path / "scores.json"
    scores.write_bytes(read("kurafire", "expected-cred.json"))
    options = ("--mode", "exact", "--cred", scores, "--ledger", ledger, "--json", OUT)
    first = millpond("sourcecred", "grain", place, "--at", "2020-10-20", *options)
    assert "scores: scores.json" in first.out
    assert [each["credTimestamp"] for each in told(OUT)["distributions"]] == [
        1602374400000,
        1602979200000,
    ]
    (place / "data" / "ledger.json").write_bytes(ledger.read_bytes())
    again = millpond("sourcecred", "grain", place, "--at", "2020-10-20", *options)
    assert "No week waits to be paid." in again.out
    assert told(OUT)["distributions"] == []
    forced = millpond("sourcecred", "grain", place, "--at", "2020-10-20", "--force", *options)
    assert forced.out.splitlines()[1].startswith("week to 2020-10-17: 233.000000000000000000 to 2")


def test_grain__the_same_inputs_at_the_same_time__give_the_same_bytes(
    millpond: Run, tmp_path: Path
) -> None:
    place, found = laid_out("metagov", tmp_path), set()
    for number in range(2):
        ledger = tmp_path / f"{number}.json"
        options = ("--at", "2021-08-01", "--ledger", ledger, "--json", OUT)
        assert millpond("sourcecred", "grain", place, *options).status == 0
        found.add((OUT.read_bytes(), ledger.read_bytes()))
    assert len(found) == 1


def test_grain__no_rules__is_refused_and_nothing_is_written(millpond: Run, tmp_path: Path) -> None:
    place = laid_out("metagov", tmp_path)
    (place / "config" / "grain.json").unlink()
    options = ("--json", OUT, "--ledger", "ledger.json")
    ran = millpond("--json", "sourcecred", "grain", place, *options)
    assert "config/grain.json: there is no such file" in failed(ran, "ConfigFileError")
    assert not OUT.exists()
    assert not Path("ledger.json").exists()


def test_grain__no_time__is_refused(millpond: Run, tmp_path: Path) -> None:
    place = laid_out("metagov", tmp_path)
    ran = millpond("--json", "sourcecred", "grain", place, "--at", "soon", "--json", OUT)
    assert "--at: 'soon' is not a date" in failed(ran, "ConfigFileError")
