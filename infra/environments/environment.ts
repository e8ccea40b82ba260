import type { RegionName } from "#infra/facts/regions.ts";

/** One deployment of the platform, as its owner describes it. `checkEnvironment` says what is wrong with one. */
export interface Environment {
  readonly name: "dev" | "staging" | "prod";
  readonly owner: Owner;
  /** In the order in which changes are applied. The first is the home: what exists once (user pool, primary keys) is there. */
  readonly regions: readonly RegionSettings[];
  readonly gateway: GatewaySettings;
  readonly matching: MatchingSettings;
  readonly reconciliation: TaskSize;
  /** CPU share of a task that is spot: cheap, and taken away at two minutes' notice. */
  readonly spot: boolean;
  readonly commandLog: CommandLogSettings;
  readonly fanout: { readonly nodeType: string; readonly nodes: number };
  readonly ledger: LedgerSettings;
  /** Log search; without it logs are searched in CloudWatch. */
  readonly search:
    | { readonly instanceType: string; readonly nodes: number; readonly diskGib: number }
    | undefined;
  readonly network: NetworkSettings;
  readonly register: { readonly readUnits: number; readonly writeUnits: number };
  readonly logDays: number;
  readonly backupDays: number;
  /** What holds data refuses to be deleted. */
  readonly deletionProtection: boolean;
  /** Shield Advanced costs 3000 USD a month and a year's commitment, an organization. */
  readonly shieldAdvanced: boolean;
  /** A managed Grafana and Prometheus, and FIS experiments. */
  readonly dashboards: boolean;
  readonly experiments: boolean;
  /** Everybody may take test funds: never where money is real. */
  readonly testFunds: boolean;
  readonly monthlyBudgetUsd: number;
}

/** Whose account it is. */
export interface Owner {
  /** 12 digits. An apply in another account is refused. */
  readonly accountId: string;
  /** The zone that is delegated to this environment, as `dev.example.com`. */
  readonly domain: string;
  /** Where alarms and budget warnings go. */
  readonly alertEmail: string;
  /** Whose workflows may deploy: `owner/repository` on GitHub. */
  readonly repository: string;
  /** The image that the services run. */
  readonly imageTag: string;
}

export interface RegionSettings {
  readonly name: RegionName;
  /** Three of the Region's zones. The first two are the matching slots a and b. */
  readonly zones: readonly [string, string, string];
  /** A /16 that overlaps no other Region's. */
  readonly cidr: string;
}

/** What a Fargate task gets. */
export interface TaskSize {
  /** In units of 1/1024 vCPU. */
  readonly cpu: number;
  readonly memoryMib: number;
}

export interface GatewaySettings extends TaskSize {
  readonly tasksMin: number;
  readonly tasksMax: number;
  /** Sockets a task is meant to hold: more make more tasks. */
  readonly connectionsPerTask: number;
}

export interface MatchingSettings extends TaskSize {
  /** Which shards are folded together: one task a group and zone slot. Every shard is in one group. */
  readonly groups: readonly MatchingGroup[];
}

export interface MatchingGroup {
  readonly name: string;
  readonly shards: readonly string[];
}

export interface CommandLogSettings {
  /** Kinesis shards of a Region's stream: one for each of Meridian's shards, or fewer that they share. */
  readonly shards: number;
  /** Registered consumers, which are told at once (about 70 ms) and cost by consumer and shard; without them readers poll. */
  readonly fanOut: boolean;
  /** At least 7 days where there are several Regions: a lost one may come back with a tail that nobody else saw. */
  readonly retentionHours: number;
  /** Shards of the stream of trades and book deltas; 0 for no such stream. */
  readonly marketShards: number;
}

export interface LedgerSettings {
  readonly minAcu: number;
  readonly maxAcu: number;
  /** Instances in the home Region, and in each other Region (where they follow). */
  readonly instances: number;
}

export interface NetworkSettings {
  /** One NAT gateway, or one a zone: a single one is a zone's failure away from no egress. */
  readonly natGateways: "one" | "each-zone";
  /** AWS services that get an interface endpoint in the VPC; S3 and DynamoDB have free gateway endpoints everywhere. */
  readonly interfaceEndpoints: readonly string[];
}
