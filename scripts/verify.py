# SPDX-License-Identifier: AGPL-3.0-only
"""Check a pool as a funder would, by the record of deployment: the code, and every posted epoch.

    ape run verify --pool NAME --network ethereum:sepolia:node

The checks are those of `millpond verify`, which needs neither ape nor this record.
"""

from pathlib import Path

import click

from scripts import _desk as desk
from scripts._desk import Desk
from scripts._epoch_files import EpochFiles, out_option
from scripts._funder import verified


@desk.command(None, account=False)
@click.option("--code/--no-code", default=True, help="Rebuild and compare the contracts as well.")
@out_option
def cli(at: Desk, code: bool, out: Path) -> None:
    """Rebuild the contracts and compare them; recompute every final epoch and compare it."""
    coop = at.coop()
    head = coop.distributor.head()
    last = int(head.finalised) + (1 if head.open_version else 0)
    folders = [EpochFiles(out, at.pool, epoch).folder for epoch in range(1, last + 1)]
    since = ["--from-block", str(coop.since), "--rpc", at.url]
    asked = [["verify", "distribution", str(folder), *since] for folder in folders]
    if code:
        wanted = ["--hub", coop.hub.address, "--pool", at.pool, "--sources", str(desk.ROOT)]
        chain = ["--chain-id", str(at.client.chain_id), "--deployments", str(at.folder)]
        asked.append(["verify", "code", *wanted, *chain, "--rpc", at.url])
    if not all(verified(command, quiet=at.as_json) for command in asked):
        raise click.ClickException("something differs; the lines above name it")
    at.answer(f"{at.pool} holds.", holds=True, epochs=last, code=code)
