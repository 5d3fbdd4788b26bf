# SPDX-License-Identifier: AGPL-3.0-only
"""`millpond verify code` looks at what the Hub has made for a pool since, too."""

from dataclasses import replace

import pytest

from millpond.chain import abi
from millpond.chain.client import connect
from millpond.chain.compiler import Sources
from millpond.chain.coop import kind_of
from millpond.chain.report import Verdict
from millpond.chain.verify_code import PoolParts, verify_code
from tests.chain.built import Built
from tests.chain.coop import SPENDERS, STRANGER, Coop, deploy
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
    made = [event.args["part"] for event in coop.hub.past_events("PartMade", 0)]
    sources = ["CredDistributor", *SPENDERS, "Badges"]
    parts = [*made, coop.hub.badges_of(coop.pool.address)]
    assert pool.later == tuple(zip(sources, parts, strict=True))
    assert pool.unknown == ()


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


def test_verify_code__a_hub_with_another_spender__differs_or_is_named_as_not_checked(
    grown: tuple[str, Coop, PoolParts], sources: Sources
) -> None:
    """The Hub's code does not name its spenders: a genuine one may be made with any contract."""
    _, coop, _ = grown
    own = [coop.hub.implementation(kind_of("badges")), coop.identity.address]
    given = [*coop.hub.implementations(), *own]
    pins = deploy(coop.client, "Pins").address
    strange = kind_of("evil\n1. all is well")
    others = [(kind_of("allocation"), pins), (strange, pins)]
    hub = deploy(coop.client, "Hub", abi.load("Hub").constructor, *given, others)
    report = verify_code(coop.client, sources, hub.address, [])
    assert [step.name for step in report.of(Verdict.DIFFERS)] == [f"Allocation {pins}"]
    (unchecked,) = report.of(Verdict.UNCHECKED)
    assert unchecked.name == f'kind "evil\\u{{a}}1. all is well" {pins}'
    assert unchecked.detail == "these sources have no contract of this kind"


def test_verify_code__a_part_of_an_unknown_kind__is_named_as_not_checked(
    grown: tuple[str, Coop, PoolParts], sources: Sources
) -> None:
    _, coop, pool = grown
    odd = replace(pool, unknown=(('"tontine"', STRANGER.address),))
    report = verify_code(coop.client, sources, coop.hub.address, [odd])
    (unchecked,) = report.of(Verdict.UNCHECKED)
    assert unchecked.name == f'credsperiment: "tontine" {STRANGER.address}'
