/** What the data folder of a platform of processes holds, in words for whoever starts it. */
export function platformLayout(regions: number): string {
  return regions === 1
    ? "one Region in processes (--regions 1)"
    : `${regions} Regions (--regions ${regions})`;
}

/** The same for the folder of one of its Regions. */
export function regionLayout(region: string, regions: number): string {
  return regions === 1 ? `${region}, the only Region` : `${region}, one of ${regions} Regions`;
}
