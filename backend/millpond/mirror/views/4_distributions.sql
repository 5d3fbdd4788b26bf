-- SPDX-License-Identifier: AGPL-3.0-only
-- Distributions from post to claim. Source of the rules: contracts/modules/postings.vy, payouts.vy.

-- One row for each attempt at an epoch. The terms are those of the post; `excluded` and `closes_at`
-- are known when it is final.
CREATE VIEW distributions AS
SELECT
    p.pool, d.address AS distributor, d.epoch, d.attempt, d.proposal_id, d.data_hash, d.uri,
    d.terms_root AS root, d.terms_total_cred AS total_cred, d.terms_leaf_count AS leaf_count,
    d.terms_earmark AS earmark_id, d.terms_asset AS asset, d.terms_pot AS pot,
    d.terms_minimum AS minimum, d.terms_grain_per_epoch AS grain_per_epoch,
    d.terms_signer_cap_bps AS signer_cap_bps, d.terms_maintainers_version AS maintainers_version,
    coalesce(f.excluded, '0') AS excluded, coalesce(f.closes_at, 0) AS closes_at, f.epoch_hash,
    CASE
        WHEN f.epoch IS NOT NULL THEN 'final'
        WHEN w.epoch IS NOT NULL THEN 'withdrawn'
        WHEN v.epoch IS NOT NULL THEN 'void'
        ELSE 'review'
    END AS state,
    b.timestamp AS posted_at, fb.timestamp AS final_at, e.transaction_hash,
    d.block_number, d.log_index
FROM cred_distributor_distribution_posted d
JOIN contracts p ON p.address = d.address AND p.contract = 'CredDistributor'
JOIN blocks b ON b.number = d.block_number
JOIN events e USING (block_number, log_index)
LEFT JOIN cred_distributor_distribution_finalised f
    ON f.address = d.address AND f.epoch = d.epoch AND f.attempt = d.attempt
LEFT JOIN blocks fb ON fb.number = f.block_number
LEFT JOIN cred_distributor_distribution_withdrawn w
    ON w.address = d.address AND w.epoch = d.epoch AND w.attempt = d.attempt
LEFT JOIN cred_distributor_distribution_voided v
    ON v.address = d.address AND v.epoch = d.epoch AND v.attempt = d.attempt;

-- Payouts for which no grain could be created: `GrainWithheld` follows its `Claimed`.
CREATE VIEW payouts_without_grain AS
SELECT c.block_number, c.log_index
FROM cred_distributor_grain_withheld w
JOIN cred_distributor_claimed c
    ON c.block_number = w.block_number AND c.address = w.address AND c.subject = w.subject
    AND c.log_index = (
        SELECT max(x.log_index) FROM cred_distributor_claimed x
        WHERE x.block_number = w.block_number AND x.address = w.address
        AND x.subject = w.subject AND x.log_index < w.log_index
    );

-- One row for each leaf that was paid: by its own claim, or on a payday, which pays payees only and
-- never without the grain. Settled in the table `payments`.
CREATE VIEW settled_payments AS
SELECT
    p.pool, c.address AS distributor, s.epoch, c.subject, c.payee, c.to_account, s.amount,
    CASE
        WHEN EXISTS (
            SELECT 1 FROM payouts_without_grain g
            WHERE g.block_number = c.block_number AND g.log_index = c.log_index
        ) THEN '0'
        ELSE s.grain
    END AS grain,
    c.block_number, c.log_index, s.position
FROM cred_distributor_claimed c
JOIN cred_distributor_claimed_shares s USING (block_number, log_index)
JOIN contracts p ON p.address = c.address AND p.contract = 'CredDistributor'
UNION ALL
SELECT
    p.pool, o.address, l.epoch, l.subject, l.payee, l.payee, l.amount, l.grain,
    o.block_number, o.log_index, l.position
FROM cred_distributor_paid_out o
JOIN cred_distributor_paid_out_leaves l USING (block_number, log_index)
JOIN contracts p ON p.address = o.address AND p.contract = 'CredDistributor';

CREATE VIEW claims AS
SELECT
    p.pool, p.distributor, p.epoch, p.subject, p.payee, p.to_account, p.amount, p.grain,
    e.transaction_hash, b.timestamp AS claimed_at, p.block_number, p.log_index, p.position
FROM payments p
JOIN events e USING (block_number, log_index)
JOIN blocks b ON b.number = p.block_number;

-- The last word of a payday on a leaf that it passed over.
CREATE VIEW skips AS
SELECT p.pool, k.address AS distributor, k.epoch, k.subject, k.reason, k.block_number, k.log_index
FROM cred_distributor_leaf_skipped k
JOIN contracts p ON p.address = k.address AND p.contract = 'CredDistributor'
WHERE NOT EXISTS (
    SELECT 1 FROM cred_distributor_leaf_skipped later
    WHERE later.address = k.address AND later.epoch = k.epoch AND later.subject = k.subject
    AND (later.block_number, later.log_index) > (k.block_number, k.log_index)
);

CREATE VIEW policies AS
SELECT
    p.pool, s.address AS distributor, s.version, s.pot_earmark, s.policy_asset AS asset,
    s.policy_income_earmark AS income_earmark, s.policy_payout_bps AS payout_bps,
    s.policy_minimum AS minimum, s.policy_grain_per_epoch AS grain_per_epoch,
    s.policy_signer_cap_bps AS signer_cap_bps, s.policy_epoch_length AS epoch_length,
    s.policy_claim_window AS claim_window, s.policy_zero_out_bps AS zero_out_bps,
    s.policy_restorers AS restorers, s.policy_fixed_portion AS fixed_portion, s.block_number, s.log_index
FROM cred_distributor_policy_set s
JOIN contracts p ON p.address = s.address AND p.contract = 'CredDistributor';

CREATE VIEW maintainers AS
SELECT p.pool, s.address AS distributor, s.version, s.needed, m.account, m.position,
    s.block_number, s.log_index
FROM cred_distributor_maintainers_set s
JOIN cred_distributor_maintainers_set_maintainers m USING (block_number, log_index)
JOIN contracts p ON p.address = s.address AND p.contract = 'CredDistributor';
