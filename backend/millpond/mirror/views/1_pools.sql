-- SPDX-License-Identifier: AGPL-3.0-only
-- Which contracts there are, and who is a member.
-- Source of the rules: contracts/Hub.vy, contracts/modules/members.vy.

CREATE VIEW pools AS
SELECT
    c.pool, c.name, c.creator, c.charter_uri, c.charter_hash,
    c.parts_governor AS governor, c.parts_admission AS admission, c.parts_grain AS grain,
    c.parts_distributor AS distributor, c.address AS hub,
    c.block_number, c.log_index, b.timestamp AS created_at
FROM hub_pool_created c
JOIN blocks b ON b.number = c.block_number;

-- What a pool can install later (millpond.chain.coop.KINDS): the Hub's name is ASCII, padded with
-- zeros on the right.
CREATE VIEW kinds (kind, contract) AS VALUES
    ('0x637265642d6469737472696275746f7200000000000000000000000000000000', 'CredDistributor'),
    ('0x616c6c6f636174696f6e00000000000000000000000000000000000000000000', 'Allocation'),
    ('0x7465616d00000000000000000000000000000000000000000000000000000000', 'Team'),
    ('0x6d61746368696e67000000000000000000000000000000000000000000000000', 'Matching'),
    ('0x63726f77646d6174636800000000000000000000000000000000000000000000', 'Crowdmatch');

-- Each contract that is mirrored, of which kind, and whose; the Hub and the Identity are nobody's.
CREATE VIEW contracts AS
SELECT hub AS address, 'Hub' AS contract, NULL AS pool FROM mirror
UNION ALL SELECT identity, 'Identity', NULL FROM mirror
UNION ALL SELECT parts_pool, 'Pool', pool FROM hub_pool_created
UNION ALL SELECT parts_governor, 'Governor', pool FROM hub_pool_created
UNION ALL SELECT parts_admission, 'Admission', pool FROM hub_pool_created
UNION ALL SELECT parts_grain, 'Grain', pool FROM hub_pool_created
UNION ALL SELECT parts_distributor, 'CredDistributor', pool FROM hub_pool_created
-- what the pool installed later
UNION ALL SELECT m.part, k.contract, m.pool FROM hub_part_made m JOIN kinds k ON k.kind = m.kind;

-- Settled in the table `seat_changes`.
CREATE VIEW settled_seat_changes AS
SELECT address AS governor, seat, account, 1 AS is_member, 'admitted' AS what,
    block_number, log_index
FROM governor_member_admitted
UNION ALL
SELECT address, seat, account, 0, 'removed', block_number, log_index FROM governor_member_removed
UNION ALL
SELECT address, seat, new, 1, 'rebound', block_number, log_index FROM governor_member_rebound;

-- Settled in the table `account_seats`.
CREATE VIEW settled_account_seats AS
SELECT address AS governor, account, seat, block_number, log_index FROM governor_member_admitted
UNION ALL
SELECT address, new, seat, block_number, log_index FROM governor_member_rebound
UNION ALL
SELECT address, old, 0, block_number, log_index FROM governor_member_rebound;

-- A seat that moved to another account is as young as that: it votes on what is proposed later.
CREATE VIEW members AS
SELECT
    p.pool, s.governor, s.seat, s.account, s.is_member,
    (
        SELECT b.timestamp FROM seat_changes a
        JOIN blocks b ON b.number = a.block_number
        WHERE a.governor = s.governor AND a.seat = s.seat AND a.is_member = 1
        ORDER BY a.block_number DESC, a.log_index DESC LIMIT 1
    ) AS joined_at,
    CASE WHEN s.is_member = 0 THEN b.timestamp END AS left_at,
    (
        SELECT count(*) FROM governor_member_rebound r
        WHERE r.address = s.governor AND r.seat = s.seat
    ) AS rebinds,
    s.block_number, s.log_index
FROM seat_changes s
JOIN pools p ON p.governor = s.governor
JOIN blocks b ON b.number = s.block_number
WHERE NOT EXISTS (
    SELECT 1 FROM seat_changes later
    WHERE later.governor = s.governor AND later.seat = s.seat
    AND (later.block_number, later.log_index) > (s.block_number, s.log_index)
);
