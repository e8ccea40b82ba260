import { useRef } from "react";
import type { Session } from "../../state/types.ts";
import type { PartProps } from "../part-props.ts";

/** The signed-in user's name, and under it what can be done with the account. */
export function AccountMenu({ store, exchange, session }: PartProps & { readonly session: Session }) {
  const menu = useRef<HTMLDivElement>(null);
  const choose = (action: () => void) => () => {
    menu.current?.hidePopover();
    action();
  };
  return (
    <>
      <button type="button" className="quiet user" popoverTarget="account-menu" aria-haspopup="true">
        <span>{session.user}</span> ▾
      </button>
      <div ref={menu} id="account-menu" className="menu" popover="auto">
        <p className="soft">Account {session.account}</p>
        <button type="button" onClick={choose(() => void exchange.takeTestFunds())}>
          Get test funds
        </button>
        <button type="button" onClick={choose(() => store.set({ dialog: "keys" }))}>
          API keys
        </button>
        <button type="button" onClick={choose(() => store.set({ dialog: "reconciliations" }))}>
          Reconciliations
        </button>
        <button type="button" onClick={choose(() => void exchange.signOut())}>
          Sign out
        </button>
      </div>
    </>
  );
}
