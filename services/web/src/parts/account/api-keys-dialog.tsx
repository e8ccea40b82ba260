import { type FormEvent, useCallback, useEffect, useState } from "react";
import { type ApiFailure, callMeridian } from "../../state/api.ts";
import { Dialog } from "../dialog.tsx";

interface ApiKey {
  readonly apiKey: string;
  readonly label: string;
  readonly type: "HMAC" | "ED25519";
  readonly canTrade: boolean;
}

/** Keys for programs: made here, the secret shown once, deleted here. */
export function ApiKeysDialog({ onClose }: { readonly onClose: () => void }) {
  const [keys, setKeys] = useState<readonly ApiKey[]>([]);
  const [made, setMade] = useState<ApiKey & { secret?: string }>();
  const [failure, setFailure] = useState<string>();
  const run = useCallback((work: Promise<void>) => {
    work.then(() => setFailure(undefined)).catch((error: ApiFailure) => setFailure(error.message));
  }, []);
  const load = useCallback(async () => {
    setKeys((await callMeridian<{ apiKeys: ApiKey[] }>("GET", "/api-keys")).apiKeys);
  }, []);
  useEffect(() => run(load()), [load, run]);
  const create = async (form: FormData) => {
    const publicKey = String(form.get("publicKey")).trim();
    const body = {
      label: String(form.get("label")),
      canTrade: form.get("canTrade") === "on",
      ...(publicKey === "" ? {} : { publicKey }),
    };
    setMade(await callMeridian("POST", "/api-keys", body));
    await load();
  };
  const remove = async (apiKey: string) => {
    await callMeridian("DELETE", `/api-keys/${apiKey}`);
    await load();
  };
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    run(create(new FormData(event.currentTarget)));
  };
  return (
    <Dialog title="API keys" onClose={onClose}>
      <p className="soft">For programs: any Binance client works with this address as its base URL.</p>
      <ul className="keys">
        {keys.map(({ apiKey, label, type, canTrade }) => (
          <li key={apiKey}>
            <span>
              <b>{label}</b>{" "}
              <small>
                {type === "ED25519" ? "Ed25519, " : ""}
                {canTrade ? "may trade" : "reads only"}
              </small>
              <code>{apiKey.slice(0, 12)}…</code>
            </span>
            <button
              type="button"
              className="quiet"
              aria-label={`Delete the key ${label}`}
              onClick={() => run(remove(apiKey))}
            >
              Delete
            </button>
          </li>
        ))}
      </ul>
      {made !== undefined && (
        <div className="made" role="status">
          <p>
            {made.secret === undefined
              ? `“${made.label}” is registered. Sign its requests with your private key.`
              : `The secret of “${made.label}” is shown this once:`}
          </p>
          <label>
            Key
            <input readOnly value={made.apiKey} onFocus={(event) => event.target.select()} />
          </label>
          {made.secret !== undefined && (
            <label>
              Secret
              <input readOnly value={made.secret} onFocus={(event) => event.target.select()} />
            </label>
          )}
        </div>
      )}
      <form onSubmit={submit}>
        <label>
          Label
          <input name="label" required maxLength={40} />
        </label>
        <label className="check">
          <input name="canTrade" type="checkbox" defaultChecked /> may trade
        </label>
        <details>
          <summary>Register a public key instead of a secret</summary>
          <label>
            Ed25519 public key (PEM)
            <textarea
              name="publicKey"
              rows={4}
              maxLength={500}
              spellCheck={false}
              placeholder={"-----BEGIN PUBLIC KEY-----\n…\n-----END PUBLIC KEY-----"}
            />
          </label>
        </details>
        {failure !== undefined && (
          <p className="refusal" role="alert">
            {failure}
          </p>
        )}
        <button type="submit" className="primary">
          Create a key
        </button>
      </form>
    </Dialog>
  );
}
