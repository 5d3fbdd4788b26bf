# SPDX-License-Identifier: AGPL-3.0-only
"""Sentences for the Pool, for Grain and for tokens: where money goes."""

from collections.abc import Callable

from millpond.chain.answers import NO_ADDRESS
from millpond.chain.paid import payment_of
from millpond.chain.wording.calls import TOKEN, buy_in_of
from millpond.chain.wording.reader import Reader
from millpond.chain.wording.spenders import TERMS, terms_told
from millpond.chain.wording.terms import policy_told
from millpond.core.figures import Money, digits, instant, plural, span
from millpond.core.units import MAX_UINT256

UNLIMITED = 2**255
"""From here on an allowance is without a limit for all that anybody could ever own."""
_RATE = 10**18
_PER_CENT_DIGITS = 16
"""A factor is in parts of 10^18, so a hundredth of it has so many decimals."""


def _spend(r: Reader) -> str:
    return f"Pay {r.money()} out of {r.earmark('earmark_id')} to {r.who('to')}."


def _move(r: Reader) -> str:
    return f"Move {r.money()} from {r.earmark('from_id')} to {r.earmark('to_id')}."


def _open_earmark(r: Reader) -> str:
    spender, restricted = r.raw("spender"), r.raw("restricted")
    kind = "restricted earmark" if restricted else "earmark"
    told = [f"Open {kind} {r.number('expected_id')} for the purpose written at {r.text('uri')}"]
    told[0] += f" (its hash is {r.hex('purpose_hash')})."
    if restricted:
        told.append("Its money serves that purpose or returns to its patrons; no vote can take it.")
    if spender == NO_ADDRESS:
        told.append("The members spend it by vote.")
    else:
        told.append(f"Only the contract {r.scene.who(spender)} can pay out of it.")
    told.append(_parameters(r, spender))
    deadline = r.number("deadline")
    told.append(f"It ends on {instant(deadline)}." if deadline else "It has no end.")
    return " ".join(filter(None, told))


def _parameters(r: Reader, spender: str) -> str:
    """What the spender is told of the earmark: a policy, a buy-in, terms, or bytes."""
    if r.call.policy is not None:
        r.raw("params")
        return policy_told(r.call.policy, r.scene)
    kind, buy_in = r.scene.known.kind_of(spender)[0], None
    if kind == "Admission":
        buy_in = buy_in_of(r.raw("params"), r.scene.known)
    if buy_in is not None:
        return f"Whoever joins from then on puts {r.scene.money(buy_in)} into it, and gets it back."
    terms = _terms(r, kind)
    if terms is not None:
        return terms
    return f"The spender is given {r.hex('params')} as parameters." if r.raw("params") else ""


def _terms(r: Reader, kind: str | None) -> str | None:
    """Of a spender that is there, or that an earlier call of the same proposal installs."""
    if kind in TERMS:
        return terms_told(kind, r.raw("params"), r.scene)
    coming = r.scene.known.unplaced
    if kind is not None or coming not in TERMS:
        return None
    terms = terms_told(coming, r.raw("params"), r.scene)
    return f"If that is the {coming} which this proposal installs: {terms}" if terms else None


def _give(r: Reader) -> str:
    named = "anonymously " if r.has("anonymous") and r.raw("anonymous") else ""
    return f"Give {r.money()} {named}to {r.earmark('earmark_id')}, with the note {r.text('note')}."


def _patron_grain(r: Reader) -> str:
    asset, earmark = r.raw("asset"), r.earmark("earmark_id")
    rate, period = r.number("rate"), r.number("period")
    name = r.scene.name_of(asset)
    grain = r.scene.known.here.grain
    cap = r.money("cap", of=grain)
    limits = f"at most {cap} in {span(period)}"
    if rate == 0:
        return f"Thank patrons of {earmark} with no more grain for {name} ({limits})."
    unit = r.scene.trusted(r.scene.known.asset(asset))
    if unit.decimals is None or rate * 10**unit.decimals > _RATE * MAX_UINT256:
        each = f"{rate:,} / {_RATE:,} smallest units of grain for each smallest unit of {name}"
    else:
        # exact wherever the rate names a whole number of smallest units for one whole coin
        whole, rest = divmod(rate * 10**unit.decimals, _RATE)
        told = r.scene.money(Money(whole, r.scene.known.asset(grain)))
        each = f"{told} for each {r.scene.money(Money(10**unit.decimals, unit))}"
        each += f" (rate {rate:,})" if rest else ""
    return f"Thank patrons of {earmark} with {each}, {limits}."


def _update(r: Reader) -> str:
    return (
        f"Publish the report at {r.text('uri')} (its hash is {r.hex('content_hash')}) on the "
        f"progress of {r.earmark('earmark_id')}."
    )


def _accept_loss(r: Reader) -> str:
    return (
        f"Accept the loss of {r.scene.name_of(r.raw('asset'))}: whatever the pool owes or holds in "
        "it is from then on paid in the same smaller share, so that nobody gains by being first. "
        f"It is carried out only if at least {_share(r.number('least_factor'))} of what is booked "
        "is there then."
    )


def _share(factor: int) -> str:
    """In per cent, with all its digits: 45 %."""
    return f"{digits(factor, _PER_CENT_DIGITS).removesuffix('.00')} %"


def _send_multi(r: Reader) -> str:
    count = f"{r.number('amount'):,} of number {r.number('token_id')}"
    return f"Send {count} of the collection {r.who('token')} to {r.who('to')}."


def _release_many(r: Reader) -> str:
    asset = r.raw("asset")
    return (
        f"Pay {plural(r.count('batch'), 'payee')} what was promised to them in "
        f"{r.scene.name_of(asset)} out of {r.earmark('earmark_id')}: "
        f"{_batch(r, asset, 'to')}."
    )


def _mint_many(r: Reader) -> str:
    return f"Create {_batch(r, r.call.target, 'for')}."


def _batch(r: Reader, asset: str, before: str) -> str:
    """The payments of a batch, one after the other."""
    of = r.scene.known.asset(asset)
    payments = map(payment_of, r.raw("batch"))
    told = [f"{r.scene.money(Money(n, of))} {before} {r.scene.who(to)}" for to, n in payments]
    return ", ".join(told) or f"nothing {before} anybody"


def _approve(r: Reader) -> str:
    amount = "any amount" if r.number("amount") >= UNLIMITED else r.money()
    told = f"Let {r.who('spender')} take {amount} from the Governor"
    if r.number("amount") < UNLIMITED:
        return f"{told}."
    return f"{told} ({r.money()}; that is without a limit)."


def _permit(r: Reader) -> str:
    return (
        f"Let {r.who('spender')} take {r.money()} from {r.who('owner')}, by her signature that "
        f"holds until {instant(r.number('deadline'))}."
    )


def _received(r: Reader) -> str:
    return f"Tell the Pool that a collectible came from {r.who('sender')}."


SENTENCES: dict[tuple[str, str], Callable[[Reader], str]] = {
    ("Pool", "spend"): _spend,
    ("Pool", "move"): _move,
    ("Pool", "open_earmark"): _open_earmark,
    ("Pool", "give"): _give,
    ("Pool", "give_with_permit"): lambda r: (
        f"{_give(r)[:-1]}, by a permit that holds until {instant(r.number('deadline'))}."
    ),
    ("Pool", "set_patron_grain"): _patron_grain,
    ("Pool", "update"): _update,
    ("Pool", "accept_loss"): _accept_loss,
    ("Pool", "send_nft"): lambda r: (
        f"Send number {r.number('token_id')} of the collection {r.who('token')} to {r.who('to')}."
    ),
    ("Pool", "send_multi_token"): _send_multi,
    ("Pool", "put_back"): lambda r: (
        f"Return {r.money()} from the Governor to the general fund; it does not count as received."
    ),
    ("Pool", "sync"): lambda r: (
        f"Book to the general fund whatever came in {r.scene.name_of(r.raw('asset'))} without "
        "being given."
    ),
    ("Pool", "lapse"): lambda r: (
        f"End {r.earmark('earmark_id')}, whose spender has promised nothing for 400 days."
    ),
    ("Pool", "reclaim"): lambda r: (
        f"Take back the Governor's share of what {r.earmark('earmark_id')} had left in "
        f"{r.scene.name_of(r.raw('asset'))}."
    ),
    ("Pool", "reclaim_for_general_fund"): lambda r: (
        f"Return to the general fund its share of what {r.earmark('earmark_id')} had left in "
        f"{r.scene.name_of(r.raw('asset'))}."
    ),
    ("Pool", "withdraw"): lambda r: (
        f"Pay all that the pool owes the Governor in {r.scene.name_of(r.raw('asset'))} to "
        f"{r.who('to')}."
    ),
    ("Pool", "reserve"): lambda r: f"Promise {r.money()} of {r.earmark('earmark_id')}.",
    ("Pool", "unreserve"): lambda r: (
        f"Take back the promise of {r.money()} of {r.earmark('earmark_id')}."
    ),
    ("Pool", "release"): lambda r: (
        f"Pay {r.money()} of what is promised out of {r.earmark('earmark_id')} to {r.who('to')}."
    ),
    ("Pool", "release_many"): _release_many,
    ("Pool", "setup"): lambda r: (
        f"Name {r.who('governor')} the Governor and {r.who('grain')} the Grain of this Pool."
    ),
    ("Pool", "onERC721Received"): _received,
    ("Pool", "onERC1155Received"): _received,
    ("Pool", "onERC1155BatchReceived"): _received,
    ("Grain", "transfer"): lambda r: f"Transfer {r.money()} from the Governor to {r.who('to')}.",
    ("Grain", "transferFrom"): lambda r: (
        f"Transfer {r.money()} from {r.who('owner')} to {r.who('to')}."
    ),
    ("Grain", "approve"): _approve,
    ("Grain", "permit"): _permit,
    ("Grain", "mint"): lambda r: f"Create {r.money()} for {r.who('to')}.",
    ("Grain", "mint_many"): _mint_many,
    ("Grain", "setup"): lambda r: f"Let {r.who('minter')} create grain, as the first who may.",
    ("Grain", "set_minter"): lambda r: (
        f"Let {r.who('minter')} create grain."
        if r.raw("allowed")
        else f"Let {r.who('minter')} create no more grain."
    ),
}
for _name in ("transfer", "transferFrom", "approve"):
    SENTENCES[TOKEN, _name] = SENTENCES["Grain", _name]
for _name in ("transfer", "transferFrom", "approve", "permit", "mint"):
    SENTENCES["TestDollar", _name] = SENTENCES["Grain", _name]
