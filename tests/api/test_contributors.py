# SPDX-License-Identifier: AGPL-3.0-only
"""Contributors over all epochs: cred as in the documents, payments as on the chain."""

from typing import Any

from tests.api.site import POOL, Site
from tests.api.story import Story

CONTRIBUTORS, DISTRIBUTORS = f"{POOL}/contributors", f"{POOL}/distributors"


def _by_subject(rows: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    return {row["subject"]: row for row in rows}


def test_list_contributors__by_subject__have_the_cred_of_their_leaves(site: Site) -> None:
    found = site.every(CONTRIBUTORS, limit=7)
    leaves = _by_subject(site.every(f"{POOL}/distributions/1/leaves"))
    assert [each["subject"] for each in found] == sorted(leaves)
    for each in found:
        leaf = leaves[each["subject"]]
        assert (each["cred"], each["epochs"], each["unread"]) == (leaf["cred"], 1, 0)
        assert each["payee"] == leaf["payee"]
        payment = leaf["payment"]
        assert each["payments"] == (1 if payment else 0)
        if payment:
            [paid] = each["paid"]
            assert paid == payment["amount"]
            assert each["grain"] == payment["grain"]


def test_list_contributors__newest_first__are_the_same_backwards(site: Site) -> None:
    assert site.every(f"{CONTRIBUTORS}?order=newest", limit=5) == site.every(CONTRIBUTORS)[::-1]


def test_list_contributors__after_a_number_beyond_all__are_none(site: Site) -> None:
    for after in (f"{2**256 - 1}", "9" * 78):
        assert site.data(f"{CONTRIBUTORS}?after={after}") == []


def test_list_contributors__without_the_document__are_those_who_were_paid(grown: Site) -> None:
    story = grown.story
    story.payday()
    story.tell()
    for path in story.folder.iterdir():
        path.unlink()
    found = grown.every(CONTRIBUTORS)
    claims = grown.every(f"{POOL}/distributions/1/claims")
    assert [each["subject"] for each in found] == sorted(each["subject"] for each in claims)
    assert {(each["cred"], each["unread"], each["payments"]) for each in found} == {("0", 1, 1)}


def test_list_epochs_of_contributor__agree_with_the_leaves(site: Site) -> None:
    leaves = site.every(f"{POOL}/distributions/1/leaves")
    total = int(site.data(f"{POOL}/distributions/1")["total_cred"])
    for leaf in leaves[::5]:
        first, second = site.every(f"{CONTRIBUTORS}/{leaf['subject']}/epochs", limit=1)
        assert (first["epoch"], first["state"], first["missing"]) == (1, "final", None)
        assert first["cred"] == leaf["cred"]
        assert first["share_ppm"] == int(leaf["cred"]) * 1_000_000 // total
        capped = int(leaf["capped"]["amount"])
        assert int(first["due"]["amount"]) == int(leaf["amount"]["amount"]) + capped
        paid = leaf["payment"]["amount"]["amount"] if leaf["payment"] else "0"
        assert first["paid"]["amount"] == paid
        assert (second["epoch"], second["state"], second["paid"]["amount"]) == (2, "review", "0")


def test_list_epochs_of_contributor__who_has_no_leaf__has_no_cred(site: Site) -> None:
    nobody = site.story.coop.founders[0].address
    for each in site.every(f"{CONTRIBUTORS}/{nobody}/epochs"):
        assert (each["cred"], each["share_ppm"], each["due"]["amount"]) == ("0", 0, "0")


def test_list_epochs_of_contributor__without_the_document__say_why(grown: Site) -> None:
    story = grown.story
    story.payday()
    story.tell()
    subject = grown.data(f"{POOL}/distributions/1/claims?limit=1")[0]["subject"]
    for path in story.folder.iterdir():
        path.unlink()
    [epoch] = grown.every(f"{CONTRIBUTORS}/{subject}/epochs")
    assert "is on the shelf" in epoch["missing"]
    assert (epoch["cred"], epoch["due"]) == (None, None)
    assert int(epoch["paid"]["amount"]) > 0


# --- distributors ---------------------------------------------------------------------------------

KIND = b"cred-distributor".ljust(32, b"\0")


def _second(story: Story) -> str:
    """The members install another distributor."""
    coop = story.coop
    people: list[tuple[str, list[bytes]]] = [(each.address, []) for each in coop.maintainers]
    setup = coop.distributor.calldata("setup", people, 2, 5)
    second: str = coop.hub.next_install(coop.pool, KIND, setup)
    coop.enact((coop.hub, 0, coop.hub.calldata("install", KIND, setup)), text="a second one")
    story.tell()
    return second


def test_list_distributors__one_installed_later__is_there_with_its_own_terms(young: Site) -> None:
    story = young.story
    story.open_earmark()
    second = _second(story)
    first, later = young.every(DISTRIBUTORS, limit=1)
    assert (first["address"], first["is_first"]) == (story.coop.distributor.address, True)
    assert (later["address"], later["is_first"]) == (second, False)
    assert first["policy"] is not None
    assert later["policy"] is None
    assert later["maintainers"]["needed"] == 2
    assert (first["last_epoch"], later["last_epoch"]) == (0, 0)


def test_distributions__of_each_distributor__are_its_own(grown: Site) -> None:
    story = grown.story
    second = _second(story)
    first = story.coop.distributor.address
    assert {each["distributor"] for each in grown.data(f"{POOL}/distributions")} == {first}
    assert grown.data(f"{POOL}/distributions?distributor={second}") == []
    assert grown.data(f"{POOL}/distributions/1?distributor={first.lower()}")["epoch"] == 1
    for path in ("", "/claims", "/leaves", "/review"):
        address = f"{POOL}/distributions/1{path}?distributor={second}"
        grown.problem(address, 404, "no-such-epoch")
        other = f"{POOL}/distributions/1{path}?distributor={story.coop.pool.address}"
        grown.problem(other, 404, "no-such-distributor")
