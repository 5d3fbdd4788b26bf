# SPDX-License-Identifier: AGPL-3.0-only
"""`epoch publish`, and that nothing is posted which nobody could fetch."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from millpond.core import proof_file
from millpond.core.canonical import keccak256
from millpond.core.distribution import data_hash, to_json
from millpond.core.ipfs_names import CHUNK, cid_of
from millpond.core.proof_file import Header
from millpond.core.publication import tar
from millpond.core.subjects import to_hex
from millpond.mirror.documents import Shelf
from millpond.sources.documents import open_published
from millpond.sources.publishing import Ipfs, require_published
from scripts._epoch_build import uri_of
from tests.scripts.epochs import Month
from tests.scripts.test_epoch_post import WHY, withdraw
from tests.scripts.town import RELAYER
from tests.sources.server import Reply, running
from tests.sources.test_publishing import Node

pytestmark = [
    pytest.mark.filterwarnings("ignore:unclosed <socket:ResourceWarning"),
    pytest.mark.filterwarnings(
        "ignore:Exception ignored in. <socket:pytest.PytestUnraisableExceptionWarning"
    ),
]


def signed(month: Month, uri: str) -> None:
    """The same document, to be found elsewhere."""
    month.build("2019-09", "--uri", uri)
    for maintainer in (1, 2):
        month.signs(by=maintainer)


def test_publish__twice__is_the_same_folder_and_the_same_tar(month: Month) -> None:
    to = month.papers / "public"
    first = month.look("publish", "--to", str(to))
    document = month.document()
    name = to_hex(data_hash(document))
    assert first["dataHash"] == name
    folder, packed = to / name, to / f"{name}.tar"
    data = packed.read_bytes()
    assert to_hex(keccak256(data)) == first["tarHash"]
    files = {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}
    proofs = files.pop("distribution.proofs")  # an aid that follows from the document
    assert proofs == b"".join(proof_file.write(document.tree()))
    assert tar(files) == data
    assert keccak256(files["distribution.json"]) == data_hash(document)
    assert "posted.json" not in files
    assert month.look("publish", "--to", str(to)) == first
    assert packed.read_bytes() == data
    for place in (folder, packed):
        assert open_published(str(place)).data == to_json(document)


def test_publish__onto_the_mirror_s_shelf__is_found_there_by_hash(month: Month) -> None:
    shelf = month.papers / "documents"
    month.post()
    month.act("withdraw", *WHY, by=1)
    month.look("publish", "--shelf", str(shelf))
    document = month.document()
    assert Shelf(shelf).open(data_hash(document)).distribution == document


def test_publish__onto_the_shelf__its_proofs_are_served_without_reading_the_document(
    month: Month, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = month.papers / "documents"
    month.look("publish", "--shelf", str(folder))
    document, shelf = month.document(), Shelf(folder)
    tree = document.tree()
    monkeypatch.setattr(shelf, "open", None)
    for subject, _ in document.leaves:
        index = tree.index_of(subject)
        found = shelf.proven(data_hash(document), Header.of(tree), subject)
        assert found == (tree.leaf(index), tree.proof(index))


def test_publish__after_a_withdrawal__tells_it_with_its_reason(month: Month) -> None:
    to = month.papers / "public"
    month.post()
    withdraw(month)
    name = str(month.look("publish", "--to", str(to))["dataHash"])
    (entry,) = json.loads((to / name / "changes.json").read_bytes())
    assert (entry["what"], entry["attempt"], entry["reason"]) == ("withdrawn", "1", WHY[1])
    assert set(entry["signers"]) == {month.address(1), month.address(2)}


def test_publish__somebody_left_out__stands_in_the_log_with_the_reason(month: Month) -> None:
    to = month.papers / "public"
    identity = str(next(p.identity for p in month.document().people if p.identity))
    month.build("2019-09", "--leave-out", identity, "She asked for it")
    name = str(month.look("publish", "--to", str(to))["dataHash"])
    (entry,) = json.loads((to / name / "changes.json").read_bytes())
    assert (entry["what"], entry["reason"], entry["published"]) == (
        "left out",
        "She asked for it",
        "0",
    )


def test_publish__nowhere__is_refused(month: Month) -> None:
    assert month.refuses("publish", by=None).message == "there is nowhere to publish to"


def test_publish__to_ipfs__has_the_address_that_is_posted(month: Month) -> None:
    node = Node()
    with running(node.answer) as place:
        month.build("2019-09", "--uri", "ipfs://later")
        uri = f"ipfs://{cid_of(to_json(month.document()))}"
        signed(month, uri)
        ipfs = ("--ipfs", place.url)
        error = month.refuses("post", *ipfs, by=RELAYER)
        assert "IPFS cat is refused" in error.message
        assert month.look("publish", *ipfs)["ipfs"] == uri
        assert month.act("post", *ipfs, by=RELAYER)["sent"] is True
    posted = month.coop.distributor.past_events("DistributionPosted", 0)[-1]
    assert posted.args["uri"] == uri


def test_publish__a_document_of_many_blocks__has_the_address_that_was_built_in(
    month: Month,
) -> None:
    document = replace(month.document(), weights=" " * (3 * CHUNK))
    uri = uri_of(document, "ipfs://")
    assert uri == f"ipfs://{cid_of(to_json(document))}"
    with running(Node().answer) as place:
        assert Ipfs(place.url).add(to_json(document)) == uri
        require_published(uri, data_hash(document), Ipfs(place.url))


def test_post__before_it_can_be_fetched__is_refused_and_then_posted(month: Month) -> None:
    """The web server shows the published folder; the address is that of the file in it."""
    to = month.papers / "public"

    def answer(asked: object) -> Reply:
        path = to / str(getattr(asked, "path", "")).lstrip("/")
        return Reply(200, path.read_bytes()) if path.is_file() else Reply(404)

    with running(answer) as place:
        uri = f"{place.url}/{to_hex(data_hash(month.document()))}/distribution.json"
        signed(month, uri)
        error = month.refuses("post", by=RELAYER)
        assert "cannot be fetched" in error.message
        month.look("publish", "--to", str(to))
        _swap(to, month, b"{}")
        assert "have the hash" in month.refuses("post", by=RELAYER).message
        month.look("publish", "--to", str(to))
        assert month.dry("epoch post", *month.out, by=RELAYER)["gas"] > 0
        assert month.act("post", by=RELAYER)["sent"] is True


def _swap(to: Path, month: Month, data: bytes) -> None:
    (to / to_hex(data_hash(month.document())) / "distribution.json").write_bytes(data)
