# SPDX-License-Identifier: AGPL-3.0-only
"""What a document is built from: cred, earlier cred, input files, and what people note about it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from millpond.core.canonical import keccak256
from millpond.core.cred import CredHistory
from millpond.core.cred.scores import EXACT
from millpond.core.distribution import INPUT_NAMES, Distribution, Gain, InputFile, Notes
from millpond.core.distribution.identity_log import log_part
from millpond.core.errors import BadInput
from millpond.core.identity import read_log
from millpond.core.identity.log import FIRST
from millpond.core.policies import Policy
from millpond.core.weeks import Week, week_span, weeks_of_month
from millpond.sources.pins import pinned
from millpond.sources.sourcecred import ScoreFile, read_scores
from scripts._epoch import subject_of
from scripts._params import read_file

Weeks = tuple[Week, ...]


@dataclass(frozen=True)
class Basis:
    """The cred of a document: cred, how its inputs are accounted for, files to publish."""

    history: CredHistory
    earlier: CredHistory | None
    inputs: tuple[InputFile, ...]
    weights: str | None
    files: Mapping[str, bytes]


def pairs(options: Iterable[str]) -> dict[str, str]:
    pairs = [option.partition("=") for option in options]
    if wrong := next((name for name, is_one, _ in pairs if not is_one), None):
        raise BadInput(f"the policy's option {wrong!r} has no value", "write it as name=value")
    return {name: value for name, _, value in pairs}


def before(rule: Policy, weeks: Weeks, back_to: str | None) -> Weeks:
    """The weeks before the epoch that its rule looks at."""
    if not rule.looks_back:
        if back_to is not None:
            raise BadInput(
                f"the policy {rule.name} looks at its own month only", "leave --back-to away"
            )
        return ()
    if back_to is None:
        raise BadInput(
            f"the policy {rule.name} looks at earlier months as well",
            "say which is the first: --back-to 2018-02, or the month itself for none",
        )
    first, end = weeks_of_month(back_to)[0].start_ms, weeks[0].start_ms
    return week_span(first, end) if first != end else ()


def basis_of(
    instance: Path | None, method: str, scores: Path | None, weeks: Weeks, past: Weeks
) -> Basis:
    if instance is not None and scores is None:
        found = pinned(instance, method, EXACT)
        pins = found.pins
        earlier = found.scores.history(past) if past else None
        known = pins.inputs()
        return Basis(found.scores.history(weeks), earlier, known, pins.weights, pins.files())
    if scores is None or instance is not None:
        raise BadInput("the cred is to come from one place", "give either --instance or --scores")
    data, read = _scores(scores)
    own = InputFile("scores", keccak256(data), scores.name)
    absent = [InputFile(n, None, "not in a score file") for n in INPUT_NAMES if n != own.name]
    earlier = read.history(past) if past else None
    return Basis(read.history(weeks), earlier, (own, *absent), None, {})


def notes_of(
    because: Iterable[tuple[str, str]],
    gain: tuple[str, int, int] | None,
    log: Path | None,
    last: Distribution | None,
) -> Notes:
    """What people say about what is otherwise than last time."""
    found = Gain(subject_of(gain[0]), gain[1], gain[2]) if gain else None
    entered = None
    if log is not None:
        known = last.notes.log if last else None
        head = known.head if known else FIRST
        entered = log_part(read_log(read_file(log, "the identity log")), head)
    return Notes(dict(because), found, entered)


def _scores(path: Path) -> tuple[bytes, ScoreFile]:
    try:
        data = path.read_bytes()
    except OSError as error:
        raise BadInput(
            f"the score file {path} cannot be read ({type(error).__name__})", "give its path"
        ) from None
    return data, read_scores(data)
