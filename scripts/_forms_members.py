# SPDX-License-Identifier: AGPL-3.0-only
"""What a proposal can say of members: offer, expel, move a seat, the ways in, the buy-in."""

from millpond.chain.abi import encode_values, plain
from millpond.chain.governance import Action
from millpond.chain.members import require_member
from millpond.core.canonical import keccak256
from millpond.core.errors import BadInput
from scripts import _params
from scripts._forms import Field, Form
from scripts._forms_money import next_earmark
from scripts._given import Given
from scripts._pool import ASSET_HELP

_BUY_IN_PURPOSE = "Buy-ins of the members: each gets hers back when she leaves."


def _offer(given: Given) -> list[Action]:
    admission, governor = given.coop.admission, given.coop.governor
    candidates = given.accounts("candidate")
    members = [each for each in candidates if governor.isMember(each)]
    if members:
        raise BadInput(f"{members[0]} is a member already", "leave her out")
    return [Action.of(admission.offer, candidates, given.moment("until"))]


def _expel(given: Given) -> list[Action]:
    member = require_member(given.coop, given.account("member"))
    # By way of the Admission, which finds her behind another key that her seat may have by then.
    return [Action.of(given.coop.admission.expel, member.account, member.times_joined)]


def _rebind(given: Given) -> list[Action]:
    old, new = given.account("old"), given.account("new")
    require_member(given.coop, old)
    if given.coop.governor.isMember(new):
        raise BadInput(f"{new} has a seat of its own", "name an account that has none")
    return [Action.of(given.coop.admission.rebind, old, new)]


def _set_ways(given: Given) -> list[Action]:
    ways = _params.part(given.path("params"), "ways", _params.Ways)
    return [Action.of(given.coop.admission.set_ways, tuple(ways.model_dump().values()))]


def _set_buy_in(given: Given) -> list[Action]:
    admission = given.coop.admission
    earmark, asset, _ = admission.buy_in()
    if not earmark:
        raise BadInput(
            "no buy-in was ever asked in this pool",
            "open its earmark first: ape run pool propose open-buy-in",
        )
    amount = given.amount("amount", given.at.asset(asset))
    return [Action.of(admission.set_buy_in, amount)]


def _open_buy_in(given: Given) -> list[Action]:
    money = given.asset()
    amount = given.amount("amount", money)
    params = encode_values(plain("address", "uint256"), [money.address, amount], "the buy-in")
    return [
        Action.of(
            given.coop.pool.open_earmark,
            next_earmark(given),
            given.text("uri"),
            keccak256(_BUY_IN_PURPOSE.encode()),
            given.coop.admission.address,
            False,
            0,
            params,
        )
    ]


FORMS = (
    Form(
        "offer",
        "Propose to offer membership; each candidate becomes a member when she accepts in time.",
        (
            Field("candidate", "Whom; may be given several times.", "0x...", many=True),
            Field(
                "until", "How long the offer holds once it is made.", '"60 days"', default="60 days"
            ),
        ),
        _offer,
    ),
    Form(
        "expel",
        "Propose to end somebody's membership.",
        (Field("member", "Whose.", "0x..."),),
        _expel,
    ),
    Form(
        "rebind",
        "Propose to move the seat of a lost key to another account of the same person.",
        (
            Field("old", "The account that was lost.", "0x..."),
            Field("new", "The new one; it has no seat.", "0x..."),
        ),
        _rebind,
    ),
    Form(
        "set-ways",
        "Propose other ways to become a member.",
        (Field("params", "A YAML file with the entry `ways`, or with its fields.", "ways.yaml"),),
        _set_ways,
    ),
    Form(
        "set-buy-in",
        "Propose another buy-in for those who join from then on; 0 asks for none.",
        (Field("amount", "In whole units of its asset.", "50"),),
        _set_buy_in,
    ),
    Form(
        "open-buy-in",
        "Propose to ask a buy-in of who joins, kept in an earmark that no vote can spend.",
        (
            Field("asset", ASSET_HELP, "0x..."),
            Field("amount", "In whole units of the asset.", "50"),
            Field("uri", "Where its purpose is published.", "https://..."),
        ),
        _open_buy_in,
    ),
)
