# SPDX-License-Identifier: AGPL-3.0-only
"""The physical floor of an operation: what any design must pay, by the prices of the protocol.

Each floor is a list of parts in words with their gas, from the least that the operation means: who
acts is looked up, one word is changed where something must be remembered, the tokens or ETH move,
and an event says so. Nothing is added for computing, memory, calls between contracts of one's own,
or a proxy; so no contract reaches its floor, and a ratio to it tells how much is left to gain.
"""

from collections.abc import Mapping
from dataclasses import dataclass

# Prices of the Prague rules.
TRANSACTION = 21_000
COLD_READ = 2_100
CHANGED_WORD = 5_000
NEW_WORD = 22_100
COLD_CALL = 2_600
SEND_ETH = COLD_CALL + 9_000 - 2_300
"""To an account that exists: the value's price, less what the receiver is given to spend."""
RECOVER = 3_000 + 100
"""The signer of a message: the precompile, and the call of it."""
CREATION = 32_000
CODE_BYTE = 200
CLONE_BYTES = 45
CLONE_CALL = COLD_CALL + 100
"""Its first call reaches the implementation."""
PAIR_HASH = 42
"""Two words by keccak256: 30, and 6 for each."""


@dataclass(frozen=True)
class Data:
    """Bytes of a transaction, by their price."""

    zero: int = 0
    other: int = 0

    def __add__(self, more: "Data") -> "Data":
        return Data(self.zero + more.zero, self.other + more.other)

    def __mul__(self, times: int) -> "Data":
        return Data(self.zero * times, self.other * times)

    @property
    def gas(self) -> int:
        """4 for a zero, 16 for any other."""
        return 4 * self.zero + 16 * self.other

    @property
    def least(self) -> int:
        """What a transaction with these bytes costs at least (EIP-7623)."""
        return TRANSACTION + 10 * self.zero + 40 * self.other


SELECTOR = Data(other=4)
ADDRESS = Data(12, 20)
SMALL = Data(31, 1)
"""A small number, or where a list begins, or how long it is."""
ETHER = Data(24, 8)
"""Some ETH in wei, with all its digits."""
TOKENS = Data(23, 9)
"""Some thousands of a token with 18 decimals, with all their digits."""
TIME = Data(28, 4)
HASH = Data(other=32)
URI = SMALL + SMALL + Data(30, 66)
"""A text of 66 bytes."""
SIGNATURE = Data(other=64)
"""r and vs (EIP-2098)."""


@dataclass(frozen=True)
class Floor:
    """The bytes it must carry, and what else it must pay for, in words."""

    data: Data
    parts: Mapping[str, int]

    @property
    def gas(self) -> int:
        """In whole."""
        return max(TRANSACTION + self.data.gas + sum(self.parts.values()), self.data.least)

    @property
    def words(self) -> str:
        """As a sum that a reader can follow."""
        known = {"transaction": TRANSACTION, "calldata": self.data.gas, **self.parts}
        return " + ".join(f"{what} {gas:,}" for what, gas in known.items() if gas)


@dataclass(frozen=True)
class Several:
    """Transactions one after the other."""

    floors: tuple[Floor, ...]

    @property
    def gas(self) -> int:
        """In whole."""
        return sum(floor.gas for floor in self.floors)

    @property
    def words(self) -> str:
        """One figure for each transaction."""
        return " + ".join(f"{floor.gas:,}" for floor in self.floors)


def event(topics: int, words: int) -> int:
    """The first topic is its name."""
    return 375 + 375 * topics + 8 * 32 * words


def _creation(members: int) -> Floor:
    return Floor(
        SELECTOR + Data(20, 12) + SMALL * 2 + ADDRESS * members,
        {
            "a clone": CREATION + CODE_BYTE * CLONE_BYTES,
            "its first call": CLONE_CALL,
            "its settings": NEW_WORD,
            "members": NEW_WORD * members,
            "events": event(3, 0) + event(2, 1) * members,
        },
    )


def _multisig(signatures: int) -> Floor:
    return Floor(
        SELECTOR + ADDRESS + ETHER + SIGNATURE * signatures,
        {
            "signers": RECOVER * signatures,
            "owners read": COLD_READ * signatures,
            "counter": CHANGED_WORD,
            "ETH sent": SEND_ETH,
            "event": event(2, 0),
        },
    )


def _claim(depth: int) -> Floor:
    return Floor(
        SELECTOR + ADDRESS + TOKENS + SMALL * 2 + HASH * depth,
        {
            "hashes": PAIR_HASH * (depth + 1),
            "root read": COLD_READ,
            "claimed so far": CHANGED_WORD,
            "token called": COLD_CALL,
            "two balances": 2 * CHANGED_WORD,
            "event": event(3, 1),
        },
    )


def _payday(payees: int) -> Floor:
    return Floor(
        SELECTOR + ADDRESS + SMALL * 2 + (ADDRESS + TOKENS) * payees,
        {
            "token called": COLD_CALL,
            "the payer's balance": CHANGED_WORD,
            "their balances": CHANGED_WORD * payees,
            "events": event(3, 1) * payees,
        },
    )


def _payday_in_ether(payees: int) -> Floor:
    return Floor(SELECTOR + SMALL * 2 + (ADDRESS + ETHER) * payees, {"ETH sent": SEND_ETH * payees})


def _permit(nonce: int) -> Floor:
    return Floor(
        SELECTOR + ADDRESS * 2 + TOKENS + TIME + SMALL + HASH * 2,
        {"signer": RECOVER, "nonce": nonce, "allowance": NEW_WORD, "event": event(3, 1)},
    )


_VOTE = {"member read": COLD_READ, "ballot": CHANGED_WORD, "event": event(3, 1)}
_SIGNED_VOTE = Floor(SELECTOR + SMALL * 2 + SIGNATURE, {**_VOTE, "signer": RECOVER})
_BALLOT = Floor(SELECTOR + SMALL * 2, _VOTE)
_PROPOSAL = Floor(
    SELECTOR + ADDRESS + ETHER + URI,
    {"member read": COLD_READ, "proposal": NEW_WORD, "event": event(3, 2 + 5)},
)
_EXECUTION = Floor(
    SELECTOR + ADDRESS + ETHER + HASH,
    {"proposal": CHANGED_WORD, "ETH sent": SEND_ETH, "event": event(2, 0)},
)
_BALLOTS, _IN_PROPOSAL = 100, 80
"""80 two-bit ballots have room beside a proposal's times; the rest share one more word."""

FLOORS: Mapping[str, Floor | Several] = {
    "create_1": _creation(1),
    "create_3": _creation(3),
    "create_treasury_3": _creation(3),
    "add_member": Floor(
        SELECTOR + ADDRESS,
        {"member": NEW_WORD, "how many there are": CHANGED_WORD, "event": event(2, 1)},
    ),
    "propose_eth": _PROPOSAL,
    "vote_first": _BALLOT,
    "vote_later": _BALLOT,
    "vote_by_sig_first": _SIGNED_VOTE,
    "vote_by_sig": _SIGNED_VOTE,
    "votes_by_sig_100": Floor(
        SELECTOR + SMALL * 3 + SIGNATURE * _BALLOTS,
        {
            "signers": RECOVER * _BALLOTS,
            "members read": COLD_READ * _BALLOTS,
            f"{_IN_PROPOSAL} ballots in the proposal's word": CHANGED_WORD,
            f"{_BALLOTS - _IN_PROPOSAL} in a new one": NEW_WORD,
            "events": event(3, 1) * _BALLOTS,
        },
    ),
    "queue": Floor(SELECTOR + HASH, {"proposal": CHANGED_WORD, "event": event(2, 1)}),
    "execute_eth": _EXECUTION,
    "whole_payment": Several((_PROPOSAL, _BALLOT, _BALLOT, _BALLOT, _EXECUTION)),
    "execute_erc20": Floor(
        SELECTOR + ADDRESS * 2 + TOKENS + HASH,
        {
            "proposal": CHANGED_WORD,
            "token called": COLD_CALL,
            "two balances": 2 * CHANGED_WORD,
            "events": event(2, 0) + event(3, 1),
        },
    ),
    "multisig_eth_1": _multisig(1),
    "multisig_eth_3": _multisig(3),
    "deposit_eth": Floor(Data(), {"event": event(2, 1)}),
    "deposit_erc20": Floor(
        SELECTOR + ADDRESS + TOKENS,
        {
            "token called": COLD_CALL,
            "allowance read": COLD_READ,
            "two balances": 2 * CHANGED_WORD,
            "events": 2 * event(3, 1),
        },
    ),
    "erc20_transfer": Floor(
        SELECTOR + ADDRESS + TOKENS, {"two balances": 2 * CHANGED_WORD, "event": event(3, 1)}
    ),
    "erc20_permit": _permit(nonce=CHANGED_WORD),
    "erc20_permit_empty": _permit(nonce=NEW_WORD),
    "claim_100": _claim(7),
    "claim_12": _claim(7),
    "claim_10k": _claim(14),
    "claim_1m": _claim(20),
    "payday_10": _payday(10),
    "payday_100": _payday(100),
    "payday_500": _payday(500),
    "payday_eth_10": _payday_in_ether(10),
    "payday_eth_100": _payday_in_ether(100),
    "payday_eth_500": _payday_in_ether(500),
}
"""By the name of the operation. A nonce shares the balance's word, which a holder's permit finds
changed and not new; a tree may carry over what was not claimed, so that twelve epochs are one."""
