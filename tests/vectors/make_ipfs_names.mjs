// SPDX-License-Identifier: AGPL-3.0-only
// Makes ipfs_names.json with the importer of IPFS's JavaScript alone; SOURCE.md has the versions.
// Byte i of every file is (i + (i >> 8) + (i >> 16)) % 251, so that no two of its blocks are alike.
import { MemoryBlockstore } from "blockstore-core";
import { importer } from "ipfs-unixfs-importer";
import { fixedSize } from "ipfs-unixfs-importer/chunker";
import { balanced } from "ipfs-unixfs-importer/layout";

const KUBO = 262144;
const CASES = [
  ...[0, 1, KUBO, KUBO + 1, 2 * KUBO, 2 * KUBO + 1, 3 * KUBO - 1, 174 * KUBO, 174 * KUBO + 1].map((n) => [n, KUBO, 174]),
  ...[0, 1, 4, 5, 12, 13, 16, 24, 36, 37, 40, 48, 108, 109, 200, 324, 325].map((n) => [n, 4, 3]),
  ...[1000, 4096, 5000].map((n) => [n, 32, 5]),
];

const file = (size) => Uint8Array.from({ length: size }, (_, i) => (i + (i >> 8) + (i >> 16)) % 251);

const name = async ([size, chunk, links]) => {
  const options = {
    cidVersion: 1,
    rawLeaves: true,
    chunker: fixedSize({ chunkSize: chunk }),
    layout: balanced({ maxChildrenPerNode: links }),
  };
  let cid;
  for await (const entry of importer([{ content: file(size) }], new MemoryBlockstore(), options)) cid = `${entry.cid}`;
  return JSON.stringify({ bytes: size, chunk, links, cid }).replaceAll('":', '": ').replaceAll(",", ", ");
};

const lines = [];
for (const each of CASES) lines.push(`  ${await name(each)}`);
console.log(`[\n${lines.join(",\n")}\n]`);
