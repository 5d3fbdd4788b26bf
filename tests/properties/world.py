# SPDX-License-Identifier: AGPL-3.0-only
"""One world twice: a co-op made by the real Hub on a chain, and models of the same contracts.

    world = World()
    world.send(founder, world.governor, "castVote", proposal_id, FOR)

asks the model first and then does the same on the chain. Both must succeed or both refuse, with the
same reason, the same answer and the same events, byte for byte; anything else is a `Disagreement`
that shows the last calls. What was seen is counted by (contract, function, reason or "ok").
"""

from collections import Counter, deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any, NamedTuple, Protocol

from tests.contracts.coop import DAY, Coop, Ways
from tests.contracts.coop import Rule as ClassRule
from tests.contracts.evm import ETH, GAS_LIMIT, Actor, Contract, State, address_of
from tests.properties import telling
from tests.properties.among import Among, Sent
from tests.properties.chain import Chain, Handle, Outcome, RawLog, plain_name
from tests.properties.draws import Draws
from tests.properties.met import Met, met_in
from tests.properties.model import DEFAULT, Model
from tests.properties.model_pool_journal import Journal
from tests.properties.signing import Signatures

HOUR = 3_600
OK = "ok"
FOUNDERS, CANDIDATES, PATRONS = 5, 7, 3
REMEMBERED = 30
# Of so many refused calls one is looked at in every slot of every account.
LOOK_EVERY = 400

# As quick as the floors allow, so that a walk of some thousand calls sees many votes to their end.
QUICK_RULES = (
    ClassRule(HOUR, DAY, DAY, 3 * DAY, 2000, 5000, True),
    ClassRule(0, 3 * DAY, 2 * DAY, 3 * DAY, 3000, 6667, True),
    ClassRule(0, 3 * DAY, 2 * DAY, 3 * DAY, 3000, 6667, True),
    ClassRule(0, 3 * DAY, 0, 3 * DAY, 1000, 0, True),
)
QUICK_WAYS = Ways(sponsors=2, joins_bps=5000, period=DAY)


class Disagreement(AssertionError):
    """The chain did something else than the rules say."""


class Action(NamedTuple):
    """One call of a proposal."""

    target: Any  # a handle; for DEFAULT any account
    function: str = DEFAULT
    args: tuple[Any, ...] = ()
    value: int = 0

    @property
    def calldata(self) -> bytes:
        """As the Governor sends it. DEFAULT takes raw bytes, or none."""
        return calldata(self.target, self.function, self.args)


def calldata(target: Any, function: str, args: Sequence[Any]) -> bytes:
    """What calls a function; raw bytes, or none, for DEFAULT."""
    if function == DEFAULT:
        return bytes(args[0]) if args else b""
    found: bytes = target.calldata(function, *args)
    return found


@dataclass(frozen=True)
class Rule:
    """One thing that a walk may do. `act` draws what it needs and sends; it may do nothing."""

    name: str
    weight: int
    act: Callable[["World", Random], None]


class Component(Protocol):
    """One contract's share in a walk."""

    name: str

    def rules(self) -> Sequence[Rule]:
        """What may be done with it."""
        ...

    def check(self) -> None:
        """What must hold after every step; cheap."""
        ...

    def compare(self) -> None:
        """Every view says what the model says; now and then, and at the end of a walk."""
        ...


class Enact(Protocol):
    """How a component has something done by vote."""

    def __call__(self, *actions: Action, random: Random) -> Sent:
        """Propose, vote, wait and execute; what the execution did."""
        ...


@dataclass
class People:
    """Everybody in a walk, by role. The same accounts in every world."""

    founders: list[Actor]
    candidates: list[Actor]
    patrons: list[Actor]
    maintainers: list[Actor]
    attesters: list[Actor]
    relayer: Actor
    outsider: Actor
    everybody: list[Actor] = field(default_factory=list)


class World(Among, Draws):
    """A chain, the models beside it, and what was seen."""

    def __init__(self, seed: int | None = None) -> None:
        Among.__init__(self)
        Draws.__init__(self, seed)
        self.chain = Chain()
        self.coop = Coop(self.chain, FOUNDERS, QUICK_RULES, QUICK_WAYS)
        self.signatures = Signatures(self.chain.chain_id)
        self.journal = Journal()
        self.gas = GAS_LIMIT  # of the call that is under way
        # told each event of each call that went through, as the chain logged it
        self.listeners: list[Callable[[Handle, str, dict[str, Any]], None]] = []
        self.counts: Counter[tuple[str, str, str]] = Counter()
        self.outcomes: Counter[str] = Counter()  # how proposals ended
        self.met: Counter[Met] = Counter()  # odd tokens, odd payees and calls back, by where
        self.calls = self.succeeded = self.reads = self.refused = self.looks = 0
        self.components: list[Component] = []
        self.shared: dict[str, Any] = {}  # what components have in common, by name
        self.enact: Enact
        self.see_through: Callable[[int, Random], Sent]  # the same for a proposal that is there
        self._meant: dict[tuple[str, bytes], Action] = {}
        self._history: deque[tuple[Any, ...]] = deque(maxlen=REMEMBERED)
        self._settle()

    def _settle(self) -> None:
        coop = self.coop
        self.governor, self.pool = self.known(coop.governor), self.known(coop.pool)
        self.admission, self.grain = self.known(coop.admission), self.known(coop.grain)
        self.distributor, self.hub = self.known(coop.distributor), self.known(coop.hub)
        self.identity, self.dollar = self.known(coop.identity), self.known(coop.dollar)
        self.clerk = self.known(coop.clerk)
        crowd = {
            role: [self.chain.actor(f"{role} {n}") for n in range(count)]
            for role, count in (("candidate", CANDIDATES), ("patron", PATRONS))
        }
        self.people = People(
            founders=coop.founders,
            candidates=crowd["candidate"],
            patrons=crowd["patron"],
            maintainers=coop.maintainers,
            attesters=coop.attesters,
            relayer=coop.relayer,
            outsider=self.chain.actor("outsider"),
        )
        people = self.people
        people.everybody = [
            *(*people.founders, *people.candidates, *people.patrons, *people.maintainers),
            *(*people.attesters, people.relayer, people.outsider),
        ]
        for actor in people.everybody:
            self.wei[actor.address] = self.chain.balance(actor)

    # --- contracts ------------------------------------------------------------------------

    def known(self, contract: Contract) -> Handle:
        """A contract of the bench as this world drives it."""
        handle = self.chain.handle(contract)
        self.handles[handle.address] = handle
        self.wei.setdefault(handle.address, self.chain.balance(handle))
        return handle

    def deploy(self, name: str, *args: Any) -> Handle:
        """Another contract, a mock mostly."""
        return self.known(self.chain.deploy(name, *args))

    def model(self, model: Model) -> None:
        """From now on this model says what its contract does, and its events are compared."""
        self.models[model.me.address] = model

    def erase(self, model: Model) -> None:
        """Its contract loses its code, as a self-destruct may have it on some chains."""
        self.chain.keep_code(model.me)
        self.chain.erase_code(model.me)
        del self.models[model.me.address]

    def bring_back(self, model: Model) -> None:
        """With what it knew."""
        self.chain.put_code(model.me, model.me)
        self.models[model.me.address] = model

    # --- time -----------------------------------------------------------------------------

    @property
    def now(self) -> int:
        """The time of the block in which the next call happens."""
        return self.chain.now

    def warp(self, seconds: int) -> None:
        """Let time pass; no call."""
        self._history.append(("warp", seconds))
        self.chain.warp(seconds)

    def warp_to(self, timestamp: int) -> None:
        """Let time pass up to this second, if it is not over."""
        if timestamp > self.now:
            self.warp(timestamp - self.now)

    # --- calls ----------------------------------------------------------------------------

    def send(
        self,
        sender: Any,
        target: Handle,
        function: str = DEFAULT,
        *args: Any,
        value: int = 0,
        gas: int = GAS_LIMIT,
        origin: Actor | None = None,
    ) -> Sent:
        """One transaction, in both. A contract can be the sender if it has `act(target, data)`:
        then `origin`, or else the relayer, has it pass the call on."""
        self.gas = gas
        self._history.append((address_of(sender), target, function, args, value))
        caller = address_of(sender)
        if isinstance(sender, Handle):
            origin = origin or self.people.relayer
        payer = origin.address if origin else caller
        expected = self.ruled(caller, target, function, args, value, payer)
        before = None if expected.ok else self._looked_at()
        outcome = self._transact(sender, target, function, args, value, payer)
        self._compare(sender, target, function, args, expected, outcome)
        if before is not None:
            self._unchanged(before)
        self._count(expected, target, function)
        for event in self.expected if expected.ok else ():
            for listen in self.listeners:
                listen(*event)
        return expected

    def ask(self, target: Handle, function: str, *args: Any) -> Sent:
        """One static call, in both."""
        reader = self.chain.reader.address
        expected = self.ruled(reader, target, function, args)
        found = target.functions[function]
        outcome = self.chain.send(reader, target.address, found.calldata(args), 0, True)
        if outcome.ok != expected.ok or outcome.reason != expected.reason:
            raise self._differ(outcome, expected, target, function, args)
        if expected.ok and outcome.data != found.answer(expected.answer):
            raise self._differ(outcome, expected, target, function, args)
        self.reads += 1
        self.counts[target.name, function, expected.reason or OK] += 1
        return expected

    def _transact(
        self,
        sender: Any,
        target: Handle,
        function: str,
        args: Sequence[Any],
        value: int,
        payer: str,
    ) -> Outcome:
        data = calldata(target, function, args)
        if isinstance(sender, Handle):
            data = sender.calldata("act", target.address, data)
            return self.chain.send(payer, sender.address, data, value, gas=self.gas)
        return self.chain.send(payer, target.address, data, value, gas=self.gas)

    def _looked_at(self) -> State | None:
        """The whole chain before a call that will be refused; of one in so many only."""
        self.refused += 1
        due = (self.refused + LOOK_EVERY // 2) % LOOK_EVERY == 0
        return self.chain.state() if due else None

    def _unchanged(self, before: State) -> None:
        """A refused call leaves every balance, code and slot of every account as it was."""
        self.looks += 1
        after = self.chain.state()
        changed = [each for each in {*before, *after} if before.get(each) != after.get(each)]
        if changed:
            lines = [f"a refused call changed {[self.name_of(each) for each in changed]}"]
            raise Disagreement("\n".join([*lines, "the last calls:", *self.history()]))

    def _compare(
        self,
        sender: Any,
        target: Handle,
        function: str,
        args: Sequence[Any],
        expected: Sent,
        outcome: Outcome,
    ) -> None:
        same = outcome.ok == expected.ok and outcome.reason == expected.reason
        if same and expected.ok:
            answer = b""
            if function != DEFAULT:
                answer = target.functions[function].answer(expected.answer)
            if isinstance(sender, Handle):
                answer = sender.functions["act"].answer(answer)
            same = outcome.data == answer and self._logged(outcome) == self._named()
        if not same:
            raise self._differ(outcome, expected, target, function, args)

    def _logged(self, outcome: Outcome) -> list[RawLog]:
        return [log for log in outcome.logs if log[0] in self.models]

    def _named(self) -> list[RawLog]:
        return [me.events[name].raw(me.address, args) for me, name, args in self.expected]

    def _count(self, expected: Sent, target: Handle, function: str) -> None:
        self.calls += 1
        self.succeeded += expected.ok
        self.counts[target.name, plain_name(function), expected.reason or OK] += 1
        if expected.ok:
            for name, inner in self.done:
                self.counts[name, inner, OK] += 1
            self.counts.update(self.seen)
        if self.touched or self.struck:
            self.met.update(met_in(self, expected.ok, expected.reason))
        for name, inner in set(self.way) - {(target.name, plain_name(function))}:
            self.counts[name, inner, expected.reason] += 1

    # --- proposals ------------------------------------------------------------------------

    def columns(self, actions: Sequence[Action]) -> tuple[list[str], list[int], list[bytes]]:
        """Targets, values and calldatas of a proposal; what they mean goes into the book."""
        for action in actions:
            self._meant[address_of(action.target), action.calldata] = action
        targets = [address_of(action.target) for action in actions]
        return targets, [a.value for a in actions], [a.calldata for a in actions]

    def said(self, action: Action) -> tuple[str, bytes]:
        """Whom it calls and with what bytes; what they mean goes into the book."""
        [target], _, [data] = self.columns([action])
        return target, data

    def actions_of(
        self, targets: Sequence[str], values: Sequence[int], calls: Sequence[bytes]
    ) -> tuple[Action, ...]:
        """What the columns of a proposal mean."""
        return tuple(
            self._meant[target, call]._replace(value=value)
            for target, value, call in zip(targets, values, calls, strict=True)
        )

    # --- comparing ------------------------------------------------------------------------

    def check(self) -> None:
        """What must hold after every step."""
        for component in self.components:
            component.check()

    def compare(self) -> None:
        """Everything that can be seen is what the models say."""
        for account, amount in self.wei.items():
            found = self.chain.balance(account)
            assert found == amount, f"{account} has {found} wei, not {amount}"
        for component in self.components:
            component.compare()

    def _differ(
        self, outcome: Outcome, expected: Sent, target: Handle, function: str, args: Sequence[Any]
    ) -> Disagreement:
        names = self.name_of
        given = telling.several(names, args, "()")
        lines = [
            f"{target.name}.{function}{given} in second {self.now}",
            f"rules: {telling.ending(names, expected.ok, expected.reason, expected.answer)}",
            *(self._event(log) for log in (self._named() if expected.ok else ())),
            f"chain: {telling.outcome(names, outcome, target, function)}",
            *(self._event(log) for log in self._logged(outcome)),
        ]
        return Disagreement("\n".join([*lines, "the last calls:", *self.history()]))

    def _event(self, log: RawLog) -> str:
        return telling.event(self.name_of, log, self.handles[log[0]])

    def history(self) -> list[str]:
        """The last calls, oldest first."""
        return [telling.call(self.name_of, entry) for entry in self._history]

    def name_of(self, account: str) -> str:
        """How people call an account."""
        if account in self.handles:
            return f"{self.handles[account].name}@{account[:8]}"
        names = {actor.address: actor.name for actor in self.people.everybody}
        return names.get(account, "ETH" if account == ETH else account)
