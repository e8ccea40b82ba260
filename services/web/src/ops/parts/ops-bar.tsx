import { BOARDS } from "#dashboards/boards/boards.ts";
import { OPS_MINUTES, type OpsMinutes } from "#shared/protocol/ops-messages.ts";
import { Choice } from "../../parts/choice.tsx";
import { useTheme } from "../../parts/theme.ts";
import { boardAddress, type OpsRoute, RUNBOOKS_ADDRESS } from "../state/use-route.ts";

export interface OpsBarProps {
  readonly route: OpsRoute;
  readonly minutes: OpsMinutes;
  readonly onMinutes: (minutes: OpsMinutes) => void;
}

/** Name, how far back to look, theme; below it the boards. */
export function OpsBar({ route, minutes, onMinutes }: OpsBarProps) {
  const [theme, toggleTheme] = useTheme();
  return (
    <>
      <header className="top">
        <a className="brand" href="#/">
          <img src="/icon.svg" alt="" width="22" height="22" /> <strong>Meridian</strong> operations
        </a>
        <span className="fill" />
        <Choice
          label="How far back"
          options={OPS_MINUTES.map((each) => ({
            value: `${each}`,
            label: each < 60 ? `${each} min` : `${each / 60} h`,
          }))}
          chosen={`${minutes}`}
          onChoose={(value) => onMinutes(Number(value) as OpsMinutes)}
        />
        <a href={RUNBOOKS_ADDRESS} aria-current={route.kind === "board" ? undefined : "page"}>
          Runbooks
        </a>
        <a href="/">Trading page</a>
        <button
          type="button"
          className="quiet icon"
          aria-label={`Use the ${theme === "dark" ? "light" : "dark"} theme`}
          onClick={toggleTheme}
        >
          {theme === "dark" ? "☀" : "☾"}
        </button>
      </header>
      <nav className="boards" aria-label="Boards">
        {BOARDS.map(({ id, title }) => (
          <a
            key={id}
            href={boardAddress(id, route.kind === "board" ? route.chosen : {})}
            aria-current={route.kind === "board" && route.id === id ? "page" : undefined}
          >
            {title.replace("Meridian: ", "")}
          </a>
        ))}
      </nav>
    </>
  );
}
