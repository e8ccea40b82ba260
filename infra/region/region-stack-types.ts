import type { RegionSettings } from "../environments/environment.ts";
import type { RegionName } from "../facts/regions.ts";
import type { MeridianStack } from "../stack.ts";
import type { RegionNetwork } from "./network.ts";

/** What the parts of a Region's stack build on. */
export interface RegionBase {
  readonly stack: MeridianStack;
  readonly settings: RegionSettings;
  readonly network: RegionNetwork;
  /** Encrypts what is stored. */
  readonly dataKeyArn: string;
  /** The same key in each Region. */
  readonly dataKeyArns: ReadonlyMap<RegionName, string>;
  /** Where metrics go: the workspace in the home Region. */
  readonly metrics: { readonly workspaceArn: string; readonly writeUrl: string };
  /** Seals the secrets of API keys and webhooks. */
  readonly sealingKeyArn: string;
}

export function isHome({ stack }: RegionBase): boolean {
  return stack.environment.regions[0]?.name === stack.region;
}
