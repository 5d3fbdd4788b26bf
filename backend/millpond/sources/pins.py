# SPDX-License-Identifier: AGPL-3.0-only
"""Cred pinned by hash: what a distribution's document says of the instance behind it.

An instance is many files. Two lists name each that counts and its keccak256, and the hash of a list
stands in the document: `graph` (graphs, settings, method and mode) and `identities` (ledger, log,
people whom sources propose). The weights are in the document as they are. Whoever has the instance
writes the same lists from it, and computes the same cred.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from millpond.core.canonical import encode, keccak256
from millpond.core.cred.compute import METHODS, MODES, compute
from millpond.core.cred.scores import Scores
from millpond.core.distribution import Distribution, InputFile
from millpond.core.errors import ConfigFileError, VerifyError
from millpond.core.subjects import to_hex
from millpond.sources.instances import GRAPHS, WEIGHTS, graph_files, read_instance
from millpond.sources.ledgers import LEDGER
from millpond.sources.people import LOG, PROPOSALS
from millpond.sources.whole import hash_of, read_whole

SETTINGS = tuple(
    Path("config", f"{name}.json")
    for name in ("dependencies", "personalAttributions", "pluginBudgets", "zeroed")
)
_COMPUTED = "computed from the graph, by the method named there"


@dataclass(frozen=True, slots=True)
class Pins:
    """The two lists, and the text of the weights; None if the instance has none of its own."""

    graph: bytes
    identities: bytes
    weights: str | None

    @classmethod
    def of(cls, directory: Path, method: str, mode: str) -> Self:
        """The pins of an instance as it lies there."""
        graphs = graph_files(directory)
        files = [path.relative_to(directory) for _, path in graphs]
        proposals = [GRAPHS / plugin / PROPOSALS for plugin, _ in graphs]
        return cls(
            _graph_list(method, mode, _hashes(directory, [*files, *SETTINGS])),
            _list(_hashes(directory, [LEDGER, LOG, *proposals])),
            _weights(directory),
        )

    def inputs(self) -> tuple[InputFile, ...]:
        """How the document accounts for its inputs."""
        own = None if self.weights is None else keccak256(self.weights.encode())
        note = str(WEIGHTS) if own else "none of its own: those that its sources propose hold"
        return (
            InputFile("graph", keccak256(self.graph), "graph.json: graphs, settings, method"),
            InputFile("identities", keccak256(self.identities), "identities.json: who is who"),
            InputFile("scores", None, _COMPUTED),
            InputFile("weights", own, note),
        )

    def files(self) -> dict[str, bytes]:
        """What to publish beside the document, by name."""
        own = {} if self.weights is None else {"weights.json": self.weights.encode()}
        return {"graph.json": self.graph, "identities.json": self.identities, **own}


@dataclass(frozen=True, slots=True)
class Pinned:
    """Scores, and the pins of exactly what they were computed from."""

    scores: Scores
    pins: Pins


def pinned(directory: Path, method: str, mode: str, descriptions: bool = False) -> Pinned:
    """Compute an instance's cred; `ConfigFileError` if its files change meanwhile.

    With `descriptions` the contributions can be told in the words of their source.
    """
    before = Pins.of(directory, method, mode)
    scores = compute(read_instance(directory, descriptions=descriptions), method, mode)
    if Pins.of(directory, method, mode) != before:
        raise ConfigFileError(
            "changed while cred was computed",
            "compute again when nobody writes there",
            str(directory),
        )
    return Pinned(scores, before)


def computed_again(document: Distribution, directory: Path, descriptions: bool = False) -> Pinned:
    """The scores that a document's inputs give; `VerifyError` if this is another instance."""
    hashes = {each.name: each.hash for each in document.inputs}
    for method in METHODS:
        for mode in MODES:
            pins = Pins.of(directory, method, mode)
            if keccak256(pins.graph) == hashes["graph"]:
                _require_same(pins, hashes)
                return pinned(directory, method, mode, descriptions)
    raise VerifyError(
        "the graphs or settings of this instance are not those that the document names",
        "get the instance as it was when the document was made; graph.json lists the hash of each "
        "of its files",
        "input graph",
    )


def _require_same(pins: Pins, hashes: Mapping[str, bytes | None]) -> None:
    for each in pins.inputs():
        if each.name in ("identities", "weights") and each.hash != hashes[each.name]:
            raise VerifyError(
                f"the {each.name} of this instance are not those that the document names",
                "get the instance as it was when the document was made",
                f"input {each.name}",
            )


def _hashes(directory: Path, names: Iterable[Path]) -> dict[str, str]:
    """The hash of each file that is there."""
    return dict(_hashed(directory, names))


def _hashed(directory: Path, names: Iterable[Path]) -> Iterator[tuple[str, str]]:
    for name in names:
        if (directory / name).is_file():
            yield name.as_posix(), to_hex(hash_of(directory / name))


def _list(files: Mapping[str, str]) -> bytes:
    return encode({"files": files, "schema": "millpond/instance", "version": 1})


def _graph_list(method: str, mode: str, files: Mapping[str, str]) -> bytes:
    return encode(
        {
            "files": files,
            "method": method,
            "mode": mode,
            "schema": "millpond/instance",
            "version": 1,
        }
    )


def _weights(directory: Path) -> str | None:
    path = directory / WEIGHTS
    if not path.is_file():
        return None
    try:
        return read_whole(path).decode("utf-8")
    except UnicodeDecodeError as error:
        raise ConfigFileError(
            "is not UTF-8", "write the file again", str(WEIGHTS), f"byte {error.start}"
        ) from None
