# SPDX-License-Identifier: AGPL-3.0-only
"""Instances and what SourceCred computed from them, each read once."""

from functools import cache
from typing import Any

from millpond.core.cred.model import Instance
from millpond.sources.instances import read_instance
from tests.sourcecred import VECTORS, read_json


@cache
def instance(name: str) -> Instance:
    """An instance."""
    return read_instance(VECTORS / name)


@cache
def expected(name: str, file: str) -> Any:
    """A file of expectations."""
    return read_json(name, file)
