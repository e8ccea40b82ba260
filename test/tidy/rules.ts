import { importsOf, type SourceFile } from "./source-files.ts";

/** A rule of the source tree: what it finds wrong, one line a finding. */
export interface Rule {
  readonly name: string;
  check(files: readonly SourceFile[]): string[];
  /** Files that break it, to prove that it can fail. */
  readonly bad: readonly { readonly path: string; readonly text: string }[];
}

const LINES_MAX = 400;

/** Files that may be longer, and why. */
const LONG_FILES: Record<string, string> = {
  "test/e2e/rest-orders.test.ts": "one story an order type, all on one platform",
};

/** Code that the simulator runs, or will: no clock, no chance and no timers but through ports. */
function isSimulated({ path }: SourceFile): boolean {
  if (path.startsWith("services/web/")) return false;
  return /^(services|shared\/(domain|read-model|protocol|ports|config))\//.test(path);
}

const CLOCKS_AND_CHANCE: Record<string, RegExp> = {
  "Date.now": /\bDate\s*\.\s*now\b/,
  "new Date() without a time": /\bnew\s+Date\s*\(\s*\)|\bDate\s*\(\s*\)/,
  "Math.random": /\bMath\s*\.\s*random\b/,
  "crypto randomness": /\brandom(?:UUID|Bytes|Int|FillSync|Fill)\b|\bgetRandomValues\b/,
  "a timer": /\bset(?:Timeout|Interval|Immediate)\b|["'](?:node:)?timers(?:\/promises)?["']/,
  "performance.now": /\bperformance\b|["'](?:node:)?perf_hooks["']/,
  "process.hrtime": /\bhrtime\b/,
};

const FLOATING_POINT: Record<string, RegExp> = {
  parseFloat: /\bparseFloat\b/,
  toFixed: /\.\s*toFixed\b/,
};

/** Databases, queues and clouds: known to adapters alone. */
const STORES =
  /^(node:sqlite|pg|pg-.*|@electric-sql\/.*|@aws-sdk\/.*|@aws-crypto\/.*|@smithy\/.*|aws-.*|ioredis|redis|@redis\/.*|@socket\.io\/redis-.*|better-sqlite3|sqlite3)$/;

/** Where a deployed service is put together: a task's program, a function's handler. */
const COMPOSITION = /^services\/[^/]+\/(main|lambda)\.ts$/;

/** From the top down: each knows those below it. */
const ENGINE_LAYERS = ["services/matching/engine/", "services/matching/book/", "services/matching/flat/"];

export const RULES: readonly Rule[] = [
  {
    name: "no clock, no chance and no timer but through the ports, in what the simulator runs",
    check: (files) => bans(files.filter(isSimulated), CLOCKS_AND_CHANCE),
    bad: [
      { path: "services/x.ts", text: "const t = Date.now();" },
      { path: "services/x.ts", text: "const t = new Date();" },
      { path: "shared/domain/x.ts", text: "const r = Math.random();" },
      { path: "shared/domain/x.ts", text: 'import { randomUUID } from "node:crypto";' },
      { path: "shared/read-model/x.ts", text: "setTimeout(go, 5);" },
      { path: "shared/read-model/x.ts", text: "setInterval(go, 5);" },
      { path: "services/x.ts", text: "setImmediate(go);" },
      { path: "services/x.ts", text: 'import { setTimeout as wait } from "node:timers/promises";' },
      { path: "shared/protocol/x.ts", text: "performance.now();" },
      { path: "services/x.ts", text: "process.hrtime.bigint();" },
    ],
  },
  {
    name: "no floating-point money",
    check: (files) =>
      bans(
        files.filter((file) => isSimulated(file) || file.path.startsWith("services/web/src/money/")),
        FLOATING_POINT,
      ),
    bad: [
      { path: "services/x.ts", text: "const price = parseFloat(text);" },
      { path: "shared/domain/x.ts", text: "const text = price.toFixed(2);" },
    ],
  },
  {
    name: "databases, Redis and AWS are imported by shared/adapters alone",
    check: (files) =>
      files
        .filter(({ path }) => !/^(shared\/adapters|test|bench)\//.test(path))
        .flatMap((file) =>
          importsOf(file)
            .filter(({ target }) => STORES.test(target))
            .map(({ target }) => `${file.path} imports ${target}`),
        ),
    bad: ["node:sqlite", "@aws-sdk/client-kinesis", "ioredis", "pg"].map((name) => ({
      path: "services/x.ts",
      text: `import { x } from "${name}";`,
    })),
  },
  {
    name: "services know ports, not adapters, but where they are put together",
    check: (files) =>
      files
        .filter(({ path }) => /^(services|shared\/(?!adapters))/.test(path) && !COMPOSITION.test(path))
        .flatMap((file) =>
          importsOf(file)
            .filter(({ target }) => target.startsWith("shared/adapters/"))
            .map(({ target }) => `${file.path} imports ${target}`),
        ),
    bad: [
      { path: "services/x.ts", text: 'import { x } from "#shared/adapters/embedded/sqlite-journal.ts";' },
      { path: "shared/domain/x.ts", text: 'import { x } from "../adapters/real/system-clock.ts";' },
    ],
  },
  {
    name: "the engine imports the domain, itself and what is below it, nothing else: engine, book, flat memory",
    check: (files) =>
      ENGINE_LAYERS.flatMap((layer, at) =>
        files
          .filter(({ path }) => path.startsWith(layer))
          .flatMap((file) =>
            importsOf(file)
              .filter(
                ({ target }) =>
                  ![...ENGINE_LAYERS.slice(at), "shared/domain/"].some((one) => target.startsWith(one)),
              )
              .map(({ target }) => `${file.path} imports ${target}`),
          ),
      ),
    bad: [
      { path: "services/matching/engine/x.ts", text: 'import { x } from "node:fs";' },
      { path: "services/matching/engine/x.ts", text: 'import { x } from "../recover.ts";' },
      { path: "services/matching/engine/x.ts", text: 'import type { Clock } from "#shared/ports/clock.ts";' },
      { path: "services/matching/book/x.ts", text: 'import { x } from "../engine/shard.ts";' },
      { path: "services/matching/flat/x.ts", text: 'import { x } from "../book/book.ts";' },
    ],
  },
  {
    name: "the domain imports nothing but itself",
    check: (files) =>
      files
        .filter(({ path }) => path.startsWith("shared/domain/"))
        .flatMap((file) =>
          importsOf(file)
            .filter(({ target }) => !target.startsWith("shared/domain/"))
            .map(({ target }) => `${file.path} imports ${target}`),
        ),
    bad: [{ path: "shared/domain/x.ts", text: 'import { createHash } from "node:crypto";' }],
  },
  {
    name: "what leaves its top folder is imported by its alias (#shared, #services, #local, #test, #bench)",
    check: (files) =>
      files.flatMap((file) =>
        importsOf(file)
          .filter(({ specifier, target }) => specifier.startsWith(".") && topOf(target) !== topOf(file.path))
          .map(({ specifier }) => `${file.path} imports ${specifier}`),
      ),
    bad: [
      { path: "services/matching/x.ts", text: 'import { x } from "../../shared/domain/ids.ts";' },
      { path: "services/matching/x.ts", text: 'export { x } from "../gateway/app.ts";' },
      { path: "shared/ports/x.ts", text: 'import type { x } from "../domain/ids.ts";' },
    ],
  },
  {
    name: "no import cycles, not even of types",
    check: (files) => cycles(files),
    bad: [
      { path: "services/a.ts", text: 'import { b } from "./b.ts"; export const a = b;' },
      { path: "services/b.ts", text: 'import { c } from "./c.ts"; export const b = c;' },
      { path: "services/c.ts", text: 'import type { A } from "#services/a.ts"; export const c: A = 1;' },
    ],
  },
  {
    name: `no file is longer than ${LINES_MAX} lines, but for a stated reason`,
    check: (files) =>
      files
        .map(({ path, text }) => ({ path, lines: text.split("\n").length - 1 }))
        .filter(({ path, lines }) => lines > LINES_MAX && LONG_FILES[path] === undefined)
        .map(({ path, lines }) => `${path} has ${lines} lines`),
    bad: [{ path: "services/x.ts", text: "x();\n".repeat(LINES_MAX + 1) }],
  },
  {
    name: "nothing is left to do later",
    check: (files) =>
      bansIn(files, ({ text }) => text, { "a note to do later": /\b(?:TO[D]O|FIX[M]E|XX[X]:|HA[C]K)\b/ }),
    bad: [
      { path: "services/x.ts", text: "// TO" + "DO: check" },
      { path: "test/x.test.ts", text: "/* FIX" + "ME */" },
    ],
  },
  {
    name: "every test runs",
    check: (files) =>
      bans(
        files.filter(({ path }) => /^(test|bench)\//.test(path)),
        {
          "a lone test": /\b(?:describe|it|context|specify|suite|test)\s*\.\s*on[l]y\b/,
          "a skipped test":
            /\b(?:describe|it|context|specify|suite|test|this)\s*\.\s*ski[p]\b|\bx(?:it|describe)\s*\(/,
        },
      ),
    bad: [
      { path: "test/x.test.ts", text: "it.on" + 'ly("x", () => {});' },
      { path: "test/x.test.ts", text: "describe.ski" + 'p("x", () => {});' },
      { path: "test/x.test.ts", text: "this.ski" + "p();" },
    ],
  },
  {
    name: "every folder of tests is one that npm test or npm run test:long runs",
    check: (files) => {
      const runner = files.find(({ path }) => path === "local/setup/run.mjs")?.text ?? "";
      const [, run = ""] = /"test\/\{([a-z0-9,]+)\}\/\*\*\/\*\.test\.ts"/.exec(runner) ?? [];
      const folders = new Set([...run.split(","), "long"]);
      return files
        .map(({ path }) => path)
        .filter((path) => path.endsWith(".test.ts") && !folders.has(path.split("/")[1] ?? ""));
    },
    bad: [{ path: "test/forgotten/x.test.ts", text: "" }],
  },
  {
    name: "randomness in tests comes from the one seed",
    check: (files) =>
      bans(
        files.filter(({ path }) => path.startsWith("test/")),
        { "Math.random": /\bMath\s*\.\s*random\b/, "an own seed": /\bseed\s*:\s*(?:\d|Date)/ },
      ).filter((line) => !line.startsWith("test/tidy/")),
    bad: [
      { path: "test/x.test.ts", text: "const x = Math.random();" },
      { path: "test/x.test.ts", text: "fc.assert(p, { seed: 4 });" },
    ],
  },
];

/** A long file that is no longer long, or gone, needs no reason any more. */
export function staleExceptions(files: readonly SourceFile[]): string[] {
  return Object.keys(LONG_FILES).filter(
    (path) => !files.some((file) => file.path === path && file.text.split("\n").length - 1 > LINES_MAX),
  );
}

function bans(files: readonly SourceFile[], banned: Record<string, RegExp>): string[] {
  return bansIn(files, ({ code }) => code, banned);
}

function bansIn(
  files: readonly SourceFile[],
  textOf: (file: SourceFile) => string,
  banned: Record<string, RegExp>,
): string[] {
  return files.flatMap((file) =>
    textOf(file)
      .split("\n")
      .flatMap((line, at) =>
        Object.entries(banned)
          .filter(([, pattern]) => pattern.test(line))
          .map(([what]) => `${file.path}:${at + 1} uses ${what}`),
      ),
  );
}

/** `shared/domain`, `services/matching`, `local`, `test`: a folder that others reach by its alias. */
function topOf(path: string): string {
  const [first = "", second = ""] = path.split("/");
  return first === "shared" || first === "services" ? `${first}/${second}` : first;
}

function cycles(files: readonly SourceFile[]): string[] {
  const imports = new Map(files.map((file) => [file.path, importsOf(file).map(({ target }) => target)]));
  const done = new Set<string>();
  const found: string[] = [];
  const visit = (path: string, trail: readonly string[]) => {
    const at = trail.indexOf(path);
    if (at >= 0) found.push([...trail.slice(at), path].join(" → "));
    if (at >= 0 || done.has(path)) return;
    for (const target of imports.get(path) ?? []) visit(target, [...trail, path]);
    done.add(path);
  };
  for (const path of imports.keys()) visit(path, []);
  return found;
}
