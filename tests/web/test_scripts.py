# SPDX-License-Identifier: AGPL-3.0-only
"""The scripts of the pages: what they know of the contracts is what the contracts are."""

import json
import re

import pytest

from millpond.api.pages import scripts
from millpond.chain.next_steps import table
from tests.api.site import Site
from tests.house.tree import PACKAGE, ROOT
from tests.web.html import parsed

SOURCES = ROOT / "frontend" / "src"


def test_scripts__functions_that_they_call__are_those_of_the_frozen_abis() -> None:
    known = json.loads((SOURCES / "abi.json").read_bytes())
    assert set(known) == {"Governor", "Hub", "CredDistributor"}
    for contract, functions in known.items():
        frozen = json.loads((PACKAGE / "chain" / "abis" / f"{contract}.json").read_bytes())
        assert functions
        assert [each for each in functions if each not in frozen] == []


def test_scripts__what_they_do_in_the_page__needs_no_eval_and_writes_no_html() -> None:
    for path in SOURCES.glob("*.ts"):
        text = path.read_text("utf-8")
        assert text.startswith("// SPDX-License-Identifier: AGPL-3.0-only\n"), path.name
        written = re.findall(
            r"innerHTML =|outerHTML|insertAdjacentHTML|document\.write|eval\(|new Function", text
        )
        assert written == [], path.name


def test_next_steps__for_every_reason_of_ours__are_at_hand_for_scripts(site: Site) -> None:
    [active] = site.every("/v1/pools/mill/proposals?state=queued")
    page = site.page(f"/pools/mill/proposals/{active['id']}")
    [address] = set(re.findall(r'data-steps="([^"]+)"', page))
    reply = site.get(address)
    assert reply.headers["content-type"] == "application/json"
    assert reply.json() == dict(table())


def test_page__whose_scripts_were_not_built__says_how_to_vote_and_nothing_of_wallets(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scripts, "_pages", dict)
    [queued] = site.every("/v1/pools/mill/proposals?state=queued")
    page = parsed(site.page(f"/pools/mill/proposals/{queued['id']}"))
    assert page.all("script", "button") == []
    panel = page.by_id("vote")
    assert "wallet" not in panel.text
    assert f"ape run pool ballot --pool mill --proposal {queued['id']}" in panel.text
    assert "No script runs on this page." in page.one("footer").text
