# SPDX-License-Identifier: AGPL-3.0-only
"""What starts a server on somebody's machine: units and files that name commands, options and
variables which exist, run as nobody, and keep what is secret out of arguments."""

import re
import shlex
import shutil
import subprocess
import sys
from configparser import ConfigParser
from pathlib import Path
from typing import Any

import click
import pytest
import yaml

from millpond.settings import Settings
from tests.house.commands import funders
from tests.house.tree import ROOT

DEPLOY = ROOT / "deploy"
UNITS = sorted(DEPLOY.glob("*.service"))
PROGRAM = "/opt/millpond/.venv/bin/millpond"
HARDENED = {
    "DynamicUser": "yes",
    "NoNewPrivileges": "yes",
    "CapabilityBoundingSet": "",
    "ProtectSystem": "strict",
    "ProtectHome": "yes",
    "PrivateTmp": "yes",
    "PrivateDevices": "yes",
    "RestrictNamespaces": "yes",
    "MemoryDenyWriteExecute": "yes",
    "SystemCallArchitectures": "native",
}
NOT_OURS = {"POSTGRES_PASSWORD", "POSTGRES_USER", "POSTGRES_DB", "DATABASE_URL"}


class _Unit(ConfigParser):
    """A unit: names keep their letters, and the last of several settings is seen."""

    def __init__(self, path: Path) -> None:
        super().__init__(strict=False, interpolation=None, delimiters=("=",))
        self.read(path)

    def optionxform(self, optionstr: str) -> str:
        """As it is written."""
        return optionstr


def _started(unit: Path) -> list[str]:
    words = shlex.split(_Unit(unit)["Service"]["ExecStart"])
    assert words[0] == PROGRAM
    return words[1:]


def _check(words: list[str]) -> None:
    """A command of ours with options that it has, each with a value that it takes."""
    command, left = "millpond", list(words)
    while left and f"{command} {left[0]}" not in funders():
        command, left = f"{command} {left[0]}", left[1:]
    assert left, f"there is no command {' '.join(words)}"
    leaf = funders()[f"{command} {left[0]}"].leaf
    with leaf.make_context(left[0], left[1:], resilient_parsing=False) as context:
        assert isinstance(context, click.Context)


@pytest.mark.parametrize("unit", UNITS, ids=lambda path: path.name)
def test_unit__its_command__exists_with_these_options(unit: Path) -> None:
    _check(_started(unit))


@pytest.mark.parametrize("unit", UNITS, ids=lambda path: path.name)
def test_unit__each__runs_as_nobody_and_may_little(unit: Path) -> None:
    service = _Unit(unit)["Service"]
    assert {name: service[name] for name in HARDENED} == HARDENED


@pytest.mark.parametrize("unit", UNITS, ids=lambda path: path.name)
def test_unit__each__has_its_secrets_in_files_not_in_arguments(unit: Path) -> None:
    words = " ".join(_started(unit))
    assert "--rpc" not in words
    assert "--database" not in words
    assert "EnvironmentFile" in _Unit(unit)["Service"]


def test_units__the_server__is_told_of_no_node_and_reaches_this_machine_only() -> None:
    service = _Unit(DEPLOY / "millpond.service")["Service"]
    assert service["IPAddressDeny"] == "any"
    assert service["IPAddressAllow"] == "localhost"
    assert "sync.env" not in service["EnvironmentFile"]
    assert "MILLPOND_RPC" not in (DEPLOY / "serve.env.example").read_text("utf-8")


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="this machine has no systemd")
def test_units__all__are_understood_by_systemd(tmp_path: Path) -> None:
    """But for the program, which is not where an installed one is."""
    paths = []
    for unit in (*UNITS, *DEPLOY.glob("*.timer")):
        paths.append(tmp_path / unit.name)
        paths[-1].write_text(unit.read_text("utf-8").replace(PROGRAM, sys.executable))
    run = subprocess.run(  # noqa: S603  systemd's own
        ["systemd-analyze", "verify", "--man=no", *map(str, paths)],  # noqa: S607
        capture_output=True,
        text=True,
        check=False,
    )
    ours = [line for line in run.stderr.splitlines() if "millpond" in line]
    assert ours == []


def _variables(text: str) -> set[str]:
    """Set in a file of variables, and those that a comment shows."""
    return set(re.findall(r"^#?([A-Z][A-Z_]+)=", text, re.MULTILINE))


def _known() -> set[str]:
    return {f"MILLPOND_{name.upper()}" for name in Settings.model_fields} | NOT_OURS


@pytest.mark.parametrize("name", ["serve.env.example", "sync.env.example"])
def test_variables__every_one__is_a_setting(name: str) -> None:
    found = _variables((DEPLOY / name).read_text("utf-8"))
    assert found
    assert found <= _known()


@pytest.fixture(scope="module")
def composed() -> Any:
    """The compose file."""
    return yaml.safe_load((DEPLOY / "compose.yaml").read_text("utf-8"))


def test_compose__every_command__exists_with_these_options(composed: Any) -> None:
    ours = {name: each for name, each in composed["services"].items() if "command" in each}
    assert set(ours) == {"sync", "serve", "relay"}
    for each in ours.values():
        _check(list(each["command"]))
        assert set(each.get("environment", {})) <= _known()


def test_compose__our_services__may_write_nowhere_but_in_their_volume(composed: Any) -> None:
    for name in ("sync", "serve", "relay"):
        service = composed["services"][name]
        assert service["read_only"] is True
        assert service["cap_drop"] == ["ALL"]
        assert service["security_opt"] == ["no-new-privileges:true"]


def test_compose__only_the_server__is_reachable_and_only_from_this_machine(composed: Any) -> None:
    services = composed["services"]
    assert [name for name, each in services.items() if "ports" in each] == ["serve"]
    assert services["serve"]["ports"] == ["127.0.0.1:8000:8000"]
    assert composed["networks"]["inside"] == {"internal": True}
    assert "outside" not in services["serve"]["networks"]
    assert services["database"]["networks"] == ["inside"]


def test_compose__the_relay__runs_as_who_owns_its_files(composed: Any) -> None:
    """Files of secrets keep their owner and mode in the container: 600 shuts out all but one."""
    assert composed["services"]["relay"]["user"] == "${RELAY_USER:-10001}"
    image = (DEPLOY / "Containerfile").read_text("utf-8")
    assert re.findall(r"^USER (.*)$", image, re.MULTILINE) == ["10001"]
    head = (DEPLOY / "compose.yaml").read_text("utf-8").partition("\nservices:")[0]
    for secret in composed["secrets"].values():
        assert re.search(rf"chown 10001 .*deploy/{re.escape(secret['file'])}\b", head)


def test_images__each__is_named_without_a_host(composed: Any) -> None:
    text = (DEPLOY / "Containerfile").read_text("utf-8")
    images = re.findall(r"^FROM (\S+)", text, re.MULTILINE)
    images += [each["image"] for each in composed["services"].values()]
    assert images
    assert all(re.fullmatch(r"[a-z]+(:[\w.-]+)?", image) for image in images)


def test_image__its_packages__are_held_against_the_lock() -> None:
    text = (DEPLOY / "Containerfile").read_text("utf-8").replace("\\\n", " ")
    installs = re.findall(r"pip install .*", text)
    assert len(installs) == 2
    assert "--require-hashes" in installs[0]
    assert "--constraint requirements.lock" in installs[1]
    _check(["serve", *re.findall(r'CMD \["serve", (.*)\]', text)[0].replace('"', "").split(", ")])
