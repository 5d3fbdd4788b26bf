# SPDX-License-Identifier: AGPL-3.0-only
"""Pools and their parts as the Hub has them; attesters, trusted pools and links of identities."""

from collections.abc import Iterator

from millpond.chain.layouts import Word
from millpond.core.subjects import NOBODY
from millpond.mirror.audit.expected import Expected, Getter
from millpond.mirror.reads.snapshot import Row, Snapshot


def expected(now: Snapshot, pool: Row) -> Iterator[Expected]:
    """All of one pool."""
    yield from _pool(pool, now.as_of.identity)
    yield from _attesters(now, pool["pool"])
    yield from _trusted(now, pool["pool"])
    yield from _links(now, pool["pool"])


def _pool(pool: Row, identity: str) -> Iterator[Expected]:
    hub, address, name = pool["hub"], pool["pool"], f"pool {pool['name']}"
    word = Word("Hub", hub, "pool_names._named", (pool["name"],), "value")
    getter = Getter("Hub", hub, "pool_named", (pool["name"],))
    yield Expected("pools", name, "pool", address, getter, (word,))
    word = Word("Hub", hub, "pool_names._governors", (address,), "value")
    getter = Getter("Hub", hub, "governor_of", (address,))
    yield Expected("pools", name, "governor", pool["governor"], getter, (word,))
    for part in ("governor", "grain"):
        word = Word("Pool", address, f"pool_parts.{part}", (), "value")
        yield Expected("pools", name, part, pool[part], Getter("Pool", address, part), (word,))
    admission = Word("Governor", pool["governor"], "parts.part_words", (pool["admission"],))
    yield Expected("pools", name, "admission", 1, words=(_field(admission, "admission"),))
    made = Word("Governor", pool["governor"], "parts.part_words", (pool["distributor"],))
    yield Expected("pools", name, "distributor", 1, words=(_field(made, "hub_made"),))
    registry = Getter("Governor", pool["governor"], "identity")
    yield Expected("mirror", "the registry", "identity", identity, registry)
    yield Expected("mirror", "the Hub", "hub", hub, Getter("Governor", pool["governor"], "hub"))


def _field(word: Word, field: str) -> Word:
    return Word(word.kind, word.address, word.name, word.keys, field)


def _attesters(now: Snapshot, pool: str) -> Iterator[Expected]:
    registry, name = now.as_of.identity, f"pool {pool}"
    rows = now.rows("SELECT * FROM attesters WHERE pool = ? ORDER BY position", pool)
    for place, row in enumerate(rows):
        key = (pool, place)
        word = Word("Identity", registry, "attestation.attester_words", key, "account")
        getter = Getter("Identity", registry, "attesters", (pool,), (0, place))
        yield Expected("attesters", name, f"number {place + 1}", row["account"], getter, (word,))
    values = {"needed": rows[0]["needed"] if rows else 0, "count": len(rows)}
    for field, value in values.items():
        word = Word("Identity", registry, "attestation.attester_words", (pool, 0), field)
        yield Expected("attesters", name, field, value, words=(word,))


def _trusted(now: Snapshot, pool: str) -> Iterator[Expected]:
    registry, name = now.as_of.identity, f"pool {pool}"
    rows = now.rows("SELECT value FROM attesting_pools WHERE pool = ? ORDER BY position", pool)
    listed = [row["value"] for row in rows] or [pool]
    for place, value in enumerate(listed):
        getter = Getter("Identity", registry, "attesting_pools", (pool,), (place,))
        yield Expected("attesting_pools", name, f"number {place + 1}", value, getter)
    getter = Getter("Identity", registry, "attesting_pools", (pool,))
    yield Expected("attesting_pools", name, "how many", len(listed), getter)


def _links(now: Snapshot, pool: str) -> Iterator[Expected]:
    """Of each identity that ever had one: who is linked, who waits, who was objected to."""
    registry = now.as_of.identity
    identities = now.rows("SELECT DISTINCT identity FROM link_history WHERE pool = ?", pool)
    found: dict[str, dict[str, Row]] = {row["identity"]: {} for row in identities}
    for row in now.rows("SELECT * FROM links WHERE pool = ?", pool):
        found[row["identity"]][row["state"]] = row
    for identity, links in found.items():
        raw, name = bytes.fromhex(identity[2:]), f"identity {identity}"
        for state in ("active", "pending", "objected"):
            account = links[state]["account"] if state in links else NOBODY
            getter = Getter("Identity", registry, "link_of", (pool, raw), (state,))
            yield Expected("links", name, state, account, getter)
        newest = max(links.values(), key=lambda row: int(row["issued_at"]), default=None)
        if newest is None:
            continue
        for field in ("account", "issued_at"):
            word = Word("Identity", registry, "links.newest", (pool, raw), field)
            yield Expected("links", name, field, newest[field], words=(word,))
        if newest["state"] != "active":
            word = Word("Identity", registry, "links.newest", (pool, raw), "effective_at")
            yield Expected("links", name, "effective_at", newest["effective_at"], words=(word,))
