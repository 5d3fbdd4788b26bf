# SPDX-License-Identifier: AGPL-3.0-only
"""T61: a transaction waits because gas has become dear, and its command is run again.

Who and what for: nobody; on a day when every block is full, a maintainer sees nothing happen and
types the same again, and again.
In the world: every spike of the base fee since it exists (EIP-1559, 2021).
The defence: sent again, the same deed takes the same nonce and pays what nodes ask for a
replacement (`chain/sending.py`); another deed of the same account waits its turn
(`Client.prepare`); what is asked is bounded by a limit. On the weak copy nothing is known of what
waits, and whoever insists gives twice.
"""

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import pytest

from millpond.chain.answers import Address
from millpond.chain.client import Client
from millpond.chain.sending import Prices
from scripts._demo_story import REALLY
from scripts._desk import Refused
from scripts._journal import Journal
from scripts._stage import POOL, Stage
from tests.attacks.proxy import COUNT, Ask, Question, WaitingRoom, behind
from tests.attacks.scripts_weak import FORGETFUL, Change, weakened
from tests.chain.nodes import Reply, result
from tests.scripts.town import PATRON, Town

pytestmark = [
    pytest.mark.filterwarnings("ignore:unclosed <socket:ResourceWarning"),
    pytest.mark.filterwarnings(
        "ignore:Exception ignored in. <socket:pytest.PytestUnraisableExceptionWarning"
    ),
]
ETHER = 10**18
GIFT = ("--pool", POOL, "--earmark", "0", "--amount", "1")
ANOTHER = ("--pool", POOL, "--earmark", "0", "--amount", "2")


@pytest.fixture
def dear(town: Town, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Stage, WaitingRoom]]:
    """A co-op on a chain where nothing that is sent is mined."""
    monkeypatch.setenv("MILLPOND_RECEIPT_TIMEOUT", "1")
    room = WaitingRoom()
    with behind(town.stage, room.fault) as stage:
        yield stage, room


def give(stage: Stage, line: tuple[str, ...] = GIFT) -> str:
    """The name of the error, "" if there was none."""
    try:
        stage.run("pool give", *line, *REALLY, by=PATRON, loud=False)
    except Refused as refused:
        return refused.error.name
    return ""


def held(stage: Stage) -> int:
    """What the pool has of ETH."""
    return int(stage.coop().pool.held("0x" + "00" * 20))


def lines(stage: Stage) -> list[dict[str, Any]]:
    """What the patron's journal says."""
    journal = Journal.beside(stage.folder / "deployments", stage.client.chain_id)
    return [line for line in journal.lines() if line["by"] == stage.wallet(PATRON).address]


def test_give__while_it_waits__is_replaced_and_given_once(
    town: Town, dear: tuple[Stage, WaitingRoom]
) -> None:
    stage, room = dear
    for tries in range(3):
        assert give(stage) == "NotMined"
        assert (len(room.waiting), room.replaced) == (1, tries)
    prices = [int(line["maxFeePerGas"]) for line in lines(stage)]
    assert all(after * 10 >= before * 11 for before, after in pairwise(prices))
    room.empty(town.stage)
    assert held(town.stage) == ETHER
    assert give(stage) == ""
    assert held(town.stage) == ETHER
    ends = {line["transactionHash"]: line.get("end", "done") for line in lines(stage)}
    assert sorted(ends.values()) == ["done", "replaced", "replaced"]


def test_give__another_amount_while_one_waits__takes_its_place_never(
    town: Town, dear: tuple[Stage, WaitingRoom]
) -> None:
    stage, room = dear
    assert give(stage) == "NotMined"
    assert give(stage, ANOTHER) == "TransactionPending"
    room.empty(town.stage)
    assert held(town.stage) == ETHER
    assert give(stage, ANOTHER) == ""
    assert held(town.stage) == 3 * ETHER


def test_give__gas_above_the_limit__waits_unsent(
    dear: tuple[Stage, WaitingRoom], monkeypatch: pytest.MonkeyPatch
) -> None:
    stage, room = dear
    assert give(stage) == "NotMined"
    waiting = dict(room.waiting)
    monkeypatch.setenv("MILLPOND_MAX_FEE_GWEI", "1")
    assert give(stage) == "FeeTooHigh"
    assert room.waiting == waiting


def _next_nonce(self: Client, sender: Address, at: str = "latest") -> int:
    del at
    return int(str(self.rpc.ask(COUNT, [sender, "pending"])), 16)


INSISTENT: Change = (Client, "nonce", _next_nonce)


def test_give__by_the_forgetful_and_insistent__is_given_twice(
    town: Town, dear: tuple[Stage, WaitingRoom]
) -> None:
    stage, room = dear
    with weakened(FORGETFUL, INSISTENT):
        assert [give(stage), give(stage)] == ["NotMined", "NotMined"]
    assert len(room.waiting) == 2
    room.empty(town.stage)
    assert held(town.stage) == 2 * ETHER


def test_give__a_nonce_that_was_skipped__is_filled_and_not_waited_for(town: Town) -> None:
    """A wallet has signed for a later nonce. The node counts none as pending, for there is a gap,
    and what is sent now takes the first that is free."""
    before = int(str(town.stage.client.rpc.ask(COUNT, [town.address(PATRON), "latest"])), 16)

    def gap(question: Question, _: Ask) -> Reply | None:
        pending = question["method"] == COUNT and question["params"][1] == "pending"
        return result(hex(before)) if pending else None

    with behind(town.stage, gap) as stage:
        assert give(stage) == ""
    after = int(str(town.stage.client.rpc.ask(COUNT, [town.address(PATRON), "latest"])), 16)
    assert after == before + 1


@pytest.mark.parametrize(
    ("now", "before"), [((10, 1), (10, 1)), ((500, 1), (10, 1)), ((1, 1), (10**12, 10**9))]
)
def test_prices__that_replace__are_a_tenth_above_both_and_never_below_today(
    now: tuple[int, int], before: tuple[int, int]
) -> None:
    found = Prices(*now).replacing(Prices(*before))
    assert found.fee >= max(now[0], before[0] * 11 / 10)
    assert found.tip >= max(now[1], before[1] * 11 / 10)
    assert found.tip <= found.fee
