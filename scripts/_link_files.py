# SPDX-License-Identifier: AGPL-3.0-only
"""Files of link requests: for each its fields, and the signatures so far by account."""

from pathlib import Path
from typing import Any

from millpond.chain.links import LinkRequest
from millpond.chain.signers import Signer
from millpond.core import canonical
from millpond.core.errors import BadInput, CanonicalError
from millpond.core.subjects import to_hex


def add(path: Path, request: LinkRequest, owner: Signer) -> None:
    """Put a request, signed by the owner of its account, into a file; it replaces an older one."""
    fields = request.fields()
    others = [e for e in read(path, missing_is_empty=True) if e["identity"] != fields["identity"]]
    signature = to_hex(owner.sign_typed(request.typed(owner.address)))
    write(path, [*others, {**fields, "signatures": {owner.address: signature}}])


def read(path: Path, missing_is_empty: bool = False) -> list[dict[str, Any]]:
    if missing_is_empty and not path.exists():
        return []
    try:
        found = canonical.decode(path.read_bytes())
    except (OSError, CanonicalError) as error:
        raise BadInput(f"{path} is no file of requests: {error}", "write it with `ask`") from None
    if not isinstance(found, list) or not all(
        isinstance(e, dict) and isinstance(e.get("signatures"), dict) for e in found
    ):
        raise BadInput(f"{path} is no file of requests", "write it with `ask`")
    return found  # type: ignore[return-value]


def write(path: Path, entries: list[dict[str, Any]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(canonical.encode(entries))
