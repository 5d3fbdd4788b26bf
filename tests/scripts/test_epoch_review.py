# SPDX-License-Identifier: AGPL-3.0-only
"""What people do in a review and after it: strike out, restore, settle outside the chain."""

import json
from pathlib import Path
from typing import Any

import pytest

from millpond.chain.abi import Value
from millpond.chain.epoch_requests import Asked
from millpond.core.canonical import keccak256
from millpond.core.distribution import payouts
from millpond.core.subjects import of_identity, to_hex
from scripts import _demo_story as story
from tests.scripts.epochs import Month
from tests.scripts.test_epoch_payday import claimed, pay
from tests.scripts.town import FOUNDERS, RELAYER, STRANGER

pytestmark = [
    pytest.mark.filterwarnings("ignore:unclosed <socket:ResourceWarning"),
    pytest.mark.filterwarnings(
        "ignore:Exception ignored in. <socket:pytest.PytestUnraisableExceptionWarning"
    ),
]
WHY, BACK = "She bought these stars", "We have seen her work"


def policy(month: Month) -> Value:
    return month.coop.distributor.policy_of(month.coop.distributor.head().policy_version)


def names(month: Month) -> list[str]:
    """Everybody with a leaf, the least cred first."""
    document = month.document()
    people = {person.subject: str(person.identity) for person in document.people}
    return [people[subject] for subject, _ in sorted(document.leaves, key=lambda x: x[1])]


def small(month: Month) -> str:
    """Somebody whom the maintainers may strike out by themselves, and who is due something."""
    document = month.document()
    most = document.total * policy(month).zero_out_bps // 10_000
    cred = dict(document.leaves)
    return next(who for who in reversed(names(month)) if cred[of_identity(who)] <= most)


def strike(month: Month, who: str, by: tuple[int, ...] = (1, 2)) -> dict[str, Any]:
    """Two of three maintainers, at one machine."""
    found = month.act("zero-out", "--identity", who, "--reason", WHY, by=by[0])
    for maintainer in by[1:]:
        found = month.act("zero-out", "--identity", who, by=maintainer)
    return found


def restore(month: Month, who: str) -> dict[str, Any]:
    """As many members as it takes."""
    found = month.act("restore", "--identity", who, "--reason", BACK, by=FOUNDERS[0])
    for member in FOUNDERS[1 : policy(month).restorers]:
        found = month.act("restore", "--identity", who, by=member)
    return found


@pytest.fixture
def posted(month: Month) -> Month:
    """In the first hour of its review."""
    month.post()
    return month


# --- strike out -------------------------------------------------------------------------------


def test_zero_out__two_maintainers__takes_one_out_with_a_reason_that_can_be_read(
    posted: Month,
) -> None:
    who = small(posted)
    dry = posted.dry("epoch zero-out", *posted.out, "--identity", who, "--reason", WHY, by=1)
    assert "1 of 2 needed" in dry["would"]
    ends = int(posted.look("plan")["review"]["endsAt"])
    assert strike(posted, who)["sent"] is True
    (event,) = posted.coop.distributor.past_events("ZeroedOut", 0)
    assert event.args["reason_hash"] == keccak256(WHY.encode())
    assert set(event.args["signers"]) == {posted.address(1), posted.address(2)}
    kept = posted.files().folder / "reasons" / f"{to_hex(keccak256(WHY.encode()))}.txt"
    assert kept.read_text("utf-8") == WHY
    review = posted.look("plan")["review"]
    cred = dict(posted.document().leaves)[of_identity(who)]
    assert review["struckOut"] == {to_hex(of_identity(who)): str(cred)}
    assert review["endsAt"] >= ends
    again = ("epoch zero-out", *posted.out, "--identity", who, "--reason", WHY)
    assert posted.again(*again, by=3)["subject"] == to_hex(of_identity(who))


def test_zero_out__signed_elsewhere__is_sent_by_anybody(posted: Month) -> None:
    who = small(posted)
    deed = f"zero-out-{to_hex(of_identity(who))}"
    posted.act("zero-out", "--identity", who, "--reason", WHY, by=3)
    request = posted.elsewhere(deed, "cellar")
    asked = Asked.from_json(request.read_bytes())
    assert any(WHY in line for line in asked.words)
    found = posted.offline(request, by=1)
    posted.look("collect", found["file"])
    assert posted.act("zero-out", "--identity", who, by=STRANGER)["sent"] is True


def test_zero_out__of_a_request_with_another_reason_than_it_says__is_refused(
    posted: Month,
) -> None:
    who = small(posted)
    posted.act("zero-out", "--identity", who, "--reason", WHY, by=3)
    request = posted.elsewhere(f"zero-out-{to_hex(of_identity(who))}", "cellar")
    request.write_text(request.read_text().replace(WHY, "She left"))
    assert "the reason in the request" in posted.offline_refused(request, by=1).message


@pytest.mark.parametrize("by", [STRANGER, 7])
def test_zero_out__by_somebody_who_is_no_maintainer__is_refused(posted: Month, by: int) -> None:
    asked = ("--identity", small(posted), "--reason", WHY)
    assert "is no maintainer" in posted.refuses("zero-out", *asked, by=by).message


def test_zero_out__more_than_the_members_allow__is_refused(posted: Month) -> None:
    most = names(posted)[-1]
    error = posted.refuses("zero-out", "--identity", most, "--reason", WHY, by=1)
    assert "and the members allow" in error.message
    assert "withdraw" in error.next_step


def test_zero_out__in_the_last_two_days__is_refused(posted: Month) -> None:
    posted.wait(days=6)
    asked = ("--identity", small(posted), "--reason", WHY)
    assert "in its last 2 days" in posted.refuses("zero-out", *asked, by=1).message


def test_zero_out__somebody_without_a_leaf_or_a_reason__is_refused(posted: Month) -> None:
    asked = ("--identity", "github:nobody", "--reason", WHY)
    assert "has no leaf" in posted.refuses("zero-out", *asked, by=1).message
    error = posted.refuses("zero-out", "--identity", small(posted), "--reason", " ", by=1)
    assert error.message == "there is no reason"


def test_zero_out__with_nothing_under_review__is_refused(month: Month) -> None:
    asked = ("--identity", names(month)[0], "--reason", WHY)
    assert month.refuses("zero-out", *asked, by=1).message == "no distribution is under review"


# --- restore ----------------------------------------------------------------------------------


def test_restore__by_as_many_members_as_it_takes__puts_her_back_for_good(posted: Month) -> None:
    who = small(posted)
    strike(posted, who)
    assert restore(posted, who)["sent"] is True
    assert posted.look("plan")["review"]["struckOut"] == {}
    again = ("epoch restore", *posted.out, "--identity", who, "--reason", BACK)
    assert posted.again(*again, by=FOUNDERS[-1])["subject"] == to_hex(of_identity(who))
    error = posted.refuses("zero-out", "--identity", who, "--reason", "Again", by=1)
    assert "nobody is struck out twice" in error.message
    posted.wait(days=10)
    posted.act("finalise", by=RELAYER)
    assert posted.coop.distributor.past_events("DistributionFinalised", 0)[-1].args["excluded"] == 0


def test_restore__by_somebody_who_was_no_member_before_the_post__is_refused(posted: Month) -> None:
    who = small(posted)
    strike(posted, who)
    error = posted.refuses("restore", "--identity", who, "--reason", BACK, by=STRANGER)
    assert "was no member of credsperiment when this epoch was posted" in error.message


def test_restore__somebody_who_is_not_struck_out__is_refused(posted: Month) -> None:
    error = posted.refuses("restore", "--identity", small(posted), "--reason", BACK, by=4)
    assert "is not struck out" in error.message


def test_payday__after_a_zero_out__pays_the_others_what_she_does_not_get(posted: Month) -> None:
    who = small(posted)
    strike(posted, who)
    posted.wait(days=10)
    posted.act("finalise", by=RELAYER)
    others = [name for name in story.people(posted.stage)[:3] if name != who]
    posted.link([who, *others])
    found = pay(posted)
    assert found["skipped"]["struck out in the review"] == 1
    pot = 2_000 * 10**6
    due = payouts(posted.document(), pot, 0, 1, [of_identity(who)])
    wanted = {row.subject: row.amount for row in due.rows}
    paid = {key[0]: value[1] for key, value in claimed(posted.coop).items()}
    assert paid == {of_identity(name): wanted[of_identity(name)] for name in others}


def test_publish__after_the_review__tells_every_change_with_its_reason(posted: Month) -> None:
    who, to = small(posted), posted.papers / "public"
    strike(posted, who)
    restore(posted, who)
    name = str(posted.look("publish", "--to", str(to))["dataHash"])
    log = json.loads((to / name / "changes.json").read_bytes())
    assert [(entry["what"], entry["reason"]) for entry in log] == [
        ("struck out", WHY),
        ("restored", BACK),
    ]
    assert {entry["subject"] for entry in log} == {to_hex(of_identity(who))}
    reasons = {path.read_text("utf-8") for path in (to / name / "reasons").iterdir()}
    assert reasons == {WHY, BACK}


# --- settle -----------------------------------------------------------------------------------


@pytest.fixture
def final(month: Month) -> Month:
    """With accounts for the first two people."""
    month.pass_epoch()
    month.link(story.people(month.stage)[:2])
    return month


def settlement(who: str) -> tuple[str, ...]:
    return "settle", "--identity", who, "--epoch", "1", "--reference", "expense 812"


def test_settle__signed_by_the_payee__is_never_paid_on_the_chain(final: Month) -> None:
    who, other = story.people(final.stage)[:2]
    payee = story.account_of(final.stage, who)
    command, *rest = settlement(who)
    assert "is not who is paid" in final.refuses(command, *rest, by=1).message
    carry = final.coop.distributor.carry_of(final.dollar.address)
    dry = final.dry(f"epoch {command}", *final.out, *rest, by=payee)
    assert "1 of 1 needed" in dry["would"]
    assert final.act(command, *rest, by=payee)["sent"] is True
    (event,) = final.coop.distributor.past_events("SettledOffChain", 0)
    assert event.args["reference"] == keccak256(b"expense 812")
    freed = final.coop.distributor.carry_of(final.dollar.address) - carry
    assert freed == event.args["amount"] > 0
    assert final.again(f"epoch {command}", *final.out, *rest, by=1)["subject"]
    found = pay(final)
    assert found["skipped"]["settled outside the chain"] == 1
    assert set(claimed(final.coop)) == {(of_identity(other), 1)}
    assert final.dollar.balanceOf(final.address(payee)) == 0


def test_settle__signed_on_the_payee_s_own_machine__is_sent_by_a_maintainer(final: Month) -> None:
    who = story.people(final.stage)[0]
    payee = story.account_of(final.stage, who)
    request = _request(final, who)
    answer = final.cosign(request, by=payee)
    final.look("collect", str(answer))
    command, *rest = settlement(who)
    assert final.act(command, *rest, by=1)["sent"] is True


def test_settle__what_was_claimed__is_refused(final: Month) -> None:
    pay(final)
    who = story.people(final.stage)[0]
    command, *rest = settlement(who)
    final.again(f"epoch {command}", *final.out, *rest, by=1)


def test_settle__somebody_without_an_account__is_refused(final: Month) -> None:
    command, *rest = settlement(story.people(final.stage)[5])
    assert "no account is linked" in final.refuses(command, *rest, by=1).message


def _request(month: Month, who: str) -> Path:
    """What a maintainer hands to the payee."""
    command, *rest = settlement(who)
    found = month.act(command, *rest, "--ask", by=1)
    place = month.papers / "hers"
    place.mkdir()
    path = place / "request.json"
    path.write_bytes(Path(found["file"]).read_bytes())
    return path
