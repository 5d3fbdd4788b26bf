-- SPDX-License-Identifier: AGPL-3.0-only
-- What people ask for as lists: patrons, thanks in grain, what a pool owns besides money, seats that
-- move, buy-ins, holders of grain, links, distributors. Each row has the place of one event.

CREATE INDEX given_by_patron ON pool_given (address, patron);
CREATE INDEX paid_leaves_by_subject ON cred_distributor_paid_out_leaves (subject);
CREATE INDEX rebinds_asked_by_old ON admission_rebind_asked (address, old);

-- Who asked at least once not to be named, by earmark: whatever else would lead to that gift keeps
-- silent about her too.
CREATE VIEW unnamed_patrons AS
SELECT DISTINCT address AS pool, earmark_id, patron FROM pool_given WHERE anonymous = 1;

-- Gifts that were thanked with grain.
CREATE VIEW patron_thanks AS
SELECT
    t.address AS pool, p.grain, t.earmark_id, t.amount,
    CASE WHEN u.patron IS NULL THEN t.patron END AS patron,
    e.transaction_hash, b.timestamp AS thanked_at, t.block_number, t.log_index
FROM pool_patron_grain t
JOIN events e USING (block_number, log_index)
JOIN pools p ON p.pool = t.address
JOIN blocks b ON b.number = t.block_number
LEFT JOIN unnamed_patrons u
    ON u.pool = t.address AND u.earmark_id = t.earmark_id AND u.patron = t.patron;

-- Tokens that are no money, as they came and went.
CREATE VIEW collectibles AS
SELECT c.pool, c.what, c.token, c.token_id, c.party, c.amount,
    e.transaction_hash, b.timestamp AS moved_at, c.block_number, c.log_index
FROM (
    SELECT address AS pool, 'received' AS what, token, token_id, sender AS party, amount,
        block_number, log_index
    FROM pool_collectible_received
    UNION ALL
    SELECT address, 'sent', token, token_id, to_account, '-' || amount, block_number, log_index
    FROM pool_collectible_sent
) AS c
JOIN events e USING (block_number, log_index)
JOIN blocks b ON b.number = c.block_number;

-- Each time that the members spread a loss over all that the books say.
CREATE VIEW losses AS
SELECT l.address AS pool, l.asset, l.factor, e.transaction_hash, b.timestamp AS accepted_at,
    l.block_number, l.log_index
FROM pool_loss_accepted l
JOIN events e USING (block_number, log_index)
JOIN blocks b ON b.number = l.block_number;

-- What happened to requests that a seat be moved to another account.
CREATE VIEW rebind_steps AS
SELECT address AS admission, old, 'replaced' AS what, block_number, log_index
FROM admission_rebind_asked
UNION ALL
SELECT address, old, 'objected', block_number, log_index FROM admission_rebind_objected
UNION ALL
SELECT address, old, 'completed', block_number, log_index FROM admission_rebind_completed;

CREATE VIEW rebinds AS
SELECT
    p.pool, a.old, a.new, a.ready_at,
    (
        SELECT count(*) FROM admission_rebind_asked_sponsors s
        WHERE s.block_number = a.block_number AND s.log_index = a.log_index
    ) AS sponsors,
    coalesce(
        (
            SELECT s.what FROM rebind_steps s
            WHERE s.admission = a.address AND s.old = a.old
            AND (s.block_number, s.log_index) > (a.block_number, a.log_index)
            ORDER BY s.block_number, s.log_index LIMIT 1
        ),
        CASE
            WHEN NOT EXISTS (
                SELECT 1 FROM members x
                WHERE x.governor = p.governor AND x.account = a.old AND x.is_member = 1
            ) THEN 'lapsed'
            WHEN m.block_timestamp < a.ready_at THEN 'waiting'
            ELSE 'ready'
        END
    ) AS state,
    (
        SELECT s.block_number FROM rebind_steps s
        WHERE s.admission = a.address AND s.old = a.old
        AND (s.block_number, s.log_index) > (a.block_number, a.log_index)
        ORDER BY s.block_number, s.log_index LIMIT 1
    ) AS newest_block,
    e.transaction_hash, b.timestamp AS asked_at, a.block_number, a.log_index
FROM admission_rebind_asked a
JOIN events e USING (block_number, log_index)
JOIN pools p ON p.admission = a.address
JOIN blocks b ON b.number = a.block_number
CROSS JOIN mirror m;

-- What newcomers put in, and whether it was given back. A seat has one buy-in at a time.
CREATE VIEW buy_ins AS
SELECT
    p.pool, i.account, i.seat, i.payer, i.earmark_id, i.asset, i.amount,
    (
        SELECT min(r.block_number) FROM admission_buy_in_refunded r
        WHERE r.address = i.address AND r.seat = i.seat
        AND (r.block_number, r.log_index) > (i.block_number, i.log_index)
    ) AS newest_block,
    e.transaction_hash, b.timestamp AS paid_at, i.block_number, i.log_index
FROM admission_buy_in_paid i
JOIN events e USING (block_number, log_index)
JOIN pools p ON p.admission = i.address
JOIN blocks b ON b.number = i.block_number;

-- Everybody who ever had grain, from the first time on. The zero address has none.
CREATE VIEW grain_holders AS
SELECT grain, account, balance, newest_block,
    first_place / 1048576 AS block_number, first_place % 1048576 AS log_index
FROM grain_balances WHERE first_place IS NOT NULL;

-- Every link that was ever proposed and how it stands: as of `links`, or it ended.
CREATE VIEW link_states AS
SELECT
    h.pool, h.identity, h.account, h.issued_at, h.effective_at, h.proof_hash, h.proof_uri,
    h.objected, h.confirmed, h.dropped_at, h.state,
    e.transaction_hash, b.timestamp AS proposed_at, h.block_number, h.log_index
FROM link_ends h
JOIN events e USING (block_number, log_index)
JOIN blocks b ON b.number = h.block_number;

-- The contracts that pay a pool's people, the first and those that were installed later.
CREATE VIEW distributors AS
SELECT pool, distributor, 1 AS is_first, created_at AS made_at, block_number, log_index FROM pools
UNION ALL
SELECT h.pool, h.part, 0, b.timestamp, h.block_number, h.log_index
FROM hub_part_made h
JOIN contracts c ON c.address = h.part AND c.contract = 'CredDistributor'
JOIN blocks b ON b.number = h.block_number;

-- What members did about proposals: made one, or cast a ballot.
CREATE VIEW activities AS
SELECT c.address AS governor, c.proposal_id, c.proposer AS account, c.block_number, c.log_index
FROM governor_proposal_created c
WHERE NOT EXISTS (SELECT 1 FROM contracts x WHERE x.address = c.proposer)
UNION ALL
SELECT address, proposal_id, voter, block_number, log_index FROM governor_vote_cast;
