# SPDX-License-Identifier: AGPL-3.0-only
"""A co-op for members and maintainers: make it, join it, decide, give, and see what it has.

    ape run pool create --params scripts/params/sepolia.yaml --network ... --account alice --send
    ape run pool give --pool NAME --earmark 1 --amount 12.50 --network ... --account bob --send

Without --send a command tries everything and sends nothing. Members are in _pool_members and
_pool_rebind, decisions in _pool_propose, _pool_votes and _pool_show, money in _pool_money and
_pool_books; payouts are in epoch.py.
"""

from pathlib import Path

from millpond.chain import deployments
from millpond.chain.abi import Value
from millpond.chain.answers import Receipt
from millpond.chain.contracts import Contract
from millpond.chain.coop import Coop
from millpond.chain.deployments import DeployedPool
from millpond.core.errors import DeploymentError
from millpond.core.subjects import to_hex
from scripts import _desk as desk
from scripts import (
    _params,
    _pool_books,
    _pool_members,
    _pool_money,
    _pool_propose,
    _pool_rebind,
    _pool_show,
    _pool_votes,
)
from scripts._desk import Desk
from scripts._pool import cli

__all__ = ["PARTS", "cli"]

PARTS = (
    _pool_members,
    _pool_rebind,
    _pool_propose,
    _pool_votes,
    _pool_show,
    _pool_money,
    _pool_books,
)
"""The files whose commands hang on the same group."""
DAY = 86_400


@desk.command(cli, pool=False)
@desk.params_option
def create(at: Desk, params_path: Path) -> None:
    """Make the co-op of the parameters, in one transaction.

    ape run pool create --params scripts/params/sepolia.yaml
    """
    params, record = _params.load(params_path), at.record()
    if params.name in record.pools:
        pool = at.coop(params.name).pool.address
        return at.done_already(f"{params.name} is there already, at {pool}.", pool=pool)
    hub = Contract(at.client, "Hub", record.contract("Hub").address)
    what = f"Create the co-op {params.name}"
    receipt = at.receipt_of(what)  # the Hub makes no second one of the name: it has to be found
    if receipt is not None and not at.send:
        return at.done_already(f"{params.name} is made; add --send to record it.")
    if receipt is None:
        arguments = params.arguments(params_path.parent, at.asset)
        _show_creation(at, params, hub.create_pool.simulate(at.signer.address, *arguments))
        receipt = at.carry_out(what, hub.create_pool, *arguments)
    made = _made(hub, params.name, receipt)
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


def _made(hub: Contract, name: str, receipt: Receipt) -> Value:
    """The parts that a receipt tells of, if the Hub has that pool under that name."""
    made = hub.event(receipt, "PoolCreated").args["parts"]
    if (known := hub.pool_named(name)) != made.pool:
        raise DeploymentError(
            f"the receipt tells of a pool at {made.pool}, and the Hub has {name} at {known}",
            "do not use either: ask another node, and check with `millpond verify code`",
        )
    return made


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
