import { postJson, signUpOrIn } from "#local/client/meridian-client.ts";

/** A funded account with a session and an API key. */
export interface BenchAccount {
  readonly name: string;
  readonly token: string;
  readonly apiKey: string;
  readonly secret: string;
}

/** For servers that do not ask who sends. */
export const NOBODY: BenchAccount = { name: "nobody", token: "", apiKey: "x".repeat(64), secret: "secret" };

/** Signs up `count` accounts, one after the other, and gives them test funds. */
export async function openBenchAccounts(url: string, count: number): Promise<BenchAccount[]> {
  const accounts: BenchAccount[] = [];
  while (accounts.length < count) {
    const name = `bench-${process.pid}-${accounts.length}`;
    const token = await signUpOrIn(url, { name, password: `password of ${name}` });
    await postJson(`${url}/meridian/v1/faucet`, {}, token);
    const key = { label: "bench" };
    const { apiKey, secret } = await postJson<Pick<BenchAccount, "apiKey" | "secret">>(
      `${url}/meridian/v1/api-keys`,
      key,
      token,
    );
    accounts.push({ name, token, apiKey, secret });
  }
  return accounts;
}
