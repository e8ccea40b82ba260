import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startEmbeddedRegion } from "../embedded-region.ts";

/** Does work against the platform at `url`, or, if nothing answers there and `mayStart`, against one that lives as long as the work. */
export async function withPlatform<T>(
  url: string,
  mayStart: boolean,
  say: (line: string) => void,
  work: (url: string) => Promise<T>,
): Promise<T> {
  if (!mayStart || (await answers(url))) return work(url);
  const folder = mkdtempSync(join(tmpdir(), "meridian-replay-"));
  try {
    const region = await startEmbeddedRegion({
      port: 0,
      dataFolder: folder,
      faucet: true,
      rateLimits: "generous",
    });
    say(
      `Nothing answers at ${url}: started a platform of its own at ${region.url}, which ends with the replay.`,
    );
    try {
      return await work(region.url);
    } finally {
      await region.stop();
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function answers(url: string): Promise<boolean> {
  try {
    await (await fetch(`${url}/healthz`)).body?.cancel();
    return true;
  } catch {
    return false;
  }
}
