# SPDX-License-Identifier: AGPL-3.0-only
"""What Git keeps is ours, is text, and says nothing of the machine that it was written on."""

import re
import subprocess
from pathlib import Path

from tests.house.tree import ROOT, files, named

# Folders of one person's machine, and the folder beside the project that only its authors have.
OUTSIDE = re.compile(r"(/home|/Users|/root)/\w|[A-Z]:\\\\?Users|\.\./shared")
# Where and as what tools leave what they make.
MADE_BY_TOOLS = {
    *("__pycache__", "node_modules", "dist", "build", "coverage", "htmlcov", "venv", "out"),
    *(".venv", ".cache", ".build", ".demo", ".idea", ".vscode", ".hypothesis"),
}
LEFT_OVER = {
    *(".pyc", ".pyo", ".so", ".log", ".tmp", ".bak", ".orig", ".rej", ".swp", ".db", ".sqlite"),
    *(".egg-info", ".whl", ".gz", ".zip", ".DS_Store"),
}
MOST_BYTES = 400_000
# Files of other programs, packed as those programs pack them.
AS_FOUND = ROOT / "tests" / "vectors" / "sourcecred"


def _git(*arguments: str) -> list[str]:
    command = ["git", *arguments, "-z"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, check=True).stdout  # noqa: S603
    return [name for name in listed.decode().split("\0") if name]


def _ours() -> list[Path]:
    return [path for path in files() if not path.is_relative_to(AS_FOUND)]


def _text(path: Path) -> str:
    return path.read_text("utf-8", errors="replace")


def test_files__any__names_no_folder_outside_the_project() -> None:
    own = Path(__file__)
    naming = [named(path) for path in files() if path != own and OUTSIDE.search(_text(path))]
    assert naming == []


def test_files__any__names_neither_this_checkout_nor_this_home() -> None:
    # A folder directly under the root, such as /app, is a word that may stand anywhere.
    places = [str(place) for place in (ROOT, Path.home()) if len(place.parts) > 2]
    naming = [named(path) for path in files() for place in places if place in _text(path)]
    assert naming == []


def test_git__tracks__nothing_that_is_ignored() -> None:
    assert _git("ls-files", "--cached", "--ignored", "--exclude-standard") == []


def test_files__none__was_left_over_by_a_tool() -> None:
    made = [
        named(path)
        for path in _ours()
        if MADE_BY_TOOLS & set(path.relative_to(ROOT).parts)
        or path.suffix in LEFT_OVER
        or path.name in LEFT_OVER
    ]
    assert made == []


def test_files__each__is_text_of_a_size_that_people_read_or_tools_check() -> None:
    odd = [
        named(path)
        for path in _ours()
        if path.stat().st_size > MOST_BYTES or b"\0" in path.read_bytes()
    ]
    assert odd == []


def test_files__each__is_utf_8_and_ends_its_last_line() -> None:
    odd = []
    for path in _ours():
        data = path.read_bytes()
        data.decode("utf-8")
        # A canonical document ends with its last brace.
        if data and path.suffix != ".json" and not data.endswith(b"\n"):
            odd.append(named(path))
    assert odd == []


def test_vectors__of_other_programs__stay_small() -> None:
    sizes = [path.stat().st_size for path in files() if path.is_relative_to(AS_FOUND)]
    assert max(sizes) <= MOST_BYTES
    assert sum(sizes) <= 10 * MOST_BYTES
