// SPDX-License-Identifier: AGPL-3.0-only
// The scripts of the pages, bundled into backend/millpond/web/dist: names that hold a hash of the
// content, a manifest that says which page loads what, and the licences of what is in them.

import { createHash } from "node:crypto";
import { existsSync, readFileSync, readdirSync, rmSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build, stop } from "esbuild-wasm";

const HERE = dirname(fileURLToPath(import.meta.url));
const OUT = join(HERE, "..", "backend", "millpond", "web", "dist");
const PAGES = ["proposal", "epoch"];
const LICENCES = "licences.txt";
const NO_LICENCE = /^(LICEN[CS]E|COPYING)(\.\w+)?$/i;

const made = await build({
  absWorkingDir: HERE,
  entryPoints: PAGES.map((name) => `src/${name}.ts`),
  bundle: true,
  // single files of viem: its index would bring what asks the network
  alias: { "#viem": join(HERE, "node_modules", "viem", "_esm", "utils") },
  tsconfigRaw: {},
  splitting: true,
  format: "esm",
  target: "es2022",
  minify: true,
  legalComments: "none",
  charset: "utf8",
  entryNames: "[name]-[hash]",
  chunkNames: "shared-[hash]",
  outdir: OUT,
  metafile: true,
  write: false,
  banner: { js: `/*! Millpond, AGPL-3.0-only. What is in here of others: ${LICENCES} */` },
});

// What each page loads, itself first.
function manifest(outputs) {
  const found = {};
  for (const [path, output] of Object.entries(outputs)) {
    if (output.entryPoint === undefined) continue;
    const page = output.entryPoint.slice("src/".length, -".ts".length);
    found[page] = [path, ...shared(outputs, path)].map((each) => each.split("/").pop());
  }
  return found;
}

function shared(outputs, path, seen = new Set()) {
  for (const { path: next } of outputs[path].imports) {
    if (!seen.has(next)) {
      seen.add(next);
      shared(outputs, next, seen);
    }
  }
  return [...seen];
}

// The text of each package's licence, for every package of which something was bundled.
function licences(outputs) {
  const folders = new Set();
  for (const output of Object.values(outputs)) {
    for (const [input, { bytesInOutput }] of Object.entries(output.inputs)) {
      const found = input.match(/^node_modules\/(@[^/]+\/[^/]+|[^/]+)/);
      if (found && bytesInOutput > 0) folders.add(found[1]);
    }
  }
  return [...folders].sort().map(licence).join("\n");
}

function licence(name) {
  const folder = join(HERE, "node_modules", name);
  const about = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  const file = readdirSync(folder).find((each) => NO_LICENCE.test(each));
  if (file === undefined) throw new Error(`${name} has no licence to ship`);
  const text = readFileSync(join(folder, file), "utf8").trim();
  return `${name} ${about.version} (${about.license})\n\n${text}\n`;
}

if (existsSync(OUT)) rmSync(OUT, { recursive: true });
mkdirSync(OUT, { recursive: true });
const short = (data) => createHash("sha256").update(data).digest("hex").slice(0, 8);
const texts = licences(made.metafile.outputs);
const named = LICENCES.replace(".", `-${short(texts)}.`);
for (const file of made.outputFiles) {
  writeFileSync(join(OUT, file.path.split("/").pop()), file.text.replace(LICENCES, named));
}
writeFileSync(join(OUT, named), texts);
const listed = { licences: [named], ...manifest(made.metafile.outputs) };
writeFileSync(join(OUT, "manifest.json"), `${JSON.stringify(listed, null, 1)}\n`);
await stop();
