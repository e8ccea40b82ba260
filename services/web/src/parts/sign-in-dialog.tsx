import { type FormEvent, useState } from "react";
import { ApiFailure } from "../state/api.ts";
import type { Exchange } from "../state/exchange.ts";
import { Dialog } from "./dialog.tsx";

interface SignInDialogProps {
  readonly exchange: Exchange;
  readonly kind: "sign-in" | "sign-up";
  readonly onClose: () => void;
}

/** Name and password, for a new account or an old one. */
export function SignInDialog({ exchange, kind, onClose }: SignInDialogProps) {
  const [failure, setFailure] = useState<ApiFailure>();
  const [isBusy, setBusy] = useState(false);
  const title = kind === "sign-up" ? "Create an account" : "Sign in";
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    setBusy(true);
    try {
      await exchange.signIn(kind, String(form.get("name")), String(form.get("password")));
      onClose();
    } catch (error) {
      if (!(error instanceof ApiFailure)) throw error;
      setFailure(error);
      setBusy(false);
    }
  };
  return (
    <Dialog title={title} onClose={onClose}>
      <form onSubmit={submit}>
        <label>
          Name
          <input
            name="name"
            autoComplete="username"
            required
            minLength={3}
            maxLength={32}
            pattern="[A-Za-z0-9_.\-]+"
          />
        </label>
        <label>
          Password
          <input
            name="password"
            type="password"
            autoComplete={kind === "sign-up" ? "new-password" : "current-password"}
            required
            minLength={8}
          />
        </label>
        {kind === "sign-up" && (
          <p className="soft">At least 8 characters. Letters, digits, dots and dashes in the name.</p>
        )}
        {failure !== undefined && (
          <p className="refusal" role="alert">
            {failure.message}
          </p>
        )}
        <button type="submit" className="primary" disabled={isBusy}>
          {title}
        </button>
      </form>
    </Dialog>
  );
}
