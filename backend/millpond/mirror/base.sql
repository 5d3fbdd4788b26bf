-- SPDX-License-Identifier: AGPL-3.0-only
-- What every event stands on: its block. Rolling back is one statement,
--   DELETE FROM blocks WHERE number > :ancestor
-- and every row that came from those blocks goes with them.

CREATE TABLE blocks (
    number INTEGER NOT NULL PRIMARY KEY,
    hash TEXT NOT NULL,
    parent_hash TEXT NOT NULL,
    timestamp INTEGER NOT NULL,
    receipts_root TEXT NOT NULL,
    state_root TEXT NOT NULL
);

CREATE TABLE events (
    block_number INTEGER NOT NULL REFERENCES blocks (number) ON DELETE CASCADE,
    log_index INTEGER NOT NULL,
    transaction_hash TEXT NOT NULL,
    address TEXT NOT NULL,
    contract TEXT NOT NULL,
    event TEXT NOT NULL,
    PRIMARY KEY (block_number, log_index)
);
CREATE INDEX events_by_address ON events (address);

-- What is settled for ever by what came before an event, worked out once by the view of that name
-- when the event is written (store.py), and gone with it.
CREATE TABLE cast_seats (
    block_number INTEGER NOT NULL,
    log_index INTEGER NOT NULL,
    governor TEXT NOT NULL,
    proposal_id TEXT NOT NULL,
    seat INTEGER NOT NULL,
    support INTEGER NOT NULL,
    PRIMARY KEY (block_number, log_index),
    FOREIGN KEY (block_number, log_index) REFERENCES events (block_number, log_index)
        ON DELETE CASCADE
);
CREATE UNIQUE INDEX cast_seats_by_seat
    ON cast_seats (governor, proposal_id, seat, block_number, log_index);

CREATE TABLE proposal_facts (
    block_number INTEGER NOT NULL,
    log_index INTEGER NOT NULL,
    class INTEGER NOT NULL,
    electorate INTEGER NOT NULL,
    rules_version INTEGER NOT NULL,
    PRIMARY KEY (block_number, log_index),
    FOREIGN KEY (block_number, log_index) REFERENCES events (block_number, log_index)
        ON DELETE CASCADE
);

-- What the tokens say of themselves, read from the node when an event first names one; NULL where a
-- token does not say it. ETH, the zero address, is one of them.
CREATE TABLE assets (
    address TEXT NOT NULL PRIMARY KEY,
    block_number INTEGER NOT NULL REFERENCES blocks (number) ON DELETE CASCADE,
    symbol TEXT,
    decimals INTEGER
);
CREATE INDEX assets_by_block ON assets (block_number);

-- How it was made sure that no event of a block is missing: 'none', 'bloom' or 'receipts'.
CREATE TABLE coverage (
    block_number INTEGER NOT NULL PRIMARY KEY REFERENCES blocks (number) ON DELETE CASCADE,
    how TEXT NOT NULL
);

-- One row: what is mirrored, and how far. It moves in the same transaction as the rows it vouches for.
CREATE TABLE mirror (
    id INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
    schema TEXT NOT NULL,
    chain_id INTEGER NOT NULL,
    genesis_hash TEXT NOT NULL,
    hub TEXT NOT NULL,
    identity TEXT NOT NULL,
    first_block INTEGER NOT NULL,
    block_number INTEGER NOT NULL,
    block_hash TEXT NOT NULL,
    block_timestamp INTEGER NOT NULL,
    safe_number INTEGER NOT NULL,
    finalized_number INTEGER NOT NULL
);

-- Every move of the cursor, for those who follow along: 'advanced' when the blocks from_block to
-- to_block came, 'retracted' when all above to_block were taken back (from_block: where it stood).
-- `seq` only grows; the newest are kept.
CREATE TABLE outbox (
    seq INTEGER NOT NULL PRIMARY KEY,
    what TEXT NOT NULL,
    from_block INTEGER NOT NULL,
    to_block INTEGER NOT NULL,
    block_hash TEXT NOT NULL
);

-- One row: how the writer is. `stopped`: it must not go on until somebody has looked.
-- It and the outbox are all that does not follow from the chain.
CREATE TABLE worker (
    id INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
    node_head INTEGER NOT NULL,
    checked_at INTEGER NOT NULL,
    problem TEXT,
    next_step TEXT,
    reason TEXT,
    stopped INTEGER NOT NULL
);
