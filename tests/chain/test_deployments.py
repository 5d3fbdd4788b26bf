# SPDX-License-Identifier: AGPL-3.0-only
"""Records of deployment: canonical, whole or not at all, only ever added to."""

import json
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from millpond.chain import deployments
from millpond.chain.answers import Address
from millpond.chain.client import Client, connect
from millpond.chain.contracts import Contract
from millpond.chain.deployments import Deployed, DeployedPool, Record
from millpond.chain.signers import LocalSigner
from millpond.core.canonical import keccak256
from millpond.core.errors import DeploymentError, WrongChain
from tests.chain.nodes import CHAIN_ID, QUICK, Reply, odd_node, result, through

HASH = "0x" + "ab" * 32
HUB = Address(LocalSigner(0).address)


def entry(**changes: Any) -> Deployed:
    values: dict[str, Any] = {
        "contract": "Hub",
        "address": HUB,
        "args": "0x",
        "code_hash": HASH,
        "compiler": "0.4.3",
        "source_commit": "c0ffee",
        "block_number": 5,
        "transaction_hash": HASH,
    }
    return Deployed(**(values | changes))


def pool_entry(**changes: Any) -> DeployedPool:
    values: dict[str, Any] = {
        "hub": HUB,
        "parts": {"Pool": HUB},
        "block_number": 6,
        "transaction_hash": HASH,
    }
    return DeployedPool(**(values | changes))


@pytest.fixture
def record() -> Record:
    return Record(chain_id=CHAIN_ID, genesis_hash=HASH).with_contract("Hub", entry())


def test_save__then_load__the_same(tmp_path: Path, record: Record) -> None:
    path = deployments.save(tmp_path / "new", record)
    assert path == tmp_path / "new" / "1337.json"
    assert deployments.load(tmp_path / "new", CHAIN_ID) == record
    assert list(path.parent.iterdir()) == [path]  # no half-written file is left


def test_save__twice__the_same_bytes(tmp_path: Path, record: Record) -> None:
    first = deployments.save(tmp_path, record).read_bytes()
    assert deployments.save(tmp_path, record).read_bytes() == first
    assert json.loads(first)["schema"] == "millpond-deployments/1"


def test_with_contract__same_entry_again__unchanged(record: Record) -> None:
    assert record.with_contract("Hub", entry()) == record


def test_with_contract__another_entry_under_the_name__refused(record: Record) -> None:
    for change in ({"address": LocalSigner(1).address}, {"block_number": 6}, {"args": "0x00"}):
        with pytest.raises(DeploymentError, match="Hub is recorded already"):
            record.with_contract("Hub", entry(**change))


def test_with_pool__again_and_another__kept_and_refused(record: Record) -> None:
    grown = record.with_pool("credsperiment", pool_entry())
    assert grown.with_pool("credsperiment", pool_entry()) == grown
    assert grown.pool("credsperiment").parts == {"Pool": HUB}
    with pytest.raises(DeploymentError, match="recorded already"):
        grown.with_pool("credsperiment", pool_entry(block_number=7))


def test_save__entry_on_disk_missing_or_changed__refused_and_disk_unchanged(
    tmp_path: Path, record: Record
) -> None:
    path = deployments.save(tmp_path, record.with_pool("one", pool_entry()))
    before = path.read_bytes()
    blank = Record(chain_id=CHAIN_ID, genesis_hash=HASH)
    with pytest.raises(DeploymentError, match="the record on disk has Hub, one"):
        deployments.save(tmp_path, blank)
    with pytest.raises(DeploymentError, match="recorded already"):
        deployments.save(tmp_path, blank.with_contract("Hub", entry(args="0x01")))
    with pytest.raises(WrongChain):
        deployments.save(tmp_path, record.model_copy(update={"genesis_hash": "0x" + "cd" * 32}))
    assert path.read_bytes() == before


def test_contract__unknown_name__lists_the_known(record: Record) -> None:
    with pytest.raises(DeploymentError) as caught:
        record.contract("Pool")
    assert "Hub" in caught.value.next_step
    with pytest.raises(DeploymentError, match="no pool 'one'"):
        record.pool("one")


def test_load__no_record__says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(DeploymentError, match="no record of deployments on chain 1337") as caught:
        deployments.load(tmp_path, CHAIN_ID)
    assert "deploy first" in caught.value.next_step


def test_load__damaged__refused(tmp_path: Path, record: Record) -> None:
    path = deployments.save(tmp_path, record)
    whole = path.read_bytes()
    damages = [
        whole[:-10],
        whole.replace(b'"chain_id":"1337"', b'"chain_id":1337'),
        whole.replace(b'"block_number":"5"', b'"block_number":"-5"'),
        whole.replace(b'"compiler"', b'"compilers"'),
        whole.replace(HUB.encode(), HUB.lower().replace("f", "0", 1).encode()[:-1]),
        whole.replace(HASH.encode(), b"0xab"),
        whole.replace(b"deployments/1", b"deployments/2"),
        b"{}",
        b"",
        b"\xff",
    ]
    for damage in damages:
        path.write_bytes(damage)
        with pytest.raises(DeploymentError, match="cannot be used"):
            deployments.load(tmp_path, CHAIN_ID)


def test_load__of_another_chain__refused(tmp_path: Path, record: Record) -> None:
    data = deployments.save(tmp_path, record).read_bytes()
    (tmp_path / "5.json").write_bytes(data)
    with pytest.raises(WrongChain, match="is of chain 1337"):
        deployments.load(tmp_path, 5)


def test_open_or_new__chain_started_anew__refused(
    tmp_path: Path, client: Client, node_url: str
) -> None:
    assert deployments.open_or_new(tmp_path, client).contracts == {}
    record = deployments.open_or_new(tmp_path, client).with_contract("Hub", entry())
    deployments.save(tmp_path, record)
    assert deployments.open_or_new(tmp_path, client) == record

    def other_past(question: dict[str, Any]) -> Reply | None:
        if question["method"] != "eth_getBlockByNumber" or question["params"][0] != "0x0":
            return None
        _, body = through(node_url, lambda _: None)(question)
        block = json.loads(body)["result"]
        return result(block | {"hash": "0x" + "cd" * 32})

    with odd_node(through(node_url, other_past)) as node:
        other = connect(node.url, CHAIN_ID, QUICK)
        with pytest.raises(WrongChain, match="their first blocks differ"):
            deployments.open_or_new(tmp_path, other)


def test_deployed__fresh_contract__hash_and_place(
    client: Client, bench: Contract, patron: LocalSigner
) -> None:
    receipt = bench.note.send(patron, 1)
    with pytest.raises(DeploymentError, match="made no contract"):
        deployments.deployed(client, "Bench", receipt, b"", "0.4.3", Path())
    created = replace(receipt, contract_address=bench.address)
    from_receipt = deployments.deployed(client, "Bench", created, b"\x01", "0.4.3", Path())
    assert from_receipt.code_hash == "0x" + keccak256(client.code(bench.address)).hex()
    assert from_receipt.args == "0x01"


def test_source_commit__clean_dirty_and_no_repository(tmp_path: Path) -> None:
    def git(*args: str) -> str:
        command = ["git", "-C", str(tmp_path), "-c", "user.name=a", "-c", "user.email=a@b", *args]
        run = subprocess.run(command, check=True, capture_output=True, text=True)  # noqa: S603
        return run.stdout.strip()

    assert deployments.source_commit(tmp_path) == "unknown"
    git("init", "-q")
    (tmp_path / "contracts").mkdir()
    (tmp_path / "contracts" / "A.vy").write_text("# one\n")
    git("add", ".")
    git("commit", "-qm", "one")
    commit = git("rev-parse", "HEAD")
    assert deployments.source_commit(tmp_path) == commit
    (tmp_path / "notes.txt").write_text("not a contract")
    assert deployments.source_commit(tmp_path) == commit
    (tmp_path / "contracts" / "A.vy").write_text("# two\n")
    assert deployments.source_commit(tmp_path) == f"{commit}-dirty"
