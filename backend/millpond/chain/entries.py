# SPDX-License-Identifier: AGPL-3.0-only
"""What each event of a pool's contracts is in its books: one entry, or nothing and why.

`RULES` has every event that moves money or grain, `WITHOUT_MONEY` every other one; an event of a
contract that is in neither fails a test. Two contracts often speak of the same money: the Pool says
that it was released, the distributor for which leaves. Then one entry passes it on to the other by
an account that is empty again when the transaction is over.

Nothing that strangers may choose (notes, addresses of documents) is in an entry's text.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from millpond.chain.abi import Event
from millpond.chain.answers import NO_ADDRESS, Address
from millpond.chain.paid import paid_leaves, payment_of
from millpond.core.books import accounts
from millpond.core.books.entries import Entry, Place, Posting, change, shared
from millpond.core.errors import BooksError

Told = tuple[str, tuple[Posting, ...]]
"""An entry's text and its postings."""

WHOLE = 10**18
"""The factor of an asset of which nothing was lost."""


@dataclass
class Known:
    """What the events so far have said of a pool, as far as entries hang on it."""

    pool: Address
    governor: Address
    admission: Address
    grain: Address
    spenders: dict[int, Address] = field(default_factory=dict)
    """Earmark -> the contract that alone reserves and releases there."""
    earmarks: dict[Address, int] = field(default_factory=dict)
    """Distributor -> the earmark that it pays out."""
    assets: dict[tuple[Address, int], Address] = field(default_factory=dict)
    """(distributor, epoch) -> what the epoch pays in."""
    carry: dict[tuple[Address, Address], int] = field(default_factory=dict)
    """(distributor, asset) -> carry."""
    factors: dict[Address, int] = field(default_factory=dict)
    """What 10^18 units of an asset's books are worth, where a loss was accepted."""
    seats: dict[int, Address] = field(default_factory=dict)
    """Seat that paid a buy-in -> the account that has it, or had it last."""
    minters: set[Address] = field(default_factory=set)
    """Whoever could ever make grain."""

    def learn(self, event: Event) -> None:
        """Take in what moves no money by itself."""
        learn = _LESSONS.get(event.name)
        if learn is not None:
            learn(self, event)

    def earmark_of(self, distributor: Address) -> int:
        """What a distributor pays out; it must have been told."""
        if distributor not in self.earmarks:
            raise BooksError(
                f"the distributor {distributor} pays before it was given an earmark",
                "start at the block of the pool's making, or earlier, with --from-block",
            )
        return self.earmarks[distributor]

    def asset_of(self, distributor: Address, epoch: int) -> Address:
        """What an epoch pays in; it must have been posted."""
        if (distributor, epoch) not in self.assets:
            raise BooksError(
                f"epoch {epoch} of the distributor {distributor} is paid, and was never posted",
                "start at the block of the pool's making, or earlier, with --from-block",
            )
        return self.assets[distributor, epoch]

    def worth(self, asset: Address, amount: int) -> int:
        """What the Pool pays for an amount of its books, rounded down."""
        return amount * self.factors.get(asset, WHOLE) // WHOLE


def entry_of(known: Known, contract: str, event: Event, place: Place) -> Entry | None:
    """The entry for an event; None if it moves nothing."""
    rule = RULES.get((contract, event.name))
    told = rule(known, event) if rule is not None else None
    if rule is None and (contract, event.name) not in WITHOUT_MONEY:
        raise BooksError(
            f"nobody has said what {contract}.{event.name} is in the books",
            "use a version of this program that knows these contracts",
        )
    return None if told is None else Entry(place, *told)


# --- what is learned ----------------------------------------------------------------------------


def _earmark_opened(known: Known, event: Event) -> None:
    known.spenders[event.args["earmark_id"]] = event.args["spender"]


def _policy_set(known: Known, event: Event) -> None:
    known.earmarks[event.address] = event.args["pot_earmark"]


def _posted(known: Known, event: Event) -> None:
    terms = event.args["terms"]
    known.assets[event.address, terms.epoch] = terms.asset


def _loss_accepted(known: Known, event: Event) -> None:
    known.factors[event.args["asset"]] = event.args["factor"]


def _buy_in_seat(known: Known, event: Event) -> None:
    known.seats[event.args["seat"]] = event.args["account"]


def _seat_moved(known: Known, event: Event) -> None:
    for seat, account in known.seats.items():
        if account == event.args["old"]:
            known.seats[seat] = event.args["new"]


def _minter_set(known: Known, event: Event) -> None:
    known.minters.add(event.args["minter"])


_LESSONS: Mapping[str, Callable[[Known, Event], None]] = {
    "EarmarkOpened": _earmark_opened,
    "PolicySet": _policy_set,
    "DistributionPosted": _posted,
    "LossAccepted": _loss_accepted,
    "MinterSet": _minter_set,
    "BuyInPaid": _buy_in_seat,
    "BuyInRefunded": _buy_in_seat,
    "RebindCompleted": _seat_moved,
}


# --- the Pool -----------------------------------------------------------------------------------


def _given(known: Known, event: Event) -> Told:
    number, asset, amount = (event.args[name] for name in ("earmark_id", "asset", "amount"))
    whence, text = accounts.gifts(number), f"Gift to earmark {number}"
    if event.args["patron"] == known.admission:
        whence, text = accounts.BUY_INS_PASSING, f"Buy-in, into earmark {number}"
    elif event.args["patron"] == known.governor:
        whence, text = accounts.CALLS, f"From a proposal's own call, to earmark {number}"
    return text, change(asset, amount, accounts.free(number), whence)


def _synced(_: Known, event: Event) -> Told:
    into = accounts.free(0)
    postings = change(event.args["asset"], event.args["amount"], into, accounts.SURPLUS)
    return "Surplus, into the general fund", postings


def _moved(_: Known, event: Event) -> Told:
    source, into = event.args["from_id"], event.args["to_id"]
    sides = accounts.free(into), accounts.free(source)
    text = f"Moved by vote from earmark {source} to earmark {into}"
    return text, change(event.args["asset"], event.args["amount"], *sides)


def _spent(known: Known, event: Event) -> Told:
    number, to = event.args["earmark_id"], event.args["to"]
    inside = to == known.governor
    text = "For a proposal's own calls" if inside else f"Paid by vote to {to}"
    sides = accounts.CALLS if inside else accounts.spent(number), accounts.free(number)
    return text, change(event.args["asset"], event.args["amount"], *sides)


def _put_back(_: Known, event: Event) -> Told:
    sides = accounts.free(0), accounts.CALLS
    return "Left of a proposal", change(event.args["asset"], event.args["amount"], *sides)


def _reclaimed(known: Known, event: Event) -> Told:
    number, patron = event.args["earmark_id"], event.args["patron"]
    inside = patron == known.pool
    whither = accounts.free(0) if inside else accounts.reclaimed(number)
    text = f"Back from earmark {number} to {'the general fund' if inside else patron}"
    sides = whither, accounts.free(number)
    return text, change(event.args["asset"], event.args["amount"], *sides)


def _reserved(_: Known, event: Event) -> Told:
    number = event.args["earmark_id"]
    sides = accounts.reserved(number), accounts.free(number)
    return f"Promised in earmark {number}", change(
        event.args["asset"], event.args["amount"], *sides
    )


def _unreserved(_: Known, event: Event) -> Told:
    number = event.args["earmark_id"]
    sides = accounts.free(number), accounts.reserved(number)
    return f"A promise taken back in earmark {number}", change(
        event.args["asset"], event.args["amount"], *sides
    )


def _released(known: Known, event: Event) -> Told:
    number = event.args["earmark_id"]
    whither, what = _released_for(known, number)
    sides = whither, accounts.reserved(number)
    text = f"{what} to {event.args['to']}"
    return text, change(event.args["asset"], event.args["amount"], *sides)


def _released_many(known: Known, event: Event) -> Told:
    number = event.args["earmark_id"]
    whither, what = _released_for(known, number)
    debits = [(whither, amount, f"to {to}") for to, amount in map(payment_of, event.args["batch"])]
    return what, shared(event.args["asset"], debits, accounts.reserved(number))


def _released_for(known: Known, number: int) -> tuple[str, str]:
    """Where the money of an earmark goes that its spender releases, and what that is called."""
    spender = known.spenders.get(number)
    if spender == known.admission:
        return accounts.BUY_INS_PASSING, "Buy-in back"
    if spender in known.earmarks:
        return accounts.cred_passing(number), "Paid by cred"
    return accounts.released(number), "Released"


def _owed(_: Known, event: Event) -> Told:
    account = event.args["account"]
    sides = accounts.KEPT_FOR_DEBTS, accounts.owed(account)
    text = f"A payment failed: owed to {account}"
    return text, change(event.args["asset"], event.args["amount"], *sides)


def _withdrawn(_: Known, event: Event) -> Told:
    account, to = event.args["account"], event.args["to"]
    sides = accounts.owed(account), accounts.KEPT_FOR_DEBTS
    text = f"What was owed to {account}, paid to {to}"
    return text, change(event.args["asset"], event.args["amount"], *sides)


def _patron_grain(known: Known, event: Event) -> Told:
    sides = accounts.GRAIN_PATRONS, accounts.GRAIN_OTHER
    text = f"Grain for a gift to earmark {event.args['earmark_id']}"
    return text, change(known.grain, event.args["amount"], *sides)


# --- the distributor ----------------------------------------------------------------------------


def _paid(known: Known, event: Event) -> Told:
    """By a claim or by a payday: each leaf for itself, then what the Pool sends for all of them."""
    number = known.earmark_of(event.address)
    money: dict[Address, list[tuple[str, int, str]]] = defaultdict(list)
    grain, epochs = [], set()
    for leaf in paid_leaves([event]):
        about = f"subject 0x{leaf.subject.hex()}"
        epochs.add(leaf.epoch)
        sides = accounts.cred(number, leaf.epoch), leaf.amount, about
        money[known.asset_of(event.address, leaf.epoch)].append(sides)
        if leaf.grain:
            grain.append((accounts.grain_cred(number, leaf.epoch), leaf.grain, about))
    postings = [
        posting
        for asset, debits in money.items()
        for posting in shared(asset, debits, accounts.cred_passing(number))
    ]
    postings += shared(known.grain, grain, accounts.GRAIN_OTHER)
    return f"Cred of epoch {', '.join(map(str, sorted(epochs)))}", tuple(postings)


def _settled_off_chain(known: Known, event: Event) -> Told:
    number, epoch = known.earmark_of(event.address), event.args["epoch"]
    asset = known.asset_of(event.address, epoch)
    sides = accounts.off_chain(number, epoch), accounts.paid_by_others(number)
    postings = change(asset, event.args["amount"], *sides)
    text = f"Settled off chain: epoch {epoch}, subject 0x{event.args['subject'].hex()}"
    return text, (*postings, *_grain(known, number, epoch, event.args["grain"]))


def _carry_changed(known: Known, event: Event) -> Told:
    asset, carry = event.args["asset"], event.args["carry"]
    number = known.earmark_of(event.address)
    more = carry - known.carry.get((event.address, asset), 0)
    known.carry[event.address, asset] = carry
    sides = accounts.UNCARRIED, accounts.carried(number)
    return f"Carry in earmark {number}", change(asset, more, *sides)


def _grain_withheld(known: Known, event: Event) -> Told:
    sides = accounts.GRAIN_OTHER, accounts.GRAIN_WITHHELD
    return "Grain that could not be made", change(known.grain, event.args["amount"], *sides)


def _grain(known: Known, number: int, epoch: int, amount: int) -> tuple[Posting, ...]:
    sides = accounts.grain_cred(number, epoch), accounts.GRAIN_OTHER
    return change(known.grain, amount, *sides) if amount else ()


# --- the Admission and the Grain ----------------------------------------------------------------


def _buy_in_paid(_: Known, event: Event) -> Told:
    sides = accounts.BUY_INS_PASSING, accounts.buy_in(event.args["seat"])
    text = f"Buy-in of {event.args['account']}"
    return text, change(event.args["asset"], event.args["amount"], *sides)


def _buy_in_refunded(_: Known, event: Event) -> Told:
    sides = accounts.buy_in(event.args["seat"]), accounts.BUY_INS_PASSING
    text = f"Buy-in of {event.args['account']} given back"
    return text, change(event.args["asset"], event.args["amount"], *sides)


def _transfer(known: Known, event: Event) -> Told | None:
    if event.args["sender"] != NO_ADDRESS:
        return None  # between holders: no grain comes or goes
    sides = accounts.GRAIN_OTHER, accounts.GRAIN_ISSUED
    return f"Grain for {event.args['receiver']}", change(known.grain, event.args["value"], *sides)


RULES: Mapping[tuple[str, str], Callable[[Known, Event], Told | None]] = {
    ("Pool", "Given"): _given,
    ("Pool", "Synced"): _synced,
    ("Pool", "Moved"): _moved,
    ("Pool", "Spent"): _spent,
    ("Pool", "PutBack"): _put_back,
    ("Pool", "Reclaimed"): _reclaimed,
    ("Pool", "Reserved"): _reserved,
    ("Pool", "Unreserved"): _unreserved,
    ("Pool", "Released"): _released,
    ("Pool", "ReleasedMany"): _released_many,
    ("Pool", "Owed"): _owed,
    ("Pool", "Withdrawn"): _withdrawn,
    ("Pool", "PatronGrain"): _patron_grain,
    ("CredDistributor", "Claimed"): _paid,
    ("CredDistributor", "PaidOut"): _paid,
    ("CredDistributor", "SettledOffChain"): _settled_off_chain,
    ("CredDistributor", "CarryChanged"): _carry_changed,
    ("CredDistributor", "GrainWithheld"): _grain_withheld,
    ("Admission", "BuyInPaid"): _buy_in_paid,
    ("Admission", "BuyInRefunded"): _buy_in_refunded,
    ("Grain", "Transfer"): _transfer,
}
"""(contract, event) -> its entry."""

_MEMBERS_ONLY = "says who is a member, or may become one"
WITHOUT_MONEY: Mapping[tuple[str, str], str] = {
    ("Pool", "CollectibleReceived"): "collectibles are in no earmark and in no book",
    ("Pool", "CollectibleSent"): "collectibles are in no earmark and in no book",
    ("Pool", "EarmarkOpened"): "an earmark begins empty; it says who its spender is",
    ("Pool", "Lapsed"): "ends an earmark; what patrons take back has an event of its own",
    ("Pool", "LossAccepted"): "no unit of the books moves; each is worth less from now on",
    ("Pool", "PatronGrainSet"): "a rule for later gifts",
    ("Pool", "Updated"): "a report",
    ("CredDistributor", "DistributionFinalised"): "the pot was reserved when it was posted",
    ("CredDistributor", "DistributionPosted"): "the Pool says Reserved",
    ("CredDistributor", "DistributionVoided"): "the Pool says Unreserved",
    ("CredDistributor", "DistributionWithdrawn"): "the Pool says Unreserved",
    ("CredDistributor", "EpochClosed"): "the Pool says Unreserved, and CarryChanged what of it",
    ("CredDistributor", "LeafSkipped"): "nothing was paid",
    ("CredDistributor", "MaintainersSet"): "who signs",
    ("CredDistributor", "PolicySet"): "a rule for later pots; it says which earmark pays",
    ("CredDistributor", "Restored"): "cred counts again; no pot is divided before the review ends",
    ("CredDistributor", "SeasonSet"): "how many epochs may follow",
    ("CredDistributor", "ShareCapped"): "the Pool says Unreserved, and CarryChanged what of it",
    (
        "CredDistributor",
        "ZeroedOut",
    ): "cred counts no more; no pot is divided before the review ends",
    ("Admission", "BuyInSet"): "what the next ones pay",
    ("Admission", "JoinedByGate"): _MEMBERS_ONLY,
    ("Admission", "JoinedByInvitation"): _MEMBERS_ONLY,
    ("Admission", "MemberLeft"): _MEMBERS_ONLY,
    ("Admission", "MembershipOffered"): _MEMBERS_ONLY,
    ("Admission", "OfferAccepted"): _MEMBERS_ONLY,
    ("Admission", "RebindAsked"): _MEMBERS_ONLY,
    (
        "Admission",
        "RebindCompleted",
    ): "a seat moves to another key, and its buy-in stays the seat's",
    ("Admission", "RebindObjected"): _MEMBERS_ONLY,
    ("Admission", "WaysSet"): _MEMBERS_ONLY,
    ("Grain", "Approval"): "nothing has moved yet",
    ("Grain", "MinterSet"): "who may make grain",
}
"""(contract, event) -> why it has no entry."""
