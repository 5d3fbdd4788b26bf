# SPDX-License-Identifier: AGPL-3.0-only
"""The power goes at one place of a relay's run, and no code of that run runs any more.

Places are: before each question to the node, after each transaction that was sent, before and after
the end of each transaction of the database. Between two places a run leaves nothing behind, so that
a relay killed at each of them has been killed everywhere.

    with power() as found:
        places = story(yard, found)             a run that lives
        story(yard, found, ends_at=17)          one that is killed there, and started again
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
TRANSACTIONS = 2
"""Of the story: five ballots in one, the one that follows in another."""


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


@contextmanager
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


def story(yard: Yard, found: Power, ends_at: int | None = None) -> list[str]:
    """Five ballots, one of them followed by another; killed at that place, then started again.
    All places that the first run came to; an error unless each ballot counted once, and no more was
    paid for than had to be."""
    (proposal,) = yard.propose()
    first = yard.client.nonce(RELAY.address)
    ids = yard.hand_in(
        *(yard.ballot(founder, proposal) for founder in FOUNDERS),
        yard.ballot(FOUNDERS[0], proposal, Support.AGAINST, before=1),
    )
    lived = found.run(lambda: _rounds(yard, 4), ends_at)
    assert lived == (ends_at is None), "the story is the same each time"
    places = list(found.places)
    _rounds(yard, 5)
    assert yard.states(ids) == ["done"] * 6, places[-1]
    voters = [FOUNDERS[0].address, *(founder.address for founder in FOUNDERS)]
    assert sorted(yard.casts(proposal)) == sorted(voters), places[-1]
    assert yard.tally(proposal) == (1, 4, 0), places[-1]
    assert yard.client.nonce(RELAY.address) - first == TRANSACTIONS, places[-1]
    return places


def killed_at(yard: Yard, found: Power, numbers: Sequence[int]) -> None:
    """The story once for each of these places, from the same beginning."""
    folder = yard.folder
    for number in numbers:
        snapshot = yard.ask("evm_snapshot")
        yard.folder = folder / str(number)
        story(yard, found, number)
        yard.ask("evm_revert", snapshot)
    yard.folder = folder
