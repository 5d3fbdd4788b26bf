# SPDX-License-Identifier: AGPL-3.0-only
"""What a proposal can install together with the one earmark that it is to pay out."""

from millpond.chain.abi import encode_values, plain
from millpond.chain.coop import SPENDER_KINDS
from millpond.chain.governance import Action
from millpond.core.errors import BadInput
from scripts import _params
from scripts._forms import Field, Form
from scripts._forms_money import next_earmark, open_for
from scripts._given import Given

_KIND_OF = {source: kind for kind, source in SPENDER_KINDS.items()}
_ROUND = plain("address", "uint256", "uint256", "uint256", "uint256")


def with_earmark(
    given: Given, source: str, purpose: _params.Purpose, params: bytes, deadline: int = 0
) -> list[Action]:
    """A new contract of that kind and, in the same proposal, the earmark that it pays out."""
    hub, kind = given.coop.hub, _KIND_OF[source]
    if kind not in map(bytes, hub.kinds()):
        raise BadInput(
            f"the hub at {hub.address} makes no {source}",
            "make the co-op at a newer Hub: a hub's kinds are fixed for ever",
        )
    install = Action.of(hub.install, kind, b"")
    if install in given.before:
        raise BadInput(
            f"this proposal installs one {source} already; where a second will be is not known yet",
            "propose the second by itself, once the first has been carried out",
        )
    part = str(hub.next_install(given.coop.pool.address, kind, b""))
    opening = (next_earmark(given), purpose.purpose_uri, purpose.purpose_hash, part)
    terms = (purpose.restricted, deadline, params)
    return [install, Action.of(given.coop.pool.open_earmark, *opening, *terms)]


def _round(given: Given) -> _params.Round:
    return _params.load(given.path("params")).round(given.text("label"))


def _open_round(given: Given) -> list[Action]:
    """What nobody could mend later is refused here: the terms of a round are frozen."""
    terms = _round(given)
    asset = given.at.asset(terms.asset)
    deadline = given.moment("deadline") if given.has("deadline") else 0
    if deadline and deadline <= given.at.client.now() + terms.period:
        raise BadInput(
            "the earmark would end before its first period does",
            "give a later --deadline, a shorter period, or no deadline",
        )
    words = (asset.address, terms.rule_number, terms.period, terms.rounds, terms.quorum)
    params = encode_values(_ROUND, words, "the terms")
    return with_earmark(given, "Allocation", terms, params, deadline)


FORMS = (
    Form(
        "open-round",
        "Propose an earmark that the members divide among candidates by standing ballots.",
        (
            Field("params", "Reviewed parameters (YAML).", "params.yaml"),
            Field("label", "The round's label in the parameters.", "commons"),
            Field("deadline", "When its earmark ends; never, if left out.", needed=False),
        ),
        _open_round,
        lambda given: open_for(given, _round(given).purpose_hash),
    ),
)
