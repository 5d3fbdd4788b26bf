# SPDX-License-Identifier: AGPL-3.0-only
"""From what was read to a page: the templates of web/ and the words they use."""

import json
import re
import unicodedata
from collections.abc import Callable, Mapping
from functools import cache
from hashlib import sha256
from importlib.resources import files
from typing import Any, NamedTuple

from fastapi import Response
from fastapi.responses import HTMLResponse
from jinja2 import Environment
from markupsafe import Markup, escape

from millpond.api import sentences
from millpond.api.charts import swatch
from millpond.api.pages.scripts import FOR_EVER, MEDIA_TYPES, licences_url, script_urls
from millpond.api.problems import NoSuchPage, Problem
from millpond.api.services import Asked
from millpond.api.templates import templates
from millpond.chain.next_steps import table
from millpond.chain.wording import Plain, plain_text
from millpond.core import figures
from millpond.core.figures import Asset
from millpond.core.units import format_amount
from millpond.mirror.reads.health import Health, health, require_sound
from millpond.mirror.reads.snapshot import Snapshot

ASK_AGAIN = {"Cache-Control": "no-cache"}
_NEXT_STEPS = "next-steps.json"
_LONG_HEX = re.compile(r"0x(?:[0-9a-fA-F]{64}|[0-9a-fA-F]{40})(?![0-9a-zA-Z])")
_FINALITY = {
    "latest": "in a block that the chain may still drop",
    "safe": "in a block that the node calls safe",
    "finalized": "final",
}
_SURE = {"latest": "may still change", "safe": "safe", "finalized": "final"}


class Look(NamedTuple):
    """How a state is shown: text, an icon and a colour."""

    text: str
    icon: str
    tone: str


LOOKS = {
    # proposals
    "pending": Look("Opens soon", "clock", ""),
    "active": Look("Open for votes", "ballot", "water"),
    "queued": Look("Passed, waiting", "clock", "grain"),
    "succeeded": Look("Ready to execute", "arrow", "good"),
    "executed": Look("Carried out", "check", "good"),
    "defeated": Look("Did not pass", "cross", "bad"),
    "canceled": Look("Withdrawn", "minus", ""),
    "expired": Look("Expired", "minus", ""),
    # ballots
    "for": Look("For", "check", "good"),
    "against": Look("Against", "cross", "bad"),
    "abstain": Look("Abstain", "minus", ""),
    # distributions
    "review": Look("Under review", "eye", "water"),
    "final": Look("Final", "check", "good"),
    "withdrawn": Look("Taken back", "minus", ""),
    "void": Look("Void", "cross", "bad"),
    # leaves
    "paid": Look("Paid", "check", "good"),
    "claimable": Look("Ready to claim", "arrow", "water"),
    "halted": Look("Payee only", "minus", "grain"),
    "waiting": Look("Waiting", "clock", "grain"),
    "carried": Look("Carried", "more", ""),
    "closed": Look("Too late", "cross", "bad"),
    "settled": Look("Paid elsewhere", "check", "good"),
    "struck": Look("Struck out", "cross", "bad"),
}


# --- pages ----------------------------------------------------------------------------------------


def page(asked: Asked, template: str, read: Callable[[Snapshot], Mapping[str, Any]]) -> Response:
    """A page over one read transaction, with the mirror's own standing in its frame."""
    second = asked.services.second()
    with asked.services.mirror.snapshot() as now:
        require_sound(now)
        found = read(now)
        standing, finality = health(now, second), now.finality
    scripts = script_urls(template.removesuffix(".html")) if found.get("panel") else ()
    frame = {
        "scripts": scripts,
        "health": standing,
        "finality": finality,
        "checked": _checked(standing, second),
        "as_of": standing.as_of,
        "now": standing.as_of.block_timestamp,
    }
    return HTMLResponse(_render(template, frame | dict(found)), headers=ASK_AGAIN)


def problem_page(problem: Problem) -> Response:
    """An error in words, with what to do."""
    text = _render("problem.html", {"health": None, "problem": problem})
    return HTMLResponse(text, status_code=problem.status, headers=ASK_AGAIN)


def plain_page(template: str, **context: Any) -> Response:
    """A page that says nothing of the chain."""
    return HTMLResponse(_render(template, {"health": None, **context}), headers=ASK_AGAIN)


def static_file(digest: str, name: str) -> Response:
    """A file of web/static under the address that holds its hash; it never changes."""
    found = _statics().get(name)
    if found is None or _digest(found) != digest:
        raise NoSuchPage("there is nothing at this address", "begin at /")
    return Response(found, media_type=MEDIA_TYPES[f".{name.rpartition('.')[2]}"], headers=FOR_EVER)


def static(name: str) -> str:
    """The address of a file of web/static."""
    return f"/static/{_digest(_statics()[name])}/{name}"


def _checked(standing: Health, second: int) -> str | None:
    if standing.checked_at is None:
        return None
    ago = second - standing.checked_at
    return figures.away(standing.checked_at, second) if ago > 0 else "just now"


def _render(template: str, context: Mapping[str, Any]) -> str:
    return _environment().get_template(template).render({"scripts": (), **context})


@cache
def _statics() -> dict[str, bytes]:
    folder = files("millpond") / "web" / "static"
    found = {file.name: file.read_bytes() for file in folder.iterdir() if file.is_file()}
    return found | {_NEXT_STEPS: json.dumps(dict(table())).encode()}


def _digest(data: bytes) -> str:
    return sha256(data).hexdigest()[:16]


@cache
def _environment() -> Environment:
    made = templates()
    made.globals.update(
        static=static,
        licences_url=licences_url,
        swatch=swatch,
        looks=LOOKS,
        finality_words=_FINALITY,
        finality_short=_SURE,
    )
    made.filters.update(
        moment=figures.moment,
        day=figures.day,
        machine_time=figures.machine_time,
        away=figures.away,
        percent=figures.percent,
        part=figures.part,
        money=figures.money,
        money_short=figures.money_short,
        figure=figures.figure,
        asset_name=figures.name_of,
        is_eth=_is_eth,
        cred=_cred,
        earmark=sentences.earmark_title,
        purpose=sentences.purpose,
        class_title=sentences.class_title,
        rules_told=sentences.rules_told,
        ways_told=sentences.ways_told,
        sentence_case=_sentence_case,
        lower_first=_lower_first,
        is_web=_is_web,
        visible=visible,
        with_addresses=_with_addresses,
        plainly=_plainly,
    )
    return made


# --- filters --------------------------------------------------------------------------------------


def visible(text: str) -> str:
    """A stranger's text without letters that steer a terminal or a reader: line ends and tabs stay,
    every other control is shown as a replacement character."""
    return "".join("\N{REPLACEMENT CHARACTER}" if _steers(letter) else letter for letter in text)


def _steers(letter: str) -> bool:
    return unicodedata.category(letter) in {"Cc", "Cs"} and letter not in "\n\t"


def _is_eth(asset: Asset) -> bool:
    return not int(asset.address, 16)


def _cred(amount: int) -> str:
    """Micro-cred with its six decimals."""
    return format_amount(amount, 6, grouped=True)


def _is_web(uri: str) -> bool:
    """Whether it may become a link: anything else could be a script."""
    return uri.startswith(("https://", "http://")) and uri.isprintable()


def _sentence_case(text: str) -> str:
    return text[:1].upper() + text[1:]


def _lower_first(text: str) -> str:
    return text[:1].lower() + text[1:]


def _with_addresses(text: str) -> Markup:
    """A sentence of ours with its addresses and hashes set apart, whole for whoever copies them."""
    made, at = Markup(""), 0
    for found in _LONG_HEX.finditer(text):
        head, tail = found[0][:-5], found[0][-5:]
        made += escape(text[at : found.start()]) + Markup(
            '<code class="address"><span>{}</span><span>{}</span></code>'
        ).format(head, tail)
        at = found.end()
    return made + escape(text[at:])


def _plainly(value: Plain) -> str:
    return visible(plain_text(value))
