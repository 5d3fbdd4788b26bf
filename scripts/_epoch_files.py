# SPDX-License-Identifier: AGPL-3.0-only
"""The files of one epoch: the document, the request, signatures, and what was done when.

<folder>/<pool>/<epoch>/distribution.json    the document, canonical; its hash goes on the chain
<folder>/<pool>/<epoch>/graph.json ...       inputs that the document names by hash
<folder>/<pool>/<epoch>/request.json         what maintainers sign beside it
<folder>/<pool>/<epoch>/signatures/<account> 65 bytes in hexadecimal
<folder>/<pool>/<epoch>/posted.json ...      transactions
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import click

from millpond.chain.answers import Address
from millpond.chain.epochs import Request
from millpond.core import canonical
from millpond.core.distribution import Distribution, to_json, verify
from millpond.core.errors import BadInput
from millpond.core.subjects import address_bytes, checksum_address, from_hex, to_hex

out_option = click.option(
    "--out",
    type=click.Path(path_type=Path),
    default=Path("distributions"),
    help="Folder of documents, requests and signatures.",
)


@dataclass(frozen=True)
class EpochFiles:
    """Where one epoch of one pool lies."""

    root: Path
    pool: str
    epoch: int

    @property
    def folder(self) -> Path:
        """The epoch's own folder."""
        return self.root / self.pool / str(self.epoch)

    def write(self, document: Distribution, request: Request) -> None:
        """Put a built epoch there. Another document or request makes old signatures worthless."""
        data, asked = to_json(document), request.to_json()
        self.folder.mkdir(parents=True, exist_ok=True)
        if self._bytes("distribution.json") != data or self._bytes("request.json") != asked:
            for old in (self.folder / "signatures").glob("0x*"):
                old.unlink()
        (self.folder / "distribution.json").write_bytes(data)
        (self.folder / "request.json").write_bytes(asked)

    def add_inputs(self, files: Mapping[str, bytes]) -> None:
        """What the document names by hash, to be published with it."""
        for name, data in files.items():
            (self.folder / name).write_bytes(data)

    def kept_deadline(self, document: Distribution, now: int) -> int | None:
        """The deadline of an unchanged request that still holds: building again changes nothing."""
        asked = self._bytes("request.json")
        if asked is None or self._bytes("distribution.json") != to_json(document):
            return None
        deadline = Request.from_json(asked, document).deadline
        return deadline if deadline > now else None

    def read(self) -> Distribution:
        """The document, every step of it computed again; `DocumentError` names one that differs."""
        return verify(self._needed("distribution.json"))

    def read_request(self) -> Request:
        """The request, which must be for this document."""
        return Request.from_json(self._needed("request.json"), self.read())

    def add_signature(self, signer: str, signature: bytes) -> None:
        """One maintainer's; signing again changes nothing."""
        folder = self.folder / "signatures"
        folder.mkdir(exist_ok=True)
        (folder / signer.lower()).write_text(to_hex(signature) + "\n", encoding="ascii")

    def signatures(self) -> list[tuple[Address, bytes]]:
        """All signatures so far."""
        found = sorted((self.folder / "signatures").glob("0x*"))
        return [
            (
                Address(checksum_address(address_bytes(path.name))),
                from_hex(path.read_text("ascii").strip(), 65),
            )
            for path in found
        ]

    def record(self, name: str, fields: dict[str, object]) -> None:
        """What was done, for whoever asks later."""
        self.folder.mkdir(parents=True, exist_ok=True)
        (self.folder / f"{name}.json").write_bytes(canonical.encode(fields))

    def _bytes(self, name: str) -> bytes | None:
        path = self.folder / name
        return path.read_bytes() if path.exists() else None

    def _needed(self, name: str) -> bytes:
        data = self._bytes(name)
        if data is None:
            raise BadInput(
                f"there is no {name} in {self.folder}", "build the epoch first: ape run epoch build"
            )
        return data
