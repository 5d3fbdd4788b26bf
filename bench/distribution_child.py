# SPDX-License-Identifier: AGPL-3.0-only
"""One large distribution, in a process whose memory is measured.

python -m bench.distribution_child build LEAVES FOLDER   document, tree and proofs; the seconds
python -m bench.distribution_child serve LEAVES FOLDER   single proofs from the disk; milliseconds
"""

import json
import os
import random
import sys
import time
from itertools import pairwise
from pathlib import Path

from bench.speed_child import CHAIN_ID, DISTRIBUTOR, POOL, month
from millpond.core.distribution import INPUT_NAMES, InputFile, build, in_pieces
from millpond.core.policies import policy_named
from millpond.core.subjects import of_identity
from millpond.mirror.proof_files import beside, open_proofs, write_proofs

_ASKED = 400
_SEED = 1


def build_all(count: int, folder: Path) -> dict[str, float]:
    """Seconds of the processor for each part. The cred is there already, as a policy takes it."""
    history = month(count)
    times = [time.process_time()]
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
    times.append(time.process_time())
    path = folder / "distribution.json"
    with path.open("wb") as file:
        file.writelines(in_pieces(document))
    times.append(time.process_time())
    write_proofs(document.tree(), beside(path))
    times.append(time.process_time())
    names = ("build_seconds", "write_seconds", "proofs_seconds")
    return dict(zip(names, (b - a for a, b in pairwise(times)), strict=True))


def serve(count: int, folder: Path) -> dict[str, float]:
    """Milliseconds for a proof, its file opened each time and out of the system's memory before."""
    path = folder / "distribution.proofs"
    chance = random.Random(_SEED)  # noqa: S311  (which leaves are asked for)
    asked = [of_identity(f"github:{chance.randrange(count)}") for _ in range(_ASKED)]
    cold = sorted(_milliseconds(path, subject, forget=True) for subject in asked)
    warm = sorted(_milliseconds(path, subject, forget=False) for subject in asked)
    return {
        "cold_median_ms": cold[_ASKED // 2],
        "cold_nine_of_ten_ms": cold[_ASKED * 9 // 10],
        "warm_median_ms": warm[_ASKED // 2],
        "warm_nine_of_ten_ms": warm[_ASKED * 9 // 10],
    }


def _milliseconds(path: Path, subject: bytes, *, forget: bool) -> float:
    if forget and hasattr(os, "posix_fadvise"):
        handle = os.open(path, os.O_RDONLY)
        os.posix_fadvise(handle, 0, 0, os.POSIX_FADV_DONTNEED)
        os.close(handle)
    began = time.perf_counter()
    with open_proofs(path) as tree:
        tree.proven(subject)
    return 1_000 * (time.perf_counter() - began)


if __name__ == "__main__":
    told = {"build": build_all, "serve": serve}[sys.argv[1]](int(sys.argv[2]), Path(sys.argv[3]))
    sys.stdout.write(json.dumps(told) + "\n")
