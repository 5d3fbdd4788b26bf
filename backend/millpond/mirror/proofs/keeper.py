# SPDX-License-Identifier: AGPL-3.0-only
"""The writer's side: after the mirror has moved, proofs of what is final now are fetched and kept.

A proof is taken at the newest final block that the mirror knows, or, where the node has forgotten
its state, at the newest safe one. Only what events changed since the last round is asked for again,
some of it in each round, so that the mirror is never kept waiting. Nothing that fails here stops
the mirror: it is noted, and tried again in the next round.
"""

import logging
from collections.abc import Sequence
from contextlib import closing
from typing import Any

import msgspec

from millpond.chain import answers, headers, state_proofs
from millpond.chain.answers import Address, NotKept
from millpond.chain.client import Client
from millpond.chain.headers import FullHeader
from millpond.chain.rlp import bad_proof
from millpond.chain.rpc import RpcRefused
from millpond.core.errors import MillpondError
from millpond.core.subjects import to_hex
from millpond.mirror.batches import Batches, Question, read
from millpond.mirror.proofs.items import Item, changed, words_of
from millpond.mirror.proofs.kept import Kept, Proof, Proven, is_standing, kept_of
from millpond.mirror.reads.refusals import NothingFinal
from millpond.mirror.reads.snapshot import Finality, Mirror, Snapshot
from millpond.mirror.stores import Database, Place, failures, keeping

IN_A_ROUND = 256
_LOG = logging.getLogger(__name__)
_any: "msgspec.json.Decoder[Any]" = msgspec.json.Decoder()


class Keeper:
    """Keeps proofs for the mirror at `place`."""

    def __init__(self, place: Place, client: Client, in_a_round: int = IN_A_ROUND) -> None:
        self._place, self._client, self._in_a_round = place, client, in_a_round
        self._mirror = Mirror(place)
        self._batches = Batches(client.rpc)
        self._seen: tuple[int, int] | None = None

    def round(self) -> bool:
        """One round; whether there is more to do. What fails is noted, never raised."""
        failing: tuple[type[Exception], ...] = (MillpondError, *failures(self._place))
        try:
            with closing(keeping(self._place)) as database:
                return self._noted(database)
        except failing as error:
            # not even noted: that is for the log, and for the next round
            _LOG.warning("no proofs are kept", extra={"detail": str(error)})
            return False

    def _noted(self, database: Database) -> bool:
        try:
            return self._round(database)
        except NothingFinal:
            return False
        except MillpondError as error:
            with self._mirror.snapshot() as now:
                kept_of(database, now).say(error)
            return False

    def all(self) -> None:
        """Rounds until nothing is left."""
        while self.round():
            pass

    def follow(self) -> None:
        """A round, if anything has become safe or final since the last one."""
        with self._mirror.snapshot() as now:
            standing = (now.as_of.safe_number, now.as_of.finalized_number)
        if standing != self._seen:
            self._seen = standing
            if self.round():
                self._seen = None

    def _round(self, database: Database) -> bool:
        with self._mirror.snapshot() as now:
            _forget_lost(kept_of(database, now), now)
        try:
            return self._prove(database, "finalized")
        except (RpcRefused, NotKept, NothingFinal):
            return self._prove(database, "safe")

    def _prove(self, database: Database, finality: Finality) -> bool:
        with self._mirror.snapshot(finality) as now:
            kept = kept_of(database, now)
            up_to = kept.round().up_to
            number = now.as_of.block_number
            if number <= up_to:
                return False
            items = changed(now, up_to)
            part = _whole_blocks(items, self._in_a_round)
            header = self._header(now) if part else None
            proofs = self._fetch(now, part, header) if header else []
        more = len(part) < len(items)
        kept.keep(proofs, part[-1].changed_at if more else number)
        return more

    def _header(self, now: Snapshot) -> FullHeader:
        """Of the block that the snapshot is of, with the hash that the mirror has of it."""
        number, wanted = now.as_of.block_number, now.as_of.block_hash
        found = self._client.rpc.ask("eth_getBlockByNumber", [hex(number), False])
        if found is None:
            raise NotKept(f"the node has no block {number}", "wait until it has caught up")
        header = headers.read(found)
        if (header.number, to_hex(header.hash)) != (number, wanted):
            raise bad_proof(f"block {number} is another one than the mirror has")
        return header

    def _fetch(
        self, now: Snapshot, items: Sequence[Item], header: FullHeader
    ) -> list[tuple[str, Proof]]:
        words = [words_of(now, item.sort, item.key) for item in items]
        tag = hex(header.number)
        questions: list[Question] = [
            ("eth_getProof", [asked[0].address, [_slot(word.slot) for word in asked], tag])
            for asked in words
        ]
        made = []
        replies = self._batches.ask(questions)
        for item, asked, reply in zip(items, words, replies, strict=True):
            if isinstance(reply, RpcRefused):
                raise reply
            address, slots = asked[0].address, [word.slot for word in asked]
            told = read(reply, _any, "eth_getProof")
            account = state_proofs.check(told, header.state_root, Address(address), slots)
            made.append((item.name, _proof(header, account, slots, told)))
        return made


def _forget_lost(kept: Kept, now: Snapshot) -> None:
    """Proofs in blocks that were only safe, and are no more."""
    for number, block_hash in kept.standing_on(now.as_of.finalized_number):
        if not is_standing(now, number, block_hash):
            kept.forget(number)


def _whole_blocks(items: Sequence[Item], most: int) -> Sequence[Item]:
    """About so many of the first; of the last block all or none, so that a block number says how
    far a round has come."""
    if len(items) <= most:
        return items
    last = items[most - 1].changed_at
    return [item for item in items if item.changed_at <= last]


def _proof(
    header: FullHeader, account: state_proofs.Account, slots: Sequence[int], told: Any
) -> Proof:
    """What was checked, in the order that was asked for."""
    by_slot = {
        answers.quantity(entry["key"], "a slot"): tuple(entry["proof"])
        for entry in told["storageProof"]
    }
    return Proof(
        block_number=header.number,
        block_hash=to_hex(header.hash),
        header=to_hex(header.encoded),
        timestamp=header.timestamp,
        state_root=to_hex(header.state_root),
        contract=account.address,
        account_proof=tuple(told["accountProof"]),
        storage_root=to_hex(account.storage_root),
        words=tuple(
            Proven(_slot(slot), _slot(account.slots[slot]), by_slot[slot]) for slot in slots
        ),
    )


def _slot(number: int) -> str:
    return to_hex(number.to_bytes(32))
