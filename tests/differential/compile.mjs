// SPDX-License-Identifier: AGPL-3.0-only
// Compiles the Solidity sources named as arguments with npm's solc; writes its standard JSON output.
// Imports are read out of node_modules, and from nowhere else.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, normalize, sep } from "node:path";
import { fileURLToPath } from "node:url";

const solc = createRequire(import.meta.url)("solc");
const here = dirname(fileURLToPath(import.meta.url));
const packages = join(here, "..", "..", "node_modules");

function found(path) {
  const file = normalize(join(packages, path));
  if (!file.startsWith(packages + sep)) return { error: `${path} is in no package` };
  try {
    return { contents: readFileSync(file, "utf8") };
  } catch (error) {
    return { error: error.message };
  }
}

const sources = Object.fromEntries(
  process.argv.slice(2).map((name) => [name, { content: readFileSync(join(here, name), "utf8") }]),
);
const wanted = { "*": ["abi", "evm.bytecode.object", "evm.deployedBytecode.object"] };
const settings = {
  optimizer: { enabled: true, runs: 200 },
  evmVersion: "prague",
  outputSelection: Object.fromEntries(Object.keys(sources).map((name) => [name, wanted])),
};
const input = JSON.stringify({ language: "Solidity", sources, settings });
process.stdout.write(solc.compile(input, { import: found }));
