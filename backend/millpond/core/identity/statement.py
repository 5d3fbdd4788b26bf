# SPDX-License-Identifier: AGPL-3.0-only
"""The identity statement: "this account and this wallet are mine", signed by the wallet.

It proves both ways. Only the wallet's key can have signed it, and only the account's holder can
have posted it where that account posts: as a gist, in the README of her profile, in a forum post.
So the text names both, and a copy of it under another account proves nothing.

The signature is that of `personal_sign` (EIP-191), which every wallet shows as plain text. A wallet
that is a contract cannot sign it: whether its signature holds depends on the chain at a moment.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime

from millpond.core.canonical import keccak256
from millpond.core.errors import BadInput, SignatureError, StatementError
from millpond.core.identity.accounts import Account, identity_of, parse_account
from millpond.core.signatures import check_signer
from millpond.core.subjects import address_bytes, checksum_address, from_hex, to_hex

_BEGIN = "-----BEGIN MILLPOND IDENTITY STATEMENT-----"
_END = "-----END MILLPOND IDENTITY STATEMENT-----"
_TITLE = "Millpond identity statement, version 1"
_SAYS = "This account and this wallet are held by one person: me."
_FORM = re.compile(
    rf"{re.escape(_TITLE)}\n\n{re.escape(_SAYS)}\n"
    r"Account: (?P<account>[^\n]+)\n"
    r"Wallet: (?P<wallet>0x[0-9a-fA-F]{40})\n"
    r"Issued: (?P<issued>[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z)"
)
_SIGNATURE = re.compile(r"\nSignature: (0x[0-9a-fA-F]{130})\n?$")
_LONGEST = 1 << 20
_MOST_BLOCKS = 64
_LENGTH = 65
_SECONDS = range(946_684_800, 4_102_444_800)  # the years 2000 to 2099
_AGAIN = "make the statement again with `millpond identity statement` and post it whole"


@dataclass(frozen=True, slots=True)
class Statement:
    """What somebody says of herself."""

    account: Account
    wallet: str
    """Her address on the chain, in EIP-55 spelling."""
    issued_s: int
    """When she says it, in whole seconds: a later statement takes the place of an earlier one."""

    def __post_init__(self) -> None:
        if checksum_address(address_bytes(self.wallet)) != self.wallet:
            raise StatementError(f"{self.wallet} is not in EIP-55 spelling", _AGAIN)
        # As parse_account would read it: what is signed leads back to the account.
        if parse_account(identity_of(self.account)) != self.account:
            raise StatementError(
                f"{identity_of(self.account)} is not an account that a statement can be posted by",
                "name a GitHub account or a forum's user, by its number",
            )
        if self.issued_s not in _SECONDS:
            raise StatementError(f"{self.issued_s} is not a time in seconds", _AGAIN)

    @property
    def text(self) -> str:
        """What the wallet signs, to the letter."""
        issued = datetime.fromtimestamp(self.issued_s, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        return (
            f"{_TITLE}\n\n{_SAYS}\n"
            f"Account: {identity_of(self.account)}\nWallet: {self.wallet}\nIssued: {issued}"
        )

    @property
    def digest(self) -> bytes:
        """The hash that the wallet signs (EIP-191, version 0x45)."""
        data = self.text.encode()
        return keccak256(b"\x19Ethereum Signed Message:\n%d" % len(data) + data)

    @property
    def proof_hash(self) -> bytes:
        """keccak256 of the text: what attesters name as the proof that they saw."""
        return keccak256(self.text.encode())


@dataclass(frozen=True, slots=True)
class Signed:
    """A statement with the signature of its wallet, which is checked whenever one is made."""

    statement: Statement
    signature: bytes

    def __post_init__(self) -> None:
        check_signer(self.statement.digest, self.signature, self.statement.wallet)


def signed(statement: Statement, signature: str) -> Signed:
    """With a signature as a wallet gives it, in hex; v as 0 or 1 counts as 27 or 28."""
    raw = from_hex(signature, _LENGTH)
    if raw[-1] in (0, 1):
        raw = raw[:-1] + bytes([raw[-1] + 27])
    return Signed(statement, raw)


def posted(found: Signed) -> str:
    """The block to post, whole."""
    text, signature = found.statement.text, to_hex(found.signature)
    return f"{_BEGIN}\n{text}\nSignature: {signature}\n{_END}\n"


def find_statement(document: str, account: Account) -> Signed:
    """The newest statement about this account in what was posted; `StatementError` without one.

    Blank ends of lines and the line ends of other systems are forgiven, nothing else.
    """
    if len(document) > _LONGEST:
        raise StatementError(f"what was posted has more than {_LONGEST} letters", _AGAIN)
    lines = "\n".join(line.rstrip() for line in document.splitlines())
    blocks = [part.split(_END)[0] for part in lines.split(_BEGIN)[1:] if _END in part]
    if not blocks:
        raise StatementError("there is no identity statement in it", _AGAIN)
    found: list[Signed] = []
    wrong: Exception | None = None
    for block in blocks[:_MOST_BLOCKS]:
        try:
            found.append(_read(block.removeprefix("\n")))
        except (BadInput, SignatureError) as error:
            wrong = error
    about = [each for each in found if each.statement.account == account]
    if about:
        return max(about, key=lambda each: each.statement.issued_s)
    if found:
        raise StatementError(
            f"the statement is about {identity_of(found[0].statement.account)}, "
            f"not about {identity_of(account)}",
            "post a statement that names the account by which it is posted",
        )
    raise wrong or StatementError("there is no identity statement in it", _AGAIN)


def _read(block: str) -> Signed:
    signature = _SIGNATURE.search(block)
    form = _FORM.fullmatch(block[: signature.start()]) if signature else None
    if signature is None or form is None:
        raise StatementError("the text of the statement was changed", _AGAIN)
    try:
        issued = datetime.strptime(form["issued"], "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    except ValueError:
        raise StatementError(f"{form['issued']} is no moment", _AGAIN) from None
    statement = Statement(parse_account(form["account"]), form["wallet"], int(issued.timestamp()))
    if statement.text != form[0]:
        raise StatementError("the text of the statement was changed", _AGAIN)
    return signed(statement, signature[1])
