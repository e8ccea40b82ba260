import type { BackendName } from "../cli/options.ts";

/** What the data folder of a platform of processes holds, in words for whoever starts it. */
export function platformLayout(regions: number, backend: BackendName = "embedded"): string {
  const on = backend === "embedded" ? "" : ` --backend ${backend}`;
  return regions === 1
    ? `one Region in processes (--regions 1${on})`
    : `${regions} Regions (--regions ${regions}${on})`;
}

/** The same for the folder of one of its Regions. */
export function regionLayout(region: string, regions: number): string {
  return regions === 1 ? `${region}, the only Region` : `${region}, one of ${regions} Regions`;
}
