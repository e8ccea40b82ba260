import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { describe, it } from "mocha";
import { parseOptions } from "#local/cli/options.ts";
import { ERRORS, type ErrorName } from "#shared/protocol/errors.ts";
import { anchorsOf, codeSpansOf, linksOf, rowsOf, sectionOf } from "#test/support/markdown.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
/** Marks what the documentation names and the repository does not have yet. */
const PLANNED = "(planned)";
/** Folders whose parts the README's map lists, each. */
const OPENED = ["services", "shared", "infra", "local"];

const read = (path: string): string => readFileSync(join(ROOT, path), "utf8");
const pages = filesUnder(ROOT)
  .map((path) => relative(ROOT, path))
  .filter((path) => path.endsWith(".md"));

describe("the documentation", () => {
  it("has the pages that every project has", () => {
    expect(pages).to.include.members(["README.md", "CHANGELOG.md", "CONTRIBUTING.md", "docs/README.md"]);
  });

  it("links only to files, folders and headings that are there", () => {
    const broken = pages.flatMap((page) =>
      linksOf(read(page))
        .filter((target) => !/^[a-z][a-z+.-]*:/.test(target) && !leadsSomewhere(page, target))
        .map((target) => `${page} → ${target}`),
    );
    expect(broken).to.deep.equal([]);
  });

  it("names only npm commands that package.json has", () => {
    const { scripts } = JSON.parse(read("package.json")) as { scripts: Record<string, string> };
    const unknown = pages.flatMap((page) =>
      [...read(page).matchAll(/\bnpm (?:run ([\w:-]+)|(start|test))/g)]
        .map(([, script = "", short = script]) => short)
        .filter((name) => !Object.hasOwn(scripts, name))
        .map((name) => `${page}: ${name}`),
    );
    expect(unknown).to.deep.equal([]);
  });

  it("names only options that npm start has, and the README lists them all with their defaults", () => {
    const help = optionsOf(helpText());
    for (const page of pages) {
      for (const [, given = ""] of read(page).matchAll(/\bnpm start -- ([^`\n]*)/g)) {
        expect(help, page).to.include.members(optionsOf(given));
      }
    }
    const documented = rowsOf(sectionOf(read("README.md"), "Two commands")).filter(([cell = ""]) =>
      cell.startsWith("`--"),
    );
    expect(documented.map(([cell = ""]) => optionsOf(cell)[0])).to.have.members(help);
    const run = parseOptions([]);
    const standard =
      run.kind === "run"
        ? [String(run.port), `\`${run.dataFolder}\``, String(run.regions), `\`${run.backend}\``]
        : [];
    expect(documented.map(([, , value = ""]) => value).filter((value) => value !== "")).to.deep.equal(
      standard,
    );
  });

  it("names only environment variables that something reads", () => {
    const sources = filesUnder(ROOT)
      .filter((path) => /\.(ts|tsx|mjs)$/.test(path) && !path.endsWith("docs.test.ts"))
      .map((path) => readFileSync(path, "utf8"))
      .join("\n");
    const unread = pages.flatMap((page) =>
      [...read(page).matchAll(/\b(MERIDIAN_[A-Z]+|CHROMIUM_PATH)\b/g)]
        .map(([name]) => name)
        .filter((name) => !new RegExp(`env\\.${name}\\b|"${name}"`).test(sources))
        .map((name) => `${page}: ${name}`),
    );
    expect(unread).to.deep.equal([]);
  });

  it("names only files and folders that are there, or says that they are planned", () => {
    const missing = pages.flatMap((page) =>
      codeSpansOf(read(page))
        .filter(({ code }) =>
          /^(services|shared|local|test|bench|docs|infra|dashboards|runbooks)\//.test(code),
        )
        .filter(({ code }) => !/[*{<…]/.test(code))
        .filter(({ code, line }) => !existsSync(join(ROOT, code)) && !line.includes(PLANNED))
        .map(({ code }) => `${page}: ${code}`),
    );
    expect(missing).to.deep.equal([]);
  });

  it("maps the folders that exist, and those only, but for planned ones", () => {
    const rows = rowsOf(sectionOf(read("README.md"), "The folders"));
    const name = ([cell = ""]: readonly string[]) => cell.replaceAll("`", "").replace(/\/$/, "");
    const isPlanned = ([, text = ""]: readonly string[]) => text.startsWith(PLANNED);
    const existing = foldersOf("").flatMap((folder) => [
      folder,
      ...(OPENED.includes(folder) ? foldersOf(folder) : []),
    ]);
    expect(rows.filter((row) => !isPlanned(row)).map(name)).to.have.members(existing);
    for (const row of rows.filter(isPlanned)) {
      expect(existsSync(join(ROOT, name(row))), `${name(row)} is planned no more`).to.equal(false);
    }
  });

  it("has an index that leads to every page and folder of docs/", () => {
    const targets = linksOf(read("docs/README.md")).map((target) => target.replace(/\/(README\.md)?$/, ""));
    const entries = readdirSync(join(ROOT, "docs"), { withFileTypes: true })
      .filter((entry) => (entry.isDirectory() ? entry.name !== "images" : entry.name.endsWith(".md")))
      .map(({ name }) => name);
    expect(targets).to.include.members(entries.filter((entry) => entry !== "README.md"));
  });

  it("comes with the whole text of the Apache License 2.0, unchanged", () => {
    // Of https://www.apache.org/licenses/LICENSE-2.0.txt
    const sha256 = "cfc7749b96f63bd31c3c42b5c471bf756814053e847c10f3eb003417bc523d30";
    expect(createHash("sha256").update(read("LICENSE")).digest("hex")).to.equal(sha256);
    expect(JSON.parse(read("package.json")).license).to.equal("Apache-2.0");
  });
});

describe("the decisions", () => {
  const decisions = readdirSync(join(ROOT, "docs/decisions")).filter((name) => /^\d{4}-/.test(name));

  it("are numbered without a gap and listed in order", () => {
    expect(decisions.map((name) => Number(name.slice(0, 4)))).to.deep.equal(decisions.map((_, at) => at + 1));
    expect(linksOf(read("docs/decisions/README.md"))).to.deep.equal(decisions);
  });

  it("each say context, choice, alternatives and what would change our mind", () => {
    for (const name of decisions) {
      const headings = [...read(`docs/decisions/${name}`).matchAll(/^## (.+)$/gm)].map(([, text]) => text);
      expect(headings, name).to.deep.equal([
        "Context",
        "Choice",
        "Alternatives looked at",
        "What would change our mind",
      ]);
    }
  });
});

describe("the way of an order", () => {
  const page = read("docs/architecture.md");
  const section = sectionOf(page, "Every exit");
  const exits = rowsOf(section).map(([step = "", code = "", status = "", name = ""]) => ({
    step,
    code,
    status,
    name,
  }));

  it("has exits that are in the catalogue, with the same code and status", () => {
    for (const { code, status, name } of exits) {
      const entry = isErrorName(name) ? ERRORS[name] : undefined;
      expect({ name, code: String(entry?.code), status: String(entry?.status) }).to.deep.equal({
        name,
        code,
        status,
      });
    }
  });

  it("has every code of the catalogue, but for those that it says are not on this way", () => {
    const onTheWay = new Set(exits.map(({ code, status }) => `${code} ${status}`));
    const elsewhere = new Set(
      section.slice(section.indexOf("The rest of the catalogue")).match(/\b[A-Z][A-Z_]+\b/g),
    );
    const forgotten = Object.entries(ERRORS).filter(
      ([name, { code, status }]) => !onTheWay.has(`${code} ${status}`) && !elsewhere.has(name),
    );
    expect(forgotten.map(([name]) => name)).to.deep.equal([]);
    expect(exits.filter(({ name }) => elsewhere.has(name))).to.deep.equal([]);
  });

  it("is drawn with the same codes as it is written", () => {
    const drawn = read("docs/images/order.svg").match(/-\d{4}\b/g);
    expect([...new Set(drawn)]).to.have.members([...new Set(exits.map(({ code }) => code))]);
  });
});

function leadsSomewhere(page: string, target: string): boolean {
  const [path = "", anchor] = target.split("#", 2);
  const file = path === "" ? join(ROOT, page) : join(ROOT, dirname(page), decodeURIComponent(path));
  if (relative(ROOT, file).startsWith("..") || !existsSync(file)) return false;
  return anchor === undefined || (file.endsWith(".md") && anchorsOf(readFileSync(file, "utf8")).has(anchor));
}

function helpText(): string {
  const options = parseOptions(["--help"]);
  if (options.kind !== "help") throw new Error("--help gives help");
  return options.text;
}

function optionsOf(text: string): string[] {
  return text.match(/--[a-z][a-z-]*/g) ?? [];
}

function isErrorName(name: string): name is ErrorName {
  return Object.hasOwn(ERRORS, name);
}

/** Paths from the root of the folders in a folder, but for those that are brought or made. */
function foldersOf(folder: string): string[] {
  return readdirSync(join(ROOT, folder))
    .filter((name) => !name.startsWith(".") && name !== "node_modules" && name !== "cdktf.out")
    .filter((name) => statSync(join(ROOT, folder, name)).isDirectory())
    .map((name) => join(folder, name));
}

function filesUnder(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    if (
      entry.name.startsWith(".") ||
      entry.name === "node_modules" ||
      entry.name === "dist" ||
      entry.name === "cdktf.out"
    )
      return [];
    const path = join(folder, entry.name);
    return entry.isDirectory() ? filesUnder(path) : [path];
  });
}
