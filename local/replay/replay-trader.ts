import {
  clientOf,
  ExchangeRefusal,
  type MeridianClient,
  type Parameters,
  postJson,
  signUpOrIn,
} from "../client/meridian-client.ts";
import { ReplayError } from "./replay-error.ts";

/** A new account of its own, test funds when they run out, and patience when it is told to slow down. */
export class ReplayTrader {
  readonly #url: string;
  readonly #token: string;
  readonly #client: MeridianClient;

  private constructor(url: string, token: string, client: MeridianClient) {
    this.#url = url;
    this.#token = token;
    this.#client = client;
  }

  static async open(url: string, name: string, password: string, now: () => number): Promise<ReplayTrader> {
    const token = await signUpOrIn(url, { name, password });
    const trader = new ReplayTrader(url, token, await clientOf(url, token, now));
    await trader.#fund();
    return trader;
  }

  /** Calls a signed route; funds that are short are asked for, once. Throws `ExchangeRefusal`, and `ReplayError` without funds. */
  async call<T>(method: "GET" | "POST" | "PUT" | "DELETE", path: string, parameters: Parameters): Promise<T> {
    try {
      return await this.#client.signed<T>(method, path, parameters);
    } catch (error) {
      if (!(error instanceof ExchangeRefusal) || !/insufficient balance/i.test(error.message)) throw error;
      await this.#fund();
      return this.#client.signed<T>(method, path, parameters);
    }
  }

  async #fund(): Promise<void> {
    try {
      await postJson(`${this.#url}/meridian/v1/faucet`, {}, this.#token);
    } catch (error) {
      if (!(error instanceof ExchangeRefusal)) throw error;
      throw new ReplayError("REPLAY_FUNDS", `The platform gives no (more) test funds: ${error.message}`);
    }
  }
}
