# SPDX-License-Identifier: AGPL-3.0-only
"""`ape run pool propose ...`: a command for each form, and one for a file of several actions.

A file of actions is YAML:

    text: |
      Pay for the server, and set money aside for the next one
    salt: 2026-11            # only to propose the same again after the first has ended
    pin: true                # refuse to run if the code of an outside contract has changed
    actions:
      - spend: {earmark: 0, asset: ETH, amount: "1.5", to: "0x..."}
      - move: {from: 0, to: 2, asset: ETH, amount: "0.5"}

Each entry is a form's name and its fields, as `ape run pool propose FORM --help` lists them. The
same command makes the same proposal, so running it again finds the one that is there.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from millpond.chain import proposals
from millpond.chain.abi import Abi
from millpond.chain.client import Transaction
from millpond.chain.contracts import Contract
from millpond.chain.coop import Coop
from millpond.chain.governance import Action, Draft, State
from millpond.chain.known import NodeKnown
from millpond.chain.members import require_member
from millpond.core.canonical import keccak256
from millpond.core.errors import BadInput, Reverted
from millpond.core.figures import moment
from scripts import _desk as desk
from scripts import _forms_members, _forms_money, _forms_rules, _forms_spenders, _params
from scripts._desk import Desk
from scripts._forms import Field, Form
from scripts._given import Given
from scripts._pool import cli
from scripts._told import fields, rows

FORMS = {
    form.name: form
    for forms in (_forms_money, _forms_members, _forms_rules, _forms_spenders)
    for form in forms.FORMS
}
_OVER = (State.CANCELED, State.DEFEATED, State.EXPIRED, State.EXECUTED)


@dataclass(frozen=True)
class Wish:
    """What is to be proposed: actions by their forms, and what stands around them."""

    entries: Sequence[tuple[Form, Mapping[str, Any]]]
    text: str
    salt: str
    pin: bool
    folder: Path = Path()


@cli.group()
def propose() -> None:
    """Propose something: each kind of action has its own command; `actions` takes several."""


def _propose(at: Desk, wish: Wish) -> None:
    coop = at.coop()
    require_member(coop, at.signer.address)
    actions = _actions(at, coop, wish)
    if isinstance(actions, str):
        return at.done_already(f"{actions}.")
    if wish.pin:
        actions = [*_pins(at, coop, actions), *actions]
    salt = keccak256(wish.salt.encode())
    draft = Draft.of(actions, wish.text.strip(), at.signer.address, salt)
    number, state, forms = draft.id, _same_words(coop, draft), _forms_of(at, coop, wish)
    at.plan(
        "Propose",
        ("in", f"{coop.name}, as {at.signer.address}"),
        *rows(coop, draft, forms),
        ("if it ran today", _trial(coop, draft.actions)),
        ("id", number),
    )
    told: dict[str, Any] = {"proposal": str(number), **fields(coop, draft, forms)}
    if state is not None:
        return at.done_already(f"Proposed already, as {number}.", **told)
    receipt = at.carry_out("Propose it", coop.governor.propose, *draft.arguments, **told)
    opens = int(coop.governor.event(receipt, "ProposalCreated").args["voteStart"])
    return at.answer(
        f"Proposed, as {number}. Ballots are taken after {moment(opens)}: ape run pool ballot",
        receipt,
        **told,
    )


def _same_words(coop: Coop, draft: Draft) -> State | None:
    """Where her proposal of the same text and salt stands; it must have the same content."""
    for found in proposals.all_proposals(coop):
        if found.event.args["description"] != draft.description:
            continue
        state = State(coop.governor.state(found.id))
        if found.id != draft.id or state in _OVER:
            what = "asks for exactly this" if found.id == draft.id else "asks for something else"
            raise BadInput(
                f"your proposal {found.number} has the same text and salt, {what}, and is "
                f"{state.name.lower()}",
                "give this one a --salt of its own, such as the month, or another --text",
            )
        return state
    return None


def _actions(at: Desk, coop: Coop, wish: Wish) -> list[Action] | str:
    """The calls, or why there is nothing to propose."""
    made: list[Action] = []
    for form, values in wish.entries:
        given = form.filled(Given(at, coop, values, wish.folder, tuple(made)))
        done = form.done(given)
        if done is not None:
            return done
        made += form.build(given)
    return made


def _forms_of(at: Desk, coop: Coop, wish: Wish) -> dict[str, Abi]:
    """The ABIs that were given for calls of foreign contracts, so that these are told in words."""
    calls = [Given(at, coop, v, wish.folder) for form, v in wish.entries if form.name == "call"]
    return {given.account("target"): given.abi("abi") for given in calls}


def _pins(at: Desk, coop: Coop, actions: Sequence[Action]) -> list[Action]:
    """A call for each outside contract that reverts unless its code is what it is now."""
    known = NodeKnown(coop)
    outside = dict.fromkeys(a.target for a in actions if known.kind_of(a.target)[1] is None)
    codes = {target: coop.client.code(target) for target in outside}
    pins = Contract(coop.client, "Pins", at.record().contract("Pins").address)
    pinned = [
        Action.of(pins.require_code, target, keccak256(code))
        for target, code in codes.items()
        if code
    ]
    if not pinned:
        raise BadInput("there is no outside contract to pin", "leave out --pin")
    return pinned


def _trial(coop: Coop, actions: Sequence[Action]) -> str:
    """What each call would meet now, alone; later ones may live on what earlier ones do."""
    met = []
    for number, action in enumerate(actions, 1):
        if action.value:
            # The Governor keeps nothing: what it sends on comes from an action before.
            met.append(f"action {number} sends on what is spent to the Governor first")
            continue
        call = Transaction(action.target, action.data, action.value, f"action {number}")
        try:
            coop.client.call(call, coop.governor.address)
        except Reverted as error:
            met.append(f"action {number} alone would be refused ({error.reason or 'no reason'})")
    return "; ".join(met) or "each action would succeed"


def _options(form: Form) -> list[Any]:
    return [_option(field) for field in form.fields]


def _option(field: Field) -> Any:
    # Named as the field, so that a form finds it under the same name as in a file.
    names = (f"--{field.name}", field.name.replace("-", "_"))
    if field.flag:
        return click.option(*names, is_flag=True, help=field.text)
    if field.many:
        return click.option(*names, multiple=True, required=field.needed, help=field.text)
    needed = field.needed and field.default is None
    return click.option(
        *names, default=field.default, required=needed, help=field.text, show_default=True
    )


_COMMON = (
    click.option("--text", required=True, help="What it is for; the first line is its title."),
    click.option("--salt", default="", help="Tells it from an equal proposal that has ended."),
    click.option(
        "--pin", is_flag=True, help="Refuse to run if an outside contract's code changed."
    ),
)


def _command(form: Form) -> None:
    def run(at: Desk, text: str, salt: str, pin: bool, **given: Any) -> None:
        names = {field.name.replace("-", "_"): field.name for field in form.fields}
        values = {names[key]: value for key, value in given.items() if value not in (None, (), "")}
        _propose(at, Wish([(form, values)], text, salt, pin))

    run.__name__ = form.name
    run.__doc__ = f"{form.text}\n\n{form.example}"
    for option in (*reversed(_COMMON), *reversed(_options(form))):
        run = option(run)
    desk.command(propose)(run)


for _form in FORMS.values():
    _command(_form)


@desk.command(propose)
@click.argument("path", type=click.Path(path_type=Path))
def actions(at: Desk, path: Path) -> None:
    """Propose several actions at once, all or none, from the file PATH.

    ape run pool propose actions PATH --pool NAME
    """
    _propose(at, read_wish(path))


def read_wish(path: Path) -> Wish:
    """A file of actions; `BadInput` names what is wrong in it."""
    found = _params.read_yaml(path)
    if not isinstance(found, dict) or set(found) - {"text", "salt", "pin", "actions"}:
        raise BadInput(f"{path} is no file of actions", "write text, actions, and maybe salt, pin")
    text, entries = found.get("text"), found.get("actions")
    if not isinstance(text, str) or not isinstance(entries, list) or not entries:
        raise BadInput(f"{path} has no text or no actions", "write both; actions is a list")
    pin = found.get("pin", False)
    if not isinstance(pin, bool):
        raise BadInput(f"{path}: pin is neither true nor false", "write pin: true")
    wish = [_entry(path, number, entry) for number, entry in enumerate(entries, 1)]
    return Wish(wish, text, str(found.get("salt", "")), pin, path.parent)


def _entry(path: Path, number: int, entry: object) -> tuple[Form, Mapping[str, Any]]:
    if not isinstance(entry, dict) or len(entry) != 1:
        raise BadInput(f"{path}: action {number} is no form", "write - spend: {amount: ...}")
    ((name, values),) = entry.items()
    if name not in FORMS:
        raise BadInput(f"{path}: there is no form {name!r}", f"use one of: {', '.join(FORMS)}")
    if not isinstance(values, dict):
        raise BadInput(f"{path}: {name} has no fields", "write them in braces")
    return FORMS[name], values
