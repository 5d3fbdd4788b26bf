# SPDX-License-Identifier: AGPL-3.0-only
"""Pools: what they are made of, their rules in force, their members."""

from dataclasses import dataclass, replace

from millpond.chain.wording import CLASSES, PolicyTerms
from millpond.core.errors import BadInput
from millpond.core.figures import Money
from millpond.core.subjects import NOBODY, address_bytes, checksum_address
from millpond.mirror.reads.refusals import NoSuchDistributor, NoSuchPool
from millpond.mirror.reads.snapshot import Listed, Range, Row, Snapshot

OPEN = ("pending", "active", "queued", "succeeded")
"""States of a proposal that is not at its end."""
GRAIN_DECIMALS = 18
_ADDRESS = 42

_POOLS = """
    SELECT p.*, e.transaction_hash FROM pools p JOIN events e USING (block_number, log_index)
"""


@dataclass(frozen=True)
class Parts:
    """The contracts of one pool."""

    governor: str
    admission: str
    grain: str
    distributor: str


@dataclass(frozen=True)
class Pool:
    """One co-op as it was founded: all that finding something of it takes."""

    address: str
    name: str
    creator: str
    charter_uri: str
    charter_hash: str
    parts: Parts
    created_at: int
    block_number: int
    log_index: int
    transaction_hash: str


@dataclass(frozen=True)
class Standing(Pool):
    """One co-op as it stands now. It counts and adds up, so it is for those who show it."""

    members: int
    open_proposals: int
    holdings: tuple[Money, ...]


@dataclass(frozen=True)
class ClassRules:
    """How proposals of one class are decided. Times in seconds, shares in basis points."""

    name: str
    version: int
    delay: int
    period: int
    timelock: int
    expiry: int
    quorum_bps: int
    approval_bps: int
    early: bool

    def quorum(self, electorate: int) -> int:
        """How many of an electorate must take part; in the consent class, must object."""
        return -(-self.quorum_bps * electorate // 10_000)


@dataclass(frozen=True)
class Ways:
    """The ways to become a member, other than by a vote."""

    by_offer: bool
    by_invitation: bool
    sponsors: int
    joins_bps: int
    period: int
    gate: str | None


@dataclass(frozen=True)
class Policy(PolicyTerms):
    """A version of them, in force for one earmark."""

    version: int
    pot_earmark: int


@dataclass(frozen=True)
class Signers:
    """Accounts of which so many must sign."""

    needed: int
    accounts: tuple[str, ...]


@dataclass(frozen=True)
class Constitution:
    """What governs a pool as of the mirrored block."""

    rules: tuple[ClassRules, ...]
    ways: Ways
    maintainers: Signers
    attesters: Signers
    policy: Policy | None
    """None before the earmark that is paid by cred is opened."""
    epochs_left: int
    """How many more epochs may be paid before the members start another season."""


@dataclass(frozen=True)
class Member:
    """One seat: who holds it, or held it last."""

    seat: int
    account: str
    is_member: bool
    joined_at: int
    left_at: int | None
    rebinds: int
    """How often it went to another account of the same person."""
    block_number: int
    log_index: int


def listed(now: Snapshot, part: Range) -> Listed[Standing]:
    """All pools in the order of their making."""
    return now.page(_POOLS, (), part, lambda row: standing(now, _pool(row)))


def find(now: Snapshot, name: str) -> Pool:
    """A pool by its name or its address; `NoSuchPool`."""
    column, wanted = ("pool", spelled(name)) if len(name) == _ADDRESS else ("name", name)
    # one of two names of columns
    row = now.row(f"{_POOLS} WHERE p.{column} = ?", wanted)
    if row is None:
        raise NoSuchPool(
            f"there is no pool {name[:_ADDRESS]!r} at this Hub",
            "see which there are: /v1/pools, or the first page",
        )
    return _pool(row)


def paid_by(now: Snapshot, name: str, distributor: str | None) -> Pool:
    """A pool with the epochs of this distributor of it; of its first, where none is named."""
    pool = find(now, name)
    wanted = None if distributor is None else spelled(distributor)
    if wanted in {None, pool.parts.distributor}:
        return pool
    assert wanted is not None  # noqa: S101  by the line above
    if now.kind_of(wanted) != ("CredDistributor", pool.address):
        raise NoSuchDistributor(
            f"{pool.name} has no distributor at {wanted}",
            f"see which it has: /v1/pools/{pool.name}/distributors",
        )
    return replace(pool, parts=replace(pool.parts, distributor=wanted))


def spelled(address: str) -> str:
    """As EIP-55 has it; what is no address, as it is."""
    try:
        return checksum_address(address_bytes(address.lower()))
    except BadInput:
        return address


def _pool(row: Row) -> Pool:
    return Pool(
        address=row["pool"],
        name=row["name"],
        creator=row["creator"],
        charter_uri=row["charter_uri"],
        charter_hash=row["charter_hash"],
        parts=Parts(row["governor"], row["admission"], row["grain"], row["distributor"]),
        created_at=row["created_at"],
        block_number=row["block_number"],
        log_index=row["log_index"],
        transaction_hash=row["transaction_hash"],
    )


def standing(now: Snapshot, pool: Pool) -> Standing:
    """How many members and open proposals it has, and what it holds."""
    places = ", ".join("?" * len(OPEN))
    proposals = now.row(
        f"SELECT count(*) AS n FROM proposals WHERE governor = ? AND state IN ({places})",  # noqa: S608  only question marks
        pool.parts.governor,
        *OPEN,
    )
    return Standing(
        **vars(pool),
        members=member_count(now, pool),
        open_proposals=proposals["n"] if proposals else 0,
        holdings=_holdings(now, pool.address),
    )


def member_count(now: Snapshot, pool: Pool) -> int:
    """How many members it has."""
    found = now.row(
        "SELECT count(*) AS n, max(block_number) AS block_number FROM members"
        " WHERE governor = ? AND is_member = 1",
        pool.parts.governor,
    )
    return found["n"] if found else 0


def _holdings(now: Snapshot, pool: str) -> tuple[Money, ...]:
    """What the books say it holds, by asset."""
    query = "SELECT * FROM holdings WHERE pool = ? ORDER BY asset"
    return tuple(now.money(row["held"], row["asset"]) for row in now.rows(query, pool))


# --- what governs it ------------------------------------------------------------------------------


def constitution(now: Snapshot, pool: Pool) -> Constitution:
    """Rules, ways in, signers and payout policy in force."""
    return Constitution(
        rules=_rules(now, pool.parts.governor),
        ways=_ways(now, pool.parts.admission),
        maintainers=_signers(
            now,
            "SELECT * FROM maintainers WHERE distributor = ?1 AND version ="
            " (SELECT max(version) FROM maintainers WHERE distributor = ?1) ORDER BY position",
            pool.parts.distributor,
        ),
        attesters=_signers(
            now, "SELECT * FROM attesters WHERE pool = ? ORDER BY position", pool.address
        ),
        policy=_policy(now, pool),
        epochs_left=_epochs_left(now, pool.parts.distributor),
    )


def class_rules(row: Row, version: int) -> ClassRules:
    """Out of a row that has the columns of the view `rule_versions`."""
    return ClassRules(
        name=CLASSES[row["class"]],
        version=version,
        delay=row["delay"],
        period=row["period"],
        timelock=row["timelock"],
        expiry=row["expiry"],
        quorum_bps=row["quorum_bps"],
        approval_bps=row["approval_bps"],
        early=bool(row["early"]),
    )


def _rules(now: Snapshot, governor: str) -> tuple[ClassRules, ...]:
    query = (
        "SELECT * FROM rule_versions WHERE governor = ?1 AND version ="
        " (SELECT max(version) FROM rule_versions WHERE governor = ?1) ORDER BY class"
    )
    return tuple(class_rules(row, row["version"]) for row in now.rows(query, governor))


def _ways(now: Snapshot, admission: str) -> Ways:
    row = now.row(
        "SELECT * FROM admission_ways_set WHERE address = ?"
        " ORDER BY block_number DESC, log_index DESC LIMIT 1",
        admission,
    )
    if row is None:
        return Ways(False, False, 0, 0, 0, None)
    return Ways(
        by_offer=bool(row["ways_by_offer"]),
        by_invitation=bool(row["ways_by_invitation"]),
        sponsors=row["ways_sponsors"],
        joins_bps=row["ways_joins_bps"],
        period=row["ways_period"],
        gate=row["ways_gate"] if row["ways_gate"] != NOBODY else None,
    )


def _signers(now: Snapshot, query: str, pool: str) -> Signers:
    rows = now.rows(query, pool)
    return Signers(rows[0]["needed"] if rows else 0, tuple(row["account"] for row in rows))


def _policy(now: Snapshot, pool: Pool) -> Policy | None:
    row = now.row(
        "SELECT * FROM policies WHERE distributor = ? ORDER BY version DESC LIMIT 1",
        pool.parts.distributor,
    )
    if row is None:
        return None
    return Policy(
        version=row["version"],
        pot_earmark=row["pot_earmark"],
        income_earmark=row["income_earmark"],
        payout_bps=row["payout_bps"],
        minimum=now.money(row["minimum"], row["asset"]),
        grain_per_epoch=now.money(row["grain_per_epoch"], pool.parts.grain),
        signer_cap_bps=row["signer_cap_bps"],
        epoch_length=row["epoch_length"],
        claim_window=row["claim_window"],
        zero_out_bps=row["zero_out_bps"],
        restorers=row["restorers"],
        fixed_portion=bool(row["fixed_portion"]),
    )


def _epochs_left(now: Snapshot, distributor: str) -> int:
    """Of the season, less what became final since it began."""
    row = now.row(
        "SELECT s.epochs_left, s.block_number, ("
        "  SELECT count(*) FROM cred_distributor_distribution_finalised f"
        "  WHERE f.address = s.address"
        "  AND (f.block_number, f.log_index) > (s.block_number, s.log_index)"
        ") AS used FROM cred_distributor_season_set s WHERE s.address = ?"
        " ORDER BY s.block_number DESC, s.log_index DESC LIMIT 1",
        distributor,
    )
    return max(0, row["epochs_left"] - row["used"]) if row else 0


# --- members --------------------------------------------------------------------------------------


def members(now: Snapshot, pool: Pool, part: Range, current: bool | None = None) -> Listed[Member]:
    """All seats by number; only those of members, or only those of former ones, if told."""
    query, values = "SELECT * FROM members WHERE pool = ?", [pool.address]
    if current is not None:
        query += f" AND is_member = {int(current)}"
    return now.page(query, values, part, _member, keys=("seat",))


def _member(row: Row) -> Member:
    return Member(
        seat=row["seat"],
        account=row["account"],
        is_member=bool(row["is_member"]),
        joined_at=row["joined_at"],
        left_at=row["left_at"],
        rebinds=row["rebinds"],
        block_number=row["block_number"],
        log_index=row["log_index"],
    )
