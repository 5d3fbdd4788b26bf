# SPDX-License-Identifier: AGPL-3.0-only
"""The files of one epoch: the document, the request, signatures, and what was done when.

<folder>/<pool>/<epoch>/distribution.json    the document, canonical; its hash goes on the chain
<folder>/<pool>/<epoch>/distribution.proofs  the proofs of its leaves, for whoever serves or claims
<folder>/<pool>/<epoch>/graph.json ...       inputs that the document names by hash
<folder>/<pool>/<epoch>/request.json         what maintainers sign beside it
<folder>/<pool>/<epoch>/requests/post.json   the same, and other deeds, to be signed elsewhere
<folder>/<pool>/<epoch>/signatures/<account> in hexadecimal; of other deeds in a folder of theirs
<folder>/<pool>/<epoch>/reasons/<hash>.txt   the texts whose hashes are on the chain
<folder>/<pool>/<epoch>/posted.json ...      transactions
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import click

from millpond.chain.answers import Address
from millpond.chain.epoch_requests import Asked, signature_bytes, text_hash
from millpond.chain.epochs import Request
from millpond.core import canonical
from millpond.core.distribution import Distribution, check_input, data_hash, to_json, verify
from millpond.core.errors import BadInput
from millpond.core.subjects import address_bytes, checksum_address, to_hex
from millpond.core.typed_data import Domain
from millpond.mirror.proof_files import beside, write_proofs

out_option = click.option(
    "--out",
    type=click.Path(path_type=Path),
    default=Path("distributions"),
    help="Folder of documents, requests and signatures.",
)


POST = "post"


def asked_to_post(pool: str, document: Distribution, request: Request) -> Asked:
    """The request that goes to maintainers who sign on another machine."""
    values: dict[str, int | str | bytes] = {
        "epoch": document.epoch,
        "attempt": request.attempt,
        "root": document.root,
        "totalCred": document.total,
        "leafCount": document.leaf_count,
        "dataHash": data_hash(document),
        "uri": request.uri,
        "deadline": request.deadline,
    }
    return Asked("post", pool, Domain(document.chain_id, document.distributor), values)


def check_inputs_in(folder: Path, document: Distribution) -> tuple[str, ...]:
    """The document's inputs in a folder, by their names; `DocumentError` for one that differs."""
    named = {each.name: folder / f"{each.name}.json" for each in document.inputs if each.hash}
    found = {name: path for name, path in named.items() if path.is_file()}
    for name, path in found.items():
        check_input(document, name, path.read_bytes())
    return tuple(found)


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
            self._drop_signatures(POST)
        path = self.folder / "distribution.json"
        path.write_bytes(data)
        write_proofs(document.tree(), beside(path))
        (self.folder / "request.json").write_bytes(asked)
        self.put_request(POST, asked_to_post(self.pool, document, request))

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

    @property
    def has_document(self) -> bool:
        """Whether there is one here at all."""
        return (self.folder / "distribution.json").is_file()

    def read(self) -> Distribution:
        """The document, every step of it computed again; `DocumentError` names one that differs."""
        return verify(self._needed("distribution.json"))

    def check_inputs(self, document: Distribution) -> tuple[str, ...]:
        """The inputs that lie here, each with the hash in the document; `DocumentError`."""
        return check_inputs_in(self.folder, document)

    def read_request(self) -> Request:
        """The request, which must be for this document."""
        return Request.from_json(self._needed("request.json"), self.read())

    def put_request(self, deed: str, asked: Asked) -> Path:
        """What is to be signed for a deed; another one makes the signatures so far worthless."""
        path, data = self.request_path(deed), asked.to_json()
        path.parent.mkdir(exist_ok=True)
        if path.exists() and path.read_bytes() != data:
            self._drop_signatures(deed)
        path.write_bytes(data)
        return path

    def request_path(self, deed: str) -> Path:
        """Where it lies: this file is handed to whoever is to sign elsewhere."""
        return self.folder / "requests" / f"{deed}.json"

    def asked(self, deed: str) -> Asked | None:
        """What was asked for a deed, if anything was."""
        path = self.request_path(deed)
        return Asked.from_json(path.read_bytes()) if path.exists() else None

    def add_signature(self, signer: str, signature: bytes, deed: str = POST) -> None:
        """One person's; signing again changes nothing."""
        folder = self._signatures(deed)
        folder.mkdir(parents=True, exist_ok=True)
        (folder / signer.lower()).write_text(to_hex(signature) + "\n", encoding="ascii")

    def signatures(self, deed: str = POST) -> list[tuple[Address, bytes]]:
        """All signatures so far."""
        found = sorted(self._signatures(deed).glob("0x*"))
        return [
            (
                Address(checksum_address(address_bytes(path.name))),
                signature_bytes(path.read_text("ascii").strip()),
            )
            for path in found
        ]

    def keep_text(self, text: str) -> bytes:
        """A text whose hash goes on the chain, for whoever looks the hash up; the hash."""
        digest, folder = text_hash(text), self.folder / "reasons"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{to_hex(digest)}.txt").write_text(text, encoding="utf-8")
        return digest

    def texts(self) -> dict[str, str]:
        """The texts that are kept here, by their hashes."""
        paths = sorted((self.folder / "reasons").glob("0x*.txt"))
        found = (path.read_bytes().decode("utf-8") for path in paths)
        return {to_hex(text_hash(text)): text for text in found}

    def records(self, kind: str) -> list[dict[str, str]]:
        """What was noted of a kind of deed, such as "withdrawn", by its name."""
        paths = sorted(self.folder.glob(f"{kind}-*.json"))
        found = [canonical.decode(path.read_bytes()) for path in paths]
        return [{k: str(v) for k, v in each.items()} for each in found if isinstance(each, dict)]

    def record(self, name: str, fields: dict[str, object]) -> None:
        """What was done, for whoever asks later."""
        self.folder.mkdir(parents=True, exist_ok=True)
        (self.folder / f"{name}.json").write_bytes(canonical.encode(fields))

    def _signatures(self, deed: str) -> Path:
        folder = self.folder / "signatures"
        return folder if deed == POST else folder / deed

    def _drop_signatures(self, deed: str) -> None:
        for old in self._signatures(deed).glob("0x*"):
            old.unlink()

    def _bytes(self, name: str) -> bytes | None:
        path = self.folder / name
        return path.read_bytes() if path.exists() else None

    def _needed(self, name: str) -> bytes:
        data = self._bytes(name)
        if data is None:
            raise BadInput(
                f"there is no {name} in {self.folder}",
                "build the epoch first: ape run epoch build; if it was posted, put the published "
                "document there as distribution.json",
            )
        return data
