# SPDX-License-Identifier: AGPL-3.0-only
"""What the deployable contracts are made from and what comes out, as text that anybody can compare.

Nothing in it depends on the machine, the folder, the day or the locale: the same sources and the
same compiler give the same bytes.
"""

import hashlib
import re
import sysconfig
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement
from vyper.compiler.input_bundle import FilesystemInputBundle  # type: ignore[import-untyped]
from vyper.compiler.output import build_layout_output  # type: ignore[import-untyped]
from vyper.compiler.phases import CompilerData  # type: ignore[import-untyped]
from vyper.evm.opcodes import DEFAULT_EVM_VERSION  # type: ignore[import-untyped]

from millpond.chain.compiler import BLUEPRINTS, VERSION
from millpond.core import canonical
from millpond.core.canonical import keccak256
from millpond.core.errors import DeploymentError
from millpond.core.subjects import to_hex
from scripts._frozen import frozen_text

SCHEMA = "millpond-manifest/1"
MANIFEST = Path("docs/manifest.json")
SUMS = Path("docs/sources.sha256")
"""The same hashes of sources as `sha256sum --check` reads them."""

_OWN = "millpond"
_PIN = re.compile(r"^([a-z0-9.-]+)==([^ ;\\]+)", re.MULTILINE)


@dataclass(frozen=True)
class Code:
    """What the compiler's back end made of one contract."""

    abi: list[dict[str, Any]]
    creation: bytes
    runtime: bytes


def texts(root: Path, code_of: Callable[[str], Code]) -> dict[Path, bytes]:
    """Both files, by their paths in the checkout at `root`."""
    names = sorted(path.stem for path in (root / "contracts").glob("*.vy"))
    contracts = {name: entry(name, root, code_of(name)) for name in names}
    manifest = {
        "schema": SCHEMA,
        "compiler": {"version": VERSION, "files": compiler_files()},
        "tools": tools(root),
        "contracts": contracts,
    }
    return {MANIFEST: canonical.encode(manifest) + b"\n", SUMS: _sums(contracts)}


def entry(name: str, root: Path, code: Code) -> dict[str, Any]:
    """One contract."""
    bundle = FilesystemInputBundle([root, Path(sysconfig.get_path("purelib"))])
    data = CompilerData(bundle.load_file(root / "contracts" / f"{name}.vy"), input_bundle=bundle)
    layout = build_layout_output(data)
    return {
        "source": f"contracts/{name}.vy",
        "settings": {
            "evm_version": DEFAULT_EVM_VERSION,
            "experimental_codegen": bool(data.settings.experimental_codegen),
            "nonreentrancy_by_default": bool(data.settings.nonreentrancy_by_default),
            "optimize": str(data.settings.optimize),
        },
        "deployed_as": "blueprint" if name in BLUEPRINTS else "code",
        "sources": _sources(data, root),
        "integrity": data.integrity_sum,
        "creation": _hashes(code.creation),
        # The compiler leaves immutables out of it: on the chain they stand behind these bytes.
        "runtime": _hashes(code.runtime),
        "immutables": [
            {"name": place_name, "type": place["type"], "offset": at, "length": place["length"]}
            for at, place_name, place in _places(layout)
        ],
        "abi": sha256(frozen_text(code.abi).encode()),
        "layout": sha256(canonical.encode(layout)),
    }


def tools(root: Path) -> dict[str, str]:
    """The compiler's package and all that it needs, by the versions of the lock."""
    locked = dict(_PIN.findall((root / "requirements.lock").read_text("utf-8")))
    found: dict[str, str] = {}
    waiting = ["vyper"]
    while waiting:
        name = waiting.pop()
        if name in found:
            continue
        if name not in locked or metadata.version(name) != locked[name]:
            raise DeploymentError(
                f"{name} {metadata.version(name)} is not what requirements.lock pins",
                "install what it pins: make setup",
            )
        found[name] = locked[name]
        waiting += _needed(name)
    return found


def compiler_files() -> str:
    """One hash of all files of the compiler's package as they are, whatever its record says.

    It is the sha256 of what `sha256sum` prints of them, in the order of their names.
    """
    home = Path(str(metadata.distribution("vyper").locate_file("")))
    files = sorted(p for p in (home / "vyper").rglob("*") if p.is_file() and p.suffix != ".pyc")
    lines = [f"{sha256(p.read_bytes())}  {p.relative_to(home).as_posix()}\n" for p in files]
    return sha256("".join(lines).encode())


def sha256(data: bytes) -> str:
    """As `sha256sum` prints it."""
    return hashlib.sha256(data).hexdigest()


def _needed(name: str) -> Iterator[str]:
    for text in metadata.requires(name) or ():
        need = Requirement(text)
        if need.marker is None or need.marker.evaluate({"extra": ""}):
            yield need.name.lower().replace("_", "-")


def _hashes(code: bytes) -> dict[str, Any]:
    return {"bytes": len(code), "sha256": sha256(code), "keccak256": to_hex(keccak256(code))}


def _sources(data: Any, root: Path) -> dict[str, dict[str, str]]:
    """Every file that the compiler read for it, by its package; ours is "millpond"."""
    read = [data.file_input, *data.resolved_imports.compiler_inputs]
    found: dict[str, dict[str, str]] = {}
    for file in read:
        package, name = _placed(Path(file.resolved_path), root.resolve())
        found.setdefault(package, {})[name] = sha256(Path(file.resolved_path).read_bytes())
    return found


def _placed(path: Path, root: Path) -> tuple[str, str]:
    for home in {Path(sysconfig.get_path(kind)).resolve() for kind in ("purelib", "platlib")}:
        if path.resolve().is_relative_to(home):
            name = path.resolve().relative_to(home)
            return f"{name.parts[0]} {metadata.version(name.parts[0])}", name.as_posix()
    return _OWN, path.resolve().relative_to(root).as_posix()


def _places(layout: Any) -> list[tuple[int, str, Any]]:
    """Immutables by offset; those of a module are nested under its name."""
    found: list[tuple[int, str, Any]] = []
    waiting = [("", layout.get("code_layout", {}))]
    while waiting:
        prefix, inner = waiting.pop()
        for name, place in inner.items():
            if "offset" in place:
                found.append((place["offset"], prefix + name, place))
            else:
                waiting.append((f"{prefix}{name}.", place))
    return sorted(found, key=lambda each: each[0])


def _sums(contracts: dict[str, dict[str, Any]]) -> bytes:
    own: dict[str, str] = {}
    for found in contracts.values():
        own |= found["sources"][_OWN]
    return "".join(f"{hashed}  {name}\n" for name, hashed in sorted(own.items())).encode()
