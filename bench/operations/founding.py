# SPDX-License-Identifier: AGPL-3.0-only
"""Pools: one for votes and money, one that pays by cred every month."""

from bench.house import House, creation, maintainers, parameters
from bench.meter import Call, Meter
from bench.operations.deployment import Site
from bench.people import People


def measure(meter: Meter, site: Site, people: People) -> tuple[House, House]:
    """Both are made by the Hub in one transaction each."""
    creator, relayer, founders = people.founders[0], people.relayer, people.founders
    monthly = {
        **_maintained(people),
        "attesters": [who.address for who in people.attesters],
        "season_epochs": 24,
    }
    whole = "Pool, Governor, Admission, Grain and CredDistributor; 3 founders, 3 maintainers"
    wanted = (
        ("create_pool", "credsperiment", plain(people), whole),
        ("create_pool_with_attesters", "monthly-pay", monthly, "the same, and 3 attesters"),
    )
    houses = []
    for operation, name, changed, set_up in wanted:
        params = parameters(name, founders, changed)
        call = creation(site.hub, creator, params)
        receipt = meter.measure(operation, set_up, call, (site.hub, "PoolCreated", 1))
        houses.append(House.made(site.record, site.hub, receipt, params, founders[0], relayer))
    meter.measure(
        "make_badges",
        "the members of a pool as badges, made by anyone, once for each pool",
        Call(relayer, site.hub.make_badges, ("monthly-pay",)),
        (site.hub, "BadgesMade", 1),
    )
    return houses[0], houses[1]


def measure_smallest(meter: Meter, site: Site, people: People) -> None:
    """Last of all, so that it changes the address of no other pool."""
    params = parameters("alone", people.founders[:1], plain(people))
    meter.measure(
        "create_pool_1_founder",
        "as create_pool, with 1 founder",
        creation(site.hub, people.founders[0], params),
        (site.hub, "PoolCreated", 1),
    )


def plain(people: People) -> dict[str, object]:
    return {**_maintained(people), "attesters": [], "attesters_needed": 0}


def _maintained(people: People) -> dict[str, object]:
    return {"maintainers": maintainers(people.maintainers), "maintainers_needed": 3}
