import { threeRegionsKilled } from "#test/recovery/three-regions-killed.ts";

threeRegionsKilled(Number(process.env.MERIDIAN_KILLS ?? 50));
