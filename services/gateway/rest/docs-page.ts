import { z } from "zod";
import { ERRORS } from "#shared/protocol/errors.ts";
import { MERIDIAN_OPERATIONS } from "../meridian-operations.ts";
import type { Access, Operation } from "../operation.ts";
import type { Route, Security } from "./route.ts";

const OPERATIONS = Object.values<Operation>(MERIDIAN_OPERATIONS);

/** The readable page of the API: plain HTML without a script, made of the same routes as the OpenAPI document. */
export function docsPage(routes: readonly Route[]): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Meridian API</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/docs/style.css">
</head>
<body>
<header>
<h1>Meridian API</h1>
<p>REST in the dialect of Binance Spot: existing clients work by changing the base URL.
The same as an <a href="/openapi.json">OpenAPI 3.1 document</a>. <a href="#errors">Errors</a>.</p>
</header>
<main>
<section>
<h2>Who asks</h2>
<p>Signed requests carry the key in <code>X-MBX-APIKEY</code>, a <code>timestamp</code> (ms or µs), and as <code>signature</code> the hex
HMAC-SHA256 of the query string followed by the body, byte for byte as sent, without the signature itself. A session token
(<code>Authorization: Bearer …</code>, or the cookie of the page) works on the same routes without a signature.</p>
<p>An <code>Idempotency-Key</code> header makes a retry safe: the same key gives the first outcome. Without one, a signed request that is
sent again byte for byte is the same command.</p>
</section>
<nav aria-label="Routes">
<h2>Binance's dialect</h2>
<ul>
${routes.map(contents).join("\n")}
</ul>
<h2>Meridian's own</h2>
<p>Bodies are JSON.</p>
<ul>
${OPERATIONS.map(contents).join("\n")}
</ul></nav>
${routes.map(routeSection).join("\n")}
${OPERATIONS.map(operationSection).join("\n")}
<section id="errors">
<h2>Errors</h2>
<p>Every refusal is <code>{"code": …, "msg": "…"}</code>; <code>field</code> names the parameter at fault where there is one.</p>
<div class="wide"><table class="errors">
<thead><tr><th>Code</th><th>HTTP</th><th>Message</th><th>Meaning</th></tr></thead>
<tbody>
${Object.values(ERRORS)
  .map(
    ({ code, status, msg, meaning }) =>
      `<tr><td>${code}</td><td>${status}</td><td>${escapeHtml(msg)}</td><td>${markup(meaning)}</td></tr>`,
  )
  .join("\n")}
</tbody></table></div>
</section>
</main>
</body>
</html>
`;
}

const SECURITY: Readonly<Record<Security, string>> = {
  none: "public",
  "user-data": "signed",
  trade: "signed, may trade",
};

const ACCESS: Readonly<Record<Access, string>> = {
  public: "public",
  session: "signed in; no key",
  account: "signed in, or signed",
  trade: "signed in, or signed by a key that may trade",
  operator: "the operator's token",
};

function routeSection(route: Route): string {
  const weight = typeof route.weight === "number" ? `weight ${route.weight}` : "weight by what is asked for";
  return section(route, [SECURITY[route.security], weight], fieldTable(route.parameters, "Parameter"));
}

function operationSection(operation: Operation): string {
  const { access, body } = operation;
  return section(operation, [ACCESS[access]], body === undefined ? "" : fieldTable(body, "Field"));
}

function section(route: Named, tags: readonly string[], table: string): string {
  const marks = tags.map((tag) => `<span class="tag">${tag}</span>`).join(" ");
  return `<section id="${anchor(route)}">
<h2>${heading(route)}</h2>
<p>${escapeHtml(route.summary)}. ${marks}</p>
${table}
</section>`;
}

function fieldTable(fields: z.ZodObject, title: string): string {
  const rows = Object.entries(fields.shape).map(([name, schema]) => fieldRow(name, schema as z.ZodType));
  if (rows.length === 0) return "<p>No parameters.</p>";
  return `<div class="wide"><table class="fields"><thead><tr><th>${title}</th><th>Form</th><th>What</th></tr></thead>
<tbody>${rows.join("\n")}</tbody></table></div>`;
}

function fieldRow(name: string, schema: z.ZodType): string {
  const { description, enum: values, pattern, type, anyOf } = z.toJSONSchema(schema, { io: "input" });
  const isMandatory = !schema.safeParse(undefined).success;
  const types = anyOf?.map((one) => (typeof one === "object" ? one.type : "")) ?? [type];
  const form = values?.join(" | ") ?? pattern ?? types.join(" | ");
  return `<tr><td><code>${name}</code>${isMandatory ? " <b>mandatory</b>" : ""}</td><td><code>${escapeHtml(form)}</code></td><td>${markup(description ?? "")}</td></tr>`;
}

/** What a heading needs. */
type Named = Pick<Operation, "path" | "summary"> & { readonly method: string };

function contents(route: Named): string {
  return `<li><a href="#${anchor(route)}">${heading(route)}</a> ${escapeHtml(route.summary)}</li>`;
}

function heading({ method, path }: Named): string {
  return `<span class="method">${method.toUpperCase()}</span> <code>${path}</code>`;
}

function anchor({ method, path }: Named): string {
  return `${method}${path.replaceAll("/", "-").replaceAll(/[{}]/g, "")}`;
}

function escapeHtml(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}

/** Back-quoted words are code. */
function markup(text: string): string {
  return escapeHtml(text).replaceAll(/`([^`]+)`/g, "<code>$1</code>");
}

export const DOCS_STYLE = `
:root { color-scheme: light dark; --ink: #16202b; --paper: #fbfbf9; --line: #d8dce0; --soft: #eef1f3; --accent: #0b6e63; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e4e9ee; --paper: #11161b; --line: #2b343d; --soft: #1a2229; --accent: #4fc7b8; }
}
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 1rem; max-width: 64rem; background: var(--paper); color: var(--ink);
  font: 16px/1.55 system-ui, sans-serif; overflow-wrap: anywhere; }
h1 { font-size: 1.8rem; margin: 1rem 0 .25rem; }
h2 { font-size: 1.1rem; margin: 2.25rem 0 .5rem; }
a { color: var(--accent); }
code { font: .875em/1.4 ui-monospace, monospace; }
nav ul { list-style: none; padding: 0; }
nav li { padding: .15rem 0; }
nav li a { text-decoration: none; }
nav li code { text-decoration: underline; text-underline-offset: .15em; }
.method { display: inline-block; min-width: 4.2em; font: 600 .8em ui-monospace, monospace; color: var(--accent); }
.tag { display: inline-block; padding: 0 .5em; border: 1px solid var(--line); border-radius: 1em; font-size: .85em; }
.wide { overflow-x: auto; }
table { width: 100%; border-collapse: collapse; font-size: .925rem; }
th, td { padding: .35rem .6rem; border-bottom: 1px solid var(--line); text-align: left; vertical-align: top; }
.fields { table-layout: fixed; }
.fields th:nth-child(1) { width: 30%; }
.fields th:nth-child(2) { width: 30%; }
.errors td:nth-child(-n+2) { white-space: nowrap; }
thead th { background: var(--soft); }
section { scroll-margin-top: 1rem; }
@media (max-width: 40rem) {
  /* A row is a small paragraph here: three columns would break every word. */
  thead { display: none; }
  tbody, tr { display: block; }
  tr { padding: .5rem 0; border-bottom: 1px solid var(--line); }
  td { display: inline-block; padding: 0 .6rem 0 0; border: 0; }
  .fields td:last-child, .errors td:nth-child(n+3) { display: block; }
}
`;
