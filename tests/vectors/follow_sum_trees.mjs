// SPDX-License-Identifier: AGPL-3.0-only
// Builds sum trees and follows proofs with ethers alone, written from the text of the format, row by row.
//   node follow_sum_trees.mjs < question.json     {trees: [{place, leaves}], claims: [...]}
// prints {trees: [{root, total, lastProof}], verdicts: [true, false, ...]}
import { readFileSync } from "node:fs";
import { AbiCoder, keccak256 } from "ethers";

const coder = AbiCoder.defaultAbiCoder();
const LEAF = ["uint256", "address", "uint256", "uint256", "bytes32", "uint256"];
const NODE = ["bytes32", "uint256", "bytes32", "uint256"];
const LIMIT = 2n ** 256n;

const leafHash = ({ chainId, distributor, epoch }, index, subject, cred) =>
  keccak256(keccak256(coder.encode(LEAF, [chainId, distributor, epoch, index, subject, cred])));
const nodeHash = (left, leftSum, right, rightSum) => keccak256(coder.encode(NODE, [left, leftSum, right, rightSum]));

const tree = ({ place, leaves }) => {
  let row = leaves.map(([subject, cred], i) => [leafHash(place, i, subject, cred), BigInt(cred)]);
  let at = row.length - 1;
  const lastProof = [];
  while (row.length > 1) {
    // Only the last leaf's way up: it has a sibling where the row is even, and goes up alone where it is odd.
    if (row.length % 2 === 0 || at !== row.length - 1) {
      const [hash, sum] = row[at % 2 === 0 ? at + 1 : at - 1];
      lastProof.push([hash, sum.toString()]);
    }
    const above = [];
    for (let i = 0; i < row.length; i += 2) {
      const [one, other] = [row[i], row[i + 1]];
      above.push(other ? [nodeHash(...one, ...other), one[1] + other[1]] : one);
    }
    row = above;
    at = Math.floor(at / 2);
  }
  return { root: row[0][0], total: row[0][1].toString(), lastProof };
};

const follows = ({ place, root, total, count, index, subject, cred, proof }) => {
  let [position, nodes] = [BigInt(index), BigInt(count)];
  if (position >= nodes || BigInt(cred) >= LIMIT) return false;
  let hash = leafHash(place, index, subject, cred);
  let sum = BigInt(cred);
  const steps = [...proof];
  for (; nodes > 1n; nodes = (nodes + 1n) / 2n, position /= 2n) {
    const onLeft = position % 2n === 0n;
    if (onLeft && position === nodes - 1n) continue;
    const step = steps.shift();
    if (!step) return false;
    const more = BigInt(step[1]);
    hash = onLeft ? nodeHash(hash, sum, step[0], more) : nodeHash(step[0], more, hash, sum);
    sum += more;
    if (sum >= LIMIT) return false;
  }
  return steps.length === 0 && hash === root && sum === BigInt(total);
};

const question = JSON.parse(readFileSync(0, "utf-8"));
console.log(JSON.stringify({ trees: question.trees.map(tree), verdicts: question.claims.map(follows) }));
