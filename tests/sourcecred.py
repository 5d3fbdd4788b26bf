# SPDX-License-Identifier: AGPL-3.0-only
"""The SourceCred instances under tests/vectors, with what SourceCred itself made of them."""

import gzip
import json
from pathlib import Path
from shutil import copytree, ignore_patterns
from typing import Any

VECTORS = Path(__file__).parent / "vectors" / "sourcecred"
INSTANCES = ("kurafire", "metagov", "radicle", "superbenefit", "synthetic-2k")
WITH_CRED = (*INSTANCES, "synthetic-tangle")
WITH_GRAIN = tuple(name for name in INSTANCES if (VECTORS / name / "expected-grain.json").exists())


def read(instance: str, file: str) -> bytes:
    """The bytes of a file, unpacked if it is kept packed by gzip."""
    path = VECTORS / instance / file
    if path.exists():
        return path.read_bytes()
    return gzip.decompress(path.with_name(f"{path.name}.gz").read_bytes())


def read_json(instance: str, file: str) -> Any:
    """What a file says."""
    return json.loads(read(instance, file))


def laid_out(instance: str, folder: Path) -> Path:
    """A copy of an instance as SourceCred has it, without what SourceCred made of it."""
    return copytree(
        VECTORS / instance,
        folder / instance,
        ignore=ignore_patterns("expected-*", "converged-*", "upstream-*", "credGrainView"),
    )
