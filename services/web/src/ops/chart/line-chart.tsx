import { type PointerEvent, useState } from "react";
import type { BoardAnswer, OpsLine, TimelineEvent } from "#shared/protocol/ops-messages.ts";
import { chartScale, HEIGHT, linePath, valueAt, WIDTH } from "./chart-scale.ts";
import { clockText, valueText } from "./value-text.ts";

export interface LineChartProps {
  readonly title: string;
  readonly lines: readonly OpsLine[];
  readonly range: Pick<BoardAnswer, "from" | "to" | "stepSeconds">;
  readonly unit: string;
  readonly limit?: number | undefined;
  /** In this order they have their colors, in every chart the same. */
  readonly regions: readonly string[];
  /** Shaded: what was done to the platform meanwhile. */
  readonly experiments: readonly TimelineEvent[];
}

const COLORS = 8;
/** Of the legend. */
const NAMED_MAX = 9;

/** Lines over time. Below it stands what each is called, and its value: the last one, or that under the pointer. */
export function LineChart({ title, lines: given, range, unit, limit, regions, experiments }: LineChartProps) {
  const [hovered, setHovered] = useState<number>();
  const lines = given.toSorted((a, b) => a.name.localeCompare(b.name));
  const scale = chartScale(lines, range, limit);
  const at = hovered ?? range.to;
  const colorOf = ({ name, labels }: OpsLine, index: number) =>
    (name === labels.region && regions.includes(name) ? regions.indexOf(name) : index) % COLORS;
  const named = lines.map((line, index) => {
    const value = valueAt(line, at, range.stepSeconds);
    return {
      key: keyOf(line),
      color: colorOf(line, index),
      isDashed: index >= COLORS,
      name: line.name,
      text: value === undefined ? "–" : valueText(value, unit),
    };
  });
  const onMove = ({ clientX, currentTarget }: PointerEvent) => {
    const { left, width } = currentTarget.getBoundingClientRect();
    const share = Math.min(1, Math.max(0, (clientX - left) / width));
    setHovered(range.from + share * (range.to - range.from));
  };
  const isOver = limit !== undefined && limit < scale.top;
  return (
    <>
      <div className="chart-box">
        <span className="y at-top">{valueText(scale.top, unit)}</span>
        <span className="y at-half">{valueText(scale.top / 2, unit)}</span>
        <span className="y at-zero">0</span>
        <svg
          viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
          preserveAspectRatio="none"
          role="img"
          aria-label={`${title} Last: ${named.map(({ name, text }) => `${name} ${text}`).join(", ")}`}
          onPointerMove={onMove}
          onPointerDown={onMove}
          onPointerLeave={() => setHovered(undefined)}
        >
          {experiments.map(({ text, from, to }) => (
            <rect
              key={`${text} ${from}`}
              className="experiment"
              x={scale.x(Math.max(from, range.from))}
              y="0"
              width={Math.max(2, scale.x(to ?? range.to) - scale.x(Math.max(from, range.from)))}
              height={HEIGHT}
            />
          ))}
          <path className="grid" d={`M0 0.5H${WIDTH}M0 ${HEIGHT / 2}H${WIDTH}M0 ${HEIGHT - 0.5}H${WIDTH}`} />
          {isOver && <path className="limit" d={`M0 ${scale.y(limit)}H${WIDTH}`} />}
          {lines.map((line, index) => (
            <path
              key={keyOf(line)}
              className="line"
              data-color={colorOf(line, index)}
              data-dashed={index >= COLORS}
              d={linePath(line, scale, range.stepSeconds)}
            />
          ))}
          {hovered !== undefined && <path className="at" d={`M${scale.x(hovered)} 0V${HEIGHT}`} />}
        </svg>
        {isOver && (
          <span className="limit-text" style={{ top: `${scale.y(limit)}%` }}>
            {valueText(limit, unit)}
          </span>
        )}
      </div>
      <div className="x-axis" aria-hidden="true">
        <span>{clockText(range.from)}</span>
        <span>
          {hovered === undefined ? clockText((range.from + range.to) / 2) : clockText(hovered, true)}
        </span>
        <span>{clockText(range.to)}</span>
      </div>
      <ul className="legend">
        {named.slice(0, NAMED_MAX).map(({ key, color, isDashed, name, text }) => (
          <li key={key}>
            <i data-color={color} data-dashed={isDashed} />
            <span>{name}</span>
            <b className="num">{text}</b>
          </li>
        ))}
        {named.length > NAMED_MAX && <li className="soft">and {named.length - NAMED_MAX} more</li>}
      </ul>
    </>
  );
}

/** Two lines may have one name. */
function keyOf({ name, labels }: OpsLine): string {
  return `${name} ${JSON.stringify(labels)}`;
}
