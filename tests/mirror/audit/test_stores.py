# SPDX-License-Identifier: AGPL-3.0-only
"""The audit and the kept proofs say the same on either store."""

from contextlib import closing
from pathlib import Path

import pytest

from millpond.cli import run
from millpond.mirror.audit.checking import audit
from millpond.mirror.proofs.items import changed
from millpond.mirror.proofs.keeper import Keeper
from millpond.mirror.proofs.kept import kept_of
from millpond.mirror.reads.snapshot import Mirror
from millpond.mirror.stores import Place, connect, keeping
from tests.mirror.audit.cases import DERIVED, EVENTS, STATE
from tests.mirror.audit.conftest import silent
from tests.mirror.audit.story import Town
from tests.mirror.places import database, written

TOGETHER = (
    STATE["rules of another quorum"],
    STATE["a sum of more"],
    STATE["a seat of somebody else"],
    DERIVED["a line of the books after which there is more"],
    DERIVED["a reserve of less"],
    EVENTS["another note of a gift"],
    EVENTS["another signer of a post"],
)
"""One row each, in tables that do not hide one another."""


@pytest.mark.usefixtures("on_both")
def test_audit_and_proofs__on_each_store__find_the_same(town: Town, tmp_path: Path) -> None:
    place = database(tmp_path)
    told = ["--rpc", town.url, "--database", written(place)]
    assert run(["sync", "--hub", town.coop.hub.address, "--once", *told]) == 0
    with Mirror(place).snapshot() as now:
        found = audit(now, town.client, lambda _: silent)
    assert found.differences == []
    assert found.unchecked == []
    assert found.proven > 200
    _keep(place, town)
    with connect(place, writes=True) as db:
        for case in TOGETHER:
            assert db.execute(case.statement).rowcount == 1
    with Mirror(place).snapshot() as now:
        spoilt = audit(now, town.client, lambda _: silent)
    named = {(d.view, d.field, d.by) for d in spoilt.differences}
    assert {(case.view, case.field, case.by) for case in TOGETHER} <= named


def _keep(place: Place, town: Town) -> None:
    """Every item that is final is proven, and found again."""
    Keeper(place, town.client).all()
    with closing(keeping(place)) as kept, Mirror(place).snapshot("finalized") as now:
        items = changed(now, -1)
        assert len(items) > 8
        assert all(kept_of(kept, now).find(item.name) is not None for item in items)
