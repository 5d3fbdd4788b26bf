# SPDX-License-Identifier: AGPL-3.0-only
"""A document on its way out: put into IPFS by its HTTP API, and fetched back from where it went.

What a place says of itself is not believed: bytes count as published once they came back and have
the hash that the chain is to keep.
"""

import json
from http import HTTPStatus
from typing import Any

import requests
from requests import exceptions

from millpond.core.canonical import keccak256
from millpond.core.errors import BadInput, BadSourceAnswer, SourceDown, SourceRefused
from millpond.core.ipfs_names import CHUNK, LINKS, cid_of, require_cid
from millpond.core.subjects import to_hex
from millpond.sources.documents import MAX_BYTES, open_published

IPFS = "ipfs://"
_SECONDS = 60
_PIECE = 1 << 16
_MOST_WORDS = 1 << 16
_AS_KUBO = {
    "pin": "true",
    "cid-version": "1",
    "raw-leaves": "true",
    "chunker": f"size-{CHUNK}",
    "hash": "sha2-256",
}
"""How the bytes are to be cut up and named, whatever else the node is set to."""
_LOOK = "look whether the IPFS node runs and its HTTP API is the address of --ipfs"


class Ipfs:
    """The HTTP API of an IPFS node, such as http://127.0.0.1:5001."""

    def __init__(self, base: str) -> None:
        if not base.startswith(("http://", "https://")):
            raise BadInput(f"{base[:80]!r} is no http address", "give --ipfs http://127.0.0.1:5001")
        self._base = base.rstrip("/")

    def add(self, data: bytes) -> str:
        """Put bytes there to stay; their address.

        Refused unless the node's name is the one that follows from them, and gives them back.
        """
        said = self._ask("add", _AS_KUBO, _MOST_WORDS, {"file": ("distribution.json", data)})
        cid, own = require_cid(_cid_in(said)), cid_of(data)
        if cid != own:
            raise BadSourceAnswer(
                f"the IPFS node calls these bytes {cid}, their name is {own}",
                f"do not post that name; {_LOOK}, and whether it cuts files up as Kubo does "
                f"({LINKS} links a node)",
            )
        if self.cat(cid) != data:
            raise BadSourceAnswer(
                f"the IPFS node gives other bytes for {cid} than it was given",
                "do not post that name; " + _LOOK,
            )
        return IPFS + cid

    def cat(self, cid: str) -> bytes:
        """The bytes of a name."""
        return self._ask("cat", {"arg": require_cid(cid)}, MAX_BYTES, None)

    def _ask(self, what: str, query: dict[str, str], most: int, files: Any) -> bytes:
        where = f"{self._base}/api/v0/{what}"
        try:
            with requests.post(
                where, params=query, files=files, timeout=_SECONDS, stream=True,
                allow_redirects=False,
            ) as answer:  # fmt: skip
                data = bytearray()
                for piece in answer.iter_content(_PIECE):
                    data += piece
                    if len(data) > most:
                        raise BadSourceAnswer(f"IPFS {what} answers without an end", _LOOK)
        except exceptions.RequestException as error:
            raise SourceDown(f"IPFS {what} fails ({type(error).__name__})", _LOOK) from None
        if answer.status_code != HTTPStatus.OK:
            raise SourceRefused(
                f"IPFS {what} is refused (HTTP status {answer.status_code})",
                _LOOK,
                answer.status_code,
            )
        return bytes(data)


def _cid_in(said: bytes) -> str:
    """The name in the last line of what `add` answers."""
    try:
        last = json.loads(said.decode("utf-8").strip().splitlines()[-1])
        return str(last["Hash"])
    except (ValueError, LookupError, TypeError):
        raise BadSourceAnswer("IPFS add answers something that names no file", _LOOK) from None


_PUBLISH = (
    "publish this document there first (ape run epoch publish), or post it although nobody can "
    "read it there: --unpublished"
)


def fetch_back(uri: str, ipfs: Ipfs | None) -> bytes:
    """The bytes under a posted address, as any reader would fetch them."""
    if not uri.startswith(IPFS):
        try:
            return open_published(uri).data
        except BadInput as error:
            raise BadInput(error.message, _PUBLISH) from None
    if ipfs is None:
        raise BadInput(
            "an ipfs address is fetched by the HTTP API of an IPFS node",
            "name the node: --ipfs http://127.0.0.1:5001",
        )
    return ipfs.cat(uri.removeprefix(IPFS))


def require_published(uri: str, digest: bytes, ipfs: Ipfs | None) -> None:
    """Refuse unless the bytes of this hash can be fetched from the address."""
    if not uri.startswith(("https://", "http://", IPFS)):
        raise BadInput(
            f"{uri[:80]!r} is no address at which a reader can fetch a document",
            "set documents_uri of the parameters to an https or ipfs address, and build again",
        )
    found = keccak256(fetch_back(uri, ipfs))
    if found != digest:
        raise BadSourceAnswer(
            f"the bytes under {uri} have the hash {to_hex(found)}, not {to_hex(digest)}",
            _PUBLISH,
        )
