# SPDX-License-Identifier: AGPL-3.0-only
"""Write what the contracts are made from and what comes out: docs/manifest.json and its sums.

    make manifest                           compile everything and write both files
    python -m scripts.manifest --check      change nothing; exit 1 where a file differs

docs/VERIFY.md says what the fields mean and how to compare them with sources and with a chain.
"""

from pathlib import Path

import click

from millpond.chain.compiler import Sources
from millpond.core.errors import MillpondError
from scripts import _manifest
from scripts._manifest import Code

ROOT = Path(__file__).resolve().parents[1]


def made(root: Path) -> dict[Path, bytes]:
    """The files as this checkout makes them."""
    sources = Sources(root)
    sources.prepare(path.stem for path in (root / "contracts").glob("*.vy"))

    def code_of(name: str) -> Code:
        built = sources.compiled(name)
        return Code(built.abi, built.creation, built.runtime)

    return _manifest.texts(root, code_of)


@click.command(help=__doc__)
@click.option("--check", is_flag=True, help="Only compare.")
def cli(check: bool) -> None:
    """Write or compare."""
    try:
        found = made(ROOT)
    except MillpondError as error:
        raise click.ClickException(str(error)) from None
    stale = [name for name, text in found.items() if not _same(ROOT / name, text)]
    for name in stale:
        click.echo(f"{name}: {'differs; run: make manifest' if check else 'written'}")
        if not check:
            (ROOT / name).write_bytes(found[name])
    if check and stale:
        raise SystemExit(1)
    click.echo(f"{len(found)} files, {len(stale)} {'differ' if check else 'written'}")


def _same(path: Path, text: bytes) -> bool:
    return path.exists() and path.read_bytes() == text


if __name__ == "__main__":
    cli()
