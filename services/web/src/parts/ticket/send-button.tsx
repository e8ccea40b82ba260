import type { Side } from "#shared/domain/order.ts";
import type { Store } from "../../state/store.ts";
import type { ListKind, Session } from "../../state/types.ts";
import type { Sending } from "./use-ticket.ts";

interface SendButtonProps {
  readonly store: Store;
  readonly session: Session | undefined;
  readonly sending: Sending;
  readonly side: Side;
  readonly list: ListKind | undefined;
  readonly baseAsset: string;
  /** True while the market takes nothing like this. */
  readonly isShut: boolean;
}

/** Sends the order; for who is not signed in, the way to an account. */
export function SendButton({ store, session, sending, side, list, baseAsset, isShut }: SendButtonProps) {
  if (session === undefined) {
    return (
      <button type="button" className="send primary" onClick={() => store.set({ dialog: "sign-up" })}>
        Sign up to trade
      </button>
    );
  }
  const words = {
    no: `${side === "BUY" ? "Buy" : "Sell"} ${baseAsset}${list === undefined ? "" : ` · ${list}`}`,
    first: "Sending …",
    again: "No answer yet, sending again …",
  };
  return (
    <button
      type="submit"
      className={side === "BUY" ? "send buy" : "send sell"}
      disabled={sending !== "no" || isShut}
    >
      {words[sending]}
    </button>
  );
}
