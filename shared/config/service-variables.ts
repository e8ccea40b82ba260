import { z } from "zod";

/** A variable of a deployed service: its form, what it means, and where its value comes from. */
export interface ServiceVariable<Value> {
  readonly schema: z.ZodType<Value>;
  readonly what: string;
  readonly example: string;
  /** Its value is a secret: it is injected from Secrets Manager and must never stand in a task definition. */
  readonly secret?: true;
  /** What it is when it is not set. */
  readonly absent?: Value;
}

const word = z.string().min(1);
const port = z.coerce.number().int().min(1).max(65_535);
const list = word.transform((text) => text.split(",").map((one) => one.trim()));
const arnOf = (service: string) => z.string().regex(new RegExp(`^arn:aws:${service}:`));

function variable<Value>(
  schema: z.ZodType<Value>,
  what: string,
  example: string,
  more: Pick<ServiceVariable<Value>, "secret" | "absent"> = {},
): ServiceVariable<Value> {
  return { schema, what, example, ...more };
}

/** Every variable that a deployed service may read. A name means the same in each service. */
export const VARIABLES = {
  MERIDIAN_ENVIRONMENT: variable(
    z.string().regex(/^[a-z][a-z0-9-]*$/),
    "the deployment's name; names of streams, tables, topics and queues begin with it",
    "prod",
  ),
  MERIDIAN_ACCOUNT_ID: variable(z.string().regex(/^\d{12}$/), "the AWS account, for ARNs", "111122223333"),
  MERIDIAN_REGION: variable(
    z.string().regex(/^[a-z]{2}(-[a-z]+)+-\d$/),
    "the Region that it runs in",
    "eu-west-1",
  ),
  MERIDIAN_REGIONS: variable(
    list,
    "all Regions of the deployment, in their fixed order, by commas",
    "us-east-1,eu-west-1,ap-northeast-1",
  ),
  MERIDIAN_LOG: variable(
    z.enum(["trace", "debug", "info", "warn", "error"]),
    "the least level of log lines",
    "info",
    { absent: "info" },
  ),
  MERIDIAN_OTLP_ENDPOINT: variable(
    z.url({ protocol: /^https?$/ }),
    "where traces and metrics go, as OTLP over HTTP",
    "http://localhost:4318",
  ),
  MERIDIAN_PORT: variable(port, "the port that it listens on", "8080"),
  MERIDIAN_DRAIN_MS: variable(
    z.coerce.number().int().min(0).max(110_000),
    "how long it drains after SIGTERM; ECS kills it after 120 s at most",
    "25000",
  ),
  MERIDIAN_FANOUT_URL: variable(
    z.url({ protocol: /^rediss?$/ }),
    "the Redis of the fan-out",
    "rediss://fanout.example:6379",
  ),
  MERIDIAN_FANOUT_TOKEN: variable(word, "the Redis's token", "(from Secrets Manager)", { secret: true }),
  MERIDIAN_ISSUER: variable(
    z.url({ protocol: /^https?$/ }),
    "the issuer of session tokens (OIDC)",
    "https://cognito-idp.us-east-1.amazonaws.com/us-east-1_example",
  ),
  MERIDIAN_AUDIENCE: variable(word, "the client id that tokens must be for", "4example23client"),
  MERIDIAN_SEALING_KEY: variable(
    arnOf("kms"),
    "the key that seals the secrets of API keys and webhooks",
    "arn:aws:kms:eu-west-1:111122223333:key/mrk-example",
  ),
  MERIDIAN_OPERATOR_TOKEN: variable(
    z.string().min(32),
    "the token of whoever runs the markets",
    "(from Secrets Manager)",
    { secret: true },
  ),
  MERIDIAN_TEST_FUNDS: variable(
    z.enum(["on", "off"]),
    "whether everybody may take test funds; never where money is real",
    "off",
  ),
  MERIDIAN_SEARCH_HOST: variable(
    z.string(),
    "the OpenSearch of the Region's logs, to which it gives their index template",
    "vpc-meridian-prod-logs-example.eu-west-1.es.amazonaws.com",
    { absent: "" },
  ),
  MERIDIAN_ZONE: variable(word, "the zone that it runs in", "eu-west-1a"),
  MERIDIAN_ZONE_SLOT: variable(
    z.enum(["a", "b"]),
    "its place in the Region, which is its stream consumer too",
    "a",
  ),
  MERIDIAN_SHARDS: variable(list, "the shards that it folds, by commas", "crypto-1,crypto-2"),
  MERIDIAN_LOG_READING: variable(
    z.enum(["fan-out", "polling"]),
    "how it follows command logs: by the Region's registered consumers, or by asking",
    "fan-out",
  ),
  MERIDIAN_MARKET_FEED: variable(
    z.enum(["on", "off"]),
    "whether trades and book deltas go to the stream for analytics",
    "on",
  ),
  MERIDIAN_LEDGER_HOST: variable(word, "the ledger database's writer endpoint", "ledger.example"),
  MERIDIAN_LEDGER_SECRET: variable(
    arnOf("secretsmanager"),
    "the secret with the ledger database's user and password",
    "arn:aws:secretsmanager:us-east-1:111122223333:secret:meridian-prod-ledger",
  ),
  MERIDIAN_MAIL_FROM: variable(z.email(), "the sender of mails", "no-reply@meridian.example"),
  MERIDIAN_PUBLIC_URL: variable(
    z.url({ protocol: /^https?$/ }),
    "where clients reach the platform, for links in mails; without a slash at its end",
    "https://meridian.example",
  ),
  MERIDIAN_GRAFANA_WORKSPACE: variable(word, "the workspace of Amazon Managed Grafana", "g-0123456789"),
  MERIDIAN_GRAFANA_URL: variable(
    z.url({ protocol: /^https?$/ }),
    "where that workspace answers",
    "https://g-0123456789.grafana-workspace.us-east-1.amazonaws.com",
  ),
  MERIDIAN_GRAFANA_ACCOUNT: variable(word, "the service account of it that may write boards", "4"),
  MERIDIAN_METRICS_URL: variable(
    z.url({ protocol: /^https?$/ }),
    "the managed Prometheus, to be asked",
    "https://aps-workspaces.us-east-1.amazonaws.com/workspaces/ws-example/",
  ),
  MERIDIAN_RUNBOOKS_URL: variable(
    z.url({ protocol: /^https?$/ }),
    "where readers of boards find the runbooks",
    "https://github.com/example/meridian/blob/main/runbooks",
  ),
  MERIDIAN_GATEWAY_URL: variable(
    z.url({ protocol: /^https?$/ }),
    "the Region's gateway, from inside",
    "https://gateway.eu-west-1.meridian.example",
  ),
  MERIDIAN_DOOR_ENDPOINT: variable(
    z.url({ protocol: /^https?$/ }),
    "where connections of the serverless door are written to",
    "https://example.execute-api.eu-west-1.amazonaws.com/live",
  ),
} as const;

export type VariableName = keyof typeof VARIABLES;
