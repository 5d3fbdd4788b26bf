# SPDX-License-Identifier: AGPL-3.0-only
"""Payday: crashes at every transaction, amounts that add up over epochs, and who is passed over."""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import pytest

from millpond.chain import epochs, paydays
from millpond.chain.client import Client, NotMined
from millpond.chain.coop import Coop
from millpond.chain.paid import past_paid_leaves
from millpond.chain.paydays import Call
from millpond.core.subjects import of_identity
from millpond.core.units import format_amount
from scripts import _demo_story as story
from scripts import _epoch_payday
from scripts._desk import Refused
from tests.scripts.epochs import Month
from tests.scripts.town import PATRON, RELAYER

pytestmark = [
    pytest.mark.filterwarnings("ignore:unclosed <socket:ResourceWarning"),
    pytest.mark.filterwarnings(
        "ignore:Exception ignored in. <socket:pytest.PytestUnraisableExceptionWarning"
    ),
]
DOLLAR = 10**6
PEOPLE = 6


@pytest.fixture
def ready(month: Month) -> Month:
    """Final, and six of the people have accounts."""
    month.pass_epoch()
    month.link(story.people(month.stage)[:PEOPLE])
    return month


def claimed(coop: Coop) -> dict[tuple[bytes, int], tuple[str, int, int]]:
    """Who was paid what, by subject and epoch; nobody may be there twice."""
    found: dict[tuple[bytes, int], tuple[str, int, int]] = {}
    for leaf in past_paid_leaves(coop.distributor, 0):
        key = leaf.subject, leaf.epoch
        assert key not in found, "paid twice"
        found[key] = leaf.to, leaf.amount, leaf.grain
    return found


def balances(month: Month) -> dict[str, int]:
    """Of everybody who was linked."""
    accounts = [month.address(story.account_of(month.stage, who)) for who in people(month)]
    return {account: int(month.dollar.balanceOf(account)) for account in accounts}


def people(month: Month) -> list[str]:
    return story.people(month.stage)[:PEOPLE]


def pay(month: Month) -> dict[str, Any]:
    return month.act("payday", by=RELAYER)


def test_payday__everybody_with_an_account_and_enough__is_paid_exactly_once(ready: Month) -> None:
    dry = ready.dry("epoch payday", *ready.out, by=RELAYER)
    assert (dry["of"], dry["gas"] > 100_000) == (1, True)
    found = pay(ready)
    rows = {row.subject: row for row in story.amounts(ready.stage).rows}
    due = {of_identity(who): rows[of_identity(who)].amount for who in people(ready)}
    assert {key[0]: value[1] for key, value in claimed(ready.coop).items()} == due
    assert (found["paid"], found["amount"]) == (PEOPLE, str(sum(due.values())))
    assert sum(balances(ready).values()) == sum(due.values())
    over = found["skipped"]
    above = sum(row.above_minimum for row in rows.values())
    assert over["waiting for an account"] == above - PEOPLE
    assert over["below the minimum"] == len(rows) - above
    again = ready.again("epoch payday", *ready.out, by=RELAYER)
    assert again["skipped"]["claimed before"] == PEOPLE
    assert len(ready.coop.distributor.past_events("LeafSkipped", 0)) == len(rows) - PEOPLE


def test_payday__an_amount_too_large_for_it__left_to_a_claim_and_said(month: Month) -> None:
    """Half of the cred is one person's; her part of the pot does not fit a batch."""
    huge = format_amount(4 * paydays.TOO_LARGE, 6)
    month.fund(PATRON, huge)
    gift = ("--earmark", "1", "--asset", "TestDollar", "--amount", huge)
    month.do("pool give", *gift, by=PATRON)
    month.pass_epoch()
    month.link(people(month))
    amounts = {of_identity(who): _amounts(month, 1)[who] for who in people(month)}
    large = {who for who, amount in amounts.items() if amount >= paydays.TOO_LARGE}
    assert 0 < len(large) < PEOPLE
    found = pay(month)
    assert found["skipped"]["too large for a payday"] == len(large)
    assert {who for who, _ in claimed(month.coop)} == amounts.keys() - large
    skipped = month.coop.distributor.past_events("LeafSkipped", 0)
    told = [event.args["subject"] for event in skipped if event.args["reason"] == 6]
    assert set(told) == large
    assert {epochs.SKIPPED[event.args["reason"]] for event in skipped} <= {*paydays.Verdict}
    for who in people(month):
        if of_identity(who) in large:
            month.act("claim", "--identity", who, by=RELAYER)
    assert {who: paid for (who, _), (_, paid, _) in claimed(month.coop).items()} == amounts


def test_payday__for_somebody_who_linked_later__goes_through_no_more_of_the_list(
    ready: Month,
) -> None:
    pay(ready)
    before = len(ready.coop.distributor.past_events("LeafSkipped", 0))
    ready.link([story.people(ready.stage)[PEOPLE]])
    assert pay(ready)["paid"] == 1
    assert len(ready.coop.distributor.past_events("LeafSkipped", 0)) == before


@dataclass
class Crash(BaseException):
    """The machine goes off."""


@pytest.fixture
def one_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """No transaction holds more than one person, as if gas were that scarce."""
    monkeypatch.setattr(
        _epoch_payday, "_fits", lambda _at, call: len({x.subject for x in call.lines}) == 1
    )


@pytest.fixture(params=["before it is sent", "between sending and the receipt", "after it"])
def crashing(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> Iterator[dict[str, int]]:
    """Goes off at the transaction whose number is set under "at", counted from 1 over all runs."""
    state = {"sent": 0, "at": 0}
    send, wait = Client.send_raw, Client.wait

    def counted(client: Client, raw: bytes, prepared: Any) -> Any:
        state["sent"] += 1
        due = state["sent"] == state["at"]
        if due and request.param == "before it is sent":
            raise Crash
        receipt = send(client, raw, prepared)
        if due and request.param == "after it":
            raise Crash
        return receipt

    def waited(client: Client, digest: bytes, prepared: Any) -> Any:
        if state["sent"] == state["at"] and request.param == "between sending and the receipt":
            raise NotMined("the line is dead", "look it up", digest)
        return wait(client, digest, prepared)

    monkeypatch.setattr(Client, "send_raw", counted)
    monkeypatch.setattr(Client, "wait", waited)
    yield state
    state["at"] = 0


@pytest.mark.parametrize("at", [1, 3, 6])
@pytest.mark.usefixtures("one_by_one")
def test_payday__after_a_crash_at_any_transaction__pays_nobody_twice_and_forgets_nobody(
    ready: Month, crashing: dict[str, int], at: int
) -> None:
    crashing["at"] = crashing["sent"] + at
    with pytest.raises((Crash, Refused)):
        pay(ready)
    half = claimed(ready.coop)
    assert len(half) in {at - 1, at}
    crashing["at"] = 0
    if len(half) < PEOPLE:
        assert pay(ready)["paid"] == PEOPLE - len(half)
    rows = {row.subject: row for row in story.amounts(ready.stage).rows}
    due = {of_identity(who): rows[of_identity(who)].amount for who in people(ready)}
    assert {key[0]: value[1] for key, value in claimed(ready.coop).items()} == due
    assert sum(balances(ready).values()) == sum(due.values())
    ready.again("epoch payday", *ready.out, by=RELAYER)


@pytest.mark.usefixtures("one_by_one")
def test_payday__crashing_at_every_transaction_in_turn__ends_as_if_it_never_had(
    ready: Month, crashing: dict[str, int]
) -> None:
    """Each run loses its first transaction in one of the three ways, until nobody is left."""
    runs = 0
    while len(claimed(ready.coop)) < PEOPLE:
        runs += 1
        done, crashing["at"] = len(claimed(ready.coop)), crashing["sent"] + (2 if runs % 2 else 1)
        with contextlib.suppress(Crash, Refused):
            pay(ready)
        assert runs < 3 * PEOPLE, "it does not get on"
        assert len(claimed(ready.coop)) >= done
    rows = {row.subject: row for row in story.amounts(ready.stage).rows}
    assert {key[0]: value[1] for key, value in claimed(ready.coop).items()} == {
        of_identity(who): rows[of_identity(who)].amount for who in people(ready)
    }


def test_payday__of_a_transaction_whose_end_is_unknown__is_in_the_journal_as_such(
    ready: Month, monkeypatch: pytest.MonkeyPatch
) -> None:
    def waited(_client: Client, digest: bytes, _prepared: Any) -> Any:
        raise NotMined("the line is dead", "look it up", digest)

    monkeypatch.setattr(Client, "wait", waited)
    with pytest.raises(Refused, match="the line is dead"):
        pay(ready)
    line = ready.journal.lines()[-1]
    assert (line["what"], line["end"]) == ("Pay everybody of epoch 1 of credsperiment", "unknown")


# --- splitting --------------------------------------------------------------------------------


@pytest.mark.usefixtures("one_by_one")
def test_parts__by_list__cover_each_person_once(ready: Month) -> None:
    found = pay(ready)
    assert found["transactions"] == PEOPLE
    assert len(claimed(ready.coop)) == PEOPLE


def test_parts__where_the_list_is_too_long__are_paid_by_proofs(
    ready: Month, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The circle is small; the limit is set below it, so that the other way is taken."""
    monkeypatch.setattr(paydays, "MOST_LISTED", 5)
    monkeypatch.setattr(paydays, "MOST_LEAVES", 4)
    found = pay(ready)
    assert (found["paid"], found["transactions"]) == (PEOPLE, 2)
    assert len(claimed(ready.coop)) == PEOPLE


def test_parts__where_proofs_would_be_too_many__make_smaller_parts(
    ready: Month, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(paydays, "MOST_LISTED", 5)
    monkeypatch.setattr(paydays, "MOST_SIBLINGS", 8)
    made: list[Call] = []
    parts = paydays.parts

    def seen(*args: Any) -> Iterator[Call]:
        for call in parts(*args):
            made.append(call)
            yield call

    monkeypatch.setattr(paydays, "parts", seen)
    assert pay(ready)["paid"] == PEOPLE
    assert all(sum(line.proof_length for line in call.lines) <= 8 for call in made)


def test_payday__without_the_document__is_refused(ready: Month) -> None:
    (ready.files().folder / "distribution.json").unlink()
    error = ready.refuses("payday", by=RELAYER)
    assert "there is no distribution.json" in error.message
    assert "if it was posted, put the published document there" in error.next_step


# --- several epochs ---------------------------------------------------------------------------


@pytest.fixture
def two(month: Month) -> Month:
    """August, of which one person was paid, and September with 2,000.00 in it; both are final."""
    month.build("2019-08")
    _signed_and_final(month)
    month.link([_first(month)])
    assert pay(month)["paid"] == 1
    month.fund(PATRON, "2000.00")
    gift = ("--earmark", "1", "--asset", "TestDollar", "--amount", "2000.00")
    month.do("pool give", *gift, by=PATRON)
    month.wait(days=28)
    month.build("2019-09")
    _signed_and_final(month)
    return month


def _signed_and_final(month: Month) -> None:
    for maintainer in (1, 2):
        month.signs(by=maintainer)
    month.pass_epoch()


def _first(month: Month) -> str:
    """Of August's people, whoever has the most in September."""
    august = {str(person.identity) for person in month.document(1).people}
    return next(who for who in story.people(month.stage) if who in august)


def test_payday__small_amounts_of_two_epochs__add_up_to_one_payment(two: Month) -> None:
    """Somebody without an account in the first month, and below the minimum in both."""
    coop = two.coop
    small = _who_adds_up(two)
    two.link([small])
    found = pay(two)
    mine = {k: v for k, v in claimed(coop).items() if k[0] == of_identity(small)}
    minimum = coop.distributor.policy_of(1).minimum
    assert sorted(key[1] for key in mine) == [1, 2]
    assert all(value[1] < minimum for value in mine.values())
    assert sum(value[1] for value in mine.values()) >= minimum
    assert found["paid"] >= 2
    two.again("epoch payday", *two.out, by=RELAYER)


def _who_adds_up(month: Month) -> str:
    """Below the minimum in each of the two, not in both together."""
    minimum = month.coop.distributor.policy_of(1).minimum
    first, second = (_amounts(month, epoch) for epoch in (1, 2))
    rows = [
        who
        for who in first.keys() & second.keys()
        if max(first[who], second[who]) < minimum <= first[who] + second[who]
    ]
    assert rows, sorted((first.get(w, 0), second.get(w, 0)) for w in first)
    return min(rows)


def _amounts(month: Month, epoch: int) -> dict[str, int]:
    document = month.document(epoch)
    terms = month.coop.distributor.past_events("DistributionPosted", 0)[epoch - 1].args["terms"]
    names = {p.subject: p.identity for p in document.people}
    return {
        str(names[subject]): terms.pot * cred // document.total for subject, cred in document.leaves
    }


def test_payday__of_one_epoch_alone__leaves_the_other_as_it_is(two: Month) -> None:
    found = two.act("payday", "--epoch", "2", by=RELAYER)
    assert {key[1] for key in claimed(two.coop) if key[1] == 2} == ({2} if found["sent"] else set())


def test_payday__where_an_older_document_is_missing__pays_what_it_can_prove(two: Month) -> None:
    (two.files(1).folder / "distribution.json").unlink()
    assert two.act("payday", by=RELAYER)["sent"] is True
    assert two.journal.lines()[-1]["what"] == "Pay everybody of epoch 2 of credsperiment"


def test_payday__after_the_claims_are_over__is_refused(ready: Month) -> None:
    ready.wait(days=731)
    error = ready.refuses("payday", by=RELAYER)
    assert error.message == "the claims of every epoch are over"


def test_month__of_another_document__is_refused(ready: Month) -> None:
    terms = epochs.posted_epoch(ready.coop, 1).require_final()
    document = ready.document()
    other = replace(document, root=b"\x01" * 32)
    with pytest.raises(Exception, match="is not the one that was posted as epoch 1"):
        paydays.Month.of(ready.coop, terms, other)
