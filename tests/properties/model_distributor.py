# SPDX-License-Identifier: AGPL-3.0-only
"""What a CredDistributor does up to a final epoch, in words. Who is paid is in
`model_distributor_claims.py`; who is struck out and settled, in `model_distributor_review.py`; what
is known and follows, in `model_distributor_head.py`.
"""

from collections.abc import Sequence
from typing import Any

from tests.properties.model import Msg, Refused
from tests.properties.model_distributor_head import Final, MaintainerSet, Posted
from tests.properties.model_distributor_review import DistributorReview
from tests.properties.model_distributor_terms import (
    BPS,
    MOST_CRED,
    NO_HASH,
    Packed,
    Policy,
    Terms,
    subject_of,
)
from tests.properties.model_grain import ZERO
from tests.properties.model_pool import account_of
from tests.properties.model_pool_journal import all_or_nothing
from tests.properties.world import Action

LONGEST_SEASON = 1_200
MOST_LEAVES = 2**24
PARAMS_SIZE = 352
CANCELED, DEFEATED, EXPIRED = 2, 3, 6

Named = Sequence[tuple[str, Sequence[bytes]]]


class DistributorModel(DistributorReview):
    """One distributor."""

    ours = True
    doors = frozenset()

    # --- the hub, once; the pool, once ----------------------------------------------------

    @all_or_nothing
    def setup(self, msg: Msg, members: Named, needed: int, season_epochs: int) -> None:
        """The first maintainers and the first season."""
        msg.need(msg.sender == self.parts.hub, "distributor: only the hub")
        msg.need(not self.version_of_set(), "distributor: already set up")
        self._name(msg, members, needed)
        self._begin_season(msg, season_epochs)

    @all_or_nothing
    def on_open(self, msg: Msg, earmark_id: int, params: bytes) -> None:
        """The earmark that it pays out."""
        msg.need(msg.sender == self.parts.pool, "distributor: only the pool")
        msg.need(not self.attempt(), "distributor: has its earmark")
        msg.need(len(params) == PARAMS_SIZE, "distributor: bad parameters")
        policy = _policy_of(params)
        if policy.income_earmark == earmark_id:
            restricted = msg.call(msg.sender, "earmark", earmark_id)[1]
            all_of_it = policy.payout_bps == BPS or not restricted
            msg.need(all_of_it, "distributor: must pay all")
        self.note(earmark_id, "earmark")
        self.note(msg.now, "last post")
        self._adopt(msg, policy)

    # --- the governor ---------------------------------------------------------------------

    @all_or_nothing
    def set_policy(self, msg: Msg, policy: Policy) -> None:
        """From the next post on; what patrons of a bound earmark gave under is frozen."""
        self._need_governor(msg)
        msg.need(self.attempt(), "distributor: nothing opened")
        self._adopt(msg, Policy(*policy))

    @all_or_nothing
    def set_maintainers(self, msg: Msg, members: Named, needed: int) -> None:
        """Another set."""
        self._need_governor(msg)
        self._name(msg, members, needed)

    def set_season(self, msg: Msg, season_epochs: int) -> None:
        """Another season, from now."""
        self._need_governor(msg)
        self._begin_season(msg, season_epochs)

    @all_or_nothing
    def finalise(self, msg: Msg, epoch: int, attempt: int) -> None:
        """The members have consented. Baseline, carry and season move here."""
        msg.need(msg.sender == self.parts.governor, "distributor: not the governor")
        posted = self.need_posted(msg, epoch)
        msg.need(attempt == self.attempt(), "distributor: other attempt")
        policy = posted.policy
        closes_at = msg.now + policy.claim_window
        excluded = self.excluded(epoch, attempt)
        terms = posted.terms._replace(excluded=excluded, closes_at=closes_at)
        before = self.final(epoch - 1)
        found = terms.packed().after(before.hash if before else NO_HASH)
        self.note(Final(terms, terms.packed(), found), "final", epoch)
        self.note(posted.received, "baseline", policy.income_earmark, policy.asset)
        if posted.carry_used:
            self.add(posted.carry_used, "carry used", policy.asset)
            msg.emit("CarryChanged", asset=policy.asset, carry=self.carry(policy.asset))
        self.add(1, "finalised")
        self.note(None, "posted")
        self.note(self.noted(0, "posted at"), "last post")
        ends = {"excluded": terms.excluded, "closes_at": closes_at}
        msg.emit("DistributionFinalised", epoch=epoch, attempt=attempt, epoch_hash=found, **ends)

    # --- the clerk, with maintainers' signatures; the end of a failed review ---------------

    @all_or_nothing
    def post(self, msg: Msg, epoch: int, *signed: Any) -> int:
        """Reserves a pot and asks the members."""
        root, total_cred, leaf_count, data_hash, uri, text, signers = signed
        self.need_clerk(msg)
        self._need_next(msg, epoch)
        msg.need(NO_HASH not in (root, data_hash), "distributor: empty hash")
        msg.need(1 <= total_cred < MOST_CRED, "distributor: bad total cred")
        msg.need(1 <= leaf_count <= MOST_LEAVES, "distributor: bad leaf count")
        msg.need(uri, "distributor: no document uri")
        posted = self._divide(msg, root, total_cred, leaf_count)
        terms = posted.terms
        msg.call(self.parts.pool, "reserve", terms.earmark, terms.asset, terms.pot)
        asked = msg.world.columns([Action(self.me, "finalise", (epoch, terms.attempt))])
        proposal_id: int = msg.call(self.parts.governor, "propose", *asked, text)
        self.note(posted._replace(proposal_id=proposal_id), "posted")
        self.note(msg.now, "posted at")
        where = {"epoch": epoch, "attempt": terms.attempt, "proposal_id": proposal_id}
        what = {"terms": terms, "data_hash": data_hash, "uri": uri, "signers": signers}
        msg.emit("DistributionPosted", **where, **what)
        return proposal_id

    @all_or_nothing
    def withdraw(self, msg: Msg, epoch: int, terms: Packed, signers: Sequence[str]) -> None:
        """Taken back by those who may post."""
        self.need_clerk(msg)
        posted = self.need_open(msg, epoch, terms)
        attempt = self.attempt()
        self._abandon(msg, posted)
        msg.emit("DistributionWithdrawn", epoch=epoch, attempt=attempt, signers=signers)

    @all_or_nothing
    def void(self, msg: Msg, epoch: int) -> None:
        """The members have not consented."""
        posted = self.need_posted(msg, epoch)
        state = msg.call(self.parts.governor, "state", posted.proposal_id)
        failed = state in (CANCELED, DEFEATED, EXPIRED)
        msg.need(failed, "distributor: review not failed")
        attempt = self.attempt()
        self._abandon(msg, posted)
        msg.emit("DistributionVoided", epoch=epoch, attempt=attempt, proposal_state=state)

    # --- why not --------------------------------------------------------------------------

    def _need_governor(self, msg: Msg) -> None:
        msg.need(msg.sender == self.parts.governor, "distributor: only the governor")

    def _need_next(self, msg: Msg, epoch: int) -> None:
        msg.need(self.attempt(), "distributor: no earmark yet")
        msg.need(self.posted() is None, "distributor: one is open")
        msg.need(epoch == self.finalised() + 1, "distributor: not next epoch")
        msg.need(self.epochs_left(), "distributor: season is over")
        length = self.policy(self.policy_version()).epoch_length
        over = msg.now - self.noted(0, "last post") >= length
        msg.need(over, "distributor: epoch not over")

    # --- how ------------------------------------------------------------------------------

    def _divide(self, msg: Msg, root: bytes, total_cred: int, leaf_count: int) -> Posted:
        version = self.policy_version()
        policy = self.policy(version)
        pot, carry_used, received = self.pot(msg, policy)
        msg.need(pot, "distributor: nothing to pay out")
        terms = Terms(
            epoch=self.finalised() + 1,
            attempt=self.attempt(),
            root=root,
            total_cred=total_cred,
            leaf_count=leaf_count,
            earmark=self.pot_earmark(),
            asset=policy.asset,
            pot=pot,
            minimum=policy.minimum,
            grain_per_epoch=policy.grain_per_epoch,
            signer_cap_bps=policy.signer_cap_bps,
            maintainers_version=self.version_of_set(),
        )
        return Posted(terms, policy, version, 0, carry_used, received)

    def _abandon(self, msg: Msg, posted: Posted) -> None:
        """Ends it without effect; its signatures name an attempt that is over."""
        terms = posted.terms
        self.note(None, "posted")
        self.add(1, "ended", terms.epoch)
        msg.call(self.parts.pool, "unreserve", terms.earmark, terms.asset, terms.pot)

    def _begin_season(self, msg: Msg, epochs: int) -> None:
        msg.need(epochs <= LONGEST_SEASON, "distributor: season too long")
        self.note((epochs, self.finalised()), "season")
        msg.emit("SeasonSet", epochs_left=epochs)

    def _name(self, msg: Msg, members: Named, needed: int) -> None:
        msg.need(members, "distributor: no maintainers")
        msg.need(1 <= needed <= len(members), "distributor: bad threshold")
        numbers: dict[bytes, int] = {}
        last = ZERO
        for number, (account, subjects) in enumerate(members, 1):
            msg.need(int(account, 16) > int(last, 16), "distributor: accounts unsorted")
            last = account
            for subject in (subject_of(account), *subjects):
                msg.need(any(subject), "distributor: empty subject")
                msg.need(subject not in numbers, "distributor: subject twice")
                numbers[subject] = number
        self.add(1, "sets")
        version = self.version_of_set()
        accounts = tuple(account for account, _ in members)
        self.note(MaintainerSet(needed, accounts, numbers), "set", version)
        msg.emit("MaintainersSet", version=version, needed=needed, maintainers=members)

    def _adopt(self, msg: Msg, policy: Policy) -> None:
        """Income counts from when its earmark and asset first came into a policy."""
        pool, pair = self.parts.pool, (policy.income_earmark, policy.asset)
        if self.noted(None, "baseline", *pair) is None:
            msg.call(pool, "earmark", policy.income_earmark)
            self.note(msg.call(pool, "received", *pair), "baseline", *pair)
        msg.call(msg.world.clerk, "pack_policy", self.pot_earmark(), policy)
        version = self.policy_version() + 1
        bound = version > 1 and msg.call(pool, "earmark", self.pot_earmark())[1]
        if bound:
            frozen = _frozen(policy) == _frozen(self.policy(version - 1))
            msg.need(frozen, "distributor: terms are frozen")
        self.add(1, "policies")
        self.note(policy, "policy", version)
        msg.emit("PolicySet", version=version, pot_earmark=self.pot_earmark(), policy=policy)


def _frozen(policy: Policy) -> tuple[Any, ...]:
    """What patrons of a bound earmark gave under."""
    source = policy.asset, policy.income_earmark, policy.payout_bps
    return *source, policy.signer_cap_bps, policy.fixed_portion


def _policy_of(params: bytes) -> Policy:
    words = [int.from_bytes(params[at : at + 32]) for at in range(0, PARAMS_SIZE, 32)]
    if words[0] >= 2**160 or words[-1] > 1:
        raise Refused("")
    asset, *numbers, portion = words
    named = dict(zip(Policy._fields[1:-1], numbers, strict=True))
    return Policy(asset=account_of(asset), fixed_portion=bool(portion), **named)
