# SPDX-License-Identifier: AGPL-3.0-only
"""Signatures from other machines, by file: what is taken in, and what is refused by name."""

import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from ape.api import AccountAPI
from ape.types import MessageSignature
from eth_account import Account
from eth_account.hdaccount import key_from_seed, seed_from_mnemonic
from eth_account.messages import SignableMessage

from millpond.chain.epoch_requests import Asked, Paper
from millpond.chain.signers import TEST_MNEMONIC
from millpond.core import canonical
from millpond.core.errors import BadInput, MillpondError, SignatureError, SignerError
from millpond.core.signatures import HALF_ORDER, ORDER, to_compact
from millpond.core.subjects import to_hex
from scripts import _demo_story as story
from scripts._ape import OfflineSigner
from scripts._stage import PARAMS
from tests.journeys.safes import SafeMakers, SafeWallet
from tests.scripts.epochs import Month
from tests.scripts.town import NEWCOMER, RELAYER, STRANGER

pytestmark = [
    pytest.mark.filterwarnings("ignore:unclosed <socket:ResourceWarning"),
    pytest.mark.filterwarnings(
        "ignore:Exception ignored in. <socket:pytest.PytestUnraisableExceptionWarning"
    ),
]
OWNERS = (20, 21, 22)


@pytest.fixture
def unsigned(month: Month) -> Month:
    """The document as it was built, with nobody's signature."""
    shutil.rmtree(month.files().folder / "signatures")
    return month


def collect(month: Month, answer: Path) -> dict[str, Any]:
    return month.look("collect", str(answer))


def refused(month: Month, answer: Path) -> MillpondError:
    return month.refuses("collect", str(answer), by=None)


def changed(path: Path, change: Callable[[Any], object]) -> Path:
    """A copy of a file of canonical JSON with one thing changed."""
    found = json.loads(path.read_bytes())
    change(found)
    other = path.with_name(f"changed-{path.name}")
    other.write_bytes(canonical.encode(found))
    return other


# --- the way round ----------------------------------------------------------------------------


@pytest.mark.parametrize("order", [(1, 2), (2, 1), (3, 1)])
def test_cosign__two_on_other_machines_in_any_order__is_posted(
    unsigned: Month, order: tuple[int, int]
) -> None:
    answers = []
    for maintainer in order:
        request = unsigned.elsewhere("post", f"machine-{maintainer}")
        answers.append(unsigned.cosign(request, by=maintainer))
    for count, answer in enumerate(answers, 1):
        assert collect(unsigned, answer)["signed"] == count
    assert unsigned.post()
    posted = unsigned.coop.distributor.past_events("DistributionPosted", 0)[-1]
    assert set(posted.args["signers"]) == {unsigned.address(n) for n in order}


def test_sign_offline__without_a_node__counts_like_any_other(unsigned: Month) -> None:
    request = unsigned.elsewhere("post", "cellar")
    before = unsigned.blocks
    found = unsigned.offline(request, by=2)
    assert unsigned.blocks == before
    assert found["signer"] == unsigned.address(2)
    collect(unsigned, Path(found["file"]))
    unsigned.signs(by=1)
    assert unsigned.post()
    (line,) = (unsigned.papers / "journal" / "1337.journal.jsonl").read_text().splitlines()
    assert json.loads(line)["what"] == "Sign to post in epoch 1, attempt 1, offline"


def test_sign_offline__asks_no_node__even_where_there_is_none(
    unsigned: Month, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_network(*_: object, **__: object) -> None:
        raise AssertionError("it asked the network")

    monkeypatch.setattr("requests.sessions.Session.send", no_network)
    monkeypatch.setattr("socket.socket.connect", no_network)
    assert unsigned.offline(unsigned.elsewhere("post", "cellar"), by=1)


# --- a request that says something else -------------------------------------------------------


def _uri(asked: Any) -> None:
    asked["typedData"]["message"]["uri"] = "https://elsewhere.example/"


def _words(asked: Any) -> None:
    asked["words"][0] = "Post nothing at all."


def _kind(asked: Any) -> None:
    asked["kind"] = "withdraw"


def _domain(asked: Any) -> None:
    asked["typedData"]["domain"]["name"] = "Other"


def _field(asked: Any) -> None:
    asked["more"] = "1"


@pytest.mark.parametrize("change", [_uri, _words, _kind, _domain, _field])
def test_sign_offline__a_request_whose_parts_contradict_each_other__is_refused(
    unsigned: Month, change: Callable[[Any], None]
) -> None:
    request = changed(unsigned.elsewhere("post", "cellar"), change)
    error = unsigned.offline_refused(request, by=1)
    assert re.search("words or data of the request|is no request", error.message)


def _rewritten(asked: Asked, **values: int | str | bytes) -> bytes:
    """What a forger who writes our form well would hand over."""
    other = Asked(asked.kind, asked.coop, asked.domain, {**asked.values, **values})
    return other.to_json()


@pytest.mark.parametrize(
    ("field", "value", "names"),
    [
        ("root", b"\x01" * 32, "root"),
        ("totalCred", 1, "total cred"),
        ("leafCount", 1, "number of leaves"),
        ("dataHash", b"\x02" * 32, "document hash"),
        ("epoch", 2, "epoch"),
    ],
)
def test_sign_offline__a_request_that_is_not_of_the_document__is_refused(
    unsigned: Month, field: str, value: int | bytes, names: str
) -> None:
    request = unsigned.elsewhere("post", "cellar")
    asked = Asked.from_json(request.read_bytes())
    request.write_bytes(_rewritten(asked, **{field: value}))
    error = unsigned.offline_refused(request, by=1)
    assert error.message == f"the request is for another {names} than the document's"


def test_sign_offline__a_document_that_was_edited__is_refused_by_its_step(unsigned: Month) -> None:
    request = unsigned.elsewhere("post", "cellar")
    document = request.with_name("distribution.json")
    found = json.loads(document.read_bytes())
    found["total"] = str(int(found["total"]) + 1)
    document.write_bytes(canonical.encode(found))
    assert str(unsigned.offline_refused(request, by=1)).startswith("[total] ")


def _first_two_leaves(document: Any) -> None:
    document["leaves"][0], document["leaves"][1] = document["leaves"][1], document["leaves"][0]


def _leaf_twice(document: Any) -> None:
    document["leaves"].insert(0, document["leaves"][0])
    document["leaf_count"] = str(len(document["leaves"]))


def _empty_leaf(document: Any) -> None:
    document["leaves"][0]["cred"] = "0"


def _later_epoch(document: Any) -> None:
    document["epoch"] = "7"


def _week_too_much(document: Any) -> None:
    document["people"][0]["weekly"][0] += "1"


def _weights(document: Any) -> None:
    document["weights"] = "{}"


def _no_reason(document: Any) -> None:
    subject = document["leaves"][0]["subject"]
    document["exclusions"].append({"subject": subject, "reason": " "})


def _other_root(document: Any) -> None:
    document["root"] = "0x" + "01" * 32


def _unlisted_change(document: Any) -> None:
    subject = document["leaves"][0]["subject"]
    document["exclusions"].append({"subject": subject, "reason": "Why not"})
    gone = document["leaves"].pop(0)
    document["leaf_count"] = str(len(document["leaves"]))
    document["total"] = str(int(document["total"]) - int(gone["cred"]))


@pytest.mark.parametrize(
    ("change", "step"),
    [
        (_first_two_leaves, "leaves"),
        (_leaf_twice, "leaves"),
        (_empty_leaf, "leaves"),
        (_later_epoch, "epoch"),
        (_week_too_much, "cred"),
        (_weights, "weights"),
        (_no_reason, "exclusions"),
        (_other_root, "root"),
        (_unlisted_change, "root"),
    ],
)
def test_sign_offline__a_document_with_one_thing_wrong__is_refused_by_the_step_that_finds_it(
    unsigned: Month, change: Callable[[Any], None], step: str
) -> None:
    request = unsigned.elsewhere("post", "cellar")
    document = request.with_name("distribution.json")
    found = json.loads(document.read_bytes())
    change(found)
    document.write_bytes(canonical.encode(found))
    assert str(unsigned.offline_refused(request, by=1)).startswith(f"[{step}] ")


def test_sign__an_input_that_is_not_the_named_one__is_refused(unsigned: Month) -> None:
    request = unsigned.elsewhere("post", "cellar")
    for folder in (unsigned.files().folder, request.parent):
        (folder / "scores.json").write_bytes(b"other scores")
    here = unsigned.refused_to_sign("epoch sign", *unsigned.out, by=1)
    assert str(here).startswith("[input scores] ")
    assert str(unsigned.offline_refused(request, by=1)).startswith("[input scores] ")
    for folder in (unsigned.files().folder, request.parent):
        (folder / "scores.json").write_bytes(story.SCORES.read_bytes())
    unsigned.signs(by=1)
    unsigned.offline(request, by=2)


def test_sign_offline__without_the_document__is_refused(unsigned: Month) -> None:
    request = unsigned.elsewhere("post", "cellar")
    request.with_name("distribution.json").unlink()
    assert "no document beside the request" in unsigned.offline_refused(request, by=1).message


def test_cosign__for_another_distributor__is_refused(unsigned: Month) -> None:
    request = unsigned.elsewhere("post", "office")
    asked = Asked.from_json(request.read_bytes())
    place = asked.domain._replace(verifying_contract=unsigned.coop.grain.address)
    request.write_bytes(Asked(asked.kind, asked.coop, place, asked.values).to_json())
    error = unsigned.refused_to_sign("epoch cosign", str(request), by=1)
    assert "for another chain or co-op" in error.message


def test_cosign__somebody_who_is_no_maintainer__is_refused(unsigned: Month) -> None:
    request = unsigned.elsewhere("post", "office")
    error = unsigned.refused_to_sign("epoch cosign", str(request), by=STRANGER)
    assert error.message == f"{unsigned.address(STRANGER)} is no maintainer of credsperiment"


def test_cosign__after_the_last_second__is_refused(unsigned: Month) -> None:
    request = unsigned.elsewhere("post", "office")
    unsigned.wait(days=15)
    error = unsigned.refused_to_sign("epoch cosign", str(request), by=1)
    assert "which is over" in error.message
    assert error.next_step.endswith("signed again: ape run epoch repost")


# --- answers that do not count ----------------------------------------------------------------


@pytest.fixture
def answer(unsigned: Month) -> Path:
    """The second maintainer's."""
    return unsigned.cosign(unsigned.elsewhere("post", "office"), by=2)


def test_collect__the_same_answer_twice__is_refused(unsigned: Month, answer: Path) -> None:
    collect(unsigned, answer)
    assert "has signed this already" in refused(unsigned, answer).message


def test_collect__an_answer_in_the_name_of_another__is_refused(
    unsigned: Month, answer: Path
) -> None:
    forged = changed(answer, lambda paper: paper.update(signer=unsigned.address(1)))
    error = refused(unsigned, forged)
    assert error.name == "SignatureError"
    assert error.message == f"the signature is not that of {unsigned.address(1)}"


def test_collect__of_somebody_who_is_no_maintainer__is_refused(unsigned: Month) -> None:
    request = unsigned.elsewhere("post", "cellar")
    found = unsigned.offline(request, by=STRANGER)
    error = refused(unsigned, Path(found["file"]))
    assert error.message == f"{unsigned.address(STRANGER)} is no maintainer of credsperiment"


def test_collect__of_another_attempt__is_refused(unsigned: Month, answer: Path) -> None:
    other = changed(answer, lambda paper: paper.update(attempt="2"))
    error = refused(unsigned, other)
    assert error.name == "SignatureError"
    assert "signatures of another attempt are dead" in error.message


def test_collect__of_an_earlier_request__is_refused(unsigned: Month, answer: Path) -> None:
    unsigned.wait(days=15)
    unsigned.build()
    error = refused(unsigned, answer)
    assert "signed another request" in error.message


def test_collect__too_late__is_refused(unsigned: Month, answer: Path) -> None:
    unsigned.wait(days=15)
    assert "which is over" in refused(unsigned, answer).message


def test_collect__of_a_deed_that_nobody_asked_for__is_refused(
    unsigned: Month, answer: Path
) -> None:
    other = changed(answer, lambda paper: paper.update(kind="restore"))
    assert "nobody asked here to restore" in refused(unsigned, other).message


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("{}", "no signature of ours"),
        ("", "no signature of ours"),
        ('{"kind":"post"}', "no signature of ours"),
    ],
)
def test_collect__what_is_no_answer__is_refused(unsigned: Month, text: str, says: str) -> None:
    path = unsigned.papers / "answer.json"
    path.write_text(text)
    assert says in refused(unsigned, path).message


def test_collect__a_signature_longer_than_the_contract_takes__is_refused(
    unsigned: Month, answer: Path
) -> None:
    longer = changed(answer, lambda paper: paper.update(signature="0x" + "11" * 1_025))
    assert "1 to 1024 bytes" in refused(unsigned, longer).message


@pytest.mark.parametrize("spelling", ["v 0 or 1", "EIP-2098", "the higher s"])
def test_collect__another_spelling_of_the_same_signature__is_taken_in_the_usual_one(
    unsigned: Month, answer: Path, spelling: str
) -> None:
    paper = Paper.from_json(answer.read_bytes())
    r, s, v = paper.signature[:32], paper.signature[32:64], paper.signature[64]
    other = {
        "v 0 or 1": r + s + bytes([v - 27]),
        "EIP-2098": b"".join(to_compact(paper.signature)),
        "the higher s": r + (ORDER - int.from_bytes(s)).to_bytes(32) + bytes([55 - v]),
    }[spelling]
    assert other != paper.signature
    collect(unsigned, changed(answer, lambda it: it.update(signature=to_hex(other))))
    assert unsigned.files().signatures() == [(unsigned.address(2), paper.signature)]


# --- hardware wallets -------------------------------------------------------------------------


class Device(AccountAPI):  # type: ignore[misc]  # ape has no types
    """An account as the plugins of hardware wallets make it: it signs the two hashes of typed data
    and gives v, r, s; it has no key to give, and its owner may press the other button."""

    number: int
    answers: str = "v 0 or 1"

    @property
    def address(self) -> Any:
        return self._wallet.address

    @property
    def _wallet(self) -> Any:
        seed = seed_from_mnemonic(TEST_MNEMONIC, "")
        return Account.from_key(key_from_seed(seed, f"m/44'/60'/0'/0/{self.number}"))

    def sign_message(self, msg: Any, **_: Any) -> MessageSignature | None:
        if self.answers == "nothing":
            return None
        assert isinstance(msg, SignableMessage)
        assert bytes(msg.version) == b"\x01"
        signed = self._wallet.sign_message(msg)
        r, s, v = signed.r, signed.s, signed.v
        if self.answers == "the higher s":
            s, v = ORDER - s, 55 - v
        if self.answers == "v 0 or 1":
            v -= 27
        return MessageSignature(v=v, r=_bytes(r), s=_bytes(s))

    def sign_transaction(self, _txn: Any, **_: Any) -> Any:
        return None


def _bytes(number: int) -> Any:
    """As short as it may be."""
    return number.to_bytes((number.bit_length() + 7) // 8)


@pytest.mark.parametrize("answers", ["v 0 or 1", "v 27 or 28", "the higher s"])
def test_device__whatever_spelling_it_answers_in__its_signature_counts(
    unsigned: Month, answers: str
) -> None:
    asked = Asked.from_json(unsigned.elsewhere("post", "desk").read_bytes())
    paper = Paper.signed(asked, OfflineSigner(Device(number=2, answers=answers)))
    assert paper.signature[64] in (27, 28)
    assert int.from_bytes(paper.signature[32:64]) <= HALF_ORDER
    path = unsigned.papers / "answer.json"
    path.write_bytes(paper.to_json())
    collect(unsigned, path)
    unsigned.signs(by=1)
    assert unsigned.post()


def test_device__whose_owner_declines__is_refused_by_name(unsigned: Month) -> None:
    asked = Asked.from_json(unsigned.elsewhere("post", "desk").read_bytes())
    with pytest.raises(SignerError, match="did not sign"):
        Paper.signed(asked, OfflineSigner(Device(number=2, answers="nothing")))


def test_device__that_holds_another_account__is_refused_by_name(
    unsigned: Month, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = Asked.from_json(unsigned.elsewhere("post", "desk").read_bytes())
    signer = OfflineSigner(Device(number=2))
    monkeypatch.setattr(signer, "address", unsigned.address(1))
    with pytest.raises(SignatureError, match="not by"):
        Paper.signed(asked, signer)


def test_device__asked_to_send__is_refused_by_name(unsigned: Month) -> None:
    with pytest.raises(SignerError, match="sends nothing"):
        OfflineSigner(Device(number=2)).send(unsigned.stage.client, None)  # type: ignore[arg-type]


# --- a Safe as a maintainer -------------------------------------------------------------------


@pytest.fixture
def safe(month: Month) -> SafeWallet:
    """Two of its three owners sign; a maintainer beside the founders' three since this vote."""
    wallet = SafeMakers(month.stage.client).make([month.wallet(n) for n in OWNERS], 2)
    _set_maintainers(month, [*(month.address(n) for n in (1, 2, 3)), str(wallet.address)])
    month.build()
    return wallet


def _set_maintainers(month: Month, accounts: list[str]) -> None:
    path, text = month.papers / "maintainers.yaml", PARAMS.read_text("utf-8")
    listed = "".join(f'  - account: "{account}"\n' for account in accounts)
    before, _, rest = text.partition("maintainers: ")
    path.write_text(
        f"{before}maintainers:\n{listed}maintainers_needed: {rest.split('needed: ', 1)[1]}"
    )
    month.enact("set-maintainers", "--params", str(path))


def test_safe__signing_as_a_maintainer__counts_beside_a_person(
    month: Month, safe: SafeWallet
) -> None:
    acting = ("--safe", safe.address, "--safe-signatures", str(month.papers / "safe"))
    first = month.signs(*acting, by=OWNERS[0])
    assert (first["signed"], first["needed"]) == (1, 2)
    assert month.files().signatures() == []
    month.signs(*acting, by=OWNERS[2])
    ((who, signature),) = month.files().signatures()
    assert (who, len(signature)) == (safe.address, 130)
    month.signs(by=3)
    month.post()
    posted = month.coop.distributor.past_events("DistributionPosted", 0)[-1]
    assert set(posted.args["signers"]) == {safe.address, month.address(3)}


def test_safe__signing_on_another_machine__is_taken_in_once_it_says_so_itself(
    month: Month, safe: SafeWallet
) -> None:
    acting = ("--safe", safe.address, "--safe-signatures", str(month.papers / "safe"))
    request = month.elsewhere("post", "office")
    for owner in OWNERS[:2]:
        found = month.signs(*acting, by=owner)
    assert found["signer"] == safe.address
    ((_, signature),) = month.files().signatures()
    asked = Asked.from_json(request.read_bytes())
    shutil.rmtree(month.files().folder / "signatures")
    answer = request.with_name("answer.json")
    paper = Paper(asked.kind, 1, 1, asked.id, safe.address, signature[:-1] + b"\x1d")
    answer.write_bytes(paper.to_json())
    assert refused(month, answer).message == f"the signature is not that of {safe.address}"
    answer.write_bytes(Paper(asked.kind, 1, 1, asked.id, safe.address, signature).to_json())
    assert collect(month, answer)["signed"] == 1


# --- maintainers who are none any more --------------------------------------------------------


def test_post__of_somebody_who_was_taken_out_after_she_signed__is_refused_by_her_name(
    month: Month,
) -> None:
    _set_maintainers(month, [month.address(1), month.address(3), month.address(NEWCOMER)])
    error = month.refuses("post", "--unpublished", by=RELAYER)
    gone = f"{month.address(2)} is no maintainer of credsperiment any more"
    assert error.message.startswith(gone)
    assert "let a maintainer of now sign" in error.next_step


def test_sign__after_the_set_has_changed__wants_the_document_built_again(month: Month) -> None:
    _set_maintainers(month, [month.address(n) for n in (1, 2, NEWCOMER)])
    error = month.refused_to_sign("epoch sign", *month.out, by=1)
    assert error.message == "the maintainers have changed since the document was built"


def test_asked__a_reason_that_is_not_the_hashed_one__is_refused(unsigned: Month) -> None:
    asked = Asked.from_json(unsigned.elsewhere("post", "desk").read_bytes())
    other = Asked(asked.kind, asked.coop, asked.domain, asked.values, {"reason": "none"})
    with pytest.raises(BadInput, match="the reason in the request is not the one"):
        Asked.from_json(other.to_json())
