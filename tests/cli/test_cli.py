# SPDX-License-Identifier: AGPL-3.0-only
"""`millpond`: what it prints, in words and JSON, and how it ends."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from eth_abi.abi import encode

from millpond import __version__
from millpond.chain import deployments
from millpond.chain.coop import SPENDERS
from millpond.chain.deployments import Deployed, DeployedPool, Record
from millpond.core.canonical import keccak256
from millpond.core.distribution import Exclusion, to_json
from millpond.core.subjects import to_hex
from tests.chain.coop import PAYEES, Story
from tests.chain.nodes import CHAIN_ID, ROOT, Reply, free_port, odd_node, result, through
from tests.cli.conftest import Ran
from tests.core import month

Run = Callable[..., Ran]


def no_traceback(ran: Ran) -> bool:
    return "Traceback" not in ran.out + ran.err


# --- help -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "command", [[], ["verify"], ["verify", "distribution"], ["verify", "code"], ["explain"]]
)
def test_help__each_command__explained(millpond: Run, command: list[str]) -> None:
    ran = millpond(*command, "--help")
    assert ran.status == 0
    assert "Usage: millpond" in ran.out


def test_help__top__examples_and_exit_status(millpond: Run) -> None:
    out = millpond("--help").out
    assert "millpond verify distribution ./2019-09 --rpc http://127.0.0.1:8545" in out
    assert "Exit status: 0 it holds, 1 something differs, 2 wrong usage, 3" in out


def test_version__printed(millpond: Run) -> None:
    assert millpond("--version").out == f"millpond, version {__version__}\n"


@pytest.mark.parametrize(
    "args", [["nonsense"], ["verify", "nonsense"], ["verify", "distribution"], ["explain", "x"],
             ["verify", "distribution", "x", "--from-block", "-1"]]
)  # fmt: skip
def test_usage__wrong__status_2(millpond: Run, args: list[str]) -> None:
    ran = millpond(*args)
    assert ran.status == 2
    assert "Usage:" in ran.err
    assert no_traceback(ran)


def test_program__installed_entry_point__runs() -> None:
    program = Path(sys.executable).parent / "millpond"
    run = subprocess.run([program, "--version"], capture_output=True, text=True, check=False)  # noqa: S603
    assert (run.returncode, run.stdout) == (0, f"millpond, version {__version__}\n")


def test_program__without_ape__and_without_the_compiler() -> None:
    """A funder needs neither to check a distribution."""
    code = (
        "import sys, millpond.cli; print(sorted({'ape', 'vyper', 'eth_tester'} & set(sys.modules)))"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)  # noqa: S603
    assert run.stdout == "[]\n"


def test_interrupted__status_130(millpond: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(place: str) -> None:
        raise KeyboardInterrupt(place)

    monkeypatch.setattr("millpond.cli.verify.open_published", interrupt)
    assert millpond("verify", "distribution", "x").status == 130


# --- verify distribution --------------------------------------------------------------------------


def test_verify_distribution__truth__status_0_and_each_step(
    millpond: Run, paid: Story, published: Path
) -> None:
    ran = millpond("verify", "distribution", published, "--rpc", paid.url)
    assert ran.status == 0, ran.out
    assert "It holds: 35 steps agree, 3 not checked." in ran.out
    lines = ran.out.splitlines()
    places = [
        lines.index(each)
        for each in ("The document", "The computation, made again", "The inputs", "The chain")
    ]
    assert places == sorted(places)
    unchecked = [at for at, line in enumerate(lines) if line.startswith("not checked")]
    assert len(unchecked) == 3
    assert "input scores" in ran.out
    assert ran.err == ""


def test_verify_distribution__json__one_object(millpond: Run, paid: Story, published: Path) -> None:
    ran = millpond("--rpc", paid.url, "--json", "verify", "distribution", published)
    assert ran.status == 0
    assert ran.json["holds"] is True
    data = (published / "distribution.json").read_bytes()
    assert ran.json["document"] == to_hex(keccak256(data))
    assert {step["verdict"] for step in ran.json["steps"]} == {"ok", "unchecked"}
    assert ran.json["counts"] == {"ok": 35, "differs": 0, "unchecked": 3}
    assert all(
        set(step) == {"section", "step", "verdict", "detail", "next_step"}
        for step in ran.json["steps"]
    )
    sections = dict.fromkeys(step["section"] for step in ran.json["steps"])
    assert list(sections) == [
        *("The document", "The computation, made again", "The inputs", "The chain")
    ]
    assert ran.out.count("\n") == 1


def test_verify_distribution__one_letter_changed__status_1_and_the_step(
    millpond: Run, paid: Story, published: Path, tmp_path: Path
) -> None:
    document = json.loads((published / "distribution.json").read_bytes())
    document["total"] = str(int(document["total"]) + 1)
    changed = tmp_path / "distribution.json"
    changed.write_text(json.dumps(document, sort_keys=True, separators=(",", ":")))
    ran = millpond("verify", "distribution", changed, "--rpc", paid.url)
    assert ran.status == 1
    assert "DIFFERS" in ran.out
    assert "It does not hold: total, " in ran.out
    assert "Next: " in ran.out


def test_verify_distribution__not_a_document__status_1(millpond: Run, tmp_path: Path) -> None:
    (tmp_path / "distribution.json").write_bytes(b"{")
    ran = millpond("verify", "distribution", tmp_path)
    assert ran.status == 1
    assert "form" in ran.out


def test_verify_distribution__no_node__the_document_alone(millpond: Run, published: Path) -> None:
    ran = millpond("verify", "distribution", published / "distribution.json")
    assert ran.status == 0
    assert "no node was given (--rpc)" in ran.out
    assert "Next: name a node of your own, or one that you trust: --rpc URL" in ran.out


def test_verify_distribution__rpc_by_the_environment__used(
    millpond: Run, paid: Story, published: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MILLPOND_RPC", paid.url)
    assert "35 steps agree" in millpond("verify", "distribution", published).out


def test_verify_distribution__scores_given__read(
    millpond: Run, published: Path, tmp_path: Path
) -> None:
    alone = tmp_path / "alone.json"
    alone.write_bytes((published / "distribution.json").read_bytes())
    scores = published / "whatever.bin"
    out = millpond("verify", "distribution", alone, "--scores", scores).out
    assert "the weekly cred of 79 people is that of the score file" in out
    wrong = tmp_path / "wrong.json"
    wrong.write_bytes(month.score_bytes() + b" ")
    ran = millpond("verify", "distribution", alone, "--scores", wrong)
    assert ran.status == 1
    assert "another hash" in ran.out


def test_verify_distribution__node_down__status_3_with_next(
    millpond: Run, published: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MILLPOND_RPC_TRIES", "1")
    ran = millpond("verify", "distribution", published, "--rpc", f"http://127.0.0.1:{free_port()}")
    assert ran.status == 3
    assert "no node answers" in ran.err
    assert "Next: start the node" in ran.err
    assert no_traceback(ran)


def test_verify_distribution__node_of_another_chain__status_3(
    millpond: Run, paid: Story, published: Path
) -> None:
    def elsewhere(question: dict[str, object]) -> Reply | None:
        return result("0x1") if question["method"] == "eth_chainId" else None

    with odd_node(through(paid.url, elsewhere)) as node:
        ran = millpond("verify", "distribution", published, "--rpc", node.url)
    assert ran.status == 3
    assert "serves chain 1, not chain 1337" in ran.err


def test_verify_distribution__missing_file__status_3(millpond: Run, tmp_path: Path) -> None:
    for place in (tmp_path / "none", tmp_path, "ipfs://bafy"):
        ran = millpond("verify", "distribution", place)
        assert ran.status == 3
        assert "Next: " in ran.err


def test_error__json__one_object(millpond: Run, tmp_path: Path) -> None:
    ran = millpond("verify", "distribution", tmp_path / "none", "--json")
    assert ran.status == 3
    assert set(ran.json) == {"error", "message", "next_step"}
    assert ran.json["error"] == "BadInput"


def test_output__text_of_others__cannot_steer_the_terminal(
    millpond: Run, published: Path, tmp_path: Path
) -> None:
    """A note in the document tries to hide what follows, by an escape sequence and a new line."""
    document = json.loads((published / "distribution.json").read_bytes())
    document["inputs"][0]["note"] = (
        "\x1b[2J\x1b[31m gone \x07\n\rok  everything [red]holds[/red]\u202e"
    )
    path = tmp_path / "distribution.json"
    text = json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    path.write_text(text, "utf-8")
    ran = millpond("verify", "distribution", path)
    assert "everything [red]holds[/red]" in ran.out
    assert not any(letter in ran.out for letter in "\x1b\x07\r\u202e")
    assert not any(line.startswith("ok  everything") for line in ran.out.splitlines())


# --- verify code ----------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def record(paid: Story, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder with the record of the paid co-op."""
    coop = paid.coop
    client = coop.client
    badges = coop.hub.implementation(b"badges".ljust(32, b"\0"))
    hub = Deployed(
        contract="Hub",
        address=coop.hub.address,
        args="0x"
        + encode(
            [*["address"] * 7, "(bytes32,address)[]"],
            [
                *coop.hub.implementations(),
                *(badges, coop.hub.identity()),
                [(kind, coop.hub.implementation(kind)) for kind in coop.hub.kinds()[1:]],
            ],
        ).hex(),
        code_hash=to_hex(keccak256(client.code(coop.hub.address))),
        compiler="0.4.3",
        source_commit="unknown",
        block_number=1,
        transaction_hash="0x" + "00" * 32,
    )
    pool = DeployedPool(
        hub=coop.hub.address,
        parts=coop.parts,
        block_number=coop.made.block_number,
        transaction_hash=to_hex(coop.made.transaction_hash),
    )
    made = Record(chain_id=CHAIN_ID, genesis_hash=to_hex(client.genesis_hash()))
    folder = tmp_path_factory.mktemp("deployments")
    deployments.save(folder, made.with_contract("Hub", hub).with_pool("credsperiment", pool))
    return folder


def test_verify_code__by_the_record__status_0(millpond: Run, paid: Story, record: Path) -> None:
    ran = millpond(
        "verify", "code", "--rpc", paid.url, "--sources", ROOT, "--deployments", record, "--json"
    )
    assert ran.status == 0, ran.out
    assert len(ran.json["steps"]) == 2 + 7 + len(SPENDERS) + 5 + 1 + 1
    assert ran.json["hub"] == paid.coop.hub.address


def test_verify_code__no_hub_and_no_record__status_3(millpond: Run, paid: Story) -> None:
    ran = millpond("verify", "code", "--rpc", paid.url, "--sources", ROOT)
    assert ran.status == 3
    assert "no Hub is named" in ran.err


def test_verify_code__no_node__status_3(millpond: Run) -> None:
    ran = millpond("verify", "code")
    assert ran.status == 3
    assert "MILLPOND_RPC" in ran.err


def test_verify_code__no_sources__status_3(millpond: Run, paid: Story, tmp_path: Path) -> None:
    ran = millpond(
        "verify", "code", "--rpc", paid.url, "--hub", paid.coop.hub.address, "--sources", tmp_path
    )
    assert ran.status == 3
    assert "no contracts under" in ran.err


def test_verify_code__unknown_pool__status_3(millpond: Run, paid: Story) -> None:
    hub = paid.coop.hub.address
    ran = millpond("verify", "code", "--rpc", paid.url, "--hub", hub, "--pool", "another")
    assert ran.status == 3
    assert "no pool named 'another'" in ran.err


def test_verify_code__other_chain_than_named__status_3(millpond: Run, paid: Story) -> None:
    ran = millpond("verify", "code", "--rpc", paid.url, "--chain-id", "10")
    assert ran.status == 3
    assert "not chain 10" in ran.err


# --- explain --------------------------------------------------------------------------------------


def test_explain__paid__to_the_last_unit(millpond: Run, paid: Story, published: Path) -> None:
    ran = millpond("explain", "decentralion", "--document", published, "--rpc", paid.url)
    assert ran.status == 0
    assert "687.647147 TUSD" in ran.out
    assert "201.305737 cred" in ran.out
    assert f"paid to {PAYEES[0].address} in block" in ran.out


def test_explain__waiting__said(millpond: Run, paid: Story, published: Path) -> None:
    ran = millpond("explain", "s_ben", "--document", published, "--rpc", paid.url)
    assert ran.status == 0
    assert "waiting: no account is linked" in ran.out


def test_explain__no_leaf__said(millpond: Run, paid: Story, published: Path) -> None:
    subject = to_hex(paid.documents[0].no_leaf[0].subject)
    ran = millpond("explain", subject, "--document", published, "--rpc", paid.url)
    assert ran.status == 0
    assert "under half a micro-cred" in ran.out


def test_explain__json__amounts_as_strings(millpond: Run, paid: Story, published: Path) -> None:
    who = "sourcecred:sourcecred/identity/Beanow"
    ran = millpond("explain", who, "--document", published, "--rpc", paid.url, "--json")
    amounts = [step for step in ran.json["steps"] if step["name"] == "amount"]
    assert amounts[-1]["result"] == str(2_000_000_000 * 88_624_365 // 585_491_375)
    assert (ran.json["symbol"], ran.json["decimals"]) == ("TUSD", "6")


def test_explain__without_a_node__by_a_given_pot(millpond: Run, published: Path) -> None:
    common = ("explain", "decentralion", "--document", published)
    ran = millpond(*common, "--pot", 2_000_000_000, "--minimum", 5_000_000)
    assert ran.status == 0
    assert "pot: 2,000,000,000 smallest units" in ran.out
    assert "    = 687,647,147 smallest units" in ran.out
    assert "no node was asked" in ran.out
    ran = millpond(*common)
    assert ran.status == 3
    assert "--pot" in ran.err


@pytest.mark.parametrize(
    "who", ["nobody-at-all", "github:1", "0x" + "11" * 20, "0x12", "0x" + "11" * 32]
)
def test_explain__unknown_subject__status_3(millpond: Run, published: Path, who: str) -> None:
    ran = millpond("explain", who, "--document", published, "--pot", 5)
    assert ran.status == 3
    assert "Next: " in ran.err


def test_explain__another_document__status_3(millpond: Run, paid: Story, tmp_path: Path) -> None:
    other = paid.coop.document(exclusions=[Exclusion(month.who("s_ben"), "forgotten")])
    (tmp_path / "distribution.json").write_bytes(to_json(other))
    ran = millpond("explain", "Beanow", "--document", tmp_path, "--rpc", paid.url)
    assert ran.status == 3
    assert "another document" in ran.err
