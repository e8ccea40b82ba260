import { z } from "zod";
import { PARTITION_POLICIES, TRADING_STATES } from "#shared/domain/market.ts";
import { SELF_TRADE_PREVENTIONS } from "#shared/domain/order.ts";
import { BACKPRESSURE, ROUTES } from "#shared/protocol/region-messages.ts";
import { CLICK_OPERATIONS } from "./experience/click-operations.ts";
import { EXPERIENCE_OPERATIONS } from "./experience/experience-operations.ts";
import { KEY_TYPES } from "./identity/key-material.ts";
import { LEDGER_OPERATIONS } from "./ledger/ledger-operations.ts";
import { MAIL_OPERATIONS } from "./notifications/mail-operations.ts";
import { WEBHOOK_OPERATIONS } from "./notifications/webhook-operations.ts";
import type { Operation } from "./operation.ts";
import { OPERATOR_OPERATIONS } from "./operators/operator-operations.ts";
import { RECONCILIATION_OPERATIONS } from "./reconciliations/reconciliation-operations.ts";
import { order } from "./rest/answers.ts";
import { SIMPLE_ORDER } from "./simple-order/simple-order-schema.ts";

const decimal = z.string().regex(/^\d+(\.\d+)?$/);
const done = z.strictObject({ ok: z.literal(true) });
const account = z.int().describe("The account's number.");
const signedIn = z
  .strictObject({ token: z.string(), user: z.string(), account })
  .describe("The token is also set as a cookie (httpOnly, sameSite=strict).");

const apiKey = {
  apiKey: z.string().regex(/^[A-Za-z0-9]{64}$/),
  label: z.string(),
  type: z
    .enum(KEY_TYPES)
    .describe("HMAC: signed with a secret. ED25519: signed with a private key that never comes here."),
  canTrade: z.boolean(),
  createdAt: z.int().describe("Epoch ms."),
};

const state = z
  .enum(TRADING_STATES)
  .describe("TRADING; HALT: nothing is taken; BREAK: orders rest for a call auction; CANCEL_ONLY.");
const auction = z.strictObject({ price: decimal, quantity: decimal });

const market = z.strictObject({
  symbol: z.string(),
  state,
  indicativeAuction: auction.optional().describe("In BREAK, what the call auction would trade now."),
  baseAsset: z.string(),
  quoteAsset: z.string(),
  tickSize: decimal,
  stepSize: decimal,
  minPrice: decimal,
  maxPrice: decimal,
  minQty: decimal,
  maxQty: decimal,
  minNotional: decimal,
  maxNotional: decimal,
  makerFee: decimal.describe("A fraction: 0.001 is 0.1 %."),
  takerFee: decimal,
  defaultSelfTradePrevention: z.enum(SELF_TRADE_PREVENTIONS),
  allowedSelfTradePrevention: z.array(z.enum(SELF_TRADE_PREVENTIONS)),
  partitionPolicy: z
    .enum(PARTITION_POLICIES)
    .describe("What it does in a Region that is cut off: trade on provisionally, or let orders wait."),
  shard: z.string(),
});

const balances = z.array(z.strictObject({ asset: z.string(), free: decimal, locked: decimal }));
const transfer = z.strictObject({
  transferId: z.string(),
  asset: z.string(),
  amount: decimal,
  fromShard: z.string(),
  toShard: z.string(),
});
const ownership = {
  shard: z.string(),
  owner: z.string().describe("Its Region."),
  epoch: z.int().describe("The number of its reign."),
  branch: z.string(),
};
const shardStatus = z.strictObject({
  shard: z.string(),
  symbols: z.array(z.string()),
  owner: z.string(),
  epoch: z.int(),
  branch: z.string().describe("Of what this Region shows now."),
  route: z
    .enum(ROUTES)
    .describe(
      "Where orders go: the Region's own log, the owner's, a fork of the Region (provisional), its outbox.",
    ),
  provisional: z.boolean(),
  reconciling: z
    .boolean()
    .describe("True while a fork that this Region had opened is replayed: until that is final."),
  lagMs: z.int().nullable().describe("How far this Region is behind the owner."),
  seq: z.int(),
  finalSeq: z.int().describe("Everything up to here is held by a majority of Regions."),
  backpressure: z.enum(BACKPRESSURE).describe("Whether new orders are taken: all, slowly, none."),
  queued: z.int().describe("Commands that wait in this Region's outbox."),
});

const ready = z.strictObject({
  ready: z.boolean(),
  reasons: z.array(z.string()).describe("`starting`, `stopping`, `failed`, `fold-stopped`; none when ready."),
});

export const MERIDIAN_OPERATIONS = {
  order: {
    method: "post",
    path: "/orders",
    summary: "Place an order by the simple message; without a price it is a market order",
    access: "trade",
    body: SIMPLE_ORDER,
    status: 200,
    answer: z
      .strictObject({
        orderId: z.string().describe("The client's own."),
        meridianOrderId: z.int(),
        symbol: z.string(),
        status: z.string(),
        executedQuantity: decimal,
        shard: z.string(),
        seq: z.int().describe("0 while it is QUEUED."),
        provisional: z.literal(true).optional().describe("It may still be undone."),
      })
      .describe("Durable and matched."),
  },
  signUp: {
    method: "post",
    path: "/meridian/v1/sign-up",
    summary: "Make a user and sign in",
    access: "public",
    body: z.object({
      name: z
        .string()
        .regex(/^[A-Za-z0-9_.-]{3,32}$/)
        .describe("Names compare case-insensitively."),
      password: z.string().min(8).max(256).describe("8 to 256 characters."),
    }),
    status: 201,
    answer: signedIn,
  },
  signIn: {
    method: "post",
    path: "/meridian/v1/sign-in",
    summary: "Sign in",
    access: "public",
    body: z.object({ name: z.string().max(64), password: z.string().max(256) }),
    status: 200,
    answer: signedIn,
  },
  signOut: {
    method: "post",
    path: "/meridian/v1/sign-out",
    summary: "End this session, or every session of the account; their tokens and sockets end with them",
    access: "public",
    body: z.object({
      everywhere: z.boolean().default(false).describe("Every session; needs one that is valid."),
    }),
    status: 200,
    answer: done,
  },
  session: {
    method: "get",
    path: "/meridian/v1/session",
    summary: "Who is signed in",
    access: "session",
    status: 200,
    answer: z.strictObject({ user: z.string(), account }),
  },
  apiKeys: {
    method: "get",
    path: "/meridian/v1/api-keys",
    summary: "The account's API keys, without their secrets",
    access: "session",
    status: 200,
    answer: z.strictObject({ apiKeys: z.array(z.strictObject(apiKey)) }),
  },
  createApiKey: {
    method: "post",
    path: "/meridian/v1/api-keys",
    summary:
      "Make an API key; its secret is shown here and never again. With a public key there is no secret: requests are signed with its private half",
    access: "session",
    body: z.object({
      label: z.string().trim().min(1).max(40).describe("1 to 40 characters, for yourself."),
      canTrade: z.boolean().default(true).describe("False: the key only reads."),
      publicKey: z
        .string()
        .max(500)
        .optional()
        .describe("Of an Ed25519 key pair, as PEM (`-----BEGIN PUBLIC KEY-----`)."),
    }),
    status: 201,
    answer: z.strictObject({
      ...apiKey,
      secret: z.string().optional().describe("Of an HMAC key alone."),
    }),
  },
  deleteApiKey: {
    method: "delete",
    path: "/meridian/v1/api-keys/{apiKey}",
    summary: "Delete an API key; its sockets end with it",
    access: "session",
    status: 200,
    answer: done,
  },
  faucet: {
    method: "post",
    path: "/meridian/v1/faucet",
    summary: "Take test funds; only where no money is real",
    access: "trade",
    status: 200,
    answer: z.strictObject({
      balances: z.array(z.strictObject({ asset: z.string(), free: decimal, locked: decimal })),
    }),
  },
  balances: {
    method: "get",
    path: "/meridian/v1/balances",
    summary: "Balances shard by shard; /api/v3/account has the sums",
    access: "account",
    status: 200,
    answer: z.strictObject({ shards: z.array(z.strictObject({ shard: z.string(), balances })) }),
  },
  transfers: {
    method: "get",
    path: "/meridian/v1/transfers",
    summary: "What is on its way between shards; it counts as locked",
    access: "account",
    status: 200,
    answer: z.strictObject({ transfers: z.array(transfer) }),
  },
  createTransfer: {
    method: "post",
    path: "/meridian/v1/transfers",
    summary: "Move funds to another shard; orders that need funds from elsewhere do so by themselves",
    access: "trade",
    body: z.object({
      asset: z.string().max(20),
      amount: z.string().max(40),
      fromShard: z.string().max(100),
      toShard: z.string().max(100),
    }),
    status: 201,
    answer: transfer.describe("Sent; credited as soon as that is final."),
  },
  withdraw: {
    method: "post",
    path: "/meridian/v1/withdrawals",
    summary: "Take funds out of the exchange; needs an Idempotency-Key, and a session: no API key may",
    access: "session",
    body: z.object({
      asset: z.string().max(20),
      amount: z.string().max(40),
      shard: z.string().max(100).describe("That holds them: GET /meridian/v1/balances."),
    }),
    status: 201,
    answer: z.strictObject({
      withdrawalId: z.string(),
      asset: z.string(),
      amount: decimal,
      shard: z.string(),
      seq: z.int(),
      final: z
        .boolean()
        .describe(
          "Nothing is paid before it is; asked again under the same key, the answer tells how it stands.",
        ),
    }),
  },
  orderStatus: {
    method: "get",
    path: "/meridian/v1/order",
    summary: "One order as GET /api/v3/order has it, and whether that may still be undone",
    access: "account",
    query: z.object({
      symbol: z.string().max(40),
      orderId: z
        .string()
        .regex(/^\d{1,16}$/)
        .optional()
        .describe("This or origClientOrderId."),
      origClientOrderId: z.string().max(36).optional(),
    }),
    status: 200,
    answer: order.extend({
      shard: z.string(),
      seq: z.int().describe("Of its last change; 0 while it is QUEUED."),
      provisional: z.boolean().describe("Its last change stands in a fork."),
      final: z.boolean().describe("Its last change is held by a majority of Regions: it stays."),
      conflicted: z.boolean().describe("A provisional fill of it was busted, in part or in full."),
      compensated: z.boolean().describe("What such fills had moved is moved back, and that is final."),
    }),
  },
  ...RECONCILIATION_OPERATIONS,
  ...LEDGER_OPERATIONS,
  ...WEBHOOK_OPERATIONS,
  ...MAIL_OPERATIONS,
  ...EXPERIENCE_OPERATIONS,
  ...CLICK_OPERATIONS,
  regions: {
    method: "get",
    path: "/meridian/v1/regions",
    summary: "How Regions and shards stand, as this Region sees them",
    access: "public",
    status: 200,
    answer: z.strictObject({
      region: z.string().describe("The one that answers."),
      isPartitioned: z.boolean().describe("It does not reach a majority."),
      regions: z.array(
        z.strictObject({
          region: z.string(),
          health: z.enum(["up", "unreachable"]),
          roundTripMs: z.number().nullable(),
        }),
      ),
      shards: z.array(shardStatus),
    }),
  },
  ownership: {
    method: "get",
    path: "/meridian/v1/ownership",
    summary: "Who owns each shard, and who did",
    access: "public",
    status: 200,
    answer: z.strictObject({
      shards: z.array(
        z.strictObject({
          ...ownership,
          lineage: z.array(
            z.strictObject({
              epoch: z.int(),
              branch: z.string(),
              owner: z.string(),
              parentSeq: z.int().describe("Where the reign before was cut."),
              start: z
                .int()
                .describe("The position in the owner's log behind which the reign's records stand."),
              cutDigest: z.string(),
            }),
          ),
        }),
      ),
    }),
  },
  promote: {
    method: "post",
    path: "/meridian/v1/ownership/{shard}/promote",
    summary: "Move a shard to another Region: nothing is lost, and nothing is forked",
    access: "operator",
    body: z.object({ to: z.string().max(100).describe("The Region.") }),
    status: 200,
    answer: z.strictObject(ownership),
  },
  markets: {
    method: "get",
    path: "/meridian/v1/markets",
    summary: "Markets with their steps, bounds and fees",
    access: "public",
    status: 200,
    answer: z.strictObject({ markets: z.array(market) }),
  },
  marketState: {
    method: "post",
    path: "/meridian/v1/markets/{symbol}/state",
    summary: "Open, halt or pause a market; opening one whose book is crossed runs the call auction",
    access: "operator",
    body: z.object({ state }),
    status: 200,
    answer: z.strictObject({
      symbol: z.string(),
      state,
      auction: auction.optional().describe("What the call auction traded, if there was one."),
    }),
  },
  ...OPERATOR_OPERATIONS,
  health: {
    method: "get",
    path: "/healthz",
    summary: "Whether the process answers",
    access: "public",
    status: 200,
    answer: z.strictObject({ status: z.literal("ok") }),
  },
  readiness: {
    method: "get",
    path: "/readyz",
    summary: "Whether orders can be taken; 503 with the reasons if not",
    access: "public",
    status: 200,
    answer: ready,
  },
} as const satisfies Record<string, Operation>;
