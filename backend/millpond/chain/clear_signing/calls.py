# SPDX-License-Identifier: AGPL-3.0-only
"""What a wallet shows for each call that a person may make, by contract and function.

Calls that only a proposal, the Hub, the Pool or an earmark's spender can make reach no wallet.
"""

from millpond.chain.clear_signing.words import (
    CALLS,
    CONTRACT,
    CRED,
    DATE,
    ETH,
    OF_ASSET,
    OF_ITSELF,
    PERCENT,
    SPAN,
    SUPPORT,
    TOKEN,
    UNTIL,
    WHO,
    Shown,
    shown,
)

_PROPOSED = (
    ("targets.[]", "Contract", CONTRACT),
    ("values.[]", "ETH with the call", ETH),
    ("calldatas.[]", "Call", CALLS),
)
_BALLOT = (("proposalId", "Proposal"), ("support", "Ballot", SUPPORT))
_CARRIED = (("proposalId", "Proposal"), UNTIL)
_FROM = (("earmark_id", "Earmark"), ("asset", "Asset", TOKEN))
_GIFT = (
    ("amount", "Amount", OF_ASSET),
    ("earmark_id", "Earmark"),
    ("note", "Note"),
    ("anonymous", "Anonymous"),
)
_BUY_IN = ("@.value", "Buy-in in ETH", ETH)
_SEAT = (("old", "Lost key", WHO), ("new", "New key", WHO))
_LINK = (("identity", "Identity"), ("account", "Account", WHO), ("pool", "Pool", WHO))
_SIGNATURE = ("v", "r", "s")
_CANDIDATE = ("candidate", "Candidate", WHO)

CALLED: dict[str, dict[str, Shown]] = {
    "Governor": {
        "propose": shown("Make a proposal", *_PROPOSED, ("description", "Text")),
        "execute": shown("Carry out a proposal", *_PROPOSED, ("descriptionHash", "Hash of text")),
        "cancel": shown("Withdraw a proposal", *_PROPOSED, ("descriptionHash", "Hash of text")),
        "castVote": shown("Vote on a proposal", *_BALLOT),
        "castVoteWithReason": shown("Vote on a proposal", *_BALLOT, ("reason", "Reason")),
        "castVoteBySig": shown(
            "Carry a member's ballot", *_BALLOT, ("voter", "Member", WHO), left_out=("signature",)
        ),
        "vote_by_signatures": shown(
            "Carry signed ballots", *_CARRIED, left_out=("signed", "reason_hashes")
        ),
        "vote_by_wallets": shown(
            "Carry ballots of wallets",
            *_CARRIED,
            left_out=("choices", "reason_hashes", "wallet_signatures"),
        ),
        "close": shown("End a decided vote", ("proposalId", "Proposal")),
    },
    "Pool": {
        "give": shown("Give to a pool", *_GIFT, left_out=("asset",)),
        "give_with_permit": shown("Give to a pool", *_GIFT, UNTIL, left_out=("asset", *_SIGNATURE)),
        "reclaim": shown("Take back my gifts", *_FROM),
        "reclaim_for_general_fund": shown("Return money to the fund", *_FROM),
        "withdraw": shown(
            "Withdraw what I am owed", ("asset", "Asset", TOKEN), ("to", "Pay to", WHO)
        ),
        "sync": shown("Book what came in", ("asset", "Asset", TOKEN)),
        "lapse": shown("End an idle earmark", ("earmark_id", "Earmark")),
        "update": shown(
            "Publish a report",
            ("earmark_id", "Earmark"),
            ("uri", "Report"),
            ("content_hash", "Hash of the report"),
        ),
    },
    "Admission": {
        "accept": shown("Become a member", _BUY_IN),
        "accept_for": shown(
            "Make her a member",
            ("candidate", "New member", WHO),
            UNTIL,
            _BUY_IN,
            left_out=("signature",),
        ),
        "join": shown(
            "Join by invitation",
            ("candidate", "New member", WHO),
            ("sponsors.[]", "Invited by", WHO),
            UNTIL,
            _BUY_IN,
            left_out=("invitations", "acceptance"),
        ),
        "join_by_gate": shown(
            "Join by a gate",
            ("candidate", "New member", WHO),
            UNTIL,
            _BUY_IN,
            left_out=("proof", "acceptance"),
        ),
        "leave": shown("End my membership"),
        "refund_buy_in": shown("Return a buy-in", ("account", "Former member", WHO)),
        "rebind_by_sponsors": shown(
            "Ask to move a seat",
            *_SEAT,
            ("sponsors.[]", "Vouched by", WHO),
            UNTIL,
            left_out=("rebindings", "acceptance"),
        ),
        "object_to_rebind": shown("Object to moving my seat"),
        "complete_rebind": shown(
            "Move a seat to its new key",
            ("old", "Lost key", WHO),
            UNTIL,
            left_out=("acceptance",),
        ),
    },
    "CredDistributor": {
        "claim": shown(
            "Claim my pay",
            ("subject", "Leaf"),
            ("claims.[].cred", "Cred", CRED),
            ("to", "Pay to", WHO),
            left_out=("previous", "claims.[].terms", "claims.[].index", "proof"),
        ),
        "claim_many": shown(
            "Pay out epochs",
            ("leaves.[].subject", "Leaf"),
            ("leaves.[].cred", "Cred", CRED),
            left_out=("previous", "terms", "leaves.[].terms_at", "leaves.[].index", "proof"),
        ),
        "payday": shown(
            "Pay out an epoch",
            ("first", "From leaf"),
            ("end", "To before leaf"),
            left_out=("previous", "terms", "leaves"),
        ),
        "void": shown("Free a failed payout", ("epoch", "Epoch")),
        "close_epoch": shown("Close an epoch", left_out=("previous", "terms")),
    },
    "Clerk": {
        "post": shown(
            "Post a distribution",
            ("distributor", "Distributor", WHO),
            ("epoch", "Epoch"),
            ("root", "Root of the list"),
            ("total_cred", "Total cred", CRED),
            ("leaf_count", "People"),
            ("data_hash", "Document hash"),
            ("uri", "Document"),
            ("signers.[]", "Signed by", WHO),
            UNTIL,
            left_out=("signatures",),
        ),
        "withdraw": shown(
            "Take back a distribution",
            ("distributor", "Distributor", WHO),
            ("epoch", "Epoch"),
            ("signers.[]", "Signed by", WHO),
            UNTIL,
            left_out=("terms", "signatures"),
        ),
        "zero_out": shown(
            "Strike out a leaf",
            ("distributor", "Distributor", WHO),
            ("epoch", "Epoch"),
            ("leaf.subject", "Leaf"),
            ("leaf.cred", "Cred", CRED),
            ("reason_hash", "Hash of the reason"),
            ("signers.[]", "Signed by", WHO),
            UNTIL,
            left_out=("terms", "leaf.index", "proof", "signatures"),
        ),
        "restore": shown(
            "Put back a leaf",
            ("distributor", "Distributor", WHO),
            ("epoch", "Epoch"),
            ("subject", "Leaf"),
            ("reason_hash", "Hash of the reason"),
            ("signers.[]", "Signed by", WHO),
            UNTIL,
            left_out=("terms", "index", "signatures"),
        ),
        "settle_off_chain": shown(
            "Settle a leaf elsewhere",
            ("distributor", "Distributor", WHO),
            ("leaf.subject", "Leaf"),
            ("leaf.cred", "Cred", CRED),
            ("reference", "Reference"),
            UNTIL,
            left_out=("previous", "terms", "leaf.index", "proof", "signature"),
        ),
    },
    "Identity": {
        "link": shown(
            "Link an identity",
            *_LINK,
            ("issued_at", "Issued at", DATE),
            ("proof_uri", "Proof"),
            ("proof_hash", "Hash of the proof"),
            ("signers.[]", "Attested by", WHO),
            UNTIL,
            left_out=("attestations", "account_signature"),
        ),
        "unlink": shown("End my link", ("identity", "Identity"), ("pool", "Pool", WHO)),
        "object_to_link": shown("Object to a link", *_LINK),
        "object_by_signatures": shown(
            "Object to a link",
            *_LINK,
            ("issued_at", "Issued at", DATE),
            ("signers.[]", "Members", WHO),
            UNTIL,
            left_out=("objections",),
        ),
    },
    "Allocation": {
        "nominate": shown(
            "Nominate a candidate", _CANDIDATE, ("uri", "About"), ("uri_hash", "Hash of the text")
        ),
        "stand": shown("Stand as a candidate"),
        "stand_for": shown("Make it a candidate", _CANDIDATE, UNTIL, left_out=("signature",)),
        "withdraw": shown("Stand no more"),
        "cast": shown("Divide my points", ("choices", "Packed ballot")),
        "cast_for": shown(
            "Carry a member's ballot",
            ("voter", "Member", WHO),
            ("choices", "Packed ballot"),
            ("casts_before", "Ballots before"),
            UNTIL,
            left_out=("signature",),
        ),
        "cast_by_signatures": shown("Carry signed ballots", UNTIL, left_out=("signed",)),
        "drop": shown("Drop ballots of the gone", ("accounts.[]", "Former member", WHO)),
        "close_period": shown("Divide a period's money"),
        "pay": shown("Pay candidates", ("ids.[]", "Candidate")),
        "claim": shown("Take what waits for me", ("id", "Candidate"), ("to", "Pay to", WHO)),
    },
    "Team": {
        "set_take": shown("Set my take", ("take", "Most a payday, units")),
        "invite": shown("Invite onto the team", ("account", "Member", WHO)),
        "leave": shown("Leave the team"),
        "drop": shown("Take off who has left", ("accounts.[]", "Former member", WHO)),
        "close_period": shown("Hold the payday"),
        "pay": shown("Pay the team", ("accounts.[]", "Pay", WHO)),
        "claim": shown("Take what waits for me", ("to", "Pay to", WHO)),
    },
    "Matching": {
        "nominate": shown(
            "Nominate a project", _CANDIDATE, ("uri", "About"), ("uri_hash", "Hash of the text")
        ),
        "stand": shown("Stand as a project"),
        "stand_for": shown("Make it a project", _CANDIDATE, UNTIL, left_out=("signature",)),
        "withdraw": shown("Stand no more"),
        "give": shown(
            "Give to a project",
            ("project", "Project"),
            ("amount", "Amount, units"),
            left_out=("proof",),
        ),
        "close": shown("Divide the fund"),
        "pay": shown("Pay projects", ("numbers.[]", "Project")),
        "claim": shown("Take gifts and match", ("project", "Project"), ("to", "Pay to", WHO)),
        "refund": shown("Give a gift back", ("project", "Project"), ("giver", "Giver", WHO)),
    },
    "Crowdmatch": {
        "pledge": shown(
            "Pledge with the crowd",
            ("amount", "Shares or money"),
            ("level", "Level of the cap"),
            ("periods_", "Periods"),
            ("put_in", "Put in, units"),
        ),
        "stop": shown("Stop my pledge"),
        "settle": shown("Settle a period"),
        "withdraw": shown("Take my escrow back", ("to", "Pay to", WHO)),
    },
    "Grain": {
        "transfer": shown("Send grain", ("amount", "Amount", OF_ITSELF), ("to", "To", WHO)),
        "transferFrom": shown(
            "Send somebody's grain",
            ("owner", "From", WHO),
            ("amount", "Amount", OF_ITSELF),
            ("to", "To", WHO),
        ),
        "approve": shown(
            "Allow to spend grain",
            ("spender", "Spender", WHO),
            ("amount", "Amount", OF_ITSELF),
        ),
        "permit": shown(
            "Carry an allowance",
            ("owner", "Owner", WHO),
            ("spender", "Spender", WHO),
            ("amount", "Amount", OF_ITSELF),
            UNTIL,
            left_out=_SIGNATURE,
        ),
    },
    "Hub": {
        "create_pool": shown(
            "Make a pool",
            ("name", "Name"),
            ("charter_uri", "Charter"),
            ("charter_hash", "Hash of the charter"),
            ("founders.[]", "Founder", WHO),
            ("class_rules.[].delay", "Notice", SPAN),
            ("class_rules.[].period", "Vote", SPAN),
            ("class_rules.[].timelock", "Timelock", SPAN),
            ("class_rules.[].expiry", "Expires after", SPAN),
            ("class_rules.[].quorum_bps", "Quorum", PERCENT),
            ("class_rules.[].approval_bps", "Approval", PERCENT),
            ("class_rules.[].early", "Early close"),
            ("options.ways.by_offer", "By offer"),
            ("options.ways.by_invitation", "By invitation"),
            ("options.ways.sponsors", "Sponsors"),
            ("options.ways.joins_bps", "Joins in a period", PERCENT),
            ("options.ways.period", "Period of joins", SPAN),
            ("options.ways.gate", "Gate", CONTRACT),
            ("options.maintainers.[].account", "Maintainer", WHO),
            ("options.maintainers.[].subjects.[]", "Maintainer's leaf"),
            ("options.maintainers_needed", "Maintainers needed"),
            ("options.season_epochs", "Epochs in season"),
            ("options.attesters.[]", "Attester", WHO),
            ("options.attesters_needed", "Attesters needed"),
            ("options.grain_name", "Name of grain"),
            ("options.grain_symbol", "Symbol of grain"),
            ("options.buy_in_asset", "Buy-in asset", TOKEN),
            ("options.buy_in_amount", "Buy-in, units"),
        ),
        "make_badges": shown("Make a pool's badges", ("name", "Pool")),
    },
}
