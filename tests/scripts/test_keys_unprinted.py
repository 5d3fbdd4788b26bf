# SPDX-License-Identifier: AGPL-3.0-only
"""A key and its passphrase go through every command that signs, and nobody sees them.

The account is a keyfile of ape's, as a maintainer has one. Whatever a command prints, logs (at the
most talkative level), raises or writes is searched for both, in every spelling.
"""

import base64
import importlib
import json
import logging
import re
import traceback
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from ape import accounts
from ape.logging import logger
from click.testing import CliRunner, Result
from eth_account import Account

from millpond.chain.client import Client
from scripts._ape import ApeSigner
from scripts._stage import POOL
from tests.house.commands import scripts
from tests.house.tree import named, python_files
from tests.scripts.every import acting, typed
from tests.scripts.town import Town

pytestmark = [
    pytest.mark.filterwarnings("ignore:unclosed <socket:ResourceWarning"),
    pytest.mark.filterwarnings(
        "ignore:Exception ignored in. <socket:pytest.PytestUnraisableExceptionWarning"
    ),
]
ALIAS = "canary"
MEMBER = 3
PASSPHRASE = "canary-passphrase-7d1f"  # noqa: S105  a test's own
WRONG = "canary-mistyped-90ab"
# ape asks whether to sign, then for the passphrase (unseen), then whether to stay unlocked.
UNLOCKED = f"y\n{PASSPHRASE}\nn\n" * 3
MISTYPED = f"y\n{WRONG}\n"
# Keys that everybody knows, for chains of this machine: the one mnemonic, and where it is used.
KNOWN_KEYS = {"backend/millpond/chain/signers.py", "scripts/_devchain_chain.py"}


def spellings() -> set[bytes]:
    """The key (of a member of the town), and both passphrases, as anything could print them."""
    key = keys()
    raw = [key, PASSPHRASE.encode(), WRONG.encode()]
    found = {repr(key)[2:-1].encode(), str(int.from_bytes(key)).encode(), key[::-1].hex().encode()}
    found.add(", ".join(str(each) for each in key).encode())
    for each in raw:
        found |= {each, each.hex().encode(), base64.b64encode(each).rstrip(b"=")}
        found.add(base64.urlsafe_b64encode(each).rstrip(b"="))
    return found


def keys() -> bytes:
    """Of the member with the keyfile: derived here, since no signer gives it away."""
    Account.enable_unaudited_hdwallet_features()
    words = "test test test test test test test test test test test junk"
    return bytes(Account.from_mnemonic(words, account_path=f"m/44'/60'/0'/0/{MEMBER}").key)


def shown(*texts: bytes) -> list[bytes]:
    """The spellings that are in any of these, in capitals or not."""
    whole = b"\n".join(texts)
    lower = whole.lower()
    return [each for each in spellings() if each in whole or each.lower() in lower]


@pytest.fixture(scope="module")
def keyfile(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """An account of ape's, in a folder of these tests; ape remembers an account it has loaded."""
    folder = tmp_path_factory.mktemp("accounts")
    path = folder / f"{ALIAS}.json"
    path.write_text(json.dumps(Account.encrypt(keys(), PASSPHRASE, iterations=2)))
    with pytest.MonkeyPatch.context() as patch:
        kind = type(accounts.containers["accounts"])
        patch.setattr(kind, "data_folder", folder)
        patch.setattr(kind, "loaded_accounts", {})
        yield path


class Ear:
    """All that one run let out."""

    def __init__(self, town: Town, caplog: pytest.LogCaptureFixture) -> None:
        self.town, self._log = town, caplog

    def run(self, name: str, *line: str, given: str = UNLOCKED, lock: bool = True) -> Result:
        """One command with that account, its passphrase and its yeses typed."""
        self._log.clear()
        if lock:
            accounts.load(ALIAS).lock()
        script, *sub = name.split()
        whole = [*sub, *line, "--account", ALIAS]
        whole += ["--network", f"ethereum:local:{self.town.stage.url}"]
        whole += ["--deployments", str(self.town.stage.folder / "deployments")]
        return CliRunner().invoke(_command(script), whole, input=given)

    def heard(self, result: Result) -> list[bytes]:
        """What of the secrets is in what it printed, logged, raised or wrote."""
        texts = [result.output.encode(), self._log.text.encode()]
        texts += [repr(vars(record)).encode() for record in self._log.records]
        error: BaseException | None = result.exception
        while error is not None:
            texts += [line.encode() for line in traceback.format_exception(error)]
            texts += [repr(error).encode(), repr(error.args).encode()]
            error = error.__cause__ or error.__context__
        roots = (self.town.papers, self.town.stage.folder)
        for root in roots:
            # the keyfile itself is locked; all else is looked at
            texts += [path.read_bytes() for path in root.rglob("*") if path.is_file()]
        return shown(*texts)


def _command(script: str) -> click.Command:
    command: click.Command = importlib.import_module(f"scripts.{script}").cli
    return command


@pytest.fixture
def ear(
    town: Town, keyfile: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Ear]:
    assert keyfile.exists()
    monkeypatch.chdir(town.papers)  # where commands leave their papers unless told
    caplog.set_level(logging.DEBUG)
    level = logger.level
    logger.set_level(logging.DEBUG)
    yield Ear(town, caplog)
    logger.set_level(level)


def test_ear__hears__each_spelling_wherever_it_is(ear: Ear) -> None:
    """The search itself: it finds what is there."""
    for each in spellings():
        assert shown(b"some " + each + b" more") != []
    quiet = ear.run("pool leave", "--pool", POOL)
    assert ear.heard(quiet) == []
    (ear.town.papers / "note").write_bytes(b"x" + keys().hex().upper().encode())
    assert ear.heard(quiet) == [keys().hex().encode()]
    (ear.town.papers / "note").unlink()
    logging.getLogger("ape").warning("%s", PASSPHRASE)
    assert ear.heard(quiet) == [PASSPHRASE.encode()]
    assert shown(b"nothing", keys()[:31]) == []


@pytest.mark.parametrize("name", acting())
def test_command__signs_is_refused_or_is_given_a_wrong_passphrase__shows_no_key(
    name: str, ear: Ear
) -> None:
    line = typed(acting()[name], ear.town)
    assert ear.heard(ear.run(name, *line, given=MISTYPED)) == []
    assert ear.heard(ear.run(name, *line)) == []


@pytest.mark.parametrize(
    ("name", "line", "left"),
    [
        ("pool leave", ("--send", "--yes"), "a transaction"),
        ("pool propose expel", ("--text", "Why", "--send", "--yes"), "a transaction"),
        ("pool invite", ("--yes",), "a signature"),
    ],
)
def test_command__that_succeeds__signs_with_the_keyfile_and_shows_no_key(
    ear: Ear, name: str, line: tuple[str, ...], left: str
) -> None:
    """So that the runs above do not all end before the passphrase is asked for."""
    town = ear.town
    more = {
        "pool propose expel": ("--member", town.address(5)),
        "pool invite": ("--candidate", town.address(13), "--papers", str(town.papers)),
    }
    before = town.blocks
    result = ear.run(name, "--pool", POOL, *more.get(name, ()), *line)
    assert result.exit_code == 0, (result.output[-400:], result.exception)
    assert ear.heard(result) == []
    assert "Enter passphrase to unlock" in result.output
    assert town.blocks - before == (1 if left == "a transaction" else 0)
    assert left == "a transaction" or list(town.papers.rglob("*.json"))


def test_command__given_a_wrong_passphrase__sends_nothing(ear: Ear) -> None:
    before = ear.town.blocks
    result = ear.run("pool leave", "--pool", POOL, "--send", "--yes", given=MISTYPED)
    assert result.exit_code != 0
    assert ear.heard(result) == []
    assert ear.town.blocks == before


@pytest.mark.parametrize("where", ["before it signs", "after it signed"])
def test_command__that_crashes__has_no_key_in_its_traceback(
    ear: Ear, where: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def crash(*_: object, **__: object) -> None:
        raise RuntimeError("a fault of ours")

    broken = (Client, "prepare") if where == "before it signs" else (Client, "send_raw")
    monkeypatch.setattr(*broken, crash)
    result = ear.run("pool leave", "--pool", POOL, "--send", "--yes")
    assert isinstance(result.exception, RuntimeError)
    assert ear.heard(result) == []


def test_passphrase__in_the_environment__is_not_shown_either(
    ear: Ear, monkeypatch: pytest.MonkeyPatch
) -> None:
    """ape's own way for runs that nobody watches."""
    monkeypatch.setenv(f"APE_ACCOUNTS_{ALIAS}_PASSPHRASE", PASSPHRASE)
    accounts.load(ALIAS).unlock()
    result = ear.run("pool leave", "--pool", POOL, "--send", "--yes", given="y\n", lock=False)
    assert result.exit_code == 0, (result.output[-400:], result.exception)
    assert ear.heard(result) == []


def test_ape_signer__however_it_is_printed__shows_no_key(ear: Ear) -> None:
    account = accounts.load(ALIAS)
    account.unlock(PASSPHRASE)
    signer = ApeSigner(account, None)
    texts = [repr(signer), str(signer), f"{signer!r:>60}", repr(account), repr(vars(signer))]
    assert shown(*(text.encode() for text in texts)) == []
    assert ear.town.address(MEMBER) in repr(signer)


# --- what no source does ----------------------------------------------------------------------


def test_options__of_any_command__take_no_key_and_no_password() -> None:
    secret = re.compile(r"(private|secret|mnemonic|passphrase|password|seed)", re.IGNORECASE)
    asking = [
        f"{command.line} {option.opts[0]}"
        for command in scripts().values()
        for option in command.options
        if secret.search(option.opts[0]) and not option.opts[0].endswith("-file")
    ]
    assert asking == []


def test_sources__that_make_an_account_of_a_key__are_the_known_ones() -> None:
    """Nothing reads a key from a variable or an argument: keyfiles, and the words of dev chains."""
    makers = re.compile(r"\b(from_key|from_mnemonic|key_from_seed|seed_from_mnemonic|unlock)\(")
    rooms = ("backend/", "scripts/", "bench/")
    found = {
        named(path)
        for path in python_files()
        if named(path).startswith(rooms) and makers.search(path.read_text("utf-8"))
    }
    assert found <= KNOWN_KEYS
    assert "backend/millpond/chain/signers.py" in found
