import type { z } from "zod";

/** Who may ask: anybody; a signed-in person, never a key; whoever may see the account; whoever may trade, signed in or by a key; the platform's operator, by its token. */
export type Access = "public" | "session" | "account" | "trade" | "operator";

/** One of Meridian's own routes: what it takes and answers. Its schemas check requests, make the documentation and, in the tests, check answers. */
export interface Operation {
  readonly method: "get" | "post" | "delete";
  /** As OpenAPI writes it: `/meridian/v1/api-keys/{apiKey}`. */
  readonly path: string;
  readonly summary: string;
  readonly access: Access;
  readonly query?: z.ZodObject;
  /** JSON. */
  readonly body?: z.ZodObject;
  /** Of a success. */
  readonly status: 200 | 201;
  readonly answer: z.ZodType;
  /** Of the answer, if it is no JSON. */
  readonly mediaType?: "text/html";
}
