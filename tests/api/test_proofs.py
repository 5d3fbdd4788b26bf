# SPDX-License-Identifier: AGPL-3.0-only
"""A leaf and its proof, out of the file beside the document; it leads to the root on the chain."""

from pathlib import Path
from typing import Any

import pytest
from eth_utils.crypto import keccak

from millpond.core.proof_file import StoredTree
from millpond.core.subjects import Subject
from millpond.core.sum_tree import Leaf, verify_proof
from millpond.core.units import MicroCred
from tests.api.site import POOL, Site


def _path(identity: str) -> str:
    return f"{POOL}/distributions/1/proofs/0x{keccak(text=identity).hex()}"


def _kept(site: Site) -> list[Path]:
    folder = site.story.folder
    return sorted(folder.rglob("*.proofs"))


def _holds(found: dict[str, Any]) -> bool:
    """Held against root and total as in the reply, by the rules of the tree."""
    subject = bytes.fromhex(found["subject"][2:])
    leaf = Leaf(found["index"], Subject(subject), MicroCred(int(found["cred"])))
    proof = [(bytes.fromhex(each["hash"][2:]), int(each["sum"])) for each in found["proof"]]
    distributor = bytes.fromhex(found["distributor"][2:])
    place = found["chain_id"], distributor, found["epoch"]
    root = bytes.fromhex(found["root"][2:])
    verify_proof(*place, leaf, proof, root, int(found["total_cred"]), found["leaf_count"])
    return True


def test_get_proof__of_a_leaf__leads_to_the_root_on_the_chain(grown: Site) -> None:
    identity = grown.story.people()[0]
    found = grown.data(_path(identity))
    assert _holds(found)
    assert found["distributor"] == grown.story.coop.distributor.address
    claim = grown.data(_path(identity).replace("/proofs/", "/claims/"))["call"]
    assert found["proof"] == claim["proof"]
    assert found["index"] == claim["claims"][0]["index"]


def test_get_proof__a_second_time__comes_out_of_the_file(
    grown: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = grown.story.people()[:2]
    grown.data(_path(first))
    assert len(_kept(grown)) == 1
    asked = []
    real = StoredTree.proven

    def told(tree: StoredTree, subject: bytes) -> Any:
        asked.append(subject)
        return real(tree, subject)

    monkeypatch.setattr(StoredTree, "proven", told)
    monkeypatch.setattr(grown.story.shelf, "open", None)  # the document is not read again
    assert _holds(grown.data(_path(second)))
    assert asked == [keccak(text=second)]


@pytest.mark.parametrize("wrong", [b"", b"no proofs at all", "flipped"], ids=str)
def test_get_proof__a_file_that_is_damaged__is_made_anew(grown: Site, wrong: bytes | str) -> None:
    identity = grown.story.people()[0]
    right = grown.data(_path(identity))
    (kept,) = _kept(grown)
    data = kept.read_bytes()
    changed = data[:-1] + bytes([data[-1] ^ 1])
    kept.write_bytes(wrong if isinstance(wrong, bytes) else changed)
    assert grown.data(_path(identity)) == right
    assert kept.read_bytes() == data


def test_get_proof__of_nobody__is_404(grown: Site) -> None:
    grown.problem(_path("github:nobody"), 404, "no-such-leaf")
