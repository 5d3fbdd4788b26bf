# SPDX-License-Identifier: AGPL-3.0-only
"""Replay a real month: the CredSperiment's cred of September 2019, paid out on a chain of its own.

make demo                   the whole story, then the pages at http://127.0.0.1:8000 until Ctrl-C
make demo ARGS=--once       the whole story, then stop; exit status 0 only if every check held
"""

import logging
import shutil
import sys
import time
from pathlib import Path

import click
from ape.logging import logger

from millpond.chain.client import connect
from millpond.core.errors import MillpondError
from scripts import _demo_checks as checks
from scripts import _demo_served as pages
from scripts import _demo_story as story
from scripts import _desk as desk
from scripts._devchain_chain import CHAIN_ID
from scripts._local_chain import find_anvil, local_chain
from scripts._stage import Cast, Stage

FOLDER = desk.ROOT / ".demo"


@click.command()
@click.option("--once", is_flag=True, help="Stop when the story is told.")
@click.option("--port", default=0, help="Port of the local chain; default: a free one.")
@click.option(
    "--pages-port", type=int, help="Port of the pages; default: 8000, with --once a free one."
)
@click.option(
    "--without-node", is_flag=True, help="Use ape's in-process chain even if anvil is there."
)
@click.option("--folder", type=click.Path(path_type=Path), default=FOLDER, help="Where files go.")
def main(once: bool, port: int, pages_port: int | None, without_node: bool, folder: Path) -> None:
    """Replay a real month of cred payouts on a local chain."""
    logger.set_level(logging.ERROR)
    started = time.monotonic()
    anvil = None if without_node else find_anvil()
    try:
        with local_chain(port, anvil) as url:
            shutil.rmtree(folder, ignore_errors=True)
            stage = Stage(url, folder, connect(url, CHAIN_ID), Cast())
            held = _play(stage, "anvil" if anvil else "ape's in-process chain")
            chosen = pages_port or (0 if once else pages.PORT)
            with pages.served(stage, chosen) as shown:
                held = checks.hold(pages.checks(stage, shown)) and held
                desk.console().print(f"\n{time.monotonic() - started:.0f} seconds in all.")
                if held and not once:
                    _stay(stage, shown)
    except MillpondError as error:
        raise desk.Refused(error) from None
    sys.exit(0 if held else 1)


def _play(stage: Stage, chain: str) -> bool:
    told = desk.console()
    told.print(
        f"Every command below was also given --network ethereum:local:{stage.url} and "
        f"--deployments {stage.folder / 'deployments'}; you can run them by hand in the same way."
    )
    for number, (title, chapter) in enumerate(story.CHAPTERS, 1):
        told.print(f"\n[bold]{number}. {title.format(chain=chain)}[/bold]")
        chapter(stage)
    told.print("\n[bold]What happened[/bold]")
    return checks.report(stage)


def _stay(stage: Stage, shown: pages.Served) -> None:
    told = desk.console()
    told.print(f"\n[bold]Open {shown.url} in a browser.[/bold] It is what this chain says.")
    told.print(f"The API is below {shown.url}/v1, described by {shown.url}/openapi.json.")
    told.print(f"The chain is at {stage.url} (chain id {CHAIN_ID}). Ctrl-C ends all of it.")
    try:
        while True:
            time.sleep(3600)
    except KeyboardInterrupt:
        told.print("Ended.")


if __name__ == "__main__":
    main()
