# SPDX-License-Identifier: AGPL-3.0-only
"""What nodes, and what stands between them and us, are known to do wrong."""

import copy
import time
from collections.abc import Callable
from typing import Any

from tests.mirror.chaos.proxy import Answer, Broken, Dropped, Fault, Question

LOGS, RECEIPTS, BLOCK = "eth_getLogs", "eth_getBlockReceipts", "eth_getBlockByNumber"
MOST_LOGS, MOST_BLOCKS = 3, 4
HANG_SECONDS = 0.6
"""Longer than the mirror waits in these tests."""


def on(method: str, change: Callable[[Any], Any]) -> Callable[[Question, Answer], Answer]:
    """Change the result of one method; what was refused, or is null, stays."""

    def changed(question: Question, answer: Answer) -> Answer:
        if question["method"] != method or answer.get("result") is None:
            return answer
        return answer | {"result": change(copy.deepcopy(answer["result"]))}

    return changed


def both(*changes: Callable[[Question, Answer], Answer]) -> Callable[[Question, Answer], Answer]:
    """One change after the other."""

    def changed(question: Question, answer: Answer) -> Answer:
        for change in changes:
            answer = change(question, answer)
        return answer

    return changed


# --- logs -----------------------------------------------------------------------------------------


def nothing(logs: list[Any]) -> list[Any]:
    """As a node answers that has not indexed the block yet."""
    return logs[:0]


def one_hidden(logs: list[Any]) -> list[Any]:
    """One of several in a block, so that every bloom still agrees."""
    blocks = [log["blockNumber"] for log in logs]
    for at in range(len(logs) - 1, -1, -1):
        if blocks.count(logs[at]["blockNumber"]) > 1:
            return logs[:at] + logs[at + 1 :]
    return logs


def doubled(logs: list[Any]) -> list[Any]:
    """The first one twice."""
    return logs[:1] + logs


def doubled_elsewhere(logs: list[Any]) -> list[Any]:
    """The last one twice, the second time at a place of its own."""
    if not logs:
        return logs
    last = logs[-1]
    return [*logs, last | {"logIndex": hex(int(last["logIndex"], 16) + 1)}]


def taken_back(logs: list[Any]) -> list[Any]:
    """The first as one that a reorg has removed."""
    return [log | {"removed": at == 0} for at, log in enumerate(logs)]


def changed_data(logs: list[Any]) -> list[Any]:
    """Another amount in the last one."""
    for log in logs[-1:]:
        if len(log["data"]) > 2:
            log["data"] = log["data"][:-1] + ("0" if log["data"][-1] != "0" else "1")
    return logs


def backwards(logs: list[Any]) -> list[Any]:
    """The last first."""
    return logs[::-1]


# --- receipts and blocks --------------------------------------------------------------------------


def log_less(receipts: list[Any]) -> list[Any]:
    """One log less in the last receipt."""
    for receipt in receipts[-1:]:
        receipt["logs"] = receipt["logs"][:-1]
    return receipts


def receipt_less(receipts: list[Any]) -> list[Any]:
    """One receipt less."""
    return receipts[:-1]


def other_root(block: dict[str, Any]) -> dict[str, Any]:
    """A header that fits receipts which are none."""
    return block | {"receiptsRoot": "0x" + "56" * 32}


def no_bloom(block: dict[str, Any]) -> dict[str, Any]:
    """A header that says that nobody said anything."""
    return block | {"logsBloom": "0x" + "00" * 256}


def later(block: dict[str, Any]) -> dict[str, Any]:
    """A second more."""
    return block | {"timestamp": hex(int(block["timestamp"], 16) + 1)}


# --- exchanges ------------------------------------------------------------------------------------


def dropped(_: list[Question]) -> Broken:
    """The connection goes away."""
    raise Dropped


def hung(_: list[Question]) -> Broken:
    """No answer in time."""
    time.sleep(HANG_SECONDS)
    raise Dropped


def cut(_: list[Question]) -> Broken:
    """Half an answer."""
    return Broken(headers={"Content-Length": "1000"}, body=b'[{"jsonrpc": "2.0", "id": 0, "res')


def too_many(_: list[Question]) -> Broken:
    """Come back later."""
    return Broken(429, {"Retry-After": "1"}, b"slow down")


def broken_gateway(_: list[Question]) -> Broken:
    """The page of something in between."""
    return Broken(502, {}, b"<html>bad gateway</html>")


def a_page(_: list[Question]) -> Broken:
    """A page that says that all is well."""
    return Broken(200, {}, b"<html>please log in</html>")


def refuses_batches(questions: list[Question]) -> Broken | None:
    """One question at a time, please."""
    if len(questions) == 1:
        return None
    error = b'{"jsonrpc": "2.0", "id": null, "error": {"code": -32600, "message": "no batches"}}'
    return Broken(body=error)


# --- whole answers --------------------------------------------------------------------------------


def shuffled(answers: list[Answer]) -> list[Answer]:
    """Replies in another order, as the protocol allows."""
    return answers[::-1]


def one_lost(answers: list[Answer]) -> list[Answer]:
    """A reply too few."""
    return answers[:-1] if len(answers) > 1 else answers


def swapped(answers: list[Answer]) -> list[Answer]:
    """The first and the last answer for each other."""
    if len(answers) > 1:
        answers[0], answers[-1] = (
            answers[0] | {"id": answers[-1]["id"]},
            answers[-1] | {"id": answers[0]["id"]},
        )
    return answers


def oversize(question: Question, answer: Answer) -> Answer:
    """A node that limits what it answers, in its own words."""
    if question["method"] != LOGS or "error" in answer:
        return answer
    asked = question["params"][0]
    if "fromBlock" in asked:
        blocks = int(asked["toBlock"], 16) - int(asked["fromBlock"], 16) + 1
        if blocks > MOST_BLOCKS:
            return _refusal(answer, -32602, f"exceed maximum block range: {MOST_BLOCKS}")
        if len(answer["result"]) > MOST_LOGS:
            return _refusal(answer, -32005, f"query returned more than {MOST_LOGS} results")
    return answer


def no_receipts(question: Question, answer: Answer) -> Answer:
    """A node that knows receipts one by one only."""
    if question["method"] != RECEIPTS:
        return answer
    return _refusal(answer, -32601, "the method does not exist")


def no_ranges(question: Question, answer: Answer) -> Answer:
    """Something inside goes wrong with every range of blocks."""
    if question["method"] == LOGS and "fromBlock" in question["params"][0]:
        return _refusal(answer, -32603, "internal error")
    return answer


def inner_error(question: Question, answer: Answer) -> Answer:
    """Something inside goes wrong."""
    return _refusal(answer, -32603, "internal error") if question["method"] == BLOCK else answer


def _refusal(answer: Answer, code: int, message: str) -> Answer:
    error = {"code": code, "message": message}
    return {"jsonrpc": "2.0", "id": answer["id"], "error": error}


HARMLESS = (
    Fault("replies in another order", batch=shuffled),
    Fault("logs backwards", answer=on(LOGS, backwards)),
    Fault("no batches", exchange=refuses_batches),
    Fault("no receipts of a block", answer=no_receipts),
)
"""The mirror has to come to the same end."""

BY_RANGES = (
    Fault("answers too large", answer=oversize),
    Fault("no logs of ranges", answer=no_ranges),
)
"""As harmless, where blocks are deep: one at a time, and at last by their receipts."""

HARMFUL = (
    Fault("dropped", exchange=dropped),
    Fault("cut in the middle", exchange=cut),
    Fault("hangs", exchange=hung),
    Fault("too many requests", exchange=too_many),
    Fault("internal errors", answer=inner_error),
    Fault("bad gateway", exchange=broken_gateway),
    Fault("a page instead", exchange=a_page),
    Fault("a reply too few", batch=one_lost),
    Fault("answers swapped", batch=swapped),
    Fault("empty logs", answer=on(LOGS, nothing)),
    Fault("one log hidden among others", answer=on(LOGS, one_hidden)),
    Fault("one hidden, also in the receipts", answer=both(
        on(LOGS, one_hidden), on(RECEIPTS, log_less)
    )),
    Fault("a receipt too few", answer=on(RECEIPTS, receipt_less)),
    Fault("a log twice", answer=on(LOGS, doubled)),
    Fault("a log twice, at two places", answer=on(LOGS, doubled_elsewhere)),
    Fault("a log that was removed", answer=on(LOGS, taken_back)),
    Fault("changed data", answer=on(LOGS, changed_data)),
    Fault("another receipts' root", answer=on(BLOCK, other_root)),
    Fault("an empty bloom", answer=both(on(BLOCK, no_bloom), on(LOGS, nothing))),
    Fault("another time", answer=on(BLOCK, later)),
)  # fmt: skip
"""While it lasts the mirror says that it is not ready; afterwards it comes to the same end."""

OF_LOGS = {
    *("logs backwards", "one log hidden among others", "a log twice", "a log twice, at two places"),
    *("a log that was removed", "changed data", *(fault.name for fault in BY_RANGES)),
}
"""Done to the logs of a range, which are asked for only where not every block is looked at."""


def frozen_at(block: dict[str, Any]) -> Fault:
    """A node that has not heard of any block after this one, whatever it is asked."""
    newest = int(block["number"], 16)

    def answer(question: Question, given: Answer) -> Answer:
        if question["method"] == LOGS and "blockHash" in question["params"][0]:
            found = given.get("result") or []
            if any(int(log["blockNumber"], 16) > newest for log in found):
                return _refusal(given, -32000, "unknown block")
        if question["method"] not in (BLOCK, RECEIPTS):
            return given
        asked = question["params"][0]
        if asked == "latest":
            return given | {"result": block}
        if asked.startswith("0x") and int(asked, 16) > newest:
            return given | {"result": None}
        return given

    return Fault(f"stands still at block {newest}", answer=answer)


def of_another_chain(block: dict[str, Any]) -> Fault:
    """A node that calls this block final."""

    def answer(question: Question, given: Answer) -> Answer:
        if question["method"] == BLOCK and question["params"][0] in ("finalized", block["number"]):
            return given | {"result": block}
        return given

    return Fault("another final block", answer=answer)
