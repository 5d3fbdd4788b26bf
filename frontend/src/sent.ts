// SPDX-License-Identifier: AGPL-3.0-only
// A transaction from the wallet to the chain: sent, mined, replaced, dropped, refused, final.
// The sender's nonce is watched besides the hash, because a replaced transaction is never mined.

import type { Address, Hex } from "viem";
import { hex } from "./chain";
import type { Provider } from "./chain";

/** What is remembered of a transaction, also over a reload. */
export interface Sent {
  hash: Hex;
  from: Address;
  to: Address;
  data: Hex;
  nonce: number;
  block: number;
}

export type Fate =
  | { kind: "mined"; hash: Hex; block: number; spedUp: boolean }
  | { kind: "reverted"; hash: Hex; block: number }
  | { kind: "replaced"; hash: Hex | null };

/** What is told meanwhile. */
export interface Meanwhile {
  unseen(): void;
  silent(error: unknown): void;
}

interface Found {
  hash: Hex;
  from: string;
  to: string | null;
  input: Hex;
  nonce: Hex;
}

const PAUSE = 1_000;
const LATER = 4_000;
const UNSEEN = 8;
const LOOK_BACK = 60;

export const pause = (milliseconds: number): Promise<void> =>
  new Promise((done) => setTimeout(done, milliseconds));

async function numberOf(provider: Provider, method: string, params: unknown[] = []): Promise<number> {
  return Number(await provider.request({ method, params }));
}

/** Ask the wallet to send; it chooses gas and nonce. */
export async function send(provider: Provider, from: Address, to: Address, data: Hex): Promise<Sent> {
  const call = { from, to, data };
  // what would be refused is refused before the member is asked
  await provider.request({ method: "eth_call", params: [call, "latest"] });
  const [guess, block] = await Promise.all([
    numberOf(provider, "eth_getTransactionCount", [from, "pending"]),
    numberOf(provider, "eth_blockNumber"),
  ]);
  const hash = (await provider.request({ method: "eth_sendTransaction", params: [call] })) as Hex;
  const found = await transaction(provider, hash).catch(() => null);
  return { hash, from, to, data, block, nonce: found ? Number(found.nonce) : guess };
}

async function transaction(provider: Provider, hash: Hex): Promise<Found | null> {
  return (await provider.request({
    method: "eth_getTransactionByHash",
    params: [hash],
  })) as Found | null;
}

interface Receipt {
  status: Hex;
  blockNumber: Hex;
  blockHash: Hex;
}

async function receipt(provider: Provider, hash: Hex): Promise<Receipt | null> {
  return (await provider.request({
    method: "eth_getTransactionReceipt",
    params: [hash],
  })) as Receipt | null;
}

/** Until it is in a block, or another one took its place. */
export async function follow(provider: Provider, sent: Sent, told: Meanwhile): Promise<Fate> {
  let missing = 0;
  for (let round = 0; ; round++) {
    try {
      const fate = await look(provider, sent);
      if (fate) return fate;
      missing = (await transaction(provider, sent.hash)) ? 0 : missing + 1;
      if (missing === UNSEEN) told.unseen();
    } catch (error) {
      told.silent(error);
    }
    await pause(round < 60 ? PAUSE : LATER);
  }
}

async function look(provider: Provider, sent: Sent): Promise<Fate | null> {
  const mine = await receipt(provider, sent.hash);
  if (mine) return fateOf(sent.hash, mine, false);
  const used = await numberOf(provider, "eth_getTransactionCount", [sent.from, "latest"]);
  if (used <= sent.nonce) return null;
  // the nonce is spent: by this one, in a block that came in between, or by another
  const late = await receipt(provider, sent.hash);
  if (late) return fateOf(sent.hash, late, false);
  const other = await successor(provider, sent);
  if (other === null) return { kind: "replaced", hash: null };
  const same = other.to?.toLowerCase() === sent.to.toLowerCase() && other.input === sent.data;
  const found = same ? await receipt(provider, other.hash) : null;
  return found ? fateOf(other.hash, found, true) : { kind: "replaced", hash: other.hash };
}

function fateOf(hash: Hex, found: Receipt, spedUp: boolean): Fate {
  const block = Number(found.blockNumber);
  return Number(found.status) === 1
    ? { kind: "mined", hash, block, spedUp }
    : { kind: "reverted", hash, block };
}

/** The transaction that took the nonce, if it is in one of the blocks since. */
async function successor(provider: Provider, sent: Sent): Promise<Found | null> {
  const head = await numberOf(provider, "eth_blockNumber");
  for (let at = head; at >= Math.max(sent.block, head - LOOK_BACK); at--) {
    const block = (await provider.request({
      method: "eth_getBlockByNumber",
      params: [hex(at), true],
    })) as { transactions: Found[] } | null;
    const found = block?.transactions.find(
      (each) =>
        each.from.toLowerCase() === sent.from.toLowerCase() && Number(each.nonce) === sent.nonce,
    );
    if (found) return found;
  }
  return null;
}

/** Until the block is final for the wallet's node; false where that cannot be told. */
export async function final(provider: Provider, hash: Hex, block: number): Promise<boolean> {
  for (let round = 0; round < 450; round++) {
    try {
      const found = (await provider.request({
        method: "eth_getBlockByNumber",
        params: ["finalized", false],
      })) as { number: Hex } | null;
      if (found && Number(found.number) >= block) return (await receipt(provider, hash)) !== null;
    } catch {
      return false;
    }
    await pause(LATER);
  }
  return false;
}
