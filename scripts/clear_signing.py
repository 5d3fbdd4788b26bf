# SPDX-License-Identifier: AGPL-3.0-only
"""Write the ERC-7730 files: what a wallet shows for each signature and each call.

python scripts/clear_signing.py            write docs/clear-signing, bound to no network
python scripts/clear_signing.py --check    change nothing; exit 1 where a file is not current
python scripts/clear_signing.py --record FILE --out FOLDER
                                           the same for the contracts of one network
"""

import json
from collections import defaultdict
from pathlib import Path

import click

from millpond.chain.clear_signing import Places, descriptors
from millpond.chain.coop import PARTS
from millpond.chain.deployments import Record
from millpond.core.errors import MillpondError

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "docs" / "clear-signing"


def written(places: Places | None = None) -> dict[str, str]:
    """Each file's text by its name."""
    return {
        name: json.dumps(found, indent=2, ensure_ascii=False) + "\n"
        for name, found in descriptors(places).items()
    }


def places_of(record: Record) -> Places:
    """Where the contracts of a record of deployment stand: what all pools share, and every pool's.

    What the clones delegate to is left out: nobody ever signs or calls there.
    """
    found: dict[str, list[tuple[int, str]]] = defaultdict(list)
    for name, entry in record.contracts.items():
        if name not in PARTS.values():
            found[name].append((record.chain_id, entry.address))
    for pool in record.pools.values():
        for kind, address in pool.parts.items():
            found[kind].append((record.chain_id, address))
    return {name: sorted(set(places)) for name, places in found.items()}


def differences(texts: dict[str, str], folder: Path) -> dict[Path, str]:
    """Files that are not current, each with its right text; "" for a leftover."""
    wanted = {folder / name: text for name, text in texts.items()}
    leftover = {path: "" for path in folder.glob("*.json") if path not in wanted}
    stale = {
        path: text
        for path, text in wanted.items()
        if not path.exists() or path.read_text("utf-8") != text
    }
    return stale | leftover


@click.command(help=__doc__)
@click.option("--check", is_flag=True, help="Only compare.")
@click.option("--record", type=click.Path(exists=True, path_type=Path), help="A deployment.")
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    default=FOLDER,
    help="Where to; docs/clear-signing unless told.",
)
def cli(check: bool, record: Path | None, out: Path) -> None:
    """Write or compare."""
    if record is not None and out == FOLDER:
        raise click.UsageError("name another folder with --out: docs are bound to no network")
    try:
        known = Record.model_validate_json(record.read_bytes()) if record else None
    except (MillpondError, ValueError) as error:
        raise click.ClickException(f"{record} is no record of deployment: {error}") from None
    found = differences(written(places_of(known) if known else None), out)
    for path, text in found.items():
        click.echo(f"{path.name}: {'differs' if check else 'written' if text else 'removed'}")
        if check:
            continue
        out.mkdir(parents=True, exist_ok=True)
        if text:
            path.write_text(text, "utf-8")
        else:
            path.unlink()
    if check and found:
        raise SystemExit(1)
    click.echo(f"{len(found)} differ" if check else f"{out}: current")


if __name__ == "__main__":
    cli()
