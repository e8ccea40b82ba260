import { useEffect, useState } from "react";
import { BOARDS } from "#dashboards/boards/boards.ts";
import type { OpsMinutes } from "#shared/protocol/ops-messages.ts";
import { BoardView } from "./parts/board-view.tsx";
import { OpsBar } from "./parts/ops-bar.tsx";
import { RunbookView } from "./runbook/runbook-view.tsx";
import { useRoute } from "./state/use-route.ts";

/** The page of whoever is on call. */
export function OpsPage() {
  const route = useRoute();
  const [minutes, setMinutes] = useState<OpsMinutes>(15);
  const [tokens, setTokens] = useState(0);
  // What a board is narrowed to leaves the reader where he is.
  const place = route.kind === "board" ? route.id : JSON.stringify(route);
  const chosen = route.kind === "board" ? route.chosen : {};
  // biome-ignore lint/correctness/useExhaustiveDependencies: another place is read from its top
  useEffect(() => {
    // Its answer, a promise in newer browsers, is no clean-up.
    void window.scrollTo(0, 0);
  }, [place]);
  const board = route.kind === "board" ? BOARDS.find(({ id }) => id === route.id) : undefined;
  return (
    <>
      <a className="skip" href="#ops">
        Skip to what is wrong now
      </a>
      <OpsBar route={route} minutes={minutes} onMinutes={setMinutes} />
      {route.kind === "board" ? (
        board === undefined ? (
          <p className="empty">There is no board of this name.</p>
        ) : (
          <BoardView
            key={board.id}
            {...{ board, chosen, minutes, tokens }}
            onToken={() => setTokens(tokens + 1)}
          />
        )
      ) : (
        <RunbookView name={route.kind === "runbook" ? route.name : undefined} />
      )}
    </>
  );
}
