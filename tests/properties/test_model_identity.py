# SPDX-License-Identifier: AGPL-3.0-only
"""The model of Identity: what follows from a list of links, told by the day."""

import pytest

from tests.properties.model_grain import ZERO
from tests.properties.model_identity import WAIT, History, Issued
from tests.properties.model_pool_alone import DAY, Alone
from tests.properties.rules_identity import IDENTITIES, Asked, Identities
from tests.properties.rules_pool_stage import stage_of

ANN, BEA = "0x" + "0a" * 20, "0x" + "0b" * 20
GITHUB = IDENTITIES[0]


def linked(history: History, day: int) -> str:
    """Who is linked on that day."""
    found = history.linked(day * DAY)
    return found.account if found else ZERO


def waits(history: History, day: int) -> str:
    """Whose link is open on that day."""
    found = history.open(day * DAY)
    return found.account if found else ZERO


def link(account: str, day: int) -> Issued:
    """Issued and proposed on that day."""
    return Issued(account, day * DAY, day * DAY)


# --- what follows from a list -----------------------------------------------------------------


def test_linked__first_link__counts_from_the_end_of_its_wait() -> None:
    history = History([link(ANN, 10)])
    assert [linked(history, day) for day in (10, 16, 17, 18)] == [ZERO, ZERO, ANN, ANN]
    assert [waits(history, day) for day in (10, 16, 17, 18)] == [ANN, ANN, ZERO, ZERO]
    assert WAIT == 7 * DAY


def test_linked__second_link__takes_over_by_itself() -> None:
    history = History([link(ANN, 10), link(BEA, 20)])
    assert [linked(history, day) for day in (19, 26, 27)] == [ANN, ANN, BEA]


def test_linked__objected_to__never_counts_until_it_is_confirmed() -> None:
    second = link(BEA, 20)
    history = History([link(ANN, 10), second])
    second.objected = True
    assert [linked(history, day) for day in (26, 27, 99)] == [ANN, ANN, ANN]
    assert waits(history, 99) == BEA
    second.confirmed_at = 40 * DAY
    assert [linked(history, day) for day in (39, 40)] == [ANN, BEA]


def test_linked__replaced_while_it_waited__never_counts() -> None:
    second = link(BEA, 20)
    second.over_at = 22 * DAY
    history = History([link(ANN, 10), second, link(ANN, 22)])
    assert [linked(history, day) for day in (21, 27, 28)] == [ANN, ANN, ANN]


def test_linked__dropped__leaves_nobody_and_not_the_one_before() -> None:
    second = link(BEA, 20)
    second.over_at = 30 * DAY
    history = History([link(ANN, 10), second])
    assert [linked(history, day) for day in (29, 30, 99)] == [BEA, ZERO, ZERO]


@pytest.mark.parametrize(("dropped_on", "newest"), [(0, 20), (30, 30)])
def test_newest_second__dropped_later__is_the_later(dropped_on: int, newest: int) -> None:
    history = History([link(ANN, 10), link(BEA, 20)], dead_before=dropped_on * DAY)
    assert history.newest_second() == newest * DAY


# --- the registry -----------------------------------------------------------------------------


class Registry(Alone):
    """The side pool's attesters sign."""

    def __init__(self) -> None:
        super().__init__()
        self.identities = Identities(stage_of(self.world))
        self.me, self.model = self.identities.model.me, self.identities.model
        self.attesters = self.model.facts.attesters[self.pool.address][0][:2]

    def link(self, account: str) -> None:
        """Now."""
        now = self.world.now
        asked = Asked(self.pool.address, GITHUB, account, now, now)
        self.say(self.cat, self.me, "link", *self.identities.signed(asked, self.attesters))

    def payee(self) -> str:
        """Whom the side pool pays."""
        found: str = self.say(self.cat, self.me, "account_of", self.pool.me, GITHUB)
        return found


@pytest.fixture
def registry() -> Registry:
    return Registry()


def test_account_of__change_that_waits__pays_nobody(registry: Registry) -> None:
    ann, bea = registry.ann.address, registry.bea.address
    registry.link(ann)
    assert registry.payee() == ZERO
    registry.world.warp(WAIT)
    assert registry.payee() == ann
    registry.link(bea)
    assert registry.payee() == ZERO
    registry.say(ann, registry.me, "object_to_link", registry.pool.me, GITHUB, bea)
    assert registry.payee() == ann
    registry.world.warp(WAIT)
    registry.say(registry.stage.steward, registry.me, "confirm_link", registry.pool.me, GITHUB, bea)
    assert registry.payee() == bea


def test_account_of__several_pools__the_first_with_a_link_decides(registry: Registry) -> None:
    home = registry.world.pool.address
    registry.link(registry.ann.address)
    registry.world.warp(WAIT)
    steward, side = registry.stage.steward, registry.pool.address
    registry.say(steward, registry.me, "set_attesting_pools", side, [home])
    registry.world.warp(WAIT - 1)
    assert registry.payee() == registry.ann.address
    registry.world.warp(1)
    assert registry.payee() == ZERO
    registry.say(steward, registry.me, "set_attesting_pools", side, [])
    registry.world.warp(WAIT - 1)
    # it takes the place of the empty one, which waits, and waits anew
    registry.say(steward, registry.me, "set_attesting_pools", side, [home, side])
    registry.world.warp(WAIT - 1)
    assert registry.payee() == ZERO
    registry.world.warp(1)
    assert registry.payee() == registry.ann.address


def test_link__issued_no_later_than_the_last__is_refused(registry: Registry) -> None:
    registry.link(registry.ann.address)
    with registry.refuses("identity: a link issued as late or later is known"):
        registry.link(registry.bea.address)
    registry.world.warp(1)
    registry.link(registry.bea.address)


def test_unlink__with_another_that_waits__leaves_that_one(registry: Registry) -> None:
    ann, bea = registry.ann.address, registry.bea.address
    registry.link(ann)
    registry.world.warp(WAIT)
    registry.link(bea)
    issued_at = registry.world.now
    registry.world.warp(DAY)
    registry.say(ann, registry.me, "unlink", registry.pool.me, GITHUB)
    assert registry.model.history(registry.pool.address, GITHUB).newest_second() == issued_at
    registry.world.warp(WAIT)
    assert registry.payee() == bea
    registry.say(bea, registry.me, "unlink", registry.pool.me, GITHUB)
    newest = registry.model.history(registry.pool.address, GITHUB).newest_second()
    assert newest == registry.world.now
