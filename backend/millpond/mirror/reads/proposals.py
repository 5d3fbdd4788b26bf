# SPDX-License-Identifier: AGPL-3.0-only
"""Proposals: where each stands, what it would do, who said what, who has said nothing."""

from dataclasses import dataclass

from millpond.chain.governance import Action
from millpond.chain.wording import CLASSES
from millpond.mirror.reads.actions import Facts, actions_of
from millpond.mirror.reads.pools import ClassRules, Pool, class_rules
from millpond.mirror.reads.refusals import NoSuchProposal
from millpond.mirror.reads.snapshot import Listed, Range, Row, Snapshot

STATES = (
    *("pending", "active", "canceled", "defeated"),
    *("succeeded", "queued", "expired", "executed"),
)
SUPPORT = ("against", "for", "abstain")
CONSENT = CLASSES[3]

# Every event that changes a proposal after it was made.
_LATER = """
    SELECT address, proposal_id, 'closed' AS what, block_number, log_index
    FROM governor_proposal_closed
    UNION ALL SELECT address, proposal_id, 'extended', block_number, log_index
    FROM governor_consent_extended
    UNION ALL SELECT address, proposal_id, 'executed', block_number, log_index
    FROM governor_proposal_executed
    UNION ALL SELECT address, proposal_id, 'canceled', block_number, log_index
    FROM governor_proposal_canceled
"""
_PROPOSALS = """
    SELECT p.*, e.transaction_hash,
        (SELECT k.contract FROM contracts k WHERE k.address = p.proposer LIMIT 1) AS raised_by
    FROM proposals p JOIN events e USING (block_number, log_index)
    WHERE p.governor = ?
"""
_HISTORY = f"""
    SELECT s.what, b.timestamp AS at, s.block_number, s.log_index, e.transaction_hash
    FROM (
        SELECT address, proposal_id, 'proposed' AS what, block_number, log_index
        FROM governor_proposal_created
        UNION ALL {_LATER}
    ) s
    JOIN events e USING (block_number, log_index)
    JOIN blocks b ON b.number = s.block_number
    WHERE s.address = ? AND s.proposal_id = ?
    ORDER BY s.block_number, s.log_index
"""  # noqa: S608  a constant of this file


@dataclass(frozen=True)
class Tally:
    """Ballots, one for each seat that has one."""

    against: int
    in_favour: int
    abstain: int

    @property
    def cast(self) -> int:
        """All of them."""
        return self.against + self.in_favour + self.abstain


@dataclass(frozen=True)
class Proposal:
    """One proposal, in short. Times in seconds since 1970."""

    id: str
    proposer: str
    raised_by: str | None
    """The kind of contract that raised it, where no member did."""
    class_name: str
    state: str
    description: str
    created_at: int
    opens_at: int
    closes_at: int
    eta: int
    """From when on it may be executed, if it passes."""
    expires_at: int
    executed_at: int | None
    canceled_at: int | None
    electorate: int
    """How many may vote: the members of the moment of proposing."""
    tally: Tally
    rules: ClassRules
    passing: bool
    """Whether it passes if nobody casts another ballot."""
    block_number: int
    log_index: int
    transaction_hash: str

    @property
    def quorum(self) -> int:
        """How many must take part; in the consent class, how many objections stop it."""
        return self.rules.quorum(self.electorate)

    @property
    def counted(self) -> int:
        """How many count towards the quorum so far."""
        if self.class_name == CONSENT:
            return self.tally.against
        return self.tally.in_favour + self.tally.abstain


@dataclass(frozen=True)
class Step:
    """Something that happened to a proposal."""

    what: str
    at: int
    block_number: int
    log_index: int
    transaction_hash: str


@dataclass(frozen=True)
class ProposalInFull:
    """A proposal with what it would do and what happened to it."""

    proposal: Proposal
    actions: tuple[Action, ...]
    facts: Facts
    """What is known for telling the actions."""
    history: tuple[Step, ...]


@dataclass(frozen=True)
class Ballot:
    """The last word of a seat on a proposal."""

    seat: int
    voter: str
    support: str
    reason: str | None
    """None where only its hash is on the chain, or where none was given."""
    reason_hash: str | None
    casts: int
    """How often this seat has cast; the last counts."""
    cast_at: int
    block_number: int
    log_index: int
    transaction_hash: str


@dataclass(frozen=True)
class Elector:
    """A seat of the electorate of a proposal, and how it has voted so far."""

    seat: int
    account: str
    """Who holds the seat now, or held it last."""
    may_vote: bool
    """Who has left since still counts in the electorate, but can vote no more; nor can an account
    to which the seat was moved since."""
    support: str | None


def listed(
    now: Snapshot, pool: Pool, part: Range, states: tuple[str, ...] = ()
) -> Listed[Proposal]:
    """The proposals of a pool in the order of their making; only those in these states, if told."""
    query, values = _PROPOSALS, [pool.parts.governor, *states]
    if states:
        query += f" AND p.state IN ({', '.join('?' * len(states))})"
    return now.page(query, values, part, _proposal)


def find(now: Snapshot, pool: Pool, number: str) -> Proposal:
    """One proposal by its number in decimal digits; `NoSuchProposal`."""
    row = now.row(f"{_PROPOSALS} AND p.proposal_id = ?", pool.parts.governor, number)
    if row is None:
        raise NoSuchProposal(
            f"{pool.name} has no proposal {number[:78]}",
            f"see which there are: /v1/pools/{pool.name}/proposals",
        )
    return _proposal(row)


def in_full(now: Snapshot, pool: Pool, number: str) -> ProposalInFull:
    """One proposal with its actions."""
    proposal = find(now, pool, number)
    history = now.rows(_HISTORY, pool.parts.governor, number)
    return ProposalInFull(
        proposal,
        actions_of(now, pool, number),
        Facts(now, pool, proposal.block_number, proposal.log_index),
        tuple(Step(*(row[key] for key in row.keys())) for row in history),  # noqa: SIM118  a Row iterates over values
    )


def ballots(now: Snapshot, pool: Pool, number: str, part: Range) -> Listed[Ballot]:
    """One for each seat that has voted, in the order of the chain."""
    query = """
        SELECT b.*, e.transaction_hash
        FROM ballots b JOIN events e USING (block_number, log_index)
        WHERE b.governor = ? AND b.proposal_id = ?
    """
    return now.page(query, (pool.parts.governor, number), part, _ballot)


def objections(now: Snapshot, pool: Pool, number: str, most: int) -> tuple[Ballot, ...]:
    """The first ballots against a proposal, in the order of the chain."""
    query = """
        SELECT b.*, e.transaction_hash
        FROM ballots b JOIN events e USING (block_number, log_index)
        WHERE b.governor = ? AND b.proposal_id = ? AND b.support = 0
    """
    return tuple(now.page(query, (pool.parts.governor, number), Range(most), _ballot).items)


def electors(now: Snapshot, pool: Pool, proposal: Proposal, part: Range) -> Listed[Elector]:
    """The electorate of a proposal by seat: the members as the second of its making began."""
    query = """
        SELECT s.seat, m.account, m.is_member = 1 AND m.joined_at < ? AS may_vote,
            s.block_number,
            (
                SELECT v.support FROM cast_seats v
                WHERE v.governor = s.governor AND v.proposal_id = ? AND v.seat = s.seat
                ORDER BY v.block_number DESC, v.log_index DESC LIMIT 1
            ) AS support,
            (
                SELECT max(v.block_number) FROM cast_seats v
                WHERE v.governor = s.governor AND v.proposal_id = ? AND v.seat = s.seat
            ) AS newest_block
        FROM seat_changes s
        JOIN blocks k ON k.number = s.block_number
        JOIN members m ON m.governor = s.governor AND m.seat = s.seat
        WHERE s.governor = ? AND s.is_member = 1 AND k.timestamp < ?
        AND NOT EXISTS (
            SELECT 1 FROM seat_changes x JOIN blocks y ON y.number = x.block_number
            WHERE x.governor = s.governor AND x.seat = s.seat AND y.timestamp < ?
            AND (x.block_number, x.log_index) > (s.block_number, s.log_index)
        )
    """
    made = proposal.created_at
    values = (made, proposal.id, proposal.id, pool.parts.governor, made, made)
    return now.page(query, values, part, _elector, keys=("seat",))


def _proposal(row: Row) -> Proposal:
    return Proposal(
        id=row["proposal_id"],
        proposer=row["proposer"],
        raised_by=row["raised_by"],
        class_name=CLASSES[row["class"]],
        state=row["state"],
        description=row["description"],
        created_at=row["created_at"],
        opens_at=row["opens_at"],
        closes_at=row["closes_at"],
        eta=row["eta"],
        expires_at=row["expires_at"],
        executed_at=row["executed_at"],
        canceled_at=row["canceled_at"],
        electorate=row["electorate"],
        tally=Tally(row["against"], row["in_favour"], row["abstain"]),
        rules=class_rules(row, row["rules_version"]),
        passing=bool(row["passing"]),
        block_number=row["block_number"],
        log_index=row["log_index"],
        transaction_hash=row["transaction_hash"],
    )


def _ballot(row: Row) -> Ballot:
    return Ballot(
        seat=row["seat"],
        voter=row["voter"],
        support=SUPPORT[row["support"]],
        reason=row["reason"] or None,
        reason_hash=row["reason_hash"],
        casts=row["casts"],
        cast_at=row["cast_at"],
        block_number=row["block_number"],
        log_index=row["log_index"],
        transaction_hash=row["transaction_hash"],
    )


def _elector(row: Row) -> Elector:
    support = row["support"]
    said = None if support is None else SUPPORT[support]
    return Elector(row["seat"], row["account"], bool(row["may_vote"]), said)
