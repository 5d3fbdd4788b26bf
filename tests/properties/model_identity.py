# SPDX-License-Identifier: AGPL-3.0-only
"""What Identity is, in words: a list of the links that were issued, and what happened to each.

Nothing is kept but what happened and when. Who is linked, who waits and whom a pool pays follows
from the list, at any second: a link counts from the end of its wait, or from when the governor
confirmed it, unless it was objected to, replaced or dropped before.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from millpond.core import typed_data
from tests.properties.chain import Handle
from tests.properties.model import Model, Msg, signing_domain
from tests.properties.model_grain import ZERO
from tests.properties.signing import message

WAIT = 7 * 86_400
OBJECTORS = 3
NEVER = 2**64


@dataclass
class Issued:
    """One link that attesters and account signed."""

    account: str
    issued_at: int
    proposed_at: int
    objected: bool = False
    confirmed_at: int = NEVER
    over_at: int = NEVER  # replaced before it counted, or dropped

    @property
    def counts_from(self) -> int:
        """When it came or will come into force; never, if something was in the way."""
        if self.objected:
            return self.confirmed_at
        ends = self.proposed_at + WAIT
        return ends if self.over_at >= ends else NEVER


@dataclass
class History:
    """All links of one identity at one attesting pool, and when its last one was dropped."""

    links: list[Issued]
    dead_before: int = 0

    def linked(self, now: int) -> Issued | None:
        """The last one that came into force, if it was not dropped since."""
        for link in reversed(self.links):
            if link.counts_from <= now:
                return link if link.over_at > now else None
        return None

    def open(self, now: int) -> Issued | None:
        """The last one, while it waits or is objected to."""
        last = self.links[-1] if self.links else None
        if last is None or last.over_at <= now or last.counts_from <= now:
            return None
        return last

    def newest_second(self) -> int:
        """Links issued up to here are dead."""
        issued = self.links[-1].issued_at if self.links else 0
        return max(issued, self.dead_before)


@dataclass
class Said:
    """What pools have said, and every link."""

    attesters: dict[str, tuple[list[str], int]]
    listed: dict[str, list[tuple[int, list[str]]]]  # from when on, which pools
    links: dict[tuple[str, bytes], History]


class IdentityModel(Model):
    """The registry."""

    ours = True
    doors = frozenset()

    def __init__(self, me: Handle) -> None:
        super().__init__(me, Said({}, {}, {}))

    def history(self, pool: str, identity: bytes) -> History:
        """What happened to an identity at a pool."""
        found: History = self.facts.links.setdefault((pool, identity), History([]))
        return found

    # --- a pool's governor ----------------------------------------------------------------

    def set_attesters(self, msg: Msg, pool: str, attesters: Sequence[str], needed: int) -> None:
        """Whose word the pool takes; its hub may say it first."""
        if msg.sender != self._governor(msg, pool):
            hub = msg.call(pool, "hub")
            why = "identity: only the pool's governor or hub names attesters"
            msg.need(msg.sender == hub, why)
            why = "identity: the pool has attesters, only its governor changes them"
            msg.need(pool not in self.facts.attesters, why)
        why = "identity: from one to all attesters must be needed"
        msg.need(1 <= needed <= len(attesters), why)
        distinct = len(set(attesters)) == len(attesters) and ZERO not in attesters
        msg.need(distinct, "identity: an attester is zero or named twice")
        self.facts.attesters[pool] = (list(attesters), needed)
        msg.emit("AttestersSet", pool=pool, attesters=attesters, needed=needed)

    def set_attesting_pools(self, msg: Msg, pool: str, pools: Sequence[str]) -> None:
        """Whose links the pool trusts, in order, when the list's wait is over; it takes the place
        of one that still waits. An empty one means its own."""
        self._need_governor(msg, pool)
        distinct = len(set(pools)) == len(pools) and ZERO not in pools
        msg.need(distinct, "identity: a listed pool is zero or named twice")
        lists = self.facts.listed.setdefault(pool, [])
        if lists and lists[-1][0] > msg.now:
            lists.pop()
        lists.append((msg.now + WAIT, list(pools)))
        msg.emit("AttestingPoolsSet", pool=pool, pools=pools, effective_at=msg.now + WAIT)

    def confirm_link(self, msg: Msg, pool: str, identity: bytes, account: str) -> None:
        """Over an objection."""
        self._need_governor(msg, pool)
        link = self.history(pool, identity).open(msg.now)
        objected = link is not None and link.objected and link.account == account
        msg.need(objected, "identity: no link to this account was objected to")
        assert link is not None
        over = msg.now >= link.proposed_at + WAIT
        msg.need(over, "identity: the link's wait is not over")
        link.confirmed_at = msg.now
        msg.emit("LinkConfirmed", pool=pool, identity=identity, account=account)

    def cancel_link(self, msg: Msg, pool: str, identity: bytes, account: str) -> None:
        """Takes away whatever link there is to this account."""
        self._need_governor(msg, pool)
        msg.need(account != ZERO, "identity: no account named")
        self._drop(msg, pool, identity, account)
        msg.emit("LinkCanceled", pool=pool, identity=identity, account=account)

    # --- anyone ---------------------------------------------------------------------------

    def link(
        self, msg: Msg, pool: str, identity: bytes, account: str, issued_at: int, *signed: Any
    ) -> None:
        """A new link, which waits."""
        proof_hash, proof_uri, deadline, signers, attestations, account_signature = signed
        msg.need(msg.now <= deadline, "identity: the signatures' deadline is over")
        msg.need(any(identity[:12]), "identity: an address is no identity")
        msg.need(account != ZERO, "identity: no account given")
        history = self.history(pool, identity)
        self._need_news(msg, history, account, issued_at)
        said = {"pool": pool, "identity": identity, "account": account, "issuedAt": issued_at}
        said |= {"proofHash": proof_hash, "deadline": deadline}
        hers = self._is_signed(msg, typed_data.IDENTITY_LINK, said, account, account_signature)
        msg.need(hers, "identity: the account did not sign")
        self._need_attested(msg, said, signers, attestations)

        replaced = history.open(msg.now)
        if replaced is not None:
            replaced.over_at = msg.now
        history.links.append(Issued(account, issued_at, msg.now))
        times = {"issued_at": issued_at, "effective_at": msg.now + WAIT}
        proof = {"proof_hash": proof_hash, "proof_uri": proof_uri}
        msg.emit("LinkProposed", pool=pool, identity=identity, account=account, **times, **proof)

    # --- accounts and members -------------------------------------------------------------

    def object_to_link(self, msg: Msg, pool: str, identity: bytes, account: str) -> None:
        """By who is linked now."""
        linked = self.history(pool, identity).linked(msg.now)
        hers = linked is not None and linked.account == msg.sender
        msg.need(hers, "identity: only the account linked now objects alone")
        self._object(msg, pool, identity, account, [msg.sender])

    def object_by_signatures(
        self,
        msg: Msg,
        pool: str,
        identity: bytes,
        account: str,
        issued_at: int,
        deadline: int,
        signers: Sequence[str],
        objections: Sequence[bytes],
    ) -> None:
        """By three members, or all of fewer."""
        msg.need(msg.now <= deadline, "identity: the objection's deadline is over")
        known = self.history(pool, identity).newest_second()
        msg.need(issued_at == known, "identity: the objection names another link")
        governor = self._governor(msg, pool)
        members = msg.call(governor, "member_count")
        enough = members and len(signers) >= min(OBJECTORS, members)
        msg.need(enough, "identity: too few members object")
        same = len(signers) == len(objections)
        msg.need(same, "identity: members and objections differ in number")
        said = {"pool": pool, "identity": identity, "account": account, "issuedAt": issued_at}
        said |= {"deadline": deadline}
        for signer, last, signature in _in_turn(signers, objections):
            is_member = msg.call(governor, "isMember", signer)
            msg.need(is_member, "identity: an objector is no member")
            self._need_signed(msg, typed_data.LINK_OBJECTION, said, signer, last, signature)
        self._object(msg, pool, identity, account, signers)

    def unlink(self, msg: Msg, pool: str, identity: bytes) -> None:
        """By who is linked or would be."""
        self._drop(msg, pool, identity, msg.sender)
        msg.emit("Unlinked", pool=pool, identity=identity, account=msg.sender)

    # --- views ----------------------------------------------------------------------------

    def account_of(self, msg: Msg, pool: str, identity: bytes) -> str:
        """The first listed pool with a link that counts or waits decides; zero: wait."""
        for listed in self.attesting_pools(msg, pool):
            history = self.history(listed, identity)
            newest = history.open(msg.now)
            if newest is not None and not newest.objected:
                return ZERO
            linked = history.linked(msg.now)
            if linked is not None:
                return linked.account
        return ZERO

    def link_of(self, msg: Msg, pool: str, identity: bytes) -> tuple[str, str, int, int, str]:
        """Who is linked, who waits, until when, the newest second, who was objected to."""
        history = self.history(pool, identity)
        linked, newest = history.linked(msg.now), history.open(msg.now)
        active = linked.account if linked else ZERO
        if newest is None:
            return active, ZERO, 0, history.newest_second(), ZERO
        both = (ZERO, newest.account) if newest.objected else (newest.account, ZERO)
        ends = newest.proposed_at + WAIT
        return active, both[0], ends, history.newest_second(), both[1]

    def attesters(self, _: Msg, pool: str) -> tuple[list[str], int]:
        """Whose word the pool takes, and how many of them it needs."""
        found: tuple[list[str], int] = self.facts.attesters.get(pool, ([], 0))
        return found

    def attesting_pools(self, msg: Msg, pool: str) -> list[str]:
        """Whose links the pool trusts now: those of the last list that came."""
        lists: list[tuple[int, list[str]]] = self.facts.listed.get(pool, [])
        in_force = [pools for since, pools in lists if since <= msg.now]
        return (in_force[-1] if in_force else []) or [pool]

    def wait(self, _: Msg) -> int:
        """Seven days."""
        return WAIT

    def eip712_domain(self, msg: Msg) -> tuple[object, ...]:
        """EIP-5267."""
        return signing_domain(msg)

    def receive(self, msg: Msg, data: bytes = b"") -> None:
        """It has no door."""
        del data
        msg.need(False, "")

    # --- how ------------------------------------------------------------------------------

    def _governor(self, msg: Msg, pool: str) -> str:
        there = pool in msg.world.handles
        msg.need(there, "identity: there is no contract at the pool's address")
        found: str = msg.call(pool, "governor")
        return found

    def _need_governor(self, msg: Msg, pool: str) -> None:
        its_own = msg.sender == self._governor(msg, pool)
        msg.need(its_own, "identity: only the pool's governor may do this")

    def _need_news(self, msg: Msg, history: History, account: str, issued_at: int) -> None:
        newer = issued_at > history.newest_second()
        msg.need(newer, "identity: a link issued as late or later is known")
        msg.need(issued_at <= msg.now, "identity: issued in the future")
        linked = history.linked(msg.now)
        again = linked is not None and linked.account == account
        msg.need(not again, "identity: this account is linked already")

    def _need_attested(
        self, msg: Msg, said: dict[str, Any], signers: Sequence[str], attestations: Sequence[bytes]
    ) -> None:
        attesters, needed = self.facts.attesters.get(said["pool"], ([], 0))
        enough = needed and len(signers) >= needed
        msg.need(enough, "identity: too few attesters signed")
        same = len(signers) == len(attestations)
        msg.need(same, "identity: signers and attestations differ in number")
        for signer, last, signature in _in_turn(signers, attestations):
            msg.need(signer in attesters, "identity: a signer is no attester of the pool")
            self._need_signed(msg, typed_data.IDENTITY_LINK, said, signer, last, signature)

    def _is_signed(
        self, msg: Msg, struct: Any, said: dict[str, Any], signer: str, signature: bytes
    ) -> bool:
        meant = message(struct, self.me, said | {"signer": signer})
        return msg.world.signatures.holds(signer, meant, signature)

    def _need_signed(
        self, msg: Msg, struct: Any, said: dict[str, Any], signer: str, last: str, signature: bytes
    ) -> None:
        ascending = int(signer, 16) > int(last, 16)
        msg.need(ascending, "identity: signers are not in ascending order")
        hers = self._is_signed(msg, struct, said, signer, signature)
        msg.need(hers, "identity: a signature is not its signer's")

    def _object(
        self, msg: Msg, pool: str, identity: bytes, account: str, objectors: Sequence[str]
    ) -> None:
        link = self.history(pool, identity).open(msg.now)
        waits = link is not None and not link.objected and link.account == account
        msg.need(waits, "identity: no link to this account waits")
        assert link is not None
        link.objected = True
        who = {"pool": pool, "identity": identity, "account": account}
        msg.emit("LinkObjected", **who, issued_at=link.issued_at, objectors=objectors)

    def _drop(self, msg: Msg, pool: str, identity: bytes, account: str) -> None:
        """While another link is open, its second stays the newest."""
        history = self.history(pool, identity)
        linked, newest = history.linked(msg.now), history.open(msg.now)
        theirs = [link for link in (linked, newest) if link is not None and link.account == account]
        msg.need(theirs, "identity: this account is not linked")
        theirs[0].over_at = msg.now
        if history.open(msg.now) is None:
            history.dead_before = msg.now


def _in_turn(signers: Sequence[str], signatures: Sequence[bytes]) -> list[tuple[str, str, bytes]]:
    """Each signer with the one before her and her signature."""
    before = [ZERO, *signers[:-1]]
    return list(zip(signers, before, signatures, strict=True))
