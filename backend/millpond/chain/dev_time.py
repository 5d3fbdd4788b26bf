# SPDX-License-Identifier: AGPL-3.0-only
"""The clock of a dev chain: moved by whole seconds, on chains 1337 and 31337 only.

The contracts and scripts know no shortcut: a demo or a test lets their real delays pass with this.
"""

from millpond.chain.client import Client
from millpond.chain.rpc import RpcRefused
from millpond.chain.signers import require_dev_chain
from millpond.core.errors import BadInput, ChainError


def advance(client: Client, seconds: int) -> int:
    """Let `seconds` pass and mine a block; returns the chain's new time."""
    if seconds < 0:
        raise BadInput(f"the clock cannot go back {-seconds} seconds", "advance by 0 or more")
    before = client.now()
    # by the block's time and not by the wall clock, which blocks in quick succession run ahead of
    _ask(client, "evm_setNextBlockTimestamp", before + max(1, seconds))
    mine(client)
    after = client.now()
    if after < before + seconds:
        raise ChainError(
            f"the node's clock went from {before} to {after}, not {seconds} seconds on",
            "use a dev node that honours evm_setNextBlockTimestamp, such as anvil",
        )
    return after


def advance_to(client: Client, timestamp: int) -> int:
    """Let time pass until the chain's time is `timestamp` or later; nothing if it is already."""
    now = client.now()
    return now if now >= timestamp else advance(client, timestamp - now)


def mine(client: Client) -> None:
    """Mine one block."""
    _ask(client, "evm_mine")


def _ask(client: Client, method: str, *params: int) -> None:
    require_dev_chain(client, "moving the clock", "wait, or rehearse on a chain of your own")
    try:
        client.rpc.tell(method, params)
    except RpcRefused as error:
        raise ChainError(
            f"the node cannot move its clock: {error.text[:100]}",
            "use a dev node that knows evm_setNextBlockTimestamp and evm_mine, such as anvil",
        ) from None
