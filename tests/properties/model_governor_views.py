# SPDX-License-Identifier: AGPL-3.0-only
"""What the Governor answers: fixed answers, and the packed words as the sources publish them.

The words are put together from the facts when somebody asks; the model itself never reads one.
"""

from tests.contracts.coop import CANCELED, EXECUTED, HOUR, ORDINARY, Rule
from tests.properties.chain import Handle, content_id
from tests.properties.model import Msg, signing_domain
from tests.properties.model_governor_casting import CastingModel
from tests.properties.model_governor_facts import GovernorFacts
from tests.properties.model_governor_motions import Motion

CHECKPOINTS_A_WORD, SEATS_A_SHEET = 4, 64


def pack(*fields: tuple[int, int]) -> int:
    """(number, bits) from the low end up."""
    word, at = 0, 0
    for number, bits in fields:
        assert number < 1 << bits, f"{number} needs more than {bits} bits"
        word |= number << at
        at += bits
    return word


def rule_word(rule: Rule) -> int:
    """One class in 128 bits."""
    return pack(
        *((rule.delay, 24), (rule.period, 24), (rule.timelock, 24), (rule.expiry, 24)),
        *((rule.quorum_bps, 14), (rule.approval_bps, 14), (int(rule.early), 1), (0, 3)),
    )


def hours(rule: Rule) -> tuple[tuple[int, int], ...]:
    """The times of a vote as the packed words have them."""
    return (rule.delay // HOUR, 10), (rule.period // HOUR, 11)


class GovernorViews(CastingModel):
    """Views that say nothing new."""

    facts: GovernorFacts

    def __init__(self, me: Handle, hub: str, pool: str, identity: str) -> None:
        super().__init__(me, GovernorFacts())
        self.past = {}
        self.hub_address, self.pool_address, self.identity_address = hub, pool, identity

    def lay_down(self, now: int) -> list[Motion]:
        """What is over is kept apart, so that undoing a call has less to look after."""
        motions = self.facts.motions
        over = [motion for motion in motions.values() if motion.is_over(now)]
        for motion in over:
            self.past[motion.id] = motions.pop(motion.id)
        return over

    # --- packed words ---------------------------------------------------------------------

    def member_words(self, _: Msg, account: str) -> int:
        known = self.facts.membership
        joinings, stay = known.joinings[account], known.stay(account)
        if stay is None:
            return pack((0, 112), (joinings, 32))
        first, second = known.turns.get(stay.seat, (0, 0))
        return pack(
            *((stay.seat, 32), (stay.held, 40), (stay.until or 0, 40), (joinings, 32)),
            *((known.moves[stay.seat], 32), (first, 40), (second, 40)),
        )

    def head(self, _: Msg) -> int:
        known = self.facts.membership
        changed = max(known.counted, default=0)
        times = self.facts.versions[-1] if self.facts.versions else ()
        return pack(
            *((known.seats(), 24), (known.count(), 24), (len(known.counted), 32)),
            *((len(self.facts.versions), 16), (changed, 40), (known.electorate(changed), 24)),
            *(field for rule in times for field in hours(rule)),
        )

    def history(self, _: Msg, index: int) -> int:
        start = CHECKPOINTS_A_WORD * index
        counted = list(self.facts.membership.counted.items())[start : start + CHECKPOINTS_A_WORD]
        return pack(*(field for second, count in counted for field in ((second, 40), (count, 24))))

    def rule_words(self, _: Msg, index: int) -> int:
        version, half = divmod(index, 2)
        if not 0 < version <= len(self.facts.versions):
            return 0
        low, high = self.facts.versions[version - 1][2 * half : 2 * half + 2]
        return pack((rule_word(low), 128), (rule_word(high), 128))

    def part_words(self, _: Msg, account: str) -> int:
        part = self.facts.parts.get(account)
        if part is None:
            return 0
        flags = ((1, 1), (int(part.by_hub), 1), (int(part.admits), 1), (0, 29))
        return pack(*flags, (int.from_bytes(part.consent), 32))

    def proposal_words(self, _: Msg, proposal_id: int) -> int:
        motion = self.known(proposal_id)
        if motion is None:
            return 0
        return pack(
            *((int(motion.proposer, 16), 160), (motion.created_at, 36), (motion.electorate, 19)),
            *((motion.version, 14), (motion.kind, 2)),
            *((int(motion.ending == EXECUTED), 1), (int(motion.ending == CANCELED), 1)),
            *((int(motion.moved_end is not None), 1), (int(motion.extended), 1)),
            *hours(motion.rule),
        )

    def ends(self, _: Msg, proposal_id: int) -> int:
        motion = self.known(proposal_id)
        return 0 if motion is None else motion.moved_end or 0

    def sheets(self, _: Msg, proposal_id: int, index: int) -> int:
        motion = self.known(proposal_id)
        ballots = {} if motion is None else motion.casts
        seats = range(SEATS_A_SHEET * index, SEATS_A_SHEET * (index + 1))
        worth = [
            1 + 3 * (len(ballots[seat]) - 1) + ballots[seat][-1] if seat in ballots else 0
            for seat in seats
        ]
        return pack(*((each, 4) for each in worth))

    # --- of a proposal --------------------------------------------------------------------

    def state(self, msg: Msg, proposal_id: int) -> int:
        return self.motion(proposal_id).state(msg.now)

    def proposal_votes(self, _: Msg, proposal_id: int) -> tuple[int, int, int]:
        return self.motion(proposal_id).tally()

    def proposal_snapshot(self, _: Msg, proposal_id: int) -> int:
        return self.motion(proposal_id).created_at

    def proposal_deadline(self, _: Msg, proposal_id: int) -> int:
        return self.motion(proposal_id).closes_at

    def proposal_eta(self, _: Msg, proposal_id: int) -> int:
        return self.motion(proposal_id).eta

    def proposal_proposer(self, _: Msg, proposal_id: int) -> str:
        return self.motion(proposal_id).proposer

    # --- rules and parts ------------------------------------------------------------------

    def quorum(self, msg: Msg, timepoint: int) -> int:
        msg.need(timepoint < msg.now, "members: not in the past yet")
        bps = self.facts.versions[-1][ORDINARY].quorum_bps
        return -(-bps * self.membership().electorate(timepoint) // 10_000)

    def voting_delay(self, _: Msg) -> int:
        return self.facts.versions[-1][ORDINARY].delay

    def voting_period(self, _: Msg) -> int:
        return self.facts.versions[-1][ORDINARY].period

    def hub(self, _: Msg) -> str:
        return self.hub_address

    def pool(self, _: Msg) -> str:
        return self.pool_address

    def identity(self, _: Msg) -> str:
        return self.identity_address

    def is_hub_part(self, _: Msg, account: str) -> bool:
        part = self.facts.parts.get(account)
        return part is not None and part.by_hub

    # --- always the same ------------------------------------------------------------------

    def hash_proposal(
        self, _: Msg, targets: list[str], values: list[int], calls: list[bytes], text_hash: bytes
    ) -> int:
        return content_id(targets, values, calls, text_hash)

    def proposal_needs_queuing(self, _: Msg, __: int) -> bool:
        return False

    def proposal_threshold(self, _: Msg) -> int:
        return 0

    def counting_mode(self, _: Msg) -> str:
        return "support=bravo&quorum=for,abstain"

    def name(self, _: Msg) -> str:
        return "Millpond"

    def version(self, _: Msg) -> str:
        return "1"

    def nonces(self, _: Msg, __: str) -> int:
        return 0

    def eip712_domain(self, msg: Msg) -> tuple[bytes, str, str, int, str, bytes, list[int]]:
        return signing_domain(msg)
