# SPDX-License-Identifier: AGPL-3.0-only
"""Putting Millpond on a chain: what pools are made from, the registry, the Hub, the Pins.

Each step is one transaction and one entry in the record, written before the next step begins; a
run that stops half-way goes on where it stopped. What lies at the new address must be what the
sources say, built with these arguments, before it is recorded: no node is believed.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from millpond.chain import abi, deployments
from millpond.chain.answers import Receipt
from millpond.chain.client import Client, Transaction
from millpond.chain.compiler import VERSION, Sources
from millpond.chain.coop import CLERK, IMPLEMENTATIONS, SHARED, SPENDER_KINDS
from millpond.chain.deployments import Deployed, Record
from millpond.chain.report import Report
from millpond.chain.signers import require_dev_chain
from millpond.chain.verify_code import Checker
from millpond.core.canonical import keccak256
from millpond.core.errors import DeploymentError
from millpond.core.subjects import to_hex

DISTRIBUTOR = "CredDistributor"
HUB = "Hub"
PINS = "Pins"
TEST_DOLLAR = "TestDollar"


@dataclass(frozen=True)
class Step:
    """One contract to deploy, or that is there already."""

    name: str
    done: Deployed | None


def steps(client: Client, record: Record, test_dollar: bool) -> list[Step]:
    """All contracts in the order they are deployed in; what the record has is checked on chain."""
    names = [CLERK, *IMPLEMENTATIONS, HUB, PINS]
    if test_dollar:
        require_dev_chain(client, "the test dollar", "leave out --test-dollar")
        names.append(TEST_DOLLAR)
    return [Step(name, _checked(client, name, record.contracts.get(name))) for name in names]


@dataclass(frozen=True)
class Site:
    """Where contracts are put: the chain, from which sources, and the folder of its record."""

    client: Client
    sources: Sources
    folder: Path
    send: Callable[[str, Transaction], Receipt]
    """Sends the deployment of the contract of that name, once, whatever was sent before."""


def install(
    site: Site, record: Record, wanted: list[Step], on_step: Callable[[Step], None] | None = None
) -> Record:
    """Deploy what is missing, look at what then lies there, and record each step at once."""
    missing = [step.name for step in wanted if step.done is None]
    # All of them are compiled before the first is sent, so that nothing is left half-done.
    site.sources.prepare(missing)
    for name in missing:
        made = _deploy(site, record, name)
        record = record.with_contract(name, made)
        deployments.save(site.folder, record)
        if on_step is not None:
            on_step(Step(name, made))
    return record


def arguments(record: Record, name: str) -> bytes:
    """What a constructor is given: the addresses of what it is to know, from the record."""
    known = {DISTRIBUTOR: (CLERK,), HUB: SHARED}.get(name, ())
    given: list[object] = [record.contract(kind).address for kind in known]
    if name == HUB:
        given.append([(k, record.contract(source).address) for k, source in SPENDER_KINDS.items()])
    return abi.encode_values(abi.load(name).constructor, given, name) if given else b""


def _deploy(site: Site, record: Record, name: str) -> Deployed:
    args = arguments(record, name)
    code = site.sources.compiled(name).deployment + args
    receipt = site.send(name, Transaction(None, code, label=f"the deployment of {name}"))
    root = site.sources.root
    made = deployments.deployed(site.client, name, receipt, args, VERSION, root)
    Checker(site.client, site.sources, Report()).require_recorded(made)
    return made


def _checked(client: Client, name: str, entry: Deployed | None) -> Deployed | None:
    if entry is None:
        return None
    if to_hex(keccak256(client.code(entry.address))) != entry.code_hash:
        raise DeploymentError(
            f"the code of {name} at {entry.address} is not what the record says",
            "check --network; if a dev chain was started anew, remove its old record and journal",
        )
    return entry
