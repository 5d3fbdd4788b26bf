-- SPDX-License-Identifier: AGPL-3.0-only
-- Which account an identity is linked to, by the word of one pool's attesters, as of the mirrored
-- block. Source of the rules: contracts/Identity.vy, contracts/modules/links.vy.

-- What ended a link at once: the account's own word, or the governor's.
CREATE VIEW link_drops AS
SELECT d.pool, d.identity, d.account, d.block_number, d.log_index, b.timestamp AS dropped_at
FROM identity_unlinked d JOIN blocks b ON b.number = d.block_number
UNION ALL
SELECT d.pool, d.identity, d.account, d.block_number, d.log_index, b.timestamp
FROM identity_link_canceled d JOIN blocks b ON b.number = d.block_number;

-- Every link that was ever proposed, with what became of it.
CREATE VIEW link_history AS
SELECT
    l.pool, l.identity, l.account, l.issued_at, l.effective_at, l.proof_hash, l.proof_uri,
    l.block_number, l.log_index,
    (
        SELECT min(d.dropped_at) FROM link_drops d
        WHERE d.pool = l.pool AND d.identity = l.identity AND d.account = l.account
        AND (d.block_number, d.log_index) > (l.block_number, l.log_index)
    ) AS dropped_at,
    EXISTS (
        SELECT 1 FROM identity_link_objected o
        WHERE o.pool = l.pool AND o.identity = l.identity AND o.account = l.account
        AND o.issued_at = l.issued_at
    ) AS objected,
    EXISTS (
        SELECT 1 FROM identity_link_confirmed c
        WHERE c.pool = l.pool AND c.identity = l.identity AND c.account = l.account
        AND (c.block_number, c.log_index) > (l.block_number, l.log_index)
        -- of the link itself, not of a later one to the same account
        AND NOT EXISTS (
            SELECT 1 FROM identity_link_proposed n
            WHERE n.pool = l.pool AND n.identity = l.identity
            AND (n.block_number, n.log_index) > (l.block_number, l.log_index)
            AND (n.block_number, n.log_index) < (c.block_number, c.log_index)
        )
    ) AS confirmed,
    (
        SELECT min(b.timestamp) FROM identity_link_proposed n
        JOIN blocks b ON b.number = n.block_number
        WHERE n.pool = l.pool AND n.identity = l.identity
        AND (n.block_number, n.log_index) > (l.block_number, l.log_index)
    ) AS next_at
FROM identity_link_proposed l;

-- How each would stand if no later one counted. `counted`: nothing ended it before it counted.
CREATE VIEW link_standings AS
SELECT
    h.*,
    CASE
        WHEN objected AND NOT confirmed THEN 'objected'
        WHEN m.block_timestamp < effective_at THEN 'pending'
        ELSE 'active'
    END AS standing,
    -- whatever ended before it counted never did: it was dropped, or another took its place
    (dropped_at IS NULL OR dropped_at >= effective_at)
        AND (next_at IS NULL OR next_at >= effective_at)
        AND NOT (objected AND NOT confirmed AND (dropped_at IS NOT NULL OR next_at IS NOT NULL))
        AS counted
FROM link_history h
CROSS JOIN mirror m;

-- Where each stands. A link that waits or was objected to has none behind it, or it would have ended;
-- one that counts lasts until a later one does.
CREATE VIEW link_ends AS
SELECT
    s.*,
    CASE
        WHEN s.dropped_at IS NULL AND s.counted AND (s.next_at IS NULL OR NOT EXISTS (
            SELECT 1 FROM link_standings later
            WHERE later.pool = s.pool AND later.identity = s.identity
            AND (later.block_number, later.log_index) > (s.block_number, s.log_index)
            AND later.counted AND later.standing = 'active'
        )) THEN s.standing
        ELSE 'ended'
    END AS state
FROM link_standings s;

-- At most two for an identity: the one that counts, and one that waits or was objected to.
CREATE VIEW links AS
SELECT pool, identity, account, state, issued_at, effective_at, proof_hash, proof_uri,
    block_number, log_index
FROM link_ends WHERE state <> 'ended';

CREATE VIEW attesters AS
SELECT s.pool, s.needed, a.value AS account, a.position, s.block_number, s.log_index
FROM identity_attesters_set s
JOIN identity_attesters_set_attesters a USING (block_number, log_index)
WHERE NOT EXISTS (
    SELECT 1 FROM identity_attesters_set later
    WHERE later.pool = s.pool
    AND (later.block_number, later.log_index) > (s.block_number, s.log_index)
);

-- The pools whose links a pool trusts as of the mirrored block, in order; none: itself alone. A list
-- is in force seven days after it was set, unless another took its place before.
CREATE VIEW attesting_pools AS
SELECT s.pool, p.value, p.position, s.block_number, s.log_index
FROM identity_attesting_pools_set s
JOIN identity_attesting_pools_set_pools p USING (block_number, log_index)
CROSS JOIN mirror m
WHERE s.effective_at <= m.block_timestamp
AND NOT EXISTS (
    SELECT 1 FROM identity_attesting_pools_set later
    JOIN blocks b ON b.number = later.block_number
    WHERE later.pool = s.pool
    AND (later.block_number, later.log_index) > (s.block_number, s.log_index)
    -- in force by now, or set before this one was
    AND (later.effective_at <= m.block_timestamp OR b.timestamp < s.effective_at)
);
