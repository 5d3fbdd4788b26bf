# SPDX-License-Identifier: AGPL-3.0-only
"""The bill of materials names all that the locks pin, with every hash, and is always the same."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from scripts import _npm_files, _sbom
from tests.house.tree import ROOT


@pytest.fixture(scope="module")
def document() -> Any:
    return json.loads(_sbom.sbom(ROOT))


def _by_ref(document: Any) -> dict[str, Any]:
    found = {each["bom-ref"]: each for each in document["components"]}
    assert len(found) == len(document["components"])
    return found


def test_sbom__as_a_whole__has_the_form_of_cyclonedx_1_6(document: Any) -> None:
    """Its schema is no part of the project; these are the rules of it that a change may break."""
    assert (document["bomFormat"], document["specVersion"]) == ("CycloneDX", "1.6")
    assert isinstance(document["version"], int)
    assert set(document) == {
        *("$schema", "bomFormat", "specVersion", "version", "metadata", "components"),
    }
    own = document["metadata"]["component"]
    assert own["bom-ref"] not in _by_ref(document)
    for each in (own, *document["components"]):
        assert each["type"] in {"library", "application"}
        assert re.fullmatch(r"pkg:(pypi|npm)/[a-z0-9%@./_-]+@[A-Za-z0-9.%+-]+", each["purl"])
        assert set(each) <= {
            *("type", "bom-ref", "name", "version", "purl", "hashes", "properties", "licenses"),
        }
        for hashed in each.get("hashes", ()):
            assert set(hashed) == {"alg", "content"}
            assert hashed["alg"] == "SHA-256"
            assert re.fullmatch("[0-9a-f]{64}", hashed["content"])
        for said in each.get("properties", ()):
            assert set(said) == {"name", "value"}


@pytest.mark.parametrize("lock", _sbom.PYTHON_LOCKS)
def test_sbom__each_locked_package__is_there_with_every_hash(document: Any, lock: str) -> None:
    """The lock is read here by its lines, not by the pattern that the program uses."""
    found, listed, name = _by_ref(document), 0, ""
    for line in (ROOT / lock).read_text("utf-8").splitlines():
        if not line.startswith(" "):
            package, _, rest = line.partition("==")
            name = f"pkg:pypi/{package}@{rest.split()[0]}"
            assert name in found, f"{name} is in {lock} and not in the bill"
            assert {"name": "millpond:lock", "value": lock} in found[name]["properties"]
            listed += 1
        else:
            content = line.split("sha256:")[1].split()[0]
            assert {"alg": "SHA-256", "content": content} in found[name]["hashes"]
    assert listed > 1


def test_sbom__npm_packages_and_anvil__are_there(document: Any) -> None:
    found = _by_ref(document)
    for place, hashed in _npm_files.entries(ROOT):
        path, version = place.split(" ")
        name = path.rpartition("node_modules/")[2].replace("@", "%40")
        properties = found[f"pkg:npm/{name}@{version}"]["properties"]
        assert {"name": "millpond:files-sha256", "value": hashed} in properties
        assert {"name": "millpond:place", "value": path} in properties
    [line] = (ROOT / "tools.sha256").read_text("utf-8").splitlines()
    anvil = found["pkg:npm/%40foundry-rs/anvil-linux-amd64@1.7.1"]
    assert anvil["type"] == "application"
    assert anvil["hashes"] == [{"alg": "SHA-256", "content": line.split()[0]}]


def test_sbom__nothing__is_there_that_no_lock_names(document: Any) -> None:
    locks = "".join((ROOT / lock).read_text("utf-8") for lock in _sbom.PYTHON_LOCKS)
    npm = (ROOT / "npm.sha256").read_text("utf-8") + (ROOT / "tools.sha256").read_text("utf-8")
    for each in document["components"]:
        if each["purl"].startswith("pkg:pypi/"):
            assert f"{each['name']}=={each['version']}" in locks
        else:
            assert f"node_modules/{each['name']}" in npm


def test_sbom__made_again_elsewhere__is_the_same_bytes(tmp_path: Path) -> None:
    out = tmp_path / "one" / "sbom.cdx.json"
    command = [sys.executable, "-m", "scripts.sbom", "--out", str(out)]
    odd = {"PYTHONHASHSEED": "4711", "LC_ALL": "tr_TR.UTF-8", "TZ": "Pacific/Apia"}
    subprocess.run(command, cwd=ROOT, env=os.environ | odd, check=True, capture_output=True)  # noqa: S603
    assert out.read_bytes() == _sbom.sbom(ROOT)
