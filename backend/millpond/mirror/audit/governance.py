# SPDX-License-Identifier: AGPL-3.0-only
"""Seats, rules, parts, ways in, proposals and ballots, as the mirror has them."""

from collections.abc import Iterator

from millpond.chain.abi import encode_values, plain
from millpond.chain.layouts import Word
from millpond.core.canonical import keccak256
from millpond.mirror.audit.expected import Expected, Getter
from millpond.mirror.reads.snapshot import Row, Snapshot

STATES = (
    *("pending", "active", "canceled", "defeated"),
    *("succeeded", "queued", "expired", "executed"),
)
_RULES = ("delay", "period", "timelock", "expiry", "quorum_bps", "approval_bps", "early")
_WAYS = ("by_offer", "by_invitation", "sponsors", "joins_bps", "period", "gate")
_ON_A_SHEET = 64
_BITS = 4
_UNREADABLE = "\ufffd"


def expected(now: Snapshot, pool: Row) -> Iterator[Expected]:
    """All of one pool."""
    yield from _members(now, pool)
    yield from _rules(now, pool["governor"])
    yield from _parts(now, pool["governor"])
    yield from _ways(now, pool["admission"])
    yield from _buy_in(now, pool["admission"])
    seats = now.rows("SELECT max(seat) AS seats FROM members WHERE pool = ?", pool["pool"])
    for row in now.rows("SELECT * FROM proposals WHERE governor = ?", pool["governor"]):
        yield from _proposal(row)
        yield from _ballots(now, row, seats[0]["seats"] or 0)


def contents(now: Snapshot, pool: Row) -> Iterator[Expected]:
    """Each proposal's actions and text, whose hash is its id; texts that are no UTF-8 left out."""
    query = "SELECT * FROM governor_proposal_created WHERE address = ?"
    for row in now.rows(query, pool["governor"]):
        if _UNREADABLE in row["description"]:
            continue
        actions = now.rows(
            "SELECT * FROM actions WHERE governor = ? AND proposal_id = ? ORDER BY position",
            *(pool["governor"], row["proposal_id"]),
        )
        values = (
            [action["target"] for action in actions],
            [int(action["value"]) for action in actions],
            [bytes.fromhex(action["calldata"][2:]) for action in actions],
            keccak256(row["description"].encode()),
        )
        types = plain("address[]", "uint256[]", "bytes[]", "bytes32")
        found = int.from_bytes(keccak256(encode_values(types, values, "a proposal")))
        word = Word("Governor", pool["governor"], "proposals.proposal_words", (found,), "proposer")
        yield Expected(
            "actions", f"proposal {row['proposal_id']}", "targets, values, calldatas, description",
            row["proposer"], words=(word,),
        )  # fmt: skip


# --- who is a member ------------------------------------------------------------------------------


def _members(now: Snapshot, pool: Row) -> Iterator[Expected]:
    governor = pool["governor"]
    rows = now.rows("SELECT * FROM members WHERE pool = ?", pool["pool"])
    for row in rows:
        name = f"seat {row['seat']} of {row['account']}"

        def word(field: str, account: str = row["account"]) -> tuple[Word, ...]:
            return (Word("Governor", governor, "members.member_words", (account,), field),)

        is_member = Getter("Governor", governor, "isMember", (row["account"],))
        yield Expected("members", name, "is_member", row["is_member"], is_member)
        for field in ("seat", "joined_at", "left_at", "rebinds"):
            yield Expected("members", name, field, row[field], words=word(field))
    count = sum(row["is_member"] for row in rows)
    head = Word("Governor", governor, "members.head", (), "count")
    getter = Getter("Governor", governor, "member_count")
    yield Expected("members", f"pool {pool['name']}", "how many", count, getter, (head,))
    last = max((row["seat"] for row in rows), default=0)
    seats = Word("Governor", governor, "members.head", (), "seats")
    yield Expected("members", f"pool {pool['name']}", "seats ever given", last, words=(seats,))


def _rules(now: Snapshot, governor: str) -> Iterator[Expected]:
    rows = now.rows("SELECT * FROM rule_versions WHERE governor = ?", governor)
    for row in rows:
        key, half = row["version"] << 1 | row["class"] >> 1, row["class"] & 1
        for field in _RULES:
            word = Word("Governor", governor, "rules.rule_words", (key,), f"{field}_{half}")
            name = f"version {row['version']}, class {row['class']}"
            yield Expected("rule_versions", name, field, row[field], words=(word,))
    last = max((row["version"] for row in rows), default=0)
    word = Word("Governor", governor, "members.head", (), "version")
    yield Expected("rule_versions", f"governor {governor}", "version", last, words=(word,))


def _parts(now: Snapshot, governor: str) -> Iterator[Expected]:
    for row in now.rows("SELECT * FROM governor_part_installed WHERE address = ?", governor):
        name = f"part {row['part']}"

        def word(field: str, part: str = row["part"]) -> tuple[Word, ...]:
            return (Word("Governor", governor, "parts.part_words", (part,), field),)

        table = "governor_part_installed"
        getter = Getter("Governor", governor, "is_hub_part", (row["part"],))
        made = row["made_by_hub"]
        yield Expected(table, name, "part", 1, words=word("part"))
        yield Expected(table, name, "made_by_hub", made, getter, word("hub_made"))
        selector = row["consent_selector"]
        yield Expected(table, name, "consent_selector", selector, words=word("consent_selector"))


def _ways(now: Snapshot, admission: str) -> Iterator[Expected]:
    for row in _newest(now, "admission_ways_set", admission):
        for field in _WAYS:
            word = Word("Admission", admission, "ways_in.word", (), field)
            getter = Getter("Admission", admission, "ways", (), (field,))
            name, value = f"admission {admission}", row[f"ways_{field}"]
            yield Expected("admission_ways_set", name, field, value, getter, (word,))


def _buy_in(now: Snapshot, admission: str) -> Iterator[Expected]:
    for row in _newest(now, "admission_buy_in_set", admission):
        for place, field in enumerate(("earmark_id", "asset", "amount")):
            getter = Getter("Admission", admission, "buy_in", (), (place,))
            name = f"admission {admission}"
            yield Expected("admission_buy_in_set", name, field, row[field], getter)


def _newest(now: Snapshot, table: str, address: str) -> list[Row]:
    """The last event of a kind, if there is one. `table` is one of ours."""
    query = f"SELECT * FROM {table} WHERE address = ?"  # noqa: S608
    return now.rows(f"{query} ORDER BY block_number DESC, log_index DESC LIMIT 1", address)


# --- what is decided ------------------------------------------------------------------------------


def _proposal(row: Row) -> Iterator[Expected]:
    governor, id_ = row["governor"], int(row["proposal_id"])
    name = f"proposal {row['proposal_id']}"

    def value(field: str, getter: str = "", word: str = "", part: tuple[int, ...] = ()) -> Expected:
        asked = Getter("Governor", governor, getter, (id_,), part) if getter else None
        proven = (_word(governor, id_, word),) if word else ()
        names = STATES if field == "state" else ()
        return Expected("proposals", name, field, row[field], asked, proven, names)

    yield value("state", "state")
    yield value("proposer", "proposalProposer", "proposer")
    yield value("created_at", "proposalSnapshot", "created_at")
    yield value("closes_at", "proposalDeadline")
    yield value("eta", "proposalEta")
    yield value("electorate", word="electorate")
    yield value("rules_version", word="version")
    yield value("class", word="kind")
    for place, field in enumerate(("against", "in_favour", "abstain")):
        yield value(field, "proposalVotes", part=(place,))
    for flag in ("executed", "canceled"):
        happened = int(row[f"{flag}_at"] is not None)
        yield Expected("proposals", name, flag, happened, words=(_word(governor, id_, flag),))


def _word(governor: str, id_: int, field: str) -> Word:
    return Word("Governor", governor, "proposals.proposal_words", (id_,), field)


def _ballots(now: Snapshot, proposal: Row, seats: int) -> Iterator[Expected]:
    """The sheets of 64 seats each, empty places included."""
    governor, id_ = proposal["governor"], proposal["proposal_id"]
    sheets = dict.fromkeys(range(seats // _ON_A_SHEET + 1), 0)
    query = "SELECT seat, support, casts FROM ballots WHERE governor = ? AND proposal_id = ?"
    for row in now.rows(query, governor, id_):
        ballot = 1 + 3 * (row["casts"] - 1) + row["support"]
        sheet, place = divmod(row["seat"], _ON_A_SHEET)
        sheets[sheet] = sheets.get(sheet, 0) | ballot << _BITS * place
    for sheet, value in sheets.items():

        def apart(mine: int, theirs: int, first: int = _ON_A_SHEET * sheet) -> Iterator[_Ballot]:
            for place in range(_ON_A_SHEET):
                kept, found = (number >> _BITS * place & 15 for number in (mine, theirs))
                if kept != found:
                    yield f"proposal {id_}, seat {first + place}", _told(kept), _told(found)

        word = Word("Governor", governor, "ballots.sheets", (int(id_), sheet))
        name = f"proposal {id_}, sheet {sheet}"
        yield Expected("ballots", name, "ballot", value, words=(word,), apart=apart)


_Ballot = tuple[str, str, str]


def _told(ballot: int) -> str:
    """A ballot in words."""
    if not ballot:
        return "none"
    casts, support = divmod(ballot - 1, 3)
    return f"{('against', 'for', 'abstain')[support]} (cast {casts + 1})"
