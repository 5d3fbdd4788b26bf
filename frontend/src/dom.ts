// SPDX-License-Identifier: AGPL-3.0-only
// Small hands for a page that the server has written.

/** The part of a panel that the template named so. */
export function part<E extends HTMLElement = HTMLElement>(within: ParentNode, name: string): E {
  const found = within.querySelector<E>(`[data-part="${name}"]`);
  if (!found) throw new Error(`the page has no part ${name}`);
  return found;
}

export function show(element: HTMLElement, shown: boolean): void {
  element.hidden = !shown;
}

/** A new element with its text or children. */
export function made(tag: string, classes = "", ...children: (Node | string)[]): HTMLElement {
  const element = document.createElement(tag);
  if (classes) element.className = classes;
  element.append(...children);
  return element;
}

/** An address as the templates write it. */
export function address(text: string): HTMLElement {
  const code = made("code", "address");
  code.append(made("span", "", text.slice(0, -5)), made("span", "", text.slice(-5)));
  return code;
}

/** Let a button work unless it is busy; it keeps the focus while it is. */
export function onPress(button: HTMLElement, act: () => Promise<void>): void {
  button.addEventListener("click", () => {
    if (button.getAttribute("aria-disabled") !== "true") void act();
  });
}

export function busy(within: ParentNode, is: boolean): void {
  for (const button of within.querySelectorAll("button")) {
    if (is) button.setAttribute("aria-disabled", "true");
    else button.removeAttribute("aria-disabled");
  }
}
