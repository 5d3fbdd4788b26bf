# SPDX-License-Identifier: AGPL-3.0-only
"""What people hand to the scripts wrongly: a named error, the next step, and nothing changed.

The chain and every file in the folder must be afterwards as they were before. What only a contract
can refuse is in tests/chain/test_refusals.py.
"""

import contextlib
import io
import json
import logging
import shutil
import socket
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from ape.logging import logger
from click.testing import CliRunner

from millpond.chain import governance
from millpond.chain.client import connect
from millpond.chain.coop import domain_of
from millpond.chain.governance import Action, Draft, Support
from millpond.core import typed_data
from millpond.core.canonical import encode, keccak256
from millpond.core.distribution import check_computed, data_hash
from millpond.core.errors import MillpondError, Reverted
from millpond.core.subjects import to_hex
from millpond.core.typed_data import Domain
from millpond.sources.pins import computed_again
from scripts import _ballots, demo, devchain
from scripts import _demo_story as story
from scripts._demo_story import REALLY
from scripts._desk import Refused
from scripts._devchain_chain import CHAIN_ID
from scripts._epoch_files import EpochFiles
from scripts._local_chain import local_chain
from scripts._stage import DOLLAR, PARAMS, POOL, Cast, Stage
from tests.scripts.town import install
from tests.sourcecred import VECTORS

# ape leaves the sockets open with which it looks for a node's IPC file before it uses our URL.
pytestmark = [
    pytest.mark.filterwarnings("ignore:unclosed <socket:ResourceWarning"),
    pytest.mark.filterwarnings(
        "ignore:Exception ignored in. <socket:pytest.PytestUnraisableExceptionWarning"
    ),
]
CUT = 100_000


@pytest.fixture(scope="module")
def mill(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """The demo's co-op up to the day on which its first document is signed by two maintainers."""
    logger.set_level(logging.ERROR)
    with local_chain() as url:
        stage = Stage(url, tmp_path_factory.mktemp("mill"), connect(url, CHAIN_ID), Cast())
        install(stage)
        with contextlib.redirect_stdout(io.StringIO()):
            for chapter in (story.found, story.open_earmark, story.fund, story.build):
                chapter(stage)
        yield stage


@dataclass(frozen=True)
class Folder:
    """A test's own copy of the documents; the stage's stay as they are."""

    stage: Stage
    path: Path

    @property
    def out(self) -> tuple[str, str]:
        """As the commands take it."""
        return "--out", str(self.path)

    @property
    def files(self) -> EpochFiles:
        """Of the first epoch."""
        return EpochFiles(self.path, POOL, 1)

    def edit(self, change: Callable[[Any], object]) -> None:
        """Change the document and make the request fit it again, as a forger would."""
        document = json.loads((self.files.folder / "distribution.json").read_bytes())
        change(document)
        data = encode(document)
        (self.files.folder / "distribution.json").write_bytes(data)
        request = json.loads((self.files.folder / "request.json").read_bytes())
        request["documentHash"] = to_hex(keccak256(data))
        (self.files.folder / "request.json").write_bytes(encode(request))

    def refused(self, script: str, *args: str, by: int | None = None) -> MillpondError:
        """The error of a command, which must have changed neither the chain nor a file."""
        before = self.everything()
        with pytest.raises(Refused) as caught:
            self.stage.run(script, *args, by=by, loud=False)
        assert self.everything() == before
        assert str(caught.value).endswith(f"\nNext: {caught.value.error.next_step}")
        return caught.value.error

    def everything(self) -> tuple[object, dict[Path, bytes]]:
        """The chain's head and every file."""
        roots = (self.path, self.stage.folder)
        found = [path for root in roots for path in root.rglob("*") if path.is_file()]
        return self.stage.client.block(), {path: path.read_bytes() for path in found}


@pytest.fixture
def folder(mill: Stage, tmp_path: Path) -> Folder:
    """With the document, its request and two signatures in it."""
    path = tmp_path / "distributions"
    shutil.copytree(mill.folder / "distributions", path)
    return Folder(mill, path)


# --- score files ------------------------------------------------------------------------------


def _scores(change: Callable[[Any], object]) -> bytes:
    """The real file with one thing wrong."""
    file = json.loads(story.SCORES.read_bytes())
    change(file[1])
    return json.dumps(file).encode()


def _cred(worth: float) -> Callable[[Any], object]:
    def change(scores: Any) -> None:
        scores["users"][0]["intervalCred"][82] = worth

    return change


def _twice(scores: Any) -> None:
    scores["users"].append(scores["users"][0])


def _september_only_in_part(scores: Any) -> None:
    """Without the last two weeks, the last of September's among them."""
    scores["intervals"] = scores["intervals"][:-2]
    for user in scores["users"]:
        user["intervalCred"] = user["intervalCred"][:-2]
        user["totalCred"] = sum(user["intervalCred"])


AGAIN = "get the file again from where it was published, or run `sourcecred scores` again"
NEVER = "compute the scores again; cred is never negative, infinite or undefined"
BAD_SCORES: dict[str, tuple[Callable[[], bytes], str, str]] = {
    "truncated": (lambda: story.SCORES.read_bytes()[:CUT], "it is cut short", AGAIN),
    "a person twice": (
        lambda: _scores(_twice),
        "is there twice",
        "merge the two entries at the source and export again",
    ),
    "negative cred": (lambda: _scores(_cred(-1.5)), "cred is -1.5, not a finite number", NEVER),
    "NaN cred": (
        lambda: _scores(_cred(float("nan"))),
        "it holds NaN, which is no cred",
        "find out at the source why a score is undefined and compute the scores again",
    ),
    "weeks missing": (
        lambda: _scores(_september_only_in_part),
        "the weeks do not cover the epoch: it needs the week of 2019-09-22",
        "wait until the epoch is over and compute the scores again, or choose its weeks",
    ),
}


@pytest.mark.parametrize("what", BAD_SCORES)
def test_build__a_bad_score_file__is_refused_by_name(folder: Folder, what: str) -> None:
    make, says, next_step = BAD_SCORES[what]
    scores = folder.path / "scores.json"
    scores.write_bytes(make())
    given = ("--params", str(PARAMS), "--scores", str(scores), "--month", "2019-09")
    error = folder.refused("epoch build", *given, *folder.out)
    assert error.name == "ScoreFileError"
    assert says in error.message
    assert error.next_step == next_step


INSTANCE = ("--instance", str(VECTORS / "synthetic-2k"))


@pytest.mark.parametrize("given", [(), (*INSTANCE, "--scores", str(story.SCORES))], ids=len)
def test_build__cred_from_nowhere_or_from_two_places__is_refused(
    folder: Folder, given: tuple[str, ...]
) -> None:
    month = ("--params", str(PARAMS), "--month", "2020-02")
    error = folder.refused("epoch build", *given, *month, *folder.out)
    assert error.next_step == "give either --instance or --scores"


def test_build__from_an_instance__pins_it_and_lays_the_lists_beside(folder: Folder) -> None:
    given = ("--params", str(PARAMS), *INSTANCE, "--month", "2020-02", *folder.out)
    found = folder.stage.run("epoch build", *given, loud=False)
    document = folder.files.read()
    assert found["dataHash"] == to_hex(data_hash(document))
    beside = {each.name: folder.files.folder / f"{each.name}.json" for each in document.inputs}
    for each in document.inputs:
        if each.name != "scores":
            assert each.hash == keccak256(beside[each.name].read_bytes())
    again = computed_again(document, VECTORS / "synthetic-2k")
    check_computed(document, again.scores.history(document.weeks))


# --- documents --------------------------------------------------------------------------------


def _more_in_all(document: Any) -> None:
    document["total"] = str(int(document["total"]) + 1)


def _more_for_one(document: Any) -> None:
    document["leaves"][0]["cred"] = str(int(document["leaves"][0]["cred"]) + 1)


def _more_in_one_week(document: Any) -> None:
    weekly = document["people"][0]["weekly"]
    weekly[0] = str(int(weekly[0]) + 1)


@pytest.mark.parametrize(
    ("change", "step"),
    [(_more_in_all, "total"), (_more_for_one, "leaves"), (_more_in_one_week, "cred")],
)
@pytest.mark.parametrize("command", ["epoch sign", "epoch post"])
def test_sign_and_post__totals_that_do_not_re_add__are_refused_by_their_step(
    folder: Folder, change: Callable[[Any], object], step: str, command: str
) -> None:
    folder.edit(change)
    error = folder.refused(command, "--pool", POOL, *folder.out, "--yes", by=3)
    assert error.name == "DocumentError"
    assert str(error).startswith(f"[{step}] ")
    assert error.next_step


@pytest.mark.parametrize("command", ["epoch sign", "epoch post"])
@pytest.mark.parametrize("place", ["chain_id", "pool", "distributor"])
def test_sign_and_post__a_document_of_another_place__is_refused(
    folder: Folder, place: str, command: str
) -> None:
    """It is whole and in order, but a signature under it would count somewhere else."""
    mine, coop = folder.files.read(), folder.stage.coop()
    other = {"chain_id": 1, "pool": coop.grain.address, "distributor": coop.hub.address}
    elsewhere = replace(mine, **{place: other[place]})  # type: ignore[arg-type]
    elsewhere = replace(elsewhere, root=elsewhere.tree().root)
    request = replace(folder.files.read_request(), document_hash=to_hex(data_hash(elsewhere)))
    folder.files.write(elsewhere, request)
    error = folder.refused(command, "--pool", POOL, *folder.out, "--yes", by=3)
    assert error.name == "BadInput"
    assert "is for another chain, co-op or epoch" in error.message
    assert error.next_step == "do not sign it; build this epoch again: ape run epoch build"


# --- signatures -------------------------------------------------------------------------------


def _signature(folder: Folder, number: int, domain: Domain | None = None) -> bytes:
    """What this wallet signs under the document, for its own distributor unless told."""
    document, request = folder.files.read(), folder.files.read_request()
    wallet = folder.stage.wallet(number)
    message = typed_data.cred_distribution(
        domain or domain_of(folder.stage.coop().distributor),
        epoch=1,
        attempt=request.attempt,
        root=document.root,
        total_cred=document.total,
        leaf_count=document.leaf_count,
        data_hash=data_hash(document),
        uri=request.uri,
        signer=wallet.address,
        deadline=request.deadline,
    )
    return wallet.sign_typed(message)


def _post(folder: Folder) -> MillpondError:
    line = ("--pool", POOL, *folder.out, "--unpublished", *REALLY)
    error = folder.refused("epoch post", *line, by=0)
    head = folder.stage.coop().distributor.head()
    assert (head.open_version, head.attempt) == (0, 1)
    return error


def test_sign__by_somebody_who_is_no_maintainer__is_refused(folder: Folder) -> None:
    stranger = folder.stage.cast.stranger
    error = folder.refused("epoch sign", "--pool", POOL, *folder.out, "--yes", by=stranger)
    assert error.name == "BadInput"
    assert "is no maintainer of credsperiment" in error.message
    assert error.next_step == "sign as one of the maintainers"


def test_post__with_a_stranger_s_signature__is_refused_by_the_contract(folder: Folder) -> None:
    stranger = folder.stage.wallet(folder.stage.cast.stranger)
    folder.files.add_signature(stranger.address, _signature(folder, folder.stage.cast.stranger))
    error = _post(folder)
    assert isinstance(error, Reverted)
    assert error.reason == "clerk: not a maintainer"
    assert error.next_step == (
        "nothing was sent or changed; take that signature out of the epoch's folder and let a "
        "maintainer sign: ape run epoch sign"
    )


def test_post__with_one_signature_of_two__is_refused_by_the_contract(folder: Folder) -> None:
    second = folder.stage.wallet(folder.stage.cast.maintainers[1])
    (folder.files.folder / "signatures" / second.address.lower()).unlink()
    error = _post(folder)
    assert isinstance(error, Reverted)
    assert error.reason == "clerk: too few signed"
    assert error.next_step == (
        "nothing was sent or changed; let more maintainers sign, then post again: "
        "ape run epoch sign"
    )


def test_post__without_send__is_tried_and_changes_nothing(folder: Folder) -> None:
    before = folder.everything()
    line = ("--pool", POOL, *folder.out, "--unpublished", "--yes")
    found = folder.stage.run("epoch post", *line, by=0, loud=False)
    assert (found["sent"], found["would"]) == (False, "Post epoch 1 of credsperiment")
    assert found["gas"] > 100_000
    assert folder.everything() == before


def test_post__one_maintainer_twice__is_refused(folder: Folder) -> None:
    """Two files of one account, told apart only by the letters' case."""
    first = folder.stage.wallet(folder.stage.cast.maintainers[0])
    signatures = folder.files.folder / "signatures"
    shutil.copy(signatures / first.address.lower(), signatures / first.address)
    error = _post(folder)
    assert error.name == "BadInput"
    assert error.message == "one maintainer signed twice"
    assert error.next_step == "bring signatures of different maintainers, one each"


@pytest.mark.parametrize("place", ["another chain", "another clone"])
def test_post__a_signature_for_another_place__is_refused(folder: Folder, place: str) -> None:
    number, coop = folder.stage.cast.maintainers[0], folder.stage.coop()
    mine = domain_of(coop.distributor)
    clone = mine._replace(verifying_contract=coop.grain.address)
    domain = clone if place == "another clone" else mine._replace(chain_id=1)
    wallet = folder.stage.wallet(number)
    folder.files.add_signature(wallet.address, _signature(folder, number, domain))
    error = _post(folder)
    assert error.name == "SignatureError"
    assert f"not by {wallet.address}" in error.message
    assert error.next_step == (
        "check chain, contract and every field of the message, then sign again"
    )


# --- gifts and ballots ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("earmark", "amount", "says", "next_step"),
    [
        ("1", "0", "a gift of zero is none", "give more than zero with --amount"),
        (
            "9",
            "1.00",
            '"pool: unknown earmark"',
            "nothing was sent or changed; check the number of the earmark, or open it first",
        ),
        ("1", "800000.00", "less than 800,000.000000", "give less, or get more of it first"),
        ("1", "-1", "'-1' is not a plain decimal number", "no sign, exponent or spaces"),
    ],
)
def test_give__what_cannot_be_given__is_refused_before_anything_is_allowed(
    folder: Folder, earmark: str, amount: str, says: str, next_step: str
) -> None:
    patron = folder.stage.cast.patrons[0]
    gift = ("--earmark", earmark, "--asset", DOLLAR, "--amount", amount)
    error = folder.refused("pool give", "--pool", POOL, *gift, *REALLY, by=patron)
    assert says in error.message
    assert next_step in error.next_step


def test_relay__a_ballot_of_somebody_who_is_no_member__is_skipped_with_the_next_step(
    folder: Folder, capsys: pytest.CaptureFixture[str]
) -> None:
    stage = folder.stage
    governor, member = stage.coop().governor, stage.wallet(stage.cast.members[1])
    action = Action.of(governor.remove, stage.wallet(stage.cast.members[6]).address)
    draft = Draft.of([action], "End a membership", member.address, bytes(32))
    governor.propose.send(member, *draft.arguments)
    stage.wait_days(1)
    stranger = stage.wallet(stage.cast.stranger)
    _ballots.save(
        folder.path,
        governance.sign_ballot(
            stranger,
            domain_of(governor),
            draft.id,
            Support.FOR,
            deadline=int(governor.proposalEta(draft.id)),
        ),
    )
    asked = ("--pool", POOL, "--proposal", str(draft.id), "--ballots", str(folder.path), *REALLY)
    stage.run("pool relay", *asked, by=0)
    shown = " ".join(capsys.readouterr().out.split())
    assert (
        f"skipped {stranger.address}: governor: not a member; vote with the account of a member; "
        "whoever joins votes on what is proposed afterwards"
    ) in shown
    assert "Carried 0 ballots; it stands at 0 for, 0 against, 0 abstain." in shown
    assert governor.proposalVotes(draft.id) == (0, 0, 0)


# --- nodes and ports --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("script", "args", "by"),
    [
        ("deploy", REALLY, 0),
        ("pool create", ("--params", str(PARAMS), *REALLY), 1),
        ("pool sync", ("--pool", POOL, *REALLY), 0),
        ("epoch post", ("--pool", POOL, *REALLY), 0),
        ("pool show", ("--pool", POOL, "--proposal", "7"), None),
    ],
)
def test_command__a_node_that_is_down__is_named_with_the_next_step(
    folder: Folder, script: str, args: tuple[str, ...], by: int | None
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        url = f"http://127.0.0.1:{probe.getsockname()[1]}"
    dead = Folder(replace(folder.stage, url=url), folder.path)
    error = dead.refused(script, *args, by=by)
    assert error.name == "NodeDown"
    assert error.message == f"no node answers at {url} (no connection)"
    assert error.next_step.startswith("start the node, or name one that runs: --network ")


@pytest.fixture
def taken() -> Iterator[int]:
    """A port that another program listens on, and still does afterwards."""
    with socket.create_server(("127.0.0.1", 0)) as other:
        port: int = other.getsockname()[1]
        yield port
        with socket.create_connection(("127.0.0.1", port)):
            pass


def test_devchain__a_port_that_is_taken__is_refused_with_the_next_step(taken: int) -> None:
    run = CliRunner().invoke(devchain.main, ["--port", str(taken)])
    assert run.exit_code == 1
    assert f"another program listens on 127.0.0.1:{taken}\nNext: " in run.output
    assert "choose another port" in run.output


@pytest.mark.parametrize("options", [[], ["--without-node"]])
def test_demo__a_port_that_is_taken__is_refused_and_the_last_demo_s_files_stay(
    taken: int, tmp_path: Path, options: list[str]
) -> None:
    (tmp_path / "kept").write_text("of the last time")
    wanted = ["--once", "--port", str(taken), "--folder", str(tmp_path), *options]
    run = CliRunner().invoke(demo.main, wanted)
    assert run.exit_code == 1
    assert f"Refused: another program listens on 127.0.0.1:{taken}\nNext: " in run.output
    assert "choose another port" in run.output
    assert [path.name for path in tmp_path.iterdir()] == ["kept"]
