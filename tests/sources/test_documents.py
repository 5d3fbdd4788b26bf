# SPDX-License-Identifier: AGPL-3.0-only
"""A published distribution, wherever a reader has it."""

import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from pathlib import Path
from threading import Thread

import pytest

from millpond.core.distribution import read, to_json
from millpond.core.errors import BadInput
from millpond.sources import documents
from millpond.sources.documents import open_published
from tests.core import month


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The document of a real month and its score file, as a maintainer publishes them."""
    folder = tmp_path_factory.mktemp("2019-09")
    (folder / "distribution.json").write_bytes(to_json(month.september()))
    (folder / "whatever.bin").write_bytes(month.score_bytes())
    return folder


@contextmanager
def served(status: int, body: bytes) -> Iterator[str]:
    """A page on loopback."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/distribution.json"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_open__directory_file_and_tar__the_same(published: Path, tmp_path: Path) -> None:
    packed = tmp_path / "2019-09.tar"
    with tarfile.open(packed, "w") as tar:
        tar.add(published, "2019-09")
    data = (published / "distribution.json").read_bytes()
    for place in (published, published / "distribution.json", packed):
        found = open_published(str(place))
        assert found.data == data
        assert found.inputs(read(data)) == {"scores": month.score_bytes()}


def test_open__file_of_another_name__alone(published: Path, tmp_path: Path) -> None:
    path = tmp_path / "september.json"
    path.write_bytes((published / "distribution.json").read_bytes())
    (tmp_path / "scores.json").write_bytes(month.score_bytes())
    assert open_published(str(path)).beside == ()


def test_open__address__fetched(published: Path) -> None:
    data = (published / "distribution.json").read_bytes()
    with served(200, data) as address:
        assert open_published(address).data == data


@pytest.mark.parametrize("status", [404, 500])
def test_open__address_that_fails__refused(status: int) -> None:
    with served(status, b"") as address, pytest.raises(BadInput, match="cannot be fetched"):
        open_published(address)


def test_open__nobody_at_the_address__refused() -> None:
    with pytest.raises(BadInput, match="cannot be fetched"):
        open_published("http://127.0.0.1:1/distribution.json")


def test_open__too_large__refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(documents, "MAX_BYTES", 10)
    with served(200, b"x" * 11) as address, pytest.raises(BadInput, match="more than 10 bytes"):
        open_published(address)
    (tmp_path / "distribution.json").write_bytes(b"x" * 11)
    with pytest.raises(BadInput, match="larger than 10 bytes"):
        open_published(str(tmp_path))


def test_open__no_document_inside__refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"holds no distribution\.json"):
        open_published(str(tmp_path))
    empty = BytesIO()
    with tarfile.open(fileobj=empty, mode="w"):
        pass
    (tmp_path / "x.tar").write_bytes(empty.getvalue())
    with pytest.raises(BadInput, match=r"holds no distribution\.json"):
        open_published(str(tmp_path / "x.tar"))


@pytest.mark.parametrize("place", ["ipfs://bafy", "ftp://host/file", "/does/not/exist"])
def test_open__elsewhere__refused_with_a_next_step(place: str) -> None:
    with pytest.raises(BadInput) as caught:
        open_published(place)
    assert caught.value.next_step


def test_open__tar_with_a_link_or_a_device__ignored(tmp_path: Path) -> None:
    packed = tmp_path / "x.tar"
    with tarfile.open(packed, "w") as tar:
        link = tarfile.TarInfo("distribution.json")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        tar.addfile(link)
    with pytest.raises(BadInput, match=r"holds no distribution\.json"):
        open_published(str(packed))
