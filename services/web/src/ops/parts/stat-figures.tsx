import type { Panel } from "#dashboards/board.ts";
import type { BoardAnswer, OpsLine } from "#shared/protocol/ops-messages.ts";
import { SparkLine } from "../chart/spark-line.tsx";
import { valueText } from "../chart/value-text.ts";

/** The last value of each line, large; beyond the limit in the color of what is wrong. */
export function StatFigures({
  panel,
  lines,
  range,
}: {
  readonly panel: Panel;
  readonly lines: readonly OpsLine[];
  readonly range: Pick<BoardAnswer, "from" | "to" | "stepSeconds">;
}) {
  return (
    <dl className="stats">
      {lines.map((line) => {
        const value = line.points.at(-1)?.[1] ?? 0;
        const isOver = panel.limit !== undefined && value >= panel.limit;
        return (
          <div key={line.name} data-over={isOver}>
            <dt>{line.name}</dt>
            <dd className="num">{valueText(value, panel.unit)}</dd>
            <SparkLine line={line} range={range} />
          </div>
        );
      })}
    </dl>
  );
}
