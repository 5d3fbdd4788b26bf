# SPDX-License-Identifier: AGPL-3.0-only
"""Grain in the hands of its holders."""

from bench.house import DAY
from bench.meter import Call, Meter
from bench.mill import Mill
from bench.people import People
from bench.permits import permit
from millpond.chain.signers import LocalSigner

AMOUNT = 1_234_567_890_123_456_789


def measure(meter: Meter, mill: Mill, people: People) -> None:
    """Transfers and permits, of the pool's own contract."""
    grain = mill.house.coop.grain
    meter.measure(
        "grain_transfer",
        "an 18-digit amount; both hold some",
        Call(people.claimant, grain.transfer, (people.other.address, AMOUNT)),
        (grain, "Transfer", 1),
    )
    _permit(meter, mill, people, people.claimant, "grain_permit_first", "who holds grain")
    _permit(meter, mill, people, people.stranger, "grain_permit_first_no_grain", "who holds none")


def _permit(
    meter: Meter, mill: Mill, people: People, owner: LocalSigner, operation: str, who: str
) -> None:
    grain, spender = mill.house.coop.grain, people.payee.address
    deadline = mill.house.client.now() + DAY
    signed = permit(grain, owner, spender, AMOUNT, deadline)
    words = (owner.address, spender, AMOUNT, deadline, *signed)
    meter.measure(
        operation,
        f"the first permit of somebody {who}, carried by another",
        Call(people.relayer, grain.permit, words),
        (grain, "Approval", 1),
    )
