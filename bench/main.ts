import { exitWithClearLine } from "#local/cli/fatal.ts";
import { tuneV8 } from "#services/matching/tune-v8.ts";
import { enginePart } from "./engine/engine-part.ts";
import { latencyPart } from "./load/latency-part.ts";
import { ratePart } from "./load/rate-part.ts";
import { telemetryPart } from "./load/telemetry-part.ts";
import { type Machine, thisMachine } from "./machine.ts";
import { type PartName, parseBenchOptions } from "./options.ts";
import type { PartOptions, PartResult } from "./part.ts";
import { writeResult } from "./write-result.ts";

const RUN: Record<PartName, (options: PartOptions) => Promise<PartResult>> = {
  engine: enginePart,
  rest: (options) => ratePart("rest", options),
  sockets: (options) => ratePart("sockets", options),
  latency: latencyPart,
  telemetry: telemetryPart,
};

/** `npm run bench`: progress on standard error, tables on standard output, figures in bench/results. */
async function main(): Promise<void> {
  const options = parseBenchOptions(process.argv.slice(2));
  if (options.kind === "help") {
    process.stdout.write(options.text);
    return;
  }
  tuneV8();
  const machine = thisMachine();
  process.stdout.write(`${describe(machine)}\n`);
  const say = (line: string) => process.stderr.write(`  ${line}\n`);
  for (const part of options.parts) {
    const result = await RUN[part]({ runs: options.runs, seconds: options.seconds, say });
    process.stdout.write(`\n${result.title}\n\n${result.table}\n`);
    if (options.write) {
      const { title, rows } = result;
      process.stdout.write(`\n${writeResult(part, { title, machine, runs: options.runs, rows })}\n`);
    }
  }
}

function describe({ node, cpu, cores, memoryGiB, platform, loadBefore }: Machine): string {
  const line = `Node ${node}, ${cores} × ${cpu}, ${memoryGiB} GiB, ${platform}`;
  if (loadBefore < cores / 4) return line;
  return `${line}\nThe machine is busy with other work (load ${loadBefore}): the figures are too low. Run again when it is quiet.`;
}

main().catch(exitWithClearLine);
