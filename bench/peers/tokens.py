# SPDX-License-Identifier: AGPL-3.0-only
"""ERC-20 tokens with permits, as pools would issue them if they had no grain."""

from bench.meter import Call
from bench.peers.compiler import Artifact
from bench.peers.notebook import DAY, WEI, Notebook
from bench.permits import permit


def measure(book: Notebook, made: Artifact) -> None:
    """A transfer between holders, and the first permit of one, carried by another."""
    token, people = book.deploy(made), book.people
    for holder in (people.claimant, people.other):
        token.mint.send(people.patron, holder.address, 10 * WEI)
    transfer = Call(people.claimant, token.transfer, (people.other.address, WEI))
    book.measure("erc20_transfer", transfer, (token, "Transfer", 1), note="both hold some")
    deadline = book.client.now() + DAY
    owner, spender = people.claimant, people.payee.address
    signed = permit(token, owner, spender, WEI, deadline)
    call = Call(people.relayer, token.permit, (owner.address, spender, WEI, deadline, *signed))
    book.measure("erc20_permit", call, (token, "Approval", 1), note="the owner's first")
