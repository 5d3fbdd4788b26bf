# SPDX-License-Identifier: AGPL-3.0-only
"""T61: a command is killed half-way, and run again.

Who and what for: nobody; a laptop that sleeps, a power cut, Ctrl-C in the wrong second.
In the world: whoever ran a payment script once more after it broke off.
The defence: the journal has each transaction before it is sent (`scripts/_outbox.py`); run again, a
command asks the chain what became of it, and what is sent again takes the same nonce. On the weak
copy the journal hears of a transaction only when it is done.
"""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from ape.logging import logger

from millpond.chain.answers import NO_ADDRESS
from millpond.chain.client import connect
from millpond.chain.coop import IMPLEMENTATIONS
from millpond.core.subjects import of_identity
from scripts import _demo_story as story
from scripts import _epoch_payday, deploy
from scripts._devchain_chain import CHAIN_ID
from scripts._local_chain import local_chain
from scripts._stage import DOLLAR, PARAMS, POOL, Cast, Stage
from tests.attacks.killing import SENT, Power, power
from tests.attacks.scripts_weak import FORGETFUL, weakened
from tests.chain.built import Built
from tests.scripts.epochs import Month
from tests.scripts.town import PATRON, RELAYER, Town, install, undone

pytestmark = [
    pytest.mark.filterwarnings("ignore:unclosed <socket:ResourceWarning"),
    pytest.mark.filterwarnings(
        "ignore:Exception ignored in. <socket:pytest.PytestUnraisableExceptionWarning"
    ),
]
STEWARD, FOUNDER = 0, 1
GIFT = ("--pool", POOL, "--earmark", "0", "--amount", "1")


Places = Callable[[list[str]], range]
PAID_TWICE = [f"after {SENT}", "before eth_getTransactionReceipt", "before the journal"]


@dataclass(frozen=True)
class Command:
    """A command as somebody types it, and what is there when it is done."""

    name: str
    line: tuple[str, ...]
    by: int

    def on(self, stage: Stage) -> dict[str, Any]:
        """Run it."""
        return stage.run(self.name, *self.line, *story.REALLY, by=self.by, loud=False)

    def state(self, stage: Stage) -> object:
        """All that it may change: transactions of its sender, money, what is on record."""
        sender = stage.wallet(self.by).address
        return _sent(stage, sender), _money(stage), _recorded(stage)


DEPLOY = Command("deploy", (), STEWARD)
KILLED_IN = {0, len(IMPLEMENTATIONS)}
"""Contracts that are on record when the power goes."""
CREATE = Command("pool create", ("--params", str(PARAMS)), FOUNDER)
GIVE_ETHER = Command("pool give", GIFT, PATRON)
GIVE_TOKEN = Command("pool give", (*GIFT, "--asset", DOLLAR), PATRON)


def _recorded(stage: Stage) -> dict[str, Any]:
    """Without what depends on the chain and the hour."""
    path = stage.folder / "deployments" / f"{CHAIN_ID}.json"
    found: dict[str, Any] = json.loads(path.read_bytes()) if path.exists() else {}
    for entry in (found, *found.get("contracts", {}).values(), *found.get("pools", {}).values()):
        for name in ("genesis_hash", "block_number", "transaction_hash", "source_commit"):
            entry.pop(name, None)
    return found


def _money(stage: Stage) -> object:
    """What the patron has left of her dollars, and what the pool holds."""
    if POOL not in _recorded(stage).get("pools", {}):
        return None
    pool, dollar = stage.coop().pool, stage.dollar()
    left = dollar.balanceOf(stage.wallet(PATRON).address)
    return left, pool.held(dollar.address), pool.held(NO_ADDRESS)


@pytest.fixture(scope="module")
def land(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """A chain with the contracts on it and no co-op."""
    logger.set_level("ERROR")
    with local_chain() as url:
        stage = Stage(url, tmp_path_factory.mktemp("land"), connect(url, CHAIN_ID), Cast())
        install(stage)
        yield stage


@pytest.fixture(scope="module")
def square(land: Stage) -> Iterator[Stage]:
    """With a co-op of seven, and a patron who has test dollars."""
    undoing = undone(land)
    next(undoing)
    CREATE.on(land)
    land.wait_seconds(86_400)
    Town(land, Path()).fund(PATRON, "10")
    yield land
    next(undoing, None)


def anywhere(places: list[str]) -> range:
    """All places."""
    return range(len(places))


def once_sent(places: list[str]) -> range:
    """From where the last transaction is sent."""
    sent = [number for number, place in enumerate(places) if place == f"before {SENT}"]
    return range(sent[-1], len(places))


def killed_everywhere(stage: Stage, command: Command, among: Places = anywhere) -> list[str]:
    """At each place once, every time from the same beginning; the places where the second run
    ended otherwise than a run that nobody killed."""
    with power() as current:
        wanted = _left_by(stage, lambda: current.run(lambda: command.on(stage)), command)
        differing = []
        places = list(current.places)
        for number in among(places):
            run = _again(stage, command, current, number)
            if _left_by(stage, run, command) != wanted:
                differing.append(places[number])
    return differing


def _again(stage: Stage, command: Command, current: Power, number: int) -> Callable[[], None]:
    def run() -> None:
        assert not current.run(lambda: command.on(stage), lambda at, _: at == number)
        assert current.run(lambda: command.on(stage))

    return run


def _left_by(stage: Stage, run: Callable[[], object], command: Command) -> object:
    undoing = undone(stage)
    next(undoing)
    run()
    found = command.state(stage)
    next(undoing, None)
    return found


def test_create__killed_anywhere__is_made_once_and_is_on_record(land: Stage) -> None:
    assert killed_everywhere(land, CREATE) == []


@pytest.fixture
def from_shelf(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is compiled already is not compiled for each run."""
    shelf = Built()
    monkeypatch.setattr(deploy, "Sources", lambda _: shelf)


@contextmanager
def bare(folder: Path) -> Iterator[Stage]:
    """A chain with nothing on it."""
    with local_chain() as url:
        yield Stage(url, folder, connect(url, CHAIN_ID), Cast())


@pytest.mark.usefixtures("from_shelf")
def test_deploy__killed_again_and_again__makes_each_contract_once(tmp_path: Path) -> None:
    """Each run dies one place further than the last, in the first contract and in the Hub, whose
    arguments are the others; the rest goes the same way."""
    with bare(tmp_path / "whole") as stage:
        DEPLOY.on(stage)
        wanted = DEPLOY.state(stage)
    with bare(tmp_path / "killed") as stage:
        assert _mowed_down(stage) > 30
        assert DEPLOY.state(stage) == wanted
    with bare(tmp_path / "weak") as stage, weakened(FORGETFUL), power() as current:
        assert not current.run(lambda: DEPLOY.on(stage), lambda _, place: place == f"after {SENT}")
        DEPLOY.on(stage)
        assert DEPLOY.state(stage) != wanted


def _mowed_down(stage: Stage) -> int:
    """How many runs it took."""

    def done() -> int | None:
        recorded = len(_recorded(stage).get("contracts", {}))
        return recorded if recorded in KILLED_IN else None

    return mowed_down(lambda: DEPLOY.on(stage), done)


def mowed_down(command: Callable[[], object], done: Callable[[], int | None]) -> int:
    """Run it until it comes to its end, each run killed a place further than the last; how many
    runs that took. `done` says how far the work is: a place is another one once more is done, and
    none is a place to be killed at while it says None."""
    seen: set[tuple[int, int, str]] = set()
    with power() as current:

        def goes(_: int, place: str) -> bool:
            stands = done()
            if stands is None or (key := (stands, current.places.count(place), place)) in seen:
                return False
            seen.add(key)
            return True

        runs = 1
        while not current.run(command, goes):
            runs += 1
    return runs


@pytest.fixture
def payable(month: Month, monkeypatch: pytest.MonkeyPatch) -> Month:
    """A final epoch, two of whose people have accounts; a transaction holds one of them."""
    monkeypatch.setattr(
        _epoch_payday, "_fits", lambda _at, call: len({each.subject for each in call.lines}) == 1
    )
    month.pass_epoch()
    month.link(story.people(month.stage)[:2])
    return month


def test_payday__killed_again_and_again__pays_each_once_and_forgets_nobody(payable: Month) -> None:
    coop, relayer = payable.coop, payable.wallet(RELAYER).address
    before = _sent(payable.stage, relayer)
    runs = mowed_down(
        lambda: payable.act("payday", by=RELAYER), lambda: _sent(payable.stage, relayer)
    )
    assert runs > 40
    paid = [
        (bytes(leaf.subject), leaf.payment >> 160)
        for event in coop.distributor.past_events("PaidOut", 0)
        for leaf in event.args["leaves"]
    ]
    amounts = {row.subject: row.amount for row in story.amounts(payable.stage).rows}
    people = [of_identity(who) for who in story.people(payable.stage)[:2]]
    assert sorted(paid) == sorted((bytes(who), amounts[who]) for who in people)
    assert _sent(payable.stage, relayer) == before + len(people)


def _sent(stage: Stage, sender: str) -> int:
    found = stage.client.rpc.ask("eth_getTransactionCount", [sender, "latest"])
    return int(str(found), 16)


@pytest.mark.parametrize("command", [GIVE_ETHER, GIVE_TOKEN], ids=["ETH", "a token"])
def test_give__killed_anywhere__gives_once(square: Stage, command: Command) -> None:
    assert killed_everywhere(square, command) == []
    with weakened(FORGETFUL):
        assert killed_everywhere(square, command, once_sent) == PAID_TWICE
