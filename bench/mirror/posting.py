# SPDX-License-Identifier: AGPL-3.0-only
"""A real distribution of ten thousand leaves for the first co-op's first epoch: its document goes
on a shelf, and the chain has its root, so that the API can be asked for proofs."""

from functools import cache
from pathlib import Path

from bench.mirror.blocks import CHAIN_ID
from bench.mirror.story import COOPS, Posting
from bench.speed_child import month
from millpond.core.distribution import (
    INPUT_NAMES,
    Distribution,
    InputFile,
    build,
    data_hash,
    to_json,
)
from millpond.core.policies import policy_named
from millpond.core.subjects import of_identity, to_hex
from millpond.mirror.proof_files import beside, write_proofs

LEAVES = 10_000


@cache
def _document() -> Distribution:
    return build(
        chain_id=CHAIN_ID,
        pool=to_hex(COOPS[0].part("Pool")),
        distributor=to_hex(COOPS[0].part("CredDistributor")),
        epoch=1,
        history=month(LEAVES),
        policy=policy_named("proportional", {}),
        inputs=[InputFile(name, None, "made up to measure with") for name in INPUT_NAMES],
        signer_cap_bps=10_000,
        signers={},
    )


def posting() -> Posting:
    """What the chain has of it."""
    document = _document()
    tree = document.tree()
    return Posting(tree.root, tree.total, LEAVES, data_hash(document))


def put_on_shelf(folder: Path) -> None:
    """The document and its proofs, as a maintainer publishes them."""
    document = _document()
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{to_hex(data_hash(document))}.json"
    path.write_bytes(to_json(document))
    write_proofs(document.tree(), beside(path))


def subject(number: int) -> str:
    """Of one of the people in it."""
    return to_hex(of_identity(f"github:{number % LEAVES}"))
