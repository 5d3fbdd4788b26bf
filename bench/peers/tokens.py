# SPDX-License-Identifier: AGPL-3.0-only
"""ERC-20 tokens with permits, as pools would issue them if they had no grain."""

from bench.meter import Call
from bench.peers.compiler import Artifact
from bench.peers.notebook import DAY, WEI, Notebook
from bench.permits import permit
from millpond.chain.contracts import Contract
from millpond.chain.signers import LocalSigner


def measure(book: Notebook, made: Artifact) -> None:
    """A transfer between holders, and first permits, carried by another."""
    token, people = book.deploy(made), book.people
    for holder in (people.claimant, people.other):
        token.mint.send(people.patron, holder.address, 10 * WEI)
    transfer = Call(people.claimant, token.transfer, (people.other.address, WEI))
    book.measure("erc20_transfer", transfer, (token, "Transfer", 1), note="both hold some")
    _permit(book, token, people.claimant, "erc20_permit")
    _permit(book, token, people.stranger, "erc20_permit_empty")


def _permit(book: Notebook, token: Contract, owner: LocalSigner, operation: str) -> None:
    people, deadline = book.people, book.client.now() + DAY
    spender = people.payee.address
    signed = permit(token, owner, spender, WEI, deadline)
    call = Call(people.relayer, token.permit, (owner.address, spender, WEI, deadline, *signed))
    book.measure(operation, call, (token, "Approval", 1), note="the owner's first")
