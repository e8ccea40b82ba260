import { type FormEvent, useState } from "react";
import { ApiFailure } from "../../state/api.ts";
import type { Exchange } from "../../state/exchange.ts";
import { Dialog } from "../dialog.tsx";

interface SignInDialogProps {
  readonly exchange: Exchange;
  readonly kind: "sign-in" | "sign-up";
  readonly onClose: () => void;
  /** To the dialog of the other kind. */
  readonly onOther: () => void;
}

const WORDS = {
  "sign-up": { title: "Create an account", send: "Create the account", other: "I have one: sign in" },
  "sign-in": { title: "Sign in", send: "Sign in", other: "I am new: create an account" },
} as const;

/** Name and password, for a new account or an old one. */
export function SignInDialog({ exchange, kind, onClose, onOther }: SignInDialogProps) {
  const [failure, setFailure] = useState<ApiFailure>();
  const [isBusy, setBusy] = useState(false);
  const words = WORDS[kind];
  const isNew = kind === "sign-up";
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
    <Dialog title={words.title} onClose={onClose}>
      <form onSubmit={submit}>
        <label>
          Name
          <input
            name="name"
            autoComplete="username"
            required
            {...(isNew && {
              minLength: 3,
              maxLength: 32,
              pattern: "[A-Za-z0-9_.\\-]+",
              title: "Letters, digits, dots, dashes and underscores",
            })}
          />
        </label>
        <label>
          Password
          <input
            name="password"
            type="password"
            autoComplete={isNew ? "new-password" : "current-password"}
            required
            {...(isNew && { minLength: 8 })}
          />
        </label>
        {isNew && (
          <p className="soft">
            The name has 3 to 32 letters, digits, dots, dashes or underscores; the password at least 8
            characters.
          </p>
        )}
        {failure !== undefined && (
          <p className="refusal" role="alert">
            {failure.message}
          </p>
        )}
        <button type="submit" className="primary" disabled={isBusy}>
          {isBusy ? "One moment …" : words.send}
        </button>
        <button type="button" className="link" onClick={onOther}>
          {words.other}
        </button>
      </form>
    </Dialog>
  );
}
