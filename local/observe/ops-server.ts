import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import express, { type NextFunction, type Request, type Response } from "express";
import { BOARDS } from "#dashboards/boards/boards.ts";
import { chosenFrom } from "#dashboards/variables.ts";
import { Operators } from "#services/gateway/operators/operators.ts";
import type { Clock } from "#shared/ports/clock.ts";
import { OPS_MINUTES } from "#shared/protocol/ops-messages.ts";
import { listen } from "../listen.ts";
import { boardAnswer, rangeOf } from "./board-answer.ts";
import { choicesAnswer } from "./choices-answer.ts";
import type { Standing } from "./kept-prometheus.ts";
import { opsStatus } from "./ops-status.ts";
import type { PrometheusClient } from "./prometheus-client.ts";
import { shownSeconds } from "./shown-seconds.ts";
import { timelineAnswer } from "./timeline-answer.ts";

export interface OpsServerOptions {
  /** Who bears one of them may look: the operator, and who was given the link of this run. */
  readonly tokens: readonly string[];
  readonly standing: () => Standing | "not-installed";
  readonly scrapeSeconds: number;
  readonly clock: Clock;
}

export interface OpsServer {
  readonly port: number;
  close(): Promise<void>;
}

/** Scrapes that a rate looks at. */
const RATE_SCRAPES = 10;

/**
 * Answers the operations page, on loopback behind the edge. It only reads, and asks Prometheus nothing but the queries of the generated boards and of the
 * timeline: a client names a board and what to narrow it to, never a query.
 */
export async function startOpsServer(options: OpsServerOptions): Promise<OpsServer> {
  const { tokens, standing, scrapeSeconds, clock } = options;
  const viewers = new Operators(tokens.map((token, at) => ({ name: `viewer-${at}`, token })));
  const app = express();
  app.disable("x-powered-by");
  app.use((request, response, next) => {
    response.set("Cache-Control", "no-store");
    if (viewers.of(request) !== undefined) next();
    else refuse(response, 401, "the operator's token is needed");
  });
  app.get("/ops/v1/status", async (_request, response) => {
    response.json(await opsStatus(standing()));
  });
  app.get("/ops/v1/boards/:board", async (request, response) => {
    const board = BOARDS.find(({ id }) => id === request.params.board);
    if (board === undefined) {
      refuse(response, 404, "there is no such board");
      return;
    }
    const chosen = chosenFrom((name) => request.query[name]);
    if (chosen === undefined) {
      refuse(response, 400, "a Region, a shard or a market is named by letters, digits and dashes");
      return;
    }
    await answer(request, response, (client, seconds) => {
      const range = rangeOf(seconds, clock.now());
      const rateSeconds = Math.max(RATE_SCRAPES * scrapeSeconds, range.stepSeconds + scrapeSeconds);
      return boardAnswer(board, client, range, { rateSeconds, chosen });
    });
  });
  app.get("/ops/v1/choices", async (request, response) => {
    await answer(request, response, (client) => choicesAnswer(client));
  });
  app.get("/ops/v1/timeline", async (request, response) => {
    await answer(request, response, (client, seconds) => timelineAnswer(client, seconds, clock.now()));
  });
  app.use((_request, response) => refuse(response, 404, "there is nothing here"));
  app.use((error: Error, _request: Request, response: Response, _next: NextFunction) => {
    refuse(response, 503, error.message);
  });

  async function answer(
    request: Request,
    response: Response,
    ask: (client: PrometheusClient, seconds: number) => Promise<object>,
  ): Promise<void> {
    const minutes = OPS_MINUTES.find((each) => `${each}` === (request.query.minutes ?? "15"));
    const now = standing();
    if (minutes === undefined) refuse(response, 400, `minutes is one of ${OPS_MINUTES.join(", ")}`);
    else if (now === "not-installed" || now.kind !== "up") refuse(response, 503, "Prometheus is not up");
    else {
      const seconds = await shownSeconds(now.client, minutes, clock.now());
      response.json(await ask(now.client, seconds));
    }
  }

  const server = createServer(app);
  await listen(server, 0, "127.0.0.1");
  return {
    port: (server.address() as AddressInfo).port,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function refuse(response: Response, status: number, msg: string): void {
  response.status(status).json({ msg });
}
