# SPDX-License-Identifier: AGPL-3.0-only
"""The relay: brings what members signed to the chain, and pays the gas. Nothing else.

The API's processes read and write the queue and ask no node; one process of its own asks the node,
holds the key and sends (`millpond relay`). Whatever is in the queue can be fetched by anybody and
brought without us. Nothing here follows a contract's wish to look something up elsewhere
(CCIP-Read): every question goes to the one node.

items       what can be handed in, and the states it goes through
reading     from a request to an item: its form, its signatures where a key alone can make them
bodies      the shape of requests;  replies    of what is answered;  routes    the addresses
service     the queue for a process that answers requests;  child    `millpond relay` beside it
queue       items on the disk;  outbox    transactions on the disk, written before they are sent
refusals    why something is not taken
look        what the chain says at one block, asked once a round
wallets     signatures of contract wallets (ERC-1271, ERC-6492)
ballots, joins, claims    the three kinds: may it be brought, how, and what became of it
guard       a key that can do nothing but pay for these calls;  purse    how much it may pay
sending     one transaction after the other: prices, replacements, gaps, ends
rounds      what the process does again and again;  worker    the process
"""
