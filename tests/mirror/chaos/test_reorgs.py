# SPDX-License-Identifier: AGPL-3.0-only
"""A small part of the campaign of `make chaos`, always the same."""

from pathlib import Path

import pytest

from scripts._local_chain import find_anvil
from tests.mirror.chaos.reorgs import Campaign, every_depth
from tests.mirror.places import SQLITE, database

ROUNDS, SEED = 40, 7
DEPTHS = (1, 2, 3, 5, 8, 13, 21, 34, 55, 63, 64)


def test_every_depth__some_of_them__as_a_fresh_index(on_both: str, tmp_path: Path) -> None:
    if find_anvil() is None:
        pytest.skip("anvil is not installed: only it can reorganise a chain (install Node)")
    some = DEPTHS if on_both == SQLITE else DEPTHS[::4]
    every_depth(database(tmp_path), database(tmp_path, "fresh"), some)


def test_campaign__some_rounds__as_a_fresh_index(tmp_path: Path) -> None:
    if find_anvil() is None:
        pytest.skip("anvil is not installed: only it can reorganise a chain (install Node)")
    campaign = Campaign(SEED, database(tmp_path), database(tmp_path, "fresh"))
    campaign.run(ROUNDS)
    assert campaign.counts["compared"] == 1
    assert campaign.counts["reorgs"] > 10
    assert campaign.counts["killed"] > 5
    assert campaign.counts["faults"] > 5
    assert max(campaign.depths) > 32
