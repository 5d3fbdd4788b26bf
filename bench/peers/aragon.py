# SPDX-License-Identifier: AGPL-3.0-only
"""Aragon OSx, set up as its authors deploy it, but for names in ENS: token voting and list voting.

One vote a member, votes that run their full time, no vote needed to propose. A vote cannot be
changed in this mode, which is the cheapest; it has no votes by signature and no step of queueing.
List voting knows its members by their addresses and needs no token.
"""

from dataclasses import dataclass

from bench.house import ipfs_uri
from bench.meter import Call
from bench.peers.compiler import Artifact, Built
from bench.peers.notebook import DAY, UNITS, WEI, Notebook, Transfer
from bench.peers.openzeppelin import ETHER, VOTE
from millpond.chain.abi import encode_values, plain
from millpond.chain.answers import NO_ADDRESS, Address
from millpond.chain.contracts import Contract
from millpond.chain.signers import LocalSigner

_OSX = "@aragon/osx"
SOURCES = (
    "contracts/NoNames.sol",
    "@openzeppelin/contracts/proxy/ERC1967/ERC1967Proxy.sol",
    f"{_OSX}/core/dao/DAO.sol",
    f"{_OSX}/framework/dao/DAOFactory.sol",
    f"{_OSX}/framework/dao/DAORegistry.sol",
    f"{_OSX}/framework/plugin/repo/PluginRepoFactory.sol",
    f"{_OSX}/framework/plugin/repo/PluginRepoRegistry.sol",
    f"{_OSX}/framework/plugin/setup/PluginSetupProcessor.sol",
    f"{_OSX}/plugins/governance/majority-voting/addresslist/AddresslistVoting.sol",
    f"{_OSX}/plugins/governance/majority-voting/token/TokenVoting.sol",
    f"{_OSX}/plugins/governance/majority-voting/token/TokenVotingSetup.sol",
    f"{_OSX}/token/ERC20/governance/GovernanceERC20.sol",
    f"{_OSX}/token/ERC20/governance/GovernanceWrappedERC20.sol",
)
YES = 2
UNLIMITED = 2**256 - 1
FIRST_BUILD = (1, 1)
_SETTINGS = (0, 500_000, 250_000, 3 * DAY, 0)
"""Standard voting; more than half of those who vote, a quarter of all; three days; anyone."""
_INSTALLATION = plain(
    "(uint8,uint32,uint32,uint64,uint256)", "(address,string,string)", "(address[],uint256[])"
)


@dataclass(frozen=True)
class Framework:
    """What Aragon deploys once for everybody."""

    book: Notebook
    built: Built
    manager: Contract
    registry: Contract
    processor: Contract
    factory: Contract
    plugins: Address

    def creation(self, members: list[Address]) -> Call:
        """A DAO whose members hold a vote each."""
        votes = (members, [VOTE] * len(members))
        given = (_SETTINGS, (NO_ADDRESS, "Votes", "VOT"), votes)
        data = encode_values(_INSTALLATION, given, "the plugin's settings")
        settings = (NO_ADDRESS, "", "", b"")
        installed = [((FIRST_BUILD, self.plugins), data)]
        return Call(self.book.people.founders[0], self.factory.createDao, (settings, installed))


@dataclass(frozen=True)
class Assembly:
    """One DAO."""

    book: Notebook
    dao: Contract
    voting: Contract

    def propose(self, action: tuple[Address, int, bytes], text: str) -> Call:
        """One action; the metadata is a 66-byte URI."""
        words = (ipfs_uri(text).encode(), [action], 0, 0, 0, 0, False)
        return Call(self.book.people.founders[0], self.voting.createProposal, words)

    def vote(self, who: LocalSigner, number: int) -> Call:
        """A member's own call."""
        return Call(who, self.voting.vote, (number, YES, False))

    def execute(self, number: int) -> Call:
        """By anyone."""
        return Call(self.book.people.relayer, self.voting.execute, (number,))

    def ready(self, action: tuple[Address, int, bytes], text: str) -> Call:
        """Proposed, carried by all founders, waited for: its execution."""
        number = self.voting.proposalCount()
        self.propose(action, text).send()
        for founder in self.book.people.founders:
            self.vote(founder, number).send()
        self.book.wait(3 * DAY + 1)
        return self.execute(number)


def measure(book: Notebook, built: Built, money: Artifact) -> None:
    """Creation, members, votes, payments and deposits."""
    framework = _deployed(book, built)
    assembly = _created(framework)
    _payments(assembly)
    token = book.deploy(money)
    _token_payment(assembly, token)
    _deposits(assembly, token)
    _member(framework)


def measure_list(book: Notebook, built: Built, money: Artifact) -> None:
    """Votes, payments and one more member, in a DAO that the steward has set up by hand."""
    steward, founders = book.people.steward, book.people.founders
    dao, base = _dao(book, built), book.deploy(built.artifacts["AddresslistVoting"])
    members = [founder.address for founder in founders]
    voting = _proxied(book, built, base, base.initialize.encode(dao.address, _SETTINGS, members))
    execute = dao.EXECUTE_PERMISSION_ID()
    dao.grant.send(steward, dao.address, voting.address, execute)
    assembly = Assembly(book, dao, voting)
    _payments(assembly)
    _token_payment(assembly, book.deploy(money))
    admit = voting.UPDATE_ADDRESSES_PERMISSION_ID()
    dao.grant.send(steward, voting.address, steward.address, admit)
    newcomer = book.people.candidate.address
    call = Call(steward, voting.addAddresses, ([newcomer],))
    note = "whoever may puts her on the list"
    book.measure("add_member", call, (voting, "MembersAdded", 1), note=note)
    book.require(bool(voting.isMember(newcomer)), "add_member")


def _dao(book: Notebook, built: Built) -> Contract:
    """One that the steward owns."""
    base = book.deploy(built.artifacts["DAO"])
    start = base.initialize.encode(b"", book.people.steward.address, NO_ADDRESS, "")
    return _proxied(book, built, base, start)


def _deployed(book: Notebook, built: Built) -> Framework:
    made, steward = built.artifacts, book.people.steward
    names = book.deploy(made["NoNames"]).address
    manager, parts = _dao(book, built), []
    for kind in ("DAORegistry", "PluginRepoRegistry"):
        implementation = book.deploy(made[kind])
        first = implementation.initialize.encode(manager.address, names)
        parts.append(_proxied(book, built, implementation, first))
    registry, repositories = parts
    processor = book.deploy(made["PluginSetupProcessor"], repositories.address)
    factory = book.deploy(made["DAOFactory"], registry.address, processor.address)
    publisher = book.deploy(made["PluginRepoFactory"], repositories.address)
    for where, who, right in (
        (registry, factory, registry.REGISTER_DAO_PERMISSION_ID()),
        (repositories, publisher, repositories.REGISTER_PLUGIN_REPO_PERMISSION_ID()),
    ):
        manager.grant.send(steward, where.address, who.address, right)
    token = book.deploy(made["GovernanceERC20"], NO_ADDRESS, "", "", ([], []))
    wrapped = book.deploy(made["GovernanceWrappedERC20"], NO_ADDRESS, "", "")
    setup = book.deploy(made["TokenVotingSetup"], token.address, wrapped.address)
    words = ("token-voting", setup.address, steward.address, b"-", b"-")
    receipt = publisher.createPluginRepoWithFirstVersion.send(steward, *words)
    plugins = repositories.event(receipt, "PluginRepoRegistered").args["pluginRepo"]
    return Framework(book, built, manager, registry, processor, factory, plugins)


def _proxied(book: Notebook, built: Built, implementation: Contract, start: bytes) -> Contract:
    proxy = book.deploy(built.artifacts["ERC1967Proxy"], implementation.address, start)
    return Contract(book.client, implementation.kind, proxy.address, implementation.abi)


def _created(framework: Framework) -> Assembly:
    """With one member and with three; the one of three goes on."""
    book, made = framework.book, framework.built.artifacts
    founders = [founder.address for founder in book.people.founders]
    for count in (1, 3):
        call = framework.creation(founders[:count])
        receipt = book.measure(
            f"create_{count}", call, (framework.registry, "DAORegistered", 1),
            note="one transaction; its token delegates each founder's vote to herself",
        )  # fmt: skip
    dao = framework.registry.event(receipt, "DAORegistered").args["dao"]
    voting = framework.processor.event(receipt, "InstallationApplied").args["plugin"]
    return Assembly(book, book.at(made["DAO"], dao), book.at(made["TokenVoting"], voting))


def _payments(assembly: Assembly) -> None:
    """The second payment in ETH is measured."""
    Transfer(assembly.book.people.patron, assembly.book.client, assembly.dao.address, ETHER).send()
    book, voting, payee = assembly.book, assembly.voting, assembly.book.people.payee.address
    action = (payee, WEI, b"")
    assembly.ready(action, "a payment in ETH").send()
    number, cast = voting.proposalCount(), (voting, "VoteCast", 1)
    proposal = assembly.propose(action, "a second payment in ETH")
    book.measure("propose_eth", proposal, (voting, "ProposalCreated", 1))
    first, second, third = book.people.founders
    book.measure("vote_first", assembly.vote(first, number), cast)
    book.measure("vote_later", assembly.vote(second, number), cast)
    assembly.vote(third, number).send()
    book.wait(3 * DAY + 1)
    before = book.client.balance(payee)
    executed = (voting, "ProposalExecuted", 1)
    book.measure("execute_eth", assembly.execute(number), executed)
    book.require(book.client.balance(payee) - before == WEI, "execute_eth")
    parts = ["propose_eth", "vote_first", "vote_later", "vote_later", "execute_eth"]
    book.add_up("whole_payment", parts, "three votes; no timelock")


def _token_payment(assembly: Assembly, token: Contract) -> None:
    book, payee = assembly.book, assembly.book.people.payee.address
    token.mint.send(book.people.patron, assembly.dao.address, 3 * UNITS)
    token.mint.send(book.people.patron, payee, UNITS)
    action = (token.address, 0, token.transfer.encode(payee, UNITS))
    done = (assembly.voting, "ProposalExecuted", 1), (token, "Transfer", 1)
    book.measure("execute_erc20", assembly.ready(action, "a payment in dollars"), *done)


def _deposits(assembly: Assembly, token: Contract) -> None:
    """By a patron who has given before, with an unlimited allowance."""
    book, dao, patron = assembly.book, assembly.dao, assembly.book.people.patron
    gift = Transfer(patron, book.client, dao.address, WEI)
    plainly = "a plain transfer, of which it emits an event"
    book.measure("deposit_eth", gift, (dao, "NativeTokenDeposited", 1), note=plainly)
    token.mint.send(patron, patron.address, 10 * UNITS)
    token.approve.send(patron, dao.address, UNLIMITED)
    deposit = Call(patron, dao.deposit, (token.address, UNITS, ""))
    deposit.send()
    note = "with an event; unlimited allowance"
    book.measure("deposit_erc20", deposit, (dao, "Deposited", 1), note=note)


def _member(framework: Framework) -> None:
    """In a token of its own, not behind a clone: the cheapest that this design can be."""
    book, steward = framework.book, framework.book.people.steward
    founders = [founder.address for founder in book.people.founders]
    start = (framework.manager.address, "Votes", "VOT", (founders, [VOTE] * len(founders)))
    token = book.deploy(framework.built.artifacts["GovernanceERC20"], *start)
    right = token.MINT_PERMISSION_ID()
    framework.manager.grant.send(steward, token.address, steward.address, right)
    newcomer = book.people.candidate.address
    note = "whoever may creates her vote, which the token delegates to her"
    call = Call(steward, token.mint, (newcomer, VOTE))
    book.measure("add_member", call, (token, "Transfer", 1), note=note)
    book.require(token.getVotes(newcomer) == VOTE, "add_member")
