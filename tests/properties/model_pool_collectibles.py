# SPDX-License-Identifier: AGPL-3.0-only
"""What a pool does with collectibles, in words: they are in no book, and move none."""

from collections.abc import Sequence

from tests.properties.model import Msg
from tests.properties.model_pool_books import PoolBooks

MOST = 64
INTERFACES = {bytes.fromhex(each) for each in ("01ffc9a7", "150b7a02", "4e2312e0")}
TOOK_ONE = bytes.fromhex("150b7a02")
TOOK_SOME = bytes.fromhex("f23a6e61")
TOOK_SEVERAL = bytes.fromhex("bc197c81")


class PoolCollectibles(PoolBooks):
    """One pool's collectibles. Who owns what is the tokens' affair."""

    def supports_interface(self, _: Msg, interface_id: bytes) -> bool:
        """ERC-165."""
        return interface_id in INTERFACES

    def on_erc721_received(
        self, msg: Msg, operator: str, sender: str, token_id: int, data: bytes
    ) -> bytes:
        """Told."""
        del operator, data
        self._tell(msg, sender, token_id, 1)
        return TOOK_ONE

    def on_erc1155_received(
        self, msg: Msg, operator: str, sender: str, token_id: int, amount: int, data: bytes
    ) -> bytes:
        """Told."""
        del operator, data
        self._tell(msg, sender, token_id, amount)
        return TOOK_SOME

    def on_erc1155_batch_received(
        self,
        msg: Msg,
        operator: str,
        sender: str,
        token_ids: Sequence[int],
        amounts: Sequence[int],
        data: bytes,
    ) -> bytes:
        """Told one by one."""
        del operator, data
        msg.need(len(token_ids) == len(amounts), "pool: lists differ in length")
        for token_id, amount in zip(token_ids, amounts, strict=True):
            self._tell(msg, sender, token_id, amount)
        return TOOK_SEVERAL

    def send_nft(self, msg: Msg, token: str, to: str, token_id: int) -> None:
        """By vote."""
        self._need_sending(msg, token, to)
        mine = msg.call(token, "ownerOf", token_id) == self.address
        msg.need(mine, "pool: not the owner of this token")
        msg.call(token, "safeTransferFrom", self.address, to, token_id, b"")
        msg.emit("CollectibleSent", token=token, to=to, token_id=token_id, amount=1)

    def send_multi_token(self, msg: Msg, token: str, to: str, token_id: int, amount: int) -> None:
        """By vote."""
        self._need_sending(msg, token, to)
        msg.need(amount, "pool: amount is zero")
        enough = msg.call(token, "balanceOf", self.address, token_id) >= amount
        msg.need(enough, "pool: too few of these tokens")
        msg.call(token, "safeTransferFrom", self.address, to, token_id, amount, b"")
        msg.emit("CollectibleSent", token=token, to=to, token_id=token_id, amount=amount)

    def _need_sending(self, msg: Msg, token: str, to: str) -> None:
        self._need_governor(msg)
        self._need_payee(msg, to)
        base = getattr(msg.world.models.get(token), "base", None)
        for money in (token, base):
            if money is not None:
                msg.need(not self.booked(money), "pool: this token is in the books")

    def _tell(self, msg: Msg, sender: str, token_id: int, amount: int) -> None:
        what = {"token_id": token_id, "amount": amount}
        msg.emit("CollectibleReceived", token=msg.sender, sender=sender, **what)
