# SPDX-License-Identifier: AGPL-3.0-only
"""A claim with exactly what the API said is accepted by the real distributor."""

from collections.abc import Callable
from typing import Any

import pytest
from eth_utils.crypto import keccak

from millpond.core.distribution import Previous, data_hash
from tests.api.site import POOL, Site
from tests.api.story import DOLLARS
from tests.contracts.distributors import MONTH, subject_of
from tests.contracts.evm import Actor

CLAIMS = f"{POOL}/distributions/1/claims"


def _claim(site: Site, identity: str, epoch: int = 1) -> dict[str, Any]:
    subject = keccak(text=identity).hex()
    found: dict[str, Any] = site.data(f"{POOL}/distributions/{epoch}/claims/0x{subject}")
    return found


def _arguments(call: dict[str, Any]) -> tuple[Any, ...]:
    """Every argument as the reply has it, turned into what the ABI takes."""
    claims = [
        (
            (each["terms"]["root"], *(int(word) for word in list(each["terms"].values())[1:])),
            each["index"],
            int(each["cred"]),
        )
        for each in call["claims"]
    ]
    proof = [(sibling["hash"], int(sibling["sum"])) for sibling in call["proof"]]
    return call["subject"], call["previous"], claims, proof, call["to"]


def _send(site: Site, call: dict[str, Any], sender: Actor) -> None:
    """The bytes, to the contract that the reply names."""
    site.story.evm.call(sender, call["contract"], bytes.fromhex(call["calldata"][2:]))


def _balances(site: Site, account: str) -> tuple[int, int]:
    coop = site.story.coop
    return site.story.dollar.balanceOf(account), coop.grain.balanceOf(account)


def test_get_claim__claimable__its_arguments_are_accepted_from_anybody(grown: Site) -> None:
    story = grown.story
    identity = story.people()[0]
    found = _claim(grown, identity)
    leaf, call = found["leaf"], found["call"]
    assert (leaf["state"], call["to"]) == ("claimable", story.person(identity).address)
    assert (call["chain_id"], call["function"][:6]) == (story.evm.chain_id, "claim(")
    arguments = _arguments(call)
    story.coop.distributor.claim(*arguments, sender=story.relayer)
    gained = (int(leaf["amount"]["amount"]), int(leaf["grain"]["amount"]))
    assert _balances(grown, leaf["payee"]) == gained != (0, 0)
    story.tell()
    paid = _claim(grown, identity)["leaf"]
    assert paid["state"] == "paid"
    assert paid["payment"]["to"] == leaf["payee"]
    assert paid["payment"]["amount"] == leaf["amount"]


def test_get_claim__calldata__is_those_arguments_in_bytes(grown: Site) -> None:
    story = grown.story
    identity = story.people()[5]
    found = _claim(grown, identity)
    calldata = story.coop.distributor.calldata("claim", *_arguments(found["call"]))
    assert found["call"]["calldata"] == "0x" + calldata.hex()
    _send(grown, found["call"], story.relayer)
    assert _balances(grown, found["leaf"]["payee"])[0] == int(found["leaf"]["amount"]["amount"])


def test_get_claim__every_leaf__has_a_proof_that_is_accepted(grown: Site) -> None:
    """Those below the minimum by their own payee only, as `state` says."""
    story = grown.story
    story.link(50, first=16)
    story.tell()
    for identity in story.people():
        found = _claim(grown, identity)
        carried = found["leaf"]["state"] == "carried"
        assert carried == (int(found["leaf"]["amount"]["amount"]) < 5 * DOLLARS)
        if carried:
            with story.evm.reverts("distributor: below minimum"):
                _send(grown, found["call"], story.relayer)
        _send(grown, found["call"], story.person(identity) if carried else story.relayer)
    story.tell()
    leaves = grown.every(f"{POOL}/distributions/1/leaves")
    assert {leaf["state"] for leaf in leaves} == {"paid"}
    assert len(leaves) == 43


def test_get_claim__no_account_yet__has_the_proof_but_no_call(grown: Site) -> None:
    found = _claim(grown, grown.story.people()[16])
    assert found["leaf"]["state"] == "waiting"
    assert (found["call"]["to"], found["call"]["calldata"]) == (None, None)
    assert found["call"]["proof"]


def test_get_claim__second_epoch__is_chained_to_the_first(grown: Site) -> None:
    story = grown.story
    first = story.posts[0].document
    story.give(story.patrons[0], 500 * DOLLARS)
    story.evm.warp(MONTH)
    previous = Previous(1, data_hash(first), first.weeks[-1].end_ms)
    story.finalise(story.post(story.document(2, previous)))
    story.tell()
    identity = story.people()[1]
    found = _claim(grown, identity, epoch=2)
    assert found["call"]["previous"] == "0x" + story.coop.distributor.epoch_hash_of(1).hex()
    _send(grown, found["call"], story.relayer)
    assert _balances(grown, found["leaf"]["payee"])[0] == int(found["leaf"]["amount"]["amount"])


def test_get_claim__a_maintainers_cap__takes_off_what_the_contract_takes_off(young: Site) -> None:
    """She has two leaves and a cap of a tenth; the smaller one is claimed first."""
    story, coop = young.story, young.story.coop
    story.open_earmark(signer_cap_bps=1_000)
    story.give_all()
    big, small = (keccak(text=story.people()[at]) for at in (0, 4))
    owner = coop.maintainers[0]
    members = [(each, sorted([big, small]) if each is owner else []) for each in coop.maintainers]
    calldata = coop.distributor.calldata("set_maintainers", members, 2)
    coop.enact((coop.distributor, 0, calldata), text="whose leaves")
    story.evm.warp(MONTH)
    document = story.document(1, None, signer_cap_bps=1_000, owner=(owner, [big, small]))
    story.finalise(story.post(document))
    story.link(16)
    story.tell()
    cap = 2_000 * DOLLARS // 10
    for identity in (story.people()[4], story.people()[0]):
        found = _claim(young, identity)
        _send(young, found["call"], story.relayer)
        story.tell()
        after = _claim(young, identity)["leaf"]
        assert after["payment"]["amount"] == found["leaf"]["amount"]
        assert after["capped"] == found["leaf"]["capped"]
        assert _balances(young, after["payee"])[0] == int(after["amount"]["amount"])
    leaves = young.every(f"{POOL}/distributions/1/leaves")
    hers = [leaf for leaf in leaves if leaf["subject"] in {"0x" + big.hex(), "0x" + small.hex()}]
    assert sum(int(leaf["amount"]["amount"]) for leaf in hers) == cap
    assert all(int(leaf["capped"]["amount"]) for leaf in hers if leaf["subject"][2:] == big.hex())


def test_get_claim__an_account_as_subject__by_its_address_too(young: Site) -> None:
    story = young.story
    story.open_earmark()
    story.give_all()
    story.evm.warp(MONTH)
    person = story.evm.actor("paid by address")
    story.finalise(story.post(story.document(1, None, accounts=[person])))
    story.tell()
    subject = "0x" + subject_of(person).hex()
    by_subject = young.data(f"{CLAIMS}/{subject}")
    for spelled in (person.address, person.address.lower()):
        assert young.data(f"{CLAIMS}/{spelled}") == by_subject
    leaf = by_subject["leaf"]
    assert (leaf["account"], leaf["identity"], leaf["payee"]) == (
        person.address,
        None,
        person.address,
    )
    _send(young, by_subject["call"], story.relayer)
    assert _balances(young, person.address)[0] == int(leaf["amount"]["amount"]) > 0


def test_get_claim__no_grain_can_be_created__only_the_payee_gets_it_and_without(
    grown: Site,
) -> None:
    story, coop = grown.story, grown.story.coop
    calldata = coop.grain.calldata("set_minter", coop.distributor, False)
    coop.enact((coop.grain, 0, calldata), text="no more grain")
    story.tell()
    identity = story.people()[0]
    found = _claim(grown, identity)
    assert found["leaf"]["state"] == "halted"
    with story.evm.reverts("distributor: grain is halted"):
        _send(grown, found["call"], story.relayer)
    _send(grown, found["call"], story.person(identity))
    story.tell()
    paid = _claim(grown, identity)["leaf"]
    assert paid["payment"]["grain"]["amount"] == paid["grain"]["amount"] == "0"
    assert _balances(grown, paid["payee"]) == (int(paid["amount"]["amount"]), 0)


# --- refusals -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("subject", "slug", "status"),
    [
        ("0x" + "22" * 32, "no-such-leaf", 404),
        ("0x" + "22" * 20, "no-such-leaf", 404),
        ("0x" + "00" * 32, "bad-query", 422),
        ("0x22", "bad-query", 422),
        ("github:1", "bad-query", 422),
    ],
)
def test_get_claim__of_nobody__is_refused(site: Site, subject: str, slug: str, status: int) -> None:
    site.problem(f"{CLAIMS}/{subject}", status, slug)


def test_get_claim__under_review_or_void__is_409(site: Site) -> None:
    subject = keccak(text=site.story.people()[0]).hex()
    problem = site.problem(f"{POOL}/distributions/2/claims/0x{subject}", 409, "not-final")
    assert "review" in problem["next_step"]


def test_get_claim__too_late__is_409_unless_it_was_paid(grown: Site) -> None:
    story = grown.story
    paid, late = story.people()[:2]
    _send(grown, _claim(grown, paid)["call"], story.relayer)
    story.evm.warp_to(story.posts[0].terms["closes_at"])
    story.tell()
    subject = keccak(text=late).hex()
    grown.problem(f"{CLAIMS}/0x{subject}", 409, "claims-closed")
    with story.evm.reverts("distributor: claims are closed"):
        story.claim_at_last(late)
    assert _claim(grown, paid)["leaf"]["state"] == "paid"


def _withhold(site: Site) -> None:
    for path in site.story.folder.iterdir():
        path.unlink()


def _damage(site: Site) -> None:
    for path in site.story.folder.iterdir():
        path.write_bytes(path.read_bytes().replace(b"micro", b"mikro").replace(b'"1"', b'"2"', 1))


@pytest.mark.parametrize("harm", [_withhold, _damage])
def test_get_claim__no_genuine_document__is_404(grown: Site, harm: Callable[[Site], None]) -> None:
    harm(grown)
    subject = keccak(text=grown.story.people()[0]).hex()
    grown.problem(f"{CLAIMS}/0x{subject}", 404, "no-such-document")
