# SPDX-License-Identifier: AGPL-3.0-only
"""docs/THREATS.md names every row once, and tests that exist; each attack tells its story and can
bite.
"""

import ast
import re
from pathlib import Path

import pytest

from tests.house.tree import ROOT

PAGE = (ROOT / "docs" / "THREATS.md").read_text("utf-8")
ATTACKS = sorted((ROOT / "tests" / "attacks").glob("test_*.py"))
ROW = re.compile(r"^\| ([TI]\d\d) \|(.*)\|$", re.MULTILINE)
INCIDENT = re.compile(r"^\| (\d+) \|(.*)\|$", re.MULTILINE)
NAMED = re.compile(r"`((?:tests|contracts|backend|scripts|bench|docs)/[^`]+|modules/[^`]+)`")
STATUS = re.compile(r"^(held|limit|open: .+)$")
STORY = ("Who and what for:", "In the world:", "The defence:")

# Attack tests without a weakened copy, and why. Nothing else may be in tests/attacks.
WITHOUT_A_COPY: dict[str, str] = {}


def test_rows__of_the_threats_and_invariants__are_all_there_once_in_order() -> None:
    rows = [name for name, _ in ROW.findall(PAGE)]
    assert rows == [f"T{n:02}" for n in range(1, 82)] + [f"I{n:02}" for n in range(1, 49)]
    incidents = [int(number) for number, _ in INCIDENT.findall(PAGE)]
    assert incidents == sorted(set(incidents))


def test_rows__of_the_threats__say_where_they_stand() -> None:
    for name, row in ROW.findall(PAGE):
        cells = [cell.strip() for cell in row.split("|")]
        assert all(cells), f"{name} has an empty cell"
        if name.startswith("T"):
            assert len(cells) == 4, name
            assert STATUS.match(cells[3]), f"{name}: {cells[3]}"
            tested = NAMED.search(cells[2]) is not None
            assert tested or cells[3] != "held", f"{name} is held, and no test is named"


@pytest.mark.parametrize("name", sorted(set(NAMED.findall(PAGE))))
def test_names__on_the_page__are_of_files_and_tests_that_exist(name: str) -> None:
    path, _, function = name.partition("::")
    folder = ROOT / "contracts" if path.startswith("modules/") else ROOT
    found = list(folder.glob(path))
    assert found, f"{path} is not there"
    if function:
        tree = ast.parse(found[0].read_text("utf-8"))
        functions = {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
        assert function in functions, f"{path} has no {function}"


@pytest.mark.parametrize("file", ATTACKS, ids=lambda file: file.stem)
def test_attack__each_file__is_on_the_page_with_a_story_and_a_weakened_copy(file: Path) -> None:
    name = file.relative_to(ROOT).as_posix()
    assert f"`{name}" in PAGE, f"{name} is in no row"
    text = file.read_text("utf-8")
    story = ast.get_docstring(ast.parse(text)) or ""
    number = re.match(r"test_(t\d\d|incident_\d\d)_", file.name)
    assert number, f"{file.name} does not say which row it is of"
    said = number.group(1).capitalize().replace("_0", " ").replace("_", " ")
    assert story.startswith(f"{said}: "), f"{file.name} tells of another row"
    missing = [part for part in STORY if part not in story]
    assert not missing, f"{file.name} does not tell: {missing}"
    weakens = re.search(r"\b(weakened|on_both)\(", text) is not None
    assert weakens != (file.stem in WITHOUT_A_COPY), f"{file.name} cannot bite"
