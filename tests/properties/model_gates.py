# SPDX-License-Identifier: AGPL-3.0-only
"""Gates in words: contracts/NftGate.vy over contracts/mocks/TestNft.vy, and the odd one.

contracts/mocks/OddGate.vy answers with the hash of the proof, or with nothing.
"""

from eth_abi.abi import encode

from millpond.core.canonical import keccak256
from tests.properties.chain import Handle
from tests.properties.model import Model, Msg
from tests.properties.model_governor_members import ZERO

WORD = 32
# The ways of contracts/mocks/OddGate.vy that a walk uses, and the honest one.
HONEST, ANSWERS_NOTHING = 0, 1


class Nft(Model):
    """Who holds which token."""

    def __init__(self, me: Handle) -> None:
        super().__init__(me, {})

    def mint(self, _: Msg, to: str, token: int) -> None:
        self.facts[token] = to

    def pass_on(self, msg: Msg, to: str, token: int) -> None:
        msg.need(self.facts.get(token) == msg.sender, "nft: not yours")
        self.facts[token] = to

    def owner_of(self, msg: Msg, token: int) -> str:
        msg.need(self.facts.get(token, ZERO) != ZERO, "nft: no such token")
        found: str = self.facts[token]
        return found


class NftGateModel(Model):
    """Lets holders in."""

    def __init__(self, me: Handle, nft: Handle) -> None:
        super().__init__(me)
        self.nft = nft

    def check(self, msg: Msg, candidate: str, admission: str, proof: bytes) -> bytes:
        msg.need(len(proof) == WORD, "gate: name one token")
        token = int.from_bytes(proof)
        owner = msg.call(self.nft, "ownerOf", token)
        msg.need(owner == candidate, "gate: the token is not the candidate's")
        kinds = ["address", "uint256", "address"]
        return keccak256(encode(kinds, [self.nft.address, token, admission]))

    def collection(self, _: Msg) -> str:
        return self.nft.address


class OddGateModel(Model):
    """Lets everybody in, or answers nothing."""

    def __init__(self, me: Handle) -> None:
        super().__init__(me, [HONEST])

    def behave(self, _: Msg, way: int) -> None:
        self.facts[0] = way

    def check(self, _: Msg, candidate: str, admission: str, proof: bytes) -> bytes:
        del candidate, admission
        return bytes(WORD) if self.facts[0] == ANSWERS_NOTHING else keccak256(proof)
