# SPDX-License-Identifier: AGPL-3.0-only
"""Runs halmos over the contracts as they are shipped: one process for each file of properties.

A property is a Solidity function prove_x, which must pass on every path. Its twin is the same
function in the file's second contract, where every claim is false: it must fail, and does so
exactly if some call comes as far as the claim. A property holds only if both happen, and nothing
was left out on the way.
"""

import json
import os
import re
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path
from typing import Any

from vyper.compiler import compile_from_file_input  # type: ignore[import-untyped]

from tests.contracts.changed import SHIPPED, Bundle
from tests.contracts.compiled import Artifact, artifact, source_of

HERE = Path(__file__).parent
CODE = HERE / ".shipped"
BIN = HERE / ".venv" / "bin"
# Of these the constructor runs in the proof, since it writes what never changes into their code.
CONSTRUCTED = ("CredDistributor", "Grain", "Hub")
AS_DEPLOYED = ("Admission", "Clerk", "Governor", "Identity", "Pool")
SLOTS = ("Admission", "CredDistributor", "Governor", "Grain", "Hub", "Identity", "Pool")
SPDX = "// SPDX-License-Identifier: AGPL-3.0-only\n"
OPTIONS = (
    *("--storage-layout", "generic", "--function", "prove_", "--no-status"),
    *("--early-exit", "--loop", "256", "--solver-threads", "1"),
    *("--solver-timeout-assertion", "120s"),
)
TWINS = "Twins"
SUITE = re.compile(r"^Running \d+ tests for \S+:(\w+)")
VERDICT = re.compile(r"\[(PASS|FAIL|ERROR|TIMEOUT)\]\S* prove_(\w+)\(")


class End(IntEnum):
    """How halmos ends a function."""

    PASS = 0
    COUNTEREXAMPLE = 1
    TIMEOUT = 2
    STUCK = 3
    ALL_REVERTED = 4
    ERROR = 5


@dataclass(frozen=True)
class Run:
    """One function, as halmos ended it."""

    end: End
    seconds: float
    paths: int
    left_out: int  # paths that it could not follow, and loops that it did not follow to their end


@dataclass(frozen=True)
class Property:
    """A claim and its twin."""

    file: str
    name: str
    proof: Run | None
    twin: Run | None

    @property
    def passes(self) -> bool:
        """No call breaks the claim, and none was left out."""
        return _ended(self.proof, End.PASS) and self.proof is not None and not self.proof.left_out

    @property
    def is_reached(self) -> bool:
        """Some call comes to the claim."""
        return _ended(self.twin, End.COUNTEREXAMPLE)

    @property
    def holds(self) -> bool:
        """Both."""
        return self.passes and self.is_reached

    @property
    def seconds(self) -> float:
        """Of both."""
        return sum(run.seconds for run in (self.proof, self.twin) if run)


def _ended(run: Run | None, end: End) -> bool:
    return run is not None and run.end is end


def files() -> list[str]:
    """The names of the files of properties; each has one contract of the same name."""
    return sorted(path.name.removesuffix(".t.sol") for path in HERE.glob("*.t.sol"))


def ship(made: Callable[[str], Artifact] = artifact) -> dict[str, Artifact]:
    """Writes down the code to be proved, and where the compiler puts each variable."""
    CODE.mkdir(exist_ok=True)
    shipped = {name: made(name) for name in (*CONSTRUCTED, *AS_DEPLOYED)}
    for name, each in shipped.items():
        code = f"0x{proved_code(each).hex()}"
        (CODE / f"{name}.json").write_text(json.dumps({"bytecode": {"object": code}}))
    lines = [line for name in SLOTS for line in _constants(name)]
    text = "\n".join([SPDX + "pragma solidity 0.8.37;\n", "library Slots {", *lines, "}", ""])
    if not (CODE / "Slots.sol").exists() or (CODE / "Slots.sol").read_text() != text:
        (CODE / "Slots.sol").write_text(text)
    return shipped


def proved_code(made: Artifact) -> bytes:
    """The code that a proof starts from."""
    return made.creation if made.name in CONSTRUCTED else made.runtime


def _constants(name: str) -> Iterator[str]:
    bundle = Bundle({}, SHIPPED)
    source = bundle.load_file(source_of(name))
    layout = compile_from_file_input(source, input_bundle=bundle, output_formats=["layout"])
    for variable, slot in _slots(layout["layout"].get("storage_layout", {})):
        yield f"    uint256 internal constant {_constant(name, variable)} = {slot};"


def _slots(layout: dict[str, Any]) -> Iterator[tuple[str, int]]:
    """Variables of the contract itself and of its modules."""
    for name, each in layout.items():
        if isinstance(each.get("slot"), int):
            yield name, each["slot"]
        else:
            yield from _slots(each)


def _constant(contract: str, variable: str) -> str:
    words = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", f"{contract}_{variable.strip('$_')}")
    return words.upper()


def prove(
    file: str, tell: Callable[[str], None], only: str = "", twins: bool = True
) -> list[Property]:
    """All properties of a file, or those whose names match; halmos' own words go to a log."""
    found = CODE / f"{file}.found.json"
    found.unlink(missing_ok=True)
    command = [
        *(str(BIN / "halmos"), "--root", str(HERE), *OPTIONS),
        *("--solver-command", str(HERE / "bin" / "solve")),
        *(
            "--match-contract",
            f"^{file}{f'({TWINS})?' if twins else ''}$",
            "--json-output",
            str(found),
        ),
    ]
    if only:
        command += ["--match-test", f"^prove_.*({only})"]
    path = os.pathsep.join([str(HERE / "bin"), str(BIN), os.environ["PATH"]])
    words = CODE / f"{file}.log"
    with words.open("w", buffering=1) as kept:
        run = subprocess.Popen(  # noqa: S603  our own venv's program
            command, cwd=HERE, env={**os.environ, "PATH": path}, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )  # fmt: skip
        assert run.stdout is not None
        suite = ""
        for line in run.stdout:
            kept.write(line)
            if running := SUITE.search(line):
                suite = running[1]
            if verdict := VERDICT.search(line):
                tell(f"{verdict[1].lower():7} {suite} {verdict[2]}")
        run.wait()
    if not found.exists():
        raise RuntimeError(f"halmos left no result for {file}; its words are in {words}")
    return list(_read(file, json.loads(found.read_text())))


def unknown_functions(shipped: dict[str, Artifact]) -> list[str]:
    """What the properties call of a contract and it has not: such a call would prove nothing."""
    unknown = []
    for name, made in shipped.items():
        known = {
            f"{each['name']}({','.join(map(_type, each['inputs']))})"
            for each in made.abi
            if each["type"] == "function"
        }
        for path in (HERE / "out").glob(f"*/{name}.json"):
            called = json.loads(path.read_text())["methodIdentifiers"]
            unknown += [f"{name}.{each}" for each in called if each not in known]
    return sorted(set(unknown))


def _type(said: dict[str, Any]) -> str:
    if not said["type"].startswith("tuple"):
        return str(said["type"])
    return f"({','.join(map(_type, said['components']))}){said['type'].removeprefix('tuple')}"


def _read(file: str, said: dict[str, Any]) -> Iterator[Property]:
    proofs, twins = (
        {
            each["name"].partition("(")[0].removeprefix("prove_"): _run(each)
            for each in said["test_results"].get(f"{file}.t.sol:{contract}", [])
        }
        for contract in (file, file + TWINS)
    )
    for name in dict.fromkeys([*proofs, *twins]):
        yield Property(file, name, proofs.get(name), twins.get(name))


def _run(said: dict[str, Any]) -> Run:
    end = End(said["exitcode"])
    if said["num_paths"] is None:
        return Run(end, 0, 0, 0)
    paths, _, stuck = said["num_paths"]
    if end is End.COUNTEREXAMPLE and not any(model["is_valid"] for model in said["models"]):
        end = End.ERROR
    return Run(end, said["time"][0], paths, stuck + said["num_bounded_loops"])
