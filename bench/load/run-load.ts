import { spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { startPlatform, startServer } from "../servers/server-process.ts";
import type { LoadPlan, LoadResult } from "./load-plan.ts";

const MAIN = fileURLToPath(new URL("main.ts", import.meta.url));

/** Starts the platform and its bare peer, runs the load against both, and stops them. */
export async function runLoad(plan: Omit<LoadPlan, "peerUrl" | "platformUrl">): Promise<LoadResult[]> {
  const peer = await startServer(
    `bench/servers/${plan.transport === "rest" ? "express" : "socket-io"}-echo.ts`,
  );
  try {
    const platform = await startPlatform();
    try {
      return await load({ ...plan, peerUrl: peer.url, platformUrl: platform.url });
    } finally {
      await platform.stop();
    }
  } finally {
    await peer.stop();
  }
}

async function load(plan: LoadPlan): Promise<LoadResult[]> {
  const child = spawn(process.execPath, [MAIN, JSON.stringify(plan)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const exited = once(child, "close");
  const output = await text(child.stdout);
  await exited;
  if (child.exitCode !== 0) throw new Error(`the load ended with exit code ${child.exitCode}`);
  return JSON.parse(output) as LoadResult[];
}
