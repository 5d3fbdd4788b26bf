# SPDX-License-Identifier: AGPL-3.0-only
"""What our documents say about the house is so."""

import re
from pathlib import Path

import pytest

from millpond.chain import abi
from tests.house.commands import Command, funders, scripts
from tests.house.tree import CONTRACTS, PACKAGE, ROOT, deployables, files, named

README = (ROOT / "README.md").read_text("utf-8")
TABLE = (CONTRACTS / "README.md").read_text("utf-8")
MAP_HEADING = "## Where things are"
# The ten-second answers: what a reader asks, and the one place that answers.
ANSWERS = {
    "money is held": "contracts/Pool.vy",
    "a vote is counted": "contracts/modules/ballots.vy",
    "a payout is divided": "contracts/CredDistributor.vy",
    "cred is computed": "backend/millpond/core/cred*",
}
# Those who describe the house as it is; a changelog and a decision speak of other days, too.
ROOMS = [path for path in files() if path.name in {"README.md", "SECURITY.md"}]
# Whatever people read and may type from.
DOCUMENTS = [path for path in files() if path.suffix == ".md"]

rooms = pytest.mark.parametrize("path", ROOMS, ids=named)
documents = pytest.mark.parametrize("path", DOCUMENTS, ids=named)


# --- paths ------------------------------------------------------------------------------------


def _quoted(text: str) -> list[str]:
    """Whatever stands in backticks."""
    return re.findall(r"`([^`\n]+)`", text)


def _paths(text: str) -> set[str]:
    """What looks like a path or a file: in backticks, or linked."""
    endings = {path.suffix for path in files()} - {""}
    quoted = {
        each
        for each in _quoted(text)
        if re.fullmatch(r"[\w.*-]+(/[\w.*-]*)*", each)
        and ("/" in each or Path(each).suffix in endings)
    }
    linked = re.findall(r"\]\(([^)#]+)[^)]*\)", text)
    return quoted | {target for target in linked if "://" not in target}


def _exists(path: str, beside: Path) -> bool:
    """Whether there is such a file or folder of ours, from the root or from the document."""
    return any(
        found in {*files(), *(folder for each in files() for folder in each.parents)}
        for start in (ROOT, beside)
        for found in start.glob(path.rstrip("/"))
    )


@rooms
def test_document__a_path_it_names__exists(path: Path) -> None:
    text = path.read_text("utf-8")
    assert [each for each in sorted(_paths(text)) if not _exists(each, path.parent)] == []


@rooms
def test_document__a_package_it_names__exists(path: Path) -> None:
    quoted = [each for each in _quoted(path.read_text("utf-8")) if each.startswith("millpond.")]
    places = {each: PACKAGE.parent.joinpath(*each.split(".")) for each in quoted}
    missing = [
        name
        for name, place in places.items()
        if not place.is_dir() and not place.with_suffix(".py").exists()
    ]
    assert missing == []


# --- what people type -------------------------------------------------------------------------


def _lines(path: Path) -> list[str]:
    """Whatever a reader would type: what is in backticks, and lines that begin with a command."""
    text = path.read_text("utf-8")
    return _quoted(text) + re.findall(r"^\s*((?:make|ape run|millpond) .*)", text, re.MULTILINE)


def _command(line: str) -> str:
    """`ape run pool create`, `millpond verify code`, or as much of it as a line spells out."""
    found = re.match(r"(?:ape run|millpond)(?: [a-z][a-z-]*){1,2}", line)
    return found[0] if found else ""


def _known(line: str) -> Command | None:
    """The command; the last word may be its argument."""
    name, known = _command(line), funders() | scripts()
    return known.get(name) or known.get(name.rpartition(" ")[0])


@documents
def test_document__every_verb_of_make_it_names__exists(path: Path) -> None:
    makefile = (ROOT / "Makefile").read_text("utf-8")
    verbs = [found[1] for line in _lines(path) if (found := re.match(r"make ([a-z]+)", line))]
    assert [verb for verb in verbs if not re.search(rf"^{verb}:", makefile, re.MULTILINE)] == []


@documents
def test_document__every_command_it_names__exists_with_its_options(path: Path) -> None:
    wrong = []
    for line in filter(_command, _lines(path)):
        command = _known(line)
        options = re.findall(r"(?<!\S)--[a-z-]+", re.split(r"\s{3,}", line)[0])
        if command is None:
            groups = {" ".join(name.split()[:-1]) for name in funders() | scripts()}
            wrong += [line] if _command(line) not in groups else []
        else:
            wrong += [f"{line}: {option}" for option in options if not command.takes(option)]
    assert wrong == []


def test_readme__what_follows_a_command__is_in_its_group() -> None:
    """Such as `ape run epoch build` ...; then sign, post, finalise."""
    told = re.findall(r"^ape run ([a-z]+) [a-z-]+ .*[;,] then (.*)$", README, re.MULTILINE)
    assert len(told) > 2
    for group, others in told:
        names = re.sub(r"\([^)]*\)", "", others).split(",")
        assert {f"ape run {group} {name.strip()}" for name in names} <= set(scripts())


def test_readme__opens_with_two_commands() -> None:
    first_block = README.split(MAP_HEADING)[0]
    assert re.findall(r"^make (\w+)", first_block, re.MULTILINE) == ["demo", "test"]


# --- the map and the doors --------------------------------------------------------------------


def test_readme__map__is_the_second_block_and_gives_the_ten_second_answers() -> None:
    blocks = [line for line in README.splitlines() if line.startswith("## ")]
    assert blocks[1] == MAP_HEADING
    rows = README.split(MAP_HEADING)[1].split("\n## ")[0]
    for question, path in ANSWERS.items():
        assert re.search(rf"{question}[^\n]*`{re.escape(path)}`", rows), question


def test_readme__has_a_door_for_each_reader() -> None:
    doors = re.findall(r"^- \*\*(\w+)\*\*", README, re.MULTILINE)
    assert doors == ["Member", "Maintainer", "Funder"]


# --- who may call what ------------------------------------------------------------------------


def _callers() -> dict[str, set[str]]:
    """Contract -> the functions that the table of callers names."""
    found: dict[str, set[str]] = {name: set() for name in deployables()}
    table = TABLE.split("## Who may call what")[1].split("\n## ")[0]
    for contract, names in re.findall(r"^\| (\w+) \| (`[^|]*) \|", table, re.MULTILINE):
        found[contract] |= set(re.findall(r"`(\w+)`", names))
    return found


@pytest.mark.parametrize("name", deployables())
def test_callers__the_table__has_every_function_that_changes_something_and_no_other(
    name: str,
) -> None:
    changing = {
        function.name
        for overloads in abi.load(name).functions.values()
        for function in overloads
        if function.mutability not in {"view", "pure"}
    }
    assert bool(changing) == (name not in {"NftGate", "Pins"})  # these only look
    assert _callers()[name] == changing


def test_halting__the_table__has_every_contract_once() -> None:
    table = TABLE.split("## How to halt each")[1]
    assert sorted(re.findall(r"^\| ([A-Z]\w+) \| \S", table, re.MULTILINE)) == deployables()
