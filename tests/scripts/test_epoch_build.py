# SPDX-License-Identifier: AGPL-3.0-only
"""`epoch build` by every policy, and what each of them has to be told."""

import json

import pytest

from millpond.chain import epochs, paydays
from millpond.chain.past_payments import past_payments
from millpond.core.distribution import data_hash, payouts, verify
from millpond.core.errors import BadInput
from millpond.core.policies import POLICIES
from millpond.core.proof_file import Header
from millpond.mirror.proof_files import beside, open_proofs
from scripts._desk import Refused
from tests.scripts.epochs import Month
from tests.scripts.test_epoch_payday import claimed, pay, ready
from tests.scripts.town import PATRON, RELAYER

pytestmark = [
    pytest.mark.filterwarnings("ignore:unclosed <socket:ResourceWarning"),
    pytest.mark.filterwarnings(
        "ignore:Exception ignored in. <socket:pytest.PytestUnraisableExceptionWarning"
    ),
]
__all__ = ["ready"]
DOLLAR = 10**6
OPTIONS = {
    "balanced": ("--back-to", "2019-08"),
    "equal": (),
    "immediate": ("--policy-option", "weeks=6", "--back-to", "2019-08"),
    "proportional": (),
    "recent": ("--policy-option", "discount=0.1", "--back-to", "2019-08"),
}


@pytest.mark.parametrize("policy", OPTIONS)
def test_build__by_each_policy__is_a_document_that_can_be_signed(month: Month, policy: str) -> None:
    month.build("2019-09", "--policy", policy, *OPTIONS[policy])
    document = month.document()
    assert document.policy == policy
    assert policy in POLICIES
    assert verify((month.files().folder / "distribution.json").read_bytes()) == document
    month.signs(by=1)


def test_build__again_by_another_policy__has_the_proofs_of_that_document_beside_it(
    month: Month,
) -> None:
    path = beside(month.files().folder / "distribution.json")
    for policy in ("proportional", "equal"):
        month.build("2019-09", "--policy", policy)
        document, tree = month.document(), month.document().tree()
        with open_proofs(path) as stored:
            stored.require(Header.of(tree))
            for subject, _ in document.leaves:
                index = tree.index_of(subject)
                assert stored.proven(subject) == (tree.leaf(index), tree.proof(index))


def test_build__equal_shares__give_everybody_with_cred_the_same(month: Month) -> None:
    month.build("2019-09", "--policy", "equal")
    assert len({cred for _, cred in month.document().leaves}) == 1


def test_build__a_rule_that_looks_back__wants_to_know_how_far(month: Month) -> None:
    with pytest.raises(Refused, match="looks at earlier months as well"):
        month.build("2019-09", "--policy", "recent", "--policy-option", "discount=0.1")
    with pytest.raises(Refused, match="looks at its own month only"):
        month.build("2019-09", "--back-to", "2019-08")


def test_build__fixed_portions_where_there_is_no_cap__are_refused(month: Month) -> None:
    with pytest.raises(Refused, match="leave nothing to share"):
        month.build("2019-09", "--policy", "fixed-portion", "--policy-option", "of=equal")


def test_build__balanced__counts_what_the_epoch_before_gave_whether_claimed_or_not(
    month: Month,
) -> None:
    month.build("2019-08")
    for maintainer in (1, 2):
        month.signs(by=maintainer)
    month.pass_epoch()
    month.fund(PATRON, "500.00")
    gift = ("--earmark", "1", "--asset", "TestDollar", "--amount", "500.00")
    month.do("pool give", *gift, by=PATRON)
    month.wait(days=28)
    rule = ("--policy", "balanced", "--back-to", "2019-08")
    with pytest.raises(Refused, match=r"\[differences\]"):
        month.build("2019-09", *rule)
    month.build("2019-09", *rule, "--because", "policy", "Make up for August")
    august, september = month.document(1), month.document(2)
    due = payouts(august, 2_000 * DOLLAR, 0, 1)
    assert month.coop.distributor.past_events("Claimed", 0) == []
    assert september.past is not None
    assert september.past.documents == (data_hash(august),)
    assert dict(september.past.received) == {x.subject: x.amount for x in due.rows if x.amount}
    assert september.budget == 500 * DOLLAR
    assert september.total > 0
    to = month.papers / "public"
    name = str(month.look("publish", "--to", str(to))["dataHash"])
    (entry,) = json.loads((to / name / "changes.json").read_bytes())
    assert (entry["what"], entry["reason"]) == ("other policy", "Make up for August")
    month.signs(by=1)


def test_past_payments__of_a_closed_epoch__are_what_was_claimed(ready: Month) -> None:
    pay(ready)
    paid = {key[0]: value[1] for key, value in claimed(ready.coop).items()}
    ready.wait(days=731)
    ready.act("close", "--epoch", "1", by=RELAYER)
    terms = epochs.posted_epoch(ready.coop, 1).require_final()
    months = [paydays.Month.of(ready.coop, terms, ready.document())]
    assert dict(past_payments(ready.coop, months, terms.asset).received) == paid
    with pytest.raises(BadInput, match="was paid in another asset"):
        past_payments(ready.coop, months, ready.coop.grain.address)
