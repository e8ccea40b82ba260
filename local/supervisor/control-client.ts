import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { LinkCondition, LinkPath } from "../links/link-conditions.ts";
import type { RegionUpdate } from "../region-process/region-update.ts";
import type { PlatformStatus } from "./platform-control.ts";

/** A running platform, seen and disturbed through its control endpoint. */
export interface ControlClient {
  status(): Promise<PlatformStatus>;
  /** Throws if there is no such process now. */
  signal(name: string, signal: "SIGKILL" | "SIGSTOP" | "SIGCONT"): Promise<void>;
  changeLink(path: LinkPath, change: Partial<LinkCondition>): Promise<void>;
  resetLinks(): Promise<void>;
  updateRegion(region: string, update: RegionUpdate): Promise<void>;
  /** An experiment disturbs the platform from now on, for so long at most: who is on call sees it. */
  beginExperiment(name: string, forMs: number): Promise<void>;
  endExperiment(name: string): Promise<void>;
  /** Kills a server that plays AWS, or starts it again. Throws if there is none of that name. */
  setServer(name: string, isUp: boolean): Promise<void>;
  /** Throttles the journal's table of a Region. Throws where Regions stand on files. */
  throttleJournal(region: string, isThrottled: boolean): Promise<void>;
  /** Resolves when the shard's new owner has it. Throws `ControlRefusal` (409) if the platform says that it does not come to that now. */
  promote(shard: string, to: string): Promise<void>;
}

/** The control endpoint said no. */
export class ControlRefusal extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** The platform that runs on a data folder; `undefined` where none does. */
export function findPlatform(dataFolder: string): ControlClient | undefined {
  const file = join(dataFolder, "control.json");
  if (!existsSync(file)) return undefined;
  const { url, token, pid } = JSON.parse(readFileSync(file, "utf8")) as {
    url: string;
    token: string;
    pid: number;
  };
  if (!isAlive(pid)) return undefined;
  const call = async (method: string, path: string, body?: object): Promise<unknown> => {
    const response = await fetch(`${url}${path}`, {
      method,
      headers: { Authorization: `Bearer ${token}`, "Content-Type": "application/json" },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const answer = (await response.json()) as { error?: string };
    if (!response.ok) throw new ControlRefusal(response.status, `${method} ${path}: ${answer.error}`);
    return answer;
  };
  return {
    status: async () => (await call("GET", "/v1/status")) as PlatformStatus,
    signal: async (name, signal) => {
      await call("POST", `/v1/processes/${name}`, { signal });
    },
    changeLink: async (path, change) => {
      await call("POST", "/v1/links", { ...path, ...change });
    },
    resetLinks: async () => {
      await call("DELETE", "/v1/links");
    },
    updateRegion: async (region, update) => {
      await call("POST", `/v1/regions/${region}`, update);
    },
    beginExperiment: async (name, forMs) => {
      await call("POST", `/v1/experiments/${name}`, { forMs });
    },
    endExperiment: async (name) => {
      await call("DELETE", `/v1/experiments/${name}`);
    },
    setServer: async (name, isUp) => {
      await call("POST", `/v1/servers/${name}`, { isUp });
    },
    throttleJournal: async (region, isThrottled) => {
      await call("POST", `/v1/journals/${region}`, { isThrottled });
    },
    promote: async (shard, to) => {
      await call("POST", `/v1/shards/${shard}`, { to });
    },
  };
}

/** A supervisor that was killed leaves its file behind. */
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
