# SPDX-License-Identifier: AGPL-3.0-only
"""The tree of Merkle distributors: pairs in the order of their hashes; two kinds of leaves."""

from collections.abc import Sequence

from millpond.core.canonical import keccak256


class PairTree:
    """Every level, the leaves first; a node without a neighbour moves up as it is."""

    def __init__(self, leaves: Sequence[bytes]) -> None:
        self.levels = [list(leaves)]
        while len(self.levels[-1]) > 1:
            self.levels.append(_above(self.levels[-1]))

    @property
    def root(self) -> bytes:
        """What the contract keeps."""
        return self.levels[-1][0]

    def proof(self, index: int) -> list[bytes]:
        """The neighbours on the way up."""
        found = []
        for level in self.levels[:-1]:
            if index ^ 1 < len(level):
                found.append(level[index ^ 1])
            index //= 2
        return found


def leaf(index: int, account: bytes, amount: int) -> bytes:
    """As Uniswap's MerkleDistributor hashes it: by index, of one epoch."""
    return keccak256(index.to_bytes(32, "big") + account + amount.to_bytes(32, "big"))


def leaf_so_far(account: bytes, amount: int) -> bytes:
    """As contracts/CumulativeDrop.sol hashes it: of all epochs so far."""
    return keccak256(account + amount.to_bytes(32, "big"))


def _above(level: Sequence[bytes]) -> list[bytes]:
    pairs = zip(level[::2], level[1::2], strict=False)
    above = [keccak256(a + b if a < b else b + a) for a, b in pairs]
    return above + [level[-1]] * (len(level) % 2)
