# SPDX-License-Identifier: AGPL-3.0-only
"""The contracts compiled from changed sources or with other settings, inside this process.

    with weakened(("modules/casting.vy", "assert not cast", "# assert not cast")):
        coop = Coop(Evm())                 # every contract made in here is of the changed sources

Each change names a file under contracts/, a text that stands there exactly once, and what stands
there instead. Whatever an attack does to such a copy it must not do to the real one. A weakened
copy is compiled without optimisation, which halves the time; its chain takes larger code for that.
`Tree` is the same for tools: mutants and other builds.
"""

import json
import re
import sysconfig
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from hashlib import sha256
from pathlib import Path, PurePath
from typing import Any

from vyper.compiler import compile_from_file_input  # type: ignore[import-untyped]
from vyper.compiler.input_bundle import (  # type: ignore[import-untyped]
    FileInput,
    FilesystemInputBundle,
)
from vyper.compiler.settings import OptimizationLevel, Settings  # type: ignore[import-untyped]
from vyper.warnings import ContractSizeLimit  # type: ignore[import-untyped]

from tests.contracts.compiled import (
    CACHE,
    CONTRACTS,
    EIP_170_LIMIT,
    ROOT,
    Artifact,
    fingerprint,
    keep,
    made_by,
    source_of,
    sources_of,
)

PRAGMA = re.compile(r"^# pragma optimize \w+$", re.MULTILINE)
FORMATS = ["abi", "bytecode", "bytecode_runtime"]

Change = tuple[str, str, str]
"""A file under contracts/, a text that stands there once, and what stands there instead."""


@dataclass(frozen=True)
class Build:
    """How to compile; without an optimisation each source's own is kept."""

    optimize: str | None = None  # "none", "gas", "codesize"
    experimental: bool = False


SHIPPED = Build()
QUICK = Build("none")
ROOMY = 2**17  # bytes of code, for builds that are not for shipping


@dataclass(frozen=True)
class Tree:
    """All sources, some with another text, and how they are compiled."""

    texts: Mapping[Path, str] = field(default_factory=dict)
    build: Build = SHIPPED

    def artifact(self, name: str) -> Artifact:
        """A contract of this tree. The compiler's own exceptions say what does not compile."""
        mine = {
            path: self.texts[path] for path in sources_of(source_of(name)) if path in self.texts
        }
        # What is not changed is taken as it is shipped: weakening one contract compiles one.
        untouched = not mine and self.build == QUICK and bool(self.texts)
        build = SHIPPED if untouched else self.build
        return _made(name, tuple(sorted(mine.items())), build)

    @contextmanager
    def in_use(self) -> Iterator[None]:
        """For as long as this lasts contracts are made of this tree."""
        with made_by(self.artifact, EIP_170_LIMIT if self.build == SHIPPED else ROOMY):
            yield


def changed(*changes: Change, build: Build = SHIPPED) -> Tree:
    """The tree with these changes."""
    texts: dict[Path, str] = {}
    for name, old, new in changes:
        path = CONTRACTS / name
        text = texts.get(path) or path.read_text("utf-8")
        assert text.count(old) == 1, f"{name} has {text.count(old)} times: {old}"
        texts[path] = text.replace(old, new)
    return Tree(texts, build)


@contextmanager
def weakened(*changes: Change, build: Build = QUICK) -> Iterator[None]:
    """For as long as this lasts contracts are made of sources with these changes."""
    with changed(*changes, build=build).in_use():
        yield


@cache
def _made(name: str, texts: tuple[tuple[Path, str], ...], build: Build) -> Artifact:
    kept = CACHE / f"{name}-{_fingerprint(name, texts, build)}.json"
    if not kept.exists():
        keep(kept, compiled(name, dict(texts), build))
    abi, creation, runtime = json.loads(kept.read_text())
    return Artifact(name, abi, bytes.fromhex(creation[2:]), bytes.fromhex(runtime[2:]))


def _fingerprint(name: str, texts: tuple[tuple[Path, str], ...], build: Build) -> str:
    if not texts and build == SHIPPED:
        return fingerprint(source_of(name))
    mine = {str(path.relative_to(ROOT)): text for path, text in texts}
    said = json.dumps([fingerprint(source_of(name)), mine, build.optimize, build.experimental])
    return sha256(said.encode()).hexdigest()[:20]


def compiled(name: str, texts: Mapping[Path, str], build: Build) -> list[Any]:
    """ABI, creation code and runtime code, from the compiler itself."""
    bundle = Bundle(texts, build)
    level = OptimizationLevel.from_string(build.optimize) if build.optimize else None
    settings = Settings(optimize=level, experimental_codegen=build.experimental or None)
    with warnings.catch_warnings():
        if build != SHIPPED:
            warnings.simplefilter("ignore", ContractSizeLimit)
        found = compile_from_file_input(
            bundle.load_file(source_of(name)),
            input_bundle=bundle,
            output_formats=FORMATS,
            settings=settings,
        )
    return [found[each] for each in FORMATS]


class Bundle(FilesystemInputBundle):  # type: ignore[misc]
    """The files as they are, but for those that have another text."""

    def __init__(self, texts: Mapping[Path, str], build: Build) -> None:
        super().__init__([ROOT, *self._packages()])
        self._texts, self._build = texts, build

    @staticmethod
    def _packages() -> list[Path]:
        """Where the compiler's own command looks for packages such as snekmate."""
        return [Path(sysconfig.get_path("purelib"))]

    def _load_from_path(self, resolved_path: Path, original_path: PurePath) -> Any:
        found = super()._load_from_path(resolved_path, original_path)
        text = self._texts.get(resolved_path, found.contents)
        if self._build.optimize:
            text = PRAGMA.sub("#", text)
        return FileInput(found.source_id, original_path, resolved_path, text)
