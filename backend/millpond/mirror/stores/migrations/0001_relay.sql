-- SPDX-License-Identifier: AGPL-3.0-only
-- The relay's queue: what was handed in, the transactions that bring it, what was paid for them.
-- Amounts in wei are decimal text, documents canonical JSON, times seconds since 1970.

CREATE TABLE relay_items (
    id TEXT NOT NULL PRIMARY KEY,
    seq INTEGER NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    pool TEXT NOT NULL,
    contract TEXT NOT NULL,
    person TEXT NOT NULL,
    about TEXT NOT NULL,
    turn INTEGER NOT NULL,
    rival TEXT NOT NULL,
    deadline INTEGER NOT NULL,
    document TEXT NOT NULL,
    proved INTEGER NOT NULL,
    state TEXT NOT NULL,
    lane TEXT NOT NULL,
    due INTEGER NOT NULL,
    reason TEXT,
    next_step TEXT,
    batch INTEGER,
    tries INTEGER NOT NULL,
    received_at INTEGER NOT NULL,
    changed_at INTEGER NOT NULL,
    next_at INTEGER NOT NULL,
    transaction_hash TEXT,
    block_number INTEGER
);

CREATE INDEX relay_items_by_state ON relay_items (state, next_at, seq);
CREATE INDEX relay_items_by_rival ON relay_items (rival, state);
CREATE INDEX relay_items_by_person ON relay_items (person, received_at);
CREATE INDEX relay_items_by_about ON relay_items (contract, about, seq);
CREATE INDEX relay_items_by_batch ON relay_items (batch);

-- One transaction for each row, whatever it is sent at: one nonce.
CREATE TABLE relay_batches (
    id INTEGER NOT NULL PRIMARY KEY,
    sender TEXT NOT NULL,
    nonce INTEGER NOT NULL,
    kind TEXT NOT NULL,
    target TEXT NOT NULL,
    data TEXT NOT NULL,
    gas INTEGER NOT NULL,
    label TEXT NOT NULL,
    state TEXT NOT NULL,
    made_at INTEGER NOT NULL,
    noticed_at INTEGER,
    transaction_hash TEXT,
    block_number INTEGER,
    block_hash TEXT,
    spent TEXT,
    spent_at INTEGER
);

CREATE INDEX relay_batches_by_state ON relay_batches (state, nonce);
CREATE INDEX relay_batches_by_day ON relay_batches (spent_at);

-- Every signed transaction, from before it was sent.
CREATE TABLE relay_attempts (
    hash TEXT NOT NULL PRIMARY KEY,
    batch INTEGER NOT NULL,
    number INTEGER NOT NULL,
    raw TEXT NOT NULL,
    gas INTEGER NOT NULL,
    fee TEXT NOT NULL,
    tip TEXT NOT NULL,
    empty INTEGER NOT NULL,
    made_at INTEGER NOT NULL,
    refusal TEXT
);

CREATE INDEX relay_attempts_by_batch ON relay_attempts (batch, number);

-- The texts behind the hashes that ballots sign.
CREATE TABLE relay_reasons (
    hash TEXT NOT NULL PRIMARY KEY,
    text TEXT NOT NULL
);

-- How the relay is, for whoever hands something in. One row.
CREATE TABLE relay_status (
    one INTEGER NOT NULL PRIMARY KEY,
    chain_id INTEGER NOT NULL,
    hub TEXT NOT NULL,
    sender TEXT NOT NULL,
    balance TEXT NOT NULL,
    spent_today TEXT NOT NULL,
    daily TEXT NOT NULL,
    block_number INTEGER NOT NULL,
    checked_at INTEGER NOT NULL,
    problem TEXT,
    detail TEXT,
    next_step TEXT
);

-- Whoever adds an item takes its turn here first, so that two never count the queue at once. One row.
CREATE TABLE relay_turn (
    one INTEGER NOT NULL PRIMARY KEY,
    taken INTEGER NOT NULL
);

INSERT INTO relay_turn VALUES (1, 0);
