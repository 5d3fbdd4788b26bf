// SPDX-License-Identifier: AGPL-3.0-only
// Loaded before ponder: lifts the limit of requests a second, which it raises only step by step.
// The file on the disk stays as its authors made it.
import { registerHooks } from "node:module";

const LIMITS = [
  ["const INITIAL_MAX_RPS = 20;", "const INITIAL_MAX_RPS = 1e9;"],
  ["const MAX_RPS = 500;", "const MAX_RPS = 1e9;"],
];

registerHooks({
  load(url, context, nextLoad) {
    const loaded = nextLoad(url, context);
    if (!url.endsWith("/ponder/dist/esm/rpc/index.js")) return loaded;
    let source = loaded.source.toString();
    for (const [from, to] of LIMITS) {
      if (!source.includes(from)) throw new Error(`ponder has no line ${from}`);
      source = source.replace(from, to);
    }
    return { ...loaded, source };
  },
});
