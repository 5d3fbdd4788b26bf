// SPDX-License-Identifier: AGPL-3.0-only
// Questions to the chain through the member's own wallet, by the frozen ABIs.

import { decodeFunctionResult } from "#viem/abi/decodeFunctionResult.js";
import { encodeFunctionData } from "#viem/abi/encodeFunctionData.js";
import type { Abi, Address, Hex } from "viem";
import abis from "./abi.json";

/** What EIP-1193 asks of a wallet, as far as it is used here. */
export interface Provider {
  request(asked: { method: string; params?: readonly unknown[] }): Promise<unknown>;
  on?(event: string, told: (value: never) => void): void;
  removeListener?(event: string, told: (value: never) => void): void;
}

export type Kind = keyof typeof abis;

export function encoded(kind: Kind, name: string, args: readonly unknown[]): Hex {
  return encodeFunctionData({ abi: abis[kind] as Abi, functionName: name, args });
}

/** What a view answers as of a block; one value, or a list of several. */
export async function view(
  provider: Provider,
  kind: Kind,
  to: Address,
  name: string,
  args: readonly unknown[] = [],
  block: Hex | "latest" = "latest",
): Promise<unknown> {
  const data = (await provider.request({
    method: "eth_call",
    params: [{ to, data: encoded(kind, name, args) }, block],
  })) as Hex;
  if (data === "0x") throw new NoContract(to);
  return decodeFunctionResult({ abi: abis[kind] as Abi, functionName: name, data });
}

/** There is no such contract on the chain that the wallet sees. */
export class NoContract extends Error {
  constructor(readonly place: Address) {
    super(`no contract stands at ${place}`);
  }
}

export async function chainOf(provider: Provider): Promise<number> {
  return Number(await provider.request({ method: "eth_chainId" }));
}

/** Whether an account is a contract that judges signatures itself: a delegated key still signs. */
export async function isWalletContract(provider: Provider, account: Address): Promise<boolean> {
  const code = String(await provider.request({ method: "eth_getCode", params: [account, "latest"] }));
  return code !== "0x" && !code.startsWith("0xef0100");
}

export const hex = (value: number | bigint): Hex => `0x${value.toString(16)}`;

/** A word of Solidity as two short pieces: what people compare. */
export const brief = (text: string): string =>
  text.length > 16 ? `${text.slice(0, 8)}…${text.slice(-5)}` : text;
