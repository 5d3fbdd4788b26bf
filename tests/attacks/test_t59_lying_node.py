# SPDX-License-Identifier: AGPL-3.0-only
"""T59: the node by which somebody deploys or founds a co-op does not tell the truth.

Who and what for: whoever runs a node, or sits between it and its users: a contract or a pool of his
is on record in the place of theirs, and they give to it; or they pay for a deployment twice.
In the world: public endpoints that were taken over (Ankr's for Polygon and Fantom, 2022).
The defence: the receipt is asked for by a hash of our own making, the contract lies where sender
and nonce say and has the code of the sources, the Hub knows the pool under its name, and the chain
is asked for again before each signature. One node that lies of everything alike, code too, is seen
through by another one only: `millpond verify code`.
"""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from ape.logging import logger

from millpond.chain.client import Client, Prepared, Transaction, connect
from millpond.core.subjects import address_bytes, from_hex, to_hex
from scripts import deploy
from scripts._demo_story import REALLY
from scripts._desk import Refused
from scripts._devchain_chain import CHAIN_ID
from scripts._journal import Journal
from scripts._local_chain import local_chain
from scripts._stage import PARAMS, POOL, Cast, Stage
from tests.attacks.proxy import (
    SEND,
    Fault,
    behind,
    deny,
    elsewhere_after,
    forged,
    silent,
    swallow,
)
from tests.attacks.scripts_weak import (
    ANY_CHAIN,
    ANY_CODE,
    ANY_PLACE,
    ANY_POOL,
    FORGETFUL,
    Change,
    weakened,
)
from tests.chain.built import Built
from tests.chain.nodes import Reply, result
from tests.contracts.compiled import artifact
from tests.scripts.town import install, undone

pytestmark = [
    pytest.mark.filterwarnings("ignore:unclosed <socket:ResourceWarning"),
    pytest.mark.filterwarnings(
        "ignore:Exception ignored in. <socket:pytest.PytestUnraisableExceptionWarning"
    ),
]
STEWARD, FOUNDER, THIEF = 0, 1, 12
OURS = f"Pool of {POOL}"
DEPLOY = ("deploy", STEWARD)
CREATE = ("pool create", FOUNDER, "--params", str(PARAMS))


@pytest.fixture(scope="module")
def land(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """All contracts are there and on record, but for the Pins."""
    logger.set_level("ERROR")
    with local_chain() as url, pytest.MonkeyPatch.context() as patch:
        shelf = Built()
        patch.setattr(deploy, "Sources", lambda _: shelf)
        patch.setenv("MILLPOND_RECEIPT_TIMEOUT", "1")
        patch.setenv("MILLPOND_RPC_TRIES", "1")
        stage = Stage(url, tmp_path_factory.mktemp("land"), connect(url, CHAIN_ID), Cast())
        install(stage)
        path = stage.folder / "deployments" / f"{CHAIN_ID}.json"
        record = json.loads(path.read_bytes())
        del record["contracts"]["Pins"]
        path.write_text(json.dumps(record, sort_keys=True, separators=(",", ":")) + "\n")
        yield stage


@pytest.fixture
def place(land: Stage) -> Iterator[Stage]:
    """The same for one test, undone afterwards."""
    undoing = undone(land)
    next(undoing)
    yield land
    next(undoing, None)


@pytest.fixture
def trap(place: Stage) -> tuple[str, bytes]:
    """A contract of the thief's, and the transaction that made it."""
    code = artifact("TestNft").creation
    receipt = place.wallet(THIEF).send(place.client, Transaction(None, code, 0, "a trap"))
    assert receipt.contract_address is not None
    return receipt.contract_address, receipt.transaction_hash


def run(stage: Stage, command: tuple[Any, ...], *faults: Fault) -> str:
    """The name of the error it ended with, "" if it did all it was to do."""
    name, by, *line = command
    try:
        if not faults:
            stage.run(name, *line, *REALLY, by=by, loud=False)
        else:
            with behind(stage, *faults) as lied_to:
                lied_to.run(name, *line, *REALLY, by=by, loud=False)
    except Refused as refused:
        return refused.error.name
    return ""


def weakly(
    stage: Stage, changes: tuple[Change, ...], command: tuple[Any, ...], *faults: Fault
) -> str:
    """The same on the weak copy."""
    with weakened(*changes):
        return run(stage, command, *faults)


def recorded(stage: Stage) -> dict[str, str]:
    """What the record names: the Pins, and the Pool of the co-op."""
    found = json.loads((stage.folder / "deployments" / f"{CHAIN_ID}.json").read_bytes())
    named = found["contracts"].items()
    pins = {name: entry["address"] for name, entry in named if name == "Pins"}
    return pins | {f"Pool of {n}": entry["parts"]["Pool"] for n, entry in found["pools"].items()}


def sent(stage: Stage, by: int) -> int:
    """How many transactions of an account the chain has."""
    question = [stage.wallet(by).address, "latest"]
    return int(str(stage.client.rpc.ask("eth_getTransactionCount", question)), 16)


# --- a receipt that is not hers ---------------------------------------------------------------


def test_deploy__receipt_that_names_another_contract__is_not_believed(
    place: Stage, trap: tuple[str, bytes]
) -> None:
    fault = forged(lambda receipt: receipt | {"contractAddress": trap[0].lower()})
    assert run(place, DEPLOY, fault) == "BadAnswer"
    assert weakly(place, (ANY_PLACE,), DEPLOY, fault) == "VerifyError"
    assert recorded(place) == {}
    assert weakly(place, (ANY_PLACE, ANY_CODE), DEPLOY, fault) == ""
    assert recorded(place) == {"Pins": trap[0]}


def _believing(self: Client, raw: bytes, prepared: Prepared) -> object:
    told = str(self.rpc.tell(SEND, [to_hex(raw)]))
    return self.wait(from_hex(told, 32), prepared)


TOLD_HASH: Change = (Client, "send_raw", _believing)


def test_deploy__hash_of_another_transaction__is_not_asked_for(
    place: Stage, trap: tuple[str, bytes]
) -> None:
    def another(question: dict[str, Any], _: object) -> Reply | None:
        return result(to_hex(trap[1])) if question["method"] == SEND else None

    before = sent(place, STEWARD)
    assert run(place, DEPLOY, another) == "NotMined"
    assert recorded(place) == {}
    assert weakly(place, (TOLD_HASH, ANY_PLACE, ANY_CODE), DEPLOY, another) == ""
    assert recorded(place) == {"Pins": trap[0]}
    assert sent(place, STEWARD) == before


def test_create__receipt_with_a_pool_of_the_thief_s__is_not_recorded(
    place: Stage, trap: tuple[str, bytes]
) -> None:
    undoing = undone(place)
    next(undoing)
    assert run(place, CREATE) == ""
    theirs = address_bytes(recorded(place)[OURS]).hex()
    next(undoing, None)

    def swapped(receipt: dict[str, Any]) -> dict[str, Any]:
        return dict(json.loads(json.dumps(receipt).replace(theirs, address_bytes(trap[0]).hex())))

    assert run(place, CREATE, forged(swapped)) == "DeploymentError"
    assert recorded(place) == {}
    assert weakly(place, (ANY_POOL,), CREATE, forged(swapped)) == ""
    assert recorded(place) == {OURS: trap[0]}


# --- nothing, too late, or somewhere else -----------------------------------------------------


@pytest.mark.parametrize(
    ("faults", "arrives"),
    [((swallow,), 0), ((deny,), 1), ((silent,), 1)],
    ids=["what is sent is dropped", "the answer is lost", "the receipt is kept back"],
)
def test_deploy__censored__is_told_and_done_once_by_an_honest_node(
    place: Stage, faults: tuple[Fault, ...], arrives: int
) -> None:
    before = sent(place, STEWARD)
    assert run(place, DEPLOY, *faults) == "NotMined"
    assert recorded(place) == {}
    line = Journal.beside(place.folder / "deployments", CHAIN_ID).lines()[-1]
    assert (line["what"], line["end"]) == ("Deploy Pins", "unknown")
    assert sent(place, STEWARD) == before + arrives
    assert run(place, DEPLOY) == ""
    assert list(recorded(place)) == ["Pins"]
    assert sent(place, STEWARD) == before + 1


def test_deploy__the_answer_is_lost__costs_the_forgetful_twice(place: Stage) -> None:
    before = sent(place, STEWARD)
    with weakened(FORGETFUL):
        assert run(place, DEPLOY, deny) == "NotMined"
        assert run(place, DEPLOY) == ""
    assert sent(place, STEWARD) == before + 2


@pytest.mark.parametrize("command", [DEPLOY, CREATE], ids=["deploy", "create"])
def test_command__node_of_another_chain_by_now__is_given_no_signature(
    place: Stage, command: tuple[Any, ...]
) -> None:
    before = sent(place, command[1])
    fault = elsewhere_after("eth_getCode" if command is DEPLOY else "eth_call")
    assert run(place, command, fault) == "WrongChain"
    assert sent(place, command[1]) == before
    assert recorded(place) == {}
    assert weakly(place, (ANY_CHAIN,), command, fault) == ""
    assert sent(place, command[1]) == before + 1
