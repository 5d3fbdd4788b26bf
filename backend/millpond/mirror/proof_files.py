# SPDX-License-Identifier: AGPL-3.0-only
"""A distribution's proofs on disk, beside its document: a leaf of a million in a millisecond.

`<name>.proofs` belongs to `<name>.json`. It is read where it lies; nothing of it is loaded.
"""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from millpond.core import proof_file
from millpond.core.errors import ProofFileError
from millpond.core.proof_file import StoredTree
from millpond.core.sum_tree import SumTree


def beside(document: Path) -> Path:
    """Where the proofs of a document lie."""
    return document.with_suffix(".proofs")


def write_proofs(tree: SumTree, path: Path) -> None:
    """Write a tree's proofs: the whole file or none."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    draft = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.writelines(proof_file.write(tree))
            file.flush()
            os.fsync(file.fileno())
        draft.chmod(0o644)
        draft.replace(path)
    except BaseException:
        draft.unlink()
        raise


@contextmanager
def open_proofs(path: Path) -> Iterator[StoredTree]:
    """The tree in a file, for any number of threads; `ProofFileError` if it holds none."""
    try:
        handle = os.open(path, os.O_RDONLY)
    except OSError as error:
        raise ProofFileError(
            f"{path} cannot be read ({type(error).__name__})",
            "write it again from the document it belongs to",
        ) from None
    try:
        yield StoredTree(lambda at, length: os.pread(handle, length, at), os.fstat(handle).st_size)
    except ProofFileError as error:
        raise ProofFileError(f"{path}: {error.message}", error.next_step) from None
    finally:
        os.close(handle)
