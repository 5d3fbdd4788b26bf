# SPDX-License-Identifier: AGPL-3.0-only
"""The published form of an epoch: files in one tar whose bytes follow from them.

The tar: plain ustar, one entry for each file, by ascending name, mode 0644, no owner, no time; so
whoever has the same files has the same tar and can hold its hash against ours.
"""

import re
from collections.abc import Mapping

from millpond.core.errors import BadInput

_BLOCK, _RECORD = 512, 10_240
_NAME = re.compile(r"[A-Za-z0-9._/-]{1,250}")
_SHORT, _FOLDERS = 99, 154
"""What a header takes of a name, and of the folders before it where it is longer."""


def tar(files: Mapping[str, bytes]) -> bytes:
    """The one tar of these files; `BadInput` for a name that would not stay inside its folder."""
    parts = [_entry(name, files[name]) for name in sorted(files)]
    body = b"".join(parts) + bytes(2 * _BLOCK)
    return body + bytes(-len(body) % _RECORD)


def _split(name: str) -> tuple[str, str]:
    """A long name as folders and the rest, as the ustar form has it; a short one as it is."""
    if len(name) <= _SHORT:
        return "", name
    folders, _, short = name.rpartition("/")
    return folders, short


def _entry(name: str, data: bytes) -> bytes:
    parts = name.split("/")
    folders, short = _split(name)
    fits = len(short) <= _SHORT and len(folders) <= _FOLDERS
    if _NAME.fullmatch(name) is None or not fits or any(part in ("", ".", "..") for part in parts):
        raise BadInput(
            f"{name[:99]!r} cannot be the name of a published file",
            "use letters, digits, points, dashes and plain folders",
        )
    header = bytearray(_BLOCK)
    for at, text in (
        (0, short),
        (100, "0000644\0"),
        (108, "0000000\0"),
        (116, "0000000\0"),
        (124, f"{len(data):011o}\0"),
        (136, f"{0:011o}\0"),
        (148, " " * 8),
        (156, "0"),
        (257, "ustar\x0000"),
        (345, folders),
    ):
        header[at : at + len(text)] = text.encode("ascii")
    header[148:156] = f"{sum(header):06o}\0 ".encode("ascii")
    return bytes(header) + data + bytes(-len(data) % _BLOCK)
