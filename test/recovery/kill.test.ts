import { killedUnderLoad } from "./killed-under-load.ts";

killedUnderLoad(Number(process.env.MERIDIAN_KILLS ?? 10));
