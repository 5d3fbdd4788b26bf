# SPDX-License-Identifier: AGPL-3.0-only
"""`millpond explain`: why did somebody get this amount?"""

import click

from millpond.chain.explain import explain_on_chain, find_subject, on_chain
from millpond.cli.base import Run, from_block_option, shared_options
from millpond.core.distribution import explain, read
from millpond.core.errors import BadInput
from millpond.sources.documents import open_published


@click.command("explain", epilog="Example:  millpond explain decentralion --document ./2019-09")
@click.argument("subject")
@click.option("--document", required=True, help="The distribution: see `verify distribution`.")
@from_block_option
@click.option("--pot", type=int, help="Without a node: the pot, in the asset's smallest unit.")
@click.option("--grain", type=int, default=0, help="Without a node: all grain, 18 decimals.")
@click.option("--minimum", type=int, default=0, help="Without a node: the minimum payout.")
@shared_options
def explain_command(
    run: Run,
    subject: str,
    document: str,
    from_block: int | None,
    pot: int | None,
    grain: int,
    minimum: int,
) -> int:
    """Show why SUBJECT got her amount, to the last unit.

    SUBJECT is an address, an identity such as github:583231, or the name at its end.
    """
    found = read(open_published(document).data)
    who = find_subject(found, subject)
    if run.rpc is None:
        if pot is None:
            raise BadInput("the pot is not known", "give a node with --rpc, or the pot with --pot")
        explained = explain(found, who, pot, grain, minimum)
        standing = "computed from the document alone; no node was asked"
        return run.terminal.explained(found, explained, None, standing)
    client = run.client(found.chain_id)
    first = run.first_block(client, found.pool, from_block)
    with run.terminal.progress("reading the chain's events") as told:
        posted = on_chain(found, who, client, first, told)
    explained = explain_on_chain(found, who, posted)
    return run.terminal.explained(found, explained, posted.asset, posted.standing)
