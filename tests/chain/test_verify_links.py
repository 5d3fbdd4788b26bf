# SPDX-License-Identifier: AGPL-3.0-only
"""Whose account counted when: the registry's events lead where the registry itself says."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest

from millpond.chain import dev_time
from millpond.chain.answers import NO_ADDRESS, Address
from millpond.chain.client import connect
from millpond.chain.governance import Action
from millpond.chain.report import Verdict
from millpond.chain.verify_distribution import Evidence, verify_distribution
from millpond.chain.verify_links import Links
from millpond.core.distribution import to_json
from scripts._local_chain import local_chain
from tests.chain.coop import DAY, PAYEES, Coop
from tests.chain.nodes import CHAIN_ID
from tests.chain.tampering import STRANGER, liar, view_lie
from tests.chain.told import names
from tests.core import month

ME = month.who("decentralion")
WAIT = 7 * DAY
LAST = 10**6
"""Behind every log of a block."""


@dataclass
class Story:
    """One identity, whose account changes in every way there is."""

    coop: Coop
    seen: list[tuple[int, Address]] = field(default_factory=list)
    """Block, and the account that the registry gave after it."""

    def look(self) -> None:
        """Note what counts now, in a block of its own."""
        dev_time.advance(self.coop.client, 1)
        block = self.coop.client.block().number
        account = self.coop.identity.account_of(self.coop.pool.address, ME, at=block)
        self.seen.append((block, account))

    def linked(self, account: int) -> None:
        """A link in force: before and after its wait."""
        before = self.coop.client.block().number
        self.coop.link(ME, PAYEES[account])
        pool, identity = self.coop.pool.address, self.coop.identity
        made = self.coop.client.block().number
        self.seen += [
            (block, identity.account_of(pool, ME, at=block)) for block in range(before, made + 1)
        ]
        self.look()

    def voted(self, deed: Callable[..., bytes], account: int) -> None:
        """What only the members can do to a link."""
        who, pool = PAYEES[account].address, self.coop.pool.address
        action = Action(self.coop.identity.address, 0, deed(pool, ME, who))
        self.coop.carry([action], f"The link of {who}, at {self.coop.client.now()}")
        self.look()


@pytest.fixture(scope="module")
def story() -> Iterator[Story]:
    """Linked, linked anew, objected to, confirmed, given up, objected to and given up, canceled."""
    with local_chain() as url:
        coop = Coop.make(connect(url, CHAIN_ID))
        story, pool, identity = Story(coop), coop.pool.address, coop.identity
        story.look()
        story.linked(0)
        story.linked(1)
        coop.propose_link(ME, PAYEES[2])
        identity.object_to_link.send(PAYEES[1], pool, ME, PAYEES[2].address)
        story.look()
        dev_time.advance(coop.client, WAIT)
        story.look()
        story.voted(identity.confirm_link.encode, 2)
        identity.unlink.send(PAYEES[2], pool, ME)
        story.look()
        coop.propose_link(ME, PAYEES[0])
        identity.unlink.send(PAYEES[0], pool, ME)
        story.look()
        dev_time.advance(coop.client, WAIT)
        story.look()
        story.linked(3)
        coop.propose_link(ME, PAYEES[1])
        identity.unlink.send(PAYEES[3], pool, ME)
        story.look()
        dev_time.advance(coop.client, WAIT)
        story.look()
        story.voted(identity.cancel_link.encode, 1)
        yield story


def read(story: Story) -> Links:
    coop = story.coop
    last = coop.client.block().number
    return Links.read(coop.identity, coop.pool.address, coop.made.block_number, last)


def test_account__after_every_kind_of_event__is_the_registry_s(story: Story) -> None:
    links = read(story)
    ours = [(block, links.account(ME, (block, LAST), 0) or NO_ADDRESS) for block, _ in story.seen]
    assert ours == story.seen
    nobody, *accounts = sorted({account for _, account in story.seen})
    assert nobody == NO_ADDRESS
    assert accounts == sorted(payee.address for payee in PAYEES)


def test_account__not_before_a_second_when_the_wait_was_over__no_time_is_asked_for(
    story: Story,
) -> None:
    coop = story.coop
    links = read(story)
    first, account = next(each for each in story.seen if each[1] == PAYEES[0].address)
    assert links.account(ME, (first, LAST), coop.client.block(first).timestamp) == account
    assert links.account(ME, (first, LAST), 0) == account


def test_account__of_nobody_s_identity__is_none(story: Story) -> None:
    links = read(story)
    assert links.account(month.who("Beanow"), (story.seen[-1][0], LAST), 0) is None
    assert not links.trusts_others


def test_links__pool_that_names_other_pools__are_said_not_to_be_enough(story: Story) -> None:
    coop = story.coop
    pools = [coop.pool.address, coop.hub.address]
    action = Action.of(coop.identity.set_attesting_pools, coop.pool.address, pools)
    coop.carry([action], "Trust the links of another pool")
    assert read(story).trusts_others


def test_verify__pool_that_names_its_pools__asks_the_registry_itself(story: Story) -> None:
    """Runs last: the story's pool goes on to post and to pay."""
    coop = story.coop
    dev_time.advance(coop.client, 30 * DAY)  # the votes of before are over
    coop.carry(
        [Action.of(coop.identity.set_attesting_pools, coop.pool.address, [coop.pool.address])],
        "Trust its own links, by name",
    )
    coop.open_cred_earmark()
    coop.give_all()
    coop.link(month.who("Beanow"), PAYEES[1])
    document = coop.document()
    coop.post(document)
    coop.payday(document, coop.terms(coop.consent()))
    report = verify_distribution(to_json(document), Evidence(client=coop.client))
    assert report.holds, report.of(Verdict.DIFFERS)
    said = {step.name: step.detail for step in report.steps}
    assert said["payees"].startswith("each of 1 payments")
    with liar(coop.client.rpc.shown) as node:
        other = Evidence(client=connect(node.url, CHAIN_ID))
        with node.telling(view_lie("CredDistributor", "payee_of", lambda _: STRANGER)):
            assert names(verify_distribution(to_json(document), other)) == {"payees"}
