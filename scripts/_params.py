# SPDX-License-Identifier: AGPL-3.0-only
"""The reviewed parameters of a pool: one YAML file, checked as a whole before anything is sent.

Times are written as "3 days" or "12 hours", amounts as decimals of their asset, shares in basis
points. What the chain refuses (floors of the rules) is left to the chain, which says so by name.
"""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

import yaml
from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
)

from millpond.chain.answers import Address
from millpond.chain.assets import Asset
from millpond.chain.deployments import Account, Record
from millpond.core.canonical import keccak256
from millpond.core.errors import ParameterError
from millpond.core.subjects import NOBODY, address_bytes, from_hex, of_identity
from millpond.core.units import parse_amount

DAY = 86_400
UNITS = {"hour": 3600, "hours": 3600, "day": DAY, "days": DAY}
GRAIN_DECIMALS = 18


def _seconds(text: object) -> object:
    number, _, unit = str(text).partition(" ")
    if text in (0, "0"):
        return 0
    if unit not in UNITS or not number.isdigit():
        raise ValueError('write a time as "3 days" or "12 hours", or 0')
    return int(number) * UNITS[unit]


Seconds = Annotated[int, BeforeValidator(_seconds)]
Bps = Annotated[int, Field(ge=0, le=10_000)]
Decimal = Annotated[str, StringConstraints(pattern=r"^\d+(\.\d+)?$")]
Word = Annotated[str, StringConstraints(min_length=1, max_length=32, pattern="^[ -~]*$")]


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


M = TypeVar("M", bound=_Model)


class ClassRules(_Model):
    """The rules of one class of proposals; see contracts/modules/rules.vy for the floors."""

    delay: Seconds
    period: Seconds
    timelock: Seconds
    expiry: Seconds
    quorum_bps: Bps
    approval_bps: Bps
    early: bool


class Rules(_Model):
    """All four classes."""

    ordinary: ClassRules
    membership: ClassRules
    rules: ClassRules
    consent: ClassRules

    @property
    def words(self) -> list[tuple[object, ...]]:
        """As the contracts take them."""
        classes = [self.ordinary, self.membership, self.rules, self.consent]
        return [tuple(rule.model_dump().values()) for rule in classes]


class Ways(_Model):
    """The ways into the pool."""

    by_offer: bool
    by_invitation: bool
    sponsors: int
    joins_bps: Bps
    period: Seconds
    gate: Account = Address(NOBODY)
    """A contract that says who may join by herself; left out: nobody may."""


class Maintainer(_Model):
    """Who may sign distributions, and which identities are hers as well."""

    account: Account
    identities: list[str] = []


class Policy(_Model):
    """How an earmark's distributor pays it out. The asset is an address or a name in the record."""

    asset: str
    income_earmark: int | None = None
    """None: the earmark's own gifts are its income."""
    payout_bps: Bps
    minimum: Decimal
    grain_per_epoch: Decimal
    signer_cap_bps: Bps
    epoch_length: Seconds
    claim_window: Seconds
    zero_out_bps: Bps
    restorers: Annotated[int, Field(ge=1, le=16)]
    fixed_portion: bool = False


class BuyIn(_Model):
    """What a newcomer pays and gets back when she leaves; in earmark 1, which no vote can spend."""

    asset: str
    amount: Decimal


class Purpose(_Model):
    """What an earmark is for."""

    purpose_uri: str
    purpose: str
    restricted: bool

    @property
    def purpose_hash(self) -> bytes:
        """keccak256 of the purpose in words."""
        return keccak256(self.purpose.encode())


class Earmark(Purpose):
    """One earmark to open, spent by the pool's distributor."""

    policy: Policy


class Round(Purpose):
    """One earmark that the members divide among candidates, again and again. The asset is an
    address or a name in the record; see contracts/modules/rounds.vy for the rules."""

    asset: str
    rule: Literal["linear", "root"]
    period: Annotated[Seconds, Field(ge=DAY, le=366 * DAY)]
    rounds: Annotated[int, Field(ge=1, le=1_200)]
    quorum: Annotated[int, Field(ge=1, le=2**18)]

    @property
    def rule_number(self) -> int:
        """As the contract has it."""
        return {"linear": 1, "root": 2}[self.rule]


class PoolParams(_Model):
    """Everything that `create_pool` takes, and the earmarks to be opened by vote."""

    name: Annotated[str, StringConstraints(pattern="^[a-z0-9-]{3,32}$")]
    charter_uri: str
    charter: str
    """Path of the charter's file, relative to this one; its hash goes on the chain."""
    rules: Rules
    founders: Annotated[list[Account], Field(min_length=1, max_length=64)]
    ways: Ways
    maintainers: Annotated[list[Maintainer], Field(min_length=1, max_length=16)]
    maintainers_needed: int
    season_epochs: int
    attesters: list[Account] = []
    attesters_needed: int = 0
    grain_name: Word
    grain_symbol: Word
    documents_uri: str
    """Where distribution documents are published: what stands before the hash of one."""
    buy_in: BuyIn | None = None
    """Left out: nothing is asked of newcomers."""
    earmarks: dict[str, Earmark] = {}
    rounds: dict[str, Round] = {}

    def arguments(
        self, folder: Path, asset: Callable[[str], Asset] | None = None
    ) -> tuple[object, ...]:
        """What `create_pool` takes. `folder` is where the file lies, for the charter.

        `asset` finds the one of the buy-in, if there is a buy-in.
        """
        path = folder / self.charter
        try:
            charter_hash = keccak256(path.read_bytes())
        except OSError as error:
            raise ParameterError(
                f"the charter {path} cannot be read ({type(error).__name__})",
                "give the path of its file, relative to the parameters",
            ) from None
        return (
            self.name,
            self.charter_uri,
            charter_hash,
            self.rules.words,
            list(self.founders),
            self._options(asset),
        )

    @property
    def maintainer_words(self) -> list[tuple[str, list[bytes]]]:
        """The maintainers as the distributor takes them, by ascending account."""
        people = sorted(self.maintainers, key=lambda who: address_bytes(who.account))
        return [(who.account, [of_identity(name) for name in who.identities]) for who in people]

    def _options(self, asset: Callable[[str], Asset] | None) -> tuple[object, ...]:
        money, amount = None, 0
        if self.buy_in is not None and asset is not None:
            money = asset(self.buy_in.asset)
            amount = parse_amount(self.buy_in.amount, money.decimals)
        return (
            tuple(self.ways.model_dump().values()),
            self.maintainer_words,
            self.maintainers_needed,
            self.season_epochs,
            sorted(self.attesters, key=address_bytes),
            self.attesters_needed,
            self.grain_name.encode().ljust(32, b"\0"),
            self.grain_symbol.encode().ljust(32, b"\0"),
            money.address if money else NOBODY,
            amount,
        )

    def earmark(self, label: str) -> Earmark:
        """One of the earmarks by its label."""
        return _labelled(self.earmarks, label, "earmark")

    def round(self, label: str) -> Round:
        """One of the rounds by its label."""
        return _labelled(self.rounds, label, "round")


def _labelled(found: Mapping[str, M], label: str, what: str) -> M:
    if label not in found:
        known = ", ".join(sorted(found)) or "(none)"
        raise ParameterError(f"there is no {what} {label!r}", f"use one of: {known}")
    return found[label]


def asset_of(policy: Policy, record: Record) -> str:
    """The asset's address: given as such, or by the name it was deployed under."""
    if policy.asset.startswith("0x"):
        from_hex(policy.asset, 20)
        return policy.asset
    return record.contract(policy.asset).address


def policy_words(policy: Policy, asset: str, decimals: int, earmark_id: int) -> tuple[object, ...]:
    """The distributor's `Policy` struct, amounts in smallest units."""
    income = earmark_id if policy.income_earmark is None else policy.income_earmark
    return (
        asset,
        income,
        policy.payout_bps,
        parse_amount(policy.minimum, decimals),
        parse_amount(policy.grain_per_epoch, GRAIN_DECIMALS),
        policy.signer_cap_bps,
        policy.epoch_length,
        policy.claim_window,
        policy.zero_out_bps,
        policy.restorers,
        policy.fixed_portion,
    )


def load(path: Path) -> PoolParams:
    """Read and check a file of parameters; `ParameterError` names the first thing wrong."""
    return _checked(path, read_yaml(path), PoolParams)


def part(path: Path, name: str, form: type[M]) -> M:
    """One part of the parameters, from a file of them or from a file that holds it alone."""
    found = read_yaml(path)
    # One of the classes of the rules is called "rules" as well.
    alone = not isinstance(found, dict) or set(form.model_fields) <= set(found)
    return _checked(path, found if alone else found.get(name, found), form)


def read_yaml(path: Path) -> Any:
    """What a YAML file says, numbers as text."""
    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ParameterError(
            f"the parameters {path} cannot be read ({type(error).__name__})",
            "give a file such as scripts/params/local.yaml with --params",
        ) from None
    try:
        return yaml.load(text, Loader=_Strict)  # noqa: S506  safe, below
    except yaml.YAMLError as error:
        where = getattr(error, "problem_mark", None)
        raise ParameterError(
            f"{path} is no YAML{f' (line {where.line + 1})' if where else ''}", "mend that line"
        ) from None


def read_file(path: Path, what: str) -> bytes:
    """A file's bytes, whatever they are."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise ParameterError(
            f"{what} {path} cannot be read ({type(error).__name__})", "give the path of its file"
        ) from None


def _checked(path: Path, found: Any, form: type[M]) -> M:
    try:
        return form.model_validate(found)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        field = ".".join(str(part) for part in first["loc"])
        raise ParameterError(f"{path}: {field}: {first['msg']}", "mend that field") from None


class _Strict(yaml.SafeLoader):
    """Plain data, no key twice, and addresses stay text instead of becoming numbers."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        keys = [self.construct_object(key, deep=True) for key, _ in node.value]
        twice = {key for key in keys if keys.count(key) > 1}
        if twice:
            problem = f"{min(map(str, twice))} stands there twice"
            raise yaml.constructor.ConstructorError(None, None, problem, node.start_mark)
        return super().construct_mapping(node, deep)


_Strict.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in found if tag != "tag:yaml.org,2002:int"]
    for first, found in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
