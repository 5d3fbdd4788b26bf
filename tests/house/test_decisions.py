# SPDX-License-Identifier: AGPL-3.0-only
"""Decisions are numbered, dated, and say from where, what, and by which figures."""

import re
from datetime import date
from pathlib import Path

import pytest

from tests.house.tree import ROOT, files, named

FOLDER = ROOT / "docs" / "decisions"
DECISIONS = [path for path in files() if path.parent == FOLDER]

decisions = pytest.mark.parametrize("path", DECISIONS, ids=named)


def test_decisions__their_numbers__run_from_one_without_a_gap() -> None:
    assert all(re.fullmatch(r"\d{4}-[a-z0-9-]+\.md", path.name) for path in DECISIONS)
    numbers = [int(path.name[:4]) for path in DECISIONS]
    assert numbers == list(range(1, len(DECISIONS) + 1))
    assert numbers


@decisions
def test_decision__begins_with__its_number_a_title_and_a_date(path: Path) -> None:
    title, blank, day, *_ = path.read_text("utf-8").splitlines()
    assert re.fullmatch(rf"# {path.name[:4]}: \S.*", title)
    assert blank == ""
    date.fromisoformat(day)


@decisions
def test_decision__says__from_where_what_and_by_which_figures(path: Path) -> None:
    text = path.read_text("utf-8")
    assert _has(text, "Context")
    assert _has(text, "Choice")
    assert _has(text, "Measured") or re.search(r"^\|.*\d.*\|$", text, re.MULTILINE)


def _has(text: str, part: str) -> bool:
    """Whether a decision has such a part, under a heading or behind its name in bold."""
    return re.search(rf"^(?:\*\*|## ){part}\b", text, re.MULTILINE) is not None
