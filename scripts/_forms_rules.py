# SPDX-License-Identifier: AGPL-3.0-only
"""What a proposal can change of the rules and the contracts, and any other call."""

from millpond.chain.contracts import Contract
from millpond.chain.coop import ETH
from millpond.chain.governance import Action, State
from millpond.chain.proposals import find
from millpond.core.errors import BadInput
from millpond.core.subjects import address_bytes
from scripts import _params
from scripts._forms import Field, Form
from scripts._forms_money import labelled, opening
from scripts._given import Given, argument

_PARAMS = "Reviewed parameters (YAML), or a file with this part of them alone."
_SELECTOR = 4
_KIND = b"cred-distributor"
_UNDONE = {State.PENDING, State.ACTIVE, State.SUCCEEDED, State.QUEUED}


def _set_rules(given: Given) -> list[Action]:
    rules = _params.part(given.path("params"), "rules", _params.Rules)
    return [Action.of(given.coop.governor.set_rules, rules.words)]


def _install_part(given: Given) -> list[Action]:
    part, selector = given.account("part"), given.octets("consent")
    if selector and len(selector) != _SELECTOR:
        raise BadInput("consent is no selector", "give four bytes, such as 0x12345678")
    Contract(given.coop.client, "Governor", part).require_deployed()
    return [Action.of(given.coop.governor.install, part, selector or bytes(_SELECTOR))]


def _install(given: Given) -> list[Action]:
    """The new distributor may create grain and pays out the earmark of the label at once."""
    params, coop = _params.load(given.path("params")), given.coop
    setup = coop.distributor.setup.encode(
        params.maintainer_words, params.maintainers_needed, params.season_epochs
    )
    kind = _KIND.ljust(32, b"\0")
    part = str(coop.hub.next_install(coop.pool.address, kind, setup))
    return [
        Action.of(coop.hub.install, kind, setup),
        Action.of(coop.grain.set_minter, part, True),
        opening(given, labelled(given), part),
    ]


def _cancel(given: Given) -> list[Action]:
    """The Governor itself may withdraw what its members can not any more."""
    governor = given.coop.governor
    found = find(given.coop, given.text("proposal"))
    state = State(governor.state(found.id))
    if state not in _UNDONE:
        raise BadInput(
            f"proposal {found.number} is {state.name.lower()}: nothing is left to withdraw",
            "leave it as it is",
        )
    return [Action.of(governor.cancel, *found.draft.carried_out)]


def _set_dao_uri(given: Given) -> list[Action]:
    return [Action.of(given.coop.hub.set_dao_uri, given.text("uri"))]


def _set_minter(given: Given) -> list[Action]:
    minter, allowed = given.account("minter"), not given.flag("never-again")
    if given.coop.grain.is_minter(minter) == allowed:
        now = "mints grain already" if allowed else "does not mint grain"
        raise BadInput(f"{minter} {now}", "there is nothing to propose")
    return [Action.of(given.coop.grain.set_minter, minter, allowed)]


def _set_policy(given: Given) -> list[Action]:
    policy = _params.load(given.path("params")).earmark(given.text("label")).policy
    number, asset = given.number("earmark"), given.at.asset(policy.asset)
    words = _params.policy_words(policy, asset.address, asset.decimals, number)
    return [Action.of(given.coop.distributor.set_policy, words)]


def _set_maintainers(given: Given) -> list[Action]:
    params = _params.load(given.path("params"))
    method = given.coop.distributor.set_maintainers
    return [Action.of(method, params.maintainer_words, params.maintainers_needed)]


def _set_season(given: Given) -> list[Action]:
    return [Action.of(given.coop.distributor.set_season, given.number("epochs"))]


def _set_attesters(given: Given) -> list[Action]:
    attesters = sorted(given.accounts("attester"), key=address_bytes)
    needed = given.number("needed")
    return [
        Action.of(given.coop.identity.set_attesters, given.coop.pool.address, attesters, needed)
    ]


def _set_attesting_pools(given: Given) -> list[Action]:
    pools = given.accounts("attesting") if given.has("attesting") else []
    strange = [pool for pool in pools if not given.coop.hub.is_pool(pool)]
    if strange:
        raise BadInput(f"{strange[0]} is no pool of this Hub", "give the address of a Pool")
    return [Action.of(given.coop.identity.set_attesting_pools, given.coop.pool.address, pools)]


def _call(given: Given) -> list[Action]:
    """Any function of any contract; its ABI says what the arguments are."""
    form, given_args = given.abi("abi"), given.texts("arg") if given.has("arg") else []
    function = form.function(given.text("function"), len(given_args))
    args = [
        argument(param, value, f"argument {param.name or number}")
        for number, (param, value) in enumerate(zip(function.inputs, given_args, strict=True), 1)
    ]
    contract = Contract(given.coop.client, form.name, given.account("target"), form)
    contract.require_deployed()
    value = given.amount("value", given.at.asset(ETH)) if given.has("value") else 0
    return [Action(contract.address, value, function.encode(args))]


def _send(given: Given) -> list[Action]:
    """ETH that an earlier action spent to the Governor goes on, with bytes made elsewhere."""
    value = given.amount("value", given.at.asset(ETH)) if given.has("value") else 0
    return [Action(given.account("target"), value, given.octets("data"))]


FORMS = (
    Form(
        "set-rules",
        "Propose other rules for the proposals to come.",
        (Field("params", _PARAMS, "rules.yaml"),),
        _set_rules,
    ),
    Form(
        "install-part",
        "Propose to make a contract a part of this pool.",
        (
            Field("part", "The contract.", "0x..."),
            Field("consent", "The selector that it may ask consent for, as 0x-hex.", needed=False),
        ),
        _install_part,
    ),
    Form(
        "install",
        "Propose another distributor of cred, with an earmark of its own to pay out.",
        (
            Field("params", _PARAMS, "params.yaml"),
            Field("label", "The earmark's label in the parameters.", "cred"),
        ),
        _install,
    ),
    Form(
        "set-dao-uri",
        "Propose where the co-op describes itself to programs (ERC-4824).",
        (Field("uri", "Of the description.", "https://..."),),
        _set_dao_uri,
    ),
    Form(
        "set-minter",
        "Propose who may create grain.",
        (
            Field("minter", "A part of this pool.", "0x..."),
            Field("never-again", "Take the right away.", flag=True),
        ),
        _set_minter,
    ),
    Form(
        "set-policy",
        "Propose how the distributor pays from the next epoch on.",
        (
            Field("params", _PARAMS, "params.yaml"),
            Field("label", "The earmark's label in the parameters.", "cred"),
            Field("earmark", "The earmark's number.", "1"),
        ),
        _set_policy,
    ),
    Form(
        "set-maintainers",
        "Propose who signs distributions, by the parameters.",
        (Field("params", _PARAMS, "params.yaml"),),
        _set_maintainers,
    ),
    Form(
        "set-season",
        "Propose another season of payouts; 0 epochs end it.",
        (Field("epochs", "How many epochs may be paid.", "12"),),
        _set_season,
    ),
    Form(
        "set-attesters",
        "Propose who checks that an identity and an account are one person.",
        (
            Field("attester", "May be given several times.", "0x...", many=True),
            Field("needed", "How many of them must sign a link.", "2"),
        ),
        _set_attesters,
    ),
    Form(
        "set-attesting-pools",
        "Propose whose attesters' links of identities and accounts count here.",
        (
            Field(
                "attesting",
                "A Pool; may be given several times, the first one decides.",
                "0x...",
                many=True,
                needed=False,
            ),
        ),
        _set_attesting_pools,
    ),
    Form(
        "cancel",
        "Propose to withdraw a proposal that has passed and was not carried out.",
        (Field("proposal", "Its number, or its id.", "3"),),
        _cancel,
    ),
    Form(
        "call",
        "Propose any call of any contract, by its ABI.",
        (
            Field("target", "The contract.", "0x..."),
            Field(
                "abi", "A compiler's JSON file, or the name of one of our contracts.", "abi.json"
            ),
            Field("function", "The function's name.", "transfer"),
            Field("arg", "One for each argument, in order.", "0x...", needed=False, many=True),
            Field("value", "ETH that goes along.", needed=False),
        ),
        _call,
    ),
    Form(
        "send",
        "Propose to send on ETH that an earlier action spent to the Governor.",
        (
            Field("target", "Who gets it.", "0x..."),
            Field("value", "ETH, in whole units.", "0.5", needed=False),
            Field("data", "Bytes that somebody else made, as 0x-hex.", needed=False),
        ),
        _send,
    ),
)
