# SPDX-License-Identifier: AGPL-3.0-only
"""Random histories of made-up events, told to a store in steps: forward, back, more of it final.

The events need not be such as the contracts would emit: what a view says follows from any events.
"""

import random
from dataclasses import dataclass, field, replace

from millpond.chain.answers import Address
from millpond.mirror.store import Batch, Cursor, Store, Subject
from millpond.mirror.stores import Place
from tests.mirror.feed import hash_of
from tests.mirror.made import Event, Rows, together
from tests.mirror.test_store import HUB, IDENTITY, at, header, said

NOBODY = "0x" + "00" * 20
KEEP = 1_000
FIRST = 5


def account(number: int) -> str:
    """A made-up account or contract."""
    return f"0x{number:040x}"


POOLS = (100, 200)
PEOPLE = [account(n) for n in range(1, 6)]
ASSETS = [NOBODY, account(50)]


@dataclass
class History:
    """A store, the blocks that it was told and has not taken back, and the dice."""

    place: Place
    seed: int
    blocks: dict[int, list[Event]] = field(default_factory=dict)
    forks: int = 0

    def __post_init__(self) -> None:
        self.dice = random.Random(self.seed)  # noqa: S311  not for keys
        self.store = Store(self.place)
        begin(self.store)
        self.advance(1, founding=True)

    def step(self) -> str:
        """Something happens; its name."""
        what = self.dice.choice(["advance", "advance", "advance", "settle", "back", "far back"])
        if what == "advance":
            self.advance(self.dice.randrange(1, 5))
        elif what == "settle":
            self._move(self.store.cursor())
        else:
            self._back(deep=what == "far back")
        return what

    def advance(self, count: int, founding: bool = False) -> None:
        """More blocks, in one batch."""
        was = self.store.cursor()
        numbers = range(was.block_number + 1, was.block_number + 1 + count)
        for number in numbers:
            rows = founded() if founding else [self._event() for _ in range(self.dice.randrange(7))]
            self.blocks[number] = [mined(number, index, each) for index, each in enumerate(rows)]
        events = [each for number in numbers for each in self.blocks[number]]
        now = self._final(at(numbers[-1]), was.finalized_number)
        self.store.apply(Batch([header(n) for n in numbers], together(events)), was, now, KEEP)

    def again(self, place: Place) -> Store:
        """Another store that was told the same blocks one by one, and no detours."""
        store, end = Store(place), self.store.cursor()
        begin(store)
        for number, events in sorted(self.blocks.items()):
            was = store.cursor()
            now = replace(at(number), finalized_number=min(end.finalized_number, number))
            store.apply(Batch([header(number)], together(events)), was, now, KEEP)
        store.apply(Batch(()), store.cursor(), end, KEEP)
        return store

    def _final(self, cursor: Cursor, was: int) -> Cursor:
        """Some more of it is final; once in a while less, as another node may say."""
        least = 0 if self.dice.random() < 0.1 else min(was, cursor.block_number)
        final = self.dice.randrange(least, cursor.block_number + 1)
        safe = self.dice.randrange(final, cursor.block_number + 1)
        return replace(cursor, safe_number=safe, finalized_number=final)

    def _move(self, was: Cursor) -> None:
        now = self._final(was, was.finalized_number)
        self.store.apply(Batch(()), was, now, KEEP)

    def _back(self, deep: bool) -> None:
        """Blocks are taken back; `deep`: such as were final, too, which a mirror itself refuses."""
        was = self.store.cursor()
        kept = [n for n in self.blocks if n > FIRST and (deep or n >= was.finalized_number)]
        if not kept:
            return
        to = self.dice.choice(kept)
        self.store.roll_back(was, self._final(at(to), min(was.finalized_number, to)), KEEP)
        self.blocks = {n: events for n, events in self.blocks.items() if n <= to}

    # --- what is said -----------------------------------------------------------------------------

    def _event(self) -> Rows:
        dice = self.dice
        pool, (person, other) = dice.choice(POOLS), dice.sample(PEOPLE, 2)
        asset, earmark = dice.choice(ASSETS), dice.randrange(3)
        amount = str(dice.choice([1, 7, 10**20, 2**255]))
        governor, grain = account(pool + 1), account(pool + 3)
        proposal, seat = str(dice.randrange(3)), dice.randrange(1, 4)
        subject, epoch = account(dice.randrange(3)), dice.randrange(1, 4)
        vote: Rows = [("governor_vote_cast", (person, proposal, dice.randrange(3), 1, ""))]
        words: list[Rows] = [
            [("pool_given", (person, earmark, asset, amount, dice.randrange(2), "note"))],
            [("pool_spent", (earmark, asset, person, amount))],
            [("pool_moved", (earmark, dice.randrange(3), asset, amount))],
            [("pool_reserved", (earmark, asset, amount))],
            [("pool_released", (earmark, asset, person, amount))],
            [("pool_reclaimed", (dice.choice([person, account(pool)]), earmark, asset, amount))],
            [("grain_transfer", (dice.choice([NOBODY, person]), other, amount))],
            *([vote] * 4),
            [("governor_member_admitted", (person, seat, 1))],
            [("governor_member_removed", (person, seat))],
            [("governor_member_rebound", (seat, person, other))],
            [
                ("cred_distributor_claimed", (subject, person, person)),
                ("cred_distributor_claimed_shares", (0, epoch, "9", amount)),
                ("cred_distributor_claimed_shares", (1, epoch + 1, "5", amount)),
            ],
        ]
        found = dice.choice(words)
        by = {"governor": governor, "grain": grain, "pool": account(pool)}
        speaker = by.get(found[0][0].partition("_")[0], account(pool + 4))
        return [(speaker, ()), *found]


def begin(store: Store) -> None:
    """An empty mirror, standing before the first block."""
    store.begin(Subject(1337, hash_of(0), HUB, IDENTITY, FIRST), header(FIRST - 1))


def founded() -> list[Rows]:
    """Two pools, each with an earmark that is restricted."""
    pools: list[Rows] = [
        [
            (HUB, ()),
            (
                "hub_pool_created",
                (account(n), PEOPLE[0], f"pool {n}", *(account(n + i) for i in range(5)), "", ""),
            ),
        ]
        for n in POOLS
    ]
    earmarks: list[Rows] = [
        [(account(n), ()), ("pool_earmark_opened", (1, NOBODY, "ipfs://1", "0x", 1, 0, "0x"))]
        for n in POOLS
    ]
    return pools + earmarks


def mined(block: int, index: int, rows: Rows) -> Event:
    """An event as the store takes it; the first of its rows names who said it."""
    (speaker, _), *others = rows
    log = said(block, index)._replace(address=Address(speaker))
    return Event(log, "Made", "Up", others)
