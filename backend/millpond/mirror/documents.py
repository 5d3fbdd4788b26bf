# SPDX-License-Identifier: AGPL-3.0-only
"""The shelf: a folder of published documents, each found by the keccak256 of its bytes.

A file is on the shelf when it is called `<0xhash>.json` or `distribution.json`, in the folder or
anywhere below it. Its name only helps to find it: whatever is handed out was hashed at that moment,
so a file that was changed is another document.
"""

import os
import tempfile
import threading
from collections import OrderedDict
from dataclasses import dataclass
from pathlib import Path

from millpond.core.canonical import keccak256
from millpond.core.distribution import Distribution, verify
from millpond.core.errors import MillpondError, ProofFileError
from millpond.core.proof_file import Header
from millpond.core.subjects import to_hex
from millpond.core.sum_tree import Leaf, Lookup, Proof, SumTree
from millpond.mirror.proof_files import beside, open_proofs, write_proofs
from millpond.mirror.reads.refusals import NoSuchDocument, WrongDocument
from millpond.mirror.store import MirrorError

DOCUMENT = "distribution.json"
MAX_BYTES = 1 << 29
"""More than a document of a million leaves needs."""
_KEPT = 4
_NAME_LENGTH = len("0x") + 64 + len(".json")


@dataclass(frozen=True)
class Opened:
    """A document that was read and recomputed, with its tree."""

    distribution: Distribution
    tree: SumTree


class Shelf:
    """Documents by hash. Without a folder it is empty. For any number of threads."""

    def __init__(self, folder: Path | None) -> None:
        self.folder = folder
        self._lock = threading.Lock()
        self._places: dict[bytes, Path] = {}
        self._seen: set[tuple[Path, int, int]] = set()
        self._opened: OrderedDict[bytes, Opened] = OrderedDict()

    def find(self, digest: bytes) -> bytes:
        """The bytes whose keccak256 this is; `NoSuchDocument`."""
        for look in (self._known, self._named, self._searched):
            path = look(digest)
            data = _read(path) if path is not None else None
            if path is not None and data is not None and keccak256(data) == digest:
                self._places[digest] = path
                return data
        raise NoSuchDocument(
            f"no document of hash {to_hex(digest)} is on the shelf",
            "fetch it from the address that was posted with it, or ask a maintainer to put it here",
        )

    def has(self, digest: bytes) -> bool:
        """Whether `find` would find it now."""
        try:
            self.find(digest)
        except NoSuchDocument:
            return False
        return True

    def open(self, digest: bytes) -> Opened:
        """A distribution by its hash, every step of it recomputed; `NoSuchDocument`,
        `WrongDocument`. The last few stay in memory."""
        with self._lock:
            if digest in self._opened:
                self._opened.move_to_end(digest)
                return self._opened[digest]
        try:
            distribution = verify(self.find(digest))
        except NoSuchDocument:
            raise
        except MillpondError as error:
            raise WrongDocument(
                f"the document {to_hex(digest)} does not hold: {error.message}",
                "object to the distribution; `millpond verify distribution` names the step",
            ) from error
        opened = Opened(distribution, distribution.tree())
        with self._lock:
            self._opened[digest] = opened
            while len(self._opened) > _KEPT:
                self._opened.popitem(last=False)
        return opened

    def proven(self, digest: bytes, wanted: Header, subject: bytes) -> tuple[Leaf, Proof]:
        """A leaf with its proof, out of the file beside the document, which is written the first
        time. `wanted` is the tree that the chain has; `ProofError` if the subject has no leaf."""
        path = self._known(digest) or self._named(digest) or self._searched(digest)
        if path is not None:
            try:
                with open_proofs(beside(path)) as stored:
                    stored.require(wanted)
                    return stored.proven(subject)
            except ProofFileError:
                pass  # there is none, or a damaged one: it is made anew
        tree = self._tree(digest, wanted)
        leaf = tree.leaf(tree.index_of(subject))
        return leaf, tree.proof(leaf.index)

    def leaves(
        self, digest: bytes, wanted: Header, after: bytes | None, most: int, backwards: bool
    ) -> list[Leaf]:
        """Some leaves by subject, behind one (or before it), each proven as by `proven`."""
        path = self._known(digest) or self._named(digest) or self._searched(digest)
        if path is not None:
            try:
                with open_proofs(beside(path)) as stored:
                    stored.require(wanted)
                    places = _places(stored, after, most, backwards)
                    return [stored.proven(stored.leaf(place).subject)[0] for place in places]
            except ProofFileError:
                pass  # as above
        tree = self._tree(digest, wanted)
        return [tree.leaf(place) for place in _places(tree, after, most, backwards)]

    def _tree(self, digest: bytes, wanted: Header) -> SumTree:
        """The tree of a document, which must be the chain's; its proofs are kept."""
        tree = self.open(digest).tree
        if Header.of(tree) != wanted:
            raise WrongDocument(
                f"the document {to_hex(digest)} has another tree than the chain",
                "object to the distribution; `millpond verify distribution` names the step",
            )
        self._keep_proofs(digest, tree)
        return tree

    def put(self, data: bytes) -> str:
        """Put a document there, whole or not at all; its hash."""
        if self.folder is None:
            raise MirrorError("there is no shelf", "name its folder with --documents")
        digest = keccak256(data)
        self.folder.mkdir(parents=True, exist_ok=True)
        path = self.folder / f"{to_hex(digest)}.json"
        handle, name = tempfile.mkstemp(dir=self.folder)
        draft = Path(name)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            draft.chmod(0o644)
            draft.replace(path)
        except BaseException:
            draft.unlink()
            raise
        self._places[digest] = path
        return to_hex(digest)

    def _keep_proofs(self, digest: bytes, tree: SumTree) -> None:
        """For the next time. A shelf that cannot be written to works without."""
        try:
            write_proofs(tree, beside(self._places[digest]))
        except OSError:
            return

    # --- where to look ----------------------------------------------------------------------------

    def _known(self, digest: bytes) -> Path | None:
        return self._places.get(digest)

    def _named(self, digest: bytes) -> Path | None:
        return self.folder / f"{to_hex(digest)}.json" if self.folder is not None else None

    def _searched(self, digest: bytes) -> Path | None:
        """Look through the folder. A file is hashed again only when it was changed, so asking for
        what is not there costs no more than a listing."""
        with self._lock:
            for path in self._candidates():
                state = _state(path)
                if state is None or state in self._seen:
                    continue
                self._seen.add(state)
                data = _read(path)
                if data is not None:
                    self._places[keccak256(data)] = path
        return self._places.get(digest)

    def _candidates(self) -> list[Path]:
        if self.folder is None:
            return []
        return [
            path
            for path in sorted(self.folder.rglob("*.json"))
            if path.name == DOCUMENT or (path.name[:2] == "0x" and len(path.name) == _NAME_LENGTH)
        ]


def _places(tree: Lookup, after: bytes | None, most: int, backwards: bool) -> range:
    """The positions of so many leaves from there on, in that direction."""
    if backwards:
        end = tree.count if after is None else tree.place_of(after)
        return range(end - 1, max(-1, end - 1 - most), -1)
    place = 0 if after is None else tree.place_of(after)
    if after is not None and place < tree.count and tree.leaf(place).subject == after:
        place += 1
    return range(place, min(tree.count, place + most))


def _state(path: Path) -> tuple[Path, int, int] | None:
    """Changes when the file does."""
    try:
        found = path.stat()
    except OSError:
        return None
    return path, found.st_mtime_ns, found.st_size


def _read(path: Path) -> bytes | None:
    try:
        return path.read_bytes() if path.stat().st_size <= MAX_BYTES else None
    except OSError:
        return None
