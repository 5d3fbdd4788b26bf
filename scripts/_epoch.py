# SPDX-License-Identifier: AGPL-3.0-only
"""What the commands of `ape run epoch` share: their group, options, and which epoch is meant."""

import click

from millpond.chain import epochs
from millpond.chain.coop import Coop
from millpond.chain.epoch_requests import Asked
from millpond.chain.members import member_of
from millpond.core.distribution import Distribution, data_hash
from millpond.core.errors import BadInput
from millpond.core.subjects import Subject, check_subject, from_hex, of_address, of_identity, to_hex
from millpond.core.units import format_cred
from scripts._desk import Desk
from scripts._epoch_files import EpochFiles

DAY = 86_400
_ADDRESS, _SUBJECT = 42, 66


@click.group()
def cli() -> None:
    """One epoch of cred payouts, from the score file to the last claim.

    A command that would send a transaction is a dry run until --send is given.
    """


NO_POLICY = "no policy is set: no earmark was ever opened to pay cred from"
OPEN_ONE = (
    "let a member propose an earmark to pay from, with its policy: ape run pool propose "
    "open-earmark --label cred --params NAME.yaml --text WHY; wait until that is carried out"
)

epoch_option = click.option("--epoch", "number", type=int, help="Default: the newest posted.")
whose_option = click.option(
    "--identity", required=True, help='Whose leaf, such as "github:1234", or an account.'
)


def next_epoch(coop: Coop) -> int:
    """The one that is open, or comes next."""
    return int(coop.distributor.head().finalised) + 1


def require_policy(coop: Coop) -> None:
    """`BadInput` before an earmark was opened to pay cred from."""
    if not coop.distributor.head().policy_version:
        raise BadInput(NO_POLICY, OPEN_ONE)


def newest(coop: Coop) -> int:
    """The open epoch, else the last final one; 1 before the first."""
    head = coop.distributor.head()
    return int(head.finalised) + (1 if head.open_version else 0) or 1


def open_epoch(coop: Coop) -> epochs.PostedEpoch:
    """The distribution under review; `BadInput` when there is none."""
    head = coop.distributor.head()
    if not head.open_version:
        raise BadInput(
            "no distribution is under review", "look where it stands: ape run epoch plan"
        )
    return epochs.posted_epoch(coop, head.finalised + 1)


def subject_of(text: str) -> Subject:
    """Whom people mean: an identity, an account, or a leaf's subject as it is."""
    if text.startswith("0x") and len(text) == _ADDRESS:
        return of_address(text)
    if text.startswith("0x") and len(text) == _SUBJECT:
        return check_subject(from_hex(text, 32))
    return of_identity(text)


def checked(coop: Coop, files: EpochFiles) -> tuple[Distribution, epochs.Request]:
    """What lies in the folder, checked as a whole, and made for this distributor and epoch."""
    document = files.read()
    made_for = (document.chain_id, document.pool, document.distributor, document.epoch)
    here = (coop.client.chain_id, coop.pool.address, coop.distributor.address, files.epoch)
    if made_for != here:
        raise BadInput(
            f"the document in {files.folder} is for another chain, co-op or epoch",
            "do not sign it; build this epoch again: ape run epoch build",
        )
    files.check_inputs(document)
    require_current(coop, document)
    return document, files.read_request()


def require_current(coop: Coop, document: Distribution) -> None:
    """Refuse a document that names other maintainers, another cap or past than the chain has."""
    again = "build the epoch again and let it be signed anew: ape run epoch build"
    own = {who.account: sorted(who.subjects) for who in document.signers}
    if own != {who: sorted(them) for who, them in epochs.last_maintainers(coop).items()}:
        raise BadInput("the maintainers have changed since the document was built", again)
    head = coop.distributor.head()
    policy = coop.distributor.policy_of(head.open_version or head.policy_version)
    if document.signer_cap_bps != policy.signer_cap_bps:
        raise BadInput("the policy's cap has changed since the document was built", again)
    if document.previous is not None:
        last = epochs.posted_epoch(coop, document.previous.epoch)
        if last.posted.args["data_hash"] != document.previous.data_hash:
            raise BadInput(
                f"the document follows on another epoch {last.terms.epoch} than the posted one",
                again,
            )


def show(at: Desk, document: Distribution, signers: str) -> None:
    """A distribution as a plan."""
    at.plan(
        f"Distribution of epoch {document.epoch}",
        ("pool", document.pool),
        ("period", document.label),
        ("people with cred", len(document.people)),
        ("leaves", document.leaf_count),
        ("total cred", format_cred(document.total)),
        ("left out", len(document.exclusions)),
        ("document", to_hex(data_hash(document))),
        ("root", to_hex(document.root)),
        ("signed by", signers),
    )


def require_may_sign(coop: Coop, asked: Asked, account: str) -> None:
    """`BadInput` unless this person's signature counts under the request, as things are now."""
    if asked.kind == "settle":
        if account != asked.values["payee"]:
            raise BadInput(
                f"{account} is not who is paid", "let the payee sign; she gives up her claim"
            )
        return
    if asked.kind == "restore":
        _require_old_member(coop, account)
        return
    if not coop.distributor.is_maintainer(account):
        raise BadInput(*no_maintainer(coop, account))


def no_maintainer(coop: Coop, account: str) -> tuple[str, str]:
    """What is wrong with the signature of somebody who is none now, and what to do."""
    sets = coop.distributor.past_events("MaintainersSet", coop.since)
    was = any(who.account == account for each in sets for who in each.args["maintainers"])
    if was:
        gone = f"{account} is no maintainer of {coop.name} any more: what she signed does not count"
        return gone, "let a maintainer of now sign in her place: ape run epoch sign"
    return f"{account} is no maintainer of {coop.name}", "sign as one of the maintainers"


def _require_old_member(coop: Coop, account: str) -> None:
    posted_at = int(coop.distributor.head().posted_at)
    found = member_of(coop.governor, account)
    if not coop.governor.isMember(account) or not 0 < found.joined_at < posted_at:
        raise BadInput(
            f"{account} was no member of {coop.name} when this epoch was posted",
            "sign as somebody who was: ape run pool members",
        )
