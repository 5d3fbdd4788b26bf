# SPDX-License-Identifier: AGPL-3.0-only
"""`millpond verify distribution --instance`: the cred itself is computed again."""

from collections.abc import Callable
from pathlib import Path

import pytest

from millpond.core.distribution import to_json
from millpond.sources.pins import pinned
from tests.cli.conftest import Ran
from tests.sourcecred import VECTORS
from tests.sources.test_pins import document

Run = Callable[..., Ran]


@pytest.fixture
def published(tmp_path: Path) -> Path:
    """A document and the lists that it names, as a maintainer publishes them."""
    found = pinned(VECTORS / "synthetic-2k", "credrank", "exact")
    folder = tmp_path / "2020-02"
    folder.mkdir()
    (folder / "distribution.json").write_bytes(to_json(document(found)))
    for name, data in found.pins.files().items():
        (folder / name).write_bytes(data)
    return folder


def test_verify__with_its_instance__computes_the_cred_again(millpond: Run, published: Path) -> None:
    ran = millpond("verify", "distribution", published, "--instance", VECTORS / "synthetic-2k")
    assert ran.status == 0, ran.out + ran.err
    assert "people is what the instance gives" in ran.out
    assert "not checked  scores" not in ran.out


def test_verify__with_another_instance__says_that_it_is_another(
    millpond: Run, published: Path
) -> None:
    ran = millpond("verify", "distribution", published, "--instance", VECTORS / "kurafire")
    assert ran.status == 3
    assert "the graphs or settings of this instance are not those that the document names" in (
        ran.err
    )


def test_verify__without_an_instance__checks_the_lists_and_says_what_it_did_not_see(
    millpond: Run, published: Path
) -> None:
    ran = millpond("verify", "distribution", published)
    assert ran.status == 0
    assert "nor computed from an instance (--instance)" in ran.out
    assert "bytes with the hash in the document" in ran.out
