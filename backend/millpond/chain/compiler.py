# SPDX-License-Identifier: AGPL-3.0-only
"""Contracts rebuilt from their sources, with the one compiler that the project pins.

The compiler is a program beside this Python or on PATH; nothing else of the project needs it.
"""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from millpond.core.errors import DeploymentError, ToolMissing

VERSION = "0.4.3+commit.bff19ea2"
"""What `vyper --version` must say."""

BLUEPRINTS = frozenset({"Grain"})
"""Sources that are deployed as blueprints: each pool's contract has code of its own."""

_BLUEPRINT_HEAD = bytes.fromhex("fe7100")
_FORMATS = "abi,bytecode,bytecode_runtime,layout"
_SECONDS = 300


@dataclass(frozen=True)
class Immutable:
    """A value that the constructor wrote behind the code: where, how long, and of which type."""

    type: str
    offset: int
    length: int


@dataclass(frozen=True)
class Slot:
    """Where a variable begins in a contract's storage, and its type."""

    slot: int
    type: str


@dataclass(frozen=True)
class Compiled:
    """What the compiler makes of one source."""

    contract: str
    abi: list[dict[str, Any]]
    creation: bytes
    runtime: bytes
    immutables: Mapping[str, Immutable]
    storage: Mapping[str, Slot] = field(default_factory=dict)

    @property
    def blueprint(self) -> bytes:
        """What stands at the address of its blueprint (ERC-5202): a stop, then its init code."""
        return _BLUEPRINT_HEAD + self.creation

    @property
    def deployment(self) -> bytes:
        """The init code that puts it on a chain, before any arguments: itself or its blueprint."""
        if self.contract not in BLUEPRINTS:
            return self.creation
        # PUSH2 size, RETURNDATASIZE, DUP2, PUSH1 10, RETURNDATASIZE, CODECOPY, RETURN
        head = b"\x61" + len(self.blueprint).to_bytes(2) + bytes.fromhex("3d81600a3d39f3")
        return head + self.blueprint

    @property
    def immutables_size(self) -> int:
        """Bytes behind the code on the chain."""
        return max((i.offset + i.length for i in self.immutables.values()), default=0)


def deployable(root: Path) -> dict[str, Path]:
    """Contracts by name: contracts/*.vy, then contracts/mocks/*.vy, relative to the checkout."""
    found: dict[str, Path] = {}
    for folder in ("contracts/mocks", "contracts"):
        found |= {path.stem: path.relative_to(root) for path in (root / folder).glob("*.vy")}
    if not found:
        raise DeploymentError(
            f"there are no contracts under {root}",
            "run this in a checkout of the sources, or give its path with --sources",
        )
    return found


def compiler() -> Path:
    """The pinned compiler; `ToolMissing` says what to install."""
    beside = Path(sys.executable).parent / "vyper"
    found = str(beside) if beside.exists() else shutil.which("vyper")
    install = 'install it into this Python: pip install "millpond[rebuild]"'
    if found is None:
        raise ToolMissing("the compiler vyper 0.4.3 is not installed", install)
    version = _run([found, "--version"], Path.cwd())
    if version.strip() != VERSION:
        raise ToolMissing(f"{found} is version {version.strip()[:60]}, not {VERSION}", install)
    return Path(found)


class Sources:
    """The contracts of one checkout, each compiled once at need."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._vyper = compiler()
        self._built: dict[str, Compiled] = {}

    def prepare(self, contracts: Iterable[str]) -> None:
        """Compile several at the same time."""
        with ThreadPoolExecutor(max_workers=os.cpu_count()) as workers:
            list(workers.map(self.compiled, contracts))

    def compiled(self, contract: str) -> Compiled:
        """One contract, built from the sources."""
        if contract not in self._built:
            self._built[contract] = compile_contract(contract, self.root, self._vyper)
        return self._built[contract]


def compile_contract(contract: str, root: Path, vyper: Path | None = None) -> Compiled:
    """Build one contract of the checkout at `root`. The result does not depend on the path."""
    sources = deployable(root)
    if contract not in sources:
        raise DeploymentError(
            f"there is no source of {contract} under {root / 'contracts'}",
            "check out the commit that the record of deployment names",
        )
    answer = _run([str(vyper or compiler()), "-f", _FORMATS, str(sources[contract])], root)
    abi, creation, runtime, layout = answer.strip().splitlines()
    code_layout = json.loads(layout).get("code_layout", {})
    immutables = {
        name: Immutable(str(entry["type"]), int(entry["offset"]), int(entry["length"]))
        for name, entry in _places("", code_layout, "offset")
    }
    return Compiled(
        contract,
        json.loads(abi),
        bytes.fromhex(creation[2:]),
        bytes.fromhex(runtime[2:]),
        immutables,
        storage_in(layout),
    )


def storage_in(layout: str) -> dict[str, Slot]:
    """The variables in a compiler's answer for `layout`, each by module and name."""
    places = _places("", json.loads(layout).get("storage_layout", {}), "slot")
    return {name: Slot(int(entry["slot"]), str(entry["type"])) for name, entry in places}


def _places(
    prefix: str, layout: Mapping[str, Any], mark: str
) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Entries by name; those of a module are nested under its name."""
    for name, entry in layout.items():
        if mark in entry:
            yield prefix + name, entry
        else:
            yield from _places(f"{prefix}{name}.", entry, mark)


def _run(command: list[str], root: Path) -> str:
    try:
        run = subprocess.run(  # noqa: S603  the pinned compiler on our own sources, no shell
            command, cwd=root, capture_output=True, text=True, check=False, timeout=_SECONDS
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise ToolMissing(
            f"the compiler cannot be run ({type(error).__name__})",
            'install it again: pip install "millpond[rebuild]"',
        ) from None
    if run.returncode != 0:
        lines = [line for line in run.stderr.splitlines() if line.strip()]
        raise DeploymentError(
            f"{command[-1]} does not compile: {' '.join(lines[:2])[:300]}",
            "check that the checkout is whole and unchanged (git status)",
        )
    return run.stdout
