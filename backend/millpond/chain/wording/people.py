# SPDX-License-Identifier: AGPL-3.0-only
"""Sentences for the Governor, the Admission and the Identity: who decides, who is a member."""

from collections.abc import Callable

from millpond.chain.wording.reader import Reader
from millpond.chain.wording.terms import rules_told, ways_told
from millpond.core.figures import instant, listing, plural

_SUPPORT = ("against", "for", "abstain")


def _support(r: Reader) -> str:
    said = r.number("support")
    return _SUPPORT[said] if said < len(_SUPPORT) else f"{said} (which is no ballot)"


def _vote(r: Reader) -> str:
    return f"Cast the ballot {_support(r)} on proposal {r.number('proposalId')}"


def _install(r: Reader) -> str:
    raised = (
        f" It may ask the members for consent to its call {r.hex('consent_selector')}."
        if any(r.raw("consent_selector"))
        else ""
    )
    return (
        f"Make the contract {r.who('part')} a part of this pool: from then on calling it takes a "
        f"vote of the rules class.{raised}"
    )


def _offer(r: Reader) -> str:
    return (
        f"Offer membership to {r.people('candidates')}; each becomes a member when she accepts by "
        f"{instant(r.number('deadline'))}."
    )


def _set_buy_in(r: Reader) -> str:
    if r.number("amount") == 0:
        return "Ask no buy-in of whoever joins from then on."
    return f"Ask a buy-in of {r.money()} of whoever joins from then on; it is returned on leaving."


def _link(r: Reader) -> str:
    signers = r.people("signers")
    return (
        f"Link identity {r.hex('identity')} to {r.who('account')} for {r.pool('pool')}, on "
        f"the proof at {r.text('proof_uri')} (its hash is {r.hex('proof_hash')}) that {signers} "
        f"checked on {instant(r.number('issued_at'))}."
    )


def _linked(r: Reader) -> str:
    return (
        f"identity {r.hex('identity')} to {r.who('account')} by the attesters of {r.pool('pool')}"
    )


_MEMBERS: dict[tuple[str, str], Callable[[Reader], str]] = {
    ("Governor", "admit"): lambda r: f"Admit {r.people('accounts')} as members.",
    ("Governor", "remove"): lambda r: f"End the membership of {r.who('account')}.",
    ("Governor", "rebind"): lambda r: (
        f"Move the seat of {r.who('old')} to {r.who('new')}, an account of the same person."
    ),
    ("Governor", "set_rules"): lambda r: (
        f"Set new rules for proposals to come. {rules_told(r.structs('class_rules'))}."
    ),
    ("Governor", "install"): _install,
    ("Governor", "add_hub_part"): lambda r: (
        f"Make the contract {r.who('part')}, which the Hub made, a part of this pool, which may "
        f"ask for consent to its call {r.hex('consent_selector')} and may "
        f"{'' if r.raw('admits') else 'not '}admit members."
    ),
    ("Admission", "offer"): _offer,
    ("Admission", "set_ways"): lambda r: (
        f"Change the ways to become a member: {ways_told(r.struct('ways'))}."
    ),
    ("Admission", "setup"): lambda r: (
        f"Set the first ways to become a member: {ways_told(r.struct('ways'))}."
    ),
    ("Admission", "set_buy_in"): _set_buy_in,
    ("Admission", "on_open"): lambda r: (
        f"Tell the Admission that {r.earmark('earmark_id')} is for buy-ins, with {r.hex('params')} "
        "as parameters."
    ),
    ("Admission", "expel"): lambda r: (
        f"End the membership of {r.who('account')} (number {r.number('times_joined')} of hers), "
        "whatever key her seat has moved to by then."
    ),
    ("Admission", "rebind"): lambda r: (
        f"Begin to move the seat of {r.who('old')} to {r.who('new')}, an account of the same "
        "person. The old key has seven days to object; then the new one completes it."
    ),
    ("Admission", "rebind_by_sponsors"): lambda r: (
        f"Begin to move the seat of {r.who('old')} to {r.who('new')}, as {r.people('sponsors')} "
        f"signed until {instant(r.number('deadline'))}. The old key has seven days to object."
    ),
    ("Admission", "object_to_rebind"): lambda _: (
        "Object to moving the Governor's own seat, which it has none of."
    ),
    ("Admission", "complete_rebind"): lambda r: (
        f"Complete the move of the seat of {r.who('old')} to its new key, which signed until "
        f"{instant(r.number('deadline'))}."
    ),
    ("Admission", "accept"): lambda _: "Accept an offer of membership for the Governor itself.",
    ("Admission", "accept_for"): lambda r: (
        f"Make {r.who('candidate')} a member, by her signature that holds until "
        f"{instant(r.number('deadline'))}, on an offer of the members."
    ),
    ("Admission", "join"): lambda r: (
        f"Make {r.who('candidate')} a member by the invitations of {r.people('sponsors')}, which "
        f"hold until {instant(r.number('deadline'))}."
    ),
    ("Admission", "join_by_gate"): lambda r: (
        f"Make {r.who('candidate')} a member by what she showed the gate; her signature holds "
        f"until {instant(r.number('deadline'))}."
    ),
    ("Admission", "leave"): lambda _: "End the Governor's own membership, which it has none of.",
    ("Admission", "refund_buy_in"): lambda r: f"Return the buy-in of {r.who('account')} to her.",
}
_VOTES: dict[tuple[str, str], Callable[[Reader], str]] = {
    ("Governor", "propose"): lambda r: (
        f"Make a proposal of {plural(r.count('targets'), 'call')} to {r.people('targets')} with "
        f"the text {r.text('description')}."
    ),
    ("Governor", "castVote"): lambda r: f"{_vote(r)}.",
    ("Governor", "castVoteWithReason"): lambda r: f"{_vote(r)}, for the reason {r.text('reason')}.",
    ("Governor", "castVoteBySig"): lambda r: f"{_vote(r)} for {r.who('voter')}, by her signature.",
    ("Governor", "vote_by_signatures"): lambda r: (
        f"Carry {plural(r.count('signed') // 3, 'signed ballot')} to proposal "
        f"{r.number('proposalId')}; they hold until {instant(r.number('deadline'))} and are "
        f"{listing([f'{word:#x}' for word in r.raw('signed')]) or 'none'}."
    ),
    ("Governor", "vote_by_wallets"): lambda r: (
        f"Carry the ballots of {plural(r.count('choices'), 'wallet')} to proposal "
        f"{r.number('proposalId')}; they hold until {instant(r.number('deadline'))} and are "
        f"{listing([f'{word:#x}' for word in r.raw('choices')]) or 'none'}."
    ),
    ("Governor", "close"): lambda r: (
        f"End the vote on proposal {r.number('proposalId')}, whose outcome is certain."
    ),
    ("Governor", "execute"): lambda r: (
        f"Carry out the proposal of {plural(r.count('targets'), 'call')} to "
        f"{r.people('targets')} whose text has the hash {r.hex('descriptionHash')}."
    ),
    ("Governor", "cancel"): lambda r: (
        f"Withdraw the proposal of {plural(r.count('targets'), 'call')} to "
        f"{r.people('targets')} whose text has the hash {r.hex('descriptionHash')}."
    ),
    ("Governor", "extend_consent"): lambda r: (
        f"Put off the end of the consent vote on proposal {r.number('proposalId')} to "
        f"{instant(r.number('closes_at'))}."
    ),
}
_IDENTITIES: dict[tuple[str, str], Callable[[Reader], str]] = {
    ("Identity", "set_attesters"): lambda r: (
        f"Make {r.people('attesters')} the attesters of identities for {r.pool('pool')}; "
        f"{r.number('needed')} of them must sign a link."
    ),
    ("Identity", "set_attesting_pools"): lambda r: (
        f"Let {r.pool('pool')} trust the links of {r.people('pools')}, in this order."
    ),
    ("Identity", "link"): _link,
    ("Identity", "unlink"): lambda r: (
        f"Take the Governor out of the link of identity {r.hex('identity')} for {r.pool('pool')}."
    ),
    ("Identity", "cancel_link"): lambda r: f"Take away the link of {_linked(r)}.",
    ("Identity", "confirm_link"): lambda r: (
        f"Let the link of {_linked(r)} count, although somebody objected."
    ),
    ("Identity", "object_to_link"): lambda r: f"Object to the link of {_linked(r)}.",
    ("Identity", "object_by_signatures"): lambda r: (
        f"Object to the link of {_linked(r)}, issued on {instant(r.number('issued_at'))}, by the "
        f"signatures of {r.people('signers')}, which hold until {instant(r.number('deadline'))}."
    ),
}
SENTENCES = _MEMBERS | _VOTES | _IDENTITIES
