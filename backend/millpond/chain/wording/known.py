# SPDX-License-Identifier: AGPL-3.0-only
"""What whoever tells a proposal knows of the pool and of the world around it.

A script asks a node, the mirror its own tables; the words are the same.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from millpond.core.figures import Asset


@dataclass(frozen=True)
class Here:
    """The addresses of the pool whose proposal is told."""

    pool: str
    governor: str
    admission: str
    grain: str
    distributor: str
    hub: str
    identity: str
    clerk: str | None = None
    """Who reads what is signed for its distributor; None where nobody has asked."""

    @property
    def kinds(self) -> dict[str, str]:
        """Each of them with what it is called."""
        clerk = {self.clerk: "Clerk"} if self.clerk else {}
        return {
            self.pool: "Pool",
            self.governor: "Governor",
            self.admission: "Admission",
            self.grain: "Grain",
            self.distributor: "CredDistributor",
            self.hub: "Hub",
            self.identity: "Identity",
            **clerk,
        }

    @property
    def shared(self) -> frozenset[str]:
        """Those that are no part of this pool: all pools have the same."""
        return frozenset(filter(None, (self.hub, self.identity, self.clerk)))


@dataclass(frozen=True)
class Earmark:
    """A named pot, as far as words need it."""

    uri: str | None
    """Where its purpose is written down; None for the general fund."""
    spender: str | None
    restricted: bool
    deadline: int | None


class Known(Protocol):
    """Facts, each with an answer for "cannot tell"."""

    @property
    def here(self) -> Here:
        """The pool whose proposal is told."""

    def kind_of(self, address: str) -> tuple[str | None, str | None]:
        """Which of our contracts stands at an address, by its frozen ABI, and of which pool."""

    def asset(self, address: str) -> Asset:
        """What an asset says of itself."""

    def is_token(self, address: str) -> bool:
        """Whether it has been in a pool's books, and is therefore read as an ERC-20 token."""

    def consent_selector(self, address: str) -> bytes | None:
        """The call that an installed part may raise for consent (zeros: none); None: no part."""

    def has_code(self, address: str) -> bool | None:
        """Whether a contract stands there; None where nobody looked."""

    def earmark(self, number: int) -> Earmark | None:
        """An earmark of this pool; None where there is none yet."""

    def buy_in_asset(self) -> str | None:
        """The asset in which newcomers pay their buy-in; None where none was ever set."""

    def next_install(self, kind: bytes, setup_call: bytes) -> str | None:
        """Where the Hub puts what it installs next of this kind and setup; None: cannot tell."""


class Ahead:
    """Facts as they will be once the earlier calls of the same proposal have been carried out."""

    def __init__(
        self, known: Known, coming: Mapping[str, str] | None = None, unplaced: str = ""
    ) -> None:
        self._known = known
        self._coming = coming or {}
        self.unplaced = unplaced
        """The source of a contract that is installed before, but nobody can tell where."""
        self.here = known.here
        self.asset = known.asset
        self.is_token = known.is_token
        self.consent_selector = known.consent_selector
        self.has_code = known.has_code
        self.earmark = known.earmark
        self.buy_in_asset = known.buy_in_asset
        self.next_install = known.next_install

    def kind_of(self, address: str) -> tuple[str | None, str | None]:
        """What is there already, or will be."""
        source = self._coming.get(address)
        return (source, self.here.pool) if source else self._known.kind_of(address)

    def after_install(self, source: str, kind: bytes, setup_call: bytes) -> "Ahead":
        """The facts for the calls behind an installation."""
        part = self._known.next_install(kind, setup_call)
        if part is None or part in self._coming:
            return Ahead(self._known, self._coming, source)
        return Ahead(self._known, {**self._coming, part: source}, self.unplaced)
