# SPDX-License-Identifier: AGPL-3.0-only
"""What only a dev chain can do, by its commands: time passes, dollars are made."""

from typing import Any

import pytest

from millpond.core.units import parse_amount
from scripts._demo_story import REALLY
from scripts._desk import Refused
from scripts._stage import DECIMALS
from scripts.dev import cli
from tests.chain.nodes import Reply, odd_node, result, through
from tests.scripts.town import PATRON, STRANGER, Town

pytestmark = [
    pytest.mark.filterwarnings("ignore:unclosed <socket:ResourceWarning"),
    pytest.mark.filterwarnings(
        "ignore:Exception ignored in. <socket:pytest.PytestUnraisableExceptionWarning"
    ),
]
SEPOLIA = 11_155_111


def test_wait__days__pass_on_the_chain(town: Town) -> None:
    before = town.stage.client.now()
    found = town.stage.run("dev wait", "8 days", loud=False)
    assert found["now"] == town.stage.client.now()
    assert 0 <= found["now"] - before - 8 * 86_400 <= 60


def test_wait__no_length_of_time__is_refused(town: Town) -> None:
    with pytest.raises(Refused, match="LENGTH is 'soon', no length of time"):
        town.stage.run("dev wait", "soon", loud=False)


def test_mint__an_amount__is_the_account_s_to_give(town: Town) -> None:
    amount = ("--amount", "800")
    assert town.stage.run("dev mint", *amount, by=PATRON, loud=False)["sent"] is False
    assert town.dollar.balanceOf(town.address(PATRON)) == 0
    town.stage.run("dev mint", *amount, *REALLY, by=PATRON, loud=False)
    assert town.dollar.balanceOf(town.address(PATRON)) == 800 * 10**DECIMALS
    gift = ("--earmark", "0", "--asset", "TestDollar", *amount)
    assert town.do("pool give", *gift, by=PATRON)["amount"] == str(parse_amount("800", DECIMALS))


def test_mint__for_another__goes_there(town: Town) -> None:
    to = ("--to", town.address(STRANGER))
    town.stage.run("dev mint", "--amount", "1.5", *to, *REALLY, by=PATRON, loud=False)
    assert town.dollar.balanceOf(town.address(STRANGER)) == 15 * 10 ** (DECIMALS - 1)


@pytest.mark.parametrize("line", [("wait", "1 days"), ("mint", "--amount", "1", *REALLY)])
def test_dev__on_a_chain_of_value__is_refused(town: Town, line: tuple[str, ...]) -> None:
    def real(question: dict[str, Any]) -> Reply | None:
        return result(hex(SEPOLIA)) if question["method"] == "eth_chainId" else None

    before = town.blocks
    with odd_node(through(town.stage.url, real)) as node:
        network = ("--network", f"ethereum:sepolia:{node.url}")
        by = ("--account", "TEST::1") if "mint" in line else ()
        with pytest.raises(Refused, match=f"on a dev chain only, and this is chain {SEPOLIA}"):
            cli.main([*line, *network, *by], standalone_mode=False)
    assert town.blocks == before
