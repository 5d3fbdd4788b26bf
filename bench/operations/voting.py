# SPDX-License-Identifier: AGPL-3.0-only
"""Proposals and ballots in a pool of three members, and payments by vote."""

from bench.house import House, ipfs_uri
from bench.meter import Call, Meter
from bench.operations.deployment import Site
from bench.operations.money import OPEN, UNITS, WEI
from bench.people import People
from millpond.chain.coop import ETH, domain_of
from millpond.chain.governance import Action, Draft, Support
from millpond.chain.signers import LocalSigner
from millpond.core import typed_data


def payment(house: House, payee: LocalSigner, asset: str, amount: int, text: str) -> Draft:
    """One payment out of the open earmark."""
    action = Action.of(house.coop.pool.spend, OPEN, asset, payee.address, amount)
    return Draft((action,), text).checked()


def measure(meter: Meter, site: Site, house: House, people: People) -> None:
    """The votes run their full time, but for the one that is closed."""
    site.dollar.mint.send(people.payee, people.payee.address, UNITS)
    ether = payment(house, people.payee, ETH, WEI // 3, ipfs_uri("a payment in ETH"))
    token = payment(house, people.payee, site.dollar.address, UNITS // 3, ipfs_uri("in dollars"))
    _one_by_one(meter, house, ether, people)
    # the second ETH payment: earmark and payee have seen the first
    later = payment(house, people.payee, ETH, WEI // 7, ipfs_uri("a second payment in ETH"))
    executed = (house.coop.governor, "ProposalExecuted", 1)
    spent = (house.coop.pool, "Spent", 1), (house.coop.pool, "Owed", 0)
    meter.measure(
        "execute_eth",
        "one payment from an earmark to an existing account; 3 members, all For; no early close",
        house.execute(house.ready(later, people.founders)),
        executed,
        *spent,
    )
    meter.measure(
        "execute_erc20",
        "the same in a token that the payee holds already",
        house.execute(house.ready(token, people.founders)),
        executed,
        *spent,
    )
    _closed(meter, house, people)


def _one_by_one(meter: Meter, house: House, draft: Draft, people: People) -> None:
    governor, (first, second, third) = house.coop.governor, people.founders
    meter.measure(
        "propose",
        "one ETH payment through the Pool; the text is a 66-byte URI",
        house.propose(draft),
        (governor, "ProposalCreated", 1),
    )
    house.wait_for_vote(draft)
    vote = draft.id, int(Support.FOR)
    cast = (governor, "VoteCast", 1)
    meter.measure(
        "cast_vote_first",
        "a member's own call; the first ballot in a word of 64 seats",
        Call(first, governor.castVote, vote),
        cast,
    )
    meter.measure(
        "cast_vote_later",
        "the same; somebody else of that word has cast before",
        Call(second, governor.castVote, vote),
        cast,
    )
    typed = typed_data.openzeppelin_ballot(
        domain_of(governor), proposal_id=vote[0], support=vote[1], voter=third.address
    )
    signed = (*vote, third.address, third.sign_typed(typed))
    meter.measure(
        "cast_vote_by_sig",
        "OpenZeppelin's signed ballot, brought by a stranger; later in its word",
        Call(people.stranger, governor.castVoteBySig, signed),
        cast,
    )
    house.execute(house.wait_for_execution(draft)).send()


def _closed(meter: Meter, house: House, people: People) -> None:
    governor = house.coop.governor
    draft = payment(house, people.payee, ETH, WEI // 9, ipfs_uri("a third payment in ETH"))
    house.ballots(house.opened(draft), people.founders).send()
    meter.measure(
        "close",
        "an open vote in which all 3 members are For",
        Call(people.stranger, governor.close, (draft.id,)),
        (governor, "ProposalClosed", 1),
    )
    meter.measure(
        "execute_eth_closed",
        "as execute_eth, after an early close",
        house.execute(house.wait_for_execution(draft)),
        (governor, "ProposalExecuted", 1),
    )
