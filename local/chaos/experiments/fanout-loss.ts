import type { Experiment } from "../experiment.ts";
import { watchTrades } from "../load/watch-trades.ts";
import { gatewayOf, needsServers, regionOf } from "./parts.ts";

const redisOf = (region: string) => `${region}/redis`;

/** Redis between the gateways of a Region is killed and comes back empty: nobody hears anything meanwhile, no socket closes, and every feed is whole afterwards. */
export const fanoutLoss: Experiment = {
  name: "fanout-loss",
  what: "Redis, over which the first Region's gateway tells its clients, is killed, and started again",
  watch: async (stage) => watchTrades(await gatewayOf(stage, regionOf(stage)), stage.clock),
  notHere: needsServers("here the fan-out is inside the gateway's process and cannot be lost by itself"),
  hurt: (stage) => stage.control.setServer(redisOf(regionOf(stage)), false),
  heal: (stage) => stage.control.setServer(redisOf(regionOf(stage)), true),
};
