# SPDX-License-Identifier: AGPL-3.0-only
"""The collectibles of a walk: contracts/mocks/OddCollectible.vy and OddMultiToken.vy in words."""

from collections.abc import Sequence

from tests.properties.model import Msg, Refused
from tests.properties.model_grain import ZERO
from tests.properties.model_pool_journal import Bookkeeper, all_or_nothing

HONEST, REVERTS = 0, 1


class Curio(Bookkeeper):
    """What both have in common: they behave, or refuse every transfer."""

    def is_collectible(self) -> bool:
        """It says so itself."""
        return True

    def behave(self, _: Msg, way: int) -> None:
        """From now on."""
        self.note(way, "way")

    def _need_to_move(self, msg: Msg, why: str) -> None:
        msg.need(self.noted(HONEST, "way") != REVERTS, why)

    def _hand_over(self, msg: Msg, to: str, function: str, *what: object) -> None:
        """Whoever is a contract must take it."""
        if to not in msg.world.handles:
            return
        model = msg.world.models.get(to)
        if not hasattr(model, "on_erc721_received"):
            raise Refused("")
        msg.call(to, function, msg.sender, *what)


class OddCollectibleModel(Curio):
    """ERC-721."""

    @property
    def base(self) -> str | None:
        """The money of a pair, if it is one side of one."""
        found: str | None = self.noted(None, "base")
        return found

    def stand_for(self, _: Msg, base: str) -> None:
        """From now on."""
        self.note(None if base == ZERO else base, "base")

    def owner(self, token_id: int) -> str:
        """Nobody is zero."""
        found: str = self.noted(ZERO, "owner", token_id)
        return found

    def owner_of(self, msg: Msg, token_id: int) -> str:
        """ERC-721."""
        msg.need(self.owner(token_id) != ZERO, "collectible: there is none")
        return self.owner(token_id)

    def balance_of(self, _: Msg, account: str) -> int:
        """How many."""
        return self.sum(account)

    def mint(self, msg: Msg, to: str, token_id: int) -> None:
        """Anyone prints."""
        msg.need(self.owner(token_id) == ZERO, "collectible: there is one")
        self.note(to, "owner", token_id)
        self.add(1, to)

    def approve(self, msg: Msg, approved: str, token_id: int) -> None:
        """By its owner."""
        msg.need(msg.sender == self.owner(token_id), "collectible: not yours")
        self.note(approved, "approved", token_id)

    @all_or_nothing
    def transfer_from(self, msg: Msg, owner: str, to: str, token_id: int) -> None:
        """ERC-721: the same call as of money."""
        self._move(msg, owner, to, token_id)

    @all_or_nothing
    def safe_transfer_from(self, msg: Msg, owner: str, to: str, token_id: int, data: bytes) -> None:
        """ERC-721."""
        self._move(msg, owner, to, token_id)
        self._hand_over(msg, to, "onERC721Received", owner, token_id, data)

    def _move(self, msg: Msg, owner: str, to: str, token_id: int) -> None:
        self._need_to_move(msg, "collectible: I stay")
        msg.need(self.owner(token_id) == owner, "collectible: not the owner's")
        allowed = (owner, self.noted(ZERO, "approved", token_id))
        msg.need(msg.sender in allowed, "collectible: not allowed")
        self.note(to, "owner", token_id)
        self.note(ZERO, "approved", token_id)
        self.add(-1, owner)
        self.add(1, to)


class OddMultiTokenModel(Curio):
    """ERC-1155. Its kind 0 looks like money."""

    def balance_of(self, _: Msg, owner: str, token_id: int = 0) -> int:
        """How many of a kind."""
        return self.sum(owner, token_id)

    def mint(self, _: Msg, to: str, token_id: int, amount: int) -> None:
        """Anyone prints."""
        self.add(amount, to, token_id)

    @all_or_nothing
    def transfer_from(self, msg: Msg, owner: str, to: str, amount: int) -> bool:
        """As if it were money; anybody's."""
        self._move(msg, owner, to, 0, amount)
        return True

    @all_or_nothing
    def safe_transfer_from(
        self, msg: Msg, owner: str, to: str, token_id: int, amount: int, data: bytes
    ) -> None:
        """ERC-1155."""
        msg.need(msg.sender == owner, "multi: not yours")
        self._move(msg, owner, to, token_id, amount)
        self._hand_over(msg, to, "onERC1155Received", owner, token_id, amount, data)

    @all_or_nothing
    def safe_batch_transfer_from(
        self,
        msg: Msg,
        owner: str,
        to: str,
        token_ids: Sequence[int],
        amounts: Sequence[int],
        data: bytes,
    ) -> None:
        """ERC-1155."""
        msg.need(msg.sender == owner, "multi: not yours")
        for token_id, amount in zip(token_ids, amounts, strict=True):
            self._move(msg, owner, to, token_id, amount)
        self._hand_over(msg, to, "onERC1155BatchReceived", owner, token_ids, amounts, data)

    def _move(self, msg: Msg, owner: str, to: str, token_id: int, amount: int) -> None:
        self._need_to_move(msg, "multi: I stay")
        msg.need(amount <= self.sum(owner, token_id), "multi: too few")
        self.add(-amount, owner, token_id)
        self.add(amount, to, token_id)
