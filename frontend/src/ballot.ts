// SPDX-License-Identifier: AGPL-3.0-only
// A ballot as it is signed (EIP-712), handed in, and kept as a file.

import { stringToBytes } from "#viem/encoding/toBytes.js";
import { keccak256 } from "#viem/hash/keccak256.js";
import type { Address, Hex } from "viem";
import type { Provider } from "./chain";

export interface Choice {
  support: number;
  reason: string;
}

/** What the signature covers. */
export interface Ballot {
  castsBefore: string;
  deadline: string;
  proposalId: string;
  reasonHash: Hex;
  support: string;
  voter: Address;
}

/** In the form that files, the API and `ape run pool relay` share. */
export interface Signed extends Ballot {
  byWallet?: true;
  reason?: string;
  signature: Hex;
}

const FIELDS = [
  ["uint256", "proposalId"],
  ["address", "voter"],
  ["uint8", "support"],
  ["uint8", "castsBefore"],
  ["bytes32", "reasonHash"],
  ["uint256", "deadline"],
] as const;
const DOMAIN = [
  ["string", "name"],
  ["string", "version"],
  ["uint256", "chainId"],
  ["address", "verifyingContract"],
] as const;
const NO_REASON: Hex = `0x${"00".repeat(32)}`;
const named = (fields: readonly (readonly [string, string])[]) =>
  fields.map(([type, name]) => ({ name, type }));

export function ballotOf(
  proposal: bigint,
  voter: Address,
  choice: Choice,
  casts: number,
  deadline: bigint,
): Ballot {
  return {
    castsBefore: String(casts),
    deadline: String(deadline),
    proposalId: String(proposal),
    reasonHash: choice.reason ? keccak256(stringToBytes(choice.reason)) : NO_REASON,
    support: String(choice.support),
    voter,
  };
}

/** What the wallet is asked to sign, and shows. */
export function typedData(ballot: Ballot, chainId: number, governor: Address): object {
  return {
    types: { EIP712Domain: named(DOMAIN), Ballot: named(FIELDS) },
    primaryType: "Ballot",
    domain: { name: "Millpond", version: "1", chainId, verifyingContract: governor },
    message: Object.fromEntries(FIELDS.map(([, name]) => [name, ballot[name]])),
  };
}

export async function sign(
  provider: Provider,
  ballot: Ballot,
  chainId: number,
  governor: Address,
): Promise<Hex> {
  const typed = JSON.stringify(typedData(ballot, chainId, governor));
  const params = [ballot.voter, typed];
  return (await provider.request({ method: "eth_signTypedData_v4", params })) as Hex;
}

/** The file of a signed ballot: canonical JSON, its keys in order. */
export function fileOf(signed: Signed): { name: string; content: string } {
  const entries = Object.entries(signed).sort(([one], [other]) => (one < other ? -1 : 1));
  const name = `${BigInt(signed.proposalId).toString(16)}-${signed.voter.toLowerCase()}.json`;
  return { name, content: JSON.stringify(Object.fromEntries(entries)) };
}
