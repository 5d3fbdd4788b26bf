# SPDX-License-Identifier: AGPL-3.0-only
"""Write the software bill of materials, CycloneDX 1.6, for a release.

make sbom                                   writes dist/sbom.cdx.json
python -m scripts.sbom --out FILE           writes it somewhere else
"""

from pathlib import Path

import click

from scripts import _sbom

ROOT = Path(__file__).resolve().parents[1]


@click.command(help=__doc__)
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    default=ROOT / "dist" / "sbom.cdx.json",
    help="The file to write.",
)
def cli(out: Path) -> None:
    """Write it."""
    data = _sbom.sbom(ROOT)
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_bytes(data)
    click.echo(f"{out}: written")


if __name__ == "__main__":
    cli()
