-- SPDX-License-Identifier: AGPL-3.0-only
-- Sums over what is final, so that no question adds up a co-op's whole past. Each holds one view of
-- lines up to and with the block `finalized_number` of `mirror`, moved in the same transaction
-- (folds.py); the view over it adds the lines of later blocks. What is final is not taken back, so
-- nothing in here ever has to be undone. Nothing in here has a block of its own.

CREATE TABLE account_sums (
    pool TEXT NOT NULL,
    earmark_id INTEGER NOT NULL,
    asset TEXT NOT NULL,
    balance TEXT NOT NULL,
    received TEXT NOT NULL,
    reserved TEXT NOT NULL,
    newest_block INTEGER NOT NULL,
    PRIMARY KEY (pool, earmark_id, asset)
);

-- `first_place` is block * 2^20 + place in the block, of the first grain that the account got.
CREATE TABLE grain_sums (
    grain TEXT NOT NULL,
    account TEXT NOT NULL,
    balance TEXT NOT NULL,
    first_place INTEGER,
    newest_block INTEGER NOT NULL,
    PRIMARY KEY (grain, account)
);

CREATE TABLE tally_sums (
    governor TEXT NOT NULL,
    proposal_id TEXT NOT NULL,
    against INTEGER NOT NULL,
    in_favour INTEGER NOT NULL,
    abstain INTEGER NOT NULL,
    newest_block INTEGER NOT NULL,
    PRIMARY KEY (governor, proposal_id)
);

-- Gifts by the name that they are shown with; `first_place` as above, of the first gift.
CREATE TABLE gift_sums (
    pool TEXT NOT NULL,
    name TEXT NOT NULL,
    earmark_id INTEGER NOT NULL,
    asset TEXT NOT NULL,
    amount TEXT NOT NULL,
    gifts INTEGER NOT NULL,
    first_place INTEGER NOT NULL,
    newest_block INTEGER NOT NULL,
    PRIMARY KEY (pool, name, earmark_id, asset)
);
