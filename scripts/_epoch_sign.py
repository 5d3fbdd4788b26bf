# SPDX-License-Identifier: AGPL-3.0-only
"""Signatures of maintainers and members: here, on another machine by file, and gathered again.

The machine with the epoch's folder hands out `requests/<deed>.json` (and the document); the other
one answers with a small file; `collect` puts that beside the others. The order does not matter.
"""

import json
from collections.abc import Sequence
from pathlib import Path

import click

from millpond.chain import epochs
from millpond.chain.coop import Coop, domain_of
from millpond.chain.epoch_requests import Asked, Paper, require_in_time
from millpond.chain.safes import is_signed_by
from millpond.core import typed_data
from millpond.core.distribution import Distribution, verify
from millpond.core.errors import BadInput, SignatureError
from scripts import _desk as desk
from scripts._desk import Desk
from scripts._epoch import checked, cli, next_epoch, require_current, require_may_sign, show
from scripts._epoch_files import POST, EpochFiles, asked_to_post, check_inputs_in, out_option
from scripts._params import read_file

request_argument = click.argument("path", type=click.Path(path_type=Path))
document_option = click.option(
    "--document",
    type=click.Path(path_type=Path),
    help="The distribution.json; default: beside the request, if it lies there.",
)
answer_option = click.option(
    "--to", type=click.Path(path_type=Path), help="Where to write the answer; default: beside it."
)


@desk.command(cli, sends=False)
@out_option
def sign(at: Desk, out: Path) -> None:
    """Check the document in the folder as a whole, and sign it as a maintainer."""
    coop = at.coop()
    files = EpochFiles(out, at.pool, next_epoch(coop))
    if not coop.distributor.is_maintainer(at.signer.address):
        raise BadInput(
            f"{at.signer.address} is no maintainer of {at.pool}", "sign as one of the maintainers"
        )
    document, request = checked(coop, files)
    require_attempt(coop, request.attempt)
    require_in_time(POST, request.deadline, at.client.now())
    show(at, document, at.signer.address)
    at.agree("Sign this distribution?")
    paper = Paper.signed(asked_to_post(at.pool, document, request), at.signer)
    files.add_signature(paper.signer, paper.signature)
    at.note(f"Sign epoch {document.epoch}, attempt {request.attempt}")
    at.answer(f"{at.signer.address} signed epoch {document.epoch}.", signer=at.signer.address)


@desk.command(cli, sends=False)
@request_argument
@document_option
@answer_option
def cosign(at: Desk, path: Path, document: Path | None, to: Path | None) -> None:
    """Sign the request PATH that came from another machine; all that can be is computed again.

    ape run epoch cosign request.json --pool NAME --network ... --account bea
    """
    coop, asked = at.coop(), read_request(path)
    require_here(coop, asked)
    found = document_of(asked, path, document)
    require_in_time(asked.kind, asked.deadline, at.client.now())
    require_may_sign(coop, asked, at.signer.address)
    if found is not None and asked.kind == POST:
        require_current(coop, found)
    show_request(at, asked, found, [])
    at.agree("Sign this?")
    answer = write_answer(Paper.signed(asked, at.signer), path, to)
    at.note(f"Sign to {asked.kind} in epoch {asked.epoch}, attempt {asked.attempt}")
    at.answer(f"Signed: {answer}. Send it back.", file=str(answer), signer=at.signer.address)


@desk.command(cli, account=False)
@request_argument
@out_option
def collect(at: Desk, path: Path, out: Path) -> None:
    """Take in the answer PATH that came back, once it is found to be right.

    ape run epoch collect answer.json --pool NAME
    """
    coop, paper = at.coop(), Paper.from_json(read_file(path, "the answer"))
    files = EpochFiles(out, at.pool, paper.epoch)
    deed, asked = _answered(files, paper)
    require_here(coop, asked)
    asked.require(paper, at.client.now())
    if any(who == paper.signer for who, _ in files.signatures(deed)):
        raise BadInput(
            f"{paper.signer} has signed this already",
            "bring signatures of different people, one each",
        )
    require_may_sign(coop, asked, paper.signer)
    digest = typed_data.digest(asked.typed(paper.signer))
    if not is_signed_by(coop.client, paper.signer, digest, paper.signature):
        raise SignatureError(
            f"the signature is not that of {paper.signer}",
            "let her sign the request again: ape run epoch cosign",
        )
    files.add_signature(paper.signer, paper.signature, deed)
    signed = len(files.signatures(deed))
    at.answer(
        f"Taken in: {paper.signer} signed to {asked.kind}; {signed} did so far.",
        signer=paper.signer,
        signed=signed,
    )


def require_attempt(coop: Coop, attempt: int) -> None:
    """`BadInput` unless this attempt is the one that is open or comes next."""
    if attempt != coop.distributor.head().attempt:
        raise BadInput(
            "the request is for an attempt that has ended",
            "ask for signatures again: ape run epoch repost, or build the epoch again",
        )


def require_here(coop: Coop, asked: Asked) -> None:
    """Refuse a request for another chain, co-op, epoch or attempt."""
    if asked.domain != domain_of(coop.distributor) or asked.coop != coop.name:
        raise BadInput(
            f"the request is for another chain or co-op than {coop.name}",
            "check --pool and --network, or ask for the right request",
        )
    if asked.kind == "settle":
        return
    if asked.epoch != next_epoch(coop):
        raise BadInput(
            f"the request is for epoch {asked.epoch}, which is not the one at hand",
            "ask for a request of now",
        )
    require_attempt(coop, asked.attempt)
    if asked.kind == POST:
        return
    terms = epochs.posted_epoch(coop, asked.epoch).terms
    if terms.root != asked.values["root"]:
        raise BadInput("the request is for another root than the posted one", "do not sign it")


def read_request(path: Path) -> Asked:
    """A request that somebody handed over."""
    return Asked.from_json(read_file(path, "the request"))


def document_of(asked: Asked, path: Path, given: Path | None) -> Distribution | None:
    """The document, every step of it computed again and held against the request."""
    near = [path.parent / "distribution.json", path.parent.parent / "distribution.json"]
    found = given or next((place for place in near if place.is_file()), None)
    if found is None and asked.kind == POST:
        raise BadInput(
            "there is no document beside the request, and nobody should sign without it",
            "get distribution.json from whoever asks, and name it with --document",
        )
    if found is None:
        return None
    document = verify(read_file(found, "the document"))
    asked.check_document(document)
    check_inputs_in(found.parent, document)
    return document


def show_request(
    at: Desk, asked: Asked, document: Distribution | None, unseen: Sequence[str]
) -> None:
    """What is to be signed, and what of it was checked on this machine."""
    held = asked.check_document(document) if document is not None else ()
    at.plan(
        f"Sign to {asked.kind}",
        *(("", line) for line in asked.words),
        ("computed again", ", ".join(held) or "nothing: no document was given"),
        *(("not looked at", line) for line in unseen),
    )


def write_answer(paper: Paper, path: Path, to: Path | None) -> Path:
    """Put an answer where it was wanted."""
    name = f"{path.stem}-{paper.signer.lower()}.json"
    answer = to or path.with_name(name)
    answer.write_bytes(paper.to_json())
    return answer


def say_json(as_json: bool, text: str, **fields: object) -> None:
    """An outcome where there is no desk: a sentence, or one line of JSON."""
    click.echo(json.dumps(fields, sort_keys=True) if as_json else text)


def _answered(files: EpochFiles, paper: Paper) -> tuple[str, Asked]:
    """The request that a paper answers, else one of its kind, to say what is wrong with it."""
    names = [path.stem for path in sorted((files.folder / "requests").glob("*.json"))]
    found = {name: files.asked(name) for name in names}
    alike = {name: asked for name, asked in found.items() if asked and asked.kind == paper.kind}
    exact = {name: asked for name, asked in alike.items() if asked.id == paper.request}
    for name, asked in (exact or alike).items():
        return name, asked
    raise BadInput(
        f"nobody asked here to {paper.kind} in epoch {paper.epoch}",
        "bring the answer to the machine that the request came from",
    )
