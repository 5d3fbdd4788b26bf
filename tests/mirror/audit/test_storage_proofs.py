# SPDX-License-Identifier: AGPL-3.0-only
"""Proofs that the writer keeps and the API shows; others' code checks them by a hash alone."""

import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from rlp import decode as their_decode  # type: ignore[import-untyped]
from trie import HexaryTrie  # type: ignore[import-untyped]

from millpond.api.app import build
from millpond.api.services import Services
from millpond.chain.client import Client, Limits
from millpond.core.canonical import keccak256
from millpond.mirror.documents import Shelf
from millpond.mirror.proofs.items import SORTS, changed, name_of
from millpond.mirror.proofs.keeper import Keeper
from millpond.mirror.proofs.kept import Kept, kept_of
from millpond.mirror.reads.snapshot import Mirror
from millpond.mirror.stores import keeping
from tests.api.site import served
from tests.chain.coop import ETH
from tests.chain.nodes import CHAIN_ID
from tests.mirror.audit.story import Town
from tests.mirror.audit.test_audit import REFUSED, Lying

POOL = "credsperiment"
Asking = Callable[..., Any]


@pytest.fixture(scope="module")
def place(town: Town, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The mirror, and all proofs beside it."""
    path = town.copy(tmp_path_factory.mktemp("proofs") / "mirror.db")
    Keeper(path, town.client).all()
    return path


@pytest.fixture(scope="module")
def ask(place: Path) -> Iterator[Asking]:
    """The API's data, or its problem."""
    with _asking(place) as asked:
        yield asked


@contextmanager
def _asking(place: Path) -> Iterator[Asking]:
    with served(build(Services(Mirror(place), Shelf(None)))) as http:

        def asked(status: int = 200, **query: Any) -> Any:
            reply = http.get("/v1/proofs/storage", params={"pool": POOL, **query})
            assert reply.status_code == status, reply.text
            return reply.json()["data"] if status == 200 else reply.json()

        yield asked


def _asked(place: Path, status: int = 200, **query: Any) -> Any:
    with _asking(place) as asked:
        return asked(status, **query)


def _kept(place: Path) -> tuple[Kept, Any]:
    database = keeping(place)
    with Mirror(place).snapshot() as now:
        return kept_of(database, now), database


# --- by somebody else's code ----------------------------------------------------------------------


def _checked(told: Any, block_hash: bytes) -> dict[tuple[str, tuple[str, ...]], int]:
    """What a reader does who trusts nothing but a block's hash: variable and keys -> word."""
    header = _bytes(told["header"])
    assert keccak256(header) == block_hash
    state_root = their_decode(header)[3]
    key = keccak256(_bytes(told["address"]))
    account = their_decode(_value(state_root, key, told["account_proof"]))
    found = {}
    for word in told["words"]:
        slot = word["base_slot"].to_bytes(32)
        for step in word["keys"]:
            slot = keccak256(slot + _bytes(step))
        assert slot == _bytes(word["slot"])
        value = _value(account[2], keccak256(slot), word["proof"])
        number = int.from_bytes(their_decode(value) if value else b"")
        assert number == int(word["value"], 16)
        found[word["variable"], tuple(word["keys"])] = number
    return found


def _value(root: bytes, key: bytes, nodes: Sequence[str]) -> bytes:
    proof = [their_decode(_bytes(node)) for node in nodes]
    return bytes(HexaryTrie.get_from_proof(root, key, proof)) if proof else b""


def _bytes(text: str) -> bytes:
    return bytes.fromhex(text[2:])


def _hash(town: Town, told: Any) -> bytes:
    """The hash of the block, from a source of the reader's own."""
    return town.client.block(told["proven_at"]).hash


def _by_variable(words: dict[tuple[str, tuple[str, ...]], int]) -> dict[str, int]:
    return {variable: word for (variable, _), word in words.items()}


def test_epoch__its_root__follows_from_a_hash_of_a_block(town: Town, ask: Asking) -> None:
    told = ask(of="epoch", epoch=1)
    [found] = _checked(told, _hash(town, told)).values()
    assert found.to_bytes(32) == town.coop.distributor.epoch_hash_of(1)
    inside = {name: _bytes(value) for name, value in told["preimage"].items()}
    posted = inside["root"] + inside["pot_and_total"] + inside["asset_and_minimum"]
    posted = keccak256(posted + inside["grain_and_counts"])
    assert keccak256(inside["previous"] + posted + inside["review"]) == found.to_bytes(32)
    terms = town.coop.distributor.event(town.coop.posts[1], "DistributionPosted").args["terms"]
    assert inside["root"] == terms.root
    assert told["is_current"]
    assert told["contract"] == "CredDistributor"


def test_earmark__its_books__are_those_of_the_contract(town: Town, ask: Asking) -> None:
    dollar, pool = town.coop.dollar.address, town.coop.pool
    told = ask(of="earmark", earmark=1, asset=dollar.lower())
    words = _by_variable(_checked(told, _hash(town, told)))
    assert set(words) == {"earmarks.terms", "books.books", "books.reserves", "holdings.holdings"}
    fields = {f["name"]: int(f["value"]) for word in told["words"] for f in word["fields"]}
    assert fields["spender"] == int(town.coop.distributor.address, 16)
    assert fields["restricted"] == 1
    assert fields["unreserved"] + fields["reserved"] == pool.balance_of(1, dollar)
    assert fields["received"] == pool.received(1, dollar)
    assert fields["held"] == pool.held(dollar)
    other = ask(of="earmark", earmark=2, asset=ETH)
    assert _by_variable(_checked(other, _hash(town, other)))["books.reserves"] == 0


def test_proposal__its_word_and_ballots__give_the_tally(town: Town, ask: Asking) -> None:
    governor, number = town.coop.governor, town.coop.proposal().id
    told = ask(of="proposal", proposal=number)
    words = _by_variable(_checked(told, _hash(town, told)))
    assert words["proposals.proposal_words"] == governor.proposal_words(number)
    sheet = words["ballots.sheets"]
    ballots = [sheet >> 4 * seat & 15 for seat in range(64)]
    supports = [(ballot - 1) % 3 for ballot in ballots if ballot]
    tally = [supports.count(support) for support in range(3)]
    assert tally == list(governor.proposalVotes(number)) == [1, 1, 0]


def test_review_and_members__as_of_the_final_block(town: Town, ask: Asking) -> None:
    told = ask(of="review")
    words = _by_variable(_checked(told, _hash(town, told)))
    opened = town.coop.distributor.open_distribution()
    assert words["pots._posted_hash"].to_bytes(32) == opened.posted_hash
    told = ask(of="members")
    word = _by_variable(_checked(told, _hash(town, told)))["members.head"]
    # one has left since, behind the final block: the reply says that it is of an earlier state
    assert word >> 24 & 2**24 - 1 == town.coop.governor.member_count() + 1
    assert not told["is_current"]
    assert told["changed_at"] > told["proven_at"]


def test_proofs__one_bit_changed__do_not_check(town: Town, ask: Asking) -> None:
    told = ask(of="epoch", epoch=1)
    wanted = _hash(town, told)
    for change in ("header", "account_proof", "words"):
        spoilt = dict(told)
        if change == "header":
            spoilt[change] = _flipped(told[change])
        elif change == "account_proof":
            spoilt[change] = [*told[change][:-1], _flipped(told[change][-1])]
        else:
            spoilt[change] = [told[change][0] | {"value": _flipped(told[change][0]["value"])}]
        with pytest.raises(Exception):  # noqa: B017, PT011  whatever another package raises
            _checked(spoilt, wanted)


def _flipped(text: str) -> str:
    return text[:-1] + ("0" if text[-1] != "0" else "1")


# --- what is kept ---------------------------------------------------------------------------------


def test_keeper__after_all_rounds__everything_that_is_final_is_proven(place: Path) -> None:
    kept, database = _kept(place)
    with Mirror(place).snapshot("finalized") as now:
        items = changed(now, -1)
        assert {item.sort for item in items} == set(SORTS)
        assert all(kept.find(item.name) is not None for item in items)
        standing = kept.round()
        assert (standing.up_to, standing.problem) == (now.as_of.block_number, None)
    database.close()


def test_keeper__small_rounds__come_to_the_same(town: Town, place: Path, tmp_path: Path) -> None:
    path = town.copy(tmp_path / "mirror.db")
    keeper = Keeper(path, town.client, in_a_round=1)
    rounds = 0
    while keeper.round():
        rounds += 1
    assert rounds > 8
    (ours, one), (theirs, two) = _kept(path), _kept(place)
    with Mirror(place).snapshot("finalized") as now:
        for item in changed(now, -1):
            assert ours.find(item.name) == theirs.find(item.name)
    one.close()
    two.close()


def test_keeper__nothing_new__asks_nothing(place: Path, town: Town) -> None:
    asked: list[str] = []

    def lie(method: str, _: Sequence[Any], result: Any) -> Any:
        asked.append(method)
        return result

    keeper = Keeper(place, Client(Lying(town.url, lie), CHAIN_ID, Limits()))
    keeper.follow()
    keeper.follow()
    assert asked == []


def test_keeper__the_node_has_forgotten_the_final_state__takes_the_safe_block(
    town: Town, tmp_path: Path
) -> None:
    path = town.copy(tmp_path / "mirror.db")
    with Mirror(path).snapshot() as now:
        safe, final = now.as_of.safe_number, now.as_of.finalized_number

    def lie(method: str, params: Sequence[Any], result: Any) -> Any:
        return REFUSED if method == "eth_getProof" and int(params[2], 16) <= final else result

    Keeper(path, Client(Lying(town.url, lie), CHAIN_ID, Limits())).all()
    told = _asked(path, of="members")
    assert told["proven_at"] == safe > final
    assert told["is_current"]
    _checked(told, _hash(town, told))


def test_keeper__a_safe_block_that_went__its_proofs_go_too(town: Town, tmp_path: Path) -> None:
    path = town.copy(tmp_path / "mirror.db")
    with Mirror(path).snapshot() as now:
        final = now.as_of.finalized_number

    def lie(method: str, params: Sequence[Any], result: Any) -> Any:
        return REFUSED if method == "eth_getProof" and int(params[2], 16) <= final else result

    keeper = Keeper(path, Client(Lying(town.url, lie), CHAIN_ID, Limits()))
    keeper.all()
    kept, database = _kept(path)
    found = kept.find(name_of("epoch", (town.coop.distributor.address, 1)))
    assert found is not None
    gone = f"UPDATE blocks SET hash = '0x{'12' * 32}' WHERE number = {found.block_number}"  # noqa: S608
    other = town.copy(tmp_path / "reorganised.db", gone)
    kept_beside = other.with_suffix(".kept.db")
    database.close()
    shutil.copy(path.with_suffix(".kept.db"), kept_beside)
    problem = _asked(other, 404, of="epoch", epoch=1)
    assert problem["type"] == "/problems#no-storage-proof"
    Keeper(other, town.client).all()
    told = _asked(other, of="epoch", epoch=1)
    assert told["proven_at"] == final


def test_keeper__a_node_without_proofs__is_noted_and_told(town: Town, tmp_path: Path) -> None:
    path = town.copy(tmp_path / "mirror.db")

    def lie(method: str, _: Sequence[Any], result: Any) -> Any:
        return REFUSED if method == "eth_getProof" else result

    Keeper(path, Client(Lying(town.url, lie), CHAIN_ID, Limits())).all()
    problem = _asked(path, 404, of="epoch", epoch=1)
    assert "not served here" in problem["detail"]
    Keeper(path, town.client).all()
    assert _asked(path, of="epoch", epoch=1)["is_current"]


def test_keeper__a_proof_that_lies__is_not_kept(town: Town, tmp_path: Path) -> None:
    path = town.copy(tmp_path / "mirror.db")

    def lie(method: str, _: Sequence[Any], result: Any) -> Any:
        for entry in result["storageProof"] if method == "eth_getProof" else ():
            entry["value"] = "0x7"
        return result

    Keeper(path, Client(Lying(town.url, lie), CHAIN_ID, Limits())).all()
    problem = _asked(path, 404, of="epoch", epoch=1)
    assert "the node's proof fails" in problem["detail"]


# --- the route ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "detail"),
    [
        ({"of": "epoch"}, "which epoch?"),
        ({"of": "earmark", "earmark": 1}, "which earmark?"),
        ({"of": "proposal"}, "which proposal?"),
        ({"of": "weather"}, ""),
        ({}, ""),
    ],
)
def test_route__not_said_of_what__refused(ask: Asking, query: dict[str, Any], detail: str) -> None:
    problem = ask(422, **query)
    assert detail in problem["detail"]
    assert problem["next_step"]


@pytest.mark.parametrize(
    "query",
    [
        {"of": "epoch", "epoch": 9},
        {"of": "earmark", "earmark": 7, "asset": ETH},
        {"of": "proposal", "proposal": "12"},
    ],
)
def test_route__no_such_item__not_found(ask: Asking, query: dict[str, Any]) -> None:
    assert "has no such" in ask(404, **query)["detail"]


def test_sync__while_it_follows__keeps_proofs(town: Town, tmp_path: Path) -> None:
    """As `millpond sync` is called: the command's own loop, until there is a proof."""
    path = tmp_path / "mirror.db"
    command = [sys.executable, "-m", "millpond", "sync", "--hub", town.coop.hub.address]
    command += ["--rpc", town.url, "--database", str(path), "--poll", "0.1"]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as writer:  # noqa: S603  our own
        try:
            ends = time.monotonic() + 60
            while time.monotonic() < ends and not _has_proof(path):
                assert writer.poll() is None
                time.sleep(0.1)
        finally:
            writer.terminate()
    assert _has_proof(path)
    told = _asked(path, of="epoch", epoch=1)
    assert told["is_current"]
    _checked(told, _hash(town, told))


def _has_proof(path: Path) -> bool:
    beside = path.with_suffix(".kept.db")
    if not beside.exists():
        return False
    database = keeping(path)
    try:
        return bool(database.execute("SELECT count(*) FROM storage_proofs").fetchone()[0])
    finally:
        database.close()
