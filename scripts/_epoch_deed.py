# SPDX-License-Identifier: AGPL-3.0-only
"""How a deed goes that several people sign: one run adds one signature, and the last one sends."""

from collections.abc import Sequence
from dataclasses import dataclass

from millpond.chain.contracts import Method
from millpond.chain.coop import Coop, domain_of
from millpond.chain.epoch_requests import NOTE, Asked, Paper
from millpond.core.errors import BadInput
from scripts._desk import Desk, receipt_fields
from scripts._epoch import DAY, require_may_sign
from scripts._epoch_files import EpochFiles

_HOLDS = 14 * DAY


@dataclass(frozen=True)
class Deed:
    """One thing to be signed and done. `before` are the arguments before the signatures."""

    name: str
    what: str
    asked: Asked
    method: Method
    before: tuple[object, ...]
    needed: int
    rows: tuple[tuple[str, object], ...]
    record: str
    told: dict[str, object]

    @property
    def texts(self) -> list[str]:
        """Those whose hashes go on the chain."""
        return [text for name, text in self.asked.texts.items() if name != NOTE]

    def arguments(self, papers: Sequence[tuple[str, bytes]]) -> tuple[object, ...]:
        """In the contract's order."""
        ordered = sorted(papers, key=lambda paper: int(paper[0], 16))
        if self.asked.kind == "settle":
            return *self.before, self.asked.deadline, ordered[0][1]
        signers, signatures = [who for who, _ in ordered], [what for _, what in ordered]
        return *self.before, self.asked.deadline, signers, signatures


def asked_for(
    at: Desk,
    coop: Coop,
    files: EpochFiles,
    kind: str,
    name: str,
    values: dict[str, int | str | bytes],
    texts: dict[str, str] | None = None,
) -> Asked:
    """The request that lies there already, if it still asks for just this; else a new one."""
    now, kept = at.client.now(), files.asked(name)
    deadline = kept.deadline if kept and kept.deadline > now else now + _HOLDS
    whole = {**values, "deadline": deadline}
    return Asked(kind, coop.name, domain_of(coop.distributor), whole, texts or {})


def go_on(at: Desk, coop: Coop, files: EpochFiles, deed: Deed, ask: bool) -> None:
    """Sign if this account's signature counts and is missing; send if there are enough."""
    papers = _papers(at, files, deed)
    for who in papers:
        require_may_sign(coop, deed.asked, who)
    if ask:
        _write_request(at, files, deed)
        return
    mine, enough = at.signer.address, len(papers) >= deed.needed
    signs = not enough and mine not in papers
    if signs:
        require_may_sign(coop, deed.asked, mine)
    at.plan(
        deed.what,
        *deed.rows,
        ("signed by", ", ".join(papers) or "nobody yet"),
        ("needed", deed.needed),
        ("you", "send it" if enough else "sign now" if signs else "have signed it"),
    )
    if at.send:
        for text in deed.texts:
            files.keep_text(text)
    if signs and at.send:
        papers = _signed(at, files, deed)
    if len(papers) < deed.needed:
        _wait(at, files, deed, len(papers), signs)
        return
    receipt = at.carry_out(deed.what, deed.method, *deed.arguments(list(papers.items())))
    files.record(deed.record, {**deed.told, **receipt_fields(receipt)})
    at.answer(f"Done: {deed.what}.", receipt, signed=len(papers), needed=deed.needed)


def _papers(at: Desk, files: EpochFiles, deed: Deed) -> dict[str, bytes]:
    """The signatures under just this request."""
    kept = files.asked(deed.name)
    found: dict[str, bytes] = {}
    if kept == deed.asked:
        found |= files.signatures(deed.name)
    elif kept is not None and files.signatures(deed.name):
        _require_ended(at, kept, deed)
    return found


def _write_request(at: Desk, files: EpochFiles, deed: Deed) -> None:
    path = files.put_request(deed.name, deed.asked)
    at.answer(
        f"Hand {path} (and distribution.json) to whoever is to sign: ape run epoch cosign.",
        sent=False,
        file=str(path),
    )


def _require_ended(at: Desk, kept: Asked, deed: Deed) -> None:
    """Signatures under another request are put away only when they can count no more."""
    if kept.attempt == deed.asked.attempt and kept.deadline >= at.client.now():
        raise BadInput(
            f"others have signed another request to {kept.kind}: {'; '.join(kept.texts.values())}",
            "sign theirs by leaving --reason away, or let the maintainers agree on one first",
        )


def _signed(at: Desk, files: EpochFiles, deed: Deed) -> dict[str, bytes]:
    at.agree(f"Sign: {deed.what}?")
    paper = Paper.signed(deed.asked, at.signer)
    files.put_request(deed.name, deed.asked)
    files.add_signature(paper.signer, paper.signature, deed.name)
    at.note(f"Sign: {deed.what}")
    return {str(who): what for who, what in files.signatures(deed.name)}


def _wait(at: Desk, files: EpochFiles, deed: Deed, signed: int, signs: bool) -> None:
    if not at.send:
        then = signed + signs
        at.end_dry(f"Sign: {deed.what}, {then} of {deed.needed} needed", signed=signed)
    path = files.request_path(deed.name)
    at.answer(
        f"Signed: {signed} of {deed.needed}. Hand {path} to another one, who runs: ape run epoch "
        "cosign; or let her run this command here.",
        sent=False,
        signed=signed,
        needed=deed.needed,
        file=str(path),
    )
