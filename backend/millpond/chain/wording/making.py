# SPDX-License-Identifier: AGPL-3.0-only
"""Sentences for the Hub, the CredDistributor and the small contracts beside a pool."""

from collections.abc import Callable

from millpond.chain import abi
from millpond.chain.abi import Value
from millpond.chain.answers import Address, BadAnswer
from millpond.chain.coop import KINDS
from millpond.chain.governance import Action
from millpond.chain.wording.calls import call_of, shown
from millpond.chain.wording.reader import Reader
from millpond.chain.wording.spenders import TERMS
from millpond.chain.wording.terms import maintainers_told, policy_told, rules_told, ways_told
from millpond.core.errors import BadInput
from millpond.core.figures import Money, instant, listing, plural, quoted


def _season(count: int) -> str:
    if not count:
        return "End the season: no more epochs may be posted."
    return f"Start another season: {plural(count, 'epoch')} may be paid."


def _create_pool(r: Reader) -> str:
    options = r.struct("options")
    maintainers = [each.who("account") for each in options.structs("maintainers")]
    told = (
        f"Make the pool {r.text('name')} with the charter at {r.text('charter_uri')} (its hash is "
        f"{r.hex('charter_hash')}) and the founders {r.people('founders')}. "
        f"Its rules are: {rules_told(r.structs('class_rules'))}. "
        f"One becomes a member: {ways_told(options.struct('ways'))}. "
        f"Its maintainers are {listing(maintainers) or 'nobody'}, of whom "
        f"{options.number('maintainers_needed')} must sign, for a season of "
        f"{plural(options.number('season_epochs'), 'epoch')}. "
        f"Its attesters are {options.people('attesters')}, of whom "
        f"{options.number('attesters_needed')} must sign. "
        f"Its grain is called {_word(options.raw('grain_name'))} "
        f"({_word(options.raw('grain_symbol'))})."
    )
    return f"{told} {_buy_in(options)}" if options.has("buy_in_amount") else told


def _buy_in(options: Reader) -> str:
    asset, amount = options.raw("buy_in_asset"), options.number("buy_in_amount")
    if not amount:
        return f"It asks no buy-in (in {options.scene.name_of(asset)})."
    paid = options.scene.money(Money(amount, options.scene.known.asset(asset)))
    return f"Whoever joins it later puts in {paid}."


def _word(value: bytes) -> str:
    """A short text that is kept in one word; as hex where it is none."""
    text = value.rstrip(b"\0")
    try:
        return quoted(text.decode("ascii")) if text else "nothing"
    except UnicodeDecodeError:
        return f"0x{value.hex()}"


def _install(r: Reader) -> str:
    contract = KINDS.get(r.raw("kind"))
    if contract in TERMS and not r.raw("setup_call"):
        return (
            f"Make a contract of the kind {_word(r.raw('kind'))} for this pool, and make it a part "
            "of it. It learns what it is to do when an earmark is opened for it."
        )
    made = f"Make another {_word(r.raw('kind'))} for this pool, and make it a part of it."
    setup = _setup(r, contract)
    return f"{made} {setup}"


def _setup(r: Reader, contract: str | None) -> str:
    """The one call that the Hub makes of what it has just made."""
    data: bytes = r.raw("setup_call")
    plain = f"It is set up by the call {r.hex('setup_call')}."
    if contract is None:
        return plain
    try:
        function, values = abi.load(contract).decode_call(data)
    except (BadInput, BadAnswer):
        return plain
    known = r.scene.known
    call = call_of(contract, function, values, Action(Address(known.here.hub), 0, data), known)
    tell = SENTENCES.get((contract, function.name))
    if tell is None or not call.exact:
        return plain
    inner = Reader.of(call, r.scene)
    return f"It is set up so: {with_rest(tell(inner), inner)}"


def with_rest(text: str, reader: Reader) -> str:
    """A sentence, and behind it whatever it did not tell."""
    rest = reader.rest()
    return f"{text} Also: {listing(rest)}." if rest else text


def _policy(r: Reader) -> str:
    told = policy_told(r.call.policy, r.scene) if r.call.policy else ""
    if r.call.policy:
        r.raw("policy")
    return f"Change how the distributor pays, from the next epoch on. {told}".rstrip()


def _post(r: Reader) -> str:
    return (
        f"Post the distribution of epoch {r.number('epoch')} that is written at {r.text('uri')} "
        f"(its hash is {r.hex('data_hash')}), of {plural(r.number('leaf_count'), 'leaf')} and "
        f"{r.number('total_cred'):,} micro-cred under the root {r.hex('root')}, {_signed(r)}."
    )


def _signed(r: Reader) -> str:
    """By whom, and at the Clerk also where it counts and until when."""
    said = f"as {r.people('signers')} signed"
    if r.has("deadline"):
        said += f" for {r.who('distributor')} until {instant(r.number('deadline'))}"
    return said


def _struck(r: Reader) -> str:
    if r.has("leaf"):
        leaf = r.struct("leaf")
        who, cred = leaf.hex("subject"), leaf.number("cred")
    else:
        who, cred = r.hex("subject"), r.number("cred")
    return (
        f"Strike the leaf of {who} with {cred:,} micro-cred out of the distribution of epoch "
        f"{r.number('epoch')}, for the reason with the hash {r.hex('reason_hash')}, {_signed(r)}."
    )


def _restored(r: Reader) -> str:
    return (
        f"Put the leaf of {r.hex('subject')} back into the distribution of epoch "
        f"{r.number('epoch')}, for the reason with the hash {r.hex('reason_hash')}, {_signed(r)}."
    )


def _settled(r: Reader) -> str:
    if r.has("leaf"):
        leaf = r.struct("leaf")
        who, cred = leaf.hex("subject"), leaf.number("cred")
        said = f"as its payee signed for {r.who('distributor')} until "
        said += instant(r.number("deadline"))
    else:
        who, cred = r.hex("subject"), r.number("cred")
        said = f"as {r.who('payee')} signed"
    return (
        f"Book the leaf of {who} with {cred:,} micro-cred as paid elsewhere, under the reference "
        f"{r.hex('reference')}, {said}."
    )


def _withdrawn(r: Reader) -> str:
    return f"Take back the distribution of epoch {r.number('epoch')}, {_signed(r)}."


def _claim(r: Reader) -> str:
    claims: list[Value] = r.raw("claims")
    mine = ", ".join(
        f"leaf {each.index} with {each.cred:,} micro-cred of the terms "
        f"{' '.join(_figure(v) for v in each.terms)}"
        for each in claims
    )
    return (
        f"Claim what the leaves of {r.hex('subject')} are due in {plural(len(claims), 'epoch')} "
        f"({mine or 'none'}) and pay it to {r.who('to')}."
    )


def _figure(value: Value) -> str:
    return f"0x{value.hex()}" if isinstance(value, bytes) else str(value)


_ELSE = "; otherwise nothing of this proposal happens."


def _question(r: Reader) -> str:
    """What a contract is asked, decoded where it is one of ours."""
    target, data = r.raw("target"), r.raw("call")
    kind, _ = r.scene.known.kind_of(target)
    asked = r.hex("call")
    if kind is not None:
        try:
            function, values = abi.load(kind).decode_call(data)
        except (BadInput, BadAnswer):
            pass
        else:
            if function.encode(values) == data:
                told = [shown(p, v) for p, v in zip(function.inputs, values, strict=True)]
                asked = f"{function.name}({', '.join(told)})"
    return (
        f"{r.scene.who(target)}, asked {asked}, gives the answer with the hash "
        f"{r.hex('answer_hash')}"
    )


def _badge(r: Reader) -> str:
    return (
        f"Move badge {r.number('token_id')} from {r.who('owner')} to {r.who('to')}, which nobody "
        "can: badges stay with their members."
    )


SENTENCES: dict[tuple[str, str], Callable[[Reader], str]] = {
    ("CredDistributor", "finalise"): lambda r: (
        f"Make the distribution of epoch {r.number('epoch')} (attempt {r.number('attempt')}) "
        "final. From then on everybody in it can be paid."
    ),
    ("CredDistributor", "set_policy"): _policy,
    ("CredDistributor", "set_maintainers"): lambda r: f"{maintainers_told(r)}.",
    ("CredDistributor", "set_season"): lambda r: _season(r.number("season_epochs")),
    ("CredDistributor", "setup"): lambda r: (
        f"{maintainers_told(r)}. {_season(r.number('season_epochs'))}"
    ),
    ("CredDistributor", "on_open"): lambda r: (
        f"Tell the distributor that it pays out {r.earmark('earmark_id')}, with {r.hex('params')} "
        "as parameters."
    ),
    ("CredDistributor", "post"): _post,
    ("CredDistributor", "withdraw"): _withdrawn,
    ("CredDistributor", "zero_out"): _struck,
    ("CredDistributor", "restore"): _restored,
    ("CredDistributor", "settle_off_chain"): _settled,
    ("Clerk", "post"): _post,
    ("Clerk", "withdraw"): _withdrawn,
    ("Clerk", "zero_out"): _struck,
    ("Clerk", "restore"): _restored,
    ("Clerk", "settle_off_chain"): _settled,
    ("CredDistributor", "void"): lambda r: (
        f"Free the money reserved for epoch {r.number('epoch')}, whose proposal failed."
    ),
    ("CredDistributor", "claim"): _claim,
    ("CredDistributor", "claim_many"): lambda r: (
        f"Pay {plural(r.count('leaves'), 'leaf')} of {plural(r.count('terms'), 'epoch')} to "
        "the people they name."
    ),
    ("CredDistributor", "payday"): lambda r: (
        f"Pay the leaves {r.number('first')} to {r.number('end')} of a list of "
        f"{r.count('leaves')} to the people they name."
    ),
    ("CredDistributor", "close_epoch"): lambda _: (
        "Free what nobody claimed of an epoch whose claims are closed, for the next pot."
    ),
    ("Hub", "create_pool"): _create_pool,
    ("Hub", "install"): _install,
    ("Hub", "make_badges"): lambda r: (
        f"Make the badges of the pool named {r.text('name')}: its members as tokens that nobody "
        "can sell."
    ),
    ("Hub", "set_dao_uri"): lambda r: f"Publish the description of this co-op at {r.text('uri')}.",
    ("Pins", "require_code"): lambda r: (
        f"Only if the code at {r.who('account')} has the hash {r.hex('code_hash')}{_ELSE}"
    ),
    ("Pins", "require_balance"): lambda r: (
        f"Only if {r.who('account')} has at least {r.money('least')}{_ELSE}"
    ),
    ("Pins", "require_time"): lambda r: (
        f"Only from {instant(r.number('earliest'))} until {instant(r.number('latest'))}{_ELSE}"
    ),
    ("Pins", "require_answer"): lambda r: f"Only if {_question(r)}{_ELSE}",
    ("Badges", "approve"): lambda r: (
        f"Let {r.who('spender')} move badge {r.number('token_id')}, which nobody can."
    ),
    ("Badges", "setApprovalForAll"): lambda r: (
        f"{'Let' if r.raw('allowed') else 'No longer let'} {r.who('operator')} move all badges, "
        "which nobody can."
    ),
    ("Badges", "transferFrom"): _badge,
    ("Badges", "safeTransferFrom"): _badge,
}
