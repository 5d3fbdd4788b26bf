// SPDX-License-Identifier: AGPL-3.0-only
// How far something is: a list that fills up, and a line that a screen reader speaks.

import { address, made, part, show } from "./dom";
import type { Words } from "./words";

/** The list of steps and the line of one panel. */
export class Progress {
  private readonly list: HTMLElement;
  private readonly line: HTMLElement;
  private at = 0;

  constructor(panel: HTMLElement) {
    this.list = part(panel, "steps");
    this.line = part(panel, "said");
  }

  begin(words: readonly string[]): void {
    this.at = 0;
    this.list.replaceChildren(...words.map((each) => made("li", "", each)));
    show(this.list, true);
    this.mark();
  }

  /** This step is being done now; the ones before it are done. */
  reach(step: number, said: string): void {
    this.at = step;
    this.mark();
    this.say(said);
  }

  /** A step with the hash of its transaction. */
  note(step: number, hash: string | null): void {
    const at = this.list.children[step];
    if (hash && at && !at.querySelector("code")) at.append(" ", address(hash));
  }

  /** What the member wanted is so. */
  well(step: number, said: string): void {
    this.at = step;
    this.mark();
    this.put("notice good", said);
  }

  /** All is done. */
  done(said: string): void {
    this.well(this.list.children.length, said);
  }

  private mark(): void {
    [...this.list.children].forEach((item, index) => {
      item.className = index < this.at ? "done" : index === this.at ? "now" : "";
      if (index === this.at) item.setAttribute("aria-current", "step");
      else item.removeAttribute("aria-current");
    });
  }

  say(text: string): void {
    this.put("notice", text);
  }

  /** What went wrong, and what to do. */
  fail(words: Words): void {
    const now = this.list.children[this.at];
    if (now) now.className = "failed";
    this.put("notice bad", words.what, words.next);
  }

  clear(): void {
    show(this.list, false);
    this.put("", "");
  }

  private put(classes: string, what: string, next = ""): void {
    const lines = [what, next].filter((text) => text !== "").map((text) => made("p", "", text));
    this.line.className = classes;
    this.line.replaceChildren(...lines);
  }
}
