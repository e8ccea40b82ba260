import { z } from "zod";
import { ERRORS } from "#shared/protocol/errors.ts";
import { MERIDIAN_OPERATIONS } from "../meridian-operations.ts";
import type { Operation } from "../operation.ts";
import type { Route } from "./route.ts";

type Json = Readonly<Record<string, unknown>>;

const SIGNED: readonly Json[] = [{ apiKey: [], signature: [] }, { bearer: [] }, { cookie: [] }];

const SIGNING_PARAMETERS: readonly Json[] = [
  { name: "timestamp", description: "Epoch ms (or microseconds). Mandatory when signed." },
  {
    name: "recvWindow",
    description: "How many ms after `timestamp` the request is good for: 5000, at most 60000.",
  },
  { name: "signature", description: "Hex HMAC-SHA256 of query and body as sent, without this parameter." },
].map((parameter) => ({ ...parameter, in: "query", required: false, schema: { type: "string" } }));

const ACCESS: Readonly<Record<Operation["access"], Json>> = {
  public: { security: [] },
  session: { security: [{ bearer: [] }, { cookie: [] }] },
  account: { security: SIGNED },
  trade: { security: SIGNED },
  operator: { security: [{ operator: [] }] },
};

/** The OpenAPI 3.1 document of the routes and of Meridian's own, made of the very schemas that check requests and, in the tests, answers. */
export function openApiDocument(routes: readonly Route[]): Json {
  const paths: Record<string, Record<string, Json>> = {};
  for (const route of routes) {
    const operations = paths[route.path] ?? {};
    operations[route.method] = operationOf(route);
    paths[route.path] = operations;
  }
  for (const operation of Object.values<Operation>(MERIDIAN_OPERATIONS)) {
    const operations = paths[operation.path] ?? {};
    operations[operation.method] = meridianOperation(operation);
    paths[operation.path] = operations;
  }
  return {
    openapi: "3.1.0",
    info: {
      title: "Meridian",
      version: "1",
      description:
        "REST in the dialect of Binance Spot: paths, parameters, signing, decimals, filters and error codes are Binance's.",
      license: { name: "Apache-2.0", identifier: "Apache-2.0" },
    },
    servers: [{ url: "/" }],
    paths,
    components: {
      securitySchemes: {
        apiKey: { type: "apiKey", in: "header", name: "X-MBX-APIKEY" },
        signature: { type: "apiKey", in: "query", name: "signature" },
        bearer: { type: "http", scheme: "bearer", bearerFormat: "JWT" },
        cookie: { type: "apiKey", in: "cookie", name: "meridian_session" },
        operator: {
          type: "http",
          scheme: "bearer",
          description: "The operator's token, MERIDIAN_OPERATOR_TOKEN of the platform.",
        },
      },
      schemas: { Error: ERROR_SCHEMA },
      responses: {
        Error: {
          description: "A refusal; see docs/errors.md.",
          content: jsonContent({ $ref: "#/components/schemas/Error" }),
        },
      },
    },
  };
}

function operationOf({ method, path, summary, security, weight, parameters, answer }: Route): Json {
  const isForm = method === "post" || method === "put";
  const fields = jsonSchema(parameters);
  const weightText = typeof weight === "number" ? String(weight) : "by what is asked for";
  return {
    operationId: operationId(method, path),
    summary,
    description: `Request weight: ${weightText}.`,
    ...(security === "none" ? { security: [] } : { security: SIGNED }),
    parameters: [
      ...(isForm ? [] : queryParameters(parameters)),
      ...(security === "none" ? [] : SIGNING_PARAMETERS),
    ],
    ...(isForm
      ? {
          requestBody: {
            description: "May be sent in the query string as well.",
            content: { "application/x-www-form-urlencoded": { schema: fields } },
          },
        }
      : {}),
    responses: {
      "200": { description: "Done.", content: jsonContent(jsonSchema(answer)) },
      default: { $ref: "#/components/responses/Error" },
    },
  };
}

function meridianOperation(operation: Operation): Json {
  const { method, path, summary, access, query, body, status, answer, mediaType } = operation;
  const inPath = Array.from(path.matchAll(/\{(\w+)\}/g), ([, name]) => ({
    name,
    in: "path",
    required: true,
    schema: { type: "string" },
  }));
  return {
    operationId: operationId(method, path),
    summary,
    ...ACCESS[access],
    parameters: [
      ...inPath,
      ...(query === undefined ? [] : queryParameters(query)),
      ...(access === "trade" || access === "account" ? SIGNING_PARAMETERS : []),
    ],
    ...(body === undefined
      ? {}
      : { requestBody: { required: !body.safeParse({}).success, content: jsonContent(jsonSchema(body)) } }),
    responses: {
      [status]: {
        description: "Done.",
        content:
          mediaType === undefined
            ? jsonContent(jsonSchema(answer))
            : { [mediaType]: { schema: jsonSchema(answer) } },
      },
      default: { $ref: "#/components/responses/Error" },
    },
  };
}

/** `get /api/v3/order` is `getApiV3Order`. */
function operationId(method: string, path: string): string {
  return `${method}${path.replaceAll(/[^a-zA-Z0-9]+(.?)/g, (_match, letter: string) => letter.toUpperCase())}`;
}

function queryParameters(parameters: z.ZodObject): Json[] {
  return Object.entries(parameters.shape).map(([name, schema]) => {
    const { description, ...rest } = jsonSchema(schema as z.ZodType);
    const required = !(schema as z.ZodType).safeParse(undefined).success;
    return {
      name,
      in: "query",
      required,
      ...(description === undefined ? {} : { description }),
      schema: rest,
    };
  });
}

/** What a client sends or gets, not what handlers see: parameters are texts. */
function jsonSchema(schema: z.ZodType): Record<string, unknown> {
  const { $schema: _dialect, ...rest } = z.toJSONSchema(schema, { io: "input" });
  return rest;
}

function jsonContent(schema: Json): Json {
  return { "application/json": { schema } };
}

const ERROR_SCHEMA: Json = {
  type: "object",
  required: ["code", "msg"],
  properties: {
    code: { type: "integer", enum: [...new Set(Object.values(ERRORS).map(({ code }) => code))] },
    msg: { type: "string" },
    field: { type: "string", description: "The parameter or field at fault, where there is one." },
    data: { type: "object", description: "Of a cancel-replace that failed: what became of its halves." },
  },
};
