-- SPDX-License-Identifier: AGPL-3.0-only
-- The books of each pool: every event that moves money is one or two lines of `ledger`, a payment to
-- many a line for each payee, and every balance is a sum of lines. Source of the rules: contracts/modules/earmarks.vy.
-- Amounts are decimal text; `units_sum` adds them up (an aggregate that the store brings along).

CREATE VIEW earmarks AS
SELECT pool, 0 AS earmark_id, NULL AS spender, NULL AS uri, NULL AS purpose_hash,
    0 AS restricted, 0 AS deadline, block_number, log_index, created_at AS opened_at
FROM pools
UNION ALL
SELECT
    e.address, e.earmark_id,
    CASE WHEN e.spender <> '0x0000000000000000000000000000000000000000' THEN e.spender END,
    e.uri, e.purpose_hash, e.restricted,
    coalesce(
        (
            SELECT b.timestamp FROM pool_lapsed l JOIN blocks b ON b.number = l.block_number
            WHERE l.address = e.address AND l.earmark_id = e.earmark_id
        ),
        e.deadline
    ),
    e.block_number, e.log_index, b.timestamp
FROM pool_earmark_opened e
JOIN blocks b ON b.number = e.block_number;

-- `line` tells the lines of one event apart.
-- Settled in the table `ledger`, with what stands in each account afterwards (books.py).
CREATE VIEW settled_ledger AS
SELECT address AS pool, earmark_id, asset, 'gift' AS what, patron AS party,
    amount AS balance, amount AS received, '0' AS reserved, block_number, log_index, 0 AS line
FROM pool_given
UNION ALL
SELECT address, 0, asset, 'surplus', NULL, amount, amount, '0', block_number, log_index, 0
FROM pool_synced
UNION ALL
SELECT address, earmark_id, asset, 'spent', to_account, '-' || amount, '0', '0',
    block_number, log_index, 0
FROM pool_spent
UNION ALL
SELECT address, from_id, asset, 'moved out', NULL, '-' || amount, '0', '0',
    block_number, log_index, 0
FROM pool_moved
UNION ALL
-- into a restricted earmark it counts as received
SELECT m.address, m.to_id, m.asset, 'moved in', NULL, m.amount,
    CASE WHEN e.restricted = 1 THEN m.amount ELSE '0' END, '0', m.block_number, m.log_index, 1
FROM pool_moved m
LEFT JOIN pool_earmark_opened e ON e.address = m.address AND e.earmark_id = m.to_id
UNION ALL
SELECT address, 0, asset, 'put back', NULL, amount, '0', '0', block_number, log_index, 0
FROM pool_put_back
UNION ALL
SELECT address, earmark_id, asset, 'reserved', NULL, '0', '0', amount, block_number, log_index, 0
FROM pool_reserved
UNION ALL
SELECT address, earmark_id, asset, 'unreserved', NULL, '0', '0', '-' || amount,
    block_number, log_index, 0
FROM pool_unreserved
UNION ALL
SELECT address, earmark_id, asset, 'released', to_account, '-' || amount, '0', '-' || amount,
    block_number, log_index, 0
FROM pool_released
UNION ALL
SELECT r.address, r.earmark_id, r.asset, 'released', p.to_account, '-' || p.amount, '0', '-' || p.amount,
    r.block_number, r.log_index, p.position
FROM pool_released_many r
JOIN pool_released_many_batch p USING (block_number, log_index)
UNION ALL
SELECT address, earmark_id, asset, 'reclaimed', patron, '-' || amount, '0', '0',
    block_number, log_index, 0
FROM pool_reclaimed
UNION ALL
-- what the members had moved there returns to the general fund
SELECT address, 0, asset, 'returned', NULL, amount, '0', '0', block_number, log_index, 1
FROM pool_reclaimed WHERE patron = address;

CREATE VIEW account_lines AS
SELECT pool, earmark_id, asset, balance, received, reserved,
    block_number AS newest_block, block_number
FROM ledger;

-- One earmark's money in one asset. Every earmark and asset that was ever in the books.
CREATE VIEW accounts AS
SELECT pool, earmark_id, asset,
    units_sum(balance) AS balance, units_sum(received) AS received, units_sum(reserved) AS reserved,
    max(newest_block) AS newest_block
FROM (
    SELECT pool, earmark_id, asset, balance, received, reserved, newest_block FROM account_sums
    UNION ALL
    SELECT pool, earmark_id, asset, balance, received, reserved, newest_block FROM account_lines
    WHERE block_number > (SELECT finalized_number FROM mirror)
    AND block_number <= (SELECT block_number FROM mirror)
) AS parts
GROUP BY pool, earmark_id, asset;

-- Payments that failed and wait to be withdrawn.
CREATE VIEW debts AS
SELECT pool, asset, account, units_sum(amount) AS owed, max(block_number) AS newest_block
FROM (
    SELECT address AS pool, asset, account, amount, block_number FROM pool_owed
    UNION ALL
    SELECT address, asset, account, '-' || amount, block_number FROM pool_withdrawn
) AS lines
GROUP BY pool, asset, account;

-- What the books say a pool holds: all balances and all debts.
CREATE VIEW holdings AS
SELECT pool, asset, units_sum(amount) AS held, max(newest_block) AS newest_block
FROM (
    SELECT pool, asset, balance AS amount, newest_block FROM accounts
    UNION ALL
    SELECT pool, asset, owed, newest_block FROM debts
) AS lines
GROUP BY pool, asset;

CREATE VIEW gifts AS
SELECT g.address AS pool, g.earmark_id, g.asset, g.amount, g.patron, g.anonymous, g.note,
    g.block_number, g.log_index, e.transaction_hash, b.timestamp AS given_at
FROM pool_given g
JOIN events e USING (block_number, log_index)
JOIN blocks b ON b.number = g.block_number;

CREATE VIEW grain_received AS
SELECT address AS grain, receiver AS account, value AS balance,
    block_number * 1048576 + log_index AS first_place, block_number AS newest_block, block_number
FROM grain_transfer WHERE receiver <> '0x0000000000000000000000000000000000000000';

CREATE VIEW grain_sent AS
SELECT address AS grain, sender AS account, '-' || value AS balance,
    CAST(NULL AS INTEGER) AS first_place, block_number AS newest_block, block_number
FROM grain_transfer WHERE sender <> '0x0000000000000000000000000000000000000000';

CREATE VIEW grain_lines AS
SELECT * FROM grain_received UNION ALL SELECT * FROM grain_sent;

CREATE VIEW grain_balances AS
SELECT grain, account, units_sum(balance) AS balance, min(first_place) AS first_place,
    max(newest_block) AS newest_block
FROM (
    SELECT grain, account, balance, first_place, newest_block FROM grain_sums
    UNION ALL
    SELECT grain, account, balance, first_place, newest_block FROM grain_received
    WHERE block_number > (SELECT finalized_number FROM mirror)
    AND block_number <= (SELECT block_number FROM mirror)
    UNION ALL
    SELECT grain, account, balance, first_place, newest_block FROM grain_sent
    WHERE block_number > (SELECT finalized_number FROM mirror)
    AND block_number <= (SELECT block_number FROM mirror)
) AS parts
GROUP BY grain, account;

-- Every gift under the name that it is shown with; '' for all who asked not to be named.
CREATE VIEW gift_lines AS
SELECT address AS pool, CASE WHEN anonymous = 1 THEN '' ELSE patron END AS name,
    earmark_id, asset, amount, 1 AS gifts, block_number * 1048576 + log_index AS first_place,
    block_number AS newest_block, block_number
FROM pool_given;

-- What was given under each name.
CREATE VIEW gift_totals AS
SELECT pool, name, earmark_id, asset, units_sum(amount) AS amount, sum(gifts) AS gifts,
    min(first_place) AS first_place, max(newest_block) AS newest_block
FROM (
    SELECT pool, name, earmark_id, asset, amount, gifts, first_place, newest_block FROM gift_sums
    UNION ALL
    SELECT pool, name, earmark_id, asset, amount, gifts, first_place, newest_block FROM gift_lines
    WHERE block_number > (SELECT finalized_number FROM mirror)
    AND block_number <= (SELECT block_number FROM mirror)
) AS parts
GROUP BY pool, name, earmark_id, asset;
