import type { OperatorKey } from "#services/gateway/operators/operators.ts";
import type { AwsLocalConfig } from "../backend/aws-local-backend.ts";
import type { RegionUpdate } from "./region-update.ts";

/** How a Region's process is to run. */
export interface RegionConfig {
  readonly region: string;
  /** All of the installation, in the order that numbers them. */
  readonly regions: readonly string[];
  /** Of this Region alone. */
  readonly dataFolder: string;
  /** The other Regions, and the ports where this one reaches them. */
  readonly peers: readonly { readonly region: string; readonly port: number }[];
  /** How many matching processes come to it. */
  readonly zones: number;
  /** Who may run markets and shards. */
  readonly operators: readonly OperatorKey[];
  readonly update: RegionUpdate;
  /** Where the servers are that play AWS; `null` where it stands on files of its data folder. */
  readonly awsLocal: AwsLocalConfig | null;
  readonly snapshotCommands?: number | undefined;
}
