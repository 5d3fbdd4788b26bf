# SPDX-License-Identifier: AGPL-3.0-only
"""What a member should see before she votes: what a call does besides its sentence, or cannot do.

Each rule looks at one call, or at one call among the others of its proposal.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from millpond.chain.answers import NO_ADDRESS
from millpond.chain.coop import SPENDER_KINDS
from millpond.chain.governance import Action
from millpond.chain.wording.calls import TOKEN, Call, signatures_of
from millpond.chain.wording.classes import CONSENT
from millpond.chain.wording.known import Ahead, Known
from millpond.chain.wording.money import UNLIMITED
from millpond.chain.wording.reader import ETH, Scene
from millpond.chain.wording.spenders import TERMS, terms_told
from millpond.core.canonical import keccak256
from millpond.core.figures import Money, listing, plural
from millpond.core.subjects import to_hex

# Calls that a vote can never make: whose they are.
_NOT_BY_VOTE = {
    ("Pool", "reserve"): "the earmark's spender",
    ("Pool", "unreserve"): "the earmark's spender",
    ("Pool", "release"): "the earmark's spender",
    ("Pool", "release_many"): "the earmark's spender",
    ("Pool", "setup"): "the Hub",
    (
        "Governor",
        "admit",
    ): "the Admission, for whoever accepts; a proposal can only offer membership",
    ("Governor", "rebind"): "the Admission, after the old key had time to object",
    ("Governor", "add_hub_part"): "the Hub",
    ("Governor", "propose"): "members and installed contracts",
    ("Governor", "castVote"): "members",
    ("Governor", "castVoteWithReason"): "members",
    ("Governor", "extend_consent"): "the contract that raised the proposal",
    ("Admission", "setup"): "the Hub",
    ("Admission", "on_open"): "the Pool",
    ("Admission", "accept"): "a candidate",
    ("Admission", "leave"): "a member",
    ("Admission", "object_to_rebind"): "the member whose seat would move",
    ("CredDistributor", "setup"): "the Hub",
    ("CredDistributor", "on_open"): "the Pool",
    ("CredDistributor", "post"): "the Clerk",
    ("CredDistributor", "withdraw"): "the Clerk",
    ("CredDistributor", "zero_out"): "the Clerk",
    ("CredDistributor", "restore"): "the Clerk",
    ("CredDistributor", "settle_off_chain"): "the Clerk",
    ("Pool", "onERC721Received"): "a collection, which tells that it sent something",
    ("Pool", "onERC1155Received"): "a collection, which tells that it sent something",
    ("Pool", "onERC1155BatchReceived"): "a collection, which tells that it sent something",
    ("Badges", "approve"): "nobody",
    ("Badges", "setApprovalForAll"): "nobody",
    ("Badges", "transferFrom"): "nobody",
    ("Badges", "safeTransferFrom"): "nobody",
    ("Allocation", "on_open"): "the Pool",
    ("Team", "on_open"): "the Pool",
    ("Team", "set_take"): "who is on the team",
    ("Team", "invite"): "who is on the team",
    ("Team", "leave"): "who is on the team",
    ("Team", "claim"): "who has or had a seat in the pool",
    ("Matching", "on_open"): "the Pool",
    ("Crowdmatch", "on_open"): "the Pool",
    ("Allocation", "cast"): "members",
    ("Grain", "setup"): "the Hub",
    ("Grain", "mint"): "whoever was made a minter",
    ("Grain", "mint_many"): "whoever was made a minter",
}
_PAYEES = {
    ("Pool", "spend"): "to",
    ("Grain", "transfer"): "to",
    ("Grain", "transferFrom"): "to",
    (TOKEN, "transfer"): "to",
    (TOKEN, "transferFrom"): "to",
    ("Pool", "send_nft"): "to",
    ("Pool", "send_multi_token"): "to",
}
# What anybody may do, and only once: whoever does it first undoes a proposal that wants to do it.
_ANYBODY_ONCE = {
    ("Admission", "refund_buy_in"),
    ("Allocation", "close_period"),
    ("Allocation", "drop"),
    ("Allocation", "pay"),
    ("Crowdmatch", "settle"),
    ("Matching", "close"),
    ("Matching", "pay"),
    ("Matching", "refund"),
    ("Team", "close_period"),
    ("Team", "drop"),
    ("Team", "pay"),
    ("CredDistributor", "close_epoch"),
    ("CredDistributor", "void"),
    ("Hub", "make_badges"),
    ("Pool", "lapse"),
    ("Pool", "reclaim_for_general_fund"),
    ("Pool", "sync"),
}
# What another may do in time so that a call comes too late.
_OVERTAKEN = {
    ("Governor", "remove"): (
        "When her seat has moved to another key by then this cannot be carried out; expelling her "
        "by way of the Admission finds it."
    ),
    ("Matching", "strike"): "When it has withdrawn by then this cannot be carried out.",
    ("Allocation", "strike"): "When she has withdrawn by then this cannot be carried out.",
}
_FROM_EARMARK = {("Pool", "spend"): "earmark_id", ("Pool", "move"): "from_id"}


@dataclass(frozen=True)
class Case:
    """One call, all that was found out about it, and the calls around it."""

    at: int
    action: Action
    kind: str | None
    pool: str | None
    call: Call | None
    undecoded: str | None
    class_number: int
    scene: Scene
    calls: Sequence[Call | None]
    actions: Sequence[Action]
    proposer: str | None

    @property
    def known(self) -> Ahead:
        """The facts when it is carried out."""
        return self.scene.known

    @property
    def function(self) -> tuple[str, str] | None:
        """Which function it is, if it could be decoded."""
        return (self.call.contract, self.call.function) if self.call else None


def warnings(case: Case) -> tuple[str, ...]:
    """All that applies to a call."""
    found: list[str] = []
    for rule in (
        _unknown,
        _foreign,
        _given_abi,
        _not_exact,
        _cannot,
        _forestalled,
        _value,
        _payee,
        _earmark,
        _installed,
        _spender,
        _asset,
        _allowance,
        _several,
    ):
        found += rule(case)
    return tuple(found)


def _unknown(case: Case) -> list[str]:
    """Bytes that nobody here can read."""
    action = case.action
    if case.call is not None or not action.data:
        return []
    if case.known.has_code(action.target) is False:
        return [f"There is no contract at {action.target}: the call does nothing, and succeeds."]
    found = []
    if len(action.data) >= 4:  # noqa: PLR2004  a selector
        names = signatures_of(action.data[:4])
        says = f"is that of {listing(list(names))} here" if names else "is none that is known here"
        found.append(
            f"Its selector {to_hex(action.data[:4])} {says}; the contract may do anything else."
        )
    size = plural(len(action.data), "byte")
    found.append(
        f"Not decoded, because {case.undecoded}: {size} with the hash "
        f"{to_hex(keccak256(action.data))}. Find out what this call does before you vote."
    )
    return found


def _foreign(case: Case) -> list[str]:
    if case.pool in (None, case.known.here.pool):
        return []
    return [f"This is a contract of another pool, {case.pool}."]


def _given_abi(case: Case) -> list[str]:
    """Whoever brought the ABI chose the names in it."""
    ours = case.known.kind_of(case.action.target)[0] is not None
    if case.call is None or ours or case.call.contract == TOKEN:
        return []
    return ["Its names are those of an ABI given beside it; nobody here has checked the contract."]


def _not_exact(case: Case) -> list[str]:
    if case.call is None or case.call.exact:
        return []
    return ["Its bytes hold more than, or other than, these arguments: read them before you vote."]


def _cannot(case: Case) -> list[str]:
    """Whatever fails whenever it is carried out."""
    found = []
    whose = _NOT_BY_VOTE.get(case.function) if case.function else None
    if whose:
        found.append(f"This cannot be carried out: it is for {whose}.")
    if case.class_number == CONSENT and case.proposer != case.action.target:
        found.append("No member can propose this: only the contract itself raises it for consent.")
    if case.call and case.action.value and case.call.mutability != "payable":
        found.append("This cannot be carried out: the function takes no ETH.")
    return found


def _forestalled(case: Case) -> list[str]:
    """What somebody else can do first, so that the whole proposal fails."""
    if case.function in _OVERTAKEN:
        return [_OVERTAKEN[case.function]]
    if case.function not in _ANYBODY_ONCE:
        return []
    rest = "; nothing else in this proposal is done then either" if len(case.actions) > 1 else ""
    return [f"Anybody can do this before: then this proposal cannot be carried out{rest}."]


def _value(case: Case) -> list[str]:
    """The Governor holds nothing, so what goes along must have been spent to it before."""
    if not case.action.value:
        return []
    before = case.calls[: case.at]
    spent = sum(_spent_to_governor(call, case.known) for call in before if call)
    needed = sum(action.value for action in case.actions[: case.at + 1])
    if spent >= needed:
        return []
    missing = case.scene.money(Money(needed - spent, ETH))
    told = f"The Governor holds no ETH, and no earlier call here spends these {missing} to it"
    return [f"{told}: unless somebody else sends it, this cannot be carried out."]


def _spent_to_governor(call: Call, known: Known) -> int:
    if (call.contract, call.function) != ("Pool", "spend"):
        return 0
    paid = call.named
    mine = paid["to"] == known.here.governor and paid["asset"] == NO_ADDRESS
    return int(paid["amount"]) if mine else 0


def _payee(case: Case) -> list[str]:
    """Money to a contract that could never give it back."""
    name = _PAYEES.get(case.function) if case.function else None
    to = case.call.named[name] if case.call and name else None
    if case.call is None and not case.action.data:
        to = case.action.target
    said = _about_payee(case, to) if to is not None else None
    return [said] if said else []


def _about_payee(case: Case, to: str) -> str | None:
    part = case.known.here.kinds.get(to)
    if to == NO_ADDRESS:
        return "It goes to nobody: whatever arrives there is lost."
    if part == "Governor":
        return "What the Governor does not pass on in this proposal returns to the general fund."
    if to in case.known.here.shared:
        return f"The payee is the {part}, which all pools share; it is no account of a person."
    if part or case.known.consent_selector(to) is not None:
        which = f", its {part}" if part else ""
        return f"The payee is a part of this pool{which}; it is no account of a person."
    if case.call and to == case.call.named.get("asset", case.action.target):
        return "It goes to the asset's own contract: whatever arrives there is lost."
    return None


def _earmark(case: Case) -> list[str]:
    name = _FROM_EARMARK.get(case.function) if case.function else None
    if case.call is None or name is None:
        return []
    number = int(case.call.named[name])
    found = case.known.earmark(number)
    if found is None and number and number not in _opened(case.calls[: case.at]):
        return [f"There is no earmark {number} yet."]
    if found is not None and found.restricted:
        return [f"This cannot be carried out: earmark {number} is restricted, no vote can take it."]
    return []


def _installed(case: Case) -> list[str]:
    """Only a distributor is set up; what pays out an earmark learns all from its opening."""
    if case.call is None or case.function != ("Hub", "install"):
        return []
    kind, setup_call = case.call.named["kind"], case.call.named["setup_call"]
    if kind in SPENDER_KINDS and setup_call:
        return ["This cannot be carried out: the Hub takes no setup for a contract of this kind."]
    return []


def _spender(case: Case) -> list[str]:
    """Terms that its spender refuses, and a spender that is not there to be looked at."""
    if case.call is None or case.function != ("Pool", "open_earmark"):
        return []
    spender, params = case.call.named["spender"], case.call.named["params"]
    kind = case.known.kind_of(spender)[0]
    if kind in TERMS and terms_told(kind, params, Scene(case.known)) is None:
        return [f"This cannot be carried out: the {kind} takes no such parameters."]
    if kind is None and case.known.unplaced:
        told = "Nobody here can tell whether this spender is what the proposal installs before"
        return [f"{told}: compare it with next_install of the Hub before you vote."]
    return []


def _opened(calls: Sequence[Call | None]) -> set[int]:
    """The earmarks that these calls open."""
    opening = [call for call in calls if call and call.function == "open_earmark"]
    return {int(call.named["expected_id"]) for call in opening}


def _asset(case: Case) -> list[str]:
    """A token that nobody here has dealt with calls itself what it likes."""
    found = []
    for address in case.scene.assets:
        ours = address in (NO_ADDRESS, case.known.here.grain)
        if not ours and not case.known.is_token(address):
            found.append(
                f"No pool here has ever had money in the token {address}; its name and its "
                "decimals are only what it says of itself."
            )
    return found


def _allowance(case: Case) -> list[str]:
    if case.call is None or case.call.function not in {"approve", "permit"}:
        return []
    amount = int(case.call.named.get("amount", 0))
    if amount >= UNLIMITED:
        return ["The allowance is without a limit, and stays when this proposal is over."]
    return ["The allowance stays until it is used or taken back."] if amount else []


def _several(case: Case) -> list[str]:
    """One payment behind another is easily overlooked."""
    payments = [call for call in case.calls if call and _is_payment(call)]
    plain = [action for action in case.actions if action.value and not action.data]
    count = len(payments) + len(plain)
    if count < 2 or not ((case.call and _is_payment(case.call)) or case.action in plain):  # noqa: PLR2004  one is not several
        return []
    sums: Counter[str] = Counter()
    for call in payments:
        asset = str(call.named.get("asset", "")) or _target_of(call, case)
        sums[asset] += int(call.named["amount"])
    for action in plain:
        sums[NO_ADDRESS] += action.value
    apart = Scene(case.known)  # the other payments' assets are explained where they are told
    told = [apart.money(Money(amount, case.known.asset(asset))) for asset, amount in sums.items()]
    return [f"This is one of {count} payments in this proposal, in all {listing(told)}."]


def _is_payment(call: Call) -> bool:
    names = {("Pool", "spend"), ("Grain", "transfer"), (TOKEN, "transfer"), (TOKEN, "transferFrom")}
    return (call.contract, call.function) in names


def _target_of(call: Call, case: Case) -> str:
    at = next(i for i, each in enumerate(case.calls) if each is call)
    return case.actions[at].target
