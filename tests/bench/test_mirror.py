# SPDX-License-Identifier: AGPL-3.0-only
"""The bench of the mirror: its chain is one that the mirror itself believes, its events are ours,
its figures are of the whole tree of processes, its page says what was measured."""

import json
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bench.mirror import ponder_project, tree
from bench.mirror.blocks import TAIL, Plan, write
from bench.mirror.node import Chain, Node
from bench.mirror.page import page, plot
from bench.mirror.posting import LEAVES, posting, put_on_shelf, subject
from bench.mirror.runs import WAYS, backfilled, node
from bench.mirror.said import Says
from bench.mirror.story import COOPS, HUB, Teller, contracts
from millpond.chain import abi, headers, receipts
from millpond.chain.abi import encode_values
from millpond.core.errors import BooksError
from millpond.core.subjects import from_hex, to_hex
from millpond.mirror.documents import Shelf
from millpond.mirror.reads import pools, proofs, proposals
from millpond.mirror.reads.distributions import find as distribution_of
from millpond.mirror.reads.snapshot import Mirror, Range
from millpond.mirror.stores import connect
from tests.mirror.test_decoders import EVENTS, Dice

PLAN = Plan(4_000, 60, sparse=True)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small chain."""
    found = tmp_path_factory.mktemp("chain")
    write(PLAN, found, posting())
    return found


@pytest.fixture(scope="module")
def mirrored(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The mirror that `millpond sync` makes of it."""
    room = tmp_path_factory.mktemp("mirror")
    with node(folder) as rpc:
        backfilled(str(room / "mirror.db"), rpc, room, None)
    return room / "mirror.db"


def _raw(value: Any, param: abi.Param) -> Any:
    """A value of the ABI's own spelling as `Says` takes it."""
    if param.type.endswith("]"):
        inner = abi.Param("", param.type[: param.type.rindex("[")], param.parts, False)
        return [_raw(each, inner) for each in value]
    if param.type == "tuple":
        values = value.values() if isinstance(value, dict) else value
        return [_raw(each, part) for each, part in zip(values, param.parts, strict=True)]
    return from_hex(value, 20) if param.type == "address" else value


@pytest.mark.parametrize(("contract", "form"), EVENTS, ids=lambda x: getattr(x, "name", x))
def test_says__any_event__writes_the_bytes_that_the_abi_encoder_writes(
    contract: str, form: abi.EventForm
) -> None:
    for seed in range(4):
        dice = Dice(seed, form.name)
        values = [dice.value(param) for param in form.inputs]
        raw = [_raw(value, param) for value, param in zip(values, form.inputs, strict=True)]
        entry = Says(contract, form.name).by(b"\x11" * 20, *raw)
        plain = [param for param in form.inputs if not param.indexed]
        kept = [v for v, param in zip(values, form.inputs, strict=True) if not param.indexed]
        assert entry.data == encode_values(plain, kept, form.name)
        assert entry.topics[0] == form.topic
        assert len(entry.topics) == 1 + len(form.inputs) - len(plain)


def test_story__told_twice__is_the_same_and_goes_on() -> None:
    first, second = Teller().transactions(), Teller().transactions()
    for _ in range(500):
        entries = next(first)
        assert entries == next(second)
        assert {entry.address for entry in entries} <= set(contracts())


def _ask(node: Node, method: str, *params: object) -> Any:
    asked = json.dumps([{"id": 7, "jsonrpc": "2.0", "method": method, "params": params}])
    [reply] = json.loads(node.answer(asked.encode()))
    assert reply["id"] == 7
    return reply.get("result", reply.get("error"))


def test_node__every_block__has_its_hash_its_parent_and_proven_receipts(folder: Path) -> None:
    chain = Chain(folder)
    found = Node(chain)
    assert chain.head == PLAN.blocks + TAIL
    parent, ours = bytes(32), 0
    mine = [to_hex(where) for where in contracts()]
    for number in range(chain.head + 1):
        header = headers.read(_ask(found, "eth_getBlockByNumber", hex(number), False))
        whole = _ask(found, "eth_getBlockByHash", to_hex(header.hash), True)
        assert (header.parent_hash, header.number) == (parent, number)
        proven = receipts.proven_logs(_ask(found, "eth_getBlockReceipts", hex(number)), header)
        of_us = [log for log in proven if log.address.lower() in mine]
        told = _ask(found, "eth_getLogs", {"blockHash": to_hex(header.hash), "address": mine})
        assert [int(log["logIndex"], 16) for log in told] == [log.index for log in of_us]
        hashes = [each["hash"] for each in whole["transactions"]]
        assert {to_hex(log.transaction_hash) for log in proven} <= set(hashes)
        assert not of_us or number % 2 == 0
        parent, ours = header.hash, ours + len(of_us)
    assert PLAN.events <= ours < PLAN.events + 100
    assert _ask(found, "eth_getLogs", {"blockHash": "0x" + "11" * 32})["code"] == -32001


def test_node__logs_by_range_address_and_topic__are_those_that_match(folder: Path) -> None:
    chain = Chain(folder)
    found = Node(chain)
    span = {"fromBlock": "0x0", "toBlock": hex(chain.head)}
    every = _ask(found, "eth_getLogs", span)
    where, topic = to_hex(HUB), to_hex(abi.load("Hub").event("PoolCreated").topic)
    made = _ask(found, "eth_getLogs", {**span, "address": where, "topics": [[topic]]})
    assert made == [log for log in every if log["address"] == where]
    assert len(made) == len(COOPS)
    assert (
        _ask(found, "eth_getLogs", {**span, "address": where, "topics": ["0x" + "11" * 32]}) == []
    )


def test_mirror__of_that_chain__has_every_event_and_makes_sense_of_it(mirrored: Path) -> None:
    """The story is one: proposals were carried, every member voted, what was claimed is there."""
    with connect(mirrored, writes=False) as db:
        assert PLAN.events <= db.execute("SELECT count(*) FROM events").fetchone()[0]
    with Mirror(mirrored).snapshot() as now:
        pool = pools.find(now, "coop-0")
        listed = proposals.listed(now, pool, Range(100)).items
        carried = [each for each in listed if each.state == "executed"]
        assert len(carried) > 2
        assert {each.tally.cast for each in carried if each.class_name == "ordinary"} == {300}


def test_posting__its_document__proves_a_leaf_of_the_mirrored_distribution(
    mirrored: Path, tmp_path: Path
) -> None:
    put_on_shelf(tmp_path)
    with Mirror(mirrored).snapshot() as now:
        pool = pools.find(now, "coop-0")
        found = distribution_of(now, pool, 1)
        proven = proofs.proven(now, pool, found, Shelf(tmp_path), subject(4_711))
    assert (proven.leaf_count, proven.subject) == (LEAVES, subject(4_711))


def test_ponder_project__every_event__has_its_table_and_its_function(tmp_path: Path) -> None:
    project = tmp_path / "ponder"
    declared = ponder_project.write(project, "http://127.0.0.1:1", 9, ponder_project.Database())
    schema = (project / "ponder.schema.ts").read_text("utf-8")
    functions = (project / "src" / "index.ts").read_text("utf-8")
    assert schema.count("onchainTable(") == functions.count("ponder.on(") == declared > 60
    assert '"Governor:VoteCast"' in functions
    assert "endBlock" in (project / "ponder.config.ts").read_text("utf-8")


# --- figures --------------------------------------------------------------------------------------

TREE = """
import subprocess, sys, time
def busy(mib, seconds):
    held = bytearray(mib << 20)
    for at in range(0, len(held), 4096): held[at] = 1
    end = time.process_time() + seconds
    while time.process_time() < end: pass
    return held
if sys.argv[1:]:
    held = busy(64, 0.4)
    time.sleep(0.2)
else:
    held = busy(48, 0.3)
    subprocess.run([sys.executable, __file__, "child"], check=True)
"""


@pytest.mark.skipif(not Path("/proc/self/smaps_rollup").exists(), reason="looks into /proc")
def test_tree__a_program_and_its_child__are_counted_together(tmp_path: Path) -> None:
    program = tmp_path / "tree.py"
    program.write_text(TREE)
    figures = tree.run([sys.executable, str(program)], tmp_path / "log")
    assert 0.7 <= figures.cpu_seconds < 5
    assert figures.cpu_seconds <= figures.seconds * 2
    assert 112 <= figures.peak_mib < 200


@pytest.mark.skipif(not Path("/proc/self/smaps_rollup").exists(), reason="looks into /proc")
def test_tree__a_server_that_is_ready__is_ended_and_what_failed_is_named(tmp_path: Path) -> None:
    serving = [sys.executable, "-m", "http.server", "0", "--bind", "127.0.0.1"]
    log = tmp_path / "log"
    asked: list[int] = []

    def ready() -> bool:
        asked.append(1)
        return len(asked) > 2

    assert tree.run(serving, log, place=tmp_path, ready=ready).cpu_seconds >= 0
    with pytest.raises(BooksError, match="ended with 3: no luck"):
        tree.run([sys.executable, "-c", "import sys; print('no luck'); sys.exit(3)"], log)
    with pytest.raises(BooksError, match="before it was ready"):
        tree.run([sys.executable, "-c", "pass"], log, ready=lambda: False)


def _figures(seconds: float, cpu: float, server: float = 0.0) -> dict[str, float]:
    return {
        "seconds": seconds,
        "cpu_seconds": cpu,
        "peak_mib": 120,
        "server_cpu_seconds": server,
        "server_peak_mib": 90 if server else 0,
        "load_before": 1.5,
    }


@pytest.fixture
def known() -> dict[str, Any]:
    """Results of a run that was not made."""
    ours, theirs = WAYS[0].name, "ponder, PostgreSQL, no limit"
    rounds = [{ours: _figures(4, 5), theirs: _figures(60, 40, 20)}] * 2
    rounds = [*rounds, {ours: _figures(400, 500)}]
    plan = {"events": 200_000, "blocks": 2_000, "sparse": False}
    return {
        "machine": "a machine",
        "backfill": {"200000-in-2000": {"plan": plan, "events": 200_031, "rounds": rounds}},
        "load": {
            "about": {"events": 10, "connections": 8, "seconds": 8},
            "stores": {
                "SQLite": [
                    {"question": "a proof", "processes": 2, "per_second": 1234.5}
                    | {"p50_ms": 1.5, "p99_ms": 9.0}
                ]
            },
        },
    }


def test_page__figures__are_those_of_the_results_and_ratios_of_pairs(known: Any) -> None:
    text = page(known)
    assert "| millpond, SQLite | 4.0 (5.0) | 40,006 | 120 MiB | 15.0 | 12.0 | 3 | 1.5 |" in text
    assert "| 60.0 (40.0 + 20.0) | 3,334 | 120 + 90 MiB | 1.0 | 1.0 | 2 | 1.5 |" in text
    assert "| SQLite | 2 | a proof | 1,234 | 1.5 ms | 9 ms |" in text
    assert "millpond, SQLite" in plot(known)


@pytest.fixture
def served(folder: Path) -> Iterator[str]:
    """The node as a process."""
    with node(folder) as rpc:
        yield rpc


def test_node__as_a_process__answers_questions_and_batches(served: str) -> None:
    def ask(body: object) -> Any:
        request = urllib.request.Request(served, json.dumps(body).encode())  # noqa: S310
        with urllib.request.urlopen(request, timeout=30) as reply:  # noqa: S310
            return json.loads(reply.read())

    one = {"jsonrpc": "2.0", "id": 1, "method": "eth_chainId", "params": []}
    assert ask(one)["result"] == hex(1337)
    assert [each["id"] for each in ask([one, {**one, "id": 2}])] == [1, 2]
    assert ask({**one, "method": "eth_mining"})["error"]["code"] == -32601
