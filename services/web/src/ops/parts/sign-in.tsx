import { type FormEvent, useState } from "react";
import { rememberToken } from "../state/token.ts";

/** Asks who looks: what the page shows is for the operator alone. */
export function OpsSignIn({
  isWrong,
  onToken,
}: {
  /** A token was given, and was not right. */
  readonly isWrong: boolean;
  readonly onToken: () => void;
}) {
  const [token, setToken] = useState("");
  const submit = (event: FormEvent) => {
    event.preventDefault();
    rememberToken(token.trim());
    onToken();
  };
  return (
    <main className="ops-door">
      <form className="panel" onSubmit={submit}>
        <h1>Operations</h1>
        <p>
          For whoever runs the platform. Open the link that <code>npm start -- --observe</code> printed, or
          give the operator's token (<code>MERIDIAN_OPERATOR_TOKEN</code>).
        </p>
        <label htmlFor="ops-token">Operator's token</label>
        <input
          id="ops-token"
          type="password"
          autoComplete="off"
          required
          value={token}
          aria-invalid={isWrong}
          onChange={(event) => setToken(event.target.value)}
        />
        {isWrong && (
          <p className="refusal" role="alert">
            That is not the operator's token.
          </p>
        )}
        <button type="submit" className="primary">
          Look
        </button>
        <p>
          <a href="#/runbooks">Runbooks</a> need no token.
        </p>
      </form>
    </main>
  );
}
