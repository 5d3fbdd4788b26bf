# SPDX-License-Identifier: AGPL-3.0-only
"""The audit beside nodes that lie, are silent or forget; as of other blocks; as a command."""

import json
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from millpond.chain.answers import BadAnswer, NotKept
from millpond.chain.client import Client, Limits, connect
from millpond.chain.rlp import BadProof
from millpond.cli import run
from millpond.mirror.audit.checking import Audit, audit
from millpond.mirror.audit.events import tables
from millpond.mirror.audit.expected import ANOTHER_NODE, PROVE, number
from millpond.mirror.decoders import BY_TOPIC
from millpond.mirror.reads.snapshot import Mirror
from scripts._local_chain import local_chain
from tests.chain.coop import Coop
from tests.chain.nodes import CHAIN_ID
from tests.mirror.audit.conftest import Remembering, silent
from tests.mirror.audit.story import NOTE, Town
from tests.mirror.tables import TABLES

Lie = Callable[[str, Sequence[Any], Any], Any]
"""(method, parameters, result) -> the result that is told; a dict with `error` is a refusal."""
REFUSED = {"error": {"code": -32601, "message": "not served here"}}


class Lying(Remembering):
    """The way to a node that changes some of its answers."""

    def __init__(self, url: str, lie: Lie) -> None:
        super().__init__(url)
        self._lie = lie

    def exchange(self, body: bytes, longest: int = 1 << 26) -> bytes:
        asked = json.loads(body)
        told = json.loads(super().exchange(body, longest))
        questions = {each["id"]: each for each in (asked if isinstance(asked, list) else [asked])}
        for reply in told if isinstance(told, list) else [told]:
            question = questions[reply["id"]]
            if "result" in reply:
                found = self._lie(question["method"], question["params"], reply.pop("result"))
                refused = isinstance(found, dict) and "error" in found
                reply.update(found if refused else {"result": found})
        return json.dumps(told).encode()


def _by(town: Town, lie: Lie, **how: bool) -> Audit:
    client = Client(Lying(town.url, lie), CHAIN_ID, Limits())
    with Mirror(town.database).snapshot() as now:
        return audit(now, client, lambda _: silent, **how)


# --- nodes ----------------------------------------------------------------------------------------


def test_audit__a_node_that_lies_where_it_has_proofs__is_caught_by_its_own(town: Town) -> None:
    supply = "0x18160ddd"

    def lie(method: str, params: Sequence[Any], result: Any) -> Any:
        is_supply = method == "eth_call" and params[0]["data"] == supply
        return "0x" + "00" * 31 + "07" if is_supply else result

    found = _by(town, lie, with_events=False)
    [difference] = found.differences
    assert (difference.view, difference.field) == ("grain_balances", "supply")
    assert difference.mirrored == "7"
    assert difference.next_step == ANOTHER_NODE


def test_audit__a_node_that_lies_where_there_is_no_proof__is_named_as_one_of_two(
    town: Town,
) -> None:
    def lie(method: str, params: Sequence[Any], result: Any) -> Any:
        is_state = method == "eth_call" and params[0]["data"].startswith("0x3e4f49e6")
        return "0x" + "00" * 31 + "07" if is_state else result

    found = _by(town, lie, with_events=False)
    assert {(d.view, d.field, d.next_step) for d in found.differences} == {
        ("proposals", "state", PROVE)
    }
    assert {d.found for d in found.differences} == {"executed"}


def test_audit__a_proof_that_is_wrong__ends_it(town: Town) -> None:
    def lie(method: str, _: Sequence[Any], result: Any) -> Any:
        for entry in result["storageProof"] if method == "eth_getProof" else ():
            entry["value"] = hex(int(entry["value"], 16) ^ 1)
        return result

    with pytest.raises(BadProof):
        _by(town, lie, with_events=False)


def test_audit__a_node_without_proofs__compares_what_it_says_and_says_so(town: Town) -> None:
    def lie(method: str, _: Sequence[Any], result: Any) -> Any:
        return REFUSED if method == "eth_getProof" else result

    found = _by(town, lie, with_events=False)
    assert found.holds
    assert found.proven == 0
    assert found.values > 150
    why, unasked, events = found.unchecked
    assert "serves no proofs: not served here" in why
    assert "values that no getter tells" in unasked
    assert "events were not read" in events


def test_audit__a_node_without_receipts__says_so(town: Town) -> None:
    def lie(method: str, _: Sequence[Any], result: Any) -> Any:
        return REFUSED if method == "eth_getBlockReceipts" else result

    found = _by(town, lie, with_state=False)
    assert found.rows == 0
    assert not found.holds  # nothing was compared
    assert any("gives no receipts" in why for why in found.unchecked)


def test_audit__a_receipt_without_one_log__does_not_make_the_root(town: Town) -> None:
    def lie(method: str, _: Sequence[Any], result: Any) -> Any:
        if method == "eth_getBlockReceipts":
            for receipt in result:
                receipt["logs"] = receipt["logs"][:-1]
        return result

    with pytest.raises(BadProof, match="the receipts are not those of block"):
        _by(town, lie, with_state=False)


def test_audit__a_node_that_hides_every_log__is_not_believed(town: Town) -> None:
    """It names no block in which anything was said; the mirror's own are read all the same."""

    def lie(method: str, _: Sequence[Any], result: Any) -> Any:
        return [] if method == "eth_getLogs" else result

    found = _by(town, lie, with_state=False)
    assert not found.holds
    assert {d.by for d in found.differences} == {"receipts"}


def test_audit__a_node_that_has_forgotten_the_state__says_what_to_do(town: Town) -> None:
    def lie(method: str, _: Sequence[Any], result: Any) -> Any:
        return REFUSED if method == "eth_getCode" else result

    with pytest.raises(NotKept, match="does not know the state of block"):
        _by(town, lie)


def test_audit__a_header_that_does_not_hash__ends_it(town: Town) -> None:
    def lie(method: str, _: Sequence[Any], result: Any) -> Any:
        if method == "eth_getBlockByNumber" and result["number"] != "0x0":
            result["stateRoot"] = "0x" + "99" * 32
        return result

    with pytest.raises(BadAnswer, match="do not hash to its hash"):
        _by(town, lie)


def test_audit__a_node_behind_the_mirror__says_so(town: Town) -> None:
    def lie(method: str, _: Sequence[Any], result: Any) -> Any:
        return None if method == "eth_getBlockByNumber" else result

    with pytest.raises(NotKept, match="the node has no block"):
        _by(town, lie)


# --- blocks ---------------------------------------------------------------------------------------


def test_audit__as_of_the_final_block__compares_with_that_block(town: Town) -> None:
    members = "SELECT count(*) AS n FROM members WHERE is_member = 1"
    with Mirror(town.database).snapshot("finalized") as now:
        found = audit(now, town.client, lambda _: silent)
        final = now.as_of.block_number
        before = now.rows(members)[0]["n"]
    with Mirror(town.database).snapshot() as latest:
        assert 0 < final < latest.as_of.block_number
        assert latest.rows(members)[0]["n"] == before - 1  # who left, left behind it
    assert found.block_number == final
    assert found.differences == []
    assert found.proven > 100


# --- the command ----------------------------------------------------------------------------------


def _told(capsys: pytest.CaptureFixture[str], *args: str) -> tuple[int, str]:
    status = run(["mirror", "audit", *args])
    return status, capsys.readouterr().out


def test_command__a_true_mirror__holds(town: Town, capsys: pytest.CaptureFixture[str]) -> None:
    where = ("--database", str(town.database), "--node", town.url, "--hub", town.coop.hub.address)
    status, out = _told(capsys, *where)
    assert status == 0
    assert out.splitlines()[-1].startswith("It holds: ")
    assert "DIFFERS" not in out


def test_command__a_tampered_mirror__names_both_values_and_the_step(
    town: Town, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    change = f"UPDATE pool_given SET note = 'mine' WHERE note = '{NOTE}'"  # noqa: S608
    path = town.copy(tmp_path / "mirror.db", change)
    where = ("--database", str(path), "--node", town.url)
    status, out = _told(capsys, *where)
    assert status == 1
    [line] = [line for line in out.splitlines() if line.startswith("DIFFERS")]
    assert "pool_given" in line
    assert "note: the mirror has mine, the chain for the new wheel of the mill (receipts)" in line
    assert "Next: make the mirror again" in out
    assert "It does not hold: 1 differences" in out
    status, out = _told(capsys, *where, "--json")
    said = json.loads(out)
    assert status == 1
    assert said["holds"] is False
    assert said["differences"][0]["view"] == "pool_given"
    assert said["compared"]["proven"] > 200
    assert said["unchecked"] == []


@pytest.mark.parametrize("block", ["safe", "number"])
def test_command__as_of_an_earlier_block__by_name_or_number(
    town: Town, capsys: pytest.CaptureFixture[str], block: str
) -> None:
    with Mirror(town.database).snapshot("safe") as now:
        safe = now.as_of.block_number
    wanted = str(safe) if block == "number" else block
    where = ("--database", str(town.database), "--node", town.url)
    status, out = _told(capsys, *where, "--block", wanted, "--no-events")
    assert status == 0
    assert out.startswith(f"block {safe} ")
    assert "events were not read" in out


def test_command__a_block_that_the_mirror_cannot_be_read_as_of__refused(
    town: Town, capsys: pytest.CaptureFixture[str]
) -> None:
    where = ("--database", str(town.database), "--node", town.url, "--block", "3")
    assert run(["mirror", "audit", *where]) == 3
    assert "the mirror can be read as of block" in capsys.readouterr().err


def test_command__as_of_a_block_before_the_hub__says_so_and_what_to_do(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """As on the demo's chain, whose finalized block is its first one for a long time."""
    with local_chain() as url:
        coop = Coop.make(connect(url, CHAIN_ID))
        told = ["--rpc", url, "--database", str(tmp_path / "mirror.db")]
        assert run(["sync", "--hub", coop.hub.address, "--once", *told]) == 0
        assert run(["mirror", "audit", *told, "--block", "finalized"]) == 3
        assert run(["mirror", "audit", *told, "--block", "latest"]) == 0
    said = capsys.readouterr().err
    assert f"the Hub {coop.hub.address} is not there at block 0" in said
    assert "--block latest" in said


def test_command__another_hub__refused(town: Town, capsys: pytest.CaptureFixture[str]) -> None:
    where = ("--database", str(town.database), "--node", town.url, "--hub", "0x" + "11" * 20)
    assert run(["mirror", "audit", *where]) == 3
    assert "this mirror is of the Hub" in capsys.readouterr().err


# --- what it rests on -----------------------------------------------------------------------------


def test_tables__every_table_that_a_decoder_writes__is_compared() -> None:
    own = {
        f"{re.sub('(?<!^)(?=[A-Z])', '_', each.contract).lower()}_{each.function.__name__}"
        for each in BY_TOPIC.values()
    }
    assert len(own) > 50
    assert own | {"events"} <= set(tables()) <= set(TABLES)


@pytest.mark.parametrize(
    ("value", "found"),
    [(None, 0), (True, 1), (7, 7), ("12", 12), ("-3", -3), ("0x", 0), ("0x10", 16), (b"\1\0", 256)],
)
def test_number__of_whatever_a_database_or_an_abi_has(value: object, found: int) -> None:
    assert number(value) == found
