# SPDX-License-Identifier: AGPL-3.0-only
"""`epoch plan`: what it says at each point of a month, held against contract and hand count."""

import re

import pytest

from millpond.chain import dev_time
from millpond.core.distribution import build, to_json
from millpond.core.figures import away, moment
from millpond.core.policies.proportional import Proportional
from millpond.core.subjects import to_hex
from millpond.core.units import format_cred
from scripts import _demo_story as story
from scripts._desk import Refused
from scripts._stage import PARAMS
from tests.core import month as september
from tests.scripts.epochs import MAINTAINERS, Month
from tests.scripts.town import PATRON, RELAYER, Town

pytestmark = [
    pytest.mark.filterwarnings("ignore:unclosed <socket:ResourceWarning"),
    pytest.mark.filterwarnings(
        "ignore:Exception ignored in. <socket:pytest.PytestUnraisableExceptionWarning"
    ),
]
DOLLAR = 10**6
GIVEN = 2_000 * DOLLAR


def test_plan__before_the_first_post__tells_income_pot_season_and_who_signed(month: Month) -> None:
    found = month.look("plan")
    assert (found["epoch"], found["attempt"], found["epochsLeft"]) == (1, 1, 3)
    assert (found["income"], found["carry"], found["pot"]) == (str(GIVEN), "0", str(GIVEN))
    assert found["payoutBps"] == 10_000
    head = month.coop.distributor.head()
    assert found["notBefore"] == head.last_post_at + 28 * 86_400
    assert sorted(found["signed"]) == sorted(month.address(n) for n in MAINTAINERS[:2])
    assert found["missing"] == [month.address(3)]
    assert found["needed"] == 2
    assert found["review"] is None
    assert found["next"].startswith("Publish it and post it")


def test_plan__while_one_is_open__tells_its_review(month: Month) -> None:
    proposal = month.post()
    found = month.look("plan")
    review = found["review"]
    assert (review["epoch"], review["attempt"], review["proposal"]) == (1, 1, proposal)
    assert review["state"] in {"PENDING", "ACTIVE"}
    assert review["endsAt"] == int(month.coop.governor.proposalDeadline(int(proposal)))
    assert review["struckOut"] == {}
    assert found["next"].startswith(f"Wait for the review to end, {moment(review['endsAt'])} (")
    month.wait(days=8)
    assert month.look("plan")["next"].endswith("stopped it: ape run epoch finalise.")


def test_plan__before_an_earmark_was_opened__says_that_no_policy_is_set(
    town: Town, capsys: pytest.CaptureFixture[str]
) -> None:
    found = town.read("epoch plan", "--out", str(town.papers))
    assert (found["asset"], found["payoutBps"], found["notBefore"]) == (None, None, None)
    assert "ape run pool propose open-earmark --label" in found["next"]
    town.stage.run("epoch plan", "--pool", "credsperiment")
    shown = " ".join(capsys.readouterr().out.split())
    assert "no policy is set: no earmark was ever opened" in shown
    assert not re.search("ETH|1970|0 %|epoch build", shown)


def test_build__before_an_earmark_was_opened__is_refused(town: Town) -> None:
    scores = ("--params", str(PARAMS), "--scores", str(story.SCORES), "--month", "2019-09")
    with pytest.raises(Refused, match="no policy is set") as caught:
        town.stage.run("epoch build", *scores, "--out", str(town.papers), loud=False)
    assert "ape run pool propose open-earmark" in caught.value.error.next_step
    assert list(town.papers.iterdir()) == []


def test_plan__with_an_empty_pot__says_what_fills_it_and_from_when(month: Month) -> None:
    month.pass_epoch()
    found = month.look("plan")
    assert (found["epoch"], found["pot"]) == (2, "0")
    give = f"ape run pool give --earmark 1 --asset {month.dollar.address}"
    when = f"{moment(found['notBefore'])} ({away(found['notBefore'], month.stage.client.now())})"
    assert found["next"] == (
        f"There is nothing to pay out yet: the pot is empty. What is given to earmark 1 fills it: "
        f"{give}. It can be posted from {when} on."
    )
    month.wait(days=28)
    assert month.look("plan")["next"].endswith(f"fills it: {give}.")


def test_plan__with_signatures_that_are_too_old__names_the_command_that_helps(
    month: Month,
) -> None:
    month.wait(days=15)
    found = month.look("plan")
    assert found["signed"] == []
    assert found["next"].endswith("ape run epoch repost.")
    error = month.refused_to_sign("epoch sign", *month.out, by=3)
    assert "which is over" in error.message
    assert error.next_step.endswith("ape run epoch repost")
    assert month.refuses("post", "--unpublished", by=RELAYER).next_step == error.next_step
    month.look("repost")
    assert "ape run epoch sign" in month.look("plan")["next"]
    month.signs(by=3)


def test_plan__after_a_withdrawal_or_a_failed_review__tells_what_comes_next(month: Month) -> None:
    month.fail()
    assert month.look("plan")["next"] == "The review has failed: ape run epoch void."
    error = month.refuses("finalise", by=RELAYER)
    assert error.message == "the review of epoch 1 has failed: it did not pass"
    assert error.next_step == "free its pot: ape run epoch void"
    month.act("void", by=RELAYER)
    found = month.look("plan")
    assert (found["attempt"], found["signed"]) == (2, [])
    assert found["next"].startswith("Attempt 1 has ended, and its signatures are dead")


def test_plan__while_members_object__tells_how_many_and_how_many_it_takes(
    month: Month, capsys: pytest.CaptureFixture[str]
) -> None:
    """A fifth of seven is two, rounded up."""
    proposal = month.post()
    # ballots are taken from the second after the post
    dev_time.advance(month.coop.client, 1)
    month.do("pool vote", "--proposal", proposal, "--support", "against", by=4)
    month.stage.run("epoch plan", "--pool", "credsperiment", *month.out)
    shown = " ".join(capsys.readouterr().out.split())
    assert "its pot 2,000.000000 TUSD" in shown
    assert "its proposal 2, with the id" in shown
    assert "objections 1; it takes 2 to stop it" in shown


def test_plan__after_an_epoch__counts_only_what_came_since_its_post(month: Month) -> None:
    month.post()
    month.fund(PATRON, "30.00")
    gift = ("--earmark", "1", "--asset", "TestDollar", "--amount", "30.00")
    month.do("pool give", *gift, by=PATRON)
    month.review()
    found = month.look("plan")
    assert (found["epoch"], found["epochsLeft"]) == (2, 2)
    assert (found["income"], found["pot"]) == (str(30 * DOLLAR), str(30 * DOLLAR))
    assert month.coop.distributor.next_pot()[0] == 30 * DOLLAR
    assert found["signed"] == []
    when = f"{moment(found['notBefore'])} ({away(found['notBefore'], month.stage.client.now())})"
    step = f"Build the epoch: ape run epoch build. It can be posted from {when} on."
    assert found["next"] == step
    (closing,) = found["closing"]
    assert (closing["epoch"], closing["unpaid"], closing["notice"]) == (1, str(GIVEN), False)


def test_plan__ninety_days_before_claims_end__gives_notice_and_then_says_to_close(
    month: Month, capsys: pytest.CaptureFixture[str]
) -> None:
    month.pass_epoch()
    month.wait(days=730 - 91)
    assert month.look("plan")["closing"][0]["notice"] is False
    month.wait(days=2)
    (closing,) = month.look("plan")["closing"]
    assert (closing["notice"], closing["over"]) == (True, False)
    month.stage.run("epoch plan", "--pool", "credsperiment", *month.out)
    assert "tell everybody who has not claimed" in " ".join(capsys.readouterr().out.split())
    month.wait(days=90)
    assert month.look("plan")["closing"][0]["over"] is True


def test_plan__a_document_that_was_edited__says_why_it_cannot_be_used(
    month: Month, capsys: pytest.CaptureFixture[str]
) -> None:
    path = month.files().folder / "distribution.json"
    path.write_bytes(path.read_bytes().replace(b'"epoch":"1"', b'"epoch":"2"', 1))
    assert month.look("plan")["dataHash"] is None
    month.stage.run("epoch plan", "--pool", "credsperiment", *month.out)
    assert "cannot be used" in " ".join(capsys.readouterr().out.split())


def test_close__after_the_claims__puts_the_rest_into_the_next_pot(month: Month) -> None:
    month.pass_epoch()
    early = month.refuses("close", "--epoch", "1", by=RELAYER)
    assert "can be claimed until" in early.message
    month.wait(days=731)
    assert month.dry("epoch close", *month.out, "--epoch", "1", by=RELAYER)["gas"] > 0
    found = month.act("close", "--epoch", "1", by=RELAYER)
    assert found["amount"] == str(GIVEN)
    assert month.coop.distributor.carry_of(month.dollar.address) == GIVEN
    assert month.again("epoch close", *month.out, "--epoch", "1", by=RELAYER)["epoch"] == 1
    assert month.look("plan")["carry"] == str(GIVEN)
    assert month.look("plan")["closing"] == []


def test_plan__a_post_and_its_hash__are_those_of_the_folder(month: Month) -> None:
    month.post()
    posted = month.coop.distributor.past_events("DistributionPosted", 0)[-1]
    assert month.look("plan")["dataHash"] == to_hex(posted.args["data_hash"])


def test_over_the_cap__a_maintainer_with_too_much_cred__is_named_with_how_much(
    month: Month, capsys: pytest.CaptureFixture[str]
) -> None:
    """No vote can put a cap on this earmark any more, so a document with one is laid there."""
    first, leaf = month.address(1), max(month.document().leaves, key=lambda each: each[1])
    document = build(
        chain_id=month.stage.client.chain_id,
        pool=month.coop.pool.address,
        distributor=month.coop.distributor.address,
        epoch=1,
        history=september.history(),
        policy=Proportional(),
        inputs=september.inputs(),
        signer_cap_bps=2_000,
        signers={first: [leaf[0]]},
    )
    (month.files().folder / "distribution.json").write_bytes(to_json(document))
    over = leaf[1] - document.total * 2_000 // 10_000
    assert over > 0
    assert month.look("plan")["overTheCap"] == {first: str(over)}
    month.stage.run("epoch plan", "--pool", "credsperiment", *month.out)
    assert f"{first} by {format_cred(over)} cred" in " ".join(capsys.readouterr().out.split())
