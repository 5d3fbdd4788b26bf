# SPDX-License-Identifier: AGPL-3.0-only
"""Contracts as their authors publish them: ABI and bytecode out of a package of package.json."""

import json
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import pytest

_PACKAGES = Path(__file__).resolve().parents[2] / "node_modules"
_STAMP = _PACKAGES / ".stamp"


class Published(NamedTuple):
    """Somebody else's contract or interface."""

    abi: list[dict[str, Any]]
    creation: bytes


def openzeppelin(name: str) -> Published:
    """A contract or interface of @openzeppelin/contracts."""
    return _published(f"@openzeppelin/contracts/build/contracts/{name}.json")


def openzeppelin_source(name: str) -> str:
    """The Solidity of one, such as `governance/Governor`."""
    return _file(f"@openzeppelin/contracts/{name}.sol").read_text("utf-8")


def safe(name: str) -> Published:
    """A contract of @safe-global/safe-contracts, such as `Safe` or `proxies/SafeProxyFactory`."""
    file = f"{name}.sol/{name.rsplit('/', maxsplit=1)[-1]}.json"
    return _published(f"@safe-global/safe-contracts/build/artifacts/contracts/{file}")


def _file(path: str) -> Path:
    """A file of a package; the test is skipped where Node has installed nothing at all."""
    if not _STAMP.exists():
        pytest.skip(f"{path.rsplit('/', 1)[-1]} is not here: its package comes with Node")
    return _PACKAGES / path


def _published(path: str) -> Published:
    return _read(_file(path))


@cache
def _read(path: Path) -> Published:
    found = json.loads(path.read_text("utf-8"))
    return Published(found["abi"], bytes.fromhex(found["bytecode"].removeprefix("0x")))
