// SPDX-License-Identifier: AGPL-3.0-only
// Amounts as people read them; never a float.

export interface Money {
  amount: string;
  asset: { address: string; symbol: string | null; decimals: number | null };
}

const FEW = 2;

/** With thousands apart, and at least two decimals where the asset has them. */
export function amountOf({ amount, asset }: Money): string {
  const decimals = asset.decimals ?? 0;
  const digits = amount.padStart(decimals + 1, "0");
  const whole = digits.slice(0, digits.length - decimals).replace(/\B(?=(\d{3})+$)/g, ",");
  const rest = decimals ? digits.slice(-decimals).replace(/0+$/, "").padEnd(Math.min(FEW, decimals), "0") : "";
  return `${whole}${rest ? `.${rest}` : ""} ${asset.symbol ?? "units"}`;
}
