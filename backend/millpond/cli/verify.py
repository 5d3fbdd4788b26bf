# SPDX-License-Identifier: AGPL-3.0-only
"""`millpond verify`: is every figure right, does the chain run the published sources?"""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from millpond.chain.answers import Address
from millpond.chain.client import Client
from millpond.chain.compiler import Sources
from millpond.chain.contracts import Contract
from millpond.chain.deployments import Record
from millpond.chain.verify_code import PoolParts, find_pool, verify_code
from millpond.chain.verify_distribution import Evidence, verify_distribution
from millpond.cli.base import Run, from_block_option, hub_address, record_option, shared_options
from millpond.cli.cred import with_numbers
from millpond.core.canonical import keccak256
from millpond.core.distribution import Distribution
from millpond.core.errors import MillpondError
from millpond.core.subjects import to_hex
from millpond.sources.documents import Published, open_published, read_file
from millpond.sources.sourcecred import read_scores

if TYPE_CHECKING:
    from millpond.sources.pins import Pinned


@click.group("verify")
def verify_group() -> None:
    """Check a distribution, or the code that the chain runs."""


@verify_group.command(
    "distribution",
    epilog="Example:  millpond verify distribution ./2019-09 --rpc http://127.0.0.1:8545",
)
@click.argument("document")
@click.option("--scores", type=click.Path(path_type=Path), help="The score file it was made from.")
@click.option(
    "--instance", type=click.Path(path_type=Path), help="The instance whose cred it pays by."
)
@record_option
@from_block_option
@shared_options
def distribution_command(
    run: Run, document: str, scores: Path | None, instance: Path | None, from_block: int | None
) -> int:
    """Compute every step of a DOCUMENT again and compare it with the chain.

    DOCUMENT is a distribution.json, the directory or tar that holds it, or its https address. Input
    files beside it are found by their hashes. With the instance that it names the cred itself is
    computed again. Without a node only the document is checked.

    Each step is answered with yes, with NO and what differs, or with "not checked", why, and what
    would make it possible.

    Exit status: 0 nothing differs (what was not checked is said), 1 a step differs, 2 wrong usage,
    3 it could not be carried out: no document, a node that fails.
    """
    published = open_published(document)
    run.terminal.line(f"document {to_hex(keccak256(published.data))}", "bold")
    with run.terminal.progress("reading the chain's events") as told:
        evidence = _evidence(run, published, scores, instance, from_block, told)
        report = verify_distribution(published.data, evidence, run.terminal.step)
    return run.terminal.report(report, {"document": to_hex(keccak256(published.data))})


def _evidence(
    run: Run,
    published: Published,
    scores: Path | None,
    instance: Path | None,
    from_block: int | None,
    told: Callable[[int, int], None],
) -> Evidence:
    """All that can be had, as far as the document can be read at all."""
    try:
        document = published.document
    except MillpondError:
        return Evidence()  # the first step will say so
    files = published.inputs(document)
    if scores is not None:
        files["scores"] = read_file(scores)
    named = next((each.hash for each in document.inputs if each.name == "scores"), None)
    genuine = "scores" in files and keccak256(files["scores"]) == named
    history = read_scores(files["scores"]).history(document.all_weeks) if genuine else None
    computed = None
    if instance is not None:
        again = _computed_again(document, instance)
        files |= {"graph": again.pins.graph, "identities": again.pins.identities}
        computed = again.scores.history(document.all_weeks)
    client = run.client(document.chain_id) if run.rpc else None
    first = run.first_block(client, document.pool, from_block) if client else 0
    return Evidence(files, history, client, first, told, computed, document)


def _computed_again(document: Distribution, instance: Path) -> "Pinned":
    with with_numbers():
        from millpond.sources.pins import computed_again  # noqa: PLC0415  an extra
    return computed_again(document, instance)


@verify_group.command(
    "code", epilog="Example:  millpond verify code --rpc http://127.0.0.1:8545 --sources ."
)
@click.option("--hub", metavar="ADDRESS", help="The Hub. Default: the one in the record.")
@click.option("--pool", "names", multiple=True, help="A pool's name; may be repeated. Default: all "
              "pools in the record.")  # fmt: skip
@click.option("--sources", type=click.Path(path_type=Path), help="Checkout with contracts/.")
@record_option
@click.option("--chain-id", type=int, help="The chain that the node must serve.")
@from_block_option
@shared_options
def code_command(
    run: Run,
    hub: str | None,
    names: tuple[str, ...],
    sources: Path | None,
    chain_id: int | None,
    from_block: int | None,
) -> int:
    """Rebuild every contract from its sources and compare it with the chain, byte for byte.

    Everything follows from one Hub address. Needs the compiler (pip install "millpond[rebuild]")
    and a checkout of the sources; nobody's word is taken.
    """
    client = run.client(chain_id)
    record = run.record(client)
    address = hub_address(hub, record)
    run.terminal.line(f"Hub {address} on chain {client.chain_id}", "bold")
    with run.terminal.progress("looking for the pools") as told:
        pools = _pools(client, address, names, record, from_block, told)
    with run.terminal.progress("building the contracts"):
        built = Sources((sources or run.settings.sources).resolve())
        built.prepare(["Hub"])
    report = verify_code(client, built, address, pools, record, run.terminal.step)
    return run.terminal.report(report, {"hub": address, "chain_id": str(client.chain_id)})


def _pools(
    client: Client,
    hub: Address,
    names: Sequence[str],
    record: Record | None,
    from_block: int | None,
    told: Callable[[int, int], None],
) -> list[PoolParts]:
    # The record says only where to look: what a pool consists of, the Hub's own events tell.
    known = record.pools if record else {}
    found = []
    for name in names or sorted(known):
        recorded = name in known and known[name].hub == hub
        start = known[name].block_number if recorded else from_block or 0
        found.append(find_pool(Contract(client, "Hub", hub), name, start, told))
    return found
