import { useState } from "react";
import type { PartProps } from "../app.tsx";
import { useStore } from "../state/store.ts";
import { ApiKeysDialog } from "./api-keys-dialog.tsx";
import { SignInDialog } from "./sign-in-dialog.tsx";
import { useTheme } from "./theme.ts";

/** Name, connection, theme and the account's doors. */
export function TopBar({ store, exchange }: PartProps) {
  const session = useStore(store, (state) => state.session);
  const connection = useStore(store, (state) => state.connection);
  const [theme, toggleTheme] = useTheme();
  const [dialog, setDialog] = useState<"sign-in" | "sign-up" | "keys">();
  const close = () => setDialog(undefined);
  return (
    <header className="top">
      <strong className="brand">
        <img src="/icon.svg" alt="" width="22" height="22" /> Meridian
      </strong>
      <output className={`pill ${connection.state}`} aria-label="Connection">
        <i />
        {connection.state === "live" &&
          (connection.roundTripMs === undefined ? "Live" : `Live · ${connection.roundTripMs} ms`)}
        {connection.state === "connecting" && "Connecting"}
        {connection.state === "stale" && "Stale: reconnecting"}
      </output>
      <span className="fill" />
      <button
        type="button"
        className="quiet"
        aria-label={`Use the ${theme === "dark" ? "light" : "dark"} theme`}
        onClick={toggleTheme}
      >
        {theme === "dark" ? "☀" : "☾"}
      </button>
      {session === undefined && (
        <>
          <button type="button" className="quiet" onClick={() => setDialog("sign-in")}>
            Sign in
          </button>
          <button type="button" className="primary" onClick={() => setDialog("sign-up")}>
            Sign up
          </button>
        </>
      )}
      {session !== undefined && session !== "unknown" && (
        <>
          <span className="user" title={`Account ${session.account}`}>
            {session.user}
          </span>
          <button type="button" className="quiet" onClick={() => setDialog("keys")}>
            API keys
          </button>
          <button
            type="button"
            className="quiet"
            onClick={() => exchange.signOut().catch((error: Error) => store.notify("bad", error.message))}
          >
            Sign out
          </button>
        </>
      )}
      {(dialog === "sign-in" || dialog === "sign-up") && (
        <SignInDialog exchange={exchange} kind={dialog} onClose={close} />
      )}
      {dialog === "keys" && <ApiKeysDialog onClose={close} />}
    </header>
  );
}
