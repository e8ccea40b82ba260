import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { productionFlow } from "../flows/production-flow.ts";
import { flowFigures } from "./flow-figures.ts";

/** `node bench/capacity/measure-flow.ts`: what an order becomes on its way, for `npm run capacity`; written to bench/results/flow.json. */
const COMMANDS = 50_000;
const RESULT = fileURLToPath(new URL("../results/flow.json", import.meta.url));

const figures = flowFigures(productionFlow(COMMANDS));
const text = JSON.stringify({ command: "node bench/capacity/measure-flow.ts", ...figures }, null, 2);
writeFileSync(RESULT, `${text}\n`);
process.stdout.write(`${text}\n`);
