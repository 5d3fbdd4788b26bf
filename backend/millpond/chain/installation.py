# SPDX-License-Identifier: AGPL-3.0-only
"""Putting Millpond on a chain: what pools are made from, the registry, the Hub, the Pins.

Each step is one transaction and one entry in the record, written before the next step begins; a
run that stops half-way goes on where it stopped.
"""

import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from millpond.chain import abi, deployments
from millpond.chain.client import Client, Transaction
from millpond.chain.compiler import VERSION, Compiled, compile_contract, compiler
from millpond.chain.coop import CLERK, IMPLEMENTATIONS
from millpond.chain.deployments import Deployed, Record
from millpond.chain.signers import Signer, require_dev_chain
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
        require_dev_chain(client, "the test dollar")
        names.append(TEST_DOLLAR)
    return [Step(name, _checked(client, name, record.contracts.get(name))) for name in names]


def install(
    client: Client,
    signer: Signer,
    record: Record,
    folder: Path,
    root: Path,
    wanted: list[Step],
    on_step: Callable[[Step], None] | None = None,
) -> Record:
    """Deploy what is missing from the sources under `root`, and record each step at once."""
    for step, built in _built(wanted, root):
        made = _deploy(client, signer, record, step.name, built, root)
        record = record.with_contract(step.name, made)
        deployments.save(folder, record)
        if on_step is not None:
            on_step(Step(step.name, made))
    return record


def _built(wanted: list[Step], root: Path) -> Iterator[tuple[Step, Compiled]]:
    """All of them are compiled before the first is sent, so that nothing is left half-done."""
    missing = [step for step in wanted if step.done is None]
    vyper = compiler() if missing else None
    with ThreadPoolExecutor(max_workers=os.cpu_count()) as workers:
        built = list(workers.map(lambda step: compile_contract(step.name, root, vyper), missing))
    yield from zip(missing, built, strict=True)


def _deploy(
    client: Client, signer: Signer, record: Record, name: str, built: Compiled, root: Path
) -> Deployed:
    given = {DISTRIBUTOR: (CLERK,), HUB: IMPLEMENTATIONS}.get(name, ())
    addresses = [record.contract(kind).address for kind in given]
    args = abi.encode_values(abi.load(name).constructor, addresses, name) if given else b""
    transaction = Transaction(None, built.deployment + args, label=f"the deployment of {name}")
    receipt = signer.send(client, transaction)
    return deployments.deployed(client, name, receipt, args, VERSION, root)


def _checked(client: Client, name: str, entry: Deployed | None) -> Deployed | None:
    if entry is None:
        return None
    if to_hex(keccak256(client.code(entry.address))) != entry.code_hash:
        raise DeploymentError(
            f"the code of {name} at {entry.address} is not what the record says",
            "check --network; if a dev chain was started anew, remove its old record",
        )
    return entry
