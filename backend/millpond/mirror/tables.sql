-- SPDX-License-Identifier: AGPL-3.0-only
-- Written by scripts/generate_mirror.py from the frozen ABIs; do not edit.
-- A row for each event; `address` is the contract that said it. All go with their block.

CREATE TABLE admission_buy_in_paid (
    block_number INTEGER NOT NULL,
    log_index INTEGER NOT NULL,
    address TEXT NOT NULL,
    account TEXT NOT NULL,
    seat INTEGER NOT NULL,
    payer TEXT NOT NULL,
    earmark_id INTEGER NOT NULL,
    asset TEXT NOT NULL,
    amount TEXT NOT NULL,
    PRIMARY KEY (block_number, log_index),
    FOREIGN KEY (block_number, log_index) REFERENCES events (block_number, log_index)
        ON DELETE CASCADE
);
CREATE INDEX admission_buy_in_paid_by_address
    ON admission_buy_in_paid (address, block_number, log_index);

CREATE TABLE admission_buy_in_refunded (
    block_number INTEGER NOT NULL,
    log_index INTEGER NOT NULL,
    address TEXT NOT NULL,
    account TEXT NOT NULL,
    seat INTEGER NOT NULL,
    earmark_id INTEGER NOT NULL,
    asset TEXT NOT NULL,
    amount TEXT NOT NULL,
    PRIMARY KEY (block_number, log_index),
    FOREIGN KEY (block_number, log_index) REFERENCES events (block_number, log_index)
        ON DELETE CASCADE
);
CREATE INDEX admission_buy_in_refunded_by_address
    ON admission_buy_in_refunded (address, block_number, log_index);

CREATE TABLE admission_buy_in_set (
    block_number INTEGER NOT NULL,
    log_index INTEGER NOT NULL,
    address TEXT NOT NULL,
    earmark_id INTEGER NOT NULL,
    asset TEXT NOT NULL,
    amount TEXT NOT NULL,
    PRIMARY KEY (block_number, log_index),
    FOREIGN KEY (block_number, log_index) REFERENCES events (block_number, log_index)
        ON DELETE CASCADE
);
CREATE INDEX admission_buy_in_set_by_address
    ON admission_buy_in_set (address, block_number, log_index);

CREATE TABLE admission_joined_by_gate (
    block_number INTEGER NOT NULL,
    log_index INTEGER NOT NULL,
    address TEXT NOT NULL,
    candidate TEXT NOT NULL,
    gate TEXT NOT NULL,
    nullifier TEXT NOT NULL,
    PRIMARY KEY (block_number, log_index),
    FOREIGN KEY (block_number, log_index) REFERENCES events (block_number, log_index)
        ON DELETE CASCADE
);
CREATE INDEX admission_joined_by_gate_by_address
    ON admission_joined_by_gate (address, block_number, log_index);

CREATE TABLE admission_joined_by_invitation (
    block_number INTEGER NOT NULL,
    log_index INTEGER NOT NULL,
    address TEXT NOT NULL,
    candidate TEXT NOT NULL,
    PRIMARY KEY (block_number, log_index),
    FOREIGN KEY (block_number, log_index) REFERENCES events (block_number, log_index)
        ON DELETE CASCADE
);
CREATE INDEX admission_joined_by_invitation_by_address
    ON admission_joined_by_invitation (address, block_number, log_index);

CREATE TABLE admission_joined_by_invitation_sponsors (
    block_number INTEGER NOT NULL,
    log_index INTEGER NOT NULL,
    position INTEGER NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (block_number, log_index, position),
    FOREIGN KEY (block_number, log_index) REFERENCES events (block_number, log_index)
        ON DELETE CASCADE
);

CREATE TABLE admission_member_left (
    block_number INTEGER NOT NULL,
    log_index INTEGER NOT NULL,
    address TEXT NOT NULL,
    account TEXT NOT NULL,
    PRIMARY KEY (block_number, log_index),
    FOREIGN KEY (block_number, log_index) REFERENCES events (block_number, log_index)
        ON DELETE CASCADE
);
CREATE INDEX admission_member_left_by_address
    ON admission_member_left (address, block_number, log_index);

CREATE TABLE admission_membership_offered (
    block_number INTEGER NOT NULL,
    log_index INTEGER NOT NULL,
    address TEXT NOT NULL,
    candidate TEXT NOT NULL,
    deadline INTEGER NOT NULL,
    PRIMARY KEY (block_number, log_index),
    FOREIGN KEY (block_number, log_index) REFERENCES events (block_number, log_index)
        ON DELETE CASCADE
);
CREATE INDEX admission_membership_offered_by_address
    ON admission_membership_offered (address, block_number, log_index);

CREATE TABLE admission_offer_accepted (
    block_number INTEGER NOT NULL,
    log_index INTEGER NOT NULL,
    address TEXT NOT NULL,
    candidate TEXT NOT NULL,
    PRIMARY KEY (block_number, log_index),
    FOREIGN KEY (block_number, log_index) REFERENCES events (block_number, log_index)
        ON DELETE CASCADE
);
CREATE INDEX admission_offer_accepted_by_address
    ON admission_offer_accepted (address, block_number, log_index);

CREATE TABLE admission_rebind_asked (
    block_number INTEGER NOT NULL,
    log_index INTEGER NOT NULL,
    address TEXT NOT NULL,
    old TEXT NOT NULL,
    new TEXT NOT NULL,
    ready_at INTEGER NOT NULL,
    PRIMARY KEY (block_number, log_index),
    FOREIGN KEY (block_number, log_index) REFERENCES events (block_number, log_index)
        ON DELETE CASCADE
);
CREATE INDEX admission_rebind_asked_by_address
    ON admission_rebind_asked (address, block_number, log_index);

CREATE TABLE admission_rebind_asked_sponsors (
    block_number INTEGER NOT NULL,
    log_index INTEGER NOT NULL,
    position INTEGER NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (block_number, log_index, position),
    FOREIGN KEY (block_number, log_index) REFERENCES events (block_number, log_index)
        ON DELETE CASCADE
);

CREATE TABLE admission_rebind_completed (
    block_number INTEGER NOT NULL,
    log_index INTEGER NOT NULL,
    address TEXT NOT NULL,
    old TEXT NOT NULL,
    new TEXT NOT NULL,
    PRIMARY KEY (block_number, log_index),
    FOREIGN KEY (block_number, log_index) REFERENCES events (block_number, log_index)
        ON DELETE CASCADE
);
CREATE INDEX admission_rebind_completed_by_address
    ON admission_rebind_completed (address, block_number, log_index);

CREATE TABLE admission_rebind_objected (
    block_number INTEGER NOT NULL,
    log_index INTEGER NOT NULL,
    address TEXT NOT NULL,
    old TEXT NOT NULL,
    new TEXT NOT NULL,
    PRIMARY KEY (block_number, log_index),
    FOREIGN KEY (block_number, log_index) REFERENCES events (block_number, log_index)
        ON DELETE CASCADE
);
CREATE INDEX admission_rebind_objected_by_address
    ON admission_rebind_objected (address, block_number, log_index);

CREATE TABLE admission_ways_set (
    block_number INTEGER NOT NULL,
    log_index INTEGER NOT NULL,
    address TEXT NOT NULL,
    ways_by_offer INTEGER NOT NULL,
    ways_by_invitation INTEGER NOT NULL,
    ways_sponsors INTEGER NOT NULL,
    ways_joins_bps INTEGER NOT NULL,
    ways_period INTEGER NOT NULL,
    ways_gate TEXT NOT NULL,
    PRIMARY KEY (block_number, log_index),
    FOREIGN KEY (block_number, log_index) REFERENCES events (block_number, log_index)
        ON DELETE CASCADE
);
CREATE INDEX admission_ways_set_by_address
    ON admission_ways_set (address, block_number, log_index);

CREATE TABLE allocation_allocation_cast (
    block_number INTEGER NOT NULL,
    log_index INTEGER NOT NULL,
    address TEXT NOT NULL,
    voter TEXT NOT NULL,
    seat INTEGER NOT NULL,
    choices TEXT NOT NULL,
    casts INTEGER NOT NULL,
    PRIMARY KEY (block_number, log_index),
    FOREIGN KEY (block_number, log_index) REFERENCES events (block_number, log_index)
        ON DELETE CASCADE
);
CREATE INDEX allocation_allocation_cast_by_address
    ON allocation_allocation_cast (address, block_number, log_index);

CREATE TABLE allocation_allocation_dropped (
    block_number INTEGER NOT NULL,
    log_index INTEGER NOT NULL,
    address TEXT NOT NULL,
    account TEXT NOT NULL,
    seat INTEGER NOT NULL,
    PRIMARY KEY (block_number, log_index),
    FOREIGN KEY (block_number, log_index) REFERENCES events (block_number, log_index)
        ON DELETE CASCADE
);
CREATE INDEX allocation_allocation_dropped_by_address
    ON allocation_allocation_dropped (address, block_number, log_index);

CREATE TABLE allocation_allocation_paid (
    block_number INTEGER NOT NULL,
    log_index INTEGER NOT NULL,
    address TEXT NOT NULL,
    id INTEGER NOT NULL,
    to_account TEXT NOT NULL,
    amount TEXT NOT NULL,
    PRIMARY KEY (block_number, log_index),
    FOREIGN KEY (block_number, log_index) REFERENCES events (block_number, log_index)
        ON DELETE CASCADE
);
CREATE INDEX allocation_allocation_paid_by_address
    ON allocation_allocation_paid (address, block_number, log_index);

CREATE TABLE allocation_allocation_skipped (
    block_number INTEGER NOT NULL,
    log_index INTEGER NOT NULL,
    address TEXT NOT NULL,
    voter TEXT NOT NULL,
    why TEXT NOT NULL,
    PRIMARY KEY (block_number, log_index),
    FOREIGN KEY (block_number, log_index) REFERENCES events (block_number, log_index)
        ON DELETE CASCADE
);
CREATE INDEX allocation_allocation_skipped_by_address
    ON allocation_allocation_skipped (address, block_number, log_index);

CREATE TABLE allocation_candidate_left (
    block_number INTEGER NOT NULL,
    log_index INTEGER NOT NULL,
    address TEXT NOT NULL,
    candidate TEXT NOT NULL,
    id INTEGER NOT NULL,
    struck INTEGER NOT NULL,
    PRIMARY KEY (block_number, log_index),
    FOREIGN KEY (block_number, log_index) REFERENCES events (block_number, log_index)
        ON DELETE CASCADE
);
CREATE INDEX allocation_candidate_left_by_address
    ON allocation_candidate_left (address, block_number, log_index);

CREATE TABLE allocation_nominated (
    block_number INTEGER NOT NULL,
    log_index INTEGER NOT NULL,
    address TEXT NOT NULL,
    candidate TEXT NOT NULL,
    by_account TEXT NOT NULL,
    uri TEXT NOT NULL,
    uri_hash TEXT NOT NULL,
    PRIMARY KEY (block_number, log_index),
    FOREIGN KEY (block_number, log_index) REFERENCES events (block_number, log_index)
        ON DELETE CASCADE
);
CREATE INDEX allocation_nominated_by_address
    ON allocation_nominated (address, block_number, log_index);

CREATE TABLE allocation_period_closed (
    block_number INTEGER NOT NULL,
    log_index INTEGER NOT NULL,
    address TEXT NOT NULL,
    period INTEGER NOT NULL,
    amount TEXT NOT NULL,
    total TEXT NOT NULL,
    ballots INTEGER NOT NULL,
    PRIMARY KEY (block_number, log_index),
    FOREIGN KEY (block_number, log_index) REFERENCES events (block_number, log_index)
        ON DELETE CASCADE
);
CREATE INDEX allocation_period_closed_by_address
    ON allocation_period_closed (address, block_number, log_index);

CREATE TABLE allocation_round_opened (
    block_number INTEGER NOT NULL,
    log_index INTEGER NOT NULL,
    address TEXT NOT NULL,
    earmark_id INTEGER NOT NULL,
    terms_asset TEXT NOT NULL,
    terms_rule INTEGER NOT NULL,
    terms_period INTEGER NOT NULL,
    terms_rounds INTEGER NOT NULL,
    terms_quorum INTEGER NOT NULL,
    PRIMARY KEY (block_number, log_index),
    FOREIGN KEY (block_number, log_index) REFERENCES events (block_number, log_index)
        ON DELETE CASCADE
);
CREATE INDEX allocation_round_opened_by_address
    ON allocation_round_opened (address, block_number, log_index);

CREATE TABLE allocation_stood (
    block_number INTEGER NOT NULL,
    log_index INTEGER NOT NULL,
    address TEXT NOT NULL,
    candidate TEXT NOT NULL,
    id INTEGER NOT NULL,
    PRIMARY KEY (block_number, log_index),
    FOREIGN KEY (block_number, log_index) REFERENCES events (block_number, log_index)
        ON DELETE CASCADE
);
CREATE INDEX allocation_stood_by_address
    ON allocation_stood (address, block_number, log_index);

CREATE TABLE cred_distributor_carry_changed (
    block_number INTEGER NOT NULL,
    log_index INTEGER NOT NULL,
    address TEXT NOT NULL,
    asset TEXT NOT NULL,
    carry TEXT NOT NULL,
    PRIMARY KEY (block_number, log_index),
    FOREIGN KEY (block_number, log_index) REFERENCES events (block_number, log_index)
        ON DELETE CASCADE
);
CREATE INDEX cred_distributor_carry_changed_by_address
    ON cred_distributor_carry_changed (address, block_number, log_index);

CREATE TABLE cred_distributor_claimed (
    block_number INTEGER NOT NULL,
    log_index INTEGER NOT NULL,
    address TEXT NOT NULL,
    subject TEXT NOT NULL,
    payee TEXT NOT NULL,
    to_account TEXT NOT NULL,
    PRIMARY KEY (block_number, log_index),
    FOREIGN KEY (block_number, log_index) REFERENCES events (block_number, log_index)
        ON DELETE CASCADE
);
CREATE INDEX cred_distributor_claimed_by_address
    ON cred_distributor_claimed (address, block_number, log_index);

CREATE TABLE cred_distributor_claimed_shares (
    block_number INTEGER NOT NULL,
    log_index INTEGER NOT NULL,
    position INTEGER NOT NULL,
    epoch INTEGER NOT NULL,
    grain TEXT NOT NULL,
    amount TEXT NOT NULL,
    PRIMARY KEY (block_number, log_index, position),
    FOREIGN KEY (block_number, log_index) REFERENCES events (block_number, log_index)
        ON DELETE CASCADE
);

CREATE TABLE cred_distributor_distribution_finalised (
    block_number INTEGER NOT NULL,
    log_index INTEGER NOT NULL,
    address TEXT NOT NULL,
    epoch INTEGER NOT NULL,
    attempt INTEGER NOT NULL,
    epoch_hash TEXT NOT NULL,
    excluded TEXT NOT NULL,
    closes_at INTEGER NOT NULL,
    PRIMARY KEY (block_number, log_index),
    FOREIGN KEY (block_number, log_index) REFERENCES events (block_number, log_index)
        ON DELETE CASCADE
);
CREATE INDEX cred_distributor_distribution_finalised_by_address
    ON cred_distributor_distribution_finalised (address, block_number, log_index);

CREATE TABLE cred_distributor_distribution_posted (
    block_number INTEGER NOT NULL,
    log_index INTEGER NOT NULL,
    address TEXT NOT NULL,
    epoch INTEGER NOT NULL,
    attempt INTEGER NOT NULL,
    proposal_id TEXT NOT NULL,
    terms_epoch INTEGER NOT NULL,
    terms_attempt INTEGER NOT NULL,
    terms_root TEXT NOT NULL,
    terms_total_cred TEXT NOT NULL,
    terms_leaf_count INTEGER NOT NULL,
    terms_earmark INTEGER NOT NULL,
    terms_asset TEXT NOT NULL,
    terms_pot TEXT NOT NULL,
    terms_minimum TEXT NOT NULL,
    terms_grain_per_epoch TEXT NOT NULL,
    terms_signer_cap_bps INTEGER NOT NULL,
    terms_maintainers_version INTEGER NOT NULL,
    terms_excluded TEXT NOT NULL,
    terms_closes_at INTEGER NOT NULL,
    data_hash TEXT NOT NULL,
    uri TEXT NOT NULL,
    PRIMARY KEY (block_number, log_index),
    FOREIGN KEY (block_number, log_index) REFERENCES events (block_number, log_index)
        ON DELETE CASCADE
);
CREATE INDEX cred_distributor_distribution_posted_by_address
    ON cred_distributor_distribution_posted (address, block_number, log_index);

CREATE TABLE cred_distributor_distribution_posted_signers (
    block_number INTEGER NOT NULL,
    log_index INTEGER NOT NULL,
    position INTEGER NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (block_number, log_index, position),
    FOREIGN KEY (block_number, log_index) REFERENCES events (block_number, log_index)
        ON DELETE CASCADE
);

CREATE TABLE cred_distributor_distribution_voided (
    block_number INTEGER NOT NULL,
    log_index INTEGER NOT NULL,
    address TEXT NOT NULL,
    epoch INTEGER NOT NULL,
    attempt INTEGER NOT NULL,
    proposal_state INTEGER NOT NULL,
    PRIMARY KEY (block_number, log_index),
    FOREIGN KEY (block_number, log_index) REFERENCES events (block_number, log_index)
        ON DELETE CASCADE
);
CREATE INDEX cred_distributor_distribution_voided_by_address
    ON cred_distributor_distribution_voided (address, block_number, log_index);

CREATE TABLE cred_distributor_distribution_withdrawn (
    block_number INTEGER NOT NULL,
    log_index INTEGER NOT NULL,
    address TEXT NOT NULL,
    epoch INTEGER NOT NULL,
    attempt INTEGER NOT NULL,
    PRIMARY KEY (block_number, log_index),
    FOREIGN KEY (block_number, log_index) REFERENCES events (block_number, log_index)
        ON DELETE CASCADE
);
CREATE INDEX cred_distributor_distribution_withdrawn_by_address
    ON cred_distributor_distribution_withdrawn (address, block_number, log_index);

CREATE TABLE cred_distributor_distribution_withdrawn_signers (
    block_number INTEGER NOT NULL,
    log_index INTEGER NOT NULL,
    position INTEGER NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (block_number, log_index, position),
    FOREIGN KEY (block_number, log_index) REFERENCES events (block_number, log_index)
        ON DELETE CASCADE
);

CREATE TABLE cred_distributor_epoch_closed (
    block_number INTEGER NOT NULL,
    log_index INTEGER NOT NULL,
    address TEXT NOT NULL,
    epoch INTEGER NOT NULL,
    left_over TEXT NOT NULL,
    PRIMARY KEY (block_number, log_index),
    FOREIGN KEY (block_number, log_index) REFERENCES events (block_number, log_index)
        ON DELETE CASCADE
);
CREATE INDEX cred_distributor_epoch_closed_by_address
    ON cred_distributor_epoch_closed (address, block_number, log_index);

CREATE TABLE cred_distributor_grain_withheld (
    block_number INTEGER NOT NULL,
    log_index INTEGER NOT NULL,
    address TEXT NOT NULL,
    subject TEXT NOT NULL,
    amount TEXT NOT NULL,
    PRIMARY KEY (block_number, log_index),
    FOREIGN KEY (block_number, log_index) REFERENCES events (block_number, log_index)
        ON DELETE CASCADE
);
CREATE INDEX cred_distributor_grain_withheld_by_address
    ON cred_distributor_grain_withheld (address, block_number, log_index);

CREATE TABLE cred_distributor_leaf_skipped (
    block_number INTEGER NOT NULL,
    log_index INTEGER NOT NULL,
    address TEXT NOT NULL,
    subject TEXT NOT NULL,
    epoch INTEGER NOT NULL,
    reason INTEGER NOT NULL,
    PRIMARY KEY (block_number, log_index),
    FOREIGN KEY (block_number, log_index) REFERENCES events (block_number, log_index)
        ON DELETE CASCADE
);
CREATE INDEX cred_distributor_leaf_skipped_by_address
    ON cred_distributor_leaf_skipped (address, block_number, log_index);

CREATE TABLE cred_distributor_maintainers_set (
    block_number INTEGER NOT NULL,
    log_index INTEGER NOT NULL,
    address TEXT NOT NULL,
    version INTEGER NOT NULL,
    needed INTEGER NOT NULL,
    PRIMARY KEY (block_number, log_index),
    FOREIGN KEY (block_number, log_index) REFERENCES events (block_number, log_index)
        ON DELETE CASCADE
);
CREATE INDEX cred_distributor_maintainers_set_by_address
    ON cred_distributor_maintainers_set (address, block_number, log_index);

CREATE TABLE cred_distributor_maintainers_set_maintainers (
    block_number INTEGER NOT NULL,
    log_index INTEGER NOT NULL,
    position INTEGER NOT NULL,
    account TEXT NOT NULL,
    PRIMARY KEY (block_number, log_index, position),
    FOREIGN KEY (block_number, log_index) REFERENCES events (block_number, log_index)
        ON DELETE CASCADE
);

CREATE TABLE cred_distributor_maintainers_set_maintainers_subjects (
    block_number INTEGER NOT NULL,
    log_index INTEGER NOT NULL,
    position INTEGER NOT NULL,
    position_within INTEGER NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (block_number, log_index, position, position_within),
    FOREIGN KEY (block_number, log_index) REFERENCES events (block_number, log_index)
        ON DELETE CASCADE
);

CREATE TABLE cred_distributor_paid_out (
    block_number INTEGER NOT NULL,
    log_index INTEGER NOT NULL,
    address TEXT NOT NULL,
    PRIMARY KEY (block_number, log_index),
    FOREIGN KEY (block_number, log_index) REFERENCES events (block_number, log_index)
        ON DELETE CASCADE
);
CREATE INDEX cred_distributor_paid_out_by_address
    ON cred_distributor_paid_out (address, block_number, log_index);

CREATE TABLE cred_distributor_paid_out_leaves (
    block_number INTEGER NOT NULL,
    log_index INTEGER NOT NULL,
    position INTEGER NOT NULL,
    subject TEXT NOT NULL,
    payee TEXT NOT NULL,
    amount TEXT NOT NULL,
    epoch INTEGER NOT NULL,
    grain TEXT NOT NULL,
    PRIMARY KEY (block_number, log_index, position),
    FOREIGN KEY (block_number, log_index) REFERENCES events (block_number, log_index)
        ON DELETE CASCADE
);

CREATE TABLE cred_distributor_policy_set (
    block_number INTEGER NOT NULL,
    log_index INTEGER NOT NULL,
    address TEXT NOT NULL,
    version INTEGER NOT NULL,
    pot_earmark INTEGER NOT NULL,
    policy_asset TEXT NOT NULL,
    policy_income_earmark INTEGER NOT NULL,
    policy_payout_bps INTEGER NOT NULL,
    policy_minimum TEXT NOT NULL,
    policy_grain_per_epoch TEXT NOT NULL,
    policy_signer_cap_bps INTEGER NOT NULL,
    policy_epoch_length INTEGER NOT NULL,
    policy_claim_window INTEGER NOT NULL,
    policy_zero_out_bps INTEGER NOT NULL,
    policy_restorers INTEGER NOT NULL,
    policy_fixed_portion INTEGER NOT NULL,
    PRIMARY KEY (block_number, log_index),
    FOREIGN KEY (block_number, log_index) REFERENCES events (block_number, log_index)
        ON DELETE CASCADE
);
CREATE INDEX cred_distributor_policy_set_by_address
    ON cred_distributor_policy_set (address, block_number, log_index);

CREATE TABLE cred_distributor_restored (
    block_number INTEGER NOT NULL,
    log_index INTEGER NOT NULL,
    address TEXT NOT NULL,
    epoch INTEGER NOT NULL,
    attempt INTEGER NOT NULL,
    subject TEXT NOT NULL,
    cred TEXT NOT NULL,
    reason_hash TEXT NOT NULL,
    PRIMARY KEY (block_number, log_index),
    FOREIGN KEY (block_number, log_index) REFERENCES events (block_number, log_index)
        ON DELETE CASCADE
);
CREATE INDEX cred_distributor_restored_by_address
    ON cred_distributor_restored (address, block_number, log_index);

CREATE TABLE cred_distributor_restored_signers (
    block_number INTEGER NOT NULL,
    log_index INTEGER NOT NULL,
    position INTEGER NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (block_number, log_index, position),
    FOREIGN KEY (block_number, log_index) REFERENCES events (block_number, log_index)
        ON DELETE CASCADE
);

CREATE TABLE cred_distributor_season_set (
    block_number INTEGER NOT NULL,
    log_index INTEGER NOT NULL,
    address TEXT NOT NULL,
    epochs_left INTEGER NOT NULL,
    PRIMARY KEY (block_number, log_index),
    FOREIGN KEY (block_number, log_index) REFERENCES events (block_number, log_index)
        ON DELETE CASCADE
);
CREATE INDEX cred_distributor_season_set_by_address
    ON cred_distributor_season_set (address, block_number, log_index);

CREATE TABLE cred_distributor_settled_off_chain (
    block_number INTEGER NOT NULL,
    log_index INTEGER NOT NULL,
    address TEXT NOT NULL,
    subject TEXT NOT NULL,
    epoch INTEGER NOT NULL,
    payee TEXT NOT NULL,
    reference TEXT NOT NULL,
    amount TEXT NOT NULL,
    grain TEXT NOT NULL,
    PRIMARY KEY (block_number, log_index),
    FOREIGN KEY (block_number, log_index) REFERENCES events (block_number, log_index)
        ON DELETE CASCADE
);
CREATE INDEX cred_distributor_settled_off_chain_by_address
    ON cred_distributor_settled_off_chain (address, block_number, log_index);

CREATE TABLE cred_distributor_share_capped (
    block_number INTEGER NOT NULL,
    log_index INTEGER NOT NULL,
    address TEXT NOT NULL,
    subject TEXT NOT NULL,
    epoch INTEGER NOT NULL,
    excess TEXT NOT NULL,
    PRIMARY KEY (block_number, log_index),
    FOREIGN KEY (block_number, log_index) REFERENCES events (block_number, log_index)
        ON DELETE CASCADE
);
CREATE INDEX cred_distributor_share_capped_by_address
    ON cred_distributor_share_capped (address, block_number, log_index);

CREATE TABLE cred_distributor_zeroed_out (
    block_number INTEGER NOT NULL,
    log_index INTEGER NOT NULL,
    address TEXT NOT NULL,
    epoch INTEGER NOT NULL,
    attempt INTEGER NOT NULL,
    subject TEXT NOT NULL,
    cred TEXT NOT NULL,
    reason_hash TEXT NOT NULL,
    PRIMARY KEY (block_number, log_index),
    FOREIGN KEY (block_number, log_index) REFERENCES events (block_number, log_index)
        ON DELETE CASCADE
);
CREATE INDEX cred_distributor_zeroed_out_by_address
    ON cred_distributor_zeroed_out (address, block_number, log_index);

CREATE TABLE cred_distributor_zeroed_out_signers (
    block_number INTEGER NOT NULL,
    log_index INTEGER NOT NULL,
    position INTEGER NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (block_number, log_index, position),
    FOREIGN KEY (block_number, log_index) REFERENCES events (block_number, log_index)
        ON DELETE CASCADE
);

CREATE TABLE crowdmatch_billed (
    block_number INTEGER NOT NULL,
    log_index INTEGER NOT NULL,
    address TEXT NOT NULL,
    patron TEXT NOT NULL,
    amount TEXT NOT NULL,
    up_to TEXT NOT NULL,
    PRIMARY KEY (block_number, log_index),
    FOREIGN KEY (block_number, log_index) REFERENCES events (block_number, log_index)
        ON DELETE CASCADE
);
CREATE INDEX crowdmatch_billed_by_address
    ON crowdmatch_billed (address, block_number, log_index);

CREATE TABLE crowdmatch_crowdmatch_opened (
    block_number INTEGER NOT NULL,
    log_index INTEGER NOT NULL,
    address TEXT NOT NULL,
    earmark_id INTEGER NOT NULL,
    target TEXT NOT NULL,
    terms_asset TEXT NOT NULL,
    terms_form TEXT NOT NULL,
    terms_period INTEGER NOT NULL,
    terms_rounds INTEGER NOT NULL,
    terms_rate TEXT NOT NULL,
    terms_most TEXT NOT NULL,
    terms_first_cap TEXT NOT NULL,
    terms_step_bps TEXT NOT NULL,
    terms_levels TEXT NOT NULL,
    terms_members_only INTEGER NOT NULL,
    terms_target TEXT NOT NULL,
    PRIMARY KEY (block_number, log_index),
    FOREIGN KEY (block_number, log_index) REFERENCES events (block_number, log_index)
        ON DELETE CASCADE
);
CREATE INDEX crowdmatch_crowdmatch_opened_by_address
    ON crowdmatch_crowdmatch_opened (address, block_number, log_index);

CREATE TABLE crowdmatch_escrow_returned (
    block_number INTEGER NOT NULL,
    log_index INTEGER NOT NULL,
    address TEXT NOT NULL,
    patron TEXT NOT NULL,
    to_account TEXT NOT NULL,
    amount TEXT NOT NULL,
    PRIMARY KEY (block_number, log_index),
    FOREIGN KEY (block_number, log_index) REFERENCES events (block_number, log_index)
        ON DELETE CASCADE
);
CREATE INDEX crowdmatch_escrow_returned_by_address
    ON crowdmatch_escrow_returned (address, block_number, log_index);

CREATE TABLE crowdmatch_pledge_stopped (
    block_number INTEGER NOT NULL,
    log_index INTEGER NOT NULL,
    address TEXT NOT NULL,
    patron TEXT NOT NULL,
    last TEXT NOT NULL,
    PRIMARY KEY (block_number, log_index),
    FOREIGN KEY (block_number, log_index) REFERENCES events (block_number, log_index)
        ON DELETE CASCADE
);
CREATE INDEX crowdmatch_pledge_stopped_by_address
    ON crowdmatch_pledge_stopped (address, block_number, log_index);

CREATE TABLE crowdmatch_pledged (
    block_number INTEGER NOT NULL,
    log_index INTEGER NOT NULL,
    address TEXT NOT NULL,
    patron TEXT NOT NULL,
    amount TEXT NOT NULL,
    level TEXT NOT NULL,
    first TEXT NOT NULL,
    last TEXT NOT NULL,
    put_in TEXT NOT NULL,
    PRIMARY KEY (block_number, log_index),
    FOREIGN KEY (block_number, log_index) REFERENCES events (block_number, log_index)
        ON DELETE CASCADE
);
CREATE INDEX crowdmatch_pledged_by_address
    ON crowdmatch_pledged (address, block_number, log_index);

CREATE TABLE crowdmatch_settled (
    block_number INTEGER NOT NULL,
    log_index INTEGER NOT NULL,
    address TEXT NOT NULL,
    period INTEGER NOT NULL,
    value TEXT NOT NULL,
    lowest TEXT NOT NULL,
    amount TEXT NOT NULL,
    collected TEXT NOT NULL,
    PRIMARY KEY (block_number, log_index),
    FOREIGN KEY (block_number, log_index) REFERENCES events (block_number, log_index)
        ON DELETE CASCADE
);
CREATE INDEX crowdmatch_settled_by_address
    ON crowdmatch_settled (address, block_number, log_index);

CREATE TABLE governor_ballot_reason (
    block_number INTEGER NOT NULL,
    log_index INTEGER NOT NULL,
    address TEXT NOT NULL,
    voter TEXT NOT NULL,
    proposal_id TEXT NOT NULL,
    reason_hash TEXT NOT NULL,
    PRIMARY KEY (block_number, log_index),
    FOREIGN KEY (block_number, log_index) REFERENCES events (block_number, log_index)
        ON DELETE CASCADE
);
CREATE INDEX governor_ballot_reason_by_address
    ON governor_ballot_reason (address, block_number, log_index);

CREATE TABLE governor_ballot_skipped (
    block_number INTEGER NOT NULL,
    log_index INTEGER NOT NULL,
    address TEXT NOT NULL,
    voter TEXT NOT NULL,
    proposal_id TEXT NOT NULL,
    why TEXT NOT NULL,
    PRIMARY KEY (block_number, log_index),
    FOREIGN KEY (block_number, log_index) REFERENCES events (block_number, log_index)
        ON DELETE CASCADE
);
CREATE INDEX governor_ballot_skipped_by_address
    ON governor_ballot_skipped (address, block_number, log_index);

CREATE TABLE governor_consent_extended (
    block_number INTEGER NOT NULL,
    log_index INTEGER NOT NULL,
    address TEXT NOT NULL,
    proposal_id TEXT NOT NULL,
    closes_at INTEGER NOT NULL,
    PRIMARY KEY (block_number, log_index),
    FOREIGN KEY (block_number, log_index) REFERENCES events (block_number, log_index)
        ON DELETE CASCADE
);
CREATE INDEX governor_consent_extended_by_address
    ON governor_consent_extended (address, block_number, log_index);

CREATE TABLE governor_member_admitted (
    block_number INTEGER NOT NULL,
    log_index INTEGER NOT NULL,
    address TEXT NOT NULL,
    account TEXT NOT NULL,
    seat INTEGER NOT NULL,
    times_joined INTEGER NOT NULL,
    PRIMARY KEY (block_number, log_index),
    FOREIGN KEY (block_number, log_index) REFERENCES events (block_number, log_index)
        ON DELETE CASCADE
);
CREATE INDEX governor_member_admitted_by_address
    ON governor_member_admitted (address, block_number, log_index);

CREATE TABLE governor_member_rebound (
    block_number INTEGER NOT NULL,
    log_index INTEGER NOT NULL,
    address TEXT NOT NULL,
    seat INTEGER NOT NULL,
    old TEXT NOT NULL,
    new TEXT NOT NULL,
    PRIMARY KEY (block_number, log_index),
    FOREIGN KEY (block_number, log_index) REFERENCES events (block_number, log_index)
        ON DELETE CASCADE
);
CREATE INDEX governor_member_rebound_by_address
    ON governor_member_rebound (address, block_number, log_index);

CREATE TABLE governor_member_removed (
    block_number INTEGER NOT NULL,
    log_index INTEGER NOT NULL,
    address TEXT NOT NULL,
    account TEXT NOT NULL,
    seat INTEGER NOT NULL,
    PRIMARY KEY (block_number, log_index),
    FOREIGN KEY (block_number, log_index) REFERENCES events (block_number, log_index)
        ON DELETE CASCADE
);
CREATE INDEX governor_member_removed_by_address
    ON governor_member_removed (address, block_number, log_index);

CREATE TABLE governor_part_installed (
    block_number INTEGER NOT NULL,
    log_index INTEGER NOT NULL,
    address TEXT NOT NULL,
    part TEXT NOT NULL,
    made_by_hub INTEGER NOT NULL,
    consent_selector TEXT NOT NULL,
    PRIMARY KEY (block_number, log_index),
    FOREIGN KEY (block_number, log_index) REFERENCES events (block_number, log_index)
        ON DELETE CASCADE
);
CREATE INDEX governor_part_installed_by_address
    ON governor_part_installed (address, block_number, log_index);

CREATE TABLE governor_proposal_canceled (
    block_number INTEGER NOT NULL,
    log_index INTEGER NOT NULL,
    address TEXT NOT NULL,
    proposal_id TEXT NOT NULL,
    PRIMARY KEY (block_number, log_index),
    FOREIGN KEY (block_number, log_index) REFERENCES events (block_number, log_index)
        ON DELETE CASCADE
);
CREATE INDEX governor_proposal_canceled_by_address
    ON governor_proposal_canceled (address, block_number, log_index);

CREATE TABLE governor_proposal_closed (
    block_number INTEGER NOT NULL,
    log_index INTEGER NOT NULL,
    address TEXT NOT NULL,
    proposal_id TEXT NOT NULL,
    closes_at INTEGER NOT NULL,
    PRIMARY KEY (block_number, log_index),
    FOREIGN KEY (block_number, log_index) REFERENCES events (block_number, log_index)
        ON DELETE CASCADE
);
CREATE INDEX governor_proposal_closed_by_address
    ON governor_proposal_closed (address, block_number, log_index);

CREATE TABLE governor_proposal_created (
    block_number INTEGER NOT NULL,
    log_index INTEGER NOT NULL,
    address TEXT NOT NULL,
    proposal_id TEXT NOT NULL,
    proposer TEXT NOT NULL,
    vote_start INTEGER NOT NULL,
    vote_end INTEGER NOT NULL,
    description TEXT NOT NULL,
    PRIMARY KEY (block_number, log_index),
    FOREIGN KEY (block_number, log_index) REFERENCES events (block_number, log_index)
        ON DELETE CASCADE
);
CREATE INDEX governor_proposal_created_by_address
    ON governor_proposal_created (address, block_number, log_index);

CREATE TABLE governor_proposal_created_targets (
    block_number INTEGER NOT NULL,
    log_index INTEGER NOT NULL,
    position INTEGER NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (block_number, log_index, position),
    FOREIGN KEY (block_number, log_index) REFERENCES events (block_number, log_index)
        ON DELETE CASCADE
);

CREATE TABLE governor_proposal_created_values (
    block_number INTEGER NOT NULL,
    log_index INTEGER NOT NULL,
    position INTEGER NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (block_number, log_index, position),
    FOREIGN KEY (block_number, log_index) REFERENCES events (block_number, log_index)
        ON DELETE CASCADE
);

CREATE TABLE governor_proposal_created_calldatas (
    block_number INTEGER NOT NULL,
    log_index INTEGER NOT NULL,
    position INTEGER NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (block_number, log_index, position),
    FOREIGN KEY (block_number, log_index) REFERENCES events (block_number, log_index)
        ON DELETE CASCADE
);

CREATE TABLE governor_proposal_executed (
    block_number INTEGER NOT NULL,
    log_index INTEGER NOT NULL,
    address TEXT NOT NULL,
    proposal_id TEXT NOT NULL,
    PRIMARY KEY (block_number, log_index),
    FOREIGN KEY (block_number, log_index) REFERENCES events (block_number, log_index)
        ON DELETE CASCADE
);
CREATE INDEX governor_proposal_executed_by_address
    ON governor_proposal_executed (address, block_number, log_index);

CREATE TABLE governor_rules_set (
    block_number INTEGER NOT NULL,
    log_index INTEGER NOT NULL,
    address TEXT NOT NULL,
    version INTEGER NOT NULL,
    PRIMARY KEY (block_number, log_index),
    FOREIGN KEY (block_number, log_index) REFERENCES events (block_number, log_index)
        ON DELETE CASCADE
);
CREATE INDEX governor_rules_set_by_address
    ON governor_rules_set (address, block_number, log_index);

CREATE TABLE governor_rules_set_rules (
    block_number INTEGER NOT NULL,
    log_index INTEGER NOT NULL,
    position INTEGER NOT NULL,
    delay INTEGER NOT NULL,
    period INTEGER NOT NULL,
    timelock INTEGER NOT NULL,
    expiry INTEGER NOT NULL,
    quorum_bps INTEGER NOT NULL,
    approval_bps INTEGER NOT NULL,
    early INTEGER NOT NULL,
    PRIMARY KEY (block_number, log_index, position),
    FOREIGN KEY (block_number, log_index) REFERENCES events (block_number, log_index)
        ON DELETE CASCADE
);

CREATE TABLE governor_vote_cast (
    block_number INTEGER NOT NULL,
    log_index INTEGER NOT NULL,
    address TEXT NOT NULL,
    voter TEXT NOT NULL,
    proposal_id TEXT NOT NULL,
    support INTEGER NOT NULL,
    weight INTEGER NOT NULL,
    reason TEXT NOT NULL,
    PRIMARY KEY (block_number, log_index),
    FOREIGN KEY (block_number, log_index) REFERENCES events (block_number, log_index)
        ON DELETE CASCADE
);
CREATE INDEX governor_vote_cast_by_address
    ON governor_vote_cast (address, block_number, log_index);

CREATE TABLE grain_approval (
    block_number INTEGER NOT NULL,
    log_index INTEGER NOT NULL,
    address TEXT NOT NULL,
    owner TEXT NOT NULL,
    spender TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (block_number, log_index),
    FOREIGN KEY (block_number, log_index) REFERENCES events (block_number, log_index)
        ON DELETE CASCADE
);
CREATE INDEX grain_approval_by_address
    ON grain_approval (address, block_number, log_index);

CREATE TABLE grain_minter_set (
    block_number INTEGER NOT NULL,
    log_index INTEGER NOT NULL,
    address TEXT NOT NULL,
    minter TEXT NOT NULL,
    allowed INTEGER NOT NULL,
    PRIMARY KEY (block_number, log_index),
    FOREIGN KEY (block_number, log_index) REFERENCES events (block_number, log_index)
        ON DELETE CASCADE
);
CREATE INDEX grain_minter_set_by_address
    ON grain_minter_set (address, block_number, log_index);

CREATE TABLE grain_transfer (
    block_number INTEGER NOT NULL,
    log_index INTEGER NOT NULL,
    address TEXT NOT NULL,
    sender TEXT NOT NULL,
    receiver TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (block_number, log_index),
    FOREIGN KEY (block_number, log_index) REFERENCES events (block_number, log_index)
        ON DELETE CASCADE
);
CREATE INDEX grain_transfer_by_address
    ON grain_transfer (address, block_number, log_index);

CREATE TABLE hub_badges_made (
    block_number INTEGER NOT NULL,
    log_index INTEGER NOT NULL,
    address TEXT NOT NULL,
    pool TEXT NOT NULL,
    badges TEXT NOT NULL,
    PRIMARY KEY (block_number, log_index),
    FOREIGN KEY (block_number, log_index) REFERENCES events (block_number, log_index)
        ON DELETE CASCADE
);
CREATE INDEX hub_badges_made_by_address
    ON hub_badges_made (address, block_number, log_index);

CREATE TABLE hub_daouri_update (
    block_number INTEGER NOT NULL,
    log_index INTEGER NOT NULL,
    address TEXT NOT NULL,
    dao_address TEXT NOT NULL,
    dao_uri TEXT NOT NULL,
    PRIMARY KEY (block_number, log_index),
    FOREIGN KEY (block_number, log_index) REFERENCES events (block_number, log_index)
        ON DELETE CASCADE
);
CREATE INDEX hub_daouri_update_by_address
    ON hub_daouri_update (address, block_number, log_index);

CREATE TABLE hub_part_made (
    block_number INTEGER NOT NULL,
    log_index INTEGER NOT NULL,
    address TEXT NOT NULL,
    pool TEXT NOT NULL,
    part TEXT NOT NULL,
    kind TEXT NOT NULL,
    PRIMARY KEY (block_number, log_index),
    FOREIGN KEY (block_number, log_index) REFERENCES events (block_number, log_index)
        ON DELETE CASCADE
);
CREATE INDEX hub_part_made_by_address
    ON hub_part_made (address, block_number, log_index);

CREATE TABLE hub_pool_created (
    block_number INTEGER NOT NULL,
    log_index INTEGER NOT NULL,
    address TEXT NOT NULL,
    pool TEXT NOT NULL,
    creator TEXT NOT NULL,
    name TEXT NOT NULL,
    parts_pool TEXT NOT NULL,
    parts_governor TEXT NOT NULL,
    parts_admission TEXT NOT NULL,
    parts_grain TEXT NOT NULL,
    parts_distributor TEXT NOT NULL,
    charter_uri TEXT NOT NULL,
    charter_hash TEXT NOT NULL,
    PRIMARY KEY (block_number, log_index),
    FOREIGN KEY (block_number, log_index) REFERENCES events (block_number, log_index)
        ON DELETE CASCADE
);
CREATE INDEX hub_pool_created_by_address
    ON hub_pool_created (address, block_number, log_index);

CREATE TABLE identity_attesters_set (
    block_number INTEGER NOT NULL,
    log_index INTEGER NOT NULL,
    address TEXT NOT NULL,
    pool TEXT NOT NULL,
    needed INTEGER NOT NULL,
    PRIMARY KEY (block_number, log_index),
    FOREIGN KEY (block_number, log_index) REFERENCES events (block_number, log_index)
        ON DELETE CASCADE
);
CREATE INDEX identity_attesters_set_by_address
    ON identity_attesters_set (address, block_number, log_index);

CREATE TABLE identity_attesters_set_attesters (
    block_number INTEGER NOT NULL,
    log_index INTEGER NOT NULL,
    position INTEGER NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (block_number, log_index, position),
    FOREIGN KEY (block_number, log_index) REFERENCES events (block_number, log_index)
        ON DELETE CASCADE
);

CREATE TABLE identity_attesting_pools_set (
    block_number INTEGER NOT NULL,
    log_index INTEGER NOT NULL,
    address TEXT NOT NULL,
    pool TEXT NOT NULL,
    effective_at INTEGER NOT NULL,
    PRIMARY KEY (block_number, log_index),
    FOREIGN KEY (block_number, log_index) REFERENCES events (block_number, log_index)
        ON DELETE CASCADE
);
CREATE INDEX identity_attesting_pools_set_by_address
    ON identity_attesting_pools_set (address, block_number, log_index);

CREATE TABLE identity_attesting_pools_set_pools (
    block_number INTEGER NOT NULL,
    log_index INTEGER NOT NULL,
    position INTEGER NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (block_number, log_index, position),
    FOREIGN KEY (block_number, log_index) REFERENCES events (block_number, log_index)
        ON DELETE CASCADE
);

CREATE TABLE identity_link_canceled (
    block_number INTEGER NOT NULL,
    log_index INTEGER NOT NULL,
    address TEXT NOT NULL,
    pool TEXT NOT NULL,
    identity TEXT NOT NULL,
    account TEXT NOT NULL,
    PRIMARY KEY (block_number, log_index),
    FOREIGN KEY (block_number, log_index) REFERENCES events (block_number, log_index)
        ON DELETE CASCADE
);
CREATE INDEX identity_link_canceled_by_address
    ON identity_link_canceled (address, block_number, log_index);

CREATE TABLE identity_link_confirmed (
    block_number INTEGER NOT NULL,
    log_index INTEGER NOT NULL,
    address TEXT NOT NULL,
    pool TEXT NOT NULL,
    identity TEXT NOT NULL,
    account TEXT NOT NULL,
    PRIMARY KEY (block_number, log_index),
    FOREIGN KEY (block_number, log_index) REFERENCES events (block_number, log_index)
        ON DELETE CASCADE
);
CREATE INDEX identity_link_confirmed_by_address
    ON identity_link_confirmed (address, block_number, log_index);

CREATE TABLE identity_link_objected (
    block_number INTEGER NOT NULL,
    log_index INTEGER NOT NULL,
    address TEXT NOT NULL,
    pool TEXT NOT NULL,
    identity TEXT NOT NULL,
    account TEXT NOT NULL,
    issued_at INTEGER NOT NULL,
    PRIMARY KEY (block_number, log_index),
    FOREIGN KEY (block_number, log_index) REFERENCES events (block_number, log_index)
        ON DELETE CASCADE
);
CREATE INDEX identity_link_objected_by_address
    ON identity_link_objected (address, block_number, log_index);

CREATE TABLE identity_link_objected_objectors (
    block_number INTEGER NOT NULL,
    log_index INTEGER NOT NULL,
    position INTEGER NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (block_number, log_index, position),
    FOREIGN KEY (block_number, log_index) REFERENCES events (block_number, log_index)
        ON DELETE CASCADE
);

CREATE TABLE identity_link_proposed (
    block_number INTEGER NOT NULL,
    log_index INTEGER NOT NULL,
    address TEXT NOT NULL,
    pool TEXT NOT NULL,
    identity TEXT NOT NULL,
    account TEXT NOT NULL,
    issued_at INTEGER NOT NULL,
    effective_at INTEGER NOT NULL,
    proof_hash TEXT NOT NULL,
    proof_uri TEXT NOT NULL,
    PRIMARY KEY (block_number, log_index),
    FOREIGN KEY (block_number, log_index) REFERENCES events (block_number, log_index)
        ON DELETE CASCADE
);
CREATE INDEX identity_link_proposed_by_address
    ON identity_link_proposed (address, block_number, log_index);

CREATE TABLE identity_unlinked (
    block_number INTEGER NOT NULL,
    log_index INTEGER NOT NULL,
    address TEXT NOT NULL,
    pool TEXT NOT NULL,
    identity TEXT NOT NULL,
    account TEXT NOT NULL,
    PRIMARY KEY (block_number, log_index),
    FOREIGN KEY (block_number, log_index) REFERENCES events (block_number, log_index)
        ON DELETE CASCADE
);
CREATE INDEX identity_unlinked_by_address
    ON identity_unlinked (address, block_number, log_index);

CREATE TABLE matching_fund_freed (
    block_number INTEGER NOT NULL,
    log_index INTEGER NOT NULL,
    address TEXT NOT NULL,
    amount TEXT NOT NULL,
    PRIMARY KEY (block_number, log_index),
    FOREIGN KEY (block_number, log_index) REFERENCES events (block_number, log_index)
        ON DELETE CASCADE
);
CREATE INDEX matching_fund_freed_by_address
    ON matching_fund_freed (address, block_number, log_index);

CREATE TABLE matching_gift_refunded (
    block_number INTEGER NOT NULL,
    log_index INTEGER NOT NULL,
    address TEXT NOT NULL,
    project TEXT NOT NULL,
    giver TEXT NOT NULL,
    amount TEXT NOT NULL,
    PRIMARY KEY (block_number, log_index),
    FOREIGN KEY (block_number, log_index) REFERENCES events (block_number, log_index)
        ON DELETE CASCADE
);
CREATE INDEX matching_gift_refunded_by_address
    ON matching_gift_refunded (address, block_number, log_index);

CREATE TABLE matching_matching_opened (
    block_number INTEGER NOT NULL,
    log_index INTEGER NOT NULL,
    address TEXT NOT NULL,
    fund_earmark TEXT NOT NULL,
    gifts_earmark TEXT NOT NULL,
    ends_at TEXT NOT NULL,
    terms_asset TEXT NOT NULL,
    terms_duration TEXT NOT NULL,
    terms_credit TEXT NOT NULL,
    terms_cap_bps TEXT NOT NULL,
    terms_scale_up INTEGER NOT NULL,
    terms_gate TEXT NOT NULL,
    PRIMARY KEY (block_number, log_index),
    FOREIGN KEY (block_number, log_index) REFERENCES events (block_number, log_index)
        ON DELETE CASCADE
);
CREATE INDEX matching_matching_opened_by_address
    ON matching_matching_opened (address, block_number, log_index);

CREATE TABLE matching_nominated (
    block_number INTEGER NOT NULL,
    log_index INTEGER NOT NULL,
    address TEXT NOT NULL,
    candidate TEXT NOT NULL,
    by_account TEXT NOT NULL,
    uri TEXT NOT NULL,
    uri_hash TEXT NOT NULL,
    PRIMARY KEY (block_number, log_index),
    FOREIGN KEY (block_number, log_index) REFERENCES events (block_number, log_index)
        ON DELETE CASCADE
);
CREATE INDEX matching_nominated_by_address
    ON matching_nominated (address, block_number, log_index);

CREATE TABLE matching_project_given (
    block_number INTEGER NOT NULL,
    log_index INTEGER NOT NULL,
    address TEXT NOT NULL,
    project TEXT NOT NULL,
    giver TEXT NOT NULL,
    donor TEXT NOT NULL,
    amount TEXT NOT NULL,
    PRIMARY KEY (block_number, log_index),
    FOREIGN KEY (block_number, log_index) REFERENCES events (block_number, log_index)
        ON DELETE CASCADE
);
CREATE INDEX matching_project_given_by_address
    ON matching_project_given (address, block_number, log_index);

CREATE TABLE matching_project_left (
    block_number INTEGER NOT NULL,
    log_index INTEGER NOT NULL,
    address TEXT NOT NULL,
    account TEXT NOT NULL,
    project TEXT NOT NULL,
    struck INTEGER NOT NULL,
    PRIMARY KEY (block_number, log_index),
    FOREIGN KEY (block_number, log_index) REFERENCES events (block_number, log_index)
        ON DELETE CASCADE
);
CREATE INDEX matching_project_left_by_address
    ON matching_project_left (address, block_number, log_index);

CREATE TABLE matching_project_paid (
    block_number INTEGER NOT NULL,
    log_index INTEGER NOT NULL,
    address TEXT NOT NULL,
    project TEXT NOT NULL,
    to_account TEXT NOT NULL,
    given TEXT NOT NULL,
    match TEXT NOT NULL,
    PRIMARY KEY (block_number, log_index),
    FOREIGN KEY (block_number, log_index) REFERENCES events (block_number, log_index)
        ON DELETE CASCADE
);
CREATE INDEX matching_project_paid_by_address
    ON matching_project_paid (address, block_number, log_index);

CREATE TABLE matching_project_stood (
    block_number INTEGER NOT NULL,
    log_index INTEGER NOT NULL,
    address TEXT NOT NULL,
    account TEXT NOT NULL,
    project TEXT NOT NULL,
    PRIMARY KEY (block_number, log_index),
    FOREIGN KEY (block_number, log_index) REFERENCES events (block_number, log_index)
        ON DELETE CASCADE
);
CREATE INDEX matching_project_stood_by_address
    ON matching_project_stood (address, block_number, log_index);

CREATE TABLE matching_round_cancelled (
    block_number INTEGER NOT NULL,
    log_index INTEGER NOT NULL,
    address TEXT NOT NULL,
    PRIMARY KEY (block_number, log_index),
    FOREIGN KEY (block_number, log_index) REFERENCES events (block_number, log_index)
        ON DELETE CASCADE
);
CREATE INDEX matching_round_cancelled_by_address
    ON matching_round_cancelled (address, block_number, log_index);

CREATE TABLE matching_round_closed (
    block_number INTEGER NOT NULL,
    log_index INTEGER NOT NULL,
    address TEXT NOT NULL,
    fund TEXT NOT NULL,
    total TEXT NOT NULL,
    rest TEXT NOT NULL,
    open_total TEXT NOT NULL,
    cap TEXT NOT NULL,
    PRIMARY KEY (block_number, log_index),
    FOREIGN KEY (block_number, log_index) REFERENCES events (block_number, log_index)
        ON DELETE CASCADE
);
CREATE INDEX matching_round_closed_by_address
    ON matching_round_closed (address, block_number, log_index);

CREATE TABLE pool_collectible_received (
    block_number INTEGER NOT NULL,
    log_index INTEGER NOT NULL,
    address TEXT NOT NULL,
    token TEXT NOT NULL,
    sender TEXT NOT NULL,
    token_id TEXT NOT NULL,
    amount TEXT NOT NULL,
    PRIMARY KEY (block_number, log_index),
    FOREIGN KEY (block_number, log_index) REFERENCES events (block_number, log_index)
        ON DELETE CASCADE
);
CREATE INDEX pool_collectible_received_by_address
    ON pool_collectible_received (address, block_number, log_index);

CREATE TABLE pool_collectible_sent (
    block_number INTEGER NOT NULL,
    log_index INTEGER NOT NULL,
    address TEXT NOT NULL,
    token TEXT NOT NULL,
    to_account TEXT NOT NULL,
    token_id TEXT NOT NULL,
    amount TEXT NOT NULL,
    PRIMARY KEY (block_number, log_index),
    FOREIGN KEY (block_number, log_index) REFERENCES events (block_number, log_index)
        ON DELETE CASCADE
);
CREATE INDEX pool_collectible_sent_by_address
    ON pool_collectible_sent (address, block_number, log_index);

CREATE TABLE pool_earmark_opened (
    block_number INTEGER NOT NULL,
    log_index INTEGER NOT NULL,
    address TEXT NOT NULL,
    earmark_id INTEGER NOT NULL,
    spender TEXT NOT NULL,
    uri TEXT NOT NULL,
    purpose_hash TEXT NOT NULL,
    restricted INTEGER NOT NULL,
    deadline INTEGER NOT NULL,
    params TEXT NOT NULL,
    PRIMARY KEY (block_number, log_index),
    FOREIGN KEY (block_number, log_index) REFERENCES events (block_number, log_index)
        ON DELETE CASCADE
);
CREATE INDEX pool_earmark_opened_by_address
    ON pool_earmark_opened (address, block_number, log_index);

CREATE TABLE pool_given (
    block_number INTEGER NOT NULL,
    log_index INTEGER NOT NULL,
    address TEXT NOT NULL,
    patron TEXT NOT NULL,
    earmark_id INTEGER NOT NULL,
    asset TEXT NOT NULL,
    amount TEXT NOT NULL,
    anonymous INTEGER NOT NULL,
    note TEXT NOT NULL,
    PRIMARY KEY (block_number, log_index),
    FOREIGN KEY (block_number, log_index) REFERENCES events (block_number, log_index)
        ON DELETE CASCADE
);
CREATE INDEX pool_given_by_address
    ON pool_given (address, block_number, log_index);

CREATE TABLE pool_lapsed (
    block_number INTEGER NOT NULL,
    log_index INTEGER NOT NULL,
    address TEXT NOT NULL,
    earmark_id INTEGER NOT NULL,
    PRIMARY KEY (block_number, log_index),
    FOREIGN KEY (block_number, log_index) REFERENCES events (block_number, log_index)
        ON DELETE CASCADE
);
CREATE INDEX pool_lapsed_by_address
    ON pool_lapsed (address, block_number, log_index);

CREATE TABLE pool_loss_accepted (
    block_number INTEGER NOT NULL,
    log_index INTEGER NOT NULL,
    address TEXT NOT NULL,
    asset TEXT NOT NULL,
    factor TEXT NOT NULL,
    PRIMARY KEY (block_number, log_index),
    FOREIGN KEY (block_number, log_index) REFERENCES events (block_number, log_index)
        ON DELETE CASCADE
);
CREATE INDEX pool_loss_accepted_by_address
    ON pool_loss_accepted (address, block_number, log_index);

CREATE TABLE pool_moved (
    block_number INTEGER NOT NULL,
    log_index INTEGER NOT NULL,
    address TEXT NOT NULL,
    from_id INTEGER NOT NULL,
    to_id INTEGER NOT NULL,
    asset TEXT NOT NULL,
    amount TEXT NOT NULL,
    PRIMARY KEY (block_number, log_index),
    FOREIGN KEY (block_number, log_index) REFERENCES events (block_number, log_index)
        ON DELETE CASCADE
);
CREATE INDEX pool_moved_by_address
    ON pool_moved (address, block_number, log_index);

CREATE TABLE pool_owed (
    block_number INTEGER NOT NULL,
    log_index INTEGER NOT NULL,
    address TEXT NOT NULL,
    account TEXT NOT NULL,
    asset TEXT NOT NULL,
    amount TEXT NOT NULL,
    PRIMARY KEY (block_number, log_index),
    FOREIGN KEY (block_number, log_index) REFERENCES events (block_number, log_index)
        ON DELETE CASCADE
);
CREATE INDEX pool_owed_by_address
    ON pool_owed (address, block_number, log_index);

CREATE TABLE pool_patron_grain (
    block_number INTEGER NOT NULL,
    log_index INTEGER NOT NULL,
    address TEXT NOT NULL,
    patron TEXT NOT NULL,
    earmark_id INTEGER NOT NULL,
    amount TEXT NOT NULL,
    PRIMARY KEY (block_number, log_index),
    FOREIGN KEY (block_number, log_index) REFERENCES events (block_number, log_index)
        ON DELETE CASCADE
);
CREATE INDEX pool_patron_grain_by_address
    ON pool_patron_grain (address, block_number, log_index);

CREATE TABLE pool_patron_grain_set (
    block_number INTEGER NOT NULL,
    log_index INTEGER NOT NULL,
    address TEXT NOT NULL,
    earmark_id INTEGER NOT NULL,
    asset TEXT NOT NULL,
    rate TEXT NOT NULL,
    cap TEXT NOT NULL,
    period INTEGER NOT NULL,
    PRIMARY KEY (block_number, log_index),
    FOREIGN KEY (block_number, log_index) REFERENCES events (block_number, log_index)
        ON DELETE CASCADE
);
CREATE INDEX pool_patron_grain_set_by_address
    ON pool_patron_grain_set (address, block_number, log_index);

CREATE TABLE pool_put_back (
    block_number INTEGER NOT NULL,
    log_index INTEGER NOT NULL,
    address TEXT NOT NULL,
    asset TEXT NOT NULL,
    amount TEXT NOT NULL,
    PRIMARY KEY (block_number, log_index),
    FOREIGN KEY (block_number, log_index) REFERENCES events (block_number, log_index)
        ON DELETE CASCADE
);
CREATE INDEX pool_put_back_by_address
    ON pool_put_back (address, block_number, log_index);

CREATE TABLE pool_reclaimed (
    block_number INTEGER NOT NULL,
    log_index INTEGER NOT NULL,
    address TEXT NOT NULL,
    patron TEXT NOT NULL,
    earmark_id INTEGER NOT NULL,
    asset TEXT NOT NULL,
    amount TEXT NOT NULL,
    PRIMARY KEY (block_number, log_index),
    FOREIGN KEY (block_number, log_index) REFERENCES events (block_number, log_index)
        ON DELETE CASCADE
);
CREATE INDEX pool_reclaimed_by_address
    ON pool_reclaimed (address, block_number, log_index);

CREATE TABLE pool_released (
    block_number INTEGER NOT NULL,
    log_index INTEGER NOT NULL,
    address TEXT NOT NULL,
    earmark_id INTEGER NOT NULL,
    asset TEXT NOT NULL,
    to_account TEXT NOT NULL,
    amount TEXT NOT NULL,
    PRIMARY KEY (block_number, log_index),
    FOREIGN KEY (block_number, log_index) REFERENCES events (block_number, log_index)
        ON DELETE CASCADE
);
CREATE INDEX pool_released_by_address
    ON pool_released (address, block_number, log_index);

CREATE TABLE pool_released_many (
    block_number INTEGER NOT NULL,
    log_index INTEGER NOT NULL,
    address TEXT NOT NULL,
    earmark_id INTEGER NOT NULL,
    asset TEXT NOT NULL,
    PRIMARY KEY (block_number, log_index),
    FOREIGN KEY (block_number, log_index) REFERENCES events (block_number, log_index)
        ON DELETE CASCADE
);
CREATE INDEX pool_released_many_by_address
    ON pool_released_many (address, block_number, log_index);

CREATE TABLE pool_released_many_batch (
    block_number INTEGER NOT NULL,
    log_index INTEGER NOT NULL,
    position INTEGER NOT NULL,
    to_account TEXT NOT NULL,
    amount TEXT NOT NULL,
    PRIMARY KEY (block_number, log_index, position),
    FOREIGN KEY (block_number, log_index) REFERENCES events (block_number, log_index)
        ON DELETE CASCADE
);

CREATE TABLE pool_reserved (
    block_number INTEGER NOT NULL,
    log_index INTEGER NOT NULL,
    address TEXT NOT NULL,
    earmark_id INTEGER NOT NULL,
    asset TEXT NOT NULL,
    amount TEXT NOT NULL,
    PRIMARY KEY (block_number, log_index),
    FOREIGN KEY (block_number, log_index) REFERENCES events (block_number, log_index)
        ON DELETE CASCADE
);
CREATE INDEX pool_reserved_by_address
    ON pool_reserved (address, block_number, log_index);

CREATE TABLE pool_spent (
    block_number INTEGER NOT NULL,
    log_index INTEGER NOT NULL,
    address TEXT NOT NULL,
    earmark_id INTEGER NOT NULL,
    asset TEXT NOT NULL,
    to_account TEXT NOT NULL,
    amount TEXT NOT NULL,
    PRIMARY KEY (block_number, log_index),
    FOREIGN KEY (block_number, log_index) REFERENCES events (block_number, log_index)
        ON DELETE CASCADE
);
CREATE INDEX pool_spent_by_address
    ON pool_spent (address, block_number, log_index);

CREATE TABLE pool_synced (
    block_number INTEGER NOT NULL,
    log_index INTEGER NOT NULL,
    address TEXT NOT NULL,
    asset TEXT NOT NULL,
    amount TEXT NOT NULL,
    PRIMARY KEY (block_number, log_index),
    FOREIGN KEY (block_number, log_index) REFERENCES events (block_number, log_index)
        ON DELETE CASCADE
);
CREATE INDEX pool_synced_by_address
    ON pool_synced (address, block_number, log_index);

CREATE TABLE pool_unreserved (
    block_number INTEGER NOT NULL,
    log_index INTEGER NOT NULL,
    address TEXT NOT NULL,
    earmark_id INTEGER NOT NULL,
    asset TEXT NOT NULL,
    amount TEXT NOT NULL,
    PRIMARY KEY (block_number, log_index),
    FOREIGN KEY (block_number, log_index) REFERENCES events (block_number, log_index)
        ON DELETE CASCADE
);
CREATE INDEX pool_unreserved_by_address
    ON pool_unreserved (address, block_number, log_index);

CREATE TABLE pool_updated (
    block_number INTEGER NOT NULL,
    log_index INTEGER NOT NULL,
    address TEXT NOT NULL,
    earmark_id INTEGER NOT NULL,
    author TEXT NOT NULL,
    uri TEXT NOT NULL,
    content_hash TEXT NOT NULL,
    PRIMARY KEY (block_number, log_index),
    FOREIGN KEY (block_number, log_index) REFERENCES events (block_number, log_index)
        ON DELETE CASCADE
);
CREATE INDEX pool_updated_by_address
    ON pool_updated (address, block_number, log_index);

CREATE TABLE pool_withdrawn (
    block_number INTEGER NOT NULL,
    log_index INTEGER NOT NULL,
    address TEXT NOT NULL,
    account TEXT NOT NULL,
    asset TEXT NOT NULL,
    to_account TEXT NOT NULL,
    amount TEXT NOT NULL,
    PRIMARY KEY (block_number, log_index),
    FOREIGN KEY (block_number, log_index) REFERENCES events (block_number, log_index)
        ON DELETE CASCADE
);
CREATE INDEX pool_withdrawn_by_address
    ON pool_withdrawn (address, block_number, log_index);

CREATE TABLE team_invited (
    block_number INTEGER NOT NULL,
    log_index INTEGER NOT NULL,
    address TEXT NOT NULL,
    account TEXT NOT NULL,
    by_account TEXT NOT NULL,
    invitations TEXT NOT NULL,
    PRIMARY KEY (block_number, log_index),
    FOREIGN KEY (block_number, log_index) REFERENCES events (block_number, log_index)
        ON DELETE CASCADE
);
CREATE INDEX team_invited_by_address
    ON team_invited (address, block_number, log_index);

CREATE TABLE team_payday_closed (
    block_number INTEGER NOT NULL,
    log_index INTEGER NOT NULL,
    address TEXT NOT NULL,
    period INTEGER NOT NULL,
    amount TEXT NOT NULL,
    total TEXT NOT NULL,
    left_over TEXT NOT NULL,
    PRIMARY KEY (block_number, log_index),
    FOREIGN KEY (block_number, log_index) REFERENCES events (block_number, log_index)
        ON DELETE CASCADE
);
CREATE INDEX team_payday_closed_by_address
    ON team_payday_closed (address, block_number, log_index);

CREATE TABLE team_take_paid (
    block_number INTEGER NOT NULL,
    log_index INTEGER NOT NULL,
    address TEXT NOT NULL,
    seat INTEGER NOT NULL,
    to_account TEXT NOT NULL,
    amount TEXT NOT NULL,
    PRIMARY KEY (block_number, log_index),
    FOREIGN KEY (block_number, log_index) REFERENCES events (block_number, log_index)
        ON DELETE CASCADE
);
CREATE INDEX team_take_paid_by_address
    ON team_take_paid (address, block_number, log_index);

CREATE TABLE team_take_set (
    block_number INTEGER NOT NULL,
    log_index INTEGER NOT NULL,
    address TEXT NOT NULL,
    account TEXT NOT NULL,
    seat INTEGER NOT NULL,
    take TEXT NOT NULL,
    PRIMARY KEY (block_number, log_index),
    FOREIGN KEY (block_number, log_index) REFERENCES events (block_number, log_index)
        ON DELETE CASCADE
);
CREATE INDEX team_take_set_by_address
    ON team_take_set (address, block_number, log_index);

CREATE TABLE team_team_joined (
    block_number INTEGER NOT NULL,
    log_index INTEGER NOT NULL,
    address TEXT NOT NULL,
    account TEXT NOT NULL,
    seat INTEGER NOT NULL,
    PRIMARY KEY (block_number, log_index),
    FOREIGN KEY (block_number, log_index) REFERENCES events (block_number, log_index)
        ON DELETE CASCADE
);
CREATE INDEX team_team_joined_by_address
    ON team_team_joined (address, block_number, log_index);

CREATE TABLE team_team_left (
    block_number INTEGER NOT NULL,
    log_index INTEGER NOT NULL,
    address TEXT NOT NULL,
    account TEXT NOT NULL,
    seat INTEGER NOT NULL,
    PRIMARY KEY (block_number, log_index),
    FOREIGN KEY (block_number, log_index) REFERENCES events (block_number, log_index)
        ON DELETE CASCADE
);
CREATE INDEX team_team_left_by_address
    ON team_team_left (address, block_number, log_index);

CREATE TABLE team_team_opened (
    block_number INTEGER NOT NULL,
    log_index INTEGER NOT NULL,
    address TEXT NOT NULL,
    earmark_id INTEGER NOT NULL,
    terms_asset TEXT NOT NULL,
    terms_period INTEGER NOT NULL,
    terms_paydays TEXT NOT NULL,
    terms_inviters TEXT NOT NULL,
    terms_throttle TEXT NOT NULL,
    PRIMARY KEY (block_number, log_index),
    FOREIGN KEY (block_number, log_index) REFERENCES events (block_number, log_index)
        ON DELETE CASCADE
);
CREATE INDEX team_team_opened_by_address
    ON team_team_opened (address, block_number, log_index);
