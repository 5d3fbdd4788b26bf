# SPDX-License-Identifier: AGPL-3.0-only
"""Decoders of every event of every contract, by the first topic of its log.

Written by scripts/generate_mirror.py from the frozen ABIs; do not edit.
"""

from millpond.mirror.decoders import (
    admission,
    allocation,
    cred_distributor,
    crowdmatch,
    governor,
    grain,
    hub,
    identity,
    matching,
    pool,
    team,
)
from millpond.mirror.decoding import index

BY_TOPIC = index(
    admission.DECODERS,
    allocation.DECODERS,
    cred_distributor.DECODERS,
    crowdmatch.DECODERS,
    governor.DECODERS,
    grain.DECODERS,
    hub.DECODERS,
    identity.DECODERS,
    matching.DECODERS,
    pool.DECODERS,
    team.DECODERS,
)
