# SPDX-License-Identifier: AGPL-3.0-only
"""The chain's events in a database, and everything that follows from them as SQL views.

source     what is asked of the node
decoders/  one for each event, generated from the frozen ABIs; decoding, words: what they share
base.sql, tables.sql, views/   blocks; a table for each event (generated); state, derived
store      the SQLite file: batches with their cursor, all or nothing; rolling back
sync       one step from where the mirror stands towards the node's head, reorgs included
reads      what the API asks
documents  published distributions, by their hash; proof_files: proofs of one beside it
"""
