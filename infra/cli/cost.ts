import type { Environment } from "#infra/environments/environment.ts";

export function printCost(_environment: Environment): void {}
