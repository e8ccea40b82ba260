import { enginesAgree } from "./engines-agree.ts";

enginesAgree(Number(process.env.MERIDIAN_RUNS ?? 20_000));
