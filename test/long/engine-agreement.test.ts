import { enginesAgree } from "#test/property/engines-agree.ts";

enginesAgree(Number(process.env.MERIDIAN_RUNS ?? 200_000));
