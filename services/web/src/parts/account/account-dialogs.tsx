import { useStore } from "../../state/store.ts";
import type { PartProps } from "../part-props.ts";
import { ReconciliationDialog } from "../reconciliation/reconciliation-dialog.tsx";
import { ApiKeysDialog } from "./api-keys-dialog.tsx";
import { SignInDialog } from "./sign-in-dialog.tsx";

/** The dialog that is open, if one is. */
export function AccountDialogs({ store, exchange }: PartProps) {
  const dialog = useStore(store, (state) => state.dialog);
  const close = () => store.set({ dialog: undefined });
  if (dialog === undefined) return null;
  if (dialog === "keys") return <ApiKeysDialog onClose={close} />;
  if (dialog === "reconciliations") return <ReconciliationDialog {...{ store, exchange }} onClose={close} />;
  const other = dialog === "sign-up" ? "sign-in" : "sign-up";
  return (
    <SignInDialog
      key={dialog}
      exchange={exchange}
      kind={dialog}
      onClose={close}
      onOther={() => store.set({ dialog: other })}
    />
  );
}
