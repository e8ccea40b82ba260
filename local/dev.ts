import { exitWithClearLine } from "./cli/fatal.ts";
import { parseOptions } from "./cli/options.ts";
import { startPageServer } from "./page-server.ts";
import { type Running, runUntilStopped } from "./run-until-stopped.ts";
import { startPlatform } from "./start-platform.ts";

/** `npm run dev`: the same platform as `npm start`, with the page from its sources. */
async function main(): Promise<void> {
  const options = parseOptions(process.argv.slice(2));
  if (options.kind === "help") {
    process.stdout.write(options.text.replace("npm start", "npm run dev"));
    return;
  }
  await runUntilStopped(
    "Meridian is ready, with hot reload",
    async (signal): Promise<Running | undefined> => {
      const platform = await startPlatform({ ...options, port: 0 }, signal);
      if (platform === undefined) return undefined;
      const page = await startPageServer(options.port, platform.url);
      return {
        url: page.url,
        notes: platform.notes?.map((note) => note.replace(platform.url, page.url)) ?? [],
        stop: async () => {
          await page.stop();
          await platform.stop();
        },
      };
    },
  );
  process.exit(0);
}

process.on("uncaughtException", exitWithClearLine);
main().catch(exitWithClearLine);
