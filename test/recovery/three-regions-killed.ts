import { expect } from "chai";
import { after, describe, it } from "mocha";
import type { Audit } from "#local/chaos/load/audit.ts";
import { auditAtRest } from "#local/chaos/load/audit-at-rest.ts";
import { ClientLedger, type LedgerEntry } from "#local/chaos/load/client-ledger.ts";
import { balancesOf, type LoadAccount, openLoadAccount } from "#local/chaos/load/load-account.ts";
import { LoadGenerator } from "#local/chaos/load/load-generator.ts";
import { LOAD_MARKETS } from "#local/chaos/load/load-market.ts";
import { systemClock } from "#shared/adapters/real/system-clock.ts";
import { becomesTrue } from "#test/support/becomes-true.ts";
import { eventually } from "#test/support/eventually.ts";
import { temporaryFolders } from "#test/support/folders.ts";
import { oneStory } from "#test/support/one-story.ts";
import { type PlatformProcess, startPlatformProcess, throwAway } from "#test/support/platform-process.ts";
import { SEED } from "#test/support/seed.ts";
import { seededRandom } from "#test/support/seeded-random.ts";
import { controlOf, drawTarget, killProcesses, type Target } from "./region-kills.ts";
import { expectSameTapes } from "./same-tapes.ts";

const ORDERS_PER_SECOND = 40;
const LOCATIONS = ["new-york", "london", "tokyo", "singapore"] as const;
const ACCOUNTS = 12;
/** Between two kills so many orders are acknowledged, at least and at most: some kills fall into the recovery from the one before. */
const [ACKNOWLEDGED_MIN, ACKNOWLEDGED_MAX] = [5, 80];
/** Within this time after the last kill every order must have been told to its client. */
const RECOVERY_MS = 120_000;
/** Far more than a kill and what follows it take: only what hangs comes so far. */
const TIMEOUT_PER_KILL_MS = 45_000;

/** Defines the tests of three Regions of which any process is killed so many times under load. */
export function threeRegionsKilled(kills: number): void {
  describe("three Regions whose processes are killed under load", function () {
    this.timeout(240_000 + TIMEOUT_PER_KILL_MS * kills);
    oneStory();
    const random = seededRandom(SEED);
    const clock = systemClock();
    const folders = temporaryFolders();
    const folder = folders.make();
    const ledger = new ClientLedger();
    const accounts: LoadAccount[] = [];
    const since = clock.now();
    const run = `k${SEED}`;
    let platform: PlatformProcess;
    let result: Audit;

    after(async () => {
      if (platform) await throwAway(platform, folder);
      folders.removeAll();
    });

    it(`lose any of their processes ${kills} times, and the supervisor too, and serve on (seed ${SEED})`, async () => {
      platform = await startPlatformProcess(["--port", "0", "--no-bots", "--data", folder]);
      const { port } = new URL(platform.url);
      for (let at = 0; at < ACCOUNTS; at++) accounts.push(await openAccount(at));
      const load = new LoadGenerator({
        accounts,
        ordersPerSecond: ORDERS_PER_SECOND,
        ledger,
        clock,
        random: seededRandom(SEED + 1),
        run,
      });
      load.start();
      const killed = new Map<Target["kind"], number>();
      for (let kill = 0; kill < kills; kill++) {
        const enough = acknowledged() + ACKNOWLEDGED_MIN + random.below(ACKNOWLEDGED_MAX - ACKNOWLEDGED_MIN);
        await eventually(() => acknowledged() >= enough);
        const target = drawTarget(random);
        killed.set(target.kind, (killed.get(target.kind) ?? 0) + 1);
        if (target.kind !== "supervisor") {
          await killProcesses(folder, target.processes);
          continue;
        }
        await platform.kill("SIGKILL");
        platform = await startPlatformProcess(["--port", port, "--no-bots", "--data", folder]);
      }
      await becomesTrue("all processes are back", async () =>
        (await controlOf(folder).status()).processes.every(({ isReady }) => isReady),
      );
      await load.stop(RECOVERY_MS);
      const asked = { name: run, since, tradesBefore: new Map() };
      const rest = await auditAtRest(
        { control: controlOf(folder), clock },
        accounts,
        ledger,
        asked,
        RECOVERY_MS,
      );
      result = rest.result;
      process.stdout.write(`      ${figures(killed, result, ledger)}\n`);
      const untold = ledger.entries.filter(({ outcome }) => outcome === undefined);
      expect(untold.map(told).join("\n"), "orders that nobody told of").to.equal("");
      expect(rest.isAtRest, "all forks replayed and outboxes empty").to.equal(true);
      expect(result.acknowledged).to.be.greaterThan(kills * ACKNOWLEDGED_MIN);
    });

    it("have every order that was acknowledged, once, and balances that its trades explain", () => {
      expect(result.lost.join("\n"), "lost").to.equal("");
      expect(result.doubled.join("\n"), "doubled").to.equal("");
      expect(result.wrongBalances.join("\n"), "balances").to.equal("");
      expect(result.differingTrades.join("\n"), "trades").to.equal("");
    });

    it("hold the same tape of every shard in all Regions, folded to the same events", async () => {
      expect((await platform.kill("SIGTERM")).exitCode).to.equal(0);
      await expectSameTapes(folder);
    });

    function acknowledged(): number {
      return ledger.entries.filter(({ outcome }) => outcome?.kind === "acknowledged").length;
    }

    async function openAccount(at: number): Promise<LoadAccount> {
      const market = LOAD_MARKETS[at % LOAD_MARKETS.length];
      const location = LOCATIONS[at % LOCATIONS.length];
      if (market === undefined || location === undefined) throw new Error("there are markets and locations");
      const user = { name: `trader-${at}`, password: "correct horse battery" };
      const account = await openLoadAccount(platform.url, user, location, market);
      return { ...account, funds: await balancesOf(account) };
    }
  });
}

function told({ account, clientOrderId, attempts, lastAnswer }: LedgerEntry): string {
  return `${clientOrderId} of ${account}: ${attempts} attempts, last ${lastAnswer}`;
}

function figures(killed: ReadonlyMap<string, number>, result: Audit, ledger: ClientLedger): string {
  const kinds = [...killed].map(([kind, count]) => `${count} ${kind}`).join(", ");
  const { acknowledged, lost, doubled, compensated, unknown, refused } = result;
  return `killed: ${kinds}; ${ledger.entries.length} orders, ${acknowledged} acknowledged, ${refused} refused, ${unknown} unknown: ${lost.length} lost, ${doubled.length} doubled, ${compensated} compensated`;
}
