import { threeRegionsKilled } from "./three-regions-killed.ts";

threeRegionsKilled(Number(process.env.MERIDIAN_KILLS ?? 4));
