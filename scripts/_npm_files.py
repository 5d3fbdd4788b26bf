# SPDX-License-Identifier: AGPL-3.0-only
"""Whether the npm packages that are installed are, file for file, those of npm.sha256.

    python -m scripts._npm_files check node_modules      exit 1 and say which package is not
    python -m scripts._npm_files write                   write npm.sha256 anew, after a review

npm's own lock names the registry that it was made with, and not every registry tells npm the hash
of a package. So this list is ours: for each package the sha256 of what `sha256sum` would print of
all its files. No script of a package has run before it is checked (.npmrc). It needs nothing but
Python: setup runs it first of all.
"""

import hashlib
import json
import sys
from collections.abc import Iterator
from pathlib import Path

LIST = "npm.sha256"
WRITE = ".venv/bin/python -m scripts._npm_files write"
FOLDERS = (
    "node_modules",
    "frontend/node_modules",
    "bench/peers/node_modules",
    "bench/mirror/peer/node_modules",
    "tests/proofs/node_modules",
)


def installed(folder: Path) -> Iterator[Path]:
    """Every package under a node_modules, however deep. A link leads to a folder of ours."""
    if not folder.is_dir():
        return
    for entry in sorted(folder.iterdir()):
        if entry.name.startswith(".") or entry.is_symlink():
            continue
        for package in sorted(entry.iterdir()) if entry.name.startswith("@") else [entry]:
            if not (package.is_symlink() or _is_apart(package)):
                yield package
                yield from installed(package / "node_modules")


def line_of(package: Path, root: Path) -> tuple[str, str]:
    """A package's place with its version, and its hash."""
    version = _about(package).get("version", "")
    return f"{package.relative_to(root).as_posix()} {version}", _hash(package)


def wrong(root: Path, folder: str) -> list[str]:
    """What is not as listed, package by package."""
    listed = {place: hashed for place, hashed in entries(root) if _within(place, folder)}
    here = dict(line_of(package, root) for package in installed(root / folder))
    strange = [f"{place} is not in {LIST}" for place in here.keys() - listed.keys()]
    missing = [f"{place} is missing" for place in listed.keys() - here.keys()]
    both = here.keys() & listed.keys()
    changed = [f"{place} has other files" for place in both if here[place] != listed[place]]
    return sorted(strange + missing + changed)


def entries(root: Path) -> list[tuple[str, str]]:
    """The list: place and version, hash."""
    lines = (root / LIST).read_text("utf-8").splitlines()
    return [(place, hashed) for hashed, _, place in (line.partition("  ") for line in lines)]


def _is_apart(package: Path) -> bool:
    """Anvil's binary, which each platform has its own of, is compared with tools.sha256."""
    return package.parent.name == "@foundry-rs" and package.name.startswith("anvil-")


def _within(place: str, folder: str) -> bool:
    return place.startswith(f"{folder}/")


def _about(package: Path) -> dict[str, str]:
    try:
        found: dict[str, str] = json.loads((package / "package.json").read_bytes())
    except (OSError, ValueError):
        return {}
    return found


def _hash(package: Path) -> str:
    lines = []
    for path in package.rglob("*"):
        name = path.relative_to(package)
        if "node_modules" in name.parts or not (path.is_file() or path.is_symlink()):
            continue
        content = str(path.readlink()).encode() if path.is_symlink() else path.read_bytes()
        lines.append(f"{hashlib.sha256(content).hexdigest()}  {name.as_posix()}\n")
    return hashlib.sha256("".join(sorted(lines, key=lambda x: x[66:])).encode()).hexdigest()


def main(arguments: list[str]) -> int:
    """Check one folder, or write the list of all of them."""
    root = Path.cwd()
    if arguments == ["write"]:
        found = dict(entries(root)) if (root / LIST).exists() else {}
        for folder in FOLDERS:
            if (root / folder).is_dir():
                found = {place: h for place, h in found.items() if not _within(place, folder)}
                found |= dict(line_of(package, root) for package in installed(root / folder))
        text = "".join(f"{hashed}  {place}\n" for place, hashed in sorted(found.items()))
        (root / LIST).write_text(text, "utf-8")
        return 0
    found_wrong = wrong(root, Path(arguments[1]).as_posix())
    for each in found_wrong:
        print(each, file=sys.stderr)
    if found_wrong:
        print(f"If you meant to change a package, review it, then: {WRITE}", file=sys.stderr)
    return 1 if found_wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
