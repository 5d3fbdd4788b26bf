# SPDX-License-Identifier: AGPL-3.0-only
"""Builds the tree and the document of a large month, in a process whose memory is measured.

python -m bench.speed_child PEOPLE FOLDER       writes FOLDER/distribution.json, prints the seconds
"""

import json
import sys
import time
from pathlib import Path

from millpond.core.cred import CredHistory, PersonCred, sorted_people
from millpond.core.distribution import INPUT_NAMES, InputFile, build, to_json
from millpond.core.policies import policy_named
from millpond.core.subjects import of_identity
from millpond.core.sum_tree import SumTree
from millpond.core.units import MicroCred
from millpond.core.weeks import weeks_of_month

CHAIN_ID, POOL, DISTRIBUTOR = 1337, "0x" + "11" * 20, "0x" + "22" * 20


def month(count: int) -> CredHistory:
    """Four weeks of cred for so many GitHub accounts."""
    weeks = weeks_of_month("2019-09")

    def person(number: int) -> PersonCred:
        identity = f"github:{number}"
        weekly = tuple(MicroCred(1_000_000 + number * 97 % 1_000_003) for _ in weeks)
        return PersonCred(of_identity(identity), identity, weekly)

    return CredHistory(weeks, sorted_people(map(person, range(count))))


def main(count: int, folder: Path) -> dict[str, float]:
    """Seconds of wall time for the tree alone, and for the document with its tree and checks."""
    history = month(count)
    leaves = [(bytes(person.subject), int(person.cred)) for person in history.people]
    began = time.perf_counter()
    SumTree.build(CHAIN_ID, DISTRIBUTOR, 1, leaves)
    tree = time.perf_counter()
    document = build(
        chain_id=CHAIN_ID,
        pool=POOL,
        distributor=DISTRIBUTOR,
        epoch=1,
        history=history,
        policy=policy_named("proportional", {}),
        inputs=[InputFile(name, None, "made up to measure with") for name in INPUT_NAMES],
        signer_cap_bps=10_000,
        signers={},
    )
    (folder / "distribution.json").write_bytes(to_json(document))
    written = time.perf_counter()
    return {"tree_seconds": tree - began, "document_seconds": written - tree}


if __name__ == "__main__":
    sys.stdout.write(json.dumps(main(int(sys.argv[1]), Path(sys.argv[2]))) + "\n")
