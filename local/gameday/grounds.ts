import type { Clock } from "#shared/ports/clock.ts";
import type { Random } from "#shared/ports/random.ts";
import type { LoadAccount } from "../chaos/load/load-account.ts";
import { openAccounts } from "../chaos/load/open-accounts.ts";
import { type OpenStage, openStage } from "../chaos/open-stage.ts";
import { CommandLineError } from "../cli/fatal.ts";
import { PrometheusClient } from "../observe/prometheus-client.ts";

/** The platform on which a game day is held, what watches it, and who trades on it. */
export interface Grounds extends OpenStage {
  readonly client: PrometheusClient;
  readonly accounts: readonly LoadAccount[];
  /** Resolves where the platform cannot go on: why. */
  readonly ended: Promise<string>;
}

export interface GroundsOptions {
  readonly dataFolder: string;
  readonly accounts: number;
  readonly random: Random;
}

/** What must be there before anything is broken: a watchdog that fires. */
const WATCHED_WITHIN_MS = 120_000;

/** The platform that runs on a data folder, or one that is started there. Throws `CommandLineError` where nothing watches it. */
export async function openGrounds({ dataFolder, accounts, random }: GroundsOptions): Promise<Grounds> {
  const viewToken = Buffer.from(random.bytes(18)).toString("base64url");
  const ended = Promise.withResolvers<string>();
  const open = await openStage({
    ...{ dataFolder, regions: 3, backend: "embedded", viewToken },
    onFailure: (error) => ended.resolve(`the platform ended: ${error.message}`),
  });
  try {
    const client = await watchedBy(open);
    const { url, stage } = open;
    return {
      ...open,
      client,
      accounts: await openAccounts(url, stage, accounts, stage.clock.now()),
      ended: ended.promise,
    };
  } catch (error) {
    await open.close();
    throw error;
  }
}

/** The Prometheus that watches the platform, once its watchdog fires. Throws `CommandLineError`. */
async function watchedBy({ stage: { control, clock } }: OpenStage): Promise<PrometheusClient> {
  const end = clock.monotonic() + WATCHED_WITHIN_MS;
  while (clock.monotonic() < end) {
    const { prometheusUrl } = await control.status();
    if (prometheusUrl !== null) {
      const client = new PrometheusClient(prometheusUrl);
      const alerts = await client.alerts().catch(() => []);
      if (alerts.some(({ labels }) => labels.alertname === "Watchdog")) return client;
    }
    await pause(clock, 500);
  }
  throw new CommandLineError(
    "The platform is not watched: start it with --observe, or let the game day start one.",
  );
}

export function pause(clock: Clock, ms: number): Promise<void> {
  return new Promise((resolve) => clock.schedule(ms, resolve));
}
