# SPDX-License-Identifier: AGPL-3.0-only
"""What a proposal can do with money: spend, move, earmarks, losses, collectibles, patron grain."""

from millpond.chain.abi import encode_values
from millpond.chain.answers import NO_ADDRESS
from millpond.chain.assets import Asset
from millpond.chain.coop import ETH
from millpond.chain.governance import Action
from millpond.core.canonical import keccak256
from millpond.core.errors import BadInput
from millpond.core.units import parse_amount
from scripts import _params
from scripts._forms import Field, Form
from scripts._given import Given
from scripts._pool import ASSET_HELP

_ASSET = Field("asset", ASSET_HELP, default=ETH)
_AMOUNT = Field("amount", 'In whole units, such as "12.50".', "12.50")
_PER_UNIT = 10**18
_FACTOR_DIGITS = 18
_WHOLE: int = 10**_FACTOR_DIGITS
"""The factor of a token of which nothing was lost."""


def _spend(given: Given) -> list[Action]:
    pool, money = given.coop.pool, given.asset()
    earmark, amount = given.number("earmark"), given.amount("amount", money)
    return [Action.of(pool.spend, earmark, money.address, given.account("to"), amount)]


def _move(given: Given) -> list[Action]:
    money, here, there = given.asset(), given.number("from"), given.number("to")
    if here == there:
        raise BadInput("from and to are the same earmark", "name two of them")
    amount = given.amount("amount", money)
    return [Action.of(given.coop.pool.move, here, there, money.address, amount)]


def next_earmark(given: Given) -> int:
    """The number that the next earmark of this proposal gets."""
    selector = given.coop.pool.abi.function("open_earmark", 7).selector
    here = [a for a in given.before if a.target == given.coop.pool.address]
    opened = sum(action.data[:4] == selector for action in here)
    return int(given.coop.pool.earmark_count()) + 1 + opened


def _open_earmark(given: Given) -> list[Action]:
    if given.has("label"):
        return _open_labelled(given)
    spender = given.account("spender") if given.has("spender") else NO_ADDRESS
    return [
        Action.of(
            given.coop.pool.open_earmark,
            next_earmark(given),
            given.text("uri"),
            keccak256(given.text("purpose").encode()),
            spender,
            given.flag("restricted"),
            given.moment("deadline") if given.has("deadline") else 0,
            given.octets("spender-params"),
        )
    ]


def labelled(given: Given) -> _params.Earmark:
    """The earmark of the parameters that is named."""
    return _params.load(given.path("params")).earmark(given.text("label"))


def _open_labelled(given: Given) -> list[Action]:
    """One of the parameters, paid out by the distributor."""
    return [opening(given, labelled(given), given.coop.distributor.address)]


def opening(given: Given, earmark: _params.Earmark, distributor: str) -> Action:
    """An earmark of the parameters, paid out by a distributor of this pool."""
    number, asset = next_earmark(given), given.at.asset(earmark.policy.asset)
    policy = _params.policy_words(earmark.policy, asset.address, asset.decimals, number)
    form = given.coop.distributor.abi.function("set_policy", 1).inputs
    return Action.of(
        given.coop.pool.open_earmark,
        number,
        earmark.purpose_uri,
        earmark.purpose_hash,
        distributor,
        earmark.restricted,
        0,
        encode_values(form, [policy], "the policy"),
    )


def _is_open(given: Given) -> str | None:
    """The members may have opened an earmark for that purpose already."""
    purpose = (
        labelled(given).purpose_hash
        if given.has("label")
        else keccak256(given.text("purpose").encode())
    )
    return open_for(given, purpose)


def open_for(given: Given, purpose: bytes) -> str | None:
    """Which earmark serves that purpose already; None: no one."""
    for event in given.coop.pool.past_events("EarmarkOpened", given.coop.since):
        if event.args["purpose_hash"] == purpose:
            return f"Earmark {event.args['earmark_id']} is open for this purpose already"
    return None


def _patron_grain(given: Given) -> list[Action]:
    """`rate` is grain for one whole unit of the asset; the Pool counts both in smallest units."""
    money = given.asset()
    rate = given.grain("rate") * _PER_UNIT // 10**money.decimals
    return [
        Action.of(
            given.coop.pool.set_patron_grain,
            given.number("earmark"),
            money.address,
            rate,
            given.grain("cap") if rate else 0,
            given.seconds("period") if rate else 0,
        )
    ]


def _accept_loss(given: Given) -> list[Action]:
    money = given.asset()
    least = _share(given) if given.has("least") else _left_now(given, money)
    return [Action.of(given.coop.pool.accept_loss, money.address, least)]


def _share(given: Given) -> int:
    """As it was said, above nothing and below all."""
    share = int(parse_amount(given.text("least"), _FACTOR_DIGITS))
    if not 0 < share < _WHOLE:
        raise BadInput(
            f"least is {given.text('least')!r}, no share between 0 and 1",
            'say how much has to be left at least, such as "0.45" for 45 %',
        )
    return share


def _left_now(given: Given, money: Asset) -> int:
    """What is there of what is booked, rounded down to whole per cent."""
    pool, address = given.coop.pool, money.address
    there = money.balance(given.coop.client, pool.address)
    held = int(pool.held(address))
    if there * _WHOLE >= held * int(pool.factor_of(address)):
        raise BadInput(
            f"all that the books need of {money.symbol} is there now",
            "say how much has to be left at least, should some be lost until then: --least 0.45",
        )
    percent: int = there * 100 // held
    if not percent:
        raise BadInput(
            f"less than 1 % of {money.symbol} is left",
            "say how much has to be left at least: --least 0.001",
        )
    return percent * (_WHOLE // 100)


def _send_nft(given: Given) -> list[Action]:
    pool, token, to = given.coop.pool, given.account("token"), given.account("to")
    number = given.number("id")
    if given.has("amount"):
        return [Action.of(pool.send_multi_token, token, to, number, given.number("amount"))]
    return [Action.of(pool.send_nft, token, to, number)]


def _update(given: Given) -> list[Action]:
    report = given.path("report")
    content = keccak256(_params.read_file(report, "the report"))
    pool = given.coop.pool
    return [Action.of(pool.update, given.number("earmark"), given.text("uri"), content)]


FORMS = (
    Form(
        "spend",
        "Propose to pay somebody out of an earmark.",
        (
            Field("earmark", "Its number; 0 is the general fund.", default="0"),
            _ASSET,
            _AMOUNT,
            Field("to", "Who is paid.", "0x..."),
        ),
        _spend,
    ),
    Form(
        "move",
        "Propose to move money from one earmark to another.",
        (
            Field("from", "The earmark that gives.", "0"),
            Field("to", "The earmark that gets.", "2"),
            _ASSET,
            _AMOUNT,
        ),
        _move,
    ),
    Form(
        "open-earmark",
        "Propose to open an earmark: one of the parameters by its label, or any by its fields.",
        (
            Field(
                "label", "Its label in the parameters; then nothing else is needed.", needed=False
            ),
            Field("params", "Reviewed parameters (YAML).", needed=False),
            Field("uri", "Where the purpose is published.", "https://...", needed=False),
            Field(
                "purpose",
                "The purpose in words; its hash goes on the chain.",
                '"..."',
                needed=False,
            ),
            Field("spender", "A part of this pool that alone pays out of it.", needed=False),
            Field("spender-params", "What the spender is told, as 0x-hex.", needed=False),
            Field("restricted", "No vote can use its money for anything else.", flag=True),
            Field("deadline", 'Its end, as "180 days" or "2027-01-31".', needed=False),
        ),
        _open_earmark,
        _is_open,
    ),
    Form(
        "patron-grain",
        "Propose that gifts to an earmark are thanked with grain; rate 0 ends it.",
        (
            Field("earmark", "An earmark that is open to everything.", "0"),
            _ASSET,
            Field("rate", "Grain for one whole unit of the asset.", "10"),
            Field("cap", "Most grain in a period.", "1000", default="0"),
            Field("period", 'How long a period is, as "30 days".', '"30 days"', default="0 days"),
        ),
        _patron_grain,
    ),
    Form(
        "accept-loss",
        "Propose to write an asset down to what is really there, so that it can be paid again.",
        (
            Field("asset", ASSET_HELP, "0x..."),
            Field(
                "least",
                'Share of what is booked that has to be there then, such as "0.45"; left out: what '
                "is there now, in whole per cent.",
                needed=False,
            ),
        ),
        _accept_loss,
    ),
    Form(
        "send-nft",
        "Propose to send a collectible that the Pool holds (ERC-721, or ERC-1155 with an amount).",
        (
            Field("token", "The collection.", "0x..."),
            Field("to", "Who gets it.", "0x..."),
            Field("id", "Which one.", "7"),
            Field("amount", "How many of an ERC-1155.", needed=False),
        ),
        _send_nft,
    ),
    Form(
        "report",
        "Propose to publish a report on an earmark in the name of all members.",
        (
            Field("earmark", "Its number; 0 is the general fund.", "1"),
            Field("uri", "Where the report is published.", "https://..."),
            Field("report", "The report's file; its hash goes on the chain.", "report.md"),
        ),
        _update,
    ),
)
