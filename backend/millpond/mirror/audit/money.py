# SPDX-License-Identifier: AGPL-3.0-only
"""Earmarks and their books, debts, what is held, patrons' gifts and their thanks, and grain."""

from collections.abc import Iterator

from millpond.chain.layouts import Word
from millpond.mirror.audit.expected import Expected, Getter
from millpond.mirror.reads.snapshot import Row, Snapshot

WHOLE = 10**18
"""The factor of an asset of which nothing was lost."""


def expected(now: Snapshot, pool: Row) -> Iterator[Expected]:
    """All of one pool."""
    yield from _earmarks(now, pool["pool"])
    yield from _accounts(now, pool["pool"])
    yield from _debts(now, pool["pool"])
    yield from _holdings(now, pool["pool"])
    yield from _gifts(now, pool["pool"])
    yield from _thanks(now, pool["pool"])
    yield from _grain(now, pool["grain"])


def _earmarks(now: Snapshot, pool: str) -> Iterator[Expected]:
    rows = now.rows("SELECT * FROM earmarks WHERE pool = ?", pool)
    for row in rows:
        number = row["earmark_id"]
        for field in ("spender", "restricted", "deadline"):
            word = Word("Pool", pool, "earmarks.terms", (number,), field)
            getter = Getter("Pool", pool, "earmark", (number,), (field,))
            yield Expected("earmarks", f"earmark {number}", field, row[field], getter, (word,))
    word = Word("Pool", pool, "earmarks.earmark_count", (), "value")
    getter = Getter("Pool", pool, "earmark_count")
    yield Expected("earmarks", f"pool {pool}", "how many", len(rows) - 1, getter, (word,))


def _accounts(now: Snapshot, pool: str) -> Iterator[Expected]:
    """Of every earmark and every asset, also where the mirror knows of nothing."""
    found = now.rows("SELECT * FROM accounts WHERE pool = ?", pool)
    known = {(row["earmark_id"], row["asset"]): row for row in found}
    earmarks = now.rows("SELECT earmark_id FROM earmarks WHERE pool = ?", pool)
    assets = now.rows("SELECT address FROM assets")
    pairs = {(e["earmark_id"], a["address"]) for e in earmarks for a in assets} | set(known)
    for pair in sorted(pairs):
        row = known.get(pair)
        book, reserve = (
            Word("Pool", pool, "books.books", pair, "unreserved"),
            Word("Pool", pool, "books.reserves", pair, "reserved"),
        )
        received = Word("Pool", pool, "books.books", pair, "received")
        fields: tuple[tuple[str, str, tuple[Word, ...]], ...] = (
            ("balance", "balance_of", (book, reserve)),
            ("received", "received", (received,)),
            ("reserved", "reserved", (reserve,)),
        )
        for field, function, words in fields:
            getter = Getter("Pool", pool, function, pair)
            value = row[field] if row else "0"
            name = f"earmark {pair[0]}, asset {pair[1]}"
            yield Expected("accounts", name, field, value, getter, words)


def _debts(now: Snapshot, pool: str) -> Iterator[Expected]:
    for row in now.rows("SELECT * FROM debts WHERE pool = ?", pool):
        key = (row["asset"], row["account"])
        word = Word("Pool", pool, "holdings.owed", key, "value")
        getter = Getter("Pool", pool, "owed", key)
        name = f"{row['account']}, asset {row['asset']}"
        yield Expected("debts", name, "owed", row["owed"], getter, (word,))


def _holdings(now: Snapshot, pool: str) -> Iterator[Expected]:
    found = now.rows("SELECT * FROM holdings WHERE pool = ?", pool)
    held = {row["asset"]: row["held"] for row in found}
    for asset in sorted(held | {row["address"]: "0" for row in now.rows("SELECT * FROM assets")}):
        word = Word("Pool", pool, "holdings.holdings", (asset,), "held")
        getter = Getter("Pool", pool, "held", (asset,))
        value = held.get(asset, "0")
        yield Expected("holdings", f"asset {asset}", "held", value, getter, (word,))
        losses = now.rows(
            "SELECT factor FROM pool_loss_accepted WHERE address = ? AND asset = ?"
            " ORDER BY block_number DESC, log_index DESC LIMIT 1",
            *(pool, asset),
        )
        word = Word("Pool", pool, "holdings.holdings", (asset,), "factor")
        written = losses[0]["factor"] if losses else "0"
        yield Expected("pool_loss_accepted", f"asset {asset}", "factor", written, words=(word,))
        getter = Getter("Pool", pool, "factor_of", (asset,))
        worth = losses[0]["factor"] if losses else str(WHOLE)
        yield Expected("pool_loss_accepted", f"asset {asset}", "worth", worth, getter)


def _gifts(now: Snapshot, pool: str) -> Iterator[Expected]:
    """To restricted earmarks: what each patron gave, and took back. The pool stands for money that
    was moved there."""
    query = """
        SELECT earmark_id, asset, patron, units_sum(given) AS given, units_sum(taken) AS taken
        FROM (
            SELECT g.earmark_id, g.asset, g.patron, g.amount AS given, '0' AS taken FROM gifts g
            WHERE g.pool = ?
            UNION ALL
            SELECT m.to_id, m.asset, m.address, m.amount, '0' FROM pool_moved m
            WHERE m.address = ?
            UNION ALL
            SELECT r.earmark_id, r.asset, r.patron, '0', r.amount FROM pool_reclaimed r
            WHERE r.address = ?
        ) AS lines
        WHERE earmark_id IN (
            SELECT e.earmark_id FROM earmarks e WHERE e.pool = ? AND e.restricted = 1
        )
        GROUP BY earmark_id, asset, patron
    """
    for row in now.rows(query, pool, pool, pool, pool):
        key = (row["earmark_id"], row["asset"], row["patron"])
        name = f"earmark {key[0]}, patron {key[2]}, asset {key[1]}"
        for place, (field, column) in enumerate((("given", "given"), ("taken_back", "taken"))):
            word = Word("Pool", pool, "books.gifts", key, field)
            getter = Getter("Pool", pool, "gift_of", key, (place,))
            yield Expected("gifts", name, field, row[column], getter, (word,))


def _thanks(now: Snapshot, pool: str) -> Iterator[Expected]:
    """How gifts are thanked with grain."""
    query = """
        SELECT s.* FROM pool_patron_grain_set s WHERE s.address = ? AND NOT EXISTS (
            SELECT 1 FROM pool_patron_grain_set x
            WHERE x.address = s.address AND x.earmark_id = s.earmark_id AND x.asset = s.asset
            AND (x.block_number, x.log_index) > (s.block_number, s.log_index)
        )
    """
    for row in now.rows(query, pool):
        key = (row["earmark_id"], row["asset"])
        for field, variable in (("rate", "rates"), ("cap", "rates"), ("period", "counts")):
            word = Word("Pool", pool, f"patronage.{variable}", key, field)
            getter = Getter("Pool", pool, "patron_grain_of", key, (field,))
            name = f"earmark {key[0]}, asset {key[1]}"
            yield Expected("pool_patron_grain_set", name, field, row[field], getter, (word,))


def _grain(now: Snapshot, grain: str) -> Iterator[Expected]:
    balances = now.rows("SELECT * FROM grain_balances WHERE grain = ?", grain)
    for row in balances:
        word = Word("Grain", grain, "accounts", (row["account"],), "balance")
        getter = Getter("Grain", grain, "balanceOf", (row["account"],))
        name, value = f"account {row['account']}", row["balance"]
        yield Expected("grain_balances", name, "balance", value, getter, (word,))
    supply = str(sum(int(row["balance"]) for row in balances))
    word = Word("Grain", grain, "totalSupply", (), "value")
    getter = Getter("Grain", grain, "totalSupply")
    yield Expected("grain_balances", f"grain {grain}", "supply", supply, getter, (word,))
    query = """
        SELECT s.* FROM grain_minter_set s WHERE s.address = ? AND NOT EXISTS (
            SELECT 1 FROM grain_minter_set x
            WHERE x.address = s.address AND x.minter = s.minter
            AND (x.block_number, x.log_index) > (s.block_number, s.log_index)
        )
    """
    for row in now.rows(query, grain):
        word = Word("Grain", grain, "is_minter", (row["minter"],), "value")
        getter = Getter("Grain", grain, "is_minter", (row["minter"],))
        name = f"minter {row['minter']}"
        yield Expected("grain_minter_set", name, "allowed", row["allowed"], getter, (word,))
