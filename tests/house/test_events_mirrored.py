# SPDX-License-Identifier: AGPL-3.0-only
"""Every event of every contract is mirrored, by decoders and tables that are current."""

import re

import pytest

from millpond.chain import abi
from millpond.mirror.decoders import BY_TOPIC
from millpond.mirror.store import schema
from scripts import _mirror_events, generate_mirror
from tests.house.tree import deployables

RENEW = "run: python -m scripts.generate_mirror"


def test_generated__from_the_frozen_abis__current() -> None:
    assert generate_mirror.differences() == {}, RENEW


@pytest.mark.parametrize("contract", deployables())
def test_contract__each_of_its_events__has_a_decoder_and_a_table(contract: str) -> None:
    declared = {form.topic: form.name for form in abi.load(contract).events.values()}
    decoded = {topic: d.event for (kind, topic), d in BY_TOPIC.items() if kind == contract}
    assert decoded == declared
    tables = set(re.findall(r"CREATE TABLE (\w+)", schema()))
    missing = {
        name
        for name in declared.values()
        if f"{_mirror_events.snake(contract)}_{_mirror_events.snake(name)}" not in tables
    }
    assert missing == set()


def test_decoders__no_other_contract__has_any() -> None:
    assert {contract for contract, _ in BY_TOPIC} <= set(deployables())
