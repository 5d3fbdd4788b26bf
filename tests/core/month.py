# SPDX-License-Identifier: AGPL-3.0-only
"""The real month of 2019-09 and documents made of it, for the tests of the distribution."""

import json
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from millpond.core.canonical import encode, keccak256
from millpond.core.cred import CredHistory
from millpond.core.distribution import (
    Distribution,
    Exclusion,
    InputFile,
    Posted,
    Previous,
    build,
    to_json,
)
from millpond.core.policies import policy_named
from millpond.core.subjects import Subject, of_identity
from millpond.core.weeks import weeks_of_month
from millpond.sources.sourcecred import FORMAT, ScoreFile, read_scores

POOL = "0x" + "11" * 20
DISTRIBUTOR = "0x" + "22" * 20
POT = 2_000_000_000
MINIMUM = 5_000_000
GRAIN_POT = 10**21

MAINTAINERS = ("0x" + "a1" * 20, "0x" + "a2" * 20, "0x" + "a3" * 20)


@cache
def score_bytes() -> bytes:
    return (files("millpond") / "data" / "credsperiment-2019" / "scores-week2.json").read_bytes()


@cache
def scores() -> ScoreFile:
    return read_scores(score_bytes())


@cache
def history() -> CredHistory:
    return scores().history(weeks_of_month("2019-09"))


@cache
def expected_payouts() -> dict[str, str]:
    """Exact payouts in dollars by "sourcecred:..." identity, made apart from this project."""
    path = Path(__file__).parents[1] / "vectors/credsperiment-2019/expected-seed-month.json"
    payouts: dict[str, str] = json.loads(path.read_text(encoding="utf-8"))["payouts"]
    return {f"sourcecred:{name}": amount for name, amount in payouts.items()}


def who(name: str) -> Subject:
    """The subject of one of the file's own identities, such as "decentralion"."""
    return of_identity(f"sourcecred:sourcecred/identity/{name}")


def inputs() -> list[InputFile]:
    missing = "the CredSperiment did not publish it with the scores"
    return [
        InputFile("scores", scores().file_hash, FORMAT),
        *(InputFile(name, None, missing) for name in ("graph", "weights", "identities")),
    ]


def september(
    *,
    epoch: int = 1,
    previous: Previous | None = None,
    exclusions: Sequence[Exclusion] = (),
    signers: Mapping[str, Sequence[Subject]] | None = None,
    signer_cap_bps: int = 2_500,
    weights: str | None = None,
    files_: Sequence[InputFile] | None = None,
) -> Distribution:
    """The distribution of 2019-09; a first maintainer owns decentralion's leaf unless told."""
    own = {MAINTAINERS[0]: [who("decentralion")], MAINTAINERS[1]: [], MAINTAINERS[2]: []}
    return build(
        chain_id=1337,
        pool=POOL,
        distributor=DISTRIBUTOR,
        epoch=epoch,
        previous=previous,
        history=history(),
        policy=policy_named("proportional", {}),
        inputs=inputs() if files_ is None else files_,
        weights=weights,
        exclusions=exclusions,
        signers=own if signers is None else signers,
        signer_cap_bps=signer_cap_bps,
    )


BEGIN = 1_567_296_000_000
WEIGHTS = '{"likes":"4"}'


@cache
def rich() -> Distribution:
    """A document that uses every part: a previous epoch, weights, exclusions, signers."""
    files_ = [each for each in inputs() if each.name not in ("weights", "graph")]
    files_ += [
        InputFile("weights", keccak256(WEIGHTS.encode()), "as voted"),
        InputFile("graph", b"\x77" * 32, "from our own instance"),
    ]
    return september(
        epoch=2,
        previous=Previous(1, b"\x0e" * 32, BEGIN),
        exclusions=[Exclusion(who("Beanow"), "asked to"), Exclusion(who("wchargin"), "a bot")],
        signers={MAINTAINERS[0]: [who("decentralion"), who("s_ben")], MAINTAINERS[1]: []},
        signer_cap_bps=2_500,
        weights=WEIGHTS,
        files_=files_,
    )


@cache
def good() -> bytes:
    return to_json(rich())


def posted() -> Posted:
    document = rich()
    return Posted(
        chain_id=1337,
        distributor=DISTRIBUTOR,
        epoch=2,
        root=document.root,
        total_cred=document.total,
        leaf_count=document.leaf_count,
        data_hash=keccak256(good()),
    )


def edit(change: Callable[[Any], object]) -> bytes:
    document: Any = json.loads(good())
    change(document)
    return encode(document)
