// SPDX-License-Identifier: AGPL-3.0-only
// Voting: what the chain says is checked, the member chooses, signs or sends, and sees it counted.

import { getAddress } from "#viem/address/getAddress.js";
import type { Address, Hex } from "viem";
import { ballotOf, fileOf, sign } from "./ballot";
import type { Choice, Signed } from "./ballot";
import { encoded, isWalletContract } from "./chain";
import { busy, made, onPress, part, show } from "./dom";
import { final, follow, pause, send } from "./sent";
import type { Sent } from "./sent";
import { handIn, itemOf, mirrored, refresh, relayStatus } from "./server";
import type { Item } from "./server";
import { Session } from "./session";
import { Progress } from "./steps";
import { recall, remember } from "./store";
import { ACTIVE, PENDING, QUEUED, STATES, truth } from "./truth";
import type { Shown, Truth } from "./truth";
import type { Connection } from "./wallet";
import { Told } from "./words";

const NAMES = ["Against", "For", "Abstain"];
const MOST_CASTS = 5;
const MOST_BYTES = 1024;
const SIGNING = ["You sign", "Handed to the relay", "Sent to the chain", "Counted", "Shown here", "Final"];
const SENDING = ["You confirm", "Sent", "Counted", "Shown here", "Final"];

/** What goes on over a reload. */
type Underway = { item: Hex } | { sent: Sent };

/** One panel of one proposal. */
class Voting {
  private readonly session: Session;
  private readonly progress: Progress;
  private readonly provider = () => this.session.connection!.wallet.provider;
  private known: Truth | null = null;
  private signed: Signed | null = null;
  private running = 0;

  constructor(private readonly panel: HTMLElement) {
    this.progress = new Progress(panel);
    this.session = new Session(panel, (found) => this.joined(found), (words) => this.progress.fail(words));
    onPress(part(panel, "sign"), () => this.acting((run) => this.bySignature(run)));
    onPress(part(panel, "send"), () => this.acting((run) => this.byTransaction(run)));
    onPress(part(panel, "look"), () => this.look());
    onPress(part(panel, "again"), () => this.acting((run) => this.handedIn(run)));
    void this.relay();
  }

  private get shown(): Shown {
    const { chainId, hub, pool, governor, proposal, state, tally, block, content } = this.panel.dataset;
    return {
      chainId: Number(chainId),
      hub: getAddress(hub!),
      pool: getAddress(pool!),
      governor: getAddress(governor!),
      proposal: BigInt(proposal!),
      state: state!,
      tally: tally!,
      block: Number(block),
      content: JSON.parse(content!) as Shown["content"],
    };
  }

  private get place(): string {
    return `vote.${this.shown.chainId}.${this.shown.proposal}`;
  }

  // --- who, and what the chain says -------------------------------------------------------------

  private async joined(found: Connection | null): Promise<void> {
    show(part(this.panel, "ballot"), false);
    show(part(this.panel, "untrue"), false);
    part(this.panel, "standing").textContent = "";
    this.signed = null;
    show(part(this.panel, "kept"), false);
    this.running++;
    this.progress.clear();
    if (!found) return;
    await this.look();
  }

  private async look(): Promise<void> {
    const again = part(this.panel, "look");
    show(again, false);
    this.progress.clear();
    try {
      await this.check();
      void this.resume();
    } catch (error) {
      part(this.panel, "standing").textContent = "";
      this.progress.fail(await this.session.words(error));
      show(again, true);
    }
  }

  /** Hold the page against the chain; the ballot is offered only where nothing differs. */
  private async check(): Promise<Truth | null> {
    const { connection } = this.session;
    if (!connection) return null;
    const standing = part(this.panel, "standing");
    if (!standing.textContent) standing.textContent = "Asking the chain through your wallet…";
    const found = await truth(connection.wallet.provider, this.shown, connection.account);
    if (this.session.connection !== connection) return null;
    this.known = found;
    this.tell(found);
    return found.lies.length === 0 && mayVote(found) ? found : null;
  }

  private tell(found: Truth): void {
    const untrue = part(this.panel, "untrue");
    show(untrue, found.lies.length > 0);
    part(this.panel, "lies").replaceChildren(...found.lies.map((each) => made("li", "", each)));
    part(this.panel, "standing").textContent = [standingOf(found), ...found.gaps.map(gap)].join(" ");
    show(part(this.panel, "ballot"), found.lies.length === 0 && mayVote(found));
    const againstOnly = found.state === QUEUED || found.casts === MOST_CASTS - 1;
    for (const radio of this.radios) {
      radio.disabled = againstOnly && radio.value !== "0";
      if (radio.disabled) radio.checked = false;
    }
  }

  private get radios(): HTMLInputElement[] {
    return [...this.panel.querySelectorAll<HTMLInputElement>("input[type=radio]")];
  }

  private choice(): Choice {
    const chosen = this.radios.find((each) => each.checked);
    if (!chosen) throw new Told("No ballot is chosen.", "Choose one of the three first.");
    const reason = part<HTMLTextAreaElement>(this.panel, "reason").value.trim();
    const size = new TextEncoder().encode(reason).length;
    if (size > MOST_BYTES) {
      throw new Told(`Your reason has ${size} bytes.`, `Shorten it to ${MOST_BYTES}, or link to a longer text.`);
    }
    return { support: Number(chosen.value), reason };
  }

  /** The state of the relay, before anybody signs in vain. */
  private async relay(): Promise<void> {
    const line = part(this.panel, "relay");
    if (this.panel.dataset.relay !== "on") return;
    try {
      const status = await relayStatus();
      const why = status.trouble ? ` It says: ${status.trouble.detail}.` : "";
      line.textContent = status.works
        ? "The relay works: your ballot costs you nothing."
        : `The relay of this server is down.${why} What you sign is kept and goes out when it is back; or send it yourself.`;
    } catch (error) {
      line.textContent = (await this.session.words(error)).what;
    }
  }

  // --- acting -----------------------------------------------------------------------------------

  private async acting(act: (run: number) => Promise<void>): Promise<void> {
    const run = ++this.running;
    busy(this.panel, true);
    try {
      await act(run);
    } catch (error) {
      if (run === this.running) this.progress.fail(await this.session.words(error));
    } finally {
      busy(this.panel, false);
    }
  }

  private async ready(): Promise<{ found: Truth; account: Address }> {
    const { connection } = this.session;
    const found = await this.check();
    if (!connection || !found) {
      throw new Told("Nothing was asked of your wallet.", "See above what stands in the way.");
    }
    return { found, account: connection.account };
  }

  private async bySignature(run: number): Promise<void> {
    const choice = this.choice();
    const { found, account } = await this.ready();
    const { chainId, governor, proposal } = this.shown;
    this.progress.begin(SIGNING);
    this.progress.reach(0, "Look into your wallet: it shows the ballot that you sign.");
    const ballot = ballotOf(proposal, account, choice, found.casts, found.eta);
    const signature = await sign(this.provider(), ballot, chainId, governor);
    const byWallet = (await isWalletContract(this.provider(), account)) ? { byWallet: true as const } : {};
    const reason = choice.reason ? { reason: choice.reason } : {};
    this.keep({ ...ballot, ...byWallet, ...reason, signature });
    if (this.panel.dataset.relay !== "on") {
      throw new Told(
        "Your ballot is signed, but this server has no relay to bring it.",
        "Download it and give it to anybody, or send it yourself as a transaction.",
      );
    }
    await this.handedIn(run);
  }

  /** The signed ballot stays at hand until it is counted. */
  private keep(signed: Signed): void {
    this.signed = signed;
    const { name, content } = fileOf(signed);
    const link = part<HTMLAnchorElement>(this.panel, "download");
    URL.revokeObjectURL(link.href);
    link.href = URL.createObjectURL(new Blob([content], { type: "application/json" }));
    link.download = name;
    show(part(this.panel, "kept"), true);
    show(part(this.panel, "again"), this.panel.dataset.relay === "on");
  }

  private async handedIn(run: number): Promise<void> {
    if (!this.signed) return;
    this.progress.reach(1, "Handing your ballot to the relay.");
    let item: Item;
    try {
      item = await handIn(this.panel.dataset.pool!, this.signed);
    } catch (error) {
      const { what, next } = await this.session.words(error);
      throw new Told(
        `Your ballot is signed but was not handed in: ${what}`,
        `${next} You can also download it for somebody else to bring, or send it as a transaction.`,
      );
    }
    show(part(this.panel, "again"), false);
    this.underway({ item: item.id });
    await this.relayed(run, item);
  }

  private async relayed(run: number, first: Item): Promise<void> {
    let item = first;
    while (run === this.running && !["done", "final", "refused"].includes(item.state)) {
      this.progress.reach(item.state === "sent" ? 2 : 1, waiting(item));
      await pause(1_000);
      item = await itemOf(item.id).catch(() => item);
    }
    if (run !== this.running) return;
    if (item.state === "refused") {
      this.underway(null);
      const next = item.next_step ?? "look at the proposal and sign again if you still want it";
      throw new Told(`The relay could not bring your ballot: ${item.reason}.`, `${upper(next)}.`);
    }
    await this.counted(run, 3, item.transaction_hash, item.block_number ?? 0);
    while (run === this.running && item.state !== "final" && item.block_number !== null) {
      await pause(4_000);
      item = await itemOf(item.id).catch(() => item);
    }
    this.ended(run, item.state === "final");
  }

  private async byTransaction(run: number): Promise<void> {
    const choice = this.choice();
    const { account } = await this.ready();
    const { governor, proposal } = this.shown;
    const name = choice.reason ? "castVoteWithReason" : "castVote";
    const args = [proposal, choice.support, ...(choice.reason ? [choice.reason] : [])];
    this.progress.begin(SENDING);
    this.progress.reach(0, "Look into your wallet: it asks you to send the transaction.");
    const sent = await send(this.provider(), account, governor, encoded("Governor", name, args));
    this.underway({ sent });
    await this.followed(run, sent);
  }

  private async followed(run: number, sent: Sent): Promise<void> {
    this.progress.reach(1, "It is sent. It waits for a block.");
    this.progress.note(1, sent.hash);
    const fate = await follow(this.provider(), sent, {
      unseen: () => {
        if (run !== this.running) return;
        this.progress.fail(DROPPED);
        busy(this.panel, false);
      },
      silent: (error) => {
        void this.session.words(error).then(({ what }) => {
          if (run === this.running) this.progress.say(`${what} Your transaction is still under way; this page goes on asking.`);
        });
      },
    });
    if (run !== this.running) return;
    if (fate.kind !== "mined") this.underway(null);
    if (fate.kind === "reverted") throw new Told("Your transaction failed on the chain: the contract refused it.", "Load the page again and look what changed.");
    if (fate.kind === "replaced") throw new Told(...REPLACED);
    if (fate.spedUp) this.progress.say("You sped it up in your wallet; the faster one counts.");
    await this.counted(run, 2, fate.hash, fate.block);
    this.ended(run, await final(this.provider(), fate.hash, fate.block));
  }

  /** It is in a block: wait for the mirror, and show what it shows. */
  private async counted(run: number, step: number, hash: Hex | null, block: number): Promise<void> {
    this.progress.reach(step + 1, "Your ballot is counted on the chain. This page follows in a moment.");
    this.progress.note(step, hash);
    this.signed = null;
    show(part(this.panel, "kept"), false);
    const shown = await mirrored(block);
    if (run !== this.running) return;
    if (shown) {
      await refresh();
      await this.check().catch(() => null);
      const stands = this.known?.stands;
      const name = stands === null || stands === undefined ? "Your ballot" : `Your ballot “${NAMES[stands]}”`;
      this.progress.well(step + 2, `${name} is counted, and this page shows it. It is final in some minutes.`);
    } else {
      this.progress.fail({
        what: "Your ballot is counted on the chain, but this server does not show it yet.",
        next: "Its mirror is behind. Load the page again later; your ballot is safe.",
      });
    }
    busy(this.panel, false);
  }

  private ended(run: number, isFinal: boolean): void {
    if (run !== this.running) return;
    this.underway(null);
    if (isFinal) this.progress.done("Your ballot is counted, and final.");
  }

  private underway(what: Underway | null): void {
    remember(this.place, what);
  }

  /** Go on with what was under way when the page was left. */
  private async resume(): Promise<void> {
    const left = recall<Underway>(this.place);
    if (!left) return;
    await this.acting(async (run) => {
      this.progress.begin("item" in left ? SIGNING : SENDING);
      if ("item" in left) await this.relayed(run, await itemOf(left.item));
      else await this.followed(run, left.sent);
    });
  }
}

const DROPPED = {
  what: "The node of your wallet no longer knows your transaction: it was probably dropped.",
  next: "Look into your wallet, then send it again. If it appears after all, this page will tell.",
};
const REPLACED: [string, string] = [
  "Your transaction was replaced by another one of yours, so it does not count.",
  "If you cancelled it in your wallet, all is well; else vote again.",
];

const upper = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
const gap = (text: string): string => `Not checked: ${text}.`;

function waiting(item: Item): string {
  if (item.state === "sent") return "The relay has sent it. It waits for a block.";
  const why = item.reason ? ` It waits: ${item.reason}.` : " It gathers ballots for up to half a minute.";
  if (!item.relay_works) return "The relay is down just now; your ballot is kept and goes out when it is back.";
  return `The relay has your ballot.${why}`;
}

function mayVote(found: Truth): boolean {
  const open = found.state === ACTIVE || found.state === QUEUED;
  return open && found.isVoter && found.casts < MOST_CASTS;
}

/** What the chain says of her, in words. */
function standingOf(found: Truth): string {
  if (!found.isMember) return "This account is no member of the pool, so it cannot vote.";
  const seat = `You are the member at seat ${found.seat}.`;
  if (!found.isVoter) return `${seat} You joined after this was proposed, so you cannot vote on it.`;
  if (found.state === PENDING) return `${seat} The vote is not open yet.`;
  if (found.state !== ACTIVE && found.state !== QUEUED) {
    return `${seat} On the chain this proposal is ${STATES[found.state] ?? "unknown"}, so no ballots are taken.`;
  }
  if (found.stands === null) return `${seat} You have not voted yet.`;
  const left = MOST_CASTS - found.casts;
  const more =
    left === 0
      ? "You have used all five of your ballots."
      : left === 1
        ? "You can change it once more, to Against only."
        : `You can change it ${left} times more.`;
  return `${seat} Your ballot stands as “${NAMES[found.stands]}”. ${more}`;
}

/** Bring the panel of this page to life, if there is one. */
export function voting(): void {
  const panel = document.querySelector<HTMLElement>('[data-panel="vote"]');
  if (!panel) return;
  show(part(panel, "without"), false);
  show(part(panel, "with"), true);
  new Voting(panel);
}
