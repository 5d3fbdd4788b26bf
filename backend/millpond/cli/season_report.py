# SPDX-License-Identifier: AGPL-3.0-only
"""What `millpond report season` does: read, compute, tell."""

from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory

from millpond.chain.journal import keep
from millpond.chain.season import Shelf, Source, read_season
from millpond.cli.base import Run, Terminal
from millpond.cli.books import Pool
from millpond.cli.season import Asked
from millpond.cli.season_tables import tell
from millpond.core.cred import CredHistory
from millpond.core.cred.compared import compared
from millpond.core.cred.compute import compute
from millpond.core.cred.model import Instance
from millpond.core.cred.weights import Weights
from millpond.core.distribution import Distribution, check_computed
from millpond.core.errors import BadInput, MillpondError, ToolMissing
from millpond.core.season.facts import Epoch, Season
from millpond.core.season.gains import Reweighed, reweighed, unknown
from millpond.core.season.written import season_json
from millpond.core.weeks import Week
from millpond.mirror.documents import Shelf as Folder
from millpond.mirror.texts import text_of
from millpond.sources.instances import read_instance, read_weights_file
from millpond.sources.whole import json_bytes, write_whole


def report(run: Run, pool: Pool, asked: Asked) -> None:
    """Print the tables or the JSON, and write the files that are asked for."""
    terminal = run.terminal
    documents = _Documents(asked.documents)
    source = Source(pool.client, pool.parts, pool.events, keep(pool.parts, pool.events), pool.last)
    with terminal.progress("reading reviews and payments"):
        season = read_season(source, documents.shelf(), asked.earmark, asked.epochs)
    gains = _gains(terminal, season, documents, asked.instance)
    if asked.out is not None:
        write_whole(asked.out, json_bytes(season_json(season, gains)))
    if asked.html is not None:
        write_whole(asked.html, _page(season, gains).encode())
    if terminal.as_json:
        terminal.json(season_json(season, gains))
    tell(terminal, season, gains)
    for path in filter(None, (asked.out, asked.html)):
        terminal.line(f"Written: {path}")


def _page(season: Season, gains: tuple[Reweighed, ...]) -> str:
    try:
        from millpond.cli.season_page import page  # noqa: PLC0415  an extra
    except ModuleNotFoundError as error:
        raise ToolMissing(
            f"the package {error.name} is not installed, and pages need it",
            'install it: pip install "millpond[api,cred]"',
        ) from None
    return page(season, gains)


class _Documents:
    """A folder of documents and reasons."""

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder
        self._known: dict[bytes, Distribution] = {}
        if folder is not None and not folder.is_dir():
            raise BadInput(f"{folder} is no folder", "give the folder that holds the documents")

    def shelf(self) -> Shelf:
        """For the season."""
        return Shelf(self._document, lambda digest: text_of(self._folder, digest))

    def of_epoch(self, number: int) -> Distribution | None:
        """A document that was found."""
        return next((each for each in self._known.values() if each.epoch == number), None)

    def _document(self, digest: bytes) -> Distribution | str:
        if self._folder is None:
            return "no folder of documents was given (--documents)"
        if digest not in self._known:
            try:
                self._known[digest] = Folder(self._folder).open(digest).distribution
            except MillpondError as error:
                return error.message
        return self._known[digest]


# --- changes of weights ---------------------------------------------------------------------------


def _gains(
    terminal: Terminal, season: Season, documents: _Documents, folder: Path | None
) -> tuple[Reweighed, ...]:
    """For each two final epochs that follow each other and were scored by other weights."""
    final = [each for each in (*season.earlier[-1:], *season.epochs) if each.final]
    changed = [
        (one, two)
        for one, two in pairwise(final)
        if one.leaves is not None and two.leaves is not None and one.weights != two.weights
    ]
    if not changed or folder is None:
        why = "give the instance that the cred comes from: --instance"
        return tuple(unknown((one.number, two.number), why) for one, two in changed)
    with terminal.progress("reading the instance"):
        instance = read_instance(folder, descriptions=False)
    found = []
    for one, two in changed:
        with terminal.progress(f"computing cred twice for epoch {two.number}"):
            found.append(_gain(instance, one, two, documents))
    return tuple(found)


def _gain(instance: Instance, one: Epoch, two: Epoch, documents: _Documents) -> Reweighed:
    numbers = one.number, two.number
    document = documents.of_epoch(two.number)
    if document is None or two.leaves is None:
        return unknown(numbers, "the document is not at hand")
    weights = _weights(one.weights), _weights(two.weights)
    try:
        histories = [_history(instance, each, document.weeks) for each in weights]
        before, after = (_cred(instance, each) for each in histories)
        found = compared(instance.people, before, after, weights)
    except MillpondError as error:
        return unknown(numbers, error.message)
    owned = {
        account: frozenset(leaf.subject for leaf in two.leaves if leaf.maintainer == account)
        for account in two.maintainers
    }
    return reweighed(numbers, found, owned, two.money.pot, _same(document, histories[1]))


def _history(instance: Instance, weights: Weights, weeks: tuple[Week, ...]) -> CredHistory:
    return compute(replace(instance, weights=weights)).history(weeks)


def _cred(instance: Instance, history: CredHistory) -> dict[str, float]:
    """Everybody's micro-cred, by her id in the instance."""
    cred = {person.identity: float(person.cred) for person in history.people}
    return {person.id: cred.get(person.identity, 0) for person in instance.people}


def _same(document: Distribution, history: CredHistory) -> bool:
    try:
        check_computed(document, history)
    except MillpondError:
        return False
    return True


def _weights(text: str | None) -> Weights:
    """A document's own weights; without any, those that the sources propose."""
    if text is None:
        return Weights()
    with TemporaryDirectory() as folder:
        path = Path(folder) / "weights.json"
        path.write_text(text, encoding="utf-8")
        return read_weights_file(path, "the document's weights")
