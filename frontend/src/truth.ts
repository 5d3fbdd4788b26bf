// SPDX-License-Identifier: AGPL-3.0-only
// Before a member is asked to sign, what this page says is held against the chain, through the node
// of her own wallet. Whatever differs is said, and then nothing is asked.

import { encodeAbiParameters } from "#viem/abi/encodeAbiParameters.js";
import { getAddress } from "#viem/address/getAddress.js";
import { stringToBytes } from "#viem/encoding/toBytes.js";
import { keccak256 } from "#viem/hash/keccak256.js";
import type { Address, Hex } from "viem";
import { hex, NoContract, view } from "./chain";
import type { Kind, Provider } from "./chain";
import { reasonOf } from "./words";

/** A proposal as the page shows it. */
export interface Shown {
  chainId: number;
  hub: Address;
  pool: Address;
  governor: Address;
  proposal: bigint;
  state: string;
  /** Against, for, abstain, as of the block. */
  tally: string;
  block: number;
  content: Content;
}

/** What the proposal's number is the hash of. */
export interface Content {
  targets: Address[];
  values: string[];
  calldatas: Hex[];
  description: string;
}

/** What the chain says of a proposal and of one account. */
export interface Truth {
  /** Where the page differs from the chain. */
  lies: string[];
  /** What could not be compared. */
  gaps: string[];
  state: number;
  eta: bigint;
  seat: number;
  isMember: boolean;
  /** Whether she was a member before the proposal, and still is. */
  isVoter: boolean;
  casts: number;
  /** 0 against, 1 for, 2 abstain; null: nothing cast. */
  stands: number | null;
}

export const PENDING = 0;
export const ACTIVE = 1;
export const QUEUED = 5;
export const STATES = [
  "pending",
  "active",
  "canceled",
  "defeated",
  "succeeded",
  "queued",
  "expired",
  "executed",
];
const NONE = "governor: no such proposal";
const U32 = (1n << 32n) - 1n;
const U40 = (1n << 40n) - 1n;

/** Compare, as of now. `NoContract` and errors of the wallet go through. */
export async function truth(provider: Provider, shown: Shown, account: Address): Promise<Truth> {
  const governor = asker(provider, "Governor", shown.governor);
  const hub = asker(provider, "Hub", shown.hub);
  const lies: string[] = [];
  const gaps: string[] = [];
  const id = shown.proposal;
  const state = await governor("state", id).then(Number, (error: unknown) => {
    if (reasonOf(error) !== NONE) throw error;
    lies.push("the chain knows no proposal of this number");
    return -1;
  });
  const [domain, pool, named, isPool, governs, word, ...rest] = await Promise.all([
    governor("eip712Domain"),
    governor("pool"),
    governor("hub"),
    hub("is_pool", shown.pool),
    hub("governor_of", shown.pool).catch(() => null),
    governor("member_words", account) as Promise<bigint>,
    ...(state < 0 ? [] : [governor("proposalEta", id), governor("proposalSnapshot", id)]),
  ]);
  const [, name, version, chainId, contract] = domain as [Hex, string, string, bigint, Address];
  if (name !== "Millpond" || version !== "1" || Number(chainId) !== shown.chainId) {
    lies.push("the contract that would check your signature is another one than the page says");
  } else if (!same(contract, shown.governor)) {
    lies.push("the contract that would check your signature names another one than itself");
  }
  if (!same(pool, shown.pool) || !same(named, shown.hub) || !isPool || !same(governs, shown.governor)) {
    lies.push("this Governor is not the one of this pool");
  }
  judge(shown, lies, gaps);
  if (state >= 0) await count(provider, shown, lies, gaps);
  const [eta, created] = rest as [bigint?, bigint?];
  const member = memberOf(word, created ?? 0n);
  const nibble = member.seat && state >= 0 ? await ballot(governor, id, member.seat) : 0;
  return {
    ...{ lies, gaps, state, eta: eta ?? 0n, ...member },
    casts: Math.floor((nibble + 2) / 3),
    stands: nibble ? (nibble - 1) % 3 : null,
  };
}

type Ask = (name: string, ...args: unknown[]) => Promise<unknown>;

const asker =
  (provider: Provider, kind: Kind, to: Address): Ask =>
  (name, ...args) =>
    view(provider, kind, to, name, args);

function same(one: unknown, other: Address): boolean {
  return typeof one === "string" && getAddress(one) === getAddress(other);
}

/** The word of contracts/modules/members.vy: seat, joined, left; an account counts while in. */
function memberOf(word: bigint, created: bigint): Pick<Truth, "seat" | "isMember" | "isVoter"> {
  const joined = (word >> 32n) & U40;
  const isMember = joined !== 0n && ((word >> 72n) & U40) === 0n;
  return { seat: Number(word & U32), isMember, isVoter: isMember && joined < created };
}

/** Four bits for each seat, 64 seats a word: 0, or 1 + 3 * (casts - 1) + support. */
async function ballot(governor: Ask, id: bigint, seat: number): Promise<number> {
  const sheet = (await governor("sheets", id, Math.floor(seat / 64))) as bigint;
  return Number((sheet >> BigInt(4 * (seat % 64))) & 15n);
}

/** The number of a proposal is the hash of its calls and its text: nobody can show others. */
export function idOf(content: Content): bigint {
  const types = ["address[]", "uint256[]", "bytes[]", "bytes32"].map((type) => ({ type }));
  const values = content.values.map(BigInt);
  const text = keccak256(stringToBytes(content.description));
  const whole = encodeAbiParameters(types, [content.targets, values, content.calldatas, text]);
  return BigInt(keccak256(whole));
}

function judge(shown: Shown, lies: string[], gaps: string[]): void {
  const pre = [...document.querySelectorAll<HTMLElement>("[data-calldata]")];
  const seen = pre.map((each) => each.textContent?.trim());
  if (pre.length > 0 && seen.join() !== shown.content.calldatas.join()) {
    lies.push("the calls that this page shows are not the ones that it checks");
  } else if (idOf(shown.content) !== shown.proposal) {
    const broken = shown.content.description.includes("\uFFFD");
    if (broken) gaps.push("its text holds bytes that are no text, so its number cannot be recomputed here");
    else lies.push("its calls and its text are not the ones that its number stands for");
  }
}

/** As of the block that the page is of; a node that has forgotten it cannot be asked. */
async function count(provider: Provider, shown: Shown, lies: string[], gaps: string[]): Promise<void> {
  const { governor, proposal, block } = shown;
  try {
    const votes = await view(provider, "Governor", governor, "proposalVotes", [proposal], hex(block));
    const chain = (votes as bigint[]).join();
    if (chain !== shown.tally) {
      const [against, inFavour, abstain] = chain.split(",");
      lies.push(
        `at block ${block} the chain counts ${inFavour} for, ${against} against and ${abstain} abstain`,
      );
    }
  } catch (error) {
    if (error instanceof NoContract) throw error;
    gaps.push(`your wallet's node does not know the count at block ${block}`);
  }
}
