import type { BoardAnswer, OpsLine } from "#shared/protocol/ops-messages.ts";
import { chartScale, HEIGHT, linePath, WIDTH } from "./chart-scale.ts";

/** A line without words beside a figure that says the same. */
export function SparkLine({
  line,
  range,
}: {
  readonly line: OpsLine;
  readonly range: Pick<BoardAnswer, "from" | "to" | "stepSeconds">;
}) {
  const scale = chartScale([line], range, undefined);
  return (
    <svg className="spark" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" aria-hidden="true">
      <path className="line" data-color="0" d={linePath(line, scale, range.stepSeconds)} />
    </svg>
  );
}
