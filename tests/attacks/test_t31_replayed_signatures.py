# SPDX-License-Identifier: AGPL-3.0-only
"""T31: a signature is used for something that was not signed.

Who and what for: a relayer, who brings a member's ballot to another co-op in which she has a seat
too; or who carries it with another choice, voter, date or text.
In the world: Coordinape's cached domain (2023), Optimism's Wintermute (2022), where a transaction
of one chain was good on another; every permit without a domain.
The defence: each message is EIP-712 with this contract and the chain of the moment in its domain,
and with its signer and all that matters in its fields (`signatures._domain_separator`).
"""

from collections.abc import Callable, Iterator
from copy import deepcopy
from functools import partial
from typing import Any, NamedTuple

import pytest

from millpond.core import typed_data
from tests.attacks.money import Outcome, Works, on_both, strike
from tests.attacks.votes_weak import GULLIBLE
from tests.contracts import distributors, registry
from tests.contracts.allocations import Round
from tests.contracts.allocations import packed as over
from tests.contracts.coop import DAY, FOR, Coop, ascending, choice, packed
from tests.contracts.distributors import DOLLARS, subject_of
from tests.contracts.evm import Actor, Evm, Reverted
from tests.contracts.grains import permit_data, vrs
from tests.contracts.registry import GITHUB, Request
from tests.contracts.test_admission import accepting
from tests.contracts.test_admission_join import inviting
from tests.contracts.test_admission_rebind import accepted
from tests.contracts.test_admission_rebind_sponsors import sponsored


def carries_it_elsewhere(evm: Evm) -> Outcome:
    """A founder of two pools signed for the first; `won` are the ballots in the other."""
    coop = Coop(evm)
    voter, *_ = coop.founders
    parts = coop.hub.create_pool(*coop.order("second"), sender=voter)
    second = coop.governor.at(parts.governor)
    evm.warp(1)
    proposal = coop.propose((coop.patron, 0, b""), text="the same in both")
    columns = (proposal.targets, proposal.values, proposal.calls)
    assert second.propose(*columns, proposal.text, sender=voter) == proposal.id
    coop.open(proposal)
    domain = typed_data.Domain(*coop.governor.eip712Domain()[3:5])
    signature = voter.sign(coop.oz_ballot(proposal, voter, FOR, domain=domain))
    here, there = (each.castVoteBySig for each in (coop.governor, second))
    assert here(proposal.id, FOR, voter, signature, sender=coop.relayer) == 1
    refused = strike(evm, there, proposal.id, FOR, voter, signature, sender=coop.relayer)
    return Outcome(refused, second.proposalVotes(proposal.id)[FOR])


def test_castvotebysig__signed_for_another_pool__is_refused() -> None:
    shipped, weak = on_both(carries_it_elsewhere, GULLIBLE)
    assert shipped == ("governor: not signed by her", 0)
    assert weak == ("", 1)


# --- every field of every message --------------------------------------------------------------


class Paper(NamedTuple):
    """Who signs what, and how it is brought; a number that comes back is how many counted."""

    signer: Actor
    typed: dict[str, Any]
    bring: Callable[[bytes], Any]


class Desk:
    """A co-op that pays by cred, with every message that its contracts take."""

    def __init__(self, evm: Evm) -> None:
        self.works = Works(evm, founders=4)
        self.evm, self.coop = evm, self.works.coop
        evm.warp(2 * DAY)
        self.until = evm.now + DAY

    def ballot(self) -> Paper:
        """Of many in one transaction."""
        coop, voter = self.coop, self.coop.founders[0]
        proposal = coop.opened((coop.patron, 0, b""))
        typed = coop.ballot(proposal, voter, FOR)
        return Paper(voter, typed, lambda s: coop.carry(proposal, packed(voter, FOR, 0, s)))

    def ballot_in_bytes(self) -> Paper:
        """As wallets send it."""
        coop, voter = self.coop, self.coop.founders[0]
        proposal = coop.opened((coop.patron, 0, b""))
        until, brought = self.evm.now + DAY, coop.governor.vote_by_wallets
        lists = ([choice(voter, FOR)], [bytes(32)])
        return Paper(
            voter,
            coop.ballot(proposal, voter, FOR),
            lambda s: brought(proposal.id, until, *lists, [s], sender=coop.relayer),
        )

    def openzeppelin_ballot(self) -> Paper:
        """As clients of OpenZeppelin's Governor sign it."""
        coop, voter = self.coop, self.coop.founders[0]
        proposal = coop.opened((coop.patron, 0, b""))
        cast = coop.governor.castVoteBySig
        typed = coop.oz_ballot(proposal, voter, FOR)
        return Paper(voter, typed, lambda s: cast(proposal.id, FOR, voter, s, sender=coop.relayer))

    def invitation(self) -> Paper:
        """Of the first of two sponsors."""
        coop, candidate = self.coop, self.evm.actor("candidate")
        first, second = pair = ascending(coop.founders)[:2]
        other = second.sign(inviting(coop, candidate, second))
        join = coop.admission.join
        return Paper(
            first,
            inviting(coop, candidate, first),
            lambda s: join(candidate, self.until, pair, [s, other], b"", sender=candidate),
        )

    def acceptance(self) -> Paper:
        """Of an offer."""
        coop, candidate = self.coop, self.evm.actor("candidate")
        coop.enact(coop.offering(candidate), text="offer")
        until, accept = self.evm.now + DAY, coop.admission.accept_for
        typed = accepting(coop, candidate)
        return Paper(candidate, typed, lambda s: accept(candidate, until, s, sender=coop.relayer))

    def rebinding(self) -> Paper:
        """Of the first of two sponsors."""
        coop, new = self.coop, self.evm.actor("new key")
        old, *others = coop.founders
        first, second = pair = ascending(others)[:2]
        other = second.sign(sponsored(coop, old, new, second))
        ask = coop.admission.rebind_by_sponsors
        return Paper(
            first,
            sponsored(coop, old, new, first),
            lambda s: ask(old, new, self.until, pair, [s, other], b"", sender=new),
        )

    def rebind_acceptance(self) -> Paper:
        """Of the new key, after its week."""
        coop, new, old = self.coop, self.evm.actor("new key"), self.coop.founders[0]
        coop.enact(coop.asking(old, new), text="lost")
        self.evm.warp(7 * DAY)
        until, complete = self.evm.now + DAY, coop.admission.complete_rebind
        typed = accepted(coop, old, new)
        return Paper(new, typed, lambda s: complete(old, until, s, sender=coop.relayer))

    def link(self, by_account: bool = False) -> Paper:
        """Of the first attester, or of the account itself."""
        coop, account = self.coop, self.evm.actor("account")
        request = Request(coop.pool, GITHUB, account, self.evm.now, self.until)
        first, second = coop.attesters[:2]

        def typed(signer: Actor) -> dict[str, Any]:
            return registry.typed(coop.identity, "IdentityLink", request.message(signer))

        def bring(signature: bytes) -> None:
            signed = {each: each.sign(typed(each)) for each in (first, second, account)}
            signed[signer] = signature
            request_of = (request.pool, GITHUB, account, request.issued_at, request.proof_hash)
            lists = ([first, second], [signed[first], signed[second]], signed[account])
            arguments = (*request_of, request.proof_uri, request.deadline, *lists)
            coop.identity.link(*arguments, sender=coop.relayer)

        signer = account if by_account else first
        return Paper(signer, typed(signer), bring)

    def link_of_the_account(self) -> Paper:
        """The account's own word."""
        return self.link(by_account=True)

    def objection(self) -> Paper:
        """Of the first of three members."""
        coop, paper = self.coop, self.link()
        paper.bring(paper.signer.sign(paper.typed))
        account, signers = self.evm.actor("account"), ascending(coop.founders)[:3]
        request = Request(coop.pool, GITHUB, account, self.evm.now, self.until)

        def typed(signer: Actor) -> dict[str, Any]:
            message = {k: v for k, v in request.message(signer).items() if k != "proofHash"}
            return registry.typed(coop.identity, "LinkObjection", message)

        def bring(signature: bytes) -> None:
            others = [each.sign(typed(each)) for each in signers[1:]]
            what = (coop.pool, GITHUB, account, request.issued_at, self.until)
            lists = (signers, [signature, *others])
            coop.identity.object_by_signatures(*what, *lists, sender=coop.relayer)

        return Paper(signers[0], typed(signers[0]), bring)

    def distribution(self) -> Paper:
        """Of the first of two maintainers."""
        works, (first, second) = self.works, self.works.maintainers[:2]
        works.give(10 * DOLLARS)
        self.evm.warp(distributors.MONTH)
        draft = works.draft(works.tree({subject_of(self.coop.patron): 1}))
        typed = distributors.typed(works.distributor, "CredDistribution", draft.message(first))
        lists = ([first, second], works.sign(draft, second))
        post = partial(works.clerk.post, works.distributor)
        return Paper(
            first,
            typed,
            lambda s: post(*draft.arguments(), lists[0], [s, lists[1]], sender=works.relayer),
        )

    def withdrawal(self) -> Paper:
        """Of the first of two maintainers."""
        works, (first, second) = self.works, self.works.maintainers[:2]
        epoch = works.month({subject_of(self.coop.patron): 1}, 10 * DOLLARS)
        until, withdraw = self.evm.now + DAY, partial(works.clerk.withdraw, works.distributor)
        terms = works.clerk.pack_terms(tuple(epoch.terms.values()))

        def typed(signer: Actor) -> dict[str, Any]:
            message = works.withdrawal(epoch, signer)
            return distributors.typed(works.distributor, "Withdrawal", message)

        other, signers = second.sign(typed(second)), [first, second]
        return Paper(
            first,
            typed(first),
            lambda s: withdraw(
                epoch.number, terms, until, signers, [s, other], sender=works.relayer
            ),
        )

    def permit(self) -> Paper:
        """Of an owner of grain."""
        coop, owner, spender = self.coop, self.evm.actor("owner"), self.evm.actor("spender")
        typed = permit_data(coop.grain, owner, spender, 5, name="Mill Grain")
        until, permit = self.evm.now, coop.grain.permit
        return Paper(
            owner, typed, lambda s: permit(owner, spender, 5, until, *vrs(s), sender=coop.relayer)
        )


class Poll:
    """A pool that divides an earmark by standing ballots, with the messages that it takes."""

    def __init__(self, evm: Evm) -> None:
        self.crowd = Round(evm, founders=4)
        self.one, _ = self.crowd.candidates(2)

    def standing_ballot(self) -> Paper:
        """Over two candidates."""
        crowd, voter, points = self.crowd, self.crowd.founders[0], {1: 4_000, 2: 6_000}
        typed = crowd.paper(voter, points)
        until, word = typed["message"]["deadline"], over(points)
        return Paper(
            voter,
            typed,
            lambda s: (
                crowd.allocation.cast_for(voter, word, 0, until, s, sender=crowd.relayer) or 1
            ),
        )

    def candidacy(self) -> Paper:
        """Of somebody who was nominated."""
        crowd, candidate = self.crowd, self.crowd.evm.actor("candidate")
        crowd.nominate(candidate)
        typed = crowd.candidacy(candidate)
        until = typed["message"]["deadline"]
        return Paper(
            candidate,
            typed,
            lambda s: crowd.allocation.stand_for(candidate, until, s, sender=crowd.relayer),
        )


POLLED = [name for name in vars(Poll) if not name.startswith("_")]
MESSAGES = [name for name in vars(Desk) if not name.startswith("_")] + POLLED


def _desk(evm: Evm, name: str) -> Desk | Poll:
    """Where this message is taken."""
    return Poll(evm) if name in POLLED else Desk(evm)


def flipped(kind: str, value: Any) -> Any:
    """Another value of the same kind."""
    if kind == "uint256[]":
        return [flipped("uint256", value[0]), *value[1:]]
    if kind.startswith("uint"):
        return type(value)(int(value) + 1)
    if kind == "address":
        return "0x" + "77" * 20
    if kind == "bytes32":
        raw = value if isinstance(value, bytes) else bytes.fromhex(value[2:])
        other = raw[:-1] + bytes([raw[-1] ^ 1])
        return other if isinstance(value, bytes) else "0x" + other.hex()
    assert kind == "string"
    return value + "x"


def flips(typed: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """The message with one thing changed, and what."""
    struct = typed["primaryType"]
    for part, fields in (("message", struct), ("domain", "EIP712Domain")):
        for field in typed["types"][fields]:
            other = deepcopy(typed)
            other[part][field["name"]] = flipped(field["type"], typed[part][field["name"]])
            yield f"{part}.{field['name']}", other
    renamed = deepcopy(typed)
    renamed["types"]["Other"] = renamed["types"].pop(struct)
    yield "the struct's name", renamed | {"primaryType": "Other"}
    turned = deepcopy(typed)
    turned["types"][struct].reverse()
    yield "the order of fields", turned


@pytest.mark.parametrize("name", MESSAGES)
def test_message__with_any_single_thing_changed__counts_for_nothing(name: str) -> None:
    evm = Evm()
    paper: Paper = getattr(_desk(evm, name), name)()
    tried = 0
    for what, typed in flips(paper.typed):
        try:
            counted = paper.bring(paper.signer.sign(typed))
        except Reverted:
            counted = 0
        assert counted == 0, f"{name} counts with another {what}"
        tried += 1
    assert tried >= 9
    assert paper.bring(paper.signer.sign(paper.typed)) != 0, "what she signed counts"


def test_messages__there_are__are_all_tried() -> None:
    """Each struct that the contracts hash is among them; three are of contracts to come."""
    tried = set()
    for name in MESSAGES:
        typed = getattr(_desk(Evm(), name), name)().typed
        fields = ",".join(f"{f['type']} {f['name']}" for f in typed["types"][typed["primaryType"]])
        tried.add(f"{typed['primaryType']}({fields})")
    to_come = {typed_data.TYPE_STRINGS[n] for n in ("ZeroOut", "Restore", "OffChainSettlement")}
    assert set(typed_data.TYPE_STRINGS.values()) - to_come < tried
