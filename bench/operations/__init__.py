# SPDX-License-Identifier: AGPL-3.0-only
"""The operations that are measured, one file for each part of a co-op's life, in its order.

Each row's set-up stands beside the transaction it describes and is printed with the figure.
"""

from pathlib import Path

from bench.meter import Figure, Meter, Told
from bench.operations import (
    admission,
    claims,
    deployment,
    distribution,
    founding,
    grain,
    many,
    members,
    money,
    spending,
    voting,
)
from bench.people import People
from millpond.chain import dev_time
from millpond.chain.client import Client

START = 4_000_000_000
"""The time of the first block that counts: later than any clock, so that all times are fixed."""
SECONDS_A_BLOCK = 12


def measure_all(client: Client, folder: Path, told: Told) -> list[Figure]:
    """Every row, on a new chain; `folder` takes the record of deployments."""
    fix_clock(client)
    meter, people = Meter(client, told), People()
    site = deployment.measure(meter, folder, people)
    small, monthly = founding.measure(meter, site, people)
    money.measure(meter, site, small, people)
    voting.measure(meter, site, small, people)
    members.measure(meter, small, people)
    many.measure(meter, small, people)
    admission.measure(meter, site, people)
    mill = distribution.measure(meter, site, monthly, people)
    claims.measure(meter, mill, people)
    grain.measure(meter, mill, people)
    spending.measure(meter, site, people)
    founding.measure_smallest(meter, site, people)
    return list(meter.figures.values())


def fix_clock(client: Client) -> None:
    """Each block comes twelve seconds after the last, whatever the machine's clock says."""
    client.rpc.tell("anvil_setBlockTimestampInterval", [SECONDS_A_BLOCK])
    dev_time.advance_to(client, START)
