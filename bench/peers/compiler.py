# SPDX-License-Identifier: AGPL-3.0-only
"""Solidity compiled by the compilers that npm has, with its settings said in words.

Compiling takes a minute or two, so what the compiler said is kept under .cache, by a hash of all
that went in; packages are of exact versions, so package.json stands for what is in them.
"""

import json
import os
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from millpond.chain import abi
from millpond.core.canonical import keccak256
from millpond.core.errors import ToolMissing

HERE = Path(__file__).resolve().parent
CACHE = HERE.parents[1] / ".cache" / "peers"
PACKAGES = HERE / "node_modules"
_SECONDS = 1_200
_AT_ONCE = 2
"""Compilers at work at the same time; each takes about half a gigabyte."""


@dataclass(frozen=True)
class Artifact:
    """A contract that can be deployed."""

    form: abi.Abi
    creation: bytes

    @classmethod
    def of(cls, name: str, entries: Sequence[Mapping[str, Any]], creation: str) -> "Artifact":
        """From an ABI and hex, as compilers and packages write them."""
        return cls(abi.parse(name, entries), bytes.fromhex(creation.removeprefix("0x")))


@dataclass(frozen=True)
class Order:
    """Sources and the settings that they are compiled with."""

    compiler: str
    runs: int
    via_ir: bool
    evm_version: str
    sources: tuple[str, ...]
    packages: tuple[str, ...] = ()
    """Packages whose own copies of what they import come before everybody's."""

    def as_json(self) -> str:
        """As build.js takes it."""
        settings = {
            "optimizer": {"enabled": True, "runs": self.runs},
            "viaIR": self.via_ir,
            "evmVersion": self.evm_version,
            "outputSelection": {"*": {"*": ["abi", "evm.bytecode.object"]}},
        }
        order = asdict(self) | {"settings": settings}
        return json.dumps(order, sort_keys=True)


@dataclass(frozen=True)
class Built:
    """What a compiler made of an order."""

    settings: str
    artifacts: Mapping[str, Artifact]


def compile_all(orders: Sequence[Order]) -> dict[Order, Built | ToolMissing]:
    """Each order with what came of it: an order that fails takes no other with it."""
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        return dict(zip(orders, pool.map(_tried, orders), strict=True))


def _tried(order: Order) -> Built | ToolMissing:
    try:
        return _built(order, _kept(order))
    except ToolMissing as error:
        return error


def _built(order: Order, said: Mapping[str, Any]) -> Built:
    wrong = [each for each in said.get("errors", ()) if each["severity"] == "error"]
    if wrong:
        raise _no_build(f"{order.compiler}: {wrong[0]['formattedMessage'].strip()}")
    version = str(said["version"]).split(".Emscripten")[0]
    way = "through IR, " if order.via_ir else ""
    artifacts = {
        name: Artifact.of(name, made["abi"], made["evm"]["bytecode"]["object"])
        for source in order.sources
        for name, made in said["contracts"][source].items()
        if made["evm"]["bytecode"]["object"]
    }
    settings = f"solc {version}, optimizer on, {order.runs:,} runs, {way}{order.evm_version}"
    return Built(settings, artifacts)


def _kept(order: Order) -> Mapping[str, Any]:
    path = CACHE / f"{_hash_of(order).hex()}.json"
    if path.is_file():
        found: dict[str, Any] = json.loads(path.read_bytes())
        return found
    text = _compiled(order)
    try:
        found = json.loads(text)
    except ValueError:
        raise _no_build(f"{order.compiler} wrote no JSON: {text[:100]!r}") from None
    CACHE.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(".new")
    draft.write_bytes(text)
    draft.replace(path)
    return found


def _hash_of(order: Order) -> bytes:
    ours = [HERE / "package.json", HERE / "build.js", *sorted(HERE.glob("contracts/*.sol"))]
    ours += sorted(HERE.glob("ens/contracts/*/*.sol"))
    return keccak256(b"\0".join([order.as_json().encode(), *(path.read_bytes() for path in ours)]))


def _compiled(order: Order) -> bytes:
    # set and empty is how a person says: go on without Node
    node = os.environ.get("NODE", shutil.which("node"))
    if not node or not PACKAGES.is_dir():
        raise _no_build("the peers' packages are not installed")
    command = [node, str(HERE / "build.js")]
    try:
        run = subprocess.run(  # noqa: S603  our own program
            command, input=order.as_json().encode(), capture_output=True,
            check=False, timeout=_SECONDS,
        )  # fmt: skip
    except (OSError, subprocess.TimeoutExpired) as error:
        raise _no_build(f"{order.compiler} did not run: {type(error).__name__}") from None
    if run.returncode:
        last = run.stderr.decode(errors="replace").strip().splitlines()[-1:]
        raise _no_build(f"{order.compiler} failed: {' '.join(last)[:200]}")
    return run.stdout


def _no_build(why: str) -> ToolMissing:
    return ToolMissing(why, "make sure that the npm registry answers, then run: make bench")
