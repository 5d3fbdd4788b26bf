# SPDX-License-Identifier: AGPL-3.0-only
"""The CredSperiment's September 2019 through the real scripts, on a real node, to the last cent.

Expected figures: tests/vectors/credsperiment-2019 (exact fractions over the doubles of the score
file, made by somebody else's code) and the sums that follow from them by hand.
"""

import contextlib
import io
import json
from pathlib import Path

import pytest

from millpond.chain import epochs
from millpond.chain.paid import past_paid_leaves
from millpond.core.distribution import to_json
from scripts import _demo_checks as checks
from scripts import _demo_story as story
from scripts._demo_story import REALLY
from scripts._desk import Refused
from scripts._epoch_files import EpochFiles
from scripts._funder import verified
from scripts._stage import DOLLAR, PARAMS, POOL, Stage

# ape leaves the sockets open with which it looks for a node's IPC file before it uses our URL.
pytestmark = [
    pytest.mark.filterwarnings("ignore:unclosed <socket:ResourceWarning"),
    pytest.mark.filterwarnings(
        "ignore:Exception ignored in. <socket:pytest.PytestUnraisableExceptionWarning"
    ),
]

POT, PAID, BELOW, DUST = 2_000_000_000, 1_957_159_089, 42_840_889, 22


def out(stage: Stage) -> tuple[str, str]:
    """Where the documents lie."""
    return "--out", str(stage.folder / "distributions")


def blocks(stage: Stage) -> int:
    """How far the chain is: a command that changed nothing has mined nothing."""
    return stage.client.block().number


def refusal(stage: Stage, script: str, *args: str, by: int | None = None) -> str:
    """The words of a refused command, which must have changed nothing."""
    before = blocks(stage)
    with pytest.raises(Refused) as caught:
        stage.run(script, *args, by=by, loud=False)
    assert blocks(stage) == before
    text = str(caught.value)
    assert "Next: " in text
    return text


def test_report__the_month__every_check_holds(september: Stage) -> None:
    output = io.StringIO()
    with contextlib.redirect_stdout(output):
        assert checks.report(september)
    text = " ".join(output.getvalue().split())
    assert "79 people had cred: 17 reach the minimum" in text
    assert "1957.159089" in text
    assert "42.840889" in text
    assert "FAILS" not in text


def test_report__one_amount_changed__fails(
    september: Stage, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    vectors = json.loads(checks.EXPECTED.read_text("utf-8"))
    somebody = "sourcecred/identity/wchargin"
    vectors["payouts"][somebody] = "225.67"
    wrong = tmp_path / "expected.json"
    wrong.write_text(json.dumps(vectors), encoding="utf-8")
    monkeypatch.setattr(checks, "EXPECTED", wrong)
    with contextlib.redirect_stdout(io.StringIO()):
        assert not checks.report(september)


def test_chain__the_books__add_up_to_the_gifts(september: Stage) -> None:
    coop, dollar = september.coop(), september.dollar().address
    leaves = past_paid_leaves(coop.distributor, coop.since)
    paid = sum(leaf.amount for leaf in leaves)
    assert len(leaves) == 18
    assert coop.pool.received(1, dollar) == POT
    assert coop.pool.balance_of(1, dollar) == POT - paid
    # 17 above the minimum and one of the carried, who claimed 4.934873 herself
    assert paid == PAID + 4_934_873
    assert POT == PAID + BELOW + DUST
    assert coop.pool.balance_of(0, dollar) == 50_000_000
    assert coop.grain.totalSupply() == sum(leaf.grain for leaf in leaves)


def test_gifts__one_anonymous__is_marked_so_on_the_chain(september: Stage) -> None:
    coop = september.coop()
    given = coop.pool.past_events("Given", coop.since)
    assert [event.args["amount"] for event in given] == [
        800_000_000,
        600_000_000,
        450_000_000,
        150_000_000,
    ]
    assert [event.args["anonymous"] for event in given] == [False, True, False, False]


def test_ballots__of_the_review__came_in_one_transaction(september: Stage) -> None:
    coop = september.coop()
    proposal = epochs.posted_epoch(coop, 1).proposal_id
    casts = coop.governor.past_events("VoteCast", coop.since)
    review = [cast for cast in casts if cast.args["proposalId"] == proposal]
    assert len(review) == 7
    assert len({cast.log.transaction_hash for cast in review}) == 1
    assert coop.governor.proposalVotes(proposal) == (1, 4, 2)


@pytest.mark.parametrize(
    ("script", "args", "by"),
    [
        ("deploy", ("--test-dollar", *REALLY), 0),
        ("pool create", ("--params", str(PARAMS), *REALLY), 1),
        (
            "pool propose open-earmark",
            ("--pool", POOL, "--label", "cred", "--params", str(PARAMS), "--text", "x", *REALLY),
            1,
        ),
        ("pool sync", ("--pool", POOL, "--asset", DOLLAR, *REALLY), 0),
        ("epoch finalise", ("--pool", POOL, *REALLY), 0),
    ],
)
def test_scripts__run_again__change_nothing(
    september: Stage, script: str, args: tuple[str, ...], by: int
) -> None:
    before = blocks(september)
    september.run(script, *args, by=by, loud=False)
    assert blocks(september) == before


def test_payday__run_again__pays_nobody_twice(september: Stage) -> None:
    coop, dollar = september.coop(), september.dollar().address
    before = coop.pool.balance_of(1, dollar)
    answer = september.run(
        "epoch payday", "--pool", POOL, *out(september), *REALLY, by=0, loud=False
    )
    assert answer["paid"] == 0
    assert answer["skipped"] == {"claimed before": 18, "below the minimum": 25}
    assert coop.pool.balance_of(1, dollar) == before


def test_claim__a_second_time__says_so_and_sends_nothing(september: Stage) -> None:
    before = blocks(september)
    whose = ("--pool", POOL, "--identity", story.people(september)[16])
    answer = september.run("epoch claim", *whose, *out(september), *REALLY, by=29, loud=False)
    assert answer["amount"] == "0"
    assert blocks(september) == before


def test_claim__of_a_carried_leaf_by_a_stranger__is_refused(september: Stage) -> None:
    whose = ("--pool", POOL, "--identity", story.people(september)[18])
    text = refusal(september, "epoch claim", *whose, *out(september), *REALLY, by=0)
    assert "distributor: no account yet" in text


def test_claim__of_somebody_without_a_leaf__is_refused(september: Stage) -> None:
    whose = ("--pool", POOL, "--identity", "github:1")
    text = refusal(september, "epoch claim", *whose, *out(september), *REALLY, by=0)
    assert "has no leaf" in text or "no leaf" in text


def test_sign__by_somebody_who_is_no_maintainer__is_refused(september: Stage) -> None:
    files = EpochFiles(september.folder / "distributions", POOL, 1)
    folder = EpochFiles(september.folder / "distributions", POOL, 2).folder
    folder.mkdir(parents=True, exist_ok=True)
    for name in ("distribution.json", "request.json"):
        (folder / name).write_bytes((files.folder / name).read_bytes())
    text = refusal(september, "epoch sign", "--pool", POOL, *out(september), "--yes", by=9)
    assert "is no maintainer" in text


def test_build__before_the_month_is_over__is_refused(september: Stage) -> None:
    made = ("--params", str(PARAMS), "--scores", str(story.SCORES), "--month", "2019-10")
    text = refusal(september, "epoch build", *made, *out(september))
    assert "do not cover the epoch" in text


def test_build__from_a_truncated_score_file__is_refused(september: Stage, tmp_path: Path) -> None:
    broken = tmp_path / "scores.json"
    broken.write_bytes(story.SCORES.read_bytes()[:100_000])
    made = ("--params", str(PARAMS), "--scores", str(broken), "--month", "2019-09")
    assert "score file" in refusal(september, "epoch build", *made, *out(september))


def test_post__of_the_next_epoch_without_a_document__is_refused(september: Stage) -> None:
    empty = ("--out", str(september.folder / "nothing"))
    text = refusal(september, "epoch post", "--pool", POOL, *empty, *REALLY, by=0)
    assert "build the epoch first" in text


@pytest.mark.parametrize(
    ("earmark", "amount", "reason"),
    [("7", "1.00", "unknown earmark"), ("1", "0", "zero"), ("1", "1.0000001", "decimals")],
)
def test_give__to_nowhere_or_nothing__is_refused(
    september: Stage, earmark: str, amount: str, reason: str
) -> None:
    gift = ("--pool", POOL, "--earmark", earmark, "--asset", DOLLAR, "--amount", amount, *REALLY)
    coop = september.coop()
    before = coop.pool.received(1, september.dollar().address)
    with pytest.raises(Refused, match=reason):
        september.run("pool give", *gift, by=8, loud=False)
    assert coop.pool.received(1, september.dollar().address) == before


def test_execute__of_an_unknown_proposal__is_refused(september: Stage) -> None:
    text = refusal(september, "pool execute", "--pool", POOL, "--proposal", "7", *REALLY, by=0)
    assert "nobody has proposed 7 in credsperiment" in text


def test_verify__the_document_of_the_chain__holds(september: Stage) -> None:
    folder = EpochFiles(september.folder / "distributions", POOL, 1).folder
    since = ("--from-block", str(september.coop().since), "--rpc", september.url)
    assert verified(["verify", "distribution", str(folder), *since], quiet=True)


def test_verify__another_document_than_the_posted__differs(
    september: Stage, tmp_path: Path
) -> None:
    document = story.document(september)
    changed = to_json(document).replace(b'"epoch":"1"', b'"epoch":"2"', 1)
    path = tmp_path / "distribution.json"
    path.write_bytes(changed)
    since = ("--from-block", str(september.coop().since), "--rpc", september.url)
    assert not verified(["verify", "distribution", str(path), *since], quiet=True)


def test_verify_code__of_the_demo__every_contract_is_what_its_source_says(september: Stage) -> None:
    september.run("verify", "--pool", POOL, *out(september), loud=False)
