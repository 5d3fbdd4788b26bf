// SPDX-License-Identifier: AGPL-3.0-only
// Compiles Solidity with the compiler of an npm package: one order on standard input, what solc
// says on standard output. Imports come from our own contracts/ and from the packages, no further.
//   {"compiler": "solc", "sources": ["contracts/OzMoney.sol"], "settings": {...}}
"use strict";

const fs = require("fs");
const path = require("path");

const order = JSON.parse(fs.readFileSync(0, "utf8"));
const solc = require(order.compiler);
const packages = path.join(__dirname, "node_modules");

// A package brings another version of what somebody else needs in a folder of its own.
function places(name) {
  const nested = (order.packages || []).map((each) => path.join(packages, each, "node_modules"));
  return [...nested, packages].map((folder) => path.join(folder, name));
}

function source(name) {
  const own = name.startsWith("contracts/") ? [path.join(__dirname, name)] : places(name);
  const found = own.find((file) => fs.existsSync(file));
  return found ? { contents: fs.readFileSync(found, "utf8") } : { error: `no file ${name}` };
}

const sources = {};
for (const name of order.sources) {
  const found = source(name);
  if (found.error) {
    console.error(found.error);
    process.exit(1);
  }
  sources[name] = { content: found.contents };
}
const input = { language: "Solidity", sources, settings: order.settings };
const said = JSON.parse(solc.compile(JSON.stringify(input), { import: source }));
process.stdout.write(JSON.stringify({ version: solc.version(), ...said }));
