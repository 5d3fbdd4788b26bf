# SPDX-License-Identifier: AGPL-3.0-only
"""The Governor: members, rules, parts, and proposals from their making to their end."""

from collections.abc import Sequence
from typing import Any

from millpond.core.canonical import keccak256
from tests.contracts.coop import (
    ACTIVE,
    CANCELED,
    CONSENT,
    DAY,
    EXECUTED,
    HOUR,
    MEMBERSHIP,
    ORDINARY,
    QUEUED,
    RULES,
    SUCCEEDED,
    Rule,
)
from tests.contracts.evm import ETH
from tests.properties.chain import content_id
from tests.properties.model import Msg
from tests.properties.model_governor_facts import NO_SELECTOR, Part
from tests.properties.model_governor_motions import Motion
from tests.properties.model_governor_views import GovernorViews
from tests.properties.world import Action

SUFFIX = "#proposer=0x"
ADDRESS_DIGITS = 40
LONGEST_EXTENSION = 30 * DAY
# What members do with the Pool by an ordinary vote.
FREE = ("spend", "move", "update", "send_nft", "send_multi_token")

# What each class may be set to: for each field least and most, for the classes in order.
BOUNDS = {
    "delay": ((0, 30 * DAY),) * 4,
    "period": ((DAY, 60 * DAY), (3 * DAY, 60 * DAY), (3 * DAY, 60 * DAY), (3 * DAY, 60 * DAY)),
    "timelock": ((DAY, 60 * DAY), (2 * DAY, 60 * DAY), (2 * DAY, 60 * DAY), (0, 60 * DAY)),
    "expiry": ((3 * DAY, 180 * DAY),) * 4,
    "quorum": ((500, 10_000), (2000, 10_000), (2000, 10_000), (100, 5000)),
    "approval": ((5000, 10_000), (6667, 10_000), (6667, 10_000), (0, 10_000)),
}


class GovernorModel(GovernorViews):
    """The members and what they decide."""

    ours = True
    composite = frozenset({"execute"})
    executing = False  # within one call; whatever undoes the call ends it

    # --- the hub --------------------------------------------------------------------------

    def add_hub_part(self, msg: Msg, part: str, consent: bytes, admits: bool) -> None:
        msg.need(msg.sender == self.hub_address, "governor: only the hub")
        self._install(msg, part, Part(True, admits, consent))

    def _install(self, msg: Msg, address: str, part: Part) -> None:
        msg.need(address in msg.world.handles, "parts: no contract there")
        msg.need(address not in self.facts.parts, "parts: installed already")
        born = (self.me.address, self.hub_address, self.pool_address, self.identity_address)
        msg.need(address not in born, "parts: a part from the start")
        self.facts.parts[address] = part
        msg.emit(
            "PartInstalled",
            part=address,
            made_by_hub=part.by_hub,
            consent_selector=part.consent,
        )

    # --- the pool itself, its admission, the hub for the founders -------------------------

    def admit(self, msg: Msg, accounts: list[str]) -> None:
        founding = msg.sender == self.hub_address and not self.membership().stays
        self._need_door(msg, or_else=founding)
        self.seat(msg, accounts)

    def remove(self, msg: Msg, account: str) -> None:
        self._need_door(msg, or_else=msg.sender == self.me.address)
        self.unseat(msg, account)

    def rebind(self, msg: Msg, old: str, new: str) -> None:
        self._need_door(msg, or_else=False)
        self.reseat(msg, old, new)

    def _need_door(self, msg: Msg, *, or_else: bool) -> None:
        part = self.facts.parts.get(msg.sender)
        admission = part is not None and part.admits
        msg.need(admission or or_else, "governor: not by this caller")

    def set_rules(self, msg: Msg, class_rules: Sequence[tuple[Any, ...]]) -> None:
        first = msg.sender == self.hub_address and not self.facts.versions
        msg.need(msg.sender == self.me.address or first, "governor: by proposal only")
        rules = tuple(Rule(*each) for each in class_rules)
        for kind, rule in enumerate(rules):
            amounts = (
                *(rule.delay, rule.period, rule.timelock, rule.expiry),
                *(rule.quorum_bps, rule.approval_bps),
            )
            for (name, bounds), amount in zip(BOUNDS.items(), amounts, strict=True):
                least, most = bounds[kind]
                msg.need(least <= amount <= most, f"rules: {name} out of bounds")
            whole = rule.delay % HOUR == rule.period % HOUR == 0
            msg.need(whole, "rules: whole hours only")
        self.facts.versions.append(rules)
        msg.emit("RulesSet", version=len(self.facts.versions), rules=class_rules)

    def install(self, msg: Msg, part: str, consent: bytes) -> None:
        msg.need(msg.sender == self.me.address, "governor: by proposal only")
        self._install(msg, part, Part(False, False, consent))

    # --- proposing ------------------------------------------------------------------------

    def class_of(self, action: Action) -> int:
        """The class of vote that one call takes."""
        target, data = action.target.address, action.calldata
        if target == self.pool_address:
            opens = action.function == "open_earmark" and action.args[3] == ETH
            return ORDINARY if action.function in FREE or opens else RULES
        if target == self.me.address:
            return MEMBERSHIP if action.function == "remove" else RULES
        part = self.facts.parts.get(target)
        if part is None:
            known = target in (self.hub_address, self.identity_address)
            return RULES if known else ORDINARY
        if part.consent != NO_SELECTOR and data[:4] == part.consent:
            return CONSENT
        seats = part.admits and action.function in ("offer", "rebind", "expel")
        return MEMBERSHIP if seats else RULES

    def propose(
        self,
        msg: Msg,
        targets: list[str],
        values: list[int],
        calldatas: list[bytes],
        text: str,
    ) -> int:
        msg.need(targets, "governor: nothing proposed")
        same = len(targets) == len(values) == len(calldatas)
        msg.need(same, "governor: lists differ in length")
        msg.need(may_use(text, msg.sender), "governor: another's description")
        actions = msg.world.actions_of(targets, values, calldatas)
        kind = max(self.class_of(action) for action in actions)
        raises = kind == CONSENT
        if raises:
            msg.need(targets[0] == msg.sender, "governor: a consent call")
            alone = len(targets) == 1 and values[0] == 0
            msg.need(alone, "governor: one consent call alone")
        proposal_id = content_id(targets, values, calldatas, keccak256(text.encode()))
        msg.need(self.known(proposal_id) is None, "governor: proposed already")
        electorate = self.membership().electorate(msg.now)
        msg.need(electorate > 0, "governor: nobody may vote yet")
        motion = Motion(
            id=proposal_id,
            proposer=msg.sender,
            actions=actions,
            text=text,
            kind=kind,
            version=len(self.facts.versions),
            rule=self.facts.versions[-1][kind],
            created_at=msg.now,
            electorate=electorate,
        )
        if not raises:
            self.take_turn(msg, motion.planned_end)
        self.facts.motions[proposal_id] = motion
        msg.emit(
            "ProposalCreated",
            proposalId=proposal_id,
            proposer=msg.sender,
            targets=targets,
            values=values,
            signatures=[""] * len(targets),
            calldatas=calldatas,
            voteStart=motion.opens_after,
            voteEnd=motion.planned_end,
            description=text,
        )
        return proposal_id

    # --- ends -----------------------------------------------------------------------------

    def cancel(
        self, msg: Msg, targets: list[str], values: list[int], calls: list[bytes], text_hash: bytes
    ) -> int:
        motion = self.motion(content_id(targets, values, calls, text_hash))
        by_vote, state = msg.sender == self.me.address, motion.state(msg.now)
        msg.need(by_vote or motion.proposer == msg.sender, "governor: not the proposer")
        may_wait = by_vote and state in (QUEUED, SUCCEEDED)
        msg.need(state <= ACTIVE or may_wait, "governor: too late to cancel")
        motion.ending = CANCELED
        msg.emit("ProposalCanceled", proposalId=motion.id)
        return motion.id

    def close(self, msg: Msg, proposal_id: int) -> None:
        motion = self.motion(proposal_id)
        msg.need(motion.state(msg.now) == ACTIVE, "governor: vote is not open")
        msg.need(motion.is_certain(), "governor: outcome not certain")
        motion.moved_end = msg.now - 1
        msg.emit("ProposalClosed", proposalId=motion.id, closes_at=motion.moved_end)

    def extend_consent(self, msg: Msg, proposal_id: int, closes_at: int) -> None:
        motion = self.motion(proposal_id)
        raiser = motion.kind == CONSENT and motion.proposer == msg.sender
        msg.need(raiser, "governor: not the raiser")
        msg.need(motion.state(msg.now) <= ACTIVE, "governor: too late to extend")
        msg.need(not motion.extended, "governor: extended once already")
        longer = closes_at - motion.closes_at
        msg.need(0 <= longer <= LONGEST_EXTENSION, "governor: end out of bounds")
        motion.moved_end, motion.extended = closes_at, True
        msg.emit("ConsentExtended", proposalId=motion.id, closes_at=closes_at)

    def execute(
        self, msg: Msg, targets: list[str], values: list[int], calls: list[bytes], text_hash: bytes
    ) -> int:
        motion = self.motion(content_id(targets, values, calls, text_hash))
        ready = motion.state(msg.now) == SUCCEEDED
        msg.need(ready, "governor: not ready to execute")
        msg.need(not self.executing, "governor: one at a time")
        self.executing = True
        try:
            self._carry_out(msg, motion)
        finally:
            self.executing = False
        msg.emit("ProposalExecuted", proposalId=motion.id)
        return motion.id

    def _carry_out(self, msg: Msg, motion: Motion) -> None:
        motion.ending = EXECUTED
        for action in motion.actions:
            msg.need(self.class_of(action) <= motion.kind, "governor: stricter class by now")
            code = action.target.address in msg.world.handles
            msg.need(code or not action.calldata, "governor: no code at the target")
            msg.call(action.target, action.function, *action.args, value=action.value)
        for action in motion.actions:
            self._put_back_tokens(msg, action)
        left = msg.world.wei[self.me.address]
        if left:
            msg.call(self.pool_address, "put_back", ETH, left, value=left)

    def _put_back_tokens(self, msg: Msg, action: Action) -> None:
        """What a spend to the Governor has left here goes back to the Pool."""
        if action.target.address != self.pool_address or action.function != "spend":
            return
        _, asset, to, _ = action.args
        if to != self.me.address or asset == ETH:
            return
        left = msg.call(asset, "balanceOf", self.me.address)
        if left:
            msg.call(asset, "transfer", self.pool_address, left)
            msg.call(self.pool_address, "put_back", asset, left)

    def receive(self, msg: Msg, data: bytes = b"") -> None:
        msg.need(not data, "governor: no such function")


def may_use(text: str, account: str) -> bool:
    """A description that ends in somebody's address is for her alone to propose."""
    head, _, digits = text.rpartition(SUFFIX)
    signed = text.startswith(head + SUFFIX) and len(digits) == ADDRESS_DIGITS
    return not signed or digits.lower() == account[2:].lower()
