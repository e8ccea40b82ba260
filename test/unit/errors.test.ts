import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { describe, it } from "mocha";
import { REJECT_REASONS } from "#shared/domain/event.ts";
import { ApiError, ERROR_OF_REASON, ERRORS, type ErrorName } from "#shared/protocol/errors.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const PAGE = readFileSync(join(ROOT, "docs/errors.md"), "utf8");

describe("the catalogue of errors", () => {
  const documented = rowsOf(PAGE.slice(0, PAGE.indexOf("## What the engine refuses")), 5);

  it("is documented whole, and nothing else is", () => {
    const catalogue = Object.entries(ERRORS).map(([name, { code, status, msg, meaning }]) =>
      [String(code), String(status), msg, name, meaning].join(" | "),
    );
    expect(documented.map((cells) => cells.join(" | "))).to.have.ordered.members(catalogue);
  });

  it("has an answer for each reason of the engine, as documented", () => {
    const answers = rowsOf(PAGE.slice(PAGE.indexOf("## What the engine refuses")), 2);
    expect(answers).to.deep.equal(REJECT_REASONS.map((reason) => [reason, ERROR_OF_REASON[reason]]));
  });

  it("has no two entries with the same code and words, and statuses that fit", () => {
    const seen = new Set<string>();
    for (const { code, msg, status } of Object.values(ERRORS)) {
      expect(seen.has(`${code} ${msg}`), msg).to.equal(false);
      seen.add(`${code} ${msg}`);
      expect(status).to.be.within(400, 599);
      expect(code).to.be.below(-999);
    }
  });

  it("has no entry that nothing answers with", () => {
    const sources = sourcesUnder(join(ROOT, "services")).map((file) => readFileSync(file, "utf8"));
    const ofReasons = new Set<string>(Object.values(ERROR_OF_REASON));
    const unused = Object.keys(ERRORS).filter(
      (name) => !ofReasons.has(name) && !sources.some((source) => source.includes(`"${name}"`)),
    );
    expect(unused).to.deep.equal([]);
  });

  it("fills details in order, takes the field as the detail of last resort, and hides nothing in the envelope", () => {
    const precision = new ApiError("BAD_PRECISION", { field: "price" });
    expect(precision.toJSON()).to.deep.equal({
      code: -1111,
      msg: "Parameter 'price' has too much precision.",
      field: "price",
    });
    const either = new ApiError("MANDATORY_EITHER", { details: ["a", "b"] });
    expect(either.message).to.equal("Param 'a' or 'b' must be sent, but both were empty/null!");
    const dollars: ErrorName = "ILLEGAL_CHARS";
    expect(new ApiError(dollars, { details: ["x", "^$&$1$"] }).message).to.contain("'^$&$1$'");
  });
});

function rowsOf(markdown: string, columns: number): string[][] {
  return markdown
    .split("\n")
    .filter((line) => line.startsWith("| "))
    .map((line) =>
      line
        .slice(2, -2)
        .split(" | ")
        .map((cell) => cell.replaceAll("\\|", "|")),
    )
    .filter((cells) => cells.length === columns && !/^(code|reason in the log|-+:?)$/.test(cells[0] ?? ""));
}

function sourcesUnder(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return entry.name === "dist" ? [] : sourcesUnder(path);
    return /\.tsx?$/.test(entry.name) ? [path] : [];
  });
}
