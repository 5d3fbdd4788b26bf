-- SPDX-License-Identifier: AGPL-3.0-only
-- What the views look things up by, each in the order of the chain. (Every event table has its key
-- and `address` already.)

CREATE INDEX admitted_by_account
    ON governor_member_admitted (address, account, block_number, log_index);
CREATE INDEX admitted_by_seat
    ON governor_member_admitted (address, seat, block_number, log_index);
CREATE INDEX removed_by_seat
    ON governor_member_removed (address, seat, block_number, log_index);
CREATE INDEX rebound_by_seat
    ON governor_member_rebound (address, seat, block_number, log_index);
CREATE INDEX rebound_by_old
    ON governor_member_rebound (address, old, block_number, log_index);
CREATE INDEX rebound_by_new
    ON governor_member_rebound (address, new, block_number, log_index);
CREATE INDEX parts_by_account
    ON governor_part_installed (address, part, block_number, log_index);
CREATE INDEX created_by_proposal
    ON governor_proposal_created (address, proposal_id, block_number, log_index);
CREATE INDEX canceled_by_proposal
    ON governor_proposal_canceled (address, proposal_id, block_number, log_index);
CREATE INDEX executed_by_proposal
    ON governor_proposal_executed (address, proposal_id, block_number, log_index);
CREATE INDEX closed_by_proposal
    ON governor_proposal_closed (address, proposal_id, block_number, log_index);
CREATE INDEX extended_by_proposal
    ON governor_consent_extended (address, proposal_id, block_number, log_index);
CREATE INDEX claims_by_subject
    ON cred_distributor_claimed (address, subject, block_number, log_index);
CREATE INDEX paid_leaves_by_epoch
    ON cred_distributor_paid_out_leaves (epoch, block_number, log_index);
CREATE INDEX skips_by_leaf
    ON cred_distributor_leaf_skipped (address, epoch, subject, block_number, log_index);
CREATE INDEX posted_by_epoch
    ON cred_distributor_distribution_posted (address, epoch, block_number, log_index);
CREATE INDEX finalised_by_epoch
    ON cred_distributor_distribution_finalised (address, epoch, block_number, log_index);
CREATE INDEX proposed_by_identity
    ON identity_link_proposed (pool, identity, block_number, log_index);
CREATE INDEX proposed_by_pool ON identity_link_proposed (pool, block_number, log_index);
CREATE INDEX proposed_by_account
    ON identity_link_proposed (pool, account, block_number, log_index);
CREATE INDEX objected_by_identity
    ON identity_link_objected (pool, identity, block_number, log_index);
CREATE INDEX confirmed_by_identity
    ON identity_link_confirmed (pool, identity, block_number, log_index);
CREATE INDEX canceled_by_identity
    ON identity_link_canceled (pool, identity, block_number, log_index);
CREATE INDEX unlinked_by_identity
    ON identity_unlinked (pool, identity, block_number, log_index);
