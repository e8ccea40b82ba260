import { type RegionLine, regionLines } from "../../state/regions.ts";
import { useStore } from "../../state/store.ts";
import type { PartProps } from "../part-props.ts";
import { TableHead } from "../table-head.tsx";
import { LocationChoice } from "./location-choice.tsx";

/** How the Regions stand, at a glance; under it the whole of it, and where the client says that it is. Nothing where there is only one. */
export function RegionPills({ store, exchange }: PartProps) {
  const standing = useStore(store, (state) => state.standing);
  if (standing === undefined || standing.regions.length < 2) return null;
  const lines = regionLines(standing);
  const up = lines.filter(({ isUp }) => isUp).length;
  return (
    <>
      <button type="button" className="quiet regions" popoverTarget="regions-menu" aria-haspopup="true">
        <span className="few">
          {up}/{lines.length} Regions
        </span>
        {lines.map((line) => (
          <span
            key={line.region}
            className={`pill region ${line.isUp ? "live" : "stale"}`}
            data-region={line.region}
          >
            <i />
            {line.isHome && <span title="The Region that serves you">⌂</span>}
            <span>{line.region}</span>
            <span className="num">{healthText(line)}</span>
          </span>
        ))}
      </button>
      <div id="regions-menu" className="menu" popover="auto">
        <table className="regions-table">
          <caption className="soft">As {standing.region} sees them</caption>
          <TableHead
            names={["Region", "Health", "Round trip", "Lag", "Owns"]}
            numeric={["Round trip", "Lag"]}
          />
          <tbody>
            {lines.map((line) => (
              <tr key={line.region}>
                <th scope="row">
                  {line.region} {line.isHome && "⌂"}
                </th>
                <td className={line.isUp ? "" : "warn"}>{line.isUp ? "up" : "⚠ unreachable"}</td>
                <td className="num">{line.roundTripMs === null ? "–" : `${line.roundTripMs} ms`}</td>
                <td className="num">{line.lagMs === null ? "–" : `${line.lagMs} ms`}</td>
                <td>{line.symbols.join(", ") || "–"}</td>
              </tr>
            ))}
          </tbody>
        </table>
        <LocationChoice exchange={exchange} />
      </div>
    </>
  );
}

function healthText({ isUp, isHome, roundTripMs }: RegionLine): string {
  if (!isUp) return "unreachable";
  if (isHome || roundTripMs === null) return "up";
  return `${roundTripMs} ms`;
}
