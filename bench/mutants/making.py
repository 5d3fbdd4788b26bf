# SPDX-License-Identifier: AGPL-3.0-only
"""What the contracts become with one mistake in them, and what the tests get of it."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path

from vyper.compiler.phases import CompilerData  # type: ignore[import-untyped]
from vyper.compiler.settings import (  # type: ignore[import-untyped]
    OptimizationLevel,
    Settings,
)

from bench.mutants.mutations import Mutant
from bench.mutants.workshop import Workshop, abi_of, code_of, quiet, runtime_in
from tests.contracts.changed import QUICK, ROOMY, Bundle, Tree
from tests.contracts.compiled import (
    CONTRACTS,
    Artifact,
    fingerprint,
    made_by,
    source_of,
    sources_of,
)

Artifacts = Mapping[str, Artifact]


class Maker:
    """The contracts in scope, ready to be made with a mistake."""

    def __init__(self, contracts: Sequence[str]) -> None:
        self.contracts = tuple(contracts)
        self._workshops: dict[str, Workshop] = {}
        self._texts = {
            path: path.read_text("utf-8")
            for each in contracts
            for path in sources_of(source_of(each))
        }
        self._fingerprints = {each: fingerprint(source_of(each)) for each in contracts}

    def text(self, file: str) -> str:
        """A source as it is."""
        return self._texts[CONTRACTS / file]

    @property
    def files(self) -> list[str]:
        """All sources, below contracts/."""
        return [str(each.relative_to(CONTRACTS)) for each in self._texts if each.suffix == ".vy"]

    def workshop(self, name: str) -> Workshop:
        """The open contract; made when first asked for."""
        if name not in self._workshops:
            self._workshops[name] = Workshop(name)
        return self._workshops[name]

    def key(self, mutant: Mutant, contracts: Sequence[str]) -> str:
        """Changes with anything that the mutated contracts are made of."""
        made_of = "".join(self._fingerprints[name] for name in contracts)
        text = mutant.applied(self.text(mutant.file))
        return sha256(f"{made_of}\0{text}".encode()).hexdigest()[:20]

    def mutated(self, mutant: Mutant, contracts: Sequence[str]) -> dict[str, Artifact]:
        """Those contracts with the mistake. The compiler's exceptions say what is no program."""
        path = CONTRACTS / mutant.file
        text = mutant.applied(self.text(mutant.file))
        if mutant.inside:
            shops = {name: self.workshop(name) for name in contracts}
            return {name: shop.mutant(path, mutant.function, text) for name, shop in shops.items()}
        return {name: whole(name, {path: text}) for name in contracts}

    def original(self, contracts: Sequence[str]) -> dict[str, Artifact]:
        """Those contracts without it, built the same way."""
        return {name: self.workshop(name).artifact for name in contracts}


def whole(name: str, texts: Mapping[Path, str]) -> Artifact:
    """A contract compiled in the usual way, once."""
    bundle = Bundle(texts, QUICK)
    settings = Settings(optimize=OptimizationLevel.NONE)
    data = CompilerData(bundle.load_file(source_of(name)), bundle, settings)
    with quiet():
        creation = data.bytecode
    return Artifact(name, abi_of(data), creation, runtime_in(creation))


def code_hash(made: Artifacts) -> str:
    """The same for mutants that do the same."""
    digest = sha256()
    for name in sorted(made):
        digest.update(name.encode() + b"\0" + code_of(made[name]))
    return digest.hexdigest()[:20]


@contextmanager
def in_use(made: Artifacts, texts: Mapping[Path, str]) -> Iterator[None]:
    """For as long as this lasts tests get these contracts. What else a changed source is in, such
    as a mock that shows a module to a test, follows; contracts out of scope stay as shipped."""
    followers: dict[str, Artifact] = {}

    def maker(name: str) -> Artifact:
        source = source_of(name)
        if name in made:
            return made[name]
        if source.parent.name != "mocks" or not texts.keys() & {*sources_of(source)}:
            return shipped(name)
        if name not in followers:
            followers[name] = whole(name, texts)
        return followers[name]

    with made_by(maker, ROOMY):
        yield


def shipped(name: str) -> Artifact:
    """A contract as it is, whatever is in use."""
    return Tree().artifact(name)
