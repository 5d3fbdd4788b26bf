// SPDX-License-Identifier: AGPL-3.0-only
// What went wrong, in words, and what to do about it.

import { NoContract } from "./chain";

/** What happened, and the next step. */
export interface Words {
  what: string;
  next: string;
}

/** An error of ours that already says both. */
export class Told extends Error implements Words {
  constructor(
    readonly what: string,
    readonly next: string,
  ) {
    super(`${what} ${next}`);
  }
}

const BY_CODE: Record<number, Words> = {
  4001: {
    what: "You declined in your wallet, so nothing was signed or sent.",
    next: "Press the button again if that was a mistake.",
  },
  4100: {
    what: "Your wallet does not let this page use that account.",
    next: "Connect again and allow the account in your wallet.",
  },
  4200: {
    what: "Your wallet cannot do this.",
    next: "Use another wallet, or send your ballot as a transaction.",
  },
  4900: {
    what: "Your wallet has no connection to any chain.",
    next: "Check its network connection, then try again.",
  },
  4901: {
    what: "Your wallet has no connection to this chain.",
    next: "Choose this chain in your wallet, then try again.",
  },
  [-32002]: {
    what: "Your wallet is already asking you something.",
    next: "Open your wallet and answer it first.",
  },
};

const BY_TEXT: [RegExp, Words][] = [
  [
    /insufficient funds/i,
    {
      what: "Your account has too little ETH to pay for the transaction.",
      next: "Put some on it, or vote by signature, which costs you nothing.",
    },
  ],
  [
    /nonce too low|nonce.*already|already known|replacement transaction underpriced/i,
    {
      what: "Your wallet numbered the transaction like one that you sent before.",
      next: "Wait until the earlier one is through, or reset the account's activity in your wallet, then try again.",
    },
  ],
  [
    /failed to fetch|network ?error|timeout|timed out|econnrefused|disconnected|no response|could not (reach|connect)|http request failed/i,
    {
      what: "The node that your wallet uses does not answer.",
      next: "Check your connection, or choose another node in your wallet, then try again.",
    },
  ],
];

const OURS = /\b(?:governor|distributor|members|rules|pool|clerk|grain|ballots|review): [^"\\\n;]{3,60}/;
const ERROR_STRING = "0x08c379a0";

/** Any error, in words. `steps` leads to what to do about each reason that our contracts give. */
export async function inWords(error: unknown, steps: () => Promise<Steps>): Promise<Words> {
  if (error instanceof Told) return error;
  if (error instanceof NoContract) {
    return {
      what: "Your wallet's node knows no such contract on this chain.",
      next: "Check that your wallet uses a node of this chain. If it does, trust nothing on this page.",
    };
  }
  const reason = reasonOf(error);
  if (reason !== null) {
    const next = (await steps())[reason];
    return {
      what: `The contract would refuse this: “${reason}”.`,
      next: next ? `${next[0]!.toUpperCase()}${next.slice(1)}.` : "Load the page again and look what changed.",
    };
  }
  const known = codes(error).map((code) => BY_CODE[code]).find((words) => words !== undefined);
  if (known) return known;
  const text = texts(error).join(" ");
  const matched = BY_TEXT.find(([pattern]) => pattern.test(text));
  if (matched) return matched[1];
  return {
    what: `Your wallet answered with an error: ${texts(error)[0]?.slice(0, 200) ?? "it said nothing"}.`,
    next: "Try again; if it happens again, try another wallet.",
  };
}

export type Steps = Record<string, string>;

/** The reason with which a contract of ours refused, however deep wallets have wrapped it. */
export function reasonOf(error: unknown): string | null {
  for (const text of texts(error)) {
    const said = text.startsWith(ERROR_STRING) ? decoded(text) : text;
    const found = said.match(OURS);
    if (found) return found[0].replace(/["'.\s]+$/, "");
  }
  return null;
}

function decoded(data: string): string {
  const words = data.slice(ERROR_STRING.length);
  const length = parseInt(words.slice(64, 128), 16);
  const bytes = words.slice(128, 128 + 2 * length).match(/../g) ?? [];
  return new TextDecoder().decode(new Uint8Array(bytes.map((each) => parseInt(each, 16))));
}

function* parts(error: unknown, depth = 0): Generator<unknown> {
  yield error;
  if (typeof error !== "object" || error === null || depth > 4) return;
  for (const name of ["message", "reason", "data", "error", "cause", "originalError"]) {
    const part: unknown = (error as Record<string, unknown>)[name];
    if (part !== undefined && part !== error) yield* parts(part, depth + 1);
  }
}

function texts(error: unknown): string[] {
  return [...parts(error)].filter((part): part is string => typeof part === "string");
}

/** Codes that wallets gave, the outermost first. */
export function codes(error: unknown): number[] {
  return [...parts(error)]
    .map((part) => (part as { code?: unknown } | null)?.code)
    .filter((code): code is number => typeof code === "number");
}
