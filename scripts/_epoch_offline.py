# SPDX-License-Identifier: AGPL-3.0-only
"""Signing on a machine that is on no network: nothing here asks a node."""

from pathlib import Path
from typing import Any

import click
from ape.api import AccountAPI
from ape.cli import ConnectedProviderCommand, account_option

from millpond.chain.epoch_requests import Paper
from millpond.core.errors import MillpondError
from scripts._ape import OfflineSigner
from scripts._desk import ROOT, Refused, console
from scripts._epoch import cli
from scripts._epoch_sign import (
    answer_option,
    document_of,
    document_option,
    read_request,
    request_argument,
    say_json,
    write_answer,
)
from scripts._journal import Journal


class _Unconnected(ConnectedProviderCommand):
    """Takes --network like every command, and leaves it alone."""

    def invoke(self, ctx: click.Context) -> Any:
        return self._invoke(ctx)


@cli.command("sign-offline", cls=_Unconnected)
@request_argument
@document_option
@answer_option
@click.option("--json", "as_json", is_flag=True, help="Answer in one JSON line.")
@click.option("--yes", is_flag=True, help="Do not ask; the request is still shown.")
@click.option(
    "--deployments",
    "folder",
    type=click.Path(path_type=Path),
    default=ROOT / "deployments",
    help="Folder of the journal.",
)
@account_option()
def sign_offline(
    *,
    path: Path,
    document: Path | None,
    to: Path | None,
    as_json: bool,
    yes: bool,
    folder: Path,
    account: AccountAPI,
) -> None:
    """Sign the request PATH without a node: all that its document proves is computed again.

    ape run epoch sign-offline request.json --account bea
    """
    try:
        signer, asked = OfflineSigner(account), read_request(path)
        found = document_of(asked, path, document)
        held = asked.check_document(found) if found is not None else ()
        if not as_json:
            lines = [*asked.words, f"Computed again: {', '.join(held) or 'nothing, no document'}."]
            lines.append(
                "Not looked at: the chain. Whether this attempt is open is not known here."
            )
            for line in lines:
                console().print(line, markup=False)
        if not yes and not click.confirm("Sign this?", default=False):
            raise click.Abort
        paper = Paper.signed(asked, signer)
        answer = write_answer(paper, path, to)
    except MillpondError as error:
        raise Refused(error) from None
    Journal.beside(folder, asked.domain.chain_id).add(
        f"Sign to {asked.kind} in epoch {asked.epoch}, attempt {asked.attempt}, offline",
        paper.signer,
        asked.coop,
    )
    say_json(as_json, f"Signed: {answer}. Send it back.", file=str(answer), signer=paper.signer)


for _option in sign_offline.params:
    # ape's own option says nothing of itself
    if _option.name == "account" and isinstance(_option, click.Option):
        _option.help = "Who signs: the name of an account that ape knows."
