# SPDX-License-Identifier: AGPL-3.0-only
"""Put Millpond's contracts on a chain: implementations, the registry of identities, the Hub.

    ape run deploy --network ethereum:sepolia:node --account alice --send

Run again, it checks what is recorded and deploys what is missing, also after a run that ended
between sending a contract and hearing of it: the journal knows what was sent.
"""

import click

from millpond.chain import deployments, installation
from millpond.chain.answers import Receipt
from millpond.chain.client import Transaction
from millpond.chain.compiler import Sources
from scripts import _desk as desk
from scripts._desk import Desk


@desk.command(None, pool=False)
@click.option("--test-dollar", is_flag=True, help="Also a token to play with; dev chains only.")
def cli(at: Desk, test_dollar: bool) -> None:
    """Deploy the contracts that the record of this chain does not have yet."""
    record = deployments.open_or_new(at.folder, at.client)
    steps = installation.steps(at.client, record, test_dollar)
    path = deployments.path_of(at.folder, at.client.chain_id)
    at.plan(
        "Deploy Millpond",
        ("chain", at.client.chain_id),
        ("sender", at.signer.address),
        ("record", path),
        *((step.name, _standing(step)) for step in steps),
    )
    if any(step.done is None for step in steps):
        if not at.send:
            at.end_dry("Deploy what is missing")
        at.agree("Deploy what is missing?")

        def send(name: str, transaction: Transaction) -> Receipt:
            what = f"Deploy {name}"
            return at.receipt_of(what) or at.sent(
                what, lambda: at.signer.send(at.client, transaction)
            )

        def tell(step: installation.Step) -> None:
            at.say(f"  {step.name} {_standing(step)}")

        site = installation.Site(at.client, Sources(desk.ROOT), at.folder, send)
        record = installation.install(site, record, steps, tell)
    addresses = {name: entry.address for name, entry in record.contracts.items()}
    at.answer(f"The Hub is at {addresses['Hub']}; the record is {path}.", contracts=addresses)


def _standing(step: installation.Step) -> str:
    return "to be deployed" if step.done is None else f"is at {step.done.address}"
