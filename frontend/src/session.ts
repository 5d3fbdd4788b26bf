// SPDX-License-Identifier: AGPL-3.0-only
// The upper half of every panel that needs a wallet: which one, who, on which chain.

import { address, made, onPress, part, show } from "./dom";
import { connect, forget, switchTo, Wallets, watch } from "./wallet";
import type { Connection, Wallet } from "./wallet";
import { inWords } from "./words";
import type { Words } from "./words";
import { stepsFrom } from "./server";

const SETTLED = 400;

/** Keeps the panel's wallet part true, and tells of each connection that is on the right chain. */
export class Session {
  connection: Connection | null = null;
  private readonly wallets: Wallets;
  private unwatch: (() => void) | null = null;
  private watched: Wallet | null = null;
  private resumed = false;
  private settled = false;
  private turn = 0;

  constructor(
    private readonly panel: HTMLElement,
    private readonly changed: (connection: Connection | null) => Promise<void>,
    private readonly failed: (words: Words) => void,
  ) {
    this.wallets = new Wallets(() => this.listed());
    onPress(part(panel, "switch"), () => this.switched());
    onPress(part(panel, "leave"), () => this.left());
    this.wallets.look();
    setTimeout(() => {
      this.settled = true;
      this.wallets.settle();
    }, SETTLED);
    this.listed();
  }

  get chainId(): number {
    return Number(this.panel.dataset.chainId);
  }

  words = (error: unknown): Promise<Words> =>
    inWords(error, () => stepsFrom(this.panel.dataset.steps ?? ""));

  private listed(): void {
    const found = [...this.wallets.found.values()];
    const list = part(this.panel, "wallets");
    const keep = list.contains(document.activeElement)
      ? [...list.children].indexOf(document.activeElement!.closest("li")!)
      : -1;
    list.replaceChildren(...found.map((each) => made("li", "", this.button(each))));
    if (keep >= 0) list.children[keep]?.querySelector("button")?.focus();
    show(part(this.panel, "no-wallet"), this.settled && found.length === 0);
    const last = this.wallets.last;
    if (last && !this.resumed && !this.connection) {
      this.resumed = true;
      void this.join(last, false);
    }
  }

  private button(wallet: Wallet): HTMLElement {
    const button = made("button", "button", `Connect ${wallet.name}`);
    button.setAttribute("type", "button");
    if (wallet.icon) {
      const icon = document.createElement("img");
      Object.assign(icon, { src: wallet.icon, alt: "", width: 20, height: 20 });
      button.prepend(icon);
    }
    onPress(button, () => this.join(wallet, true));
    return button;
  }

  private async join(wallet: Wallet, ask: boolean): Promise<void> {
    this.follow(wallet);
    const turn = ++this.turn;
    try {
      const found = await connect(wallet, ask);
      if (turn === this.turn) await this.joined(found, ask);
    } catch (error) {
      if (turn === this.turn) this.failed(await this.words(error));
    }
  }

  private follow(wallet: Wallet): void {
    if (this.watched === wallet) return;
    this.unwatch?.();
    this.unwatch = watch(wallet, () => void this.join(wallet, false));
    this.watched = wallet;
  }

  private async joined(found: Connection | null, ask: boolean): Promise<void> {
    this.connection = found;
    const right = found?.chainId === this.chainId;
    show(part(this.panel, "choose"), found === null);
    show(part(this.panel, "you"), found !== null);
    show(part(this.panel, "wrong-chain"), found !== null && !right);
    if (found) {
      part(this.panel, "account").replaceChildren(address(found.account));
      part(this.panel, "wallet-name").textContent = found.wallet.name;
      part(this.panel, "chain-there").textContent = String(found.chainId);
    }
    await this.changed(right ? found : null);
    // the button that was pressed is gone: what is next takes the focus
    if (ask && found) part(this.panel, right ? "account-line" : "switch").focus();
  }

  private async switched(): Promise<void> {
    if (!this.connection) return;
    const { wallet } = this.connection;
    try {
      await switchTo(wallet.provider, this.chainId, this.panel.dataset.walletRpc ?? "");
      await this.join(wallet, false);
      part(this.panel, "account-line").focus();
    } catch (error) {
      this.failed(await this.words(error));
    }
  }

  private async left(): Promise<void> {
    forget();
    this.unwatch?.();
    this.unwatch = this.watched = null;
    await this.joined(null, false);
    part(this.panel, "wallets").querySelector("button")?.focus();
  }
}
