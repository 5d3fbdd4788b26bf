# SPDX-License-Identifier: AGPL-3.0-only
"""State by SQL over events equals what the contracts say, through stories with every turn."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from tests.contracts.coop import AGAINST, CLASSES, DAY, FOR, MEMBERSHIP, Coop
from tests.contracts.evm import ETH, Actor, address_of
from tests.mirror.compare import Mirrors, check
from tests.mirror.feed import Chronicle

STATES = "SELECT state FROM proposals ORDER BY state"
REFUSES = 1
"""A way of contracts/mocks/OddPayee.vy."""


@dataclass
class Watched:
    """A co-op of three founders and the mirror of it."""

    evm: Chronicle
    coop: Coop
    mirrors: Mirrors

    def check(self, *people: Actor) -> None:
        """All views against all getters."""
        check(self.mirrors, self.coop, *people)

    def one(self, query: str) -> dict[str, object]:
        """The one row of a query."""
        [row] = self.mirrors.rows(query)
        return row


@pytest.fixture
def watched(evm: Chronicle, every_store: tuple[str, ...], tmp_path: Path) -> Watched:
    """From the first block on."""
    coop = Coop(evm)
    mirrors = Mirrors(evm, coop.hub, coop.identity, tmp_path, every_store)
    mirrors.tell()
    return Watched(evm, coop, mirrors)


def test_pools__as_the_hub_made_it__names_every_part(watched: Watched) -> None:
    pool, coop = watched.one("SELECT * FROM pools"), watched.coop
    assert (pool["name"], pool["creator"]) == ("mill", coop.founders[0].address)
    parts = ("pool", "governor", "admission", "grain", "distributor")
    assert [pool[part] for part in parts] == [getattr(coop, part).address for part in parts]
    assert (pool["charter_uri"], pool["charter_hash"]) == ("ipfs://charter", "0x" + "0c" * 32)
    assert pool["hub"] == coop.hub.address


def test_members__admitted_removed_and_back__the_same_seat(watched: Watched) -> None:
    coop, newcomer = watched.coop, watched.evm.actor("newcomer")
    coop.admit(newcomer)
    watched.check(newcomer)
    coop.enact(coop.removing(newcomer), text="out")
    watched.check(newcomer)
    coop.admit(newcomer)
    watched.check(newcomer)
    row = watched.one("SELECT * FROM members ORDER BY seat DESC LIMIT 1")
    assert (row["account"], row["seat"], row["is_member"]) == (newcomer.address, 4, 1)


def test_members__rebound__the_seat_keeps_its_ballots_and_is_young(watched: Watched) -> None:
    coop, new = watched.coop, watched.evm.actor("new key")
    old = coop.founders[2]
    coop.enact(coop.asking(old, new), text="lost key")
    watched.evm.warp(7 * DAY)
    spend = coop.opened(coop.spending(coop.patron, 1), text="money")
    coop.vote(spend, FOR, old)
    watched.check(new)
    coop.admission.complete_rebind(old, 0, b"", sender=new)
    moved_at = watched.evm.now
    watched.check(new)
    ballot = watched.one("SELECT * FROM ballots ORDER BY block_number DESC, log_index DESC LIMIT 1")
    assert (ballot["seat"], ballot["voter"], ballot["casts"]) == (3, old.address, 1)
    member = watched.one("SELECT * FROM members WHERE seat = 3")
    assert (member["account"], member["joined_at"]) == (new.address, moved_at)
    watched.evm.warp(1)
    later = coop.opened(coop.spending(coop.patron, 2), text="more", by=new)
    coop.vote(later, AGAINST, new)
    watched.check(new)
    coop.admission.leave(sender=new)
    watched.check(new)
    member = watched.one("SELECT * FROM members WHERE seat = 3")
    assert (member["is_member"], member["joined_at"]) == (0, moved_at)


def test_members__old_key_admitted_after_a_rebind__another_seat(watched: Watched) -> None:
    coop, new = watched.coop, watched.evm.actor("new key")
    old = coop.founders[2]
    coop.rebind(old, new)
    watched.evm.warp(1)
    coop.voters = [*coop.founders[:2], new]
    coop.admit(old)
    watched.evm.warp(1)
    spend = coop.opened(coop.spending(coop.patron, 1), text="money")
    coop.vote(spend, FOR, old, new)
    watched.check(new)
    seats = watched.mirrors.rows(
        "SELECT account, seat FROM members WHERE seat IN (3, 4) ORDER BY seat"
    )
    assert [row["account"] for row in seats] == [new.address, old.address]


def test_proposals__every_second_that_matters__the_same_state(watched: Watched) -> None:
    """One that fails, one that passes and expires, one that is executed, one that is stopped."""
    coop, evm = watched.coop, watched.evm
    coop.give(100)
    one = [coop.propose(coop.spending(coop.patron, n), text=f"number {n}") for n in (1, 2)]
    two = [
        coop.propose(coop.spending(coop.patron, n), text=f"number {n}", by=coop.founders[1])
        for n in (3, 4)
    ]
    watched.check()
    coop.open(one[0])
    watched.check()
    fails, executed, expires, stopped = *one, *two
    coop.vote(fails, FOR, coop.founders[0])
    coop.vote(fails, AGAINST, coop.founders[1])
    for proposal in (executed, expires, stopped):
        coop.vote(proposal, FOR, *coop.founders[:2])
        coop.vote(proposal, AGAINST, coop.founders[2])
    closes_at = coop.governor.proposalDeadline(fails.id)
    for moment in (closes_at, closes_at + 1):
        evm.warp_to(moment)
        watched.check()
    coop.vote(stopped, AGAINST, coop.founders[0])
    watched.check()
    eta = coop.governor.proposalEta(executed.id)
    for moment in (eta - 1, eta):
        evm.warp_to(moment)
        watched.check()
    coop.execute(executed)
    watched.check()
    for moment in (eta + CLASSES[0].expiry - 1, eta + CLASSES[0].expiry):
        evm.warp_to(moment)
        watched.check()
    states = [
        row["state"] for row in watched.mirrors.rows("SELECT state FROM proposals ORDER BY 1")
    ]
    assert states == ["defeated", "defeated", "executed", "expired"]


def test_proposals__closed_early_or_canceled__the_same_state(watched: Watched) -> None:
    coop = watched.coop
    early, canceled = (coop.propose(coop.spending(coop.patron, n), text="x") for n in (1, 2))
    coop.open(early)
    coop.vote(early, FOR, *coop.founders)
    watched.evm.warp(10)
    coop.governor.close(early.id, sender=coop.relayer)
    coop.governor.cancel(*canceled.content, sender=coop.founders[0])
    watched.check()
    states = [
        row["state"] for row in watched.mirrors.rows("SELECT state FROM proposals ORDER BY 1")
    ]
    assert states == ["canceled", "queued"]


def test_proposals__members_change_meanwhile__the_electorate_stays(watched: Watched) -> None:
    """Whoever joins in the very second of a proposal does not count; whoever leaves in it does."""
    coop, newcomers = watched.coop, [watched.evm.actor(f"newcomer {n}") for n in range(2)]
    more = coop.admission.calldata("set_ways", replace(coop.ways, joins_bps=10_000).values())
    coop.enact((coop.admission, 0, more), text="let two join at once")
    coop.admit(*newcomers)
    in_that_second = coop.propose(coop.spending(coop.patron, 1), text="same second")
    watched.evm.warp(1)
    afterwards = coop.propose(coop.spending(coop.patron, 1), text="later")
    coop.admission.leave(sender=newcomers[0])
    also = coop.propose(coop.spending(coop.patron, 1), text="as one left", by=coop.founders[1])
    watched.check(*newcomers)
    found = watched.mirrors.rows(
        "SELECT electorate FROM proposals ORDER BY block_number, log_index"
    )
    assert [row["electorate"] for row in found] == [3, 3, 3, 5, 5]
    assert len({in_that_second.id, afterwards.id, also.id}) == 3


def test_proposals__new_rules_meanwhile__keep_the_old_ones(watched: Watched) -> None:
    coop = watched.coop
    before = coop.propose(coop.spending(coop.patron, 1), text="under the old rules")
    longer = [replace(rule, period=rule.period + DAY) for rule in CLASSES]
    coop.enact(coop.ruling(longer), text="longer votes", by=coop.founders[1])
    after = coop.propose(coop.spending(coop.patron, 1), text="under the new ones")
    watched.check()
    found = watched.mirrors.rows("SELECT proposal_id, rules_version FROM proposals")
    versions = {int(row["proposal_id"]): row["rules_version"] for row in found}
    assert (versions[before.id], versions[after.id]) == (1, 2)


def test_proposals__every_kind_of_action__the_class_that_the_contract_gave(
    watched: Watched,
) -> None:
    """The table of classes, action by action, parts installed later included."""
    coop, evm = watched.coop, watched.evm
    part = coop.part(consent="decide")
    plain = coop.part()
    later = evm.deploy("Puppet")
    actions = [
        coop.spending(coop.patron, 1),
        (coop.pool, 0, coop.pool.calldata("move", 0, 1, ETH, 1)),
        coop.opening(),
        coop.opening(spender=plain),
        (coop.pool, 0, coop.opening()[2][:100]),
        (coop.pool, 0, b"\1\2\3"),
        coop.offering(coop.patron),
        (coop.governor, 0, coop.governor.calldata("admit", [coop.patron])),
        coop.removing(coop.founders[2]),
        coop.asking(coop.founders[2], coop.patron),
        (coop.governor, 0, coop.governor.calldata("rebind", coop.founders[2], coop.patron)),
        (coop.pool, 0, coop.pool.calldata("update", 0, "ipfs://report", b"\1" * 32)),
        (coop.pool, 0, coop.pool.calldata("send_nft", part, coop.patron, 1)),
        (coop.pool, 0, coop.pool.calldata("send_multi_token", part, coop.patron, 1, 1)),
        (coop.pool, 0, coop.pool.calldata("accept_loss", ETH, 1)),
        coop.ruling(CLASSES),
        (coop.governor, 0, b""),
        (coop.admission, 0, b""),
        (coop.grain, 0, coop.grain.calldata("set_minter", coop.patron, True)),
        (coop.hub, 0, b""),
        (coop.identity, 0, b""),
        (plain, 0, part.calldata("decide", 1)),
        (later, 0, part.calldata("decide", 1)),
        (coop.patron, 5, b""),
    ]
    for number, action in enumerate(actions):
        evm.warp(30 * DAY)
        coop.propose(action, text=f"action {number}")
    coop.propose(actions[0], actions[6], text="the strictest wins", by=coop.founders[1])
    coop.raised(part)
    coop.enact(coop.installing(later), text="later", by=coop.founders[1])
    watched.check()
    found = watched.mirrors.rows("SELECT DISTINCT class FROM proposals ORDER BY class")
    assert [row["class"] for row in found] == [0, 1, 2, 3]


def test_consent__objected_extended_and_ended_early__the_same_state(watched: Watched) -> None:
    coop = watched.coop
    part = coop.part(consent="decide")
    objected, early = coop.raised(part, 1, "one"), coop.raised(part, 2, "two")
    extended = coop.raised(part, 3, "three")
    watched.evm.warp(1)
    coop.vote(objected, AGAINST, coop.founders[0])
    coop.vote(early, FOR, *coop.founders[:2])
    watched.evm.warp(1)
    coop.governor.close(early.id, sender=coop.relayer)
    closes_at = coop.governor.proposalDeadline(extended.id) + DAY
    coop.governor.extend_consent(extended.id, closes_at, sender=part)
    watched.check()
    coop.execute(early)
    for moment in (closes_at - DAY + 1, closes_at, closes_at + 1):
        watched.evm.warp_to(moment)
        watched.check()


def test_ballots__signed_with_reasons_and_changed__every_cast_is_kept(watched: Watched) -> None:
    coop = watched.coop
    proposal = coop.opened(coop.spending(coop.patron, 1), text="money")
    reason = b"\x17" * 32
    words = [
        *coop.signed(proposal, coop.founders[0], FOR, reason_hash=reason),
        *coop.signed(proposal, coop.founders[1], FOR, casts=4, reason_hash=reason),
        *coop.signed(proposal, coop.founders[2], AGAINST, reason_hash=reason),
    ]
    assert coop.carry(proposal, words, [reason] * 3) == 2
    coop.governor.castVoteWithReason(proposal.id, AGAINST, "I think not", sender=coop.founders[0])
    watched.check()
    casts = watched.mirrors.rows("SELECT * FROM casts ORDER BY block_number, log_index")
    assert [row["reason_hash"] for row in casts] == ["0x" + "17" * 32] * 2 + [None]
    first, third = watched.mirrors.rows("SELECT * FROM ballots ORDER BY seat")
    assert (first["reason"], first["casts"], third["casts"]) == ("I think not", 2, 1)
    skipped = watched.one("SELECT * FROM governor_ballot_skipped")
    assert skipped["why"] == "governor: not the ballot's turn"


def test_money__every_way_in_and_out__the_same_books(watched: Watched) -> None:
    """Gifts, surplus, spending, moves, what a proposal left over, a payee who cannot be paid."""
    coop, evm = watched.coop, watched.evm
    coop.give(1_000)
    coop.give(500, coop.dollar)
    coop.dollar.mint(coop.pool, 77, sender=coop.patron)
    coop.pool.sync(coop.dollar, sender=coop.relayer)
    watched.check()
    coop.enact(coop.opening(), text="an earmark without a spender")
    coop.give(30, earmark=1)
    move = (coop.pool, 0, coop.pool.calldata("move", 0, 1, coop.dollar, 40))
    leaves_some = coop.spending(coop.governor, 60, coop.dollar)
    refuses = evm.deploy("OddPayee")
    refuses.behave(REFUSES, sender=coop.relayer)
    pays = (coop.pool, 0, coop.pool.calldata("spend", 1, ETH, refuses, 7))
    coop.enact(move, leaves_some, text="moved, and put back")
    watched.check()
    coop.enact(pays, coop.spending(coop.patron, 5), text="paid")
    watched.check()
    debt = watched.one("SELECT * FROM debts")
    assert (debt["account"], debt["owed"]) == (refuses.address, "7")
    kinds = {row["what"] for row in watched.mirrors.rows("SELECT DISTINCT what FROM ledger")}
    assert kinds >= {"gift", "surplus", "spent", "moved out", "moved in", "put back"}


def test_money__released_to_many_at_once__a_line_for_each_payee(watched: Watched) -> None:
    """One of them is paid twice, and one cannot be paid: she is owed."""
    coop, evm = watched.coop, watched.evm
    spender, refuses = coop.part(), evm.deploy("OddPayee")
    refuses.behave(REFUSES, sender=coop.relayer)
    coop.enact(coop.opening(spender), text="an earmark with a spender")
    coop.give(100, earmark=1)
    batch = [(coop.patron, 3), (refuses, 5), (evm.actor("helper"), 7), (coop.patron, 11)]
    packed = [amount << 160 | int(address_of(to), 16) for to, amount in batch]
    coop.pool.reserve(1, ETH, 40, sender=spender)
    coop.pool.release_many(1, ETH, packed, sender=spender)
    watched.check()
    query = "SELECT * FROM ledger WHERE what = 'released'"
    lines = [(row["party"], row["balance"], row["reserved"]) for row in watched.mirrors.rows(query)]
    assert lines == [(address_of(to), f"-{amount}", f"-{amount}") for to, amount in batch]
    account = watched.one("SELECT * FROM accounts WHERE earmark_id = 1")
    assert (account["balance"], account["reserved"]) == ("74", "14")
    debt = watched.one("SELECT * FROM debts")
    assert (debt["account"], debt["owed"]) == (refuses.address, "5")


@pytest.fixture
def restricted(watched: Watched) -> Callable[[int], None]:
    """Opens a restricted earmark whose spender is the pool's own distributor."""

    def open_it(deadline: int) -> None:
        coop = watched.coop
        asset, day = coop.dollar.address, DAY
        policy = (asset, 1, 10_000, 5, 10**18, 10_000, 28 * day, 366 * day, 500, 3, False)
        params = b"".join(
            bytes(12) + bytes.fromhex(each[2:]) if isinstance(each, str) else each.to_bytes(32)
            for each in policy
        )
        terms = (1, "ipfs://p", b"\x17" * 32, coop.distributor, True, deadline, params)
        call = coop.pool.calldata("open_earmark", *terms)
        coop.enact((coop.pool, 0, call), text="cred")

    return open_it


def test_money__restricted_earmark_that_ended__patrons_and_the_fund_reclaim(
    watched: Watched, restricted: Callable[[int], None]
) -> None:
    coop, evm = watched.coop, watched.evm
    restricted(evm.now + 200 * DAY)
    coop.give(300, coop.dollar, earmark=1)
    coop.give(100, coop.dollar)
    coop.enact((coop.pool, 0, coop.pool.calldata("move", 0, 1, coop.dollar, 100)), text="more")
    watched.check()
    evm.warp(200 * DAY)
    coop.pool.reclaim(1, coop.dollar, sender=coop.patron)
    watched.check()
    coop.pool.reclaim_for_general_fund(1, coop.dollar, sender=coop.relayer)
    watched.check()
    row = watched.one("SELECT * FROM accounts WHERE earmark_id = 1")
    assert (row["balance"], row["received"]) == ("0", "400")


def test_money__restricted_earmark_left_alone__lapsed_is_its_deadline(
    watched: Watched, restricted: Callable[[int], None]
) -> None:
    restricted(0)
    watched.check()
    watched.evm.warp(400 * DAY)
    watched.coop.pool.lapse(1, sender=watched.coop.relayer)
    lapsed_at = watched.evm.now
    watched.check()
    row = watched.one("SELECT deadline FROM earmarks WHERE earmark_id = 1")
    assert row["deadline"] == lapsed_at


def test_rules__each_version_and_class__as_they_were_set(watched: Watched) -> None:
    found = watched.mirrors.rows("SELECT * FROM rule_versions ORDER BY class")
    names = ("delay", "period", "timelock", "expiry", "quorum_bps", "approval_bps", "early")
    assert [tuple(row[n] for n in names) for row in found] == [tuple(r.values()) for r in CLASSES]
    assert found[MEMBERSHIP]["version"] == 1
