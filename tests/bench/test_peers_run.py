# SPDX-License-Identifier: AGPL-3.0-only
"""A peer that cannot be had is named, and stops no other; what was found is kept as it is."""

import json
import stat
from pathlib import Path

import pytest

from bench.peers import aragon, claims, compiler, openzeppelin, packages, paydays, run, safe, tokens
from bench.peers.compiler import Artifact, Built, Order, compile_all
from bench.peers.notebook import Notebook, PeerFigure
from bench.peers.results import Absent, Peers, read_peers, write_peers
from millpond.chain.client import Client, Limits
from millpond.chain.rpc import Rpc
from millpond.core.errors import BadInput, ToolMissing

ORDER = Order("solc", 200, False, "prague", ("contracts/Batch.sol",))
CODE = {"abi": [], "evm": {"bytecode": {"object": "6001"}}}
SAID = {
    "version": "0.8.37+commit.1.Emscripten.clang",
    "contracts": {ORDER.sources[0]: {"Batch": CODE}},
}
BROKEN = {"version": "0.8.37", "errors": [{"severity": "error", "formattedMessage": "no\nway\n"}]}


@pytest.fixture
def compiling(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A program in the place of Node, whose answer the test writes; nothing kept from before."""
    node = tmp_path / "node"
    node.write_text(f'#!/bin/sh\necho run >> "{tmp_path}/runs"\ncat "{tmp_path}/answer"\n')
    node.chmod(node.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("NODE", str(node))
    monkeypatch.setattr(compiler, "CACHE", tmp_path / "cache")
    monkeypatch.setattr(compiler, "PACKAGES", tmp_path)
    return tmp_path


def _runs(folder: Path) -> int:
    return len((folder / "runs").read_text().splitlines())


# --- compiling ----------------------------------------------------------------------------------


def test_compile_all__what_the_compiler_said__is_kept_and_said_in_words(compiling: Path) -> None:
    (compiling / "answer").write_text(json.dumps(SAID))
    for _ in range(2):
        built = compile_all([ORDER])[ORDER]
        assert isinstance(built, Built)
        assert built.settings == "solc 0.8.37+commit.1, optimizer on, 200 runs, prague"
        assert built.artifacts["Batch"].creation == b"\x60\x01"
    assert _runs(compiling) == 1


def test_compile_all__other_settings__are_compiled_anew(compiling: Path) -> None:
    (compiling / "answer").write_text(json.dumps(SAID))
    by_ir = Order("solc", 200, True, "prague", ORDER.sources)
    made = compile_all([ORDER, by_ir])[by_ir]
    assert isinstance(made, Built)
    assert "through IR" in made.settings
    assert _runs(compiling) == 2


@pytest.mark.parametrize(
    ("answer", "why"), [(json.dumps(BROKEN), "no\nway"), ("no JSON", "wrote no JSON")]
)
def test_compile_all__no_contract_came__is_said_and_raised_nowhere(
    compiling: Path, answer: str, why: str
) -> None:
    (compiling / "answer").write_text(answer)
    found = compile_all([ORDER])[ORDER]
    assert isinstance(found, ToolMissing)
    assert why in found.message


def test_compile_all__packages_not_installed__is_said(
    compiling: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(compiler, "PACKAGES", compiling / "nowhere")
    found = compile_all([ORDER])[ORDER]
    assert isinstance(found, ToolMissing)
    assert found.message == "the peers' packages are not installed"


def test_compile_all__a_person_goes_on_without_node__runs_none(
    compiling: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (compiling / "answer").write_text(json.dumps(SAID))
    monkeypatch.setenv("NODE", "")
    assert isinstance(compile_all([ORDER])[ORDER], ToolMissing)
    assert not (compiling / "runs").exists()


# --- packages -----------------------------------------------------------------------------------


def test_versions__installed_aliased_missing_and_our_own__are_told_apart(tmp_path: Path) -> None:
    wanted = {"a": "1.0.0", "b-old": "npm:b@0.9.0", "c": "3.0.0", "ours": "file:ours"}
    (tmp_path / "package.json").write_text(json.dumps({"dependencies": wanted}))
    for folder, name, version in (("a", "a", "1.0.0"), ("b-old", "b", "0.9.0")):
        package = tmp_path / "node_modules" / folder
        package.mkdir(parents=True)
        (package / "package.json").write_text(json.dumps({"name": name, "version": version}))
    assert packages.versions(tmp_path) == {"a": "1.0.0", "b-old": "b 0.9.0", "c": "not installed"}


def test_versions__ours__are_exact_and_none_is_of_a_range() -> None:
    wanted = json.loads((compiler.HERE / "package.json").read_text("utf-8"))["dependencies"]
    for version in wanted.values():
        assert version == "file:ens" or version.split("@")[-1].replace(".", "").isdigit()


def test_artifact__not_there__is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packages, "PACKAGES", tmp_path)
    with pytest.raises(ToolMissing, match=r"a/Safe\.json cannot be read"):
        packages.artifact("a/Safe.json", "Safe")


# --- the run ------------------------------------------------------------------------------------


def _measured(book: Notebook, *_: object) -> None:
    book.figures.append(PeerFigure("create_treasury_3", book.peer, book.build, 300_000, 1, ""))


def _refused(*_: object, **__: object) -> None:
    raise BadInput("this peer has changed", "mend it")


@pytest.fixture
def client(monkeypatch: pytest.MonkeyPatch) -> Client:
    """Of a node that nobody asks anything: whoever would is replaced."""
    monkeypatch.setattr(run, "fix_clock", lambda _client: None)
    monkeypatch.setattr("bench.peers.run.People", lambda: None)
    return Client(Rpc("http://127.0.0.1:1"), 1337, Limits())


def test_measure_peers__one_works_and_others_do_not__names_each(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone = ToolMissing("the registry is away", "try again")
    monkeypatch.setattr(run, "compile_all", lambda orders: dict.fromkeys(orders, gone))
    monkeypatch.setattr(safe, "measure", _measured)
    found = run.measure_peers(client, lambda _what, _steps: None)
    assert [figure.gas for figure in found.figures] == [300_000]
    assert {each.why for each in found.absent} == {"the registry is away"}
    assert len({(each.peer, each.build) for each in found.absent}) == len(found.absent) > 15


def test_measure_peers__one_does_not_do_what_it_should__gives_no_figure_of_it(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = ("OzMoney", "SoladyMoney", "CumulativeDrop")
    built = Built("fast", {name: Artifact.of(name, [], "") for name in names})
    monkeypatch.setattr(run, "compile_all", lambda orders: dict.fromkeys(orders, built))
    monkeypatch.setattr(safe, "measure", _measured)
    for module in (openzeppelin, tokens, aragon, claims):
        monkeypatch.setattr(module, "measure", _refused)
    for name in (each for each in dir(paydays) if each.startswith("measure_")):
        monkeypatch.setattr(paydays, name, _refused)
    monkeypatch.setattr(claims, "measure_cumulative", _refused)
    monkeypatch.setattr(openzeppelin, "measure_creation", _refused)
    monkeypatch.setattr(aragon, "measure_list", _refused)
    found = run.measure_peers(client, lambda _what, _steps: None)
    assert [figure.build for figure in found.figures] == [safe.BUILD]
    assert {each.why for each in found.absent} == {"this peer has changed"}


# --- what is kept -------------------------------------------------------------------------------


def test_write_peers__read_again__are_the_same(tmp_path: Path) -> None:
    figure = PeerFigure("vote_later", "a", "fast", 65_000, 1, "as it is")
    absent = Absent(peer="b", build="slow", why="gone")
    peers = Peers.of({"a": "1.0.0"}, [figure], [absent])
    write_peers(peers, tmp_path / "peers.json")
    assert read_peers(tmp_path / "peers.json") == peers


@pytest.mark.parametrize(
    "text", ["", "[]", '{"packages": {}, "figures": [{"gas": 0}], "absent": []}']
)
def test_read_peers__damaged__is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "peers.json"
    path.write_text(text)
    with pytest.raises(BadInput, match=r"peers\.json"):
        read_peers(path)


def test_read_peers__none__says_measure_first(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="no peers' figures") as refused:
        read_peers(tmp_path / "peers.json")
    assert refused.value.next_step == "measure first: make bench"
