# SPDX-License-Identifier: AGPL-3.0-only
"""The one place that reads the environment."""

import ast
from pathlib import Path

import pytest

from millpond import settings
from millpond.core.errors import ParameterError
from tests.chain.nodes import ROOT


def test_load__nothing_set__defaults() -> None:
    found = settings.load()
    assert found.rpc is None
    assert found.deployments == Path("deployments")
    assert (found.rpc_tries, found.max_fee_gwei) == (4, 200)


def test_load__set__read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MILLPOND_RPC", "http://127.0.0.1:1/canary")
    monkeypatch.setenv("MILLPOND_RPC_TRIES", "7")
    found = settings.load()
    assert (found.rpc, found.rpc_tries) == ("http://127.0.0.1:1/canary", 7)
    assert "canary" not in repr(found)


@pytest.mark.parametrize(
    ("name", "value"),
    [("RPC_TRIES", "many"), ("RPC_TRIES", "0"), ("MAX_FEE_GWEI", "-1"), ("LOG_BLOCKS", "canary")],
)
def test_load__unusable__named_without_its_value(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(f"MILLPOND_{name}", value)
    with pytest.raises(ParameterError, match=f"MILLPOND_{name}") as caught:
        settings.load()
    assert "canary" not in str(caught.value)


def test_environment__read_nowhere_else_in_the_package() -> None:
    for path in (ROOT / "backend" / "millpond").rglob("*.py"):
        if path.name == "settings.py":
            continue
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Attribute):
                assert node.attr not in ("environ", "getenv"), path
