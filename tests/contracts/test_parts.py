# SPDX-License-Identifier: AGPL-3.0-only
"""Parts: which contracts belong to a pool, and who adds them."""

import re
from typing import Any

import pytest
from eth_utils.crypto import keccak

from tests.contracts.compiled import ROOT, artifact
from tests.contracts.coop import Coop, Desk, named
from tests.contracts.evm import Actor

SELECTOR = re.compile(
    r"^([A-Z_]+): constant\(uint256\) = ([0-9]+)\s*# 0x([0-9a-f]{8}) (\S+)$", re.MULTILINE
)
SET_BY_A_LINE_ABOVE = re.compile(
    r"^# (\S+):.*\n([A-Z_]+): constant\(bytes4\) = 0x([0-9a-f]{8})$", re.MULTILINE
)


def signatures(name: str) -> dict[str, Any]:
    """Each function of a contract's real ABI by its signature."""

    def written(item: dict[str, Any]) -> str:
        kind = str(item["type"])
        if not kind.startswith("tuple"):
            return kind
        return "(" + ",".join(written(c) for c in item["components"]) + ")" + kind[5:]

    return {
        f"{e['name']}({','.join(written(i) for i in e['inputs'])})": e
        for e in artifact(name).abi
        if e["type"] == "function"
    }


def test_selectors__in_the_table__are_of_the_signatures_beside_them() -> None:
    text = (ROOT / "contracts/modules/parts.vy").read_text()
    found = SELECTOR.findall(text)
    assert [name for name, *_ in found] == [
        *("REMOVE", "REBIND", "OFFER", "EXPEL", "SPEND", "MOVE", "UPDATE"),
        *("SEND_NFT", "SEND_MULTI_TOKEN", "OPEN_EARMARK"),
    ]
    owner = {"REMOVE": "Governor"} | dict.fromkeys(("REBIND", "OFFER", "EXPEL"), "Admission")
    for name, number, selector, signature in found:
        assert keccak(text=signature)[:4].hex() == selector
        assert int(number) == int(selector, 16)
        assert signature in signatures(owner.get(name, "Pool")), signature


def test_selectors__in_the_hub__are_of_the_distributors_finalise() -> None:
    text = (ROOT / "contracts/modules/later_parts.vy").read_text()
    ((signature, name, selector),) = SET_BY_A_LINE_ABOVE.findall(text)
    assert name == "FINALISE"
    assert keccak(text=signature)[:4].hex() == selector
    assert signature in signatures("CredDistributor")


def test_spender_at__is_where_the_pool_reads_the_spender() -> None:
    (opening,) = (e for s, e in signatures("Pool").items() if s.startswith("open_earmark("))
    place = [i["name"] for i in opening["inputs"]].index("spender")
    # every argument takes one word of the head: text and bytes only their place
    assert all(not i["type"].endswith("]") for i in opening["inputs"])
    assert 4 + 32 * place == 100
    text = (ROOT / "contracts/modules/parts.vy").read_text()
    assert "SPENDER_ENDS: constant(uint256) = 4 + 4 * 32" in text


# --- add_hub_part ------------------------------------------------------------------------------


def test_add_hub_part__by_the_hub__is_marked_as_the_hubs(desk: Desk) -> None:
    part = desk.evm.deploy("Puppet")
    selector = part.calldata("decide", 0)[:4]
    desk.governor.add_hub_part(part, selector, False, sender=desk.hub)
    (log,) = desk.evm.logs
    assert (log.name, log.args) == (
        "PartInstalled",
        {"part": part.address, "made_by_hub": True, "consent_selector": selector},
    )
    assert desk.governor.is_hub_part(part)
    assert desk.governor.part_words(part) == 3 | int.from_bytes(selector) << 32


def test_add_hub_part__the_admission__may_seat_members(desk: Desk, outsider: Actor) -> None:
    assert desk.governor.part_words(desk.door) == 7
    desk.governor.admit([outsider], sender=desk.door)
    assert desk.governor.isMember(outsider)


def test_add_hub_part__by_anybody_else__is_refused(coop: Coop, outsider: Actor) -> None:
    part = coop.evm.deploy("Puppet")
    for caller in (outsider, coop.founders[0]):
        with coop.evm.reverts("governor: only the hub"):
            coop.governor.add_hub_part(part, bytes(4), True, sender=caller)
    call = coop.governor.calldata("add_hub_part", part, bytes(4), True)
    proposal = coop.passed((coop.governor, 0, call))
    with coop.evm.reverts("governor: only the hub"):
        coop.execute(proposal)


# --- install -----------------------------------------------------------------------------------


def test_install__by_a_rules_vote__is_a_part_but_not_the_hubs(coop: Coop) -> None:
    part = coop.evm.deploy("Puppet")
    selector = part.calldata("decide", 0)[:4]
    coop.enact(coop.installing(part, selector))
    (log,) = named(coop.evm, "PartInstalled")
    assert log.args == {
        "part": part.address,
        "made_by_hub": False,
        "consent_selector": selector,
    }
    assert not coop.governor.is_hub_part(part)
    assert coop.governor.part_words(part) == 1 | int.from_bytes(selector) << 32


def test_install__by_anybody_else__is_refused(coop: Coop, desk: Desk, outsider: Actor) -> None:
    part = coop.evm.deploy("Puppet")
    for caller in (outsider, coop.founders[0]):
        with coop.evm.reverts("governor: by proposal only"):
            coop.governor.install(part, bytes(4), sender=caller)
    others: tuple[Any, ...] = (desk.hub, desk.door)
    for caller in others:
        with coop.evm.reverts("governor: by proposal only"):
            desk.governor.install(part, bytes(4), sender=caller)


def test_install__twice__is_refused_so_its_consent_never_changes(coop: Coop) -> None:
    part = coop.part()
    again = coop.passed(coop.installing(part, part.calldata("decide", 0)[:4]), text="again")
    with coop.evm.reverts("parts: installed already"):
        coop.execute(again)
    for n, made in enumerate((coop.admission, coop.grain, coop.distributor)):
        proposal = coop.passed(coop.installing(made), text=str(n))
        with coop.evm.reverts("parts: installed already"):
            coop.execute(proposal)


def test_install__a_part_from_the_start__is_refused(coop: Coop) -> None:
    for n, known in enumerate((coop.governor, coop.hub, coop.pool, coop.identity)):
        proposal = coop.passed(coop.installing(known, b"\1\2\3\4"), text=str(n))
        with coop.evm.reverts("parts: a part from the start"):
            coop.execute(proposal)


def test_install__an_account_without_code__is_refused(coop: Coop, outsider: Actor) -> None:
    for n, nobody in enumerate((outsider, "0x" + "00" * 20, "0x" + "00" * 19 + "04")):
        proposal = coop.passed(coop.installing(nobody), text=str(n))
        with coop.evm.reverts("parts: no contract there"):
            coop.execute(proposal)


def test_is_hub_part__of_a_new_pool__is_true_of_what_the_hub_made_and_nothing_else(
    coop: Coop, outsider: Actor
) -> None:
    made = (coop.admission, coop.grain, coop.distributor)
    assert all(coop.governor.is_hub_part(part) for part in made)
    others = (coop.governor, coop.pool, coop.hub, coop.identity, outsider, coop.founders[0])
    assert not any(coop.governor.is_hub_part(other) for other in others)


@pytest.mark.parametrize("part", ["grain", "distributor"])
def test_parts_of_the_hub__but_the_admission__seat_nobody(coop: Coop, part: str) -> None:
    assert coop.governor.part_words(getattr(coop, part)) & 4 == 0
    assert coop.governor.part_words(coop.admission) & 4 == 4
