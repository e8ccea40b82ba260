import type { LogMark, LogMarks } from "#shared/ports/log-marks.ts";
import type { Dynamo } from "./dynamo.ts";
import { numberOf, textOf } from "./row.ts";

const MARKS_MAX = 1_000_000;

/** Opens the marks of logs. */
export function openDynamoLogMarks({ dynamo }: { readonly dynamo: Dynamo }): LogMarks {
  const list = async (log: string): Promise<LogMark[]> => {
    const rows = await dynamo.query("marks", { hash: ["pk", keyOf(log)], limit: MARKS_MAX });
    return rows.map((row) => ({
      position: numberOf(row, "position"),
      streamShard: textOf(row, "streamShard"),
      sequenceNumber: textOf(row, "sequenceNumber"),
    }));
  };
  return {
    list,
    put: async (log, mark) => {
      await dynamo.put("marks", { ...mark, pk: keyOf(log) });
    },
    trim: async (log, through) => {
      const condition = {
        expression: "attribute_not_exists(#through) OR #through < :wanted",
        values: { wanted: through },
      };
      await dynamo.update("memory", { pk: trimKey(log) }, { set: { through }, condition });
      const positions = (await list(log)).map(({ position }) => position);
      // The last one at or before it is where reading behind it begins.
      const first = positions.findLast((position) => position <= through) ?? 0;
      const gone = positions.filter((position) => position < first);
      await dynamo.removeAll(
        "marks",
        gone.map((position) => ({ pk: keyOf(log), position })),
      );
    },
    trimmed: async (log) => {
      const row = await dynamo.get("memory", { pk: trimKey(log) });
      return row === undefined ? 0 : numberOf(row, "through");
    },
    close: async () => {},
  };
}

function keyOf(log: string): string {
  return `MARK#${log}`;
}

function trimKey(log: string): string {
  return `TRIM#${log}`;
}
