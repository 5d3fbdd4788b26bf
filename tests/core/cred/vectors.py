# SPDX-License-Identifier: AGPL-3.0-only
"""Instances and what SourceCred computed from them (tests/vectors/sourcecred)."""

import gzip
import json
from functools import cache
from pathlib import Path
from typing import Any

from millpond.core.cred.model import Instance
from millpond.sources.instances import read_instance

VECTORS = Path(__file__).parents[2] / "vectors" / "sourcecred"
NAMES = ("kurafire", "metagov", "radicle", "superbenefit", "synthetic-2k")


@cache
def instance(name: str) -> Instance:
    """An instance, read once."""
    return read_instance(VECTORS / name)


@cache
def expected(name: str, file: str) -> Any:
    """A file of expectations."""
    data = (VECTORS / name / file).read_bytes()
    return json.loads(gzip.decompress(data) if file.endswith(".gz") else data)
