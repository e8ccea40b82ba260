/** Fargate's pairs of CPU units and MiB (https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-tasks-services.html). */
export const FARGATE_MEMORY_MIB: Readonly<Record<number, readonly number[]>> = {
  256: [512, 1024, 2048],
  512: range(1, 4),
  1024: range(2, 8),
  2048: range(4, 16),
  4096: range(8, 30),
  8192: range(16, 60, 4),
  16384: range(32, 120, 8),
};

function range(fromGib: number, toGib: number, stepGib = 1): number[] {
  return Array.from({ length: (toGib - fromGib) / stepGib + 1 }, (_, at) => (fromGib + at * stepGib) * 1024);
}

/** The ElastiCache node types that Meridian uses, all of them Graviton, with their memory in GiB. */
export const CACHE_NODE_GIB: Readonly<Record<string, number>> = {
  "cache.t4g.micro": 0.5,
  "cache.t4g.small": 1.37,
  "cache.t4g.medium": 3.09,
  "cache.m7g.large": 6.38,
  "cache.r7g.large": 13.07,
};

/** OpenSearch data nodes. The t3 family is for trying out: it has no cold storage and little memory. */
export const SEARCH_INSTANCES: readonly string[] = [
  "t3.small.search",
  "t3.medium.search",
  "m6g.large.search",
  "r6g.large.search",
];

/** Aurora Serverless v2: half units from 0 (which pauses when idle; PostgreSQL 16.3 and later) to 256. */
export const AURORA_ACU = { min: 0, max: 256, step: 0.5 } as const;

/** Lambda runtimes of Node that the pinned provider accepts. */
export const LAMBDA_RUNTIMES: readonly string[] = ["nodejs18.x", "nodejs20.x", "nodejs22.x"];

/** CloudWatch takes these retentions only, in days. */
export const LOG_RETENTION_DAYS: readonly number[] = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
];
