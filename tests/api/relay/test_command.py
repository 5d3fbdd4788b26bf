# SPDX-License-Identifier: AGPL-3.0-only
"""`millpond relay`, and the options of `millpond serve`: what they are told, what they refuse."""

import json
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner
from eth_account import Account

from millpond.api.relay.child import RelayProcess
from millpond.cli import cli, run
from millpond.cli.relay import relay_options
from millpond.mirror.stores import Url
from millpond.mirror.stores.kept import keeping
from millpond.settings import environment_of_a_child
from tests.api.relay.yard import Yard
from tests.chain.coop import FOUNDERS

NODE = environment_of_a_child("http://secret@node")


def test_process__its_command__names_all_but_the_node_and_a_database_with_a_password() -> None:
    known = RelayProcess(
        Path("mirror.db"), NODE, "0xhub", Path("k.json"), Path("p"), None, "0.02", 5.0
    )
    assert known.command[1:] == [
        *("-m", "millpond", "relay", "--database", "mirror.db", "--hub", "0xhub"),
        *("--keystore", "k.json", "--password-file", "p", "--daily", "0.02", "--linger", "5.0"),
    ]
    server = RelayProcess(Url("postgresql://me:secret@host/db"), NODE, dev_account=3)
    assert server.command[1:] == ["-m", "millpond", "relay", "--dev-account", "3"]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--relay",), "relaying needs a node"),
        (("--relay", "--rpc", "http://127.0.0.1:1"), "the relay's keyfile or the file with its"),
        (("--relay", "--rpc", "http://127.0.0.1:1", "--relay-keystore", "k"), "password"),
    ],
)
def test_serve__with_half_a_relay__says_what_is_missing(
    options: tuple[str, ...], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["serve", "--port", "0", *options]) == 3
    assert said in capsys.readouterr().err


@pytest.mark.parametrize(
    ("missing", "said"),
    [
        ("relay.json", "the keyfile {path} cannot be read (FileNotFoundError)"),
        ("password", "the password file {path} cannot be read (FileNotFoundError)"),
        ("nothing", "other users may read the password file"),
    ],
)
def test_serve__with_key_files_that_are_not_there__refuses_before_it_serves(
    missing: str, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in {"relay.json", "password"} - {missing}:
        (tmp_path / name).write_text("{}", "utf-8")
        (tmp_path / name).chmod(0o600 if missing != "nothing" else 0o644)
    keystore = ("--relay-keystore", str(tmp_path / "relay.json"))
    files = (*keystore, "--relay-password-file", str(tmp_path / "password"))
    where = ("--rpc", "http://127.0.0.1:1", "--database", str(tmp_path / "mirror.db"))
    assert run(["serve", "--port", "0", *where, "--relay", *files]) == 3
    told = capsys.readouterr()
    assert said.format(path=tmp_path / missing) in told.err
    assert "Serving" not in told.out


def test_serve__every_option_of_the_relay__stands_in_its_help() -> None:
    @click.command()
    @relay_options
    def only(**_: Any) -> None:
        pass

    text = CliRunner().invoke(cli, ["serve", "--help"]).output
    assert all(option.opts[0] in text for option in only.params)


def _relay(yard: Yard, *options: str) -> list[str]:
    place = str(yard.folder / "mirror.db")
    return [
        *("relay", "--rpc", yard.url, "--hub", yard.coop.hub.address, "--database", place),
        *options,
    ]


def test_relay__a_wrong_password_an_open_file_or_no_key__is_refused_and_shows_nothing(
    yard: Yard, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    key, password = "5e" * 32, "right"
    keyfile, secret = tmp_path / "relay.json", tmp_path / "password"
    encrypted = Account.encrypt(bytes.fromhex(key), password, iterations=2)
    keyfile.write_text(json.dumps(encrypted), "utf-8")
    secret.write_text("wrong", "utf-8")
    files = ("--keystore", str(keyfile), "--password-file", str(secret))
    assert run(_relay(yard)) == 3
    assert "no keyfile is named" in capsys.readouterr().err
    secret.chmod(0o644)
    assert run(_relay(yard, *files)) == 3
    assert "other users may read the password file" in capsys.readouterr().err
    secret.chmod(0o600)
    assert run(_relay(yard, *files)) == 3
    told = capsys.readouterr()
    assert "does not open: wrong password" in told.err
    assert key not in told.err + told.out


def test_relay__while_another_one_lives__is_refused(
    yard: Yard, capsys: pytest.CaptureFixture[str]
) -> None:
    with keeping(yard.folder / "mirror.db") as db, db.alone("relay"):
        assert run(_relay(yard, "--dev-account", "30")) == 3
    assert "another program holds" in capsys.readouterr().err


def test_relay__a_hub_that_is_none__is_refused(
    yard: Yard, capsys: pytest.CaptureFixture[str]
) -> None:
    command = _relay(yard, "--dev-account", "30")
    command[command.index("--hub") + 1] = FOUNDERS[0].address
    assert run(command) == 3
    assert "there is no contract at" in capsys.readouterr().err


def test_relay__a_budget_that_is_no_amount__is_refused(
    yard: Yard, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(_relay(yard, "--dev-account", "30", "--daily", "1e3")) == 3
    assert "1e3" in capsys.readouterr().err
