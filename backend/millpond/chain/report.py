# SPDX-License-Identifier: AGPL-3.0-only
"""What a check found, step by step: it holds, it differs, or it could not be checked and why."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from enum import StrEnum

from millpond.chain.answers import BadAnswer, NotKept
from millpond.chain.rpc import RpcRefused
from millpond.core.errors import DocumentError, MillpondError, NodeDown

_NO_STEP = "document"  # where the raiser named none


class Verdict(StrEnum):
    """The outcome of one step."""

    OK = "ok"
    DIFFERS = "differs"
    UNCHECKED = "unchecked"


@dataclass(frozen=True)
class Step:
    """One step: its name, its outcome, and in words what was compared or what stands against it."""

    name: str
    verdict: Verdict
    detail: str
    next_step: str = ""
    section: str = ""
    """What it is a part of, such as "The chain"; empty where the report is one list."""


class Unchecked(Exception):
    """Raised inside a step that cannot be made here; the text says why, `next_step` what would
    make it possible."""

    def __init__(self, why: str, next_step: str = "") -> None:
        super().__init__(why)
        self.next_step = next_step


@dataclass
class Report:
    """Steps in the order they were made. `on_step` hears of each at once."""

    on_step: Callable[[Step], None] = lambda _: None
    steps: list[Step] = field(default_factory=list)
    section: str = ""
    """What the steps that come next are a part of."""

    def run(self, name: str, check: Callable[[], str]) -> bool:
        """Make one step: `check` returns what holds, in words, or raises. Whether it held.

        A node that limits what it serves makes a step unchecked; one that fails ends the whole
        check with its error. Any other `MillpondError` means that the step differs.
        """
        try:
            step = Step(name, Verdict.OK, check())
        except (NodeDown, BadAnswer):
            raise
        except (RpcRefused, NotKept) as error:
            step = Step(name, Verdict.UNCHECKED, error.message, error.next_step)
        except Unchecked as error:
            step = Step(name, Verdict.UNCHECKED, str(error), error.next_step)
        except DocumentError as error:
            name = name if error.step == _NO_STEP else error.step
            step = Step(name, Verdict.DIFFERS, error.message, error.next_step)
        except MillpondError as error:
            step = Step(name, Verdict.DIFFERS, error.message, error.next_step)
        self.add(step)
        return step.verdict is Verdict.OK

    def skip(self, name: str, why: str, next_step: str = "") -> None:
        """Say that a step could not be made, and what would make it possible."""
        self.add(Step(name, Verdict.UNCHECKED, why, next_step))

    def add(self, step: Step) -> None:
        """Put a step on record, in the section that is open."""
        step = replace(step, section=step.section or self.section)
        self.steps.append(step)
        self.on_step(step)

    def of(self, verdict: Verdict) -> list[Step]:
        """The steps with this outcome."""
        return [step for step in self.steps if step.verdict is verdict]

    @property
    def holds(self) -> bool:
        """Whether something was checked and nothing differs."""
        return bool(self.of(Verdict.OK)) and not self.of(Verdict.DIFFERS)

    @property
    def summary(self) -> str:
        """The result in one sentence."""
        agree, unseen = len(self.of(Verdict.OK)), len(self.of(Verdict.UNCHECKED))
        also = f", {unseen} not checked" if unseen else ""
        if self.holds:
            return f"It holds: {agree} steps agree{also}."
        names = ", ".join(step.name for step in self.of(Verdict.DIFFERS)) or "nothing was checked"
        return f"It does not hold: {names} ({agree} agree{also})."

    def as_json(self) -> dict[str, object]:
        """The result as data. Fields are added, never renamed or taken away."""
        steps = [
            {
                "section": step.section,
                "step": step.name,
                "verdict": step.verdict.value,
                "detail": step.detail,
                "next_step": step.next_step,
            }
            for step in self.steps
        ]
        counts = {verdict.value: len(self.of(verdict)) for verdict in Verdict}
        return {"holds": self.holds, "counts": counts, "steps": steps}
