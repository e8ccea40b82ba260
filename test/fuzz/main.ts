import { exitWithClearLine } from "#local/cli/fatal.ts";
import { COMPARED, ORACLE } from "#test/support/engines.ts";
import { fuzz } from "./fuzz.ts";
import { parseFuzzOptions } from "./options.ts";

/** `npm run fuzz`: ends with 1 as soon as the engines differ, with 0 when the time is over or at Ctrl-C. */
async function main(): Promise<void> {
  const options = parseFuzzOptions(process.argv.slice(2));
  if (options.kind === "help") {
    process.stdout.write(options.text);
    return;
  }
  const { seconds, seed } = options;
  const names = [ORACLE, ...COMPARED].map(({ name }) => name).join(", ");
  process.stdout.write(`fuzz: ${names}; seed ${seed}, ${seconds} s\n`);
  const begin = performance.now();
  let isStopped = false;
  process.once("SIGINT", () => {
    isStopped = true;
  });
  const isOver = () => isStopped || performance.now() - begin >= 1000 * seconds;
  const { scenarios, commands, finding } = await fuzz(ORACLE, COMPARED, seed, isOver);
  const took = ((performance.now() - begin) / 1000).toFixed(1);
  process.stdout.write(`fuzz: ${scenarios} scenarios, ${commands} commands in ${took} s\n`);
  if (finding === undefined) {
    process.stdout.write("fuzz: no difference\n");
    return;
  }
  for (const [at, envelope] of finding.stream.entries())
    process.stdout.write(`${at} ${JSON.stringify(envelope)}\n`);
  process.stdout.write(`\n${finding.difference}\n\nfuzz: again: npm run fuzz -- --seed ${finding.seed}\n`);
  process.exitCode = 1;
}

main().catch(exitWithClearLine);
