// SPDX-License-Identifier: AGPL-3.0-only
// Makes sum_tree.json with viem alone: `npm install viem@2.38.0 && node make_sum_tree.mjs > sum_tree.json`.
// Written from the text of the format, top down: a tree over n > 1 leaves splits after the largest
// power of two under n; the left part is complete, so this is the same tree as pairing level by
// level with the odd node going up. Proofs are collected on the way down and turned round.
import { encodeAbiParameters, keccak256 } from "viem";

const LEAF = ["uint256", "address", "uint256", "uint256", "bytes32", "uint256"].map((type) => ({ type }));
const NODE = ["bytes32", "uint256", "bytes32", "uint256"].map((type) => ({ type }));

const tree = (place, leaves, from, to) => {
  if (to - from === 1) {
    const { subject, cred } = leaves[from];
    const words = [place.chainId, place.distributor, place.epoch, BigInt(from), subject, cred];
    return { hash: keccak256(keccak256(encodeAbiParameters(LEAF, words))), sum: cred };
  }
  let left = 1;
  while (left * 2 < to - from) left *= 2;
  const l = tree(place, leaves, from, from + left);
  const r = tree(place, leaves, from + left, to);
  const hash = keccak256(encodeAbiParameters(NODE, [l.hash, l.sum, r.hash, r.sum]));
  return { hash, sum: l.sum + r.sum, l, r, middle: from + left };
};

const proof = (node, index) => {
  const steps = [];
  for (let at = node; at.l; ) {
    const goLeft = index < at.middle;
    const sibling = goLeft ? at.r : at.l;
    steps.unshift([sibling.hash, sibling.sum.toString()]);
    at = goLeft ? at.l : at.r;
  }
  return steps;
};

let state = 43n;
const next = (bits) => {
  let value = 0n;
  for (let have = 0; have < bits; have += 32) {
    state = (state * 6364136223846793005n + 1442695040888963407n) & (2n ** 64n - 1n);
    value = (value << 32n) | (state >> 32n);
  }
  return value & (2n ** BigInt(bits) - 1n);
};
const hex = (value, bytes) => "0x" + value.toString(16).padStart(2 * bytes, "0");

const trees = [1, 2, 3, 4, 5, 7, 8, 9, 16, 17, 43, 64, 65, 100].map((count, number) => {
  const place = {
    chainId: [1n, 1337n, 31337n][number % 3],
    distributor: hex(next(160), 20),
    epoch: BigInt(number * number + 1),
  };
  // Every third subject is an address; cred from one unit up to numbers near the limit.
  const leaves = Array.from({ length: count }, (_, i) => ({
    subject: hex(next(i % 3 === 1 ? 160 : 256), 32),
    cred: i % 5 === 4 ? 1n : 1n + next(number === 3 ? 125 : 40),
  })).sort((a, b) => (a.subject < b.subject ? -1 : 1));
  const top = tree(place, leaves, 0, count);
  return {
    chainId: place.chainId.toString(),
    distributor: place.distributor,
    epoch: place.epoch.toString(),
    root: top.hash,
    total: top.sum.toString(),
    leaves: leaves.map(({ subject, cred }, i) => ({
      subject,
      cred: cred.toString(),
      proof: proof(top, i),
    })),
  };
});
console.log(JSON.stringify({ trees }));
