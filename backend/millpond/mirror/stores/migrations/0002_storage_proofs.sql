-- SPDX-License-Identifier: AGPL-3.0-only
-- Proofs of what contracts keep, as the writer fetched them: a node has the state of an old block no
-- more, so they do not follow from the chain later. One for each item, the newest.

CREATE TABLE storage_proofs (
    genesis_hash TEXT NOT NULL,
    hub TEXT NOT NULL,
    item TEXT NOT NULL,
    block_number INTEGER NOT NULL,
    block_hash TEXT NOT NULL,
    proof TEXT NOT NULL,
    PRIMARY KEY (genesis_hash, hub, item)
);

-- How far the writer has come: all items that events up to this block changed are proven behind it.
-- `problem` says why it came no further.
CREATE TABLE storage_proof_rounds (
    genesis_hash TEXT NOT NULL,
    hub TEXT NOT NULL,
    up_to INTEGER NOT NULL,
    problem TEXT,
    next_step TEXT,
    PRIMARY KEY (genesis_hash, hub)
);
