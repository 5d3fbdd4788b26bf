# SPDX-License-Identifier: AGPL-3.0-only
"""The contracts, once for everybody on a chain."""

from dataclasses import dataclass
from pathlib import Path

from bench.house import ROOT
from bench.meter import Meter
from bench.people import People
from millpond.chain import deployments, installation
from millpond.chain.assets import Asset
from millpond.chain.compiler import Sources
from millpond.chain.contracts import Contract
from millpond.chain.deployments import Record

ROWS = {
    "Clerk": "deploy_clerk",
    "Pool": "deploy_pool",
    "Governor": "deploy_governor",
    "Admission": "deploy_admission",
    "Grain": "deploy_grain",
    "CredDistributor": "deploy_distributor",
    "Identity": "deploy_identity",
    "Badges": "deploy_badges",
    "Hub": "deploy_hub",
    "Pins": "deploy_pins",
}
SET_UPS = {
    "Clerk": "who reads signatures and lists, once a chain",
    "Grain": "the blueprint, once a chain",
    "Identity": "the registry itself",
    "Hub": "the factory of pools, once a chain",
    "Pins": "what proposals put in front, once a chain",
}


@dataclass(frozen=True)
class Site:
    """A chain with Millpond on it."""

    record: Record
    hub: Contract
    dollar: Contract

    @property
    def asset(self) -> Asset:
        """The dollar as the commands see it."""
        return Asset.at(self.dollar.client, self.dollar.address)


def measure(meter: Meter, folder: Path, people: People) -> Site:
    """By the same steps as `ape run deploy`."""
    client = meter.client
    meter.prepare("building and deploying the contracts")
    record = deployments.open_or_new(folder, client)
    steps = installation.steps(client, record, test_dollar=True)
    site = installation.Site(
        client, Sources(ROOT), folder, lambda _, deployment: people.steward.send(client, deployment)
    )
    record = installation.install(site, record, steps)
    for name, operation in ROWS.items():
        made = record.contract(name)
        set_up = SET_UPS.get(name, "the implementation, once a chain")
        meter.measure_mined(operation, set_up, made.transaction_hash)
    hub = Contract(client, "Hub", record.contract("Hub").address)
    dollar = record.contract(installation.TEST_DOLLAR).address
    return Site(record, hub, Contract(client, "TestDollar", dollar))
