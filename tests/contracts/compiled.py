# SPDX-License-Identifier: AGPL-3.0-only
"""Compiled contracts by name, kept on disk under the hash of every source they are made from.

A deployable contract `X` is contracts/X.vy or contracts/mocks/X.vy.
"""

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
CONTRACTS = ROOT / "contracts"
FOLDERS = (CONTRACTS, CONTRACTS / "mocks")
CACHE = ROOT / ".cache" / "vyper"
IMPORT = re.compile(r"^from\s+(\.+)(\S*)\s+import\s+(.+)$|^import\s+(\S+)", re.MULTILINE)

Abi = list[dict[str, Any]]


@dataclass(frozen=True)
class Artifact:
    """What the compiler makes of one contract."""

    name: str
    abi: Abi
    creation: bytes
    runtime: bytes


EIP_170_LIMIT = 24_576

_instead: ContextVar[Callable[[str], Artifact] | None] = ContextVar("_instead", default=None)
_code_limit: ContextVar[int] = ContextVar("_code_limit", default=EIP_170_LIMIT)


def artifact(name: str) -> Artifact:
    """The contract `name` (contracts/<name>.vy or contracts/mocks/<name>.vy), compiled at need."""
    maker = _instead.get()
    return maker(name) if maker else _kept(name)


@contextmanager
def made_by(maker: Callable[[str], Artifact], code_limit: int = EIP_170_LIMIT) -> Iterator[None]:
    """For as long as this lasts `artifact` takes what this gives it (see changed.py), and a new
    chain takes code of up to so many bytes."""
    tokens = _instead.set(maker), _code_limit.set(code_limit)
    try:
        yield
    finally:
        _instead.reset(tokens[0])
        _code_limit.reset(tokens[1])


def code_limit() -> int:
    """Bytes of code a contract may have on a new chain: EIP-170, but for builds not shipped."""
    return _code_limit.get()


@cache
def _kept(name: str) -> Artifact:
    source = source_of(name)
    kept = CACHE / f"{name}-{fingerprint(source)}.json"
    if not kept.exists():
        keep(kept, _compile(source))
    abi, creation, runtime = json.loads(kept.read_text())
    return Artifact(name, abi, bytes.fromhex(creation[2:]), bytes.fromhex(runtime[2:]))


def source_of(name: str) -> Path:
    """Where a deployable contract or a mock is written."""
    for folder in FOLDERS:
        path = folder / f"{name}.vy"
        if path.exists():
            return path
    raise FileNotFoundError(f"no contract {name}.vy in contracts/ or contracts/mocks/")


def _compile(source: Path) -> list[Any]:
    compiler = Path(sys.executable).parent / "vyper"
    command = [str(compiler), "-f", "abi,bytecode,bytecode_runtime", str(source)]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)  # noqa: S603
    if run.returncode != 0:
        raise RuntimeError(f"{source.name} does not compile:\n{run.stderr}")
    abi, creation, runtime = run.stdout.splitlines()
    return [json.loads(abi), creation, runtime]


def keep(path: Path, content: list[Any]) -> None:
    """Whole or not at all: several test processes may write the same file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(f".{os.getpid()}")
    draft.write_text(json.dumps(content))
    draft.replace(path)


def fingerprint(source: Path) -> str:
    """Changes with the compiler and with any source that `source` is made from."""
    digest = sha256(version("vyper").encode())
    for path in sources_of(source):
        digest.update(str(path.relative_to(ROOT)).encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:20]


def sources_of(source: Path) -> list[Path]:
    """A source and all of our files it imports, however deep; packages are pinned by the lock."""
    return sorted(_sources(source, set()))


def _sources(path: Path, seen: set[Path]) -> set[Path]:
    if path in seen:
        return seen
    seen.add(path)
    for dots, folder, names, _ in IMPORT.findall(path.read_text()):
        if not dots:
            continue
        base = path.parents[len(dots) - 1].joinpath(*folder.split(".") if folder else [])
        for name in names.split(","):
            stem = base / name.split(" as ")[0].strip()
            for found in (stem.with_suffix(".vy"), stem.with_suffix(".vyi")):
                if found.exists():
                    _sources(found, seen)
    return seen
