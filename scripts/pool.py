# SPDX-License-Identifier: AGPL-3.0-only
"""Make a co-op and give to it: create, open-earmark, give, sync.

    ape run pool create --network ... --account alice --params scripts/params/sepolia.yaml
    ape run pool open-earmark cred --network ... --account alice --params ...
    ape run pool give --pool NAME --earmark 1 --amount 12.50 --network ... --account bob
    ape run pool sync --pool NAME --network ... --account anyone

Votes are in proposal.py, payouts in epoch.py.
"""

from pathlib import Path

import click

from millpond.chain import deployments, governance
from millpond.chain.abi import Value, encode_values
from millpond.chain.assets import Asset
from millpond.chain.contracts import Contract
from millpond.chain.coop import ETH, Coop
from millpond.chain.deployments import DeployedPool
from millpond.chain.governance import Action, Draft
from millpond.core.canonical import keccak256
from millpond.core.errors import BadInput
from millpond.core.subjects import to_hex
from millpond.core.units import parse_amount
from scripts import _desk as desk
from scripts import _params
from scripts._desk import Desk

DAY = 86_400
ASSET_HELP = "Address of a token, or its name in the record; ETH if left out."


@click.group()
def cli() -> None:
    """A co-op and the money given to it."""


@desk.command(cli, pool=False)
@desk.params_option
def create(at: Desk, params_path: Path) -> None:
    """Make the co-op of the parameters, in one transaction."""
    params, record = _params.load(params_path), at.record()
    if params.name in record.pools:
        pool = at.coop(params.name).pool.address
        return at.answer(f"{params.name} is there already, at {pool}.", pool=pool)
    hub = Contract(at.client, "Hub", record.contract("Hub").address)
    arguments = params.arguments(params_path.parent)
    _show_creation(at, params, hub.create_pool.simulate(at.signer.address, *arguments))
    at.agree("Create this co-op?")
    receipt = hub.create_pool.send(at.signer, *arguments)
    made = hub.event(receipt, "PoolCreated").args["parts"]
    entry = DeployedPool(
        hub=hub.address,
        parts=dict(zip(Coop.kinds(), made, strict=True)),
        block_number=receipt.block_number,
        transaction_hash=to_hex(receipt.transaction_hash),
    )
    deployments.save(at.folder, record.with_pool(params.name, entry))
    return at.answer(
        f"{params.name} is made. Its money is held by {made.pool}, its members vote at "
        f"{made.governor}.",
        receipt,
        **made._asdict(),
    )


def _show_creation(at: Desk, params: _params.PoolParams, parts: Value) -> None:
    rules = params.rules
    at.plan(
        f"Create the co-op {params.name}",
        ("chain", at.client.chain_id),
        ("sender", at.signer.address),
        ("founders", f"{len(params.founders)}, one vote each"),
        ("maintainers", f"{params.maintainers_needed} of {len(params.maintainers)} sign"),
        ("attesters", f"{params.attesters_needed} of {len(params.attesters)} sign"),
        ("ordinary vote", _vote(rules.ordinary)),
        ("membership vote", _vote(rules.membership)),
        ("rules vote", _vote(rules.rules)),
        ("review of payouts", f"{rules.consent.period // DAY} days"),
        ("will lie at", parts.pool),
    )


def _vote(rule: _params.ClassRules) -> str:
    return f"{rule.period // DAY} days, then {rule.timelock // DAY} of timelock"


@desk.command(cli, pool=False)
@click.argument("label")
@desk.params_option
def open_earmark(at: Desk, label: str, params_path: Path) -> None:
    """Propose to open the earmark LABEL of the parameters, paid out by the distributor."""
    params = _params.load(params_path)
    coop, earmark = at.coop(params.name), params.earmark(label)
    opened = _opened(coop, earmark)
    if opened is not None:
        return at.answer(f"Earmark {opened} is {label} already.", earmark=opened)
    number = int(coop.pool.earmark_count()) + 1
    action = _opening(at, coop, earmark, number)
    salt = keccak256(label.encode())
    draft = Draft.of([action], f"Open the earmark {label}", at.signer.address, salt)
    restricted = "yes: nothing else can ever be paid from it" if earmark.restricted else "no"
    at.plan(
        f"Propose to open earmark {number} ({label})",
        ("pool", coop.pool.address),
        ("purpose", earmark.purpose),
        ("spender", f"{coop.distributor.address} (the distributor)"),
        ("restricted", restricted),
        ("proposal", draft.id),
    )
    if governance.state_of(coop.governor, draft.id) is None:
        at.agree("Propose this?")
        coop.governor.propose.send(at.signer, *draft.arguments)
    return at.answer(f"Proposed, as {draft.id}.", proposal=str(draft.id), earmark=number)


def _opened(coop: Coop, earmark: _params.Earmark) -> int | None:
    """The number of an earmark of that purpose, if the members have opened it already."""
    for event in coop.pool.past_events("EarmarkOpened", coop.since):
        if event.args["purpose_hash"] == earmark.purpose_hash:
            return int(event.args["earmark_id"])
    return None


def _opening(at: Desk, coop: Coop, earmark: _params.Earmark, number: int) -> Action:
    asset = at.asset(earmark.policy.asset)
    policy = _params.policy_words(earmark.policy, asset.address, asset.decimals, number)
    form = coop.distributor.abi.function("set_policy", 1).inputs
    return Action.of(
        coop.pool.open_earmark,
        number,
        earmark.purpose_uri,
        earmark.purpose_hash,
        coop.distributor.address,
        earmark.restricted,
        0,
        encode_values(form, [policy], "the policy"),
    )


@desk.command(cli)
@click.option("--earmark", type=int, required=True, help="Its number; 0 is the general fund.")
@click.option("--asset", default=ETH, help=ASSET_HELP)
@click.option("--amount", required=True, help='In whole units, such as "12.50".')
@click.option("--note", default="", help="Public, at most 256 bytes.")
@click.option("--anonymous", is_flag=True, help="No page shows the name; the chain still does.")
def give(at: Desk, earmark: int, asset: str, amount: str, note: str, anonymous: bool) -> None:
    """Give money to an earmark. Each run is another gift."""
    coop, money = at.coop(), at.asset(asset)
    units = parse_amount(amount, money.decimals)
    _require_givable(at, coop, earmark, money, units)
    at.plan(
        "Give",
        ("pool", coop.pool.address),
        ("earmark", earmark),
        ("amount", money.text(units)),
        ("anonymous", "on pages and feeds; the address is on the chain" if anonymous else "no"),
    )
    at.agree("Give it?")
    money.allow(at.signer, coop.pool.address, units)
    value = units if money.contract is None else 0
    gift = (earmark, money.address, units, note, anonymous)
    receipt = coop.pool.give.send(at.signer, *gift, value=value)
    given = coop.pool.event(receipt, "Given").args["amount"]
    at.answer(f"Given {money.text(given)} to earmark {earmark}.", receipt, amount=str(given))


def _require_givable(at: Desk, coop: Coop, earmark: int, money: Asset, units: int) -> None:
    """Whatever would make the gift fail, before the Pool is allowed to take it."""
    if units == 0:
        raise BadInput("a gift of zero is none", "give more than zero with --amount")
    deadline = coop.pool.earmark(earmark).deadline  # the Pool refuses a number it does not know
    if deadline and at.client.now() >= deadline:
        raise BadInput(
            f"earmark {earmark} has ended",
            "give to an earmark that is still open; 0, the general fund, always is",
        )
    had = money.balance(at.client, at.signer.address)
    if had < units:
        raise BadInput(
            f"{at.signer.address} has {money.text(had)}, less than {money.text(units)}",
            "give less, or get more of it first",
        )


@desk.command(cli)
@click.option("--asset", default=ETH, help=ASSET_HELP)
def sync(at: Desk, asset: str) -> None:
    """Book what was sent to the Pool without `give` to earmark 0."""
    coop, money = at.coop(), at.asset(asset)
    surplus = int(coop.pool.surplus(money.address))
    if surplus == 0:
        return at.answer("There is nothing to book.", amount="0")
    at.plan("Book to earmark 0", ("pool", coop.pool.address), ("amount", money.text(surplus)))
    at.agree("Book it?")
    receipt = coop.pool.sync.send(at.signer, money.address)
    return at.answer(f"Booked {money.text(surplus)} to earmark 0.", receipt, amount=str(surplus))
