import { killedUnderLoad } from "#test/recovery/killed-under-load.ts";

killedUnderLoad(Number(process.env.MERIDIAN_KILLS ?? 100));
