// SPDX-License-Identifier: AGPL-3.0-only
// Wallets: found by EIP-6963, connected when the member says so, followed as they change.

import { getAddress } from "#viem/address/getAddress.js";
import type { Address } from "viem";
import { chainOf, hex } from "./chain";
import type { Provider } from "./chain";
import { recall, remember } from "./store";
import { codes, Told } from "./words";

/** A wallet that announced itself. */
export interface Wallet {
  rdns: string;
  name: string;
  icon: string | null;
  provider: Provider;
}

/** Who is connected, by what, on which chain. */
export interface Connection {
  wallet: Wallet;
  account: Address;
  chainId: number;
}

interface Announced {
  info: { uuid: string; name: string; icon: string; rdns: string };
  provider: Provider;
}

const LAST = "wallet";
const UNKNOWN_CHAIN = new Set([4902, -32603]);
const ICON = /^data:image\/(png|svg\+xml|webp|jpeg|gif)[;,]/;

/** Every wallet of this browser; `window.ethereum` only where none announced itself. */
export class Wallets {
  readonly found = new Map<string, Wallet>();

  constructor(private readonly changed: () => void) {}

  /** Ask every wallet to announce itself; some do so at once. */
  look(): void {
    addEventListener("eip6963:announceProvider", (event) => {
      this.add((event as CustomEvent<Announced>).detail);
    });
    dispatchEvent(new Event("eip6963:requestProvider"));
  }

  private add(said: Announced): void {
    const { uuid, name, icon, rdns } = said.info;
    if (this.found.has(uuid)) return;
    const wallet = { rdns, name, icon: ICON.test(icon) ? icon : null, provider: said.provider };
    this.found.set(uuid, wallet);
    this.changed();
  }

  /** The last resort, once the others had time to answer. */
  settle(): void {
    const injected = (window as { ethereum?: Provider }).ethereum;
    if (this.found.size === 0 && injected) {
      const wallet = { rdns: "window.ethereum", name: "Browser wallet", icon: null, provider: injected };
      this.found.set("window.ethereum", wallet);
    }
    this.changed();
  }

  /** The one that was used last, if it is here. */
  get last(): Wallet | null {
    const rdns = recall<string>(LAST);
    return [...this.found.values()].find((each) => each.rdns === rdns) ?? null;
  }
}

/** Connect; `ask` opens the wallet, otherwise only what was allowed before is taken up. */
export async function connect(wallet: Wallet, ask: boolean): Promise<Connection | null> {
  const method = ask ? "eth_requestAccounts" : "eth_accounts";
  const accounts = (await wallet.provider.request({ method })) as string[];
  const first = accounts[0];
  if (first === undefined) return null;
  remember(LAST, wallet.rdns);
  return { wallet, account: getAddress(first), chainId: await chainOf(wallet.provider) };
}

export function forget(): void {
  remember(LAST, null);
}

/** Tell of every change that the wallet reports; returns how to stop. */
export function watch(wallet: Wallet, changed: () => void): () => void {
  const { provider } = wallet;
  const events = ["accountsChanged", "chainChanged", "disconnect"];
  for (const event of events) provider.on?.(event, changed);
  return () => {
    for (const event of events) provider.removeListener?.(event, changed);
  };
}

/** Let the wallet go to a chain, and add it where the wallet does not know it. */
export async function switchTo(provider: Provider, chainId: number, rpc: string): Promise<void> {
  const chain = { chainId: hex(chainId) };
  try {
    await provider.request({ method: "wallet_switchEthereumChain", params: [chain] });
    return;
  } catch (error) {
    const told = codes(error);
    if (told.length > 0 && !told.some((code) => UNKNOWN_CHAIN.has(code))) throw error;
  }
  if (!rpc) {
    throw new Told(
      `Your wallet does not know the chain ${chainId}.`,
      "Add it in your wallet, with a node that you trust, then come back.",
    );
  }
  const ether = { name: "Ether", symbol: "ETH", decimals: 18 };
  const added = { ...chain, chainName: `Chain ${chainId}`, rpcUrls: [rpc], nativeCurrency: ether };
  await provider.request({ method: "wallet_addEthereumChain", params: [added] });
  if ((await chainOf(provider)) !== chainId) {
    await provider.request({ method: "wallet_switchEthereumChain", params: [chain] });
  }
}
