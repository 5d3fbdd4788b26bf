# SPDX-License-Identifier: AGPL-3.0-only
"""Builds the distribution of one epoch from a cred history and refuses a wrong one."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from millpond.core.cred import CredHistory
from millpond.core.distribution.checks import check
from millpond.core.distribution.differences import Notes, differences_of
from millpond.core.distribution.model import (
    Distribution,
    Exclusion,
    InputFile,
    Previous,
    changes_of,
    leaves_of,
    no_leaf_of,
    signers_of,
)
from millpond.core.policies import Given, Past, Policy
from millpond.core.subjects import Subject, address_bytes, checksum_address
from millpond.core.sum_tree import SumTree
from millpond.core.units import BPS_ALL, Amount, Bps, ChainId, Epoch, whole


def build(  # noqa: PLR0913  (keyword-only: the given part of a document)
    *,
    chain_id: int,
    pool: str,
    distributor: str,
    epoch: int,
    history: CredHistory,
    policy: Policy,
    inputs: Sequence[InputFile],
    signer_cap_bps: int,
    signers: Mapping[str, Sequence[Subject]],
    exclusions: Iterable[Exclusion] = (),
    weights: str | None = None,
    previous: Previous | None = None,
    earlier: CredHistory | None = None,
    past: Past | None = None,
    budget: int | None = None,
    notes: Notes | None = None,
) -> Distribution:
    """Build the distribution of one epoch and check every step of it.

    `inputs` names each of `INPUT_NAMES`; `signers` maps each maintainer's address to her subjects;
    `previous` is None for epoch 1 only. A policy that looks back takes the weeks right before the
    epoch as `earlier`; one that balances takes `past` and `budget`; no other may have them.
    `notes` say why what differs from the last distribution (`previous_of`) does.

    Refused: whatever `checks.check` refuses (`DocumentError`, whose `step` names the part), leaves
    that make no tree (`TreeError`), cred that the policy cannot score (`ParameterError`).
    """
    out = tuple(sorted(exclusions, key=lambda exclusion: exclusion.subject))
    to_pay = None if budget is None else Amount(whole(budget, "the budget"))
    scores = policy.scores(
        Given(
            history,
            earlier,
            past,
            to_pay,
            signers,
            whole(signer_cap_bps, "the signers' cap", 0, BPS_ALL),
            frozenset(exclusion.subject for exclusion in out),
        )
    )
    leaves = leaves_of(scores, out)
    tree = SumTree.build(chain_id, distributor, epoch, leaves)
    distribution = Distribution(
        chain_id=ChainId(chain_id),
        pool=checksum_address(address_bytes(pool)),
        distributor=checksum_address(address_bytes(distributor)),
        epoch=Epoch(epoch),
        previous=previous,
        weeks=history.weeks,
        inputs=tuple(sorted(inputs, key=lambda each: each.name)),
        weights=weights,
        policy=policy.name,
        parameters=dict(policy.parameters),
        people=history.people,
        earlier=earlier,
        past=past,
        budget=to_pay,
        exclusions=out,
        signer_cap_bps=Bps(signer_cap_bps),
        signers=signers_of(signers, leaves, tree.total, signer_cap_bps),
        no_leaf=no_leaf_of(history.people, scores),
        leaves=leaves,
        total=tree.total,
        root=tree.root,
        changes=changes_of(scores, out),
        notes=notes or Notes(),
        differences=(),
    )
    distribution = replace(distribution, differences=differences_of(distribution))
    distribution.keep(tree, scores)
    check(distribution)
    return distribution
