# SPDX-License-Identifier: AGPL-3.0-only
"""Every refusal of a contract that reaches a person says what to do next."""

import re
import tomllib
from collections import defaultdict
from collections.abc import Set as AbstractSet

from millpond.chain import next_steps
from tests.house.commands import funders, scripts
from tests.house.tree import ROOT, contract_files
from tests.house.vyper_tree import strings

FILE = ROOT / "backend" / "millpond" / "chain" / "next_steps.toml"
REASON = re.compile(r"[a-z][a-z ]*: \S.*")
LEAST = 15
# The words a sentence may begin with: it tells the reader what to do.
VERBS = {
    *("accept", "admit", "ask", "bring", "build", "call", "carry", "cast", "change", "check"),
    *(
        "choose",
        "claim",
        "close",
        "collect",
        "create",
        "deploy",
        "do",
        "encode",
        "end",
        "execute",
        "give",
        "go",
    ),
    *(
        "install",
        "invite",
        "join",
        "keep",
        "leave",
        "let",
        "link",
        "look",
        "move",
        "name",
        "object",
        "open",
        "pay",
        "pledge",
    ),
    *(
        "propose",
        "put",
        "raise",
        "replace",
        "reserve",
        "send",
        "set",
        "settle",
        "sort",
        "spend",
        "stop",
    ),
    *("switch", "take", "transfer", "use", "vote", "wait", "withdraw"),
}
# Reasons that are one and the same situation, and so have one sentence.
SAME = [
    {  # whoever calls what only the hub calls, once
        "admission: only the hub sets it up",
        "distributor: only the hub",
        "grain: only the hub sets it up",
        "pool: not the Hub",
    },
    {  # whoever calls what only a vote may do
        "admission: by proposal only",
        "distributor: only the governor",
        "governor: by proposal only",
        "grain: only the governor",
        "identity: only the pool's governor may do this",
        "identity: only the pool's governor or hub names attesters",
        "identity: the pool has attesters, only its governor changes them",
        "pool: only the Governor",
    },
    # a ballot that its voter did not sign, alone and in a batch
    {"governor: not signed by her", "governor: not the voter's hand"},
    # a distributor without an earmark, asked to change its policy and to take a post
    {"distributor: nothing opened", "distributor: no earmark yet"},
]


def _reasons() -> set[str]:
    return {
        text for path in contract_files() for text, _ in strings(path) if REASON.fullmatch(text)
    }


def test_next_steps__every_reason_of_the_contracts__has_one() -> None:
    reasons = _reasons()
    assert len(reasons) > 200
    assert sorted(reasons - set(next_steps.table())) == []


def test_next_steps__every_entry__is_for_a_reason_that_exists() -> None:
    assert sorted(set(next_steps.table()) - _reasons()) == []


def test_next_steps__the_file__has_reasons_and_sentences_and_nothing_else() -> None:
    written = tomllib.loads(FILE.read_text("utf-8"))
    assert all(isinstance(sentence, str) for sentence in written.values())
    assert next_steps.table() == written


def test_next_steps__every_sentence__says_what_to_do() -> None:
    odd = {
        reason: sentence
        for reason, sentence in next_steps.table().items()
        if len(sentence) < LEAST
        or len(sentence.split()) < 4
        or sentence.split()[0].strip(",:") not in VERBS
        or sentence != " ".join(sentence.split())
        or sentence.endswith((".", ";", ":", ","))
    }
    assert odd == {}


def test_next_steps__two_reasons__share_a_sentence_only_in_the_same_situation() -> None:
    reasons_of = defaultdict(set)
    for reason, sentence in next_steps.table().items():
        reasons_of[sentence].add(reason)
    shared = [reasons for reasons in reasons_of.values() if len(reasons) > 1]
    assert sorted(map(sorted, shared)) == sorted(map(sorted, SAME))


def test_next_steps__every_command_they_name__exists() -> None:
    table = next_steps.table()
    known = funders().keys() | scripts().keys()
    named = {
        command: reason
        for reason, sentence in table.items()
        for command in re.findall(r"(?:ape run|millpond) [a-z]+(?: [a-z-]+){0,2}", sentence)
    }
    assert len(named) > 15
    assert {command: why for command, why in named.items() if not _exists(command, known)} == {}


def _exists(command: str, known: AbstractSet[str]) -> bool:
    """A command, or a group of them below the first; what follows belongs to the sentence."""
    words, least = command.split(), 3 if command.startswith("ape") else 2
    groups = {" ".join(each.split()[: least + 1]) for each in known}
    starts = {" ".join(words[:length]) for length in range(least, len(words) + 1)}
    return bool(starts & known) or " ".join(words[: least + 1]) in groups
