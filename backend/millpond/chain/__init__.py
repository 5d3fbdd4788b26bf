# SPDX-License-Identifier: AGPL-3.0-only
"""Floor 2: talks to a node. Imports core, nothing else of ours; needs no ape.

    client = connect(url, chain_id)                    client.py     a node, checked
    pool = Contract(client, "Pool", address)           contracts.py  calls by the frozen ABI
    pool.balance_of(1, asset)                                        reads
    pool.give.send(signer, 1, asset, amount, "")                     tried, sent, waited for
    pool.give.encode(1, asset, amount, "")                           bytes for a proposal's action
    pool.events(receipt)                                             decoded logs
    KeystoreSigner / LocalSigner / NodeSigner          signers.py    who signs, behind one interface

What is built on these: coop (one pool's parts), deployments (records), installation, governance
(proposals and ballots), links, epochs and distributions (terms, signatures, claims), books and
ledger (what the events add up to), wording (what a proposal would do, in words), clear_signing
(what a wallet shows: ERC-7730 files), verify_code, verify_distribution and explain (what `millpond`
tells a funder). dev_time moves the clock of a dev chain.
"""
