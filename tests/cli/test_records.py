# SPDX-License-Identifier: AGPL-3.0-only
"""A record of deployment that does not fit: nobody needs one who names a Hub or a document."""

from collections.abc import Callable
from pathlib import Path

import pytest

from millpond.chain import deployments
from millpond.chain.deployments import Record
from tests.chain.coop import Story
from tests.chain.nodes import CHAIN_ID
from tests.cli.conftest import Ran

Run = Callable[..., Ran]
ANOTHER = "was made on another chain with the number 1337 than the one the node serves"


@pytest.fixture(params=["another chain", "no record"])
def unfit(request: pytest.FixtureRequest) -> str:
    """A record where commands look for one, that they cannot use; what is said of it."""
    folder = Path("deployments")  # of the working directory, which is the test's own
    if request.param == "another chain":
        deployments.save(folder, Record(chain_id=CHAIN_ID, genesis_hash="0x" + "11" * 32))
        return ANOTHER
    folder.mkdir()
    (folder / f"{CHAIN_ID}.json").write_text("{}\n", "utf-8")
    return "cannot be used"


def commands(paid: Story, published: Path) -> dict[str, list[object]]:
    """Those that need no record of ours."""
    named = ["--hub", paid.coop.hub.address, "--pool", "credsperiment"]
    return {
        "verify": ["verify", "distribution", published],
        "explain": ["explain", "decentralion", "--document", published],
        "books": ["books", "check", *named],
        "sync": ["sync", "--once", "--hub", paid.coop.hub.address, "--database", "mirror.db"],
    }


@pytest.mark.parametrize("name", ["verify", "explain", "books", "sync"])
def test_record__that_does_not_fit__is_passed_over_and_said_once(
    millpond: Run, paid: Story, published: Path, unfit: str, name: str
) -> None:
    command = commands(paid, published)[name]
    ran = millpond(*command, "--rpc", paid.url)
    assert ran.status == 0, ran.out + ran.err
    assert ran.err.count("Passed over: the record deployments/1337.json") == 1
    assert unfit in ran.err
    assert millpond(*command, "--rpc", paid.url, "--json").json


def test_record__that_does_not_fit__names_no_hub(millpond: Run, paid: Story, unfit: str) -> None:
    ran = millpond("books", "check", "--pool", "credsperiment", "--rpc", paid.url)
    assert ran.status == 3
    assert unfit in ran.err
    assert "no Hub is named, and there is no record of one that fits this chain" in ran.err
    assert "give it with --hub" in ran.err


@pytest.mark.parametrize("name", ["verify", "explain", "books", "sync"])
def test_record__chosen_by_its_folder__has_to_fit(
    millpond: Run, paid: Story, published: Path, tmp_path: Path, name: str
) -> None:
    other = Record(chain_id=CHAIN_ID, genesis_hash="0x" + "11" * 32)
    deployments.save(tmp_path / "other", other)
    command = commands(paid, published)[name]
    ran = millpond(*command, "--rpc", paid.url, "--deployments", tmp_path / "other")
    assert ran.status == 3
    assert ANOTHER in ran.err
    assert "--deployments" in ran.err
