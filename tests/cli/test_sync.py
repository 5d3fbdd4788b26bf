# SPDX-License-Identifier: AGPL-3.0-only
"""`millpond sync` as its users run it."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from millpond.core.subjects import to_hex
from millpond.mirror import store
from tests.chain.coop import Story
from tests.cli.conftest import Ran

Run = Callable[..., Ran]


def options(paid: Story, path: Path) -> list[object]:
    """What every run here is told."""
    return ["sync", "--hub", paid.coop.hub.address, "--rpc", paid.url, "--database", path]


def test_sync__once__a_mirror_of_all(millpond: Run, paid: Story, tmp_path: Path) -> None:
    path = tmp_path / "mirror.db"
    ran = millpond(*options(paid, path), "--once")
    head = paid.coop.client.block()
    assert ran.status == 0, ran.err
    assert f"events up to block {head.number} ({to_hex(head.hash)})" in ran.out
    again = millpond(*options(paid, path), "--once", "--json").json
    with store.connect(path, writes=False) as db:
        count = db.execute("SELECT count(*) FROM events").fetchone()[0]
    assert again == {"block_number": head.number, "block_hash": to_hex(head.hash), "events": count}


def test_sync__another_hub__refused_with_the_next_step(
    millpond: Run, paid: Story, tmp_path: Path
) -> None:
    path = tmp_path / "mirror.db"
    millpond(*options(paid, path), "--once")
    ran = millpond(*options(paid, path), "--once", "--from-block", 2)
    assert ran.status == 3
    assert "--rebuild" in ran.err
    assert millpond(*options(paid, path), "--once", "--from-block", 2, "--rebuild").status == 0


def test_sync__no_hub_and_no_record__refused(millpond: Run, paid: Story, tmp_path: Path) -> None:
    ran = millpond("sync", "--rpc", paid.url, "--once", "--database", tmp_path / "mirror.db")
    assert ran.status == 3
    assert "give it with --hub" in ran.err
    assert not (tmp_path / "mirror.db").exists()


def test_sync__no_contract_at_the_hub__refused(millpond: Run, paid: Story, tmp_path: Path) -> None:
    nobody = "0x" + "11" * 20
    ran = millpond("sync", "--rpc", paid.url, "--hub", nobody, "--database", tmp_path / "m.db")
    assert ran.status == 3
    assert f"there is no contract at {nobody}" in ran.err


def test_sync__following__keeps_up_until_it_is_told_to_end(paid: Story, tmp_path: Path) -> None:
    path = tmp_path / "mirror.db"
    command = [sys.executable, "-m", "millpond", *map(str, options(paid, path)), "--poll", "0.1"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603
        assert process.stdout is not None
        try:
            head = paid.coop.client.block().number
            while f"block {head} of {head}" not in process.stdout.readline():
                assert process.poll() is None
            deadline = time.monotonic() + 20
            while _checked_at(path) == 0:
                assert time.monotonic() < deadline
                time.sleep(0.05)
        finally:
            os.kill(process.pid, signal.SIGINT)
        assert process.wait(20) == 130


def _checked_at(path: Path) -> int:
    with store.connect(path, writes=False) as db:
        return int(db.execute("SELECT checked_at FROM worker").fetchone()[0])
