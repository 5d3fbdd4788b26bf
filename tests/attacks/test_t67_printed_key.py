# SPDX-License-Identifier: AGPL-3.0-only
"""T67: a command breaks off, and what it leaves behind holds a key.

Who and what for: whoever reads the terminal's scroll-back, a bug report, the journal or the log of
a maintainer's machine.
In the world: Slope's wallets (2022), which sent their users' seeds along with error reports.
The defence: a key is held where nothing shows it: no repr, no copy and no error of the libraries
below goes further up (`chain/signers.py`). Every command is listened to, at its most talkative, in
tests/scripts/test_keys_unprinted.py.
"""

import json
import pickle
import traceback
from pathlib import Path
from typing import Any

import pytest
from eth_account import Account

from millpond.chain import signers
from millpond.chain.signers import KeystoreSigner
from millpond.core.errors import MillpondError, SignerError
from tests.attacks.scripts_weak import Change, weakened

KEY = bytes(range(1, 33))
PASSWORD = "canary-2b7e"  # noqa: S105  a test's own


def keyfile(folder: Path) -> Path:
    """A maintainer's, with a password."""
    path = folder / "keyfile.json"
    path.write_text(json.dumps(Account.encrypt(KEY, PASSWORD, iterations=2)))
    return path


def told(error: BaseException | None) -> str:
    """All that a traceback says, with what led to it."""
    texts = []
    while error is not None:
        texts += [*traceback.format_exception(error), repr(error.args), repr(vars(error))]
        error = error.__cause__ or error.__context__
    return "\n".join(texts)


def heard(text: str) -> bool:
    """Whether the key is in it, however it is written."""
    spelled = (KEY.hex(), repr(KEY)[2:-1], str(int.from_bytes(KEY)), PASSWORD)
    return any(each in text for each in spelled)


def open_damaged(folder: Path) -> str:
    """The library finds the key and stumbles over it; what is left of that."""
    path = keyfile(folder)

    def stumble(key: Any) -> Any:
        raise ValueError(f"unusable key {bytes(key)!r}")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Account, "from_key", stumble)
        try:
            KeystoreSigner(path, lambda: PASSWORD)
        except (MillpondError, ValueError) as error:
            return told(error)
    return ""


def _as_it_comes(text: str, password: Any) -> Any:
    return Account.from_key(Account.decrypt(text, password()))


ERRORS_AS_THEY_COME: Change = (signers, "_decrypted", _as_it_comes)


def test_open__a_library_names_the_key_in_its_error__nobody_hears_it(tmp_path: Path) -> None:
    found = open_damaged(tmp_path)
    assert "does not open" in found
    assert not heard(found)
    with weakened(ERRORS_AS_THEY_COME):
        assert heard(open_damaged(tmp_path))


class Talkative:
    """A signer as one writes it without thinking: its key is a field like any other."""

    def __init__(self, path: Path) -> None:
        self.key = bytes(Account.decrypt(path.read_text(), PASSWORD))

    def __repr__(self) -> str:
        return f"Talkative({vars(self)})"


def test_signer__printed_or_stored__shows_no_key(tmp_path: Path) -> None:
    path = keyfile(tmp_path)
    signer = KeystoreSigner(path, lambda: PASSWORD)
    assert not heard(f"{signer!r} {signer} {vars(signer)}")
    with pytest.raises(SignerError, match="cannot be copied or stored"):
        pickle.dumps(signer)
    assert heard(repr(Talkative(path)))
    assert KEY in pickle.dumps(Talkative(path))
