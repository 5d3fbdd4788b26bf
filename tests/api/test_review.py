# SPDX-License-Identifier: AGPL-3.0-only
"""What members look at before a distribution is final, held against the story and the chain."""

from pathlib import Path

from millpond.api.app import build as build_app
from millpond.api.services import Services
from millpond.cli.contributions import InstanceWhy
from millpond.core.distribution import Exclusion, Previous, build, data_hash
from millpond.core.policies import policy_named
from millpond.core.subjects import of_address, to_hex
from millpond.core.weeks import weeks_of_month
from millpond.sources.pins import pinned
from tests.api.site import POOL, Site, served
from tests.api.story import CLOCK, Story
from tests.contracts.coop import AGAINST
from tests.contracts.distributors import MONTH
from tests.core import month
from tests.sourcecred import VECTORS

REVIEW = f"{POOL}/distributions/2/review"


def test_review__under_way__time_left_signers_and_the_epoch_before(site: Site) -> None:
    found = site.data(REVIEW)
    governor = site.story.coop.governor
    proposal = site.story.posts[-1].proposal
    assert (found["epoch"], found["attempt"], found["state"]) == (2, 1, "review")
    assert found["proposal_id"] == str(proposal.id)
    assert found["closes_at"] == governor.proposalDeadline(proposal.id)
    assert found["seconds_left"] == found["closes_at"] - site.story.evm.now
    assert (found["electorate"], found["tally"]["against"], found["stopped"]) == (5, 0, False)
    # A fifth of five members stops it.
    assert found["objections_needed"] == 1
    assert [each["signed"] for each in found["signers"]] == [True, True, False]
    assert found["before"]["epoch"] == 1
    assert found["before"]["period"] == "2019-09"
    assert found["document"]["missing"] is None
    assert found["document"]["weeks"][0] == "2019-09-29"
    assert (found["objections"], found["exclusions"], found["zero_outs"]) == ([], [], [])


def test_people__each__amounts_of_both_epochs_and_the_difference_taken_apart(site: Site) -> None:
    people = site.every(f"{REVIEW}/people", limit=10)
    leaves = {leaf["subject"]: leaf for leaf in site.every(f"{POOL}/distributions/2/leaves")}
    before = {leaf["subject"]: leaf for leaf in site.every(f"{POOL}/distributions/1/leaves")}
    assert [each["number"] for each in people] == list(range(len(people)))
    subjects = [each["subject"] for each in people]
    assert subjects == sorted(subjects)
    assert leaves.keys() <= set(subjects)
    for each in people:
        leaf, was = leaves.get(each["subject"]), before.get(each["subject"])
        amount = int(leaf["amount"]["amount"]) if leaf else 0
        earlier = int(was["amount"]["amount"]) if was else 0
        assert int(each["difference"]["amount"]) == amount - earlier
        assert sum(int(part) for part in each["because"].values()) == amount - earlier
        assert int(each["now"]["amount"]["amount"]) == amount
        assert sum(map(int, each["now"]["weekly"])) == int(each["now"]["cred"])
        if leaf is not None:
            assert (each["state"], each["now"]["cred"]) == (leaf["state"], leaf["cred"])


def test_people__newest_first__is_the_other_way_round(site: Site) -> None:
    numbers = [each["number"] for each in site.every(f"{REVIEW}/people?order=newest", limit=7)]
    assert numbers == sorted(numbers, reverse=True)


def test_review__first_epoch__has_nothing_before(site: Site) -> None:
    found = site.data(f"{POOL}/distributions/1/review")
    assert (found["state"], found["before"], found["seconds_left"]) == ("final", None, 0)
    assert found["tally"]["for"] == 3
    for each in site.every(f"{POOL}/distributions/1/review/people"):
        assert (each["before"], each["difference"], each["because"]) == (None, None, None)


def test_review__objections_and_exclusions__are_told_with_their_reasons(young: Site) -> None:
    story = young.story
    story.open_earmark()
    story.give_all()
    story.evm.warp(MONTH)
    left_out = Exclusion(month.who("Beanow"), "asked to be left out")
    posted = story.post(story.document(1, None, exclusions=[left_out], signer_cap_bps=2_500))
    story.evm.warp(1)
    story.tell()
    assert young.data(f"{POOL}/distributions/1/review")["stopped"] is False
    one = story.coop.founders[0]
    story.coop.governor.castVoteWithReason(posted.proposal.id, AGAINST, "Too fast", sender=one)
    story.tell()
    found = young.data(f"{POOL}/distributions/1/review")
    [objection] = found["objections"]
    assert (objection["voter"], objection["reason"]) == (one.address, "Too fast")
    assert found["stopped"] is True
    [excluded] = found["exclusions"]
    assert excluded["subject"] == to_hex(month.who("Beanow"))
    assert excluded["reason"] == "asked to be left out"
    people = young.every(f"{POOL}/distributions/1/review/people")
    [row] = [each for each in people if each["subject"] == excluded["subject"]]
    assert (row["state"], row["reason"]) == ("excluded", "asked to be left out")
    assert row["now"]["amount"]["amount"] == "0"
    assert row["now"]["cred"] == excluded["cred"]
    none = [each for each in people if each["state"] == "none"]
    assert {each["reason"] for each in none} == {"under half a micro-cred"}


def test_review__a_signer_over_her_cap__due_and_what_the_cap_leaves(young: Site) -> None:
    story = young.story
    story.open_earmark(signer_cap_bps=2_500)
    story.give_all()
    story.evm.warp(MONTH)
    coop, hers = story.coop, [bytes(month.who("decentralion"))]
    owner = coop.maintainers[0]
    members = [(each, hers if each is owner else []) for each in coop.maintainers]
    calldata = coop.distributor.calldata("set_maintainers", members, 2)
    coop.enact((coop.distributor, 0, calldata))
    posted = story.document(1, None, signer_cap_bps=2_500, owner=(owner, hers))
    story.post(posted)
    story.tell()
    [found] = [
        each
        for each in young.data(f"{POOL}/distributions/1/review")["signers"]
        if each["account"] == owner.address
    ]
    cred = dict(posted.leaves)[month.who("decentralion")]
    assert found["due"]["amount"] == str(2_000_000_000 * cred // posted.total)
    assert found["amount"]["amount"] == str(500_000_000)
    assert set(found["subjects"]) == {
        to_hex(of_address(owner.address)),
        to_hex(month.who("decentralion")),
    }


def test_review__document_not_on_the_shelf__head_without_it_and_people_404(young: Site) -> None:
    story = young.story
    story.open_earmark()
    story.give_all()
    story.evm.warp(MONTH)
    story.post(shelve=False)
    story.tell()
    found = young.data(f"{POOL}/distributions/1/review")
    assert "is on the shelf" in found["document"]["missing"]
    assert (found["exclusions"], found["document"]["period"]) == (None, None)
    assert {each["amount"] for each in found["signers"]} == {None}
    young.problem(f"{POOL}/distributions/1/review/people", 404, "no-such-document")


def test_review__nothing_posted__is_404(young: Site) -> None:
    for rest in ("", "/people"):
        young.problem(f"{POOL}/distributions/1/review{rest}", 404, "no-such-epoch")
        young.problem(f"/v1/pools/nobody/distributions/1/review{rest}", 404, "no-such-pool")
    young.problem(f"{POOL}/distributions/0/review", 422, "bad-query")


def test_review__same_block__same_etag_and_304(site: Site) -> None:
    for path in (REVIEW, f"{REVIEW}/people"):
        reply = site.get(path)
        body = reply.json()
        assert {"block_number", "block_hash", "finality"} <= body.keys()
        assert site.get(path, 304, reply.headers["etag"]).content == b""


def test_people__earlier_document_missing__cannot_be_compared(grown: Site) -> None:
    story = grown.story
    first = story.posts[0]
    story.give(story.patrons[0], 777)
    story.evm.warp(MONTH)
    end = first.document.weeks[-1].end_ms
    story.post(story.document(2, Previous(1, data_hash(first.document), end)))
    (story.folder / f"{to_hex(data_hash(first.document))}.json").unlink()
    story.tell()
    head = grown.data(REVIEW)
    assert head["before"]["missing"] is not None
    assert {each["because"] is None for each in grown.every(f"{REVIEW}/people")} == {True}


# --- contributions --------------------------------------------------------------------------------


def test_people__with_the_instance__the_largest_contributions_of_these_weeks(
    tmp_path: Path,
) -> None:
    story = Story(tmp_path)
    scored = pinned(VECTORS / "synthetic-2k", "credrank", "exact")
    story.open_earmark()
    story.give_all()
    story.evm.warp(MONTH)
    document = build(
        chain_id=story.evm.chain_id,
        pool=story.coop.pool.address,
        distributor=story.coop.distributor.address,
        epoch=1,
        history=scored.scores.history(weeks_of_month("2020-02")),
        policy=policy_named("proportional", {}),
        inputs=scored.pins.inputs(),
        weights=scored.pins.weights,
        signers={each.address: [] for each in story.coop.maintainers},
        signer_cap_bps=10_000,
    )
    story.post(document)
    story.tell()
    path = f"{POOL}/distributions/1/review/people?limit=20"
    for folder, known in ((VECTORS / "synthetic-2k", True), (VECTORS / "kurafire", False)):
        services = Services(story.mirror, story.shelf, lambda: CLOCK, InstanceWhy(folder))
        with served(build_app(services)) as http:
            rows = http.get(path).json()["data"]
        told = [row["contributions"] for row in rows if row["now"]["cred"] != "0"]
        assert {each is not None for each in told} == {known}
        if known:
            assert all(1 <= len(each) <= 5 for each in told)
            for row in rows:
                sizes = [int(each["cred"]) for each in row["contributions"]]
                assert sizes == sorted(sizes, reverse=True)
                assert sum(sizes) <= int(row["now"]["cred"]) + 10
                if len(sizes) < 5:
                    assert abs(sum(sizes) - int(row["now"]["cred"])) <= 10
