import { existsSync, readFileSync, writeFileSync } from "node:fs";
import type { Clock } from "#shared/ports/clock.ts";
import type { Random } from "#shared/ports/random.ts";
import type { Log } from "#shared/telemetry/log.ts";
import {
  clientOf,
  ExchangeRefusal,
  type MeridianClient,
  postJson,
  signUpOrIn,
} from "../client/meridian-client.ts";
import { Bot } from "./bot.ts";
import { BOT_MARKETS, type BotMarket } from "./bot-markets.ts";

export interface StartBotsOptions {
  readonly url: string;
  readonly random: Random;
  readonly clock: Clock;
  /** Where the bots keep their passwords and keys, so that a restart is the same bots. */
  readonly credentialsFile: string;
  readonly log: Log;
  readonly markets?: readonly BotMarket[];
}

interface BotAccount {
  readonly name: string;
  readonly password: string;
}

const NAMES = ["bot-maker", "bot-taker"] as const;
/** Admission control, with 429 or 503. */
const OVERLOADED = -1008;
const FUND_TRIES = 30;
const FUND_AGAIN_MS = 1000;

/** Starts a maker and a taker in each market. Resolves when they are signed in and funded; they quote from then on. */
export async function startBots(options: StartBotsOptions): Promise<{ stop(): Promise<void> }> {
  const { url, random, clock, log, markets = BOT_MARKETS } = options;
  const accounts = accountsOf(options);
  const bots: Bot[] = [];
  for (const market of markets) {
    const [maker, taker] = await Promise.all(
      NAMES.map((role) =>
        openBot(url, { name: `${role}-${market.symbol}`, password: passwordOf(accounts, role) }, clock),
      ),
    );
    if (maker === undefined || taker === undefined) continue;
    bots.push(new Bot({ market, maker, taker, random, clock, log }));
  }
  for (const bot of bots) bot.start();
  return {
    stop: async () => {
      await Promise.all(bots.map((bot) => bot.stop()));
    },
  };
}

/** An account with one API key: keys of earlier runs are deleted, since their secrets were not kept. */
async function openBot(url: string, user: BotAccount, clock: Clock): Promise<MeridianClient> {
  const token = await signUpOrIn(url, user);
  const headers = { Authorization: `Bearer ${token}` };
  const listed = await fetch(`${url}/meridian/v1/api-keys`, { headers });
  const { apiKeys = [] } = (await listed.json()) as { apiKeys?: { apiKey: string }[] };
  for (const { apiKey } of apiKeys)
    await fetch(`${url}/meridian/v1/api-keys/${apiKey}`, { method: "DELETE", headers });
  await takeFunds(url, token, clock);
  return clientOf(url, token, () => clock.now());
}

/** Test funds; asked for again where a platform that has just started, or is slow, does not give them yet. */
async function takeFunds(url: string, token: string, clock: Clock): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      await postJson(`${url}/meridian/v1/faucet`, {}, token);
      return;
    } catch (error) {
      if (!(error instanceof ExchangeRefusal)) throw error;
      const isPassing = error.status === 0 || error.status >= 500 || error.code === OVERLOADED;
      // The faucet's hourly limit: what is left from before has to do.
      if (!isPassing && error.status === 429) return;
      if (!isPassing || attempt === FUND_TRIES) throw error;
    }
    await new Promise<void>((resolve) => clock.schedule(FUND_AGAIN_MS, resolve));
  }
}

function accountsOf({ credentialsFile, random }: StartBotsOptions): Record<string, string> {
  if (existsSync(credentialsFile)) return JSON.parse(readFileSync(credentialsFile, "utf8"));
  const made = Object.fromEntries(
    NAMES.map((role) => [role, Buffer.from(random.bytes(18)).toString("base64url")]),
  );
  writeFileSync(credentialsFile, JSON.stringify(made), { mode: 0o600 });
  return made;
}

function passwordOf(accounts: Record<string, string>, role: string): string {
  const password = accounts[role];
  if (password === undefined) throw new Error(`the credentials of ${role} are missing from the bots' file`);
  return password;
}
