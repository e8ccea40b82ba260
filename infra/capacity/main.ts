import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { costOfMillion } from "./cost.ts";
import { latencyBudgets } from "./latency.ts";
import { parseCapacityOptions } from "./options.ts";
import { withCapacity } from "./page.ts";
import { capacityPlan } from "./plan.ts";
import { MARKET_LIMITS, SHARD_LIMITS } from "./shard-limits.ts";
import { capacityText } from "./text.ts";

const PAGE = fileURLToPath(new URL("../../docs/scaling.md", import.meta.url));

/** `npm run capacity`. */
const options = parseCapacityOptions(process.argv.slice(2));
if (options.kind === "help") process.stdout.write(options.text);
else if (options.kind === "wrong") {
  process.stderr.write(`meridian: ${options.line}\n`);
  process.exitCode = 2;
} else if (options.write) {
  writeFileSync(PAGE, withCapacity(readFileSync(PAGE, "utf8")));
  process.stdout.write("wrote docs/scaling.md\n");
} else {
  const plans = options.questions.map(capacityPlan);
  if (options.json) {
    const detailed = plans.map((plan) => ({
      ...plan,
      latency: latencyBudgets(plan.cell),
      costOfMillion: costOfMillion(plan),
    }));
    process.stdout.write(
      `${JSON.stringify({ shardLimits: SHARD_LIMITS, marketLimits: MARKET_LIMITS, plans: detailed }, undefined, 2)}\n`,
    );
  } else process.stdout.write(capacityText(plans, options));
}
