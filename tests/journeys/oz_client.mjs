// SPDX-License-Identifier: AGPL-3.0-only
// The life of one proposal as a wallet's page would drive it: ethers, OpenZeppelin's ABI, nothing of ours.
//   node oz_client.mjs URL GOVERNOR TARGET CALL        prints what it saw as JSON
import { createRequire } from "node:module";
import { Contract, HDNodeWallet, JsonRpcProvider, Mnemonic, NonceManager, id, toBeHex } from "ethers";

const WORDS = "test test test test test test test test test test test junk";
const [url, address, target, call] = process.argv.slice(2);
const { abi } = createRequire(import.meta.url)("@openzeppelin/contracts/build/contracts/GovernorCountingSimple.json");

const provider = new JsonRpcProvider(url, undefined, { staticNetwork: true, cacheTimeout: -1, pollingInterval: 20 });
const mnemonic = Mnemonic.fromPhrase(WORDS);
const key = (index) => HDNodeWallet.fromMnemonic(mnemonic, `m/44'/60'/0'/0/${index}`).connect(provider);
const [anyone, ann, bob, eve] = [1, 3, 4, 5].map((index) => new NonceManager(key(index)));
const governor = (who) => new Contract(address, abi, who);
const by = { anyone: governor(anyone), ann: governor(ann), bob: governor(bob), eve: governor(eve) };
const seen = { states: [], events: [], refused: {} };

// One transaction: its gas is estimated, its events are read by the same ABI.
const send = async (sent) => {
  const receipt = await (await sent).wait();
  for (const log of receipt.logs) {
    const event = by.anyone.interface.parseLog(log);
    if (event) seen.events.push([event.name, ...event.args.toArray(true)]);
  }
};
const refused = async (name, sent) => {
  seen.refused[name] = await sent.then(() => "", (error) => error.reason ?? error.shortMessage);
};
const state = async () => seen.states.push(await by.anyone.state(proposal));
const wait = async (until) => {
  await provider.send("evm_setNextBlockTimestamp", [toBeHex(until)]);
  await provider.send("evm_mine", []);
};

const text = "Pay the stranger, says a page";
const calls = [[target], [0n], [call]];
const content = [...calls, id(text)];
const proposal = await by.anyone.hashProposal(...content);
await send(by.ann.propose(...calls, text));
await state();
await wait((await by.anyone.proposalSnapshot(proposal)) + (await by.anyone.votingDelay()) + 1n);
await state();
await send(by.ann.castVote(proposal, 1));
await send(by.bob.castVoteWithReason(proposal, 2, "not my field"));

const { name, version, chainId, verifyingContract } = await by.anyone.eip712Domain();
const types = ["uint256 proposalId", "uint8 support", "address voter", "uint256 nonce"];
const Ballot = types.map((field) => ({ type: field.split(" ")[0], name: field.split(" ")[1] }));
const voter = await eve.getAddress();
const ballot = { proposalId: proposal, support: 1, voter, nonce: await by.anyone.nonces(voter) };
const signature = await key(5).signTypedData({ name, version, chainId, verifyingContract }, { Ballot }, ballot);
await refused("altered", by.anyone.castVoteBySig.staticCall(proposal, 0, voter, signature));
await send(by.anyone.castVoteBySig(proposal, 1, voter, signature));
await refused("again", by.anyone.castVoteBySig.staticCall(proposal, 1, voter, signature));
seen.votes = await by.anyone.proposalVotes(proposal);

await wait((await by.anyone.proposalDeadline(proposal)) + 1n);
await state();
await refused("early", by.anyone.execute.staticCall(...content));
await refused("queue", by.anyone.queue.staticCall(...content));
await wait(await by.anyone.proposalEta(proposal));
await state();
await send(by.anyone.execute(...content));
await state();
seen.proposal = proposal;
console.log(JSON.stringify(seen, (_, value) => (typeof value === "bigint" ? value.toString() : value)));
provider.destroy();
