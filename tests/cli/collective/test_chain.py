# SPDX-License-Identifier: AGPL-3.0-only
"""Settlements on a real chain, and what is drafted by them."""

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from millpond.chain import abi
from millpond.chain.contracts import Contract
from millpond.cli.collective_chain import Settlements
from millpond.core.collective.payees import read_payees
from millpond.core.collective.plan import Plan, plan_of
from millpond.core.collective.settlement import Settled, checked
from millpond.core.distribution import to_json
from millpond.core.errors import DeploymentError
from millpond.core.subjects import Subject, to_hex
from tests.chain.coop import Story
from tests.cli.collective.people import PEOPLE, Run
from tests.core import month
from tests.core.collective.plans import payees_file
from tests.sources.opencollective.site import SLUG, Site
from tests.sources.server import Place


def test_settlements__of_a_paid_month__are_claims_that_must_not_be_paid_again(paid: Story) -> None:
    """On a real chain: the two who were paid claimed, the others are not settled."""
    coop, [paid_document] = paid.coop, paid.documents
    distributor = Contract(coop.client, "CredDistributor", coop.distributor.address)
    last = coop.client.block("latest").number
    found = Settlements.read(distributor, 1, 0, last, lambda _done, _whole: None)
    made = Plan.from_json(_plan_of(paid_document))
    states = {each.payment.payee: each.settled for each in checked(made, found)}
    assert states == {"alice": Settled.CLAIMED, "wchargin": Settled.NOT_YET}


def _plan_of(made_of: Any) -> bytes:
    lines: list[dict[str, object]] = [
        PEOPLE[0],
        {"subject": to_hex(month.who("wchargin")), "account": "wchargin"},
    ]
    people = read_payees(payees_file(lines), "payees.json")
    return plan_of(made_of, SLUG, "USD", 316_124, people).to_json()


def test_settlements__events_of_the_epoch__are_read_as_references() -> None:
    asked: list[Any] = []
    subject, reference = b"\x07" * 32, b"\x08" * 32

    class Distributor:
        address = "0x" + "22" * 20
        abi = abi.load("CredDistributor")

        def past_events(self, *question: Any) -> list[Any]:
            asked.append(question)
            args = {"epoch": 3, "subject": subject, "reference": reference}
            return [SimpleNamespace(args=args)]

        def is_claimed(self, who: bytes, epoch: int, at: int) -> bool:
            return (who, epoch, at) == (subject, 3, 90)

    told: Callable[[int, int], None] = lambda _done, _whole: None  # noqa: E731
    found = Settlements.read(Distributor(), 3, 10, 90, told)  # type: ignore[arg-type]
    assert asked == [("SettledOffChain", 10, 90, (None, (3).to_bytes(32, "big")), told)]
    assert found.reference_of(3, Subject(subject)) == reference
    assert found.reference_of(2, Subject(subject)) is None
    assert found.is_claimed(3, Subject(subject))
    assert not found.is_claimed(2, Subject(subject))


def test_settlements__by_a_distributor_that_cannot_settle__are_refused(paid: Story) -> None:
    form = abi.load("CredDistributor")
    old = abi.Abi(
        **{
            **{name: getattr(form, name) for name in form.__dataclass_fields__},
            "events": {k: v for k, v in form.events.items() if k != "SettledOffChain"},
        }
    )
    distributor = Contract(paid.coop.client, "CredDistributor", paid.coop.distributor.address, old)
    with pytest.raises(DeploymentError, match="cannot settle a leaf outside"):
        Settlements.read(distributor, 1, 0, 1, lambda _done, _whole: None)


@pytest.mark.usefixtures("token")
def test_draft__by_a_real_chain__pays_nobody_who_claimed(
    millpond: Run,
    paid: Story,
    place: Place,
    tmp_path: Path,
    site: Site,
    payees: Path,
) -> None:
    path = tmp_path / "plan.json"
    pot = ("--pot", "100", "--currency", "USD", "--payees", payees, "--out", path)
    (tmp_path / "distribution.json").write_bytes(to_json(paid.documents[0]))
    millpond("collective", "plan", tmp_path, "--collective", SLUG, *pot)
    asked: tuple[object, ...] = ("--payees", payees, "--api", place.url, "--rpc", paid.url)
    asked += ("--hub", paid.coop.hub.address, "--pool", "credsperiment", "--confirmations", "0")
    ran = millpond("collective", "draft", path, *asked, "--send")
    assert ran.status == 1, ran.err
    assert ran.out.count("claimed on the chain: it must not be paid again") == 2
    assert site.expenses == []
    late = millpond("collective", "draft", path, *asked[:-1], "1000000", "--send")
    assert late.status == 3
    assert "younger than 1000000 blocks" in late.err


@pytest.mark.usefixtures("token")
def test_draft__of_another_pools_plan__is_refused(
    millpond: Run, paid: Story, place: Place, plan: Path, payees: Path, site: Site
) -> None:
    """The plan of the month names a distributor that is none of this pool's."""
    asked: tuple[object, ...] = ("--payees", payees, "--api", place.url, "--rpc", paid.url)
    asked += ("--hub", paid.coop.hub.address, "--pool", "credsperiment", "--confirmations", "0")
    ran = millpond("collective", "draft", plan, *asked, "--send")
    assert ran.status == 3
    assert "none of 'credsperiment'" in ran.err
    assert site.questions == 0
