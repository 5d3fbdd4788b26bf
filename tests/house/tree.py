# SPDX-License-Identifier: AGPL-3.0-only
"""What the tests of the house look at: the project's own files, as Git knows them."""

import ast
import subprocess
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
CONTRACTS = ROOT / "contracts"
PACKAGE = ROOT / "backend" / "millpond"


@cache
def files() -> tuple[Path, ...]:
    """Every file that is in the project or about to be: tracked, or new and not ignored."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, check=True).stdout  # noqa: S603
    paths = [ROOT / name for name in listed.decode().split("\0") if name]
    return tuple(path for path in sorted(paths) if path.is_file())


def named(path: Path) -> str:
    """A path as people write it, from the project's root."""
    return path.relative_to(ROOT).as_posix()


def python_files() -> list[Path]:
    """All Python sources."""
    return [path for path in files() if path.suffix == ".py"]


def contract_files() -> list[Path]:
    """Deployable contracts and modules; no mocks, no interfaces."""
    rooms = (CONTRACTS, CONTRACTS / "modules")
    return [path for path in files() if path.suffix == ".vy" and path.parent in rooms]


def interface_files() -> list[Path]:
    """What one contract may call on another."""
    return [path for path in files() if path.suffix == ".vyi"]


def deployables() -> list[str]:
    """The names of the contracts that people deploy."""
    return [path.stem for path in contract_files() if path.parent == CONTRACTS]


def lines_of(text: str) -> int:
    """Lines that say something; the quotes that open or close a docstring say nothing."""
    return sum(1 for line in text.splitlines() if line.strip() not in {"", '"""'})


@cache
def parsed(path: Path) -> ast.Module:
    """A Python source as a tree."""
    return ast.parse(path.read_text("utf-8"), named(path))
