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
CREATE INDEX events_by_address ON events (address, block_number, log_index);

-- What is settled for ever by an event and what came before it, worked out once by the view
-- `settled_...` when the event is written (store.py), and gone with it.

-- Everything that happened to a seat, with the account that holds (or held) it afterwards.
CREATE TABLE seat_changes (
    governor TEXT NOT NULL,
    seat INTEGER NOT NULL,
    account TEXT NOT NULL,
    is_member INTEGER NOT NULL,
    what TEXT NOT NULL,
    block_number INTEGER NOT NULL,
    log_index INTEGER NOT NULL,
    PRIMARY KEY (block_number, log_index),
    FOREIGN KEY (block_number, log_index) REFERENCES events (block_number, log_index)
        ON DELETE CASCADE
);
CREATE INDEX seat_changes_by_seat ON seat_changes (governor, seat, block_number, log_index);

-- Which seat an account had from which event on; none (0) after its seat was moved to another.
CREATE TABLE account_seats (
    governor TEXT NOT NULL,
    account TEXT NOT NULL,
    seat INTEGER NOT NULL,
    block_number INTEGER NOT NULL,
    log_index INTEGER NOT NULL,
    PRIMARY KEY (block_number, log_index, account),
    FOREIGN KEY (block_number, log_index) REFERENCES events (block_number, log_index)
        ON DELETE CASCADE
);
CREATE INDEX account_seats_by_account
    ON account_seats (governor, account, block_number, log_index);

CREATE TABLE cast_seats (
    block_number INTEGER NOT NULL,
    log_index INTEGER NOT NULL,
    governor TEXT NOT NULL,
    proposal_id TEXT NOT NULL,
    seat INTEGER NOT NULL,
    support INTEGER NOT NULL,
    replaced INTEGER, -- what the seat's cast before had said, which counts no more
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

-- One row for each leaf of a distribution that was paid.
CREATE TABLE payments (
    pool TEXT NOT NULL,
    distributor TEXT NOT NULL,
    epoch INTEGER NOT NULL,
    subject TEXT NOT NULL,
    payee TEXT NOT NULL,
    to_account TEXT NOT NULL,
    amount TEXT NOT NULL,
    grain TEXT NOT NULL,
    block_number INTEGER NOT NULL,
    log_index INTEGER NOT NULL,
    position INTEGER NOT NULL,
    PRIMARY KEY (block_number, log_index, position),
    FOREIGN KEY (block_number, log_index) REFERENCES events (block_number, log_index)
        ON DELETE CASCADE
);
CREATE INDEX payments_by_epoch
    ON payments (distributor, epoch, block_number, log_index, position);
CREATE INDEX payments_by_subject
    ON payments (pool, subject, block_number, log_index, position);

-- The books, a line for each way of money, and what stands in its account after it.
CREATE TABLE ledger (
    pool TEXT NOT NULL,
    earmark_id INTEGER NOT NULL,
    asset TEXT NOT NULL,
    what TEXT NOT NULL,
    party TEXT,
    balance TEXT NOT NULL,
    received TEXT NOT NULL,
    reserved TEXT NOT NULL,
    block_number INTEGER NOT NULL,
    log_index INTEGER NOT NULL,
    line INTEGER NOT NULL,
    balance_after TEXT NOT NULL,
    received_after TEXT NOT NULL,
    reserved_after TEXT NOT NULL,
    PRIMARY KEY (block_number, log_index, line),
    FOREIGN KEY (block_number, log_index) REFERENCES events (block_number, log_index)
        ON DELETE CASCADE
);
CREATE INDEX ledger_by_pool ON ledger (pool, block_number, log_index, line);
CREATE INDEX ledger_by_account
    ON ledger (pool, earmark_id, asset, block_number, log_index, line);

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
