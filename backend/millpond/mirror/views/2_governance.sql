-- SPDX-License-Identifier: AGPL-3.0-only
-- Proposals, ballots, and where each proposal stands as of the mirrored block.
-- Source of the rules: contracts/modules/parts.vy (classes), proposals.vy (states, who passes),
-- ballots.vy (one ballot a seat, the last one counts). Computed here from events alone.

-- Each version of the rules; a class of proposals is its place in the list (0 ordinary,
-- 1 membership, 2 rules, 3 consent).
CREATE VIEW rule_versions AS
SELECT
    p.pool, r.address AS governor, r.version, c.position AS class,
    c.delay, c.period, c.timelock, c.expiry, c.quorum_bps, c.approval_bps, c.early,
    r.block_number, r.log_index
FROM governor_rules_set r
JOIN governor_rules_set_rules c USING (block_number, log_index)
JOIN pools p ON p.governor = r.address;

CREATE VIEW actions AS
SELECT
    p.address AS governor, p.proposal_id, t.position, t.value AS target, v.value AS value,
    d.value AS calldata,
    CASE WHEN length(d.value) >= 10 THEN substr(d.value, 1, 10) ELSE '0x00000000' END AS selector,
    p.block_number, p.log_index
FROM governor_proposal_created p
JOIN governor_proposal_created_targets t USING (block_number, log_index)
JOIN governor_proposal_created_values v USING (block_number, log_index, position)
JOIN governor_proposal_created_calldatas d USING (block_number, log_index, position);

-- The class of vote that one action takes: the fixed table of contracts/modules/parts.vy.
CREATE VIEW action_classes AS
SELECT
    a.governor, a.proposal_id, a.position,
    CASE
        WHEN a.target = p.pool THEN
            CASE
                WHEN a.selector IN (
                    '0x372b24ee', '0xb3597748',                           -- spend, move
                    '0xba7bec2c', '0x673cf75a',                           -- send_nft, _multi_token
                    '0xb50fb9be'                                          -- update
                ) THEN 0
                WHEN a.selector = '0xcc06dbea'                            -- open_earmark
                    AND substr(a.calldata, 203, 64)                       -- its spender: nobody
                        = '0000000000000000000000000000000000000000000000000000000000000000'
                    THEN 0
                ELSE 2
            END
        WHEN a.target = a.governor THEN
            CASE WHEN a.selector = '0x29092d0e' THEN 1 ELSE 2 END         -- remove
        WHEN i.part IS NOT NULL AND a.selector <> '0x00000000'
            AND i.consent_selector = a.selector THEN 3
        WHEN a.target = p.admission                                       -- offer, rebind, expel
            AND a.selector IN ('0xb97bd778', '0xf66b3490', '0x18607062') THEN 1
        WHEN i.part IS NOT NULL OR a.target IN (m.hub, m.identity) THEN 2
        ELSE 0
    END AS class
FROM actions a
JOIN pools p ON p.governor = a.governor
CROSS JOIN mirror m
LEFT JOIN governor_part_installed i
    ON i.address = a.governor AND i.part = a.target
    AND (i.block_number, i.log_index) < (a.block_number, a.log_index);

-- The seat that the voter's account had when it cast, and the word that this seat takes back by it:
-- settled in the table `cast_seats`.
CREATE VIEW settled_cast_seats AS
SELECT
    s.block_number, s.log_index, s.governor, s.proposal_id, s.seat, s.support,
    (
        SELECT x.support FROM cast_seats x
        WHERE x.governor = s.governor AND x.proposal_id = s.proposal_id AND x.seat = s.seat
        AND (x.block_number, x.log_index) < (s.block_number, s.log_index)
        ORDER BY x.block_number DESC, x.log_index DESC LIMIT 1
    ) AS replaced
FROM (
    SELECT
        v.block_number, v.log_index, v.address AS governor, v.proposal_id,
        coalesce(
            (
                SELECT s.seat FROM account_seats s
                WHERE s.governor = v.address AND s.account = v.voter
                AND (s.block_number, s.log_index) < (v.block_number, v.log_index)
                ORDER BY s.block_number DESC, s.log_index DESC LIMIT 1
            ),
            0
        ) AS seat,
        v.support
    FROM governor_vote_cast v
) AS s;

-- What is frozen when a proposal is made: settled in the table `proposal_facts`.
CREATE VIEW settled_proposal_facts AS
SELECT
    c.block_number, c.log_index,
    coalesce(
        (
            SELECT max(k.class) FROM action_classes k
            WHERE k.governor = c.address AND k.proposal_id = c.proposal_id
        ),
        0
    ) AS class,
    (
        -- members as that second began: who joined within it does not count, who left still does
        SELECT count(*) FROM governor_member_admitted a
        JOIN blocks ab ON ab.number = a.block_number
        WHERE a.address = c.address AND ab.timestamp < b.timestamp
    ) - (
        SELECT count(*) FROM governor_member_removed r
        JOIN blocks rb ON rb.number = r.block_number
        WHERE r.address = c.address AND rb.timestamp < b.timestamp
    ) AS electorate,
    coalesce(
        (
            SELECT max(r.version) FROM governor_rules_set r
            WHERE r.address = c.address
            AND (r.block_number, r.log_index) < (c.block_number, c.log_index)
        ),
        0
    ) AS rules_version
FROM governor_proposal_created c
JOIN blocks b ON b.number = c.block_number;

-- Every cast.
CREATE VIEW casts AS
SELECT
    s.governor, s.proposal_id, v.voter, s.support, v.reason, s.seat,
    (
        -- a signed ballot's reason: its hash comes in the event right behind
        SELECT r.reason_hash FROM governor_ballot_reason r
        WHERE r.block_number = v.block_number AND r.log_index = v.log_index + 1
        AND r.address = v.address
    ) AS reason_hash,
    v.block_number, v.log_index, b.timestamp AS cast_at
FROM cast_seats s
JOIN governor_vote_cast v USING (block_number, log_index)
JOIN blocks b ON b.number = v.block_number;

-- A seat's last cast is its ballot.
CREATE VIEW ballots AS
SELECT
    c.*,
    (
        SELECT count(*) FROM cast_seats x
        WHERE x.governor = c.governor AND x.proposal_id = c.proposal_id AND x.seat = c.seat
    ) AS casts
FROM casts c
WHERE NOT EXISTS (
    SELECT 1 FROM cast_seats later
    WHERE later.governor = c.governor AND later.proposal_id = c.proposal_id
    AND later.seat = c.seat
    AND (later.block_number, later.log_index) > (c.block_number, c.log_index)
);

-- What each cast adds to the count, and what it takes away.
CREATE VIEW tally_lines AS
SELECT governor, proposal_id,
    CASE WHEN support = 0 THEN 1 ELSE 0 END - CASE WHEN replaced = 0 THEN 1 ELSE 0 END AS against,
    CASE WHEN support = 1 THEN 1 ELSE 0 END - CASE WHEN replaced = 1 THEN 1 ELSE 0 END AS in_favour,
    CASE WHEN support = 2 THEN 1 ELSE 0 END - CASE WHEN replaced = 2 THEN 1 ELSE 0 END AS abstain,
    block_number AS newest_block, block_number
FROM cast_seats;

-- What the ballots of blocks that are not final yet change. (Two ends of the range and a limit, here
-- and wherever later lines are added to sums, tell both stores that these are few rows. Without
-- them they go through all that ever were.)
CREATE VIEW late_tallies AS
SELECT governor, proposal_id, sum(against) AS against, sum(in_favour) AS in_favour,
    sum(abstain) AS abstain, max(newest_block) AS newest_block
FROM (
    SELECT * FROM tally_lines WHERE block_number > (SELECT finalized_number FROM mirror)
    AND block_number <= (SELECT block_number FROM mirror)
    LIMIT 9223372036854775807
) AS late
GROUP BY governor, proposal_id;

CREATE VIEW proposals AS
SELECT
    f.*,
    CASE
        WHEN executed_at IS NOT NULL THEN 'executed'
        WHEN canceled_at IS NOT NULL THEN 'canceled'
        WHEN now <= opens_at THEN 'pending'
        WHEN now <= closes_at THEN 'active'
        WHEN NOT passing THEN 'defeated'
        WHEN now < eta THEN 'queued'
        WHEN now < expires_at THEN 'succeeded'
        ELSE 'expired'
    END AS state
FROM (
    SELECT
        t.*,
        closes_at + timelock AS eta,
        closes_at + timelock + expiry AS expires_at,
        -- cross-multiplied, so nothing is rounded
        CASE WHEN class = 3 THEN against * 10000 < quorum_bps * electorate
            ELSE (in_favour + abstain) * 10000 >= quorum_bps * electorate
                AND in_favour > against
                AND in_favour * 10000 >= approval_bps * (in_favour + against)
        END AS passing
    FROM (
        SELECT
            l.pool, c.address AS governor, c.proposal_id, c.proposer, c.description,
            b.timestamp AS created_at, c.vote_start AS opens_at,
            p.class, p.electorate, p.rules_version,
            r.delay, r.period, r.quorum_bps, r.approval_bps, r.early, r.timelock, r.expiry,
            coalesce(e.closes_at, x.closes_at, c.vote_end) AS closes_at,
            coalesce(y.against, 0) + coalesce(z.against, 0) AS against,
            coalesce(y.in_favour, 0) + coalesce(z.in_favour, 0) AS in_favour,
            coalesce(y.abstain, 0) + coalesce(z.abstain, 0) AS abstain,
            db.timestamp AS executed_at, kb.timestamp AS canceled_at,
            m.block_timestamp AS now, c.block_number, c.log_index,
            -- of whatever changed it since it was made
            y.newest_block AS tally_newest_block, z.newest_block AS late_newest_block,
            e.block_number AS closed_newest_block, x.block_number AS extended_newest_block,
            d.block_number AS executed_newest_block, k.block_number AS canceled_newest_block
        FROM governor_proposal_created c
        JOIN proposal_facts p USING (block_number, log_index)
        JOIN hub_pool_created l ON l.parts_governor = c.address
        JOIN blocks b ON b.number = c.block_number
        CROSS JOIN mirror m
        JOIN governor_rules_set s ON s.address = c.address AND s.version = p.rules_version
        JOIN governor_rules_set_rules r
            ON r.block_number = s.block_number AND r.log_index = s.log_index
            AND r.position = p.class
        LEFT JOIN tally_sums y ON y.governor = c.address AND y.proposal_id = c.proposal_id
        LEFT JOIN late_tallies z ON z.governor = c.address AND z.proposal_id = c.proposal_id
        -- it ended early, unless it was put off after that
        LEFT JOIN governor_proposal_closed e
            ON e.address = c.address AND e.proposal_id = c.proposal_id
            AND NOT EXISTS (
                SELECT 1 FROM governor_proposal_closed later
                WHERE later.address = e.address AND later.proposal_id = e.proposal_id
                AND (later.block_number, later.log_index) > (e.block_number, e.log_index)
            )
            AND NOT EXISTS (
                SELECT 1 FROM governor_consent_extended later
                WHERE later.address = e.address AND later.proposal_id = e.proposal_id
                AND (later.block_number, later.log_index) > (e.block_number, e.log_index)
            )
        LEFT JOIN governor_consent_extended x
            ON x.address = c.address AND x.proposal_id = c.proposal_id
            AND NOT EXISTS (
                SELECT 1 FROM governor_consent_extended later
                WHERE later.address = x.address AND later.proposal_id = x.proposal_id
                AND (later.block_number, later.log_index) > (x.block_number, x.log_index)
            )
        LEFT JOIN governor_proposal_executed d
            ON d.address = c.address AND d.proposal_id = c.proposal_id
        LEFT JOIN blocks db ON db.number = d.block_number
        LEFT JOIN governor_proposal_canceled k
            ON k.address = c.address AND k.proposal_id = c.proposal_id
        LEFT JOIN blocks kb ON kb.number = k.block_number
    ) AS t
) AS f;
