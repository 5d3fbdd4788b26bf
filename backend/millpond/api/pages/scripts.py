# SPDX-License-Identifier: AGPL-3.0-only
"""The scripts of the pages, as `make setup` bundles them out of frontend/; without Node there are
none, and the pages only show."""

import json
from functools import cache
from importlib.resources import files

from fastapi import Response

from millpond.api.problems import NoSuchPage

FOR_EVER = {"Cache-Control": "public, max-age=31536000, immutable"}
MEDIA_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
}
_MANIFEST = "manifest.json"
_LICENCES = "licences"


def script_urls(page: str) -> tuple[str, ...]:
    """What a page loads, its own script first; nothing where nothing was built."""
    return tuple(f"/scripts/{name}" for name in _pages().get(page, ()))


def licences_url() -> str | None:
    """The licences of what is in the scripts of others."""
    names = _pages().get(_LICENCES)
    return f"/scripts/{names[0]}" if names else None


def script_file(name: str) -> Response:
    """A file whose name holds the hash of its content; it never changes."""
    found = _built().get(name)
    if found is None or name == _MANIFEST:
        raise NoSuchPage("there is nothing at this address", "begin at /")
    return Response(found, media_type=MEDIA_TYPES[f".{name.rpartition('.')[2]}"], headers=FOR_EVER)


@cache
def _built() -> dict[str, bytes]:
    folder = files("millpond") / "web" / "dist"
    if not folder.is_dir():
        return {}
    return {file.name: file.read_bytes() for file in folder.iterdir() if file.is_file()}


@cache
def _pages() -> dict[str, list[str]]:
    found: dict[str, list[str]] = json.loads(_built().get(_MANIFEST, b"{}"))
    return found
