# SPDX-License-Identifier: AGPL-3.0-only
"""What a proposal would do, in one sentence for each call.

A sentence is a help for reading; the bytes are what counts, and are always beside it. A call that
has no sentence of its own is told by its function and arguments, one that could not be decoded says
so.
"""

from collections.abc import Callable

from millpond.core.figures import duration, listing, moment, money, name_of, percent, plural
from millpond.core.units import BPS_ALL
from millpond.mirror.reads.actions import Action, Call, Plain
from millpond.mirror.reads.money import Earmark
from millpond.mirror.reads.pools import CLASSES, ClassRules, PolicyTerms, Pool, Ways

_NOBODY = "0x" + "00" * 20


def sentence(action: Action, pool: Pool) -> str:
    """One call in words."""
    call = action.call
    if call is None:
        return _undecoded(action)
    tell = _TOLD.get((call.contract, call.function))
    text = tell(call) if tell else _plainly(call, action.target)
    if action.target_pool not in (None, pool.address):
        text += f" This is a contract of another pool, {action.target_pool}."
    if action.value.amount:
        text += f" {money(action.value)} go along."
    return text


def _undecoded(action: Action) -> str:
    if action.calldata == "0x":
        return f"Send {money(action.value)} to {action.target}."
    size = (len(action.calldata) - 2) // 2
    along = f", sending {money(action.value)} along," if action.value.amount else ""
    return f"Call {action.target}{along} with {plural(size, 'byte')} that could not be decoded."


def _plainly(call: Call, target: str) -> str:
    said = [f"{each.name} {shown(each.value)}" for each in call.arguments]
    with_ = f" with {listing(said)}" if said else ""
    return f"Call {call.function} of the {call.contract} at {target}{with_}."


def shown(value: Plain) -> str:
    """A decoded value as text."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return f"[{', '.join(map(shown, value))}]"
    if isinstance(value, dict):
        return f"({', '.join(f'{k} {shown(v)}' for k, v in value.items())})"
    return value


# --- what a pool is like --------------------------------------------------------------------------


def earmark_title(number: int) -> str:
    """What an earmark is called where it stands alone."""
    return "The general fund" if number == 0 else f"Earmark {number}"


def purpose(earmark: Earmark, policy: PolicyTerms | None) -> str:
    """What may happen to an earmark's money."""
    told = []
    if earmark.id == 0:
        told.append("Open to everybody, for everything the members decide.")
    if earmark.restricted:
        told.append(
            "Its money serves the purpose or returns to its patrons; no vote can take it away."
        )
    if earmark.spender is None:
        told.append("The members spend it by vote.")
    elif earmark.spender_kind == "CredDistributor" and policy is not None:
        told.append(_policy(policy))
    else:
        told.append(f"Only the contract {earmark.spender} can pay out of it.")
    if earmark.deadline is not None:
        verb = "It took gifts until" if earmark.ended else "It takes gifts until"
        told.append(f"{verb} {moment(earmark.deadline)}.")
    return " ".join(told)


def class_title(name: str) -> str:
    """What a class of proposals is for."""
    return {
        "ordinary": "Everyday decisions and spending",
        "membership": "Who is a member",
        "rules": "Rules and contracts",
        "consent": "Consent to a payout",
    }[name]


def rules_told(rule: ClassRules, members: int) -> str:
    """How a class of proposals is decided; `members` is how many may vote."""
    enough = f"{percent(rule.quorum_bps)} of the members ({rule.quorum(members)} of {members})"
    if rule.name == CLASSES[3]:
        return (
            f"It passes unless {enough} object within {duration(rule.period)}. {_afterwards(rule)}"
        )
    approval = (
        "more are for it than against it"
        if rule.approval_bps <= BPS_ALL // 2
        else f"at least {percent(rule.approval_bps)} of those for or against are for it"
    )
    notice = f"Announced {duration(rule.delay)} before. " if rule.delay else ""
    early = " It may close early once the outcome is certain." if rule.early else ""
    return (
        f"{notice}Open for {duration(rule.period)}. It passes when at least {enough} take part and "
        f"{approval}.{early} {_afterwards(rule)}"
    )


def _afterwards(rule: ClassRules) -> str:
    wait = (
        f"Then it waits {duration(rule.timelock)}, in which members can still stop it. "
        if rule.timelock
        else ""
    )
    return f"{wait}If nobody carries it out within {duration(rule.expiry)}, it expires."


def ways_told(ways: Ways) -> str:
    """How somebody becomes a member."""
    told = []
    if ways.by_offer:
        told.append("by accepting an offer that the members voted for")
    if ways.by_invitation:
        told.append(f"by the signed invitation of {plural(ways.sponsors, 'member')}")
    if ways.gate is not None:
        told.append(f"by showing the contract {ways.gate} what it asks for")
    if not told:
        return "Nobody can join at present. Leaving is always possible."
    return (
        f"{listing(told).capitalize()}; in {duration(ways.period)} at most "
        f"{percent(ways.joins_bps)} of the membership, but always one. Leaving is always possible."
    )


# --- the pieces -----------------------------------------------------------------------------------


def _text(call: Call, name: str) -> str:
    return str(call.value(name))


def _number(call: Call, name: str) -> int:
    return int(str(call.value(name)))


def _texts(call: Call, name: str) -> list[str]:
    found = call.value(name)
    return [str(each) for each in found] if isinstance(found, list) else []


def _amount(call: Call) -> str:
    found = call.money("amount")
    return money(found) if found else _text(call, "amount")


def _earmark(number: int) -> str:
    return "the general fund" if number == 0 else f"earmark {number}"


def _people(accounts: list[str]) -> str:
    return listing(accounts) or "nobody"


# --- the calls ------------------------------------------------------------------------------------


def _spend(call: Call) -> str:
    earmark = _earmark(_number(call, "earmark_id"))
    return f"Pay {_amount(call)} out of {earmark} to {_text(call, 'to')}."


def _move(call: Call) -> str:
    here, there = (_earmark(_number(call, name)) for name in ("from_id", "to_id"))
    return f"Move {_amount(call)} from {here} to {there}."


def _open_earmark(call: Call) -> str:
    number, spender = _number(call, "expected_id"), _text(call, "spender")
    kind = "restricted earmark" if call.value("restricted") else "earmark"
    told = [f"Open {kind} {number} for the purpose written at {_text(call, 'uri')}."]
    if call.value("restricted"):
        told.append("Its money serves that purpose or returns to its patrons; no vote can take it.")
    if spender == _NOBODY:
        told.append("The members spend it by vote.")
    else:
        told.append(f"Only the contract {spender} can pay out of it.")
    if call.policy is not None:
        told.append(_policy(call.policy))
    if _number(call, "deadline"):
        told.append(f"It ends on {moment(_number(call, 'deadline'))}.")
    return " ".join(told)


def _policy(terms: PolicyTerms) -> str:
    cap = terms.signer_cap_bps
    capped = "" if cap == BPS_ALL else f" A maintainer gets at most {percent(cap)} of a pot."
    return (
        f"It is paid out by cred: every {duration(terms.epoch_length)} {percent(terms.payout_bps)} "
        f"of what {_earmark(terms.income_earmark)} received in {name_of(terms.minimum.asset)}, and "
        f"{money(terms.grain_per_epoch)}; nobody is sent less than {money(terms.minimum)} unless "
        f"she asks; claims stay open for {duration(terms.claim_window)}.{capped}"
    )


def _set_policy(call: Call) -> str:
    told = _policy(call.policy) if call.policy else ""
    return f"Change how the distributor pays, from the next epoch on. {told}"


def _set_rules(call: Call) -> str:
    rules = call.value("class_rules")
    told = [
        f"{name}: notice {duration(_of(rule, 'delay'))}, vote {duration(_of(rule, 'period'))}, "
        f"timelock {duration(_of(rule, 'timelock'))}, quorum {percent(_of(rule, 'quorum_bps'))}, "
        f"approval {percent(_of(rule, 'approval_bps'))}"
        for name, rule in zip(CLASSES, rules if isinstance(rules, list) else [], strict=False)
    ]
    return f"Set new rules for proposals to come. {'; '.join(told)}."


def _of(struct: Plain, name: str) -> int:
    return int(str(struct[name])) if isinstance(struct, dict) else 0


def _set_maintainers(call: Call) -> str:
    found = call.value("members")
    members = found if isinstance(found, list) else []
    accounts = [str(each["account"]) for each in members if isinstance(each, dict)]
    needed = _text(call, "needed")
    return f"Make {_people(accounts)} the maintainers; {needed} of them must sign a distribution."


def _set_ways(call: Call) -> str:
    ways = call.value("ways")
    if not isinstance(ways, dict):
        return _plainly(call, "the pool's address")
    invited = (
        f"by invitation of {shown(ways['sponsors'])} members"
        if ways["by_invitation"] is True
        else "not by invitation"
    )
    offered = "by an offer of the members" if ways["by_offer"] is True else "not by offer"
    gate = "by no gate" if ways["gate"] == _NOBODY else f"by the gate {shown(ways['gate'])}"
    return f"Change the ways to become a member: {offered}, {invited}, {gate}."


def _set_minter(call: Call) -> str:
    minter = _text(call, "minter")
    if call.value("allowed"):
        return f"Let {minter} create grain."
    return f"Let {minter} create no more grain."


_TOLD: dict[tuple[str, str], Callable[[Call], str]] = {
    ("Pool", "spend"): _spend,
    ("Pool", "move"): _move,
    ("Pool", "open_earmark"): _open_earmark,
    ("Governor", "admit"): lambda c: (
        f"Admit {_people(_texts(c, 'accounts'))} as members. This cannot be carried out: a "
        "proposal can only offer membership."
    ),
    ("Governor", "remove"): lambda c: f"End the membership of {_text(c, 'account')}.",
    ("Governor", "rebind"): lambda c: (
        f"Move the seat of {_text(c, 'old')} to {_text(c, 'new')}, an account of the same person, "
        "which votes on what is proposed afterwards."
    ),
    ("Governor", "set_rules"): _set_rules,
    ("Governor", "install"): lambda c: (
        f"Make the contract {_text(c, 'part')} a part of this pool: from then on calling it takes "
        "a vote of the rules class."
    ),
    ("Admission", "offer"): lambda c: (
        f"Offer membership to {_people(_texts(c, 'candidates'))}; each becomes a member when she "
        "accepts in time."
    ),
    ("Admission", "set_ways"): _set_ways,
    ("CredDistributor", "finalise"): lambda c: (
        f"Make the distribution of epoch {_text(c, 'epoch')} (attempt {_text(c, 'attempt')}) "
        "final. From then on everybody in it can be paid."
    ),
    ("CredDistributor", "set_policy"): _set_policy,
    ("CredDistributor", "set_maintainers"): _set_maintainers,
    ("CredDistributor", "set_season"): lambda c: (
        f"Start another season: {plural(_number(c, 'season_epochs'), 'epoch')} may be paid."
        if _number(c, "season_epochs")
        else "End the season: no more epochs may be posted."
    ),
    ("Grain", "set_minter"): _set_minter,
    ("Identity", "set_attesters"): lambda c: (
        f"Make {_people(_texts(c, 'attesters'))} the attesters of identities; "
        f"{_text(c, 'needed')} of them must sign a link."
    ),
    ("Identity", "cancel_link"): lambda c: (
        f"Take away the link of identity {_text(c, 'identity')} to {_text(c, 'account')}."
    ),
    ("Identity", "confirm_link"): lambda c: (
        f"Let the link of identity {_text(c, 'identity')} to {_text(c, 'account')} count, "
        "although somebody objected."
    ),
    ("ERC-20 token", "transfer"): lambda c: (
        f"Transfer {_amount(c)} from the Governor to {_text(c, 'to')}."
    ),
    ("ERC-20 token", "approve"): lambda c: (
        f"Let {_text(c, 'spender')} take {_amount(c)} from the Governor."
    ),
}
