// SPDX-License-Identifier: AGPL-3.0-only
// Claiming: the shares of this account, each claimed by a transaction of its own payee.

import { getAddress } from "#viem/address/getAddress.js";
import type { Address, Hex } from "viem";
import { encoded, view } from "./chain";
import { busy, made, onPress, part, show } from "./dom";
import { amountOf } from "./money";
import type { Money } from "./money";
import { final, follow, send } from "./sent";
import { data, every, mirrored, refresh } from "./server";
import { Session } from "./session";
import { Progress } from "./steps";
import type { Connection } from "./wallet";
import { Told } from "./words";

const STEPS = ["You confirm", "Sent", "Paid", "Shown here", "Final"];
const CLAIMABLE = new Set(["claimable", "carried", "halted"]);
const LIMIT = 1_000;

interface Leaf {
  subject: Hex;
  identity: string | null;
  amount: Money;
  grain: Money;
  state: string;
  payee: Address | null;
}

interface Call {
  chain_id: number;
  contract: Address;
  subject: Hex;
  previous: Hex;
  claims: { terms: Record<string, string>; index: number; cred: string }[];
  proof: { hash: Hex; sum: string }[];
  to: Address | null;
  calldata: Hex | null;
}

/** One panel of one final epoch. */
class Claiming {
  private readonly session: Session;
  private readonly progress: Progress;
  private running = 0;

  constructor(private readonly panel: HTMLElement) {
    this.progress = new Progress(panel);
    this.session = new Session(panel, (found) => this.joined(found), (words) => this.progress.fail(words));
  }

  private get base(): string {
    const { pool, epoch } = this.panel.dataset;
    return `/v1/pools/${pool}/distributions/${epoch}`;
  }

  private get query(): string {
    return `?distributor=${this.panel.dataset.distributor}`;
  }

  private async joined(found: Connection | null): Promise<void> {
    this.running++;
    part(this.panel, "standing").textContent = "";
    part(this.panel, "shares").replaceChildren();
    show(part(this.panel, "untrue"), false);
    this.progress.clear();
    if (!found) return;
    try {
      if (await this.holds(found)) await this.list(found);
    } catch (error) {
      this.progress.fail(await this.session.words(error));
    }
  }

  /** Whether the contract that would pay is the one of this pool, by the chain. */
  private async holds(found: Connection): Promise<boolean> {
    const { distributor, hub, pool } = this.panel.dataset;
    const at = getAddress(distributor!);
    const { provider } = found.wallet;
    const [named, owner] = await Promise.all(
      ["hub", "pool"].map((name) => view(provider, "CredDistributor", at, name)),
    );
    const known = await view(provider, "Hub", getAddress(hub!), "is_pool", [getAddress(pool!)]);
    const right =
      getAddress(named as string) === getAddress(hub!) && getAddress(owner as string) === getAddress(pool!) && known;
    if (!right) this.untrue("the contract that would pay you is not one of this pool");
    return Boolean(right);
  }

  private untrue(lie: string): void {
    show(part(this.panel, "untrue"), true);
    part(this.panel, "lies").replaceChildren(made("li", "", lie));
  }

  private async list(found: Connection): Promise<void> {
    const leaves = await this.leavesOf(found.account);
    if (this.session.connection !== found) return;
    const open = leaves.filter((leaf) => CLAIMABLE.has(leaf.state));
    const paid = leaves.filter((leaf) => leaf.state === "paid");
    part(this.panel, "standing").textContent = standing(leaves.length, open.length, paid);
    part(this.panel, "shares").replaceChildren(...open.map((leaf) => this.card(leaf)));
  }

  private async leavesOf(account: Address): Promise<Leaf[]> {
    const found = await every<Leaf>(`${this.base}/leaves${this.query}&limit=${LIMIT}`);
    return found.filter((leaf) => leaf.payee && getAddress(leaf.payee) === account);
  }

  private card(leaf: Leaf): HTMLElement {
    const what = `${amountOf(leaf.amount)} and ${amountOf(leaf.grain)}`;
    const button = made("button", "button strong", `Claim ${amountOf(leaf.amount)}`);
    button.setAttribute("type", "button");
    onPress(button, () => this.claim(leaf));
    const who = leaf.identity ? `As ${leaf.identity}` : "As this account";
    return made("li", "sheet", made("p", "", made("strong", "", what)), made("p", "small quiet", who), button);
  }

  private async claim(leaf: Leaf): Promise<void> {
    const run = ++this.running;
    busy(this.panel, true);
    try {
      await this.claimed(run, leaf);
    } catch (error) {
      if (run === this.running) this.progress.fail(await this.session.words(error));
    } finally {
      busy(this.panel, false);
    }
  }

  private async claimed(run: number, leaf: Leaf): Promise<void> {
    const { account, wallet } = this.session.connection!;
    const { call } = (await data(`${this.base}/claims/${leaf.subject}${this.query}`)) as { call: Call };
    const bytes = this.bytesOf(call, account);
    this.progress.begin(STEPS);
    this.progress.reach(0, "Look into your wallet: it asks you to send the transaction.");
    const sent = await send(wallet.provider, account, call.contract, bytes);
    this.progress.reach(1, "It is sent. It waits for a block.");
    this.progress.note(1, sent.hash);
    const fate = await follow(wallet.provider, sent, {
      unseen: () => this.progress.say("Your wallet's node no longer knows the transaction. Look into your wallet."),
      silent: () => this.progress.say("Your wallet's node does not answer. This page goes on asking."),
    });
    if (fate.kind === "replaced") throw new Told("Your transaction was replaced by another one of yours.", "If you did not cancel it, claim again.");
    if (fate.kind === "reverted") throw new Told("Your transaction failed on the chain: the contract refused it.", "Load the page again and look what changed.");
    this.progress.reach(3, "You are paid. This page follows in a moment.");
    this.progress.note(2, fate.hash);
    if (!(await mirrored(fate.block)) || run !== this.running) return;
    await refresh();
    const connection = this.session.connection;
    if (connection) await this.list(connection);
    this.progress.well(4, "You are paid, and this page shows it. It is final in some minutes.");
    if (await final(wallet.provider, fate.hash, fate.block)) this.progress.done("You are paid, and it is final.");
  }

  /** The call, made here of its parts: what the server gives must be the same, and go to her. */
  private bytesOf(call: Call, account: Address): Hex {
    const claims = call.claims.map(({ terms, index, cred }) => ({
      terms: whole(terms),
      index: BigInt(index),
      cred: BigInt(cred),
    }));
    const proof = call.proof.map(({ hash, sum }) => ({ hash, sum: BigInt(sum) }));
    const args = [call.subject, call.previous, claims, proof, account];
    const bytes = encoded("CredDistributor", "claim", args);
    const { chainId, distributor } = this.panel.dataset;
    const right = getAddress(call.contract) === getAddress(distributor!) && call.chain_id === Number(chainId);
    if (!right || bytes !== call.calldata) {
      this.untrue("the call that this server gives for your claim is not the one for your account");
      throw new Told("Nothing was asked of your wallet.", "See above what stands in the way.");
    }
    return bytes;
  }
}

/** Numbers as numbers; the root stays bytes. */
const whole = (terms: Record<string, string>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(terms).map(([name, text]) => [name, name === "root" ? text : BigInt(text)]));

function standing(all: number, open: number, paid: Leaf[]): string {
  if (all === 0) return "No share of this epoch is linked to this account.";
  const had = paid.length ? ` You were paid ${paid.map((leaf) => amountOf(leaf.amount)).join(", ")} already.` : "";
  if (open === 0) return `Nothing is left for you to claim here.${had}`;
  return `${open === 1 ? "One share is" : `${open} shares are`} yours to claim.${had}`;
}

/** Bring the panel of this page to life, if there is one. */
export function claiming(): void {
  const panel = document.querySelector<HTMLElement>('[data-panel="claim"]');
  if (!panel) return;
  show(part(panel, "without"), false);
  show(part(panel, "with"), true);
  new Claiming(panel);
}
