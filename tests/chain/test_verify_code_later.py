# SPDX-License-Identifier: AGPL-3.0-only
"""`millpond verify code` looks at what the Hub has made for a pool since, too."""

import pytest

from millpond.chain.client import connect
from millpond.chain.compiler import Sources
from millpond.chain.report import Verdict
from millpond.chain.verify_code import PoolParts, verify_code
from tests.chain.built import Built
from tests.chain.coop import Coop
from tests.chain.nodes import CHAIN_ID, QUICK, odd_node
from tests.chain.test_verify_code import changed_code, flip


@pytest.fixture(scope="module")
def sources() -> Sources:
    """This checkout."""
    return Built()


def test_find_pool__after_install_and_badges__names_them(
    grown: tuple[str, Coop, PoolParts],
) -> None:
    _, coop, pool = grown
    (made,) = coop.hub.past_events("PartMade", 0)
    badges = coop.hub.badges_of(coop.pool.address)
    assert pool.later == (("CredDistributor", made.args["part"]), ("Badges", badges))


def test_verify_code__parts_made_later__hold_and_any_change_is_found(
    grown: tuple[str, Coop, PoolParts], sources: Sources
) -> None:
    url, coop, pool = grown
    report = verify_code(coop.client, sources, coop.hub.address, [pool])
    assert report.holds
    names = [step.name for step in report.of(Verdict.OK)]
    for source, address in pool.later:
        assert f"credsperiment: {source} {address}" in names
        size = len(coop.client.code(address))
        for place in (20, size - 1):
            with odd_node(changed_code(url, address, flip(place, 1))) as node:
                client = connect(node.url, CHAIN_ID, QUICK)
                found = verify_code(client, sources, coop.hub.address, [pool])
            (step,) = found.of(Verdict.DIFFERS)
            assert address in step.name
            assert f"byte {place}:" in step.detail
