import type { BusPositions } from "#shared/ports/bus-positions.ts";
import type { Dynamo } from "./dynamo.ts";
import { numberOf } from "./row.ts";

/** Opens the Region's record of how far each shard was handed to the bus. */
export function openDynamoBusPositions({ dynamo }: { readonly dynamo: Dynamo }): BusPositions {
  return {
    position: async (shard) => {
      const row = await dynamo.get("memory", { pk: `BUS#${shard}` });
      return row === undefined ? 0 : numberOf(row, "seq");
    },
    advance: async (shard, seq) => {
      // A higher one that another task wrote stays.
      const condition = {
        expression: "attribute_not_exists(#pk) OR #seq < :raised",
        values: { raised: seq },
      };
      await dynamo.update("memory", { pk: `BUS#${shard}` }, { set: { seq }, condition });
    },
    close: async () => {},
  };
}
