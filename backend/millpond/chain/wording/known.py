# SPDX-License-Identifier: AGPL-3.0-only
"""What whoever tells a proposal knows of the pool and of the world around it.

A script asks a node, the mirror its own tables; the words are the same.
"""

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
