# SPDX-License-Identifier: AGPL-3.0-only
"""T61, for the relay: its power goes at one place, and no code of that run runs any more.

Places are: before each question to the node, after each transaction that was sent, and before each
transaction of the database is over. Between two places a run leaves nothing behind, so that a relay
killed at each of them has been killed everywhere. (test_storm.py kills real processes.)
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

import pytest

from millpond.chain.governance import Support
from millpond.chain.rpc import Rpc
from millpond.mirror.stores.sqlite import SqliteDatabase
from tests.api.relay.yard import RELAY, Yard
from tests.chain.coop import FOUNDERS

SENT = "eth_sendRawTransaction"
STEP = 3
"""Every third place, another third in each of the three tests: all of them together."""


class Killed(BaseException):
    """The end of a run; no error, so that nothing catches it."""


class Power:
    """Counts the places that a run comes to, and goes at one of them."""

    def __init__(self) -> None:
        self.places: list[str] = []
        self.ends_at: int | None = None
        self.is_on = False

    def come_to(self, place: str) -> None:
        """One place further."""
        if not self.is_on:
            return
        self.places.append(place)
        if self.ends_at == len(self.places) - 1:
            self.is_on = False
            raise Killed(place)

    def run(self, rounds: Callable[[], None], ends_at: int | None) -> bool:
        """Whether they came to their own end."""
        self.places, self.ends_at, self.is_on = [], ends_at, True
        try:
            rounds()
        except Killed:
            return False
        finally:
            self.is_on = False
        return True


@pytest.fixture
def power() -> Iterator[Power]:
    """For as long as this lasts, every run passes its places here."""
    found = Power()
    tell, transaction = Rpc.tell, SqliteDatabase.transaction

    def asked(self: Rpc, method: str, params: Sequence[object] = ()) -> object:
        found.come_to(f"before {method}")
        answer = tell(self, method, params)
        if method == SENT:
            found.come_to(f"after {method}")
        return answer

    @contextmanager
    def whole(self: SqliteDatabase) -> Iterator[None]:
        with transaction(self):
            yield
            found.come_to("before the commit")
        found.come_to("after the commit")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Rpc, "tell", asked)
        patch.setattr(SqliteDatabase, "transaction", whole)
        yield found


def _rounds(yard: Yard, count: int) -> None:
    """A relay that is started, and lives for so many rounds."""
    relay = yard.relay()
    try:
        for _ in range(count):
            relay.round()
            yard.clock += 20
    finally:
        relay.queue.db.close()


def _told(yard: Yard, power: Power, ends_at: int | None) -> tuple[bool, int]:
    """Five ballots, one of them followed by another; killed at that place, then started again.
    Whether the first run lived, and how many transactions there were."""
    (proposal,) = yard.propose()
    first = yard.client.nonce(RELAY.address)
    ids = yard.hand_in(
        *(yard.ballot(founder, proposal) for founder in FOUNDERS),
        yard.ballot(FOUNDERS[0], proposal, Support.AGAINST, before=1),
    )
    lived = power.run(lambda: _rounds(yard, 4), ends_at)
    _rounds(yard, 5)
    assert yard.states(ids) == ["done"] * 6, power.places[-1]
    voters = [FOUNDERS[0].address, *(founder.address for founder in FOUNDERS)]
    assert sorted(yard.casts(proposal)) == sorted(voters), power.places[-1]
    assert yard.tally(proposal) == (1, 4, 0)
    return lived, yard.client.nonce(RELAY.address) - first


@pytest.mark.parametrize("third", range(STEP))
def test_relay__killed_at_every_place__loses_nothing_and_sends_nothing_twice(
    yard: Yard, power: Power, third: int
) -> None:
    lived, sent = _told(yard, power, None)
    assert (lived, sent) == (True, 2)
    places = list(power.places)
    assert {f"after {SENT}", f"before {SENT}", "before the commit", "after the commit"} <= set(
        places
    )
    assert len(places) > 60
    empty = yard.folder
    for number in range(third, len(places), STEP):
        snapshot = yard.ask("evm_snapshot")
        yard.folder = empty / str(number)
        lived, sent = _told(yard, power, number)
        assert not lived, "the story is the same each time"
        assert sent == 2, f"killed {power.places[-1]}: {sent} transactions"
        yard.ask("evm_revert", snapshot)
