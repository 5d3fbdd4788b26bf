# SPDX-License-Identifier: AGPL-3.0-only
"""Everything about an epoch that anybody may read: into a folder, the mirror's shelf, and IPFS."""

from collections.abc import Mapping
from pathlib import Path

import click

from millpond.chain.coop import Coop
from millpond.core import canonical
from millpond.core.canonical import keccak256
from millpond.core.distribution import Distribution, data_hash, to_json
from millpond.core.errors import BadInput
from millpond.core.publication import tar
from millpond.core.subjects import to_hex
from millpond.mirror.documents import Shelf
from millpond.mirror.proof_files import beside, write_proofs
from millpond.sources.documents import PROOFS
from millpond.sources.publishing import Ipfs
from scripts import _desk as desk
from scripts._desk import Desk
from scripts._epoch import cli, next_epoch
from scripts._epoch_changes import changes
from scripts._epoch_files import EpochFiles, out_option
from scripts._epoch_post import ipfs_option

WHERE = click.Path(path_type=Path)
DOCUMENT, CHANGES = "distribution.json", "changes.json"


@desk.command(cli, account=False)
@click.option("--epoch", "number", type=int, help="Default: the one that is open or comes next.")
@click.option("--to", type=WHERE, help="Folder of a web server: a folder and a tar for each.")
@click.option("--shelf", type=WHERE, help="Folder of documents of a mirror, served by hash.")
@ipfs_option
@out_option
def publish(
    at: Desk, number: int | None, to: Path | None, shelf: Path | None, ipfs: str | None, out: Path
) -> None:
    """Publish an epoch's document, inputs, reasons, signatures and changes; safe to repeat.

    The proofs of its leaves are written beside the document in a folder and on a shelf.

    ape run epoch publish --pool NAME --to public --shelf documents --ipfs http://127.0.0.1:5001
    """
    if to is None and shelf is None and ipfs is None:
        raise BadInput("there is nowhere to publish to", "name at least one: --to, --shelf, --ipfs")
    coop = at.coop()
    files = EpochFiles(out, at.pool, number or next_epoch(coop))
    document = files.read()
    found = published(coop, files, document)
    name, told = to_hex(data_hash(document)), {}
    if to is not None:
        told["folder"], told["tar"] = map(str, _into_folder(to, name, found))
        write_proofs(document.tree(), beside(to / name / DOCUMENT))
    if shelf is not None:
        told["shelf"] = str(shelf)
        _onto_shelf(shelf, document, files)
    if ipfs is not None:
        told["ipfs"] = Ipfs(ipfs).add(to_json(document))
    at.plan(f"Epoch {document.epoch}, {document.label}", ("document", name), *told.items())
    at.answer(f"Published: {name}.", dataHash=name, tarHash=to_hex(keccak256(tar(found))), **told)


def published(coop: Coop, files: EpochFiles, document: Distribution) -> dict[str, bytes]:
    """The files by their names: what is not for everybody, or changes from day to day, is not in
    it."""
    found = {DOCUMENT: to_json(document), **_inputs(files, document)}
    found[CHANGES] = canonical.encode(changes(coop, files, document))
    for folder in ("reasons", "signatures", "requests"):
        for path in sorted((files.folder / folder).rglob("*")):
            if path.is_file():
                found[str(path.relative_to(files.folder))] = path.read_bytes()
    return found


def _inputs(files: EpochFiles, document: Distribution) -> dict[str, bytes]:
    """The files beside the document that it names by their hashes."""
    wanted = {each.hash for each in document.inputs if each.hash is not None}
    beside_it = (path for path in files.folder.glob("*") if path.suffix != PROOFS)
    near = {path.name: path.read_bytes() for path in beside_it if path.is_file()}
    return {name: data for name, data in sorted(near.items()) if keccak256(data) in wanted}


def _into_folder(to: Path, name: str, found: Mapping[str, bytes]) -> tuple[Path, Path]:
    """The files as they are, and as one tar beside them."""
    folder, packed = to / name, to / f"{name}.tar"
    for part, data in found.items():
        path = folder / part
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    for old in [path for path in folder.rglob("*") if path.is_file()]:
        if str(old.relative_to(folder)) not in found and old.suffix != PROOFS:
            old.unlink()
    packed.write_bytes(tar(found))
    return folder, packed


def _onto_shelf(folder: Path, document: Distribution, files: EpochFiles) -> None:
    """By their hashes: the document, with its proofs beside it, and texts that the chain names."""
    shelf = Shelf(folder)
    name = shelf.put(to_json(document))
    write_proofs(document.tree(), beside(folder / f"{name}.json"))
    for text in files.texts().values():
        shelf.put(text.encode("utf-8"))
