# SPDX-License-Identifier: AGPL-3.0-only
"""Patronage from a pool's books: whose cred counts, by which document."""

from datetime import UTC, datetime

import pytest

from millpond.chain.journal import Bookkeeping, keep
from millpond.chain.patronage import by_cred, by_grain, members_among
from millpond.core.books.epochs import Struck
from millpond.core.distribution import Exclusion
from millpond.core.errors import BadInput
from millpond.core.subjects import to_hex
from tests.chain.books import all_events, parts_of
from tests.chain.books_story import cooperative
from tests.chain.coop import FOUNDERS, PAYEES, Story
from tests.core import month

__all__ = ["cooperative"]


@pytest.fixture
def kept(cooperative: Story) -> Bookkeeping:
    """Books of the month, new for each test."""
    coop = cooperative.coop
    parts = parts_of(coop.hub)
    return keep(parts, all_events(coop.client, parts))


@pytest.fixture
def year(kept: Bookkeeping) -> int:
    """In which its epoch became final."""
    (moment,) = (at for key, at in kept.moments.items() if key[2] == "DistributionFinalised")
    return datetime.fromtimestamp(moment, UTC).year


def test_by_cred__who_has_no_account__waits(
    cooperative: Story, kept: Bookkeeping, year: int
) -> None:
    client, document = cooperative.coop.client, cooperative.documents[0]
    found = by_cred(client, kept, year, [document], client.block().number)
    cred = dict(document.leaves)
    linked = {
        FOUNDERS[0].address: cred[month.who("decentralion")],
        FOUNDERS[1].address: cred[month.who("Beanow")],
        PAYEES[0].address: cred[month.who("wchargin")],
    }
    assert found.by_account == linked
    assert found.waiting == document.total - sum(linked.values())
    members, others = members_among(client, kept, found, client.block().number)
    assert set(members) == {FOUNDERS[0].address, FOUNDERS[1].address}
    assert sum(members.values()) + others == document.total


def test_by_cred__struck_out__has_none_unless_restored(
    cooperative: Story, kept: Bookkeeping, year: int
) -> None:
    client, document = cooperative.coop.client, cooperative.documents[0]
    distributor = cooperative.coop.distributor.address
    names = [to_hex(month.who(name)) for name in ("decentralion", "Beanow")]
    kept.struck[distributor, 1, 1] = {
        names[0]: Struck(names[0], 1, restored=False),
        names[1]: Struck(names[1], 1, restored=True),
    }
    found = by_cred(client, kept, year, [document], client.block().number)
    assert FOUNDERS[0].address not in found.by_account
    assert FOUNDERS[1].address in found.by_account


def test_by_cred__another_document_of_the_epoch__refused(
    cooperative: Story, kept: Bookkeeping, year: int
) -> None:
    without = Exclusion(month.who("decentralion"), "not this one")
    other = cooperative.coop.document(exclusions=[without])
    with pytest.raises(BadInput, match=f"is of no epoch that became final in {year}"):
        by_cred(cooperative.coop.client, kept, year, [other], 1)


def test_by_cred__of_a_year_in_which_nothing_became_final__nobody_s(
    cooperative: Story, kept: Bookkeeping, year: int
) -> None:
    assert by_cred(cooperative.coop.client, kept, year + 5, [], 1).by_account == {}
    assert by_grain(kept, year + 5).by_account == {}
