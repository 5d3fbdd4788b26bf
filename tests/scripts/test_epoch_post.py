# SPDX-License-Identifier: AGPL-3.0-only
"""Attempts that end without effect, and what comes after: withdraw, void, repost, build."""

import pytest

from millpond.core.distribution import data_hash
from millpond.core.subjects import of_identity, to_hex
from tests.scripts.epochs import Month
from tests.scripts.town import RELAYER, STRANGER

pytestmark = [
    pytest.mark.filterwarnings("ignore:unclosed <socket:ResourceWarning"),
    pytest.mark.filterwarnings(
        "ignore:Exception ignored in. <socket:pytest.PytestUnraisableExceptionWarning"
    ),
]
WHY = ("--reason", "A week of somebody's work is missing")


def withdraw(month: Month) -> None:
    """Two of three maintainers, one after the other, at one machine."""
    first = month.act("withdraw", *WHY, by=1)
    assert (first["sent"], first["signed"], first["needed"]) == (False, 1, 2)
    second = month.act("withdraw", by=2)
    assert (second["sent"], second["signed"]) == (True, 2)


# --- withdraw ---------------------------------------------------------------------------------


def test_withdraw__two_maintainers_one_after_the_other__frees_the_pot(month: Month) -> None:
    month.post()
    dry = month.dry("epoch withdraw", *month.out, *WHY, by=1)
    assert "1 of 2 needed" in dry["would"]
    assert month.act("withdraw", *WHY, by=1)["signed"] == 1
    assert month.act("withdraw", by=1)["signed"] == 1
    assert month.coop.distributor.head().open_version
    assert month.dry("epoch withdraw", *month.out, by=2)["would"].startswith("Sign: Withdraw")
    assert month.act("withdraw", by=2)["sent"] is True
    head = month.coop.distributor.head()
    assert (head.open_version, head.attempt) == (0, 2)
    assert month.again("epoch withdraw", *month.out, by=3)["epoch"] == 1


def test_withdraw__signed_elsewhere_too__is_sent_by_anybody(month: Month) -> None:
    month.post()
    month.act("withdraw", *WHY, by=3)
    request = month.elsewhere("withdraw", "office")
    answer = month.cosign(request, by=1)
    assert month.look("collect", str(answer))["signed"] == 2
    assert month.dry("epoch withdraw", *month.out, by=STRANGER)["gas"] > 0
    assert month.act("withdraw", by=STRANGER)["sent"] is True


def test_withdraw__by_somebody_who_is_no_maintainer__is_refused(month: Month) -> None:
    month.post()
    error = month.refuses("withdraw", *WHY, by=STRANGER)
    assert error.message == f"{month.address(STRANGER)} is no maintainer of credsperiment"


def test_withdraw__without_a_reason__is_refused(month: Month) -> None:
    month.post()
    assert month.refuses("withdraw", by=1).message == "there is no reason"
    assert month.refuses("withdraw", "--reason", " ", by=1).message == "there is no reason"


def test_withdraw__with_another_reason_than_the_first_one_s__is_refused(month: Month) -> None:
    month.post()
    month.act("withdraw", *WHY, by=1)
    error = month.refuses("withdraw", "--reason", "Another", by=2)
    assert "others have signed another request to withdraw: A week" in error.message


def test_withdraw__with_nothing_under_review__is_refused(month: Month) -> None:
    assert month.refuses("withdraw", *WHY, by=1).message == "no distribution is under review"


# --- void -------------------------------------------------------------------------------------


def test_void__after_the_members_objected__frees_the_pot_once(month: Month) -> None:
    month.fail()
    assert month.dry("epoch void", *month.out, by=STRANGER)["gas"] > 0
    month.act("void", by=STRANGER)
    assert month.coop.distributor.head().attempt == 2
    assert month.again("epoch void", *month.out, by=STRANGER)["epoch"] == 1


def test_void__while_the_review_goes_on__is_refused(month: Month) -> None:
    assert month.refuses("void", by=STRANGER).message == "no distribution is under review"
    month.post()
    assert "has not failed" in month.refuses("void", by=STRANGER).message


# --- the next attempt -------------------------------------------------------------------------


def test_repost__the_very_same_document__is_refused_unless_it_is_meant(month: Month) -> None:
    month.post()
    withdraw(month)
    root = to_hex(month.document().root)
    for command, by in (("repost", None), ("post", RELAYER)):
        error = month.refuses(command, *(("--unpublished",) * (by is not None)), by=by)
        if command == "repost":
            assert f"was this very document, with the root {root}" in error.message
            assert "say --unchanged" in error.next_step
        else:
            assert "what was signed is attempt 1, and the next one is 2" in error.message
    found = month.look("repost", "--unchanged")
    assert found["attempt"] == 2
    assert month.files().signatures() == []
    assert month.look("repost")["already"] is True
    for maintainer in (2, 3):
        month.signs(by=maintainer)
    assert "this very document" in month.refuses("post", "--unpublished", by=RELAYER).message
    assert month.post("--unchanged")


def test_repost__while_one_is_open__is_refused(month: Month) -> None:
    month.post()
    assert month.refuses("repost", by=None).message == "the last attempt is still open"


def test_repost__signatures_of_the_attempt_before__are_dead_wherever_they_come_from(
    month: Month,
) -> None:
    request = month.elsewhere("post", "office")
    late = month.cosign(request, by=3)
    month.post()
    withdraw(month)
    month.look("repost", "--unchanged")
    error = month.refuses("collect", str(late), by=None)
    assert "signed attempt 1, and this is attempt 2" in error.message
    error = month.refused_to_sign("epoch cosign", str(request), by=3)
    assert error.message == "the request is for an attempt that has ended"
    found = month.offline(request, by=2)
    assert "attempt 1" in month.refuses("collect", found["file"], by=None).message


def test_build__again_with_somebody_left_out__is_posted_as_the_next_attempt(month: Month) -> None:
    month.fail()
    month.act("void", by=STRANGER)
    person = next(p for p in month.document().people if p.identity)
    before, identity = month.document(), str(person.identity)
    month.build("2019-09", "--leave-out", identity, "She asked for it")
    assert month.document().leaf_count == before.leaf_count - 1
    (change,) = month.document().changes
    assert (change.subject, change.reason) == (of_identity(identity), "She asked for it")
    for maintainer in (1, 3):
        month.signs(by=maintainer)
    month.post()
    assert month.coop.distributor.past_events("DistributionPosted", 0)[-1].args["attempt"] == 2


def test_build__with_somebody_left_out_without_a_reason__is_refused(month: Month) -> None:
    identity = str(next(p.identity for p in month.document().people if p.identity))
    with pytest.raises(Exception, match="without a reason"):
        month.build("2019-09", "--leave-out", identity, " ")


def test_build__by_a_policy_that_nobody_knows__is_refused(month: Month) -> None:
    with pytest.raises(Exception, match="there is no policy named 'fair'"):
        month.build("2019-09", "--policy", "fair")
    with pytest.raises(Exception, match="has no value"):
        month.build("2019-09", "--policy-option", "fair")


def test_build__with_another_address__asks_for_new_signatures(month: Month) -> None:
    prefix = "https://credsperiment.example/v1/documents/"
    assert month.files().read_request().uri == prefix + to_hex(data_hash(month.document()))
    assert len(month.files().signatures()) == 2
    month.build("2019-09", "--uri", "ipfs://bafkreiabc")
    assert month.files().read_request().uri == "ipfs://bafkreiabc"
    assert month.files().signatures() == []
