# SPDX-License-Identifier: AGPL-3.0-only
"""Rows of a mirror that somebody might change, and the difference that an audit must name.

STATE: found by the storage of the contracts. DERIVED: by the events that the row follows from.
EVENTS: by the receipts alone. Each statement changes one row.
"""

from dataclasses import dataclass

PROOF, GETTER, RECEIPTS, HEADER = "storage proof", "the node's word", "receipts", "header"
FORM = "its form"
OWN = "the mirror's own events"
SOMEBODY = "0x976EA74026E726554dB657fA54763abd0C3a0aa9"
FIRST = "WHERE (block_number, log_index) = (SELECT block_number, log_index FROM {} {} LIMIT 1)"


def word(byte: str) -> str:
    """32 bytes."""
    return "0x" + byte * 32


def one(table: str, where: str = "ORDER BY block_number, log_index") -> str:
    """The first row of a table, by its place."""
    return FIRST.format(table, where)


def update(table: str, change: str, where: str = "ORDER BY block_number, log_index") -> str:
    """One row changed."""
    return f"UPDATE {table} SET {change} {one(table, where)}"  # noqa: S608


def delete(table: str, where: str = "ORDER BY block_number, log_index") -> str:
    """One row gone."""
    return f"DELETE FROM {table} {one(table, where)}"  # noqa: S608


def change(table: str, column: str, value: str, where: str = "") -> str:
    """One column of the only row there is, or of the only one where something holds."""
    return f"UPDATE {table} SET {column} = '{value}' {where}".strip()  # noqa: S608


@dataclass(frozen=True)
class Case:
    """One statement, and the difference that must be named."""

    statement: str
    view: str
    field: str
    by: str = PROOF


LAST = "ORDER BY block_number DESC, log_index DESC"
STATE = {
    "a join at another time": Case(
        "UPDATE blocks SET timestamp = timestamp + 1 WHERE number = "
        "(SELECT min(block_number) FROM governor_member_admitted)",
        "members",
        "joined_at",
    ),
    "rules of another quorum": Case(
        "UPDATE governor_rules_set_rules SET quorum_bps = 1 WHERE position = 2",
        "rule_versions",
        "quorum_bps",
    ),
    "rules with another timelock": Case(
        "UPDATE governor_rules_set_rules SET timelock = 0 WHERE position = 0",
        "rule_versions",
        "timelock",
    ),
    "a part that the Hub did not make": Case(
        update("governor_part_installed", "made_by_hub = 0"),
        "governor_part_installed",
        "made_by_hub",
    ),
    "a way in that is shut": Case(
        "UPDATE admission_ways_set SET ways_by_invitation = 0",
        "admission_ways_set",
        "by_invitation",
    ),
    "a vote for that was against": Case(
        update("cast_seats", "support = 1", "WHERE support = 0"), "ballots", "ballot"
    ),
    "a ballot of another seat": Case(update("cast_seats", "seat = 5", LAST), "ballots", "ballot"),
    "a proposal of somebody else": Case(
        update("governor_proposal_created", f"proposer = '{SOMEBODY}'"), "proposals", "proposer"
    ),
    "a vote that ends later": Case(
        update("governor_proposal_created", "vote_end = vote_end + 3600", LAST),
        "proposals",
        "closes_at",
        GETTER,
    ),
    "a proposal that was never canceled": Case(
        "DELETE FROM governor_proposal_canceled", "proposals", "canceled"
    ),
    "a proposal in another class": Case(
        update("proposal_facts", "class = 0"), "proposals", "class"
    ),
    "an electorate of one": Case(
        update("proposal_facts", "electorate = 1", LAST), "proposals", "electorate"
    ),
    "another call of a proposal": Case(
        update("governor_proposal_created_calldatas", "value = value || '00'"),
        "actions",
        "targets, values, calldatas, description",
    ),
    "another text of a proposal": Case(
        update("governor_proposal_created", "description = 'Something else'"),
        "actions",
        "targets, values, calldatas, description",
    ),
    "an earmark of another spender": Case(
        update("pool_earmark_opened", f"spender = '{SOMEBODY}'"), "earmarks", "spender"
    ),
    "an earmark that is not restricted": Case(
        update("pool_earmark_opened", "restricted = 0"), "earmarks", "restricted"
    ),
    "an earmark that was never opened": Case(
        delete("pool_earmark_opened", LAST),
        "earmarks",
        "how many",
    ),
    "a gift of another patron": Case(
        update("pool_given", f"patron = '{SOMEBODY}'"), "gifts", "given"
    ),
    "a debt to somebody else": Case(change("pool_owed", "account", SOMEBODY), "debts", "owed"),
    "a debt that is missing": Case("DELETE FROM pool_owed", "holdings", "held"),
    "thanks at another rate": Case(
        "UPDATE pool_patron_grain_set SET rate = '7'", "pool_patron_grain_set", "rate"
    ),
    "a minter that is none": Case(
        update("grain_minter_set", "allowed = 0", LAST), "grain_minter_set", "allowed"
    ),
    "another root of an epoch": Case(
        update(
            "cred_distributor_distribution_posted",
            f"terms_root = '0x{'11' * 32}'",
            "WHERE attempt = 2",
        ),
        "distributions",
        "terms (by their hash)",
    ),
    "another pot under review": Case(
        update("cred_distributor_distribution_posted", "terms_pot = '1'", LAST),
        "distributions",
        "pot",
    ),
    "an epoch that is not final": Case(
        "DELETE FROM cred_distributor_distribution_finalised", "distributions", "finalised"
    ),
    "a policy that pays half": Case(
        "UPDATE cred_distributor_policy_set SET policy_payout_bps = 5000", "policies", "payout_bps"
    ),
    "one maintainer instead of two": Case(
        "UPDATE cred_distributor_maintainers_set SET needed = 1", "maintainers", "needed"
    ),
    "a maintainer who is none": Case(
        change(
            "cred_distributor_maintainers_set_maintainers",
            "account",
            SOMEBODY,
            "WHERE position = 1",
        ),
        "maintainers",
        "position",
    ),
    "a longer season": Case(
        "UPDATE cred_distributor_season_set SET epochs_left = 9",
        "cred_distributor_season_set",
        "epochs_left",
    ),
    "an attester who is none": Case(
        change("identity_attesters_set_attesters", "value", SOMEBODY, "WHERE position = 0"),
        "attesters",
        "number 1",
    ),
    "a link to somebody else": Case(
        update("identity_link_proposed", f"account = '{SOMEBODY}'"), "links", "account"
    ),
    "an objection that is missing": Case(
        "DELETE FROM identity_link_objected", "links", "objected", GETTER
    ),
    "a pool of another name": Case(
        "UPDATE hub_pool_created SET name = 'millpond'", "pools", "pool"
    ),
    "a pool with another Governor": Case(
        change("hub_pool_created", "parts_governor", SOMEBODY), "pools", "governor"
    ),
    "a token with other decimals": Case(
        "UPDATE assets SET decimals = 2 WHERE symbol = 'TUSD'", "assets", "decimals", GETTER
    ),
    "a token of another name": Case(
        "UPDATE assets SET symbol = 'USDC' WHERE symbol = 'TUSD'", "assets", "symbol", GETTER
    ),
    "another block": Case(
        change("mirror", "block_hash", word("33")), "mirror", "block_hash", HEADER
    ),
    "what is no address": Case("UPDATE pool_owed SET account = '0x1234'", "debts", "owed", FORM),
    "a seat of somebody else": Case(
        update("seat_changes", f"account = '{SOMEBODY}'"), "members", "seat"
    ),
    "a seat that is not free": Case(
        update("seat_changes", "is_member = 1", LAST), "members", "left_at"
    ),
    "a sum of more": Case(
        "UPDATE account_sums SET balance = '9' || balance WHERE earmark_id = 1",
        "accounts",
        "balance",
    ),
    "a sum that says more was received": Case(
        "UPDATE account_sums SET received = '9' || received WHERE earmark_id = 1",
        "accounts",
        "received",
    ),
    "a sum of grain": Case(
        "UPDATE grain_sums SET balance = balance || '0' WHERE account = "
        "(SELECT max(account) FROM grain_sums)",
        "grain_balances",
        "supply",
    ),
    "a tally with one more against": Case(
        "UPDATE tally_sums SET against = against + 1 WHERE proposal_id = "
        "(SELECT max(proposal_id) FROM tally_sums)",
        "proposals",
        "against",
        GETTER,
    ),
    "a payment for another subject": Case(
        change("payments", "subject", word("22"), "WHERE position = 0"), "claims", "is claimed"
    ),
    "a payment of less": Case(
        "UPDATE payments SET amount = '1' WHERE position = 1", "claims", "paid in all"
    ),
}
DERIVED = {
    "a member under another account": Case(
        update("governor_member_admitted", f"account = '{SOMEBODY}'"),
        "seat_changes",
        "account",
        OWN,
    ),
    "a seat with another number": Case(
        update("governor_member_admitted", "seat = 9"), "seat_changes", "seat", OWN
    ),
    "somebody who left and never did": Case(
        "DELETE FROM governor_member_removed", "seat_changes", "row", OWN
    ),
    "a tally that counts it": Case(
        update("cast_seats", "support = 2"), "cast_seats", "support", OWN
    ),
    "a gift of more": Case(
        update("pool_given", "amount = '9' || amount"), "ledger", "received", OWN
    ),
    "a gift that is missing": Case(delete("pool_given"), "ledger", "row", OWN),
    "money to another earmark": Case(
        "UPDATE pool_moved SET to_id = 1", "ledger", "earmark_id", OWN
    ),
    "a reserve of less": Case(
        update("pool_reserved", "amount = '5'", LAST), "ledger", "reserved", OWN
    ),
    "grain for somebody else": Case(
        update("grain_transfer", f"receiver = '{SOMEBODY}'"), "grain_sums", "row", OWN
    ),
    "grain that was never made": Case(delete("grain_transfer"), "grain_sums", "row", OWN),
    "a claim of another subject": Case(
        change("cred_distributor_paid_out_leaves", "subject", word("22"), "WHERE position = 0"),
        "payments",
        "subject",
        OWN,
    ),
    "a claim of less": Case(
        "UPDATE cred_distributor_paid_out_leaves SET amount = '1' WHERE position = 1",
        "payments",
        "amount",
        OWN,
    ),
    "what is no number": Case("UPDATE pool_moved SET asset = 'money'", "ledger", "asset", OWN),
    "a line of the books for somebody else": Case(
        update("ledger", f"party = '{SOMEBODY}'", "WHERE what = 'gift'"), "ledger", "party", OWN
    ),
    "a line of the books after which there is more": Case(
        update("ledger", "balance_after = '9' || balance_after"), "ledger", "balance_after", OWN
    ),
    "a patron's sum": Case(
        "UPDATE gift_sums SET gifts = 9 WHERE name = '' AND earmark_id = 1",
        "gift_sums",
        "gifts",
        OWN,
    ),
    "a seat that an account never had": Case(
        update("account_seats", "seat = 3"), "account_seats", "seat", OWN
    ),
}
EVENTS = {
    "another note of a gift": Case(
        update("pool_given", "note = 'paid back'"), "pool_given", "note", RECEIPTS
    ),
    "a patron who did not ask to be unnamed": Case(
        update("pool_given", "anonymous = 0", "WHERE anonymous = 1"),
        "pool_given",
        "anonymous",
        RECEIPTS,
    ),
    "another charter": Case(
        "UPDATE hub_pool_created SET charter_uri = 'https://example.org/'",
        "hub_pool_created",
        "charter_uri",
        RECEIPTS,
    ),
    "another document of an epoch": Case(
        update("cred_distributor_distribution_posted", f"data_hash = '0x{'44' * 32}'"),
        "cred_distributor_distribution_posted",
        "data_hash",
        RECEIPTS,
    ),
    "another signer of a post": Case(
        change(
            "cred_distributor_distribution_posted_signers",
            "value",
            SOMEBODY,
            "WHERE position = 1 AND block_number = (SELECT max(block_number) "
            "FROM cred_distributor_distribution_posted)",
        ),
        "cred_distributor_distribution_posted_signers",
        "value",
        RECEIPTS,
    ),
    "another reason of a ballot": Case(
        update("governor_ballot_reason", f"reason_hash = '0x{'55' * 32}'"),
        "governor_ballot_reason",
        "reason_hash",
        RECEIPTS,
    ),
    "another payee of a claim": Case(
        change("cred_distributor_paid_out_leaves", "payee", SOMEBODY, "WHERE position = 0"),
        "cred_distributor_paid_out_leaves",
        "payee",
        RECEIPTS,
    ),
    "another reason why a leaf was passed over": Case(
        update("cred_distributor_leaf_skipped", "reason = 1"),
        "cred_distributor_leaf_skipped",
        "reason",
        RECEIPTS,
    ),
    "an event of another transaction": Case(
        update("events", f"transaction_hash = '0x{'66' * 32}'"),
        "events",
        "transaction_hash",
        RECEIPTS,
    ),
    "an event that is missing": Case(delete("events", LAST), "events", "row", RECEIPTS),
    "a row that never was": Case(
        "INSERT INTO pool_synced SELECT block_number, 0, address, asset, '1' FROM pool_given "
        "ORDER BY block_number LIMIT 1",
        "pool_synced",
        "row",
        RECEIPTS,
    ),
    "a block at another time": Case(
        "UPDATE blocks SET timestamp = timestamp + 60 WHERE number = 22",
        "blocks",
        "timestamp",
        HEADER,
    ),
    "a block of another hash": Case(
        change("blocks", "hash", word("77"), "WHERE number = 23"), "blocks", "hash", HEADER
    ),
    "a block of another state": Case(
        change("blocks", "state_root", word("88"), "WHERE number = 30"),
        "blocks",
        "state_root",
        HEADER,
    ),
}
