# SPDX-License-Identifier: AGPL-3.0-only
"""Freeze the ABIs and storage layouts of all deployable contracts into backend/millpond/chain.

    python -m scripts.freeze_abis           write what the compiler says
    python -m scripts.freeze_abis --check   change nothing; exit 1 where a frozen file differs

The package and the API read these files, so that a checkout needs no compiler to talk to a pool or
to prove a word of its storage. abis/ has a file for each contract, layouts/ one for each that keeps
anything.
"""

import click

from millpond.core.errors import MillpondError
from scripts import _frozen


@click.command(help=__doc__)
@click.option("--check", is_flag=True, help="Only compare.")
def cli(check: bool) -> None:
    """Write or compare."""
    try:
        found = _frozen.differences()
    except MillpondError as error:
        raise click.ClickException(str(error)) from None
    for path, text in found.items():
        named = path.relative_to(_frozen.ABIS.parent)
        click.echo(f"{named}: {'differs' if check else 'written' if text else 'removed'}")
        if check:
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        if text:
            path.write_text(text, "utf-8")
        else:
            path.unlink()
    if check and found:
        raise SystemExit(1)
    click.echo(
        f"{len(_frozen.contracts())} contracts, {len(found)} files differ" if check else "frozen"
    )


if __name__ == "__main__":
    cli()
