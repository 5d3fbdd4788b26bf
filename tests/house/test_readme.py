# SPDX-License-Identifier: AGPL-3.0-only
"""What the README says about the house is so."""

import re

import pytest

from tests.house.tree import ROOT, files, named

README = (ROOT / "README.md").read_text("utf-8")
MAP_HEADING = "## Where things are"
# The ten-second answers: what a reader asks, and the one place that answers.
ANSWERS = {
    "money is held": "contracts/Pool.vy",
    "a vote is counted": "contracts/modules/ballots.vy",
    "a payout is divided": "contracts/CredDistributor.vy",
    "cred is computed": "backend/millpond/core/cred*",
}


def _paths(text: str) -> list[str]:
    """Whatever stands in backticks and looks like a path or a file."""
    quoted = re.findall(r"`([^`\n]+)`", text)
    return [
        q for q in quoted if re.fullmatch(r"[\w.*-]+(/[\w.*-]*)*", q) and ("/" in q or "." in q)
    ]


def _linked(text: str) -> list[str]:
    return [target for target in re.findall(r"\]\(([^)#]+)[^)]*\)", text) if "://" not in target]


def _exists(path: str) -> bool:
    return any(ROOT.glob(path.rstrip("/"))) and any(
        named(each).startswith(path.split("*", maxsplit=1)[0].rstrip("/")) for each in files()
    )


@pytest.mark.parametrize("path", sorted({*_paths(README), *_linked(README)}))
def test_readme__a_path_it_names__exists(path: str) -> None:
    assert _exists(path)


def test_readme__map__is_the_second_block_and_gives_the_ten_second_answers() -> None:
    blocks = [line for line in README.splitlines() if line.startswith("## ")]
    assert blocks[1] == MAP_HEADING
    rows = README.split(MAP_HEADING)[1].split("\n## ")[0]
    for question, path in ANSWERS.items():
        assert re.search(rf"{question}[^\n]*`{re.escape(path)}`", rows), question


def test_readme__opens_with_two_commands_that_the_makefile_knows() -> None:
    first_block = README.split(MAP_HEADING)[0]
    commands = re.findall(r"^make (\w+)", first_block, re.MULTILINE)
    assert commands == ["demo", "test"]
    makefile = (ROOT / "Makefile").read_text("utf-8")
    assert all(re.search(rf"^{verb}:", makefile, re.MULTILINE) for verb in commands)


def test_readme__has_a_door_for_each_reader() -> None:
    doors = re.findall(r"^- \*\*(\w+)\*\*", README, re.MULTILINE)
    assert doors == ["Member", "Maintainer", "Funder"]
