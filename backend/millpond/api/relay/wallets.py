# SPDX-License-Identifier: AGPL-3.0-only
"""Who signed: a key, or a contract wallet that is asked (ERC-1271), even one that is not there yet
(ERC-6492).

    signed = accepted(client, voter, digest, signature)      what to hand to the contract

A wallet is asked by one eth_call with a bound on its gas. What it answers is looked at here; nobody
follows it elsewhere, should it ask for a look-up outside of the chain (CCIP-Read).
"""

from dataclasses import dataclass

from millpond.chain import abi, answers, reverts
from millpond.chain.answers import Address, BadAnswer
from millpond.chain.client import Client
from millpond.chain.rpc import RpcRefused
from millpond.chain.safes import ERC1271
from millpond.chain.signers import in_normal_form
from millpond.core.errors import SignatureError
from millpond.core.signatures import recover
from millpond.core.subjects import address_bytes, to_hex

WALLET_GAS = 400_000
"""The most gas that a wallet's answer may cost this relay; the contracts allow a million."""
MOST_SIGNATURE = 1_024
"""Bytes of a signature that the contracts take."""
_MAGIC = bytes.fromhex("1626ba7e").ljust(32, b"\0")
_WRAPPED = bytes.fromhex("6492") * 16
"""What a signature of a wallet that may not be deployed yet ends in."""
_WRAPPING = abi.plain("address", "bytes", "bytes")
_DEPLOYING_GAS = 5_000_000


@dataclass(frozen=True)
class Signed:
    """A signature as the contracts take it, and whether a key alone made it."""

    signature: bytes
    by_key: bool


class NotDeployed(SignatureError):
    """The signature is good, and the wallet that says so is not on the chain yet."""


def by_key(account: str, digest: bytes, signature: bytes) -> bytes | None:
    """65 bytes in normal form if the account's key made it (EIP-2098 too), else None."""
    try:
        found = in_normal_form(signature)
        return found if recover(digest, found) == account else None
    except SignatureError:
        return None


def accepted(client: Client, account: Address, digest: bytes, signature: bytes) -> Signed:
    """The signature as the contracts take it; `SignatureError` if it is not this account's."""
    own = by_key(account, digest, signature)
    if own is not None:
        return Signed(own, True)
    factory, inner = _unwrapped(signature)
    if len(inner) > MOST_SIGNATURE:
        raise SignatureError(
            f"the signature has {len(inner)} bytes; the contracts take {MOST_SIGNATURE}",
            "sign with fewer owners of the wallet, or cast it from the wallet itself",
        )
    call = ERC1271.function("isValidSignature", 2).encode((digest, inner))
    if client.code(account):
        if _says_yes(client, {"to": account, "data": to_hex(call), "gas": hex(WALLET_GAS)}):
            return Signed(inner, False)
    elif factory is not None:
        code = to_hex(_trial(factory, account, call))
        if _says_yes(client, {"data": code, "gas": hex(_DEPLOYING_GAS)}):
            raise NotDeployed(
                f"the wallet {account} signed, and is not on the chain yet",
                "deploy it by any first transaction from it, then hand this in again",
            )
    raise SignatureError(
        f"neither the key of {account} nor a wallet there accepts this signature "
        f"(a wallet may use {WALLET_GAS:,} gas to say so)",
        "check chain, contract and every field of the message, then sign again",
    )


def _unwrapped(signature: bytes) -> tuple[tuple[Address, bytes] | None, bytes]:
    """How the wallet is made, if that is told, and the signature itself."""
    if not signature.endswith(_WRAPPED):
        return None, signature
    try:
        factory, call, inner = abi.decode_values(_WRAPPING, signature[:-32], "a wrapped signature")
    except BadAnswer:
        raise SignatureError(
            "the signature says that it is wrapped (ERC-6492) and is not", "sign again"
        ) from None
    return (Address(factory), bytes(call)), bytes(inner)


def _says_yes(client: Client, call: dict[str, str]) -> bool:
    """Whether the answer is the magic value; a wallet that fails says no, a node that fails does
    not say anything."""
    try:
        found = answers.octets(client.rpc.ask("eth_call", [call, "latest"]), "a wallet's answer")
    except RpcRefused as error:
        if reverts.is_revert(error) or "gas" in error.text.lower():
            return False
        raise
    return found[:32] == _MAGIC


def _trial(factory: tuple[Address, bytes], account: Address, question: bytes) -> bytes:
    """Code that makes the wallet, asks it, and returns what it says: run by a call that makes a
    contract, of which nothing stays. Each part is copied to memory 0, then called.
    """
    maker, making = factory
    target, wallet = address_bytes(maker), address_bytes(account)

    def code(first: int, second: int) -> bytes:
        return b"".join(
            [
                *(_push3(len(making)), _push3(first), b"\x5f\x39"),  # CODECOPY(0, first, size)
                *(b"\x5f\x5f", _push3(len(making)), b"\x5f\x5f"),  # no output, input, no value
                *(b"\x73", target, b"\x5a\xf1\x50"),  # CALL(GAS, maker, ...), whatever comes of it
                *(_push3(len(question)), _push3(second), b"\x5f\x39"),
                *(b"\x60\x20\x5f", _push3(len(question)), b"\x5f"),  # a word of output
                *(b"\x73", wallet, _push3(WALLET_GAS), b"\xfa"),  # STATICCALL(gas, wallet, ...)
                b"\x60\x20\x3d\x10\x15\x16",  # and RETURNDATASIZE >= 32
                b"\x5f\x51\x02\x5f\x52\x60\x20\x5f\xf3",  # times the word: return it, or zero
            ]
        )

    size = len(code(0, 0))
    return code(size, size + len(making)) + making + question


def _push3(value: int) -> bytes:
    return b"\x62" + value.to_bytes(3, "big")
