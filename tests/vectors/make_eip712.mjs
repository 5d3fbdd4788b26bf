// SPDX-License-Identifier: AGPL-3.0-only
// Makes eip712.json with viem alone: `npm install viem@2.38.0 && node make_eip712.mjs > eip712.json`.
// The struct strings are typed here from the format's text; nothing of the project is read.
import { hashTypedData } from "viem";

const structs = {
  Ballot: "Ballot(uint256 proposalId,address voter,uint8 support,uint8 castsBefore,bytes32 reasonHash,uint256 deadline)",
  OpenZeppelinBallot: "Ballot(uint256 proposalId,uint8 support,address voter,uint256 nonce)",
  Invitation: "Invitation(address candidate,uint256 timesJoined,address sponsor,uint256 deadline)",
  Acceptance: "Acceptance(address candidate,uint256 timesJoined,uint256 deadline)",
  Rebinding: "Rebinding(address old,address new,address sponsor,uint256 deadline)",
  RebindAcceptance: "RebindAcceptance(address old,address new,uint256 deadline)",
  CredDistribution: "CredDistribution(uint256 epoch,uint256 attempt,bytes32 root,uint256 totalCred,uint256 leafCount,bytes32 dataHash,string uri,address signer,uint256 deadline)",
  ZeroOut: "ZeroOut(uint256 epoch,uint256 attempt,bytes32 root,bytes32 subject,bytes32 reasonHash,address signer,uint256 deadline)",
  Restore: "Restore(uint256 epoch,uint256 attempt,bytes32 root,bytes32 subject,bytes32 reasonHash,address signer,uint256 deadline)",
  OffChainSettlement: "OffChainSettlement(uint256 epoch,bytes32 subject,bytes32 reference,address payee,uint256 deadline)",
  IdentityLink: "IdentityLink(address pool,bytes32 identity,address account,uint256 issuedAt,bytes32 proofHash,address signer,uint256 deadline)",
  Withdrawal: "Withdrawal(uint256 epoch,uint256 attempt,bytes32 root,address signer,uint256 deadline)",
  LinkObjection: "LinkObjection(address pool,bytes32 identity,address account,uint256 issuedAt,address signer,uint256 deadline)",
  AllocationBallot: "AllocationBallot(address voter,uint256[] candidates,uint256[] points,uint256 castsBefore,uint256 deadline)",
  Candidacy: "Candidacy(address candidate,uint256 timesStood,uint256 deadline)",
};

// A small seeded generator, so that the file comes out the same each time.
let state = 20190929n;
const next = (bits) => {
  let value = 0n;
  for (let have = 0; have < bits; have += 32) {
    state = (state * 6364136223846793005n + 1442695040888963407n) & (2n ** 64n - 1n);
    value = (value << 32n) | (state >> 32n);
  }
  return value & (2n ** BigInt(bits) - 1n);
};
const hex = (value, bytes) => "0x" + value.toString(16).padStart(2 * bytes, "0");
const uris = ["", "https://example.org/2019-09/distribution.json", "ipfs://bäfy/été-水", "x".repeat(300)];

const lengths = [0, 1, 3, 8];
const numbers = (value) => (Array.isArray(value) ? value.map(BigInt) : BigInt(value));

const pick = (type, name, round) => {
  if (type.endsWith("[]")) return Array.from({ length: lengths[round] }, () => pick(type.slice(0, -2), name, round));
  if (type === "address") return hex(next(160), 20);
  if (type === "bytes32") return round === 0 ? hex(0n, 32) : hex(next(256), 32);
  if (type === "string") return uris[round];
  if (name === "support") return String(round % 3);
  if (name === "castsBefore") return String(round);
  return String(round === 0 ? 0n : round === 3 ? 2n ** 256n - 1n : next(round === 1 ? 32 : 256));
};

const cases = [];
for (const [name, text] of Object.entries(structs)) {
  const [primaryType, rest] = text.slice(0, -1).split("(");
  const fields = rest.split(",").map((f) => ({ type: f.split(" ")[0], name: f.split(" ")[1] }));
  for (let round = 0; round < 4; round++) {
    const chainId = [1, 1337, 31337, 2 ** 31][round];
    const verifyingContract = hex(next(160), 20);
    const message = Object.fromEntries(fields.map((f) => [f.name, pick(f.type, f.name, round)]));
    const digest = hashTypedData({
      domain: { name: "Millpond", version: "1", chainId, verifyingContract },
      types: { [primaryType]: fields },
      primaryType,
      message: Object.fromEntries(
        fields.map((f) => [f.name, f.type.startsWith("uint") ? numbers(message[f.name]) : message[f.name]]),
      ),
    });
    cases.push({ struct: name, chainId, verifyingContract, message, digest });
  }
}
console.log(JSON.stringify({ structs, cases }, null, 1));
