import type { Board } from "#dashboards/board.ts";
import { type Chosen, VARIABLES, variablesOf } from "#dashboards/variables.ts";
import type { OpsChoices } from "#shared/protocol/ops-messages.ts";
import { boardAddress } from "../state/use-route.ts";

/** Narrows a board to a Region, a shard, a market: what its questions can be narrowed to. The address says what is chosen, so that it can be sent to somebody. */
export function Filters({
  board,
  chosen,
  choices,
}: {
  readonly board: Board;
  readonly chosen: Chosen;
  readonly choices: OpsChoices | undefined;
}) {
  const offered = variablesOf(board.rows.flatMap(({ panels }) => panels));
  const choose = (name: string, value: string) => {
    const { [name as keyof Chosen]: _before, ...others } = chosen;
    location.hash = boardAddress(board.id, value === "" ? others : { ...others, [name]: value });
  };
  return (
    <fieldset className="filters" aria-label="Narrow to">
      {VARIABLES.filter(({ name }) => offered.includes(name)).map(({ name, label }) => {
        const value = chosen[name] ?? "";
        // What the address names is shown, also where nothing tells of it (any more).
        const values = new Set([...(choices?.[name] ?? []), ...(value === "" ? [] : [value])]);
        return (
          <label key={name}>
            {label}{" "}
            <select
              value={value}
              data-chosen={value !== ""}
              onChange={(event) => choose(name, event.currentTarget.value)}
            >
              <option value="">all</option>
              {[...values].toSorted().map((each) => (
                <option key={each} value={each}>
                  {each}
                </option>
              ))}
            </select>
          </label>
        );
      })}
    </fieldset>
  );
}
