import { useStore } from "../state/store.ts";
import { AccountMenu } from "./account/account-menu.tsx";
import { ConnectionPill } from "./connection-pill.tsx";
import type { PartProps } from "./part-props.ts";
import { RegionPills } from "./regions/region-pills.tsx";
import { useTheme } from "./theme.ts";

/** Name, connection, theme and the account's doors. */
export function TopBar({ store, exchange }: PartProps) {
  const session = useStore(store, (state) => state.session);
  const [theme, toggleTheme] = useTheme();
  return (
    <header className="top">
      <strong className="brand">
        <img src="/icon.svg" alt="" width="22" height="22" /> <span>Meridian</span>
      </strong>
      <ConnectionPill store={store} />
      <RegionPills {...{ store, exchange }} />
      <span className="fill" />
      <button
        type="button"
        className="quiet icon"
        aria-label={`Use the ${theme === "dark" ? "light" : "dark"} theme`}
        onClick={toggleTheme}
      >
        {theme === "dark" ? "☀" : "☾"}
      </button>
      {session === undefined && (
        <>
          <button type="button" className="quiet" onClick={() => store.set({ dialog: "sign-in" })}>
            Sign in
          </button>
          <button type="button" className="primary" onClick={() => store.set({ dialog: "sign-up" })}>
            Sign up
          </button>
        </>
      )}
      {session !== undefined && session !== "unknown" && <AccountMenu {...{ store, exchange, session }} />}
    </header>
  );
}
