# SPDX-License-Identifier: AGPL-3.0-only
"""The attacker: `contracts/mocks/Turncoat.vy` in words.

Through whatever hook it is called, it makes the call that it was armed with; what comes of that the
models of our contracts say, as of any other call. In a static call nothing of ours can be done.
"""

from millpond.core.canonical import keccak256
from tests.properties.chain import plain_name
from tests.properties.model import Msg
from tests.properties.model_grain import ZERO
from tests.properties.model_pool_journal import Bookkeeper
from tests.properties.world import Action, World

TOOK_NFT, TOOK_TOKENS = bytes.fromhex("150b7a02"), bytes.fromhex("f23a6e61")
IN_VAIN = "nothing changes in a static call"


class TurncoatModel(Bookkeeper):
    """It keeps what it is armed with."""

    def arm(self, _: Msg, slot: int, target: str, data: bytes) -> None:
        """From now on; the zero address is nothing."""
        self.note((target, data), "call", slot)

    def refuse(self, _: Msg, refuses: bool) -> None:
        """ETH."""
        self.note(refuses, "refuses")

    def strike(self, msg: Msg, slot: int) -> None:
        """For a token that calls it, or a vote."""
        by_vote = msg.sender == msg.world.governor.address
        self._strike(msg, slot, "a vote" if by_vote else "a token's transfer")

    def on_open(self, msg: Msg, earmark_id: int, params: bytes) -> None:
        """A spender."""
        del earmark_id, params
        self._strike(msg, 0, "an opening")

    def on_erc721_received(
        self, msg: Msg, operator: str, sender: str, token_id: int, data: bytes
    ) -> bytes:
        """A collectible comes."""
        del operator, sender, token_id, data
        self._strike(msg, 0, "ERC-721")
        return TOOK_NFT

    def on_erc1155_received(
        self, msg: Msg, operator: str, sender: str, token_id: int, amount: int, data: bytes
    ) -> bytes:
        """Some come."""
        del operator, sender, token_id, amount, data
        self._strike(msg, 0, "ERC-1155")
        return TOOK_TOKENS

    def check(self, msg: Msg, candidate: str, admission: str, proof: bytes) -> bytes:
        """A gate: it lets everybody in, since its own call is in vain."""
        del candidate, admission
        self._in_vain(msg.world, "a gate")
        return keccak256(proof)

    def signs(self, world: World) -> bool:
        """A wallet: it says yes to everything, since its own call is in vain."""
        self._in_vain(world, "ERC-1271")
        return True

    def receive(self, msg: Msg, data: bytes = b"") -> None:
        """ETH comes."""
        del data
        msg.need(not self.noted(False, "refuses"), "turncoat: not now")
        self._strike(msg, 0, "ETH")

    # --- the call -------------------------------------------------------------------------

    def _meant(self, world: World, slot: int) -> Action | None:
        target, data = self.noted((ZERO, b""), "call", slot)
        if target == ZERO:
            return None
        [meant] = world.actions_of([target], [0], [data])
        return meant

    def _strike(self, msg: Msg, slot: int, hook: str) -> None:
        world = msg.world
        meant = self._meant(world, slot)
        if meant is None:
            return
        end, answer = world.attempted(self.address, meant.target, meant.function, meant.args)
        world.struck.append((hook, (meant.target.name, plain_name(meant.function)), end))
        msg.emit("CalledBack", ok=end == "ok", answer=answer)

    def _in_vain(self, world: World, hook: str) -> None:
        meant = self._meant(world, 0)
        if meant is not None:
            entry = (meant.target.name, plain_name(meant.function))
            world.struck.append((hook, entry, IN_VAIN))
