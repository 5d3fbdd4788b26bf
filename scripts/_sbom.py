# SPDX-License-Identifier: AGPL-3.0-only
"""Every package and binary that the project is built, tested or run with, as CycloneDX 1.6.

It is read from the locks alone, so that it says the same on every machine and names what is pinned,
not what happens to be installed. docs/decisions/0015-what-we-publish-of-a-build.md says why.
"""

import json
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

from scripts._npm_files import entries

PYTHON_LOCKS = ("requirements.lock", "requirements-tools.lock", "tests/proofs/requirements.lock")
BINARIES = "tools.sha256"

_PIN = re.compile(r"([a-z0-9][a-z0-9.-]*)==([^ ;\\]+)")
_HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")

Component = dict[str, Any]


def sbom(root: Path) -> bytes:
    """The document, always the same for the same locks: no time, no serial number."""
    found: dict[str, Component] = {}
    for component in (*_python(root), *_npm(root), *_binaries(root)):
        known = found.setdefault(component["bom-ref"], component)
        _join(known, component)
    project = tomllib.loads((root / "pyproject.toml").read_text("utf-8"))["project"]
    own = _component("library", project["name"], project["version"], "pypi")
    own["licenses"] = [{"license": {"id": project["license"]}}]
    document = {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {"component": own},
        "components": [found[ref] for ref in sorted(found)],
    }
    return (json.dumps(document, indent=1, sort_keys=True, ensure_ascii=False) + "\n").encode()


def _python(root: Path) -> Iterator[Component]:
    """Each with the hash of every archive that may be installed, one for each platform."""
    for lock in PYTHON_LOCKS:
        for entry in (root / lock).read_text("utf-8").replace("\\\n", " ").splitlines():
            pin = _PIN.match(entry)
            if pin is None:
                continue
            component = _component("library", pin[1], pin[2], "pypi")
            component["hashes"] = [_sha256(each) for each in sorted(set(_HASH.findall(entry)))]
            component["properties"] = [_property("lock", lock)]
            yield component


def _npm(root: Path) -> Iterator[Component]:
    """Each with the hash of its files, which is none of an archive and so stands apart."""
    for place, hashed in entries(root):
        path, _, version = place.rpartition(" ")
        name = path.rpartition("node_modules/")[2]
        component = _component("library", name, version, "npm")
        component["properties"] = [_property("files-sha256", hashed), _property("place", path)]
        yield component


def _binaries(root: Path) -> Iterator[Component]:
    versions = json.loads((root / "package.json").read_bytes())["devDependencies"]
    for line in (root / BINARIES).read_text("utf-8").splitlines():
        hashed, path = line.split("  ")
        package = path.removeprefix("node_modules/").removesuffix("/bin/anvil")
        component = _component("application", package, versions["@foundry-rs/anvil"], "npm")
        component["hashes"] = [_sha256(hashed)]
        component["properties"] = [_property("file", path)]
        yield component


def _component(kind: str, name: str, version: str, where: str) -> Component:
    purl = f"pkg:{where}/{quote(name, safe='/')}@{quote(version, safe='')}"
    return {"type": kind, "bom-ref": purl, "name": name, "version": version, "purl": purl}


def _sha256(content: str) -> dict[str, str]:
    return {"alg": "SHA-256", "content": content}


def _property(name: str, value: str) -> dict[str, str]:
    return {"name": f"millpond:{name}", "value": value}


def _join(known: Component, more: Component) -> None:
    """One package that is in several locks or folders is one component."""
    for key in ("hashes", "properties"):
        fresh = [each for each in more.get(key, ()) if each not in known.get(key, ())]
        if fresh:
            known[key] = sorted(
                [*known.get(key, ()), *fresh], key=lambda each: sorted(each.items())
            )
