# SPDX-License-Identifier: AGPL-3.0-only
"""The one tree of exceptions. Every error says what is wrong and what to do next.

Raise the narrowest class that fits; catch `MillpondError` at the edges (command line, API).
`str(error)` is the text for people: the message, then a line "Next: ...".
"""


class MillpondError(Exception):
    """Root of the tree. `message` says what is wrong, `next_step` what the reader can do."""

    def __init__(self, message: str, next_step: str) -> None:
        if not message.strip() or not next_step.strip():
            raise ValueError("an error needs a message and a next step")
        super().__init__(message, next_step)
        self.message = message
        self.next_step = next_step

    def __str__(self) -> str:
        return f"{self.message}\nNext: {self.next_step}"

    @property
    def name(self) -> str:
        """The class name: the stable word for this error in records, tests and replies."""
        return type(self).__name__


# --- what people and files hand in ------------------------------------------------------------


class BadInput(MillpondError):
    """An argument, parameter or file that does not follow its written form."""


class UnitError(BadInput):
    """A number out of range, with too many decimals, or not written as a plain decimal."""


class CanonicalError(BadInput):
    """A value or bytes that have no canonical JSON form."""


class SubjectError(BadInput):
    """A subject that is neither a left-padded address nor an identity hash."""


class WeekError(BadInput):
    """Weeks that are not whole, not contiguous, or do not make up the epoch."""


class ScoreFileError(BadInput):
    """A score file that cannot be trusted as it stands."""


class InputFileError(BadInput):
    """A file of an instance that cannot be used. `file` and `position` say where to look."""

    def __init__(self, message: str, next_step: str, file: str = "", position: str = "") -> None:
        where = ", ".join(filter(None, (file, position)))
        super().__init__(f"{where}: {message}" if where else message, next_step)
        self.file = file
        self.position = position


class CorruptFile(InputFileError):
    """A compressed file whose bytes are not those that were packed."""


class GraphFileError(InputFileError):
    """A contribution graph that is not one, or contradicts itself or another."""


class WeightsFileError(InputFileError):
    """Weights that are not finite numbers of zero or more, or that two files give differently."""


class ConfigFileError(InputFileError):
    """A file of settings (budgets, dependencies, attributions, ...) that says the impossible."""


class IdentityClash(InputFileError):
    """One name for two people, or one alias of two people."""


class ContributionsFileError(InputFileError):
    """A table of contributions with a line that cannot be used."""


class RepositoryError(BadInput):
    """A git repository that cannot be read, or not as a whole."""


class IdentityLogError(InputFileError):
    """An identity log whose chain is broken, or an entry that cannot follow on those before it."""


class StatementError(BadInput):
    """A text that is no identity statement, or not one about that account and wallet."""


class LedgerFileError(InputFileError):
    """A ledger that is not one: no JSON, a field that is missing or wrong, an unknown action."""


class CredFileError(InputFileError):
    """A file of everybody's cred by week that cannot be used."""


class LedgerRuleError(InputFileError):
    """An event that cannot follow on those before it."""


class TimeGoesBack(LedgerRuleError):
    """An event that is older than the one before it."""


class UnknownAccount(LedgerRuleError):
    """An event about an account or a distribution that nothing before it has made."""


class InactiveAccount(LedgerRuleError):
    """Grain from or to an account that is switched off, or one that cannot be switched on."""


class NotEnoughGrain(LedgerRuleError):
    """A transfer of more than there is, or of less than nothing."""


class GrainError(BadInput):
    """Scores by which no grain can be divided."""


class CredError(BadInput):
    """A graph from which no cred can be computed."""


class ParameterError(BadInput):
    """A parameter file (network, pool, epoch) that is missing something or says the impossible."""


class FundingError(BadInput):
    """Figures by which no money can be divided."""


class UnknownShape(BadInput):
    """A case to simulate that has none of the shapes which the rule reads."""


# --- the places where work happens ------------------------------------------------------------


class SourceError(MillpondError):
    """A place from which contributions are read, or the way to it, failed."""


class SourceDown(SourceError):
    """It did not answer, or only with errors of its own (`status`), as often as it was tried."""

    def __init__(self, message: str, next_step: str, status: int = 0) -> None:
        super().__init__(message, next_step)
        self.status = status


class SourceRefused(SourceError):
    """It understood and said no. `status` is the number by which it said so."""

    def __init__(self, message: str, next_step: str, status: int = 0) -> None:
        super().__init__(message, next_step)
        self.status = status


class RateLimited(SourceError):
    """It asks to wait longer than there is time for."""


class BadSourceAnswer(SourceError):
    """It answered something that cannot be what was asked for."""


# --- the distribution and its proofs ----------------------------------------------------------


class TreeError(MillpondError):
    """Leaves from which no sum tree can be built."""


class ProofError(MillpondError):
    """A proof that does not end in the posted root and total."""


class ProofFileError(ProofError):
    """A file of proofs that is cut short, of another kind, or of another tree."""


class DocumentError(MillpondError):
    """A distribution document that contradicts itself. `step` names the check that failed."""

    def __init__(self, message: str, next_step: str, step: str = "document") -> None:
        super().__init__(message, next_step)
        self.step = step

    def __str__(self) -> str:
        return f"[{self.step}] {super().__str__()}"


class VerifyError(DocumentError):
    """A document, chain state or deployed code that does not match what was published."""


# --- signatures -------------------------------------------------------------------------------


class SignatureError(MillpondError):
    """A signature in the wrong form, by the wrong signer, or over another message."""


class SignerError(MillpondError):
    """A key that is locked, missing, or not entitled to sign what it was asked to sign."""


# --- the chain --------------------------------------------------------------------------------


class ChainError(MillpondError):
    """The chain, or the way to it, refused."""


class NodeDown(ChainError):
    """No node answers at the given address."""


class PortTaken(ChainError):
    """Another program listens on the port that was to be used."""


class WrongChain(ChainError):
    """The node serves another chain than the one asked for."""


class Reverted(ChainError):
    """A contract refused. `reason` is its revert string."""

    def __init__(self, message: str, next_step: str, reason: str = "") -> None:
        super().__init__(message, next_step)
        self.reason = reason


class DeploymentError(ChainError):
    """Contracts that are missing, unknown, or whose code differs from what was built."""


class ToolMissing(MillpondError):
    """A program or package that this step needs is not installed."""


class BooksError(MillpondError):
    """Figures that must add up and do not: nothing may go on."""
