// SPDX-License-Identifier: AGPL-3.0-only
// The server that this page came from: its API, its relay, and the page itself, anew.

import type { Hex } from "viem";
import { pause } from "./sent";
import { Told } from "./words";
import type { Steps } from "./words";

export interface RelayStatus {
  works: boolean;
  trouble: { detail: string; next_step: string } | null;
}

/** Where something stands that was handed in. */
export interface Item {
  id: Hex;
  state: "received" | "ready" | "sent" | "done" | "final" | "refused";
  reason: string | null;
  next_step: string | null;
  transaction_hash: Hex | null;
  block_number: number | null;
  relay_works: boolean;
}

interface Problem {
  title?: string;
  detail?: string;
  next_step?: string;
}

const sentence = (text: string): string =>
  `${text.charAt(0).toUpperCase()}${text.slice(1)}${/[.!?]$/.test(text) ? "" : "."}`;

async function asked(path: string, body?: unknown): Promise<unknown> {
  const headers = { "Content-Type": "application/json" };
  const sent = body === undefined ? {} : { method: "POST", headers, body: JSON.stringify(body) };
  let reply: Response;
  try {
    reply = await fetch(path, { ...sent, cache: "no-store", credentials: "omit" });
  } catch {
    throw new Told("This server does not answer.", "Check your connection, then try again.");
  }
  if (reply.ok) return reply.json();
  const problem = (await reply.json().catch(() => ({}))) as Problem;
  throw new Told(
    sentence(problem.detail ?? problem.title ?? `the server answered ${reply.status}`),
    sentence(problem.next_step ?? "try again later"),
  );
}

export const relayStatus = async (): Promise<RelayStatus> =>
  (await asked("/v1/relay")) as RelayStatus;

export const itemOf = async (id: Hex): Promise<Item> =>
  (await asked(`/v1/relay/items/${id}`)) as Item;

export const handIn = async (pool: string, ballot: unknown): Promise<Item> =>
  (await asked("/v1/relay/ballots", { pool, ballot })) as Item;

export const data = async (path: string): Promise<unknown> =>
  ((await asked(path)) as { data: unknown }).data;

/** A whole list, page by page. */
export async function every<T>(path: string): Promise<T[]> {
  const found: T[] = [];
  let after = "";
  for (;;) {
    const page = (await asked(`${path}${after}`)) as { data: T[]; next: string | null };
    found.push(...page.data);
    if (page.next === null) return found;
    after = `&after=${encodeURIComponent(page.next)}`;
  }
}

let steps: Steps | null = null;

/** What to do about each reason that a contract gives; fetched when one does. */
export async function stepsFrom(path: string): Promise<Steps> {
  if (steps === null) {
    try {
      steps = (await asked(path)) as Steps;
    } catch {
      return {};
    }
  }
  return steps;
}

/** Until the mirror has this block; false when it took too long. */
export async function mirrored(block: number): Promise<boolean> {
  for (let round = 0; round < 120; round++) {
    const status = (await asked("/status").catch(() => null)) as { block_number: number } | null;
    if (status && status.block_number >= block) return true;
    await pause(round < 30 ? 500 : 3_000);
  }
  return false;
}

/** Take the parts of the page that show the chain from a new one; the focus stays where it was. */
export async function refresh(): Promise<void> {
  const reply = await fetch(location.href, { cache: "no-store" });
  if (!reply.ok) return;
  const fresh = new DOMParser().parseFromString(await reply.text(), "text/html");
  for (const old of document.querySelectorAll<HTMLElement>("[data-fresh]")) {
    const found = fresh.getElementById(old.id);
    if (found && found.innerHTML !== old.innerHTML) swap(old, document.adoptNode(found));
  }
  for (const old of document.querySelectorAll<HTMLElement>("[data-panel]")) {
    const found = fresh.getElementById(old.id);
    if (found) Object.assign(old.dataset, { ...found.dataset });
  }
}

function swap(old: HTMLElement, found: HTMLElement): void {
  const held = document.activeElement;
  const place = old.contains(held) && held !== old ? places(old).indexOf(held as HTMLElement) : -1;
  const open = [...old.querySelectorAll("details")].map((each) => each.open);
  old.replaceWith(found);
  found.querySelectorAll("details").forEach((each, at) => {
    each.open = open[at] ?? each.open;
  });
  if (place >= 0) places(found)[place]?.focus();
  else if (held === old) found.focus();
}

const places = (within: HTMLElement): HTMLElement[] => [
  ...within.querySelectorAll<HTMLElement>("a, button, summary, [tabindex]"),
];
