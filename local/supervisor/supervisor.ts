import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { defaultDefinitions } from "#shared/config/definitions.ts";
import type { RegionId } from "#shared/domain/ids.ts";
import type { Clock } from "#shared/ports/clock.ts";
import { OperatingError } from "#shared/ports/operating-error.ts";
import type { Random } from "#shared/ports/random.ts";
import { openMetrics } from "#shared/telemetry/open-metrics.ts";
import { type LocalCloud, startLocalCloud } from "../aws-local/local-cloud.ts";
import { operatorsFromEnvironment } from "../cli/operators-from-environment.ts";
import type { BackendName, RegionCount } from "../cli/options.ts";
import { LinkConditions } from "../links/link-conditions.ts";
import { startLinkNetwork } from "../links/link-network.ts";
import { wanLatency } from "../links/wan-latencies.ts";
import { checkPort } from "../listen.ts";
import type { ObserveConfig } from "../observe/main.ts";
import { prometheusProgram } from "../observe/prometheus-program.ts";
import type { RegionConfig } from "../region-process/region-config.ts";
import type { RegionObservation } from "../region-process/region-observation.ts";
import type { RegionUpdate } from "../region-process/region-update.ts";
import { openSharedIdentity } from "../shared-identity.ts";
import { startMetricsServer } from "../telemetry/metrics-server.ts";
import { writeMetricsTargets } from "../telemetry/metrics-targets.ts";
import { startControlServer } from "./control-server.ts";
import { openPlatformFolder } from "./open-platform-folder.ts";
import type { PlatformControl } from "./platform-control.ts";
import { RunningExperiments } from "./running-experiments.ts";
import { type ChildEvents, type ChildSpec, SupervisedChild } from "./supervised-child.ts";

export const REGIONS = ["us-east-1", "eu-west-1", "ap-northeast-1"] as const;
export const ZONES = ["a", "b"] as const;
const WEB_FOLDER = fileURLToPath(new URL("../../services/web/dist", import.meta.url));
const program = (path: string) => fileURLToPath(new URL(path, import.meta.url));

export interface SupervisorOptions {
  /** The edge's; 0 for any free port. */
  readonly port: number;
  readonly dataFolder: string;
  readonly fresh: boolean;
  readonly regions: RegionCount;
  readonly bots: boolean;
  /** Who shows it may look at the operations page beside the operator; nobody watches the platform where it is missing. */
  readonly viewToken?: string | undefined;
  readonly backend: BackendName;
  /** Of the real distances between Regions, in percent. */
  readonly latencyPercent: number;
  readonly snapshotCommands?: number | undefined;
  readonly clock: Clock;
  readonly random: Random;
  /** Asks to stop, in the middle of the start too. */
  readonly signal?: AbortSignal;
  /** A process ended and is started again. */
  readonly onRestart: (name: string, line: string) => void;
  /** The platform cannot go on. */
  readonly onFailure: (error: Error) => void;
}

export interface RunningPlatform {
  readonly url: string;
  stop(): Promise<void>;
}

/** A process of the platform could not be kept running. */
export class ProcessGivenUp extends OperatingError {
  override readonly name = "ProcessGivenUp";
}

/**
 * Runs the platform as processes: each Region, its two matching zones, the edge and the bots; what dies is started again. Resolves when all are ready. Rejects with
 * an `OperatingError` if one cannot start, and with the signal's reason if that asks to stop meanwhile; nothing is left running then.
 */
export async function startSupervisor(options: SupervisorOptions): Promise<RunningPlatform> {
  const { dataFolder, fresh, clock, random, viewToken, backend } = options;
  const operators = operatorsFromEnvironment();
  const regions = REGIONS.slice(0, options.regions);
  const folder = openPlatformFolder(dataFolder, { fresh, backend, regions: regions.length });
  try {
    // Looked at before anything is started: the edge, which wants it, comes late.
    await checkPort(options.port);
  } catch (error) {
    folder.close();
    throw error;
  }
  // Its files are made before several processes want them at the same time.
  if (backend === "embedded") await openSharedIdentity(dataFolder).close();
  const conditions = new LinkConditions(wanLatency(options.latencyPercent));
  const network = await startLinkNetwork({ regions, conditions, clock, random });
  const ports = new Map<string, Readonly<Record<string, number>>>();
  const children = new Map<string, SupervisedChild>();
  const observations = new Map<string, RegionObservation>();
  const updates = new Map<string, RegionUpdate>();
  // Experiments move shards too; nobody but this process knows their token.
  const experiments = { name: "experiments", token: Buffer.from(random.bytes(24)).toString("base64url") };
  let tapeDivergences = 0;
  const failed = Promise.withResolvers<never>();
  failed.promise.catch(() => {});
  const { signal } = options;
  signal?.addEventListener("abort", () => failed.reject(signal.reason));
  let isRunning = false;
  let onProgress = () => {};
  let cloud: LocalCloud | undefined;
  const onFailure = (error: Error) => {
    if (isRunning) options.onFailure(error);
    else failed.reject(error);
  };

  const targetsFile = join(dataFolder, "metrics-targets.json");
  const open = openMetrics({ service: "supervisor" });
  const running = new RunningExperiments(clock, open.metrics);
  const metricsServer = await startMetricsServer(open);
  ports.set("supervisor", { metrics: metricsServer.port });
  const metricsTargets = () =>
    [...ports].flatMap(([name, { metrics }]) => (metrics === undefined ? [] : [{ name, port: metrics }]));
  const opsPort = () => ports.get("observe")?.ops ?? 0;
  const gateways = () => regions.map((region) => ({ region, port: ports.get(region)?.gateway ?? 0 }));
  /** Of the gateway of the Region that owns a shard: it is the one that can hand it over. */
  const ownerPort = (shard: string) => {
    const told = [...observations.values()].flatMap(({ shards }) => shards);
    const newest = told.filter((each) => each.shard === shard).toSorted((a, b) => b.epoch - a.epoch)[0];
    return ports.get(newest?.owner ?? "")?.gateway ?? 0;
  };
  const edgeUpdate = () => ({ regions: gateways(), opsPort: opsPort() });
  const edgePort = () => ports.get("edge")?.edge ?? options.port;
  const zonesPort = (region: string) => ports.get(region)?.zones ?? 0;

  const add = (spec: ChildSpec, events: Partial<ChildEvents> = {}) => {
    const child = new SupervisedChild(spec, clock, {
      onPorts: (opened) => {
        ports.set(spec.name, { ...ports.get(spec.name), ...opened });
        if (opened.metrics !== undefined) writeMetricsTargets(targetsFile, metricsTargets());
        events.onPorts?.(opened);
      },
      onReady: () => onProgress(),
      onObservation: (observation) => observations.set(spec.name, observation as RegionObservation),
      onDivergence: () => tapeDivergences++,
      onDeath: (line) => {
        observations.delete(spec.name);
        options.onRestart(spec.name, line);
      },
      onGivenUp: (line) => onFailure(new ProcessGivenUp(line.replace(/^meridian: /, ""))),
    });
    children.set(spec.name, child);
    child.start();
    return child;
  };
  const ready = async () => {
    const all = new Promise<void>((resolve) => {
      onProgress = () => {
        if ([...children.values()].every(({ isReady }) => isReady)) resolve();
      };
      onProgress();
    });
    await Promise.race([all, failed.promise]);
  };
  const stopAll = async () => {
    const stop = (role: string) =>
      Promise.all(
        [...children.values()].filter(({ spec }) => spec.role === role).map((child) => child.stop()),
      );
    // Who asks before who answers; the Regions take a last snapshot from their zones.
    for (const role of ["bots", "edge", "observe", "region", "zone"]) await stop(role);
    await network.close();
    await metricsServer.close();
    await cloud?.stop();
    rmSync(join(dataFolder, "control.json"), { force: true });
    rmSync(targetsFile, { force: true });
    folder.close();
  };

  const control: PlatformControl = {
    status: () => ({
      backend,
      servers: cloud?.breakable ?? [],
      url: children.get("edge")?.isReady === true ? `http://localhost:${edgePort()}` : undefined,
      regions: gateways().map(({ region, port }) => ({
        region,
        gatewayPort: port,
        observation: observations.get(region) ?? null,
      })),
      tapeDivergences,
      processes: [...children.values()].map(({ spec, pid, isReady, restarts }) => ({
        name: spec.name,
        role: spec.role,
        pid,
        isReady,
        restarts,
      })),
      links: regions.flatMap((from) =>
        regions.filter((to) => to !== from).map((to) => ({ from, to, ...conditions.of({ from, to }) })),
      ),
      experiments: running.names,
      prometheusUrl: prometheusUrl(ports.get("observe")?.prometheus),
    }),
    signal: (name, signal) => {
      const child = children.get(name);
      if (child?.pid === undefined) return false;
      child.signal(signal);
      return true;
    },
    changeLink: (path, change) => conditions.change(path, change),
    resetLinks: () => conditions.reset(),
    update: (region, update) => {
      if (!regions.some((each) => each === region)) return false;
      updates.set(region, update);
      children.get(region)?.update(update);
      return true;
    },
    beginExperiment: (name, forMs) => running.begin(name, forMs),
    endExperiment: (name) => running.end(name),
    setServer: async (name, isUp) => (await cloud?.setUp(name, isUp)) ?? false,
    throttleJournal: (region, isThrottled) => cloud?.throttle.set(region, isThrottled) ?? false,
    promote: (shard, to) => promoteShard(ownerPort(shard), experiments.token, shard, to),
  };

  try {
    signal?.throwIfAborted();
    if (backend === "aws-local") {
      const { shards } = defaultDefinitions();
      cloud = await startLocalCloud({
        regions: regions as readonly string[] as readonly RegionId[],
        shards: shards.length,
        clock,
        onFailure,
      });
      writeFileSync(join(dataFolder, "aws-local.json"), `${JSON.stringify(cloud.places, null, 2)}\n`);
      signal?.throwIfAborted();
    }
    for (const region of regions) {
      const zones = ZONES.map((zone) => ({ name: `${region}/${zone}`, zone }));
      const config = (): RegionConfig => ({
        region,
        regions,
        dataFolder: join(dataFolder, region),
        peers: regions
          .filter((peer) => peer !== region)
          .map((peer) => ({ region: peer, port: network.port(region, peer) })),
        zones: ZONES.length,
        operators: [...operators, experiments],
        update: updates.get(region) ?? { journalPerSecond: null },
        snapshotCommands: options.snapshotCommands,
        awsLocal: cloud?.configOf(region as string as RegionId) ?? null,
      });
      const onPorts = (opened: Readonly<Record<string, number>>) => {
        if (opened.link !== undefined) network.setTarget(region, opened.link);
        if (opened.gateway !== undefined) children.get("edge")?.update(edgeUpdate());
        if (opened.zones === undefined) return;
        for (const { name, zone } of zones) {
          const update = { region, zone, port: zonesPort(region) };
          const child = children.get(name);
          if (child !== undefined) child.update(update);
          else
            add({
              name,
              role: "zone",
              program: program("../zones/main.ts"),
              config: () => ({ region, zone, port: zonesPort(region) }),
            });
        }
      };
      add(
        { name: region, role: "region", program: program("../region-process/main.ts"), config },
        { onPorts },
      );
    }
    add({
      name: "edge",
      role: "edge",
      program: program("../edge/main.ts"),
      config: () => ({ port: edgePort(), ...edgeUpdate(), webFolder: WEB_FOLDER }),
    });
    if (viewToken !== undefined) {
      const config = (): ObserveConfig => ({
        program: prometheusProgram() ?? null,
        folder: join(dataFolder, "prometheus"),
        targetsFile,
        tokens: [...operators.map(({ token }) => token), viewToken],
      });
      add(
        { name: "observe", role: "observe", program: program("../observe/main.ts"), config },
        { onPorts: ({ ops }) => ops !== undefined && children.get("edge")?.update(edgeUpdate()) },
      );
    }
    await ready();
    const controlServer = await startControlServer(control, join(dataFolder, "control.json"));
    const url = `http://localhost:${edgePort()}`;
    await Promise.race([edgeSeesAll(url, clock), failed.promise]);
    isRunning = true;
    if (options.bots) {
      add({
        name: "bots",
        role: "bots",
        program: program("../bots/main.ts"),
        config: () => ({ url, credentialsFile: join(dataFolder, "bots.json") }),
      });
    }
    return {
      url,
      stop: async () => {
        await controlServer.close();
        await stopAll();
      },
    };
  } catch (error) {
    await stopAll();
    throw error;
  }
}

function prometheusUrl(port: number | undefined): string | null {
  return port === undefined ? null : `http://127.0.0.1:${port}`;
}

async function promoteShard(port: number, token: string, shard: string, to: string) {
  const response = await fetch(`http://127.0.0.1:${port}/meridian/v1/ownership/${shard}/promote`, {
    method: "POST",
    headers: { Authorization: `Bearer ${token}`, "Content-Type": "application/json" },
    body: JSON.stringify({ to }),
  });
  return { status: response.status, body: await response.json() };
}

/** Ready is what clients find at the edge. */
async function edgeSeesAll(url: string, clock: Clock): Promise<void> {
  for (;;) {
    const answer = await fetch(`${url}/edge/v1/regions`);
    const { regions } = (await answer.json()) as { regions: { healthy: boolean }[] };
    if (regions.every(({ healthy }) => healthy)) return;
    await new Promise<void>((resolve) => clock.schedule(50, resolve));
  }
}
