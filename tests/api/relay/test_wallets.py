# SPDX-License-Identifier: AGPL-3.0-only
"""Who signed: keys in every spelling; wallets that are there, not there yet, wrong, greedy,
or that ask to look something up elsewhere (CCIP-Read), which nobody does."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest
from eth_utils.crypto import keccak

from millpond.api.relay import ballots, reading
from millpond.api.relay.refusals import BadItem
from millpond.api.relay.wallets import NotDeployed, Signed, accepted
from millpond.chain import papers
from millpond.chain.abi import encode_values, plain
from millpond.chain.answers import Address
from millpond.chain.client import Transaction
from millpond.chain.governance import Ballot, Support
from millpond.chain.signers import LocalSigner
from millpond.core import canonical
from millpond.core.errors import BadInput, SignatureError
from millpond.core.signatures import to_compact
from millpond.core.subjects import checksum_address, to_hex
from tests.api.relay.yard import OTHERS, Yard
from tests.chain.coop import FOUNDERS, WalletSigner
from tests.contracts.compiled import artifact

MAKER = Address("0x4e59b44847b379578588920cA78FbF26c0B4956C")
"""The deployer by CREATE2 that every chain has: salt and code in, a contract out."""
WRAPPED = bytes.fromhex("6492" * 16)
LOOP = "0x5b5f56"
"""Burns all the gas it gets."""
VOTER = FOUNDERS[4]


class AsWallet(WalletSigner):
    """A founder's account that is a contract of two owners by now."""

    def __init__(self, yard: Yard) -> None:
        super().__init__(yard.client)
        yard.ask("anvil_setCode", VOTER.address, to_hex(yard.client.code(self.address)))
        self.address = VOTER.address
        self.is_wallet = True


def _digest(yard: Yard, ballot: Ballot) -> bytes:
    return ballots.digest(yard.coop.domain(yard.coop.governor), ballot)


def _looking_up(url: str) -> str:
    """Code that answers every question with `OffchainLookup(address, string[], bytes, bytes4,
    bytes)`, as ERC-3668 has it, and so asks to be answered by a server."""
    selector = keccak(text="OffchainLookup(address,string[],bytes,bytes4,bytes)")[:4]
    told = selector + encode_values(
        plain("address", "string[]", "bytes", "bytes4", "bytes"),
        [VOTER.address, [url], b"question", b"\x16\x26\xba\x7e", b""],
        "a look-up",
    )
    size = len(told).to_bytes(2)
    code = b"\x61" + size + b"\x60\x0e\x5f\x39" + b"\x61" + size + b"\x5f\xfd"
    return to_hex(code.ljust(14, b"\0") + told)


@contextmanager
def _listener() -> Iterator[tuple[str, list[object]]]:
    """A server that counts who comes."""
    came: list[object] = []
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.settimeout(0.05)
        over = threading.Event()

        def listen() -> None:
            while not over.is_set():
                try:
                    connection, address = listening.accept()
                except TimeoutError:
                    continue
                came.append(address)
                connection.close()

        thread = threading.Thread(target=listen)
        thread.start()
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}/{{sender}}/{{data}}.json", came
        finally:
            over.set()
            thread.join()


# --- keys -----------------------------------------------------------------------------------------


def test_ballot__its_signature_in_64_bytes__is_the_same_item(yard: Yard) -> None:
    (proposal,) = yard.propose()
    signed = yard.ballot(VOTER, proposal)
    r, vs = to_compact(signed.signature)
    fields = canonical.decode(papers.ballot_json(signed))
    assert isinstance(fields, dict)
    short = reading.ballot(yard.where, fields | {"signature": to_hex(r + vs)})[0]
    assert short == yard.item(signed)
    assert short.proved


def test_ballot__signed_by_another_key__is_no_item(yard: Yard) -> None:
    (proposal,) = yard.propose()
    forged = replace(yard.ballot(OTHERS[0], proposal), voter=VOTER.address)
    with pytest.raises(BadItem, match=r"the signature is by 0x\w+, not by"):
        yard.item(forged)


def test_ballot__for_another_pool_or_chain__is_no_item(yard: Yard) -> None:
    (proposal,) = yard.propose()
    fields = canonical.decode(papers.ballot_json(yard.ballot(VOTER, proposal)))
    for elsewhere in (
        replace(yard.where, chain_id=1),
        replace(yard.where, governor=yard.where.admission),
    ):
        with pytest.raises(BadItem):
            reading.ballot(elsewhere, fields)


# --- wallets --------------------------------------------------------------------------------------


def test_round__a_wallet_and_a_key__each_goes_by_its_own_way(yard: Yard) -> None:
    (proposal,) = yard.propose()
    wallet = AsWallet(yard)
    ids = yard.hand_in(yard.ballot(wallet, proposal), yard.ballot(FOUNDERS[0], proposal))
    relay = yard.relay()
    relay.round()
    labels = {batch.transaction.label for batch in relay.sender.outbox.open()}
    assert labels == {"Governor.vote_by_wallets", "Governor.vote_by_signatures"}
    relay.round()
    assert yard.states(ids) == ["done", "done"]
    assert yard.tally(proposal) == (0, 2, 0)


def test_round__an_account_with_code_whose_key_signed__counts_by_its_key(yard: Yard) -> None:
    """As with a delegated account (EIP-7702), whether or not it says that it is a wallet."""
    (proposal,) = yard.propose()
    yard.ask("anvil_setCode", VOTER.address, LOOP)
    ballot = replace(yard.ballot(VOTER, proposal), by_wallet=True)
    [id_] = yard.hand_in(ballot)
    relay = yard.relay()
    relay.round()
    [batch] = relay.sender.outbox.open()
    assert batch.transaction.label == "Governor.vote_by_signatures"
    relay.round()
    assert yard.states([id_]) == ["done"]


def test_round__a_wallet_that_did_not_sign__is_refused(yard: Yard) -> None:
    (proposal,) = yard.propose()
    wallet = AsWallet(yard)
    good = yard.ballot(wallet, proposal)
    [id_] = yard.hand_in(replace(good, support=Support.AGAINST))
    yard.relay().round()
    kept = yard.kept(id_)
    assert kept.state == "refused"
    assert str(kept.reason).startswith("governor: not the voter's hand")


@pytest.mark.parametrize("code", [LOOP, "0x", "0x5f5ffd", "0x60205ff3"])
def test_accepted__a_wallet_that_answers_badly__says_no(yard: Yard, code: str) -> None:
    """It burns its gas, is not there, reverts, or answers zeros: and the node is not blamed."""
    yard.ask("anvil_setCode", VOTER.address, code)
    with pytest.raises(SignatureError, match="neither the key"):
        accepted(yard.client, VOTER.address, bytes(32), b"whatever")


def _busy(turns: int) -> str:
    """Code that counts down, 26 gas a turn, and then says yes to whatever it is asked."""
    return f"0x62{turns:06x}5b6001900380600457631626ba7e60e01b5f5260205ff3"


def test_accepted__a_wallet_that_says_yes__may_use_so_much_gas_and_no_more(yard: Yard) -> None:
    """The contracts allow it a million; this relay would pay for it with every ballot."""
    yard.ask("anvil_setCode", VOTER.address, _busy(10_000))
    assert accepted(yard.client, VOTER.address, bytes(32), b"x") == Signed(b"x", by_key=False)
    yard.ask("anvil_setCode", VOTER.address, _busy(20_000))
    with pytest.raises(SignatureError, match="400,000 gas"):
        accepted(yard.client, VOTER.address, bytes(32), b"x")


def test_round__a_wallet_that_asks_for_a_look_up__is_refused_and_nobody_looks(yard: Yard) -> None:
    """T58: the contract names a server of this machine; no request may ever reach it."""
    (proposal,) = yard.propose()
    with _listener() as (url, came):
        yard.ask("anvil_setCode", VOTER.address, _looking_up(url))
        unsigned = replace(yard.ballot(OTHERS[0], proposal), voter=VOTER.address, by_wallet=True)
        [id_] = yard.hand_in(unsigned)
        relay = yard.relay()
        assert relay.round() is None
        yard.clock += 60
        assert relay.round() is None
        # the wallet does ask: by the selector of OffchainLookup, which a client may follow
        with pytest.raises(Exception, match="556f1830"):
            yard.client.call(Transaction(VOTER.address, b"\x16\x26\xba\x7e"))
    assert came == []
    assert yard.states([id_]) == ["refused"]
    assert relay.sender.outbox.open() == []


# --- wallets that are not there yet ---------------------------------------------------------------


def _promised(yard: Yard) -> tuple[Address, bytes, list[LocalSigner]]:
    """Where a wallet of two owners will lie, and the call that makes it."""
    assert yard.client.code(MAKER), "anvil has it"
    owners = [LocalSigner(21), LocalSigner(22)]
    args = encode_values(plain("address", "address"), [o.address for o in owners], "the wallet")
    code, salt = artifact("TwoOwnerWallet").creation + args, bytes(32)
    place = keccak(b"\xff" + bytes.fromhex(MAKER[2:]) + salt + keccak(code))[12:]
    return Address(checksum_address(place)), salt + code, owners


def _wrapped(making: bytes, inner: bytes, maker: str = MAKER) -> bytes:
    form = plain("address", "bytes", "bytes")
    return encode_values(form, [maker, making, inner], "a wrapped signature") + WRAPPED


def test_accepted__a_wallet_that_is_not_deployed__signed_and_has_to_be_deployed(yard: Yard) -> None:
    (proposal,) = yard.propose()
    place, making, owners = _promised(yard)
    ballot = replace(yard.ballot(owners[0], proposal), voter=place)
    digest = _digest(yard, ballot)
    typed = ballots.message(yard.coop.domain(yard.coop.governor), ballot)
    inner = b"".join(owner.sign_typed(typed) for owner in owners)
    with pytest.raises(NotDeployed, match="is not on the chain yet"):
        accepted(yard.client, place, digest, _wrapped(making, inner))
    assert yard.client.code(place) == b"", "it was only tried"
    with pytest.raises(SignatureError, match="neither the key"):
        accepted(yard.client, place, digest, _wrapped(making, inner[::-1]))
    with pytest.raises(SignatureError, match="neither the key"):
        accepted(yard.client, place, digest, _wrapped(making[:-1], inner))
    OTHERS[0].send(yard.client, Transaction(MAKER, making, 0, "the wallet"))
    signed = accepted(yard.client, place, digest, _wrapped(making, inner))
    assert signed == Signed(inner, by_key=False)


def test_accepted__wrapped_nonsense__says_so(yard: Yard) -> None:
    with pytest.raises(SignatureError, match="says that it is wrapped"):
        accepted(yard.client, VOTER.address, bytes(32), b"nonsense" + WRAPPED)


def test_round__a_wrapped_signature_of_a_wallet_that_is_there__is_unwrapped(yard: Yard) -> None:
    (proposal,) = yard.propose()
    wallet = AsWallet(yard)
    plain_ballot = yard.ballot(wallet, proposal)
    wrapped = replace(plain_ballot, signature=_wrapped(b"", plain_ballot.signature))
    [id_] = yard.hand_in(wrapped)
    relay = yard.relay()
    relay.round()
    relay.round()
    assert yard.states([id_]) == ["done"]
    assert yard.tally(proposal) == (0, 1, 0)


def test_accepted__longer_than_the_contracts_take__says_so(yard: Yard) -> None:
    with pytest.raises(SignatureError, match="the contracts take 1024"):
        accepted(yard.client, VOTER.address, bytes(32), bytes(1_025))


def test_papers__a_key_s_signature_of_another_length__is_none(yard: Yard) -> None:
    (proposal,) = yard.propose()
    fields = canonical.decode(papers.ballot_json(yard.ballot(VOTER, proposal)))
    assert isinstance(fields, dict)
    with pytest.raises(BadInput, match="66 bytes"):
        papers.ballot_of(fields | {"signature": "0x" + "11" * 66})
