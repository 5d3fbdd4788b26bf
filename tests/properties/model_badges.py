# SPDX-License-Identifier: AGPL-3.0-only
"""Badges and Pins, which only look: who is a member, and whether the world is as it was."""

from typing import Any
from urllib.parse import quote

from millpond.core.canonical import keccak256
from tests.contracts.evm import ETH
from tests.properties.chain import Handle, to_address
from tests.properties.model import Model, Msg, Refused

ZERO = to_address(0)
STUCK = "badges: a badge cannot be moved"
KEPT = (
    *(b"\x01\xff\xc9\xa7", b"\x80\xac\x58\xcd", b"\x5b\x5e\x13\x9f", b"\xb4\x5a\x3c\x0e"),
    keccak256(b"daoURI()")[:4],
)
Question = tuple[Handle, str, tuple[Any, ...]]


class BadgesModel(Model):
    """A badge for each member, numbered by her address."""

    def __init__(self, me: Handle, hub: str, pool: str, governor: str, pool_name: str) -> None:
        super().__init__(me)
        self._hub, self._pool, self._governor, self.pool_name = hub, pool, governor, pool_name

    def transfer_from(self, msg: Msg, *_: Any) -> None:
        """Never."""
        msg.need(False, STUCK)

    def safe_transfer_from(self, msg: Msg, *_: Any) -> None:
        """Never."""
        msg.need(False, STUCK)

    def approve(self, msg: Msg, *_: Any) -> None:
        """Never."""
        msg.need(False, STUCK)

    def set_approval_for_all(self, msg: Msg, *_: Any) -> None:
        """Never."""
        msg.need(False, STUCK)

    # --- views ----------------------------------------------------------------------------

    def balance_of(self, msg: Msg, owner: str) -> int:
        """One for a member."""
        msg.need(owner != ZERO, "badges: the zero address has none")
        return int(msg.call(self._governor, "isMember", owner))

    def owner_of(self, msg: Msg, token_id: int) -> str:
        """The member of that number."""
        member = to_address(token_id) if token_id < 2**160 else ZERO
        found = member != ZERO and msg.call(self._governor, "isMember", member)
        msg.need(found, "badges: nobody has this badge")
        return member

    def locked(self, msg: Msg, token_id: int) -> bool:
        """Each of them."""
        return self.owner_of(msg, token_id) != ZERO

    def get_approved(self, msg: Msg, token_id: int) -> str:
        """Nobody."""
        self.owner_of(msg, token_id)
        return ZERO

    def is_approved_for_all(self, *_: Any) -> bool:
        """Nobody."""
        return False

    def name(self, _: Msg) -> str:
        """Of the pool."""
        return f"{self.pool_name} members"

    def symbol(self, _: Msg) -> str:
        """The same everywhere."""
        return "MEMBER"

    def token_uri(self, msg: Msg, token_id: int) -> str:
        """JSON in the address itself."""
        member = self.owner_of(msg, token_id).lower()
        said = f'{{"name":"{self.pool_name} member","member":"{member}"}}'
        return "data:application/json," + quote(said, safe=":,")

    def supports_interface(self, _: Msg, interface_id: bytes) -> bool:
        """ERC-165, 721, its metadata, 5192 and 4824."""
        return interface_id in KEPT

    def dao_uri(self, msg: Msg) -> str:
        """What the Hub says."""
        found: str = msg.call(self._hub, "daoURI", self._pool)
        return found

    def hub(self, _: Msg) -> str:
        return self._hub

    def pool(self, _: Msg) -> str:
        return self._pool

    def governor(self, _: Msg) -> str:
        return self._governor


class PinsModel(Model):
    """Refuses what is not as it was. A walk says what its questions mean."""

    def __init__(self, me: Handle) -> None:
        super().__init__(me)
        self.questions: dict[bytes, Question] = {}

    def require_code(self, msg: Msg, account: str, code_hash: bytes) -> None:
        """The code is there, or not."""
        code = msg.world.chain.code(account)
        fresh = not code and not msg.world.wei.get(account)
        found = bytes(32) if fresh else keccak256(code)
        msg.need(found == code_hash, "pins: the code has changed")

    def require_balance(self, msg: Msg, token: str, account: str, least: int) -> None:
        """At least so much."""
        has = msg.world.wei[account] if token == ETH else msg.call(token, "balanceOf", account)
        msg.need(has >= least, "pins: the balance is too small")

    def require_answer(self, msg: Msg, target: str, call: bytes, answer_hash: bytes) -> None:
        """The same answer, of a contract."""
        msg.need(msg.world.chain.code(target), "pins: nobody is there to answer")
        handle, function, args = self.questions[call]
        assert handle.address == target
        try:
            answer = handle.functions[function].answer(msg.call(target, function, *args))
        except Refused:
            answer = None
        same = answer is not None and keccak256(answer) == answer_hash
        msg.need(same, "pins: the answer has changed")

    def require_time(self, msg: Msg, earliest: int, latest: int) -> None:
        """From the one to the other."""
        msg.need(earliest <= msg.now <= latest, "pins: not at this time")
