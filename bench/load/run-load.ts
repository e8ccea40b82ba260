import { spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { type ServerProcess, startPlatform, startServer } from "../servers/server-process.ts";
import type { LoadPlan, LoadResult } from "./load-plan.ts";

const MAIN = fileURLToPath(new URL("main.ts", import.meta.url));

/** Starts the platform and its bare peer, runs the load against both, and stops them. */
export async function runLoad(
  plan: Omit<LoadPlan, "peerUrl" | "platformUrl" | "peerCpuUrl" | "platformCpuUrl" | "isPeerPlatform">,
): Promise<LoadResult[]> {
  const peer = await startServer(
    `bench/servers/${plan.transport === "rest" ? "express" : "socket-io"}-echo.ts`,
  );
  try {
    const platform = await startPlatform();
    try {
      return await load({ ...plan, ...urlsOf(peer, platform), isPeerPlatform: false });
    } finally {
      await platform.stop();
    }
  } finally {
    await peer.stop();
  }
}

/** Where the load finds two servers. */
export function urlsOf(peer: ServerProcess, platform: ServerProcess) {
  return {
    ...{ peerUrl: peer.url, platformUrl: platform.url },
    ...{ peerCpuUrl: peer.cpuUrl, platformCpuUrl: platform.cpuUrl },
  };
}

/** Runs the load against two servers that are up. */
export async function load(plan: LoadPlan): Promise<LoadResult[]> {
  const child = spawn(process.execPath, [MAIN, JSON.stringify(plan)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const exited = once(child, "close");
  const output = await text(child.stdout);
  await exited;
  if (child.exitCode !== 0) throw new Error(`the load ended with exit code ${child.exitCode}`);
  return JSON.parse(output) as LoadResult[];
}
