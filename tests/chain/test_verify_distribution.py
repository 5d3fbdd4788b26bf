# SPDX-License-Identifier: AGPL-3.0-only
"""`millpond verify distribution`: truth passes, and each false figure is found at its own step.

A lie is told by the document, or by a node between us and the chain, one word at a time.
"""

import json
import random
from collections.abc import Callable
from typing import Any

import pytest
from eth_utils.crypto import keccak

from millpond.chain.client import connect
from millpond.chain.report import Report, Verdict
from millpond.chain.verify_distribution import Evidence, verify_distribution
from millpond.core import canonical
from millpond.core.distribution import Distribution, Exclusion, to_json
from millpond.core.errors import NodeDown
from tests.chain.coop import PAYEES, Story
from tests.chain.nodes import CHAIN_ID, QUICK, Reply, odd_node, through
from tests.core import month

NOT_PUBLISHED = {"input graph", "input identities", "input weights"}
ON_CHAIN = {
    "parts", "events", "state", "posted", "terms", "pot", "maintainers", "signatures", "proposal",
    "ballots", "outcome", "struck out", "review signatures", "claims", "payees", "payments",
    "books",
}  # fmt: skip


def evidence(url: str | None, **more: Any) -> Evidence:
    client = connect(url, CHAIN_ID, QUICK) if url else None
    files = {"scores": month.score_bytes()}
    return Evidence(files=files, history=month.history(), client=client, **more)


def names(report: Report, verdict: Verdict) -> set[str]:
    return {step.name for step in report.of(verdict)}


def test_verify__truth__every_step_holds(paid: Story) -> None:
    report = verify_distribution(to_json(paid.documents[0]), evidence(paid.url))
    assert report.holds
    assert names(report, Verdict.UNCHECKED) == NOT_PUBLISHED
    assert names(report, Verdict.OK) >= ON_CHAIN | {"form", "leaves", "root", "input scores"}
    said = {step.name: step.detail for step in report.steps}
    assert said["pot"].endswith("2000000000")
    assert said["ballots"] == "3 consent, 1 object; the proposal is executed"
    assert said["claims"].startswith("2 of 43 leaves claimed")


def test_verify__steps__are_told_as_they_are_made(paid: Story) -> None:
    told: list[str] = []
    data = to_json(paid.documents[0])
    report = verify_distribution(data, evidence(paid.url), lambda step: told.append(step.name))
    assert told == [step.name for step in report.steps]
    assert len(told) == len(set(told))


def test_verify__without_a_node__only_the_document(paid: Story) -> None:
    report = verify_distribution(to_json(paid.documents[0]), evidence(None))
    assert report.holds
    assert names(report, Verdict.UNCHECKED) == NOT_PUBLISHED | {"chain"}


def test_verify__without_files__said(paid: Story) -> None:
    report = verify_distribution(to_json(paid.documents[0]), Evidence())
    assert names(report, Verdict.UNCHECKED) == NOT_PUBLISHED | {"chain", "input scores", "scores"}


def test_verify__capped_maintainer_wallet_and_second_attempt__holds(long: Story) -> None:
    report = verify_distribution(to_json(long.documents[0]), evidence(long.url))
    assert report.holds, [step for step in report.steps if step.verdict is Verdict.DIFFERS]
    said = {step.name: step.detail for step in report.steps}
    assert said["posted"].startswith("attempt 2")
    assert said["signatures"] == "2 maintainers signed this attempt, 2 were needed"


def test_verify__under_review__nothing_to_claim_yet(long: Story) -> None:
    week = month.scores().history(long.documents[1].weeks)
    client = connect(long.url, CHAIN_ID, QUICK)
    report = verify_distribution(to_json(long.documents[1]), Evidence({}, week, client))
    assert report.holds, [step for step in report.steps if step.verdict is Verdict.DIFFERS]
    said = {step.name: step.detail for step in report.steps}
    assert said["outcome"] == "under review; nothing is final"
    assert said["claims"] == "nothing can be claimed: it is under review"
    assert "carry 187647147" in said["pot"]


def test_verify__not_posted__said_and_not_held_against_it(paid: Story) -> None:
    """Maintainers check a document before they sign it."""
    third = json.loads(to_json(paid.documents[0]))
    first = paid.documents[0]
    third |= {
        "epoch": "2",
        "previous": {
            "epoch": "1",
            "data_hash": "0x" + "00" * 32,
            "end_ms": str(first.weeks[0].start_ms),
            "rules": None,
        },
    }
    report = verify_distribution(canonical.encode(third), evidence(paid.url))
    said = {step.name: step.detail for step in report.steps}
    assert said["posted"] == "epoch 2 has not been posted"
    assert "root" in names(report, Verdict.DIFFERS)  # the leaves name their epoch


# --- a false document -----------------------------------------------------------------------------


def test_verify__any_byte_of_the_document_changed__found_at_a_named_step(paid: Story) -> None:
    data = to_json(paid.documents[0])
    dice = random.Random(20190901)  # noqa: S311
    clients = evidence(paid.url)
    found: set[str] = set()
    for _ in range(60):
        changed = bytearray(data)
        place = dice.randrange(len(data))
        changed[place] ^= dice.randrange(1, 256)
        report = verify_distribution(bytes(changed), clients)
        differing = report.of(Verdict.DIFFERS)
        assert differing, f"byte {place} was changed to {changed[place]} and nothing differs"
        assert all(step.name and step.next_step for step in differing)
        found |= {step.name for step in differing}
    assert {"form", "posted data hash"} & found


Edit = Callable[[dict[str, Any]], object]
FALSE_DOCUMENTS: list[tuple[str, Edit]] = [
    ("leaves", lambda d: d["leaves"][0].update(cred=str(int(d["leaves"][0]["cred"]) + 1))),
    ("leaves", lambda d: d["leaves"].reverse()),
    ("leaves", lambda d: d["leaves"][0].update(cred="0")),
    ("total", lambda d: d.update(total=str(int(d["total"]) + 1))),
    ("root", lambda d: d.update(root="0x" + "11" * 32)),
    ("cred", lambda d: d["people"][0].update(cred=str(int(d["people"][0]["cred"]) + 1))),
    ("people", lambda d: d["people"][0].update(identity="github:1")),
    ("no leaf", lambda d: d["no_leaf"].pop()),
    ("policy", lambda d: d["policy"].update(name="generous")),
    ("epoch", lambda d: d.update(epoch="2")),
    ("inputs", lambda d: d["inputs"][0].update(note="")),
    ("signers", lambda d: d["signers"][0].update(cred="1")),
    ("signers", lambda d: d["signers"].reverse()),
    ("form of period.label", lambda d: d["period"].update(label="2019-10")),
    ("form of leaf_count", lambda d: d.update(leaf_count="44")),
    ("form", lambda d: d.update(surplus="1")),
    ("weights", lambda d: d.update(weights="{}")),
    ("posted data hash", lambda d: d["inputs"][0].update(note="another note")),
    ("parts", lambda d: d.update(pool=d["distributor"], distributor=d["pool"])),
    ("parts", lambda d: d.update(pool="0x000000000000000000000000000000000000dEaD")),
]


@pytest.mark.parametrize(("step", "edit"), FALSE_DOCUMENTS)
def test_verify__false_document__found_at_its_step(paid: Story, step: str, edit: Edit) -> None:
    document = json.loads(to_json(paid.documents[0]))
    edit(document)
    report = verify_distribution(canonical.encode(document), evidence(paid.url))
    found = names(report, Verdict.DIFFERS)
    assert step in found or (step == "form" and "form of document" in found)


def test_verify__another_document_than_the_posted_one__found(paid: Story) -> None:
    """A whole and consistent document that leaves somebody out: the chain has another."""
    exclusions = [Exclusion(month.who("Beanow"), "forgotten")]
    other: Distribution = paid.coop.document(exclusions=exclusions)
    report = verify_distribution(to_json(other), evidence(paid.url))
    assert {step.name for step in report.of(Verdict.DIFFERS)} == {"posted root", "claims"}


def test_verify__another_score_file__found(paid: Story) -> None:
    false = month.score_bytes().replace(b"1", b"2", 1)
    found = Evidence({"scores": false}, month.scores().history(month.history().weeks[:3]))
    report = verify_distribution(to_json(paid.documents[0]), found)
    assert names(report, Verdict.DIFFERS) == {"input scores", "scores"}


# --- a lying node ---------------------------------------------------------------------------------


def topic(signature: str) -> str:
    return "0x" + keccak(text=signature).hex()


TERMS = "(uint256,uint256,bytes32,uint256,uint256,uint256,address,uint256,uint256,uint256,uint256,"
TERMS += "uint256,uint256,uint256)"
POSTED = topic(f"DistributionPosted(uint256,uint256,uint256,{TERMS},bytes32,string,address[])")
FINALISED = topic("DistributionFinalised(uint256,uint256,bytes32,uint256,uint256)")
PAID_OUT = topic("PaidOut((bytes32,uint256,uint256)[])")
GIVEN = topic("Given(address,uint256,address,uint256,bool,string)")
RELEASED = topic("ReleasedMany(uint256,address,uint256[])")
RESERVED = topic("Reserved(uint256,address,uint256)")
VOTE = topic("VoteCast(address,uint256,uint8,uint256,string)")
MAINTAINERS_SET = topic("MaintainersSet(uint256,uint256,(address,bytes32[])[])")
POLICY_SET = topic(
    "PolicySet(uint256,uint256,(address,uint256,uint256,uint256,uint256,uint256,uint256,uint256,"
    "uint256,uint256,bool))"
)

# event, which word of its data gets one more (or what), the steps that must find it
LIES: list[tuple[str, str, int, set[str]]] = [
    ("the root", POSTED, 2, {"posted root"}),
    ("the total", POSTED, 3, {"posted total"}),
    ("the leaf count", POSTED, 4, {"posted leaf count"}),
    ("the earmark", POSTED, 5, {"terms"}),
    ("the pot", POSTED, 7, {"pot"}),
    ("the minimum", POSTED, 8, {"terms"}),
    ("the grain", POSTED, 9, {"terms", "claims"}),
    ("the signer's cap", POSTED, 10, {"posted"}),
    ("the maintainers' version", POSTED, 11, {"outcome"}),
    ("the document's hash", POSTED, 14, {"posted data hash"}),
    ("what is excluded", FINALISED, 1, {"outcome", "claims"}),
    ("the end of claims", FINALISED, 2, {"outcome"}),
    ("the hash kept", FINALISED, 0, {"outcome"}),
    ("who was paid", PAID_OUT, 2, {"claims"}),
    ("a payment's payee", PAID_OUT, 3, {"payees", "payments"}),
    ("a payment's epoch", PAID_OUT, 4, {"claims", "payments"}),
    ("a gift", GIVEN, 0, {"pot", "books"}),
    ("whom the Pool paid", RELEASED, 2, {"payments"}),
    ("a promise", RESERVED, 0, {"books", "pot"}),
    ("a ballot", VOTE, 1, {"ballots"}),
    ("the policy's share", POLICY_SET, 2, {"pot"}),
    ("how many must sign", MAINTAINERS_SET, 0, {"signatures"}),
    ("a maintainer", MAINTAINERS_SET, 6, {"maintainers"}),
]


def lying(url: str, event: str, change: Callable[[dict[str, Any]], object]) -> Callable[..., Reply]:
    """A node that changes the logs of one kind of event."""
    honest = through(url, lambda _: None)

    def reply(question: dict[str, Any]) -> Reply:
        status, body = honest(question)
        if question["method"] != "eth_getLogs":
            return status, body
        answer = json.loads(body)
        for log in answer["result"]:
            if log["topics"][0] == event:
                change(log)
        return status, json.dumps(answer).encode()

    return reply


def one_more(word: int) -> Callable[[dict[str, Any]], object]:
    """Add 1 to a word of a log's data."""

    def change(log: dict[str, Any]) -> None:
        data = bytearray.fromhex(log["data"][2:])
        place = slice(32 * word, 32 * word + 32)
        value = (int.from_bytes(data[place]) + 1) % 2**256
        data[place] = value.to_bytes(32)
        log["data"] = "0x" + data.hex()

    return change


@pytest.mark.parametrize(("what", "event", "word", "steps"), LIES, ids=[lie[0] for lie in LIES])
def test_verify__node_lies_by_one__found_at_its_step(
    paid: Story, what: str, event: str, word: int, steps: set[str]
) -> None:
    with odd_node(lying(paid.url, event, one_more(word))) as node:
        report = verify_distribution(to_json(paid.documents[0]), evidence(node.url))
    found = names(report, Verdict.DIFFERS)
    assert steps <= found or "events" in found, f"{what}: {found}"


def test_verify__payee_swapped__found(paid: Story) -> None:
    """Consistently: in what the distributor says, and in what the Pool says."""

    def swap(log: dict[str, Any]) -> None:
        whole = PAYEES[0].address[2:].lower()
        assert whole in log["data"]
        log["data"] = log["data"].replace(whole, "11" * 20)

    def swapped(question: dict[str, Any]) -> Reply:
        status, body = lying(paid.url, PAID_OUT, swap)(question)
        if question["method"] == "eth_getLogs":
            answer = json.loads(body)
            for log in answer["result"]:
                if log["topics"][0] == RELEASED:
                    swap(log)
            body = json.dumps(answer).encode()
        return status, body

    with odd_node(swapped) as node:
        report = verify_distribution(to_json(paid.documents[0]), evidence(node.url))
    assert names(report, Verdict.DIFFERS) == {"payees"}


def test_verify__signature_changed_in_the_transaction__found(paid: Story) -> None:
    honest = through(paid.url, lambda _: None)

    def forged(question: dict[str, Any]) -> Reply:
        status, body = honest(question)
        if question["method"] == "eth_getTransactionByHash":
            answer = json.loads(body)
            data = bytearray.fromhex(answer["result"]["input"][2:])
            data[-60] ^= 1  # within the last maintainer's r and s
            answer["result"]["input"] = "0x" + data.hex()
            body = json.dumps(answer).encode()
        return status, body

    with odd_node(forged) as node:
        report = verify_distribution(to_json(paid.documents[0]), evidence(node.url))
    assert names(report, Verdict.DIFFERS) == {"signatures"}


def test_verify__wallet_that_does_not_know_its_signature__found(long: Story) -> None:
    honest = through(long.url, lambda _: None)

    def forgetful(question: dict[str, Any]) -> Reply:
        if question["method"] == "eth_call" and question["params"][0]["data"][:10] == "0x1626ba7e":
            return 200, b'{"jsonrpc":"2.0","id":1,"result":"0x' + b"ff" * 32 + b'"}'
        return honest(question)

    with odd_node(forgetful) as node:
        report = verify_distribution(to_json(long.documents[0]), evidence(node.url))
    assert names(report, Verdict.DIFFERS) == {"signatures"}


def test_verify__a_claim_told_twice__found(paid: Story) -> None:
    honest = through(paid.url, lambda _: None)

    def twice(question: dict[str, Any]) -> Reply:
        status, body = honest(question)
        if question["method"] == "eth_getLogs":
            answer = json.loads(body)
            claims = [log for log in answer["result"] if log["topics"][0] == PAID_OUT]
            answer["result"] += [
                log | {"logIndex": hex(int(log["logIndex"], 16) + 1000)} for log in claims
            ]
            body = json.dumps(answer).encode()
        return status, body

    with odd_node(twice) as node:
        report = verify_distribution(to_json(paid.documents[0]), evidence(node.url))
    (step,) = [step for step in report.of(Verdict.DIFFERS) if step.name == "claims"]
    assert step.detail.endswith("was paid twice")


def test_verify__logs_withheld__found(paid: Story) -> None:
    for event, step in ((PAID_OUT, "claims"), (GIVEN, "events"), (VOTE, "ballots")):
        honest = through(paid.url, lambda _: None)

        def withheld(
            question: dict[str, Any], event: str = event, honest: Callable[..., Reply] = honest
        ) -> Reply:
            status, body = honest(question)
            if question["method"] == "eth_getLogs":
                answer = json.loads(body)
                answer["result"] = [x for x in answer["result"] if x["topics"][0] != event]
                body = json.dumps(answer).encode()
            return status, body

        with odd_node(withheld) as node:
            report = verify_distribution(to_json(paid.documents[0]), evidence(node.url))
        assert step in names(report, Verdict.DIFFERS), event


def pruned(story: Story) -> Callable[..., Reply]:
    """The story's node, but for the states of all blocks before the last."""
    head = story.coop.client.block().number

    def refused(question: dict[str, Any]) -> Reply | None:
        of_state = question["method"] in ("eth_call", "eth_getCode")
        at = question["params"][1] if of_state else "latest"
        if at == "latest" or int(at, 16) >= head:
            return None
        body = {"code": -32000, "message": "missing trie node"}
        return 200, json.dumps({"jsonrpc": "2.0", "id": 1, "error": body}).encode()

    return through(story.url, refused)


def test_verify__node_without_old_states__is_enough_without_wallets(paid: Story) -> None:
    with odd_node(pruned(paid)) as node:
        report = verify_distribution(to_json(paid.documents[0]), evidence(node.url))
    assert report.holds
    assert names(report, Verdict.UNCHECKED) == NOT_PUBLISHED


def test_verify__node_without_old_states__wallet_that_signed_is_said_to_be_unseen(
    long: Story,
) -> None:
    with odd_node(pruned(long)) as node:
        report = verify_distribution(to_json(long.documents[0]), evidence(node.url))
    assert report.holds
    assert names(report, Verdict.UNCHECKED) == NOT_PUBLISHED | {"signatures"}
    said = {step.name: step.detail for step in report.steps}
    assert "could not be checked: the wallet 0x" in said["signatures"]


def test_verify__payments__cost_no_question_for_each(paid: Story) -> None:
    with odd_node(through(paid.url, lambda _: None)) as node:
        verify_distribution(to_json(paid.documents[0]), evidence(node.url))
    asked = [question["params"][0] for question in node.asked if question["method"] == "eth_call"]
    payee_of = "0x" + keccak(text="payee_of(bytes32)").hex()[:8]
    assert asked
    assert not [call for call in asked if call["data"].startswith(payee_of)]


def test_verify__node_fails_in_the_middle__no_verdict(paid: Story) -> None:
    def dies(question: dict[str, Any]) -> Reply | None:
        return (503, b"") if question["method"] == "eth_getLogs" else None

    with odd_node(through(paid.url, dies)) as node, pytest.raises(NodeDown):
        verify_distribution(to_json(paid.documents[0]), evidence(node.url))
