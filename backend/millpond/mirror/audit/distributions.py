# SPDX-License-Identifier: AGPL-3.0-only
"""Epochs from post to claim, payout policies and maintainers, of each distributor of a pool."""

from collections.abc import Iterator

from millpond.chain.layouts import Word
from millpond.core.errors import UnitError
from millpond.core.subjects import address_bytes, to_hex
from millpond.mirror.audit.expected import Expected, Getter
from millpond.mirror.reads.snapshot import Row, Snapshot
from millpond.mirror.terms import terms_of

KIND = "CredDistributor"
_SOURCE = ("asset", "income_earmark", "pot_earmark", "payout_bps", "signer_cap_bps")
_TERMS = ("minimum", "grain_per_epoch", "epoch_length", "claim_window")
_REVIEW = ("zero_out_bps", "restorers", "fixed_portion")
_EPOCHS_IN_A_WORD = 256


def expected(now: Snapshot, pool: Row) -> Iterator[Expected]:
    """Of all distributors of one pool."""
    query = "SELECT address FROM contracts WHERE contract = 'CredDistributor' AND pool = ?"
    for row in now.rows(query, pool["pool"]):
        distributor = row["address"]
        yield from _policies(now, distributor)
        yield from _maintainers(now, distributor)
        yield from _epochs(now, distributor)
        yield from _claims(now, distributor)
        yield from _carry(now, distributor)
        yield from _season(now, distributor)


def _policies(now: Snapshot, distributor: str) -> Iterator[Expected]:
    rows = now.rows("SELECT * FROM policies WHERE distributor = ?", distributor)
    words = {"_source": _SOURCE, "_terms": _TERMS, "_reviews": _REVIEW}
    for row in rows:
        for variable, fields in words.items():
            for field in fields:
                key = (row["version"],)
                word = Word(KIND, distributor, f"payout_policy.{variable}", key, field)
                getter = Getter(KIND, distributor, "policy_of", key, (field,))
                yield Expected(
                    "policies", f"version {row['version']} of {distributor}", field, row[field],
                    getter if field != "pot_earmark" else None, (word,),
                )  # fmt: skip
    last = max((row["version"] for row in rows), default=0)
    yield from _of_head(distributor, "policies", "policy_version", last)


def _of_head(distributor: str, view: str, field: str, value: int) -> Iterator[Expected]:
    word = Word(KIND, distributor, "pots._head", (), field)
    getter = Getter(KIND, distributor, "head", (), (field,))
    yield Expected(view, f"distributor {distributor}", field, value, getter, (word,))


def _maintainers(now: Snapshot, distributor: str) -> Iterator[Expected]:
    rows = now.rows("SELECT * FROM maintainers WHERE distributor = ?", distributor)
    for row in rows:
        key = (row["version"], address_bytes(row["account"]).rjust(32, b"\0"))
        name = f"version {row['version']}, {row['account']}"
        number = Word(KIND, distributor, "maintainers._number", key, "number")
        getter = Getter(KIND, distributor, "maintainer_of", key)
        place = row["position"] + 1
        yield Expected("maintainers", name, "position", place, getter, (number,))
        signs = Word(KIND, distributor, "maintainers._number", key, "signs")
        yield Expected("maintainers", name, "signs", 1, words=(signs,))
    last = max((row["version"] for row in rows), default=0)
    newest = [row for row in rows if row["version"] == last]
    needed = newest[0]["needed"] if newest else 0
    values = {"version": last, "needed": needed, "count": len(newest)}
    for part, (field, value) in enumerate(values.items()):
        word = Word(KIND, distributor, "maintainers._set", (), field)
        getter = Getter(KIND, distributor, "maintainer_set", (), (part,))
        name = f"distributor {distributor}"
        yield Expected("maintainers", name, field, value, getter, (word,))


# --- epochs ---------------------------------------------------------------------------------------


def _epochs(now: Snapshot, distributor: str) -> Iterator[Expected]:
    rows = now.rows(
        "SELECT * FROM distributions WHERE distributor = ? ORDER BY epoch, attempt", distributor
    )
    previous, last = bytes(32), 0
    for row in rows:
        if row["state"] == "final":
            yield from _final(row, previous)
            previous, last = bytes.fromhex(row["epoch_hash"][2:]), row["epoch"]
    yield from _of_head(distributor, "distributions", "finalised", last)
    under_review = [row for row in rows if row["state"] == "review"]
    word = Word(KIND, distributor, "pots._head", (), "open_version")
    name = f"distributor {distributor}"
    getter = Getter(KIND, distributor, "open_distribution", (), ("proposal_id",))
    open_id = under_review[-1]["proposal_id"] if under_review else 0
    yield Expected("distributions", name, "proposal under review", open_id, getter)
    for row in under_review[-1:]:
        yield from _open(now, row)
    if not under_review:
        yield Expected("distributions", name, "policy of the open one", 0, words=(word,))


def _final(row: Row, previous: bytes) -> Iterator[Expected]:
    distributor, epoch = row["distributor"], row["epoch"]
    name = f"epoch {epoch} of {distributor}"
    word = Word(KIND, distributor, "epochs._epoch_hash", (epoch,), "value")
    getter = Getter(KIND, distributor, "epoch_hash_of", (epoch,))
    yield Expected("distributions", name, "epoch_hash", row["epoch_hash"], getter, (word,))
    # all terms at once: their hash is what the contract keeps of them
    found = _hash(row, previous)
    yield Expected("distributions", name, "terms (by their hash)", found, getter, (word,))


def _open(now: Snapshot, row: Row) -> Iterator[Expected]:
    distributor = row["distributor"]
    name = f"epoch {row['epoch']}, attempt {row['attempt']} of {distributor}"
    word = Word(KIND, distributor, "pots._posted_hash", (), "value")
    getter = Getter(KIND, distributor, "open_distribution", (), ("posted_hash",))
    found = _hash(row, None)
    yield Expected("distributions", name, "terms (by their hash)", found, getter, (word,))
    pot = Word(KIND, distributor, "pots._pot_and_carry", (), "pot")
    getter = Getter(KIND, distributor, "open_distribution", (), ("pot",))
    yield Expected("distributions", name, "pot", row["pot"], getter, (pot,))
    yield from _of_head(distributor, "distributions", "attempt", row["attempt"])
    struck = now.rows(
        "SELECT units_sum(cred) AS cred FROM ("
        "SELECT cred FROM cred_distributor_zeroed_out"
        " WHERE address = ?1 AND epoch = ?2 AND attempt = ?3"
        " UNION ALL SELECT '-' || cred FROM cred_distributor_restored"
        " WHERE address = ?1 AND epoch = ?2 AND attempt = ?3) AS lines",
        *(distributor, row["epoch"], row["attempt"]),
    )
    word = Word(KIND, distributor, "pots._received_and_excluded", (), "excluded")
    getter = Getter(KIND, distributor, "open_distribution", (), ("excluded",))
    value = struck[0]["cred"] or "0"
    yield Expected("distributions", name, "cred struck out", value, getter, (word,))


def _hash(row: Row, previous: bytes | None) -> str:
    """The hash of the terms in a row: as posted, or, behind the epoch before, as they became."""
    terms = terms_of(row)
    try:
        return to_hex(terms.posted_hash if previous is None else terms.epoch_hash(previous))
    except UnitError:  # wider than any contract could have it
        return to_hex(bytes(32))


# --- payouts --------------------------------------------------------------------------------------


def _claims(now: Snapshot, distributor: str) -> Iterator[Expected]:
    for row in now.rows("SELECT * FROM claims WHERE distributor = ?", distributor):
        yield _claimed("claims", distributor, row["subject"], row["epoch"])
    query = "SELECT * FROM cred_distributor_settled_off_chain WHERE address = ?"
    for row in now.rows(query, distributor):
        table = "cred_distributor_settled_off_chain"
        yield _claimed(table, distributor, row["subject"], row["epoch"])
    paid = """
        SELECT epoch, units_sum(amount) AS paid FROM (
            SELECT epoch, amount FROM claims WHERE distributor = ?1
            UNION ALL
            SELECT epoch, amount FROM cred_distributor_settled_off_chain WHERE address = ?1
            UNION ALL
            SELECT epoch, excess FROM cred_distributor_share_capped WHERE address = ?1
            UNION ALL
            SELECT epoch, left_over FROM cred_distributor_epoch_closed WHERE address = ?1
            UNION ALL
            SELECT epoch, '0' FROM cred_distributor_distribution_finalised WHERE address = ?1
        ) AS lines
        GROUP BY epoch
    """
    for row in now.rows(paid, distributor):
        epoch = row["epoch"]
        half = "odd" if epoch & 1 else "even"
        word = Word(KIND, distributor, "epochs._paid", (epoch >> 1,), half)
        getter = Getter(KIND, distributor, "paid_of", (epoch,))
        name = f"epoch {epoch} of {distributor}"
        yield Expected("claims", name, "paid in all", row["paid"], getter, (word,))


def _claimed(view: str, distributor: str, subject: str, epoch: int) -> Expected:
    key, place = divmod(epoch, _EPOCHS_IN_A_WORD)
    raw = bytes.fromhex(subject[2:])
    word = Word(KIND, distributor, "epochs._claimed", (raw, key), f"epoch_{place}")
    getter = Getter(KIND, distributor, "is_claimed", (raw, epoch))
    name = f"epoch {epoch}, subject {subject}"
    return Expected(view, name, "is claimed", 1, getter, (word,))


def _carry(now: Snapshot, distributor: str) -> Iterator[Expected]:
    query = """
        SELECT c.* FROM cred_distributor_carry_changed c WHERE c.address = ? AND NOT EXISTS (
            SELECT 1 FROM cred_distributor_carry_changed x
            WHERE x.address = c.address AND x.asset = c.asset
            AND (x.block_number, x.log_index) > (c.block_number, c.log_index)
        )
    """
    for row in now.rows(query, distributor):
        word = Word(KIND, distributor, "pots._carry", (row["asset"],), "value")
        getter = Getter(KIND, distributor, "carry_of", (row["asset"],))
        name = f"asset {row['asset']} of {distributor}"
        table = "cred_distributor_carry_changed"
        yield Expected(table, name, "carry", row["carry"], getter, (word,))


def _season(now: Snapshot, distributor: str) -> Iterator[Expected]:
    query = (
        "SELECT s.epochs_left, ("
        "  SELECT count(*) FROM cred_distributor_distribution_finalised f"
        "  WHERE f.address = s.address"
        "  AND (f.block_number, f.log_index) > (s.block_number, s.log_index)"
        ") AS used FROM cred_distributor_season_set s WHERE s.address = ?"
        " ORDER BY s.block_number DESC, s.log_index DESC LIMIT 1"
    )
    for row in now.rows(query, distributor):
        left = max(0, row["epochs_left"] - row["used"])
        yield from _of_head(distributor, "cred_distributor_season_set", "epochs_left", left)
