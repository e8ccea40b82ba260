import { expect } from "chai";
import { checkEnvironment, EnvironmentError } from "#infra/environments/check-environment.ts";
import type { Environment } from "#infra/environments/environment.ts";
import { ENVIRONMENTS } from "#infra/environments/environments.ts";
import { ownerFromVariables } from "#infra/environments/owner.ts";

const OWNER = ownerFromVariables({});

describe("an environment", () => {
  for (const [name, make] of Object.entries(ENVIRONMENTS))
    it(`${name} can be`, () => {
      checkEnvironment(make(OWNER));
    });

  const prod = ENVIRONMENTS.prod(OWNER);
  const [virginia, ireland, tokyo] = prod.regions;
  if (virginia === undefined || ireland === undefined || tokyo === undefined)
    throw new Error("three Regions");

  const wrong: Record<string, [change: Partial<Environment>, says: string]> = {
    "two Regions, of which none is a majority": [
      { regions: [virginia, ireland] },
      "2 Regions: a majority needs 3",
    ],
    "a zone that the Region does not have": [
      {
        regions: [
          virginia,
          ireland,
          { ...tokyo, zones: ["ap-northeast-1a", "ap-northeast-1b", "ap-northeast-1c"] },
        ],
      },
      "zone ap-northeast-1b: ap-northeast-1 has ap-northeast-1a, ap-northeast-1c, ap-northeast-1d",
    ],
    "both slots in one zone": [
      { regions: [virginia, tokyo, { ...ireland, zones: ["eu-west-1a", "eu-west-1a", "eu-west-1b"] }] },
      "Region eu-west-1: a zone twice",
    ],
    "two Regions with the same addresses": [
      { regions: [virginia, ireland, { ...tokyo, cidr: ireland.cidr }] },
      "two Regions with the same cidr",
    ],
    "a pair of CPU and memory that Fargate does not have": [
      { reconciliation: { cpu: 1024, memoryMib: 1024 } },
      "reconciliation: 1024 MiB with 1024 CPU units; Fargate has 2048 to 8192 for it",
    ],
    "a CPU size that Fargate does not have": [
      { reconciliation: { cpu: 300, memoryMib: 1024 } },
      "reconciliation: 300 CPU units; Fargate has 256, 512",
    ],
    "a shard that nobody folds": [
      { matching: { ...prod.matching, groups: [{ name: "one", shards: ["crypto-1", "crypto-2"] }] } },
      "shard equity-1: in no matching group",
    ],
    "a shard that is folded twice": [
      {
        matching: {
          ...prod.matching,
          groups: [...prod.matching.groups, { name: "again", shards: ["crypto-1"] }],
        },
      },
      "shard crypto-1: in two matching groups",
    ],
    "a cache node that is not in the table": [
      { fanout: { nodeType: "cache.t9.huge", nodes: 2 } },
      "fan-out node cache.t9.huge: not one of cache.t4g.micro",
    ],
    "an instance type that OpenSearch does not have": [
      { search: { instanceType: "m6g.large", nodes: 3, diskGib: 20 } },
      "search instance m6g.large: not one of t3.small.search",
    ],
    "capacity that Aurora does not have": [
      { ledger: { minAcu: 0.3, maxAcu: 4, instances: 1 } },
      "ledger: 0.3 ACU; Aurora takes 0 to 256 in halves",
    ],
    "logs that forget before a lost Region may be back": [
      { commandLog: { ...prod.commandLog, retentionHours: 24 } },
      "command log: kept 24 h; several Regions need 168",
    ],
    "a retention that CloudWatch does not have": [{ logDays: 42 }, "logs kept 42 days"],
    "an account id that is none": [{ owner: { ...OWNER, accountId: "12" } }, "account id 12: not 12 digits"],
    "a domain that is none": [
      { owner: { ...OWNER, domain: "https://x" } },
      "domain https://x: not a host name",
    ],
  };
  for (const [what, [change, says]] of Object.entries(wrong))
    it(`cannot have ${what}`, () => {
      expect(() => checkEnvironment({ ...prod, ...change })).to.throw(EnvironmentError, says);
    });

  it("names everything that is wrong at once", () => {
    try {
      checkEnvironment({ ...prod, logDays: 42, backupDays: 99 });
    } catch (error) {
      expect(error).to.be.instanceOf(EnvironmentError);
      expect((error as EnvironmentError).problems).to.have.lengthOf(2);
      return;
    }
    expect.fail("it was taken");
  });
});
