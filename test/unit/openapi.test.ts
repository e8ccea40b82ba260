import { readFileSync } from "node:fs";
import { expect } from "chai";
import { describe, it } from "mocha";
import { apiDocument, apiDocumentText } from "#services/gateway/rest/api-document.ts";

interface Operation {
  readonly operationId: string;
  readonly summary: string;
  readonly responses: Readonly<Record<string, object>>;
}

describe("the OpenAPI document", () => {
  const document = apiDocument() as {
    readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  };
  const operations = Object.values(document.paths).flatMap((path) => Object.values(path));

  it("in docs/openapi.json is what the schemas give now (else: npm run openapi)", () => {
    const file = readFileSync(new URL("../../docs/openapi.json", import.meta.url), "utf8");
    expect(file === apiDocumentText(), "docs/openapi.json is as generated").to.equal(true);
  });

  it("names each operation once, says what it does and what it answers", () => {
    const ids = operations.map(({ operationId }) => operationId);
    expect(new Set(ids).size).to.equal(ids.length);
    for (const { operationId, summary, responses } of operations) {
      expect(operationId).to.match(/^[a-z][A-Za-z0-9]+$/);
      expect(summary, operationId).to.have.length.above(5);
      expect(
        Object.keys(responses).some((status) => /^20[01]$/.test(status)),
        operationId,
      ).to.equal(true);
      expect(responses, operationId).to.have.property("default");
    }
  });

  it("has no reference that leads nowhere", () => {
    for (const [, path] of apiDocumentText().matchAll(/"\$ref": "#\/([^"]+)"/g)) {
      const target = path
        ?.split("/")
        .reduce<unknown>((at, name) => Reflect.get(at as object, name), document);
      expect(target, path).to.be.an("object");
    }
  });
});
