import { productionFlow } from "../flows/production-flow.ts";
import { writeResult } from "../write-result.ts";
import { flowFigures } from "./flow-figures.ts";

/** `node bench/capacity/measure-flow.ts`: what an order becomes on its way, for `npm run capacity`; written to bench/results/flow.json. */
const COMMANDS = 50_000;

const figures = {
  command: "node bench/capacity/measure-flow.ts",
  ...flowFigures(productionFlow(COMMANDS)),
};
process.stdout.write(`${JSON.stringify(figures, null, 2)}\n${writeResult("flow", figures)}\n`);
