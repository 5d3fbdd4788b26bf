# SPDX-License-Identifier: AGPL-3.0-only
"""Who signs: the right signature in normal form, on the right chain, and no key anywhere else."""

import copy
import io
import json
import logging
import pickle
import traceback
from pathlib import Path
from typing import Any

import pytest
from eth_account import Account
from eth_account.messages import encode_typed_data

from millpond.chain.client import Client, Transaction, connect
from millpond.chain.signers import (
    TEST_MNEMONIC,
    KeystoreSigner,
    LocalSigner,
    NodeSigner,
    Signer,
    dev_signers,
    password_from,
)
from millpond.core import typed_data
from millpond.core.errors import SignatureError, SignerError
from millpond.core.signatures import HALF_ORDER, ORDER
from millpond.core.typed_data import Domain, TypedData
from tests.chain.nodes import QUICK, Reply, error, odd_node, result, through

CANARY = bytes.fromhex("c0ffee" + "5a" * 29)
PASSWORD = "correct horse battery staple"  # noqa: S105  a test's own password
# anvil prints these for its test mnemonic
FIRST = "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266"
TENTH = "0xa0Ee7A142d267C1f36714E4a8F75612F20a79720"


def ballot(voter: str) -> TypedData:
    domain = Domain(1337, FIRST)
    return typed_data.ballot(
        domain, proposal_id=5, voter=voter, support=1, casts_before=0, deadline=2**40
    )


@pytest.fixture(scope="module")
def keyfile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A keyfile of the canary key, as wallets write it (a light one, to be quick)."""
    path = tmp_path_factory.mktemp("keys") / "maintainer.json"
    path.write_text(json.dumps(Account.encrypt(CANARY, PASSWORD, iterations=2)))
    return path


def test_local_signer__index__is_the_wallet_that_dev_nodes_fund() -> None:
    assert LocalSigner(0).address == FIRST
    assert LocalSigner(9).address == TENTH


def test_sign_typed__local__is_what_eth_account_signs() -> None:
    signer = LocalSigner(3)
    typed = ballot(signer.address)
    signature = signer.sign_typed(typed)
    recovered = Account.recover_message(
        encode_typed_data(full_message=dict(typed)), signature=signature
    )
    assert recovered == signer.address
    assert len(signature) == 65
    assert signature[64] in (27, 28)
    assert int.from_bytes(signature[32:64]) <= HALF_ORDER


def test_keystore__right_password__signs_and_sends(client: Client, keyfile: Path) -> None:
    signer = KeystoreSigner(keyfile, lambda: PASSWORD)
    assert signer.address == Account.from_key(CANARY).address
    rich = LocalSigner(5)
    rich.send(client, Transaction(signer.address, b"", 10**18))
    receipt = signer.send(client, Transaction(rich.address, b"", 5))
    assert client.transaction(receipt.transaction_hash).sender == signer.address


def test_keystore__wrong_password__refused(keyfile: Path) -> None:
    with pytest.raises(SignerError, match="does not open") as caught:
        KeystoreSigner(keyfile, lambda: "wrong")
    assert "nothing was signed" in caught.value.next_step


@pytest.mark.parametrize("text", ["", "{}", "[]", "null", '{"crypto": 5}', "\x00", "{" * 1000])
def test_keystore__not_a_keyfile__refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "key.json"
    path.write_text(text)
    with pytest.raises(SignerError):
        KeystoreSigner(path, lambda: PASSWORD)


def test_keystore__missing_or_binary_file__refused(tmp_path: Path) -> None:
    with pytest.raises(SignerError, match="cannot be read"):
        KeystoreSigner(tmp_path / "none.json", lambda: PASSWORD)
    (tmp_path / "binary").write_bytes(b"\xff\xfe")
    with pytest.raises(SignerError, match="cannot be read"):
        KeystoreSigner(tmp_path / "binary", lambda: PASSWORD)


def test_password_from__private_file__without_its_line_end(tmp_path: Path, keyfile: Path) -> None:
    path = tmp_path / "password"
    path.write_text(PASSWORD + "\n")
    path.chmod(0o600)
    assert password_from(path)() == PASSWORD
    assert KeystoreSigner(keyfile, password_from(path)).address


def test_password_from__file_that_others_may_read__refused(tmp_path: Path) -> None:
    path = tmp_path / "password"
    path.write_text(PASSWORD)
    path.chmod(0o644)
    with pytest.raises(SignerError, match="other users may read") as caught:
        password_from(path)()
    assert "chmod 600" in caught.value.next_step
    assert PASSWORD not in str(caught.value)


def test_password_from__missing__refused(tmp_path: Path) -> None:
    with pytest.raises(SignerError, match="cannot be read"):
        password_from(tmp_path / "none")()


def test_canary__every_way_to_print_a_signer__shows_no_key(
    client: Client, keyfile: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """The key and the password appear in no repr, log, error, traceback, copy or pickle."""
    caplog.set_level(logging.DEBUG)
    signer = KeystoreSigner(keyfile, lambda: PASSWORD)
    printed = [repr(signer), str(signer), f"{signer!r:>5}", repr(vars(signer)), repr(dir(signer))]
    for shown in (pickle.dumps, copy.copy, copy.deepcopy):
        with pytest.raises(SignerError):
            shown(signer)
    for run in (
        lambda: KeystoreSigner(keyfile, lambda: PASSWORD + "!"),
        lambda: signer.send(client, Transaction(LocalSigner(0).address, b"", 10**30)),
        lambda: signer.sign_typed({"broken": True}),  # type: ignore[typeddict-item]
    ):
        try:
            run()
        except Exception:  # noqa: BLE001  whatever it is, its traceback is looked at
            stream = io.StringIO()
            traceback.print_exc(file=stream)
            printed.append(stream.getvalue())
    assert len(printed) == 8
    text = "\n".join([*printed, caplog.text]).lower()
    for secret in (CANARY.hex(), str(int.from_bytes(CANARY)), repr(CANARY)[2:-1].lower(), PASSWORD):
        assert secret not in text


def test_node_signer__real_node__signs_and_sends(client: Client) -> None:
    signer = NodeSigner(client, LocalSigner(4).address)
    typed = ballot(signer.address)
    assert signer.sign_typed(typed) == LocalSigner(4).sign_typed(typed)
    receipt = signer.send(client, Transaction(LocalSigner(0).address, b"", 5))
    assert client.transaction(receipt.transaction_hash).sender == signer.address


def test_node_signer__account_of_nobody__refused(client: Client) -> None:
    with pytest.raises(SignerError, match="does not hold the key"):
        NodeSigner(client, "0x000000000000000000000000000000000000dEaD")


def test_node_signer__node_that_cannot_sign__says_what_else(client: Client, node_url: str) -> None:
    def deaf(question: dict[str, Any]) -> Reply | None:
        if question["method"] == "eth_accounts":
            return result([FIRST])
        return error(-32601, "unknown method") if "sign" in question["method"] else None

    with odd_node(through(node_url, deaf)) as node:
        signer = NodeSigner(connect(node.url, client.chain_id, QUICK), FIRST)
        with pytest.raises(SignerError, match="cannot sign typed data"):
            signer.sign_typed(ballot(FIRST))


def _spelt(signature: bytes, form: str) -> bytes:
    r, s, v = signature[:32], int.from_bytes(signature[32:64]), signature[64]
    if form == "v 0 or 1":
        return signature[:64] + bytes([v - 27])
    return r + (ORDER - s).to_bytes(32) + bytes([55 - v])


@pytest.mark.parametrize("form", ["v 0 or 1", "high s"])
def test_node_signer__another_spelling__comes_out_normal(
    client: Client, node_url: str, form: str
) -> None:
    good = LocalSigner(0).sign_typed(ballot(FIRST))

    def spelt(question: dict[str, Any]) -> Reply | None:
        if question["method"] == "eth_accounts":
            return result([FIRST])
        signing = question["method"] == "eth_signTypedData_v4"
        return result("0x" + _spelt(good, form).hex()) if signing else None

    with odd_node(through(node_url, spelt)) as node:
        signer = NodeSigner(connect(node.url, client.chain_id, QUICK), FIRST)
        assert signer.sign_typed(ballot(FIRST)) == good


def test_node_signer__signature_of_somebody_else__refused(client: Client, node_url: str) -> None:
    false = LocalSigner(1).sign_typed(ballot(FIRST))

    def swap(question: dict[str, Any]) -> Reply | None:
        if question["method"] == "eth_accounts":
            return result([FIRST])
        signing = question["method"] == "eth_signTypedData_v4"
        return result("0x" + false.hex()) if signing else None

    with odd_node(through(node_url, swap)) as node:
        signer = NodeSigner(connect(node.url, client.chain_id, QUICK), FIRST)
        with pytest.raises(SignatureError):
            signer.sign_typed(ballot(FIRST))


def test_dev_signers__dev_chain__the_mnemonic_s_wallets(client: Client) -> None:
    signers: list[Signer] = dev_signers(client, 3)
    assert [s.address for s in signers] == [LocalSigner(i).address for i in range(3)]
    assert TEST_MNEMONIC.endswith("junk")


def test_dev_signers__any_other_chain__refused(node_url: str) -> None:
    def real(question: dict[str, Any]) -> Reply | None:
        return result("0x1") if question["method"] == "eth_chainId" else None

    with odd_node(through(node_url, real)) as node:
        client = connect(node.url, 1, QUICK)
        with pytest.raises(SignerError, match="on a dev chain only, and this is chain 1"):
            dev_signers(client, 1)
        with pytest.raises(SignerError, match="on a dev chain only"):
            NodeSigner(client, FIRST)
